import Machine
import PCP
import PCPWire
import Testing
import Wire

/// MAP at the server (RFC 6887 sections 11.3, 13 and 15).
@Suite struct ServerMapTests {
  @Test("A new mapping: installed first, answered then")
  func create() throws {
    var machine = ServerMachine(.test, startedAt: .origin, random: SplitMix64(seed: 1))
    let request = MapRequest.test(lifetime: 3600)
    let asked = machine.handle(.request(.map(request), from: inside, token(1)), at: seconds(10))
    guard case .install(var mapping) = try #require(asked.first) else {
      Issue.record("not installed")
      return
    }
    #expect(asked == [.install(mapping)])
    #expect(mapping.inner == InternalTuple(.udp, inside.address, port: 3938))
    #expect(mapping.outer == ExternalTuple(.udp, outside, port: 3938))

    mapping.expiresAt = seconds(3612)
    let response = MapResponse(
      lifetime: 3600, epochTime: 12, nonce: testNonce(1), protocol: .udp, internalPort: 3938,
      assignedExternalPort: 3938, assignedExternalAddress: outside)
    #expect(
      machine.handle(.installed(mapping.id), at: seconds(12)) == [
        .respond(token(1), .map(response)), .report(.created(mapping)),
      ])
    #expect(machine.nextDeadline == seconds(3612))
  }

  @Test("What the backend cannot do has not happened")
  func notInstalled() throws {
    var machine = ServerMachine(.test, startedAt: .origin, random: SplitMix64(seed: 1))
    let first = machine.handle(.request(.map(.test()), from: inside, token(1)), at: seconds(1))
    guard case .install(let mapping) = try #require(first.first) else { return }
    #expect(
      machine.handle(.notInstalled(mapping.id, .noResources), at: seconds(2)) == [
        .refuse(token(1), Refusal(.noResources, lifetime: 30))
      ])
    #expect(machine.mappings.isEmpty)
    #expect(machine.nextDeadline == nil)
    #expect(machine.handle(.installed(mapping.id), at: seconds(3)) == [])
  }

  @Test("The same request again, while the backend works, gets no second answer")
  func duplicate() {
    var machine = ServerMachine(.test, startedAt: .origin, random: SplitMix64(seed: 1))
    _ = machine.handle(.request(.map(.test()), from: inside, token(1)), at: seconds(1))
    #expect(machine.handle(.request(.map(.test()), from: inside, token(2)), at: seconds(4)) == [.ignore(token(2))])
  }

  @Test(
    "Lifetimes are granted between the shortest and the longest",
    arguments: [(1, 120), (119, 120), (121, 121), (86400, 86400), (86401, 86400), (.max, 86400)] as [(UInt32, UInt32)])
  func lifetimes(asked: UInt32, granted: UInt32) {
    var server = TestServer()
    #expect(server.map(.test(lifetime: asked), at: seconds(0)).map?.lifetime == granted)
  }

  @Test("Renewal keeps the external port and starts the lifetime anew")
  func renew() {
    var server = TestServer()
    let first = server.map(.test(lifetime: 200), at: seconds(0)).map
    let second = server.map(.test(lifetime: 300, external: 5000), at: seconds(100)).map
    #expect(second?.assignedExternalPort == first?.assignedExternalPort)
    #expect(second?.lifetime == 300)
    #expect(server.machine.nextDeadline == seconds(400))
    #expect(server.machine.expire(at: seconds(399)).isEmpty)
    #expect(server.machine.expire(at: seconds(400)).count == 2)
    #expect(server.machine.mappings.isEmpty)
  }

  @Test("Who does not know the nonce changes nothing, and is told how long the mapping lives")
  func nonceMismatch() {
    var server = TestServer()
    _ = server.map(.test(lifetime: 200), at: seconds(0))
    let before = server.machine.mappings
    #expect(server.map(.test(nonce: 2), at: seconds(50)) == .refusal(.notAuthorized, lifetime: 150))
    #expect(server.map(.test(lifetime: 0, nonce: 2), at: seconds(60)) == .refusal(.notAuthorized, lifetime: 140))
    #expect(server.machine.mappings == before)
  }

  @Test("Deleting: the suggestion comes back, the port is free again, and twice is as good as once")
  func delete() {
    var configuration = ServerConfiguration.test
    configuration.reuseDelay = .zero
    var server = TestServer(configuration)
    _ = server.map(.test(), at: seconds(0))
    let answer = server.map(.test(lifetime: 0, external: 77), at: seconds(1)).map
    #expect(answer?.lifetime == 0)
    #expect(answer?.assignedExternalPort == 77)
    #expect(server.machine.mappings.isEmpty)
    #expect(server.machine.nextDeadline == nil)
    #expect(server.map(.test(lifetime: 0), at: seconds(2)).map?.lifetime == 0)
    let other = peer("198.51.100.2")
    let next = server.map(.test(nonce: 2, from: other), from: other, at: seconds(3)).map
    #expect(next?.assignedExternalPort == 3938)
  }

  @Test("An external port is free only when the backend has removed its mapping")
  func removal() throws {
    var configuration = ServerConfiguration.test
    configuration.reuseDelay = .zero
    var machine = ServerMachine(configuration, startedAt: .origin, random: SplitMix64(seed: 1))
    let asked = machine.handle(.request(.map(.test()), from: inside, token(1)), at: seconds(0))
    guard case .install(let mapping) = try #require(asked.first) else { return }
    _ = machine.handle(.installed(mapping.id), at: seconds(0))
    _ = machine.handle(.request(.map(.test(lifetime: 0)), from: inside, token(2)), at: seconds(1))
    let other = peer("198.51.100.2")
    var options = MapRequest.Options()
    options.preferFailure = PreferFailureOption()
    let exact = MapRequest.test(nonce: 2, external: 3938, from: other, options: options)
    let refused = machine.handle(.request(.map(exact), from: other, token(3)), at: seconds(2))
    #expect(refused == [.refuse(token(3), Refusal(.cannotProvideExternal, lifetime: 1))])
    _ = machine.handle(.removed(mapping.id), at: seconds(3))
    let granted = machine.handle(.request(.map(exact), from: other, token(4)), at: seconds(4))
    #expect(granted.count == 1)
  }

  @Test("A suggestion is followed when it can be, and a port of the other family is not")
  func suggestions() {
    var server = TestServer()
    #expect(server.map(.test(external: 5000), at: seconds(0)).map?.assignedExternalPort == 5000)
    let other = peer("198.51.100.2")
    let taken = server.map(.test(nonce: 2, external: 5000, from: other), from: other, at: seconds(0)).map
    #expect(taken?.assignedExternalPort == 3938)
    let six = server.map(.test(nonce: 3, port: 81, externalAddress: .unspecified), at: seconds(0)).map
    #expect(six?.assignedExternalAddress == outside)
    let strange = server.map(.test(nonce: 4, port: 82, externalAddress: address("203.0.113.77")), at: seconds(0)).map
    #expect(strange?.assignedExternalAddress == outside)
  }

  @Test("PREFER_FAILURE: that external port or none")
  func preferFailure() {
    var server = TestServer()
    let exact = MapRequest.Options(preferFailure: PreferFailureOption())
    let first = server.map(.test(lifetime: 200, external: 5000, options: exact), at: seconds(0)).map
    #expect(first?.assignedExternalPort == 5000)
    #expect(first?.options.preferFailure != nil)
    let other = peer("198.51.100.2")
    #expect(
      server.map(.test(nonce: 2, external: 5000, from: other, options: exact), from: other, at: seconds(50))
        == .refusal(.cannotProvideExternal, lifetime: 270))
    #expect(
      server.map(.test(external: 5001, options: exact), at: seconds(60))
        == .refusal(.cannotProvideExternal, lifetime: 140))
    #expect(
      server.map(.test(port: 80, external: 80, options: exact), at: seconds(60))
        == .refusal(.cannotProvideExternal, lifetime: 1800))
  }

  @Test("The protocol's own UDP ports are never mapped", arguments: [PCPPorts.server, PCPPorts.client])
  func ownPorts(port: UInt16) {
    var server = TestServer()
    let udp = server.map(.test(port: port, external: port), at: seconds(0)).map
    #expect(udp.map { $0.assignedExternalPort != port } == true)
    let tcp = server.map(.test(port: port, transport: .tcp, external: port), at: seconds(0)).map
    #expect(tcp?.assignedExternalPort == port)
  }

  @Test("Protocols and wildcards that are not mapped")
  func protocols() {
    var server = TestServer()
    #expect(server.map(.test(transport: .sctp), at: seconds(0)) == .refusal(.unsuppProtocol, lifetime: 1800))
    #expect(server.map(.test(port: 0), at: seconds(0)) == .refusal(.unsuppProtocol, lifetime: 1800))
    #expect(server.map(.test(port: 0, transport: .any), at: seconds(0)) == .refusal(.unsuppProtocol, lifetime: 1800))
    #expect(server.map(.test(lifetime: 0, port: 0, transport: .any), at: seconds(0)).map?.lifetime == 0)
  }

  @Test("Quotas: of a host, and of all")
  func quotas() {
    var configuration = ServerConfiguration.test
    configuration.mappingsPerHost = 2
    configuration.mappings = 3
    var server = TestServer(configuration)
    for port in [1, 2] { #expect(server.map(.test(port: UInt16(port)), at: seconds(0)).map != nil) }
    #expect(server.map(.test(port: 3), at: seconds(0)) == .refusal(.userExQuota, lifetime: 30))
    #expect(server.map(.test(port: 1), at: seconds(0)).map != nil)
    let other = peer("198.51.100.2")
    #expect(server.map(.test(port: 1, from: other), from: other, at: seconds(0)).map != nil)
    #expect(server.map(.test(port: 2, from: other), from: other, at: seconds(0)) == .refusal(.noResources, lifetime: 30))
  }

  @Test("No port is left, or no external address")
  func exhausted() {
    var configuration = ServerConfiguration.test
    configuration.externalPorts = 2000...2001
    var server = TestServer(configuration)
    let ports = (1...2).compactMap { server.map(.test(port: $0), at: seconds(0)).map?.assignedExternalPort }
    #expect(Set(ports) == [2000, 2001])
    #expect(server.map(.test(port: 3), at: seconds(0)) == .refusal(.noResources, lifetime: 30))
    configuration.externalAddresses = []
    server = TestServer(configuration)
    #expect(server.map(.test(), at: seconds(0)) == .refusal(.networkFailure, lifetime: 30))
  }
}

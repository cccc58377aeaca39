import Machine
import PCP
import PCPWire
import Testing
import Wire

/// Who may ask for what, and how often.
@Suite struct ServerAccessTests {
  private let other = peer("203.0.113.2")
  private let denied = TestServer.Answer.refusal(.notAuthorized, lifetime: 1800)

  private func server(_ rules: AccessRule...) -> TestServer {
    var configuration = ServerConfiguration.test
    configuration.accessRules = rules
    return TestServer(configuration)
  }

  private func ask(_ server: inout TestServer, from client: PeerAddress = inside) -> TestServer.Answer {
    server.ask(.announce(AnnounceRequest(requestedLifetime: 0, clientAddress: client.address)), from: client, at: seconds(0))
  }

  @Test("The first rule for a source decides")
  func source() {
    var server = server(
      AccessRule(.allow, source: AddressPrefix(inside.address, length: 128)),
      AccessRule(.deny, source: AddressPrefix(inside.address, length: 120)))
    #expect(server.map(.test(), at: seconds(0)).map != nil)
    let neighbour = peer("198.51.100.2")
    #expect(server.map(.test(nonce: 2, from: neighbour), from: neighbour, at: seconds(0)) == denied)
    #expect(ask(&server, from: neighbour) == denied)
    #expect(server.map(.test(nonce: 2, from: other), from: other, at: seconds(0)).map != nil)
  }

  @Test("Rules for opcodes, protocols and internal ports")
  func matters() {
    var server = server(
      AccessRule(.deny, opcodes: [.peer]), AccessRule(.allow, protocol: .udp, internalPorts: 3000...3999),
      AccessRule(.deny))
    #expect(server.peer(.test(), at: seconds(0)) == denied)
    #expect(server.map(.test(), at: seconds(0)).map != nil)
    #expect(server.map(.test(port: 4000), at: seconds(0)) == denied)
    #expect(server.map(.test(transport: .tcp), at: seconds(0)) == denied)
    #expect(ask(&server) == denied)
    let set = MapRequest.Options(portSet: PortSetOption(size: 20, firstInternalPort: 3990, parity: false))
    #expect(server.map(.test(port: 3990, options: set), at: seconds(0)) == denied)
  }

  @Test("A port that may not be had is not given: another is, or none")
  func externalPorts() {
    var server = server(AccessRule(.deny, externalPorts: 0...4999), AccessRule(.deny, externalPorts: 5002...65535))
    #expect(server.map(.test(external: 3938), at: seconds(0)).map.map { 5000...5001 ~= $0.assignedExternalPort } == true)
    #expect(server.map(.test(port: 1), at: seconds(0)).map.map { 5000...5001 ~= $0.assignedExternalPort } == true)
    #expect(server.map(.test(port: 2), at: seconds(0)) == .refusal(.noResources, lifetime: 30))
    let exact = MapRequest.Options(preferFailure: PreferFailureOption())
    let insisted = server.map(.test(port: 3, external: 6000, options: exact), at: seconds(0))
    #expect(insisted == .refusal(.cannotProvideExternal, lifetime: 1800))
    #expect(server.peer(.test(port: 4, external: 6000), at: seconds(0)) == .refusal(.cannotProvideExternal, lifetime: 1800))
  }

  @Test("Nobody gets by a whole what a part is denied")
  func wholes() {
    var configuration = ServerConfiguration.test
    configuration.mapsAllPorts = true
    configuration.accessRules = [AccessRule(.deny, protocol: .tcp, internalPorts: 22...22)]
    var server = TestServer(configuration)
    #expect(server.map(.test(port: 0, transport: .tcp), at: seconds(0)) == denied)
    #expect(server.map(.test(port: 0), at: seconds(0)).map != nil)
    configuration.accessRules = [AccessRule(.deny, externalPorts: 22...22)]
    server = TestServer(configuration)
    #expect(server.map(.test(port: 0), at: seconds(0)) == denied)
  }

  @Test("After a change of the rules a mapping is not renewed, and may still be deleted")
  func changed() {
    var server = server()
    _ = server.map(.test(lifetime: 200), at: seconds(0))
    var configuration = server.machine.configuration
    configuration.accessRules = [AccessRule(.deny, externalPorts: 3938...3938)]
    server.perform(server.machine.reconfigure(configuration, at: seconds(1)), at: seconds(1))
    #expect(server.map(.test(), at: seconds(2)) == denied)
    #expect(server.machine.mappings.map(\.expiresAt) == [seconds(200)])
    configuration.accessRules = [AccessRule(.deny)]
    server.perform(server.machine.reconfigure(configuration, at: seconds(3)), at: seconds(3))
    #expect(server.map(.test(lifetime: 0), at: seconds(4)).map?.lifetime == 0)
  }

  // MARK: Rates

  private func endpoint(_ limit: RateLimit?, _ change: (inout ServerConfiguration) -> Void = { _ in }) -> ServerEndpoint {
    var configuration = ServerConfiguration.test
    configuration.rateLimit = limit
    change(&configuration)
    return ServerEndpoint(ServerMachine(configuration, startedAt: .origin, random: SplitMix64(seed: 1)))
  }

  private func isDropped(_ effects: [ServerEndpoint.Effect], _ reason: ServerReception.DropReason = .rateLimit) -> Bool {
    effects.count == 1
      && effects.contains { effect in
        if case .report(.dropped(_, reason)) = effect { return true }
        return false
      }
  }

  @Test("A source has as many requests as its bucket has tokens; others have their own")
  func rate() {
    var endpoint = endpoint(RateLimit(burst: 3, perSecond: 2))
    func send(_ client: PeerAddress, at time: Double) -> Bool {
      // Not even what is no request comes free.
      !isDropped(endpoint.receive([0, 0], from: client, to: gateway, at: seconds(time)))
    }
    #expect((0..<5).map { _ in send(inside, at: 1) } == [true, true, true, false, false])
    #expect(send(other, at: 1))
    #expect(!send(inside, at: 1.4))
    #expect(send(inside, at: 1.5))
    #expect(!send(inside, at: 1.9))
    #expect((0..<5).map { _ in send(inside, at: 100) } == [true, true, true, false, false])
    #expect(!send(inside, at: 99))
  }

  @Test("A flood from one source costs the others nothing")
  func flood() throws {
    var endpoint = endpoint(RateLimit())
    let request = try MapRequest.test().encoded()
    let dropped = (0..<10000).filter { _ in
      isDropped(endpoint.receive(request, from: inside, to: gateway, at: seconds(1)))
    }
    #expect(dropped.count == 10000 - 512)
    let client = peer("198.51.100.2")
    let effects = endpoint.receive(
      try MapRequest.test(nonce: 2, from: client).encoded(), from: client, to: gateway, at: seconds(1))
    #expect(!isDropped(effects) && endpoint.mappings.count == 2)
  }

  @Test("Without a limit everything is looked at")
  func noLimit() {
    var endpoint = endpoint(nil)
    #expect((0..<2000).allSatisfy { _ in !isDropped(endpoint.receive([0, 0], from: inside, to: nil, at: seconds(1))) })
  }

  @Test("What is sent to another address of the gateway came in where none should")
  func interface() throws {
    var endpoint = endpoint(nil) { $0.servingAddresses = [gateway] }
    let request = try MapRequest.test().encoded()
    #expect(isDropped(endpoint.receive(request, from: inside, to: outside, at: seconds(1)), .wrongInterface))
    #expect(!isDropped(endpoint.receive(request, from: inside, to: gateway, at: seconds(1)), .wrongInterface))
    #expect(endpoint.mappings.count == 1)
  }

  @Test("An overloaded server drops what it would have to look at, in the order of section 8.2")
  func overload() throws {
    var configuration = ServerConfiguration.test
    configuration.waitingRequests = 1
    let machine = ServerMachine(configuration, startedAt: .origin, random: SplitMix64(seed: 1))
    var endpoint = ServerEndpoint(machine, backend: .program)
    let request = try MapRequest.test().encoded()
    _ = endpoint.receive(request, from: inside, to: gateway, at: seconds(1))
    func reason(_ octets: [UInt8]) -> ServerReception.DropReason? {
      guard case .report(.dropped(_, let reason)) = endpoint.receive(octets, from: inside, to: gateway, at: seconds(1)).first
      else { return nil }
      return reason
    }
    #expect(reason(request) == .overload)
    #expect(reason(request + [0]) == .overload)
    #expect(reason(Array(request.prefix(23))) == .short)
    #expect(reason([2, 0x81]) == .response)
    #expect(reason([1, 0]) == nil)
  }

  // MARK: Counts

  @Test("Everything that comes in is counted once, by what has come of it")
  func counts() throws {
    var configuration = ServerConfiguration.test
    configuration.rateLimit = RateLimit(burst: 8, perSecond: 1)
    configuration.accessRules = [AccessRule(.deny, internalPorts: 22...22)]
    let machine = ServerMachine(configuration, startedAt: .origin, random: SplitMix64(seed: 1))
    var endpoint = ServerEndpoint(machine, backend: .program)
    func receive(_ octets: [UInt8]) { _ = endpoint.receive(octets, from: inside, to: gateway, at: seconds(1)) }
    let map = try MapRequest.test().encoded()
    receive(map)
    #expect(endpoint.waitingRequests == 1)
    // Sent again, while the backend works on it.
    receive(map)
    _ = endpoint.perform(.installed(try #require(endpoint.mappings.first).id), at: seconds(1))
    receive(try MapRequest.test(port: 22).encoded())
    receive([1, 0])
    // NAT-PMP: its external address, an operation that there is not, and half a request.
    receive([0, 0])
    receive([0, 9])
    receive([0, 1, 0, 0])
    receive([2])
    receive(map)
    receive(map)
    let counts = endpoint.counts
    #expect(counts.received == 10 && counts.natPMP == 3 && counts.granted == 2 && counts.ignored == 1)
    #expect(counts.refused == [.notAuthorized: 1, .unsuppVersion: 1, .unsuppOpcode: 1])
    #expect(counts.dropped == [.malformed: 1, .short: 1, .rateLimit: 2])
    let settled = counts.granted + counts.ignored + (Array(counts.refused.values) + counts.dropped.values).reduce(0, +)
    #expect(settled + endpoint.waitingRequests == counts.received)
  }
}

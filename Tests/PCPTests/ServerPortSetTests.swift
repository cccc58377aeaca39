import Machine
import PCP
import PCPWire
import Testing
import Wire

/// PORT_SET at the server (RFC 7753).
@Suite struct ServerPortSetTests {
  private func set(_ size: UInt16, _ first: UInt16 = 3938, parity: Bool = false) -> MapRequest.Options {
    MapRequest.Options(portSet: PortSetOption(size: size, firstInternalPort: first, parity: parity))
  }

  private func configuration(_ change: (inout ServerConfiguration) -> Void = { _ in }) -> ServerConfiguration {
    var configuration = ServerConfiguration.test
    change(&configuration)
    return configuration
  }

  @Test("As many ports as are asked for, one after the other")
  func create() {
    var server = TestServer()
    let answer = server.map(.test(external: 5000, options: set(8)), at: seconds(0)).map
    #expect(answer?.assignedExternalPort == 5000)
    #expect(answer?.options.portSet == PortSetOption(size: 8, firstInternalPort: 3938, parity: false))
    #expect(server.machine.mappings.map(\.portCount) == [8])
    let other = peer("198.51.100.2")
    let inside = server.map(.test(nonce: 2, port: 1, external: 5007, from: other), from: other, at: seconds(0)).map
    #expect(inside?.assignedExternalPort != 5007)
    let behind = server.map(.test(nonce: 2, port: 2, external: 5008, from: other), from: other, at: seconds(0)).map
    #expect(behind?.assignedExternalPort == 5008)
  }

  @Test("Never more than is asked for, and not the option for one port")
  func one() {
    var server = TestServer()
    let answer = server.map(.test(options: set(1)), at: seconds(0)).map
    #expect(answer != nil && answer?.options.portSet == nil)
    #expect(server.machine.mappings.map(\.portCount) == [1])
    let last = server.map(.test(nonce: 2, port: 65535, options: set(9, 65535)), at: seconds(0)).map
    #expect(last != nil && last?.options.portSet == nil)
  }

  @Test("As many as there are: by the limit of a set, by the quota, by what is free")
  func fewer() {
    var server = TestServer(configuration { $0.portsPerSet = 32 })
    #expect(server.map(.test(options: set(.max)), at: seconds(0)).map?.options.portSet?.size == 32)

    server = TestServer(configuration { $0.mappingsPerHost = 10 })
    #expect(server.map(.test(port: 1), at: seconds(0)).map != nil)
    #expect(server.map(.test(options: set(.max)), at: seconds(0)).map?.options.portSet?.size == 9)
    #expect(server.map(.test(port: 2), at: seconds(0)) == .refusal(.userExQuota, lifetime: 30))

    server = TestServer(configuration { $0.externalPorts = 2000...2009 })
    let other = peer("198.51.100.2")
    #expect(server.map(.test(nonce: 2, port: 1, external: 2003, from: other), from: other, at: seconds(0)).map != nil)
    let answer = server.map(.test(options: set(.max)), at: seconds(0)).map
    #expect(answer?.assignedExternalPort == 2004)
    #expect(answer?.options.portSet?.size == 6)
    #expect(server.map(.test(port: 1, options: set(4, 1)), at: seconds(0)).map?.options.portSet?.size == 3)
    #expect(server.map(.test(port: 1000), at: seconds(0)) == .refusal(.noResources, lifetime: 30))
  }

  @Test("Parity is kept when it is asked for", arguments: [3938, 3939] as [UInt16])
  func parity(first: UInt16) {
    var server = TestServer(configuration { $0.externalPorts = 2001...2008 })
    let answer = server.map(.test(port: first, options: set(4, first, parity: true)), at: seconds(0)).map
    #expect(answer.map { $0.assignedExternalPort % 2 == first % 2 } == true)
    #expect(answer?.options.portSet == PortSetOption(size: 4, firstInternalPort: first, parity: true))
    #expect(answer.map { $0.assignedExternalPort + 3 <= 2008 } == true)
  }

  @Test("What is malformed", arguments: [(9, 3938, 0), (9, 1, 0)] as [(UInt16, UInt16, UInt16)])
  func malformed(size: UInt16, first: UInt16, external: UInt16) {
    var server = TestServer()
    let answer = server.map(.test(external: external, options: set(size, first)), at: seconds(0))
    if first == 3938 {
      #expect(answer.map != nil)
    } else {
      #expect(answer == .refusal(.malformedOption, lifetime: 1800))
      #expect(server.machine.mappings.isEmpty)
    }
  }

  @Test("A set is renewed, deleted and expires as one")
  func asOne() {
    var server = TestServer(configuration { $0.reuseDelay = .zero })
    _ = server.map(.test(lifetime: 200, options: set(8)), at: seconds(0))
    let renewed = server.map(.test(lifetime: 300, options: set(8)), at: seconds(100)).map
    #expect(renewed?.options.portSet?.size == 8 && renewed?.lifetime == 300)
    #expect(server.machine.mappings.map(\.expiresAt) == [seconds(400)])
    let deleted = server.map(.test(lifetime: 0, options: set(8)), at: seconds(110)).map
    #expect(deleted?.lifetime == 0 && deleted?.options.portSet?.size == 8)
    #expect(server.machine.mappings.isEmpty && server.installed.isEmpty)
    #expect(
      server.map(.test(lifetime: 0, options: set(8)), at: seconds(111)).map
        == deleted.map { changed in
          var changed = changed
          changed.epochTime = 111
          return changed
        })
    _ = server.map(.test(lifetime: 200, options: set(8)), at: seconds(120))
    server.run(until: seconds(320))
    #expect(server.installed.isEmpty && server.machine.mappedPortCount == 0)
  }

  @Test("A single port of a set stands for the set, and is told of its own external port")
  func part() {
    var server = TestServer()
    _ = server.map(.test(lifetime: 200, external: 5000, options: set(8)), at: seconds(0))
    let answer = server.map(.test(lifetime: 600, port: 3940), at: seconds(1)).map
    #expect(answer?.assignedExternalPort == 5002)
    #expect(answer?.options.portSet == nil)
    #expect(server.machine.mappings.map(\.expiresAt) == [seconds(601)])
    #expect(server.map(.test(nonce: 2, port: 3940), at: seconds(2)) == .refusal(.notAuthorized, lifetime: 599))
  }

  /// The example of RFC 7753 section 5.3.
  @Test("What overlaps several mappings renews all of them, each told for itself")
  func overlap() {
    var server = TestServer(configuration { $0.portsPerSet = 256 })
    _ = server.map(.test(lifetime: 200, port: 1100, external: 1100), at: seconds(0))
    _ = server.map(.test(lifetime: 200, port: 1101, external: 1201, options: set(99, 1101)), at: seconds(0))
    let answer = server.map(.test(lifetime: 600, port: 1100, options: set(100, 1100)), at: seconds(1)).map
    #expect(answer?.assignedExternalPort == 1100)
    #expect(answer?.options.portSet == nil)
    let update = MapResponse(
      lifetime: 600, epochTime: 1, nonce: testNonce(1), protocol: .udp, internalPort: 1101, assignedExternalPort: 1201,
      assignedExternalAddress: outside,
      options: .init(portSet: PortSetOption(size: 99, firstInternalPort: 1101, parity: true)))
    #expect(server.told == [.notify(inside, from: gateway, .map(update))])
    #expect(server.machine.mappings.map(\.expiresAt) == [seconds(601), seconds(601)])
  }

  /// The example of RFC 7753 section 6.3.
  @Test("Of two sets that overlap the first is the one there is", arguments: [1101, 1105] as [UInt16])
  func order(first: UInt16) {
    var server = TestServer()
    let second: UInt16 = first == 1101 ? 1105 : 1101
    _ = server.map(.test(port: first, external: 2000, options: set(10, first)), at: seconds(0))
    let answer = server.map(.test(port: second, external: 3000, options: set(10, second)), at: seconds(1)).map
    #expect(answer?.internalPort == second)
    #expect(answer?.assignedExternalPort == 2000)
    #expect(answer?.options.portSet == PortSetOption(size: 10, firstInternalPort: first, parity: false))
  }

  @Test("A set ends before a single port that is mapped already")
  func before() {
    var server = TestServer()
    _ = server.map(.test(port: 3942, external: 6000), at: seconds(0))
    let answer = server.map(.test(external: 5000, options: set(8)), at: seconds(1)).map
    #expect(answer?.options.portSet?.size == 4)
    #expect(server.machine.mappings.map(\.portCount) == [1, 4])
  }

  @Test("PEER of a port in a set has the external port that the set gave it")
  func peerInSet() {
    var server = TestServer()
    _ = server.map(.test(external: 5000, options: set(8)), at: seconds(0))
    #expect(server.peer(.test(port: 3940), at: seconds(0)).peer?.assignedExternalPort == 5002)
    _ = server.map(.test(lifetime: 0, options: set(8)), at: seconds(1))
    #expect(server.peer(.test(port: 3940, remote: peer("203.0.113.9", 9)), at: seconds(2)).peer?.assignedExternalPort == 5002)
  }
}

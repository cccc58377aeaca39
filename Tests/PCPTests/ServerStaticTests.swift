import Machine
import PCP
import PCPWire
import Testing
import Wire

/// Mappings made outside of PCP: by configuration, and by traffic (RFC 6887 sections 11.3, 12.3 and 15.1).
@Suite struct ServerStaticTests {
  private func server(_ mappings: StaticMapping...) -> TestServer {
    var configuration = ServerConfiguration.test
    configuration.staticMappings = mappings
    return TestServer(configuration)
  }

  private let web = StaticMapping(
    InternalTuple(.udp, inside.address, port: 3938), to: ExternalTuple(.udp, outside, port: 8000), portCount: 4)

  @Test("A static mapping is told with the longest lifetime, whatever is suggested, and nothing is stored")
  func told() {
    var server = server(web)
    for octet in [1, 2] as [UInt8] {
      let answer = server.map(.test(nonce: octet, external: 5000), at: seconds(0)).map
      #expect(answer?.nonce == testNonce(octet))
      #expect(answer?.lifetime == .max)
      #expect(answer?.assignedExternalPort == 8000)
    }
    #expect(server.map(.test(port: 3940), at: seconds(0)).map?.assignedExternalPort == 8002)
    let options = MapRequest.Options(portSet: PortSetOption(size: 9, firstInternalPort: 3938, parity: false))
    #expect(server.map(.test(options: options), at: seconds(0)).map?.options.portSet?.size == 4)
    #expect(server.machine.mappings.isEmpty && server.installed.isEmpty)
  }

  @Test("It cannot be deleted, moved or filtered")
  func refused() {
    var server = server(web)
    #expect(server.map(.test(lifetime: 0), at: seconds(0)) == .refusal(.notAuthorized, lifetime: 1800))
    let exact = MapRequest.Options(preferFailure: PreferFailureOption())
    #expect(server.map(.test(external: 5000, options: exact), at: seconds(0)) == .refusal(.cannotProvideExternal, lifetime: 1800))
    #expect(server.map(.test(external: 8000, options: exact), at: seconds(0)).map?.assignedExternalPort == 8000)
    let filter = FilterOption(prefixLength: 128, remotePeerPort: 0, remotePeerAddress: address("203.0.113.5"))
    let filtered = server.map(.test(options: .init(filter: [filter])), at: seconds(0))
    #expect(filtered == .refusal(.excessiveRemotePeers, lifetime: 1800))
  }

  @Test("Its external ports are nobody else's, and its host's PEER has them")
  func reserved() {
    var server = server(web)
    let other = peer("198.51.100.2")
    let hint = server.map(.test(nonce: 2, external: 8001, from: other), from: other, at: seconds(0)).map
    #expect(hint.map { !(8000...8003).contains($0.assignedExternalPort) } == true)
    let exact = MapRequest.Options(preferFailure: PreferFailureOption())
    let refused = server.map(.test(nonce: 2, port: 9, external: 8001, from: other, options: exact), from: other, at: seconds(0))
    #expect(refused == .refusal(.cannotProvideExternal, lifetime: 1800))
    #expect(server.peer(.test(port: 3939), at: seconds(0)).peer?.assignedExternalPort == 8001)
  }

  @Test("A static mapping of all ports answers for each of them")
  func all() {
    let host = StaticMapping(InternalTuple(.any, inside.address, port: 0), to: ExternalTuple(.any, outside, port: 0))
    var server = server(host)
    #expect(server.map(.test(port: 80), at: seconds(0)).map?.assignedExternalPort == 80)
    let other = peer("198.51.100.2")
    let answer = server.map(.test(nonce: 2, from: other), from: other, at: seconds(0))
    #expect(answer == .refusal(.noResources, lifetime: 30))
  }

  // MARK: Traffic

  private let remote = peer("203.0.113.5", 443)

  /// A server whose device translates a flow from the client's port to an external one.
  private func server(flow outer: UInt16, seconds: UInt32 = 300) -> TestServer {
    var configuration = ServerConfiguration.test
    configuration.looksUpImplicitMappings = true
    var server = TestServer(configuration)
    server.implicit = [
      ImplicitMapping(
        inner: InternalTuple(.udp, inside.address, port: 3938), outer: ExternalTuple(.udp, outside, port: outer),
        remote: remote, remainingSeconds: seconds)
    ]
    return server
  }

  @Test("The backend is asked, and the request waits for its answer")
  func lookUp() {
    var configuration = ServerConfiguration.test
    configuration.looksUpImplicitMappings = true
    var machine = ServerMachine(configuration, startedAt: .origin, random: SplitMix64(seed: 1))
    let inner = InternalTuple(.udp, inside.address, port: 3938)
    #expect(
      machine.handle(.request(.map(.test()), from: inside, token(1)), at: seconds(0))
        == [.lookUp(ImplicitLookup(token: token(1), inner: inner, remote: nil))])
    #expect(
      machine.handle(.request(.peer(.test()), from: inside, token(2)), at: seconds(0))
        == [.lookUp(ImplicitLookup(token: token(2), inner: inner, remote: remote))])
    guard case .install = machine.handle(.lookedUp(token(1), nil), at: seconds(1)).first else {
      Issue.record("not installed")
      return
    }
    #expect(machine.handle(.lookedUp(token(1), nil), at: seconds(1)) == [])
  }

  @Test("MAP has what traffic has made already (figures 23 to 25)")
  func map() {
    var server = server(flow: 10000)
    let answer = server.map(.test(external: 3938), at: seconds(0)).map
    #expect(answer?.assignedExternalPort == 10000)
    #expect(server.machine.mappings.map(\.kind) == [.inbound])
    let exact = MapRequest.Options(preferFailure: PreferFailureOption())
    server = self.server(flow: 10000)
    #expect(server.map(.test(external: 5000, options: exact), at: seconds(0)) == .refusal(.cannotProvideExternal, lifetime: 300))
    #expect(server.map(.test(external: 10000, options: exact), at: seconds(0)).map?.assignedExternalPort == 10000)
  }

  @Test("MAP does not delete what traffic has made")
  func delete() {
    var server = server(flow: 10000)
    #expect(server.map(.test(lifetime: 0), at: seconds(0)) == .refusal(.notAuthorized, lifetime: 1800))
    #expect(server.map(.test(lifetime: 0, port: 3939), at: seconds(0)).map?.lifetime == 0)
  }

  @Test("PEER takes over what traffic has made: its external end, and no less than its life (figures 65 to 68)")
  func peerTakesOver() {
    var server = server(flow: 11000)
    let extended = server.peer(.test(lifetime: 36000, external: 5000), at: seconds(0)).peer
    #expect(extended?.assignedExternalPort == 11000)
    #expect(extended?.lifetime == 36000)
    #expect(server.peer(.test(lifetime: 5), at: seconds(10)).peer?.lifetime == 35990)
    #expect(server.peer(.test(nonce: 2), at: seconds(10)) == .refusal(.notAuthorized, lifetime: 35990))
    server = self.server(flow: 11000)
    #expect(server.peer(.test(lifetime: 5), at: seconds(0)).peer?.lifetime == 300)
  }

  @Test("PEER with lifetime 0 asks, and makes nothing")
  func ask() {
    var server = server(flow: 11000)
    let answer = server.peer(.test(lifetime: 0), at: seconds(0)).peer
    #expect(answer?.lifetime == 300)
    #expect(answer?.assignedExternalPort == 11000)
    let none = server.peer(.test(lifetime: 0, external: 7, remote: peer("203.0.113.6", 1)), at: seconds(0)).peer
    #expect(none?.lifetime == 0)
    #expect(none?.assignedExternalPort == 7)
    #expect(server.machine.mappings.isEmpty)
  }

  @Test("What traffic has made may use the external end of another's mapping, which stays that one's")
  func shared() {
    var server = server(flow: 5000)
    let other = peer("198.51.100.2")
    _ = server.map(.test(nonce: 2, port: 9, external: 5000, from: other), from: other, at: seconds(0))
    #expect(server.peer(.test(lifetime: 120), at: seconds(0)).peer?.assignedExternalPort == 5000)
    #expect(server.map(.test(), at: seconds(0)).map?.assignedExternalPort != 5000)
    server.run(until: seconds(300))
    let exact = MapRequest.Options(preferFailure: PreferFailureOption())
    let third = peer("198.51.100.3")
    let refused = server.map(.test(nonce: 3, external: 5000, from: third, options: exact), from: third, at: seconds(300))
    #expect(refused == .refusal(.cannotProvideExternal, lifetime: 7200 - 300 + 120))
  }

  @Test("The memory backend has a table of such mappings that can be set")
  func memory() throws {
    var configuration = ServerConfiguration.test
    configuration.looksUpImplicitMappings = true
    var endpoint = ServerEndpoint(ServerMachine(configuration, startedAt: .origin, random: SplitMix64(seed: 1)))
    let flow = server(flow: 10000).implicit
    #expect(endpoint.perform(.setImplicitMappings(flow), at: seconds(0)) == [])
    _ = endpoint.receive(try MapRequest.test().encoded(), from: inside, to: gateway, at: seconds(1))
    #expect(endpoint.mappings.map(\.outer.port) == [10000])
  }
}

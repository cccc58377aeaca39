import Machine
import PCP
import PCPWire
import Testing
import Wire

/// Mappings of all ports, and of all protocols (RFC 6887 sections 11.3 and 15.1).
@Suite struct ServerWildcardTests {
  private let other = peer("198.51.100.2")

  private func server(_ addresses: [String] = ["192.0.2.1"], allProtocols: Bool = true) -> TestServer {
    var configuration = ServerConfiguration(externalAddresses: addresses.map { address($0) })
    configuration.mapsAllPorts = true
    configuration.mapsAllProtocols = allProtocols
    return TestServer(configuration)
  }

  @Test("All ports of a protocol, or of all protocols, take an external address")
  func create() {
    for transport in [TransportProtocol.tcp, .any] {
      var server = server()
      let answer = server.map(.test(port: 0, transport: transport), at: seconds(0)).map
      #expect(answer?.assignedExternalPort == 0)
      #expect(answer?.assignedExternalAddress == outside)
      #expect(answer?.internalPort == 0)
      #expect(server.machine.mappings.map(\.outer) == [ExternalTuple(transport, outside, port: 0)])
      let taken = server.map(.test(nonce: 2, transport: .tcp, from: other), from: other, at: seconds(1))
      #expect(taken == .refusal(.noResources, lifetime: 30))
      let whole = server.map(.test(nonce: 2, port: 0, transport: transport, from: other), from: other, at: seconds(1))
      #expect(whole == .refusal(.unsuppProtocol, lifetime: 1800))
      let udp = server.map(.test(nonce: 2, from: other), from: other, at: seconds(1))
      #expect((udp.map != nil) == (transport == .tcp))
    }
  }

  @Test("What others have a part of cannot be had whole; one's own part does no harm")
  func parts() {
    var server = server()
    _ = server.map(.test(transport: .tcp), at: seconds(0))
    #expect(server.map(.test(port: 0, transport: .tcp), at: seconds(0)).map != nil)
    #expect(server.map(.test(port: 80, transport: .tcp), at: seconds(0)).map != nil)
    _ = server.map(.test(nonce: 2, from: other), from: other, at: seconds(0))
    #expect(server.map(.test(port: 0), at: seconds(0)) == .refusal(.unsuppProtocol, lifetime: 1800))
    #expect(server.map(.test(port: 0, transport: .any), at: seconds(0)) == .refusal(.unsuppProtocol, lifetime: 1800))
  }

  @Test("Another external address may be free")
  func addresses() {
    var server = server(["192.0.2.1", "192.0.2.2"])
    _ = server.map(.test(nonce: 2, from: other), from: other, at: seconds(0))
    let answer = server.map(.test(port: 0, transport: .any), at: seconds(0)).map
    #expect(answer?.assignedExternalAddress == address("192.0.2.2"))
  }

  @Test("They are renewed and deleted by who knows the nonce")
  func delete() {
    var server = server()
    _ = server.map(.test(lifetime: 200, port: 0, transport: .any), at: seconds(0))
    #expect(
      server.map(.test(lifetime: 0, nonce: 2, port: 0, transport: .any), at: seconds(50))
        == .refusal(.notAuthorized, lifetime: 150))
    #expect(server.map(.test(lifetime: 600, port: 0, transport: .any), at: seconds(50)).map?.lifetime == 600)
    #expect(server.map(.test(lifetime: 0, port: 0, transport: .any), at: seconds(60)).map?.lifetime == 0)
    #expect(server.machine.mappings.isEmpty)
    #expect(server.map(.test(lifetime: 0, port: 0, transport: .any), at: seconds(61)).map?.lifetime == 0)
    // Kept back for its host, and then anybody's.
    #expect(server.map(.test(nonce: 2, from: other), from: other, at: seconds(62)) == .refusal(.noResources, lifetime: 30))
    server.run(until: seconds(180))
    #expect(server.map(.test(nonce: 2, from: other), from: other, at: seconds(181)).map != nil)
  }

  @Test("Not where they are not enabled, and all protocols apart from all ports")
  func disabled() {
    var server = server(allProtocols: false)
    #expect(server.map(.test(port: 0, transport: .any), at: seconds(0)) == .refusal(.unsuppProtocol, lifetime: 1800))
    #expect(server.map(.test(port: 0, transport: .sctp), at: seconds(0)) == .refusal(.unsuppProtocol, lifetime: 1800))
    #expect(server.map(.test(port: 0), at: seconds(0)).map != nil)
  }

  @Test("PREFER_FAILURE names a port, which all ports have not")
  func preferFailure() {
    var server = server()
    let options = MapRequest.Options(preferFailure: PreferFailureOption())
    let answer = server.map(.test(port: 0, external: 5000, options: options), at: seconds(0))
    #expect(answer == .refusal(.cannotProvideExternal, lifetime: 1800))
  }
}

import Machine
import PCP
import PCPWire
import Testing
import Wire

/// Which external address and port a mapping is given.
@Suite struct ServerPoolTests {
  private let other = peer("198.51.100.2")
  private let third = peer("198.51.100.3")
  private let exact = MapRequest.Options(preferFailure: PreferFailureOption())

  private func server(
    _ addresses: [String] = ["192.0.2.1", "192.0.2.2"], _ change: (inout ServerConfiguration) -> Void = { _ in }
  )
    -> TestServer
  {
    var configuration = ServerConfiguration(externalAddresses: addresses.map { address($0) })
    change(&configuration)
    return TestServer(configuration)
  }

  @Test("A host keeps its external address; hosts are spread over the addresses")
  func paired() {
    var server = server()
    let first = server.map(.test(), at: seconds(0)).map?.assignedExternalAddress
    let second = server.map(.test(nonce: 2, port: 1, from: other), from: other, at: seconds(0)).map?.assignedExternalAddress
    #expect(first == address("192.0.2.1") && second == address("192.0.2.2"))
    for port in 10...20 as ClosedRange<UInt16> {
      #expect(server.map(.test(port: port), at: seconds(0)).map?.assignedExternalAddress == first)
      #expect(server.peer(.test(port: port + 20), at: seconds(0)).peer?.assignedExternalAddress == first)
    }
    let suggested = server.map(.test(port: 30, externalAddress: address("192.0.2.2")), at: seconds(0)).map
    #expect(suggested?.assignedExternalAddress == first)
    let insisted = MapRequest.test(port: 31, external: 9000, externalAddress: address("192.0.2.2"), options: exact)
    #expect(server.map(insisted, at: seconds(0)) == .refusal(.cannotProvideExternal, lifetime: 1800))
  }

  @Test("A host without mappings has no address any more")
  func unpaired() {
    var server = server(["192.0.2.1", "192.0.2.2"]) { $0.reuseDelay = .zero }
    _ = server.map(.test(), at: seconds(0))
    _ = server.map(.test(lifetime: 0), at: seconds(1))
    _ = server.map(.test(nonce: 2, from: other), from: other, at: seconds(2))
    #expect(server.map(.test(), at: seconds(3)).map?.assignedExternalAddress == address("192.0.2.2"))
  }

  @Test("Without pairing a suggested address is followed, and a full one left")
  func notPaired() {
    var server = server(["192.0.2.1", "192.0.2.2"]) { configuration in
      configuration.pairsAddresses = false
      configuration.externalPorts = 2000...2001
    }
    let suggested = server.map(.test(port: 1, externalAddress: address("192.0.2.2")), at: seconds(0)).map
    #expect(suggested?.assignedExternalAddress == address("192.0.2.2"))
    let ends = (2...4).compactMap { server.map(.test(port: $0), at: seconds(0)).map?.assignedExternalAddress }
    #expect(Set(ends).count == 2)
    #expect(server.map(.test(port: 5), at: seconds(0)) == .refusal(.noResources, lifetime: 30))
  }

  @Test("Addresses have ranges of their own")
  func ranges() {
    var server = server(["192.0.2.1", "192.0.2.2"]) { configuration in
      configuration.externalPortsByAddress = [address("192.0.2.2"): 100...101]
    }
    _ = server.map(.test(), at: seconds(0))
    let ports = (1...3).map { server.map(.test(nonce: 2, port: $0, from: other), from: other, at: seconds(0)) }
    #expect(Set(ports.prefix(2).compactMap { $0.map?.assignedExternalPort }) == [100, 101])
    #expect(ports[2] == .refusal(.noResources, lifetime: 30))
  }

  @Test("Ports of the gateway's own services are not given")
  func unmapped() {
    var server = server(["192.0.2.1"]) { configuration in
      configuration.externalPorts = 2000...2001
      configuration.unmappedTCPPorts = [2000]
    }
    #expect(server.map(.test(transport: .tcp, external: 2000), at: seconds(0)).map?.assignedExternalPort == 2001)
    #expect(server.map(.test(port: 1, transport: .tcp), at: seconds(0)) == .refusal(.noResources, lifetime: 30))
    #expect(server.map(.test(external: 2000), at: seconds(0)).map?.assignedExternalPort == 2000)
  }

  @Test("A port is kept for who had it last, and no one else")
  func hold() {
    var server = server(["192.0.2.1"])
    _ = server.map(.test(external: 5000), at: seconds(0))
    _ = server.map(.test(lifetime: 0), at: seconds(10))
    let taken = server.map(.test(nonce: 2, external: 5000, from: other, options: exact), from: other, at: seconds(20))
    #expect(taken == .refusal(.cannotProvideExternal, lifetime: 110))
    #expect(server.map(.test(nonce: 3, external: 5000), at: seconds(20)).map?.assignedExternalPort != 5000)
    _ = server.map(.test(lifetime: 0, nonce: 3), at: seconds(21))
    server.run(until: seconds(130))
    let free = server.map(.test(nonce: 2, external: 5000, from: other, options: exact), from: other, at: seconds(130))
    #expect(free.map?.assignedExternalPort == 5000)
  }

  @Test("Who had a port gets it again, without being asked")
  func reclaim() {
    var server = server(["192.0.2.1"])
    _ = server.map(.test(external: 5000), at: seconds(0))
    _ = server.map(.test(lifetime: 0), at: seconds(10))
    #expect(server.map(.test(), at: seconds(20)).map?.assignedExternalPort == 5000)
    server.run(until: seconds(200))
    let taken = server.map(.test(nonce: 2, external: 5000, from: other), from: other, at: seconds(200)).map
    #expect(taken?.assignedExternalPort != 5000)
  }

  @Test("Ports that are kept count for the quota, so that nobody can use them all up")
  func holdQuota() {
    var server = server(["192.0.2.1"]) { $0.mappingsPerHost = 3 }
    for port in 1...3 as ClosedRange<UInt16> {
      #expect(server.map(.test(port: port), at: seconds(0)).map != nil)
      #expect(server.map(.test(lifetime: 0, port: port), at: seconds(0)).map != nil)
    }
    #expect(server.map(.test(port: 4), at: seconds(1)) == .refusal(.userExQuota, lifetime: 30))
    #expect(server.map(.test(port: 3), at: seconds(1)).map != nil)
    server.run(until: seconds(120))
    #expect(server.map(.test(port: 4), at: seconds(120)).map != nil)
  }

  @Test("SCTP keeps its port or is not mapped")
  func sctp() {
    var server = server(["192.0.2.1"]) { $0.protocols.insert(.sctp) }
    #expect(server.map(.test(transport: .sctp, external: 5000), at: seconds(0)).map?.assignedExternalPort == 3938)
    let taken = server.map(.test(nonce: 2, transport: .sctp, from: other), from: other, at: seconds(0))
    #expect(taken == .refusal(.cannotProvideExternal, lifetime: 30))
  }

  @Test("A host gets an address of its own family, or by NAT64 of the family that it hints at")
  func families() {
    let six = peer("2001:db8::7")
    let addresses = ["192.0.2.1", "2001:db8:f::1"]
    var server = server(addresses)
    func external(_ server: inout TestServer, port: UInt16, hint: IPv6Address) -> IPv6Address? {
      server.map(.test(port: port, externalAddress: hint, from: six), from: six, at: seconds(0)).map?.assignedExternalAddress
    }
    #expect(external(&server, port: 1, hint: .unspecifiedIPv4) == address("2001:db8:f::1"))
    #expect(server.map(.test(externalAddress: .unspecified), at: seconds(0)).map?.assignedExternalAddress == outside)
    server = self.server(addresses) { $0.isNAT64 = true }
    #expect(external(&server, port: 1, hint: .unspecifiedIPv4) == outside)
    #expect(external(&server, port: 2, hint: .unspecified) == address("2001:db8:f::1"))
    server = self.server(["192.0.2.1"])
    let none = server.map(.test(externalAddress: .unspecified, from: six), from: six, at: seconds(0))
    #expect(none == .refusal(.networkFailure, lifetime: 30))
  }

  @Test("Behind a firewall the external end is the internal one")
  func pinholes() {
    let six = peer("2001:db8::7")
    var server = server(["192.0.2.1"]) { $0.hasPinholes = true }
    func map(_ port: UInt16, external: UInt16 = 0, options: MapRequest.Options = .init()) -> TestServer.Answer {
      server.map(
        .test(port: port, external: external, externalAddress: .unspecified, from: six, options: options), from: six,
        at: seconds(0))
    }
    #expect(map(22, external: 5000).map?.assignedExternalAddress == six.address)
    #expect(map(22).map?.assignedExternalPort == 22)
    #expect(map(23, external: 5000, options: exact) == .refusal(.cannotProvideExternal, lifetime: 1800))
    #expect(map(5351) == .refusal(.notAuthorized, lifetime: 1800))
    #expect(server.map(.test(), at: seconds(0)).map?.assignedExternalAddress == outside)
    let set = MapRequest.Options(portSet: PortSetOption(size: 8, firstInternalPort: 100, parity: false))
    #expect(map(100, options: set).map?.options.portSet?.size == 8)
  }

  @Test("Hosts of one address are told apart by what THIRD_PARTY_ID says (RFC 7843)")
  func realms() {
    var server = server(["192.0.2.1"]) { configuration in
      configuration.thirdPartyClients = [AddressPrefix(inside.address, length: 128)]
      configuration.thirdPartyIDs = [[1, 2], [3, 4], [5, 6, 7]]
    }
    func ask(_ id: [UInt8], nonce: UInt8, lifetime: UInt32 = 7200) -> TestServer.Answer {
      let options = MapRequest.Options(
        thirdParty: ThirdPartyOption(address: address("10.0.0.1")), thirdPartyID: ThirdPartyIDOption(value: id))
      return server.map(.test(lifetime: lifetime, nonce: nonce, options: options), at: seconds(0))
    }
    let first = ask([1, 2], nonce: 1).map
    let second = ask([3, 4], nonce: 2).map
    #expect(first?.options.thirdPartyID?.value == [1, 2])
    #expect(first != nil && second != nil && first?.assignedExternalPort != second?.assignedExternalPort)
    #expect(ask([3, 4], nonce: 1) == .refusal(.notAuthorized, lifetime: 7200))
    #expect(ask([9, 9], nonce: 1) == .refusal(.thirdPartyIDUnknown, lifetime: 1800))
    #expect(ask([9], nonce: 1) == .refusal(.unsuppThirdPartyIDLength, lifetime: 1800))
    #expect(ask([1, 2], nonce: 1, lifetime: 0).map?.options.thirdPartyID?.value == [1, 2])
    #expect(server.machine.mappings.map(\.inner.realm) == [[3, 4]])
  }

  @Test("A filter for the other family makes no sense")
  func filterFamily() {
    var server = server(["192.0.2.1"])
    let filter = FilterOption(prefixLength: 64, remotePeerPort: 0, remotePeerAddress: address("2001:db8::"))
    #expect(server.map(.test(options: .init(filter: [filter])), at: seconds(0)) == .refusal(.malformedOption, lifetime: 1800))
    #expect(server.machine.mappings.isEmpty)
  }
}

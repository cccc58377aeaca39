import Machine
import PCP
import PCPWire
import Testing
import Wire

/// Changes of the external address (RFC 6887 sections 8.5 and 14.2), of the configuration, and who is told.
@Suite struct ServerUpdateTests {
  private let moved = address("192.0.2.99")

  private func update(_ epochTime: UInt32, lifetime: UInt32, _ change: (inout MapResponse) -> Void = { _ in })
    -> ServerMachine.Effect
  {
    var response = MapResponse(
      lifetime: lifetime, epochTime: epochTime, nonce: testNonce(1), protocol: .udp, internalPort: 3938,
      assignedExternalPort: 3938, assignedExternalAddress: moved)
    change(&response)
    return .notify(inside, from: gateway, .map(response))
  }

  /// A server without announcements, so that only updates are told.
  private func server(_ change: (inout ServerConfiguration) -> Void = { _ in }) -> TestServer {
    var configuration = ServerConfiguration.test
    configuration.announcementCount = 0
    change(&configuration)
    return TestServer(configuration)
  }

  private func change(_ server: inout TestServer, to addresses: [IPv6Address], at now: Instant) {
    server.perform(server.machine.handle(.externalAddressesChanged(addresses), at: now), at: now)
  }

  @Test("A mapping moves, and its client is told three times, the epoch begun anew")
  func threeTimes() {
    var server = server()
    _ = server.map(.test(lifetime: 1000), at: seconds(0))
    change(&server, to: [moved], at: seconds(100))
    #expect(server.told == [update(0, lifetime: 900)])
    #expect(server.installed.values.map(\.outer) == [ExternalTuple(.udp, moved, port: 3938)])
    #expect(server.machine.nextDeadline == seconds(100.25))
    server.run(until: seconds(100.25))
    #expect(server.machine.nextDeadline == seconds(100.75))
    server.run(until: seconds(999))
    // Never more than is left: 899.75 s and 899.25 s.
    #expect(server.told == [update(0, lifetime: 900), update(0, lifetime: 899), update(0, lifetime: 899)])
  }

  @Test("Who asks for the mapping meanwhile is told no more")
  func refreshed() {
    var server = server()
    _ = server.map(.test(lifetime: 1000), at: seconds(0))
    change(&server, to: [moved], at: seconds(100))
    #expect(server.map(.test(lifetime: 1000, external: 3938), at: seconds(100.1)).map?.assignedExternalAddress == moved)
    server.run(until: seconds(200))
    #expect(server.told.count == 1)
  }

  @Test("The update goes where the last request came from, with the options that it is known by")
  func options() {
    var server = server()
    let manager = peer("198.51.100.9", 7000)
    let host = ThirdPartyOption(address: inside.address)
    let filter = FilterOption(prefixLength: 128, remotePeerPort: 0, remotePeerAddress: address("203.0.113.5"))
    let set = PortSetOption(size: 4, firstInternalPort: 3938, parity: false)
    let request = MapRequest.test(
      lifetime: 1000, from: manager,
      options: .init(
        thirdParty: host, filter: [filter], description: DescriptionOption(text: "mail"), portSet: set))
    _ = server.map(request, from: peer("198.51.100.9", 6000), at: seconds(0))
    _ = server.map(request, from: manager, at: seconds(10))
    change(&server, to: [moved], at: seconds(10))
    guard case .notify(manager, gateway, .map(let response)) = server.told.first else {
      Issue.record("not told")
      return
    }
    #expect(response.options.thirdParty == host)
    #expect(response.options.filter == [filter])
    #expect(response.options.portSet?.size == 4)
    #expect(response.options.description == nil)
  }

  @Test("MAP and PEER of one internal port move together")
  func together() {
    var server = server()
    _ = server.map(.test(lifetime: 1000), at: seconds(0))
    _ = server.peer(.test(lifetime: 1000), at: seconds(0))
    change(&server, to: [moved], at: seconds(1))
    server.run(until: seconds(1.1))
    #expect(server.told.count == 2)
    #expect(Set(server.machine.mappings.map(\.outer)) == [ExternalTuple(.udp, moved, port: 3938)])
  }

  @Test("Who wanted that external end or none is refused what there is now")
  func preferFailure() throws {
    var server = server { $0.hasStore = true }
    let exact = MapRequest.Options(preferFailure: PreferFailureOption())
    _ = server.map(.test(lifetime: 1000, external: 5000, options: exact), at: seconds(0))
    _ = server.peer(.test(lifetime: 1000, nonce: 2, port: 80, external: 6000), at: seconds(0))
    change(&server, to: [moved], at: seconds(1))
    #expect(server.machine.mappings.isEmpty && server.installed.isEmpty && server.stored.isEmpty)
    server.run(until: seconds(1.1))
    let codes = server.told.compactMap { effect -> ResultCode? in
      if case .notifyRefusal(inside, gateway, _, let refusal) = effect { return refusal.code }
      return nil
    }
    #expect(codes == [.cannotProvideExternal, .cannotProvideExternal])
    server.run(until: seconds(50))
    #expect(server.told.count == 6)
  }

  @Test("An error nobody asked for names the mapping and the third party")
  func errorOctets() throws {
    var configuration = ServerConfiguration.test
    configuration.announcementCount = 0
    var endpoint = ServerEndpoint(ServerMachine(configuration, startedAt: .origin, random: SplitMix64(seed: 1)))
    let manager = peer("198.51.100.9")
    let request = MapRequest.test(
      external: 5000, from: manager,
      options: .init(thirdParty: ThirdPartyOption(address: inside.address), preferFailure: PreferFailureOption()))
    _ = endpoint.receive(try request.encoded(), from: manager, to: gateway, at: seconds(0))
    let effects = endpoint.perform(.externalAddressesChanged([]), at: seconds(3))
    let sent = effects.compactMap { effect -> Datagram? in
      if case .transmit(let datagram) = effect { return datagram }
      return nil
    }
    let datagram = try #require(sent.first)
    #expect(datagram.destination == manager && datagram.source == gateway)
    guard case .mapError(let response) = try PCPResponse(decoding: datagram.octets) else {
      Issue.record("no MAP error")
      return
    }
    #expect(response.resultCode == .cannotProvideExternal && response.epochTime == 0)
    #expect(response.mapping?.nonce == testNonce(1) && response.mapping?.internalPort == 3938)
    #expect(response.copied.first == 1)
  }

  @Test("Without an address, or without room, mappings are lost")
  func lost() {
    var server = server()
    _ = server.map(.test(lifetime: 1000), at: seconds(0))
    change(&server, to: [], at: seconds(1))
    #expect(server.machine.mappings.isEmpty)
    guard case .notifyRefusal(_, _, _, Refusal(.networkFailure, lifetime: 30)) = server.told.first else {
      Issue.record("not told")
      return
    }
  }

  @Test("A mapping that is being installed moves when it is")
  func installing() throws {
    var server = server()
    let asked = server.machine.handle(.request(.map(.test()), from: inside, to: gateway, token(1)), at: seconds(0))
    change(&server, to: [moved], at: seconds(1))
    #expect(server.told.isEmpty)
    server.perform(asked, at: seconds(2))
    #expect(server.installed.values.map(\.outer.address) == [moved])
    #expect(server.told.count == 1)
  }

  @Test("Many are told one after the other")
  func pace() {
    var server = server { $0.noticesPerSecond = 10 }
    for port in 1...20 as ClosedRange<UInt16> { _ = server.map(.test(port: port), at: seconds(0)) }
    change(&server, to: [moved], at: seconds(10))
    #expect(server.told.count == 1)
    server.run(until: seconds(11.05))
    let ports = server.told.compactMap { effect -> UInt16? in
      if case .notify(_, _, .map(let response)) = effect { return response.internalPort }
      return nil
    }
    #expect(Set(ports) == Set(1...11))
    server.run(until: seconds(20))
    #expect(server.told.count == 60)
  }

  @Test("Other clients that are remembered are told of the new epoch until they are heard of")
  func unicast() {
    var server = server { $0.announcementCount = 3 }
    _ = server.map(.test(lifetime: 1000), at: seconds(0))
    let six = peer("2001:db8::7")
    _ = server.map(.test(nonce: 2, externalAddress: .unspecified, from: six), from: six, at: seconds(0))
    change(&server, to: [moved, address("2001:db8:f::1")], at: seconds(10))
    func announcements() -> [ServerMachine.Effect] {
      server.told.filter { effect in
        if case .notify(_, _, .announce) = effect { return true }
        return false
      }
    }
    server.run(until: seconds(10.2))
    let announcement = PCPResponse.announce(AnnounceResponse(lifetime: 0, epochTime: 0))
    #expect(announcements() == [.notify(six, from: gateway, announcement)])
    server.run(until: seconds(10.3))
    #expect(announcements().count == 2)
    _ = server.map(.test(nonce: 2, externalAddress: .unspecified, from: six), from: six, at: seconds(10.4))
    server.run(until: seconds(60))
    #expect(announcements().count == 2)
    #expect(server.told.filter { $0 == .announce(announcement) }.count == 3)
  }

  @Test("The same addresses again change nothing")
  func unchanged() {
    var server = server()
    _ = server.map(.test(), at: seconds(0))
    change(&server, to: [address("2001:db8:f::1"), outside], at: seconds(10))
    #expect(server.told.isEmpty)
    #expect(server.machine.epochTime(at: seconds(10)) == 10)
  }

  @Test("A new configuration keeps the mappings and counts for what comes")
  func reconfigure() {
    var server = server()
    _ = server.map(.test(lifetime: 1000), at: seconds(0))
    var changed = server.machine.configuration
    changed.maximumLifetime = 300
    changed.externalPorts = 50000...50001
    changed.mappingsPerHost = 2
    changed.unmappedUDPPorts.insert(50000)
    server.perform(server.machine.reconfigure(changed, at: seconds(10)), at: seconds(10))
    #expect(server.told.isEmpty && server.machine.epochTime(at: seconds(10)) == 10)
    #expect(server.map(.test(lifetime: 1000), at: seconds(20)).map?.assignedExternalPort == 3938)
    #expect(server.machine.mappings.map(\.expiresAt) == [seconds(320)])
    #expect(server.map(.test(port: 7), at: seconds(20)).map?.assignedExternalPort == 50001)
    #expect(server.map(.test(port: 8), at: seconds(20)) == .refusal(.userExQuota, lifetime: 30))
  }

  @Test("A new prefix of the NAT64 is announced, in the same epoch")
  func prefix() {
    var server = server { $0.announcementCount = 1 }
    var changed = server.machine.configuration
    let option = Prefix64Option(prefix: Array(address("64:ff9b::").octets.prefix(12)), suffix: [])
    changed.prefix64 = [option]
    let effects = server.machine.reconfigure(changed, at: seconds(10))
    #expect(effects == [.announce(.announce(AnnounceResponse(lifetime: 0, epochTime: 10, options: .init(prefix64: [option]))))])
  }
}

import Machine
import PCP
import PCPWire
import Testing
import Transport
import Wire

/// Whole exchanges over real sockets on the loopback interface.
@Suite struct LoopbackTests {
  private struct Family: Sendable, CustomTestStringConvertible {
    var testDescription: String
    var loopback: IPv6Address
    var external: IPv6Address
    var remote: IPv6Address
  }

  private static let families = [
    Family(
      testDescription: "IPv4", loopback: IPv6Address(mapping: IPv4Address(127, 0, 0, 1)),
      external: IPv6Address(mapping: IPv4Address(192, 0, 2, 1)),
      remote: IPv6Address(mapping: IPv4Address(203, 0, 113, 5))),
    Family(
      testDescription: "IPv6", loopback: IPv6Address(high: 0, low: 1),
      external: IPv6Address(high: 0x2001_0DB8_000F_0000, low: 1),
      remote: IPv6Address(high: 0x2001_0DB8_0000_0000, low: 5)),
  ]

  /// A socket on the loopback address; nil, and said aloud, on a host without IPv6.
  private func socket(_ family: Family) async throws -> UDPSocket? {
    do {
      return try await UDPSocket(boundTo: PeerAddress(family.loopback, port: 0))
    } catch  where family.loopback.mapped == nil {
      print("SKIPPED over IPv6: this host has no IPv6 loopback address (\(error))")
      return nil
    }
  }

  /// Runs a client against a server, both on sockets.
  private func converse(
    _ family: Family, announcing: Bool = false,
    _ body: (UDPDriver<ClientEndpoint>, inout AsyncStream<ClientEndpoint.Event>.Iterator) async throws -> Void
  ) async throws {
    guard let serverSocket = try await socket(family), let clientSocket = try await socket(family) else { return }
    let clock = MonotonicClock()
    var configuration = ServerConfiguration(externalAddresses: [family.external])
    configuration.announcementTargets = [clientSocket.localAddress]
    let server = UDPDriver(
      ServerEndpoint(ServerMachine(configuration, startedAt: clock.now, random: SystemEntropy())),
      sockets: [serverSocket], clock: clock)
    let client = UDPDriver(
      ClientEndpoint(
        ClientMachine(ClientConfiguration(address: family.loopback), random: SystemEntropy()),
        server: serverSocket.localAddress), sockets: [clientSocket], clock: clock)
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask { await server.run() }
      group.addTask { await client.run() }
      if announcing { await server.perform(.start) }
      var events = client.events.makeAsyncIterator()
      try await body(client, &events)
      group.cancelAll()
    }
  }

  /// Whether the server's clock, which was started after that, says no more seconds than there were: none on a quick machine.
  private static func isEpoch(_ epochTime: UInt32, of start: ContinuousClock.Instant) -> Bool {
    Int64(epochTime) <= (ContinuousClock.now - start).components.seconds
  }

  /// The next event but announcements and what follows from them: on a busy machine a request is sent again before its answer is
  /// read, and the second answer is as one that nobody asked for.
  private func next(
    _ events: inout AsyncStream<ClientEvent>.Iterator, skippingAnnouncements: Bool = true
  ) async -> ClientEvent? {
    while let event = await events.next() {
      switch event {
      case .announced where !skippingAnnouncements: return event
      case .announced, .serverLostState, .speaks: continue
      default: return event
      }
    }
    return nil
  }

  private func id(_ number: UInt64) -> ClientMachine.RequestID { .init(rawValue: number) }

  @Test("ANNOUNCE, MAP with FILTER, PEER, delete and an error", .timeLimit(.minutes(1)), arguments: families)
  private func exchanges(_ family: Family) async throws {
    let started = ContinuousClock.now
    try await converse(family) { client, events in
      await client.perform(.announce(id(1)))
      guard case .alive(id(1), let epochTime)? = await next(&events) else {
        Issue.record("no answer to ANNOUNCE")
        return
      }
      #expect(Self.isEpoch(epochTime, of: started))

      var wish = MapWish(.udp, internalPort: 3938, lifetime: 7200)
      wish.externalAddress = family.external
      wish.options.filter = [
        FilterOption(prefixLength: 128, remotePeerPort: 0, remotePeerAddress: family.remote)
      ]
      await client.perform(.map(id(2), wish))
      guard case .granted(id(2), let grant)? = await next(&events) else {
        Issue.record("no mapping")
        return
      }
      #expect(grant.externalAddress == family.external)
      #expect(grant.externalPort == 3938)
      #expect(grant.lifetime == 7200)

      let peer = PeerWish(
        .tcp, internalPort: 4000, remotePort: 443, remoteAddress: family.remote, lifetime: 600)
      await client.perform(.peer(id(3), peer))
      guard case .granted(id(3), _)? = await next(&events) else {
        Issue.record("no outbound mapping")
        return
      }

      await client.perform(.map(id(4), MapWish(.udp, internalPort: 3938, lifetime: 0)))
      guard case .refused(id(4), .notAuthorized, _, _)? = await next(&events) else {
        Issue.record("not refused")
        return
      }
      await client.perform(.delete(id(2)))
      #expect(await next(&events) == .deleted(id(2)))
    }
  }

  @Test("A server that starts is heard of", .timeLimit(.minutes(1)), arguments: families)
  private func announcement(_ family: Family) async throws {
    let started = ContinuousClock.now
    try await converse(family, announcing: true) { _, events in
      for _ in 0..<2 {
        let event = await next(&events, skippingAnnouncements: false)
        guard case .announced(let epochTime)? = event else {
          Issue.record("not announced: \(event.map { "\($0)" } ?? "the end")")
          return
        }
        #expect(Self.isEpoch(epochTime, of: started))
      }
    }
  }

  @Test("The address that reaches a peer is found", arguments: families)
  private func sourceAddress(_ family: Family) async throws {
    guard let target = try await socket(family) else { return }
    let source = try await UDPSocket.sourceAddress(for: target.localAddress)
    #expect(source.address == family.loopback)
    await target.close()
  }

  @Test("A server answers from the address it was asked at", .timeLimit(.minutes(1)))
  func sourceOfAnswers() async throws {
    let first = IPv6Address(mapping: IPv4Address(127, 0, 0, 1))
    let second = IPv6Address(mapping: IPv4Address(127, 0, 0, 2))
    let firstSocket = try await UDPSocket(boundTo: PeerAddress(first, port: 0))
    let port = firstSocket.localAddress.port
    guard let secondSocket = try? await UDPSocket(boundTo: PeerAddress(second, port: port)) else {
      print("SKIPPED: this host has no second loopback address")
      return
    }
    let clock = MonotonicClock()
    let machine = ServerMachine(
      ServerConfiguration(externalAddresses: []), startedAt: clock.now, random: SystemEntropy())
    let server = UDPDriver(ServerEndpoint(machine), sockets: [firstSocket, secondSocket], clock: clock)
    let running = Task { await server.run() }
    let client = try await UDPSocket(boundTo: PeerAddress(first, port: 0))
    let request = AnnounceRequest(requestedLifetime: 0, clientAddress: first)
    var answers = client.received.makeAsyncIterator()
    for address in [second, first] {
      try await client.send(Datagram(try request.encoded(), to: PeerAddress(address, port: port)))
      #expect(await answers.next()?.peer == PeerAddress(address, port: port))
    }
    running.cancel()
    await running.value
    await client.close()
  }

  @Test("A datagram that cannot be sent does not take the socket away", .timeLimit(.minutes(1)))
  func unsendable() async throws {
    let loopback = PeerAddress(IPv6Address(mapping: IPv4Address(127, 0, 0, 1)), port: 0)
    let socket = try await UDPSocket(boundTo: loopback)
    let other = try await UDPSocket(boundTo: loopback)
    // From the loopback address no other host can be reached.
    let elsewhere = PeerAddress(IPv6Address(mapping: IPv4Address(203, 0, 113, 1)), port: 9)
    var received = socket.received.makeAsyncIterator()
    var answers = other.received.makeAsyncIterator()
    for number in 1...3 as ClosedRange<UInt8> {
      await #expect(throws: (any Error).self) { try await socket.send(Datagram([0], to: elsewhere)) }
      try await socket.send(Datagram([number], to: other.localAddress))
      #expect(await answers.next()?.octets == [number])
      try await other.send(Datagram([number], to: socket.localAddress))
      #expect(await received.next()?.octets == [number])
    }
    await socket.close()
    await other.close()
    #expect(await received.next() == nil)
  }

  @Test("Many who send what cannot be sent, all at once, do not take the socket away", .timeLimit(.minutes(1)))
  func unsendableByMany() async throws {
    let loopback = PeerAddress(IPv6Address(mapping: IPv4Address(127, 0, 0, 1)), port: 0)
    let socket = try await UDPSocket(boundTo: loopback)
    let other = try await UDPSocket(boundTo: loopback)
    let elsewhere = PeerAddress(IPv6Address(mapping: IPv4Address(203, 0, 113, 1)), port: 9)
    await withTaskGroup { group in
      for _ in 0..<8 {
        group.addTask {
          for _ in 0..<50 { try? await socket.send(Datagram([0], to: elsewhere)) }
        }
      }
    }
    var received = socket.received.makeAsyncIterator()
    var answers = other.received.makeAsyncIterator()
    try await socket.send(Datagram([1], to: other.localAddress))
    #expect(await answers.next()?.octets == [1])
    // The last of the failures may still close it; what comes while it is opened again is lost, as on the network.
    let sending = Task {
      while !Task.isCancelled {
        try await other.send(Datagram([2], to: socket.localAddress))
        try await Task.sleep(for: .milliseconds(50))
      }
    }
    #expect(await received.next()?.octets == [2])
    sending.cancel()
    await socket.close()
    await other.close()
  }

  @Test("What one socket listens at, another does not, unless both say so")
  func sharing() async throws {
    let loopback = PeerAddress(IPv6Address(mapping: IPv4Address(127, 0, 0, 1)), port: 0)
    let socket = try await UDPSocket(boundTo: loopback)
    await #expect(throws: (any Error).self) { try await UDPSocket(boundTo: socket.localAddress) }
    let shared = try await UDPSocket(boundTo: loopback, isShared: true)
    let second = try await UDPSocket(boundTo: shared.localAddress, isShared: true)
    for socket in [socket, shared, second] { await socket.close() }
  }

  @Test("All addresses of a family are listened on one by one")
  func wildcard() throws {
    let loopback = PeerAddress(IPv6Address(mapping: IPv4Address(127, 0, 0, 1)), port: 0)
    #expect(try NetworkInterface.addresses(meantBy: .unspecifiedIPv4).contains(loopback))
    #expect(try NetworkInterface.addresses(meantBy: loopback.address) == [loopback])
    #expect(try NetworkInterface.addresses(meantBy: .unspecified).allSatisfy { $0.address.mapped == nil })
  }

  @Test("An address that is not this host's cannot be listened on")
  func foreignAddress() async {
    await #expect(throws: (any Error).self) {
      try await UDPSocket(boundTo: PeerAddress(IPv6Address(mapping: IPv4Address(192, 0, 2, 77)), port: 0))
    }
  }
}

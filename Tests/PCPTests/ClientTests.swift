import Machine
import PCP
import PCPWire
import Testing
import Wire

/// The client machine (RFC 6887 sections 8.1, 8.3, 8.5, 11.2, 11.4, 12.4 and 14.1).
@Suite struct ClientTests {
  private var wish: MapWish {
    var wish = MapWish(.udp, internalPort: 3938, lifetime: 3200)
    wish.nonce = testNonce(1)
    return wish
  }

  private func machine() -> ClientMachine {
    ClientMachine(ClientConfiguration(address: inside.address), random: SplitMix64(seed: 1))
  }

  private func granted(
    lifetime: UInt32 = 3200, epochTime: UInt32 = 0, nonce octet: UInt8 = 1, port: UInt16 = 5000
  ) -> ClientMachine.Input {
    .response(
      .map(
        MapResponse(
          lifetime: lifetime, epochTime: epochTime, nonce: testNonce(octet), protocol: .udp, internalPort: 3938,
          assignedExternalPort: port, assignedExternalAddress: outside)))
  }

  private func error(
    _ code: ResultCode, lifetime: UInt32, mapping: MapData? = nil
  ) -> ClientMachine.Input {
    .response(
      .mapError(
        MapErrorResponse(
          resultCode: code, lifetime: lifetime, epochTime: 0, clientAddressTail: Octets(), mapping: mapping,
          copied: [])))
  }

  private func grant(lifetime: UInt32 = 3200, port: UInt16 = 5000) -> Grant {
    Grant(externalAddress: outside, externalPort: port, lifetime: lifetime, nonce: testNonce(1))
  }

  private var request: PCPRequest { .map(.test(lifetime: 3200)) }

  private var renewal: PCPRequest { .map(.test(lifetime: 3200, external: 5000, externalAddress: outside)) }

  @Test("Sends again until it is answered, each time the same")
  func retransmission() throws {
    var machine = machine()
    #expect(machine.handle(.map(id(1), wish), at: seconds(0)) == [.send(request)])
    var last = Instant.origin
    var expected = 3.0
    for _ in 0..<12 {
      let next = try #require(machine.nextDeadline)
      let interval = (next - last) / .seconds(1)
      #expect(interval >= expected * 0.9 - 1e-6 && interval <= expected * 1.1 + 1e-6)
      #expect(machine.expire(at: next) == [.send(request)])
      expected = min(interval * 2, 1024)
      last = next
    }
  }

  @Test("Gives up after the configured time")
  func unanswered() throws {
    var configuration = ClientConfiguration(address: inside.address)
    configuration.retransmission.maximumDuration = .seconds(5)
    var machine = ClientMachine(configuration, random: SplitMix64(seed: 1))
    _ = machine.handle(.announce(id(1)), at: seconds(0))
    #expect(machine.expire(at: try #require(machine.nextDeadline)).count == 1)
    #expect(machine.nextDeadline == seconds(5))
    #expect(machine.expire(at: seconds(5)) == [.unanswered(id(1))])
    #expect(machine.nextDeadline == nil)
  }

  @Test("A mapping is renewed at half its life, then asked for anew when it has expired")
  func renewals() throws {
    var machine = machine()
    _ = machine.handle(.map(id(1), wish), at: seconds(0))
    #expect(machine.handle(granted(), at: seconds(1)) == [.granted(id(1), grant())])
    var times: [Double] = []
    while let next = machine.nextDeadline, next < seconds(3201) {
      times.append((next - seconds(1)) / .seconds(1))
      #expect(machine.expire(at: next) == [.send(renewal)])
    }
    for (time, bounds) in zip(times, [(1600.0, 2000.0), (2400, 2600), (2800, 2900), (3000, 3050)] as [(Double, Double)]) {
      #expect(time >= bounds.0 && time <= bounds.1)
    }
    #expect(machine.nextDeadline == seconds(3201))
    #expect(machine.expire(at: seconds(3201)) == [.expired(id(1)), .send(renewal)])
  }

  @Test("A renewal that is answered starts the schedule anew")
  func renewed() throws {
    var machine = machine()
    _ = machine.handle(.map(id(1), wish), at: seconds(0))
    _ = machine.handle(granted(), at: seconds(0))
    let first = try #require(machine.nextDeadline)
    _ = machine.expire(at: first)
    let epochTime = UInt32((first - .origin).wholeSeconds)
    #expect(machine.handle(granted(epochTime: epochTime), at: first) == [.granted(id(1), grant())])
    let second = try #require(machine.nextDeadline)
    #expect(second >= first + .seconds(1600) && second <= first + .seconds(2000))
  }

  @Test("What does not match is passed over", arguments: [UInt8(2), 3])
  func mismatch(octet: UInt8) {
    var machine = machine()
    _ = machine.handle(.map(id(1), wish), at: seconds(0))
    let deadline = machine.nextDeadline
    #expect(machine.handle(granted(nonce: octet), at: seconds(1)) == [])
    let copy = MapData(
      nonce: testNonce(octet), protocol: .udp, internalPort: 3938, suggestedExternalPort: 0,
      suggestedExternalAddress: .unspecifiedIPv4)
    #expect(machine.handle(error(.noResources, lifetime: 30, mapping: copy), at: seconds(1)) == [])
    #expect(machine.nextDeadline == deadline)
  }

  @Test("Who asked for one external port only is not content with another")
  func preferFailure() {
    var machine = machine()
    var wish = wish
    wish.externalPort = 7000
    wish.options.preferFailure = PreferFailureOption()
    _ = machine.handle(.map(id(1), wish), at: seconds(0))
    #expect(machine.handle(granted(port: 5000), at: seconds(1)) == [])
    #expect(machine.handle(granted(port: 7000), at: seconds(1)) == [.granted(id(1), grant(port: 7000))])
  }

  @Test(
    "After an error the request rests for its lifetime, within bounds",
    arguments: [(30, 30), (1800, 1800), (0, 30), (1, 3), (.max, 86400)] as [(UInt32, Double)])
  func errors(lifetime: UInt32, delay: Double) {
    var machine = machine()
    _ = machine.handle(.map(id(1), wish), at: seconds(0))
    let refused = machine.handle(error(.noResources, lifetime: lifetime), at: seconds(1))
    #expect(refused == [.refused(id(1), .noResources, lifetime: lifetime, retryAt: seconds(1 + delay))])
    #expect(machine.nextDeadline == seconds(1 + delay))
    #expect(machine.expire(at: seconds(1 + delay)) == [.send(request)])
  }

  @Test("An error without a copy counts only when it is clear what it is about")
  func ambiguousError() {
    var machine = machine()
    var second = wish
    second.internalPort = 80
    _ = machine.handle(.map(id(1), wish), at: seconds(0))
    _ = machine.handle(.map(id(2), second), at: seconds(0))
    #expect(machine.handle(error(.noResources, lifetime: 30), at: seconds(1)) == [])
    _ = machine.handle(.forget(id(2)), at: seconds(1))
    #expect(machine.handle(error(.noResources, lifetime: 30), at: seconds(1)).count == 1)
  }

  @Test("Deleting asks until it is answered, suggesting nothing")
  func delete() throws {
    var machine = machine()
    _ = machine.handle(.map(id(1), wish), at: seconds(0))
    _ = machine.handle(granted(), at: seconds(0))
    let deletion = PCPRequest.map(.test(lifetime: 0))
    #expect(machine.handle(.delete(id(1)), at: seconds(10)) == [.send(deletion)])
    #expect(machine.expire(at: try #require(machine.nextDeadline)) == [.send(deletion)])
    #expect(machine.handle(granted(lifetime: 0, epochTime: 14, port: 0), at: seconds(14)) == [.deleted(id(1))])
    #expect(machine.nextDeadline == nil)
  }

  @Test("A lost state is noticed, and mappings are made again within 5 s, as they were")
  func recovery() throws {
    var machine = machine()
    _ = machine.handle(.map(id(1), wish), at: seconds(0))
    _ = machine.handle(granted(epochTime: 1000), at: seconds(0))
    let announcement = PCPResponse.announce(AnnounceResponse(lifetime: 0, epochTime: 0))
    #expect(
      machine.handle(.response(announcement), at: seconds(100)) == [
        .serverLostState(epochTime: 0), .announced(epochTime: 0),
      ])
    let next = try #require(machine.nextDeadline)
    #expect(next >= seconds(100) && next <= seconds(105))
    #expect(machine.expire(at: next) == [.send(renewal)])
    #expect(machine.handle(granted(epochTime: 4), at: seconds(104)) == [.granted(id(1), grant())])
  }

  @Test("An announcement in step changes nothing")
  func announcement() {
    var machine = machine()
    _ = machine.handle(.map(id(1), wish), at: seconds(0))
    _ = machine.handle(granted(epochTime: 1000), at: seconds(0))
    let deadline = machine.nextDeadline
    let announcement = PCPResponse.announce(AnnounceResponse(lifetime: 0, epochTime: 1100))
    #expect(machine.handle(.response(announcement), at: seconds(100)) == [.announced(epochTime: 1100)])
    #expect(machine.nextDeadline == deadline)
  }

  @Test("ANNOUNCE is answered once")
  func announce() {
    var machine = machine()
    let request = AnnounceRequest(requestedLifetime: 0, clientAddress: inside.address)
    #expect(machine.handle(.announce(id(1)), at: seconds(0)) == [.send(.announce(request))])
    let answer = ClientMachine.Input.response(.announce(AnnounceResponse(lifetime: 0, epochTime: 9)))
    #expect(machine.handle(answer, at: seconds(1)) == [.alive(id(1), epochTime: 9)])
    #expect(machine.nextDeadline == nil)
  }

  @Test("A server of another version is asked again after half an hour")
  func otherVersion() {
    var machine = machine()
    _ = machine.handle(.map(id(1), wish), at: seconds(0))
    #expect(
      machine.handle(.otherVersion(lifetime: 9999), at: seconds(1)) == [
        .refused(id(1), .unsuppVersion, lifetime: 9999, retryAt: seconds(1801))
      ])
    #expect(machine.handle(.otherVersion(lifetime: 9999), at: seconds(2)) == [])
  }

  @Test("PEER is matched on its remote peer too")
  func peerMatching() {
    var machine = machine()
    var wish = PeerWish(
      .udp, internalPort: 3938, remotePort: 443, remoteAddress: address("203.0.113.5"), lifetime: 7200)
    wish.nonce = testNonce(1)
    #expect(machine.handle(.peer(id(1), wish), at: seconds(0)) == [.send(.peer(.test()))])
    var response = PeerResponse(
      lifetime: 7200, epochTime: 0, nonce: testNonce(1), protocol: .udp, internalPort: 3938,
      assignedExternalPort: 5000, assignedExternalAddress: outside, remotePeerPort: 444,
      remotePeerAddress: address("203.0.113.5"))
    #expect(machine.handle(.response(.peer(response)), at: seconds(1)) == [])
    response.remotePeerPort = 443
    #expect(machine.handle(.response(.peer(response)), at: seconds(1)) == [.granted(id(1), grant(lifetime: 7200))])
  }
  private func peerError(_ request: PCPRequest, _ code: ResultCode) -> ClientMachine.Input {
    guard case .peer(let request) = request else { return .otherVersion(lifetime: 0) }
    let copy = PeerData(
      nonce: request.nonce, protocol: request.protocol, internalPort: request.internalPort,
      suggestedExternalPort: request.suggestedExternalPort, suggestedExternalAddress: request.suggestedExternalAddress,
      remotePeerPort: request.remotePeerPort, remotePeerAddress: request.remotePeerAddress)
    return .response(
      .peerError(
        PeerErrorResponse(
          resultCode: code, lifetime: 1800, epochTime: 0, clientAddressTail: Octets(), peer: copy, copied: [])))
  }

  @Test("What only the machine suggests is given up when the server cannot provide it (RFC 6887 sections 12.2 and 14.1.3)")
  func withdrawnSuggestion() throws {
    var machine = machine()
    var wish = PeerWish(.udp, internalPort: 3938, remotePort: 443, remoteAddress: address("203.0.113.5"), lifetime: 7200)
    wish.nonce = testNonce(1)
    let first = PCPRequest.peer(.test())
    #expect(machine.handle(.peer(id(1), wish), at: seconds(0)) == [.send(first)])
    let response = PeerResponse(
      lifetime: 7200, epochTime: 0, nonce: testNonce(1), protocol: .udp, internalPort: 3938, assignedExternalPort: 5000,
      assignedExternalAddress: outside, remotePeerPort: 443, remotePeerAddress: address("203.0.113.5"))
    _ = machine.handle(.response(.peer(response)), at: seconds(0))
    guard case .send(let renewal)? = machine.handle(.renew(id(1)), at: seconds(0)).first else {
      Issue.record("no renewal")
      return
    }
    #expect(renewal != first)
    // The program never asked for that external end: it is asked for any, at once.
    #expect(machine.handle(peerError(renewal, .cannotProvideExternal), at: seconds(0)) == [.send(first)])
    // Now it has heard what the program wants, and its word stands.
    guard
      case .refused(id(1), .cannotProvideExternal, lifetime: 1800, _)? = machine.handle(
        peerError(first, .cannotProvideExternal), at: seconds(0)
      ).first
    else {
      Issue.record("not refused")
      return
    }
  }

  @Test("What the program itself suggests is not given up")
  func keptSuggestion() {
    var machine = machine()
    var wish = PeerWish(.udp, internalPort: 3938, remotePort: 443, remoteAddress: address("203.0.113.5"), lifetime: 7200)
    wish.nonce = testNonce(1)
    wish.externalPort = 5000
    wish.externalAddress = outside
    guard case .send(let request)? = machine.handle(.peer(id(1), wish), at: seconds(0)).first,
      case .refused? = machine.handle(peerError(request, .cannotProvideExternal), at: seconds(0)).first
    else {
      Issue.record("not refused")
      return
    }
  }
}

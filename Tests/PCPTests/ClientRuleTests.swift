import Machine
import PCP
import PCPWire
import Testing
import Wire

/// What the client machine does with errors, with changes that nobody asked for, and with other ways to its server.
@Suite struct ClientRuleTests {
  private var wish: MapWish { wish(port: 3938) }

  private func wish(port: UInt16) -> MapWish {
    var wish = MapWish(.udp, internalPort: port, lifetime: 3200)
    wish.nonce = testNonce(1)
    return wish
  }

  private func machine(_ change: (inout ClientConfiguration) -> Void = { _ in }) -> ClientMachine {
    var configuration = ClientConfiguration(address: inside.address)
    change(&configuration)
    return ClientMachine(configuration, random: SplitMix64(seed: 1))
  }

  private func granted(
    lifetime: UInt32 = 3200, epochTime: UInt32 = 0, port: UInt16 = 5000, internalPort: UInt16 = 3938
  ) -> ClientMachine.Input {
    .response(
      .map(
        MapResponse(
          lifetime: lifetime, epochTime: epochTime, nonce: testNonce(1), protocol: .udp, internalPort: internalPort,
          assignedExternalPort: port, assignedExternalAddress: port == 0 ? .unspecifiedIPv4 : outside)))
  }

  private func error(_ code: ResultCode, lifetime: UInt32, epochTime: UInt32 = 0, port: UInt16 = 3938) -> ClientMachine.Input {
    let mapping = MapData(
      nonce: testNonce(1), protocol: .udp, internalPort: port, suggestedExternalPort: 0,
      suggestedExternalAddress: .unspecifiedIPv4)
    return .response(
      .mapError(
        MapErrorResponse(
          resultCode: code, lifetime: lifetime, epochTime: epochTime, clientAddressTail: Octets(), mapping: mapping, copied: [])))
  }

  private func grant(port: UInt16 = 5000, lifetime: UInt32 = 3200) -> Grant {
    Grant(externalAddress: outside, externalPort: port, lifetime: lifetime, nonce: testNonce(1))
  }

  /// A machine whose mapping was granted at 0 s.
  private func mapped() -> ClientMachine {
    var machine = machine()
    _ = machine.handle(.map(id(1), wish), at: seconds(0))
    _ = machine.handle(granted(), at: seconds(0))
    return machine
  }

  // MARK: Errors

  @Test(
    "RFC 6887 section 7.4: an error without a lifetime lasts as long as its class",
    arguments: [
      (.noResources, 30), (.networkFailure, 30), (.cannotProvideExternal, 30), (.notAuthorized, 1800), (.malformedOption, 1800),
    ] as [(ResultCode, Double)])
  func classes(code: ResultCode, delay: Double) {
    var machine = machine()
    _ = machine.handle(.map(id(1), wish), at: seconds(0))
    #expect(
      machine.handle(error(code, lifetime: 0), at: seconds(0)) == [
        .refused(id(1), code, lifetime: 0, retryAt: seconds(delay))
      ])
  }

  @Test("Errors that last a second only are not asked for every second")
  func backOff() throws {
    var machine = machine()
    _ = machine.handle(.map(id(1), wish), at: seconds(0))
    var now = 0.0
    for delay in [3, 6, 12, 24, 48, 96, 192, 384, 768, 1024, 1024] as [Double] {
      #expect(
        machine.handle(error(.networkFailure, lifetime: 1, epochTime: UInt32(now)), at: seconds(now)) == [
          .refused(id(1), .networkFailure, lifetime: 1, retryAt: seconds(now + delay))
        ])
      now += delay
      #expect(machine.nextDeadline == seconds(now))
      #expect(machine.expire(at: seconds(now)).count == 1)
    }
  }

  @Test("RFC 6887 section 8.3: an error that comes twice counts once, and a success after it counts")
  func repeatedError() {
    var machine = machine()
    _ = machine.handle(.map(id(1), wish), at: seconds(0))
    #expect(machine.handle(error(.networkFailure, lifetime: 30), at: seconds(0)).count == 1)
    #expect(machine.handle(error(.networkFailure, lifetime: 30), at: seconds(0)) == [])
    #expect(machine.handle(granted(), at: seconds(1)) == [.granted(id(1), grant())])
  }

  @Test("RFC 6887 section 11.4: a server without room is not asked for new mappings, but for renewals")
  func full() {
    var machine = mapped()
    _ = machine.handle(.map(id(2), wish(port: 80)), at: seconds(1))
    _ = machine.handle(.map(id(3), wish(port: 81)), at: seconds(1))
    #expect(machine.handle(error(.noResources, lifetime: 30, epochTime: 1, port: 80), at: seconds(1)).count == 1)
    // The one that is out already is not sent again.
    #expect(
      machine.expire(at: seconds(5)) == [.refused(id(3), .noResources, lifetime: 26, retryAt: seconds(31))])
    #expect(
      machine.handle(.map(id(4), wish(port: 82)), at: seconds(11)) == [
        .refused(id(4), .noResources, lifetime: 20, retryAt: seconds(31))
      ])
    #expect(machine.handle(.renew(id(1)), at: seconds(12)).count == 1)
    #expect(machine.expire(at: seconds(31)).count == 3)
  }

  @Test("RFC 6887 section 11.4: a server without room even to delete is asked for nothing")
  func stuck() {
    var machine = mapped()
    _ = machine.handle(.map(id(2), wish(port: 80)), at: seconds(1))
    _ = machine.handle(.delete(id(2)), at: seconds(1))
    #expect(machine.handle(error(.noResources, lifetime: 60, epochTime: 1, port: 80), at: seconds(1)).count == 1)
    #expect(machine.handle(.renew(id(1)), at: seconds(2)) == [])
    #expect(machine.handle(.delete(id(1)), at: seconds(3)) == [])
    #expect(machine.expire(at: seconds(60)) == [])
    #expect(machine.expire(at: seconds(61)) == [.send(.map(.test(lifetime: 0)))])
  }

  // MARK: Mappings

  @Test("A refused renewal leaves the mapping until its life is over")
  func refusedRenewal() {
    var machine = mapped()
    _ = machine.handle(.renew(id(1)), at: seconds(10))
    #expect(
      machine.handle(error(.networkFailure, lifetime: 9000, epochTime: 10), at: seconds(10)) == [
        .refused(id(1), .networkFailure, lifetime: 9000, retryAt: seconds(9010))
      ])
    #expect(machine.nextDeadline == seconds(3200))
    #expect(machine.expire(at: seconds(3200)) == [.expired(id(1))])
    #expect(machine.expire(at: seconds(9010)).count == 1)
  }

  @Test("RFC 6887 section 8.3: what the server takes back unasked is gone")
  func takenBack() {
    var machine = mapped()
    #expect(
      machine.handle(error(.notAuthorized, lifetime: 60, epochTime: 10), at: seconds(10)) == [
        .expired(id(1)), .refused(id(1), .notAuthorized, lifetime: 60, retryAt: seconds(70)),
      ])
    #expect(machine.nextDeadline == seconds(70))
  }

  @Test("RFC 6887 section 14.2: a Mapping Update is taken, and suggested from then on")
  func mappingUpdate() {
    var machine = mapped()
    #expect(machine.handle(granted(epochTime: 10, port: 7000), at: seconds(10)) == [.granted(id(1), grant(port: 7000))])
    #expect(
      machine.handle(.renew(id(1)), at: seconds(11)) == [
        .send(.map(.test(lifetime: 3200, external: 7000, externalAddress: outside)))
      ])
  }

  @Test("RFC 6887 section 15: an absurd lifetime counts as a day")
  func absurdLifetime() throws {
    var machine = machine()
    _ = machine.handle(.map(id(1), wish), at: seconds(0))
    _ = machine.handle(granted(lifetime: .max), at: seconds(0))
    let next = try #require(machine.nextDeadline)
    #expect(next >= seconds(43200) && next <= seconds(54000))
  }

  @Test("RFC 7753: as many ports as the server says, one where it says nothing")
  func portSet() {
    var machine = machine()
    var wish = wish
    wish.options.portSet = PortSetOption(size: 16, firstInternalPort: 3938, parity: false)
    _ = machine.handle(.map(id(1), wish), at: seconds(0))
    var response = MapResponse(
      lifetime: 600, epochTime: 0, nonce: testNonce(1), protocol: .udp, internalPort: 3938, assignedExternalPort: 5000,
      assignedExternalAddress: outside)
    #expect(machine.handle(.response(.map(response)), at: seconds(1)) == [.granted(id(1), grant(lifetime: 600))])
    response.options.portSet = PortSetOption(size: 8, firstInternalPort: 3938, parity: false)
    var expected = grant(lifetime: 600)
    expected.portCount = 8
    expected.firstInternalPort = 3938
    #expect(machine.handle(.response(.map(response)), at: seconds(1)) == [.granted(id(1), expected)])
    var deletion = MapRequest.test(lifetime: 0)
    deletion.options.portSet = wish.options.portSet
    #expect(machine.handle(.delete(id(1)), at: seconds(1)) == [.send(.map(deletion))])
  }

  // MARK: Deleting

  @Test("RFC 6887 section 15.1: only what answers a deletion ends it")
  func lateAnswer() {
    var machine = machine()
    _ = machine.handle(.map(id(1), wish), at: seconds(0))
    _ = machine.handle(.delete(id(1)), at: seconds(1))
    #expect(machine.handle(granted(), at: seconds(2)) == [])
    // In the simple threat model the rest of the idle time is said.
    #expect(machine.handle(granted(lifetime: 100, epochTime: 3, port: 0), at: seconds(3)) == [.deleted(id(1))])
  }

  @Test("A deletion is asked for no longer than the mapping lives")
  func endOfDeletion() throws {
    var machine = mapped()
    _ = machine.handle(.delete(id(1)), at: seconds(100))
    var effects: [ClientMachine.Effect] = []
    while let next = machine.nextDeadline { effects = machine.expire(at: next) }
    #expect(effects == [.deleted(id(1))])
  }

  @Test("What was refused need not be deleted")
  func deletingNothing() {
    var machine = machine()
    _ = machine.handle(.map(id(1), wish), at: seconds(0))
    _ = machine.handle(error(.notAuthorized, lifetime: 60), at: seconds(1))
    #expect(machine.handle(.delete(id(1)), at: seconds(2)) == [.deleted(id(1))])
    #expect(machine.nextDeadline == nil)
  }

  // MARK: Ways to the server

  @Test("RFC 7488 section 3: who does not answer as often as it was asked is asked another way, with the same nonce")
  func move() throws {
    var machine = machine { $0.retransmission.maximumCount = 4 }
    _ = machine.handle(.map(id(1), wish), at: seconds(0))
    var last: [ClientMachine.Effect] = []
    var count = 1
    while let next = machine.nextDeadline {
      last = machine.expire(at: next)
      if last != [.unanswered(id(1))] { count += 1 }
    }
    #expect(count == 4 && last == [.unanswered(id(1))])
    // An answer that comes now comes too late.
    #expect(machine.handle(granted(), at: seconds(60)) == [])
    #expect(machine.handle(.move(inside.address), at: seconds(60)) == [.send(.map(.test(lifetime: 3200)))])
    #expect(machine.handle(granted(), at: seconds(61)) == [.granted(id(1), grant())])
  }

  @Test("RFC 7488 section 3: four renewals without an answer make an address unresponsive")
  func unansweredRenewals() throws {
    var machine = machine { $0.retransmission.maximumCount = 4 }
    _ = machine.handle(.map(id(1), wish), at: seconds(0))
    _ = machine.handle(granted(), at: seconds(0))
    var effects: [[ClientMachine.Effect]] = []
    while let next = machine.nextDeadline, effects.last != [.unanswered(id(1))] { effects.append(machine.expire(at: next)) }
    #expect(effects.count == 5)
    let now = seconds(3150)
    // The mapping is there still, and is renewed the other way.
    #expect(machine.handle(.move(inside.address), at: now).count == 1)
    #expect(machine.handle(granted(epochTime: 77), at: now) == [.granted(id(1), grant())])
  }

  @Test("RFC 6887 section 11.5: with another address all is asked for anew, and what was refused too")
  func changeOfAddress() {
    var machine = mapped()
    _ = machine.handle(.map(id(2), wish(port: 80)), at: seconds(1))
    _ = machine.handle(error(.userExQuota, lifetime: 600, epochTime: 1, port: 80), at: seconds(1))
    _ = machine.handle(.map(id(3), wish(port: 81)), at: seconds(1))
    _ = machine.handle(.delete(id(3)), at: seconds(1))
    let other = peer("198.51.100.77")
    #expect(
      machine.handle(.changeNetwork(other.address), at: seconds(2)) == [
        .expired(id(1)), .send(.map(.test(lifetime: 3200, external: 5000, externalAddress: outside, from: other))),
        .send(.map(.test(lifetime: 3200, port: 80, from: other))), .deleted(id(3)),
      ])
    // The other server has a clock of its own.
    #expect(machine.handle(granted(epochTime: 9999), at: seconds(3)) == [.granted(id(1), grant())])
  }

  @Test("RFC 6887 section 8.5: a server that is back is asked at once for what it did not answer")
  func recoveryOfRequests() throws {
    var machine = mapped()
    _ = machine.handle(.announce(id(9)), at: seconds(1))
    _ = machine.handle(.response(.announce(AnnounceResponse(lifetime: 0, epochTime: 5000))), at: seconds(2))
    _ = machine.expire(at: seconds(8))
    _ = machine.handle(.map(id(2), wish(port: 80)), at: seconds(9))
    while let next = machine.nextDeadline, next < seconds(1500) { _ = machine.expire(at: next) }
    let lost = machine.handle(.response(.announce(AnnounceResponse(lifetime: 0, epochTime: 0))), at: seconds(1500))
    #expect(lost.first == .serverLostState(epochTime: 0))
    let next = try #require(machine.nextDeadline)
    #expect(next <= seconds(1505))
    #expect(machine.expire(at: next).count == 2)
  }
}

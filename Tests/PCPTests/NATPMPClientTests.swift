import Machine
import PCP
import PCPWire
import Testing
import Wire

/// The client machine of NAT-PMP (RFC 6886).
@Suite struct NATPMPClientTests {
  private let gateway = IPv4Address(192, 0, 2, 1)

  private func machine() -> NATPMPClientMachine {
    NATPMPClientMachine(ClientConfiguration(address: inside.address), random: SplitMix64(seed: 1))
  }

  private func wish(_ transport: TransportProtocol = .tcp, port: UInt16 = 8080, lifetime: UInt32 = 7200) -> MapWish {
    MapWish(transport, internalPort: port, lifetime: lifetime)
  }

  private let askAddress = NATPMPClientMachine.Effect.send(.externalAddress(ExternalAddressRequest()))

  private func askTCP(_ port: UInt16 = 8080, suggested: UInt16 = 0, lifetime: UInt32 = 7200) -> NATPMPClientMachine.Effect {
    .send(.mapTCP(MapTCPRequest(internalPort: port, suggestedExternalPort: suggested, requestedLifetime: lifetime)))
  }

  private func address(
    _ address: IPv4Address = IPv4Address(192, 0, 2, 1), epochTime: UInt32 = 0, code: NATPMPResultCode = .success
  ) -> NATPMPClientMachine.Input {
    .response(.externalAddress(ExternalAddressResponse(resultCode: code, epochTime: epochTime, externalAddress: address)))
  }

  private func mapped(
    _ port: UInt16 = 8080, external: UInt16 = 9000, lifetime: UInt32 = 7200, epochTime: UInt32 = 0,
    code: NATPMPResultCode = .success
  ) -> NATPMPClientMachine.Input {
    .response(
      .mapTCP(
        MapTCPResponse(
          resultCode: code, epochTime: epochTime, internalPort: port, mappedExternalPort: external, lifetime: lifetime)))
  }

  private func grant(
    external: UInt16 = 9000, lifetime: UInt32 = 7200, _ address: IPv4Address = IPv4Address(192, 0, 2, 1)
  ) -> Grant {
    Grant(
      externalAddress: IPv6Address(mapping: address), externalPort: external, lifetime: lifetime, nonce: MappingNonce())
  }

  /// A machine with a mapping granted at 0 s.
  private func mappedMachine() -> NATPMPClientMachine {
    var machine = machine()
    _ = machine.handle(.map(id(1), wish()), at: seconds(0))
    _ = machine.handle(address(), at: seconds(0))
    _ = machine.handle(mapped(), at: seconds(0))
    return machine
  }

  @Test("Section 3.1: one request at a time, the external address first")
  func oneByOne() {
    var machine = machine()
    #expect(machine.handle(.map(id(1), wish()), at: seconds(0)) == [askAddress])
    #expect(machine.handle(.map(id(2), wish(port: 81)), at: seconds(0)) == [])
    #expect(machine.handle(address(), at: seconds(0.1)) == [askTCP()])
    // Of a mapping that nobody has asked for yet.
    #expect(machine.handle(mapped(81), at: seconds(0.1)) == [])
    #expect(machine.handle(mapped(), at: seconds(0.2)) == [.report(.granted(id(1), grant())), askTCP(81)])
    #expect(machine.handle(mapped(81, external: 81), at: seconds(0.3)) == [.report(.granted(id(2), grant(external: 81)))])
  }

  @Test("Section 3.1: 250 ms, doubled each time, nine requests, and 64 s after the last it is no gateway of this protocol")
  func retransmission() throws {
    var machine = machine()
    _ = machine.handle(.map(id(1), wish()), at: seconds(0))
    var last = seconds(0)
    var interval = 0.25
    for _ in 2...9 {
      let next = try #require(machine.nextDeadline)
      #expect(next - last == .milliseconds(Int(interval * 1000)))
      #expect(machine.expire(at: next) == [askAddress])
      (last, interval) = (next, interval * 2)
    }
    let end = try #require(machine.nextDeadline)
    #expect(end - last == .seconds(64))
    #expect(machine.expire(at: end) == [.report(.unanswered(id(1))), .lost])
  }

  @Test("Section 3.1: where nothing listens there is no need to ask again")
  func unreachable() {
    var machine = machine()
    _ = machine.handle(.map(id(1), wish()), at: seconds(0))
    #expect(machine.handle(.unreachable, at: seconds(0.1)) == [.report(.unanswered(id(1))), .lost])
    #expect(machine.nextDeadline == nil)
  }

  @Test("Section 3.3: renewed from half its life on, with the port that was granted; then it has expired")
  func renewal() throws {
    var machine = mappedMachine()
    #expect(machine.nextDeadline == seconds(3600))
    #expect(machine.expire(at: seconds(3600)) == [askTCP(suggested: 9000)])
    #expect(
      machine.handle(mapped(epochTime: 3600), at: seconds(3600)) == [.report(.granted(id(1), grant()))])
    #expect(machine.nextDeadline == seconds(7200))
  }

  @Test("An absurd lifetime counts as a day")
  func absurdLifetime() {
    var machine = machine()
    _ = machine.handle(.map(id(1), wish()), at: seconds(0))
    _ = machine.handle(address(), at: seconds(0))
    _ = machine.handle(mapped(lifetime: .max), at: seconds(0))
    #expect(machine.nextDeadline == seconds(43200))
  }

  @Test(
    "Section 3.5: errors become PCP's, one without a name ends the request too",
    arguments: [
      (.notAuthorized, .notAuthorized, 1800), (.networkFailure, .networkFailure, 30), (.outOfResources, .noResources, 30),
      (.unsupportedOpcode, .unsuppOpcode, 1800), (NATPMPResultCode(rawValue: 77), .malformedRequest, 1800),
    ] as [(NATPMPResultCode, ResultCode, UInt32)])
  func errors(code: NATPMPResultCode, expected: ResultCode, delay: UInt32) {
    var machine = machine()
    _ = machine.handle(.map(id(1), wish()), at: seconds(0))
    _ = machine.handle(address(), at: seconds(0))
    let retryAt = seconds(Double(delay))
    #expect(
      machine.handle(mapped(external: 0, lifetime: 0, code: code), at: seconds(0)) == [
        .report(.refused(id(1), expected, lifetime: delay, retryAt: retryAt))
      ])
    #expect(machine.nextDeadline == retryAt)
    #expect(machine.expire(at: retryAt) == [askTCP()])
  }

  @Test("Without an external address nothing is asked to be mapped")
  func noAddress() {
    var machine = machine()
    _ = machine.handle(.map(id(1), wish()), at: seconds(0))
    #expect(
      machine.handle(address(IPv4Address(0, 0, 0, 0), code: .networkFailure), at: seconds(0)) == [
        .report(.refused(id(1), .networkFailure, lifetime: 30, retryAt: seconds(30)))
      ])
    #expect(machine.expire(at: seconds(30)) == [askAddress])
    #expect(machine.handle(address(epochTime: 30), at: seconds(30)) == [askTCP()])
  }

  @Test("Section 3.4: deletion suggests nothing, is tried a few times, and late grants do not end it")
  func deletion() throws {
    var machine = mappedMachine()
    #expect(machine.handle(.delete(id(1)), at: seconds(1)) == [askTCP(lifetime: 0)])
    #expect(machine.handle(mapped(epochTime: 1), at: seconds(1)) == [])
    #expect(
      machine.handle(mapped(external: 0, lifetime: 0, epochTime: 1), at: seconds(1)) == [.report(.deleted(id(1)))])
    #expect(machine.nextDeadline == nil)

    machine = mappedMachine()
    _ = machine.handle(.delete(id(1)), at: seconds(1))
    var effects: [[NATPMPClientMachine.Effect]] = []
    while let next = machine.nextDeadline { effects.append(machine.expire(at: next)) }
    #expect(effects == [[askTCP(lifetime: 0)], [askTCP(lifetime: 0)], [.report(.deleted(id(1)))]])
  }

  @Test("A port that somebody else wants too is not deleted")
  func sharedPort() {
    var machine = mappedMachine()
    _ = machine.handle(.map(id(2), wish()), at: seconds(1))
    _ = machine.handle(mapped(epochTime: 1), at: seconds(1))
    #expect(machine.handle(.delete(id(2)), at: seconds(2)) == [.report(.deleted(id(2)))])
  }

  struct Epoch: Sendable {
    var elapsed: Double
    var second: UInt32
    var isValid: Bool
  }

  @Test(
    "Section 3.6: 7/8 of the time that has passed, less 2 s",
    arguments: [
      Epoch(elapsed: 800, second: 1800, isValid: true), Epoch(elapsed: 800, second: 1698, isValid: true),
      Epoch(elapsed: 800, second: 1697, isValid: false), Epoch(elapsed: 0, second: 998, isValid: true),
      Epoch(elapsed: 0, second: 997, isValid: false), Epoch(elapsed: 10, second: 5000, isValid: true),
      Epoch(elapsed: 10, second: 0, isValid: false),
    ])
  func epoch(_ example: Epoch) {
    var tracker = NATPMPEpochTracker()
    #expect(tracker.isValid(1000, at: seconds(10)) == true)
    #expect(tracker.isValid(example.second, at: seconds(10 + example.elapsed)) == example.isValid)
  }

  @Test("Section 3.7: after 0 to 5 s mappings are made again, one after the other, with the ports they had")
  func recovery() throws {
    var machine = mappedMachine()
    _ = machine.handle(.map(id(2), wish(port: 81)), at: seconds(0))
    _ = machine.handle(mapped(81, external: 81), at: seconds(0))
    #expect(
      machine.handle(address(), at: seconds(100)) == [
        .report(.serverLostState(epochTime: 0)), .report(.announced(epochTime: 0)),
      ])
    let next = try #require(machine.nextDeadline)
    #expect(next >= seconds(100) && next <= seconds(105))
    #expect(machine.expire(at: next) == [askAddress])
    #expect(machine.handle(address(epochTime: 5), at: seconds(105)) == [askTCP(suggested: 9000)])
    #expect(
      machine.handle(mapped(epochTime: 5), at: seconds(105)) == [
        .report(.granted(id(1), grant())), askTCP(81, suggested: 81),
      ])
  }

  @Test("Section 3.2.1: with another external address the mappings have it too")
  func changedAddress() {
    var machine = mappedMachine()
    let other = IPv4Address(192, 0, 2, 2)
    #expect(
      machine.handle(address(other, epochTime: 100), at: seconds(100)) == [
        .report(.announced(epochTime: 100)), .report(.granted(id(1), grant(lifetime: 7100, other))),
      ])
  }

  @Test("What the protocol cannot do is refused, and nothing is sent")
  func impossible() {
    var machine = machine()
    var options = wish()
    options.options.filter = [FilterOption(prefixLength: 128, remotePeerPort: 0, remotePeerAddress: outside)]
    for (wish, code) in [(wish(.sctp), .unsuppProtocol), (wish(port: 0), .unsuppProtocol), (options, .unsuppOption)]
      as [(MapWish, ResultCode)]
    {
      #expect(
        machine.handle(.map(id(1), wish), at: seconds(0)) == [
          .report(.refused(id(1), code, lifetime: 1800, retryAt: seconds(1800)))
        ])
      #expect(machine.handle(.delete(id(1)), at: seconds(0)) == [.report(.deleted(id(1)))])
    }
    let peer = PeerWish(.tcp, internalPort: 80, remotePort: 80, remoteAddress: outside, lifetime: 60)
    #expect(
      machine.handle(.peer(id(2), peer), at: seconds(0)) == [
        .report(.refused(id(2), .unsuppOpcode, lifetime: 1800, retryAt: seconds(1800)))
      ])
  }

  @Test("The question whether the gateway is there is that for its address")
  func alive() {
    var machine = machine()
    #expect(machine.handle(.announce(id(1)), at: seconds(0)) == [askAddress])
    #expect(machine.handle(address(epochTime: 9), at: seconds(0)) == [.report(.alive(id(1), epochTime: 9))])
    #expect(machine.externalAddress == gateway)
    #expect(machine.nextDeadline == nil)
  }
}

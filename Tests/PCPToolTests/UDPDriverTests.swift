import Machine
import Testing
import Transport
import Wire

/// The driver, on an endpoint that says more than anybody reads.
@Suite struct UDPDriverTests {
  /// Reports as many events as it is asked for, numbered.
  private struct Talker: DatagramEndpoint {
    private var count = 0

    mutating func perform(_ command: Int, at now: Instant) -> [EndpointEffect<Int>] {
      defer { count += command }
      return (count..<count + command).map { .report($0) }
    }

    mutating func receive(
      _ octets: [UInt8], from peer: PeerAddress, to local: IPv6Address?, at now: Instant
    ) -> [EndpointEffect<Int>] { [] }

    mutating func expire(at now: Instant) -> [EndpointEffect<Int>] { [] }

    var nextDeadline: Instant? { nil }
  }

  @Test("Of events that nobody reads the newest are kept, and the others counted")
  func events() async {
    let driver = UDPDriver(Talker(), sockets: [], clock: MonotonicClock(), eventBacklog: 100)
    for _ in 0..<5 { await driver.perform(50) }
    #expect(await driver.lostEvents == 150)
    let run = Task { await driver.run() }
    run.cancel()
    await run.value
    var found: [Int] = []
    for await event in driver.events { found.append(event) }
    #expect(found == Array(150..<250))
  }
}

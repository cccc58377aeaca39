import Machine
import Testing

/// RFC 6887 section 8.1.1.
@Suite struct RetransmissionTests {
  private func intervals(_ parameters: Retransmission.Parameters, random: Double, count: Int) -> [Double] {
    var now = Instant.origin
    var retransmission = Retransmission(parameters, at: now, random: random)
    var result: [Double] = []
    for _ in 0..<count {
      result.append((retransmission.deadline - now) / .seconds(1))
      now = retransmission.deadline
      guard retransmission.advance(at: now, random: random) == .transmit else { break }
    }
    return result
  }

  @Test("Intervals double from 3 s to 1024 s")
  func doubling() {
    #expect(
      intervals(.init(), random: 0, count: 11) == [3, 6, 12, 24, 48, 96, 192, 384, 768, 1024, 1024])
  }

  @Test("The random number counts in each interval, and in those after it")
  func jitter() {
    let low = intervals(.init(), random: -0.1, count: 3)
    let high = intervals(.init(), random: 0.1, count: 3)
    for (value, expected) in zip(low + high, [2.7, 4.86, 8.748, 3.3, 7.26, 15.972]) {
      #expect(abs(value - expected) < 1e-6)
    }
  }

  @Test("Without a longest interval they go on doubling")
  func noMaximum() {
    let last = intervals(.init(maximumInterval: .zero), random: 0, count: 12).last
    #expect(last == 6144)
  }

  @Test("Fails after so many transmissions")
  func maximumCount() {
    var now = Instant.origin
    var retransmission = Retransmission(.init(maximumCount: 3), at: now, random: 0)
    var steps: [Retransmission.Step] = []
    for _ in 0..<3 {
      now = retransmission.deadline
      steps.append(retransmission.advance(at: now, random: 0))
    }
    #expect(steps == [.transmit, .transmit, .fail])
    #expect(retransmission.count == 3)
  }

  @Test("Fails after so long, though the interval be longer")
  func maximumDuration() {
    var retransmission = Retransmission(.init(maximumDuration: .seconds(8)), at: .origin, random: 0)
    #expect(retransmission.deadline == .origin + .seconds(3))
    #expect(retransmission.advance(at: .origin + .seconds(3), random: 0) == .transmit)
    #expect(retransmission.retryAt == .origin + .seconds(9))
    #expect(retransmission.deadline == .origin + .seconds(8))
    #expect(retransmission.advance(at: .origin + .seconds(8), random: 0) == .fail)
  }
}

import Machine
import PCP
import Testing

/// RFC 6887 section 11.2.1.
@Suite struct RenewalTests {
  private func attempts(_ lifetime: Int, random: Double) -> [Double] {
    var schedule = RenewalSchedule(
      grantedAt: .origin, lifetime: .seconds(lifetime), minimumGap: .seconds(4), random: random)
    var result: [Double] = []
    while let next = schedule.renewAt {
      result.append((next - .origin) / .seconds(1))
      schedule.advance(at: next, random: random)
    }
    return result
  }

  @Test("The earliest attempts are at 1/2, 3/4, 7/8 and so on")
  func earliest() {
    #expect(attempts(64, random: 0) == [32, 48, 56, 60])
    #expect(attempts(3200, random: 0).prefix(5) == [1600, 2400, 2800, 3000, 3100])
  }

  @Test("The latest attempts are later by 1/8, 1/16, 1/32 and so on")
  func latest() {
    #expect(attempts(3200, random: 1).prefix(4) == [2000, 2600, 2900, 3050])
  }

  @Test("Attempts are at least 4 s apart, and before the end", arguments: [1, 2, 7, 120, 7200, 86400])
  func gaps(lifetime: Int) {
    for random in [0, 0.3, 1] {
      let attempts = attempts(lifetime, random: random)
      #expect(!attempts.isEmpty)
      #expect(attempts.allSatisfy { $0 < Double(lifetime) })
      #expect(zip(attempts, attempts.dropFirst()).allSatisfy { $1 - $0 >= 4 - 1e-6 })
    }
  }

  @Test("A mapping without a lifetime is never renewed")
  func none() {
    #expect(attempts(0, random: 0.5).isEmpty)
  }
}

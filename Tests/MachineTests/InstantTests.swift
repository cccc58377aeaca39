import Machine
import Testing

@Suite struct InstantTests {
  @Test("Adding and subtracting agree")
  func arithmetic() {
    let start = Instant(nanoseconds: 5)
    let end = start + .seconds(3)
    #expect(end.nanoseconds == 3_000_000_005)
    #expect(end - start == .seconds(3))
    #expect(start - end == .seconds(-3))
    #expect(start < end)
  }

  @Test("What is too far away is as far away as there is")
  func saturation() {
    #expect(Instant(nanoseconds: .max) + .seconds(1) == Instant(nanoseconds: .max))
    #expect(Instant(nanoseconds: .min) + .seconds(-1) == Instant(nanoseconds: .min))
    #expect(Instant.origin + .seconds(Int64.max) == Instant(nanoseconds: .max))
    #expect(Instant(nanoseconds: .max) - Instant(nanoseconds: .min) == .nanoseconds(Int64.max))
    #expect(Instant(nanoseconds: .min) - Instant(nanoseconds: .max) == .nanoseconds(Int64.min))
  }

  @Test("The longest lifetime of 32 bits fits")
  func longestLifetime() {
    let end = Instant.origin + .seconds(Int64(UInt32.max))
    #expect((end - .origin).wholeSeconds == Int64(UInt32.max))
  }

  @Test(
    "Seconds are rounded as asked",
    arguments: [(1500, 1, 2), (2000, 2, 2), (-500, -1, 0), (0, 0, 0), (1, 0, 1)])
  func rounding(milliseconds: Int, down: Int64, up: Int64) {
    #expect(Duration.milliseconds(milliseconds).wholeSeconds == down)
    #expect(Duration.milliseconds(milliseconds).secondsRoundedUp == up)
  }
}

import PCP
import Testing

/// RFC 6887 section 8.5.
@Suite struct EpochTests {
  struct Case: Sendable, CustomTestStringConvertible {
    var name: String
    /// Of the client's clock, between two responses.
    var elapsed: Double
    var first: UInt32
    var second: UInt32
    var isValid: Bool

    var testDescription: String { name }
  }

  static let cases = [
    Case(name: "in step", elapsed: 100, first: 500, second: 600, isValid: true),
    Case(name: "the same moment", elapsed: 0, first: 500, second: 500, isValid: true),
    Case(name: "overtaken by one second", elapsed: 0, first: 500, second: 499, isValid: true),
    Case(name: "two seconds back", elapsed: 0, first: 500, second: 498, isValid: false),
    Case(name: "restarted", elapsed: 10, first: 500, second: 3, isValid: false),
    Case(name: "restarted long ago", elapsed: 10000, first: 500, second: 600, isValid: false),
    Case(name: "two seconds ahead", elapsed: 10, first: 0, second: 12, isValid: true),
    Case(name: "three seconds ahead", elapsed: 10, first: 0, second: 13, isValid: false),
    Case(name: "two seconds behind", elapsed: 10, first: 0, second: 8, isValid: true),
    Case(name: "three seconds behind", elapsed: 10, first: 0, second: 7, isValid: false),
    Case(name: "a fast clock within a sixteenth", elapsed: 1600, first: 0, second: 1708, isValid: true),
    Case(name: "too fast a clock", elapsed: 1600, first: 0, second: 1710, isValid: false),
    Case(name: "a slow clock within a sixteenth", elapsed: 1600, first: 0, second: 1498, isValid: true),
    Case(name: "too slow a clock", elapsed: 1600, first: 0, second: 1497, isValid: false),
    Case(name: "the whole range", elapsed: 1, first: 0, second: .max, isValid: false),
    Case(name: "round the whole range", elapsed: 1, first: .max, second: 0, isValid: false),
  ]

  @Test("Of two Epoch Times", arguments: cases)
  func two(_ example: Case) {
    var tracker = EpochTracker()
    #expect(tracker.isValid(example.first, at: seconds(1000)) == true)
    #expect(tracker.isValid(example.second, at: seconds(1000 + example.elapsed)) == example.isValid)
  }

  @Test("After a restart the new Epoch Time counts")
  func restart() {
    var tracker = EpochTracker()
    #expect(tracker.isValid(5000, at: seconds(0)) == true)
    #expect(tracker.isValid(0, at: seconds(10)) == false)
    #expect(tracker.isValid(10, at: seconds(20)) == true)
  }
}

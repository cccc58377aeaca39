/// Where a state machine gets its random numbers from: real entropy in programs, a seed in tests.
public protocol RandomSource: RandomNumberGenerator, Sendable {}

extension RandomSource {
  /// A random number in the range.
  public mutating func number(in range: ClosedRange<Double>) -> Double { Double.random(in: range, using: &self) }

  /// A random number in the range.
  public mutating func number<Number: FixedWidthInteger>(in range: ClosedRange<Number>) -> Number {
    Number.random(in: range, using: &self)
  }

  /// So many random octets.
  public mutating func octets(_ count: Int) -> [UInt8] {
    (0..<count).map { _ in UInt8(truncatingIfNeeded: next()) }
  }
}

/// Numbers that follow from a seed, for runs that can be repeated. Anyone can foretell them: not for nonces on a network.
public struct SplitMix64: RandomSource {
  private var state: UInt64

  public init(seed: UInt64) { state = seed }

  public mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var number = state
    number = (number ^ number >> 30) &* 0xBF58_476D_1CE4_E5B9
    number = (number ^ number >> 27) &* 0x94D0_49BB_1331_11EB
    return number ^ number >> 31
  }
}

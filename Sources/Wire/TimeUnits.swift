// Numbers that count time. A unit is its nanoseconds, 1 to 86,400,000,000,000.

extension WireDate {
  /// So many units after a time; what is too far away counts as the last second there is.
  ///
  /// - Parameters:
  ///   - unit: nanoseconds of a unit.
  ///   - origin: seconds since 1970-01-01 00:00 UTC.
  @inlinable
  public init(_ count: UInt64, unit: Int64, since origin: Int64) {
    let nanoseconds = Int128(count) * Int128(unit)
    self.init(
      seconds: Int64(clamping: Int128(origin) + nanoseconds / 1_000_000_000),
      nanoseconds: UInt32(truncatingIfNeeded: nanoseconds % 1_000_000_000))
  }

  /// Units from a time to this; nil when it is before, or between two of them.
  ///
  /// - Parameters:
  ///   - unit: nanoseconds of a unit.
  ///   - origin: seconds since 1970-01-01 00:00 UTC.
  @inlinable
  public func count(unit: Int64, since origin: Int64) -> UInt64? {
    wholeUnits(of: (Int128(seconds) - Int128(origin)) * 1_000_000_000 + Int128(nanoseconds), unit)
  }
}

extension Duration {
  /// So many units; what is too long counts as the longest there is.
  ///
  /// - Parameter unit: nanoseconds of a unit.
  @inlinable
  public init(_ count: UInt64, unit: Int64) {
    let nanoseconds = Int128(count) * Int128(unit)
    self.init(
      secondsComponent: Int64(clamping: nanoseconds / 1_000_000_000),
      attosecondsComponent: Int64(truncatingIfNeeded: nanoseconds % 1_000_000_000) * 1_000_000_000)
  }

  /// How many units it is; nil when it is negative, or no whole number of them.
  ///
  /// - Parameter unit: nanoseconds of a unit.
  @inlinable
  public func count(unit: Int64) -> UInt64? {
    let (seconds, attoseconds) = components
    guard attoseconds % 1_000_000_000 == 0 else { return nil }
    return wholeUnits(of: Int128(seconds) * 1_000_000_000 + Int128(attoseconds / 1_000_000_000), unit)
  }
}

@inlinable
func wholeUnits(of nanoseconds: Int128, _ unit: Int64) -> UInt64? {
  guard nanoseconds >= 0, nanoseconds % Int128(unit) == 0 else { return nil }
  return UInt64(exactly: nanoseconds / Int128(unit))
}

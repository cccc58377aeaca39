/// A moment on a monotonic clock, in nanoseconds from an origin that the clock's owner chooses.
///
/// State machines are handed the current moment; none of them reads a clock. Arithmetic saturates, so that a lifetime
/// from the network, however large, cannot overflow.
public struct Instant: Sendable, Hashable, BitwiseCopyable, InstantProtocol {
  /// Nanoseconds from the clock's origin.
  public var nanoseconds: Int64

  public init(nanoseconds: Int64) { self.nanoseconds = nanoseconds }

  /// The clock's origin.
  public static var origin: Instant { Instant(nanoseconds: 0) }

  public func advanced(by duration: Duration) -> Instant {
    let step = duration.saturatedNanoseconds
    let (sum, overflow) = nanoseconds.addingReportingOverflow(step)
    return Instant(nanoseconds: overflow ? (step < 0 ? .min : .max) : sum)
  }

  public func duration(to other: Instant) -> Duration {
    let (difference, overflow) = other.nanoseconds.subtractingReportingOverflow(nanoseconds)
    if overflow { return .nanoseconds(nanoseconds < 0 ? Int64.max : Int64.min) }
    return .nanoseconds(difference)
  }

  public static func < (left: Instant, right: Instant) -> Bool { left.nanoseconds < right.nanoseconds }

  public static func + (instant: Instant, duration: Duration) -> Instant { instant.advanced(by: duration) }

  /// How long it is from `right` to `left`.
  public static func - (left: Instant, right: Instant) -> Duration { right.duration(to: left) }
}

extension Instant: CustomStringConvertible {
  /// `12.5 seconds` from the origin.
  public var description: String { "\(Duration.nanoseconds(nanoseconds))" }
}

extension Duration {
  /// The duration in nanoseconds; the nearest there is when it has more than fit.
  public var saturatedNanoseconds: Int64 {
    let (seconds, attoseconds) = components
    let (whole, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
    let (sum, carry) = whole.addingReportingOverflow(attoseconds / 1_000_000_000)
    return overflow || carry ? (seconds < 0 ? .min : .max) : sum
  }

  /// Whole seconds, rounded towards the past.
  public var wholeSeconds: Int64 {
    let (seconds, attoseconds) = components
    return attoseconds < 0 ? seconds - 1 : seconds
  }

  /// Whole seconds, rounded towards the future.
  public var secondsRoundedUp: Int64 {
    let (seconds, attoseconds) = components
    return attoseconds > 0 ? seconds + 1 : seconds
  }
}

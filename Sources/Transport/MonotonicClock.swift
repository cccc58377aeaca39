import Foundation
public import Machine

/// The clock that machines are handed the time of: it goes on while the host sleeps, as lifetimes on the network do.
public struct MonotonicClock: Sendable {
  private let start: ContinuousClock.Instant

  /// A clock that starts now.
  public init() { start = .now }

  /// The time since the clock started.
  public var now: Instant { Instant.origin + (ContinuousClock.now - start) }

  /// The moment on the system's clock.
  public func moment(of instant: Instant) -> ContinuousClock.Instant { start + (instant - .origin) }

  /// Waits until the moment has come.
  ///
  /// - Throws: `CancellationError` when the task is cancelled before.
  public func sleep(until moment: Instant) async throws {
    try await ContinuousClock().sleep(until: start + (moment - .origin))
  }
}

/// The system's entropy.
public struct SystemEntropy: RandomSource {
  private var generator = SystemRandomNumberGenerator()

  public init() {}

  public mutating func next() -> UInt64 { generator.next() }
}

/// The calendar's time, which people and other clocks set.
public enum CalendarTime {
  /// Since 1970-01-01 00:00 UTC.
  public static var now: Duration { .seconds(Date().timeIntervalSince1970) }
}

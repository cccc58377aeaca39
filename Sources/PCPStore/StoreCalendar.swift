import Machine

/// Turns the machine's time, which starts anew with each run, into that of the calendar, which does not.
struct StoreCalendar: Sendable {
  /// A moment of the machine's.
  let now: Instant
  /// The same moment: since 1970-01-01 00:00 UTC.
  let date: Duration

  /// Milliseconds since 1970.
  func milliseconds(_ instant: Instant) -> Int64 {
    let nanoseconds = (date + (instant - now)).saturatedNanoseconds
    return nanoseconds / 1_000_000
  }

  func instant(_ milliseconds: Int64) -> Instant { now + (.milliseconds(milliseconds) - date) }
}

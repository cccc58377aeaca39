public import Machine

/// When to ask for a mapping to be renewed (RFC 6887 section 11.2.1).
///
/// The first attempt is half to five eighths through the lifetime, each later one half through what is left, with a random
/// addition that halves too.
public struct RenewalSchedule: Sendable, Hashable {
  public let grantedAt: Instant
  public let lifetime: Duration
  /// No two attempts are closer together.
  public let minimumGap: Duration
  /// Attempts there have been.
  public private(set) var count = 0
  /// When to ask next; nil when there is no time for it before the mapping expires.
  public private(set) var renewAt: Instant?

  /// - Parameter random: a number from 0 to 1.
  public init(grantedAt: Instant, lifetime: Duration, minimumGap: Duration, random: Double) {
    self.grantedAt = grantedAt
    self.lifetime = lifetime
    self.minimumGap = minimumGap
    renewAt = attempt(random)
  }

  public var expiresAt: Instant { grantedAt + lifetime }

  /// Goes on to the next attempt, after one was made now.
  ///
  /// - Parameter random: a number from 0 to 1.
  public mutating func advance(at now: Instant, random: Double) {
    count += 1
    guard count < 64, let next = attempt(random) else {
      renewAt = nil
      return
    }
    let soonest = max(next, now + minimumGap)
    renewAt = soonest < expiresAt ? soonest : nil
  }

  /// 1/2 to 1/2 + 1/8, then 3/4 to 3/4 + 1/16, then 7/8 to 7/8 + 1/32, and so on.
  private func attempt(_ random: Double) -> Instant? {
    let left = lifetime / Double(UInt64(1) << UInt64(count + 1).clamped(to: 62))
    let time = grantedAt + (lifetime - left) + left / 4 * random
    return time < expiresAt ? time : nil
  }
}

extension UInt64 {
  fileprivate func clamped(to limit: UInt64) -> UInt64 { Swift.min(self, limit) }
}

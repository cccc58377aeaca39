import Machine
import Wire

/// How many requests a source may send: a bucket of tokens for each, one token a request.
public struct RateLimit: Sendable, Hashable {
  /// Tokens of a full bucket: requests that may come at once.
  public var burst: Int
  /// Tokens that are put in each second.
  public var perSecond: Int
  /// Sources that are remembered, at most; beyond them those not heard of longest are forgotten.
  public var sources: Int

  public init(burst: Int = 512, perSecond: Int = 128, sources: Int = 65536) {
    self.burst = burst
    self.perSecond = perSecond
    self.sources = sources
  }
}

/// Counts requests by source, in bounded memory and at a cost that does not grow with the number of sources.
struct RateLimiter: Sendable {
  private struct Bucket: Sendable {
    /// In thousand millionths of a token, so that nothing is lost by rounding.
    var level: Int64
    var filledAt: Instant
  }

  private static let token: Int64 = 1_000_000_000

  /// The sources heard of last, and those heard of before them: when there are too many of the first, they become the second,
  /// and the second are forgotten. A source that nothing is known of has a full bucket.
  private var recent: [IPv6Address: Bucket] = [:]
  private var older: [IPv6Address: Bucket] = [:]

  /// Sources that are remembered.
  var count: Int { recent.count + older.count }

  /// Takes a token out of a source's bucket; false when it is empty.
  mutating func admits(_ source: IPv6Address, _ limit: RateLimit, at now: Instant) -> Bool {
    let full = Int64(clamping: limit.burst).multipliedReportingOverflow(by: Self.token)
    let capacity = full.overflow ? Int64.max : full.partialValue
    var bucket = recent[source] ?? older[source] ?? Bucket(level: capacity, filledAt: now)
    let elapsed = max(0, (now - bucket.filledAt).saturatedNanoseconds)
    let gain = elapsed.multipliedReportingOverflow(by: Int64(clamping: limit.perSecond))
    let level = bucket.level.addingReportingOverflow(gain.partialValue)
    bucket.level = gain.overflow || level.overflow ? capacity : min(capacity, level.partialValue)
    bucket.filledAt = max(now, bucket.filledAt)
    let isAdmitted = bucket.level >= Self.token
    if isAdmitted { bucket.level -= Self.token }
    remember(source, bucket, limit)
    return isAdmitted
  }

  private mutating func remember(_ source: IPv6Address, _ bucket: Bucket, _ limit: RateLimit) {
    if recent.count >= max(1, limit.sources / 2) && recent[source] == nil {
      older = recent
      recent = [:]
    }
    recent[source] = bucket
  }
}

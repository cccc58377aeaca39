/// When to send a message again that has not been answered (RFC 6887 section 8.1.1).
///
/// Each interval is about twice the one before, up to a maximum, and is made a little longer or shorter by a random number
/// so that clients which started together do not stay together.
public struct Retransmission: Sendable, Hashable {
  /// The parameters of RFC 6887 section 8.1.1, under the names it gives them.
  public struct Parameters: Sendable, Hashable {
    /// IRT: the first interval.
    public var initialInterval: Duration
    /// MRT: the longest interval; zero for no limit.
    public var maximumInterval: Duration
    /// MRC: how many times to send in all; zero for no limit.
    public var maximumCount: Int
    /// MRD: for how long to try; zero for no limit.
    public var maximumDuration: Duration

    /// The values of RFC 6887 section 8.1.1.
    public init(
      initialInterval: Duration = .seconds(3), maximumInterval: Duration = .seconds(1024), maximumCount: Int = 0,
      maximumDuration: Duration = .zero
    ) {
      self.initialInterval = initialInterval
      self.maximumInterval = maximumInterval
      self.maximumCount = maximumCount
      self.maximumDuration = maximumDuration
    }
  }

  /// What to do when the deadline has come.
  public enum Step: Sendable, Hashable {
    case transmit
    /// As often or as long as allowed has been tried.
    case fail
  }

  /// RAND: the range of the random number that each interval is changed by.
  public static var jitter: ClosedRange<Double> { -0.1...0.1 }

  public let parameters: Parameters
  /// When the first transmission was.
  public let startedAt: Instant
  /// How many transmissions there have been.
  public private(set) var count: Int
  /// RT: the current interval.
  public private(set) var interval: Duration
  /// When to send again.
  public private(set) var retryAt: Instant

  /// Starts with a transmission now.
  ///
  /// - Parameter random: a number in `jitter`.
  public init(_ parameters: Parameters, at now: Instant, random: Double) {
    self.parameters = parameters
    startedAt = now
    count = 1
    // An interval of nothing would be over before it has begun, again and again.
    interval = max(parameters.initialInterval, .milliseconds(1)) * (1 + random)
    retryAt = now + interval
  }

  /// When something is to be done: sending again, or giving up.
  public var deadline: Instant {
    parameters.maximumDuration == .zero ? retryAt : min(retryAt, startedAt + parameters.maximumDuration)
  }

  /// Goes on to the next interval; call it when the deadline has come.
  ///
  /// - Parameter random: a number in `jitter`.
  public mutating func advance(at now: Instant, random: Double) -> Step {
    if parameters.maximumCount > 0 && count >= parameters.maximumCount { return .fail }
    if parameters.maximumDuration != .zero && now >= startedAt + parameters.maximumDuration { return .fail }
    let doubled = interval * 2
    let next = parameters.maximumInterval == .zero ? doubled : min(doubled, parameters.maximumInterval)
    interval = next * (1 + random)
    count += 1
    retryAt = now + interval
    return .transmit
  }
}

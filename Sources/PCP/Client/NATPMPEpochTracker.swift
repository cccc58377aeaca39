public import Machine

/// Watches a NAT-PMP gateway's seconds since the start of its epoch (RFC 6886 section 3.6).
public struct NATPMPEpochTracker: Sendable, Hashable {
  private struct Sighting: Sendable, Hashable {
    var time: Instant
    var epochTime: UInt32
  }

  private var previous: Sighting?

  public init() {}

  /// Takes note of the seconds in a message from the gateway.
  ///
  /// - Returns: whether they have gone on as they must; if not, the gateway has lost its mappings.
  public mutating func isValid(_ epochTime: UInt32, at now: Instant) -> Bool {
    defer { previous = Sighting(time: now, epochTime: epochTime) }
    guard let previous else { return true }
    let elapsed = max(.zero, now - previous.time)
    // The least that a slow clock would show; 2 s less are let pass.
    let estimate = Duration.seconds(Int64(previous.epochTime)) + elapsed * 7 / 8
    return .seconds(Int64(epochTime)) >= estimate - .seconds(2)
  }
}

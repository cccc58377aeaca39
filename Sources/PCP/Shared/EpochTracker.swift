public import Machine

/// Watches a server's Epoch Time for signs that it lost its mappings (RFC 6887 section 8.5).
public struct EpochTracker: Sendable, Hashable {
  /// What was seen last: when, and the server's Epoch Time then.
  private struct Sighting: Sendable, Hashable {
    var time: Instant
    var epochTime: UInt32
  }

  private var previous: Sighting?

  public init() {}

  /// Takes note of the Epoch Time of a response.
  ///
  /// - Returns: whether it has gone on as the client's own clock has; if not, the server may have lost its state.
  public mutating func isValid(_ epochTime: UInt32, at now: Instant) -> Bool {
    defer { previous = Sighting(time: now, epochTime: epochTime) }
    guard let previous else { return true }
    // One second back is allowed: datagrams may overtake each other.
    if Int64(epochTime) < Int64(previous.epochTime) - 1 { return false }
    let client = max(0, (now - previous.time).wholeSeconds)
    let server = max(0, Int64(epochTime) - Int64(previous.epochTime))
    return client + 2 >= server - server / 16 && server + 2 >= client - client / 16
  }
}

public import PCPWire

/// What has come of the datagrams that a server was sent since it started: each has been answered, refused, dropped, left to be
/// sent again, or waits (`ServerEndpoint.waitingRequests`).
public struct ServerCounts: Sendable, Hashable {
  /// Datagrams that came in.
  public internal(set) var received = 0
  /// Those of them that were looked at and are of NAT-PMP.
  public internal(set) var natPMP = 0
  /// Requests that were granted.
  public internal(set) var granted = 0
  /// Requests that were refused; NAT-PMP's by the code that PCP has for the same.
  public internal(set) var refused: [ResultCode: Int] = [:]
  /// Datagrams that got no answer, and never will.
  public internal(set) var dropped: [ServerReception.DropReason: Int] = [:]
  /// Requests that got no answer because their mapping was being worked on: clients send them again.
  public internal(set) var ignored = 0

  public init() {}
}

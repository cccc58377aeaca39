public import Machine

/// A mapping that outgoing traffic has made in the device, without PCP (RFC 6887 section 11.3).
public struct ImplicitMapping: Sendable, Hashable {
  public var inner: InternalTuple
  public var outer: ExternalTuple
  public var remote: PeerAddress
  /// Seconds that it lives on if no packet passes; 0 where the device does not tell.
  public var remainingSeconds: UInt32

  public init(inner: InternalTuple, outer: ExternalTuple, remote: PeerAddress, remainingSeconds: UInt32 = 0) {
    self.inner = inner
    self.outer = outer
    self.remote = remote
    self.remainingSeconds = remainingSeconds
  }
}

/// A question about implicit mappings.
///
/// The machine asks when a request depends on the answer, and the request waits for it. Reports of every flow that comes and
/// goes would cost a server more than its requests do; a question costs one search in the device's own table.
public struct ImplicitLookup: Sendable, Hashable {
  /// The request that waits, and names the answer.
  public var token: ServerMachine.RequestToken
  public var inner: InternalTuple
  /// Only mappings with this remote peer; nil for any one of the inner tuple.
  public var remote: PeerAddress?

  public init(token: ServerMachine.RequestToken, inner: InternalTuple, remote: PeerAddress?) {
    self.token = token
    self.inner = inner
    self.remote = remote
  }

  /// Whether a mapping is one that is asked for.
  public func matches(_ mapping: ImplicitMapping) -> Bool {
    mapping.inner == inner && (remote == nil || mapping.remote == remote)
  }
}

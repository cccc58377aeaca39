import Machine
public import PCP
public import PCPWire
public import Wire

/// How far a mapping has come.
public enum MappingState: Sendable, Hashable {
  /// Gateways are being asked.
  case requesting
  /// The mapping is there, at one gateway at least.
  case mapped(MappedPort)
  /// Every gateway that has answered has refused. It is asked again when the error has passed; nothing need be done.
  case refused(MappingRefusal)
  /// The mapping was there and is not any more: the network has changed, or the gateway has lost it, taken it back, or not answered
  /// in time. It is being asked for again.
  case lost(MappedPort)
  /// There is nobody to ask, or nobody who answers; as soon as that changes the mapping is asked for.
  case unavailable(Unavailability)

  public enum Unavailability: Sendable, Hashable {
    /// The host has no default gateway, or none of the servers that were given can be reached from here.
    case noGateway
    /// The gateway says that nothing listens for such requests.
    case notSupported
    /// The gateway has not answered, but may still do so.
    case silent
    /// `PortMapper.shutdown()` was called.
    case stopped
  }

  /// What is mapped; nil in every state but `mapped`.
  public var mapped: MappedPort? { if case .mapped(let port) = self { port } else { nil } }
}

/// A port as the world sees it.
public struct MappedPort: Sendable, Hashable {
  /// What one gateway has granted.
  public struct Endpoint: Sendable, Hashable, CustomStringConvertible {
    /// An IPv4 address as IPv4-mapped; `host` is how people write it.
    public var address: IPv6Address
    public var port: UInt16
    /// How many consecutive ports are mapped, which is one unless more were asked for (RFC 7753).
    public var portCount: UInt16
    /// When the mapping is over if it cannot be renewed, which is tried from half its life on; a day at most, whatever the gateway
    /// says (RFC 6887 section 15).
    public var expiresAt: ContinuousClock.Instant
    /// Which gateway.
    public var server: ServerChoice.ID
    /// What the gateway was asked in.
    public var serverProtocol: ServerProtocol
    /// Whose it is (RFC 6887 section 11.1); zero where it was made by NAT-PMP.
    public var nonce: MappingNonce

    /// "192.0.2.1" or "2001:db8::1".
    public var host: String { address.plainText }

    /// `192.0.2.1:8080` or `[2001:db8::1]:8080`.
    public var description: String { "\(PeerAddress(address, port: port))" }
  }

  /// One for each gateway that has granted the mapping, in the order of preference; never empty.
  public let endpoints: [Endpoint]

  init?(_ endpoints: [Endpoint]) {
    if endpoints.isEmpty { return nil }
    self.endpoints = endpoints
  }

  /// What the preferred gateway has granted.
  public var external: Endpoint { endpoints[0] }
}

/// Why there is no mapping.
public struct MappingRefusal: Sendable, Hashable, CustomStringConvertible {
  public enum Reason: Sendable, Hashable {
    /// The gateway's answer (RFC 6887 section 7.4); that of a NAT-PMP gateway is translated.
    case result(ResultCode)
    /// What was asked for is no request that may be sent.
    case invalid(WireError)
  }

  public var reason: Reason
  /// When it is asked for again; nil when it is not.
  public var retryAt: ContinuousClock.Instant?

  public var description: String {
    switch reason {
    case .result(let code): "refused: \(code)"
    case .invalid(let error): "cannot be asked for: \(error)"
    }
  }
}

/// Why a mapping could not be had.
public enum PortMapperError: Error, Sendable, Hashable, CustomStringConvertible {
  case refused(MappingRefusal)
  case unavailable(MappingState.Unavailability)
  /// Nobody has answered within the time that was given.
  case timedOut
  /// The task was cancelled while it waited.
  case cancelled

  public var description: String {
    switch self {
    case .refused(let refusal): "\(refusal)"
    case .unavailable(.noGateway): "there is no gateway to ask"
    case .unavailable(.notSupported): "the gateway makes no mappings"
    case .unavailable(.silent): "the gateway does not answer"
    case .unavailable(.stopped): "the port mapper was shut down"
    case .timedOut: "no gateway has answered in time"
    case .cancelled: "cancelled"
    }
  }
}

public import Machine
public import PCPWire
public import Wire

/// The inner end of a mapping: what a host inside uses.
public struct InternalTuple: Sendable, Hashable {
  public var `protocol`: TransportProtocol
  public var address: IPv6Address
  public var port: UInt16

  public init(_ transport: TransportProtocol, _ address: IPv6Address, port: UInt16) {
    self.protocol = transport
    self.address = address
    self.port = port
  }
}

/// The outer end of a mapping: what the world sees.
public struct ExternalTuple: Sendable, Hashable {
  public var `protocol`: TransportProtocol
  public var address: IPv6Address
  public var port: UInt16

  public init(_ transport: TransportProtocol, _ address: IPv6Address, port: UInt16) {
    self.protocol = transport
    self.address = address
    self.port = port
  }
}

/// A mapping as the server keeps it (RFC 6887 sections 11.3 and 12.3).
public struct Mapping: Sendable, Hashable, Identifiable {
  /// Names a mapping between the machine and what installs it; never used twice.
  public struct ID: Sendable, Hashable, RawRepresentable {
    public var rawValue: UInt64

    public init(rawValue: UInt64) { self.rawValue = rawValue }
  }

  /// What a mapping lets through.
  public enum Kind: Sendable, Hashable {
    /// Made by MAP: packets from everywhere, or from those the filters name.
    case inbound
    /// Made by PEER: packets to and from one remote peer.
    case outbound(remote: PeerAddress)
  }

  public let id: ID
  public let kind: Kind
  public let inner: InternalTuple
  public let outer: ExternalTuple
  /// How many consecutive ports are mapped, inner and outer, from those of `inner` and `outer` on (RFC 7753 section 4.1).
  public var portCount: UInt16 = 1
  /// Whoever wants to change the mapping must know it (RFC 6887 section 11.3).
  public let nonce: MappingNonce
  /// Remote peers let in; empty for all (RFC 6887 section 13.3).
  public var filters: [FilterOption] = []
  /// Words about the mapping, cut to the configured size (RFC 7220 section 3).
  public var words: WireString?
  /// Who asked for it last.
  public var requester: PeerAddress
  public var expiresAt: Instant

  /// A mapping as a server would keep it, without a check of anything.
  public init(
    id: ID, kind: Kind, inner: InternalTuple, outer: ExternalTuple, portCount: UInt16 = 1, nonce: MappingNonce,
    filters: [FilterOption] = [], words: WireString? = nil, requester: PeerAddress, expiresAt: Instant
  ) {
    self.id = id
    self.kind = kind
    self.inner = inner
    self.outer = outer
    self.portCount = portCount
    self.nonce = nonce
    self.filters = filters
    self.words = words
    self.requester = requester
    self.expiresAt = expiresAt
  }

  /// Whole seconds of life left, the last one begun counted.
  func remainingSeconds(at now: Instant) -> UInt32 { UInt32(clamping: (expiresAt - now).secondsRoundedUp) }
}

extension Mapping: CustomStringConvertible {
  /// `UDP 192.0.2.1:3938 -> 198.51.100.1:3938`, with the remote peer of an outbound one.
  public var description: String {
    let outside = PeerAddress(outer.address, port: outer.port)
    let inside = PeerAddress(inner.address, port: inner.port)
    switch kind {
    case .inbound: return "\(inner.protocol) \(outside) -> \(inside)"
    case .outbound(let remote): return "\(inner.protocol) \(inside) -> \(outside) -> \(remote)"
    }
  }
}

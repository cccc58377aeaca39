public import Machine
public import PCPWire
public import Wire

/// The inner end of a mapping: what a host inside uses.
public struct InternalTuple: Sendable, Hashable {
  public var `protocol`: TransportProtocol
  public var address: IPv6Address
  /// 0 for all ports of the protocol.
  public var port: UInt16
  /// Tells hosts apart that share an address: the octets of THIRD_PARTY_ID (RFC 7843 section 5.2); empty without it.
  public var realm: [UInt8]

  public init(_ transport: TransportProtocol, _ address: IPv6Address, port: UInt16, realm: [UInt8] = []) {
    self.protocol = transport
    self.address = address
    self.port = port
    self.realm = realm
  }
}

/// The outer end of a mapping: what the world sees.
public struct ExternalTuple: Sendable, Hashable {
  public var `protocol`: TransportProtocol
  public var address: IPv6Address
  /// 0 for all ports of the protocol.
  public var port: UInt16

  public init(_ transport: TransportProtocol, _ address: IPv6Address, port: UInt16) {
    self.protocol = transport
    self.address = address
    self.port = port
  }
}

/// A mapping as the server keeps it (RFC 6887 sections 11.3 and 12.3).
public struct Mapping: Sendable, Hashable, Identifiable {
  /// Names a mapping between the machine, what installs it and what stores it; never used twice.
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
  /// With port 0 all ports of its protocol are mapped, to the same port each; with protocol 0 too, all protocols.
  public let inner: InternalTuple
  /// Changes when the server loses an external address (RFC 6887 section 14.2); port 0 where the inner port is.
  public var outer: ExternalTuple
  /// How many consecutive ports are mapped, inner and outer, from those of `inner` and `outer` on (RFC 7753 section 4.1).
  public var portCount: UInt16
  /// Whoever wants to change the mapping must know it (RFC 6887 section 11.3). nil for one made by NAT-PMP, which has nothing of
  /// the kind: its host may change it by either protocol, and makes it its own by a PCP request.
  public var nonce: MappingNonce?
  /// Remote peers let in; empty for all (RFC 6887 section 13.3).
  public var filters: [FilterOption]
  /// Words about the mapping, cut to the configured size (RFC 7220 section 3).
  public var words: WireString?
  /// Who asked for it last: unsolicited updates go there (RFC 6887 section 14.2).
  public var requester: PeerAddress
  /// The server's own address that the requester sent to, which updates must come from; nil where it is not known.
  public var server: IPv6Address?
  /// Whether the last request wanted that external end or none: PREFER_FAILURE, or PEER with a suggestion.
  public var isExact: Bool
  public var expiresAt: Instant

  /// A mapping as a server would keep it, without a check of anything.
  public init(
    id: ID, kind: Kind, inner: InternalTuple, outer: ExternalTuple, portCount: UInt16 = 1, nonce: MappingNonce?,
    filters: [FilterOption] = [], words: WireString? = nil, requester: PeerAddress, server: IPv6Address? = nil,
    isExact: Bool = false, expiresAt: Instant
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
    self.server = server
    self.isExact = isExact
    self.expiresAt = expiresAt
  }

  /// Whole seconds of life left, the last one begun counted.
  func remainingSeconds(at now: Instant) -> UInt32 { now.remainingSeconds(to: expiresAt) }
}

extension Instant {
  /// Whole seconds until then, the last one begun counted; 0 when it is past.
  func remainingSeconds(to end: Instant) -> UInt32 { UInt32(clamping: (end - self).secondsRoundedUp) }
}

extension Mapping: CustomStringConvertible {
  /// `UDP 192.0.2.1:3938 -> 198.51.100.1:3938`, with the remote peer of an outbound one and the last port of several.
  public var description: String {
    let outside = "\(PeerAddress(outer.address, port: outer.port))\(lastPort(from: outer.port))"
    let inside = "\(PeerAddress(inner.address, port: inner.port))\(lastPort(from: inner.port))"
    switch kind {
    case .inbound: return "\(inner.protocol) \(outside) -> \(inside)"
    case .outbound(let remote): return "\(inner.protocol) \(inside) -> \(outside) -> \(remote)"
    }
  }

  private func lastPort(from first: UInt16) -> String {
    portCount > 1 ? "-\(UInt32(first) + UInt32(portCount) - 1)" : ""
  }
}

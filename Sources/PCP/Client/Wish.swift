public import PCPWire
public import Wire

/// What a client wants to be mapped (RFC 6887 section 11.2).
public struct MapWish: Sendable, Hashable {
  public var `protocol`: TransportProtocol
  public var internalPort: UInt16
  /// Seconds asked for; 0 deletes the mapping.
  public var lifetime: UInt32
  /// 0 for any.
  public var externalPort: UInt16 = 0
  /// Unspecified for any of its family.
  public var externalAddress: IPv6Address = .unspecifiedIPv4
  /// Of a mapping that was made before; nil for a new one.
  public var nonce: MappingNonce?
  public var options = MapRequest.Options()

  public init(_ transport: TransportProtocol, internalPort: UInt16, lifetime: UInt32) {
    self.protocol = transport
    self.internalPort = internalPort
    self.lifetime = lifetime
  }
}

/// An outbound mapping a client wants to be made, or kept (RFC 6887 section 12.2).
public struct PeerWish: Sendable, Hashable {
  public var `protocol`: TransportProtocol
  public var internalPort: UInt16
  public var remotePort: UInt16
  public var remoteAddress: IPv6Address
  /// Seconds asked for; 0 asks how many are left.
  public var lifetime: UInt32
  /// 0 for any.
  public var externalPort: UInt16 = 0
  /// Unspecified for any of its family.
  public var externalAddress: IPv6Address = .unspecifiedIPv4
  /// Of a mapping that was made before; nil for a new one.
  public var nonce: MappingNonce?
  public var options = PeerRequest.Options()

  public init(
    _ transport: TransportProtocol, internalPort: UInt16, remotePort: UInt16, remoteAddress: IPv6Address,
    lifetime: UInt32
  ) {
    self.protocol = transport
    self.internalPort = internalPort
    self.remotePort = remotePort
    self.remoteAddress = remoteAddress
    self.lifetime = lifetime
  }
}

/// What a server has granted.
public struct Grant: Sendable, Hashable {
  public var externalAddress: IPv6Address
  public var externalPort: UInt16
  /// Seconds, as the server said.
  public var lifetime: UInt32
  public var nonce: MappingNonce
  /// How many consecutive ports are mapped, inside and outside (RFC 7753 section 4.2).
  public var portCount: UInt16 = 1
  /// The first port inside of a set of ports, where the server names it.
  public var firstInternalPort: UInt16?
  /// The prefixes of a NAT64 that the server tells of (RFC 7225 section 4).
  public var prefix64: [Prefix64Option] = []

  public init(externalAddress: IPv6Address, externalPort: UInt16, lifetime: UInt32, nonce: MappingNonce) {
    self.externalAddress = externalAddress
    self.externalPort = externalPort
    self.lifetime = lifetime
    self.nonce = nonce
  }
}

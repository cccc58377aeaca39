import PCPWire
import Wire

/// A mapping made outside of PCP: the server answers for it, and neither makes nor changes it (RFC 6887 section 11.3).
public struct StaticMapping: Sendable, Hashable {
  /// Port 0 for all ports of the protocol, and protocol 0 too for all protocols, as in `Mapping`.
  public var inner: InternalTuple
  public var outer: ExternalTuple
  /// How many consecutive ports, inner and outer.
  public var portCount: UInt16

  public init(_ inner: InternalTuple, to outer: ExternalTuple, portCount: UInt16 = 1) {
    self.inner = inner
    self.outer = outer
    self.portCount = portCount
  }

  /// The outer end of one of its inner ones; port 0 where all ports are mapped and all are asked for.
  func outer(of tuple: InternalTuple) -> ExternalTuple {
    let port = inner.port == 0 ? tuple.port : outer.port &+ (tuple.port &- inner.port)
    return ExternalTuple(tuple.protocol, outer.address, port: port)
  }
}

/// The static mappings by either end.
struct StaticTable: Sendable {
  private var inners: [InternalTuple: StaticMapping] = [:]
  private var owners: [ExternalTuple: InternalTuple] = [:]

  init(_ mappings: [StaticMapping] = []) {
    for mapping in mappings {
      for offset in 0..<max(1, mapping.portCount) {
        inners[mapping.inner.advanced(by: offset)] = mapping
        owners[mapping.outer.advanced(by: offset)] = mapping.inner.advanced(by: offset)
      }
    }
  }

  var isEmpty: Bool { inners.isEmpty }

  /// The outer ends that static mappings take.
  var outers: some Collection<ExternalTuple> { owners.keys }

  /// The mapping that a tuple is part of: that of its port, of all ports of its protocol, or of all protocols.
  func mapping(covering inner: InternalTuple) -> StaticMapping? {
    if inners.isEmpty { return nil }
    return inner.coverings.lazy.compactMap { inners[$0] }.first
  }

  /// The inner tuple that an outer one leads to.
  func owner(of outer: ExternalTuple) -> InternalTuple? {
    if owners.isEmpty { return nil }
    return outer.coverings.lazy.compactMap { owners[$0] }.first
  }

  /// Whether a host has a part of the protocol.
  func isUsed(_ transport: TransportProtocol, by host: Host) -> Bool {
    inners.keys.contains { $0.host == host && ($0.protocol == transport || $0.protocol == .any) }
  }

  /// Whether another host has a part of the protocol at an address; of any protocol, where all are meant.
  func isShared(_ transport: TransportProtocol, _ address: IPv6Address, besides host: Host) -> Bool {
    owners.contains { outer, inner in
      outer.address == address && inner.host != host
        && (transport == .any || outer.protocol == .any || outer.protocol == transport)
    }
  }
}

/// A host inside: an address, and what tells it apart from others of the same address.
struct Host: Sendable, Hashable {
  var address: IPv6Address
  var realm: [UInt8]
}

extension InternalTuple {
  var host: Host { Host(address: address, realm: realm) }

  func advanced(by offset: UInt16) -> InternalTuple {
    InternalTuple(self.protocol, address, port: port &+ offset, realm: realm)
  }

  /// The tuple, and those that stand for all ports and all protocols of its host.
  fileprivate var coverings: [InternalTuple] {
    [self, InternalTuple(self.protocol, address, port: 0, realm: realm), InternalTuple(.any, address, port: 0, realm: realm)]
  }
}

extension ExternalTuple {
  func advanced(by offset: UInt16) -> ExternalTuple { ExternalTuple(self.protocol, address, port: port &+ offset) }

  /// The tuple, and those that stand for all ports and all protocols of its address.
  fileprivate var coverings: [ExternalTuple] {
    [self, ExternalTuple(self.protocol, address, port: 0), ExternalTuple(.any, address, port: 0)]
  }
}

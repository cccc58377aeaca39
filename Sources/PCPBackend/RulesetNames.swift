/// The two families of addresses, as nftables writes them.
enum AddressFamily: String, CaseIterable, Sendable {
  case ipv4 = "4"
  case ipv6 = "6"

  /// The header of packets.
  var header: String { self == .ipv4 ? "ip" : "ip6" }
  /// The type of addresses in sets.
  var type: String { self == .ipv4 ? "ipv4_addr" : "ipv6_addr" }
  /// What conntrack calls it.
  var name: String { self == .ipv4 ? "ipv4" : "ipv6" }
}

/// How much of an address a mapping takes.
enum MappingScope: String, CaseIterable, Sendable {
  /// Ports.
  case port
  /// All ports of a protocol.
  case `protocol`
  /// All protocols.
  case host
}

/// A set or map of the table. What is in them is all that changes while the server runs.
struct SetName: Hashable, Sendable {
  enum Purpose: Hashable, Sendable {
    /// Outer end and remote peer: the inner end (IPv4); inner end and remote peer (IPv6). What PEER lets in.
    case inwardPeer
    /// Outer end: the inner end (IPv4); the inner end (IPv6). What MAP lets in.
    case inward(MappingScope)
    /// Inner end and remote peer: the outer end. What PEER sends out.
    case outwardPeer
    /// Inner end: the outer end. What MAP sends out.
    case outward(MappingScope)
    /// Outer ends that only some remote peers are let in by.
    case filtered(MappingScope)
    /// Outer end, and who is let in.
    case allowed(MappingScope, RemoteShape)
  }

  /// What a filter says of remote peers. Only prefixes need an interval set, whose changes cost more.
  enum RemoteShape: String, CaseIterable, Sendable {
    case host
    case peer
    case prefix
    case prefixAndPort = "prefix_and_port"

    var hasPort: Bool { self == .peer || self == .prefixAndPort }
    var isInterval: Bool { self == .prefix || self == .prefixAndPort }
  }

  var purpose: Purpose
  var family: AddressFamily

  var text: String {
    switch purpose {
    case .inwardPeer: "inward_peer\(family.rawValue)"
    case .inward(let scope): "inward_\(scope.rawValue)\(family.rawValue)"
    case .outwardPeer: "outward_peer\(family.rawValue)"
    case .outward(let scope): "outward_\(scope.rawValue)\(family.rawValue)"
    case .filtered(let scope): "filtered_\(scope.rawValue)\(family.rawValue)"
    case .allowed(let scope, let shape): "allowed_\(scope.rawValue)_\(shape.rawValue)\(family.rawValue)"
    }
  }

  /// All of a family, in the order they are declared. IPv6 is not translated, so that nothing goes out by another end.
  static func all(of family: AddressFamily) -> [SetName] {
    var purposes: [Purpose] = [.inwardPeer] + MappingScope.allCases.map { .inward($0) }
    if family == .ipv4 { purposes += [.outwardPeer] + MappingScope.allCases.map { .outward($0) } }
    for scope in MappingScope.allCases {
      purposes += [.filtered(scope)] + RemoteShape.allCases.map { .allowed(scope, $0) }
    }
    return purposes.map { SetName(purpose: $0, family: family) }
  }
}

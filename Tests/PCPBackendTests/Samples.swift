import Machine
import PCP
import PCPWire
import Wire

@testable import PCPBackend

/// Mappings to try things on.
enum Sample {
  static let host = address("10.1.0.2")
  static let outside = address("192.0.2.1")
  static let remote = address("198.51.100.7")

  static func address(_ text: String) -> IPv6Address { IPv6Address(plain: text) ?? .unspecified }

  static func inbound(
    _ id: UInt64 = 1, _ transport: TransportProtocol = .udp, inner: IPv6Address = host, port: UInt16 = 5000,
    outer: IPv6Address = outside, outerPort: UInt16 = 4000, portCount: UInt16 = 1, filters: [FilterOption] = []
  ) -> Mapping {
    mapping(
      id, .inbound, InternalTuple(transport, inner, port: port), ExternalTuple(transport, outer, port: outerPort), portCount,
      filters)
  }

  static func outbound(
    _ id: UInt64 = 2, _ transport: TransportProtocol = .udp, inner: IPv6Address = host, port: UInt16 = 5000,
    outer: IPv6Address = outside, outerPort: UInt16 = 4000, remote: IPv6Address = remote, remotePort: UInt16 = 53
  ) -> Mapping {
    mapping(
      id, .outbound(remote: PeerAddress(remote, port: remotePort)), InternalTuple(transport, inner, port: port),
      ExternalTuple(transport, outer, port: outerPort), 1, [])
  }

  static func pinhole(_ id: UInt64 = 1, port: UInt16 = 5000, filters: [FilterOption] = []) -> Mapping {
    let host = address("2001:db8:1::2")
    return inbound(id, .tcp, inner: host, port: port, outer: host, outerPort: port, filters: filters)
  }

  private static func mapping(
    _ id: UInt64, _ kind: Mapping.Kind, _ inner: InternalTuple, _ outer: ExternalTuple, _ portCount: UInt16,
    _ filters: [FilterOption]
  ) -> Mapping {
    Mapping(
      id: Mapping.ID(rawValue: id), kind: kind, inner: inner, outer: outer, portCount: portCount, nonce: MappingNonce(),
      filters: filters, requester: PeerAddress(inner.address, port: 1000), expiresAt: .origin)
  }

  /// `198.51.100.0/24,443` as an option.
  static func filter(_ prefix: String, port: UInt16 = 0) -> FilterOption {
    let prefix = AddressPrefix(prefix) ?? AddressPrefix(.unspecified, length: 128)
    return FilterOption(
      prefixLength: UInt8(prefix.length), remotePeerPort: port, remotePeerAddress: prefix.address)
  }

  /// What a transaction says that leads from some mappings to others.
  static func script(from old: [Mapping] = [], to new: [Mapping], hasPinholes: Bool = true) throws -> String {
    var script = RulesetScript()
    let ids = (old + new).map(\.id).reduce(into: [Mapping.ID]()) { if !$0.contains($1) { $0.append($1) } }
    for id in ids {
      let before = try old.first { $0.id == id }.map { try MappingPlan($0, hasPinholes: hasPinholes).elements }
      let after = try new.first { $0.id == id }.map { try MappingPlan($0, hasPinholes: hasPinholes).elements }
      script.change(from: before ?? [], to: after ?? [])
    }
    return script.text(table: "t")
  }
}

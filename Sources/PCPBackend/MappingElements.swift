import Machine
import PCP
import PCPWire
import Wire

/// An element of a set or map: what the kernel holds of a mapping. Numbers and addresses, printed here.
struct RulesetElement: Hashable, Sendable {
  var set: SetName
  var key: String
  /// Where a map leads.
  var value: String?

  /// As it is added.
  var text: String { value.map { "\(key) : \($0)" } ?? key }
}

/// Why a mapping cannot be put into the table.
struct UnsuitableMapping: Error, Hashable, Sendable {
  var reason: String
}

/// What a mapping is to the table.
struct MappingPlan: Sendable {
  var family: AddressFamily
  var scope: MappingScope
  private var mapping: Mapping

  init(_ mapping: Mapping, hasPinholes: Bool) throws(UnsuitableMapping) {
    self.mapping = mapping
    let (inner, outer) = (mapping.inner, mapping.outer)
    switch (inner.address.mapped, outer.address.mapped) {
    case (_?, _?): family = .ipv4
    case (nil, nil):
      guard hasPinholes else { throw UnsuitableMapping(reason: "IPv6 needs pinholes") }
      guard inner.address == outer.address, inner.port == outer.port else {
        throw UnsuitableMapping(reason: "IPv6 addresses are not translated")
      }
      family = .ipv6
    default: throw UnsuitableMapping(reason: "nothing translates between IPv4 and IPv6")
    }
    guard inner.realm.isEmpty else { throw UnsuitableMapping(reason: "hosts that share an address are not told apart") }
    guard inner.protocol == outer.protocol, (inner.port == 0) == (outer.port == 0) else {
      throw UnsuitableMapping(reason: "inner and outer end do not fit together")
    }
    scope = inner.port != 0 ? .port : (inner.protocol == .any ? .host : .protocol)
    let last = max(UInt32(inner.port), UInt32(outer.port)) + UInt32(max(mapping.portCount, 1)) - 1
    guard last <= 65535 || scope != .port else { throw UnsuitableMapping(reason: "the ports go past 65535") }
    if case .outbound(let remote) = mapping.kind {
      guard scope == .port, remote.port != 0, (remote.address.mapped != nil) == (family == .ipv4) else {
        throw UnsuitableMapping(reason: "the remote peer does not fit")
      }
    }
  }

  /// The elements that make the mapping work.
  var elements: [RulesetElement] {
    switch mapping.kind {
    case .outbound(let remote): return peerElements(remote)
    case .inbound:
      let count = scope == .port ? UInt16(max(mapping.portCount, 1)) : 1
      return (0..<count).flatMap { inboundElements(offset: $0) }
    }
  }

  private func element(_ purpose: SetName.Purpose, _ key: String, _ value: String? = nil) -> RulesetElement {
    RulesetElement(set: SetName(purpose: purpose, family: family), key: key, value: value)
  }

  private func inboundElements(offset: UInt16) -> [RulesetElement] {
    let inside = end(mapping.inner.address, mapping.inner.port &+ offset)
    let outside = end(mapping.outer.address, mapping.outer.port &+ offset)
    var elements: [RulesetElement]
    switch family {
    case .ipv4:
      elements = [
        element(.inward(scope), outside.key, inside.value), element(.outward(scope), inside.key, outside.value),
      ]
    case .ipv6: elements = [element(.inward(scope), inside.key)]
    }
    guard !mapping.filters.isEmpty else { return elements }
    elements.append(element(.filtered(scope), outside.key))
    elements += RemoteFilter.all(of: mapping, family).map { filter in
      element(.allowed(scope, filter.shape), "\(outside.key) . \(filter.text)")
    }
    return elements
  }

  private func peerElements(_ remote: PeerAddress) -> [RulesetElement] {
    let inside = end(mapping.inner.address, mapping.inner.port)
    let outside = end(mapping.outer.address, mapping.outer.port)
    let peer = "\(remote.address.plainText) . \(remote.port)"
    switch family {
    case .ipv4:
      return [
        element(.inwardPeer, "\(outside.key) . \(peer)", inside.value),
        element(.outwardPeer, "\(inside.key) . \(peer)", outside.value),
      ]
    case .ipv6: return [element(.inwardPeer, "\(inside.key) . \(peer)")]
    }
  }

  /// One end as a key of the mapping's scope, and as what a map leads to.
  private func end(_ address: IPv6Address, _ port: UInt16) -> (key: String, value: String) {
    let (host, number) = (address.plainText, mapping.inner.protocol.rawValue)
    switch scope {
    case .port: return ("\(host) . \(number) . \(port)", "\(host) . \(port)")
    case .protocol: return ("\(host) . \(number)", host)
    case .host: return (host, host)
    }
  }
}

import Machine
import PCP
import PCPWire
import Wire

/// What a FILTER option lets in, of one family.
struct RemoteFilter: Hashable, Sendable {
  /// The first address that is let in.
  var address: IPv6Address
  /// Bits that count, without the 96 in front of an IPv4 address.
  var length: Int
  /// 0 for all ports.
  var port: UInt16
  var family: AddressFamily

  /// - Returns: nil for an option that lets nothing of the family in.
  init?(_ option: FilterOption, _ family: AddressFamily) {
    let length = Int(option.prefixLength)
    self.family = family
    port = option.remotePeerPort
    switch (family, option.remotePeerAddress.mapped) {
    case (.ipv4, let mapped?) where length >= 96:
      self.length = length - 96
      address = IPv6Address(mapping: mapped.masked(self.length))
    case (.ipv4, _):
      // A prefix so short that all of IPv4 is in it.
      guard length < 96, IPv6Address.unspecifiedIPv4.isIn(option.remotePeerAddress, length: length) else { return nil }
      self.length = 0
      address = .unspecifiedIPv4
    case (.ipv6, nil):
      self.length = length
      address = option.remotePeerAddress.masked(length)
    case (.ipv6, _?): return nil
    }
  }

  var shape: SetName.RemoteShape {
    let isHost = length == (family == .ipv4 ? 32 : 128)
    return isHost ? (port == 0 ? .host : .peer) : (port == 0 ? .prefix : .prefixAndPort)
  }

  /// As nftables writes it, to stand behind an outer end.
  var text: String {
    let place = shape.isInterval ? "\(address.plainText)/\(length)" : address.plainText
    return port == 0 ? place : "\(place) . \(port)"
  }

  func contains(_ other: RemoteFilter) -> Bool {
    family == other.family && length <= other.length && (port == 0 || port == other.port) && contains(other.address)
  }

  func contains(_ peer: PeerAddress) -> Bool { (port == 0 || port == peer.port) && contains(peer.address) }

  private func contains(_ other: IPv6Address) -> Bool {
    other.isIn(address, length: family == .ipv4 ? length + 96 : length)
  }

  /// What a mapping's filters let in, without those that others include: intervals of one set must not overlap.
  static func all(of mapping: Mapping, _ family: AddressFamily) -> [RemoteFilter] {
    let filters = mapping.filters.compactMap { RemoteFilter($0, family) }
    return filters.enumerated().filter { index, filter in
      !filters.enumerated().contains { other, candidate in
        other != index && candidate.contains(filter) && (candidate != filter || other < index)
      }
    }.map(\.element)
  }
}

extension IPv4Address {
  fileprivate func masked(_ length: Int) -> IPv4Address {
    length <= 0 ? .unspecified : IPv4Address(value & (UInt32.max << UInt32(32 - min(length, 32))))
  }
}

extension IPv6Address {
  fileprivate func masked(_ length: Int) -> IPv6Address {
    func mask(_ bits: Int) -> UInt64 { bits <= 0 ? 0 : UInt64.max << UInt64(64 - min(bits, 64)) }
    return IPv6Address(high: high & mask(length), low: low & mask(length - 64))
  }
}

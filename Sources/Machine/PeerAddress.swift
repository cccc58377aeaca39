public import Wire

/// Where a datagram comes from or goes to: an address and a port.
public struct PeerAddress: Sendable, Hashable {
  /// An IPv4 address as IPv4-mapped.
  public var address: IPv6Address
  public var port: UInt16
  /// The interface of a link-local IPv6 address, by its number on this host; 0 for others.
  public var scope: UInt32

  public init(_ address: IPv6Address, port: UInt16, scope: UInt32 = 0) {
    self.address = address
    self.port = port
    self.scope = scope
  }
}

extension PeerAddress: CustomStringConvertible {
  /// `192.0.2.1:5351` or `[2001:db8::1]:5351`.
  public var description: String {
    if let mapped = address.mapped { return "\(mapped):\(port)" }
    return scope == 0 ? "[\(address)]:\(port)" : "[\(address)%\(scope)]:\(port)"
  }
}

extension IPv6Address {
  /// As people write it: an IPv4-mapped address as IPv4.
  public var plainText: String { mapped.map { "\($0)" } ?? description }

  /// An IPv4 address, which becomes IPv4-mapped, or an IPv6 address; nil for anything else.
  public init?(plain text: some StringProtocol) {
    if let address = IPv4Address(text) {
      self.init(mapping: address)
    } else {
      self.init(text)
    }
  }

  /// Whether it addresses a group of hosts (RFC 4291 section 2.7, RFC 1112 section 4).
  public var isMulticast: Bool {
    if let mapped { return mapped.isIn(IPv4Address(224, 0, 0, 0), length: 4) }
    return high >> 56 == 0xFF
  }

  /// The address that stands for none in the same family: `::` or `::ffff:0.0.0.0`.
  public var unspecifiedOfFamily: IPv6Address { mapped == nil ? .unspecified : .unspecifiedIPv4 }
}

/// A range of addresses: those whose first bits are the same.
public struct AddressPrefix: Sendable, Hashable {
  public var address: IPv6Address
  /// Bits that must agree, the 96 in front of an IPv4 address included.
  public var length: Int

  public init(_ address: IPv6Address, length: Int) {
    self.address = address
    self.length = max(0, min(length, 128))
  }

  public func contains(_ other: IPv6Address) -> Bool { other.isIn(address, length: length) }
}

extension AddressPrefix: CustomStringConvertible {
  /// `192.0.2.0/24` or `2001:db8::/32`.
  public var description: String {
    address.mapped != nil && length >= 96 ? "\(address.plainText)/\(length - 96)" : "\(address)/\(length)"
  }

  /// An address, or an address, `/` and the number of bits that count; nil for anything else.
  public init?(_ text: some StringProtocol) {
    let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
    guard let first = parts.first, let address = IPv6Address(plain: first) else { return nil }
    let base = address.mapped == nil ? 0 : 96
    guard parts.count == 2 else {
      self.init(address, length: 128)
      return
    }
    guard let length = Int(parts[1]), parts[1].first != "+", length >= 0, base + length <= 128 else { return nil }
    self.init(address, length: base + length)
  }
}

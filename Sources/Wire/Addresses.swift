/// An IPv4 address.
public struct IPv4Address: Sendable, Hashable, BitwiseCopyable {
  /// The address as a number: 192.0.2.1 is 0xC0000201.
  public var value: UInt32

  @inlinable
  public init(_ value: UInt32) { self.value = value }

  @inlinable
  public init(_ a: UInt8, _ b: UInt8, _ c: UInt8, _ d: UInt8) {
    value = UInt32(a) << 24 | UInt32(b) << 16 | UInt32(c) << 8 | UInt32(d)
  }

  /// 0.0.0.0.
  @inlinable
  public static var unspecified: IPv4Address { IPv4Address(0) }

  /// The four octets in network order.
  public var octets: [UInt8] { (0..<4).map { UInt8(truncatingIfNeeded: value >> (24 - 8 * $0)) } }

  /// Whether the first `length` bits are those of `prefix`; `length` from 0 to 32.
  @inlinable
  public func isIn(_ prefix: IPv4Address, length: Int) -> Bool {
    length <= 0 || (value ^ prefix.value) >> UInt32(32 - min(length, 32)) == 0
  }
}

extension IPv4Address: CustomStringConvertible {
  public var description: String { asciiText { $0.write(self) } }

  /// Four decimal numbers with dots, without leading zeros; nil for anything else.
  public init?(_ text: some StringProtocol) {
    let parts = text.split(separator: ".", omittingEmptySubsequences: false)
    guard parts.count == 4 else { return nil }
    value = 0
    for part in parts {
      guard let octet = UInt8(part), part.utf8.first != UInt8(ascii: "+"), part == "\(octet)" else { return nil }
      value = value << 8 | UInt32(octet)
    }
  }
}

/// An IPv6 address, IPv4-mapped ones (`::ffff:192.0.2.1`) among them.
public struct IPv6Address: Sendable, Hashable, BitwiseCopyable {
  /// The first 64 bits.
  public var high: UInt64
  /// The last 64 bits.
  public var low: UInt64

  @inlinable
  public init(high: UInt64, low: UInt64) {
    self.high = high
    self.low = low
  }

  /// The IPv4-mapped form of an IPv4 address (RFC 4291 section 2.5.5.2).
  @inlinable
  public init(mapping address: IPv4Address) {
    high = 0
    low = 0xFFFF_0000_0000 | UInt64(address.value)
  }

  /// `::`.
  @inlinable
  public static var unspecified: IPv6Address { IPv6Address(high: 0, low: 0) }

  /// `::ffff:0.0.0.0`.
  @inlinable
  public static var unspecifiedIPv4: IPv6Address { IPv6Address(mapping: .unspecified) }

  /// The IPv4 address that this one maps; nil when it is not IPv4-mapped.
  @inlinable
  public var mapped: IPv4Address? {
    high == 0 && low >> 32 == 0xFFFF ? IPv4Address(UInt32(truncatingIfNeeded: low)) : nil
  }

  /// Whether it is `::` or `::ffff:0.0.0.0`.
  @inlinable
  public var isUnspecified: Bool { self == .unspecified || self == .unspecifiedIPv4 }

  /// The sixteen octets in network order.
  public var octets: [UInt8] {
    (0..<16).map { UInt8(truncatingIfNeeded: ($0 < 8 ? high : low) >> (56 - 8 * UInt64($0 & 7))) }
  }

  /// Sixteen octets in network order; nil for another number of them.
  public init?(octets: some Collection<UInt8>) {
    guard octets.count == 16 else { return nil }
    high = octets.prefix(8).reduce(0) { $0 << 8 | UInt64($1) }
    low = octets.suffix(8).reduce(0) { $0 << 8 | UInt64($1) }
  }

  /// Whether the first `length` bits are those of `prefix`; `length` from 0 to 128.
  @inlinable
  public func isIn(_ prefix: IPv6Address, length: Int) -> Bool {
    if length <= 0 { return true }
    if length <= 64 { return (high ^ prefix.high) >> UInt64(64 - length) == 0 }
    return high == prefix.high && (low ^ prefix.low) >> UInt64(128 - min(length, 128)) == 0
  }
}

extension IPv6Address: CustomStringConvertible {
  /// The form of RFC 5952; IPv4-mapped addresses as `::ffff:192.0.2.1`.
  public var description: String { asciiText { $0.write(self) } }

  /// Any text form of RFC 4291 section 2.2; nil for anything else.
  public init?(_ text: some StringProtocol) {
    let halves = splitAtDoubleColon(Array(text.utf8))
    guard let first = parseGroups(halves.0) else { return nil }
    var groups = first
    if let second = halves.1 {
      guard let last = parseGroups(second), first.count + last.count < 8 else { return nil }
      groups += Array(repeating: 0, count: 8 - first.count - last.count) + last
    }
    guard groups.count == 8 else { return nil }
    high = groups.prefix(4).reduce(0) { $0 << 16 | UInt64($1) }
    low = groups.suffix(4).reduce(0) { $0 << 16 | UInt64($1) }
  }
}

/// What stands before and behind the first `::`; the second is nil when there is none.
private func splitAtDoubleColon(_ text: [UInt8]) -> ([UInt8], [UInt8]?) {
  let colon = UInt8(ascii: ":")
  for index in text.indices.dropLast() where text[index] == colon && text[index + 1] == colon {
    return (Array(text[..<index]), Array(text[(index + 2)...]))
  }
  return (text, nil)
}

/// Groups of up to four hexadecimal digits between colons, the last perhaps an IPv4 address.
private func parseGroups(_ text: [UInt8]) -> [UInt16]? {
  if text.isEmpty { return [] }
  let parts = text.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
  var groups: [UInt16] = []
  for (index, part) in parts.enumerated() {
    let word = String(decoding: part, as: UTF8.self)
    if index == parts.count - 1, part.contains(UInt8(ascii: ".")) {
      guard let address = IPv4Address(word) else { return nil }
      groups.append(UInt16(truncatingIfNeeded: address.value >> 16))
      groups.append(UInt16(truncatingIfNeeded: address.value))
    } else {
      guard (1...4).contains(part.count), part.first != UInt8(ascii: "+"), let group = UInt16(word, radix: 16)
      else { return nil }
      groups.append(group)
    }
  }
  return groups.count <= 8 ? groups : nil
}

/// A 48-bit MAC address.
public struct MACAddress: Sendable, Hashable, BitwiseCopyable {
  /// The six octets in the order they are sent.
  public var octets: Octets<6>

  @inlinable
  public init(_ octets: Octets<6>) { self.octets = octets }
}

extension MACAddress: CustomStringConvertible {
  /// `00:1b:21:3c:9d:f8`.
  public var description: String {
    octets.array.map { hexadecimal(CollectionOfOne($0)) }.joined(separator: ":")
  }

  /// Six pairs of hexadecimal digits with colons; nil for anything else.
  public init?(_ text: some StringProtocol) {
    let parts = text.split(separator: ":", omittingEmptySubsequences: false)
    let octets = parts.compactMap { part in
      part.utf8.count == 2 && part.utf8.first != UInt8(ascii: "+") ? UInt8(part, radix: 16) : nil
    }
    guard parts.count == 6, let six = Octets<6>(octets) else { return nil }
    self.octets = six
  }
}

// Integers of 3, 5, 6 and 7 octets, which no load or store of the machine fits.

extension RawSpan {
  /// The big-endian number of `count` octets, 1 to 8, at `offset`.
  @inlinable
  public func big(_ offset: Int, count: Int) -> UInt64 {
    var value: UInt64 = 0
    for index in offset..<offset &+ count { value = value << 8 | UInt64(big(index, as: UInt8.self)) }
    return value
  }

  /// The little-endian number of `count` octets, 1 to 8, at `offset`.
  @inlinable
  public func little(_ offset: Int, count: Int) -> UInt64 {
    var value: UInt64 = 0
    for index in (offset..<offset &+ count).reversed() { value = value << 8 | UInt64(big(index, as: UInt8.self)) }
    return value
  }

  /// Whether `count` octets at `offset` all have one value.
  @inlinable
  public func isFilled(_ offset: Int, count: Int, with value: UInt8) -> Bool {
    for index in offset..<offset &+ count where big(index, as: UInt8.self) != value { return false }
    return true
  }

  /// Whether any of `count` octets at `offset` is zero.
  @inlinable
  public func hasZero(_ offset: Int, count: Int) -> Bool {
    for index in offset..<offset &+ count where big(index, as: UInt8.self) == 0 { return true }
    return false
  }

  /// Whether `count` octets at `offset` are all below 128.
  @inlinable
  public func isASCII(_ offset: Int, count: Int) -> Bool {
    for index in offset..<offset &+ count where big(index, as: UInt8.self) > 127 { return false }
    return true
  }

  /// How many of `count` octets at `offset` stand before the first that is `end`; all when none is.
  @inlinable
  public func count(before end: UInt8, _ offset: Int, count: Int) -> Int {
    for index in 0..<count where big(offset &+ index, as: UInt8.self) == end { return index }
    return count
  }

  /// A copy of the octets; one allocation, none when there are none.
  @inlinable
  public var array: [UInt8] { array(0, count: byteCount) }

  /// Whether the octets are those of another span.
  @inlinable
  public func isEqual(to other: RawSpan) -> Bool {
    guard byteCount == other.byteCount else { return false }
    for index in 0..<byteCount where big(index, as: UInt8.self) != other.big(index, as: UInt8.self) { return false }
    return true
  }

  /// The IPv6 address at `offset`.
  @inlinable
  public func ipv6(_ offset: Int) -> IPv6Address {
    IPv6Address(high: big(offset), low: big(offset &+ 8))
  }

  /// The IPv4 address at `offset`.
  @inlinable
  public func ipv4(_ offset: Int) -> IPv4Address { IPv4Address(big(offset)) }

  /// The MAC address at `offset`.
  @inlinable
  public func mac(_ offset: Int) -> MACAddress { MACAddress(fixedOctets(offset)) }

  /// Octets that need not be text at `offset`.
  @inlinable
  public func wireString(_ offset: Int, count: Int) -> WireString { WireString(octets: array(offset, count: count)) }

  /// Whether `count` octets at `offset` are well-formed UTF-8.
  @inlinable
  public func isText(_ offset: Int, count: Int) -> Bool {
    var index = offset
    let end = offset &+ count
    while index < end {
      let first = big(index, as: UInt8.self)
      if first < 0x80 {
        index &+= 1
        continue
      }
      // Unicode 16, table 3-7: how many octets follow, and what the first of them may be.
      let (following, low, high): (Int, UInt8, UInt8)
      switch first {
      case 0xC2...0xDF: (following, low, high) = (1, 0x80, 0xBF)
      case 0xE0: (following, low, high) = (2, 0xA0, 0xBF)
      case 0xE1...0xEC, 0xEE, 0xEF: (following, low, high) = (2, 0x80, 0xBF)
      case 0xED: (following, low, high) = (2, 0x80, 0x9F)
      case 0xF0: (following, low, high) = (3, 0x90, 0xBF)
      case 0xF1...0xF3: (following, low, high) = (3, 0x80, 0xBF)
      case 0xF4: (following, low, high) = (3, 0x80, 0x8F)
      default: return false
      }
      guard following < end &- index else { return false }
      let second = big(index &+ 1, as: UInt8.self)
      guard second >= low, second <= high else { return false }
      for place in 1...following where big(index &+ place, as: UInt8.self) & 0xC0 != 0x80 { return false }
      index &+= following &+ 1
    }
    return true
  }
}

extension OutputRawSpan {
  /// Appends the last `count` octets, 1 to 8, of a number, the most significant first.
  @_lifetime(self: copy self)
  @inlinable
  public mutating func big(_ value: UInt64, count: Int) {
    for index in (0..<count).reversed() { big(UInt8(truncatingIfNeeded: value >> UInt64(8 &* index))) }
  }

  /// Appends the last `count` octets, 1 to 8, of a number, the least significant first.
  @_lifetime(self: copy self)
  @inlinable
  public mutating func little(_ value: UInt64, count: Int) {
    for index in 0..<count { big(UInt8(truncatingIfNeeded: value >> UInt64(8 &* index))) }
  }

  /// Appends `count` octets of one value.
  @_lifetime(self: copy self)
  @inlinable
  public mutating func fill(_ value: UInt8, count: Int) {
    for _ in 0..<count { big(value) }
  }

  /// Appends octets.
  @_lifetime(self: copy self)
  @inlinable
  public mutating func octets(_ octets: [UInt8]) {
    for index in octets.indices { big(octets[index]) }
  }

  /// Appends the UTF-8 of text.
  @_lifetime(self: copy self)
  @inlinable
  public mutating func octets(_ octets: String.UTF8View) {
    for octet in octets { big(octet) }
  }

  /// Appends as many octets as there is room for, and fills what is left of the room.
  @_lifetime(self: copy self)
  @inlinable
  public mutating func octets(_ octets: [UInt8], room: Int, fill: UInt8) {
    let count = min(octets.count, room)
    for index in 0..<count { big(octets[index]) }
    self.fill(fill, count: room &- count)
  }

  /// Appends as much of the UTF-8 of text as there is room for, and fills what is left of the room.
  @_lifetime(self: copy self)
  @inlinable
  public mutating func octets(_ octets: String.UTF8View, room: Int, fill: UInt8) {
    var left = room
    for octet in octets where left > 0 {
      big(octet)
      left &-= 1
    }
    self.fill(fill, count: left)
  }

  /// Replaces octets already written, at `start`, with the last `count` octets of a number.
  @_lifetime(self: copy self)
  @inlinable
  public mutating func replace(at start: Int, with value: UInt64, count: Int, isLittleEndian: Bool) {
    var written = mutableBytes
    for index in 0..<count {
      let shift = 8 &* (isLittleEndian ? index : count &- 1 &- index)
      written.storeBytes(of: UInt8(truncatingIfNeeded: value >> UInt64(shift)), toByteOffset: start &+ index, as: UInt8.self)
    }
  }

  @_lifetime(self: copy self)
  @inlinable
  public mutating func ipv4(_ address: IPv4Address) { big(address.value) }

  @_lifetime(self: copy self)
  @inlinable
  public mutating func ipv6(_ address: IPv6Address) {
    big(address.high)
    big(address.low)
  }

  @_lifetime(self: copy self)
  @inlinable
  public mutating func mac(_ address: MACAddress) { fixedOctets(address.octets) }
}

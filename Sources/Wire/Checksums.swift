// Checksums over a part of some octets. Those of the checksum itself, which are not yet known when it is computed, count
// as zero: `own` says where they are, and need not be in the range. Both ranges are clamped to the octets there are.

/// How a checksum is computed.
public enum ChecksumAlgorithm: String, Sendable, Hashable, CaseIterable {
  case internet, sum8, xor8, crc16, crc32, crc32c

  /// The checksum of some octets, those in `own` counted as zero.
  package func sum(of octets: RawSpan, _ range: Range<Int>, without own: Range<Int> = 0..<0) -> UInt32 {
    switch self {
    case .internet: UInt32(octets.internetChecksum(range, without: own))
    case .sum8: UInt32(octets.sum8(range, without: own))
    case .xor8: UInt32(octets.xor8(range, without: own))
    case .crc16: UInt32(octets.crc16(range, without: own))
    case .crc32: octets.crc32(range, without: own)
    case .crc32c: octets.crc32c(range, without: own)
    }
  }

  /// The checksum of the octets up to the end of a range, from that of those before it.
  ///
  /// - Parameter previous: of an even number of octets where the words are of two.
  package func sum(of octets: RawSpan, _ range: Range<Int>, after previous: UInt32) -> UInt32 {
    switch self {
    case .internet: UInt32(octets.internetChecksum(range, after: UInt16(truncatingIfNeeded: previous)))
    case .sum8: UInt32(octets.sum8(range) &+ UInt8(truncatingIfNeeded: previous))
    case .xor8: UInt32(octets.xor8(range) ^ UInt8(truncatingIfNeeded: previous))
    case .crc16: UInt32(octets.crc16(range, after: UInt16(truncatingIfNeeded: previous)))
    case .crc32: octets.crc32(range, after: previous)
    case .crc32c: octets.crc32c(range, after: previous)
    }
  }
}

extension RawSpan {
  /// The checksum of RFC 1071: the complement of the ones' complement sum of the 16-bit big-endian words; an odd octet at
  /// the end counts as the first of a word whose second is zero.
  public func internetChecksum(_ range: Range<Int>, without own: Range<Int> = 0..<0) -> UInt16 {
    let (range, own) = clamped(range, own)
    var sum: UInt64 = 0
    for index in range where index < own.lowerBound || index >= own.upperBound {
      let octet = UInt64(big(index, as: UInt8.self))
      sum &+= (index &- range.lowerBound) & 1 == 0 ? octet << 8 : octet
    }
    // The sum of fewer than 2^48 words: three rounds fold it into 16 bits.
    while sum >> 16 != 0 { sum = sum & 0xFFFF &+ sum >> 16 }
    return ~UInt16(truncatingIfNeeded: sum)
  }

  /// The sum of the octets, modulo 256.
  public func sum8(_ range: Range<Int>, without own: Range<Int> = 0..<0) -> UInt8 {
    let (range, own) = clamped(range, own)
    var sum: UInt8 = 0
    for index in range where index < own.lowerBound || index >= own.upperBound { sum &+= big(index, as: UInt8.self) }
    return sum
  }

  /// The exclusive or of the octets.
  public func xor8(_ range: Range<Int>, without own: Range<Int> = 0..<0) -> UInt8 {
    let (range, own) = clamped(range, own)
    var sum: UInt8 = 0
    for index in range where index < own.lowerBound || index >= own.upperBound { sum ^= big(index, as: UInt8.self) }
    return sum
  }

  /// CRC-16/ARC: polynomial 0x8005, reflected, starting from 0.
  public func crc16(_ range: Range<Int>, without own: Range<Int> = 0..<0) -> UInt16 {
    UInt16(truncatingIfNeeded: remainder(range, own, CyclicTable.crc16, start: 0))
  }

  /// CRC-32 of IEEE 802.3: polynomial 0x04C11DB7, reflected, starting from and combined with all ones.
  public func crc32(_ range: Range<Int>, without own: Range<Int> = 0..<0) -> UInt32 {
    ~remainder(range, own, CyclicTable.crc32, start: .max)
  }

  /// CRC-32C of RFC 3720: polynomial 0x1EDC6F41, reflected, starting from and combined with all ones.
  public func crc32c(_ range: Range<Int>, without own: Range<Int> = 0..<0) -> UInt32 {
    ~remainder(range, own, CyclicTable.crc32c, start: .max)
  }

  /// The checksum of the octets up to the end of a range, from that of those before it.
  ///
  /// - Parameter previous: of an even number of octets.
  package func internetChecksum(_ range: Range<Int>, after previous: UInt16) -> UInt16 {
    let sum = UInt32(~previous) + UInt32(~internetChecksum(range))
    return ~UInt16(truncatingIfNeeded: sum & 0xFFFF + sum >> 16)
  }

  /// The checksum of the octets up to the end of a range, from that of those before it.
  package func crc16(_ range: Range<Int>, after previous: UInt16) -> UInt16 {
    UInt16(truncatingIfNeeded: remainder(range, 0..<0, CyclicTable.crc16, start: UInt32(previous)))
  }

  /// The checksum of the octets up to the end of a range, from that of those before it.
  package func crc32(_ range: Range<Int>, after previous: UInt32) -> UInt32 {
    ~remainder(range, 0..<0, CyclicTable.crc32, start: ~previous)
  }

  /// The checksum of the octets up to the end of a range, from that of those before it.
  package func crc32c(_ range: Range<Int>, after previous: UInt32) -> UInt32 {
    ~remainder(range, 0..<0, CyclicTable.crc32c, start: ~previous)
  }

  private func clamped(_ range: Range<Int>, _ own: Range<Int>) -> (Range<Int>, Range<Int>) {
    let range = range.clamped(to: 0..<byteCount)
    return (range, own.clamped(to: range))
  }

  /// The register of a reflected cyclic redundancy check behind the last octet.
  private func remainder(
    _ range: Range<Int>, _ own: Range<Int>, _ table: borrowing InlineArray<256, UInt32>, start: UInt32
  ) -> UInt32 {
    let (range, own) = clamped(range, own)
    var register = start
    for index in range {
      let isOwn = index >= own.lowerBound && index < own.upperBound
      let octet: UInt8 = isOwn ? 0 : big(index, as: UInt8.self)
      register = table[Int((register ^ UInt32(octet)) & 0xFF)] ^ register >> 8
    }
    return register
  }
}

/// What each octet adds to the register of a cyclic redundancy check; in place, so that none is on the heap.
private enum CyclicTable {
  static let crc16 = table(of: 0xA001)
  static let crc32 = table(of: 0xEDB8_8320)
  static let crc32c = table(of: 0x82F6_3B78)

  /// - Parameter polynomial: its bits reflected.
  private static func table(of polynomial: UInt32) -> InlineArray<256, UInt32> {
    InlineArray { index in
      var register = UInt32(truncatingIfNeeded: index)
      for _ in 0..<8 { register = register & 1 == 1 ? register >> 1 ^ polynomial : register >> 1 }
      return register
    }
  }
}

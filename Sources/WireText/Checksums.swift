import Wire

extension IntegerShape.ChecksumAlgorithm {
  /// The checksum of octets, those in `own` counted as zero.
  func sum(of octets: [UInt8], _ range: Range<Int>, without own: Range<Int>) -> UInt64 {
    octets.withRawSpan { octets in
      switch self {
      case .internet: UInt64(octets.internetChecksum(range, without: own))
      case .sum8: UInt64(octets.sum8(range, without: own))
      case .xor8: UInt64(octets.xor8(range, without: own))
      case .crc16: UInt64(octets.crc16(range, without: own))
      case .crc32: UInt64(octets.crc32(range, without: own))
      case .crc32c: UInt64(octets.crc32c(range, without: own))
      }
    }
  }
}

/// The checksum of a message's first octets, which is asked for further and further on.
struct PrefixChecksum {
  private let algorithm: IntegerShape.ChecksumAlgorithm
  private var count = 0
  private var sum: UInt64

  init(_ algorithm: IntegerShape.ChecksumAlgorithm) {
    self.algorithm = algorithm
    sum = algorithm.sum(of: [], 0..<0, without: 0..<0)
  }

  /// The checksum of the octets before `end`.
  mutating func extended(to end: Int, of octets: [UInt8]) -> UInt64 {
    if end < count { return algorithm.sum(of: octets, 0..<end, without: 0..<0) }
    // Its words are of two octets.
    let whole = algorithm == .internet ? end & ~1 : end
    sum = octets.withRawSpan { algorithm.sum(of: $0, count..<whole, after: sum) }
    count = whole
    return whole == end ? sum : octets.withRawSpan { algorithm.sum(of: $0, whole..<end, after: sum) }
  }
}

/// Where a checksum over what is before it may be: as deep as others, behind which it is.
struct ChecksumPlace: Hashable {
  var algorithm: IntegerShape.ChecksumAlgorithm
  /// How many bodies, arrays and lists it is in.
  var depth: Int
}

extension IntegerShape.ChecksumAlgorithm {
  /// The checksum of the octets up to the end of a range, from that of those before it.
  fileprivate func sum(of octets: RawSpan, _ range: Range<Int>, after previous: UInt64) -> UInt64 {
    switch self {
    case .internet: UInt64(octets.internetChecksum(range, after: UInt16(truncatingIfNeeded: previous)))
    case .sum8: UInt64(octets.sum8(range) &+ UInt8(truncatingIfNeeded: previous))
    case .xor8: UInt64(octets.xor8(range) ^ UInt8(truncatingIfNeeded: previous))
    case .crc16: UInt64(octets.crc16(range, after: UInt16(truncatingIfNeeded: previous)))
    case .crc32: UInt64(octets.crc32(range, after: UInt32(truncatingIfNeeded: previous)))
    case .crc32c: UInt64(octets.crc32c(range, after: UInt32(truncatingIfNeeded: previous)))
    }
  }
}

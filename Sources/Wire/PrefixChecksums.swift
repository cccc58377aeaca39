/// Checksums over what a message has before a place, which elements ask for one after the other.
///
/// What was summed up for one place is gone on from for the next, so that many elements take no more work than the octets.
/// A place that lies before the last one, that of an element around those asked for, goes on from the nearest before it.
@usableFromInline package struct PrefixChecksums: Sendable {
  private struct Known {
    var algorithm: ChecksumAlgorithm
    var end: Int
    var sum: UInt32
  }

  /// With ends that rise; empty, and without memory of its own, until the first is asked for.
  private var known: [Known] = []

  @usableFromInline package init() {}

  /// The checksum of the octets before `end`.
  package mutating func sum(_ algorithm: ChecksumAlgorithm, of message: RawSpan, before end: Int) -> UInt32 {
    while let last = known.last, last.end > end { known.removeLast() }
    let last = known.last { $0.algorithm == algorithm }
    let start = last?.end ?? 0
    // The words of an internet checksum are of two octets: only a sum of whole ones can be gone on from.
    let whole = algorithm == .internet ? end & ~1 : end
    var sum = last?.sum ?? algorithm.sum(of: message, 0..<0)
    if whole > start {
      sum = algorithm.sum(of: message, start..<whole, after: sum)
      known.append(Known(algorithm: algorithm, end: whole, sum: sum))
    }
    return whole == end ? sum : algorithm.sum(of: message, whole..<end, after: sum)
  }
}

extension Check {
  /// The checksum of RFC 1071 of what the message has before a place.
  public mutating func internetChecksum(of message: RawSpan, before end: Int) -> UInt16 {
    UInt16(truncatingIfNeeded: sums.sum(.internet, of: message, before: end))
  }

  /// The sum, modulo 256, of what the message has before a place.
  public mutating func sum8(of message: RawSpan, before end: Int) -> UInt8 {
    UInt8(truncatingIfNeeded: sums.sum(.sum8, of: message, before: end))
  }

  /// The exclusive or of what the message has before a place.
  public mutating func xor8(of message: RawSpan, before end: Int) -> UInt8 {
    UInt8(truncatingIfNeeded: sums.sum(.xor8, of: message, before: end))
  }

  /// The CRC-16/ARC of what the message has before a place.
  public mutating func crc16(of message: RawSpan, before end: Int) -> UInt16 {
    UInt16(truncatingIfNeeded: sums.sum(.crc16, of: message, before: end))
  }

  /// The CRC-32 of what the message has before a place.
  public mutating func crc32(of message: RawSpan, before end: Int) -> UInt32 { sums.sum(.crc32, of: message, before: end) }

  /// The CRC-32C of what the message has before a place.
  public mutating func crc32c(of message: RawSpan, before end: Int) -> UInt32 { sums.sum(.crc32c, of: message, before: end) }
}

import Wire

extension ChecksumAlgorithm {
  /// The checksum of octets, those in `own` counted as zero.
  func sum(of octets: [UInt8], _ range: Range<Int>, without own: Range<Int>) -> UInt64 {
    octets.withRawSpan { UInt64(sum(of: $0, range, without: own)) }
  }
}

extension PrefixChecksums {
  /// The checksum of the octets before `end`.
  mutating func sum(_ algorithm: ChecksumAlgorithm, of message: [UInt8], before end: Int) -> UInt64 {
    message.withRawSpan { UInt64(sum(algorithm, of: $0, before: end)) }
  }
}

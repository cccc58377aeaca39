/// What encoding remembers of a message for its checksums that are put in when everything else is written.
///
/// A checksum over what stands before it covers lengths too, and a length is known when what it counts is written. Without
/// such checksums nothing is remembered, and with one there is no memory taken for it.
public struct MessageWriting {
  /// A checksum whose place is filled with zeros until then.
  private struct Waiting {
    var algorithm: ChecksumAlgorithm
    var range: Range<Int>
    var place: Int
    var count: Int
    var isLittleEndian: Bool
    var mask: UInt64

    func put(_ sum: UInt32, into output: inout OutputRawSpan) {
      output.replace(at: place, with: UInt64(sum) ^ mask, count: count, isLittleEndian: isLittleEndian)
    }
  }

  /// Where the message starts in the output.
  private let start: Int
  private var first: Waiting?
  private var others: [Waiting] = []

  /// - Parameter start: where the message starts in the output.
  public init(from start: Int) { self.start = start }

  /// Takes note of a checksum whose `count` octets are the next of the output, and writes zeros for them.
  ///
  /// - Parameters:
  ///   - end: where in the output that ends which is covered; it starts with the message.
  ///   - mask: what the checksum is combined with by exclusive or.
  public mutating func checksum(
    _ algorithm: ChecksumAlgorithm, before end: Int, count: Int, isLittleEndian: Bool, mask: UInt64,
    into output: inout OutputRawSpan
  ) {
    let range = start..<Swift.max(start, end)
    note(
      Waiting(
        algorithm: algorithm, range: range, place: output.byteCount, count: count, isLittleEndian: isLittleEndian, mask: mask))
    output.fill(0, count: count)
  }

  /// Takes note of a checksum over the octets of the output from `start` on, its own among them.
  ///
  /// - Parameters:
  ///   - place: where its own octets are, which are zero.
  ///   - mask: what the checksum is combined with by exclusive or.
  public mutating func checksum(
    _ algorithm: ChecksumAlgorithm, from start: Int, at place: Int, count: Int, isLittleEndian: Bool, mask: UInt64,
    in output: borrowing OutputRawSpan
  ) {
    note(
      Waiting(
        algorithm: algorithm, range: start..<output.byteCount, place: place, count: count, isLittleEndian: isLittleEndian,
        mask: mask))
  }

  private mutating func note(_ checksum: Waiting) {
    if first == nil { first = checksum } else { others.append(checksum) }
  }

  /// Puts the checksums in, now that the message is written: those first which others cover.
  public mutating func settle(in output: inout OutputRawSpan) {
    guard let first else { return }
    self.first = nil
    if others.isEmpty {
      let sum = first.algorithm.sum(of: output.bytes, first.range)
      return first.put(sum, into: &output)
    }
    others.append(first)
    // One that covers another ends later, or starts earlier.
    others.sort { ($0.range.upperBound, -$0.range.lowerBound) < ($1.range.upperBound, -$1.range.lowerBound) }
    var sums = PrefixChecksums()
    for checksum in others {
      let sum = sum(checksum, of: output.bytes, &sums)
      checksum.put(sum, into: &output)
    }
    others.removeAll()
  }

  private func sum(_ checksum: Waiting, of octets: RawSpan, _ sums: inout PrefixChecksums) -> UInt32 {
    guard checksum.range.lowerBound == start else { return checksum.algorithm.sum(of: octets, checksum.range) }
    let end = checksum.range.upperBound &- start
    return sums.sum(checksum.algorithm, of: octets.extracting(droppingFirst: start), before: end)
  }
}

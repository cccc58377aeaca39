/// The ports of one protocol at one external address: which are taken, one bit each.
///
/// Looking for a free port costs at most as many steps as there are words, whatever is taken.
struct PortSpace: Sendable {
  private static let wordCount = 1024

  private var words = [UInt64](repeating: 0, count: wordCount)
  /// Ports that are never given, whoever asks.
  private var reserved = [UInt64](repeating: 0, count: wordCount)
  /// How many ports are taken.
  private(set) var taken = 0

  init(reserved ports: some Sequence<UInt16>) { reserve(ports) }

  /// Replaces the ports that are never given.
  mutating func reserve(_ ports: some Sequence<UInt16>) {
    reserved = [UInt64](repeating: 0, count: Self.wordCount)
    for port in ports { reserved[Int(port) / 64] |= 1 << UInt64(port % 64) }
  }

  mutating func take(_ port: UInt16) {
    let bit: UInt64 = 1 << UInt64(port % 64)
    if words[Int(port) / 64] & bit == 0 { taken += 1 }
    words[Int(port) / 64] |= bit
  }

  mutating func free(_ port: UInt16) {
    let bit: UInt64 = 1 << UInt64(port % 64)
    if words[Int(port) / 64] & bit != 0 { taken -= 1 }
    words[Int(port) / 64] &= ~bit
  }

  /// The ports that are taken, or never given, in either space.
  func joined(with other: PortSpace) -> PortSpace {
    var both = self
    for index in words.indices {
      both.words[index] |= other.words[index]
      both.reserved[index] |= other.reserved[index]
    }
    return both
  }

  /// Consecutive free ports: as many as wanted, or else as many as there are anywhere in the range.
  ///
  /// - Parameters:
  ///   - start: where to look first.
  ///   - isOdd: whether the first of them must be odd; nil when it may be either.
  func run(of count: Int, from start: UInt16, in range: ClosedRange<UInt16>, isOdd: Bool? = nil) -> (first: UInt16, count: Int)? {
    var best: (first: UInt16, count: Int)?
    let last = Int(range.upperBound)
    for begin in [min(max(start, range.lowerBound), range.upperBound), range.lowerBound] {
      var port = Int(begin)
      while var first = next(port, through: last, taken: false) {
        let end = next(first, through: last, taken: true) ?? last + 1
        if let isOdd, (first % 2 == 1) != isOdd { first += 1 }
        let length = min(end - first, count)
        if length > best?.count ?? 0 { best = (UInt16(first), length) }
        if length == count { return best }
        port = end
      }
    }
    return best
  }

  /// The first port from `port` on that is taken, or free.
  private func next(_ port: Int, through last: Int, taken: Bool) -> Int? {
    if port > last { return nil }
    var index = port / 64
    var bits = word(index, taken) & (UInt64.max << UInt64(port % 64))
    while bits == 0 {
      index += 1
      if index * 64 > last { return nil }
      bits = word(index, taken)
    }
    let found = index * 64 + bits.trailingZeroBitCount
    return found <= last ? found : nil
  }

  private func word(_ index: Int, _ taken: Bool) -> UInt64 {
    let word = words[index] | reserved[index]
    return taken ? word : ~word
  }
}

/// Puts the segments of one direction of a TCP connection in order.
///
/// What it holds is bounded: what comes behind a gap waits until the gap is filled, or until too much waits.
struct StreamAssembler: Sendable {
  /// Octets, and segments, that may wait behind a gap.
  static let waitingLimit = 1 << 18
  static let waitingSegments = 256

  /// Octets in order that have not been taken.
  private(set) var octets: [UInt8] = []
  private var taken = 0
  /// Sequence number of the octet behind the last; nil before the first segment.
  private var next: UInt32?
  /// In the order of their sequence numbers.
  private var waiting: [(sequence: UInt32, octets: ArraySlice<UInt8>)] = []
  private var waitingCount = 0

  /// Takes a segment.
  ///
  /// - Returns: whether octets before it are given up: what was there of a message then is nothing.
  mutating func add(_ octets: ArraySlice<UInt8>, _ header: TCPHeader) -> Bool {
    // The first segment of a connection counts as an octet.
    let sequence = header.isFirst ? header.sequence &+ 1 : header.sequence
    if header.isFirst { self = StreamAssembler() }
    let expected = next ?? sequence
    if next == nil { next = sequence }
    guard !octets.isEmpty else { return false }
    guard Self.distance(from: expected, to: sequence) > 0 else {
      append(octets, sequence)
      appendWaiting()
      return false
    }
    wait(octets, sequence)
    guard waitingCount > Self.waitingLimit || waiting.count > Self.waitingSegments else { return false }
    return giveUpGap()
  }

  /// Gives up what is missing before the octets that wait, if any do.
  ///
  /// - Returns: whether there was such a gap.
  mutating func giveUpGap() -> Bool {
    guard let first = waiting.first else { return false }
    discard()
    next = first.sequence
    appendWaiting()
    return true
  }

  /// Octets in order that have not been taken.
  var available: ArraySlice<UInt8> { octets[taken...] }

  /// Takes the first octets away.
  mutating func take(_ count: Int) {
    taken += count
    guard taken > octets.count / 2 else { return }
    octets.removeFirst(taken)
    taken = 0
  }

  /// Takes all away that is there.
  mutating func discard() {
    octets = []
    taken = 0
  }

  private static func distance(from first: UInt32, to second: UInt32) -> Int { Int(Int32(bitPattern: second &- first)) }

  /// Appends what has not been appended before: segments come again.
  private mutating func append(_ octets: ArraySlice<UInt8>, _ sequence: UInt32) {
    let known = -Self.distance(from: next ?? sequence, to: sequence)
    guard known < octets.count else { return }
    self.octets += octets.dropFirst(known)
    next = sequence &+ UInt32(octets.count)
  }

  private mutating func appendWaiting() {
    while let first = waiting.first, Self.distance(from: next ?? first.sequence, to: first.sequence) <= 0 {
      waiting.removeFirst()
      waitingCount -= first.octets.count
      append(first.octets, first.sequence)
    }
  }

  private mutating func wait(_ octets: ArraySlice<UInt8>, _ sequence: UInt32) {
    let place = waiting.firstIndex { Self.distance(from: $0.sequence, to: sequence) < 0 } ?? waiting.count
    waiting.insert((sequence, octets), at: place)
    waitingCount += octets.count
  }
}

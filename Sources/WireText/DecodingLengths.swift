import Wire

/// A length that has been read.
struct LengthFound {
  var member: MemberPlan
  var value: Int128
  var start: Int
}

/// A checksum that has been read.
struct ChecksumFound {
  var member: MemberPlan
  var value: UInt64
  /// Its own octets.
  var range: Range<Int>
  var algorithm: ChecksumAlgorithm
  var xor: UInt64
}

extension DecodingRun {
  /// What follows from a number that is computed on encoding.
  mutating func computed(
    _ value: Int128, _ member: MemberPlan, _ plan: IntegerPlan, at start: Int, in frame: DecodingFrame
  ) throws(Stop) {
    guard let computed = plan.shape.computed, let frame = frame as? BodyFrame else { return }
    let found = LengthFound(member: member, value: value, start: start)
    switch computed {
    case .rest(let unit, let plus):
      try limit(found, to: Int128(position) + value * Int128(unit) - Int128(plus), in: frame)
    case .message(let unit, let plus):
      guard frame.isMessage else { return }
      try limit(found, to: value * Int128(unit) - Int128(plus), in: frame)
    case .element:
      guard frame.isOutermost else { return }
      // Members of the header that are there sometimes decide what a length of the value says.
      if frame.body.definition.lengthIsOfWhole || frame.body.definition.hasFixedHeader {
        try compare(found, of: frame)
      } else {
        frame.pendingLength = found
      }
    case .checksum(let algorithm, let scope, let xor):
      let range = start..<position
      let raw = UInt64(truncatingIfNeeded: value)
      try checksum(
        ChecksumFound(member: member, value: raw, range: range, algorithm: algorithm, xor: xor), scope, in: frame)
    case .size, .count, .presence: break
    }
  }

  /// The container of the body ends where a length says.
  private mutating func limit(_ length: LengthFound, to limit: Int128, in frame: BodyFrame) throws(Stop) {
    if case .header = frame.purpose { return }
    guard limit >= Int128(position), limit <= Int128(end) else {
      try stop(.length, at: length.start, length.member.name, code: frame.code(of: length.member))
    }
    frame.limit(&self, to: Int(limit))
  }

  /// The length of an element that is decoded alone says what is there; of a prefix, it says where the element ends.
  mutating func compare(_ length: LengthFound, of frame: BodyFrame) throws(Stop) {
    guard case .integer(let plan) = length.member.kind,
      case .element(let unit, let plus, let countsHeader, let countsPadding) = plan.shape.computed
    else { return }
    let body = frame.body.definition
    let header = body.hasFixedHeader ? body.fixedHeaderSize : position - node.start
    let counted = length.value * Int128(unit) - Int128(plus) + Int128(countsHeader ? 0 : header)
    let there = end - node.start
    let alignment = countsPadding ? interpreter.alignment(ofElementWith: body) : 1
    switch frame.purpose {
    case .prefix where counted >= Int128(position - node.start) && counted <= Int128(there):
      frame.limit(&self, to: node.start + Int(counted))
    case .whole where counted == Int128(there.rounded(upTo: alignment)): break
    default: try stop(.length, at: length.start, length.member.name, code: frame.code(of: length.member))
    }
  }
}

extension DecodingRun {
  private mutating func checksum(
    _ checksum: ChecksumFound, _ scope: IntegerShape.ChecksumScope, in frame: BodyFrame
  ) throws(Stop) {
    switch (scope, frame.before) {
    case (.body, _): frame.expect(checksum)
    case (.message, _): if frame.isMessage { try compare(checksum, over: 0..<end, in: frame) }
    case (.before, .itself): try compare(checksum, before: checksum.range.lowerBound, in: frame)
    case (.before, .end(let end)): try compare(checksum, before: end, in: frame)
    case (.before, .nothing): break
    }
  }

  /// Compares a checksum with that of the octets in a range.
  mutating func compare(_ found: ChecksumFound, over range: Range<Int>, in frame: BodyFrame) throws(Stop) {
    try compare(found, with: found.algorithm.sum(of: octets, range, without: found.range), in: frame)
  }

  /// Compares a checksum with that of the octets before a place. There may be many of these in a message.
  private mutating func compare(_ found: ChecksumFound, before end: Int, in frame: BodyFrame) throws(Stop) {
    try compare(found, with: prefixes.sum(found.algorithm, of: octets, before: end), in: frame)
  }

  private mutating func compare(_ found: ChecksumFound, with sum: UInt64, in frame: BodyFrame) throws(Stop) {
    let bits = found.range.count * 8
    let sum = sum ^ found.xor
    guard sum & lowBits(bits) != found.value & lowBits(bits) else { return }
    try wrong(.checksum, found.member, found.member.name, at: found.range.lowerBound, in: frame)
  }
}

extension Int {
  /// The least multiple that is not less.
  func rounded(upTo multiple: Int) -> Int {
    guard multiple > 1 else { return self }
    let excess = self % multiple
    return excess == 0 ? self : self + multiple - excess
  }
}

extension BodyDefinition {
  private var header: ArraySlice<Member> { members.prefix(headerCount) }

  /// Whether the header that the body starts with always has as many octets.
  var hasFixedHeader: Bool { header.allSatisfy { $0.condition == nil && $0.fixedSize != nil } }

  /// Octets of the members of the header that are always there.
  var fixedHeaderSize: Int { header.reduce(0) { $0 + ($1.fixedSize ?? 0) } }

  /// Whether the length in the header that the body starts with counts the header too.
  var lengthIsOfWhole: Bool {
    header.contains { member in
      guard case .integer(let shape) = member.kind, case .element(_, _, let countsHeader, _) = shape.computed else {
        return false
      }
      return countsHeader
    }
  }
}

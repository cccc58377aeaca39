import Wire

extension DecodingRun {
  /// Octets or text.
  mutating func variable(_ member: Member, of frame: DecodingFrame) throws(Stop) {
    guard let extent = member.kind.extent else { return }
    let start = position
    let value = try take(member, extent, of: frame)
    let part = Array(octets[value])
    var node = WireTree.Node(member, value: .octets(part), start: start, count: position - start)
    var isText = true
    if case .text(let shape) = member.kind { (node.value, isText) = shape.read(part) }
    frame.node.children.append(node)
    let bounds = member.kind.sizeBounds
    if part.count < bounds.minimum || bounds.maximum.map({ part.count > $0 }) ?? false {
      try wrong(.range, member, member.name, at: start, in: frame)
    }
    if !isText { try wrong(.text, member, member.name, at: start, in: frame) }
  }

  /// Takes the extent of a member, prefix, terminator and padding too.
  ///
  /// - Returns: Where its value is.
  private mutating func take(_ member: Member, _ extent: Extent, of frame: DecodingFrame) throws(Stop) -> Range<Int> {
    let start = position
    switch extent {
    case .fixed(let size): _ = try take(size, member.name, code: frame.code)
    case .rest: position = end
    case .expression(let expression):
      let size = scope(of: frame).number(expression)
      if size < 0 { try stop(.range, at: start, member.name, code: frame.code) }
      _ = try take(Int(clamping: size), member.name, code: frame.code)
    case .prefixed(let bits, let isLittleEndian):
      let prefix = bits / 8
      guard prefix <= end - start else { try stop(.truncated, at: start, member.name, code: frame.code) }
      let count = octets.unsigned(at: start, size: prefix, isLittleEndian: isLittleEndian)
      guard count <= UInt64(end - start - prefix) else {
        try stop(.truncated, at: start, member.name, code: frame.code)
      }
      position = start + prefix + Int(count)
      return start + prefix..<position
    case .terminated(let terminator):
      guard let last = octets[start..<end].firstIndex(of: terminator) else {
        try stop(.truncated, at: start, member.name, code: frame.code)
      }
      position = last + 1
      return start..<last
    case .padded(let size, let pad):
      _ = try take(size, member.name, code: frame.code)
      return start..<(octets[start..<position].firstIndex(of: pad) ?? position)
    }
    return start..<position
  }
}

extension MemberKind {
  /// Bounds of the count of octets of octets or text.
  fileprivate var sizeBounds: (minimum: Int, maximum: Int?) {
    switch self {
    case .octets(let shape): (shape.minimum, shape.maximum)
    case .text(let shape): (shape.minimum, shape.maximum)
    default: (0, nil)
    }
  }
}

extension TextShape {
  /// What octets say, and whether they are such text.
  func read(_ octets: [UInt8]) -> (WireTree.Value, isWellFormed: Bool) {
    if content == .date {
      let date = octets.withRawSpan { $0.mailDate(0, count: octets.count) }
      guard let date else { return (.text(octets), false) }
      return (.date(date, count: Int128(date.seconds), size: octets.count), true)
    }
    return (.text(octets), (keepsInvalid || isWellFormed(octets)) && !(refusesNUL && octets.contains(0)))
  }

  /// Whether octets are text of the encoding.
  func isWellFormed(_ octets: [UInt8]) -> Bool {
    if content == .ascii { return octets.allSatisfy { $0 < 128 } }
    return String(validating: octets, as: UTF8.self) != nil
  }
}

extension IntegerShape.TimeUnit {
  /// Nanoseconds of a unit.
  var nanoseconds: Int64 {
    switch self {
    case .nanoseconds: 1
    case .microseconds: 1000
    case .milliseconds: 1_000_000
    case .seconds: 1_000_000_000
    case .minutes: 60_000_000_000
    case .hours: 3_600_000_000_000
    case .days: 86_400_000_000_000
    }
  }
}

extension WireDate {
  /// So many units after a time; nil when it is too far away.
  init?(count: Int128, _ unit: IntegerShape.TimeUnit, origin: Int64) {
    let nanoseconds = count * Int128(unit.nanoseconds)
    guard count >= 0, let seconds = Int64(exactly: Int128(origin) + nanoseconds / 1_000_000_000) else { return nil }
    self.init(seconds: seconds, nanoseconds: UInt32(nanoseconds % 1_000_000_000))
  }
}

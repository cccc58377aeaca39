import Wire

extension DecodingRun {
  /// Octets or text.
  mutating func variable(_ member: MemberPlan, _ plan: VariablePlan, of frame: DecodingFrame) throws(Stop) {
    let start = position
    let value = try take(member, plan.extent, of: frame)
    let part = Array(octets[value])
    var isText = true
    if let text = plan.text {
      let value: WireTree.Value
      (value, isText) = text.read(part)
      node.children.append(WireTree.Node(member.naming, value: value, start: start, count: position - start))
    } else {
      node.children.append(
        WireTree.Node(member.naming, value: .octets(part), start: start, count: position - start))
    }
    if part.count < plan.minimum || part.count > plan.maximum {
      try wrong(.range, member, member.name, at: start, in: frame)
    }
    if !isText { try wrong(.text, member, member.name, at: start, in: frame) }
  }

  /// Takes the extent of a member, prefix, terminator and padding too.
  ///
  /// - Returns: Where its value is.
  private mutating func take(
    _ member: MemberPlan, _ extent: Extent, of frame: DecodingFrame
  ) throws(Stop) -> Range<Int> {
    let start = position
    switch extent {
    case .fixed(let size): _ = try take(size, member.name, code: frame.code)
    case .rest: position = end
    case .expression(let expression):
      let size = scope.number(expression)
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

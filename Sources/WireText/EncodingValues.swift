import Wire

extension EncodingRun {
  mutating func integer(_ member: Member, _ shape: IntegerShape, of frame: EncodingBodyFrame) throws(Violation) {
    let number = try number(member, shape, of: frame)
    let start = octets.count
    var node = WireTree.Node(member, value: interpreter.treeValue(number, shape), start: start, count: shape.bits / 8)
    if shape.isPostponed {
      frame.postpone(member, shape, at: start, in: &self)
      // No expression can ask for it yet.
      node.role = .header
    }
    frame.node.children.append(node)
    append(number, size: (shape.bits + 7) / 8, isLittleEndian: shape.isLittleEndian)
  }

  mutating func bits(
    _ fields: [Member], size: Int, isLittleEndian: Bool, of frame: EncodingBodyFrame
  ) throws(Violation) {
    var group: UInt64 = 0
    for field in fields {
      var raw: UInt64 = 0
      switch field.kind {
      case .integer(let shape):
        let number = try number(field, shape, of: frame)
        raw = UInt64(truncatingIfNeeded: number)
        let value = interpreter.treeValue(number, shape)
        frame.node.children.append(WireTree.Node(field, value: value, start: octets.count))
      case .reserved(_, let send, _): raw = send
      default: continue
      }
      group = group << UInt64(field.bitWidth) | raw & lowBits(field.bitWidth)
    }
    append(Int128(group), size: size, isLittleEndian: isLittleEndian)
  }

  /// The number a member is written as, which fits it.
  private func number(
    _ member: Member, _ shape: IntegerShape, of frame: EncodingBodyFrame
  ) throws(Violation) -> Int128 {
    if let constant = member.constant(of: frame.body) { return try fitting(constant, member, shape) }
    if let computed = shape.computed {
      guard let number = self.computed(computed, of: frame) else { throw failure(.unrepresentable, member.name) }
      return try fitting(number, member, shape)
    }
    guard let given = frame.value[member.name] else {
      guard member.condition == nil, let number = shape.defaultValue else { throw failure(.mismatch, member.name) }
      return number
    }
    return try number(given, member, shape)
  }

  /// The number that a value is.
  private func number(_ given: WireValue, _ member: Member, _ shape: IntegerShape) throws(Violation) -> Int128 {
    switch given {
    case .integer(let number): return try fitting(number, member, shape)
    case .boolean(let flag): return flag ? 1 : 0
    case .octets, .structure, .array, .list: throw failure(.mismatch, member.name)
    }
  }

  private func fitting(_ number: Int128, _ member: Member, _ shape: IntegerShape) throws(Violation) -> Int128 {
    guard shape.representable.contains(number) else { throw failure(.unrepresentable, member.name) }
    return number
  }

  /// The size or count of another member, or what stands for what is not known yet; nil when it is no whole number of units.
  private func computed(_ computed: IntegerShape.Computed, of frame: EncodingBodyFrame) -> Int128? {
    switch computed {
    case .count(let name):
      guard case .array(let items) = frame.value[name] else { return 0 }
      return Int128(items.count)
    case .size(let name, let unit, let plus):
      let size = valueSize(of: name, in: frame) + plus
      return size.isMultiple(of: unit) ? Int128(size / unit) : nil
    case .presence: return frame.hasExtraTag ? 1 : 0
    case .rest, .message, .element, .checksum: return 0
    }
  }

  /// Octets of the value of octets or text that come later.
  private func valueSize(of name: String, in frame: EncodingBodyFrame) -> Int {
    switch frame.value[name] {
    case .octets(let octets): return octets.count
    case .integer(let seconds): return WireDate(mailSeconds: seconds)?.mailOctets?.count ?? 0
    case nil, .boolean, .structure, .array, .list: return 0
    }
  }
}

extension EncodingRun {
  /// An address, octets or text, or a number that is a value of an array.
  mutating func scalar(_ member: Member, _ given: WireValue?) throws(Violation) -> WireTree.Node {
    var node = WireTree.Node(member, value: .structure, start: octets.count)
    if case .integer(let shape) = member.kind, let given {
      let number = try number(given, member, shape)
      append(number, size: (shape.bits + 7) / 8, isLittleEndian: shape.isLittleEndian)
      node.value = interpreter.treeValue(number, shape)
    } else {
      let part = try octets(of: member, given)
      node.value = .octets(part)
      if case .integer(let seconds) = given {
        node.value = .date(WireDate(seconds: Int64(clamping: seconds)), count: seconds, size: part.count)
      }
      try write(part, member)
    }
    node.count = octets.count - node.start
    return node
  }

  /// The octets that a value is.
  private func octets(of member: Member, _ given: WireValue?) throws(Violation) -> [UInt8] {
    if case .octets(let octets) = given { return octets }
    if case .text(let shape) = member.kind, shape.content == .date, case .integer(let seconds) = given {
      guard let octets = WireDate(mailSeconds: seconds)?.mailOctets else { throw failure(.unrepresentable, member.name) }
      return octets
    }
    guard given == nil, member.condition == nil, let octets = member.kind.defaultOctets else {
      throw failure(.mismatch, member.name)
    }
    return octets
  }

  /// Writes octets with their prefix, terminator or padding.
  private mutating func write(_ part: [UInt8], _ member: Member) throws(Violation) {
    guard let extent = member.kind.extent else {
      guard part.count == member.fixedSize else { throw failure(.mismatch, member.name) }
      octets += part
      return
    }
    switch extent {
    case .fixed(let size):
      guard part.count == size else { throw failure(.mismatch, member.name) }
      octets += part
    case .rest, .expression: octets += part
    case .prefixed(let bits, let isLittleEndian):
      guard Int128(part.count) < Int128(1) << Int128(bits) else { throw failure(.unrepresentable, member.name) }
      append(Int128(part.count), size: bits / 8, isLittleEndian: isLittleEndian)
      octets += part
    case .terminated(let terminator):
      if isChecked, part.contains(terminator) { throw failure(.mismatch, member.name) }
      octets += part
      octets.append(terminator)
    case .padded(let size, let pad):
      if isChecked, part.count > size || part.contains(pad) { throw failure(.mismatch, member.name) }
      octets += part.prefix(size)
      octets += Array(repeating: pad, count: size - min(size, part.count))
    }
  }
}

extension WireDate {
  /// A time in whole seconds; nil when it is too far away.
  init?(mailSeconds seconds: Int128) {
    guard let seconds = Int64(exactly: seconds) else { return nil }
    self.init(seconds: seconds)
  }
}

extension MemberKind {
  /// What is taken for octets that are not given; nil when they must be.
  var defaultOctets: [UInt8]? {
    guard case .octets(let shape) = self, let fill = shape.fill else { return nil }
    return Array(repeating: fill, count: shape.extent.fixedSize ?? 0)
  }
}

extension IntegerShape {
  /// Whether encoding knows the number only when what comes later is there.
  fileprivate var isPostponed: Bool {
    switch computed {
    case .rest, .message, .element, .checksum: true
    case .size, .count, .presence, nil: false
    }
  }
}

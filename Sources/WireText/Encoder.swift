import Wire

extension Interpreter {
  /// The octets of a value.
  ///
  /// Constants, reserved members, sizes and counts are filled in; elements of lists come in the order given.
  /// - Parameters:
  ///   - body: Index in `definition.bodies`.
  ///   - checked: whether to refuse what the strict decoder would refuse, and what would decode to another
  ///     value.
  /// - Throws: `unrepresentable` for numbers and sizes that do not fit; `mismatch` for values of the wrong
  ///   shape; when checked, what strict decoding throws too, and `mismatch` for what would decode otherwise.
  public func encode(_ body: Int, _ value: WireValue, checked: Bool = true) throws(Violation) -> [UInt8] {
    let definition = definition.bodies[body]
    var run = EncodingRun(self, root: definition)
    try run.body(definition, value)
    if checked {
      let decoded = try decode(body, run.octets).tree.value
      var comparison = Comparison(interpreter: self, steps: [PathStep(definition.name)])
      if let path = comparison.difference(definition, value, decoded) {
        throw Violation(.mismatch, at: 0, path: path)
      }
    }
    return run.octets
  }

  /// Whether octets are what encoding gives for the value they decode to.
  ///
  /// - Throws: what decoding them throws.
  public func isCanonical(
    _ body: Int, _ octets: [UInt8], mode: Check.Mode = .strict
  ) throws(Violation) -> Bool {
    let decoded = try decode(body, octets, mode: mode)
    return try encode(body, decoded.tree.value, checked: false) == octets
  }
}

/// One encoding: the octets so far, and where in the message it is.
struct EncodingRun {
  let interpreter: Interpreter
  var octets: [UInt8] = []
  var steps: [PathStep]

  init(_ interpreter: Interpreter, root: BodyDefinition) {
    self.interpreter = interpreter
    steps = [PathStep(root.name)]
  }

  func failure(_ kind: WireError.Kind, _ last: String, at offset: Int? = nil) -> Violation {
    Violation(kind, at: offset ?? octets.count, path: PathStep.text(steps, last))
  }

  /// - Returns: what was written, as far as the conditions of members that are not properties may ask for it.
  @discardableResult
  mutating func body(_ body: BodyDefinition, _ value: WireValue) throws(Violation) -> [WireTree.Node] {
    guard case .structure = value, steps.count <= DecodingRun.maximumDepth else {
      throw failure(.mismatch, "")
    }
    var written: [WireTree.Node] = []
    for member in body.members { try self.member(member, of: body, value, &written) }
    return written
  }

  private mutating func member(
    _ member: Member, of body: BodyDefinition, _ value: WireValue, _ written: inout [WireTree.Node]
  ) throws(Violation) {
    if let condition = member.condition {
      let isThere =
        member.isProperty(of: body)
        ? value[member.name] != nil : Scope(members: written, remaining: 0).holds(condition)
      guard isThere else { return }
    }
    var node = WireTree.Node(member, value: .structure, start: octets.count)
    switch member.kind {
    case .integer(let shape):
      let number = try number(member, shape, of: body, value)
      append(number, size: (shape.bits + 7) / 8, isLittleEndian: shape.isLittleEndian)
      node.value = .integer(number, bits: shape.bits, meaning: nil)
    case .bits(let size, let isLittleEndian, let fields):
      try bits(fields, size: size, isLittleEndian: isLittleEndian, of: body, value, &written)
    case .reserved(let size, let send, _):
      octets += Array(repeating: UInt8(truncatingIfNeeded: send), count: size)
    case .ipv4, .ipv6, .mac, .octets, .text:
      guard case .octets(let part) = value[member.name], member.fixedSize.map({ $0 == part.count }) ?? true else {
        throw failure(.mismatch, member.name)
      }
      octets += part
      if member.fixedSize != nil { node.value = .octets(part) }
    case .structure(let index):
      steps.append(PathStep(member.name))
      let nested = value[member.name] ?? .integer(0)
      node.children = try self.body(interpreter.definition.bodies[index], nested)
      steps.removeLast()
    case .array(let shape): try array(member, shape, value)
    case .list(let shape): try list(member, shape, value[member.name] ?? .list([]))
    case .reservedRest, .choice: break
    }
    node.count = octets.count - node.start
    if !member.isBits { written.append(node) }
  }

  private mutating func bits(
    _ fields: [Member], size: Int, isLittleEndian: Bool, of body: BodyDefinition, _ value: WireValue,
    _ written: inout [WireTree.Node]
  ) throws(Violation) {
    var group: UInt64 = 0
    for field in fields {
      var raw: UInt64 = 0
      switch field.kind {
      case .integer(let shape):
        let number = try number(field, shape, of: body, value)
        raw = UInt64(truncatingIfNeeded: number)
        let value = WireTree.Value.integer(number, bits: shape.bits, meaning: nil)
        written.append(WireTree.Node(field, value: value, start: octets.count))
      case .reserved(_, let send, _): raw = send
      case .bits, .ipv4, .ipv6, .mac, .octets, .text, .structure, .array, .list, .reservedRest, .choice: continue
      }
      group = group << UInt64(field.bitWidth) | raw & lowBits(field.bitWidth)
    }
    append(Int128(group), size: size, isLittleEndian: isLittleEndian)
  }

  private mutating func array(_ member: Member, _ shape: ArrayShape, _ value: WireValue) throws(Violation) {
    guard case .array(let items) = value[member.name] else { throw failure(.mismatch, member.name) }
    var written: [WireTree.Node] = []
    for (index, item) in items.enumerated() {
      steps.append(PathStep(member.name, index))
      if case .structure(let body) = shape.element.kind {
        try self.body(interpreter.definition.bodies[body], item)
      } else {
        let holder = BodyDefinition(name: "", members: [shape.element])
        try self.member(shape.element, of: holder, .structure([WireValue.Field("", item)]), &written)
        written.removeAll(keepingCapacity: true)
      }
      steps.removeLast()
    }
  }

  /// Appends the lowest octets of a number.
  private mutating func append(_ number: Int128, size: Int, isLittleEndian: Bool) {
    for place in 0..<size {
      let shift = 8 * Int128(isLittleEndian ? place : size - 1 - place)
      octets.append(UInt8(truncatingIfNeeded: number >> shift))
    }
  }
}

extension EncodingRun {
  /// The number a member is written as, which fits it.
  private func number(
    _ member: Member, _ shape: IntegerShape, of body: BodyDefinition, _ value: WireValue
  ) throws(Violation) -> Int128 {
    var number: Int128? = nil
    if let constant = member.constant(of: body) {
      number = constant
    } else if let computed = shape.computed {
      number = try self.computed(computed, of: body, value)
      if number == nil { throw failure(.unrepresentable, member.name) }
    } else {
      switch value[member.name] {
      case .integer(let given): number = given
      case .boolean(let flag): number = flag ? 1 : 0
      case nil: number = member.condition == nil ? shape.defaultValue : nil
      case .octets, .structure, .array, .list: break
      }
    }
    guard let number else { throw failure(.mismatch, member.name) }
    guard shape.representable.contains(number) else { throw failure(.unrepresentable, member.name) }
    return number
  }

  /// The size or count of another member; nil when it is no whole number of units.
  private func computed(
    _ computed: IntegerShape.Computed, of body: BodyDefinition, _ value: WireValue
  ) throws(Violation) -> Int128? {
    switch computed {
    case .count(let name):
      guard case .array(let items) = value[name] else { return 0 }
      return Int128(items.count)
    case .size(let name, let unit, let plus):
      let size = try size(of: name, in: body, value) + plus
      return size.isMultiple(of: unit) ? Int128(size / unit) : nil
    case .rest, .message, .element, .presence, .checksum: return 0
    }
  }

  /// Octets of a member that comes later.
  private func size(of name: String, in body: BodyDefinition, _ value: WireValue) throws(Violation) -> Int {
    guard let given = value[name] else { return 0 }
    if case .octets(let octets) = given { return octets.count }
    guard let member = body.members.first(where: { $0.name == name }) else { return 0 }
    var scratch = self
    var written: [WireTree.Node] = []
    try scratch.member(member, of: body, value, &written)
    return scratch.octets.count - octets.count
  }
}

extension EncodingRun {
  private mutating func list(_ member: Member, _ shape: ListShape, _ value: WireValue) throws(Violation) {
    guard case .list(let elements) = value else { throw failure(.mismatch, member.name) }
    let family = interpreter.definition.families[shape.family]
    let start = octets.count
    for (index, element) in elements.enumerated() {
      steps.append(PathStep(member.name, index))
      switch element {
      case .kept(let kept): octets += kept.octets
      case .unknown(let tag, let part):
        let header = octets.count
        try self.header(of: family, tag: tag)
        octets += part
        try finish(family, header: header, listStart: start)
      case .known(let name, let value):
        guard let known = family.elements.first(where: { $0.name == name }) else {
          throw failure(.mismatch, name)
        }
        let header = octets.count
        try self.header(of: family, tag: known.tag)
        steps.append(PathStep(name))
        try body(interpreter.definition.bodies[known.body], value)
        steps.removeLast()
        try finish(family, header: header, listStart: start)
      }
      steps.removeLast()
    }
  }

  /// A header whose length is still to be put in.
  private mutating func header(of family: FamilyDefinition, tag: UInt64) throws(Violation) {
    let name = family.header[family.tag].name
    let values = WireValue.structure([WireValue.Field(name, .integer(Int128(tag)))])
    let body = BodyDefinition(name: family.name, members: family.header)
    var written: [WireTree.Node] = []
    for (index, member) in family.header.enumerated() {
      if index == family.length || member.needsValue(in: body), index != family.tag {
        octets += Array(repeating: 0, count: member.fixedSize ?? 0)
      } else {
        try self.member(member, of: body, values, &written)
      }
    }
  }

  /// Puts the length into an element's header, and pads the element.
  private mutating func finish(
    _ family: FamilyDefinition, header: Int, listStart: Int
  ) throws(Violation) {
    let size = octets.count - header - family.headerSize
    let member = family.header[family.length]
    let place = header + family.lengthOffset
    guard case .integer(let shape) = member.kind, let length = family.length(valueSize: size),
      shape.representable.contains(length)
    else { throw failure(.unrepresentable, member.name, at: place) }
    let end = octets.count
    append(length, size: shape.bits / 8, isLittleEndian: shape.isLittleEndian)
    octets.replaceSubrange(place..<place + shape.bits / 8, with: Array(octets[end...]))
    octets.removeLast(shape.bits / 8)
    let excess = family.alignment > 1 ? (octets.count - listStart) % family.alignment : 0
    if excess > 0 { octets += Array(repeating: 0, count: family.alignment - excess) }
  }
}

extension Member {
  var isBits: Bool {
    if case .bits = kind { return true }
    return false
  }

  /// The only value the member may have; nil when it may have several.
  func constant(of body: BodyDefinition) -> Int128? {
    guard case .integer(let shape) = kind else { return nil }
    return shape.constant ?? body.fixedValue(of: name).map { Int128($0) }
  }

  /// Whether the member is a property of the value; a group of bits is none, but its fields may be.
  func isProperty(of body: BodyDefinition) -> Bool {
    switch kind {
    case .integer(let shape): shape.computed == nil && constant(of: body) == nil
    case .bits, .reserved, .reservedRest: false
    case .ipv4, .ipv6, .mac, .octets, .text, .structure, .array, .list, .choice: true
    }
  }

  /// Whether encoding needs a value given for it.
  fileprivate func needsValue(in body: BodyDefinition) -> Bool {
    guard case .integer(let shape) = kind else { return isProperty(of: body) }
    return isProperty(of: body) && shape.defaultValue == nil
  }
}

extension BodyDefinition {
  /// The members that are properties, fields of bit groups among them, in the order of the wire.
  var properties: [Member] {
    members.flatMap { member in
      guard case .bits(_, _, let fields) = member.kind else { return [member] }
      return fields
    }.filter { $0.isProperty(of: self) }
  }
}

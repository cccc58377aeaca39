import Wire

/// A length whose octets are there, but not yet its value.
struct LengthWritten {
  var member: Member
  var shape: IntegerShape
  var start: Int

  var range: Range<Int> { start..<start + shape.bits / 8 }
}

/// The members of a body being written.
final class EncodingBodyFrame: EncodingFrame {
  enum Purpose {
    /// The outermost body.
    case outermost
    /// The header of an unknown element, or of one whose body does not have it.
    case header
    case structure
    case element(ElementWritten)
    /// A case of the choice that the member is.
    case choice(Member, of: EncodingBodyFrame?)
  }

  let body: BodyDefinition
  let value: WireValue
  let purpose: Purpose
  /// Whether the element has an extra tag that is not the default.
  let hasExtraTag: Bool
  private var place = 0
  /// Where the header that the body starts with ends.
  private(set) var headerEnd = 0
  private var lengths: [LengthWritten] = []
  private var checksums: [ChecksumWritten] = []

  init(
    _ body: BodyDefinition, _ index: Int?, _ value: WireValue, _ node: WireTree.Node, in run: EncodingRun,
    purpose: Purpose, hasExtraTag: Bool = false, stepCount: Int
  ) {
    self.body = body
    self.value = value
    self.purpose = purpose
    self.hasExtraTag = hasExtraTag
    headerEnd = node.start
    super.init(node, stepCount: stepCount, nesting: body.maximumDepth == nil ? nil : index.map(Nesting.body))
  }

  override var result: WireTree.Node {
    guard case .choice(let member, _) = purpose else { return node }
    var choice = WireTree.Node(member, value: .choice, start: node.start, count: node.count)
    choice.children = [node]
    return choice
  }

  override func advance(_ run: inout EncodingRun) throws(Violation) -> Bool {
    guard case .structure = value else { throw run.failure(.mismatch, "") }
    if place == body.headerCount { headerEnd = run.octets.count }
    guard place < body.members.count else { return false }
    let member = body.members[place]
    place += 1
    if isThere(member) { try run.member(member, of: self) }
    return true
  }

  /// Whether a member is to be written: a property when the value has it, another when its condition holds.
  private func isThere(_ member: Member) -> Bool {
    guard let condition = member.condition else { return true }
    if member.isProperty(of: body) { return value[member.name] != nil }
    return Scope(members: node.children, remaining: 0).holds(condition)
  }

  override func close(_ run: inout EncodingRun) throws(Violation) {
    for length in lengths { try fillIn(length, &run) }
    for var checksum in checksums {
      checksum.covered = node.start..<run.octets.count
      run.checksums.append(checksum)
    }
    if case .element(let element) = purpose { try run.finish(element, of: self) }
  }
}

extension EncodingBodyFrame {
  /// Takes note of a number that is known only at the end of the body, or of the message.
  func postpone(_ member: Member, _ shape: IntegerShape, at start: Int, in run: inout EncodingRun) {
    switch shape.computed {
    case .rest, .message, .element: lengths.append(LengthWritten(member: member, shape: shape, start: start))
    case .checksum(let algorithm, let scope, let xor):
      let range = start..<start + shape.bits / 8
      let checksum = ChecksumWritten(
        range: range, isLittleEndian: shape.isLittleEndian, algorithm: algorithm, xor: xor,
        covered: 0..<endBefore(range.lowerBound, isMessage: run.isMessage))
      if scope == .before { run.checksums.append(checksum) } else { checksums.append(checksum) }
    case .size, .count, .presence, nil: break
    }
  }

  /// Up to where a checksum over what stands before it covers the message.
  private func endBefore(_ own: Int, isMessage: Bool) -> Int {
    guard isMessage else { return 0 }
    switch purpose {
    case .outermost: return own
    case .element(let element): return element.start
    case .choice(_, let outer): return outer?.endBefore(own, isMessage: isMessage) ?? 0
    case .header, .structure: return 0
    }
  }

  private func fillIn(_ length: LengthWritten, _ run: inout EncodingRun) throws(Violation) {
    let end = run.octets.count
    var count: Int
    var (unit, plus) = (1, 0)
    switch length.shape.computed {
    case .rest(let ownUnit, let ownPlus):
      count = end - length.range.upperBound
      (unit, plus) = (ownUnit, ownPlus)
    case .message(let ownUnit, let ownPlus):
      count = end - node.start
      (unit, plus) = (ownUnit, ownPlus)
    case .element(let ownUnit, let ownPlus, let countsHeader, let countsPadding):
      if case .header = purpose { return }
      count = end - (countsHeader ? node.start : headerEnd)
      if countsPadding { count += run.padding(of: self) }
      (unit, plus) = (ownUnit, ownPlus)
    case .size, .count, .presence, .checksum, nil: return
    }
    count += plus
    let number = Int128(count / unit)
    guard count.isMultiple(of: unit), length.shape.representable.contains(number) else {
      throw run.failure(.unrepresentable, length.member.name, at: length.start)
    }
    run.replace(length.range, by: number, isLittleEndian: length.shape.isLittleEndian)
  }
}

extension EncodingRun {
  /// One member of a body.
  mutating func member(_ member: Member, of frame: EncodingBodyFrame) throws(Violation) {
    let given = frame.value[member.name]
    switch member.kind {
    case .structure(let index): try structure(member, index, given, stepCount: steps.count)
    case .array(let shape): try array(member, shape, given, of: frame)
    case .list(let shape): try list(member, shape, given, of: frame)
    case .choice(let shape): try choice(member, shape, given, of: frame)
    case .integer(let shape): try integer(member, shape, of: frame)
    case .bits(let size, let isLittleEndian, let fields):
      try bits(fields, size: size, isLittleEndian: isLittleEndian, of: frame)
    case .reserved(let size, let send, _):
      octets += Array(repeating: UInt8(truncatingIfNeeded: send), count: size)
    case .reservedRest: break
    case .ipv4, .ipv6, .mac, .octets, .text: frame.node.children.append(try scalar(member, given))
    }
  }

  /// A nested body. Values of arrays have no name, and their step is there already.
  mutating func structure(
    _ member: Member, _ index: Int, _ given: WireValue?, stepCount: Int
  ) throws(Violation) {
    let body = interpreter.definition.bodies[index]
    let node = WireTree.Node(member, value: .structure, start: octets.count)
    let frame = EncodingBodyFrame(
      body, index, given ?? .integer(0), node, in: self, purpose: .structure, stepCount: stepCount)
    try enter(frame, limit: body.maximumDepth, member.name, code: body.code)
    if !member.name.isEmpty { steps.append(PathStep(member.name)) }
  }

  private mutating func choice(
    _ member: Member, _ shape: ChoiceShape, _ given: WireValue?, of frame: EncodingBodyFrame
  ) throws(Violation) {
    guard let field = given?.fields.first, given?.fields.count == 1,
      let chosen = shape.allCases.first(where: { $0.name == field.name })
    else { throw failure(.mismatch, member.name) }
    let scope = Scope(members: frame.node.children, remaining: 0)
    if isChecked, let number = scope.knownNumber(shape.on), shape.case(of: number)?.name != chosen.name {
      throw failure(.mismatch, member.name)
    }
    let node = WireTree.Node(name: chosen.name, label: chosen.name, value: .structure, start: octets.count)
    let index = chosen.body
    let body = index.map { interpreter.definition.bodies[$0] } ?? BodyDefinition(name: chosen.name, members: [])
    let inner = EncodingBodyFrame(
      body, index, field.value, node, in: self, purpose: .choice(member, of: frame), stepCount: steps.count)
    try enter(inner, limit: body.maximumDepth, member.name, code: body.code)
    steps.append(PathStep(member.name))
    steps.append(PathStep(chosen.name))
  }
}

extension Scope {
  /// The value of a number; nil when it hangs on what is not yet written.
  func knownNumber(_ expression: WireExpression) -> Int128? { isKnown(expression) ? number(expression) : nil }

  private func isKnown(_ expression: WireExpression) -> Bool {
    switch expression {
    case .number, .boolean, .address, .text: true
    case .remaining, .present, .item, .over, .among: false
    case .path(let path), .size(let path), .count(let path), .flag(let path, _): isThere(path)
    case .not(let operand), .inPrefix(let operand, _, _), .inRanges(let operand, _): isKnown(operand)
    case .binary(_, let left, let right): isKnown(left) && isKnown(right)
    }
  }
}

extension Member {
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

import Wire

/// The values of an array under way.
final class ArrayFrame: DecodingFrame {
  private let member: Member
  private let shape: ArrayShape
  /// How many values there are; nil when something else says where it ends.
  private let total: Int128?
  private let isStructure: Bool
  /// Where the last value started.
  private var before = -1

  init(_ member: Member, _ shape: ArrayShape, total: Int128?, in run: DecodingRun, of parent: DecodingFrame) {
    self.member = member
    self.shape = shape
    self.total = total
    if case .structure = shape.element.kind { isStructure = true } else { isStructure = false }
    super.init(
      WireTree.Node(member, value: .array, start: run.position), in: run, code: parent.code,
      invalidCode: parent.invalidCode, stepCount: run.steps.count, nesting: nil)
  }

  override func advance(_ run: inout DecodingRun) throws(Stop) -> Bool {
    guard try hasNext(&run) else {
      if total == nil { try checkCount(Int128(node.children.count), &run) }
      return false
    }
    let index = node.children.count
    // Values without octets would make work that the input's size does not justify.
    if index > run.octets.count || total == nil && run.position == before {
      try run.stop(.range, at: node.start, member.name, code: code(of: member))
    }
    before = run.position
    run.steps.append(PathStep(member.name, index))
    if case .structure(let body) = shape.element.kind {
      try run.structure(shape.element, body, of: self, stepCount: run.steps.count - 1)
    } else {
      try run.member(shape.element, of: self)
      run.steps.removeLast()
      if node.children.count > index { node.children[index].index = index }
    }
    return true
  }

  override func take(_ part: WireTree.Node) {
    var part = part
    part.index = node.children.count
    node.children.append(part)
  }

  private func hasNext(_ run: inout DecodingRun) throws(Stop) -> Bool {
    if let total { return Int128(node.children.count) < total }
    guard case .terminated(let terminator, let size, let isLittleEndian) = shape.end else {
      return run.position < run.end
    }
    let start = run.position
    if size > run.end - start { try run.stop(.truncated, at: start, member.name, code: code) }
    guard run.octets.unsigned(at: start, size: size, isLittleEndian: isLittleEndian) == terminator else { return true }
    run.position += size
    return false
  }

  /// Checks the number of values; when it is known beforehand, before the first of them.
  func checkCount(_ count: Int128, _ run: inout DecodingRun) throws(Stop) {
    if count >= shape.minimum && shape.maximum.map({ count <= $0 }) ?? true { return }
    try run.report(
      .range, at: node.start, member.name, code: code(of: member), isWarning: member.isWarning)
  }
}

extension DecodingRun {
  mutating func array(_ member: Member, _ shape: ArrayShape, of parent: DecodingFrame) throws(Stop) {
    var total: Int128?
    var size: Int?
    switch shape.end {
    case .container, .terminated: break
    case .counted(let counter): total = scope(of: parent).number(.path([counter]))
    case .count(let expression): total = try count(member, expression, of: parent)
    case .size(let expression): size = try self.size(member, expression, of: parent)
    }
    let frame = ArrayFrame(member, shape, total: total, in: self, of: parent)
    if let size { end = position + size }
    try enter(frame, limit: nil, member.name, code: parent.code)
    if let total { try frame.checkCount(total, &self) }
  }

  /// How many values or elements there are.
  mutating func count(_ member: Member, _ expression: WireExpression, of parent: DecodingFrame) throws(Stop) -> Int128 {
    let count = scope(of: parent).number(expression)
    if count < 0 { try stop(.range, at: position, member.name, code: parent.code) }
    return count
  }

  /// How many octets the values or elements have, which are there.
  mutating func size(_ member: Member, _ expression: WireExpression, of parent: DecodingFrame) throws(Stop) -> Int {
    let size = scope(of: parent).number(expression)
    if size < 0 { try stop(.range, at: position, member.name, code: parent.code) }
    if size > Int128(end - position) { try stop(.truncated, at: position, member.name, code: parent.code) }
    return Int(size)
  }
}

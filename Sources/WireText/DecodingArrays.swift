import Wire

/// The values of an array under way.
final class ArrayFrame: DecodingFrame {
  private let member: MemberPlan
  private let plan: ArrayPlan
  /// How many values there are; nil when something else says where it ends.
  private let total: Int128?
  /// Where the last value started.
  private var before = -1

  init(_ member: MemberPlan, _ plan: ArrayPlan, total: Int128?, in run: borrowing DecodingRun, of parent: DecodingFrame) {
    self.member = member
    self.plan = plan
    self.total = total
    super.init(
      in: run, code: parent.code, invalidCode: parent.invalidCode, stepCount: run.steps.count, nesting: nil)
  }

  override func advance(_ run: inout DecodingRun) throws(Stop) -> Bool {
    guard try hasNext(&run) else {
      if total == nil { try checkCount(Int128(run.node.children.count), &run) }
      return false
    }
    let index = run.node.children.count
    // Values without octets would make work that the input's size does not justify.
    if index > run.octets.count || total == nil && run.position == before {
      try run.stop(.range, at: run.node.start, member.name, code: code(of: member))
    }
    before = run.position
    run.steps.append(PathStep(member.name, index))
    if case .structure(let body) = plan.element.kind {
      try run.structure(plan.element, body, of: self, stepCount: run.steps.count - 1)
    } else {
      try run.member(plan.element, of: self)
      run.steps.removeLast()
      if run.node.children.count > index { run.node.children[index].index = index }
    }
    return true
  }

  override func take(_ part: consuming WireTree.Node, _ run: inout DecodingRun) {
    part.index = run.node.children.count
    run.node.children.append(consume part)
  }

  private func hasNext(_ run: inout DecodingRun) throws(Stop) -> Bool {
    if let total { return Int128(run.node.children.count) < total }
    guard case .terminated(let terminator, let size, let isLittleEndian) = plan.shape.end else {
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
    if count >= plan.shape.minimum && plan.shape.maximum.map({ count <= $0 }) ?? true { return }
    try run.report(
      .range, at: run.node.start, member.name, code: code(of: member), isWarning: member.isWarning)
  }
}

extension DecodingRun {
  mutating func array(_ member: MemberPlan, _ plan: ArrayPlan, of parent: DecodingFrame) throws(Stop) {
    var total: Int128?
    var size: Int?
    switch plan.shape.end {
    case .container, .terminated: break
    case .counted(let counter): total = scope.number(.path([counter]))
    case .count(let expression): total = try count(member, expression, of: parent)
    case .size(let expression): size = try self.size(member, expression, of: parent)
    }
    let frame = ArrayFrame(member, plan, total: total, in: self, of: parent)
    if let size { end = position + size }
    var node = WireTree.Node(member.naming, value: .array, start: position)
    try enter(frame, &node, limit: nil, member.name, code: parent.code)
    if let total { try frame.checkCount(total, &self) }
  }

  /// How many values or elements there are.
  mutating func count(_ member: MemberPlan, _ expression: WireExpression, of parent: DecodingFrame) throws(Stop) -> Int128 {
    let count = scope.number(expression)
    if count < 0 { try stop(.range, at: position, member.name, code: parent.code) }
    return count
  }

  /// How many octets the values or elements have, which are there.
  mutating func size(_ member: MemberPlan, _ expression: WireExpression, of parent: DecodingFrame) throws(Stop) -> Int {
    let size = scope.number(expression)
    if size < 0 { try stop(.range, at: position, member.name, code: parent.code) }
    if size > Int128(end - position) { try stop(.truncated, at: position, member.name, code: parent.code) }
    return Int(size)
  }
}

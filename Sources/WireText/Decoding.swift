import Wire

/// Why a walk over a body ends early.
enum Stop: Error {
  /// The violation decoding fails with.
  case failed(Violation)
  /// A violation was recorded after which the rest of the body cannot be told apart.
  case structural
}

/// One decoding: where it is in the octets and in the message, and what it has found.
struct DecodingRun {
  let interpreter: Interpreter
  let octets: [UInt8]
  let mode: Check.Mode
  let root: BodyDefinition
  var position = 0
  /// End of the innermost container.
  var end: Int
  var steps: [PathStep]
  var violations: [Violation] = []
  /// How many of them are errors.
  var errors = 0
  /// Protocol code of the body under way.
  var bodyCode: UInt64?

  /// Steps a path may have; far more than a schema without recursion needs, and no danger to the stack.
  static let maximumDepth = 32

  init(_ interpreter: Interpreter, _ octets: [UInt8], mode: Check.Mode, root: BodyDefinition) {
    self.interpreter = interpreter
    self.octets = octets
    self.mode = mode
    self.root = root
    end = octets.count
    steps = [PathStep(root.name)]
  }
}

extension DecodingRun {
  /// Records a violation, or fails with it when the mode says so.
  mutating func report(
    _ kind: WireError.Kind, at offset: Int, _ last: String = "", code: UInt64?, isWarning: Bool = false,
    rule: String? = nil
  ) throws(Stop) {
    let violation = interpreter.violation(
      kind, severity: isWarning ? .warning : .error, at: offset, path: PathStep.text(steps, last), code: code,
      rule: rule)
    switch mode {
    case .strict: throw .failed(violation)
    case .lenient: if !isWarning { throw .failed(violation) }
    case .collecting: if !isWarning { errors += 1 }
    }
    violations.append(violation)
  }

  /// Records a violation that ends the body.
  mutating func stop(
    _ kind: WireError.Kind, at offset: Int, _ last: String, code: UInt64?
  ) throws(Stop) -> Never {
    try report(kind, at: offset, last, code: code)
    throw .structural
  }

  /// Takes `count` octets for a member, whose name is `last` in the path.
  ///
  /// A member that does not fit earns the code of its body; its own is for its value.
  ///
  /// - Returns: Where they start.
  mutating func take(_ count: Int, _ last: String) throws(Stop) -> Int {
    let start = position
    if count > end - start { try stop(.truncated, at: start, last, code: bodyCode) }
    position += count
    return start
  }
}

extension DecodingRun {
  /// The outermost body: what tells a message from others, its size, members and rules, what is left over.
  mutating func outermost(
    _ body: BodyDefinition, code: UInt64?, isPrefix: Bool, into node: inout WireTree.Node
  ) throws(Stop) {
    if let traits = body.message {
      try matches(traits)
      try sizes(traits)
    }
    try members(of: body, errorsBefore: 0, into: &node)
    guard !isPrefix, position < end else { return }
    try trailing(code: code, into: &node)
  }

  private mutating func matches(_ traits: MessageTraits) throws(Stop) {
    for match in traits.matches {
      switch match.holds(in: octets) {
      case true?: continue
      case nil: try stop(.truncated, at: match.offset, match.member, code: traits.code)
      case false?:
        try report(.constant, at: match.offset, match.member, code: match.code)
      }
    }
  }

  private mutating func sizes(_ traits: MessageTraits) throws(Stop) {
    if let maximum = traits.maximumSize, octets.count > maximum {
      try report(.tooLong, at: 0, code: traits.sizeCode)
    }
    if traits.sizeMultiple > 1, !octets.count.isMultiple(of: traits.sizeMultiple) {
      try report(.notMultiple, at: 0, code: traits.sizeCode)
    }
  }

  /// Octets from the position to the end of the container that nothing accounts for.
  mutating func trailing(code: UInt64?, into node: inout WireTree.Node) throws(Stop) {
    let start = position
    position = end
    node.children.append(
      WireTree.Node(
        name: "trailing", label: "Trailing", role: .trailing, value: .octets(Array(octets[start..<end])),
        start: start, count: end - start))
    try report(.trailing, at: start, code: code)
  }

  /// The members of a body, then its rules unless something before them is an error.
  mutating func members(
    of body: BodyDefinition, errorsBefore: Int, into node: inout WireTree.Node
  ) throws(Stop) {
    let start = position
    let outerCode = bodyCode
    bodyCode = body.code
    defer { bodyCode = outerCode }
    for member in body.members { try self.member(member, into: &node) }
    guard errors == errorsBefore else { return }
    for rule in body.rules {
      guard !Scope(members: node.children, remaining: end - position).holds(rule.test) else { continue }
      try report(.rule, at: start, code: rule.code, isWarning: rule.isWarning, rule: rule.name)
    }
  }

  /// One member of a body, appended to the node's children even when only a part of it can be decoded.
  mutating func member(_ member: Member, into node: inout WireTree.Node) throws(Stop) {
    if let condition = member.condition {
      guard Scope(members: node.children, remaining: end - position).holds(condition) else { return }
    }
    switch member.kind {
    case .integer(let shape): try integer(member, shape, into: &node)
    case .bits(let size, let isLittleEndian, let fields):
      try bits(member, size: size, isLittleEndian: isLittleEndian, fields, into: &node)
    case .reserved(let size, let send, let isChecked):
      try reserved(member, size: size, send: send, isChecked: isChecked, into: &node)
    case .ipv4, .ipv6, .mac: try address(member, into: &node)
    case .octets(let shape):
      try variable(member, shape.extent, minimum: shape.minimum, maximum: shape.maximum, into: &node)
    case .text(let shape):
      try variable(member, shape.extent, minimum: shape.minimum, maximum: shape.maximum, into: &node)
    case .structure(let index): try structure(member, index, into: &node)
    case .array(let shape): try array(member, shape, into: &node)
    case .list(let shape): try list(member, shape, into: &node)
    case .reservedRest, .choice: break
    }
  }
}

extension DecodingRun {
  /// A nested body. Elements of arrays have no name, and their step is there already.
  private mutating func structure(
    _ member: Member, _ index: Int, into parent: inout WireTree.Node
  ) throws(Stop) {
    var node = WireTree.Node(member, value: .structure, start: position)
    defer {
      node.count = position - node.start
      parent.children.append(node)
    }
    if steps.count >= DecodingRun.maximumDepth {
      try stop(.depth, at: position, member.name, code: member.code)
    }
    if !member.name.isEmpty { steps.append(PathStep(member.name)) }
    try members(of: interpreter.definition.bodies[index], errorsBefore: errors, into: &node)
    if !member.name.isEmpty { steps.removeLast() }
  }

  private mutating func array(
    _ member: Member, _ shape: ArrayShape, into parent: inout WireTree.Node
  ) throws(Stop) {
    var counted: Int128?
    if case .counted(let counter) = shape.end {
      counted = Scope(members: parent.children, remaining: end - position).number(.path([counter]))
    }
    var node = WireTree.Node(member, value: .array, start: position)
    defer {
      node.count = position - node.start
      parent.children.append(node)
    }
    while counted.map({ node.children.count < $0 }) ?? (position < end) {
      let index = node.children.count
      let before = position
      // Elements without octets would make work that the input's size does not justify.
      if index > octets.count { try stop(.range, at: node.start, member.name, code: member.code) }
      steps.append(PathStep(member.name, index))
      try self.member(shape.element, into: &node)
      steps.removeLast()
      if node.children.count > index { node.children[index].index = index }
      guard node.children.count > index, counted != nil || position > before else {
        try stop(.range, at: before, member.name, code: member.code)
      }
    }
    if node.children.count < shape.minimum || shape.maximum.map({ node.children.count > $0 }) ?? false {
      try report(.range, at: node.start, member.name, code: member.code, isWarning: member.isWarning)
    }
  }
}

extension WireTree.Node {
  /// A node for a member, without children yet.
  init(_ member: Member, role: WireTree.Role = .member, value: WireTree.Value, start: Int, count: Int = 0) {
    self.init(
      name: member.name, label: member.label, unit: member.unit, role: role, value: value, start: start,
      count: count)
  }
}

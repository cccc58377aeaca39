import Wire

/// What an element of a list is to its body.
struct ElementContext {
  /// Index in `ProtocolDefinition.families`.
  var family: Int
  /// Where its header starts.
  var start: Int
  /// Behind its padding.
  var next: Int
  /// Protocol code of octets left over in it.
  var trailingCode: UInt64?
  var padding: WireTree.Node?
}

/// The members of a body under way.
final class BodyFrame: DecodingFrame {
  enum Purpose {
    /// The outermost body, which octets are or start with.
    case whole(trailingCode: UInt64?)
    case prefix
    /// A header, of which only the places are wanted.
    case header
    /// A struct that is a member or a value of an array.
    case structure
    case element(ElementContext)
    /// A case of the choice that the member is.
    case choice(Member, message: BodyFrame?)

    /// Whether the body is decoded alone.
    var isOutermost: Bool {
      switch self {
      case .whole, .prefix: true
      case .header, .structure, .element, .choice: false
      }
    }
  }

  /// Octets that a checksum over what stands before it covers.
  enum Before {
    case nothing
    /// Those of the message up to the checksum.
    case itself
    case end(Int)
  }

  let body: BodyDefinition
  let purpose: Purpose
  /// Its first octet; of an element whose header is not in the body, that of the value.
  let start: Int
  /// Errors noted before it.
  let errorsBefore: Int
  let before: Before
  /// What matches of the message leave one value only.
  private let fixedMembers: [String]
  private var place = 0
  /// End of the container before a length in the body made it shorter.
  private var widerEnd: Int?
  /// Checksums over the body, to be compared at its end.
  private var checksums: [ChecksumFound] = []
  /// Set until the length of an element that is decoded alone can be compared.
  var pendingLength: LengthFound?

  init(
    _ body: BodyDefinition, _ index: Int?, _ node: WireTree.Node, in run: DecodingRun, purpose: Purpose,
    invalidCode: UInt64? = nil, stepCount: Int
  ) {
    self.body = body
    self.purpose = purpose
    start = run.position
    // What was found out about a message before its members is in it too.
    errorsBefore = purpose.isOutermost ? 0 : run.errors
    before = BodyFrame.before(purpose, isMessage: run.message != nil)
    fixedMembers = purpose.isOutermost ? body.fixedMembers : []
    var node = node
    node.children.reserveCapacity(body.members.count)
    super.init(
      node, in: run, code: invalidCode ?? body.code, invalidCode: invalidCode, stepCount: stepCount,
      nesting: body.maximumDepth == nil ? nil : index.map(Nesting.body))
  }

  private static func before(_ purpose: Purpose, isMessage: Bool) -> Before {
    guard isMessage else { return .nothing }
    switch purpose {
    case .whole, .prefix: return .itself
    case .element(let context): return .end(context.start)
    case .choice(_, let outer): return outer?.before ?? .nothing
    case .structure, .header: return .nothing
    }
  }

  override var isMessage: Bool { isOutermost && body.message != nil }

  override func isFixedByMatch(_ name: String) -> Bool { fixedMembers.contains(name) }

  override var isContainer: Bool {
    if case .element = purpose { return true }
    return false
  }

  /// Whether the body is decoded alone.
  var isOutermost: Bool { purpose.isOutermost }

  override var result: WireTree.Node {
    guard case .choice(let member, _) = purpose else { return node }
    var choice = WireTree.Node(member, value: .choice, start: node.start, count: node.count)
    choice.children = [node]
    return choice
  }

  override func advance(_ run: inout DecodingRun) throws(Stop) -> Bool {
    if let pendingLength, place == body.headerCount {
      try run.compare(pendingLength, of: self)
      self.pendingLength = nil
    }
    guard place < body.members.count else {
      try finish(&run)
      return false
    }
    let member = body.members[place]
    place += 1
    try run.member(member, of: self)
    return true
  }

  override func close(_ run: inout DecodingRun) {
    guard case .element(let context) = purpose else { return }
    if let padding = context.padding { node.children.append(padding) }
    run.position = context.next
  }

  /// A length in the body says where its container ends.
  func limit(_ run: inout DecodingRun, to end: Int) {
    if widerEnd == nil { widerEnd = run.end }
    run.end = end
  }

  func expect(_ checksum: ChecksumFound) { checksums.append(checksum) }
}

extension BodyFrame {
  /// What comes behind the last member: checksums, rules, octets left over.
  private func finish(_ run: inout DecodingRun) throws(Stop) {
    for checksum in checksums { try run.compare(checksum, over: start..<run.position, in: self) }
    derive(run)
    try rules(&run)
    if let widerEnd {
      if run.position < run.end { try run.trailing(code: code, into: &node) }
      run.end = widerEnd
    }
    switch purpose {
    case .whole(let code): if run.position < run.end { try run.trailing(code: code, into: &node) }
    case .element(let context): try run.rest(of: context, in: self)
    case .prefix, .header, .structure, .choice: break
    }
  }

  private func derive(_ run: DecodingRun) {
    guard !body.derived.isEmpty else { return }
    let scope = Scope(members: node.children, remaining: run.end - run.position)
    for derived in body.derived {
      node.children.append(
        WireTree.Node(
          name: derived.name, label: derived.name, role: .derived, value: .boolean(scope.holds(derived.test)),
          start: run.position))
    }
  }

  /// The rules, unless something before them in the body is an error.
  private func rules(_ run: inout DecodingRun) throws(Stop) {
    guard run.errors == errorsBefore, !body.rules.isEmpty else { return }
    let scope = Scope(members: node.children, remaining: run.end - run.position)
    for rule in body.rules where !scope.holds(rule.test) {
      let code = rule.inheritsCode ? invalidCode ?? rule.code : rule.code
      try run.report(.rule, at: start, code: code, isWarning: rule.isWarning, rule: rule.name)
    }
  }
}

extension DecodingRun {
  /// One member of a body or value of an array.
  mutating func member(_ member: Member, of frame: DecodingFrame) throws(Stop) {
    if let condition = member.condition, !scope(of: frame).holds(condition) { return }
    switch member.kind {
    case .integer(let shape): try integer(member, shape, of: frame)
    case .bits(let size, let isLittleEndian, let fields):
      try bits(member, size: size, isLittleEndian: isLittleEndian, fields, of: frame)
    case .reserved(let size, let send, let isChecked):
      try reserved(member, size: size, send: send, isChecked: isChecked, of: frame)
    case .reservedRest(let send, let isChecked):
      try reserved(member, size: end - position, send: send, isChecked: isChecked, of: frame)
    case .ipv4, .ipv6, .mac: try address(member, of: frame)
    case .octets, .text: try variable(member, of: frame)
    case .structure(let index): try structure(member, index, of: frame, stepCount: steps.count)
    case .array(let shape): try array(member, shape, of: frame)
    case .list(let shape): try list(member, shape, of: frame)
    case .choice(let shape): try choice(member, shape, of: frame)
    }
  }

  /// What the conditions of a frame's next member can see.
  func scope(of frame: DecodingFrame) -> Scope { Scope(members: frame.node.children, remaining: end - position) }

  /// A nested body. Values of arrays have no name, and their step is there already.
  ///
  /// - Parameter stepCount: how many steps the path has without it.
  mutating func structure(_ member: Member, _ index: Int, of parent: DecodingFrame, stepCount: Int) throws(Stop) {
    let body = interpreter.definition.bodies[index]
    let node = WireTree.Node(member, value: .structure, start: position)
    let frame = BodyFrame(body, index, node, in: self, purpose: .structure, stepCount: stepCount)
    try enter(frame, limit: body.maximumDepth, member.name, code: body.code)
    if !member.name.isEmpty { steps.append(PathStep(member.name)) }
  }

  private mutating func choice(_ member: Member, _ shape: ChoiceShape, of parent: DecodingFrame) throws(Stop) {
    guard let chosen = shape.case(of: scope(of: parent).number(shape.on)) else {
      try stop(.code, at: position, member.name, code: parent.code(of: member))
    }
    let node = WireTree.Node(name: chosen.name, label: chosen.name, value: .structure, start: position)
    guard let index = chosen.body else {
      var choice = WireTree.Node(member, value: .choice, start: position)
      choice.children = [node]
      parent.take(choice)
      return
    }
    let body = interpreter.definition.bodies[index]
    let frame = BodyFrame(
      body, index, node, in: self, purpose: .choice(member, message: parent as? BodyFrame),
      invalidCode: parent.invalidCode, stepCount: steps.count)
    try enter(frame, limit: body.maximumDepth, member.name, code: body.code)
    steps.append(PathStep(member.name))
    steps.append(PathStep(chosen.name))
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

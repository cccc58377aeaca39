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
}

/// The members of a body under way.
final class BodyFrame: DecodingFrame {
  enum Purpose {
    /// The outermost body, which octets are or start with.
    case whole
    case prefix
    /// A header, of which only the places are wanted.
    case header
    /// A struct that is a member or a value of an array.
    case structure
    case element(ElementContext)
    /// A case of the choice that the member is.
    case choice(MemberPlan, message: BodyFrame?)

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

  let body: BodyPlan
  let purpose: Purpose
  /// Its first octet; of an element whose header is not in the body, that of the value.
  private(set) var start: Int
  /// Errors noted before it.
  let errorsBefore: Int
  let before: Before
  private var place = 0
  /// End of the container before a length in the body made it shorter.
  private var widerEnd: Int?
  /// Checksums over the body, to be compared at its end.
  private var checksums: [ChecksumFound] = []
  /// What comes behind it when it is an element.
  var padding: WireTree.Node?
  /// Set until the length of an element that is decoded alone can be compared.
  var pendingLength: LengthFound?

  init(
    _ body: BodyPlan, in run: borrowing DecodingRun, purpose: Purpose,
    invalidCode: UInt64? = nil, stepCount: Int
  ) {
    self.body = body
    self.purpose = purpose
    start = run.position
    // What was found out about a message before its members is in it too.
    errorsBefore = purpose.isOutermost ? 0 : run.errors
    before = BodyFrame.before(purpose, isMessage: run.message != nil)
    super.init(
      in: run, code: invalidCode ?? body.code, invalidCode: invalidCode, stepCount: stepCount,
      nesting: body.nesting, isOutermost: purpose.isOutermost)
  }

  /// Makes it the frame of another body of the same kind, which starts where the run is.
  func restart(_ run: borrowing DecodingRun) {
    start = run.position
    place = 0
    widerEnd = nil
    checksums = []
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

  /// Whether it has a message's own members.
  var isMessage: Bool { isOutermost && body.message != nil }

  override var isContainer: Bool {
    if case .element = purpose { return true }
    return false
  }

  override func result(_ node: consuming WireTree.Node) -> WireTree.Node {
    guard case .choice(let member, _) = purpose else { return node }
    var choice = WireTree.Node(member.naming, value: .choice, start: node.start, count: node.count)
    choice.children = [node]
    return choice
  }

  override func advance(_ run: inout DecodingRun) throws(Stop) -> Bool {
    let depth = run.frames.count
    while place < body.members.count {
      if pendingLength != nil { try comparePendingLength(&run) }
      let member = body.members[place]
      place += 1
      try run.member(member, of: self)
      if run.frames.count > depth { return true }
    }
    if pendingLength != nil { try comparePendingLength(&run) }
    try finish(&run)
    return false
  }

  private func comparePendingLength(_ run: inout DecodingRun) throws(Stop) {
    guard let pendingLength, place == body.headerCount else { return }
    try run.compare(pendingLength, of: self)
    self.pendingLength = nil
  }

  override func close(_ run: inout DecodingRun) {
    guard case .element(let context) = purpose else { return }
    if let padding { run.node.children.append(padding) }
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
    derive(&run)
    try rules(&run)
    if let widerEnd {
      if run.position < run.end { try run.trailing(code: code) }
      run.end = widerEnd
    }
    switch purpose {
    case .whole: if run.position < run.end { try run.trailing(code: body.trailingCode) }
    case .element(let context): try run.rest(of: context, in: self)
    case .prefix, .header, .structure, .choice: break
    }
  }

  private func derive(_ run: inout DecodingRun) {
    guard body.derives else { return }
    let scope = run.scope
    for derived in body.definition.derived {
      run.node.children.append(
        WireTree.Node(
          name: derived.name, label: derived.name, role: .derived, value: .boolean(scope.holds(derived.test)),
          start: run.position))
    }
  }

  /// The rules, unless something before them in the body is an error.
  private func rules(_ run: inout DecodingRun) throws(Stop) {
    guard run.errors == errorsBefore, !body.rules.isEmpty else { return }
    let scope = run.scope
    for rule in body.rules where !scope.holds(rule.test) {
      let code = rule.inheritsCode ? invalidCode ?? rule.code : rule.code
      try run.report(.rule, at: start, code: code, isWarning: rule.isWarning, rule: rule.name)
    }
  }
}

extension DecodingRun {
  /// One member of a body or value of an array.
  mutating func member(_ member: MemberPlan, of frame: DecodingFrame) throws(Stop) {
    if let condition = member.condition, !scope.holds(condition) { return }
    switch member.kind {
    case .integer(let plan): try integer(member, plan, of: frame)
    case .bits(let plan): try bits(member, plan, of: frame)
    case .reserved(let size, let send, let isChecked):
      try reserved(member, size: size ?? end - position, send: send, isChecked: isChecked, of: frame)
    case .address(let size): try address(member, size: size, of: frame)
    case .variable(let plan): try variable(member, plan, of: frame)
    case .structure(let index): try structure(member, index, of: frame, stepCount: steps.count)
    case .array(let plan): try array(member, plan, of: frame)
    case .list(let plan): try list(member, plan, of: frame)
    case .choice(let plan): try choice(member, plan, of: frame)
    }
  }

  /// What the condition of the next member can see.
  var scope: Scope { Scope(members: node.children, remaining: end - position) }

  /// A nested body. Values of arrays have no name, and their step is there already.
  ///
  /// - Parameter stepCount: how many steps the path has without it.
  mutating func structure(_ member: MemberPlan, _ index: Int, of parent: DecodingFrame, stepCount: Int) throws(Stop) {
    let body = interpreter.plan.bodies[index]
    var node = WireTree.Node(member.naming, value: .structure, start: position)
    node.children.reserveCapacity(body.members.count)
    let frame = BodyFrame(body, in: self, purpose: .structure, stepCount: stepCount)
    try enter(frame, &node, limit: body.maximumDepth, member.name, code: body.code)
    if !member.name.isEmpty { steps.append(PathStep(member.name)) }
  }

  private mutating func choice(_ member: MemberPlan, _ plan: ChoicePlan, of parent: DecodingFrame) throws(Stop) {
    guard let chosen = plan.case(of: scope.number(plan.on)) else {
      try stop(.code, at: position, member.name, code: parent.code(of: member))
    }
    var node = WireTree.Node(chosen.naming, value: .structure, start: position)
    guard let index = chosen.body else {
      var choice = WireTree.Node(member.naming, value: .choice, start: position)
      choice.children = [node]
      parent.take(choice, &self)
      return
    }
    let body = interpreter.plan.bodies[index]
    let frame = BodyFrame(
      body, in: self, purpose: .choice(member, message: parent as? BodyFrame), invalidCode: parent.invalidCode,
      stepCount: steps.count)
    try enter(frame, &node, limit: body.maximumDepth, member.name, code: body.code)
    steps.append(PathStep(member.name))
    steps.append(PathStep(chosen.naming.name))
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

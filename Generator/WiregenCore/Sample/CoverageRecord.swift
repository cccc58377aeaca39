import Wire
import WireText

/// What samples have shown of a definition.
struct CoverageRecord {
  private let definition: ProtocolDefinition
  private(set) var reached: Set<CoverageGoal> = []

  init(_ definition: ProtocolDefinition) { self.definition = definition }

  private mutating func add(_ kind: CoverageGoal.Kind, _ place: String) { reached.insert(CoverageGoal(kind, place)) }

  /// What is shown in a way of its own.
  mutating func add(_ goal: CoverageGoal) { reached.insert(goal) }

  /// A valid message, and all that is in it.
  mutating func add(_ decoded: Decoded) {
    let body = definition.bodies[decoded.body]
    if body.message != nil { add(.message, body.name) }
    var open = [(decoded.body, decoded.tree.root)]
    while let (index, node) = open.popLast() { add(body: definition.bodies[index], node, &open) }
  }

  /// Octets that are refused for one thing alone.
  mutating func add(refused violation: Violation, body: Int) {
    add(.refused(violation.kind, rule: violation.rule), definition.place(of: violation, in: body))
  }

  private mutating func add(body: BodyDefinition, _ node: WireTree.Node, _ open: inout [(Int, WireTree.Node)]) {
    for member in body.members { add(member, body, node, &open) }
    for rule in body.rules where node.shows(rule.test) { add(.holds, "\(body.name).\(rule.name)") }
    for early in body.message?.earlyRules ?? [] where node.shows(early.rule.test) {
      add(.holds, "\(body.name).\(early.rule.name)")
    }
  }

  private mutating func add(
    _ member: Member, _ body: BodyDefinition, _ parent: WireTree.Node, _ open: inout [(Int, WireTree.Node)]
  ) {
    if case .bits(_, _, let fields) = member.kind {
      for field in fields { add(field, body, parent, &open) }
      return
    }
    guard !member.name.isEmpty else { return }
    let place = "\(body.name).\(member.name)"
    guard let node = parent.namedPart(member.name) else { return add(.absent, place) }
    add(.present, place)
    switch member.kind {
    case .integer(let shape): add(shape, node, place)
    case .octets, .text: add(size: node, place)
    case .structure(let index): open.append((index, node))
    case .array(let shape):
      add(.shortest(node.children.count), place)
      add(.longest(node.children.count), place)
      if case .structure(let index) = shape.element.kind { open += node.children.map { (index, $0) } }
      if case .integer(let integer) = shape.element.kind { for item in node.children { add(integer, item, place) } }
    case .list(let shape): add(shape, node, place, &open)
    case .choice(let shape):
      guard let child = node.children.first else { return }
      add(.chosen, "\(place).\(child.name)")
      if let chosen = shape.allCases.first(where: { $0.name == child.name })?.body { open.append((chosen, child)) }
    case .ipv4, .ipv6, .mac, .reserved, .reservedRest, .bits: break
    }
  }

  private mutating func add(_ shape: IntegerShape, _ node: WireTree.Node, _ place: String) {
    switch node.value {
    case .boolean(let flag): add(flag ? .set : .clear, place)
    case .flags(let bits, _):
      for flag in shape.flags.map({ definition.flags[$0].flags }) ?? [] {
        add(bits >> UInt64(flag.bit) & 1 == 1 ? .set : .clear, "\(place).\(flag.name)")
      }
    case .integer(let number, _, let meaning):
      if let codes = shape.codes.map({ definition.codes[$0] }) {
        if case .code(let name, _)? = meaning { add(.code, "\(codes.name).\(name)") }
        if let number = UInt64(exactly: number) { add(.codeNumber(number), codes.name) }
      }
      add(number: number, place)
    case .date(_, let count, _): add(number: count, place)
    default: break
    }
  }

  private mutating func add(number: Int128, _ place: String) {
    add(.smallest(number), place)
    add(.largest(number), place)
  }

  private mutating func add(size node: WireTree.Node, _ place: String) {
    guard let count = node.value.octetCount else { return }
    add(.shortest(count), place)
    add(.longest(count), place)
  }

  private mutating func add(
    _ shape: ListShape, _ node: WireTree.Node, _ place: String, _ open: inout [(Int, WireTree.Node)]
  ) {
    let family = definition.families[shape.family]
    for allowed in shape.allowed {
      let element = family.elements[allowed.element]
      let found = node.children.filter { $0.isElement(element.name) }
      add(.fewest(found.count), "\(place).\(element.name)")
      add(.most(found.count), "\(place).\(element.name)")
      open += found.map { (element.body, $0) }
    }
    for child in node.children {
      guard case .unknownElement = child.value else { continue }
      add(.unknown(child.role == .ignored ? .ignore : .keep), place)
    }
  }
}

extension WireTree.Node {
  /// Whether a rule's test holds and says something: what an implication asks for is there.
  fileprivate func shows(_ test: WireExpression) -> Bool {
    if case .binary(.implies, let premise, _) = test, !holds(premise) { return false }
    return holds(test)
  }

  fileprivate func isElement(_ name: String) -> Bool {
    if case .element = value { return self.name == name }
    return false
  }
}

extension WireTree.Value {
  /// Octets of octets or text; nil for other values.
  fileprivate var octetCount: Int? {
    switch self {
    case .octets(let octets), .text(let octets): octets.count
    default: nil
    }
  }
}

extension ProtocolDefinition {
  /// What a violation is of, without the places in lists: `MapRequest.options.filter`, `FilterOption.prefixLength`.
  func place(of violation: Violation, in root: Int) -> String {
    var body = bodies[root]
    // What is wrong with the size of a message is of the message, wherever it shows.
    if [.truncated, .tooLong, .notMultiple].contains(violation.kind) { return body.name }
    var place = body.name
    var list = place
    var steps = violation.member.split(separator: ".").map { $0.prefix { $0 != "[" } }[...]
    while let step = steps.popFirst() {
      guard let member = body.anyMember(named: String(step)) else {
        return violation.kind == .padding ? list : "\(body.name).\(step)"
      }
      place = "\(body.name).\(step)"
      switch member.kind {
      case .structure(let index): body = bodies[index]
      case .array(let shape):
        guard case .structure(let index) = shape.element.kind else { return place }
        body = bodies[index]
      case .choice(let shape):
        guard let name = steps.popFirst(), let index = shape.allCases.first(where: { $0.name == name })?.body else {
          return place
        }
        body = bodies[index]
      case .list(let shape):
        let elements = families[shape.family].elements
        list = place
        guard let name = steps.popFirst() else { return place }
        guard let element = elements.first(where: { $0.name == name }) else { return place }
        if steps.isEmpty, violation.kind == .order, !shape.hasPosition(String(name), elements) { return place }
        guard !steps.isEmpty || ![.missing, .excess, .order].contains(violation.kind) else { return "\(place).\(name)" }
        if violation.kind == .length, steps.isEmpty { return place }
        body = bodies[element.body]
      default: return place
      }
      if steps.isEmpty { place = body.name }
    }
    return place
  }
}

extension ListShape {
  /// Whether an element has a place of its own, whatever the order of the others.
  fileprivate func hasPosition(_ name: String, _ elements: [FamilyDefinition.Element]) -> Bool {
    allowed.contains { elements[$0.element].name == name && $0.position != nil }
  }
}

extension BodyDefinition {
  /// The member of that name, bit fields included.
  func anyMember(named name: String) -> Member? {
    for member in members {
      if member.name == name, !name.isEmpty { return member }
      if case .bits(_, _, let fields) = member.kind, let field = fields.first(where: { $0.name == name }) { return field }
    }
    return nil
  }
}

import Wire
import WireText

/// All that samples of a definition should show, in the order of the schema.
///
/// Of what depends on chance alone only the ends count: the least and the greatest number, the fewest and the most. Ends that no
/// message can hold (arrays of more than `largest` values, texts of more octets) are left out.
struct CoverageGoals {
  /// Longer ones are not asked for.
  static let largest = 4096

  private let definition: ProtocolDefinition
  private(set) var goals: [CoverageGoal] = []
  private var seen: Set<CoverageGoal> = []
  private var bodies: Set<Int> = []
  private var codes: Set<Int> = []
  /// By the body: directions of the messages that lead to it.
  private var directions: [Int: Set<Int>] = [:]

  /// - Parameter roots: the messages; the goals are of all that they lead to.
  init(_ definition: ProtocolDefinition, roots: [Int]) {
    self.definition = definition
    for root in roots {
      guard let direction = definition.bodies[root].message?.direction else { continue }
      for body in SampleRoutes(definition, roots: [root]).bodies { directions[body, default: []].insert(direction) }
    }
    for root in roots {
      if definition.bodies[root].message != nil { add(.message, definition.bodies[root].name) }
      add(body: root)
    }
  }

  private mutating func add(_ kind: CoverageGoal.Kind, _ place: String) {
    let goal = CoverageGoal(kind, place)
    if seen.insert(goal).inserted { goals.append(goal) }
  }

  private mutating func add(body index: Int) {
    guard bodies.insert(index).inserted else { return }
    let body = definition.bodies[index]
    for (place, member) in body.members.enumerated() {
      // The tag of an element, changed, is that of another one.
      if place < body.headerCount { continue }
      add(member, of: body, index)
    }
    for rule in body.rules + (body.message?.earlyRules.map(\.rule) ?? []) {
      add(.holds, "\(body.name).\(rule.name)")
      add(.refused(.rule, rule: rule.name), body.name)
    }
    guard let message = body.message else { return }
    add(.refused(.truncated, rule: nil), body.name)
    if let size = message.maximumSize, size <= Self.largest { add(.refused(.tooLong, rule: nil), body.name) }
    if message.sizeMultiple > 1 { add(.refused(.notMultiple, rule: nil), body.name) }
  }

  private mutating func add(_ member: Member, of body: BodyDefinition, _ index: Int) {
    let place = "\(body.name).\(member.name)"
    if member.condition != nil, !member.name.isEmpty {
      add(.present, place)
      add(.absent, place)
    }
    switch member.kind {
    case .integer(let shape): add(shape, member, of: body)
    case .bits(_, _, let fields): for field in fields { add(field, of: body, index) }
    case .reserved(_, _, isChecked: true), .reservedRest(_, isChecked: true):
      add(.refused(.reserved, rule: nil), "\(body.name).reserved")
    case .reserved, .reservedRest, .ipv4, .ipv6, .mac: break
    case .octets(let shape): add(size: shape.extent, shape.minimum, shape.maximum, place, body)
    case .text(let shape):
      if shape.content != .date { add(size: shape.extent, shape.minimum, shape.maximum, place, body) }
      if !shape.keepsInvalid { add(.refused(.text, rule: nil), place) }
    case .structure(let index): add(body: index)
    case .array(let shape): add(shape, place, of: body)
    case .list(let shape): add(shape, place, of: index)
    case .choice(let shape): add(shape, place)
    }
  }

  private mutating func add(_ shape: IntegerShape, _ member: Member, of body: BodyDefinition) {
    let place = "\(body.name).\(member.name)"
    if let index = shape.codes { add(codes: index, shape, member, of: body) }
    if case .checksum? = shape.computed { add(.refused(.checksum, rule: nil), place) }
    guard shape.computed == nil else { return }
    let match = body.message?.matches.first { $0.member == member.name }
    if shape.constant != nil {
      if match == nil { add(.refused(.constant, rule: nil), place) }
      return
    }
    if let match, match.first == match.last { return }
    if let index = shape.flags { return add(flags: index, place) }
    guard shape.codes == nil, match == nil else { return }
    if shape.isBoolean {
      add(.set, place)
      add(.clear, place)
      return
    }
    let range = shape.drawn
    add(.smallest(range.lowerBound), place)
    add(.largest(range.upperBound), place)
    if shape.minimum != nil || shape.maximum != nil { add(.refused(.range, rule: nil), place) }
  }

  /// The codes that a number can be, once for all numbers; the numbers that may not be are each number's own.
  private mutating func add(codes index: Int, _ shape: IntegerShape, _ member: Member, of body: BodyDefinition) {
    let place = "\(body.name).\(member.name)"
    let list = definition.codes[index]
    if shape.only != nil || !list.isOpen, shape.constant == nil { add(.refused(.code, rule: nil), place) }
    let match = body.message?.matches.first { $0.member == member.name }
    if let number = shape.constant ?? match.flatMap({ $0.first == $0.last ? Int128($0.first) : nil }) {
      if let code = list.codes.first(where: { Int128($0.value) == number }) { add(.code, "\(list.name).\(code.name)") }
      return
    }
    guard codes.insert(index).inserted else { return }
    for code in list.codes { add(.code, "\(list.name).\(code.name)") }
    guard list.isOpen else { return }
    for range in list.ranges where range.use != "retired" {
      add(.codeNumber(range.first), list.name)
      add(.codeNumber(range.last), list.name)
    }
  }

  private mutating func add(flags index: Int, _ place: String) {
    for flag in definition.flags[index].flags {
      add(.set, "\(place).\(flag.name)")
      add(.clear, "\(place).\(flag.name)")
    }
    if !definition.flags[index].isOpen { add(.refused(.code, rule: nil), place) }
  }

  private mutating func add(
    size extent: Extent, _ minimum: Int, _ maximum: Int?, _ place: String, _ body: BodyDefinition
  ) {
    guard extent.fixedSize == nil else { return }
    // A size that follows from other members is theirs.
    if case .expression(let expression) = extent, !body.computesSize(expression) { return }
    add(.shortest(minimum), place)
    guard let maximum, maximum <= Self.largest else { return }
    add(.longest(maximum), place)
    add(.refused(.range, rule: nil), place)
  }

  private mutating func add(_ shape: ArrayShape, _ place: String, of body: BodyDefinition) {
    add(.shortest(shape.minimum), place)
    if let maximum = shape.maximum, maximum <= Self.largest { add(.longest(maximum), place) }
    if case .structure(let index) = shape.element.kind { add(body: index) }
  }

  private mutating func add(_ shape: ListShape, _ place: String, of body: Int) {
    let family = definition.families[shape.family]
    for allowed in shape.allowed {
      let element = family.elements[allowed.element]
      let place = "\(place).\(element.name)"
      add(.fewest(allowed.minimum), place)
      // Only one element can be the first or the last.
      let most = allowed.maximum ?? max(2, allowed.minimum + 1)
      add(.most(allowed.position == nil ? most : min(1, most)), place)
      if allowed.minimum > 0 || allowed.requiredWhen != nil { add(.refused(.missing, rule: nil), place) }
      // One too many of what must be first or last is also in a wrong place.
      if let maximum = allowed.maximum, maximum <= 64, maximum < shape.mostElements, allowed.position == nil {
        add(.refused(.excess, rule: nil), place)
      }
      if allowed.position != nil, mayStandElsewhere(allowed, shape, body) { add(.refused(.order, rule: nil), place) }
      if allowed.maximum != 0 { add(body: element.body) }
    }
    if shape.mayBeOutOfOrder { add(.refused(.order, rule: nil), place) }
    let policies = policies(of: family, in: body)
    for action in Set(policies.map(\.action)).sorted(by: { $0.rawValue < $1.rawValue }) {
      // What is ignored is not sent again, so that a number before the list would count it no more.
      if action == .ignore, shape.end != .container { continue }
      add(action == .reject ? .refused(.unknownElement, rule: nil) : .unknown(action), place)
    }
    if family.checksPadding, family.alignment > 1 { add(.refused(.padding, rule: nil), place) }
    add(.refused(.length, rule: nil), place)
  }

  /// What becomes of unknown elements in the messages that lead to a body.
  private func policies(of family: FamilyDefinition, in body: Int) -> [FamilyDefinition.UnknownPolicy] {
    family.unknown.filter { policy in policy.direction.map { directions[body]?.contains($0) ?? true } ?? true }
  }

  /// Whether an element that must be the first or the last can be elsewhere with nothing else wrong.
  ///
  /// Something must be on the wrong side of it that may be there itself: an unknown element that is not refused, or a known one.
  /// Behind the last element of a list in order, that can only be one that the list has behind it: any other is out of order
  /// itself, and the same one again is one too many.
  private func mayStandElsewhere(_ allowed: ListShape.Allowed, _ shape: ListShape, _ body: Int) -> Bool {
    if policies(of: definition.families[shape.family], in: body).contains(where: { $0.action != .reject }) { return true }
    guard let own = shape.allowed.firstIndex(of: allowed) else { return true }
    let others = shape.allowed.indices.filter { $0 != own && shape.allowed[$0].maximum != 0 }
    if allowed.position == .first { return !others.isEmpty || allowed.maximum != 1 }
    return allowed.maximum != 1
      || others.contains { place in
        shape.allowed[place].position != .first && (!shape.isOrdered || place > own || shape.allowed[place].addition != nil)
      }
  }

  private mutating func add(_ shape: ChoiceShape, _ place: String) {
    for chosen in shape.allCases {
      add(.chosen, "\(place).\(chosen.name)")
      if let body = chosen.body { add(body: body) }
    }
  }
}

extension BodyDefinition {
  /// Whether a size is what an earlier member says, which is computed.
  fileprivate func computesSize(_ expression: WireExpression) -> Bool {
    guard case .path(let path) = expression, path.count == 1, case .integer(let shape)? = anyMember(named: path[0])?.kind
    else { return false }
    return shape.computed != nil
  }
}

extension ListShape {
  /// Whether an element that has no place of its own can come behind one that the list puts after it, and that be all.
  ///
  /// What must be the last is itself refused when anything comes behind it.
  fileprivate var mayBeOutOfOrder: Bool {
    let listed = allowed.filter { $0.addition == nil && $0.maximum != 0 }
    guard isOrdered, mostElements > 1, let early = listed.firstIndex(where: { $0.position == nil }) else { return false }
    return listed[(early + 1)...].contains { $0.position != .last }
  }

  /// How many elements there can be at most, where the schema says so by a number.
  fileprivate var mostElements: Int {
    if case .count(.number(let count)) = end { return Int(clamping: count) }
    return .max
  }
}

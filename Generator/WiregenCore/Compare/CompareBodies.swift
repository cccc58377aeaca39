import WireText

// MARK: - Bodies

extension CompareRun {
  mutating func compareAllBodies() {
    let structs = (old: Set(SchemaPairing.structs(before)), new: Set(SchemaPairing.structs(after)))
    for (index, body) in before.bodies.enumerated() where pairing.bodies.newOfOld[index] == nil {
      let place = Place(body.name, after.name)
      if body.message != nil {
        note(place, .check("the message is gone", .stricter, [.source, .text]), subject: body.name)
      } else if structs.old.contains(index) {
        note(place, Aspect("the struct is gone", [.source]))
      }
    }
    for (index, body) in after.bodies.enumerated() where pairing.bodies.oldOfNew[index] == nil {
      let place = Place(before.name, body.name)
      if body.message != nil {
        note(place, .check("a new message, which switches over all lack", .looser, [.source]), subject: body.name)
      } else if structs.new.contains(index) {
        note(place, Aspect("a new struct"), subject: body.name)
      }
    }
    for (left, right) in pairing.bodies.sorted {
      let isNamed = before.bodies[left].message != nil || structs.old.contains(left)
      compareBodies(left, right, isNamed: isNamed)
    }
  }

  /// - Parameter isNamed: whether its name is its own, and not made of those of other things.
  mutating func compareBodies(_ left: Int, _ right: Int, isNamed: Bool) {
    let (first, second) = (before.bodies[left], after.bodies[right])
    let place = Place(first.name, second.name)
    if isNamed, first.name != second.name {
      let isMessage = first.message != nil
      let noun = isMessage ? "message" : "struct"
      note(place, Aspect("the \(noun) is called '\(second.name)' instead", isMessage ? [.source, .text] : [.source]))
    }
    let scope = MemberScope(
      place: place, members: pairing.members(left, right), old: first, new: second,
      oldProperties: properties(oldSwift, left), newProperties: properties(newSwift, right),
      isJudged: judged.old.contains(left) && judged.new.contains(right))
    compareSequence(scope)
    compareRules(scope)
    compareDerived(scope)
    if !first.members.isEmpty || !second.members.isEmpty {
      compareCode(first.code, second.code, place, "of what does not fit")
    }
    note(place, depth(first.maximumDepth, second.maximumDepth))
    if let one = first.message, let other = second.message { compareTraits(one, other, scope) }
  }

  private func properties(_ swift: Lowering, _ body: Int) -> [String: PropertyPlan] {
    let plan = swift.plan(body: body, trailingCode: nil)
    return Dictionary(plan.properties.map { ($0.name, $0) }) { first, _ in first }
  }

  /// How deep something may be in itself; without a limit it never is.
  func depth(_ old: Int?, _ new: Int?) -> [Aspect] {
    bounds("maxDepth", old.map { Int128($0) }, new.map { Int128($0) }, isLower: false)
  }
}

/// Two versions of a sequence of members, and what is around them.
struct MemberScope {
  var place: CompareRun.Place
  var members: MemberPairing
  /// What expressions of them see; for a header, its members in a body of their own.
  var old: BodyDefinition
  var new: BodyDefinition
  /// What they are in Swift, by their names.
  var oldProperties: [String: PropertyPlan] = [:]
  var newProperties: [String: PropertyPlan] = [:]
  /// In both versions a list has a code of its own for what is wrong in it.
  var isJudged = false

  /// Members that have one value by a match, which is compared as that.
  func isMatched(_ old: Member, _ new: Member) -> Bool {
    func has(_ body: BodyDefinition, _ member: Member) -> Bool {
      body.message?.matches.contains { $0.member == member.name && $0.first == $0.last } ?? false
    }
    return has(self.old, old) || has(self.new, new)
  }
}

extension ProtocolDefinition {
  /// Bodies in which errors may have the code of an `<allow invalid>`.
  var judgedBodies: Set<Int> {
    var judged: Set<Int> = []
    for case .list(let list) in bodies.flatMap({ $0.members.map(\.kind) }) {
      let elements = families[list.family].elements
      judged.formUnion(list.allowed.filter { $0.invalidCode != nil }.map { elements[$0.element].body })
    }
    var open = Array(judged)
    while let index = open.popLast() {
      for case .choice(let choice) in bodies[index].members.map(\.kind) {
        open += choice.allCases.compactMap(\.body).filter { judged.insert($0).inserted }
      }
    }
    return judged
  }
}

// MARK: - What comes, goes and moves among members

extension CompareRun {
  mutating func compareSequence(_ scope: MemberScope) {
    let members = scope.members
    for (left, right) in members.newOfOld.sorted(by: { $0.key < $1.key }) {
      compareMember(members.old[left], members.new[right], scope)
    }
    for index in members.moved.sorted() {
      let name = members.old[index].name
      let place = members.newOfOld[index] ?? 0
      let neighbour = place > 0 ? "behind '\(members.new[place - 1].title)'" : "at the start"
      let classes: Set<CompatClass> = scope.oldProperties[name] == nil ? [.wire] : [.wire, .source]
      note(scope.place.part(name, members.new[place].name), Aspect("it stands \(neighbour) now", classes))
    }
    for gap in members.gaps { compareGap(gap, scope) }
  }

  private mutating func compareGap(_ gap: MemberPairing.Gap, _ scope: MemberScope) {
    let (lost, found) = (gap.old.map { scope.members.old[$0] }, gap.new.map { scope.members.new[$0] })
    let widths = (bits(lost), bits(found))
    let stays = widths.0 != nil && widths.0 == widths.1
    let isTail = gap.isLast && (lost.isEmpty || found.isEmpty) && (lost + found).allSatisfy { $0.member.canBeNothing }
    if (lost + found).allSatisfy(\.name.isEmpty) {
      let words = "reserved: \(lost.words) becomes \(found.words)"
      note(scope.place, isTail ? .check(words, found.isEmpty ? .stricter : .looser) : Aspect(words, [.wire]))
    }
    for part in lost where !part.name.isEmpty {
      let fate = stays ? ", and \(found.words) is in its place" : gap.isLast ? "" : ", and what follows moves"
      note(
        Place("\(scope.place.old).\(part.name)", scope.place.new),
        aspect(
          part, "the member is gone\(fate)", isTail ? (part.member.mustBeThere ? .either : .stricter) : nil,
          isBroken: scope.oldProperties[part.name] != nil, before))
    }
    for part in found where !part.name.isEmpty {
      let fate = stays ? " in the place of \(lost.words)" : isTail || gap.isLast ? " at the end" : ", and what follows moves"
      let property = scope.newProperties[part.name]
      note(
        Place(scope.place.old, "\(scope.place.new).\(part.name)"),
        aspect(
          part, "a new member\(fate)", isTail ? (part.member.mustBeThere ? .either : .looser) : nil,
          isBroken: property != nil && property?.defaultValue == nil, after),
        subject: "\(scope.place.new).\(part.name)")
    }
  }

  /// - Parameter effect: of a member at the end that need not be there; nil for others, which change what octets mean.
  private func aspect(
    _ part: MemberPart, _ change: String, _ effect: CompatEffect?, isBroken: Bool, _ definition: ProtocolDefinition
  ) -> Aspect {
    var classes: Set<CompatClass> = isBroken ? [.source] : []
    let isOptional = effect != nil && part.member.condition != nil
    if jsonForm(of: part.member, in: definition) != nil, !isOptional { classes.insert(.text) }
    guard let effect else { return Aspect(change, classes.union([.wire])) }
    return .check(change, effect, classes)
  }

  private func bits(_ parts: [MemberPart]) -> Int? {
    parts.reduce(0 as Int?) { sum, part in
      guard part.member.condition == nil, let bits = part.bits else { return nil }
      return sum.map { $0 + bits }
    }
  }
}

extension MemberPart {
  /// The name, or what it is without one.
  var title: String { name.isEmpty ? "reserved" : name }
}

extension [MemberPart] {
  /// The parts in words.
  fileprivate var words: String {
    if isEmpty { return "nothing" }
    return map { part in
      guard part.name.isEmpty else { return "'\(part.name)'" }
      guard let bits = part.bits else { return "the reserved rest" }
      return bits.isMultiple(of: 8) ? "\(bits / 8) reserved octets" : "\(bits) reserved bits"
    }.joined(separator: " and ")
  }
}

extension Member {
  /// Whether it can take no octets where the body ends before it.
  fileprivate var canBeNothing: Bool {
    if condition?.needsOctets == true { return true }
    if condition != nil { return false }
    switch kind {
    case .reservedRest: return true
    case .octets(let shape): return shape.extent == .rest
    case .text(let shape): return shape.extent == .rest
    case .array(let shape): return shape.end == .container
    case .list(let shape): return shape.end == .container
    case .choice(let shape):
      guard shape.on == .remaining, let found = shape.case(of: 0) else { return false }
      return found.body == nil
    case .integer, .bits, .reserved, .ipv4, .ipv6, .mac, .structure: return false
    }
  }

  /// Whether it is wrong that it takes no octets.
  fileprivate var mustBeThere: Bool {
    switch kind {
    case .octets(let shape): shape.minimum > 0
    case .text(let shape): shape.minimum > 0 || shape.content == .date
    case .array(let shape): shape.minimum > 0
    case .list(let shape): shape.allowed.contains { $0.minimum > 0 || $0.requiredWhen != nil }
    default: false
    }
  }
}

extension WireExpression {
  /// Whether it holds only where octets remain.
  fileprivate var needsOctets: Bool {
    switch self {
    case .binary(.greaterOrEqual, .remaining, .number(let least)), .binary(.equal, .remaining, .number(let least)): least > 0
    case .binary(.greater, .remaining, .number(let least)): least >= 0
    case .binary(.notEqual, .remaining, .number(0)): true
    case .binary(.and, let left, let right): left.needsOctets || right.needsOctets
    default: false
    }
  }
}

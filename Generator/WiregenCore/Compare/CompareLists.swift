import WireText

// MARK: - Lists

extension CompareRun {
  mutating func lists(_ left: ListShape, _ right: ListShape, _ scope: MemberScope, _ place: Place) -> [Aspect] {
    guard pairing.families.has(left.family, right.family) else {
      let names = (before.families[left.family].name, after.families[right.family].name)
      return [Aspect("a list of \(names.0) becomes one of \(names.1)", [.wire, .source, .text])]
    }
    var aspects: [Aspect] = []
    if left.isOrdered != right.isOrdered {
      aspects.append(
        right.isOrdered
          ? .check("elements must come in the order listed", .stricter) : .check("elements may come in any order", .looser))
    }
    if !isSame(left.end, right.end, scope) {
      let words = (words(left.end, oldTexts, scope.old), words(right.end, newTexts, scope.new))
      aspects.append(Aspect("it ends \(words.1) instead of \(words.0)", [.wire]))
    }
    let uses = ListUses(left, right, pairing)
    for (old, new) in uses.pairs { compareUses(old, new, uses, scope, place) }
    for lost in uses.lost { note(lost, isNew: false, uses, place) }
    for found in uses.found { note(found, isNew: true, uses, place) }
    return aspects + order(uses)
  }

  private func isSame(_ left: ListShape.End, _ right: ListShape.End, _ scope: MemberScope) -> Bool {
    let expressions = PairedExpression(pairing: pairing, members: scope.members)
    switch (left, right) {
    case (.container, .container): return true
    case (.count(let one), .count(let other)), (.size(let one), .size(let other)): return expressions.isSame(one, other)
    default: return false
    }
  }

  private func words(_ end: ListShape.End, _ texts: ListingBuilder, _ body: BodyDefinition) -> String {
    switch end {
    case .container: "with its container"
    case .count(let expression): "after '\(texts.text(expression, body.members))' elements"
    case .size(let expression): "after '\(texts.text(expression, body.members))' octets"
    }
  }

  /// The order of encoding, which receivers do not mind, and with `order="listed"` of receipt.
  private func order(_ uses: ListUses) -> [Aspect] {
    var aspects: [Aspect] = []
    if uses.encoded.old != uses.encoded.new {
      aspects.append(Aspect("elements are encoded in another order"))
    }
    if uses.isOrdered, uses.listed.old != uses.listed.new {
      aspects.append(.check("elements must come in another order", .either))
    }
    return aspects
  }
}

/// What two versions of a list allow.
struct ListUses {
  typealias Use = ListShape.Allowed

  let left: ListShape
  let right: ListShape
  private(set) var pairs: [(old: Use, new: Use)] = []
  private(set) var lost: [Use] = []
  private(set) var found: [Use]
  private let elements: IndexPairs

  init(_ left: ListShape, _ right: ListShape, _ pairing: SchemaPairing) {
    (self.left, self.right) = (left, right)
    elements = pairing.elements[left.family] ?? IndexPairs()
    found = right.allowed
    for use in left.allowed {
      let partner = elements.newOfOld[use.element]
      if let place = found.firstIndex(where: { $0.element == partner }) {
        pairs.append((use, found.remove(at: place)))
      } else {
        lost.append(use)
      }
    }
  }

  var isOrdered: Bool { left.isOrdered && right.isOrdered }

  /// New indices of the elements that both allow, in the order that they are listed in, and that they are encoded in.
  var listed: (old: [Int], new: [Int]) { both { $0 } }
  var encoded: (old: [Int], new: [Int]) {
    both { uses in
      uses.filter { $0.position == .first } + uses.filter { $0.position == nil } + uses.filter { $0.position == .last }
    }
  }

  private func both(_ order: ([Use]) -> [Use]) -> (old: [Int], new: [Int]) {
    let common = Set(pairs.map(\.new.element))
    let old = order(left.allowed).compactMap { elements.newOfOld[$0.element] }.filter(common.contains)
    return (old, order(right.allowed).map(\.element).filter(common.contains))
  }
}

// MARK: - What a list allows

extension CompareRun {
  private mutating func compareUses(
    _ old: ListShape.Allowed, _ new: ListShape.Allowed, _ uses: ListUses, _ scope: MemberScope, _ list: Place
  ) {
    let family = (before.families[uses.left.family], after.families[uses.right.family])
    let place = list.part(family.0.elements[old.element].name, family.1.elements[new.element].name)
    var aspects = bounds("the least number", least(old), least(new), isLower: true)
    aspects += bounds("the most", old.maximum.map { Int128($0) }, new.maximum.map { Int128($0) }, isLower: false)
    aspects += requirement(old, new, scope)
    if old.position != new.position { aspects.append(position(old.position, new.position)) }
    if old.isMany != new.isMany || old.isProperty != new.isProperty || (old.minimum == 0) != (new.minimum == 0) && !new.isMany {
      if aspects.isEmpty { aspects.append(Aspect("the property is another")) }
      aspects[0].classes.insert(.source)
    }
    note(place, aspects)
    if old.minimum > 0 || old.requiredWhen != nil, new.minimum > 0 || new.requiredWhen != nil {
      compareCode(old.missingCode, new.missingCode, place, "when it is missing")
    }
    if old.canFailByExcess(uses.left), new.canFailByExcess(uses.right) {
      compareCode(old.excessCode, new.excessCode, place, "when there are too many, or out of order")
    }
    compareCode(old.invalidCode, new.invalidCode, place, "of what is wrong in it")
  }

  private func least(_ use: ListShape.Allowed) -> Int128? { use.minimum == 0 ? nil : Int128(use.minimum) }

  private func requirement(_ old: ListShape.Allowed, _ new: ListShape.Allowed, _ scope: MemberScope) -> [Aspect] {
    let expressions = PairedExpression(pairing: pairing, members: scope.members)
    guard !expressions.isSame(old.requiredWhen, new.requiredWhen) else { return [] }
    let words = (
      old.requiredWhen.map { oldTexts.text($0, scope.old.members) }, new.requiredWhen.map { newTexts.text($0, scope.new.members) }
    )
    guard let before = words.0 else { return [.check("it is required when '\(words.1 ?? "")'", .stricter)] }
    guard let after = words.1 else { return [.check("it is not required when '\(before)' any more", .looser)] }
    return [.check("it is required when '\(after)' instead of '\(before)'", .either)]
  }

  private func position(_ old: ListShape.Position?, _ new: ListShape.Position?) -> Aspect {
    guard let old else { return .check("it must be the \(new?.rawValue ?? "")", .stricter) }
    guard let new else { return .check("it need not be the \(old.rawValue)", .looser) }
    return .check("it must be the \(new.rawValue) instead of the \(old.rawValue)", .either)
  }

  /// Notes an element that a list allows now, or does not any more: otherwise it is one that the list does not know.
  private mutating func note(_ use: ListShape.Allowed, isNew: Bool, _ uses: ListUses, _ list: Place) {
    // In the version that does not allow it, it may be defined or not.
    let (index, other) = isNew ? (uses.right.family, uses.left.family) : (uses.left.family, uses.right.family)
    let element = (isNew ? after : before).families[index].elements[use.element]
    let policies = (isNew ? before : after).families[other].actions(tag: element.tag, extraTag: element.extraTag)
    var effects: [CompatEffect] = []
    if policies.contains(.reject) { effects.append(use.maximum == 0 ? .code : isNew ? .looser : .stricter) }
    if policies.contains(.keep) || policies.contains(.ignore) { effects.append(isNew ? .stricter : .looser) }
    if use.minimum > 0 || use.requiredWhen != nil { effects.append(isNew ? .stricter : .looser) }
    var classes: Set<CompatClass> = effects.isEmpty ? [] : [.validation]
    if policies != [.reject], use.isProperty { classes.insert(.text) }
    if use.isProperty, isNew ? use.minimum == 1 && !use.isMany : true { classes.insert(.source) }
    let unknown = "an unknown one with code \(element.tag)\(Self.fate(policies))"
    let words = isNew ? "the list allows it now; it was \(unknown)" : "the list does not allow it any more; it is \(unknown)"
    let place = isNew ? Place(list.old, "\(list.new).\(element.name)") : Place("\(list.old).\(element.name)", list.new)
    let subject = "\(isNew ? list.new : list.old).\(element.name)"
    note(place, Aspect(words, classes, CompatEffect.with(effects)), subject: subject)
  }

  private static func fate(_ actions: Set<FamilyDefinition.UnknownPolicy.Action>) -> String {
    let words = actions.map { action in
      switch action {
      case .keep: "kept"
      case .ignore: "ignored"
      case .reject: "rejected"
      }
    }
    return words.isEmpty ? "" : ", \(words.sorted().joined(separator: " or "))"
  }
}

extension ListShape.Allowed {
  /// How it is in Swift: an array, a value or nothing at all.
  fileprivate var isMany: Bool { maximum != 1 && isProperty }
  fileprivate var isProperty: Bool { maximum != 0 }

  fileprivate func canFailByExcess(_ list: ListShape) -> Bool { maximum != nil || position != nil || list.isOrdered }
}

extension FamilyDefinition {
  /// What becomes of an unknown element, in any direction.
  func actions(tag: UInt64, extraTag: UInt64) -> Set<UnknownPolicy.Action> {
    var actions: Set<UnknownPolicy.Action> = []
    for policy in unknown where policy.first <= tag && tag <= policy.last && (policy.extraTag ?? extraTag) == extraTag {
      actions.insert(policy.action)
      if policy.direction == nil { break }
    }
    return actions
  }
}

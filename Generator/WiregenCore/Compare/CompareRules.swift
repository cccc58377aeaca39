import WireText

// MARK: - Rules and what is derived

extension CompareRun {
  private struct Entry {
    var rule: RuleDefinition
    var isEarly: Bool
  }

  private static func entries(_ body: BodyDefinition) -> [Entry] {
    (body.message?.earlyRules ?? []).map { Entry(rule: $0.rule, isEarly: true) }
      + body.rules.map { Entry(rule: $0, isEarly: false) }
  }

  mutating func compareRules(_ scope: MemberScope) {
    let (left, right) = (Self.entries(scope.old), Self.entries(scope.new))
    let expressions = PairedExpression(pairing: pairing, members: scope.members)
    var pairs = IndexPairs()
    for (index, entry) in left.enumerated() {
      if let place = right.firstIndex(where: { $0.rule.name == entry.rule.name }) { pairs.pair(index, place) }
    }
    for (index, entry) in left.enumerated() where pairs.newOfOld[index] == nil {
      let place = right.indices.first { pairs.oldOfNew[$0] == nil && expressions.isSame(entry.rule.test, right[$0].rule.test) }
      if let place { pairs.pair(index, place) }
    }
    for (old, new) in pairs.sorted { compareRule(left[old], right[new], scope) }
    for (index, entry) in left.enumerated() where pairs.newOfOld[index] == nil {
      let place = Place("\(scope.place.old).rule.\(entry.rule.name)", scope.place.new)
      note(place, .check("the rule is gone", .looser), subject: "\(scope.place.old).\(entry.rule.name)")
    }
    for (index, entry) in right.enumerated() where pairs.oldOfNew[index] == nil {
      let place = Place(scope.place.old, "\(scope.place.new).rule.\(entry.rule.name)")
      let test = newTexts.text(entry.rule.test, scope.new.members)
      note(place, .check("a new rule, '\(test)'", .stricter), subject: "\(scope.place.new).\(entry.rule.name)")
    }
    compareOrder(pairs, left, right, scope)
  }

  private mutating func compareRule(_ old: Entry, _ new: Entry, _ scope: MemberScope) {
    let place = scope.place.part("rule.\(old.rule.name)", "rule.\(new.rule.name)")
    let subject = "\(scope.place.old).\(old.rule.name)"
    var aspects: [Aspect] = []
    if old.rule.name != new.rule.name { aspects.append(Aspect("the rule is called '\(new.rule.name)' in errors instead")) }
    if !PairedExpression(pairing: pairing, members: scope.members).isSame(old.rule.test, new.rule.test) {
      let texts = (oldTexts.text(old.rule.test, scope.old.members), newTexts.text(new.rule.test, scope.new.members))
      aspects.append(.check("the rule '\(texts.0)' becomes '\(texts.1)'", .either))
    }
    if old.rule.isWarning != new.rule.isWarning {
      let effect: CompatEffect = old.rule.isWarning ? .stricter : .looser
      aspects.append(.check("a breach is \(new.rule.isWarning ? "a warning" : "an error") in lenient decoding", effect))
    }
    if old.isEarly != new.isEarly {
      aspects.append(.check("it is checked \(new.isEarly ? "before the size and the members" : "behind the members")", .code))
    }
    if scope.isJudged, old.rule.inheritsCode != new.rule.inheritsCode {
      let words = new.rule.inheritsCode ? "goes before its protocol code now" : "goes behind its protocol code now"
      aspects.append(.check("<allow invalid> \(words)", .code))
    }
    note(place, aspects, subject: subject)
    compareCode(old.rule.code, new.rule.code, place, subject: subject)
  }

  /// Of several rules that do not hold, the first is the error.
  private mutating func compareOrder(_ pairs: IndexPairs, _ left: [Entry], _ right: [Entry], _ scope: MemberScope) {
    let order = pairs.sorted.filter { left[$0.old].isEarly == right[$0.new].isEarly }.map(\.new)
    guard order != order.sorted() else { return }
    let codes = Set(order.map { right[$0].rule.code })
    note(
      scope.place,
      codes.count > 1
        ? .check("the rules are checked in another order, so that another may be the first that is broken", .code)
        : Aspect("the rules are checked in another order"))
  }

  mutating func compareDerived(_ scope: MemberScope) {
    let expressions = PairedExpression(pairing: pairing, members: scope.members)
    var found = scope.new.derived
    for old in scope.old.derived {
      let place = found.firstIndex { $0.name == old.name } ?? found.firstIndex { expressions.isSame(old.test, $0.test) }
      guard let place else {
        note(Place("\(scope.place.old).\(old.name)", scope.place.new), Aspect("the derived property is gone", [.source]))
        continue
      }
      let new = found.remove(at: place)
      let part = scope.place.part(old.name, new.name)
      if old.name != new.name { note(part, Aspect("the derived property is called '\(new.name)' instead", [.source])) }
      if !expressions.isSame(old.test, new.test) {
        let texts = (oldTexts.text(old.test, scope.old.members), newTexts.text(new.test, scope.new.members))
        note(part, Aspect("the derived property is '\(texts.1)' instead of '\(texts.0)': it answers otherwise, on no wire"))
      }
    }
    for new in found {
      let subject = "\(scope.place.new).\(new.name)"
      note(Place(scope.place.old, subject), Aspect("a new derived property"), subject: subject)
    }
  }
}

// MARK: - What only messages have

extension CompareRun {
  mutating func compareTraits(_ left: MessageTraits, _ right: MessageTraits, _ scope: MemberScope) {
    let place = scope.place
    if !pairing.directions.has(left.direction, right.direction) {
      let names = (before.directions[left.direction], after.directions[right.direction])
      note(place, .check("its direction is '\(names.1)' instead of '\(names.0)'", .either, [.source]))
    }
    compareMatches(left, right, scope)
    note(
      place, bounds("maxSize", left.maximumSize.map { Int128($0) }, right.maximumSize.map { Int128($0) }, isLower: false))
    note(place, multiple(left.sizeMultiple, right.sizeMultiple))
    if left.hasLimit, right.hasLimit { compareCode(left.sizeCode, right.sizeCode, place, "of a size that is wrong") }
    compareCode(left.code, right.code, place, "of octets left over or missing")
  }

  private mutating func compareMatches(_ left: MessageTraits, _ right: MessageTraits, _ scope: MemberScope) {
    var found = right.matches
    for old in left.matches {
      guard let place = found.firstIndex(where: { scope.members.oldName(of: $0.member) == old.member }) else {
        let part = Place("\(scope.place.old).match.\(old.member)", scope.place.new)
        note(
          part, .check("the match of '\(old.member)' is gone", .looser, old.isValue ? [.source, .text] : []),
          subject: scope.place.old)
        continue
      }
      compareMatch(old, found.remove(at: place), scope)
    }
    for new in found {
      let part = Place(scope.place.old, "\(scope.place.new).match.\(new.member)")
      note(
        part, .check("a match of '\(new.member)', \(new.text)", .stricter, new.isValue ? [.source, .text] : []),
        subject: scope.place.new)
    }
  }

  private mutating func compareMatch(_ old: MessageTraits.Match, _ new: MessageTraits.Match, _ scope: MemberScope) {
    let place = scope.place.part("match.\(old.member)", "match.\(new.member)")
    let subject = "\(scope.place.old).\(old.member)"
    if (old.first, old.last) != (new.first, new.last) {
      let effect: CompatEffect =
        old.first <= new.first && new.last <= old.last
        ? .stricter : new.first <= old.first && old.last <= new.last ? .looser : .either
      var classes: Set<CompatClass> = old.isValue && new.isValue ? [.wire] : []
      if old.isValue != new.isValue { classes.formUnion([.source, .text]) }
      note(place, .check("it is matched by \(new.text) instead of \(old.text)", effect, classes), subject: subject)
    }
    compareCode(old.code, new.code, place, "of what does not match", subject: subject)
  }
}

extension MessageTraits {
  fileprivate var hasLimit: Bool { maximumSize != nil || sizeMultiple > 1 }
}

extension MessageTraits.Match {
  fileprivate var isValue: Bool { first == last }
  fileprivate var text: String { isValue ? "\(first)" : "\(first) to \(last)" }
}

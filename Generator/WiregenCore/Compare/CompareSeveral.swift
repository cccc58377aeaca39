import WireText

// MARK: - Arrays

extension CompareRun {
  mutating func arrays(_ left: ArrayShape, _ right: ArrayShape, _ scope: MemberScope, _ place: Place) -> [Aspect] {
    var aspects = compareKinds(left.element, right.element, scope, place)
    for index in aspects.indices { aspects[index].change = "each value: \(aspects[index].change)" }
    if left.element.isWarning != right.element.isWarning {
      aspects.append(
        .check(
          "a value that fails its checks is \(right.element.isWarning ? "a warning" : "an error")",
          right.element.isWarning ? .looser : .stricter))
    }
    if !isSame(left.end, right.end, scope) {
      let words = (words(left.end, oldTexts, scope.old), words(right.end, newTexts, scope.new))
      aspects.append(Aspect("it ends \(words.1) instead of \(words.0)", [.wire]))
    }
    return aspects + counts(left.minimum, left.maximum, right.minimum, right.maximum)
  }

  private func isSame(_ left: ArrayShape.End, _ right: ArrayShape.End, _ scope: MemberScope) -> Bool {
    let expressions = PairedExpression(pairing: pairing, members: scope.members)
    switch (left, right) {
    case (.container, .container): return true
    case (.counted(let one), .counted(let other)): return scope.members.oldName(of: other) == one
    case (.counted(let one), .count(let other)): return expressions.isSame(.path([one]), other)
    case (.count(let one), .counted(let other)): return expressions.isSame(one, .path([other]))
    case (.count(let one), .count(let other)), (.size(let one), .size(let other)): return expressions.isSame(one, other)
    case (.terminated(let one, 1, _), .terminated(let other, 1, _)): return one == other
    case (.terminated, .terminated): return left == right
    default: return false
    }
  }

  private func words(_ end: ArrayShape.End, _ texts: ListingBuilder, _ body: BodyDefinition) -> String {
    switch end {
    case .container: "with its container"
    case .counted(let name): "after '\(name)' values"
    case .count(let expression): "after '\(texts.text(expression, body.members))' values"
    case .size(let expression): "after '\(texts.text(expression, body.members))' octets"
    case .terminated(let value, let octets, let isLittleEndian):
      "before \(value) in \(octets) octets" + (isLittleEndian && octets > 1 ? " little" : "")
    }
  }
}

// MARK: - Choices

extension CompareRun {
  mutating func choices(_ left: ChoiceShape, _ right: ChoiceShape, _ scope: MemberScope, _ place: Place) -> [Aspect] {
    var aspects: [Aspect] = []
    if !PairedExpression(pairing: pairing, members: scope.members).isSame(left.on, right.on) {
      let texts = (oldTexts.text(left.on, scope.old.members), newTexts.text(right.on, scope.new.members))
      aspects.append(Aspect("it is chosen by '\(texts.1)' instead of '\(texts.0)'", [.wire]))
    }
    let fates = ChoiceFates(left, right)
    for (old, new) in fates.pairs.pairs { compareCase(old, new, fates, place, isOtherwise: old == left.otherwise) }
    for lost in fates.pairs.lost {
      let part = Place("\(place.old).\(lost.name)", place.new)
      note(part, fates.aspect("the case is gone", of: lost, in: \.old, [.source, .text]))
    }
    for found in fates.pairs.found {
      let part = Place(place.old, "\(place.new).\(found.name)")
      let words = "a new case, which switches over all lack"
      note(part, fates.aspect(words, of: found, in: \.new, [.source]), subject: "\(place.new).\(found.name)")
    }
    if left.otherwise == nil, let right = right.otherwise {
      aspects.append(.check("every value has a case, '\(right.name)' where no other does", .looser, [.source]))
    } else if let left = left.otherwise, right.otherwise == nil {
      aspects.append(.check("values have no case where '\(left.name)' was theirs", .stricter, [.source, .text]))
    }
    return aspects
  }

  private mutating func compareCase(
    _ old: ChoiceShape.Case, _ new: ChoiceShape.Case, _ fates: ChoiceFates, _ place: Place, isOtherwise: Bool
  ) {
    let part = place.part(old.name, new.name)
    if old.name != new.name { note(part, Aspect("the case is called '\(new.name)' instead", [.source, .text])) }
    if !isOtherwise, (old.first, old.last) != (new.first, new.last) {
      func text(_ one: ChoiceShape.Case) -> String { one.first == one.last ? "\(one.first)" : "\(one.first) to \(one.last)" }
      let words = "it is for \(text(new)) instead of \(text(old))"
      let aspects = [fates.aspect(words, of: old, in: \.old, []), fates.aspect(words, of: new, in: \.new, [])]
      let classes = aspects[0].classes.union(aspects[1].classes)
      note(part, Aspect(words, classes, CompatEffect.with(aspects.compactMap(\.effect))))
    }
    if (old.body == nil) != (new.body == nil) {
      let words = new.body == nil ? "it has no members any more" : "it has members now"
      note(part, Aspect(words, [.wire, .source, .text]))
    }
  }
}

/// What becomes of the numbers that a choice is made by.
private struct ChoiceFates {
  let pairs: SchemaPairing.CasePairs
  /// Numbers that start a run of those with one fate.
  private let segments: [Segment]

  struct Segment {
    var old: ChoiceShape.Case?
    var new: ChoiceShape.Case?
  }

  init(_ left: ChoiceShape, _ right: ChoiceShape) {
    pairs = SchemaPairing.cases(left, right)
    var starts: Set<UInt64> = [0]
    for one in left.cases + right.cases {
      starts.insert(one.first)
      if one.last < .max { starts.insert(one.last + 1) }
    }
    segments = starts.sorted().map { Segment(old: left.case(of: Int128($0)), new: right.case(of: Int128($0))) }
  }

  /// An aspect of a case: its numbers may have another case now, or have had one, or none.
  func aspect(
    _ words: String, of one: ChoiceShape.Case, in side: KeyPath<Segment, ChoiceShape.Case?>, _ classes: Set<CompatClass>
  ) -> Aspect {
    var (classes, effects) = (classes, [CompatEffect]())
    for segment in segments where segment[keyPath: side] == one && !isPair(segment) {
      switch (segment.old, segment.new) {
      case (nil, _): effects.append(.looser)
      case (_, nil): effects.append(.stricter)
      default: classes.insert(.wire)
      }
    }
    if !effects.isEmpty { classes.insert(.validation) }
    return Aspect(words, classes, CompatEffect.with(effects))
  }

  private func isPair(_ segment: Segment) -> Bool {
    pairs.pairs.contains { $0.old == segment.old && $0.new == segment.new }
  }
}

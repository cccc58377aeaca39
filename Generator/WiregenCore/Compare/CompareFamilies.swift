import WireText

// MARK: - Families of elements

extension CompareRun {
  mutating func compareFamilies() {
    for (index, family) in before.families.enumerated() {
      if let partner = pairing.families.newOfOld[index] {
        compareFamily(index, partner)
      } else {
        note(Place(family.name, after.name), Aspect("the family is gone, with its elements", [.source]))
      }
    }
    for (index, family) in after.families.enumerated() where pairing.families.oldOfNew[index] == nil {
      note(Place(before.name, family.name), Aspect("a new family"), subject: family.name)
    }
  }

  private mutating func compareFamily(_ left: Int, _ right: Int) {
    let (first, second) = (before.families[left], after.families[right])
    let place = Place(first.name, second.name)
    if first.name != second.name {
      note(place, Aspect("the family is called '\(second.name)' instead, and so are the types of its elements", [.source]))
    }
    compareHeader(first, second, place)
    note(place, layout(first, second))
    if first.checksPadding != second.checksPadding {
      note(
        place,
        second.checksPadding ? .check("padding must be zero", .stricter) : .check("padding may be anything", .looser))
    }
    note(place, depth(first.maximumDepth, second.maximumDepth))
    compareCode(first.code, second.code, place, "of headers and lengths")
    compareUnknown(first, second, place)
    compareElements(left, right, place)
    let names = first.numberNames(second, before, after)
    let (one, other) = (before.codes[first.codes], after.codes[second.codes])
    let codes = Place(one.name, other.name)
    note(codes, width(one.bits, other.bits))
    compareRanges(names.oldRanges, names.newRanges, names, codes)
  }

  private mutating func compareHeader(_ first: FamilyDefinition, _ second: FamilyDefinition, _ place: Place) {
    let scope = MemberScope(
      place: place, members: pairing.members(first.header, second.header),
      old: BodyDefinition(name: first.name, members: first.header, code: first.code),
      new: BodyDefinition(name: second.name, members: second.header, code: second.code))
    compareSequence(scope)
    if first.tagName != second.tagName, scope.members.oldName(of: second.tagName) != first.tagName {
      note(place, Aspect("the code is in '\(second.tagName)' instead of '\(first.tagName)'", [.wire]))
    }
    switch (first.extraTag, second.extraTag) {
    case (let one?, let other?):
      if scope.members.oldName(of: other) != one {
        note(place, Aspect("the extra tag is '\(other)' instead of '\(one)'", [.wire]))
      }
      if first.extraTagDefault != second.extraTagDefault {
        let words = "an absent extra tag counts as \(second.extraTagDefault) instead of \(first.extraTagDefault)"
        note(place, Aspect(words, [.wire]))
      }
    case (let one?, nil): note(place, Aspect("'\(one)' is no extra tag any more", [.wire, .source, .text]))
    case (nil, let other?): note(place, Aspect("'\(other)' is an extra tag now", [.wire, .source, .text]))
    case (nil, nil): break
    }
  }

  /// How many octets an element has.
  private func layout(_ first: FamilyDefinition, _ second: FamilyDefinition) -> [Aspect] {
    var aspects: [Aspect] = []
    let lengths = lengths((first.lengthUnit, first.lengthPlus), (second.lengthUnit, second.lengthPlus))
    if let lengths { aspects.append(Aspect("the length: \(lengths.change)", [.wire])) }
    if first.lengthCountsElement != second.lengthCountsElement {
      let words = second.lengthCountsElement ? "counts the header too" : "does not count the header any more"
      aspects.append(Aspect("the length \(words)", [.wire]))
    }
    if first.lengthCountsPadding != second.lengthCountsPadding {
      let words = second.lengthCountsPadding ? "counts the padding too" : "does not count the padding any more"
      aspects.append(Aspect("the length \(words)", [.wire]))
    }
    if first.alignment != second.alignment {
      aspects.append(Aspect("elements are padded to \(second.alignment) octets instead of \(first.alignment)", [.wire]))
    }
    return aspects
  }
}

extension FamilyDefinition {
  /// The codes of elements, as numbers with names.
  fileprivate func numberNames(
    _ other: FamilyDefinition, _ old: ProtocolDefinition, _ new: ProtocolDefinition
  ) -> NumberNames {
    NumberNames(
      old: elements.map { .init($0.name, $0.tag, $0.label) }, new: other.elements.map { .init($0.name, $0.tag, $0.label) },
      oldRanges: old.codes[codes].ranges, newRanges: new.codes[other.codes].ranges, isOpen: true, isClosed: false,
      isFlags: false)
  }
}

// MARK: - Elements

extension CompareRun {
  private mutating func compareElements(_ left: Int, _ right: Int, _ family: Place) {
    let (first, second) = (before.families[left], after.families[right])
    let pairs = pairing.elements[left] ?? IndexPairs()
    let names = first.numberNames(second, before, after)
    for (old, new) in pairs.sorted { compareElement(first.elements[old], second.elements[new], names, family) }
    for (index, element) in first.elements.enumerated() where pairs.newOfOld[index] == nil {
      let place = Place(before.bodies[element.body].name, family.new)
      let subject = "\(family.old).\(element.name)"
      note(place, Aspect("the element, code \(element.tag), is gone", [.source]), subject: subject)
      if names.isLeft(element.tag) { note(place, leftAspect(element.tag, "code"), subject: subject) }
    }
    for (index, element) in second.elements.enumerated() where pairs.oldOfNew[index] == nil {
      let place = Place(family.old, after.bodies[element.body].name)
      let subject = "\(family.new).\(element.name)"
      let words = "a new element, code \(element.tag), which switches over all codes lack"
      note(place, Aspect(words, [.source]), subject: subject)
      noteReuse(element.tag, names, place, subject)
    }
  }

  private mutating func compareElement(
    _ first: FamilyDefinition.Element, _ second: FamilyDefinition.Element, _ names: NumberNames, _ family: Place
  ) {
    let place = Place(before.bodies[first.body].name, after.bodies[second.body].name)
    let subject = "\(family.old).\(first.name)"
    if first.name != second.name {
      note(place, Aspect("the element is called '\(second.name)' instead", [.source, .text]), subject: subject)
    }
    if first.tag != second.tag {
      note(place, Aspect("the code \(first.tag) becomes \(second.tag)", [.wire]), subject: subject)
      if names.isLeft(first.tag) { note(place, leftAspect(first.tag, "code"), subject: subject) }
      noteReuse(second.tag, names, place, subject)
    }
    if first.extraTag != second.extraTag {
      note(place, Aspect("the extra tag \(first.extraTag) becomes \(second.extraTag)", [.wire]), subject: subject)
    }
    let isName = first.label == first.name && second.label == second.name
    if first.label != second.label, !isName {
      note(place, Aspect("the label '\(first.label)' becomes '\(second.label)'"), subject: subject)
    }
    if first.addition != second.addition {
      func source(_ name: String?) -> String { name.map { "the extension \($0)" } ?? "the protocol" }
      let words = "it is \(source(second.addition))'s instead of \(source(first.addition))'s"
      note(place, Aspect(words, [.source]), subject: subject)
    }
    compareCode(first.code, second.code, place, "of octets left over in it", subject: subject)
  }

  private mutating func noteReuse(_ tag: UInt64, _ names: NumberNames, _ place: Place, _ subject: String) {
    if NumberNames.isRetired(tag, in: names.oldRanges) { note(place, reuseAspect(tag, "code"), subject: subject) }
  }
}

// MARK: - Unknown elements

extension CompareRun {
  /// What becomes of unknown elements, for each run of codes that fare alike.
  private mutating func compareUnknown(_ first: FamilyDefinition, _ second: FamilyDefinition, _ place: Place) {
    var starts: Set<UInt64> = [0]
    for policy in first.unknown + second.unknown {
      starts.insert(policy.first)
      if policy.last < .max { starts.insert(policy.last + 1) }
    }
    let extraTags = Set((first.unknown + second.unknown).compactMap(\.extraTag)).sorted().map { Optional($0) } + [nil]
    var changes: [PolicyChange] = []
    for (left, right) in pairing.directions.sorted {
      for extraTag in extraTags {
        for start in starts.sorted() {
          let policies = (first.policy(start, left, extraTag), second.policy(start, right, extraTag))
          guard let change = PolicyChange(first, policies.0, second, policies.1, left, extraTag, start) else { continue }
          if !changes.contains(where: { $0.isLike(change) }) { changes.append(change) }
        }
      }
    }
    for change in changes { noteUnknown(change, first, second, place) }
  }

  private mutating func noteUnknown(
    _ change: PolicyChange, _ first: FamilyDefinition, _ second: FamilyDefinition, _ place: Place
  ) {
    let part = place.part("unknown.\(change.oldIndex)", "unknown.\(change.newIndex)")
    let (old, new) = (first.unknown[change.oldIndex], second.unknown[change.newIndex])
    let subject = "\(place.old).unknown"
    let several = (first.unknown + second.unknown).contains { $0.direction != nil }
    let from = several ? " from \(before.directions[change.direction])" : ""
    let vendor = change.extraTag.map { " with extra tag \($0)" } ?? ""
    let codes = "unknown elements from code \(change.start)\(vendor)\(from)"
    guard old.action != new.action else {
      return compareCode(old.code, new.code, part, "of \(codes)", subject: subject)
    }
    let words = "\(codes) are \(new.action.words) instead of \(old.action.words)"
    switch (old.action, new.action) {
    case (.reject, _): note(part, .check(words, .looser), subject: subject)
    case (_, .reject): note(part, .check(words, .stricter), subject: subject)
    default: note(part, Aspect(words, [.text]), subject: subject)
    }
  }
}

/// Unknown elements that fare otherwise.
private struct PolicyChange {
  var oldIndex: Int
  var newIndex: Int
  /// Index in the old version.
  var direction: Int
  var extraTag: UInt64?
  /// The first code.
  var start: UInt64

  /// - Returns: nil when nothing changes for them.
  init?(
    _ first: FamilyDefinition, _ old: Int?, _ second: FamilyDefinition, _ new: Int?, _ direction: Int, _ extraTag: UInt64?,
    _ start: UInt64
  ) {
    guard let old, let new else { return nil }
    let (one, other) = (first.unknown[old], second.unknown[new])
    guard one.action != other.action || one.action == .reject && one.code != other.code else { return nil }
    (oldIndex, newIndex, self.direction, self.extraTag, self.start) = (old, new, direction, extraTag, start)
  }

  /// Whether both come of the same policies.
  func isLike(_ other: PolicyChange) -> Bool { oldIndex == other.oldIndex && newIndex == other.newIndex }
}

extension FamilyDefinition {
  /// Index of the policy for an unknown element; an extra tag of nil is one that no policy names.
  fileprivate func policy(_ tag: UInt64, _ direction: Int, _ extraTag: UInt64?) -> Int? {
    unknown.firstIndex { policy in
      policy.first <= tag && tag <= policy.last && (policy.direction ?? direction) == direction
        && (policy.extraTag == nil || policy.extraTag == extraTag)
    }
  }
}

extension FamilyDefinition.UnknownPolicy.Action {
  fileprivate var words: String {
    switch self {
    case .ignore: "ignored"
    case .keep: "kept"
    case .reject: "rejected"
    }
  }
}

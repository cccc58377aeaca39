import WireText

// MARK: - One member

extension CompareRun {
  mutating func compareMember(_ left: MemberPart, _ right: MemberPart, _ scope: MemberScope) {
    let (first, second) = (left.member, right.member)
    let place = scope.place.part(left.name, right.name)
    var aspects: [Aspect] = []
    if left.name != right.name { aspects.append(Aspect("it is called '\(right.name)' instead")) }
    if let aspect = presence(first, second, scope) { aspects.append(aspect) }
    aspects += compareKinds(first, second, scope, place, isBitField: left.group != nil && right.group != nil)
    if left.swappedOctets != right.swappedOctets {
      aspects.append(Aspect("the octets of its group of bits come in another order", [.wire]))
    }
    addSwift(first, second, scope, &aspects)
    addJSON(first, second, &aspects)
    aspects += words(first, second)
    note(place, aspects, subject: left.name.isEmpty ? "\(scope.place.old).reserved" : nil)
    compareErrors(first, second, scope, place)
  }

  /// What is said to people only.
  private func words(_ first: Member, _ second: Member) -> [Aspect] {
    var aspects: [Aspect] = []
    let wasName = first.label == first.name && second.label == second.name
    if first.label != second.label, !wasName { aspects.append(Aspect("the label '\(first.label)' becomes '\(second.label)'")) }
    // That of a time is told with its type.
    if first.unit != second.unit, !first.kind.isTime, !second.kind.isTime {
      aspects.append(Aspect("the unit that readers are told, \(first.unit ?? "none"), becomes \(second.unit ?? "none")"))
    }
    return aspects
  }

  private func presence(_ first: Member, _ second: Member, _ scope: MemberScope) -> Aspect? {
    let expressions = PairedExpression(pairing: pairing, members: scope.members)
    guard !expressions.isSame(first.condition, second.condition) else { return nil }
    let before = first.condition.map { "when '\(oldTexts.text($0, scope.old.members))'" } ?? "always"
    let after = second.condition.map { "when '\(newTexts.text($0, scope.new.members))'" } ?? "always"
    return Aspect("it is there \(after) instead of \(before)", [.wire])
  }

  /// What becomes of the errors of a member's value.
  private mutating func compareErrors(_ first: Member, _ second: Member, _ scope: MemberScope, _ place: Place) {
    let subject = first.name.isEmpty ? "\(scope.place.old).reserved" : nil
    guard oldTexts.hasCode(first.kind), newTexts.hasCode(second.kind) else {
      // It may be there for matches, which are compared themselves; what comes from around it is told there.
      if first.code != second.code, (first.code, second.code) != (scope.old.code, scope.new.code) {
        note(place, Aspect("the protocol code of a member that has no checks is another"), subject: subject)
      }
      return
    }
    if first.isWarning != second.isWarning {
      let effect: CompatEffect = first.isWarning ? .stricter : .looser
      note(
        place, .check("what fails its checks is \(second.isWarning ? "a warning" : "an error") in lenient decoding", effect),
        subject: subject)
    }
    if scope.isJudged, first.inheritsCode != second.inheritsCode {
      let words = second.inheritsCode ? "goes before its protocol code now" : "goes behind its protocol code now"
      note(place, .check("<allow invalid> \(words)", .code), subject: subject)
    }
    if !scope.isMatched(first, second) { compareCode(first.code, second.code, place, subject: subject) }
    guard case .array(let left) = first.kind, case .array(let right) = second.kind else { return }
    if [left.element.code, right.element.code] != [first.code, second.code] {
      compareCode(left.element.code, right.element.code, place, "of a value", subject: subject)
    }
  }

  /// Says of one aspect, or of a new one, that Swift does not compile with it.
  private func addSwift(_ first: Member, _ second: Member, _ scope: MemberScope, _ aspects: inout [Aspect]) {
    let (left, right) = (scope.oldProperties[first.name], scope.newProperties[second.name])
    let words: String
    switch (left, right) {
    case (nil, nil): return
    case (nil, let right?):
      guard right.defaultValue == nil else { return }
      words = "'\(right.identifier)' must be given to initialisers"
    case (let left?, nil): words = "there is no property '\(left.identifier)'"
    case (let left?, let right?):
      if left.identifier != right.identifier {
        words = "the property '\(left.identifier)' is '\(right.identifier)'"
      } else if !isSameType(left, right) {
        words = "the property is '\(right.type)' instead of '\(left.type)'"
      } else if left.defaultValue != nil, right.defaultValue == nil {
        words = "'\(right.identifier)' must be given to initialisers"
      } else {
        return
      }
    }
    Self.add(.source, words, &aspects)
  }

  private static func add(_ kind: CompatClass, _ words: String, _ aspects: inout [Aspect]) {
    if aspects.contains(where: { $0.classes.contains(kind) }) { return }
    if aspects.isEmpty { aspects.append(Aspect(words)) }
    aspects[0].classes.insert(kind)
  }

  /// Whether properties have one type, whatever it is called: another name of codes or of a struct is told there.
  private func isSameType(_ left: PropertyPlan, _ right: PropertyPlan) -> Bool {
    if left.type == right.type { return true }
    let isOptional = left.type.hasSuffix("?") == right.type.hasSuffix("?")
    return isOptional && hasSameType(left.member.kind, right.member.kind)
  }

  /// Whether both are of codes, flags or a struct that are the same in both versions.
  private func hasSameType(_ left: MemberKind, _ right: MemberKind) -> Bool {
    switch (left, right) {
    case (.integer(let one), .integer(let other)):
      guard (one.constant ?? other.constant) == nil, one.computed == nil, other.computed == nil else { return false }
      return one.codes != nil && pairing.codes.has(one.codes, other.codes)
        || one.flags != nil && pairing.flags.has(one.flags, other.flags)
    case (.structure(let one), .structure(let other)): return pairing.bodies.has(one, other)
    case (.array(let one), .array(let other)): return hasSameType(one.element.kind, other.element.kind)
    default: return false
    }
  }

  /// Says of one aspect, or of a new one, that JSON is another.
  private func addJSON(_ first: Member, _ second: Member, _ aspects: inout [Aspect]) {
    let (left, right) = (jsonForm(of: first, in: before), jsonForm(of: second, in: after))
    guard left != nil || right != nil else { return }
    if first.name == second.name, left == right || hasSameType(first.kind, second.kind) { return }
    Self.add(.text, "in JSON it is \(right ?? "absent") instead of \(left ?? "absent")", &aspects)
  }
}

extension MemberKind {
  fileprivate var isTime: Bool {
    if case .integer(let shape) = self { return shape.time != nil }
    return false
  }
}

// MARK: - Forms in JSON

extension CompareRun {
  /// What a member's value looks like in JSON; nil when it is absent there.
  func jsonForm(of member: Member, in definition: ProtocolDefinition) -> String? {
    member.name.isEmpty ? nil : form(of: member.kind, in: definition)
  }

  private func form(of kind: MemberKind, in definition: ProtocolDefinition) -> String? {
    switch kind {
    case .integer(let shape): shape.constant == nil && shape.computed == nil ? form(of: shape, in: definition) : nil
    case .bits, .reserved, .reservedRest: nil
    case .ipv4, .ipv6: "an address"
    case .mac: "a MAC address"
    case .octets: "hexadecimal digits"
    case .text(let shape): shape.content == .date ? "a date" : "text"
    case .structure: "an object"
    case .array(let shape): form(of: shape.element.kind, in: definition).map { "an array, each value \($0)" }
    case .list: "a list"
    case .choice: "a choice"
    }
  }

  private func form(of shape: IntegerShape, in definition: ProtocolDefinition) -> String {
    if let codes = shape.codes { return "a name of \(definition.codes[codes].name)" }
    if let flags = shape.flags { return "names of \(definition.flags[flags].name)" }
    if case .epoch? = shape.time { return "a date" }
    return shape.isBoolean ? "true or false" : shape.bits > 53 ? "a string of digits" : "a number"
  }
}

import WireText

// MARK: - What members are

extension CompareRun {
  /// What differs between two kinds; of what is in them with places of its own, findings are noted there.
  mutating func compareKinds(
    _ first: Member, _ second: Member, _ scope: MemberScope, _ place: Place, isBitField: Bool = false
  ) -> [Aspect] {
    switch (first.kind, second.kind) {
    case (.integer(let left), .integer(let right)):
      return integers(left, right, first, second, scope, isBitField: isBitField)
    case (.reserved(let size, let send, let isChecked), .reserved(let otherSize, let otherSend, let otherCheck)):
      return reserved((size, send, isChecked), (otherSize, otherSend, otherCheck))
    case (.reservedRest(let send, let isChecked), .reservedRest(let otherSend, let otherCheck)):
      guard send != otherSend else { return receipt(isChecked, otherCheck) }
      let words = "the reserved octets, of which none are sent, are to be \(otherSend) instead of \(send)"
      return [isChecked || otherCheck ? .check(words, .either) : Aspect(words)] + receipt(isChecked, otherCheck)
    case (.structure(let left), .structure(let right)): return structures(left, right)
    case (.array(let left), .array(let right)): return arrays(left, right, scope, place)
    case (.list(let left), .list(let right)): return lists(left, right, scope, place)
    case (.choice(let left), .choice(let right)): return choices(left, right, scope, place)
    default:
      return OctetsForm(first.kind).flatMap { left in OctetsForm(second.kind).map { (left, $0) } }
        .map { octets($0, $1, first, second, scope) } ?? [otherKind(first, second, scope)]
    }
  }

  private func otherKind(_ first: Member, _ second: Member, _ scope: MemberScope) -> Aspect {
    Aspect("\(oldType(first, scope)) becomes \(newType(second, scope))", [.wire])
  }

  func oldType(_ member: Member, _ scope: MemberScope) -> String { oldTexts.words(of: member.kind, scope.old.members) }
  func newType(_ member: Member, _ scope: MemberScope) -> String { newTexts.words(of: member.kind, scope.new.members) }

  private func reserved(
    _ old: (size: Int, send: UInt64, isChecked: Bool), _ new: (size: Int, send: UInt64, isChecked: Bool)
  ) -> [Aspect] {
    var aspects: [Aspect] = []
    if old.size != new.size { aspects.append(Aspect("\(new.size) are reserved instead of \(old.size)", [.wire])) }
    if old.send != new.send {
      let words = "\(new.send) is sent instead of \(old.send)"
      let isRefused = old.isChecked || new.isChecked
      aspects.append(isRefused ? .check(words, .either, [.wire]) : Aspect(words, [.wire]))
    }
    return aspects + receipt(old.isChecked, new.isChecked)
  }

  private func receipt(_ old: Bool, _ new: Bool) -> [Aspect] {
    guard old != new else { return [] }
    return [
      new
        ? .check("what is reserved must be as it is sent", .stricter) : .check("what is reserved may be anything", .looser)
    ]
  }

  /// A struct in the place of another: what differs between the two.
  private mutating func structures(_ left: Int, _ right: Int) -> [Aspect] {
    guard !pairing.bodies.has(left, right) else { return [] }
    if comparedTypes.insert([left, right]).inserted { compareBodies(left, right, isNamed: false) }
    return [Aspect("the type \(before.bodies[left].name) becomes \(after.bodies[right].name)", [.source])]
  }
}

// MARK: - Numbers

extension CompareRun {
  private func integers(
    _ left: IntegerShape, _ right: IntegerShape, _ first: Member, _ second: Member, _ scope: MemberScope, isBitField: Bool
  ) -> [Aspect] {
    var aspects: [Aspect] = []
    let isSwapped = !isBitField && left.isLittleEndian != right.isLittleEndian && (left.bits > 8 || right.bits > 8)
    let isOther = left.bits != right.bits || left.isSigned != right.isSigned || isSwapped
    let types = (oldType(first, scope), newType(second, scope))
    if isOther || types.0 != types.1, !hasSameNames(left, right) || isOther {
      aspects.append(Aspect("\(types.0) becomes \(types.1)", isOther || isOtherTime(left.time, right.time) ? [.wire] : []))
    }
    aspects += openness(left, right)
    aspects += constants(left, right, first, second, scope)
    aspects += operations(left.only, right.only)
    if (left.constant ?? right.constant) == nil { aspects += defaults(left, right) }
    if let aspect = computed(left.computed, right.computed, scope) { aspects.append(aspect) }
    return aspects
  }

  private func hasSameNames(_ left: IntegerShape, _ right: IntegerShape) -> Bool {
    (left.codes ?? left.flags) != nil && pairing.codes.has(left.codes, right.codes)
      && pairing.flags.has(left.flags, right.flags)
  }

  /// Whether a number means another time.
  private func isOtherTime(_ left: IntegerShape.TimeMeaning?, _ right: IntegerShape.TimeMeaning?) -> Bool {
    switch (left, right) {
    case (.epoch, .epoch), (.duration, .duration): left != right
    default: false
    }
  }

  /// Whether numbers without a name are refused, where the type is another: of one type this is told there.
  private func openness(_ left: IntegerShape, _ right: IntegerShape) -> [Aspect] {
    guard !(pairing.codes.has(left.codes, right.codes) && pairing.flags.has(left.flags, right.flags)) else { return [] }
    switch (oldSwift.isClosed(left), newSwift.isClosed(right)) {
    case (false, false): return []
    case (true, true): return [.check("other numbers have names", .either)]
    case (let isClosed, _):
      return [
        isClosed
          ? .check("numbers without a name are accepted", .looser) : .check("numbers without a name are refused", .stricter)
      ]
    }
  }

  private func constants(
    _ left: IntegerShape, _ right: IntegerShape, _ first: Member, _ second: Member, _ scope: MemberScope
  ) -> [Aspect] {
    if left.constant != nil || right.constant != nil {
      guard left.constant != right.constant, !scope.isMatched(first, second) else { return [] }
      guard let old = left.constant else { return [.check("it is always \(right.constant ?? 0)", .stricter)] }
      guard let new = right.constant else { return [.check("it is not always \(old) any more", .looser)] }
      return [.check("it is always \(new) instead of \(old)", .either, [.wire])]
    }
    return bounds("min", left.lowest, right.lowest, isLower: true) + bounds("max", left.highest, right.highest, isLower: false)
  }

  private func operations(_ left: [UInt64]?, _ right: [UInt64]?) -> [Aspect] {
    guard left != right else { return [] }
    guard let left else { return [.check("not all numbers are allowed any more", .stricter)] }
    guard let right else { return [.check("all numbers are allowed", .looser)] }
    let (old, new) = (Set(left), Set(right))
    let effect: CompatEffect = new.isSubset(of: old) ? .stricter : old.isSubset(of: new) ? .looser : .either
    func text(_ numbers: [UInt64]) -> String { numbers.map { "\($0)" }.joined(separator: ", ") }
    return [.check("the numbers allowed are \(text(right)) instead of \(text(left))", effect)]
  }

  private func defaults(_ left: IntegerShape, _ right: IntegerShape) -> [Aspect] {
    guard left.defaultValue != right.defaultValue, left.computed == nil, right.computed == nil else { return [] }
    guard let old = left.defaultValue else { return [Aspect("what is left out is \(right.defaultValue ?? 0)")] }
    guard let new = right.defaultValue else { return [Aspect("it has no default, \(old), any more", [.source, .text])] }
    return [Aspect("what is left out is \(new) instead of \(old)", [.text])]
  }
}

extension IntegerShape {
  /// Bounds that refuse something.
  fileprivate var lowest: Int128? { minimum.flatMap { $0 > range.lowerBound ? $0 : nil } }
  fileprivate var highest: Int128? { maximum.flatMap { $0 < range.upperBound ? $0 : nil } }

  /// What fits.
  private var range: ClosedRange<Int128> {
    isSigned ? -(1 << Int128(bits - 1))...(1 << Int128(bits - 1)) - 1 : 0...(1 << Int128(bits)) - 1
  }
}

// MARK: - Computed numbers

extension CompareRun {
  private func computed(
    _ left: IntegerShape.Computed?, _ right: IntegerShape.Computed?, _ scope: MemberScope
  ) -> Aspect? {
    guard let left else { return right.map { isComputedNow($0, .stricter, "it is computed now") } }
    guard let right else { return isComputedNow(left, .looser, "it is not computed any more") }
    switch (left, right) {
    case (.size(let old, let unit, let plus), .size(let new, let otherUnit, let otherPlus)):
      let isSame = scope.members.oldName(of: new) == old
      return isSame ? lengths((unit, plus), (otherUnit, otherPlus)) : other("the octets of '\(old)'", "those of '\(new)'")
    case (.count(let old), .count(let new)):
      return scope.members.oldName(of: new) == old ? nil : other("the values of '\(old)'", "those of '\(new)'")
    case (.rest(let unit, let plus), .rest(let otherUnit, let otherPlus)),
      (.message(let unit, let plus), .message(let otherUnit, let otherPlus)):
      return lengths((unit, plus), (otherUnit, otherPlus))
    // How elements are counted is the family's.
    case (.element, .element), (.presence, .presence): return nil
    case (.checksum(let algorithm, let over, let xor), .checksum(let otherAlgorithm, let otherOver, let otherXor)):
      if (algorithm, over, xor) == (otherAlgorithm, otherOver, otherXor) { return nil }
      let words = "the checksum is \(right.words) instead of \(left.words)"
      return .check(words, .either, [.wire])
    default: return .check("it is \(right.words) instead of \(left.words)", .either, [.wire])
    }
  }

  private func isComputedNow(_ computed: IntegerShape.Computed, _ effect: CompatEffect, _ words: String) -> Aspect {
    switch computed {
    case .rest, .message, .element, .checksum: .check("\(words), \(computed.words)", effect)
    case .size, .count, .presence: Aspect("\(words), \(computed.words)")
    }
  }

  private func other(_ old: String, _ new: String) -> Aspect { Aspect("it counts \(new) instead of \(old)", [.wire]) }

  func lengths(_ old: (unit: Int, plus: Int), _ new: (unit: Int, plus: Int)) -> Aspect? {
    if old == new { return nil }
    func text(_ length: (unit: Int, plus: Int)) -> String {
      (length.plus == 0 ? "octets" : "(octets + \(length.plus))") + (length.unit == 1 ? "" : " / \(length.unit)")
    }
    return Aspect("it counts \(text(new)) instead of \(text(old))", [.wire])
  }
}

extension IntegerShape.Computed {
  fileprivate var words: String {
    switch self {
    case .size(let name, _, _): "the octets of '\(name)'"
    case .count(let name): "the values of '\(name)'"
    case .rest: "the octets of the rest"
    case .message: "the octets of the message"
    case .element: "the octets of the element"
    case .presence: "whether the extra tag is there"
    case .checksum(let algorithm, let scope, let xor):
      "\(algorithm.rawValue) over \(scope.rawValue)" + (xor == 0 ? "" : " with xor \(xor)")
    }
  }
}

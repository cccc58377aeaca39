import WireText

/// Turns resolved bodies into plans.
struct Lowering {
  let definition: ProtocolDefinition
  let sizes: Sizes
  /// Bodies that have a checksum over what is before them in the message, or that something in them has one.
  private let messageBound: Set<Int>

  init(_ definition: ProtocolDefinition) {
    self.definition = definition
    sizes = Sizes(definition)
    messageBound = BodySearch(definition: definition).bodies(
      where: { $0.isOverWhatIsBefore }, through: { definition.parts(of: $0.kind) })
  }

  func plan(body index: Int, trailingCode: UInt64?) -> BodyPlan {
    let body = definition.bodies[index]
    var place = Place(base: nil, plus: 0)
    var members: [MemberPlan] = []
    for member in body.members {
      let fixed = fixed(member)
      let plan = MemberPlan(
        member: member, place: place, fixedSize: fixed, properties: properties(of: member),
        isPlain: fixed != nil && isPlain(member))
      members.append(plan)
      place = fixed.map { place.moved(by: $0) } ?? Place(base: plan.endField, plus: 0)
    }
    return BodyPlan(
      index: index, name: body.name, members: members, rules: body.rules, derived: body.derived, message: body.message,
      end: place, trailingCode: body.message?.code ?? trailingCode ?? body.code, code: body.code,
      limitsContainer: body.members.contains { limits($0, body) }, isMessageBound: isMessageBound(index))
  }

  /// Octets of a member that is always there and always takes as many; nil when they vary.
  func fixed(_ member: Member) -> Int? { sizes.fixed(member) }

  /// Whether a member is a length that says where the body ends. That of a whole message does so in messages only.
  private func limits(_ member: Member, _ body: BodyDefinition) -> Bool {
    guard case .integer(let shape) = member.kind else { return false }
    switch shape.computed {
    case .rest?: return true
    case .message?: return body.message != nil
    default: return false
    }
  }

  /// Whether walking and writing a body takes the message it is in.
  func isMessageBound(_ index: Int) -> Bool { messageBound.contains(index) }

  /// Whether nothing about the member's value can be wrong.
  func isPlain(_ member: Member) -> Bool {
    switch member.kind {
    case .integer(let shape):
      return shape.minimum == nil && shape.maximum == nil && shape.constant == nil && shape.only == nil && !isClosed(shape)
        && isPlain(shape.computed)
    case .bits(_, _, let group): return group.allSatisfy { isPlain($0) }
    case .reserved(_, _, let isChecked): return !isChecked
    case .ipv4, .ipv6, .mac: return true
    case .octets(let shape): if case .fixed = shape.extent { return true } else { return false }
    case .structure(let index):
      let body = definition.bodies[index]
      return body.rules.isEmpty && body.maximumDepth == nil && body.members.allSatisfy { $0.condition == nil && isPlain($0) }
    case .reservedRest, .text, .array, .list, .choice: return false
    }
  }

  private func isPlain(_ computed: IntegerShape.Computed?) -> Bool {
    switch computed {
    case nil, .size, .count, .presence: true
    case .rest, .message, .element, .checksum: false
    }
  }

  /// Whether only numbers that have a name are allowed, or bits.
  func isClosed(_ shape: IntegerShape) -> Bool {
    if let flags = shape.flags { return !definition.flags[flags].isOpen }
    return shape.codes.map { !definition.codes[$0].isOpen } ?? false
  }

  /// A member that a path of an expression leads to; nil for paths to elements and cases.
  func member(_ path: ArraySlice<String>, in plan: BodyPlan) -> Member? { member(path, among: plan.members.map(\.member)) }

  private func member(_ path: ArraySlice<String>, in body: Int) -> Member? {
    member(path, among: definition.bodies[body].members)
  }

  private func member(_ path: ArraySlice<String>, among members: [Member]) -> Member? {
    guard let name = path.first else { return nil }
    for member in members {
      if case .bits(_, _, let group) = member.kind, let bit = group.first(where: { $0.name == name }) { return bit }
      guard member.name == name else { continue }
      let rest = path.dropFirst()
      guard !rest.isEmpty else { return member }
      return inner(member.kind, rest)
    }
    return nil
  }

  private func inner(_ kind: MemberKind, _ path: ArraySlice<String>) -> Member? {
    switch kind {
    case .structure(let index): return member(path, in: index)
    case .array(let shape): return inner(shape.element.kind, path)
    case .list(let shape):
      let element = definition.families[shape.family].elements.first { $0.name == path.first }
      return element.flatMap { member(path.dropFirst(), in: $0.body) }
    case .choice(let shape):
      let body = shape.allCases.first { $0.name == path.first }?.body
      return body.flatMap { member(path.dropFirst(), in: $0) }
    default: return nil
    }
  }
}

// MARK: - Comparing

extension Lowering {
  /// Whether octets written for a value of the body could decode to another value.
  ///
  /// - Parameter outer: bodies it is in; what is inside itself adds nothing.
  func canMismatch(_ index: Int, within outer: Set<Int> = []) -> Bool {
    guard !outer.contains(index) else { return false }
    let body = definition.bodies[index]
    return body.members.contains { canMismatch($0, in: body, within: outer.union([index])) }
  }

  private func canMismatch(_ member: Member, in body: BodyDefinition, within outer: Set<Int>) -> Bool {
    if member.condition != nil { return true }
    switch member.kind {
    case .octets(let shape): return canMismatch(shape.extent, member, body, isFixedSafe: true)
    case .text(let shape):
      return shape.content == .date || canMismatch(shape.extent, member, body, isFixedSafe: false)
    case .structure(let inner): return canMismatch(inner, within: outer)
    case .array(let shape):
      if case .structure(let inner) = shape.element.kind, canMismatch(inner, within: outer) { return true }
      switch shape.end {
      case .container, .counted: return false
      case .count, .size, .terminated: return true
      }
    case .list, .choice: return true
    case .integer, .bits, .reserved, .reservedRest, .ipv4, .ipv6, .mac: return false
    }
  }

  private func canMismatch(_ extent: Extent, _ member: Member, _ body: BodyDefinition, isFixedSafe: Bool) -> Bool {
    switch extent {
    case .fixed: !isFixedSafe
    case .rest, .prefixed: false
    case .expression: !isCounted(member, in: body)
    case .terminated, .padded: true
    }
  }

  /// Whether a length field of the body is computed from the member.
  private func isCounted(_ member: Member, in body: BodyDefinition) -> Bool {
    body.members.contains { other in
      guard case .integer(let shape) = other.kind, case .size(let name, _, _)? = shape.computed else { return false }
      return name == member.name
    }
  }
}

// MARK: - Properties

extension Lowering {
  private func properties(of member: Member) -> [PropertyPlan] {
    if case .bits(let octets, _, let group) = member.kind {
      var shift = octets * 8
      return group.compactMap { inner in
        shift -= inner.bitWidth
        return property(inner, shift: shift)
      }
    }
    return [property(member, shift: nil)].compactMap { $0 }
  }

  private func property(_ member: Member, shift: Int?) -> PropertyPlan? {
    guard !member.name.isEmpty, let type = type(of: member) else { return nil }
    var defaultValue = defaultValue(of: member, type)
    if member.condition != nil { defaultValue = "nil" }
    return PropertyPlan(
      name: member.name, identifier: SwiftName.property(member.name), type: member.condition == nil ? type : "\(type)?",
      defaultValue: defaultValue, member: member, shift: shift)
  }

  /// The Swift type of a member's value; nil when it is no property.
  func type(of member: Member) -> String? {
    switch member.kind {
    case .integer(let shape): return shape.constant == nil && shape.computed == nil ? integerType(shape) : nil
    case .bits, .reserved, .reservedRest: return nil
    case .ipv4: return "IPv4Address"
    case .ipv6: return "IPv6Address"
    case .mac: return "MACAddress"
    case .octets(let shape): if case .fixed(let size) = shape.extent { return "Octets<\(size)>" } else { return "[UInt8]" }
    case .text(let shape): return shape.content == .date ? "WireDate" : shape.keepsInvalid ? "WireString" : "String"
    case .structure(let index): return SwiftName.type(definition.bodies[index].name)
    case .array(let shape): return type(of: shape.element).map { "[\($0)]" }
    case .list, .choice: return SwiftName.nested(member.name)
    }
  }

  func integerType(_ shape: IntegerShape) -> String {
    if let codes = shape.codes { return SwiftName.type(definition.codes[codes].name) }
    if let flags = shape.flags { return SwiftName.type(definition.flags[flags].name) }
    switch shape.time {
    case .epoch?: return "WireDate"
    case .duration?: return "Duration"
    case nil: return shape.isBoolean ? "Bool" : storageType(bits: shape.bits, isSigned: shape.isSigned)
    }
  }

  private func defaultValue(of member: Member, _ type: String) -> String? {
    switch member.kind {
    case .integer(let shape): return shape.defaultValue.map { defaultNumber($0, shape, type) }
    case .octets(let shape):
      guard let fill = shape.fill else { return nil }
      if case .fixed = shape.extent { return fill == 0 ? "Octets()" : "Octets(repeating: \(fill))" }
      return "[]"
    case .array(let shape): return shape.minimum == 0 ? "[]" : nil
    case .list(let shape): return shape.allowed.contains { $0.minimum == 1 && $0.maximum == 1 } ? nil : "\(type)()"
    default: return nil
    }
  }

  private func defaultNumber(_ value: Int128, _ shape: IntegerShape, _ type: String) -> String {
    if shape.isBoolean { return value == 0 ? "false" : "true" }
    if let time = shape.time { return time.swift("\(value)") }
    if shape.flags != nil { return value == 0 ? "[]" : "\(type)(rawValue: \(value))" }
    guard let codes = shape.codes else { return "\(value)" }
    if let code = definition.codes[codes].codes.first(where: { Int128($0.value) == value }) {
      return ".\(SwiftName.code(code.name))"
    }
    return "\(type)(rawValue: \(value))"
  }
}

/// The smallest Swift integer of so many bits.
func storageType(bits: Int, isSigned: Bool = false) -> String {
  let width = [8, 16, 32, 64].first { bits <= $0 } ?? 64
  return isSigned ? "Int\(width)" : "UInt\(width)"
}

extension IntegerShape.TimeMeaning {
  private var arguments: String {
    switch self {
    case .epoch(let unit, let origin): "unit: \(unit.nanoseconds), since: \(origin)"
    case .duration(let unit): "unit: \(unit.nanoseconds)"
    }
  }

  /// The date or duration of a number of units, as Swift.
  func swift(_ number: String) -> String {
    switch self {
    case .epoch: "WireDate(\(number), \(arguments))"
    case .duration: "Duration(\(number), \(arguments))"
    }
  }

  /// The number of units of a date or a duration, as Swift: an optional `UInt64`.
  func count(_ value: String) -> String { "\(value).count(\(arguments))" }
}

extension IntegerShape.TimeUnit {
  fileprivate var nanoseconds: String {
    switch self {
    case .nanoseconds: "1"
    case .microseconds: "1_000"
    case .milliseconds: "1_000_000"
    case .seconds: "1_000_000_000"
    case .minutes: "60_000_000_000"
    case .hours: "3_600_000_000_000"
    case .days: "86_400_000_000_000"
    }
  }
}

// MARK: - Searching

/// Finds the bodies that have some kind of member, or in which a part has one.
private struct BodySearch {
  let definition: ProtocolDefinition

  /// - Parameters:
  ///   - isMeant: whether a member makes its body one of those sought.
  ///   - parts: the bodies that a member leads to.
  func bodies(where isMeant: (Member) -> Bool, through parts: (Member) -> [Int]) -> Set<Int> {
    var found: Set<Int> = []
    var users: [Int: [Int]] = [:]
    for (index, body) in definition.bodies.enumerated() {
      if body.members.contains(where: isMeant) { found.insert(index) }
      for part in body.members.flatMap(parts) { users[part, default: []].append(index) }
    }
    var open = Array(found)
    while let index = open.popLast() {
      for user in users[index] ?? [] where found.insert(user).inserted { open.append(user) }
    }
    return found
  }
}

extension ProtocolDefinition {
  /// The bodies that a member leads to: structs, elements and cases.
  fileprivate func parts(of kind: MemberKind) -> [Int] {
    switch kind {
    case .structure(let index): [index]
    case .array(let shape): parts(of: shape.element.kind)
    case .list(let shape): shape.allowed.map { families[shape.family].elements[$0.element].body }
    case .choice(let shape): shape.allCases.compactMap(\.body)
    default: []
    }
  }
}

extension Member {
  /// A checksum over the octets of the message before it.
  fileprivate var isOverWhatIsBefore: Bool {
    if case .integer(let shape) = kind, case .checksum(_, .before, _)? = shape.computed { return true }
    return false
  }
}

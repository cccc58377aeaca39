import WireText

/// What one generated type looks like, and where its parts are: all that rendering needs to know.
struct BodyPlan {
  /// Index in `definition.bodies`.
  var index: Int
  /// Name of the Swift type, which is the schema's.
  var name: String
  var members: [MemberPlan]
  var rules: [RuleDefinition]
  var message: MessageTraits?
  /// Where the body ends.
  var end: Place
  /// Protocol code of octets left over.
  var trailingCode: UInt64?
  /// Protocol code of members that do not fit.
  var code: UInt64?

  /// Octets of the body when they are always as many.
  var fixedSize: Int? { end.base == nil ? end.plus : nil }

  /// Whether all parts are at fixed places, so that no layout has to be kept.
  var isFixed: Bool { fixedSize != nil }

  /// The members a program sets.
  var properties: [PropertyPlan] { members.flatMap(\.properties) }
}

/// A place in a body: so many octets behind its start, or behind the end of an earlier member of varying size.
struct Place: Equatable {
  /// The layout's field that holds the place `plus` is counted from; nil for the body's start.
  var base: String?
  var plus: Int

  func moved(by octets: Int) -> Place { Place(base: base, plus: plus + octets) }

  /// As Swift, relative to the body's start.
  var text: String {
    guard let base else { return "\(plus)" }
    return plus == 0 ? "layout.\(base)" : "layout.\(base) &+ \(plus)"
  }
}

/// One member with its place.
struct MemberPlan {
  var member: Member
  var place: Place
  /// Octets, when they are always as many and the member is always there.
  var fixedSize: Int?
  var properties: [PropertyPlan]
  /// What a fixed member without checks contributes to a run: itself, or the parts of a struct with dotted names.
  var isPlain: Bool

  /// The layout's field that holds where the member ends, when that varies.
  var endField: String { "\(member.name)End" }
  /// The layout's field that says whether an optional member is there.
  var presenceField: String { "has\(member.name.prefix(1).uppercased())\(member.name.dropFirst())" }
  var isOptional: Bool { member.condition != nil }
}

/// A property of a generated type.
struct PropertyPlan {
  /// The schema's name.
  var name: String
  /// The name as a Swift identifier, escaped where it must be.
  var identifier: String
  /// The Swift type, with `?` when optional.
  var type: String
  /// As Swift; nil when the initialiser must be given a value.
  var defaultValue: String?
  var member: Member
  /// How far a bit field's lowest bit is above its group's lowest; nil outside of groups.
  var shift: Int?
}

/// Turns resolved bodies into plans.
struct Lowering {
  let definition: ProtocolDefinition
  let sizes: Sizes

  init(_ definition: ProtocolDefinition) {
    self.definition = definition
    sizes = Sizes(definition)
  }

  func plan(body index: Int, trailingCode: UInt64?) -> BodyPlan {
    let body = definition.bodies[index]
    var place = Place(base: nil, plus: 0)
    var members: [MemberPlan] = []
    for member in body.members {
      let fixed = sizes.fixed(member)
      let plan = MemberPlan(
        member: member, place: place, fixedSize: fixed, properties: properties(of: member),
        isPlain: fixed != nil && isPlain(member))
      members.append(plan)
      place = fixed.map { place.moved(by: $0) } ?? Place(base: plan.endField, plus: 0)
    }
    return BodyPlan(
      index: index, name: body.name, members: members, rules: body.rules, message: body.message, end: place,
      trailingCode: body.message?.code ?? trailingCode, code: body.code)
  }

  /// Whether nothing about the member's value can be wrong.
  func isPlain(_ member: Member) -> Bool {
    switch member.kind {
    case .integer(let shape):
      return shape.minimum == nil && shape.maximum == nil && shape.constant == nil && !isClosed(shape)
    case .bits(_, _, let group): return group.allSatisfy { isPlain($0) }
    case .reserved(_, _, let isChecked): return !isChecked
    case .ipv4, .ipv6, .mac: return true
    case .octets(let shape): if case .fixed = shape.extent { return true } else { return false }
    case .structure(let index):
      let body = definition.bodies[index]
      return body.rules.isEmpty && body.members.allSatisfy { $0.condition == nil && isPlain($0) }
    case .reservedRest, .text, .array, .list, .choice: return false
    }
  }

  func isClosed(_ shape: IntegerShape) -> Bool { shape.codes.map { !definition.codes[$0].isOpen } ?? false }

  /// Whether octets written for a value of the body could decode to another value.
  func canMismatch(_ index: Int, within outer: Set<Int> = []) -> Bool {
    // What is inside itself adds nothing.
    guard !outer.contains(index) else { return false }
    return definition.bodies[index].members.contains { member in
      if member.condition != nil { return true }
      switch member.kind {
      case .octets, .text:
        if member.kind.extent == .rest { return false }
        return !isCounted(member, in: definition.bodies[index])
      case .structure(let inner): return canMismatch(inner, within: outer.union([index]))
      case .array(let shape):
        if case .structure(let inner) = shape.element.kind { return canMismatch(inner, within: outer.union([index])) }
        return false
      case .list: return true
      default: return false
      }
    }
  }

  /// Whether a length field of the body is computed from the member, or its size is part of its type.
  private func isCounted(_ member: Member, in body: BodyDefinition) -> Bool {
    if case .octets(let shape) = member.kind, case .fixed = shape.extent { return true }
    return body.members.contains { other in
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
    case .text(let shape): return shape.keepsInvalid ? "WireString" : "String"
    case .structure(let index): return SwiftName.type(definition.bodies[index].name)
    case .array(let shape): return type(of: shape.element).map { "[\($0)]" }
    case .list, .choice: return SwiftName.nested(member.name)
    }
  }

  func integerType(_ shape: IntegerShape) -> String {
    if let codes = shape.codes { return SwiftName.type(definition.codes[codes].name) }
    return shape.isBoolean ? "Bool" : storageType(bits: shape.bits, isSigned: shape.isSigned)
  }

  private func defaultValue(of member: Member, _ type: String) -> String? {
    switch member.kind {
    case .integer(let shape):
      guard let value = shape.defaultValue else { return nil }
      if shape.isBoolean { return value == 0 ? "false" : "true" }
      guard let codes = shape.codes else { return "\(value)" }
      if let code = definition.codes[codes].codes.first(where: { Int128($0.value) == value }) {
        return ".\(SwiftName.code(code.name))"
      }
      return "\(type)(rawValue: \(value))"
    case .list(let shape): return shape.allowed.contains { $0.minimum == 1 && $0.maximum == 1 } ? nil : "\(type)()"
    default: return nil
    }
  }
}

/// The smallest Swift integer of so many bits.
func storageType(bits: Int, isSigned: Bool = false) -> String {
  let width = [8, 16, 32, 64].first { bits <= $0 } ?? 64
  return isSigned ? "Int\(width)" : "UInt\(width)"
}

/// Names from a schema as Swift identifiers.
enum SwiftName {
  /// Words that mean something else where a property's name would stand, even between backticks, or that generated
  /// types have as members.
  private static let taken: Set = [
    "self", "Self", "init", "Type", "Protocol", "encodedSize", "hashValue", "encode", "encoded", "write", "mismatch",
    "octets", "layout", "counts",
  ]

  /// Words that the types of codes have as members.
  private static let takenInCodes: Set = ["self", "Self", "init", "Type", "Protocol", "rawValue", "allCases"]

  private static let keywords: Set = [
    "associatedtype", "borrowing", "class", "consuming", "deinit", "enum", "extension", "fileprivate", "func", "import",
    "inout", "internal", "let", "open", "operator", "precedencegroup", "private", "protocol", "public", "rethrows",
    "static", "struct", "subscript", "typealias", "var", "break", "case", "catch", "continue", "default", "defer",
    "do", "else", "fallthrough", "for", "guard", "if", "in", "repeat", "return", "switch", "throw", "where", "while",
    "any", "as", "await", "false", "is", "nil", "super", "throws", "true", "try", "unsafe", "some", "package", "each",
    "nonisolated", "actor", "async", "macro", "sending", "copy", "discard", "get", "set",
  ]

  /// A field's or element's name.
  static func property(_ name: String) -> String { escaped(name, taken) }

  /// A code's name.
  static func code(_ name: String) -> String { escaped(name, takenInCodes) }

  private static func escaped(_ name: String, _ taken: Set<String>) -> String {
    if taken.contains(name) { return "\(name)_" }
    return keywords.contains(name) ? "`\(name)`" : name
  }

  /// A type's name: `Type` and the like cannot be one.
  static func type(_ name: String) -> String { ["Type", "Protocol", "Self", "Any"].contains(name) ? "\(name)_" : name }

  /// The type that holds the elements of a list: options -> Options.
  static func nested(_ name: String) -> String { type(name.prefix(1).uppercased() + name.dropFirst()) }

  /// A name without backticks, for joining with others.
  static func upper(_ name: String) -> String { name.prefix(1).uppercased() + name.dropFirst() }
}

import Wire

/// A body as decoding goes through it.
final class BodyPlan: Sendable {
  let definition: BodyDefinition
  let naming: Naming
  let members: [MemberPlan]
  /// Nil when the body is no message.
  let message: MessagePlan?
  /// Protocol code of members that do not fit, whose own code is for their value.
  let code: UInt64?
  /// Protocol code of what is left over behind the body, when it is decoded alone.
  let trailingCode: UInt64?
  let headerCount: Int
  let maximumDepth: Int?
  /// What must be counted to bound how deep the body is inside itself; nil when it never is, and for headers.
  let nesting: Nesting?
  let rules: [RuleDefinition]
  /// Whether Booleans are computed from its members.
  let derives: Bool
  /// Whether no member has members, values or elements.
  let isFlat: Bool

  /// - Parameters:
  ///   - index: in `ProtocolDefinition.bodies`; nil for the header of a family.
  ///   - element: that whose body it is.
  init(_ definition: BodyDefinition, _ index: Int?, _ parts: PlanParts, element: FamilyDefinition.Element? = nil) {
    self.definition = definition
    naming = Naming(definition.name, label: definition.name, isShared: true)
    let fixed = definition.fixedMembers
    members = definition.members.map { MemberPlan($0, parts, fixed: fixed) }
    message = definition.message.map { MessagePlan($0, of: definition) }
    code = definition.code
    trailingCode = definition.message.map(\.code) ?? element?.code ?? definition.code
    headerCount = definition.headerCount
    maximumDepth = definition.maximumDepth
    nesting = definition.maximumDepth == nil ? nil : index.map(Nesting.body)
    rules = definition.rules
    derives = !definition.derived.isEmpty
    isFlat = members.allSatisfy(\.kind.isFlat)
  }
}

/// What is checked of a message before its members are decoded.
final class MessagePlan: Sendable {
  let direction: Int
  let matches: [MessageTraits.Match]
  let earlyRules: [EarlyRulePlan]
  let maximumSize: Int
  let sizeMultiple: Int
  let sizeCode: UInt64?
  let code: UInt64?

  init(_ traits: MessageTraits, of body: BodyDefinition) {
    direction = traits.direction
    matches = traits.matches
    earlyRules = traits.earlyRules.map { EarlyRulePlan($0, of: body) }
    maximumSize = traits.maximumSize ?? .max
    sizeMultiple = traits.sizeMultiple
    sizeCode = traits.sizeCode
    code = traits.code
  }
}

/// A rule that is checked before the members of a message are decoded.
final class EarlyRulePlan: Sendable {
  let rule: RuleDefinition
  let reads: [Read]

  /// A member that the rule reads.
  struct Read: Sendable {
    var place: MessageTraits.Match
    /// nil when it is no number.
    var shape: IntegerShape?
    var naming: Naming
  }

  init(_ early: MessageTraits.EarlyRule, of body: BodyDefinition) {
    rule = early.rule
    reads = early.reads.map { read in
      guard let member = body.member(named: read.member), case .integer(let shape) = member.kind else {
        return Read(place: read, naming: Naming(read.member, label: read.member))
      }
      return Read(place: read, shape: shape, naming: Naming(member.name, label: member.label, unit: member.unit))
    }
  }
}

/// A member of a body, a bit field, or what the values of an array are.
final class MemberPlan: Sendable {
  /// As the schema names it.
  let name: String
  /// As trees name it.
  let naming: Naming
  /// The name in a path.
  let pathName: String
  let kind: Kind
  let condition: WireExpression?
  let code: UInt64?
  let isWarning: Bool
  let inheritsCode: Bool
  /// In bits, of a bit field.
  let bitWidth: Int
  /// Whether a match of the message that the body is leaves one value only.
  let isFixedByMatch: Bool

  enum Kind: Sendable {
    case integer(IntegerPlan)
    case bits(BitsPlan)
    /// `size` in octets; nil for all that is left of the container.
    case reserved(size: Int?, send: UInt64, isChecked: Bool)
    case address(size: Int)
    case variable(VariablePlan)
    /// Index in `ProtocolDefinition.bodies`.
    case structure(Int)
    case array(ArrayPlan)
    case list(ListPlan)
    case choice(ChoicePlan)

    var isFlat: Bool {
      switch self {
      case .integer, .bits, .reserved, .address, .variable: true
      case .structure, .array, .list, .choice: false
      }
    }
  }

  /// - Parameter fixed: names of members that matches leave one value only.
  init(_ member: Member, _ parts: PlanParts, fixed: [String] = []) {
    name = member.name
    pathName = member.pathName
    condition = member.condition
    code = member.code
    isWarning = member.isWarning
    inheritsCode = member.inheritsCode
    bitWidth = member.bitWidth
    isFixedByMatch = fixed.contains(member.name)
    kind = Kind(member, parts, fixed: fixed)
    let name = if case .reserved = kind { "reserved" } else { member.name }
    naming = Naming(name, label: member.label, unit: member.unit, isShared: true)
  }
}

extension MemberPlan.Kind {
  fileprivate init(_ member: Member, _ parts: PlanParts, fixed: [String]) {
    switch member.kind {
    case .integer(let shape): self = .integer(IntegerPlan(shape, parts))
    case .bits(let size, let isLittleEndian, let fields):
      let fields = fields.map { MemberPlan($0, parts, fixed: fixed) }
      self = .bits(BitsPlan(size: size, isLittleEndian: isLittleEndian, fields: fields))
    case .reserved(let size, let send, let isChecked): self = .reserved(size: size, send: send, isChecked: isChecked)
    case .reservedRest(let send, let isChecked): self = .reserved(size: nil, send: send, isChecked: isChecked)
    case .ipv4: self = .address(size: 4)
    case .ipv6: self = .address(size: 16)
    case .mac: self = .address(size: 6)
    case .octets(let shape): self = .variable(VariablePlan(shape))
    case .text(let shape): self = .variable(VariablePlan(shape))
    case .structure(let index): self = .structure(index)
    case .array(let shape): self = .array(ArrayPlan(shape, parts))
    case .list(let shape): self = .list(ListPlan(shape, parts))
    case .choice(let shape): self = .choice(ChoicePlan(shape))
    }
  }
}

/// A number.
final class IntegerPlan: Sendable {
  let shape: IntegerShape
  /// In octets, when it is no bit field.
  let size: Int
  /// Nil when it is no code.
  let codes: CodesPlan?
  /// Whether trees have it as a number, and not as a Bool, a set of bits or a date.
  let isNumber: Bool
  /// Whether there is anything that its value may not be.
  let isChecked: Bool
  let isComputed: Bool
  /// What a node of it is for, when no match leaves one value only.
  let role: WireTree.Role

  init(_ shape: IntegerShape, _ parts: PlanParts) {
    self.shape = shape
    size = (shape.bits + 7) / 8
    codes = shape.codes.map { parts.codes[$0] }
    let isDate = if case .epoch = shape.time { true } else { false }
    isNumber = !shape.isBoolean && shape.flags == nil && !isDate
    isComputed = shape.computed != nil
    isChecked =
      shape.constant != nil || shape.minimum != nil || shape.maximum != nil || shape.only != nil || shape.flags != nil
      || codes.map { !$0.isOpen } ?? false
    role = isComputed ? .computed : shape.constant != nil ? .constant : .member
  }
}

/// A group of bits.
final class BitsPlan: Sendable {
  /// In octets.
  let size: Int
  let isLittleEndian: Bool
  /// The most significant first.
  let fields: [MemberPlan]

  init(size: Int, isLittleEndian: Bool, fields: [MemberPlan]) {
    self.size = size
    self.isLittleEndian = isLittleEndian
    self.fields = fields
  }
}

/// Octets or text.
final class VariablePlan: Sendable {
  let extent: Extent
  /// Bounds of the count of octets.
  let minimum: Int
  let maximum: Int
  /// Nil for octets.
  let text: TextShape?

  init(_ shape: OctetsShape) {
    extent = shape.extent
    minimum = shape.minimum
    maximum = shape.maximum ?? .max
    text = nil
  }

  init(_ shape: TextShape) {
    extent = shape.extent
    minimum = shape.minimum
    maximum = shape.maximum ?? .max
    text = shape
  }
}

/// An array.
final class ArrayPlan: Sendable {
  let shape: ArrayShape
  let element: MemberPlan

  init(_ shape: ArrayShape, _ parts: PlanParts) {
    self.shape = shape
    element = MemberPlan(shape.element, parts)
  }
}

/// One of several bodies.
final class ChoicePlan: Sendable {
  let on: WireExpression
  private let cases: [Case]
  private let otherwise: Case?

  /// A case, by the numbers it stands for.
  final class Case: Sendable {
    let naming: Naming
    let first: UInt64
    let last: UInt64
    /// Index in `ProtocolDefinition.bodies`; nil for a case without members.
    let body: Int?

    init(_ definition: ChoiceShape.Case) {
      naming = Naming(definition.name, label: definition.name, isShared: true)
      first = definition.first
      last = definition.last
      body = definition.body
    }
  }

  init(_ shape: ChoiceShape) {
    on = shape.on
    cases = shape.cases.map(Case.init)
    otherwise = shape.otherwise.map(Case.init)
  }

  /// The case of a number; nil when it has none.
  func `case`(of number: Int128) -> Case? {
    cases.first { Int128($0.first) <= number && number <= Int128($0.last) } ?? otherwise
  }
}

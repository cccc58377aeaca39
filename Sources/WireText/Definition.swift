/// A protocol as plain data: what the schema says once every name in it is resolved.
///
/// The generator makes it from a schema; the interpreter, JSON, the readable dump and the annotated octets all walk
/// it, so that none of them needs code of its own for a protocol. Generated modules carry it as text
/// (`ProtocolDefinition.init(parsing:)`).
public struct ProtocolDefinition: Sendable, Hashable {
  /// The protocol's name as the schema gives it, "PCP".
  public var name: String
  /// Names of the directions messages travel in; `MessageTraits.direction` is an index into it.
  public var directions: [String]
  /// Every `codes`, and the tag codes of every family.
  public var codes: [CodesDefinition]
  /// Structs, bodies of elements, and messages; other parts refer to them by index.
  public var bodies: [BodyDefinition]
  /// The element (TLV) families.
  public var families: [FamilyDefinition]
  /// Indices in `bodies` of the messages, in document order.
  public var messages: [Int]
  /// Index in `codes` of the protocol's error codes; nil when the protocol names none.
  public var errorCodes: Int?

  public init(
    name: String, directions: [String] = [], codes: [CodesDefinition] = [], bodies: [BodyDefinition] = [],
    families: [FamilyDefinition] = [], messages: [Int] = [], errorCodes: Int? = nil
  ) {
    self.name = name
    self.directions = directions
    self.codes = codes
    self.bodies = bodies
    self.families = families
    self.messages = messages
    self.errorCodes = errorCodes
  }
}

/// One list of numbers with names.
public struct CodesDefinition: Sendable, Hashable {
  /// "ResultCode".
  public var name: String
  /// Width in bits, 1 to 64.
  public var bits: Int
  /// Whether a number without a name is kept; otherwise it is an error of kind `code`.
  public var isOpen: Bool
  public var codes: [Code]
  public var ranges: [CodeRange]

  public struct Code: Sendable, Hashable {
    /// "malformedRequest", as in JSON and Swift.
    public var name: String
    public var value: UInt64
    /// "MALFORMED_REQUEST", as the protocol's document spells it.
    public var label: String

    public init(name: String, value: UInt64, label: String) {
      self.name = name
      self.value = value
      self.label = label
    }
  }

  public struct CodeRange: Sendable, Hashable {
    public var first: UInt64
    public var last: UInt64
    /// "unassigned", "reserved", "private", "experimental" or "retired".
    public var use: String

    public init(first: UInt64, last: UInt64, use: String) {
      self.first = first
      self.last = last
      self.use = use
    }
  }

  public init(name: String, bits: Int, isOpen: Bool, codes: [Code], ranges: [CodeRange] = []) {
    self.name = name
    self.bits = bits
    self.isOpen = isOpen
    self.codes = codes
    self.ranges = ranges
  }
}

/// A sequence of members in wire order: a struct, the value of an element, or a message.
public struct BodyDefinition: Sendable, Hashable {
  /// The type's name, "MapRequest" or "FilterOption".
  public var name: String
  public var members: [Member]
  public var rules: [RuleDefinition]
  /// Present when the body is a message.
  public var message: MessageTraits?
  /// Protocol code of members that do not fit, whose own code is for their value.
  public var code: UInt64?

  public init(
    name: String, members: [Member], rules: [RuleDefinition] = [], message: MessageTraits? = nil, code: UInt64? = nil
  ) {
    self.name = name
    self.members = members
    self.rules = rules
    self.message = message
    self.code = code
  }
}

/// What only a message has: its direction, how it is told from others, and the limits of its size.
public struct MessageTraits: Sendable, Hashable {
  public var direction: Int
  /// In wire order.
  public var matches: [Match]
  /// In octets.
  public var maximumSize: Int?
  /// The size in octets is a multiple of this; 1 when any size will do.
  public var sizeMultiple: Int
  /// Protocol code of a violated size limit.
  public var sizeCode: UInt64?
  /// Protocol code of what no member answers for: trailing octets.
  public var code: UInt64?

  /// One condition that makes octets this message and no other.
  public struct Match: Sendable, Hashable {
    /// The member compared: its name, unique in the message.
    public var member: String
    /// Where the member, or for a bit field its group, starts: octets from the start of the message.
    public var offset: Int
    /// Size in octets of the member or of its group.
    public var size: Int
    /// For a bit field: how far its lowest bit is above the group's lowest; otherwise 0.
    public var shift: Int
    /// Width in bits.
    public var bits: Int
    public var isLittleEndian: Bool
    public var first: UInt64
    public var last: UInt64
    public var code: UInt64?

    public init(
      member: String, offset: Int, size: Int, shift: Int, bits: Int, isLittleEndian: Bool = false,
      first: UInt64, last: UInt64, code: UInt64?
    ) {
      self.member = member
      self.offset = offset
      self.size = size
      self.shift = shift
      self.bits = bits
      self.isLittleEndian = isLittleEndian
      self.first = first
      self.last = last
      self.code = code
    }
  }

  public init(
    direction: Int, matches: [Match], maximumSize: Int? = nil, sizeMultiple: Int = 1, sizeCode: UInt64? = nil,
    code: UInt64? = nil
  ) {
    self.direction = direction
    self.matches = matches
    self.maximumSize = maximumSize
    self.sizeMultiple = sizeMultiple
    self.sizeCode = sizeCode
    self.code = code
  }
}

/// One part of a body.
public struct Member: Sendable, Hashable {
  /// Empty for reserved octets and for a group of bits, which have no name of their own.
  public var name: String
  /// The document's own words for it, "Requested Lifetime"; the name when the schema gives none.
  public var label: String
  /// "s", "octets"; nil when there is none.
  public var unit: String?
  public var kind: MemberKind
  /// The member is there only when this holds.
  public var condition: WireExpression?
  /// Protocol code of errors in the member's value, already chosen by precedence.
  public var code: UInt64?
  /// Severity of errors in its value; errors in its extent are always errors.
  public var isWarning: Bool

  public init(
    name: String, label: String, unit: String? = nil, kind: MemberKind, condition: WireExpression? = nil,
    code: UInt64? = nil, isWarning: Bool = false
  ) {
    self.name = name
    self.label = label
    self.unit = unit
    self.kind = kind
    self.condition = condition
    self.code = code
    self.isWarning = isWarning
  }
}

public indirect enum MemberKind: Sendable, Hashable {
  /// Whole octets, or bits when inside a group.
  case integer(IntegerShape)
  /// A group of 1 to 8 octets whose members are `integer` (bit fields) and `reserved`, most significant first.
  case bits(octets: Int, isLittleEndian: Bool, members: [Member])
  /// Reserved octets or, inside a group, bits. `size` in octets, or bits inside a group.
  case reserved(size: Int, send: UInt64, isChecked: Bool)
  case ipv4
  case ipv6
  case mac
  /// `minimum` and `maximum` bound the count of octets (kind `range`).
  case octets(Extent, minimum: Int, maximum: Int?)
  /// UTF-8. `keepsInvalid`: ill-formed text is kept without an error. `refusesNUL`: U+0000 is an error of kind `text`.
  case text(Extent, minimum: Int, maximum: Int?, keepsInvalid: Bool, refusesNUL: Bool)
  /// Index in `ProtocolDefinition.bodies`.
  case structure(Int)
  case array(ArrayShape)
  case list(ListShape)
}

/// A number.
public struct IntegerShape: Sendable, Hashable {
  /// 8 to 64 in whole octets, or 1 to 64 as a bit field.
  public var bits: Int
  public var isSigned: Bool
  public var isLittleEndian: Bool
  /// Index in `ProtocolDefinition.codes` when the number is a code.
  public var codes: Int?
  /// A one-bit field that is a Bool.
  public var isBoolean: Bool
  /// Allowed values (kind `range`); nil when the width alone decides.
  public var minimum: Int128?
  public var maximum: Int128?
  /// The only value allowed (kind `constant`); such a member is no property and is absent from JSON.
  public var constant: Int128?
  /// Value taken when JSON leaves the member out; nil when it must be given.
  public var defaultValue: Int128?
  /// Set when the number is computed on encoding: the size or count of a later member of the same body.
  public var computed: Computed?

  public enum Computed: Sendable, Hashable {
    /// Octets of the member of that name, `(octets + plus) / unit`.
    case size(of: String, unit: Int, plus: Int)
    /// Elements of the array of that name.
    case count(of: String)
  }

  public init(
    bits: Int, isSigned: Bool = false, isLittleEndian: Bool = false, codes: Int? = nil, isBoolean: Bool = false,
    minimum: Int128? = nil, maximum: Int128? = nil, constant: Int128? = nil, defaultValue: Int128? = nil,
    computed: Computed? = nil
  ) {
    self.bits = bits
    self.isSigned = isSigned
    self.isLittleEndian = isLittleEndian
    self.codes = codes
    self.isBoolean = isBoolean
    self.minimum = minimum
    self.maximum = maximum
    self.constant = constant
    self.defaultValue = defaultValue
    self.computed = computed
  }
}

/// How many octets a variable member takes.
public enum Extent: Sendable, Hashable {
  case fixed(Int)
  /// All that is left of the container.
  case rest
  /// The value of the expression; for a member named by a `size` computed field, that field's path.
  case expression(WireExpression)
}

/// Several values of one kind after another.
public struct ArrayShape: Sendable, Hashable {
  /// The element: its `name` is empty; kinds `integer`, `ipv4`, `ipv6`, `mac`, `structure`.
  public var element: Member
  /// Name of the earlier member that counts them; nil when they fill the container.
  public var countedBy: String?
  /// Bounds of the count (kind `range`, at the array's first octet).
  public var minimum: Int
  public var maximum: Int?

  public init(element: Member, countedBy: String?, minimum: Int = 0, maximum: Int? = nil) {
    self.element = element
    self.countedBy = countedBy
    self.minimum = minimum
    self.maximum = maximum
  }
}

/// A list of elements (TLVs) in a message.
public struct ListShape: Sendable, Hashable {
  /// Index in `ProtocolDefinition.families`.
  public var family: Int
  /// In document order, which is the order of encoding.
  public var allowed: [Allowed]

  public struct Allowed: Sendable, Hashable {
    /// Index in the family's `elements`.
    public var element: Int
    public var minimum: Int
    public var maximum: Int?
    public var missingCode: UInt64?
    public var excessCode: UInt64?

    public init(element: Int, minimum: Int, maximum: Int?, missingCode: UInt64?, excessCode: UInt64?) {
      self.element = element
      self.minimum = minimum
      self.maximum = maximum
      self.missingCode = missingCode
      self.excessCode = excessCode
    }
  }

  public init(family: Int, allowed: [Allowed]) {
    self.family = family
    self.allowed = allowed
  }
}

/// A family of elements that share a header and a code space.
public struct FamilyDefinition: Sendable, Hashable {
  /// "Option".
  public var name: String
  /// Members of fixed size: one is the tag, one the length.
  public var header: [Member]
  /// Index in `header` of the tag.
  public var tag: Int
  /// Index in `header` of the length.
  public var length: Int
  /// What the length counts: octets of value = length * lengthUnit - lengthPlus, less the header when it counts that.
  public var lengthCountsElement: Bool
  public var lengthUnit: Int
  public var lengthPlus: Int
  /// Elements start at multiples of this from the list's start.
  public var alignment: Int
  /// Padding octets must be zero (kind `padding`).
  public var checksPadding: Bool
  public var unknown: [UnknownPolicy]
  public var elements: [Element]
  /// Index in `ProtocolDefinition.codes` of the tag's codes.
  public var codes: Int
  /// Protocol code of errors in an element's header, and of those no member answers for.
  public var code: UInt64?

  public struct Element: Sendable, Hashable {
    /// "filter".
    public var name: String
    /// "FILTER".
    public var label: String
    public var tag: UInt64
    /// Index in `ProtocolDefinition.bodies`.
    public var body: Int
    /// Protocol code of octets left over in the element.
    public var code: UInt64?

    public init(name: String, label: String, tag: UInt64, body: Int, code: UInt64?) {
      self.name = name
      self.label = label
      self.tag = tag
      self.body = body
      self.code = code
    }
  }

  public struct UnknownPolicy: Sendable, Hashable {
    public var first: UInt64
    public var last: UInt64
    /// Index in `ProtocolDefinition.directions`; nil for every direction.
    public var direction: Int?
    public var action: Action
    public var code: UInt64?

    public enum Action: String, Sendable, Hashable {
      case ignore, keep, reject
    }

    public init(first: UInt64, last: UInt64, direction: Int?, action: Action, code: UInt64?) {
      self.first = first
      self.last = last
      self.direction = direction
      self.action = action
      self.code = code
    }
  }

  public init(
    name: String, header: [Member], tag: Int, length: Int, lengthCountsElement: Bool = false, lengthUnit: Int = 1,
    lengthPlus: Int = 0, alignment: Int = 1, checksPadding: Bool = false, unknown: [UnknownPolicy],
    elements: [Element], codes: Int, code: UInt64? = nil
  ) {
    self.name = name
    self.header = header
    self.tag = tag
    self.length = length
    self.lengthCountsElement = lengthCountsElement
    self.lengthUnit = lengthUnit
    self.lengthPlus = lengthPlus
    self.alignment = alignment
    self.checksPadding = checksPadding
    self.unknown = unknown
    self.elements = elements
    self.codes = codes
    self.code = code
  }
}

/// A condition between members, with the protocol error it earns.
public struct RuleDefinition: Sendable, Hashable {
  public var name: String
  public var test: WireExpression
  public var code: UInt64?
  public var isWarning: Bool

  public init(name: String, test: WireExpression, code: UInt64?, isWarning: Bool = false) {
    self.name = name
    self.test = test
    self.code = code
    self.isWarning = isWarning
  }
}

/// An expression of the schema language, names resolved and types checked: it cannot fail or overflow.
public indirect enum WireExpression: Sendable, Hashable {
  case number(Int128)
  case boolean(Bool)
  /// 4 or 16 octets.
  case address([UInt8])
  /// The value of a member: a number (codes and Bools too) or an address. Steps lead from the body the expression
  /// is in: a member's name, then names inside a nested struct; for a list: list name, element name, member name.
  case path([String])
  /// Octets of a variable member.
  case size([String])
  /// Elements of an array, or occurrences of an element in a list (list name, element name).
  case count([String])
  /// Whether an optional member, or an element of a list, is there.
  case present([String])
  /// Octets left in the container at the member the expression belongs to.
  case remaining
  case not(WireExpression)
  case binary(Operator, WireExpression, WireExpression)
  /// Address in prefix: the address is one of 4 or 16 octets.
  case inPrefix(WireExpression, address: [UInt8], length: Int)
  /// Number in one of the ranges.
  case inRanges(WireExpression, [ClosedRange<Int128>])

  public enum Operator: String, Sendable, Hashable, CaseIterable {
    case or, and, implies
    case equal = "=="
    case notEqual = "!="
    case less = "<"
    case lessOrEqual = "<="
    case greater = ">"
    case greaterOrEqual = ">="
    case add = "+"
    case subtract = "-"
    case bitOr = "|"
    case multiply = "*"
    case bitAnd = "&"
  }
}

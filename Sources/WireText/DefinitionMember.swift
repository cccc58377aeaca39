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
  /// Whether the schema gives the member no code of its own: in an element, `ListShape.Allowed.invalidCode` then goes before
  /// `code`.
  public var inheritsCode: Bool

  public init(
    name: String, label: String, unit: String? = nil, kind: MemberKind, condition: WireExpression? = nil,
    code: UInt64? = nil, isWarning: Bool = false, inheritsCode: Bool = false
  ) {
    self.name = name
    self.label = label
    self.unit = unit
    self.kind = kind
    self.condition = condition
    self.code = code
    self.isWarning = isWarning
    self.inheritsCode = inheritsCode
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
  /// Reserved octets up to the end of the container; none are sent.
  case reservedRest(send: UInt64, isChecked: Bool)
  case octets(OctetsShape)
  case text(TextShape)
  /// Index in `ProtocolDefinition.bodies`.
  case structure(Int)
  case array(ArrayShape)
  case list(ListShape)
  case choice(ChoiceShape)
}

extension MemberKind {
  /// How many octets octets or text take; nil for other kinds.
  public var extent: Extent? {
    switch self {
    case .octets(let shape): shape.extent
    case .text(let shape): shape.extent
    default: nil
    }
  }
}

/// Octets of varying or fixed size.
public struct OctetsShape: Sendable, Hashable {
  public var extent: Extent
  /// Bounds of the count of octets of the value (kind `range`).
  public var minimum: Int
  public var maximum: Int?
  /// Set for reserved octets that are kept: the octet that initialisers and JSON fill in when nothing is given.
  public var fill: UInt8?

  public init(_ extent: Extent, minimum: Int = 0, maximum: Int? = nil, fill: UInt8? = nil) {
    self.extent = extent
    self.minimum = minimum
    self.maximum = maximum
    self.fill = fill
  }
}

/// Text.
public struct TextShape: Sendable, Hashable {
  public var extent: Extent
  /// Bounds of the count of octets of the value (kind `range`).
  public var minimum: Int
  public var maximum: Int?
  public var content: Content
  /// Ill-formed text is kept without an error.
  public var keepsInvalid: Bool
  /// U+0000 is an error of kind `text`.
  public var refusesNUL: Bool

  public enum Content: String, Sendable, Hashable {
    case utf8
    /// Octets above 127 are ill-formed.
    case ascii
    /// A date of RFC 1123 section 5.2.14: the value is a `WireDate`.
    case date
  }

  public init(
    _ extent: Extent, minimum: Int = 0, maximum: Int? = nil, content: Content = .utf8, keepsInvalid: Bool = false,
    refusesNUL: Bool = false
  ) {
    self.extent = extent
    self.minimum = minimum
    self.maximum = maximum
    self.content = content
    self.keepsInvalid = keepsInvalid
    self.refusesNUL = refusesNUL
  }
}

/// How many octets a variable member takes.
public enum Extent: Sendable, Hashable {
  case fixed(Int)
  /// All that is left of the container.
  case rest
  /// The value of the expression; for a member named by a `size` computed field, that field's path.
  case expression(WireExpression)
  /// A number before the value says how many octets it has. It is part of the member's extent.
  case prefixed(bits: Int, isLittleEndian: Bool)
  /// The value ends before the first such octet, which is part of the member's extent.
  case terminated(UInt8)
  /// So many octets; the value ends before the first pad octet, and what follows that is ignored.
  case padded(Int, pad: UInt8)

  /// Octets, when they are always as many.
  public var fixedSize: Int? {
    switch self {
    case .fixed(let size), .padded(let size, _): size
    case .rest, .expression, .prefixed, .terminated: nil
    }
  }
}

/// One of several bodies, chosen by a number.
public struct ChoiceShape: Sendable, Hashable {
  /// A number: the path of an earlier member, or `remaining`.
  public var on: WireExpression
  /// Disjoint.
  public var cases: [Case]
  /// Taken when no case is; without it, a value without a case is kind `code` at the choice.
  public var otherwise: Case?

  public struct Case: Sendable, Hashable {
    /// "udp", as in Swift, JSON and paths.
    public var name: String
    /// The numbers it stands for; `otherwise` has 0 and 0, which mean nothing.
    public var first: UInt64
    public var last: UInt64
    /// Index in `ProtocolDefinition.bodies`; nil for a case without members.
    public var body: Int?

    public init(name: String, first: UInt64, last: UInt64, body: Int?) {
      self.name = name
      self.first = first
      self.last = last
      self.body = body
    }
  }

  /// Every case, `otherwise` last.
  public var allCases: [Case] { cases + (otherwise.map { [$0] } ?? []) }

  /// The case of a number; nil when it has none.
  public func `case`(of number: Int128) -> Case? {
    cases.first { Int128($0.first) <= number && number <= Int128($0.last) } ?? otherwise
  }

  public init(on: WireExpression, cases: [Case], otherwise: Case? = nil) {
    self.on = on
    self.cases = cases
    self.otherwise = otherwise
  }
}

/// Several values of one kind after another.
public struct ArrayShape: Sendable, Hashable {
  /// The element: its `name` is empty; kinds `integer`, `ipv4`, `ipv6`, `mac`, `structure`.
  public var element: Member
  /// Where it ends.
  public var end: End
  /// Bounds of the count (kind `range`, at the array's first octet).
  public var minimum: Int
  public var maximum: Int?

  public enum End: Sendable, Hashable {
    /// With the container.
    case container
    /// After as many values as the earlier member of that name says, which is computed.
    case counted(by: String)
    /// After so many values.
    case count(WireExpression)
    /// After so many octets, which they fill exactly.
    case size(WireExpression)
    /// Before a number of that value and of so many octets, which is part of the array's extent.
    case terminated(UInt64, octets: Int, isLittleEndian: Bool)
  }

  public init(element: Member, end: End, minimum: Int = 0, maximum: Int? = nil) {
    self.element = element
    self.end = end
    self.minimum = minimum
    self.maximum = maximum
  }
}

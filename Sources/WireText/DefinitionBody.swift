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
  /// Booleans computed from members, on no wire.
  public var derived: [DerivedDefinition]
  /// How many of the members, from the first, are the header of the element the body is: those of a family whose header has
  /// members of its own. 0 for every other body.
  public var headerCount: Int
  /// The body may be inside itself, so deep, the outermost counted (kind `depth`); nil when it never is.
  public var maximumDepth: Int?

  public init(
    name: String, members: [Member], rules: [RuleDefinition] = [], message: MessageTraits? = nil, code: UInt64? = nil,
    derived: [DerivedDefinition] = [], headerCount: Int = 0, maximumDepth: Int? = nil
  ) {
    self.name = name
    self.members = members
    self.rules = rules
    self.message = message
    self.code = code
    self.derived = derived
    self.headerCount = headerCount
    self.maximumDepth = maximumDepth
  }
}

/// A Boolean computed from the members of a body.
public struct DerivedDefinition: Sendable, Hashable {
  public var name: String
  public var test: WireExpression

  public init(name: String, test: WireExpression) {
    self.name = name
    self.test = test
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
  /// Rules checked after the matches and before the size, in document order.
  public var earlyRules: [EarlyRule]

  /// A rule over members of fixed place.
  public struct EarlyRule: Sendable, Hashable {
    public var rule: RuleDefinition
    /// The members it reads, in wire order; `first` and `last` of each are the bounds of its type, and `code` is the message's.
    public var reads: [Match]

    public init(rule: RuleDefinition, reads: [Match]) {
      self.rule = rule
      self.reads = reads
    }
  }

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
    code: UInt64? = nil, earlyRules: [EarlyRule] = []
  ) {
    self.direction = direction
    self.matches = matches
    self.maximumSize = maximumSize
    self.sizeMultiple = sizeMultiple
    self.sizeCode = sizeCode
    self.code = code
    self.earlyRules = earlyRules
  }
}

/// A condition between members, with the protocol error it earns.
public struct RuleDefinition: Sendable, Hashable {
  public var name: String
  public var test: WireExpression
  public var code: UInt64?
  public var isWarning: Bool
  /// As `Member.inheritsCode`.
  public var inheritsCode: Bool

  public init(
    name: String, test: WireExpression, code: UInt64?, isWarning: Bool = false, inheritsCode: Bool = false
  ) {
    self.name = name
    self.test = test
    self.code = code
    self.isWarning = isWarning
    self.inheritsCode = inheritsCode
  }
}

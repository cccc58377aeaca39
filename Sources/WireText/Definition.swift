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
  /// Every `flags`.
  public var flags: [FlagsDefinition]
  /// Default ports of the directions, in document order.
  public var ports: [PortDefinition]
  /// How messages are cut out of byte streams; at most one fits a direction.
  public var framings: [FramingDefinition]

  public init(
    name: String, directions: [String] = [], codes: [CodesDefinition] = [], bodies: [BodyDefinition] = [],
    families: [FamilyDefinition] = [], messages: [Int] = [], errorCodes: Int? = nil, flags: [FlagsDefinition] = [],
    ports: [PortDefinition] = [], framings: [FramingDefinition] = []
  ) {
    self.name = name
    self.directions = directions
    self.codes = codes
    self.bodies = bodies
    self.families = families
    self.messages = messages
    self.errorCodes = errorCodes
    self.flags = flags
    self.ports = ports
    self.framings = framings
  }
}

/// A default port of a direction.
public struct PortDefinition: Sendable, Hashable {
  /// Index in `ProtocolDefinition.directions`.
  public var direction: Int
  public var transport: Transport
  public var number: UInt16

  public enum Transport: String, Sendable, Hashable { case udp, tcp }

  public init(direction: Int, transport: Transport, number: UInt16) {
    self.direction = direction
    self.transport = transport
    self.number = number
  }
}

/// How messages are cut out of a byte stream.
public struct FramingDefinition: Sendable, Hashable {
  /// Index in `ProtocolDefinition.directions`; nil for every direction that has none of its own.
  public var direction: Int?
  /// Index in `ProtocolDefinition.bodies` of the struct that every message starts with; of fixed size.
  public var header: Int
  /// Octets of the whole message; its scope is the header.
  public var size: WireExpression
  /// The member of the header that `size` reads first: where an error of it is.
  public var sizeMember: String
  /// Fewest and most octets of a message; another number is kind `length`.
  public var minimum: Int
  public var maximum: Int
  /// The octets of a message are a multiple of this; another number is kind `length`.
  public var multiple: Int
  public var code: UInt64?

  public init(
    direction: Int?, header: Int, size: WireExpression, sizeMember: String, minimum: Int, maximum: Int, multiple: Int = 1,
    code: UInt64?
  ) {
    self.direction = direction
    self.header = header
    self.size = size
    self.sizeMember = sizeMember
    self.minimum = minimum
    self.maximum = maximum
    self.multiple = multiple
    self.code = code
  }
}

/// A set of bits with names.
public struct FlagsDefinition: Sendable, Hashable {
  /// "Services".
  public var name: String
  /// Width in bits, 8 to 64 in whole octets.
  public var bits: Int
  /// Whether bits without a name are kept; otherwise they are an error of kind `code`.
  public var isOpen: Bool
  public var flags: [Flag]
  /// Over bit numbers.
  public var ranges: [CodesDefinition.CodeRange]

  public struct Flag: Sendable, Hashable {
    /// "nat", as in JSON and Swift.
    public var name: String
    /// 0 is the least significant bit.
    public var bit: Int
    /// "NAT", as the protocol's document spells it.
    public var label: String

    public init(name: String, bit: Int, label: String) {
      self.name = name
      self.bit = bit
      self.label = label
    }
  }

  /// The bits that have names.
  public var known: UInt64 { flags.reduce(0) { $0 | 1 << UInt64($1.bit) } }

  public init(
    name: String, bits: Int, isOpen: Bool, flags: [Flag], ranges: [CodesDefinition.CodeRange] = []
  ) {
    self.name = name
    self.bits = bits
    self.isOpen = isOpen
    self.flags = flags
    self.ranges = ranges
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

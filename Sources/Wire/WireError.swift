/// Why octets are not the message they should be, or why a value cannot be encoded.
///
/// Trivially copyable, so that a hostile packet costs no allocation.
public struct WireError: Error, Sendable, Hashable, BitwiseCopyable {
  public var kind: Kind
  public var severity: Severity
  /// Octets from the start of the input; from the start of the encoding when a value cannot be encoded.
  public var offset: Int
  public var path: WirePath
  /// The protocol's own error code for it.
  public var code: ProtocolCode
  /// The rule that does not hold; empty for other kinds.
  public var rule: WireName

  /// What is wrong. The reference of the schema language defines each kind and its offset.
  public enum Kind: UInt8, Sendable, Hashable, BitwiseCopyable, CaseIterable {
    /// The octets end before the member does.
    case truncated
    /// A member that has one value only has another.
    case constant
    /// A number, or the count of a list, out of its bounds.
    case range
    /// A number without a name where only named ones are allowed.
    case code
    /// Reserved octets or bits that must have their value have another.
    case reserved
    /// Text that is not well-formed.
    case text
    /// An element's length that does not fit its container, or is less than its header.
    case length
    /// Padding that is not zero where it must be.
    case padding
    /// An element that is not known, where those must be refused.
    case unknownElement
    /// An element that must be there is not.
    case missing
    /// An element more often than allowed.
    case excess
    /// A rule between members does not hold.
    case rule
    /// Octets left over at the end.
    case trailing
    /// A message larger than its limit.
    case tooLong
    /// A message whose size is not a multiple of what it must be.
    case notMultiple
    /// Nesting deeper than allowed.
    case depth
    /// An element of a list out of its order or place.
    case order
    /// A checksum that is not that of the octets it covers.
    case checksum
    /// Octets that are none of the messages of a direction.
    case noMessage
    /// Encoding: the buffer is too small.
    case capacity
    /// Encoding: a size, count or number too large for its field.
    case unrepresentable
    /// Encoding: a value that would decode to another one.
    case mismatch
  }

  public enum Severity: UInt8, Sendable, Hashable, BitwiseCopyable {
    case error, warning
  }

  @inlinable
  public init(
    _ kind: Kind, severity: Severity = .error, at offset: Int, path: WirePath, code: ProtocolCode = .none,
    rule: WireName = ""
  ) {
    self.kind = kind
    self.severity = severity
    self.offset = offset
    self.path = path
    self.code = code
    self.rule = rule
  }
}

extension WireError: CustomStringConvertible {
  /// `offset 61: MapRequest.options[0].filter.prefixLength: out of range [MALFORMED_OPTION]`
  public var description: String {
    var text = "offset \(offset): \(path): \(kind)"
    if !rule.isEmpty { text += " '\(rule)' does not hold" }
    if code != .none { text += " [\(code)]" }
    return text
  }
}

extension WireError.Kind: CustomStringConvertible {
  /// A few words for a person.
  public var description: String {
    switch self {
    case .truncated: "the octets end before it does"
    case .constant: "not the value it must have"
    case .range: "out of range"
    case .code: "a number without a meaning"
    case .reserved: "reserved, but not as it must be"
    case .text: "not well-formed text"
    case .length: "a length that does not fit"
    case .padding: "padding that is not zero"
    case .unknownElement: "unknown, and must be understood"
    case .missing: "missing"
    case .excess: "more often than allowed"
    case .rule: "rule"
    case .trailing: "octets left over"
    case .tooLong: "larger than allowed"
    case .notMultiple: "not a multiple of the size it must be"
    case .depth: "nested too deep"
    case .order: "out of order"
    case .checksum: "not the checksum of the octets"
    case .noMessage: "no message has this value"
    case .capacity: "the buffer is too small"
    case .unrepresentable: "too large for its field"
    case .mismatch: "would decode to another value"
    }
  }

  /// The kind as schemas and tests write it, "unknownElement".
  public var name: String {
    switch self {
    case .truncated: "truncated"
    case .constant: "constant"
    case .range: "range"
    case .code: "code"
    case .reserved: "reserved"
    case .text: "text"
    case .length: "length"
    case .padding: "padding"
    case .unknownElement: "unknownElement"
    case .missing: "missing"
    case .excess: "excess"
    case .rule: "rule"
    case .trailing: "trailing"
    case .tooLong: "tooLong"
    case .notMultiple: "notMultiple"
    case .depth: "depth"
    case .order: "order"
    case .checksum: "checksum"
    case .noMessage: "noMessage"
    case .capacity: "capacity"
    case .unrepresentable: "unrepresentable"
    case .mismatch: "mismatch"
    }
  }
}

/// A protocol's own error code with its name, "MALFORMED_OPTION".
public struct ProtocolCode: Sendable, Hashable, BitwiseCopyable, CustomStringConvertible {
  /// -1 for none.
  @usableFromInline var number: Int64
  public var name: WireName

  @inlinable
  public init(_ number: UInt32, _ name: WireName) {
    self.number = Int64(number)
    self.name = name
  }

  @inlinable
  init() {
    number = -1
    name = ""
  }

  /// The schema names no code for the error.
  @inlinable
  public static var none: ProtocolCode { ProtocolCode() }

  /// The number on the wire; nil when there is none.
  @inlinable
  public var value: UInt32? { number < 0 ? nil : UInt32(truncatingIfNeeded: number) }

  @inlinable
  public static func == (left: Self, right: Self) -> Bool { left.number == right.number }

  @inlinable
  public func hash(into hasher: inout Hasher) { hasher.combine(number) }

  public var description: String { number < 0 ? "none" : name.description }
}

/// Where in a message: `MapRequest.options[2].filter.prefixLength`.
///
/// Holds the outermost seven steps and the last one; what lies between is counted and printed as dots.
public struct WirePath: Sendable, Hashable, BitwiseCopyable {
  @usableFromInline static var capacity: Int { 7 }
  @usableFromInline var steps: InlineArray<7, Step>
  /// How many steps it has, those not kept too.
  @usableFromInline var depth: Int
  /// The innermost step, where `steps` has no room for it.
  @usableFromInline var last: Step

  public struct Step: Sendable, Hashable, BitwiseCopyable {
    /// The address of the name; its count, and above that the place.
    ///
    /// One vector instead of three numbers: an error is handed up number by number through every call that can fail, which
    /// made a third of the code of a build without optimisation.
    @usableFromInline var words: SIMD2<UInt64>

    /// The member, or the list.
    @inlinable
    public var name: WireName { WireName(address: words.x, count: Int32(truncatingIfNeeded: words.y)) }

    /// Place in a list; -1 when the step is not in one.
    @inlinable
    var place: Int32 {
      get { Int32(truncatingIfNeeded: words.y >> 32) }
      set { words.y = words.y & 0xffff_ffff | UInt64(UInt32(bitPattern: newValue)) << 32 }
    }

    /// Place in a list, from 0; nil when the step is not in one.
    @inlinable
    public var index: Int? { place < 0 ? nil : Int(place) }

    @inlinable
    init(_ name: WireName, _ place: Int32) {
      words = SIMD2(name.address, UInt64(UInt32(bitPattern: name.count)) | UInt64(UInt32(bitPattern: place)) << 32)
    }

    /// Names are the same when their characters are, wherever they stand.
    public static func == (left: Step, right: Step) -> Bool { left.place == right.place && left.name == right.name }

    public func hash(into hasher: inout Hasher) {
      hasher.combine(name)
      hasher.combine(place)
    }
  }

  /// A path of no steps.
  @inlinable
  public init() {
    steps = InlineArray(repeating: Step("", -1))
    depth = 0
    last = Step("", -1)
  }

  /// The path of a member of a body.
  @inlinable
  public init(_ member: WireName, of body: WireName) {
    self.init()
    push(body, -1)
    push(member, -1)
  }

  @inlinable
  mutating func push(_ name: WireName, _ place: Int32) {
    if depth < WirePath.capacity { steps[depth] = Step(name, place) } else { last = Step(name, place) }
    depth &+= 1
  }

  /// Comes out of the innermost step, into the one that was innermost before.
  @inlinable
  mutating func pop(to outer: Step) {
    depth &-= 1
    last = outer
  }

  /// Changes the place of the innermost step.
  @inlinable
  mutating func place(_ place: Int32) {
    if depth > WirePath.capacity { last.place = place } else if depth > 0 { steps[depth &- 1].place = place }
  }

  /// The same place, one name further in, or several that are joined by dots; nothing is added for an empty name.
  @usableFromInline
  func appending(_ name: WireName) -> WirePath {
    var path = self
    var rest = name
    while !rest.isEmpty { path.push(rest.takeFirst(), -1) }
    return path
  }

  /// The steps kept, from the message inwards, the last one included.
  public var names: [Step] {
    var result: [Step] = []
    for index in 0..<min(depth, WirePath.capacity) { result.append(steps[index]) }
    if depth > WirePath.capacity { result.append(last) }
    return result
  }

  /// Steps that were too many to keep.
  public var elided: Int { max(0, depth - WirePath.capacity - 1) }

  public static func == (left: WirePath, right: WirePath) -> Bool {
    guard left.depth == right.depth, left.depth <= capacity || left.last == right.last else { return false }
    for index in 0..<min(left.depth, capacity) where left.steps[index] != right.steps[index] { return false }
    return true
  }

  public func hash(into hasher: inout Hasher) {
    hasher.combine(depth)
    if depth > WirePath.capacity { hasher.combine(last) }
    for index in 0..<min(depth, WirePath.capacity) { hasher.combine(steps[index]) }
  }
}

extension WirePath: CustomStringConvertible {
  public var description: String {
    var parts = names.map { step in step.place < 0 ? "\(step.name)" : "\(step.name)[\(step.place)]" }
    if elided > 0 { parts.insert("…", at: WirePath.capacity) }
    return parts.joined(separator: ".")
  }
}

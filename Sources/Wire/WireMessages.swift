/// The messages of one direction of a protocol, as a generated enum.
public protocol WireMessages: Sendable, Hashable {
  /// The enum's name, which starts the path of errors about which message octets are.
  static var wireName: WireName { get }

  /// Decodes octets that are exactly one message of this direction.
  init(decoding octets: RawSpan, _ mode: Check.Mode) throws(WireError)

  /// Everything wrong with octets, in the normative order of checks; empty when they decode strictly.
  static func violations(in octets: RawSpan) -> [WireError]

  /// The message itself, whichever it is.
  var message: any WireBody { get }

  /// Exactly as many octets as `encode` writes.
  var encodedSize: Int { get }

  /// Appends the message's octets, which a strict decoder takes.
  func encode(into output: inout OutputRawSpan) throws(WireError)

  /// Appends the message's octets whatever a decoder would say to them: for tests and fuzzers.
  func encode(uncheckedInto output: inout OutputRawSpan) throws(WireError)
}

extension WireMessages {
  /// Decodes octets that are exactly one message of this direction, strictly.
  @inlinable
  public init(decoding octets: RawSpan) throws(WireError) { try self.init(decoding: octets, .strict) }

  /// Decodes octets that are exactly one message of this direction.
  @inlinable
  public init(decoding octets: [UInt8], _ mode: Check.Mode = .strict) throws(WireError) {
    self = try octets.withRawSpan { (span: RawSpan) throws(WireError) -> Self in
      try Self(decoding: span, mode)
    }
  }

  /// Everything wrong with octets, in the normative order of checks; empty when they decode strictly.
  public static func violations(in octets: [UInt8]) -> [WireError] { octets.withRawSpan { violations(in: $0) } }

  /// The message's octets; one allocation.
  @inlinable
  public func encoded() throws(WireError) -> [UInt8] {
    try [UInt8].filled(capacity: encodedSize) { (output: inout OutputRawSpan) throws(WireError) in
      try encode(into: &output)
    }
  }

  /// The message's octets whatever a decoder would say to them: for tests and fuzzers.
  @inlinable
  public func encoded(unchecked: Void) throws(WireError) -> [UInt8] {
    try [UInt8].filled(capacity: encodedSize) { (output: inout OutputRawSpan) throws(WireError) in
      try encode(uncheckedInto: &output)
    }
  }
}

/// What a number of a code space is registered as.
public enum CodeRegistration: Sendable, Hashable, BitwiseCopyable {
  /// It has a meaning that the schema knows.
  case assigned
  case unassigned
  case reserved
  /// For private use.
  case `private`
  case experimental
  /// It had a meaning once, and is not to be used again.
  case retired
}

/// The messages of a direction that can be cut out of a byte stream.
public protocol FramedMessages: WireMessages {
  /// How many octets the message takes that octets of a stream start with.
  ///
  /// - Throws: `length` when the size it says is not allowed.
  static func frame(_ octets: RawSpan) throws(WireError) -> Frame
}

extension FramedMessages {
  /// How many octets the message takes that octets of a stream start with.
  ///
  /// - Throws: `length` when the size it says is not allowed.
  @inlinable
  public static func frame(_ octets: [UInt8]) throws(WireError) -> Frame {
    try octets.withRawSpan { (span: RawSpan) throws(WireError) -> Frame in try frame(span) }
  }
}

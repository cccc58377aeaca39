/// The messages of one direction of a protocol, as a generated enum.
public protocol WireMessages: Sendable, Hashable {
  /// The enum's name, which starts the path of errors about which message octets are.
  static var wireName: WireName { get }

  /// Decodes octets that are exactly one message of this direction.
  init(decoding octets: RawSpan, _ mode: Check.Mode, extensions: ExtensionRegistry) throws(WireError)

  /// Everything wrong with octets, in the normative order of checks; empty when they decode strictly.
  static func violations(in octets: RawSpan, extensions: ExtensionRegistry) -> [WireError]

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
  /// Decodes octets that are exactly one message of this direction.
  @inlinable
  public init(decoding octets: RawSpan, _ mode: Check.Mode = .strict) throws(WireError) {
    try self.init(decoding: octets, mode, extensions: ExtensionRegistry())
  }

  /// Decodes octets that are exactly one message of this direction.
  ///
  /// - Parameter extensions: whose elements are checked like the protocol's own; the message keeps them as unknown ones all the
  ///   same.
  @inlinable
  public init(
    decoding octets: [UInt8], _ mode: Check.Mode = .strict, extensions: ExtensionRegistry = ExtensionRegistry()
  ) throws(WireError) {
    self = try octets.withRawSpan { (span: RawSpan) throws(WireError) -> Self in
      try Self(decoding: span, mode, extensions: extensions)
    }
  }

  /// Everything wrong with octets, in the normative order of checks; empty when they decode strictly.
  public static func violations(in octets: RawSpan) -> [WireError] {
    violations(in: octets, extensions: ExtensionRegistry())
  }

  /// Everything wrong with octets, in the normative order of checks; empty when they decode strictly.
  public static func violations(
    in octets: [UInt8], extensions: ExtensionRegistry = ExtensionRegistry()
  ) -> [WireError] {
    octets.withRawSpan { violations(in: $0, extensions: extensions) }
  }

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

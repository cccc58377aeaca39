/// A type generated from a schema: a struct, the value of an element, or a message.
///
/// Generated code supplies the requirements; programs use the members declared in the extensions below.
public protocol WireBody: Sendable, WireEquatable {
  associatedtype Layout: WireLayout

  /// The type's name in the schema, which starts the path of its errors.
  static var wireName: WireName { get }

  /// The protocol it belongs to, as text for `WireText`.
  static var definition: WireDefinition { get }

  /// Walks the octets and checks them, in the normative order of the schema language.
  ///
  /// - Parameters:
  ///   - octets: from the body's start to the end of its container.
  ///   - offset: where `octets` start in the whole input.
  /// - Returns: where the parts are; octets behind `end` are the caller's business.
  static func check(_ octets: RawSpan, at offset: Int, _ check: inout Check) throws(WireError) -> Layout

  /// Takes the value out of octets that have been checked.
  init(_ view: borrowing Borrowed<Self>) throws(WireError)

  /// Exactly as many octets as `encode` writes.
  var encodedSize: Int { get }

  /// Writes the value without checking more than that its numbers fit their fields.
  func write(into output: inout OutputRawSpan) throws(WireError)

  /// The member of this value that its octets, being `view`, would not give back; nil when they give back all.
  func mismatch(_ view: borrowing Borrowed<Self>) throws(WireError) -> WireName?

  /// The member of this value that is not what earlier ones announce: other in number, size or case; nil when there is none.
  func disagreement() -> WireName?

  /// Protocol code of octets left over.
  static var trailingCode: ProtocolCode { get }
}

/// A generated protocol's definition as text, which `WireText` reads.
public struct WireDefinition: Sendable {
  /// The text; the same address for every type of a protocol.
  public let text: StaticString

  /// Tells definitions apart without reading them.
  package var identity: UInt { text.identity }

  @inlinable
  public init(_ text: StaticString) { self.text = text }
}

extension WireBody {
  /// Reads in place, without the heap.
  public typealias View = Borrowed<Self>

  /// Decodes octets that are exactly one value.
  ///
  /// - Parameters:
  ///   - mode: `strict`, or `lenient` to let pass what the schema calls a warning.
  ///   - extensions: whose elements are checked like the protocol's own; the value keeps them as unknown ones all the same.
  /// - Throws: the first error in the normative order of checks.
  @inlinable
  public init(
    decoding octets: RawSpan, _ mode: Check.Mode = .strict, extensions: ExtensionRegistry = ExtensionRegistry()
  ) throws(WireError) {
    try self.init(Borrowed<Self>(octets, mode, extensions: extensions))
  }

  /// Decodes octets that are exactly one value.
  @inlinable
  public init(
    decoding octets: [UInt8], _ mode: Check.Mode = .strict, extensions: ExtensionRegistry = ExtensionRegistry()
  ) throws(WireError) {
    self = try octets.withRawSpan { (span: RawSpan) throws(WireError) -> Self in
      try Self(decoding: span, mode, extensions: extensions)
    }
  }

  /// Decodes a value that octets start with: a header, whatever follows it.
  ///
  /// - Parameter size: set to the octets the value took.
  @inlinable
  public init(
    decodingPrefix octets: RawSpan, size: inout Int, _ mode: Check.Mode = .strict
  ) throws(WireError) {
    let view = try Borrowed<Self>(prefix: octets, mode)
    size = view.layout.end
    try self.init(view)
  }

  /// Decodes a value that octets start with: a header, whatever follows it.
  @inlinable
  public init(decodingPrefix octets: RawSpan, _ mode: Check.Mode = .strict) throws(WireError) {
    var size = 0
    try self.init(decodingPrefix: octets, size: &size, mode)
  }

  /// Decodes a value that octets start with: a header, whatever follows it.
  @inlinable
  public init(decodingPrefix octets: [UInt8], _ mode: Check.Mode = .strict) throws(WireError) {
    self = try octets.withRawSpan { (span: RawSpan) throws(WireError) -> Self in
      try Self(decodingPrefix: span, mode)
    }
  }

  /// Everything wrong with octets, in the normative order of checks; empty when they decode strictly.
  public static func violations(
    in octets: RawSpan, extensions: ExtensionRegistry = ExtensionRegistry()
  ) -> [WireError] {
    var check = Check(.collecting, root: wireName, extensions: extensions)
    do throws(WireError) {
      let layout = try Self.check(octets, at: 0, &check)
      if layout.end < octets.byteCount {
        try check.report(.trailing, at: layout.end, code: trailingCode)
      }
    } catch {
      check.gather(error)
    }
    return check.violations
  }

  /// Everything wrong with octets, in the normative order of checks; empty when they decode strictly.
  public static func violations(
    in octets: [UInt8], extensions: ExtensionRegistry = ExtensionRegistry()
  ) -> [WireError] {
    octets.withRawSpan { violations(in: $0, extensions: extensions) }
  }

  /// Whether octets are what `encode` writes for the value they decode to.
  ///
  /// - Throws: what decoding them throws.
  public static func isCanonical(_ octets: [UInt8], _ mode: Check.Mode = .strict) throws(WireError) -> Bool {
    try Self(decoding: octets, mode).encoded(unchecked: ()) == octets
  }
}

extension WireBody {
  /// Appends the value's octets to `output`.
  ///
  /// - Throws: what a strict decoder of the octets would throw; `mismatch` when they would decode to another value;
  ///   `unrepresentable` and `capacity`. `output` is as before then.
  @inlinable
  public func encode(into output: inout OutputRawSpan) throws(WireError) {
    let start = output.byteCount
    do throws(WireError) {
      try encode(uncheckedInto: &output)
      try checkEncoding(output.bytes.extracting(droppingFirst: start))
    } catch {
      output.removeLast(output.byteCount &- start)
      throw error
    }
  }

  /// Appends the value's octets to `output` whatever a decoder would say to them: for tests and fuzzers.
  ///
  /// - Throws: `unrepresentable` and `capacity`; `output` is as before then.
  @inlinable
  public func encode(uncheckedInto output: inout OutputRawSpan) throws(WireError) {
    let start = output.byteCount
    guard encodedSize <= output.freeCapacity else { throw Self.encodingFailure(.capacity) }
    do throws(WireError) { try write(into: &output) } catch {
      output.removeLast(output.byteCount &- start)
      throw error
    }
  }

  /// The value's octets; one allocation.
  ///
  /// - Throws: as `encode(into:)`.
  @inlinable
  public func encoded() throws(WireError) -> [UInt8] {
    try [UInt8].filled(capacity: encodedSize) { (output: inout OutputRawSpan) throws(WireError) in
      try encode(into: &output)
    }
  }

  /// The value's octets whatever a decoder would say to them: for tests and fuzzers.
  ///
  /// - Throws: `unrepresentable`.
  @inlinable
  public func encoded(unchecked: Void) throws(WireError) -> [UInt8] {
    try [UInt8].filled(capacity: encodedSize) { (output: inout OutputRawSpan) throws(WireError) in
      try encode(uncheckedInto: &output)
    }
  }

  /// Nothing can differ.
  @inlinable
  public func mismatch(_ view: borrowing Borrowed<Self>) throws(WireError) -> WireName? { nil }

  /// Nothing announces anything.
  @inlinable
  public func disagreement() -> WireName? { nil }

  @inlinable
  func checkEncoding(_ octets: RawSpan) throws(WireError) {
    // Octets that would be taken for something else make no sense to a check.
    if let member = disagreement() { throw Self.encodingFailure(.mismatch, member) }
    var check = Check(.strict, root: Self.wireName)
    let layout = try Self.check(octets, at: 0, &check)
    if layout.end < octets.byteCount { throw check.failure(.trailing, at: layout.end, code: Self.trailingCode) }
    let member = try mismatch(Borrowed(checked: octets, layout, direction: check.direction))
    if let member { throw check.failure(.mismatch, at: 0, member) }
  }

  /// An error of encoding that no octets answer for.
  public static func encodingFailure(_ kind: WireError.Kind, _ member: WireName = "") -> WireError {
    var path = WirePath()
    path.push(wireName, -1)
    return WireError(kind, at: 0, path: path.appending(member))
  }

  /// A value that the check has let pass; nil cannot be, and is an error and no trap all the same.
  ///
  /// - Throws: `mismatch` for nil.
  @inlinable
  public static func known<Known>(_ value: Known?) throws(WireError) -> Known {
    guard let value else { throw encodingFailure(.mismatch) }
    return value
  }
}

extension WireBody {
  /// Where the parts are of a value that octets start with, and that has been checked; nil when it was found not to be whole.
  @inlinable
  public static func walked(_ octets: RawSpan) -> Layout? {
    var check = Check(through: wireName)
    do throws(WireError) { return try Self.check(octets, at: 0, &check) } catch { return nil }
  }

  /// What `body` reads in a value that octets start with, and that has been checked; `other` when it was found not to be whole.
  @inlinable
  public static func read<Value>(_ octets: RawSpan, or other: Value, _ body: (RawSpan, Layout) -> Value) -> Value {
    guard let layout = walked(octets) else { return other }
    return body(octets, layout)
  }
}

extension Array where Element: WireBody {
  /// Octets that `encode` writes for all of them, one after the other.
  @inlinable
  public var encodedSize: Int {
    var size = 0
    for index in 0..<count { size &+= self[index].encodedSize }
    return size
  }
}

/// Octets of one value, checked, with its members read where they lie.
///
/// Generated code adds a property for each member. It cannot outlive the octets and uses no heap.
public struct Borrowed<Body: WireBody>: ~Escapable {
  /// The octets of the value, and none else.
  public let octets: RawSpan
  public let layout: Body.Layout
  /// The direction of the message it is part of, counted from 1; 0 where it is not known or makes no difference.
  public let direction: UInt8

  /// Checks octets that are exactly one value.
  ///
  /// - Throws: the first error in the normative order of checks.
  @_lifetime(copy octets)
  @inlinable
  public init(
    _ octets: RawSpan, _ mode: Check.Mode = .strict, extensions: ExtensionRegistry = ExtensionRegistry()
  ) throws(WireError) {
    var check = Check(mode, root: Body.wireName, extensions: extensions)
    let layout = try Body.check(octets, at: 0, &check)
    if layout.end < octets.byteCount { throw check.failure(.trailing, at: layout.end, code: Body.trailingCode) }
    self.init(checked: octets, layout, direction: check.direction)
  }

  /// Checks a value that octets start with.
  @_lifetime(copy octets)
  @inlinable
  public init(
    prefix octets: RawSpan, _ mode: Check.Mode = .strict, extensions: ExtensionRegistry = ExtensionRegistry()
  ) throws(WireError) {
    var check = Check(mode, root: Body.wireName, extensions: extensions)
    check.isPrefix = true
    let layout = try Body.check(octets, at: 0, &check)
    self.init(checked: octets.extracting(first: layout.end), layout, direction: check.direction)
  }

  /// Octets that have been checked already, with the layout that came out.
  @_lifetime(copy octets)
  @inlinable @inline(__always)
  public init(checked octets: RawSpan, _ layout: Body.Layout, direction: UInt8 = 0) {
    self.octets = octets
    self.layout = layout
    self.direction = direction
  }

  /// Octets that have been checked as part of a larger value; finds out their layout again, passing over the values of
  /// elements. Never inlined, for what compiling large schemas takes.
  @_lifetime(copy octets)
  @inlinable @inline(never)
  public init(part octets: RawSpan, direction: UInt8 = 0) throws(WireError) {
    var check = Check(through: Body.wireName, direction: direction)
    self.layout = try Body.check(octets, at: 0, &check)
    self.octets = octets
    self.direction = direction
  }

  /// A value, checked as part of a larger one, that octets start with.
  @_lifetime(copy octets)
  @inlinable
  public init(firstPart octets: RawSpan, direction: UInt8 = 0) throws(WireError) {
    var check = Check(through: Body.wireName, direction: direction)
    let layout = try Body.check(octets, at: 0, &check)
    self.init(checked: octets.extracting(first: layout.end), layout, direction: direction)
  }
}

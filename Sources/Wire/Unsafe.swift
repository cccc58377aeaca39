// The only file of the project's decoders and encoders with unsafe code in it. Each use says why it is sound.

/// A name from a schema: text that lives as long as the program.
///
/// It is a pointer to a literal and not a `String`, so that errors stay trivially copyable and cost no allocation.
@safe public struct WireName: BitwiseCopyable, @unchecked Sendable, ExpressibleByStringLiteral {
  // Sendable because the octets behind the pointer are constants of the program.
  @usableFromInline let start: UnsafePointer<UInt8>
  @usableFromInline let count: Int32

  @inlinable @inline(__always)
  public init(stringLiteral literal: StaticString) {
    // Sound: a literal of more than one character, or none, always has a pointer representation; the compiler uses
    // the scalar form only on request, which this initialiser does not make.
    unsafe start = literal.utf8Start
    count = Int32(truncatingIfNeeded: literal.utf8CodeUnitCount)
  }

  @usableFromInline init(start: UnsafePointer<UInt8>, count: Int32) {
    unsafe self.start = start
    self.count = count
  }

  /// A name that has been taken apart into `address` and `count`.
  @inlinable init(address: UInt64, count: Int32) {
    // Sound: the address is that of a literal, which is never null.
    unsafe start = UnsafePointer(bitPattern: UInt(address)).unsafelyUnwrapped
    self.count = count
  }

  /// Where the literal is.
  @inlinable var address: UInt64 { unsafe UInt64(UInt(bitPattern: start)) }

  /// Whether it has no characters, which stands for "no name".
  @inlinable public var isEmpty: Bool { count == 0 }

  /// The name's UTF-8 octets.
  var utf8: [UInt8] { unsafe Array(UnsafeBufferPointer(start: start, count: Int(count))) }

  /// Takes off what stands before the first dot, and the dot; all of it when there is none.
  mutating func takeFirst() -> WireName {
    var index = 0
    // Sound, as below: indices stay within the literal, and its octets live as long as the program.
    while index < Int(count), unsafe start[index] != UInt8(ascii: ".") { index += 1 }
    let first = unsafe WireName(start: start, count: Int32(truncatingIfNeeded: index))
    let rest = min(index + 1, Int(count))
    self = unsafe WireName(start: start + rest, count: count - Int32(truncatingIfNeeded: rest))
    return first
  }

  /// The decimal number at `index`, which is moved behind it and the character after it.
  ///
  /// No local function, whose captured variable a build without optimisation would put on the heap.
  private func number(at index: inout Int) -> Int {
    var value = 0
    while index < Int(count) {
      // Sound: index is less than count.
      let digit = unsafe start[index]
      guard digit >= 48, digit <= 57 else { break }
      value = value * 10 + Int(digit - 48)
      index += 1
    }
    index += 1
    return value
  }

  /// Of a list of members written as `start-end name`, joined by commas: the first that ends behind `size`.
  ///
  /// Read here and not in a table, so that a truncated input costs no allocation and the name lives on.
  func member(cutAt size: Int) -> (start: Int, name: WireName) {
    var index = 0
    while index < Int(count) {
      let first = number(at: &index)
      let end = number(at: &index)
      let name = index
      while index < Int(count), unsafe start[index] != UInt8(ascii: ",") { index += 1 }
      if end > size {
        // Sound: name and index stay within the literal.
        return unsafe (first, WireName(start: start + name, count: Int32(index - name)))
      }
      index += 1
    }
    return (size, "")
  }
}

extension WireName: Hashable, CustomStringConvertible {
  public static func == (left: WireName, right: WireName) -> Bool {
    guard left.count == right.count else { return false }
    // Sound: both indices stay within their literals.
    for index in 0..<Int(left.count) where unsafe left.start[index] != right.start[index] { return false }
    return true
  }

  public func hash(into hasher: inout Hasher) {
    unsafe hasher.combine(bytes: UnsafeRawBufferPointer(start: start, count: Int(count)))
  }

  public var description: String {
    unsafe String(decoding: UnsafeBufferPointer(start: start, count: Int(count)), as: UTF8.self)
  }
}

extension RawSpan {
  // `unsafeLoadUnaligned` traps on an offset out of bounds, in release too; generated code has checked the bounds
  // before and throws. Its unsafety is that any bit pattern is taken for a value, which integers and octets allow.

  /// The big-endian (network order) integer at `offset`.
  @inlinable @inline(__always)
  public func big<Value: FixedWidthInteger & BitwiseCopyable>(
    _ offset: Int, as type: Value.Type = Value.self
  ) -> Value {
    Value(bigEndian: unsafe unsafeLoadUnaligned(fromByteOffset: offset, as: Value.self))
  }

  /// The little-endian integer at `offset`.
  @inlinable @inline(__always)
  public func little<Value: FixedWidthInteger & BitwiseCopyable>(
    _ offset: Int, as type: Value.Type = Value.self
  ) -> Value {
    Value(littleEndian: unsafe unsafeLoadUnaligned(fromByteOffset: offset, as: Value.self))
  }

  /// `N` octets at `offset`.
  @inlinable @inline(__always)
  public func fixedOctets<let N: Int>(_ offset: Int, as type: Octets<N>.Type = Octets<N>.self) -> Octets<N> {
    unsafe unsafeLoadUnaligned(fromByteOffset: offset, as: Octets<N>.self)
  }

  /// A copy of `count` octets at `offset`; one allocation, none when `count` is 0.
  @inlinable
  public func array(_ offset: Int, count: Int) -> [UInt8] {
    guard count > 0 else { return [] }
    let part = extracting(offset..<offset &+ count)
    // Sound: the buffer is used only inside the closure, and has exactly `count` octets.
    return unsafe part.withUnsafeBytes { buffer in unsafe [UInt8](buffer) }
  }

  /// Whether the octets are those of a text that the schema has.
  @inlinable
  public func isEqual(to text: WireName) -> Bool {
    guard byteCount == Int(text.count) else { return false }
    // Sound: the index is less than the text's count.
    for index in 0..<byteCount where unsafe big(index, as: UInt8.self) != text.start[index] { return false }
    return true
  }

  /// The text of `count` octets of UTF-8 at `offset`; nil when they are not well-formed.
  @inlinable
  public func text(_ offset: Int, count: Int) -> String? {
    let part = extracting(offset..<offset &+ count)
    // Sound: as in `array`.
    return unsafe part.withUnsafeBytes { buffer in unsafe String(validating: buffer, as: UTF8.self) }
  }
}

extension OutputRawSpan {
  // `append(_:as:)` traps when the buffer is full; `encode` has checked the capacity before and throws. It is unsafe
  // only for types with padding, which integers and octets have not.

  /// Appends an integer in big-endian (network) order.
  @_lifetime(self: copy self)
  @inlinable @inline(__always)
  public mutating func big<Value: FixedWidthInteger & BitwiseCopyable>(_ value: Value) {
    unsafe append(value.bigEndian, as: Value.self)
  }

  /// Appends an integer in little-endian order.
  @_lifetime(self: copy self)
  @inlinable @inline(__always)
  public mutating func little<Value: FixedWidthInteger & BitwiseCopyable>(_ value: Value) {
    unsafe append(value.littleEndian, as: Value.self)
  }

  /// Appends fixed octets.
  @_lifetime(self: copy self)
  @inlinable @inline(__always)
  public mutating func fixedOctets<let N: Int>(_ value: Octets<N>) {
    unsafe append(value, as: Octets<N>.self)
  }
}

extension [UInt8] {
  /// An array of `capacity` octets at most that `body` fills; one allocation.
  ///
  /// - Throws: what `body` throws; the octets written are gone then.
  @inlinable
  static func filled(
    capacity: Int, _ body: (inout OutputRawSpan) throws(WireError) -> Void
  ) throws(WireError) -> [UInt8] {
    var failure: WireError?
    let octets = unsafe [UInt8](unsafeUninitializedCapacity: capacity) { buffer, count in
      let memory = UnsafeMutableRawBufferPointer(buffer)
      // Sound: the memory is the array's own, for the length of this closure, and octets need no initialisation.
      var output = unsafe OutputRawSpan(buffer: memory, initializedCount: 0)
      do throws(WireError) { try body(&output) } catch { failure = error }
      count = unsafe output.finalize(for: memory)
    }
    if let failure { throw failure }
    return octets
  }

  /// Calls `body` with the array's octets, without copying them.
  @inlinable
  public func withRawSpan<Result, Failure: Error>(
    _ body: (RawSpan) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    // Sound: octets have no padding, which is what makes `bytes` unsafe in general.
    try unsafe body(span.bytes)
  }
}

extension StaticString {
  /// The address of the text, which lives as long as the program.
  var identity: UInt { unsafe UInt(bitPattern: utf8Start) }
}

/// Where an element of a list is, in octets from the start of the body that has the list.
public struct ElementRange: Sendable, Hashable, BitwiseCopyable {
  public var tag: UInt64
  /// What tells elements apart together with the tag; 0 in families that have no such thing.
  public var extraTag: UInt64
  public var start: Int
  /// Where its body starts: at the value, or at the header in families whose headers have members of their own.
  public var bodyStart: Int
  public var valueStart: Int
  /// Negative, or more than there is, when the length is wrong.
  public var valueSize: Int
  /// Behind the padding.
  public var end: Int

  @inlinable @inline(__always)
  public init(
    tag: UInt64, extraTag: UInt64 = 0, start: Int, bodyStart: Int, valueStart: Int, valueSize: Int, end: Int
  ) {
    self.tag = tag
    self.extraTag = extraTag
    self.start = start
    self.bodyStart = bodyStart
    self.valueStart = valueStart
    self.valueSize = valueSize
    self.end = end
  }

  /// Behind the value.
  @inlinable @inline(__always)
  public var valueEnd: Int { valueStart &+ valueSize }

  /// Where its body is.
  @inlinable
  public var bodyRange: Range<Int> { bodyStart..<valueEnd }

  /// Whether keeping the element gives `kept`; without the heap.
  @inlinable
  public func isKept(as kept: KeptElement, in octets: RawSpan) -> Bool {
    guard tag == kept.tag, extraTag == kept.extraTag, end &- start == kept.octets.count,
      kept.valueRange == valueStart &- start..<valueEnd &- start
    else { return false }
    for index in 0..<kept.octets.count where kept.octets[index] != octets.big(start &+ index, as: UInt8.self) { return false }
    return true
  }

  /// The element as octets that can be kept.
  @inlinable
  public func kept(from octets: RawSpan) -> KeptElement {
    KeptElement(
      tag: tag, extraTag: extraTag, octets: octets.array(start, count: end &- start),
      valueRange: valueStart &- start..<valueEnd &- start)
  }
}

/// How often an element occurs in a list, and where first.
public struct Occurrence: Sendable, Hashable, BitwiseCopyable {
  public var count = 0
  /// Where the body of the first one starts, in octets from the start of the body that has the list.
  public var start = 0
  /// Octets of the body of the first one.
  public var size = 0
  /// Where the first one too many starts; -1 when none is.
  @usableFromInline var excess = -1
  /// Its place in the list.
  @usableFromInline var excessIndex = 0

  @inlinable
  public init() {}

  /// Where the body of the first one is.
  @inlinable
  public var range: Range<Int> { start..<start &+ size }

  /// Takes note of one more.
  @inlinable @inline(__always)
  public mutating func note(_ element: ElementRange, index: Int, maximum: Int = .max) {
    if count == 0 {
      start = element.bodyStart
      size = element.valueEnd &- element.bodyStart
    }
    count &+= 1
    if count > maximum && excess < 0 {
      excess = element.start
      excessIndex = index
    }
  }
}

/// Where the first element is that must be the last of its list.
public struct FirstOccurrence {
  @usableFromInline var start = 0
  @usableFromInline var index = -1

  @inlinable
  public init() {}

  @inlinable
  public mutating func note(_ element: ElementRange, index: Int) {
    guard self.index < 0 else { return }
    start = element.start
    self.index = index
  }
}

extension Check {
  /// Checks the value of an element, which must be used up; a collecting walk goes on behind it whatever is wrong.
  ///
  /// Never inlined: a list has as many of these as the schema has elements, and would take that much longer to compile.
  @inlinable @inline(never)
  public mutating func element<Body: WireBody>(
    _ type: Body.Type, _ name: WireName, _ octets: RawSpan, at offset: Int
  ) throws(WireError) {
    if isSilent { return }
    let outer = enter(name)
    let mark = mark
    do throws(WireError) {
      let layout = try Body.check(octets, at: offset, &self)
      if layout.end < octets.byteCount {
        try report(.trailing, at: offset &+ layout.end, code: code(Body.trailingCode))
      }
    } catch {
      try resume(after: error, at: mark)
    }
    leave(to: outer)
  }

  /// Checks the value of an element in a protocol whose lists give codes to what is wrong in one.
  ///
  /// - Parameter invalid: the code of errors that name none of their own; nil when the list gives none.
  @inlinable
  public mutating func element<Body: WireBody>(
    _ type: Body.Type, _ name: WireName, _ octets: RawSpan, at offset: Int, invalid: ProtocolCode?
  ) throws(WireError) {
    let outer = elementCode
    elementCode = invalid
    try element(type, name, octets, at: offset)
    elementCode = outer
  }

  /// Checks the value of an element whose length counts its padding too: fewer octets than `alignment` that it leaves are that.
  @inlinable
  public mutating func element<Body: WireBody>(
    _ type: Body.Type, _ name: WireName, _ octets: RawSpan, at offset: Int, invalid: ProtocolCode?, alignment: Int,
    checksPadding: Bool, paddingCode: ProtocolCode
  ) throws(WireError) {
    if isSilent { return }
    let (outer, outerCode, mark) = (enter(name), elementCode, mark)
    elementCode = invalid
    var padding = 0
    do throws(WireError) {
      let layout = try Body.check(octets, at: offset, &self)
      padding = octets.byteCount &- layout.end
      if padding >= alignment { try report(.trailing, at: offset &+ layout.end, code: code(Body.trailingCode)) }
    } catch {
      try resume(after: error, at: mark)
    }
    elementCode = outerCode
    leave(to: outer)
    guard checksPadding, padding < alignment else { return }
    try checkPadding(octets, count: padding, at: offset, code: paddingCode)
  }

  /// Checks the last octets of an element, which are padding.
  @usableFromInline
  mutating func checkPadding(_ octets: RawSpan, count: Int, at offset: Int, code: ProtocolCode) throws(WireError) {
    let start = octets.byteCount &- count
    if octets.isFilled(start, count: count, with: 0) { return }
    try report(.padding, at: offset &+ start, "padding", code: code)
  }

  /// Checks how often an element occurred, at the end of its list.
  public mutating func cardinality(
    of element: Occurrence, _ name: WireName, in list: WireName, minimum: Int, at start: Int, end: Int,
    missing: ProtocolCode, excess: ProtocolCode
  ) throws(WireError) {
    if element.count < minimum { try self.missing(name, in: list, at: end, code: missing) }
    if element.excess >= 0 {
      let outer = enter(list, index: element.excessIndex)
      try report(.excess, at: start &+ element.excess, name, code: excess)
      leave(to: outer)
    }
  }

  /// An element that a list must have is not there.
  public mutating func missing(_ name: WireName, in list: WireName, at end: Int, code: ProtocolCode) throws(WireError) {
    let outer = enter(list)
    try report(.missing, at: end, name, code: code)
    leave(to: outer)
  }

  /// Checks that an element which must be the last of its list, where it occurs, is.
  ///
  /// - Parameter count: elements of the list.
  public mutating func last(
    _ element: FirstOccurrence, _ name: WireName, in list: WireName, count: Int, at start: Int, code: ProtocolCode
  ) throws(WireError) {
    guard element.index >= 0, element.index < count &- 1 else { return }
    let outer = enter(list, index: element.index)
    try report(.order, at: start &+ element.start, name, code: code)
    leave(to: outer)
  }
}

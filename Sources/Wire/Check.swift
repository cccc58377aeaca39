/// The state of one walk over octets: how strict it is, where it is, and what it has found.
///
/// Generated code carries one through every body it checks.
public struct Check {
  public enum Mode: Sendable, Hashable {
    /// Everything the schema asks for.
    case strict
    /// As strict, but what the schema calls a warning passes.
    case lenient
    /// Goes on where it can, and gathers what it finds.
    case collecting
  }

  public let mode: Mode
  /// Where the walk is: the message, then list places and nested members.
  @usableFromInline var path: WirePath
  /// What a collecting walk has found, in the order of the checks.
  public var violations: [WireError] { found }
  @usableFromInline var found: [WireError]

  /// Whether values and rules are left alone: the octets have been checked, and only where their parts are is asked for.
  @usableFromInline let isSilent: Bool

  @inlinable
  public init(_ mode: Mode, root: WireName) {
    self.init(mode, root: root, isSilent: false)
  }

  /// A walk over octets that have been checked, to find out again where their parts are.
  @inlinable
  init(through root: WireName) { self.init(.lenient, root: root, isSilent: true) }

  @inlinable
  init(_ mode: Mode, root: WireName, isSilent: Bool) {
    self.mode = mode
    self.isSilent = isSilent
    path = WirePath()
    found = []
    errors = 0
    path.push(root, -1)
  }

  /// Goes into a member.
  @inlinable @inline(__always)
  public mutating func enter(_ name: WireName) { path.push(name, -1) }

  /// Goes into place `index` of a list or an array.
  @inlinable @inline(__always)
  public mutating func enter(_ name: WireName, index: Int) { path.push(name, Int32(truncatingIfNeeded: index)) }

  /// Comes back out of what was entered last.
  @inlinable @inline(__always)
  public mutating func leave() { path.pop() }

  /// How many errors, warnings left out, have been gathered.
  public var errorCount: Int { errors }
  @usableFromInline var errors: Int

  /// Whether rules can be asked: nothing but warnings has been found since there were `errors` of them.
  @inlinable @inline(__always)
  public func isClean(since errors: Int) -> Bool { !isSilent && self.errors == errors }

  /// Something wrong that does not keep the walk from going on.
  ///
  /// - Throws: the error, unless it is gathered or, being a warning in a lenient walk, passes.
  @inline(never)
  public mutating func report(
    _ kind: WireError.Kind, at offset: Int, _ member: WireName = "", code: ProtocolCode = .none,
    isWarning: Bool = false, rule: WireName = ""
  ) throws(WireError) {
    if isSilent { return }
    let error = WireError(
      kind, severity: isWarning ? .warning : .error, at: offset, path: path.appending(member), code: code, rule: rule)
    switch mode {
    case .strict: throw error
    case .lenient: if !isWarning { throw error }
    case .collecting: gather(error)
    }
  }

  /// Adds to what has been found.
  mutating func gather(_ error: WireError) {
    found.append(error)
    if error.severity == .error { errors += 1 }
  }

  /// Something wrong that ends the walk of the body it is in.
  @inline(never)
  public func failure(
    _ kind: WireError.Kind, at offset: Int, _ member: WireName = "", code: ProtocolCode = .none
  ) -> WireError {
    WireError(kind, at: offset, path: path.appending(member), code: code)
  }

  /// The error of a run of members of fixed size that does not fit.
  ///
  /// - Parameters:
  ///   - size: octets there are, from the run's start.
  ///   - start: where the run starts, from the start of the input.
  ///   - run: its members as `start-end name`, joined by commas, in octets from the run's start.
  @inline(never)
  public func truncated(_ size: Int, at start: Int, run: WireName, code: ProtocolCode = .none) -> WireError {
    let member = run.member(cutAt: size)
    return WireError(.truncated, at: start &+ member.start, path: path.appending(member.name), code: code)
  }

  /// A body in a container of known extent failed: a collecting walk notes it and goes on behind the container.
  @inline(never)
  public mutating func resume(after error: WireError, depth: Int) throws(WireError) {
    guard mode == .collecting else { throw error }
    gather(error)
    path.depth = depth
  }

  /// How deep the walk is; for `resume`.
  @inlinable @inline(__always)
  public var depth: Int { path.depth }

  /// Checks how often an element occurred, at the end of its list.
  @inlinable @inline(__always)
  public mutating func cardinality(
    of element: Occurrence, _ name: WireName, in list: WireName, minimum: Int, at start: Int, end: Int,
    missing: ProtocolCode, excess: ProtocolCode
  ) throws(WireError) {
    if element.count < minimum {
      enter(list)
      try report(.missing, at: end, name, code: missing)
      leave()
    }
    if element.excess >= 0 {
      enter(list, index: element.excessIndex)
      try report(.excess, at: start &+ element.excess, name, code: excess)
      leave()
    }
  }
}

/// How often an element occurs in a list, and where first.
public struct Occurrence: Sendable, Hashable, BitwiseCopyable {
  public var count = 0
  /// Where the value of the first one starts, in octets from the start of the message.
  public var start = 0
  /// Octets of the value of the first one.
  public var size = 0
  /// Where the first one too many starts; -1 when none is.
  @usableFromInline var excess = -1
  /// Its place in the list.
  @usableFromInline var excessIndex = 0

  @inlinable
  public init() {}

  /// Where the value of the first one is.
  @inlinable
  public var range: Range<Int> { start..<start &+ size }

  /// Takes note of one more.
  @inlinable @inline(__always)
  public mutating func note(_ element: ElementRange, index: Int, maximum: Int = .max) {
    if count == 0 {
      start = element.valueStart
      size = element.valueSize
    }
    count &+= 1
    if count > maximum && excess < 0 {
      excess = element.start
      excessIndex = index
    }
  }
}

/// What a walk over the octets of a body has found out about where its parts are.
public protocol WireLayout: Sendable, Hashable, BitwiseCopyable {
  /// Octets from the body's start to its end.
  var end: Int { get }
}

/// The layout of a body whose parts are always at the same places.
public struct FixedLayout: WireLayout {
  public var end: Int

  @inlinable @inline(__always)
  public init(end: Int) { self.end = end }
}

extension Check {
  /// Changes the place in the list or array entered last.
  @inlinable @inline(__always)
  public mutating func move(to index: Int) { path.place(Int32(truncatingIfNeeded: index)) }

  /// Checks the value of an element, which must be used up; a collecting walk goes on behind it whatever is wrong.
  @inlinable @inline(__always)
  public mutating func element<Body: WireBody>(
    _ type: Body.Type, _ name: WireName, _ octets: RawSpan, at offset: Int
  ) throws(WireError) {
    enter(name)
    let depth = depth
    do throws(WireError) {
      let layout = try Body.check(octets, at: offset, &self)
      if layout.end < octets.byteCount {
        try report(.trailing, at: offset &+ layout.end, code: Body.trailingCode)
      }
    } catch {
      try resume(after: error, depth: depth)
    }
    leave()
  }

  /// Checks a nested struct, which takes what it needs of what is left.
  @inlinable @inline(__always)
  public mutating func structure<Body: WireBody>(
    _ type: Body.Type, _ name: WireName, _ octets: RawSpan, at offset: Int
  ) throws(WireError) -> Int {
    enter(name)
    let layout = try Body.check(octets, at: offset, &self)
    leave()
    return layout.end
  }
}

/// Where an element of a list is, in octets from the start of its body.
public struct ElementRange: Sendable, Hashable, BitwiseCopyable {
  public var tag: UInt64
  public var start: Int
  public var valueStart: Int
  public var valueSize: Int
  /// Behind the padding.
  public var end: Int

  @inlinable @inline(__always)
  public init(tag: UInt64, start: Int, valueStart: Int, valueSize: Int, end: Int) {
    self.tag = tag
    self.start = start
    self.valueStart = valueStart
    self.valueSize = valueSize
    self.end = end
  }

  /// Where the value is.
  @inlinable
  public var valueRange: Range<Int> { valueStart..<valueStart &+ valueSize }

  /// Whether keeping the element gives `kept`; without the heap.
  @inlinable
  public func isKept(as kept: KeptElement, in octets: RawSpan) -> Bool {
    guard tag == kept.tag, end &- start == kept.octets.count,
      kept.valueRange == valueStart &- start..<valueStart &- start &+ valueSize
    else { return false }
    for index in kept.octets.indices where kept.octets[index] != octets.big(start &+ index, as: UInt8.self) { return false }
    return true
  }

  /// The element as octets that can be kept.
  @inlinable
  public func kept(from octets: RawSpan) -> KeptElement {
    KeptElement(
      tag: tag, octets: octets.array(start, count: end &- start),
      valueRange: valueStart &- start..<valueStart &- start &+ valueSize)
  }
}

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
  /// The octets have been checked, and only where the body's own parts are is asked for: values and rules are left alone, and
  /// the values of elements are passed over.
  public let isSilent: Bool
  /// The direction of the outermost message, counted from 1; 0 when the outermost body is none. Set by messages of protocols
  /// where what becomes of unknown elements depends on it.
  public var direction: UInt8
  /// The octets may go on behind the outermost value.
  public var isPrefix = false
  /// The outermost value is an element of a list, which has seen to its length.
  @usableFromInline var isPart = false
  /// What other modules add to the protocol.
  public let extensions: ExtensionRegistry
  /// Where the walk is: the message, then list places and nested members.
  @usableFromInline var path: WirePath
  /// What a collecting walk has found, in the order of the checks.
  public var violations: [WireError] { found }
  @usableFromInline var found: [WireError]
  /// How deep the walk is in definitions that may contain themselves; each has a place of its own.
  @usableFromInline var nesting: InlineArray<16, UInt8>
  /// The code that a list gives to errors in the value of the element under way.
  @usableFromInline var elementCode: ProtocolCode?
  /// Checksums over what is before elements.
  @usableFromInline var sums = PrefixChecksums()

  public init(_ mode: Mode, root: WireName, extensions: ExtensionRegistry = ExtensionRegistry()) {
    self.init(mode, root: root, extensions: extensions, isSilent: false, direction: 0)
  }

  /// A walk over octets that have been checked, to find out again where their parts are.
  public init(through root: WireName, direction: UInt8 = 0) {
    self.init(.lenient, root: root, extensions: ExtensionRegistry(), isSilent: true, direction: direction)
  }

  init(_ mode: Mode, root: WireName, extensions: ExtensionRegistry, isSilent: Bool, direction: UInt8) {
    self.mode = mode
    self.extensions = extensions
    self.isSilent = isSilent
    self.direction = direction
    path = WirePath()
    found = []
    errors = 0
    nesting = InlineArray(repeating: 0)
    path.push(root, -1)
  }

  /// Goes into a member.
  ///
  /// - Returns: what `leave` is to be given.
  @inlinable @inline(__always) @discardableResult
  public mutating func enter(_ name: WireName) -> WirePath.Step {
    let outer = path.last
    path.push(name, -1)
    return outer
  }

  /// Goes into place `index` of a list or an array.
  ///
  /// - Returns: what `leave` is to be given.
  @inlinable @inline(__always) @discardableResult
  public mutating func enter(_ name: WireName, index: Int) -> WirePath.Step {
    let outer = path.last
    path.push(name, Int32(truncatingIfNeeded: index))
    return outer
  }

  /// Changes the place in the list or array entered last.
  @inlinable @inline(__always)
  public mutating func move(to index: Int) { path.place(Int32(truncatingIfNeeded: index)) }

  /// Comes back out of what was entered last.
  @inlinable @inline(__always)
  public mutating func leave(to outer: WirePath.Step) { path.pop(to: outer) }

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
}

extension Check {
  /// Whether the walk is in the outermost value, and in none that is part of another.
  @inlinable
  public var isAlone: Bool { path.depth == 1 && !isSilent && !isPart }

  /// The octets of an element that is decoded alone, which the length in its header must say.
  ///
  /// - Parameters:
  ///   - counted: octets that the length says.
  ///   - there: octets there are; of a prefix it may be fewer.
  ///   - read: octets that the element has at least.
  ///   - alignment: what the length rounds up to, because it counts the padding that stands behind the element in a list.
  /// - Throws: `length`.
  public func size(
    counted: Int, of there: Int, behind read: Int, alignment: Int, at offset: Int, _ name: WireName, code: ProtocolCode
  ) throws(WireError) -> Int {
    if isPrefix, counted >= read, counted <= there { return counted }
    guard !isPrefix, counted == (there &+ alignment &- 1) / alignment &* alignment else {
      throw failure(.length, at: offset, name, code: code)
    }
    return there
  }
}

/// Where a walk was before it went into a container, to which it comes back whatever is wrong in there.
public struct CheckMark {
  @usableFromInline var depth: Int
  @usableFromInline var last: WirePath.Step
  @usableFromInline var nesting: InlineArray<16, UInt8>

  @inlinable
  init(depth: Int, last: WirePath.Step, nesting: InlineArray<16, UInt8>) {
    self.depth = depth
    self.last = last
    self.nesting = nesting
  }
}

extension Check {
  /// Where the walk is; for `resume`.
  @inlinable @inline(__always)
  public var mark: CheckMark { CheckMark(depth: path.depth, last: path.last, nesting: nesting) }

  /// A body in a container of known extent failed: a collecting walk notes it and goes on behind the container.
  @inline(never)
  public mutating func resume(after error: WireError, at mark: CheckMark) throws(WireError) {
    guard mode == .collecting else { throw error }
    gather(error)
    path.depth = mark.depth
    path.last = mark.last
    nesting = mark.nesting
  }

  /// Goes into a definition that may contain itself.
  ///
  /// - Parameter place: that of the definition, below 16.
  /// - Returns: whether it is not in itself deeper than `limit`, the outermost counted.
  @inlinable
  public mutating func goDown(_ place: Int, limit: UInt8) -> Bool {
    guard nesting[place] < limit || isSilent else { return false }
    nesting[place] &+= 1
    return true
  }

  /// Comes out of it.
  @inlinable
  public mutating func goUp(_ place: Int) { nesting[place] &-= 1 }

  /// The code of an error that names none of its own, in the value of an element: what the list says, else `own`.
  @inlinable
  public func code(_ own: ProtocolCode) -> ProtocolCode { elementCode ?? own }
}

/// What a walk over the octets of a body has found out about where its parts are.
public protocol WireLayout: Sendable, BitwiseCopyable {
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
  /// Checks a nested struct, which takes what it needs of what is left.
  @inlinable @inline(__always)
  public mutating func structure<Body: WireBody>(
    _ type: Body.Type, _ name: WireName, _ octets: RawSpan, at offset: Int
  ) throws(WireError) -> Int {
    let outer = enter(name)
    let layout = try Body.check(octets, at: offset, &self)
    leave(to: outer)
    return layout.end
  }
}

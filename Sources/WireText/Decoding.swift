import Wire

/// Why a walk over a body ends early.
enum Stop: Error {
  /// The violation decoding fails with.
  case failed(Violation)
  /// A violation was recorded after which the rest of the body cannot be told apart.
  case structural
}

/// One decoding: where it is in the octets and in the message, and what it has found.
///
/// What is under way is on a stack of its own (`frames`), so that octets nested deep take memory and not the native stack.
struct DecodingRun {
  let interpreter: Interpreter
  let octets: [UInt8]
  var mode: Check.Mode
  /// What the outermost body is when it is a message.
  let message: MessagePlan?
  var position = 0
  /// End of the innermost container.
  var end: Int
  var steps: [PathStep]
  var violations: [Violation] = []
  /// How many of them are errors.
  var errors = 0
  /// The outermost body first.
  var frames: [DecodingFrame] = []
  /// How many of each definition that may be inside itself are inside each other here.
  var nesting: [Nesting: Int] = [:]
  /// Checksums over what is before them, as far as they have been asked for.
  var prefixes = PrefixChecksums()
  /// What has been decoded of the innermost part under way; of the whole, once `walk` has ended.
  var node: WireTree.Node

  init(_ interpreter: Interpreter, _ octets: [UInt8], mode: Check.Mode, root body: BodyPlan) {
    self.interpreter = interpreter
    self.octets = octets
    self.mode = mode
    message = body.message
    end = octets.count
    steps = []
    steps.reserveCapacity(8)
    steps.append(PathStep(body.naming.name))
    frames.reserveCapacity(8)
    node = WireTree.Node(body.naming, value: .structure, start: 0)
  }
}

/// A definition that may be inside itself.
enum Nesting: Hashable {
  /// Index in `ProtocolDefinition.bodies`.
  case body(Int)
  /// Index in `ProtocolDefinition.families`.
  case family(Int)
}

/// A body, an array or a list under way.
class DecodingFrame {
  /// What has been decoded of the part around it, which is not the outermost one.
  final var outer = WireTree.Node.none
  /// Protocol code of members that do not fit.
  let code: UInt64?
  /// Protocol code of errors in values that name none of their own; nil when their own holds.
  let invalidCode: UInt64?
  /// End of the container it is in.
  let outerEnd: Int
  /// How many steps the path had before it.
  let stepCount: Int
  let nesting: Nesting?
  /// Whether it is a body that is decoded alone.
  let isOutermost: Bool

  init(
    in run: borrowing DecodingRun, code: UInt64?, invalidCode: UInt64?, stepCount: Int,
    nesting: Nesting?, isOutermost: Bool = false
  ) {
    self.code = code
    self.invalidCode = invalidCode
    outerEnd = run.end
    self.stepCount = stepCount
    self.nesting = nesting
    self.isOutermost = isOutermost
  }

  /// Decodes the next part, perhaps by putting a frame on the stack.
  ///
  /// - Returns: false when there is none left.
  func advance(_ run: inout DecodingRun) throws(Stop) -> Bool { false }

  /// Takes a part that had a frame of its own.
  func take(_ part: consuming WireTree.Node, _ run: inout DecodingRun) { run.node.children.append(consume part) }

  /// Puts the position behind it, whether it was decoded wholly or not.
  func close(_ run: inout DecodingRun) {}

  /// What was decoded, as its parent has it.
  func result(_ node: consuming WireTree.Node) -> WireTree.Node { node }

  /// Whether the walk can go on behind it, whatever is wrong in it.
  var isContainer: Bool { false }

  /// The protocol code of an error in the value of one of its members.
  final func code(of member: MemberPlan) -> UInt64? { member.inheritsCode ? invalidCode ?? member.code : member.code }
}

extension DecodingRun {
  /// Goes through all that is under way and all that it leads to.
  mutating func walk() throws(Stop) {
    while let frame = frames.last {
      do throws(Stop) {
        if try !frame.advance(&self) { leave(frame) }
      } catch {
        guard case .structural = error else { throw error }
        try resume()
      }
    }
  }

  /// Puts a frame on the stack.
  ///
  /// - Parameters:
  ///   - inner: what has been decoded of it, which is taken.
  ///   - limit: how many of the definition may be inside each other.
  ///   - last: name of what is too deep then.
  mutating func enter(
    _ frame: DecodingFrame, _ inner: inout WireTree.Node, limit: Int?, _ last: String, code: UInt64?
  ) throws(Stop) {
    try count(frame, limit: limit, last, code: code)
    swap(&node, &inner)
    swap(&frame.outer, &inner)
    frames.append(frame)
  }

  /// Puts the frame of what is decoded alone on the stack, whose node is there.
  mutating func enterOutermost(_ frame: DecodingFrame, limit: Int?, code: UInt64?) throws(Stop) {
    try count(frame, limit: limit, "", code: code)
    frames.append(frame)
  }

  private mutating func count(_ frame: DecodingFrame, limit: Int?, _ last: String, code: UInt64?) throws(Stop) {
    if let nesting = frame.nesting, let limit {
      let depth = self.nesting[nesting, default: 0]
      if depth >= limit { try stop(.depth, at: position, last, code: code) }
      self.nesting[nesting] = depth + 1
    }
    if frames.count >= interpreter.plan.maximumFrames { try stop(.depth, at: position, last, code: code) }
  }

  private mutating func leave(_ frame: DecodingFrame) {
    frame.close(&self)
    frames.removeLast()
    end = frame.outerEnd
    steps.removeLast(steps.count - frame.stepCount)
    if let nesting = frame.nesting, let depth = self.nesting[nesting] { self.nesting[nesting] = depth - 1 }
    node.count = position - node.start
    guard let parent = frames.last else { return }
    var part = WireTree.Node.none
    swap(&part, &frame.outer)
    swap(&node, &part)
    parent.take(frame.result(consume part), &self)
  }

  /// Leaves everything up to the nearest body whose extent is known.
  private mutating func resume() throws(Stop) {
    while let frame = frames.last {
      node.isCut = true
      leave(frame)
      if frame.isContainer { return }
    }
    throw .structural
  }
}

extension DecodingRun {
  /// Records a violation, or fails with it when the mode says so.
  mutating func report(
    _ kind: WireError.Kind, at offset: Int, _ last: String = "", code: UInt64?, isWarning: Bool = false,
    rule: String? = nil
  ) throws(Stop) {
    try report(
      interpreter.violation(
        kind, severity: isWarning ? .warning : .error, at: offset,
        path: PathStep.text(steps, last, isWhole: interpreter.givesWholePaths), code: code, rule: rule))
  }

  mutating func report(_ violation: Violation) throws(Stop) {
    let isWarning = violation.severity == .warning
    switch mode {
    case .strict: throw .failed(violation)
    case .lenient: if !isWarning { throw .failed(violation) }
    case .collecting: if !isWarning { errors += 1 }
    }
    violations.append(violation)
  }

  /// Records a violation that ends the body.
  mutating func stop(_ kind: WireError.Kind, at offset: Int, _ last: String, code: UInt64?) throws(Stop) -> Never {
    try report(kind, at: offset, last, code: code)
    throw .structural
  }

  /// Takes `count` octets for a member, whose name is `last` in the path.
  ///
  /// A member that does not fit earns the code of its body; its own is for its value.
  ///
  /// - Returns: Where they start.
  mutating func take(_ count: Int, _ last: String, code: UInt64?) throws(Stop) -> Int {
    let start = position
    if count > end - start { try stop(.truncated, at: start, last, code: code) }
    position += count
    return start
  }

  /// Octets from the position to the end of the container that nothing accounts for.
  mutating func trailing(code: UInt64?) throws(Stop) {
    let start = position
    position = end
    node.children.append(
      WireTree.Node(
        Naming.trailing, role: .trailing, value: .octets(Array(octets[start..<end])), start: start, count: end - start))
    try report(.trailing, at: start, code: code)
  }
}

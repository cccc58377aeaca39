import Wire

extension Interpreter {
  /// The octets of a value.
  ///
  /// Constants, reserved members, sizes, counts and checksums are filled in; elements of lists come in the order given.
  /// - Parameters:
  ///   - body: Index in `definition.bodies`.
  ///   - checked: whether to refuse what the strict decoder would refuse, and what would decode to another
  ///     value.
  /// - Throws: `unrepresentable` for numbers and sizes that do not fit; `mismatch` for values of the wrong
  ///   shape; `depth` for what is nested too deep; when checked, what strict decoding throws too, and `mismatch` for what
  ///   would decode otherwise.
  public func encode(_ body: Int, _ value: WireValue, checked: Bool = true) throws(Violation) -> [UInt8] {
    let definition = definition.bodies[body]
    var run = EncodingRun(self, isChecked: checked, root: definition)
    try run.outermost(body, value)
    if checked {
      let decoded = try decode(body, run.octets).tree.value
      var comparison = Comparison(interpreter: self, steps: [PathStep(definition.name)])
      if let path = comparison.difference(definition, value, decoded) {
        throw Violation(.mismatch, at: 0, path: path)
      }
    }
    return run.octets
  }

  /// Whether octets are what encoding gives for the value they decode to.
  ///
  /// - Throws: what decoding them throws.
  public func isCanonical(
    _ body: Int, _ octets: [UInt8], mode: Check.Mode = .strict
  ) throws(Violation) -> Bool {
    let decoded = try decode(body, octets, mode: mode)
    return try encode(body, decoded.tree.value, checked: false) == octets
  }
}

/// One encoding: the octets so far, and where in the message it is.
///
/// What is under way is on a stack of its own, as in decoding.
struct EncodingRun {
  let interpreter: Interpreter
  /// Whether to refuse what would decode to another value.
  let isChecked: Bool
  let isMessage: Bool
  var octets: [UInt8] = []
  var steps: [PathStep]
  var frames: [EncodingFrame] = []
  /// How many of each definition that may be inside itself are inside each other here.
  var nesting: [Nesting: Int] = [:]
  /// Checksums to be put in once everything else is there.
  var checksums: [ChecksumWritten] = []
  /// What was written last as a whole.
  var root: WireTree.Node

  init(_ interpreter: Interpreter, isChecked: Bool, root body: BodyDefinition) {
    self.interpreter = interpreter
    self.isChecked = isChecked
    isMessage = body.message != nil
    steps = [PathStep(body.name)]
    root = WireTree.Node(name: body.name, label: body.name, value: .structure, start: 0)
  }
}

/// A body, an array or a list being written.
class EncodingFrame {
  /// What has been written, as far as expressions may ask for it.
  var node: WireTree.Node
  /// How many steps the path had before it.
  let stepCount: Int
  let nesting: Nesting?

  init(_ node: WireTree.Node, stepCount: Int, nesting: Nesting?) {
    self.node = node
    self.stepCount = stepCount
    self.nesting = nesting
  }

  /// Writes the next part, perhaps by putting a frame on the stack.
  ///
  /// - Returns: false when there is none left.
  func advance(_ run: inout EncodingRun) throws(Violation) -> Bool { false }

  /// Puts in what is known only behind the last part.
  func close(_ run: inout EncodingRun) throws(Violation) {}

  /// The node as its parent has it.
  var result: WireTree.Node { node }
}

extension EncodingRun {
  mutating func outermost(_ index: Int, _ value: WireValue) throws(Violation) {
    let body = interpreter.definition.bodies[index]
    let element = interpreter.element(of: index)
    let hasExtraTag = element.map { $0.element.extraTag != $0.family.extraTagDefault } ?? false
    try enter(
      EncodingBodyFrame(
        body, index, value, root, in: self, purpose: .outermost, hasExtraTag: hasExtraTag, stepCount: steps.count),
      limit: body.maximumDepth, "", code: body.code)
    try walk()
    fillInChecksums()
  }

  /// Goes through all that is under way and all that it leads to.
  mutating func walk() throws(Violation) {
    while let frame = frames.last {
      if try frame.advance(&self) { continue }
      try frame.close(&self)
      frames.removeLast()
      steps.removeLast(steps.count - frame.stepCount)
      if let nesting = frame.nesting, let depth = self.nesting[nesting] { self.nesting[nesting] = depth - 1 }
      frame.node.count = octets.count - frame.node.start
      if let parent = frames.last { parent.node.children.append(frame.result) } else { root = frame.result }
    }
  }

  /// Puts a frame on the stack; as in decoding.
  mutating func enter(_ frame: EncodingFrame, limit: Int?, _ last: String, code: UInt64?) throws(Violation) {
    if let nesting = frame.nesting, let limit {
      let depth = self.nesting[nesting, default: 0]
      if depth >= limit { throw tooDeep(last, code) }
      self.nesting[nesting] = depth + 1
    }
    if frames.count >= interpreter.plan.maximumFrames { throw tooDeep(last, code) }
    frames.append(frame)
  }

  private func tooDeep(_ last: String, _ code: UInt64?) -> Violation {
    interpreter.violation(.depth, at: octets.count, path: PathStep.text(steps, last), code: code)
  }

  func failure(_ kind: WireError.Kind, _ last: String, at offset: Int? = nil) -> Violation {
    Violation(kind, at: offset ?? octets.count, path: PathStep.text(steps, last))
  }

  /// Appends the lowest octets of a number.
  mutating func append(_ number: Int128, size: Int, isLittleEndian: Bool) {
    for place in 0..<size {
      let shift = 8 * Int128(isLittleEndian ? place : size - 1 - place)
      octets.append(UInt8(truncatingIfNeeded: number >> shift))
    }
  }

  /// Replaces octets by the lowest of a number.
  mutating func replace(_ range: Range<Int>, by number: Int128, isLittleEndian: Bool) {
    for place in range {
      let shift = 8 * Int128(isLittleEndian ? place - range.lowerBound : range.upperBound - 1 - place)
      octets[place] = UInt8(truncatingIfNeeded: number >> shift)
    }
  }
}

/// A checksum whose octets are there, but not yet its value.
struct ChecksumWritten {
  var range: Range<Int>
  var isLittleEndian: Bool
  var algorithm: ChecksumAlgorithm
  var xor: UInt64
  /// The octets it is over.
  var covered: Range<Int>
}

extension EncodingRun {
  /// Puts in the checksums. One that covers another comes after it: its octets end later, or start earlier.
  private mutating func fillInChecksums() {
    let ordered = checksums.sorted { left, right in
      (left.covered.upperBound, -left.covered.lowerBound) < (right.covered.upperBound, -right.covered.lowerBound)
    }
    var sums = PrefixChecksums()
    for checksum in ordered {
      let isPrefix = checksum.covered.lowerBound == 0 && checksum.covered.upperBound <= checksum.range.lowerBound
      let sum =
        isPrefix
        ? sums.sum(checksum.algorithm, of: octets, before: checksum.covered.upperBound)
        : checksum.algorithm.sum(of: octets, checksum.covered, without: checksum.range)
      replace(checksum.range, by: Int128(sum ^ checksum.xor), isLittleEndian: checksum.isLittleEndian)
    }
  }
}

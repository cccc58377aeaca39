import Wire
import WireText

/// One message made from a schema.
public struct MadeSample: Sendable, Hashable {
  /// Index in `ProtocolDefinition.bodies`.
  public var body: Int
  public var octets: [UInt8]
  /// What it is refused for, and for nothing else; nil when it is valid.
  public var violation: Violation?
}

/// Messages without end: valid ones, or ones that are refused for one thing each. The same seed gives the same ones.
public struct SampleSeries {
  private var judge: SampleJudge
  private let bodies: [Int]
  private var maker: SampleMaker
  private let seed: UInt64
  private var count: UInt64 = 0
  /// How often each thing has been what a sample was refused for.
  private var used: [CoverageGoal: Int] = [:]
  /// Draws in a row that may come to nothing before there is no next one.
  private static let patience = 200

  /// - Parameter bodies: Indices in `ProtocolDefinition.bodies` of what is made, in turn.
  public init(_ interpreter: Interpreter, bodies: [Int], seed: UInt64) {
    judge = SampleJudge(interpreter)
    self.bodies = bodies
    self.seed = seed
    maker = SampleMaker(interpreter, seed: seed)
  }

  /// A valid message.
  ///
  /// - Returns: nil when none was found.
  public mutating func nextValid() -> MadeSample? {
    for _ in 0..<Self.patience {
      if let sample = draw() { return sample }
    }
    return nil
  }

  /// A message that is refused for one thing, most often one that no message before it was refused for.
  ///
  /// - Returns: nil when none was found.
  public mutating func nextInvalid() -> MadeSample? {
    for _ in 0..<Self.patience {
      guard let valid = draw() else { continue }
      var random = SampleRandom(seed: seed &+ count)
      let found = judge.refused(near: valid, limit: 60, &random)
      guard let least = found.min(by: { used[$0.goal, default: 0] < used[$1.goal, default: 0] }) else { continue }
      used[least.goal, default: 0] += 1
      return least.sample
    }
    return nil
  }

  /// - Returns: nil when what was drawn is not valid.
  private mutating func draw() -> MadeSample? {
    guard !bodies.isEmpty else { return nil }
    let body = bodies[Int(count % UInt64(bodies.count))]
    count += 1
    // Seeds beside each other give series that have nothing in common.
    maker.reseed(seed &* 0x9E37_79B9_7F4A_7C15 ^ count &* 0xD129_0B26_88CC_3F4D)
    guard let octets = maker.octets(of: body), judge.violations(of: octets, body).isEmpty else { return nil }
    return MadeSample(body: body, octets: octets, violation: nil)
  }
}

/// Elements that were in samples, one of each kind: for putting them where they are not.
struct SampleElementPool: Sendable {
  /// By index in `ProtocolDefinition.families`, by the element's name.
  private var known: [Int: [String: WireValue]] = [:]

  func elements(of family: Int) -> [WireValue.Element] {
    known[family, default: [:]].sorted { $0.key < $1.key }.map { .known(name: $0.key, $0.value) }
  }

  /// Takes the elements of a value, the ones that have been there before too.
  mutating func add(_ value: WireValue, _ body: Int, _ definition: ProtocolDefinition) {
    for member in definition.bodies[body].members {
      guard let inner = value[member.name] else { continue }
      switch (member.kind, inner) {
      case (.structure(let index), _): add(inner, index, definition)
      case (.array(let shape), .array(let items)):
        guard case .structure(let index) = shape.element.kind else { continue }
        for item in items { add(item, index, definition) }
      case (.list(let shape), .list(let elements)):
        for case .known(let name, let value) in elements {
          known[shape.family, default: [:]][name] = value
          guard let element = definition.families[shape.family].elements.first(where: { $0.name == name }) else { continue }
          add(value, element.body, definition)
        }
      case (.choice(let shape), _):
        guard let field = inner.fields.first, let index = shape.allCases.first(where: { $0.name == field.name })?.body
        else { continue }
        add(field.value, index, definition)
      default: break
      }
    }
  }
}

/// Says what samples are refused for.
struct SampleJudge: Sendable {
  /// What a violation is of shows in its whole path only.
  let interpreter: Interpreter
  private var pool = SampleElementPool()

  init(_ interpreter: Interpreter) {
    var interpreter = interpreter
    interpreter.givesWholePaths = true
    self.interpreter = interpreter
  }

  /// What is wrong with octets: for a message, as one who has only the direction sees it.
  func violations(of octets: [UInt8], _ body: Int) -> [Violation] {
    wholeViolations(of: octets, body).map(\.abbreviated)
  }

  /// The same with their whole paths.
  func wholeViolations(of octets: [UInt8], _ body: Int) -> [Violation] {
    guard let message = interpreter.definition.bodies[body].message else { return interpreter.violations(body, octets) }
    return interpreter.violations(direction: message.direction, octets)
  }

  /// Samples that differ from a valid one in one place and are refused for one thing, in an order of chance.
  ///
  /// - Parameters:
  ///   - limit: no more than so many.
  ///   - focus: Index in `ProtocolDefinition.bodies` of the body whose members are changed, and whether that can be done by their
  ///     values; nil for all of them.
  ///   - first: values that are tried before all else.
  ///   - wanted: what need not be sought further once it is found.
  mutating func refused(
    near valid: MadeSample, limit: Int = .max, focus: (body: Int, isOfValues: Bool)? = nil, first: [WireValue] = [],
    until wanted: CoverageGoal? = nil, _ random: inout SampleRandom
  ) -> [(goal: CoverageGoal, sample: MadeSample)] {
    guard let decoded = try? interpreter.decode(valid.body, valid.octets) else { return [] }
    let value = decoded.tree.value
    pool.add(value, valid.body, interpreter.definition)
    var edits = SampleEdits(interpreter.definition, random, pool, focus: focus?.body)
    var candidates: [Candidate] = []
    if focus?.isOfValues != true { candidates = OctetEdits.edits(of: valid.octets, decoded.tree).map { .octets($0) } }
    candidates += edits.edits(of: value, body: valid.body).map { .value($0) }
    random.shuffle(&candidates)
    candidates = first.map { .value($0) } + candidates
    var found: [(CoverageGoal, MadeSample)] = []
    for candidate in candidates where found.count < limit {
      guard let octets = octets(of: candidate, valid.body) else { continue }
      let violations = wholeViolations(of: octets, valid.body)
      guard let violation = violations.first, violations.count == 1 || isEarly(violation, valid.body) else { continue }
      let place = interpreter.definition.place(of: violation, in: valid.body)
      let goal = CoverageGoal(.refused(violation.kind, rule: violation.rule), place)
      found.append((goal, MadeSample(body: valid.body, octets: octets, violation: violation.abbreviated)))
      if goal == wanted { break }
    }
    return found
  }

  /// Whether it is of what is checked before all else: of a wrong size, octets too many follow, and members that are not right.
  private func isEarly(_ violation: Violation, _ body: Int) -> Bool {
    if [.tooLong, .notMultiple].contains(violation.kind) { return true }
    let early = interpreter.definition.bodies[body].message?.earlyRules ?? []
    return violation.kind == .rule && early.contains { $0.rule.name == violation.rule }
  }

  private enum Candidate {
    case octets([UInt8])
    case value(WireValue)
  }

  private func octets(of candidate: Candidate, _ body: Int) -> [UInt8]? {
    switch candidate {
    case .octets(let octets): octets
    case .value(let value): try? interpreter.encode(body, value, checked: false)
    }
  }
}

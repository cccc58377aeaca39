import Wire
import WireText

/// Samples that show all that a schema says: each element, code, end of a range, rule that holds and rule that does not.
///
/// Messages are drawn at random first; then each thing that none of them showed is aimed at. The same seed gives the same samples.
public struct SampleCoverage {
  private let interpreter: Interpreter
  private var judge: SampleJudge
  private let roots: [Int]
  private let routes: SampleRoutes
  private let seed: UInt64
  private var maker: SampleMaker
  private var record: CoverageRecord
  private var draws: UInt64 = 0

  /// All that samples should show, in the order of the schema.
  public let goals: [CoverageGoal]
  /// Each shows something that those before it do not.
  public private(set) var samples: [MadeSample] = []

  /// Draws of each message at random, and for each goal that is aimed at.
  private static let rounds = 6
  private static let attempts = 24

  /// - Parameter bodies: Indices in `ProtocolDefinition.bodies` of the messages, or of what there is instead.
  public init(_ interpreter: Interpreter, bodies: [Int], seed: UInt64) {
    self.interpreter = interpreter
    self.seed = seed
    judge = SampleJudge(interpreter)
    roots = bodies
    routes = SampleRoutes(interpreter.definition, roots: bodies)
    maker = SampleMaker(interpreter, seed: seed)
    record = CoverageRecord(interpreter.definition)
    goals = CoverageGoals(interpreter.definition, roots: bodies).goals
  }

  /// What no sample shows, in the order of the schema.
  public var missing: [CoverageGoal] { goals.filter { !record.reached.contains($0) } }

  /// Makes the samples.
  ///
  /// - Parameter progress: called now and then with how many goals have been dealt with.
  public mutating func run(progress: (_ done: Int) -> Void = { _ in }) {
    for root in roots {
      for _ in 0..<Self.rounds { draw(root, SampleSteering(), edits: Focus()) }
    }
    for (index, goal) in goals.enumerated() {
      progress(index)
      for attempt in 0..<Self.attempts where !record.reached.contains(goal) {
        for (body, member) in interpreter.definition.places(of: goal) {
          aim(at: goal, body, member, attempt)
          if record.reached.contains(goal) { break }
        }
      }
    }
  }

  private mutating func aim(at goal: CoverageGoal, _ body: Int, _ member: String, _ attempt: Int) {
    var steering = SampleSteering()
    guard let root = routes.steer(to: body, attempt: attempt, &steering) else { return }
    steering.aim(at: goal, interpreter.definition, body, member)
    guard case .refused(let kind, _) = goal.kind else { return draw(root, steering, edits: nil, goal) }
    // What is no value can be changed only in the octets.
    let isOfValues = [.range, .code, .text, .missing, .excess, .rule, .unknownElement, .order].contains(kind)
    draw(root, steering, edits: Focus(body: body, isOfValues: isOfValues))
  }

  /// What is changed to find out what is refused.
  private struct Focus {
    var body: Int?
    var isOfValues = false
  }

  /// Draws a message; keeps it, and what is refused near it, where that shows anything new.
  private mutating func draw(_ root: Int, _ steering: SampleSteering, edits: Focus?, _ goal: CoverageGoal? = nil) {
    draws += 1
    maker.reseed(seed &* 0x9E37_79B9_7F4A_7C15 ^ draws &* 0xD129_0B26_88CC_3F4D)
    maker.steering = steering
    guard let octets = maker.octets(of: root) else { return }
    let valid = MadeSample(body: root, octets: octets, violation: nil)
    guard judge.violations(of: octets, root).isEmpty, let decoded = try? interpreter.decode(root, octets) else {
      if let goal { addBarred(octets, root, goal) }
      return
    }
    let before = record.reached.count
    record.add(decoded)
    if record.reached.count > before { samples.append(valid) }
    guard let edits else { return }
    var random = SampleRandom(seed: draws)
    for (goal, sample) in judge.refused(near: valid, focus: edits.body.map { ($0, edits.isOfValues) }, &random) {
      if record.reached.contains(goal) { continue }
      record.add(goal)
      samples.append(sample)
    }
  }

  /// The end of a range that a rule does not let any message have: a message that is refused by that rule shows it.
  private mutating func addBarred(_ octets: [UInt8], _ root: Int, _ goal: CoverageGoal) {
    let violations = judge.wholeViolations(of: octets, root)
    guard goal.isEnd, violations.count == 1, violations[0].kind == .rule,
      let decoded = try? interpreter.decode(root, octets, mode: .collecting)
    else { return }
    var shown = CoverageRecord(interpreter.definition)
    shown.add(decoded)
    guard shown.reached.contains(goal) else { return }
    record.add(goal)
    record.add(refused: violations[0], body: root)
    samples.append(MadeSample(body: root, octets: octets, violation: violations[0].abbreviated))
  }
}

extension CoverageGoal {
  /// Whether it is an end of a range or of a size.
  fileprivate var isEnd: Bool {
    switch kind {
    case .smallest, .largest, .shortest, .longest: true
    default: false
    }
  }
}

extension SampleSteering {
  /// Steers to what a goal is about, in the body that it is in.
  fileprivate mutating func aim(at goal: CoverageGoal, _ definition: ProtocolDefinition, _ body: Int, _ member: String) {
    let last = goal.place.split(separator: ".").last.map(String.init) ?? ""
    switch goal.kind {
    case .message, .holds, .refused: break
    case .fewest(let count), .most(let count): set(body, member, last, occurs: count)
    case .unknown: wantsUnknown = true
    case .present, .absent:
      guard let condition = definition.bodies[body].anyMember(named: member)?.condition else { return }
      set(body, condition, holds: goal.kind == .present)
    case .chosen: set(body, member, case: last)
    case .code: if let number = definition.number(ofCode: goal.place) { set(body, member, number: number) }
    case .codeNumber(let number): set(body, member, number: Int128(number))
    case .set, .clear:
      let bit = definition.bodies[body].number(member)?.flags.flatMap { flags in
        definition.flags[flags].flags.first { $0.name == last }?.bit
      }
      set(body, member, number: goal.kind == .clear ? 0 : 1 << Int128(bit ?? 0))
    case .smallest(let number), .largest(let number): set(body, member, number: number)
    case .shortest(let count), .longest(let count): set(body, member, count: count)
    }
  }
}

extension ProtocolDefinition {
  /// The bodies and members where a goal can be reached.
  fileprivate func places(of goal: CoverageGoal) -> [(body: Int, member: String)] {
    let steps = goal.place.split(separator: ".").map(String.init)
    switch goal.kind {
    case .code, .codeNumber:
      return bodies.indices.flatMap { index in
        bodies[index].numbers.filter { $0.shape.codes.map { codes[$0].name } == steps[0] }.map { (index, $0.name) }
      }
    default:
      guard let body = bodies.firstIndex(where: { $0.name == steps[0] }) else { return [] }
      return [(body, steps.count > 1 ? steps[1] : "")]
    }
  }

  /// The number of a code, "Opcode.map".
  fileprivate func number(ofCode place: String) -> Int128? {
    let steps = place.split(separator: ".")
    let list = codes.first { $0.name == steps.first.map(String.init) }
    return list?.codes.first { $0.name == steps.last.map(String.init) }.map { Int128($0.value) }
  }
}

extension BodyDefinition {
  /// Its numbers, those of bit fields and the values of arrays among them.
  fileprivate var numbers: [(name: String, shape: IntegerShape)] {
    members.flatMap { member -> [(name: String, shape: IntegerShape)] in
      switch member.kind {
      case .integer(let shape): return [(member.name, shape)]
      case .bits(_, _, let fields):
        return fields.compactMap { field in
          if case .integer(let shape) = field.kind { return (field.name, shape) }
          return nil
        }
      case .array(let array):
        if case .integer(let shape) = array.element.kind { return [(member.name, shape)] }
        return []
      default: return []
      }
    }
  }

  fileprivate func number(_ name: String) -> IntegerShape? { numbers.first { $0.name == name }?.shape }
}

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
  /// What is refused near each message at random; more of it is aimed at.
  private static let edits = 200

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
    // By turns what is wanted is not drawn, but put into one place of a message that is valid without it: where else it would be,
    // rules may be against it.
    if attempt % 3 != 2 { steering.aim(at: goal, interpreter.definition, body, member, attempt) }
    guard case .refused(let kind, _) = goal.kind else { return draw(root, steering, edits: nil, goal, body, member) }
    // What is no value can be changed only in the octets.
    let isOfValues = [.range, .code, .text, .missing, .excess, .rule, .unknownElement, .order].contains(kind)
    draw(root, steering, edits: Focus(body: body, isOfValues: isOfValues), goal, body, member)
  }

  /// What is changed to find out what is refused.
  private struct Focus {
    var body: Int?
    var isOfValues = false
  }

  /// Draws a message; keeps it, and what is refused near it, where that shows anything new.
  ///
  /// - Parameters:
  ///   - body: that the goal is of.
  ///   - member: the one that it is about.
  private mutating func draw(
    _ root: Int, _ steering: SampleSteering, edits: Focus?, _ goal: CoverageGoal? = nil, _ body: Int = 0,
    _ member: String = ""
  ) {
    draws += 1
    maker.reseed(seed &* 0x9E37_79B9_7F4A_7C15 ^ draws &* 0xD129_0B26_88CC_3F4D)
    maker.steering = steering
    guard let octets = maker.octets(of: root) else { return }
    let valid = MadeSample(body: root, octets: octets, violation: nil)
    guard judge.violations(of: octets, root).isEmpty, let decoded = try? interpreter.decode(root, octets) else {
      if let goal { addBarred(octets, root, goal) }
      return
    }
    add(valid, decoded)
    let turned = goal.map { values(showing: $0, body, member, decoded.tree.value, root) } ?? []
    guard let edits else {
      for value in turned { addValid(value, root, goal) }
      return
    }
    var random = SampleRandom(seed: draws)
    let focus = edits.body.map { ($0, edits.isOfValues) }
    let limit = focus == nil ? Self.edits : .max
    for (goal, sample) in judge.refused(near: valid, limit: limit, focus: focus, first: turned, until: goal, &random) {
      if record.reached.contains(goal) { continue }
      record.add(goal)
      samples.append(sample)
    }
  }

  /// Values near one that show a goal, or of those that rules are about the opposite.
  private mutating func values(
    showing goal: CoverageGoal, _ body: Int, _ member: String, _ value: WireValue, _ root: Int
  ) -> [WireValue] {
    if record.reached.contains(goal) { return [] }
    let definition = interpreter.definition
    switch goal.kind {
    case .holds, .refused(.rule, _):
      guard let rule = definition.bodies[body].rule(of: goal) else { return [] }
      return maker.turned(rule, of: body, holds: goal.kind == .holds, in: value, of: root)
    case .refused(.excess, _):
      return maker.shaped(body, in: value, of: root) { $0.crowd(member, with: goal.lastStep, &$1) }
    case .refused, .message, .unknown: return []
    default:
      guard let wish = definition.wish(goal, body, member) else { return [] }
      return maker.shaped(body, in: value, of: root) { $0.fulfil(wish, &$1) }
    }
  }

  /// Keeps a valid message that shows anything new.
  private mutating func add(_ valid: MadeSample, _ decoded: Decoded) {
    let before = record.reached.count
    record.add(decoded)
    if record.reached.count > before { samples.append(valid) }
  }

  private mutating func addValid(_ value: WireValue, _ root: Int, _ goal: CoverageGoal?) {
    guard let octets = try? interpreter.encode(root, value, checked: false) else { return }
    guard judge.violations(of: octets, root).isEmpty, let decoded = try? interpreter.decode(root, octets) else {
      if let goal { addBarred(octets, root, goal) }
      return
    }
    add(MadeSample(body: root, octets: octets, violation: nil), decoded)
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
  /// Whether it is an end of a range, of a size or of a number of elements.
  fileprivate var isEnd: Bool {
    switch kind {
    case .smallest, .largest, .shortest, .longest, .fewest, .most: true
    default: false
    }
  }
}

extension CoverageGoal {
  /// The name that its place ends with.
  fileprivate var lastStep: String { place.split(separator: ".").last.map(String.init) ?? "" }
}

extension BodyDefinition {
  /// The rule that a goal is about.
  fileprivate func rule(of goal: CoverageGoal) -> RuleDefinition? {
    if case .refused(_, let name) = goal.kind { return allRules.first { $0.name == name } }
    return allRules.first { $0.name == goal.lastStep }
  }
}

extension SampleSteering {
  /// Steers to what a goal is about, in the body that it is in.
  fileprivate mutating func aim(
    at goal: CoverageGoal, _ definition: ProtocolDefinition, _ body: Int, _ member: String, _ attempt: Int
  ) {
    let last = goal.lastStep
    switch goal.kind {
    case .message, .holds: break
    case .refused(let kind, _):
      // A rule may be against the element's being there at all: it is not aimed at each time.
      guard [.excess, .order].contains(kind), !attempt.isMultiple(of: 4) else { return }
      if last != member { return set(body, member, last, occurs: 1) }
      for name in definition.pair(attempt, in: member, of: body) { set(body, member, name, occurs: 1) }
    case .fewest(let count), .most(let count): set(body, member, last, occurs: count)
    case .unknown(let action): unknown = action
    case .present, .absent:
      guard let condition = definition.bodies[body].anyMember(named: member)?.condition else { return }
      set(body, condition, holds: goal.kind == .present)
    case .chosen: set(body, member, case: last)
    case .code: if let number = definition.number(ofCode: goal.place) { set(body, member, number: number) }
    case .codeNumber(let number): set(body, member, number: Int128(number))
    case .set, .clear:
      set(body, member, number: goal.kind == .clear ? 0 : 1 << Int128(definition.flag(goal, body, member) ?? 0))
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

  /// What must be so in one place for a goal to be reached there; nil for goals of another kind.
  fileprivate func wish(_ goal: CoverageGoal, _ body: Int, _ member: String) -> SampleWish? {
    let kind = bodies[body].anyMember(named: member)?.kind
    switch goal.kind {
    case .smallest(let number), .largest(let number): return .number(member, number)
    case .codeNumber(let number): return .number(member, Int128(number))
    case .code: return number(ofCode: goal.place).map { .number(member, $0) }
    case .fewest(let count), .most(let count): return .count([member, goal.lastStep], count)
    case .shortest(let count), .longest(let count):
      if case .array? = kind { return .count([member], count) }
      return .size(member, count)
    case .present, .absent: return .test(.present([member]), goal.kind == .present)
    case .set, .clear:
      let bit = flag(goal, body, member)
      return .test(bit.map { .flag([member], bit: $0) } ?? .path([member]), goal.kind == .set)
    case .chosen: return .chosen(member, goal.lastStep)
    case .message, .holds, .unknown, .refused: return nil
    }
  }

  /// The bit that a goal is about, in a member that is a set of bits.
  fileprivate func flag(_ goal: CoverageGoal, _ body: Int, _ member: String) -> Int? {
    bodies[body].number(member)?.flags.flatMap { flags in self.flags[flags].flags.first { $0.name == goal.lastStep }?.bit }
  }

  /// Two elements of a list that are beside each other in its order.
  fileprivate func pair(_ attempt: Int, in list: String, of body: Int) -> [String] {
    guard case .list(let shape)? = bodies[body].anyMember(named: list)?.kind else { return [] }
    let elements = shape.allowed.filter { $0.maximum != 0 && $0.position == nil }.map {
      families[shape.family].elements[$0.element]
    }
    guard elements.count > 1 else { return [] }
    let first = attempt % (elements.count - 1)
    return [elements[first].name, elements[first + 1].name]
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

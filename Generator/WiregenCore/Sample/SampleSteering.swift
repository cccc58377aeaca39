import WireText

/// What a maker of samples must draw, where it would draw at random.
struct SampleSteering {
  /// By the body and the name of the member: the number that it is.
  private(set) var numbers: [Int: [String: Int128]] = [:]
  /// How many octets or values it has.
  private(set) var counts: [Int: [String: Int]] = [:]
  /// By the list, how often an element is in it.
  private(set) var occurrences: [Int: [String: [String: Int]]] = [:]
  /// The case of a choice.
  private(set) var cases: [Int: [String: String]] = [:]
  /// Unknown elements are wanted, and of them those that this becomes of.
  var unknown: FamilyDefinition.UnknownPolicy.Action?

  mutating func set(_ body: Int, _ member: String, number: Int128) { numbers[body, default: [:]][member] = number }

  mutating func set(_ body: Int, _ member: String, count: Int) { counts[body, default: [:]][member] = count }

  mutating func set(_ body: Int, _ list: String, _ element: String, occurs count: Int) {
    occurrences[body, default: [:]][list, default: [:]][element] = count
  }

  mutating func set(_ body: Int, _ member: String, case name: String) { cases[body, default: [:]][member] = name }

  /// Makes a condition of a body come true, or not, as far as single numbers of the body can do that.
  mutating func set(_ body: Int, _ condition: WireExpression, holds: Bool) {
    switch condition {
    case .not(let operand): set(body, operand, holds: !holds)
    case .path(let path) where path.count == 1: set(body, path[0], number: holds ? 1 : 0)
    case .flag(let path, let bit) where path.count == 1:
      let others = numbers[body]?[path[0]] ?? 0
      set(body, path[0], number: holds ? others | 1 << Int128(bit) : others & ~(1 << Int128(bit)))
    case .binary(.and, let left, let right) where holds, .binary(.or, let left, let right) where !holds:
      set(body, left, holds: holds)
      set(body, right, holds: holds)
    case .binary(.and, let left, _), .binary(.or, let left, _): set(body, left, holds: holds)
    case .binary(let symbol, .path(let path), .number(let number)) where path.count == 1:
      if let wanted = symbol.number(besides: number, holds: holds) { set(body, path[0], number: wanted) }
    case .inRanges(.path(let path), let ranges) where path.count == 1:
      guard let range = ranges.first else { return }
      set(body, path[0], number: holds ? range.lowerBound : range.upperBound + 1)
    default: break
    }
  }
}

extension WireExpression.Operator {
  /// A number whose comparison with another one holds, or does not.
  fileprivate func number(besides other: Int128, holds: Bool) -> Int128? {
    switch (self, holds) {
    case (.equal, true), (.notEqual, false), (.lessOrEqual, true), (.greaterOrEqual, true), (.less, false), (.greater, false):
      other
    case (.equal, false), (.notEqual, true), (.greater, true), (.lessOrEqual, false): other + 1
    case (.less, true), (.greaterOrEqual, false): other - 1
    default: nil
    }
  }
}

/// How the bodies of a definition are reached from its messages.
struct SampleRoutes {
  /// A step to a body, in the body before it.
  private struct Step {
    var body: Int
    var member: Member
    /// The element or the case.
    var part: String?
  }

  /// By the body: the steps that lead to it, one of each body that it can be in.
  private var steps: [Int: [Step]] = [:]
  /// By the body: how far it is from a message.
  private var distances: [Int: Int] = [:]

  /// The bodies that are reached.
  var bodies: Dictionary<Int, Int>.Keys { distances.keys }

  init(_ definition: ProtocolDefinition, roots: [Int]) {
    var level = roots
    for root in roots { distances[root] = 0 }
    var distance = 0
    while !level.isEmpty {
      distance += 1
      var next: [Int] = []
      for index in level {
        for (body, member, part) in definition.parts(of: index) {
          steps[body, default: []].append(Step(body: index, member: member, part: part))
          guard distances[body] == nil else { continue }
          distances[body] = distance
          next.append(body)
        }
      }
      level = next
    }
  }

  /// Steers to a body: on each attempt from another one of the bodies that it can be in, and on one of the shortest ways to that.
  ///
  /// - Returns: the message; nil when none leads there.
  func steer(to body: Int, attempt: Int, _ steering: inout SampleSteering) -> Int? {
    guard var distance = distances[body] else { return nil }
    var current = body
    var attempt = attempt
    var isFirst = true
    while distance > 0 {
      // Behind the first step only nearer ones, so that the way ends.
      let nearer = steps[current, default: []].filter { isFirst || distances[$0.body, default: .max] < distance }
      guard !nearer.isEmpty else { return nil }
      let step = nearer[attempt % nearer.count]
      if isFirst { attempt /= nearer.count }
      isFirst = false
      if let condition = step.member.condition { steering.set(step.body, condition, holds: true) }
      switch step.member.kind {
      case .list: steering.set(step.body, step.member.name, step.part ?? "", occurs: 1)
      case .choice: steering.set(step.body, step.member.name, case: step.part ?? "")
      case .array(let shape): steering.set(step.body, step.member.name, count: max(1, shape.minimum))
      default: break
      }
      current = step.body
      distance = distances[current, default: 0]
    }
    return current
  }
}

extension ProtocolDefinition {
  /// The bodies that are in a body, each with the member, and with the name of the element or the case.
  fileprivate func parts(of index: Int) -> [(body: Int, member: Member, part: String?)] {
    bodies[index].members.flatMap { member -> [(body: Int, member: Member, part: String?)] in
      switch member.kind {
      case .structure(let body): return [(body, member, nil)]
      case .array(let shape):
        guard case .structure(let body) = shape.element.kind else { return [] }
        return [(body, member, nil)]
      case .list(let shape):
        return shape.allowed.map { allowed in
          let element = families[shape.family].elements[allowed.element]
          return (element.body, member, element.name)
        }
      case .choice(let shape): return shape.allCases.compactMap { chosen in chosen.body.map { ($0, member, chosen.name) } }
      default: return []
      }
    }
  }
}

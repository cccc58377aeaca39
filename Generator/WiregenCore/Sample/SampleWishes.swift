import WireText

/// What rules compare members with, which chance alone would hardly draw: an address, or a mask together with its length.
struct SampleWishes {
  /// For each body, values of its own members: those that one rule wants at the same time stand together.
  private let ofBodies: [[[String: WireValue]]]

  init(_ definition: ProtocolDefinition) {
    ofBodies = definition.bodies.map { body in
      var found: [[String: WireValue]] = []
      for rule in body.rules { Self.gather(rule.test, &found) }
      return found
    }
  }

  /// One set of values for the members of a body, or none.
  func draw(for body: Int, _ random: inout SampleRandom) -> [String: WireValue] {
    guard ofBodies.indices.contains(body), !ofBodies[body].isEmpty, random.chance(3, of: 4) else { return [:] }
    return random.pick(ofBodies[body]) ?? [:]
  }

  private static func gather(_ expression: WireExpression, _ found: inout [[String: WireValue]]) {
    switch expression {
    case .not(let operand): gather(operand, &found)
    case .binary(.and, _, _), .binary(.equal, _, _): gatherTogether(expression, &found)
    case .binary(_, let left, let right):
      gather(left, &found)
      gather(right, &found)
    default: break
    }
  }

  /// What is joined by `and` is wanted at the same time.
  private static func gatherTogether(_ expression: WireExpression, _ found: inout [[String: WireValue]]) {
    var values: [String: WireValue] = [:]
    var open = [expression]
    while let next = open.popLast() {
      if case .binary(.and, let left, let right) = next {
        open += [right, left]
      } else if case .binary(.equal, .path(let path), let other) = next, path.count == 1, let value = other.literal {
        values[path[0]] = value
      } else if case .binary(.equal, _, _) = next {
        continue
      } else {
        gather(next, &found)
      }
    }
    if !values.isEmpty { found.append(values) }
  }
}

extension WireExpression {
  /// The value that is written; nil for what must be computed.
  fileprivate var literal: WireValue? {
    switch self {
    case .number(let number): .integer(number)
    case .boolean(let flag): .integer(flag ? 1 : 0)
    case .address(let octets): .octets(octets)
    default: nil
    }
  }
}

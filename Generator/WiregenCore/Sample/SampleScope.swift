import WireText

/// What is known of a body while it is being made: the members drawn so far.
struct SampleScope {
  let definition: ProtocolDefinition
  private(set) var fields: [WireValue.Field] = []
  /// Numbers by name, constants among them.
  var numbers: [String: Int128] = [:]

  init(definition: ProtocolDefinition) { self.definition = definition }

  mutating func set(_ name: String, _ value: WireValue) { fields.append(WireValue.Field(name, value)) }

  /// Whether a condition holds; nil where that cannot be known yet.
  func holds(_ expression: WireExpression) -> Bool? { number(expression).map { $0 != 0 } }

  /// The value of a number or, as 0 or 1, of a Boolean; nil where it cannot be known yet.
  func number(_ expression: WireExpression) -> Int128? {
    switch expression {
    case .number(let number): return number
    case .boolean(let flag): return flag ? 1 : 0
    case .path(let path): return number(at: path)
    case .flag(let path, let bit): return number(at: path).map { $0 >> Int128(bit) & 1 }
    case .present(let path): return find(path) == nil ? 0 : 1
    case .count(let path): return count(path)
    case .not(let operand): return holds(operand).map { $0 ? 0 : 1 }
    case .binary(let symbol, let left, let right): return binary(symbol, left, right)
    case .inRanges(let operand, let ranges):
      return number(operand).map { value in ranges.contains { $0.contains(value) } ? 1 : 0 }
    case .size, .remaining, .address, .inPrefix, .text, .item, .over, .among: return nil
    }
  }

  private func binary(_ symbol: WireExpression.Operator, _ left: WireExpression, _ right: WireExpression) -> Int128? {
    guard let first = number(left), let second = number(right) else { return nil }
    switch symbol {
    case .or: return first != 0 || second != 0 ? 1 : 0
    case .and: return first != 0 && second != 0 ? 1 : 0
    case .implies: return first == 0 || second != 0 ? 1 : 0
    case .equal: return first == second ? 1 : 0
    case .notEqual: return first != second ? 1 : 0
    case .less: return first < second ? 1 : 0
    case .lessOrEqual: return first <= second ? 1 : 0
    case .greater: return first > second ? 1 : 0
    case .greaterOrEqual: return first >= second ? 1 : 0
    case .add: return first &+ second
    case .subtract: return first &- second
    case .multiply: return first &* second
    case .bitOr: return first | second
    case .bitAnd: return first & second
    }
  }

  private func number(at path: [String]) -> Int128? {
    if path.count == 1, let number = numbers[path[0]] { return number }
    switch find(path) {
    case .integer(let number): return number
    case .boolean(let flag): return flag ? 1 : 0
    default: return nil
    }
  }

  private func count(_ path: [String]) -> Int128? {
    if case .list(let elements)? = find(Array(path.dropLast())) {
      return Int128(elements.count { $0.name == path.last })
    }
    if case .array(let items)? = find(path) { return Int128(items.count) }
    return nil
  }

  private func find(_ path: [String]) -> WireValue? {
    var value = WireValue.structure(fields)
    for step in path {
      if case .list(let elements) = value {
        guard case .known(_, let inner)? = elements.first(where: { $0.name == step }) else { return nil }
        value = inner
      } else {
        guard let inner = value[step] else { return nil }
        value = inner
      }
    }
    return value
  }
}

extension WireValue.Element {
  /// The name of a known element.
  var name: String? {
    if case .known(let name, _) = self { return name }
    return nil
  }
}

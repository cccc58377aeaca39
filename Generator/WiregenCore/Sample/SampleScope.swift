import WireText

/// What is known of a body while it is being made: the members drawn so far.
struct SampleScope {
  let definition: ProtocolDefinition
  /// Index of the body in `definition.bodies`.
  let body: Int
  private(set) var fields: [WireValue.Field] = []
  /// Numbers by name, constants among them.
  var numbers: [String: Int128] = [:]
  /// Values that a rule names, for some of the members.
  var wishes: [String: WireValue] = [:]
  /// What the members have said before; nil when all is drawn anew.
  var kept: WireValue?
  /// Members that something is made from already; they stay as they are.
  private var settled: Set<[String]> = []

  init(definition: ProtocolDefinition, body: Int) {
    self.definition = definition
    self.body = body
  }

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
    case .size(let path):
      guard case .octets(let octets)? = find(path) else { return nil }
      return Int128(octets.count)
    case .not(let operand): return holds(operand).map { $0 ? 0 : 1 }
    case .binary(let symbol, let left, let right): return binary(symbol, left, right)
    case .inRanges(let operand, let ranges):
      return number(operand).map { value in ranges.contains { $0.contains(value) } ? 1 : 0 }
    case .remaining, .address, .inPrefix, .text, .item, .over, .among: return nil
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

// MARK: - Changing what is there

extension SampleScope {
  /// Changes a member that an expression reads so that it comes to a number.
  ///
  /// - Returns: false when no member alone can do that.
  mutating func make(_ expression: WireExpression, _ number: Int128) -> Bool {
    if self.number(expression) == number { return true }
    for path in expression.paths where !settled.contains(path) {
      guard let shape = definition.shape(at: path[...], in: body), shape.constant == nil, shape.computed == nil,
        let least = with(path, 0).number(expression), let next = with(path, 1).number(expression), next != least,
        (number - least).isMultiple(of: next - least)
      else { continue }
      let wanted = (number - least) / (next - least)
      let changed = with(path, wanted)
      guard shape.allows(wanted), isNamed(wanted, shape), changed.number(expression) == number else { continue }
      self = changed
      return true
    }
    return false
  }

  /// Makes an earlier member say a count or a size, if one says it.
  mutating func say(_ expression: WireExpression?, _ count: Int) {
    guard let expression else { return }
    _ = make(expression, Int128(count))
    settle(expression)
  }

  /// Keeps what an expression reads as it is.
  mutating func settle(_ expression: WireExpression) { settled.formUnion(expression.paths) }

  private func isNamed(_ number: Int128, _ shape: IntegerShape) -> Bool {
    guard let codes = shape.codes.map({ definition.codes[$0] }), !codes.isOpen else { return true }
    return codes.codes.contains { Int128($0.value) == number }
  }

  /// The scope with another number at a place.
  private func with(_ path: [String], _ number: Int128) -> SampleScope {
    var scope = self
    if path.count == 1 { scope.numbers[path[0]] = number }
    scope.fields = WireValue.structure(fields).with(path[...], number).fields
    return scope
  }
}

extension WireValue {
  /// The value with another number at a place; the same when there is none.
  fileprivate func with(_ path: ArraySlice<String>, _ number: Int128) -> WireValue {
    guard let step = path.first else { return .integer(number) }
    switch self {
    case .structure:
      guard let inner = self[step] else { return self }
      var value = self
      value[step] = inner.with(path.dropFirst(), number)
      return value
    case .list(var elements):
      guard let place = elements.firstIndex(where: { $0.name == step }), case .known(let name, let inner) = elements[place]
      else { return self }
      elements[place] = .known(name: name, inner.with(path.dropFirst(), number))
      return .list(elements)
    case .integer, .boolean, .octets, .array: return self
    }
  }
}

extension ProtocolDefinition {
  /// The number that a path leads to; nil when it leads to none.
  fileprivate func shape(at path: ArraySlice<String>, in body: Int) -> IntegerShape? {
    guard let name = path.first, bodies.indices.contains(body) else { return nil }
    let rest = path.dropFirst()
    for member in bodies[body].members {
      if let shape = member.number(name), rest.isEmpty { return shape }
      guard member.name == name else { continue }
      switch member.kind {
      case .structure(let index): return shape(at: rest, in: index)
      case .list(let list):
        let element = families[list.family].elements.first { $0.name == rest.first }
        return element.flatMap { shape(at: rest.dropFirst(), in: $0.body) }
      case .choice(let choice):
        let chosen = choice.allCases.first { $0.name == rest.first }?.body
        return chosen.flatMap { shape(at: rest.dropFirst(), in: $0) }
      default: return nil
      }
    }
    return nil
  }
}

extension WireExpression {
  /// The numbers it reads by themselves.
  fileprivate var paths: [[String]] {
    switch self {
    case .path(let path): [path]
    case .not(let operand), .inRanges(let operand, _): operand.paths
    case .binary(_, let left, let right): left.paths + right.paths
    default: []
    }
  }
}

extension WireValue.Element {
  /// The name of a known element.
  var name: String? {
    if case .known(let name, _) = self { return name }
    return nil
  }
}

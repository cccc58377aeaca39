import WireText

/// Writes resolved expressions in Lua: of the node `at` of the body that they are in, and of `remaining`.
///
/// They are written as plain Lua where no number can have more than 53 bits, and with the functions of the runtime's numbers
/// where one may.
struct LuaExpressions {
  let definition: ProtocolDefinition
  /// The body that paths start from.
  let members: [Member]
  /// Inside a walk: its variable, and what it stands for.
  private var variable: (name: String, target: PathTarget?)?

  init(_ definition: ProtocolDefinition, members: [Member]) {
    self.definition = definition
    self.members = members
  }

  /// A function that says whether a condition holds.
  func test(_ expression: WireExpression) -> LuaValue { function(condition(expression).text, expression) }

  /// A function that gives a number.
  func number(_ expression: WireExpression) -> LuaValue { function(value(expression).text, expression) }

  private func function(_ body: String, _ expression: WireExpression) -> LuaValue {
    .code("function(at\(expression.readsRemaining ? ", remaining" : "")) return \(body) end")
  }

  /// How tightly something binds in Lua, the loosest first.
  private enum Level: Int {
    case disjunction, conjunction, relation, sum, product, negation, primary

    var next: Level { Level(rawValue: rawValue + 1) ?? .primary }
  }

  private struct Written {
    var text: String
    var level: Level

    init(_ text: String, _ level: Level = .primary) {
      self.text = text
      self.level = level
    }

    func at(least wanted: Level) -> String { level.rawValue < wanted.rawValue ? "(\(text))" : text }
  }
}

// MARK: - Conditions

extension LuaExpressions {
  private func condition(_ expression: WireExpression) -> Written {
    switch expression {
    case .boolean(let flag): Written(flag ? "true" : "false")
    case .not(let operand): Written("not \(condition(operand).at(least: .negation))", .negation)
    case .present(let path): Written("present(\(arguments(path)))")
    case .flag(let path, let bit): Written("flag(\(bit), \(arguments(path)))")
    case .inPrefix(let operand, let address, let length):
      Written("inPrefix(\(value(operand).text), \(LuaValue.quoted(address)), \(length))")
    case .inRanges(let operand, let ranges): contained(operand, ranges)
    case .over(let quantifier, let walk) where quantifier != .sum: over(quantifier, walk)
    case .among(let left, let right): Written("among(\(walked(left, false)), \(walkedPath(right)), \(callback(right, false)))")
    case .binary(let symbol, let left, let right) where symbol.isCondition: relation(symbol, left, right)
    default: Written("\(value(expression).at(least: .sum)) ~= 0", .relation)
    }
  }

  private func contained(_ operand: WireExpression, _ ranges: [ClosedRange<Int128>]) -> Written {
    if ranges.count == 1, ranges[0].lowerBound == ranges[0].upperBound {
      return Written("\(value(operand).at(least: .sum)) == \(LuaValue.literal(ranges[0].lowerBound))", .relation)
    }
    let bounds = ranges.flatMap { [LuaValue.literal($0.lowerBound), LuaValue.literal($0.upperBound)] }
    return Written("within(\(value(operand).text), \(bounds.joined(separator: ", ")))")
  }

  private func relation(
    _ symbol: WireExpression.Operator, _ left: WireExpression, _ right: WireExpression
  ) -> Written {
    switch symbol {
    case .and:
      return Written("\(condition(left).at(least: .conjunction)) and \(condition(right).at(least: .relation))", .conjunction)
    case .or:
      return Written("\(condition(left).at(least: .disjunction)) or \(condition(right).at(least: .conjunction))", .disjunction)
    case .implies:
      return Written("not \(condition(left).at(least: .primary)) or \(condition(right).at(least: .disjunction))", .disjunction)
    default:
      let (left, right) = operands(left, right)
      return Written("\(left.at(least: .sum)) \(symbol.lua) \(right.at(least: .sum))", .relation)
    }
  }

  /// Two conditions are compared as such; everything else as numbers or octets.
  private func operands(_ left: WireExpression, _ right: WireExpression) -> (Written, Written) {
    left.isCondition && right.isCondition ? (condition(left), condition(right)) : (value(left), value(right))
  }

  private func over(_ quantifier: WireExpression.Quantifier, _ walk: WireExpression.Walk) -> Written {
    let isCondition = quantifier == .all || quantifier == .any
    return Written("\(quantifier.rawValue)(\(walked(walk, isCondition)))")
  }

  private func walked(_ walk: WireExpression.Walk, _ isCondition: Bool) -> String {
    "at, \(path(walk)), \(callback(walk, isCondition))"
  }

  private func walkedPath(_ walk: WireExpression.Walk) -> String { path(walk) }

  private func path(_ walk: WireExpression.Walk) -> String {
    "{ \(walk.path.map { LuaValue.quoted($0) }.joined(separator: ", ")) }"
  }

  private func callback(_ walk: WireExpression.Walk, _ isCondition: Bool) -> String {
    var inner = self
    inner.variable = (walk.variable, target(walk.path))
    let body = isCondition ? inner.condition(walk.expression) : inner.value(walk.expression)
    return "function(item) return \(body.text) end"
  }
}

// MARK: - Numbers and octets

extension LuaExpressions {
  private func value(_ expression: WireExpression) -> Written {
    switch expression {
    case .number(let number): Written(LuaValue.literal(number), number < 0 ? .negation : .primary)
    case .address(let octets), .text(let octets): Written(LuaValue.quoted(octets))
    case .remaining: Written("remaining")
    case .path(let path), .item(let path): Written("value(\(arguments(path)))")
    case .size(let path): Written("size(\(arguments(path)))")
    case .count(let path): count(path)
    case .over(.sum, let walk): Written("sum(\(walked(walk, false)))")
    case .binary(let symbol, let left, let right) where !symbol.isCondition: arithmetic(symbol, left, right, expression)
    default: Written("truth(\(condition(expression).text))")
    }
  }

  private func count(_ path: [String]) -> Written {
    if path.count > 1, case .list? = target(Array(path.dropLast()))?.member?.kind {
      return Written("occurrences(\(LuaValue.quoted(path[path.count - 1])), \(arguments(Array(path.dropLast()))))")
    }
    return Written("count(\(arguments(path)))")
  }

  private func arithmetic(
    _ symbol: WireExpression.Operator, _ left: WireExpression, _ right: WireExpression, _ whole: WireExpression
  ) -> Written {
    if let function = symbol.function(isWide: !isSmall(whole)) {
      return Written("\(function)(\(value(left).text), \(value(right).text))")
    }
    let level: Level = symbol == .multiply ? .product : .sum
    return Written("\(value(left).at(least: level)) \(symbol.lua) \(value(right).at(least: level.next))", level)
  }

  /// Where a path starts, and its steps.
  private func arguments(_ path: [String]) -> String {
    let isOfVariable = path.first == variable?.name && variable != nil
    let steps = isOfVariable ? Array(path.dropFirst()) : path
    return ([isOfVariable ? "item" : "at"] + steps.map { LuaValue.quoted($0) }).joined(separator: ", ")
  }
}

// MARK: - How large numbers may be

extension LuaExpressions {
  private static let small: ClosedRange<Int128> = -(1 << 53) + 1...(1 << 53) - 1
  private static let largest: ClosedRange<Int128> = -(1 << 64)...(1 << 64)

  /// Whether a number and all that it is made of fit into Lua's own numbers.
  private func isSmall(_ expression: WireExpression) -> Bool {
    let range = range(expression)
    return Self.small.contains(range.lowerBound) && Self.small.contains(range.upperBound)
  }

  private func range(_ expression: WireExpression) -> ClosedRange<Int128> {
    switch expression {
    case .number(let number): number...number
    case .path(let path), .item(let path): range(ofMemberAt: path)
    // Octets of a message, and what there can be of them.
    case .size, .count, .remaining: 0...1 << 32
    case .binary(let symbol, let left, let right) where !symbol.isCondition: range(symbol, range(left), range(right))
    case .over(.sum, _): Self.largest
    default: 0...1
    }
  }

  private func range(ofMemberAt path: [String]) -> ClosedRange<Int128> {
    guard let member = target(path)?.member, case .integer(let shape) = member.kind else { return Self.largest }
    let limit = Int128(1) << Int128(shape.isSigned ? shape.bits - 1 : shape.bits)
    return (shape.isSigned ? -limit : 0)...limit
  }

  private func range(
    _ symbol: WireExpression.Operator, _ left: ClosedRange<Int128>, _ right: ClosedRange<Int128>
  ) -> ClosedRange<Int128> {
    // One part that does not fit leaves nothing that does: the functions for wide numbers take and give any.
    guard Self.small.contains(left.lowerBound), Self.small.contains(left.upperBound), Self.small.contains(right.lowerBound),
      Self.small.contains(right.upperBound)
    else { return Self.largest }
    switch symbol {
    case .add: return left.lowerBound + right.lowerBound...left.upperBound + right.upperBound
    case .subtract: return left.lowerBound - right.upperBound...left.upperBound - right.lowerBound
    case .multiply:
      let products = [left.lowerBound, left.upperBound].flatMap { [$0 * right.lowerBound, $0 * right.upperBound] }
      return (products.min() ?? 0)...(products.max() ?? 0)
    default: return 0...2 * max(left.upperBound, right.upperBound)
    }
  }
}

// MARK: - What paths lead to

/// What a path leads to: a member, or something with members.
struct PathTarget {
  /// The member itself; nil of an element or a case.
  var member: Member?
  /// What names below it lead to.
  var members: [Member] = []
}

extension LuaExpressions {
  fileprivate func target(_ path: [String]) -> PathTarget? {
    guard let first = path.first else { return nil }
    var current: PathTarget?
    if let variable, variable.name == first {
      current = variable.target
    } else {
      current = find(first, in: members).map(target)
    }
    for name in path.dropFirst() { current = current.flatMap { next(name, in: $0) } }
    return current
  }

  private func target(_ member: Member) -> PathTarget {
    switch member.kind {
    case .structure(let body): PathTarget(member: member, members: definition.bodies[body].members)
    case .array(let shape): PathTarget(member: target(shape.element).member, members: target(shape.element).members)
    default: PathTarget(member: member)
    }
  }

  private func next(_ name: String, in target: PathTarget) -> PathTarget? {
    switch target.member?.kind {
    case .list(let shape):
      let family = definition.families[shape.family]
      let element = family.elements.first { $0.name == name }
      return element.map { PathTarget(member: nil, members: definition.bodies[$0.body].members) }
    case .choice(let shape):
      let chosen = shape.allCases.first { $0.name == name }
      return chosen.map { PathTarget(member: nil, members: $0.body.map { definition.bodies[$0].members } ?? []) }
    default: return find(name, in: target.members).map(self.target)
    }
  }

  private func find(_ name: String, in members: [Member]) -> Member? {
    for member in members {
      if case .bits(_, _, let fields) = member.kind {
        if let field = fields.first(where: { $0.name == name }) { return field }
      } else if member.name == name {
        return member
      }
    }
    return nil
  }
}

// MARK: - What expressions are made of

extension WireExpression.Operator {
  /// Whether it gives true or false.
  fileprivate var isCondition: Bool {
    switch self {
    case .or, .and, .implies, .equal, .notEqual, .less, .lessOrEqual, .greater, .greaterOrEqual: true
    case .add, .subtract, .bitOr, .multiply, .bitAnd: false
    }
  }

  fileprivate var lua: String { self == .notEqual ? "~=" : rawValue }

  /// The function that does it; nil when the sign does.
  fileprivate func function(isWide: Bool) -> String? {
    switch self {
    case .bitAnd: "bitAnd"
    case .bitOr: "bitOr"
    case .add: isWide ? "add" : nil
    case .subtract: isWide ? "subtract" : nil
    case .multiply: isWide ? "multiply" : nil
    default: nil
    }
  }
}

extension WireExpression {
  /// Whether it is true or false by itself; a bit is a number until it is compared.
  fileprivate var isCondition: Bool {
    switch self {
    case .boolean, .not, .present, .flag, .inPrefix, .inRanges, .among: true
    case .over(let quantifier, _): quantifier != .sum
    case .binary(let symbol, _, _): symbol.isCondition
    case .number, .address, .path, .size, .count, .remaining, .text, .item: false
    }
  }

  fileprivate var readsRemaining: Bool {
    switch self {
    case .remaining: true
    case .not(let operand), .inPrefix(let operand, _, _), .inRanges(let operand, _): operand.readsRemaining
    case .binary(_, let left, let right): left.readsRemaining || right.readsRemaining
    case .over(_, let walk): walk.expression.readsRemaining
    case .among(let left, let right): left.expression.readsRemaining || right.expression.readsRemaining
    case .number, .boolean, .address, .path, .size, .count, .present, .text, .flag, .item: false
    }
  }
}

import Wire

/// What an expression can see: the members of its body decoded so far, and how much is left.
///
/// Total: the resolver has checked names and types, and what is not there all the same counts as 0 or false.
struct Scope {
  var members: [WireTree.Node]
  /// Octets left in the container at the member the expression belongs to.
  var remaining: Int
  /// Inside a walk: its variable, and the value whose turn it is.
  var variable: (name: String, node: WireTree.Node)?
  /// Inside a walk: what does not depend on the variable.
  var memory: Memory?

  enum Value: Hashable {
    case number(Int128)
    case octets([UInt8])

    init(_ flag: Bool) { self = .number(flag ? 1 : 0) }

    var number: Int128 {
      if case .number(let number) = self { return number }
      return 0
    }
  }

  /// Values that a walk asks for again and again; each is sought once, so that the walk stays linear.
  final class Memory {
    var values: [WireExpression: Value] = [:]
  }

  init(members: [WireTree.Node], remaining: Int) {
    self.members = members
    self.remaining = remaining
  }

  /// Whether a condition holds.
  func holds(_ expression: WireExpression) -> Bool { value(expression).number != 0 }

  /// The value of a number.
  func number(_ expression: WireExpression) -> Int128 { value(expression).number }

  func value(_ expression: WireExpression) -> Value {
    switch expression {
    case .number(let number): .number(number)
    case .boolean(let flag): Value(flag)
    case .address(let octets), .text(let octets): .octets(octets)
    case .remaining: .number(Int128(remaining))
    case .not(let operand): Value(!holds(operand))
    case .binary(let symbol, let left, let right): value(symbol, left, right)
    case .inPrefix(let address, let prefix, let length): Value(value(address).isIn(prefix, length: length))
    case .inRanges(let operand, let ranges): Value(isIn(ranges, number(operand)))
    case .path, .size, .count, .present, .flag: remembered(expression)
    case .item(let path): find(path[...])?.scopeValue ?? .number(0)
    case .over(let quantifier, let walk): over(quantifier, walk)
    case .among(let left, let right): among(left, right)
    }
  }

  private func isIn(_ ranges: [ClosedRange<Int128>], _ number: Int128) -> Bool {
    ranges.contains { $0.contains(number) }
  }

  private func value(
    _ symbol: WireExpression.Operator, _ left: WireExpression, _ right: WireExpression
  ) -> Value {
    switch symbol {
    case .or: Value(holds(left) || holds(right))
    case .and: Value(holds(left) && holds(right))
    case .implies: Value(!holds(left) || holds(right))
    case .equal: Value(value(left) == value(right))
    case .notEqual: Value(value(left) != value(right))
    case .less: Value(number(left) < number(right))
    case .lessOrEqual: Value(number(left) <= number(right))
    case .greater: Value(number(left) > number(right))
    case .greaterOrEqual: Value(number(left) >= number(right))
    // The resolver keeps every intermediate within 64 bits, so that these never wrap.
    case .add: .number(number(left) &+ number(right))
    case .subtract: .number(number(left) &- number(right))
    case .multiply: .number(number(left) &* number(right))
    case .bitOr: .number(number(left) | number(right))
    case .bitAnd: .number(number(left) & number(right))
    }
  }
}

extension Scope {
  /// What a member says, sought once in a walk.
  private func remembered(_ expression: WireExpression) -> Value {
    guard let memory, !expression.begins(with: variable?.name) else { return lookup(expression) }
    if let value = memory.values[expression] { return value }
    let value = lookup(expression)
    memory.values[expression] = value
    return value
  }

  private func lookup(_ expression: WireExpression) -> Value {
    switch expression {
    case .path(let path): find(path[...])?.scopeValue ?? .number(0)
    case .size(let path): .number(Int128(find(path[...])?.valueSize ?? 0))
    case .count(let path): .number(Int128(count(path)))
    case .present(let path): Value(find(path[...]) != nil)
    case .flag(let path, let bit):
      Value((find(path[...])?.scopeValue ?? .number(0)).number >> Int128(bit) & 1 == 1)
    default: .number(0)
    }
  }

  /// What a path leads to; nil when any part of it is not there.
  func find(_ path: ArraySlice<String>) -> WireTree.Node? {
    guard let first = path.first else { return nil }
    let start = first == variable?.name ? variable?.node : members.member(first)
    guard var node = start else { return nil }
    for name in path.dropFirst() {
      guard !node.isCut, let next = node.part(name) else { return nil }
      node = next
    }
    return node
  }

  /// Elements of an array or list, or how often an element is in a list.
  private func count(_ path: [String]) -> Int {
    if path.count > 1, let list = find(path.dropLast()), case .list = list.value {
      return list.children.count { $0.name == path[path.count - 1] && $0.isKnownElement }
    }
    return find(path[...])?.children.count ?? 0
  }
}

extension Scope.Value {
  fileprivate func isIn(_ prefix: [UInt8], length: Int) -> Bool {
    guard case .octets(let octets) = self, octets.count == prefix.count else { return false }
    if let address = IPv6Address(octets: octets), let prefix = IPv6Address(octets: prefix) {
      return address.isIn(prefix, length: length)
    }
    if let address = IPv4Address(octets: octets), let prefix = IPv4Address(octets: prefix) {
      return address.isIn(prefix, length: length)
    }
    return false
  }
}

extension WireExpression {
  /// Whether it speaks of the variable.
  fileprivate func begins(with variable: String?) -> Bool {
    switch self {
    case .path(let path), .size(let path), .count(let path), .present(let path), .flag(let path, _):
      path.first == variable
    default: false
    }
  }
}

extension WireTree.Node {
  /// What it is in an expression.
  var scopeValue: Scope.Value {
    switch value {
    case .integer(let number, _, _), .date(_, let number, _): .number(number)
    case .boolean(let flag): .number(flag ? 1 : 0)
    case .flags(let bits, _): .number(Int128(bits))
    case .ipv4(let address): .octets(address.octets)
    case .ipv6(let address): .octets(address.octets)
    case .mac(let address): .octets(address.octets.array)
    case .octets(let octets), .text(let octets): .octets(octets)
    case .bits, .structure, .array, .list, .choice, .element, .unknownElement: .number(0)
    }
  }

  /// Octets of the value of octets or text; prefix, terminator and padding are not counted.
  fileprivate var valueSize: Int {
    switch value {
    case .octets(let octets), .text(let octets): octets.count
    case .date(_, _, let size): size
    default: count
    }
  }

  /// The member of that name, or in a list the first element of that name.
  fileprivate func part(_ name: String) -> WireTree.Node? {
    if case .list = value { return children.element(name) }
    if case .array = value { return nil }
    return children.member(name)
  }
}

extension IPv4Address {
  /// Four octets in network order; nil for another number of them.
  init?(octets: some Collection<UInt8>) {
    guard octets.count == 4 else { return nil }
    self.init(octets.reduce(0) { $0 << 8 | UInt32($1) })
  }
}

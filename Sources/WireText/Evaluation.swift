import Wire

/// What an expression can see: the members of its body decoded so far, and how much is left.
///
/// Total: the resolver has checked names and types, and what is not there all the same counts as 0 or false.
struct Scope {
  var members: [WireTree.Node]
  /// Octets left in the container at the member the expression belongs to.
  var remaining: Int

  private enum Value: Equatable {
    case number(Int128)
    case octets([UInt8])

    init(_ flag: Bool) { self = .number(flag ? 1 : 0) }

    var number: Int128 {
      if case .number(let number) = self { return number }
      return 0
    }
  }

  /// Whether a condition holds.
  func holds(_ expression: WireExpression) -> Bool { value(expression).number != 0 }

  /// The value of a number.
  func number(_ expression: WireExpression) -> Int128 { value(expression).number }

  private func value(_ expression: WireExpression) -> Value {
    switch expression {
    case .number(let number): .number(number)
    case .boolean(let flag): Value(flag)
    case .address(let octets): .octets(octets)
    case .path(let path): find(path[...]).map(value(of:)) ?? .number(0)
    case .size(let path): .number(Int128(find(path[...])?.count ?? 0))
    case .count(let path): .number(Int128(count(path)))
    case .present(let path): Value(find(path[...]) != nil)
    case .remaining: .number(Int128(remaining))
    case .not(let operand): Value(!holds(operand))
    case .binary(let symbol, let left, let right): value(symbol, left, right)
    case .inPrefix(let address, let prefix, let length):
      Value(isIn(value(address), prefix, length: length))
    case .inRanges(let operand, let ranges):
      Value(ranges.contains { [number = number(operand)] in $0.contains(number) })
    case .text(let octets): .octets(octets)
    case .flag(let path, let bit): Value(number(.path(path)) >> Int128(bit) & 1 == 1)
    case .item, .over, .among: .number(0)
    }
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

  private func value(of node: WireTree.Node) -> Value {
    switch node.value {
    case .integer(let number, _, _): .number(number)
    case .boolean(let flag): Value(flag)
    case .ipv4(let address): .octets(address.octets)
    case .ipv6(let address): .octets(address.octets)
    case .mac(let address): .octets(address.octets.array)
    case .octets(let octets), .text(let octets): .octets(octets)
    case .bits, .structure, .array, .list, .element, .unknownElement: .number(0)
    }
  }

  private func find(_ path: ArraySlice<String>) -> WireTree.Node? {
    guard let first = path.first, var node = members.member(first) else { return nil }
    for name in path.dropFirst() {
      var next = node.children.member(name)
      if case .list = node.value { next = node.children.element(name) }
      guard let next else { return nil }
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

  private func isIn(_ address: Value, _ prefix: [UInt8], length: Int) -> Bool {
    guard case .octets(let octets) = address, octets.count == prefix.count else { return false }
    if let address = IPv6Address(octets: octets), let prefix = IPv6Address(octets: prefix) {
      return address.isIn(prefix, length: length)
    }
    if let address = IPv4Address(octets: octets), let prefix = IPv4Address(octets: prefix) {
      return address.isIn(prefix, length: length)
    }
    return false
  }
}

extension IPv4Address {
  /// Four octets in network order; nil for another number of them.
  init?(octets: some Collection<UInt8>) {
    guard octets.count == 4 else { return nil }
    self.init(octets.reduce(0) { $0 << 8 | UInt32($1) })
  }
}

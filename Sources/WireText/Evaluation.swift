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

  enum Value {
    case number(Int128)
    case octets([UInt8])
    /// The same as its octets.
    case ipv4(IPv4Address)
    /// The same as its octets.
    case ipv6(IPv6Address)

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
    case .address(let octets): Value(address: octets)
    case .text(let octets): .octets(octets)
    case .remaining: .number(Int128(remaining))
    case .not(let operand): Value(!holds(operand))
    case .binary(let symbol, let left, let right): value(symbol, left, right)
    case .inPrefix(let address, let prefix, let length): Value(value(address).isIn(prefix, length: length))
    case .inRanges(let operand, let ranges): Value(isIn(ranges, number(operand)))
    case .path, .size, .count, .present, .flag: memory == nil ? lookup(expression) : remembered(expression)
    case .item(let path): value(at: path)
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
    case .path(let path): value(at: path)
    case .size(let path): .number(Int128(find(path) { $0.valueSize } ?? 0))
    case .count(let path): .number(Int128(count(path)))
    case .present(let path): Value(isThere(path))
    case .flag(let path, let bit): Value(value(at: path).number >> Int128(bit) & 1 == 1)
    default: .number(0)
    }
  }

  private func value(at path: [String]) -> Value { find(path) { $0.scopeValue } ?? .number(0) }

  /// Whether a path leads to anything.
  func isThere(_ path: [String]) -> Bool { find(path) { _ in true } ?? false }

  /// What `read` makes of what a path leads to; nil when any part of it is not there.
  private func find<Result>(_ path: [String], _ read: (borrowing WireTree.Node) -> Result) -> Result? {
    guard let first = path.first else { return nil }
    if let variable, variable.name == first { return variable.node.follow(path, from: 1, read) }
    guard let place = members.place(of: first) else { return nil }
    guard let field = place.field else { return members[place.index].follow(path, from: 1, read) }
    return members[place.index].children[field].follow(path, from: 1, read)
  }

  /// Elements of an array or list, or how often an element is in a list.
  private func count(_ path: [String]) -> Int {
    if path.count > 1, let count = find(Array(path.dropLast()), { $0.count(ofElement: path[path.count - 1]) }) ?? nil {
      return count
    }
    return find(path) { $0.children.count } ?? 0
  }
}

extension Scope.Value: Hashable {
  init(address octets: [UInt8]) {
    switch octets.count {
    case 4: self = .ipv4(IPv4Address(UInt32(truncatingIfNeeded: octets.unsigned(at: 0, size: 4, isLittleEndian: false))))
    case 16: self = .ipv6(IPv6Address(networkOrder: octets))
    default: self = .octets(octets)
    }
  }

  /// None of a number.
  private var octets: [UInt8] {
    switch self {
    case .number: []
    case .octets(let octets): octets
    case .ipv4(let address): address.octets
    case .ipv6(let address): address.octets
    }
  }

  static func == (left: Self, right: Self) -> Bool {
    switch (left, right) {
    case (.number(let left), .number(let right)): left == right
    case (.number, _), (_, .number): false
    case (.ipv4(let left), .ipv4(let right)): left == right
    case (.ipv6(let left), .ipv6(let right)): left == right
    case (.ipv4, .ipv6), (.ipv6, .ipv4): false
    case (.octets, _), (_, .octets): left.octets == right.octets
    }
  }

  func hash(into hasher: inout Hasher) {
    if case .number(let number) = self { hasher.combine(number) } else { hasher.combine(octets) }
  }
}

extension IPv6Address {
  /// - Parameter octets: sixteen of them.
  fileprivate init(networkOrder octets: [UInt8]) {
    self.init(
      high: octets.unsigned(at: 0, size: 8, isLittleEndian: false), low: octets.unsigned(at: 8, size: 8, isLittleEndian: false))
  }
}

extension Scope.Value {
  fileprivate func isIn(_ prefix: [UInt8], length: Int) -> Bool {
    let address = if case .octets(let octets) = self { Scope.Value(address: octets) } else { self }
    switch (address, Scope.Value(address: prefix)) {
    case (.ipv4(let address), .ipv4(let prefix)): return address.isIn(prefix, length: length)
    case (.ipv6(let address), .ipv6(let prefix)): return address.isIn(prefix, length: length)
    default: return false
    }
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
    case .ipv4(let address): .ipv4(address)
    case .ipv6(let address): .ipv6(address)
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

  /// What `read` makes of what is left of a path, from a step on, leads to in the node.
  ///
  /// In a list a step is the first element of that name, in everything else but an array a member.
  fileprivate func follow<Result>(
    _ path: [String], from step: Int, _ read: (borrowing WireTree.Node) -> Result
  ) -> Result? {
    guard step < path.count else { return read(self) }
    guard !isCut else { return nil }
    if case .array = value { return nil }
    if case .list = value {
      let element = children.firstIndex { $0.isKnownElement && $0.name == path[step] }
      return element.flatMap { children[$0].follow(path, from: step + 1, read) }
    }
    guard let place = children.place(of: path[step]) else { return nil }
    guard let field = place.field else { return children[place.index].follow(path, from: step + 1, read) }
    return children[place.index].children[field].follow(path, from: step + 1, read)
  }

  /// How often an element is in the list that the node is; nil when it is none.
  fileprivate func count(ofElement name: String) -> Int? {
    guard case .list = value else { return nil }
    return children.count { $0.name == name && $0.isKnownElement }
  }
}

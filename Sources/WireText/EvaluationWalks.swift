import Wire

extension Scope {
  /// A function over all values that a path leads to; it stops as soon as the result is known.
  func over(_ quantifier: WireExpression.Quantifier, _ walk: WireExpression.Walk) -> Value {
    var sum: Int128 = 0
    var seen: Set<Value> = []
    var last: Int128?
    for scope in scopes(of: walk) {
      let value = scope.value(walk.expression)
      switch quantifier {
      case .all: if value.number == 0 { return Value(false) }
      case .any: if value.number != 0 { return Value(true) }
      case .unique: if !seen.insert(value).inserted { return Value(false) }
      case .ascending:
        if let last, value.number <= last { return Value(false) }
        last = value.number
      // The resolver has bounded the sum by the octets of a message.
      case .sum: sum &+= value.number
      }
    }
    return quantifier == .sum ? .number(sum) : Value(quantifier != .any)
  }

  /// Whether every value of the first walk is one of the second's.
  func among(_ left: WireExpression.Walk, _ right: WireExpression.Walk) -> Value {
    let known = Set(scopes(of: right).map { $0.value(right.expression) })
    return Value(scopes(of: left).allSatisfy { known.contains($0.value(left.expression)) })
  }

  /// For each value that the path leads to, what the walk's expression can see.
  private func scopes(of walk: WireExpression.Walk) -> some Sequence<Scope> {
    var scope = self
    scope.memory = Memory()
    return nodes(at: walk.path).lazy.map { node in
      var scope = scope
      scope.variable = (walk.variable, node)
      return scope
    }
  }

  /// All that a path leads to, through arrays and repeated elements, in wire order.
  private func nodes(at path: [String]) -> [WireTree.Node] {
    guard let first = path.first, let start = members.member(first) else { return [] }
    var nodes = start.values
    for name in path.dropFirst() { nodes = nodes.flatMap { $0.parts(name) } }
    return nodes
  }
}

extension WireTree.Node {
  /// Its values when it is an array, otherwise itself.
  fileprivate var values: [WireTree.Node] {
    if case .array = value { return children }
    return [self]
  }

  /// The members of that name, all values of an array, and in a list all elements of that name.
  fileprivate func parts(_ name: String) -> [WireTree.Node] {
    if case .list = value { return children.filter { $0.name == name && $0.isKnownElement } }
    return children.member(name)?.values ?? []
  }
}

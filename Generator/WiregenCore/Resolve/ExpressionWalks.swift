import WireText

/// What a function over several values names in turn.
enum Item {
  /// A struct, or an element, whose members are read.
  case body(Int)
  /// A value.
  case value(Member)

  /// What the name alone means.
  func target(of name: String, _ syntax: ExpressionSyntax) throws(ExpressionFault) -> ExpressionScope.Target {
    guard case .value(let member) = self else {
      throw ExpressionFault(message: "'\(name)' has members; read one of them, as \(name).port", offset: syntax.offset)
    }
    return .member(member)
  }
}

// MARK: - Functions over all that a path leads to

extension ExpressionChecker {
  func over(
    _ quantifier: WireExpression.Quantifier, _ walk: ExpressionSyntax.Walk, _ syntax: ExpressionSyntax
  ) throws(ExpressionFault) -> Typed {
    let inner = try enter(walk, syntax)
    switch quantifier {
    case .all, .any:
      return (.over(quantifier, walk.resolved(try inner.condition(walk.expression))), .boolean)
    case .unique:
      let (expression, type) = try inner.check(walk.expression)
      try requireValue(type, walk.expression, "unique(…)")
      return (.over(quantifier, walk.resolved(expression)), .boolean)
    case .ascending:
      return (.over(quantifier, walk.resolved(try inner.number(walk.expression).0)), .boolean)
    case .sum:
      let (expression, range) = try inner.number(walk.expression)
      return (.over(quantifier, walk.resolved(expression)), .number(try sum(range, syntax), codes: nil))
    }
  }

  func among(
    _ first: ExpressionSyntax.Walk, _ second: ExpressionSyntax.Walk, _ syntax: ExpressionSyntax
  ) throws(ExpressionFault) -> Typed {
    let (left, leftType) = try enter(first, syntax).check(first.expression)
    let (right, rightType) = try enter(second, syntax).check(second.expression)
    try requireValue(leftType, first.expression, "among(…)")
    try requireValue(rightType, second.expression, "among(…)")
    switch (leftType, rightType) {
    case (.number, .number), (.address, .address), (.octets, .octets), (.text, .text):
      try requireAlike(leftType, rightType, syntax)
    default: throw fault(syntax, "\(leftType.name) is never among values that are \(rightType.name)")
    }
    return (.among(first.resolved(left), second.resolved(right)), .boolean)
  }

  /// The check of an expression that reads the values of a walk in turn.
  private func enter(
    _ walk: ExpressionSyntax.Walk, _ syntax: ExpressionSyntax
  ) throws(ExpressionFault) -> ExpressionChecker {
    if use.readsFixedPlacesOnly { throw fault(syntax, "functions over several values have no place here") }
    if item != nil { throw fault(syntax, "functions over several values do not nest") }
    let place = ExpressionSyntax(kind: .path([walk.variable]), offset: walk.offset)
    if scope.member(named: walk.variable) != nil || scope.later.contains(walk.variable) {
      throw fault(place, "'\(walk.variable)' is a member of this body; take another name")
    }
    var inner = self
    inner.item = (walk.variable, try values(of: walk))
    return inner
  }

  /// What a walk leads to, one at a time.
  private func values(of walk: ExpressionSyntax.Walk) throws(ExpressionFault) -> Item {
    let syntax = ExpressionSyntax(kind: .path(walk.path), offset: walk.pathOffset)
    switch try target(walk.path, .all, syntax) {
    case .element(let element, _): return try body(element.body, syntax)
    case .case(let found):
      guard let body = found.body else { throw fault(syntax, "'\(text(walk.path))' has no members") }
      return try self.body(body, syntax)
    case .member(let member):
      guard member.isArray || leadsThroughMany(walk.path) else {
        throw fault(syntax, "'\(text(walk.path))' is one value; read it as it is")
      }
      return try item(of: member, walk.path, syntax)
    }
  }

  private func item(
    of member: Member, _ path: [String], _ syntax: ExpressionSyntax
  ) throws(ExpressionFault) -> Item {
    switch member.kind {
    case .array(let shape): return try item(of: shape.element, path, syntax)
    case .structure(let body): return try self.body(body, syntax)
    case .integer, .ipv4, .ipv6, .mac, .octets, .text:
      var value = member
      // Where it is absent there is nothing to name.
      value.condition = nil
      return .value(value)
    case .list, .choice: throw fault(syntax, "'\(text(path))' is a \(member.isList ? "list" : "choice"); go on to what is in it")
    case .bits, .reserved, .reservedRest: throw fault(syntax, "'\(text(path))' has no value")
    }
  }

  private func body(_ index: Int, _ syntax: ExpressionSyntax) throws(ExpressionFault) -> Item {
    guard scope.world.prepare(body: index) else {
      throw fault(syntax, "this may contain this body; only rules read what is in it")
    }
    return .body(index)
  }

  /// Whether a path goes through an array or a list.
  private func leadsThroughMany(_ path: [String]) -> Bool {
    path.indices.contains { index in
      guard case .member(let member)? = try? target(Array(path[...index]), .all, ExpressionSyntax(kind: .remaining, offset: 0))
      else { return false }
      return member.isArray || member.isList
    }
  }

  private func requireValue(
    _ type: ExpressionType, _ syntax: ExpressionSyntax, _ function: String
  ) throws(ExpressionFault) {
    switch type {
    case .number, .address, .octets, .text: return
    case .boolean, .literal:
      throw fault(syntax, "\(function) compares numbers, addresses, octets or text; this is \(type.name)")
    }
  }

  /// What so many numbers can come to: there is at most one for each octet of a message.
  private func sum(
    _ range: ClosedRange<Int128>, _ syntax: ExpressionSyntax
  ) throws(ExpressionFault) -> ClosedRange<Int128> {
    guard let most = scope.maximumOctets else {
      throw fault(syntax, "sum(…) needs to know how many octets a message can have; give maxSize=")
    }
    let (low, high) = (min(0, range.lowerBound) * Int128(most), max(0, range.upperBound) * Int128(most))
    guard low >= Int128(Int64.min), high <= Int128(Int64.max) else {
      throw fault(syntax, "the result of 'sum' could need more than 63 bits; bound the members with max=")
    }
    return low...high
  }
}

extension ExpressionSyntax.Walk {
  fileprivate func resolved(_ expression: WireExpression) -> WireExpression.Walk {
    WireExpression.Walk(variable: variable, path: path, expression: expression)
  }
}

extension Member {
  fileprivate var isArray: Bool {
    if case .array = kind { return true }
    return false
  }

  fileprivate var isList: Bool {
    if case .list = kind { return true }
    return false
  }
}

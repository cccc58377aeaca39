import WireText

// MARK: - Choices

extension MemberResolver {
  /// The number that a choice is made by.
  private struct Decider {
    var expression: WireExpression
    /// Says which values cases can have.
    var shape: IntegerShape
  }

  /// The cases of a choice as they are read.
  private struct Cases {
    var shape = ChoiceShape(on: .remaining, cases: [])
    var names: [String: Node] = [:]
    /// Numbers that have a case.
    var taken: [(range: ClosedRange<UInt64>, node: Node)] = []
    var otherwise: Node?
    var isWhole = true
  }

  mutating func choice(_ node: Node) {
    guard let name = node["name"] else { return }
    nest(node, "choice")
    let decider = decider(node)
    var cases = Cases()
    cases.isWhole = decider != nil && node.refused.isEmpty
    for child in node.children where child.name != "doc" {
      guard child.isSound else {
        cases.isWhole = false
        continue
      }
      child.name == "case" ? addCase(child, &cases, of: node, decider) : addOtherwise(child, &cases, of: node)
    }
    if cases.taken.isEmpty, cases.isWhole {
      diagnostics.error(node.position, "<choice name=\"\(name)\"> has no <case>; it needs at least one")
    }
    guard let decider, cases.isWhole else { return lose(node) }
    cases.shape.on = decider.expression
    add(make(node, .choice(cases.shape)), node)
  }

  private func decider(_ node: Node) -> Decider? {
    guard let text = node["on"] else { return nil }
    let scope = ExpressionScope(own: members, world: resolver, later: later, ownLosses: ownLosses)
    do throws(ExpressionFault) {
      let (expression, shape) = try ExpressionChecker.decider(text, scope)
      return Decider(expression: expression, shape: shape)
    } catch {
      if !error.isEcho { diagnostics.error(node.position(of: "on", at: error.offset), error.message) }
      return nil
    }
  }

  private mutating func addCase(_ node: Node, _ cases: inout Cases, of choice: Node, _ decider: Decider?) {
    let range = decider.flatMap { caseRange(node, $0.shape) }
    let name = node["name"] ?? range.flatMap { codeName(of: $0, node, decider?.shape) }
    // The members are looked at whatever is wrong with the case.
    let body = caseBody(node, named: name ?? "Case", of: choice)
    guard let range, body != nil || Self.isEmpty(node) else {
      cases.isWhole = false
      return
    }
    if let other = cases.taken.first(where: { $0.range.overlaps(range) })?.node {
      diagnostics.error(
        node.position(of: node["value"] == nil ? "from" : "value"),
        "\(text(range)) has a case already (\(resolver.place(of: other, from: node))); cases do not overlap")
    }
    cases.taken.append((range, node))
    guard let name else {
      diagnostics.error(node.position, "<case> needs name=, since its value has no name of its own")
      cases.isWhole = false
      return
    }
    claimCase(name, node, &cases)
    cases.shape.cases.append(.init(name: name, first: range.lowerBound, last: range.upperBound, body: body))
    resolver.document("\(self.body).\(choice["name"] ?? "").\(name)", node)
  }

  private mutating func addOtherwise(_ node: Node, _ cases: inout Cases, of choice: Node) {
    if let other = cases.otherwise {
      diagnostics.error(
        node.position, "a second <otherwise>; the first is in \(resolver.place(of: other, from: node))")
      return
    }
    cases.otherwise = node
    let name = node["name"] ?? "otherwise"
    claimCase(name, node, &cases)
    let body = caseBody(node, named: name, of: choice)
    if body == nil, !Self.isEmpty(node) { cases.isWhole = false }
    cases.shape.otherwise = .init(name: name, first: 0, last: 0, body: body)
    resolver.document("\(self.body).\(choice["name"] ?? "").\(name)", node)
  }

  private func claimCase(_ name: String, _ node: Node, _ cases: inout Cases) {
    if Resolver.expressionWords.contains(name) {
      diagnostics.error(node.position(of: "name"), "'\(name)' is a word of the expressions; choose another name")
    }
    if let other = cases.names[name] {
      diagnostics.error(
        node.position(of: "name"), "a second case '\(name)'; the first is in \(resolver.place(of: other, from: node))")
    }
    cases.names[name] = node
  }

  private func text(_ range: ClosedRange<UInt64>) -> String {
    range.count == 1 ? "\(range.lowerBound)" : "a number from \(range.lowerBound) to \(range.upperBound)"
  }

  private func codeName(of range: ClosedRange<UInt64>, _ node: Node, _ shape: IntegerShape?) -> String? {
    guard node["value"] != nil, let index = shape?.codes else { return nil }
    return resolver.definition.codes[index].codes.first { $0.value == range.lowerBound }?.name
  }

  /// The numbers a case stands for; nil when it does not say, or says what cannot be.
  private func caseRange(_ node: Node, _ shape: IntegerShape) -> ClosedRange<UInt64>? {
    if node["value"] != nil, node["from"] != nil || node["to"] != nil {
      diagnostics.error(node.position(of: "value"), "<case> has value=, or from= and to=, not both")
      return nil
    }
    if node["value"] == nil, node["from"] == nil || node["to"] == nil {
      diagnostics.error(node.position, "<case> needs value=, or from= and to=")
      return nil
    }
    let value = matchValue(node, "value", shape)
    guard let first = value ?? matchValue(node, "from", shape), let last = value ?? matchValue(node, "to", shape) else {
      return nil
    }
    guard first <= last else {
      diagnostics.error(node.position(of: "to"), "to=\"\(last)\" is below from=\"\(first)\"; the lower number comes first")
      return nil
    }
    return UInt64(first)...UInt64(last)
  }

  private static func isEmpty(_ node: Node) -> Bool { node.refused.isEmpty && node.children.allSatisfy { $0.name == "doc" } }

  /// The members of a case are a body of their own; nil when there are none, or when they could not all be resolved.
  private func caseBody(_ node: Node, named name: String, of choice: Node) -> Int? {
    guard !Self.isEmpty(node) else { return nil }
    let parts = [choice["name"] ?? "", name].map { $0.prefix(1).uppercased() + $0.dropFirst() }
    let typeName = body + parts.joined()
    let code = resolver.errorCode(choice, "error", inherited: context.code)
    let isOfElement = inheritsCode(choice)
    resolver.declareType(typeName, node) {
      .body(self.resolver.appendCase($0, node, code: code, isOfElement: isOfElement))
    }
    guard case .body(let index)? = resolver.types[typeName]?.kind, resolver.types[typeName]?.node === node else { return nil }
    resolver.defineBody(index)
    return resolver.losses.members[index] == nil ? index : nil
  }
}

extension ExpressionChecker {
  /// What a choice hangs on: the path of a number, or what remains.
  static func decider(
    _ text: String, _ scope: ExpressionScope
  ) throws(ExpressionFault) -> (WireExpression, IntegerShape) {
    let checker = ExpressionChecker(scope: scope, use: .on)
    let syntax = try ExpressionParser.parse(text)
    switch syntax.kind {
    case .remaining: return (.remaining, IntegerShape(bits: 32))
    case .path(let path):
      guard case .member(let member) = try checker.target(path, asked: false, syntax), case .integer(let shape) = member.kind,
        shape.isDecider
      else { break }
      return (.path(path), shape)
    default: break
    }
    throw ExpressionFault(
      message: "a choice hangs on an earlier unsigned number, code or bit, or on 'remaining'", offset: syntax.offset)
  }
}

extension IntegerShape {
  fileprivate var isDecider: Bool {
    if case .checksum? = computed { return false }
    return !isSigned && flags == nil && time == nil
  }
}

import WireText

// MARK: - Rules

extension MemberResolver {
  func resolveRules() -> [RuleDefinition] {
    var names: [String: Node] = [:]
    var resolved: [RuleDefinition] = []
    for rule in rules {
      let node = rule.node
      // What is wrong with a rule is said once, not again where its struct is used.
      guard let name = node["name"], node.isSound, !resolver.faultyRules.contains(ObjectIdentifier(node)) else { continue }
      let place = rule.use ?? node
      if let other = names[name] {
        diagnostics.error(
          rule.use?.position(of: "struct") ?? node.position(of: "name"),
          "a second rule '\(name)'; the first is in \(resolver.place(of: other, from: place))")
      }
      names[name] = place
      resolver.document("\(body).rule.\(name)", node)
      guard let test = expression(node, "test", .test) else {
        resolver.faultyRules.insert(ObjectIdentifier(node))
        continue
      }
      let code = resolver.errorCode(node, "error", inherited: rule.code)
      resolved.append(
        RuleDefinition(
          name: name, test: test, code: code, isWarning: node["severity"] == "warning",
          inheritsCode: rule.isOfElement && node["error"] == nil))
    }
    return resolved
  }

  /// When the elements of lists must be there: each reads its list and what stands before that.
  mutating func resolveRequirements() {
    for requirement in requirements {
      let later = Set(members[(requirement.list + 1)...].flatMap(\.ownNames))
      let scope = ExpressionScope(
        own: Array(members[...requirement.list]), world: resolver, later: later, ownLosses: ownLosses)
      guard let condition = expression(requirement.node, "requiredWhen", .requiredWhen, scope),
        case .list(var list) = members[requirement.list].kind
      else { continue }
      list.allowed[requirement.allowed].requiredWhen = condition
      members[requirement.list].kind = .list(list)
    }
  }
}

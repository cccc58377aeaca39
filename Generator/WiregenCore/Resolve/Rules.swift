import WireText

// MARK: - Rules

extension MemberResolver {
  /// The rules, and those that are checked before the members are.
  func resolveRules() -> (rules: [RuleDefinition], early: [MessageTraits.EarlyRule]) {
    var names: [String: Node] = [:]
    var resolved: [RuleDefinition] = []
    var early: [MessageTraits.EarlyRule] = []
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
      guard let isEarly = isEarly(rule), let definition = definition(of: rule, isEarly: isEarly) else {
        resolver.faultyRules.insert(ObjectIdentifier(node))
        continue
      }
      if isEarly {
        early.append(MessageTraits.EarlyRule(rule: definition, reads: reads(of: definition.test)))
      } else {
        resolved.append(definition)
      }
    }
    return (resolved, early)
  }

  private func isEarly(_ rule: RuleNode) -> Bool? {
    guard rule.node["early"] == "true" else { return false }
    if context.isMessage, rule.use == nil { return true }
    diagnostics.error(
      rule.node.position(of: "early"), "'early' is for the rules of a message, which has matches to come behind; leave it out")
    return nil
  }

  private func definition(of rule: RuleNode, isEarly: Bool) -> RuleDefinition? {
    guard let name = rule.node["name"], let test = expression(rule.node, "test", isEarly ? .early : .test) else { return nil }
    return RuleDefinition(
      name: name, test: test, code: resolver.errorCode(rule.node, "error", inherited: rule.code),
      isWarning: rule.node["severity"] == "warning", inheritsCode: rule.isOfElement && rule.node["error"] == nil)
  }

  /// Where the members stand that an early rule reads, in wire order.
  private func reads(of test: WireExpression) -> [MessageTraits.Match] {
    var reads: [MessageTraits.Match] = []
    for name in test.names {
      guard let place = resolver.fixedPlace(of: name, in: members, accepts: { _ in true }) else { continue }
      reads.append(
        MessageTraits.Match(
          member: name, offset: place.offset, size: place.size, shift: place.shift, bits: place.shape.bits,
          isLittleEndian: place.isLittleEndian, first: 0, last: CodeSpaceLimit.largest(bits: place.shape.bits),
          code: context.code))
    }
    return reads.sorted { ($0.offset, $1.shift) < ($1.offset, $0.shift) }
  }

  // MARK: Derived

  /// Notes a `<derive>`; its test is read once all members are there.
  mutating func derive(_ node: Node) {
    guard node.isSound, let name = node["name"] else { return lose(node) }
    guard claim(name, node) else { return }
    derived.append(RuleNode(node: node, use: use, code: nil, isOfElement: false))
    resolver.document("\(body).\(name)", node)
  }

  var derivedNames: Set<String> { Set(derived.compactMap { $0.node["name"] }) }

  func resolveDerived() -> [DerivedDefinition] {
    derived.compactMap { entry in
      guard let name = entry.node["name"], !resolver.faultyRules.contains(ObjectIdentifier(entry.node)) else { return nil }
      guard let test = expression(entry.node, "test", .derive) else {
        resolver.faultyRules.insert(ObjectIdentifier(entry.node))
        return nil
      }
      return DerivedDefinition(name: name, test: test)
    }
  }

  // MARK: Required elements

  /// When the elements of lists must be there: each reads its list and what stands before that.
  mutating func resolveRequirements() {
    for requirement in requirements {
      let later = Set(members[(requirement.list + 1)...].flatMap(\.ownNames))
      let scope = ExpressionScope(
        own: Array(members[...requirement.list]), world: resolver, later: later, derived: derivedNames,
        maximumOctets: maximumOctets,
        ownLosses: ownLosses)
      guard let condition = expression(requirement.node, "requiredWhen", .requiredWhen, scope),
        case .list(var list) = members[requirement.list].kind
      else { continue }
      list.allowed[requirement.allowed].requiredWhen = condition
      members[requirement.list].kind = .list(list)
    }
  }
}

extension WireExpression {
  /// The first steps of the paths it reads.
  fileprivate var names: Set<String> {
    switch self {
    case .path(let path), .flag(let path, _): Set(path.prefix(1))
    case .not(let inner), .inPrefix(let inner, _, _), .inRanges(let inner, _): inner.names
    case .binary(_, let left, let right): left.names.union(right.names)
    case .number, .boolean, .address, .remaining, .text, .item, .size, .count, .present, .over, .among: []
    }
  }
}

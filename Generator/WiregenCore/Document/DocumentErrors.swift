import WireText

/// What earns each protocol code: the other way round from what the tables of members, lists and rules say.
extension DocumentBuilder {
  /// A check that earns a code.
  private struct Cause {
    var code: UInt64?
    /// Where the check is.
    var anchor: String
    var place: String
    var what: HTML
  }

  /// What earns each code that is earned by something, to be opened.
  func causes() -> [UInt64: HTML] {
    let all = allCauses().compactMap { cause in cause.code.map { ($0, cause) } }
    return Dictionary(grouping: all, by: \.0).mapValues { own in
      let count: HTML = own.count == 1 ? "1 check" : "\(own.count) checks"
      return "<details class=\"causes\"><summary>earned by \(count)</summary>\(list(own.map(\.1)))</details>"
    }
  }

  private func list(_ causes: [Cause]) -> HTML {
    "<ul>\n\(causes.map { "<li>\(link($0.anchor, $0.place, class: "m")) \($0.what)</li>\n" as HTML })</ul>"
  }

  /// Of an extension: the protocol codes that what it adds earns.
  func errorTable() -> HTML {
    let causes = allCauses()
    guard let index = definition.errorCodes, causes.contains(where: { $0.code != nil }) else { return "" }
    let rows = definition.codes[index].codes.compactMap { code -> HTML? in
      let own = causes.filter { $0.code == code.value }
      return own.isEmpty ? nil : "<tr><td class=\"num\">\(code.value)</td><td>\(code.label)</td><td>\(list(own))</td></tr>\n"
    }
    return "<h2 id=\"errors\">Protocol errors</h2>\n"
      + table("codes", [("num", "Value"), ("", "Error"), ("", "Earned by")], rows)
  }

  private func allCauses() -> [Cause] {
    var causes: [Cause] = []
    let others = definition.bodies.indices.filter { definition.bodies[$0].message == nil }
    let bodies = schema.addition.map { Array($0.bodies) } ?? definition.messages + others
    for index in bodies { causes += self.causes(in: index) }
    if !isExtension {
      for family in definition.families { causes += self.causes(in: family) }
      for (index, framing) in definition.framings.enumerated() {
        causes.append(Cause(code: framing.code, anchor: "framing", place: "framing \(index + 1)", what: "a size out of bounds"))
      }
    }
    return causes
  }

  private func causes(in index: Int) -> [Cause] {
    let body = definition.bodies[index]
    var causes: [Cause] = []
    if let traits = body.message {
      if traits.maximumSize != nil || traits.sizeMultiple > 1 {
        causes.append(Cause(code: traits.sizeCode, anchor: body.name, place: body.name, what: "of a wrong size"))
      }
      causes += traits.earlyRules.map { cause($0.rule, body) }
    }
    causes.append(Cause(code: body.code, anchor: body.name, place: body.name, what: "too short, or with octets left over"))
    for member in body.members.dropFirst(body.headerCount).flatMap(\.flattened) {
      let anchor = member.name.isEmpty ? body.name : "\(body.name).\(member.name)"
      if listing.hasCode(member.kind) {
        causes.append(Cause(code: member.code, anchor: anchor, place: anchor, what: Self.fault(member.kind)))
      }
      if case .list(let shape) = member.kind { causes += self.causes(in: shape, anchor) }
    }
    return causes + body.rules.map { cause($0, body) }
  }

  private func cause(_ rule: RuleDefinition, _ body: BodyDefinition) -> Cause {
    Cause(
      code: rule.code, anchor: "\(body.name):rule:\(rule.name)", place: "\(body.name) \(rule.name)", what: "does not hold")
  }

  private func causes(in list: ListShape, _ owner: String) -> [Cause] {
    let family = definition.families[list.family]
    return list.allowed.flatMap { use -> [Cause] in
      let anchor = "\(owner).\(family.elements[use.element].name)"
      var causes: [Cause] = []
      if use.minimum > 0 || use.requiredWhen != nil {
        causes.append(Cause(code: use.missingCode, anchor: anchor, place: anchor, what: "missing"))
      }
      if use.maximum != nil || use.position != nil || list.isOrdered {
        let what: HTML = use.maximum == nil ? "out of its place" : "too many"
        causes.append(Cause(code: use.excessCode, anchor: anchor, place: anchor, what: what))
      }
      if let code = use.invalidCode {
        causes.append(Cause(code: code, anchor: anchor, place: anchor, what: "with a wrong value"))
      }
      return causes
    }
  }

  private func causes(in family: FamilyDefinition) -> [Cause] {
    let name = family.name
    let unknown = family.unknown.enumerated().filter { $0.element.action == .reject }.map { index, policy in
      Cause(
        code: policy.code, anchor: "\(name):unknown:\(index)", place: "\(name) \(policy.first)–\(policy.last)",
        what: "unknown, where it must be understood")
    }
    return [Cause(code: family.code, anchor: name, place: name, what: "with a wrong header")] + unknown
  }

  /// What is wrong with a member that has checks.
  private static func fault(_ kind: MemberKind) -> HTML {
    switch kind {
    case .integer(let shape):
      if case .checksum = shape.computed { return "not the checksum" }
      if shape.constant != nil { return "another value" }
      return shape.minimum != nil || shape.maximum != nil ? "out of range" : "without a meaning"
    case .reserved, .reservedRest: return "not as it must be sent"
    case .text: return "ill-formed, or of a wrong length"
    case .octets, .array: return "out of bounds"
    case .choice: return "without a case"
    case .bits, .ipv4, .ipv6, .mac, .structure, .list: return ""
    }
  }
}

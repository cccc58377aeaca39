import WireText

// MARK: - Arrays

extension MemberResolver {
  mutating func array(_ node: Node) -> Member? {
    let index = pending.firstIndex { $0.target == node["name"] && $0.node.name == "count" }
    let count = index.map { pending.remove(at: $0) }
    if count == nil, node["until"] != "end" {
      if !ownLosses.counted.contains(node["name"] ?? "") {
        diagnostics.error(
          node.position, "<array> needs a <count of=\"\(node["name"] ?? "")\"/> before it, or until=\"end\"")
      }
      return nil
    }
    if let count, node["until"] != nil {
      diagnostics.error(
        node.position(of: "until"),
        "the array is counted by '\(count.name)' (\(resolver.place(of: count.node, from: node))); leave 'until' out")
    }
    let limits = bounds(node)
    guard let type = node["of"], let element = arrayElement(type, node, isBounded: limits.low > 0 || limits.high != nil)
    else { return nil }
    let end = count.map { ArrayShape.End.counted(by: $0.name) } ?? .container
    return make(
      node, .array(ArrayShape(element: element, end: end, minimum: limits.low, maximum: limits.high)))
  }

  private func arrayElement(_ type: String, _ node: Node, isBounded: Bool) -> Member? {
    let kind: MemberKind
    switch type {
    case "ipv4": kind = .ipv4
    case "ipv6": kind = .ipv6
    case "mac": kind = .mac
    default:
      if let shape = integer(type, node) {
        kind = .integer(shape)
      } else if let structure = arrayStructure(type, node) {
        kind = structure
      } else {
        return nil
      }
    }
    if case .integer(let shape) = kind {
      let isClosed = shape.codes.map { !resolver.definition.codes[$0].isOpen } ?? false
      if !isBounded, !isClosed { refuseJudgement(node, on: "an array of such values without min= and max=") }
    } else {
      refuse(node, ["byteOrder"], on: "an array of '\(type)'")
      if !isBounded { refuseJudgement(node, on: "an array of '\(type)' without min= and max=") }
    }
    return Member(name: "", label: "", kind: kind, code: code(node), isWarning: node["severity"] == "warning")
  }

  private func arrayStructure(_ type: String, _ node: Node) -> MemberKind? {
    guard let declared = resolver.types[type] else {
      if !resolver.losses.types.contains(type) {
        let known = resolver.types.filter { ["codes", "struct"].contains($0.value.node.name) }.keys.sorted()
        diagnostics.error(
          node.position(of: "of"), "there is no type '\(type)'\(suggestion(for: type, among: known))")
      }
      return nil
    }
    guard case .body(let index) = declared.kind, declared.node.name == "struct" else {
      if declared.node.name != "codes" {
        diagnostics.error(
          node.position(of: "of"),
          "'\(type)' is a <\(declared.node.name)>; an array holds numbers, addresses, <codes> or a <struct>")
      }
      return nil
    }
    guard resolver.isDefined(index, neededBy: node, "of") else { return nil }
    let sizes = resolver.sizes
    guard resolver.losses.members[index] == nil else { return .structure(index) }
    if sizes.minimum(ofBody: index) == 0 {
      diagnostics.error(node.position(of: "of"), "'\(type)' may have no octets at all; an array of it has no end")
    } else if sizes.takesTheRest(body: index) {
      diagnostics.error(
        node.position(of: "of"), "'\(type)' takes all that is left of its container; there is never a second one")
    }
    return .structure(index)
  }
}

// MARK: - Lists

extension MemberResolver {
  func list(_ node: Node) -> Member? {
    guard let name = node["of"], let listName = node["name"] else { return nil }
    guard let declared = resolver.types[name], case .family(let family) = declared.kind else {
      if !resolver.losses.types.contains(name) {
        let known = resolver.definition.families.map(\.name)
        diagnostics.error(
          node.position(of: "of"), "there are no <tlvs name=\"\(name)\">\(suggestion(for: name, among: known))")
      }
      return nil
    }
    refuseHiding(listName, node)
    var allowed: [ListShape.Allowed] = []
    var seen: [Int: Node] = [:]
    for child in node.children("allow") {
      guard let use = allow(child, family) else { continue }
      if let other = seen[use.element] {
        diagnostics.error(
          child.position(of: "tlv"),
          "'\(child["tlv"] ?? "")' is allowed a second time; the first is in \(resolver.place(of: other, from: child))")
        continue
      }
      seen[use.element] = child
      allowed.append(use)
    }
    return make(node, .list(ListShape(family: family, allowed: allowed)))
  }

  /// The type of a list is nested in that of its message, where it hides a type of its name.
  private func refuseHiding(_ list: String, _ node: Node) {
    let nested = list.prefix(1).uppercased() + list.dropFirst()
    let position = node.position(of: "name")
    if SwiftTypes.names.contains(nested) {
      diagnostics.error(position, "the list's type '\(nested)' is one that generated code uses; choose another name")
    } else if members.contains(where: { typeName(of: $0) == nested }), let other = resolver.types[nested]?.node {
      let place = resolver.place(of: other, from: node)
      diagnostics.error(
        position, "the list's type '\(nested)' would hide the type of another member (\(place)); choose another name")
    }
  }

  /// The type of a schema that a member, or one of a group of bits, has.
  private func typeName(of member: Member) -> String? {
    switch member.kind {
    case .integer(let shape): shape.codes.map { resolver.definition.codes[$0].name }
    case .structure(let index): resolver.definition.bodies[index].name
    case .array(let shape): typeName(of: shape.element)
    case .bits(_, _, let group): group.lazy.compactMap { typeName(of: $0) }.first
    case .reserved, .reservedRest, .ipv4, .ipv6, .mac, .octets, .text, .list, .choice: nil
    }
  }

  private func allow(_ node: Node, _ family: Int) -> ListShape.Allowed? {
    guard let name = node["tlv"] else { return nil }
    guard let element = resolver.elementPlaces[family][name] else {
      if resolver.losses.elements[family]?.contains(name) == true { return nil }
      let hint = suggestion(for: name, among: resolver.definition.families[family].elements.map(\.name))
      diagnostics.error(
        node.position(of: "tlv"),
        "<tlvs name=\"\(resolver.definition.families[family].name)\"> has no '\(name)'\(hint)")
      return nil
    }
    guard node.isSound, let use = resolver.cardinality(node, family, element) else {
      // Whatever asks for the element is not told that the list does not allow it.
      return ListShape.Allowed(element: element, minimum: 0, maximum: 1, missingCode: nil, excessCode: nil)
    }
    return use
  }
}

extension Resolver {
  /// How often an `<allow>` lets an element come, and the codes of too few and too many.
  func cardinality(_ node: Node, _ family: Int, _ element: Int) -> ListShape.Allowed? {
    guard let occurs = node["occurs"].flatMap({ Occurrence($0) }) else { return nil }
    let limit = number(node, "max", in: 1...UInt64(UInt32.max)).map { Int($0) }
    if let limit {
      if occurs.maximum != nil {
        diagnostics.error(
          node.position(of: "max"), "max= goes with an occurs= that has no end; occurs=\"\(node["occurs"] ?? "")\" has one")
      } else if limit < occurs.minimum {
        diagnostics.error(node.position(of: "max"), "max=\"\(limit)\" is below the least of occurs=\"\(node["occurs"] ?? "")\"")
      }
    }
    let maximum = occurs.maximum ?? limit
    func refuse(_ attribute: String, _ reason: String) {
      guard node[attribute] != nil else { return }
      diagnostics.error(node.position(of: attribute), "'\(attribute)' means nothing where \(reason); leave it out")
    }
    if occurs.minimum == 0 { refuse("missing", "the element may be missing") }
    if maximum == nil { refuse("excess", "the element may come any number of times") }
    if occurs.minimum == 0, maximum == nil { refuse("error", "the element may come any number of times") }
    let inherited = errorCode(node, "error", inherited: definition.families[family].elements[element].code)
    return ListShape.Allowed(
      element: element, minimum: occurs.minimum, maximum: maximum,
      missingCode: errorCode(node, "missing", inherited: inherited),
      excessCode: errorCode(node, "excess", inherited: inherited))
  }
}

// MARK: - Uses

extension MemberResolver {
  /// Takes in the members and rules of a struct: as if they stood here, but for the codes that the struct gives.
  mutating func use(_ node: Node) {
    guard let name = node["struct"] else { return }
    guard let declared = resolver.types[name], case .body(let index) = declared.kind, declared.node.name == "struct"
    else {
      refuseUse(name, node)
      ownLosses.open()
      return
    }
    guard resolver.isDefined(index, neededBy: node, "struct") else {
      ownLosses.open()
      return
    }
    // What is wrong with the struct has been said where it is.
    if resolver.faultyBodies.contains(index) {
      ownLosses.open()
      return
    }
    takeMatches(node)
    let (outer, around) = (context, use)
    context.code = resolver.errorCode(declared.node, "error", inherited: context.code)
    if around == nil { use = node }
    for child in declared.node.children { resolve(child) }
    (context, use) = (outer, around)
  }

  private mutating func takeMatches(_ node: Node) {
    for match in node.children("match") {
      if context.isMessage {
        matches.append(MatchNode(node: match, use: node))
      } else {
        diagnostics.error(
          match.position, "'match in \(context.kind)' is not implemented yet in this version of wiregen")
      }
    }
  }

  private func refuseUse(_ name: String, _ node: Node) {
    if resolver.losses.types.contains(name) { return }
    if let other = resolver.types[name] {
      diagnostics.error(node.position(of: "struct"), "'\(name)' is a <\(other.node.name)>; a <struct> can be used")
      return
    }
    let known = resolver.types.filter { $0.value.node.name == "struct" }.keys.sorted()
    diagnostics.error(
      node.position(of: "struct"), "there is no <struct name=\"\(name)\">\(suggestion(for: name, among: known))")
  }
}

// MARK: - Rules

extension MemberResolver {
  func resolveRules() -> [RuleDefinition] {
    var names: [String: Node] = [:]
    var resolved: [RuleDefinition] = []
    for rule in rules {
      let node = rule.node
      guard let name = node["name"], node.isSound else { continue }
      let place = rule.use ?? node
      if let other = names[name] {
        diagnostics.error(
          rule.use?.position(of: "struct") ?? node.position(of: "name"),
          "a second rule '\(name)'; the first is in \(resolver.place(of: other, from: place))")
      }
      names[name] = place
      resolver.document("\(body).rule.\(name)", node)
      guard let test = expression(node, "test", .test) else { continue }
      let code = resolver.errorCode(node, "error", inherited: rule.code)
      resolved.append(RuleDefinition(name: name, test: test, code: code, isWarning: node["severity"] == "warning"))
    }
    return resolved
  }
}

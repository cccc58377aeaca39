import WireText

// MARK: - Lists

extension MemberResolver {
  mutating func list(_ node: Node) {
    guard let name = node["of"], node["name"] != nil else { return }
    guard let declared = resolver.types[name], case .family(let family) = declared.kind else {
      if !resolver.losses.types.contains(name) {
        let known = resolver.definition.families.map(\.name)
        diagnostics.error(
          node.position(of: "of"), "there are no <tlvs name=\"\(name)\">\(suggestion(for: name, among: known))")
      }
      return lose(node)
    }
    guard let end = listEnd(node) else { return lose(node) }
    nest(node, "list")
    var shape = ListShape(family: family, allowed: [], isOrdered: node["order"] == "listed", end: end)
    var seen: [Int: Node] = [:]
    var conditional: [Requirement] = []
    for child in node.children("allow") {
      guard let use = allow(child, shape) else { continue }
      if let other = seen[use.element] {
        diagnostics.error(
          child.position(of: "tlv"),
          "'\(child["tlv"] ?? "")' is allowed a second time; the first is in \(resolver.place(of: other, from: child))")
        continue
      }
      seen[use.element] = child
      if child["requiredWhen"] != nil {
        conditional.append(Requirement(node: child, list: members.count, allowed: shape.allowed.count))
      }
      shape.allowed.append(use)
      if let list = node["name"], let element = child["tlv"] { resolver.document("\(body).\(list).\(element)", child) }
    }
    let count = members.count
    if let owner = context.body {
      let elements = resolver.definition.families[family].elements
      resolver.containments.append(
        Containment(owner: owner, parts: shape.allowed.map { elements[$0.element].body }, family: family, node: node))
    }
    add(make(node, .list(shape)), node)
    if members.count > count { requirements += conditional }
  }

  /// Where a list ends; nil when what says so is wrong.
  private func listEnd(_ node: Node) -> ListShape.End? {
    if node["count"] != nil, node["size"] != nil {
      diagnostics.error(
        node.position(of: "size"), "'size' beside 'count': only one of them says where the list ends")
    }
    if node["count"] != nil { return expression(node, "count", .count).map { .count($0) } }
    if node["size"] != nil { return expression(node, "size", .size).map { .size($0) } }
    return .container
  }

  /// Notes the type that a list or a choice has within that of the body.
  mutating func nest(_ node: Node, _ what: String) {
    guard let name = node["name"] else { return }
    nestedTypes.append(NestedType(name: name.prefix(1).uppercased() + name.dropFirst(), what: what, node: use ?? node))
  }

  /// A nested type hides a type of its name from the rest of the body.
  func refuseHiding(_ type: NestedType) {
    let position = type.node.position(of: type.node.name == "use" ? "struct" : "name")
    if SwiftTypes.names.contains(type.name) {
      diagnostics.error(
        position, "the \(type.what)'s type '\(type.name)' is one that generated code uses; choose another name")
    } else if members.contains(where: { typeNames(of: $0).contains(type.name) }), let other = resolver.types[type.name]?.node {
      let place = resolver.place(of: other, from: type.node)
      diagnostics.error(
        position,
        "the \(type.what)'s type '\(type.name)' would hide the type of another member (\(place)); choose another name")
    }
  }

  /// The types of a schema that the property of a member, or those of a group of bits, names.
  private func typeNames(of member: Member) -> [String] {
    let definition = resolver.definition
    switch member.kind {
    case .integer(let shape):
      return (shape.codes.map { [definition.codes[$0].name] } ?? []) + (shape.flags.map { [definition.flags[$0].name] } ?? [])
    case .structure(let index): return [definition.bodies[index].name]
    case .array(let shape): return typeNames(of: shape.element)
    case .bits(_, _, let group): return group.flatMap { typeNames(of: $0) }
    case .list(let shape):
      return shape.allowed.map { definition.bodies[definition.families[shape.family].elements[$0.element].body].name }
    case .choice(let shape): return shape.allCases.compactMap { $0.body.map { definition.bodies[$0].name } }
    case .reserved, .reservedRest, .ipv4, .ipv6, .mac, .octets, .text: return []
    }
  }

  private func allow(_ node: Node, _ list: ListShape) -> ListShape.Allowed? {
    let family = list.family
    guard let name = node["tlv"] else { return nil }
    guard let element = resolver.elementPlaces[family][name] else {
      if resolver.losses.elements[family]?.contains(name) == true { return nil }
      let hint = suggestion(for: name, among: resolver.definition.families[family].elements.map(\.name))
      diagnostics.error(
        node.position(of: "tlv"),
        "<tlvs name=\"\(resolver.definition.families[family].name)\"> has no '\(name)'\(hint)")
      return nil
    }
    guard node.isSound, let use = resolver.cardinality(node, list, element) else {
      // Whatever asks for the element is not told that the list does not allow it.
      return ListShape.Allowed(element: element, minimum: 0, maximum: 1, missingCode: nil, excessCode: nil)
    }
    return use
  }
}

extension Resolver {
  /// How often an `<allow>` lets an element come and where, and the codes of what is wrong with that.
  func cardinality(_ node: Node, _ list: ListShape, _ element: Int) -> ListShape.Allowed? {
    guard let occurs = node["occurs"].flatMap({ Occurrence($0) }) else { return nil }
    let maximum = checkMaximum(node, occurs)
    let position = node["position"].flatMap { ListShape.Position(rawValue: $0) }
    let mayLack = occurs.minimum > 0 || node["requiredWhen"] != nil
    let mayExceed = maximum != nil || position != nil || list.isOrdered
    refuseIdle(node, occurs, mayLack: mayLack, mayExceed: mayExceed)
    let family = definition.families[list.family].elements[element]
    let inherited = errorCode(node, "error", inherited: family.code)
    if node["invalid"] != nil { judgedBodies.insert(family.body) }
    return ListShape.Allowed(
      element: element, minimum: occurs.minimum, maximum: maximum,
      missingCode: errorCode(node, "missing", inherited: inherited),
      excessCode: errorCode(node, "excess", inherited: inherited), invalidCode: errorCode(node, "invalid", inherited: nil),
      position: position)
  }

  private func checkMaximum(_ node: Node, _ occurs: Occurrence) -> Int? {
    let limit = number(node, "max", in: 1...UInt64(UInt32.max)).map { Int($0) }
    guard let limit else { return occurs.maximum }
    if occurs.maximum != nil {
      diagnostics.error(
        node.position(of: "max"), "max= goes with an occurs= that has no end; occurs=\"\(node["occurs"] ?? "")\" has one")
    } else if limit < occurs.minimum {
      diagnostics.error(node.position(of: "max"), "max=\"\(limit)\" is below the least of occurs=\"\(node["occurs"] ?? "")\"")
    }
    return occurs.maximum ?? limit
  }

  /// Says of attributes that what they are about cannot be.
  private func refuseIdle(_ node: Node, _ occurs: Occurrence, mayLack: Bool, mayExceed: Bool) {
    func refuse(_ attribute: String, _ reason: String) {
      guard node[attribute] != nil else { return }
      diagnostics.error(node.position(of: attribute), "'\(attribute)' means nothing where \(reason); leave it out")
    }
    if occurs.maximum == 0 {
      for attribute in ["invalid", "requiredWhen", "position"] { refuse(attribute, "the element is forbidden") }
    } else if occurs.minimum > 0 {
      refuse("requiredWhen", "the element must occur anyway")
    }
    if !mayLack { refuse("missing", "the element may be missing") }
    if !mayExceed { refuse("excess", "the element may come any number of times") }
    if !mayLack, !mayExceed { refuse("error", "the element may come any number of times") }
  }
}

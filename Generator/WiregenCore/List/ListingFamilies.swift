import WireText

// MARK: - Families

extension ListingBuilder {
  /// A family with its elements; of an extension, with those it adds, and nil when it adds none.
  func family(_ index: Int) -> JSONValue? {
    let family = definition.families[index]
    var entries: [JSONValue.Entry] = [.init("name", .string(family.name))]
    if schema.addition == nil {
      entries += described(family.name)
      if family.alignment > 1 { entries.append(.init("align", number(family.alignment))) }
      if family.checksPadding { entries.append(.init("padding", .string("zero"))) }
      if let depth = family.maximumDepth { entries.append(.init("maxDepth", number(depth))) }
      entries += error("error", family.code)
      entries.append(.init("header", .array(header(family))))
      entries.append(.init("unknown", .array(family.unknown.indices.map { unknown($0, of: family) })))
      entries.append(.init("elements", .array(family.elements.map { .object(element($0, family)) })))
      let codes = definition.codes[family.codes]
      entries.append(.init("ranges", .array(ranges(codes.ranges, of: codes.name))))
      return .object(entries)
    }
    let (elements, uses) = (addedElements(of: index), addedUses(of: index))
    if elements.isEmpty, uses.isEmpty { return nil }
    return .object(entries + [.init("elements", .array(elements)), .init("allowed", .array(uses))])
  }

  /// The members of the header; tag, extra tag and length say that they are, and the length what it counts.
  private func header(_ family: FamilyDefinition) -> [JSONValue] {
    let length = family.header.indices.contains(family.length) ? family.header[family.length].name : ""
    return members(family.header, family.name).map { member in
      guard case .object(var entries) = member.content, case .string(let name)? = member["name"]?.content else { return member }
      switch name {
      case family.tagName: entries.append(.init("role", .string("tag")))
      case family.extraTag: entries.append(.init("role", .string("extraTag")))
      case length:
        entries += [.init("role", .string("length")), .init("counts", .string(family.lengthCountsElement ? "element" : "value"))]
        if family.lengthCountsPadding { entries.append(.init("countsPadding", .boolean(true))) }
        if family.lengthUnit > 1 { entries.append(.init("octetsPerUnit", number(family.lengthUnit))) }
        if family.lengthPlus != 0 { entries.append(.init("plus", number(family.lengthPlus))) }
      default: break
      }
      return .object(entries)
    }
  }

  private func unknown(_ index: Int, of family: FamilyDefinition) -> JSONValue {
    let policy = family.unknown[index]
    var entries: [JSONValue.Entry] = [.init("from", number(policy.first)), .init("to", number(policy.last))]
    if let direction = policy.direction { entries.append(.init("direction", .string(definition.directions[direction]))) }
    if let extra = policy.extraTag { entries.append(.init("extraCode", number(extra))) }
    entries.append(.init("action", .string(policy.action.rawValue)))
    if policy.action == .reject { entries += error("error", policy.code) }
    return .object(entries + described("\(family.name).unknown.\(index)"))
  }

  func element(_ element: FamilyDefinition.Element, _ family: FamilyDefinition) -> [JSONValue.Entry] {
    var entries: [JSONValue.Entry] = [.init("code", number(element.tag))]
    if family.extraTag != nil { entries.append(.init("extraCode", number(element.extraTag))) }
    entries += [
      .init("name", .string(element.name)), .init("label", .string(element.label)),
      .init("type", .string(definition.bodies[element.body].name)),
    ]
    if family.headerIsInBody { entries.append(.init("header", .array(narrowed(element, family)))) }
    return entries + body(element.body).dropFirst()
  }

  /// The members of the header that may be less in this element than in others of the family.
  private func narrowed(_ element: FamilyDefinition.Element, _ family: FamilyDefinition) -> [JSONValue] {
    let body = definition.bodies[element.body]
    let length = family.header.indices.contains(family.length) ? family.header[family.length].name : ""
    let told = [family.tagName, family.extraTag, length]
    let words: Set = ["spec", "doc", "since", "deprecated"]
    let own = members(Array(body.members.prefix(body.headerCount)), body.name)
    return zip(own, members(family.header, family.name)).compactMap { member, usual in
      guard case .object(let entries) = member.content, case .string(let name)? = member["name"]?.content,
        !told.contains(name), ["const", "only", "min", "max"].contains(where: { member[$0] != usual[$0] })
      else { return nil }
      return .object(entries.filter { !words.contains($0.key) } + described("\(body.name).match.\(name)"))
    }
  }

  /// How often an element comes, and the protocol codes of too few and too many.
  ///
  /// - Parameters:
  ///   - isRequired: whether it must be there at times, however few there may be otherwise.
  ///   - hasPlace: whether it can be out of order, which earns the code of too many.
  func cardinality(
    _ minimum: Int, _ maximum: Int?, missing: UInt64?, excess: UInt64?, isRequired: Bool, hasPlace: Bool
  ) -> [JSONValue.Entry] {
    let occurs = maximum == minimum ? "\(minimum)" : "\(minimum)..\(maximum.map(String.init) ?? "*")"
    return [.init("occurs", .string(occurs))] + (minimum > 0 || isRequired ? error("missing", missing) : [])
      + (maximum != nil || hasPlace ? error("excess", excess) : [])
  }
}

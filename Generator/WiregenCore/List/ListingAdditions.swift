import WireText

/// What an extension adds to what is not its own.
extension ListingBuilder {
  /// The elements that it adds to a family, each with the lists that take it.
  func addedElements(of family: Int) -> [JSONValue] {
    let elements = definition.families[family].elements
    return (schema.addition?.elements ?? []).filter { $0.family == family }.map { added in
      let uses = added.uses.map { JSONValue.object(use($0, elements[added.element].name)) }
      return .object(element(elements[added.element], definition.families[family]) + [.init("allowed", .array(uses))])
    }
  }

  /// The lists that take elements of others besides.
  func addedUses(of family: Int) -> [JSONValue] {
    (schema.addition?.addedUses ?? []).filter { $0.family == family }.map { added in
      let name = definition.families[family].elements[added.element].name
      return .object([.init("name", .string(name))] + use(added.use, name))
    }
  }

  private func use(_ use: ResolvedSchema.AddedElement.Use, _ element: String) -> [JSONValue.Entry] {
    let body = definition.bodies[use.body]
    var entries: [JSONValue.Entry] = [.init("in", .string("\(body.name).\(use.list)"))]
    entries += cardinality(
      use.minimum, use.maximum, missing: use.missingCode, excess: use.excessCode, isRequired: use.requiredWhen != nil,
      hasPlace: use.position != nil)
    entries += error("invalid", use.invalidCode)
    if let condition = use.requiredWhen { entries.append(.init("requiredWhen", .string(text(condition, body.members)))) }
    if let position = use.position { entries.append(.init("position", .string(position.rawValue))) }
    return entries + described("\(body.name).\(use.list).\(element)")
  }

  /// Types of codes of others, with the names they get.
  var addedCodes: [JSONValue] {
    definition.codes.indices.compactMap { index in
      let codes = definition.codes[index]
      let added = (schema.addition?.addedCodes ?? []).filter { $0.codes == index }.map { code(codes.codes[$0.code], index) }
      return added.isEmpty ? nil : .object([.init("name", .string(codes.name)), .init("codes", .array(added))])
    }
  }

  /// Sets of flags of others, with those they get.
  var addedFlags: [JSONValue] {
    definition.flags.indices.compactMap { index in
      let flags = definition.flags[index]
      let added = (schema.addition?.addedFlags ?? []).filter { $0.flags == index }.map { flag(flags.flags[$0.flag], of: flags) }
      return added.isEmpty ? nil : .object([.init("name", .string(flags.name)), .init("flags", .array(added))])
    }
  }
}

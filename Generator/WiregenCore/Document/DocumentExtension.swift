import WireText

/// What an extension adds to families and lists of others.
extension DocumentBuilder {
  func addedElements() -> HTML {
    guard let addition = schema.addition else { return "" }
    return definition.families.indices.map { family -> HTML in
      let elements = addition.elements.filter { $0.family == family }
      let uses = addition.addedUses.filter { $0.family == family }
      if elements.isEmpty, uses.isEmpty { return "" }
      let name = definition.families[family].name
      return """
        <h2 id="elements.\(name)">Elements: \(name)</h2>
        \(uses.isEmpty ? "" : addedUses(uses, family))\(elements.map { added in addedElement(added) })
        """
    }.joined()
  }

  private func addedElement(_ added: ResolvedSchema.AddedElement) -> HTML {
    element(added.element, of: added.family)
  }

  /// Lists that take elements of others besides.
  private func addedUses(_ uses: [ResolvedSchema.AddedUse], _ family: Int) -> HTML {
    let elements = definition.families[family].elements
    let rows = uses.map { added -> Row in
      let element = elements[added.element]
      let use = added.use
      let body = definition.bodies[use.body]
      let anchor = "\(body.name).\(use.list).\(element.name)"
      var words: [HTML] = [often(use.minimum, use.maximum)]
      if let condition = use.requiredWhen {
        words.append("required when <code>\(expression(condition, in: use.body))</code>")
      }
      if let position = use.position { words.append("stands \(position.rawValue)") }
      let codes = errors(missing: use.missingCode, excess: use.excessCode, invalid: use.invalidCode)
      return Row(
        attributes: " id=\"\(anchor)\"",
        cells: [
          number(element, definition.families[family]), "\(element.name)", "\(body.name).\(use.list)", words.listed, codes,
          remarks(anchor),
        ])
    }
    return "<h4>Elements that more lists take</h4>\n"
      + table(
        "uses", [("num", "Code"), ("m", "Element"), ("m", "In"), ("", "How often"), ("", "Else"), ("", "Meaning")], rows)
  }
}

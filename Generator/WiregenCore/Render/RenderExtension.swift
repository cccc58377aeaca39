import WireText

/// Renders the accessors that an extension's element gets on the lists of a protocol published by another module.
struct ExtensionRenderer {
  let context: RenderContext
  let added: ResolvedSchema.AddedElement

  func render() -> RenderedType {
    let family = context.definition.families[added.family]
    let element = family.elements[added.element]
    let body = SwiftName.type(context.definition.bodies[element.body].name)
    var source = SwiftSource()
    for (index, use) in added.uses.enumerated() {
      if index > 0 { source.line() }
      let message = SwiftName.type(context.definition.bodies[use.body].name)
      source.block("extension \(message).\(SwiftName.nested(use.list))") { inner in
        if use.maximum == 1 { renderSingle(element, body, family, &inner) } else { renderMany(element, body, family, &inner) }
      }
    }
    return RenderedType(name: "\(body)+", source: source)
  }

  private func renderSingle(
    _ element: FamilyDefinition.Element, _ body: String, _ family: FamilyDefinition, _ source: inout SwiftSource
  ) {
    let name = SwiftName.property(element.name)
    source.comment(
      "The `\(element.label)` among the kept elements; nil when there is none.\n\n- Throws: the error of a strict decoder; "
        + "offsets count from the start of the element's value.")
    source.block("\(context.access)var \(name): \(body)?") { inner in
      inner.block("get throws(WireError)") { get in
        get.line("guard let element = unknown.first(where: { $0.tag == \(element.tag) }) else { return nil }")
        get.line("return try \(body)(decoding: Array(element.value))")
      }
    }
    source.line()
    source.comment("Replaces the `\(element.label)` among the kept elements; nil takes it out.")
    source.block("\(context.access)mutating func set(\(element.name): \(body)?) throws(WireError)") { inner in
      inner.line("let place = unknown.firstIndex { $0.tag == \(element.tag) }")
      inner.block("guard let value = \(element.name) else") { none in
        none.line("unknown.removeAll { $0.tag == \(element.tag) }")
        none.line("return")
      }
      inner.line(
        "let kept = try \(context.typeName(of: family)).kept(\(family.name)Code(rawValue: \(element.tag)), value: value.encoded())"
      )
      inner.line("if let place { unknown[place] = kept } else { unknown.append(kept) }")
    }
  }

  private func renderMany(
    _ element: FamilyDefinition.Element, _ body: String, _ family: FamilyDefinition, _ source: inout SwiftSource
  ) {
    let name = SwiftName.property(element.name)
    source.comment("Every `\(element.label)` among the kept elements.\n\n- Throws: the error of a strict decoder.")
    source.block("\(context.access)var \(name): [\(body)]") { inner in
      inner.block("get throws(WireError)") { get in
        get.line("var result: [\(body)] = []")
        get.block("for element in unknown where element.tag == \(element.tag)") {
          $0.line("result.append(try \(body)(decoding: Array(element.value)))")
        }
        get.line("return result")
      }
    }
    source.line()
    source.comment("Replaces every `\(element.label)` among the kept elements.")
    source.block("\(context.access)mutating func set(\(element.name): [\(body)]) throws(WireError)") { inner in
      inner.line("var kept: [KeptElement] = []")
      inner.block("for value in \(element.name)") {
        $0.line(
          "kept.append(try \(context.typeName(of: family)).kept(\(family.name)Code(rawValue: \(element.tag)), value: value.encoded()))"
        )
      }
      inner.line("unknown.removeAll { $0.tag == \(element.tag) }")
      inner.line("unknown += kept")
    }
  }
}

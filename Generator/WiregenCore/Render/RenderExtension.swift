import WireText

/// Renders what an extension adds to lists of a protocol published by another module: accessors over the elements they keep.
struct ExtensionRenderer {
  let context: RenderContext
  let added: ExtensionAddition

  private var access: String { context.access }
  private var family: FamilyDefinition { context.definition.families[added.family] }
  private var element: FamilyDefinition.Element { family.elements[added.element] }
  private var type: String { SwiftName.type(context.definition.bodies[element.body].name) }
  private var property: String { SwiftName.property(element.name) }

  func render() -> RenderedType {
    var source = SwiftSource()
    for (index, use) in added.uses.enumerated() {
      if index > 0 { source.line() }
      let body = SwiftName.type(context.definition.bodies[use.body].name)
      source.block("extension \(body).\(SwiftName.nested(use.list))") { inner in
        if use.maximum == 1 { renderSingle(&inner) } else { renderMany(&inner) }
      }
    }
    return RenderedType(name: "\(type)+", source: source)
  }

  private func renderSingle(_ source: inout SwiftSource) {
    source.comment(
      "The `\(element.label)` among the kept elements; nil when there is none.\n\n- Throws: the error of a strict decoder; "
        + "offsets count from the start of the element's \(family.headerIsInBody ? "header" : "value").")
    source.block("\(access)var \(property): \(type)?") { inner in
      inner.block("get throws(WireError)") { get in
        get.line("guard let element = unknown.first(where: { \(isSame("$0")) }) else { return nil }")
        get.line("return \(decoded)")
      }
    }
    source.line()
    source.comment("Replaces the `\(element.label)` among the kept elements; nil takes it out.")
    source.block("\(access)mutating func set(\(element.name): \(type)?) throws(WireError)") { inner in
      inner.line("let place = unknown.firstIndex { \(isSame("$0")) }")
      inner.block("guard let value = \(property) else") { none in
        none.line("unknown.removeAll { \(isSame("$0")) }")
        none.line("return")
      }
      inner.line("let kept = \(kept)")
      inner.line("if let place { unknown[place] = kept } else { unknown.append(kept) }")
    }
  }

  private func renderMany(_ source: inout SwiftSource) {
    source.comment("Every `\(element.label)` among the kept elements.\n\n- Throws: the error of a strict decoder.")
    source.block("\(access)var \(property): [\(type)]") { inner in
      inner.block("get throws(WireError)") { get in
        get.line("var result: [\(type)] = []")
        get.block("for element in unknown where \(isSame("element"))") { $0.line("result.append(\(decoded))") }
        get.line("return result")
      }
    }
    source.line()
    source.comment("Replaces every `\(element.label)` among the kept elements.")
    source.block("\(access)mutating func set(\(element.name): [\(type)]) throws(WireError)") { inner in
      inner.line("var all: [KeptElement] = []")
      inner.line("for value in \(property) { all.append(\(kept)) }")
      inner.line("unknown.removeAll { \(isSame("$0")) }")
      inner.line("unknown += all")
    }
  }

  /// Whether `kept` is such an element.
  private func isSame(_ kept: String) -> String {
    let extra = family.extraTag == nil ? "" : " && " + Compare.equal("\(kept).extraTag", "\(element.extraTag)")
    return Compare.equal("\(kept).tag", "\(element.tag)") + extra
  }

  /// The value of `element`.
  private var decoded: String {
    let padding = family.lengthCountsPadding && family.alignment > 1 ? ", alignment: \(family.alignment)" : ""
    return "try element.decoded(\(type).self, hasHeader: \(family.headerIsInBody)\(padding))"
  }

  /// `value` as an element that is kept.
  private var kept: String {
    let name = context.typeName(of: family)
    if family.headerIsInBody { return "try \(name).kept(value)" }
    return "try \(name).kept(\(family.name)Code(rawValue: \(element.tag)), value: value.encoded())"
  }
}

/// An element that an extension lets lists of other modules take.
struct ExtensionAddition {
  var family: Int
  var element: Int
  var uses: [ResolvedSchema.AddedElement.Use]
}

extension ResolvedSchema.Addition {
  /// What lists of other modules take; those of the extension's own have properties for what is added to them.
  var additions: [ExtensionAddition] {
    var found = elements.map { added in
      ExtensionAddition(
        family: added.family, element: added.element, uses: added.uses.filter { !bodies.contains($0.body) })
    }
    for added in addedUses where !bodies.contains(added.use.body) {
      if let index = found.firstIndex(where: { ($0.family, $0.element) == (added.family, added.element) }) {
        found[index].uses.append(added.use)
      } else {
        found.append(ExtensionAddition(family: added.family, element: added.element, uses: [added.use]))
      }
    }
    return found
  }
}

// MARK: - Names that are added

/// Renders the codes and flags that an extension adds to types of other modules.
struct AddedNamesRenderer {
  let context: RenderContext
  let addition: ResolvedSchema.Addition

  func render() -> [RenderedType] {
    let definition = context.definition
    var types: [RenderedType] = []
    for index in definition.codes.indices {
      let added = addition.addedCodes.filter { $0.codes == index }.map { definition.codes[index].codes[$0.code] }
      let values = added.map { (name: $0.name, label: $0.label, value: "\($0.value)") }
      if !values.isEmpty { types.append(render(definition.codes[index].name, values)) }
    }
    for index in definition.flags.indices {
      let added = addition.addedFlags.filter { $0.flags == index }.map { definition.flags[index].flags[$0.flag] }
      let values = added.map { (name: $0.name, label: $0.label, value: "1 << \($0.bit)") }
      if !values.isEmpty { types.append(render(definition.flags[index].name, values)) }
    }
    return types
  }

  private func render(_ name: String, _ values: [(name: String, label: String, value: String)]) -> RenderedType {
    let type = SwiftName.type(name)
    var source = SwiftSource()
    source.block("extension \(type)") { inner in
      for value in values {
        context.comment("\(name).\(value.name)", fallback: value.label, &inner)
        inner.line(
          "\(context.access)static var \(SwiftName.code(value.name)): \(type) { \(type)(rawValue: \(value.value)) }")
      }
    }
    return RenderedType(name: "\(type)+", source: source)
  }
}

// MARK: - The registry

/// Renders the functions that become of what an extension asks of many values in bodies of other modules.
struct ForeignWalksRenderer {
  let context: RenderContext
  let addition: ResolvedSchema.Addition

  /// After everything that may ask for one.
  func render() -> [RenderedType] {
    context.definition.bodies.indices.compactMap { index in
      let functions = context.walks.functions[index] ?? []
      guard !addition.bodies.contains(index), !functions.isEmpty else { return nil }
      let type = SwiftName.type(context.definition.bodies[index].name)
      var source = SwiftSource()
      source.line("/// Expressions over many values.")
      source.block("extension \(type)") { inner in
        for (place, function) in functions.enumerated() {
          if place > 0 { inner.line() }
          for line in function.source.lines { inner.line(line) }
        }
      }
      return RenderedType(name: "\(type)+", source: source)
    }
  }
}

/// Renders what an extension hands to decoding: `AcmePCP.extensions`.
struct RegistryRenderer {
  let context: RenderContext
  let addition: ResolvedSchema.Addition

  func render(_ source: inout SwiftSource) {
    source.line("/// What makes the elements of the extension known to decoding, to JSON and to the readable forms.")
    source.block("\(context.access)static let extensions = ExtensionRegistry(", closing: ")", open: "", arguments)
  }

  private var arguments: [String] {
    let uses = addition.additions.flatMap { added in added.uses.map { use(added, $0) } }
    return ["elements: ["] + addition.elements.map { "  \(element($0))," } + ["],", "uses: ["] + uses.map { "  \($0)," }
      + ["],", "definitions: [definition]"]
  }

  private func element(_ added: ResolvedSchema.AddedElement) -> String {
    let family = context.definition.families[added.family]
    let element = family.elements[added.element]
    let extra = family.extraTag == nil ? "" : ", extraTag: \(element.extraTag)"
    return "ExtensionElement(extension: \"\(addition.name)\", family: \"\(context.definition.name).\(family.name)\", "
      + "name: \"\(element.name)\", tag: \(element.tag)\(extra))"
  }

  private func use(_ added: ExtensionAddition, _ use: ResolvedSchema.AddedElement.Use) -> String {
    let family = context.definition.families[added.family]
    let element = family.elements[added.element]
    let type = SwiftName.type(context.definition.bodies[element.body].name)
    var parts = [
      "extension: \"\(addition.name)\"", "list: \"\(context.listName(use.list, in: context.plans[use.body]))\"",
      "element: \"\(element.name)\"", "tag: \(element.tag)",
    ]
    if family.extraTag != nil { parts.append("extraTag: \(element.extraTag)") }
    parts.append("body: \(type).self")
    if use.minimum > 0 { parts.append("minimum: \(use.minimum)") }
    if let maximum = use.maximum { parts.append("maximum: \(maximum)") }
    if let position = use.position { parts.append("position: .\(position.rawValue)") }
    parts.append("missing: \(context.code(use.missingCode))")
    parts.append("excess: \(context.code(use.excessCode))")
    if let invalid = use.invalidCode { parts.append("invalid: \(context.code(invalid))") }
    if let condition = use.requiredWhen { parts.append("required: \(requirement(condition, use.body))") }
    return "ExtensionUse(\(parts.joined(separator: ", ")))"
  }

  /// Asks what the other module's walk has found out.
  private func requirement(_ condition: WireExpression, _ body: Int) -> String {
    let plan = context.plans[body]
    let type = SwiftName.type(plan.name)
    var test = SwiftSource()
    test.line(context.condition(condition, plan))
    let octets = test.mentions("octets") ? "octets" : "_"
    // The functions that an expression becomes are in an extension of the body's type.
    let text = test.lines.joined().replacing("Self.", with: "\(type).")
    guard test.mentions("layout") else { return "{ \(octets), _ in \(text) }" }
    return "{ \(octets), layout in (layout as? \(type).Layout).map { layout in \(text) } ?? false }"
  }
}

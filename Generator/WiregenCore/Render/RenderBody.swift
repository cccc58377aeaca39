import WireText

/// Renders one type: a struct, the value of an element, or a message.
struct BodyRenderer {
  let context: RenderContext
  let plan: BodyPlan

  var access: String { context.access }
  var name: String { SwiftName.type(plan.name) }
  var lists: [ListRenderer] {
    plan.members.compactMap { member in
      if case .list(let shape) = member.member.kind {
        return ListRenderer(context: context, plan: member, shape: shape, body: plan)
      }
      return nil
    }
  }
  var choices: [ChoiceRenderer] {
    plan.members.compactMap { member in
      if case .choice(let shape) = member.member.kind { return ChoiceRenderer(context: context, plan: member, shape: shape) }
      return nil
    }
  }

  func render() -> RenderedType {
    var source = SwiftSource()
    context.comment(plan.name, fallback: "`\(plan.name)` of \(context.definition.name).", &source)
    source.block("\(access)struct \(name): \(plan.isMessageBound ? "MessageBound" : "WireBody")") { inner in
      renderProperties(&inner)
      renderInitialiser(&inner)
      inner.line()
      Compare.renderEquality(of: plan.properties.map(\.identifier), nil, access, &inner)
      for list in lists {
        inner.line()
        list.renderType(&inner)
      }
      for choice in choices {
        inner.line()
        choice.renderType(&inner)
      }
    }
    source.line()
    source.block("extension \(name)") { inner in
      renderStatics(&inner)
      renderLayout(&inner)
      inner.line()
      CheckRenderer.render(plan, context, into: &inner)
      for list in lists {
        inner.line()
        list.renderCheck(&inner)
      }
    }
    source.line()
    source.block("extension \(name)") { inner in
      renderDecode(&inner)
      inner.line()
      WriteRenderer(context: context, plan: plan, element: context.element(ofBody: plan.index)).render(&inner)
    }
    source.line()
    renderDerived(&source)
    renderView(&source)
    renderFunctions(&source)
    return RenderedType(name: plan.name, source: source)
  }

  // MARK: The value

  private func renderProperties(_ source: inout SwiftSource) {
    for property in plan.properties {
      var text = property.member.label
      if case .list = property.member.kind { text = "The elements that follow, each kind in a property of its own." }
      if case .choice = property.member.kind { text = "One of several, by what stands before it." }
      if let unit = property.member.unit { text += ", in \(unit)" }
      context.comment("\(plan.name).\(property.name)", fallback: text, &source)
      source.line("\(access)var \(property.identifier): \(property.type)")
    }
  }

  private func renderInitialiser(_ source: inout SwiftSource) {
    if !plan.properties.isEmpty { source.line() }
    let parameters = plan.properties.map { property in
      "\(property.identifier): \(property.type)\(property.defaultValue.map { " = \($0)" } ?? "")"
    }
    let single = "\(access)init(\(parameters.joined(separator: ", ")))"
    guard !plan.properties.isEmpty else {
      source.line("\(single) {}")
      return
    }
    if single.count >= 100 {
      source.line("\(access)init(")
      for (index, parameter) in parameters.enumerated() {
        source.line("  \(parameter)\(index < parameters.count - 1 ? "," : "")")
      }
    }
    source.block(single.count < 100 ? single : ")") { inner in
      for property in plan.properties { inner.line("self.\(property.identifier) = \(property.identifier)") }
    }
  }

  // MARK: Statics and layout

  private func renderStatics(_ source: inout SwiftSource) {
    source.line("\(access)static var wireName: WireName { \"\(plan.name)\" }")
    source.line("\(access)static var definition: WireDefinition { \(context.namespace).definition }")
    source.line("\(access)static var trailingCode: ProtocolCode { \(context.code(plan.trailingCode)) }")
    if let message = plan.message { SizeLimits(message).render(access, &source) }
    source.line()
  }

  private func renderLayout(_ source: inout SwiftSource) {
    guard !plan.isFixed else {
      source.line("\(access)typealias Layout = FixedLayout")
      return
    }
    source.line("/// Where the parts of varying place are.")
    source.block("\(access)struct Layout: WireLayout") { inner in
      for member in plan.members where member.fixedSize == nil {
        inner.line("\(context.stored)var \(member.endField) = 0")
        if member.isOptional { inner.line("\(context.stored)var \(member.presenceField) = false") }
        if case .array = member.member.kind { inner.line("\(context.stored)var \(member.countField) = 0") }
        if case .choice = member.member.kind { inner.line("\(context.stored)var \(member.caseField) = 0") }
        if case .list = member.member.kind {
          let type = "\(SwiftName.nested(member.member.name))Layout"
          inner.line("\(context.stored)var \(member.member.name)Layout = \(type)()")
        }
      }
      inner.line("\(context.stored)var end = 0")
    }
    for list in lists {
      source.line()
      list.renderLayout(&source)
    }
  }

  // MARK: Decoding

  private func renderDecode(_ source: inout SwiftSource) {
    source.block("\(access)init(_ view: borrowing Borrowed<Self>) throws(WireError)") { inner in
      var body = SwiftSource()
      for member in plan.members {
        for property in member.properties { renderAssignment(property, member, &body) }
      }
      if body.mentions("octets") { inner.line("let octets = view.octets") }
      if body.mentions("layout") { inner.line("let layout = view.layout") }
      context.nameDirection(for: body, &inner)
      for line in body.lines { inner.line(line) }
    }
  }

  private func renderAssignment(_ property: PropertyPlan, _ member: MemberPlan, _ source: inout SwiftSource) {
    switch member.member.kind {
    case .list:
      let type = SwiftName.nested(property.name)
      let layout = "layout.\(property.name)Layout\(context.directionArgument(for: plan.index))"
      source.line("self.\(property.identifier) = try \(type)(octets, to: layout.\(member.endField), \(layout))")
    case .array(let shape): renderArray(property, member, shape, &source)
    case .choice(let shape): ChoiceRenderer(context: context, plan: member, shape: shape).renderDecode(&source)
    default:
      let value = context.load(property, member)
      if member.isOptional {
        source.line("self.\(property.identifier) = layout.\(member.presenceField) ? \(value) : nil")
      } else {
        source.line("self.\(property.identifier) = \(value)")
      }
    }
  }

  private func renderArray(
    _ property: PropertyPlan, _ member: MemberPlan, _ shape: ArrayShape, _ source: inout SwiftSource
  ) {
    let name = property.name
    source.line("var \(name)Values: [\(context.lowering.type(of: shape.element) ?? "")] = []")
    source.line("\(name)Values.reserveCapacity(layout.\(member.countField))")
    source.line("var \(name)Position = \(member.place.text)")
    source.block("while \(name)Position < \(context.valuesEnd(shape, "layout.\(member.endField)"))") { inner in
      if case .structure(let index) = shape.element.kind, context.plans[index].fixedSize == nil {
        let type = SwiftName.type(context.definition.bodies[index].name)
        let rest = "octets.extracting(droppingFirst: \(name)Position)"
        inner.line("let part = try Borrowed<\(type)>(\(context.firstPart(rest, of: index)))")
        inner.line("\(name)Values.append(try \(type)(part))")
        inner.line("\(name)Position &+= part.layout.end")
      } else {
        let size = context.lowering.fixed(shape.element) ?? 1
        let value = context.load(shape.element, at: "\(name)Position", to: "\(name)Position &+ \(size)")
        inner.line("\(name)Values.append(\(value))")
        inner.line("\(name)Position &+= \(size)")
      }
    }
    let value = member.isOptional ? "layout.\(member.presenceField) ? \(name)Values : nil" : "\(name)Values"
    source.line("self.\(property.identifier) = \(value)")
  }
}

/// The limits of a message's size, or of all messages of a direction.
struct SizeLimits: Equatable {
  var maximum: Int?
  var multiple: Int

  init(_ traits: MessageTraits) {
    maximum = traits.maximumSize
    multiple = traits.sizeMultiple
  }

  func render(_ access: String, _ source: inout SwiftSource) {
    if let maximum {
      source.line("/// Octets of the largest message.")
      source.line("\(access)static var maximumSize: Int { \(maximum) }")
    }
    if multiple > 1 {
      source.line("/// What the size of a message in octets is a multiple of.")
      source.line("\(access)static var sizeMultiple: Int { \(multiple) }")
    }
  }
}

extension MemberKind {
  /// Whether reading it can, by its type alone, give nil: closed codes and text.
  func needsKnown(_ context: RenderContext) -> Bool {
    switch self {
    case .integer(let shape):
      shape.constant == nil && shape.computed == nil && shape.codes != nil && context.lowering.isClosed(shape)
    case .text(let shape): shape.content == .date || !shape.keepsInvalid
    case .array(let shape): shape.element.kind.needsKnown(context)
    default: false
    }
  }
}

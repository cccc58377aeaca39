import WireText

/// Renders the comparison of a value with what was written for it.
struct MismatchRenderer {
  let context: RenderContext
  let plan: BodyPlan

  func render(_ source: inout SwiftSource) {
    // What can never differ is what the runtime takes it for.
    guard context.lowering.canMismatch(plan.index) else { return }
    source.line()
    source.block("\(context.access)func mismatch(_ view: borrowing Borrowed<Self>) throws(WireError) -> WireName?") { inner in
      var body = SwiftSource()
      for member in plan.members { mismatch(member, &body) }
      if body.mentions("octets") { inner.line("let octets = view.octets") }
      if body.mentions("layout") { inner.line("let layout = view.layout") }
      context.nameDirection(for: body, &inner)
      for line in body.lines { inner.line(line) }
      inner.line("return nil")
    }
  }

  private func mismatch(_ plan: MemberPlan, _ source: inout SwiftSource) {
    let name = plan.member.name
    let value = plan.property
    if plan.isOptional, !plan.properties.isEmpty {
      source.line("if layout.\(plan.presenceField) != (\(value) != nil) { return \"\(name)\" }")
    }
    switch plan.member.kind {
    case .octets(let shape):
      if case .fixed = shape.extent { return }
      mismatch(plan, "\(plan.bound).count", shape.extent, &source)
    case .text(let shape):
      if shape.content == .date { return mismatchDate(plan, shape, &source) }
      mismatch(plan, "\(plan.bound)\(shape.keepsInvalid ? ".octets" : ".utf8").count", shape.extent, &source)
    case .array(let shape): mismatch(plan, shape, &source)
    case .list:
      let layout = "layout.\(name)Layout\(context.directionArgument(for: self.plan.index))"
      source.line("if let kind = try \(value).mismatch(octets, to: layout.\(plan.endField), \(layout)) { return kind }")
    case .structure(let index) where context.lowering.canMismatch(index):
      let part = context.part("octets.extracting(\(plan.place.text)..<\(plan.end))", of: index)
      let bind = plan.binding
      source.line("if \(bind)try \(plan.bound).mismatch(Borrowed(\(part))) != nil { return \"\(name)\" }")
    case .choice(let shape): ChoiceRenderer(context: context, plan: plan, shape: shape).renderMismatch(&source)
    default: break
    }
  }

  /// Octets and text: the value's size.
  private func mismatch(_ plan: MemberPlan, _ size: String, _ extent: Extent, _ source: inout SwiftSource) {
    let found = context.value(extent, plan.place.text, plan.end).count
    let bind = plan.binding
    source.line("if \(bind)\(found) != \(size) { return \"\(plan.member.name)\" }")
  }

  private func mismatchDate(_ plan: MemberPlan, _ shape: TextShape, _ source: inout SwiftSource) {
    let found = context.value(shape.extent, plan.place.text, plan.end)
    let bind = plan.binding
    source.line(
      "if \(bind)octets.mailDate(\(found.start), count: \(found.count)) != \(plan.bound) { return \"\(plan.member.name)\" }")
  }

  private func mismatch(_ plan: MemberPlan, _ shape: ArrayShape, _ source: inout SwiftSource) {
    let name = plan.member.name
    source.line("if layout.\(plan.countField) != \(plan.property).count { return \"\(name)\" }")
    guard case .structure(let index) = shape.element.kind, context.lowering.canMismatch(index) else { return }
    let type = SwiftName.type(context.definition.bodies[index].name)
    source.line("var \(name)Position = \(plan.place.text)")
    // By index: an iterator asks a build without optimisation for memory with every element.
    source.block("for index in 0..<\(plan.property).count") { inner in
      let rest = "octets.extracting(droppingFirst: \(name)Position)"
      inner.line("let part = try Borrowed<\(type)>(\(context.firstPart(rest, of: index)))")
      inner.line("if try \(plan.property)[index].mismatch(part) != nil { return \"\(name)\" }")
      inner.line("\(name)Position &+= part.layout.end")
    }
  }
}

extension MemberPlan {
  /// The property of a member.
  fileprivate var property: String { "self.\(properties.first?.identifier ?? "")" }
  /// Its value; inside of `binding` when it is optional.
  fileprivate var bound: String { isOptional ? "value" : property }
  /// The start of a condition that binds the value of an optional member.
  fileprivate var binding: String { isOptional ? "let value = \(property), " : "" }
}

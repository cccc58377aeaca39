import WireText

/// Renders the comparison of a value with what was written for it.
struct MismatchRenderer {
  let context: RenderContext
  let plan: BodyPlan

  func render(_ source: inout SwiftSource) {
    source.block("\(context.access)func mismatch(_ view: borrowing Borrowed<Self>) throws(WireError) -> WireName?") { inner in
      var body = SwiftSource()
      if context.lowering.canMismatch(plan.index) {
        for member in plan.members { mismatch(member, &body) }
      }
      if body.mentions("octets") { inner.line("let octets = view.octets") }
      if body.mentions("layout") { inner.line("let layout = view.layout") }
      for line in body.lines { inner.line(line) }
      inner.line("return nil")
    }
  }

  private func mismatch(_ plan: MemberPlan, _ source: inout SwiftSource) {
    let name = plan.member.name
    let value = plan.properties.first?.identifier ?? ""
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
      source.line(
        "if let kind = try \(value).mismatch(octets, to: layout.\(plan.endField), layout.\(name)Layout) { return kind }")
    case .structure(let index) where context.lowering.canMismatch(index):
      let part = "octets.extracting(\(plan.place.text)..<\(plan.end))"
      let bind = plan.isOptional ? "let \(value), " : ""
      source.line("if \(bind)try \(value).mismatch(Borrowed(part: \(part))) != nil { return \"\(name)\" }")
    case .choice(let shape): ChoiceRenderer(context: context, plan: plan, shape: shape).renderMismatch(&source)
    default: break
    }
  }

  /// Octets and text: the value's size.
  private func mismatch(_ plan: MemberPlan, _ size: String, _ extent: Extent, _ source: inout SwiftSource) {
    let found = context.value(extent, plan.place.text, plan.end).count
    let bind = plan.isOptional ? "let \(plan.bound), " : ""
    source.line("if \(bind)\(found) != \(size) { return \"\(plan.member.name)\" }")
  }

  private func mismatchDate(_ plan: MemberPlan, _ shape: TextShape, _ source: inout SwiftSource) {
    let found = context.value(shape.extent, plan.place.text, plan.end)
    let bind = plan.isOptional ? "let \(plan.bound), " : ""
    source.line(
      "if \(bind)octets.mailDate(\(found.start), count: \(found.count)) != \(plan.bound) { return \"\(plan.member.name)\" }")
  }

  private func mismatch(_ plan: MemberPlan, _ shape: ArrayShape, _ source: inout SwiftSource) {
    let name = plan.member.name
    let bind = plan.isOptional ? "let \(plan.bound), " : ""
    source.line("if \(bind)layout.\(plan.countField) != \(plan.bound).count { return \"\(name)\" }")
    guard case .structure(let index) = shape.element.kind, context.lowering.canMismatch(index) else { return }
    let type = SwiftName.type(context.definition.bodies[index].name)
    source.line("var \(name)Position = \(plan.place.text)")
    source.block("for element in \(plan.bound)\(plan.isOptional ? " ?? []" : "")") { inner in
      inner.line("let part = try Borrowed<\(type)>(firstPart: octets.extracting(droppingFirst: \(name)Position))")
      inner.line("if try element.mismatch(part) != nil { return \"\(name)\" }")
      inner.line("\(name)Position &+= part.layout.end")
    }
  }
}

extension MemberPlan {
  /// The property of a member; inside of a binding when it is optional.
  fileprivate var bound: String { properties.first?.identifier ?? "" }
}

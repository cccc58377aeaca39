import WireText

/// Renders the ways to read a body in place, and what is computed from its members.
extension BodyRenderer {
  func renderView(_ source: inout SwiftSource) {
    source.block("extension Borrowed where Body == \(name)") { inner in
      for member in plan.members {
        for property in member.properties { renderAccessor(property, member, &inner) }
      }
      for list in lists { list.renderView(&inner) }
      for choice in choices { choice.renderView(&inner) }
      for derived in plan.derived {
        comment(derived, &inner)
        let test = context.condition(derived.test, plan)
        inner.line("\(access)var \(SwiftName.property(derived.name)): Bool { \(test) }")
        inner.line()
      }
    }
  }

  private func renderAccessor(_ property: PropertyPlan, _ member: MemberPlan, _ source: inout SwiftSource) {
    switch member.member.kind {
    case .list, .array, .choice: return
    case .structure(let index): renderPartAccessor(property, member, index, &source)
    case .octets(let shape):
      if case .fixed = shape.extent {
        renderValueAccessor(property, member, &source)
      } else {
        renderOctetsAccessor(property, member, &source)
      }
    case .text(let shape):
      if shape.content == .date { renderValueAccessor(property, member, &source) }
      renderOctetsAccessor(property, member, &source)
    case .integer, .bits, .ipv4, .ipv6, .mac: renderValueAccessor(property, member, &source)
    case .reserved, .reservedRest: return
    }
    source.line()
  }

  private func renderValueAccessor(_ property: PropertyPlan, _ member: MemberPlan, _ source: inout SwiftSource) {
    let value = context.load(property, member).replacing("try Self.known", with: "")
    context.comment("\(plan.name).\(property.name)", fallback: property.member.label, &source)
    let closed = member.member.kind.needsKnown(context) || property.member.kind.needsKnown(context)
    let type = closed && !property.type.hasSuffix("?") ? "\(property.type)?" : property.type
    let text = member.isOptional ? "layout.\(member.presenceField) ? \(value) : nil" : value
    source.line("\(access)var \(property.identifier): \(type) { \(text) }")
  }

  private func renderOctetsAccessor(_ property: PropertyPlan, _ member: MemberPlan, _ source: inout SwiftSource) {
    let name = SwiftName.upper(property.name)
    let span = context.valueSpan(member.member.kind.extent ?? .rest, member.place.text, member.end)
    source.comment("Calls `body` with the octets of `\(property.name)`, in place.")
    let optional = member.isOptional ? "?" : ""
    source.block(
      "\(access)func with\(name)<Result, Failure: Error>(_ body: (RawSpan) throws(Failure) -> Result) throws(Failure) -> Result\(optional)"
    ) { inner in
      if member.isOptional { inner.line("guard layout.\(member.presenceField) else { return nil }") }
      inner.line("return try body(\(span))")
    }
  }

  private func renderPartAccessor(
    _ property: PropertyPlan, _ member: MemberPlan, _ index: Int, _ source: inout SwiftSource
  ) {
    let name = SwiftName.upper(property.name)
    let type = SwiftName.type(context.definition.bodies[index].name)
    source.comment("Calls `body` with `\(property.name)`, in place.")
    let optional = member.isOptional ? "?" : ""
    source.block(
      "\(access)func with\(name)<Result>(_ body: (borrowing Borrowed<\(type)>) throws(WireError) -> Result) throws(WireError) -> Result\(optional)"
    ) { inner in
      if member.isOptional { inner.line("guard layout.\(member.presenceField) else { return nil }") }
      inner.line("return try body(Borrowed<\(type)>(part: octets.extracting(\(member.place.text)..<\(member.end))))")
    }
  }
}

// MARK: - What is computed

extension BodyRenderer {
  private func comment(_ derived: DerivedDefinition, _ source: inout SwiftSource) {
    context.comment("\(plan.name).\(derived.name)", fallback: "Computed from the members.", &source)
  }

  /// The Booleans that are computed from members of a value.
  func renderDerived(_ source: inout SwiftSource) {
    guard !plan.derived.isEmpty else { return }
    source.block("extension \(name)") { inner in
      for (index, derived) in plan.derived.enumerated() {
        if index > 0 { inner.line() }
        comment(derived, &inner)
        let test = context.valueCondition(derived.test, plan)
        inner.line("\(access)var \(SwiftName.property(derived.name)): Bool { \(test) }")
      }
    }
    source.line()
  }

  /// The functions that expressions over many values have become.
  func renderFunctions(_ source: inout SwiftSource) {
    let functions = context.walks.functions[plan.index] ?? []
    guard !functions.isEmpty else { return }
    source.line()
    source.line("/// Expressions over many values.")
    source.block("extension \(name)") { inner in
      for (index, function) in functions.enumerated() {
        if index > 0 { inner.line() }
        for line in function.source.lines { inner.line(line) }
      }
    }
  }
}

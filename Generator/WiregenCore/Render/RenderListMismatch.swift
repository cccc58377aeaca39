import WireText

/// Renders the comparison of a list with the octets written for it.
extension ListRenderer {
  /// Whether octets written for the list decode to the same elements.
  func renderMismatch(_ source: inout SwiftSource) {
    let direction = takesDirection ? ", direction: UInt8" : ""
    source.line("/// The kind of element that its octets would not give back; nil when they give back all.")
    source.block(
      "func mismatch(_ octets: RawSpan, to end: Int, _ layout: \(layoutType)\(direction)) throws(WireError) -> WireName?"
    ) { inner in
      renderExtent(&inner)
      for use in stored {
        inner.line("if layout.\(use.occurrence).count != \(count(of: use)) { return \"\(use.element.name)\" }")
        guard !use.isMany, context.lowering.canMismatch(use.element.body) else { continue }
        let part = context.part("octets.extracting(layout.\(use.occurrence).range)", of: use.element.body)
        let value = use.isBoxed ? "\(use.storage)[0]" : use.property
        let bind = use.isBoxed ? "!\(use.storage).isEmpty, " : use.isRequired ? "" : "let \(use.property), "
        inner.line("if \(bind)try \(value).mismatch(Borrowed(\(part))) != nil { return \"\(use.element.name)\" }")
      }
      inner.line("if layout.listUnknown != unknown.count { return \"unknown\" }")
      renderLoop(&inner)
      inner.line("return nil")
    }
  }

  /// A list whose end an earlier member says must have as many elements, or octets, as that member.
  private func renderExtent(_ source: inout SwiftSource) {
    guard shape.end != .container else { return }
    source.line("if encodedSize != end &- layout.listStart { return \"\(list)\" }")
  }

  private func renderLoop(_ source: inout SwiftSource) {
    let many = stored.filter { $0.isMany && context.lowering.canMismatch($0.element.body) }
    let test = (many.map { "!\($0.property).isEmpty" } + ["!unknown.isEmpty"]).joined(separator: " || ")
    source.line("guard \(test) else { return nil }")
    source.line("var position = layout.listStart")
    source.line("var unknownIndex = 0")
    for use in many { source.line("var \(use.element.name)Index = 0") }
    source.block("while position < end") { inner in
      inner.line("let element = \(element(from: "layout.listStart"))")
      inner.line("position = element.end")
      inner.line("switch \(identity) {")
      for use in uses where !many.contains(where: { $0.rank == use.rank }) {
        inner.line("case \(pattern(use.element)): break")
      }
      for use in many { renderMany(use, &inner) }
      inner.line("default:")
      inner.line("  guard unknownIndex < unknown.count, element.isKept(as: unknown[unknownIndex], in: octets) else {")
      inner.line("    return \"unknown\"")
      inner.line("  }")
      inner.line("  unknownIndex &+= 1")
      inner.line("}")
    }
  }

  private func renderMany(_ use: Use, _ source: inout SwiftSource) {
    let part = context.part("octets.extracting(element.bodyRange)", of: use.element.body)
    let index = "\(use.element.name)Index"
    source.line("case \(pattern(use.element)):")
    source.line("  if try \(use.property)[\(index)].mismatch(Borrowed(\(part))) != nil {")
    source.line("    return \"\(use.element.name)\"")
    source.line("  }")
    source.line("  \(index) &+= 1")
  }
}

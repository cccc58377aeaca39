import WireText

/// Renders how the messages of a direction are cut out of a byte stream.
struct FramingRenderer {
  let context: RenderContext
  let framing: FramingDefinition

  /// The framing of a direction: its own, else that of every one.
  init?(_ context: RenderContext, direction: Int) {
    let framings = context.definition.framings
    guard
      let framing = framings.first(where: { $0.direction == direction }) ?? framings.first(where: { $0.direction == nil })
    else { return nil }
    self.context = context
    self.framing = framing
  }

  func render(_ source: inout SwiftSource) {
    let header = context.plans[framing.header]
    let size = header.end.plus
    source.comment(
      "How many octets the message takes that octets of a stream start with: \(framing.minimum) to \(framing.maximum)\(multiples).\n\n"
        + "Nothing behind its header is read, and nothing else of it is checked.\n\n"
        + "- Throws: `length` when it would take fewer or more\(framing.multiple > 1 ? ", or another number" : "").")
    source.block("\(context.access)static func frame(_ octets: RawSpan) throws(WireError) -> Frame") { inner in
      inner.line("guard octets.byteCount >= \(size) else { return .incomplete(needed: \(size)) }")
      inner.line("let size = \(context.value(framing.size, header, nil))")
      let isMultiple = framing.multiple > 1 ? ", size.isMultiple(of: \(framing.multiple))" : ""
      inner.block("guard size >= \(framing.minimum), size <= \(framing.maximum)\(isMultiple) else") { block in
        block.block(
          "throw Check(.strict, root: \"\(header.name)\").failure(", closing: ")", open: "",
          [".length, at: \(offset), \"\(framing.sizeMember)\", code: \(context.code(framing.code))"])
      }
      let count = isWide ? "Int(size)" : "size"
      inner.line("return octets.byteCount < size ? .incomplete(needed: \(count)) : .complete(\(count))")
    }
  }

  private var multiples: String { framing.multiple > 1 ? ", in multiples of \(framing.multiple)" : "" }

  private var isWide: Bool {
    ExpressionRenderer(
      context: context, scope: .octets(OctetsScope(plan: context.plans[framing.header], isTrusted: true))
    ).isWide(framing.size)
  }

  /// Where the member that says the size is in the header; of a bit its group.
  private var offset: Int {
    let members = context.plans[framing.header].members
    let member = members.first { plan in
      if case .bits(_, _, let group) = plan.member.kind { return group.contains { $0.name == framing.sizeMember } }
      return plan.member.name == framing.sizeMember
    }
    return member?.place.plus ?? 0
  }
}

import WireText

/// Renders a choice: the enum that holds it, and how it is read and written.
struct ChoiceRenderer {
  let context: RenderContext
  let plan: MemberPlan
  let shape: ChoiceShape

  private var access: String { context.access }
  private var type: String { SwiftName.nested(plan.member.name) }
  private var property: String { "self.\(plan.properties.first?.identifier ?? "")" }

  /// A case, and the type of its payload.
  private struct Case {
    var name: String
    var identifier: String
    var type: String?
    var body: Int?
  }

  private var cases: [Case] {
    shape.allCases.map { chosen in
      Case(
        name: chosen.name, identifier: SwiftName.chosen(chosen.name),
        type: chosen.body.map { SwiftName.type(context.definition.bodies[$0].name) }, body: chosen.body)
    }
  }

  // MARK: The type

  func renderType(_ source: inout SwiftSource) {
    source.comment("The cases of `\(plan.member.name)`.")
    source.block("\(access)enum \(type): Sendable, Hashable") { inner in
      for chosen in cases { inner.line("case \(chosen.identifier)\(chosen.type.map { "(\($0))" } ?? "")") }
      inner.line()
      inner.line("/// The cases without what is in them.")
      inner.block("\(access)enum Kind: Sendable, Hashable, CaseIterable, BitwiseCopyable") {
        $0.line("case \(cases.map(\.identifier).joined(separator: ", "))")
      }
      inner.line()
      renderKind(&inner)
      renderPayloads(&inner)
      inner.line()
      renderSize(&inner)
      inner.line()
      renderWrite(&inner)
    }
  }

  private func renderKind(_ source: inout SwiftSource) {
    source.line("/// Which case it is.")
    source.block("\(access)var kind: Kind") { inner in
      inner.line("switch self {")
      for chosen in cases { inner.line("case .\(chosen.identifier): .\(chosen.identifier)") }
      inner.line("}")
    }
  }

  private func renderPayloads(_ source: inout SwiftSource) {
    for chosen in cases {
      guard let type = chosen.type else { continue }
      source.line()
      source.line("/// What is in `\(chosen.name)`; nil in another case.")
      source.block("\(access)var \(chosen.identifier): \(type)?") { inner in
        let value = cases.count == 1 ? "" : " else { return nil }"
        if cases.count == 1 {
          inner.line("switch self {")
          inner.line("case .\(chosen.identifier)(let value): value")
          inner.line("}")
        } else {
          inner.line("guard case .\(chosen.identifier)(let value) = self\(value)")
          inner.line("return value")
        }
      }
    }
  }

  private func renderSize(_ source: inout SwiftSource) {
    source.block("var encodedSize: Int") { inner in
      inner.line("switch self {")
      for chosen in cases {
        let binding = chosen.type == nil ? "" : "(let value)"
        inner.line("case .\(chosen.identifier)\(binding): \(chosen.type == nil ? "0" : "value.encodedSize")")
      }
      inner.line("}")
    }
  }

  private func renderWrite(_ source: inout SwiftSource) {
    let isBound = cases.contains { $0.body.map(context.lowering.isMessageBound) ?? false }
    let message = isBound ? ", message: inout MessageWriting" : ""
    source.block("func write(into output: inout OutputRawSpan\(message)) throws(WireError)") { inner in
      inner.line("switch self {")
      for chosen in cases {
        guard let body = chosen.body else {
          inner.line("case .\(chosen.identifier): break")
          continue
        }
        let more = context.lowering.isMessageBound(body) ? ", message: &message" : ""
        inner.line("case .\(chosen.identifier)(let value): try value.write(into: &output\(more))")
      }
      inner.line("}")
    }
  }

  // MARK: Reading

  private func part(_ body: Int) -> String {
    let octets = "octets.extracting(\(plan.place.text)..<layout.\(plan.endField))"
    return "Borrowed<\(SwiftName.type(context.definition.bodies[body].name))>(\(context.part(octets, of: body)))"
  }

  func renderDecode(_ source: inout SwiftSource) {
    source.line("switch layout.\(plan.caseField) {")
    for (index, chosen) in cases.enumerated() {
      source.line(index == cases.count - 1 ? "default:" : "case \(index):")
      var payload = ""
      if let type = chosen.type, let body = chosen.body { payload = "(try \(type)(\(part(body))))" }
      source.line("  \(property) = .\(chosen.identifier)\(payload)")
    }
    source.line("}")
  }

  func renderView(_ source: inout SwiftSource) {
    source.line("/// Which case `\(plan.member.name)` is.")
    source.block("\(access)var \(plan.member.name)Kind: Body.\(type).Kind") { inner in
      inner.line("switch layout.\(plan.caseField) {")
      for (index, chosen) in cases.enumerated() {
        inner.line("\(index == cases.count - 1 ? "default" : "case \(index)"): .\(chosen.identifier)")
      }
      inner.line("}")
    }
    source.line()
    for (index, chosen) in cases.enumerated() {
      guard let type = chosen.type, let body = chosen.body else { continue }
      let name = SwiftName.upper(plan.member.name) + SwiftName.upper(chosen.name)
      source.line("/// Calls `body` with the `\(chosen.name)` of `\(plan.member.name)`, in place.")
      source.line("///")
      source.line("/// - Returns: what `body` returns; nil in another case.")
      source.block(
        "\(access)func with\(name)<_Result>(_ body: (borrowing Borrowed<\(type)>) throws(WireError) -> _Result) throws(WireError) -> _Result?"
      ) { inner in
        inner.line("guard \(Compare.equal("layout.\(plan.caseField)", "\(index)")) else { return nil }")
        inner.line("return try body(\(part(body)))")
      }
      source.line()
    }
  }

  // MARK: Comparing

  /// Whether what was written decodes to the same case with the same in it.
  func renderMismatch(_ source: inout SwiftSource) {
    let name = plan.member.name
    source.line("switch (\(property), layout.\(plan.caseField)) {")
    for (index, chosen) in cases.enumerated() {
      guard let body = chosen.body, context.lowering.canMismatch(body) else {
        source.line("case (.\(chosen.identifier), \(index)): break")
        continue
      }
      source.line("case (.\(chosen.identifier)(let value), \(index)):")
      source.line("  if try value.mismatch(\(part(body))) != nil { return \"\(name)\" }")
    }
    source.line("default: return \"\(name)\"")
    source.line("}")
  }
}

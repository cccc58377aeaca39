import WireText

/// Renders a list of codes: an open struct, or a closed enum.
struct CodesRenderer {
  let context: RenderContext
  let index: Int

  private var access: String { context.access }
  private var codes: CodesDefinition { context.definition.codes[index] }
  private var storage: String { storageType(bits: codes.bits) }
  private var name: String { SwiftName.type(codes.name) }

  func render() -> RenderedType {
    var source = SwiftSource()
    context.comment(codes.name, fallback: "`\(codes.name)` of \(context.definition.name).", &source)
    if codes.isOpen { renderOpen(&source) } else { renderClosed(&source) }
    source.line()
    renderDescription(&source)
    if let classification = context.schema.classifications[index] {
      source.line()
      renderClassification(classification, &source)
    }
    return RenderedType(name: codes.name, source: source)
  }

  private func renderOpen(_ source: inout SwiftSource) {
    source.block("\(access)struct \(name): RawRepresentable, Sendable, Hashable, BitwiseCopyable") { inner in
      inner.line("\(access)var rawValue: \(storage)")
      inner.line()
      if access == "public " { inner.line("@inlinable") }
      inner.line("\(access)init(rawValue: \(storage)) { self.rawValue = rawValue }")
      for code in codes.codes {
        inner.line()
        comment(code, &inner)
        if access == "public " { inner.line("@inlinable") }
        inner.line("\(access)static var \(SwiftName.code(code.name)): \(name) { \(name)(rawValue: \(code.value)) }")
      }
      inner.line()
      inner.line("/// The numbers that have a name, for a switch without `default`.")
      inner.block("\(access)enum Known: \(storage), Sendable, Hashable, CaseIterable") { cases in
        for code in codes.codes { cases.line("case \(SwiftName.code(code.name)) = \(code.value)") }
      }
      inner.line()
      inner.line("/// The number as one that has a name; nil when it has none.")
      inner.line("\(access)var known: Known? { Known(rawValue: rawValue) }")
    }
  }

  private func renderClosed(_ source: inout SwiftSource) {
    source.block("\(access)enum \(name): \(storage), Sendable, Hashable, CaseIterable, BitwiseCopyable") { inner in
      for code in codes.codes {
        comment(code, &inner)
        inner.line("case \(SwiftName.code(code.name)) = \(code.value)")
      }
    }
  }

  private func comment(_ code: CodesDefinition.Code, _ source: inout SwiftSource) {
    context.comment("\(codes.name).\(code.name)", fallback: "\(code.label), \(code.value)", &source)
  }

  private func renderDescription(_ source: inout SwiftSource) {
    source.block("extension \(name): CustomStringConvertible") { inner in
      inner.line("/// The name as the protocol's document spells it; the number when there is none.")
      inner.block("\(access)var description: String") { body in
        // Over the numbers: of thousands of cases the compiler does not find out that there are all of them.
        body.line("switch rawValue {")
        for code in codes.codes { body.line("case \(code.value): \(literal(code.label))") }
        body.line("default: \"\\(rawValue)\"")
        body.line("}")
      }
      inner.line()
      inner.line("/// What the number is registered as.")
      inner.block("\(access)var registration: CodeRegistration") { body in
        if codes.isOpen { body.line("if known != nil { return .assigned }") }
        let ranges = codes.ranges
        guard codes.isOpen, !ranges.isEmpty else {
          body.line(codes.isOpen ? "return .unassigned" : "return .assigned")
          return
        }
        body.line("switch rawValue {")
        for range in ranges { body.line("case \(range.first)...\(range.last): return .\(SwiftName.code(range.use))") }
        body.line("default: return .unassigned")
        body.line("}")
      }
    }
  }

  private func renderClassification(_ classification: ResolvedSchema.Classification, _ source: inout SwiftSource) {
    source.block("extension \(name)") { inner in
      inner.line("/// The classes that codes fall into.")
      inner.block("\(access)enum \(classification.name): Sendable, Hashable, CaseIterable") { cases in
        cases.line("case \(classification.classes.map { SwiftName.property($0) }.joined(separator: ", "))")
      }
      inner.line()
      let property = classification.name.prefix(1).lowercased() + classification.name.dropFirst()
      inner.line("/// The class of the code; nil when it has none.")
      inner.block("\(access)var \(SwiftName.property(property)): \(classification.name)?") { body in
        body.line("switch rawValue {")
        for name in classification.classes {
          let members = codes.codes.filter { classification.members[$0.name] == name }
          guard !members.isEmpty else { continue }
          let cases = members.map { "\($0.value)" }.joined(separator: ", ")
          // Of an optional, `.none` is nil, and `.some` makes one.
          let type = ["none", "some"].contains(name) ? classification.name : ""
          body.line("case \(cases): \(type).\(SwiftName.property(name))")
        }
        body.line("default: nil")
        body.line("}")
      }
    }
  }
}

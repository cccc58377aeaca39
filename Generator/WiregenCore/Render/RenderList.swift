import WireText

/// Renders a list of elements: here its layout and its walk; the type that holds it and its view have files of their own.
struct ListRenderer {
  let context: RenderContext
  let plan: MemberPlan
  let shape: ListShape
  let body: BodyPlan

  var family: FamilyDefinition { context.definition.families[shape.family] }
  var list: String { plan.member.name }
  var layout: String { "layout.\(list)Layout" }
  var familyType: String { context.typeName(of: family) }

  /// An element the list allows.
  struct Use {
    var allowed: ListShape.Allowed
    var element: FamilyDefinition.Element
    var type: String
    var property: String
    var isMany: Bool { allowed.maximum != 1 }
    var isRequired: Bool { allowed.minimum == 1 && allowed.maximum == 1 }
    var occurrence: String { "\(element.name)Occurrence" }
  }

  var uses: [Use] {
    shape.allowed.map { allowed in
      let element = family.elements[allowed.element]
      return Use(
        allowed: allowed, element: element, type: SwiftName.type(context.definition.bodies[element.body].name),
        property: SwiftName.property(element.name))
    }
  }

  /// Elements that become properties: all but the forbidden.
  var stored: [Use] { uses.filter { $0.allowed.maximum != 0 } }

  private var direction: Int? { body.message?.direction }

  /// What happens to unknown elements here, in order.
  var policies: [FamilyDefinition.UnknownPolicy] {
    family.unknown.filter { $0.direction == nil || direction == nil || $0.direction == direction }
  }

  // MARK: Layout

  func renderLayout(_ source: inout SwiftSource) {
    source.block("\(context.access)struct \(SwiftName.nested(list))Layout: Sendable, Hashable, BitwiseCopyable") { inner in
      for use in uses { inner.line("var \(use.occurrence) = Occurrence()") }
      inner.line("/// Where the list starts.")
      inner.line("var listStart = 0")
      inner.line("var listCount = 0")
      inner.line("var listUnknown = 0")
      inner.line("var listIsOrdered = true")
    }
  }

  // MARK: Check

  func renderCheck(_ source: inout SwiftSource) {
    let place = plan.place.text
    source.line("layout.\(plan.endField) = octets.byteCount")
    source.line("\(layout).listStart = \(place)")
    source.line("var \(list)Position = \(place)")
    source.line("var \(list)Index = 0")
    if !uses.isEmpty { source.line("var \(list)Rank = 0") }
    source.line("check.enter(\"\(list)\", index: 0)")
    source.block("while \(list)Position < octets.byteCount") { inner in
      inner.line("check.move(to: \(list)Index)")
      renderHeader(&inner)
      renderUnknown(&inner)
      renderExtent(&inner)
      renderBodies(&inner)
      inner.line("\(list)Position = next")
      inner.line("\(list)Index &+= 1")
    }
    source.line("check.leave()")
    source.line("\(layout).listCount = \(list)Index")
    renderCardinality(&source)
  }

  private func renderHeader(_ source: inout SwiftSource) {
    var place = 0
    var names: [String] = []
    for member in family.header {
      let size = context.lowering.sizes.fixed(member) ?? 0
      names.append("\(place)-\(place + size) \(member.name.isEmpty ? "reserved" : member.name)")
      place += size
    }
    source.block("guard octets.byteCount &- \(list)Position >= \(place) else") {
      $0.block(
        "throw check.truncated(", closing: ")", open: "",
        [
          "octets.byteCount &- \(list)Position, at: offset &+ \(list)Position,",
          "run: \"\(names.joined(separator: ","))\", code: \(context.code(family.code))",
        ])
    }
    renderReserved(&source)
    source.line("let element = \(familyType).element(octets, at: \(list)Position, from: \(layout).listStart)")
  }

  private func renderReserved(_ source: inout SwiftSource) {
    var place = 0
    for member in family.header {
      if case .reserved(let size, let send, true) = member.kind {
        let start = sum("\(list)Position", place)
        let warning = member.isWarning ? ", isWarning: true" : ""
        source.block("if !octets.isFilled(\(start), count: \(size), with: \(send))") {
          $0.line(
            "try check.report(.reserved, at: offset &+ \(start), \"reserved\", code: \(context.code(member.code))\(warning))")
        }
      }
      place += context.lowering.sizes.fixed(member) ?? 0
    }
  }

  private func renderUnknown(_ source: inout SwiftSource) {
    let known = uses.map { "\($0.element.tag)" }.joined(separator: ", ")
    let tag = headerMember(family.tag)
    if keeps, !uses.isEmpty { source.line("var isKept = false") }
    if !uses.isEmpty {
      source.line("switch element.tag {")
      source.line("case \(known): break")
      source.line("default:")
    }
    let indent = uses.isEmpty ? "" : "  "
    for (index, policy) in policies.enumerated() {
      let isLast = index == policies.count - 1
      let test = "if \(range(policy))"
      let opening = policies.count == 1 ? "do {" : isLast ? "} else {" : "\(index == 0 ? "" : "} else ")\(test) {"
      source.line(indent + opening)
      for line in action(policy, tag) { source.line("\(indent)  \(line)") }
    }
    source.line("\(indent)}")
    if !uses.isEmpty { source.line("}") }
  }

  private func action(_ policy: FamilyDefinition.UnknownPolicy, _ tag: (name: String, offset: Int)) -> [String] {
    switch policy.action {
    case .ignore: ["// Passed over."]
    case .keep: ["\(layout).listUnknown &+= 1"] + (uses.isEmpty ? [] : ["isKept = true"])
    case .reject:
      [
        "try check.report(",
        "  .unknownElement, at: offset &+ \(sum("\(list)Position", tag.offset)), \"\(tag.name)\",",
        "  code: \(context.code(policy.code)))",
      ]
    }
  }

  private var keeps: Bool { policies.contains { $0.action == .keep } }

  private func headerMember(_ index: Int) -> (name: String, offset: Int) {
    let offset = family.header[..<index].reduce(0) { $0 + (context.lowering.sizes.fixed($1) ?? 0) }
    return (family.header[index].name, offset)
  }

  private func renderExtent(_ source: inout SwiftSource) {
    let length = headerMember(family.length)
    let code = context.code(family.code)
    source.block("guard element.valueSize >= 0, element.valueSize <= octets.byteCount &- element.valueStart else") {
      $0.line(
        "throw check.failure(.length, at: offset &+ \(list)Position &+ \(length.offset), \"\(length.name)\", code: \(code))")
    }
    source.line("let next = element.end")
    guard family.alignment > 1 else { return }
    source.block("guard next <= octets.byteCount else") {
      $0.line(
        "throw check.failure(.truncated, at: offset &+ element.valueStart &+ element.valueSize, \"padding\", code: \(code))")
    }
    guard family.checksPadding else { return }
    let start = "element.valueStart &+ element.valueSize"
    source.block("if !octets.isFilled(\(start), count: next &- (\(start)), with: 0)") {
      $0.line("try check.report(.padding, at: offset &+ \(start), \"padding\", code: \(code))")
    }
  }

  private func renderBodies(_ source: inout SwiftSource) {
    guard !uses.isEmpty else { return }
    source.line("let value = octets.extracting(element.valueStart..<element.valueStart &+ element.valueSize)")
    source.line("let rank: Int")
    source.line("switch element.tag {")
    for (rank, use) in uses.enumerated() {
      let maximum = use.allowed.maximum.map { ", maximum: \($0)" } ?? ""
      source.line("case \(use.element.tag):")
      source.line("  rank = \(rank)")
      source.line("  \(layout).\(use.occurrence).note(element, index: \(list)Index\(maximum))")
      source.line(
        "  try check.element(\(use.type).self, \"\(use.element.name)\", value, at: offset &+ element.valueStart)")
    }
    source.line("default: rank = \(keeps ? "isKept ? \(uses.count) : \(list)Rank" : "\(list)Rank")")
    source.line("}")
    source.line("if rank < \(list)Rank { \(layout).listIsOrdered = false }")
    source.line("\(list)Rank = rank")
  }

  private func renderCardinality(_ source: inout SwiftSource) {
    for use in uses where use.allowed.minimum > 0 || use.allowed.maximum != nil {
      source.block(
        "try check.cardinality(", closing: ")", open: "",
        [
          "of: \(layout).\(use.occurrence), \"\(use.element.name)\", in: \"\(list)\", minimum: \(use.allowed.minimum),",
          "at: offset, end: offset &+ octets.byteCount, missing: \(context.code(use.allowed.missingCode)),",
          "excess: \(context.code(use.allowed.excessCode))",
        ])
    }
  }
}

import WireText

/// Renders the walk over a list, a function of its own, and its call.
extension ListRenderer {
  private var function: String { "check\(SwiftName.upper(list))" }

  /// The call, where the list stands in its body. The end of its octets has been found when a size says it.
  func renderCall(_ source: inout SwiftSource) {
    var arguments = ["octets, at: offset"]
    switch shape.end {
    case .container: break
    case .size: arguments = ["octets.extracting(first: layout.\(plan.endField)), at: offset"]
    case .count(let expression):
      source.line("let \(list)Total = \(context.value(expression, body, plan.place.text, narrow: true))")
      if !expression.isNeverNegative {
        source.block("if \(list)Total < 0") {
          $0.line(
            "throw check.failure(.range, at: \(absolute(plan.place.text)), \"\(list)\", code: \(context.bodyCode(of: body)))")
        }
      }
      arguments.append("count: \(list)Total")
    }
    arguments.append("errors: errors")
    if isMessageBound { arguments.append("message: message") }
    source.line("try \(function)(\((arguments + ["&layout, &check"]).joined(separator: ", ")))")
  }

  func renderCheck(_ source: inout SwiftSource) {
    var parameters = ["_ octets: RawSpan, at offset: Int"]
    if case .count = shape.end { parameters.append("count: Int") }
    parameters.append("errors: Int")
    if isMessageBound { parameters.append("message: RawSpan") }
    parameters.append("_ layout: inout Layout, _ check: inout Check")
    source.line("/// Walks over the elements of `\(list)`, from its place to the end of the octets.")
    source.block("private static func \(function)(\(parameters.joined(separator: ", "))) throws(WireError)") { inner in
      renderStart(&inner)
      inner.block("while \(condition)") { loop in
        loop.line("check.move(to: index)")
        loop.line("let element = try \(familyType).header(octets, at: position, from: start, offset: offset, &check)")
        renderKind(&loop)
        renderOrder(&loop)
        renderNote(&loop)
        loop.line("try \(familyType).extent(of: element, octets, offset: offset, &check)")
        renderBodies(&loop)
        loop.line("position = element.end")
        loop.line("index &+= 1")
      }
      renderEnd(&inner)
    }
  }

  private var condition: String {
    if case .count = shape.end { return "index < count" }
    return "position < octets.byteCount"
  }

  private func renderStart(_ source: inout SwiftSource) {
    source.line("let start = \(plan.place.text)")
    source.line("var position = start")
    source.line("var index = 0")
    if !uses.isEmpty { source.line("var rank = 0") }
    if shape.isOrdered { source.line("var lastKnown = 0") }
    for use in uses where use.allowed.position == .last { source.line("var \(use.element.name)First = FirstOccurrence()") }
    source.line("\(layout).listStart = start")
    source.line("var additions = check.additions(to: \"\(context.listName(list, in: body))\")")
    if let limit = context.nesting.limit(ofFamily: shape.family) {
      source.line("let goesDown = \(condition)")
      source.block("if goesDown, !check.goDown(\(limit.place), limit: \(limit.limit))") {
        $0.line("throw check.failure(.depth, at: offset &+ start, \"\(list)\", code: \(context.code(family.code)))")
      }
    }
    source.line("let outer = check.enter(\"\(list)\", index: 0)")
  }

  // MARK: An element

  /// What the element is: its place in the order of encoding; -1 for one that is not kept.
  private func renderKind(_ source: inout SwiftSource) {
    guard !uses.isEmpty else {
      renderUnknown("", &source)
      return
    }
    source.line("let kind: Int")
    source.line("switch \(identity) {")
    for use in uses { source.line("case \(pattern(use.element)): kind = \(use.rank)") }
    source.line("default:")
    renderUnknown("  ", &source)
    source.line("}")
  }

  private func renderUnknown(_ indent: String, _ source: inout SwiftSource) {
    for (index, policy) in policies.enumerated() {
      let isLast = index == policies.count - 1
      let test = "if \(self.test(policy, direction: "check.direction"))"
      let lines = action(policy)
      if policies.count == 1 {
        for line in lines { source.line(indent + line) }
        return
      }
      source.line(indent + (isLast ? "} else {" : "\(index == 0 ? "" : "} else ")\(test) {"))
      for line in lines { source.line("\(indent)  \(line)") }
    }
    source.line("\(indent)}")
  }

  private func action(_ policy: FamilyDefinition.UnknownPolicy) -> [String] {
    let kind = uses.isEmpty ? [] : ["kind = \(policy.action == .keep ? unknownRank : -1)"]
    switch policy.action {
    case .ignore: return kind.isEmpty ? ["// Passed over."] : kind
    case .keep: return kind + ["\(layout).listUnknown &+= 1"]
    case .reject:
      return kind + [
        "if !check.knows(element, additions) {",
        "  try check.report(.unknownElement, at: \(context.tagPlace(family)), \"\(family.tagName)\", code: \(context.code(policy.code)))",
        "}",
      ]
    }
  }

  /// Elements that are out of their order or place.
  private func renderOrder(_ source: inout SwiftSource) {
    for use in uses where use.allowed.position == .first {
      renderOutOfOrder("\(Compare.equal("kind", "\(use.rank)")), index > 0", use, "", &source)
    }
    guard shape.isOrdered else { return }
    // The order of the schema, which that of encoding may differ from.
    source.line("switch kind {")
    for (index, use) in uses.enumerated() {
      source.line("case \(use.rank):")
      if index > 0 { source.line("  lastKnown = Swift.max(lastKnown, \(index))") }
      guard index < uses.count - 1, use.allowed.position != .first else {
        if index == 0 { source.line("  break") }
        continue
      }
      renderOutOfOrder("lastKnown > \(index)", use, "  ", &source)
    }
    source.line("default: break")
    source.line("}")
  }

  private func renderOutOfOrder(_ test: String, _ use: Use, _ indent: String, _ source: inout SwiftSource) {
    source.line("\(indent)if \(test) {")
    source.line(
      "\(indent)  try check.report(.order, at: offset &+ position, \"\(use.element.name)\", code: \(context.code(use.allowed.excessCode)))"
    )
    source.line("\(indent)}")
  }

  private func renderBodies(_ source: inout SwiftSource) {
    source.line("let value = octets.extracting(element.bodyRange)")
    let padding = self.padding.map { ", \($0)" } ?? ""
    let addition = "try check.addition(additions, value, at: offset &+ element.bodyStart\(padding))"
    guard !uses.isEmpty else {
      source.line(addition)
      return
    }
    source.line("switch kind {")
    for use in uses {
      let maximum = use.allowed.maximum.map { ", maximum: \($0)" } ?? ""
      source.line("case \(use.rank):")
      source.line("  \(layout).\(use.occurrence).note(element, index: index\(maximum))")
      if use.allowed.position == .last { source.line("  \(use.element.name)First.note(element, index: index)") }
      renderBody(use, &source)
    }
    source.line("default: \(addition)")
    source.line("}")
    source.block("if kind >= 0") { inner in
      inner.line("if kind < rank { \(layout).listIsOrdered = false }")
      inner.line("rank = kind")
    }
  }

  private func renderBody(_ use: Use, _ source: inout SwiftSource) {
    var arguments = ["\(use.type).self, \"\(use.element.name)\", value, at: offset &+ element.bodyStart"]
    if isMessageBound(use) { arguments.append("message: message") }
    if context.nesting.hasInvalidCodes || padding != nil {
      arguments.append("invalid: \(use.allowed.invalidCode.map { context.code($0) } ?? "nil")")
    }
    if let padding { arguments.append(padding) }
    source.line("  try check.element(\(arguments.joined(separator: ", ")))")
  }

  /// What there is to know about padding that lengths count; nil where they do not.
  private var padding: String? {
    guard family.lengthCountsPadding, family.alignment > 1 else { return nil }
    let code = context.code(family.code)
    return "alignment: \(family.alignment), checksPadding: \(family.checksPadding), paddingCode: \(code)"
  }

  /// Elements of extensions, which the list does not know itself.
  private func renderNote(_ source: inout SwiftSource) {
    source.line("try check.note(&additions, element, index: index, at: offset)")
  }

  // MARK: The end

  private func renderEnd(_ source: inout SwiftSource) {
    source.line("check.leave(to: outer)")
    source.line("layout.\(plan.endField) = position")
    source.line("\(layout).listCount = index")
    for use in uses {
      renderCardinality(use, &source)
      renderRequired(use, &source)
      guard use.allowed.position == .last else { continue }
      let arguments = "\(use.element.name)First, \"\(use.element.name)\", in: \"\(list)\", count: index"
      source.line("try check.last(\(arguments), at: offset, code: \(context.code(use.allowed.excessCode)))")
    }
    source.block(
      "try check.cardinality(", closing: ")", open: "",
      [
        "of: additions, in: \"\(list)\", octets, layout, count: index, at: offset, end: offset &+ position, errors: errors"
      ])
    if let limit = context.nesting.limit(ofFamily: shape.family) { source.line("if goesDown { check.goUp(\(limit.place)) }") }
  }

  private func renderCardinality(_ use: Use, _ source: inout SwiftSource) {
    guard use.allowed.minimum > 0 || use.allowed.maximum != nil else { return }
    source.block(
      "try check.cardinality(", closing: ")", open: "",
      [
        "of: \(layout).\(use.occurrence), \"\(use.element.name)\", in: \"\(list)\", minimum: \(use.allowed.minimum),",
        "at: offset, end: offset &+ position, missing: \(context.code(use.allowed.missingCode)),",
        "excess: \(context.code(use.allowed.excessCode))",
      ])
  }

  private func renderRequired(_ use: Use, _ source: inout SwiftSource) {
    guard let condition = use.allowed.requiredWhen else { return }
    let absent = "check.isClean(since: errors), \(layout).\(use.occurrence).count < 1"
    let code = context.code(use.allowed.missingCode)
    source.block("if \(absent), \(context.condition(condition, body).inStatement)") {
      $0.line("try check.missing(\"\(use.element.name)\", in: \"\(list)\", at: offset &+ position, code: \(code))")
    }
  }
}

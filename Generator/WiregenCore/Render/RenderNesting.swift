import WireText

/// How bodies within bodies are reached, in Swift.
extension RenderContext {
  /// The arguments of `Borrowed` for checked octets that are a value of a body.
  func part(_ octets: String, of index: Int) -> String {
    if let size = plans[index].fixedSize { return "checked: \(octets), FixedLayout(end: \(size))" }
    return "part: \(octets)\(directionArgument(for: index))"
  }

  /// The same for octets that start with a value.
  func firstPart(_ octets: String, of index: Int) -> String {
    "firstPart: \(octets)\(directionArgument(for: index))"
  }

  /// `, direction: direction` where the direction decides about something in the body.
  func directionArgument(for index: Int) -> String {
    nesting.directional.contains(index) ? ", direction: direction" : ""
  }

  /// A line that names the direction, where the lines after it use it.
  func nameDirection(for body: SwiftSource, _ source: inout SwiftSource) {
    if body.text.contains("direction: direction") { source.line("let direction = view.direction") }
  }

  /// The protocol code of errors in a member of a body that may be the value of an element.
  func code(of member: Member, in plan: BodyPlan) -> String { code(member.code, inherits: member.inheritsCode, in: plan) }

  func code(of rule: RuleDefinition, in plan: BodyPlan) -> String { code(rule.code, inherits: rule.inheritsCode, in: plan) }

  /// The protocol code of what no member of the body answers for.
  func bodyCode(of plan: BodyPlan) -> String { code(plan.code, inherits: true, in: plan) }

  private func code(_ value: UInt64?, inherits: Bool, in plan: BodyPlan) -> String {
    inherits && nesting.inheriting.contains(plan.index) ? "check.code(\(code(value)))" : code(value)
  }
}

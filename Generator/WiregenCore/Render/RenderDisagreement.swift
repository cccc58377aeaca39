import WireText

/// Renders what a value can say otherwise than its earlier members announce: how many values, elements or octets there are, and
/// which case of a choice.
///
/// Octets written for such a value would be taken for something else, so that encoding asks before it checks them.
struct DisagreementRenderer {
  let context: RenderContext
  let plan: BodyPlan

  func render(_ source: inout SwiftSource) {
    guard context.nesting.disagreeing.contains(plan.index) else { return }
    source.line()
    source.block("\(context.access)func disagreement() -> WireName?") { inner in
      for member in plan.members { render(member, &inner) }
      inner.line("return nil")
    }
  }

  private func render(_ member: MemberPlan, _ source: inout SwiftSource) {
    guard let identifier = member.properties.first?.identifier else { return }
    let property = "self.\(identifier)"
    var lines = SwiftSource()
    render(member.member, member.isOptional ? "value" : property, &lines)
    guard member.isOptional, !lines.lines.isEmpty else {
      for line in lines.lines { source.line(line) }
      return
    }
    source.block("if let value = \(property)") { inner in
      for line in lines.lines { inner.line(line) }
    }
  }

  private func render(_ member: Member, _ value: String, _ source: inout SwiftSource) {
    let failure = "return \"\(member.name)\""
    switch member.kind {
    case .structure(let index): ask(value, index, failure, &source)
    case .array(let shape):
      switch shape.end {
      case .count(let number): compare("\(value).count", number, failure, &source)
      case .size(let number):
        let size = context.lowering.fixed(shape.element).map { "\(value).count\($0 == 1 ? "" : " &* \($0)")" }
        compare(size ?? "\(value).encodedSize", number, failure, &source)
      case .container, .counted, .terminated: break
      }
      if case .structure(let index) = shape.element.kind { askEach(value, index, failure, &source) }
    case .list(let shape): renderList(shape, member, value, failure, &source)
    case .choice(let shape): renderChoice(shape, value, failure, &source)
    default: break
    }
  }

  private func renderList(
    _ shape: ListShape, _ member: Member, _ value: String, _ failure: String, _ source: inout SwiftSource
  ) {
    guard let listPlan = plan.member(member.name) else { return }
    let list = ListRenderer(context: context, plan: listPlan, shape: shape, body: plan)
    switch shape.end {
    case .container: break
    case .count(let number):
      let counts = list.stored.map { use in
        use.isMany ? "\(value).\(use.property).count" : use.isRequired ? "1" : "(\(value).\(use.property) != nil ? 1 : 0)"
      }
      compare((counts + ["\(value).unknown.count"]).joined(separator: " &+ "), number, failure, &source)
    case .size(let number): compare("\(value).encodedSize", number, failure, &source)
    }
    for use in list.stored {
      let element = "\(value).\(use.property)"
      if use.isMany {
        askEach(element, use.element.body, failure, &source)
      } else {
        ask(use.isRequired ? element : "\(element)?", use.element.body, failure, &source)
      }
    }
  }

  private func renderChoice(_ shape: ChoiceShape, _ value: String, _ failure: String, _ source: inout SwiftSource) {
    if shape.on.isAnnounced {
      source.line("switch \(number(shape.on)) {")
      for chosen in shape.cases {
        source.line("case \(chosen.first == chosen.last ? "\(chosen.first)" : "\(chosen.first)...\(chosen.last)"):")
        source.line("  if \(value).kind != .\(SwiftName.chosen(chosen.name)) { \(failure) }")
      }
      let otherwise = shape.otherwise.map { "if \(value).kind != .\(SwiftName.chosen($0.name)) { \(failure) }" }
      source.line("default: \(otherwise ?? failure)")
      source.line("}")
    }
    for chosen in shape.allCases {
      if let body = chosen.body { ask("\(value).\(SwiftName.chosen(chosen.name))?", body, failure, &source) }
    }
  }

  // MARK: Tests

  private func compare(_ found: String, _ announced: WireExpression, _ failure: String, _ source: inout SwiftSource) {
    guard announced.isAnnounced else { return }
    source.line("if \(found) != \(number(announced)) { \(failure) }")
  }

  private func number(_ expression: WireExpression) -> String {
    ExpressionRenderer(context: context, scope: .value(ValueScope(plan: plan))).value(expression, narrow: true)
  }

  private func ask(_ value: String, _ body: Int, _ failure: String, _ source: inout SwiftSource) {
    guard context.nesting.disagreeing.contains(body) else { return }
    source.line("if \(value).disagreement() != nil { \(failure) }")
  }

  private func askEach(_ values: String, _ body: Int, _ failure: String, _ source: inout SwiftSource) {
    guard context.nesting.disagreeing.contains(body) else { return }
    source.line("for index in 0..<\(values).count where \(values)[index].disagreement() != nil { \(failure) }")
  }
}

extension WireExpression {
  /// Whether a value alone, without its octets, says what the expression comes to.
  var isAnnounced: Bool {
    switch self {
    case .number, .boolean, .address, .text, .path, .size, .count, .flag: true
    case .remaining, .present, .item, .over, .among: false
    case .not(let operand), .inPrefix(let operand, _, _), .inRanges(let operand, _): operand.isAnnounced
    case .binary(_, let left, let right): left.isAnnounced && right.isAnnounced
    }
  }
}

import WireText

/// Renders the walk over members of varying size.
extension CheckRenderer {
  mutating func renderVariable(_ plan: MemberPlan) {
    switch plan.member.kind {
    case .structure(let index): renderStructure(plan, index)
    case .octets(let shape):
      renderExtent(plan, shape.extent)
      let value = context.value(shape.extent, plan.place.text, "layout.\(plan.endField)")
      renderBounds(plan.member, value.count, shape.minimum, shape.maximum, at: plan.place.text)
    case .text(let shape):
      renderExtent(plan, shape.extent)
      let value = context.value(shape.extent, plan.place.text, "layout.\(plan.endField)")
      renderBounds(plan.member, value.count, shape.minimum, shape.maximum, at: plan.place.text)
      renderText(plan.member, shape, value, at: plan.place.text)
    case .array(let shape): renderArray(plan, shape)
    case .list(let shape):
      if case .size(let expression) = shape.end { renderExtent(plan, .expression(expression)) }
      ListRenderer(context: context, plan: plan, shape: shape, body: self.plan).renderCall(&source)
    case .choice(let shape): renderChoice(plan, shape)
    case .reservedRest(let send, let isChecked): renderReservedRest(plan, send, isChecked)
    case .integer, .bits, .reserved, .ipv4, .ipv6, .mac: break
    }
  }

  mutating func renderStructure(_ plan: MemberPlan, _ index: Int) {
    let place = plan.place.text
    let call = "try \(structure(index, plan.member.name, at: place))"
    if plan.fixedSize != nil {
      source.line("_ = \(call)")
    } else {
      source.line("layout.\(plan.endField) = \(place)")
      source.line("layout.\(plan.endField) &+= \(call)")
    }
  }

  /// The walk over a nested body, which gives its octets.
  private func structure(_ index: Int, _ name: String, at place: String) -> String {
    let type = SwiftName.type(context.definition.bodies[index].name)
    let message = context.lowering.isMessageBound(index) ? ", message: message" : ""
    let octets = place == "0" ? "octets" : "octets.extracting(droppingFirst: \(place))"
    return "check.structure(\(type).self, \"\(name)\", \(octets), at: \(absolute(place))\(message))"
  }

  private mutating func renderReservedRest(_ plan: MemberPlan, _ send: UInt64, _ isChecked: Bool) {
    source.line("layout.\(plan.endField) = octets.byteCount")
    guard isChecked else { return }
    let place = plan.place.text
    report(
      ".reserved", if: "!octets.isFilled(\(place), count: \(difference("octets.byteCount", place)), with: \(send))", at: place,
      "reserved", context.code(of: plan.member, in: self.plan), isWarning: plan.member.isWarning)
  }

  // MARK: Octets and text

  /// Where a member ends, and that it fits.
  private mutating func renderExtent(_ plan: MemberPlan, _ extent: Extent) {
    let place = plan.place.text
    switch extent {
    case .fixed(let size), .padded(let size, _):
      source.line("layout.\(plan.endField) = \(sum(place, size))")
      truncated(plan, if: "octets.byteCount < layout.\(plan.endField)")
    case .rest: source.line("layout.\(plan.endField) = octets.byteCount")
    case .expression(let expression):
      let name = "\(plan.member.name)Size"
      renderSize(expression, name, plan)
      source.line("layout.\(plan.endField) = \(sum(place, name))")
    case .prefixed(let bits, let isLittle):
      let shape = IntegerShape(bits: bits, isLittleEndian: isLittle)
      let (name, start) = ("\(plan.member.name)Size", sum(place, bits / 8))
      truncated(plan, if: "octets.byteCount < \(start)")
      source.line("let \(name) = \(context.count(shape, at: place))")
      truncated(plan, if: "\(name) > \(difference("octets.byteCount", start))")
      source.line("layout.\(plan.endField) = \(sum(start, name))")
    case .terminated(let end):
      let rest = difference("octets.byteCount", place)
      source.line("layout.\(plan.endField) = \(sum(place, "octets.count(before: \(end), \(place), count: \(rest))")) &+ 1")
      truncated(plan, if: "layout.\(plan.endField) > octets.byteCount")
    }
  }

  /// A count of octets that an expression gives, which must not be negative nor more than there are.
  private mutating func renderSize(_ expression: WireExpression, _ name: String, _ plan: MemberPlan) {
    let place = plan.place.text
    source.line("let \(name) = \(context.value(expression, self.plan, place, narrow: true))")
    refuseNegative(expression, name, plan)
    truncated(plan, if: "\(name) > \(difference("octets.byteCount", place))")
  }

  private mutating func refuseNegative(_ expression: WireExpression, _ name: String, _ plan: MemberPlan) {
    guard !expression.isNeverNegative else { return }
    fail(".range", plan, if: "\(name) < 0")
  }

  private mutating func truncated(_ plan: MemberPlan, if test: String) { fail(".truncated", plan, if: test) }

  /// Ends the walk over the body at a member, with the body's code.
  private mutating func fail(_ kind: String, _ plan: MemberPlan, if test: String) {
    let (place, code) = (plan.place.text, context.bodyCode(of: self.plan))
    source.block("if \(test)") {
      $0.line("throw check.failure(\(kind), at: \(absolute(place)), \"\(plan.member.name)\", code: \(code))")
    }
  }

  // MARK: Arrays

  private mutating func renderArray(_ plan: MemberPlan, _ shape: ArrayShape) {
    let name = plan.member.name
    let position = "layout.\(plan.endField)"
    var octets = "octets"
    let condition: String
    switch shape.end {
    case .container: condition = "\(position) < octets.byteCount"
    case .counted(let counter):
      source.line("let \(name)Total = \(context.value(.path([counter]), self.plan, plan.place.text, narrow: true))")
      condition = "layout.\(plan.countField) < \(name)Total"
    case .count(let expression):
      source.line("let \(name)Total = \(context.value(expression, self.plan, plan.place.text, narrow: true))")
      refuseNegative(expression, "\(name)Total", plan)
      condition = "layout.\(plan.countField) < \(name)Total"
    case .size(let expression):
      renderSize(expression, "\(name)Size", plan)
      octets = "\(name)Octets"
      source.line("let \(octets) = octets.extracting(first: \(sum(plan.place.text, "\(name)Size")))")
      condition = "\(position) < \(octets).byteCount"
    case .terminated: condition = "true"
    }
    source.line("\(position) = \(plan.place.text)")
    let isCounted = shape.end.isCount
    if isCounted {
      renderBounds(plan.member, "\(name)Total", shape.minimum, shape.maximum, at: plan.place.text)
    }
    source.line("let \(name)Outer = check.enter(\"\(name)\", index: 0)")
    nested("while \(condition)") { inner in
      inner.renderTerminator(plan, shape)
      inner.source.line("check.move(to: layout.\(plan.countField))")
      inner.renderArrayElement(plan, shape.element, in: octets)
      inner.source.line("layout.\(plan.countField) &+= 1")
    }
    source.line("check.leave(to: \(name)Outer)")
    if isCounted { return }
    renderBounds(plan.member, "layout.\(plan.countField)", shape.minimum, shape.maximum, at: plan.place.text)
  }

  /// Before each value: whether the end comes instead of it.
  private mutating func renderTerminator(_ plan: MemberPlan, _ shape: ArrayShape) {
    guard case .terminated(let value, let size, let isLittle) = shape.end else { return }
    let position = "layout.\(plan.endField)"
    let (name, code) = (plan.member.name, context.bodyCode(of: self.plan))
    source.block("guard octets.byteCount &- \(position) >= \(size) else") {
      $0.line("check.leave(to: \(name)Outer)")
      $0.line("throw check.failure(.truncated, at: offset &+ \(position), \"\(name)\", code: \(code))")
    }
    let load = context.rawLoad(IntegerShape(bits: size * 8, isLittleEndian: isLittle), at: position)
    source.block("if \(Compare.equal(load, "\(value)"))") {
      $0.line("\(position) &+= \(size)")
      $0.line("break")
    }
  }

  private mutating func renderArrayElement(_ plan: MemberPlan, _ element: Member, in octets: String) {
    let position = "layout.\(plan.endField)"
    if case .structure(let index) = element.kind {
      let type = SwiftName.type(context.definition.bodies[index].name)
      let message = context.lowering.isMessageBound(index) ? ", message: message" : ""
      let part = "\(octets).extracting(droppingFirst: \(position))"
      source.line("\(position) &+= try \(type).check(\(part), at: offset &+ \(position), &check\(message)).end")
      return
    }
    let size = context.lowering.sizes.fixed(element) ?? 1
    source.block("guard \(octets).byteCount &- \(position) >= \(size) else") {
      $0.line("throw check.failure(.truncated, at: offset &+ \(position), code: \(context.bodyCode(of: self.plan)))")
    }
    if !context.lowering.isPlain(element) { renderValue(element, at: position) }
    source.line("\(position) &+= \(size)")
  }

  // MARK: Choices

  private mutating func renderChoice(_ plan: MemberPlan, _ shape: ChoiceShape) {
    let place = plan.place.text
    source.line("layout.\(plan.endField) = \(place)")
    source.line("switch (\(context.value(shape.on, self.plan, place))) {")
    for (index, chosen) in shape.allCases.enumerated() {
      let isOther = index == shape.cases.count
      let pattern = chosen.first == chosen.last ? "\(chosen.first)" : "\(chosen.first)...\(chosen.last)"
      source.line(isOther ? "default:" : "case \(pattern):")
      source.line("  layout.\(plan.caseField) = \(index)")
      guard let body = chosen.body else { continue }
      source.line("  let outer = check.enter(\"\(plan.member.name)\")")
      source.line("  layout.\(plan.endField) &+= try \(structure(body, chosen.name, at: place))")
      source.line("  check.leave(to: outer)")
    }
    if shape.otherwise == nil {
      source.line("default:")
      let code = context.code(of: plan.member, in: self.plan)
      source.line("  throw check.failure(.code, at: \(absolute(place)), \"\(plan.member.name)\", code: \(code))")
    }
    source.line("}")
  }
}

extension ArrayShape.End {
  /// Whether the number of values is known before the first of them.
  fileprivate var isCount: Bool {
    switch self {
    case .counted, .count: true
    case .container, .size, .terminated: false
    }
  }
}

extension WireExpression {
  /// Whether its value, of unsigned numbers without a subtraction, is 0 or more.
  var isNeverNegative: Bool {
    switch self {
    case .number(let value): value >= 0
    case .size, .count, .remaining: true
    case .binary(let operation, let left, let right):
      [.add, .multiply, .bitOr, .bitAnd].contains(operation) && left.isNeverNegative && right.isNeverNegative
    default: false
    }
  }
}

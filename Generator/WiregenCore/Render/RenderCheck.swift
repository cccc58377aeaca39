import WireText

/// Renders the walk over the octets of a body, in the normative order of checks.
struct CheckRenderer {
  let context: RenderContext
  let plan: BodyPlan
  var source: SwiftSource
  /// Members of fixed size that have not been seen to fit yet.
  private var run: [RunEntry] = []
  private var runStart = Place(base: nil, plus: 0)
  /// Octets from the body's start that the matches have already seen to be there.
  private var matched = 0

  private struct RunEntry {
    var start: Int
    var end: Int
    var name: String
    var code: String
  }

  static func render(_ plan: BodyPlan, _ context: RenderContext, into source: inout SwiftSource) {
    var renderer = CheckRenderer(context: context, plan: plan, source: source)
    renderer.render()
    source = renderer.source
  }

  private init(context: RenderContext, plan: BodyPlan, source: SwiftSource) {
    self.context = context
    self.plan = plan
    self.source = source
  }

  private mutating func render() {
    let start = "\(context.access)static func check(_ octets: RawSpan, at offset: Int, _ check: inout Check"
    if plan.isMessageBound {
      source.block("\(start)) throws(WireError) -> Layout") {
        let message = plan.message == nil ? "octets.extracting(0..<0)" : "octets"
        $0.line("try self.check(octets, at: offset, &check, message: \(message))")
      }
      source.line()
    }
    let header = "\(start)\(plan.isMessageBound ? ", message: RawSpan" : "")) throws(WireError) -> Layout"
    if header.count > 126 {
      source.line("\(context.access)static func check(")
      source.line("  _ octets: RawSpan, at offset: Int, _ check: inout Check, message: RawSpan")
    }
    nested(header.count > 126 ? ") throws(WireError) -> Layout" : header) { $0.renderBody() }
  }

  /// A block whose inside this renderer writes.
  mutating func nested(_ opening: String, _ body: (inout CheckRenderer) -> Void) {
    var inner = self
    source.block(opening) { block in
      inner.source = block
      body(&inner)
      block = inner.source
    }
  }

  private mutating func renderBody() {
    if plan.limitsContainer { source.line("var octets = octets") }
    if !plan.isFixed { source.line("var layout = Layout()") }
    if needsErrors { source.line("let errors = check.errorCount") }
    if plan.message != nil, context.nesting.directional.contains(plan.index) {
      source.line("check.direction = \((plan.message?.direction ?? 0) + 1)")
    }
    let limit = context.nesting.limit(ofBody: plan.index)
    if let limit {
      source.block("guard check.goDown(\(limit.place), limit: \(limit.limit)) else") {
        $0.line("throw check.failure(.depth, at: offset, code: \(context.code(plan.code)))")
      }
    }
    if let message = plan.message {
      for match in message.matches { renderMatch(match) }
      for rule in message.earlyRules { renderEarly(rule) }
      renderSize(message)
    }
    for member in plan.members { render(member) }
    flush()
    renderChecksums()
    renderRules()
<<<<<<< HEAD
    renderEnd()
  }

  private mutating func renderEnd() {
=======
    if let limit { source.line("check.goUp(\(limit.place))") }
>>>>>>> origin/main
    if let size = plan.fixedSize {
      source.line("return FixedLayout(end: \(size))")
      return
    }
    if plan.limitsContainer {
      report(
        ".trailing", if: "\(plan.end.text) < octets.byteCount", at: plan.end.text, "", context.code(plan.code))
      source.line("layout.end = octets.byteCount")
    } else {
      source.line("layout.end = \(plan.end.text)")
    }
    source.line("return layout")
  }

  /// Whether something is asked only when nothing was wrong in the body before.
  private var needsErrors: Bool {
    if !plan.rules.isEmpty { return true }
    return plan.members.contains { member in
      if case .list(let shape) = member.member.kind { return shape.allowed.contains { $0.requiredWhen != nil } }
      return false
    }
  }

  // MARK: Messages

  private mutating func renderMatch(_ match: MessageTraits.Match) {
    requireOctets(of: match)
    let value = read(match)
    let test =
      match.first == match.last
      ? "\(value) != \(match.first)" : "!(\(match.first)...\(match.last)).contains(\(value))"
    report(".constant", if: test, at: "\(match.offset)", match.member, context.code(match.code))
  }

  private mutating func requireOctets(of match: MessageTraits.Match) {
    let end = match.offset + match.size
    guard end > matched else { return }
    source.block("guard octets.byteCount >= \(end) else") {
      $0.line(
        "throw check.failure(.truncated, at: \(absolute("\(match.offset)")), \"\(match.member)\", code: \(context.code(plan.code)))"
      )
    }
    matched = end
  }

  private func read(_ match: MessageTraits.Match) -> String {
    let shape = IntegerShape(bits: match.size * 8, isLittleEndian: match.isLittleEndian)
    return context.bitField(
      IntegerShape(bits: match.bits), shift: match.shift, group: context.rawLoad(shape, at: "\(match.offset)"),
      groupBits: match.size * 8)
  }

  private mutating func renderEarly(_ early: MessageTraits.EarlyRule) {
    for match in early.reads { requireOctets(of: match) }
    renderRule(early.rule)
  }

  private mutating func renderSize(_ message: MessageTraits) {
    let code = context.code(message.sizeCode)
    if let maximum = message.maximumSize {
      report(".tooLong", if: "octets.byteCount > \(maximum)", at: "0", "", code)
    }
    guard message.sizeMultiple > 1 else { return }
    let multiple = message.sizeMultiple
    let test =
      multiple & (multiple - 1) == 0 ? "octets.byteCount & \(multiple - 1) != 0" : "octets.byteCount % \(multiple) != 0"
    report(".notMultiple", if: test, at: "0", "", code)
  }

  mutating func report(
    _ kind: String, if test: String, at place: String, _ name: String, _ code: String, isWarning: Bool = false
  ) {
    let warning = isWarning ? ", isWarning: true" : ""
    let member = name.isEmpty ? "" : ", \"\(name)\""
    source.block("if \(test)") {
      $0.line("try check.report(\(kind), at: \(absolute(place))\(member), code: \(code)\(warning))")
    }
  }

  // MARK: Members

  private mutating func render(_ plan: MemberPlan) {
    if plan.isOptional {
      flush()
      renderOptional(plan)
    } else if plan.fixedSize != nil {
      renderFixed(plan)
    } else {
      flush()
      renderVariable(plan)
    }
  }

  private mutating func renderOptional(_ plan: MemberPlan) {
    let place = plan.place.text
    guard let condition = plan.member.condition else { return }
    source.line("layout.\(plan.presenceField) = \(context.condition(condition, self.plan, place: place))")
    source.line("layout.\(plan.endField) = \(place)")
    var required = plan
    required.member.condition = nil
    required.fixedSize = context.lowering.fixed(required.member)
    required.isPlain = required.fixedSize != nil && context.lowering.isPlain(required.member)
    nested("if layout.\(plan.presenceField)") { inner in
      guard let size = required.fixedSize else { return inner.renderVariable(required) }
      inner.renderFixed(required)
      inner.flush()
      inner.source.line("layout.\(plan.endField) = \(required.place.moved(by: size).text)")
    }
  }

  private mutating func renderFixed(_ plan: MemberPlan) {
    if case .structure(let index) = plan.member.kind, !plan.isPlain {
      flush()
      renderStructure(plan, index)
      return
    }
    if run.isEmpty { runStart = plan.place }
    append(plan.member, at: plan.place.plus, prefix: "", code: context.bodyCode(of: self.plan))
    guard !plan.isPlain else { return }
    flush()
    renderValue(plan.member, at: plan.place)
  }

  /// Adds a member to the run; a plain struct adds its parts.
  private mutating func append(_ member: Member, at start: Int, prefix: String, code: String) {
    if case .structure(let index) = member.kind {
      var place = start
      let body = context.definition.bodies[index]
      for inner in body.members {
        append(inner, at: place, prefix: "\(prefix)\(member.name).", code: context.code(body.code))
        place += context.lowering.sizes.fixed(inner) ?? 0
      }
      return
    }
    let size = context.lowering.sizes.fixed(member) ?? 0
    var name = member.name
    if case .reserved = member.kind { name = "reserved" }
    if case .bits(_, _, let group) = member.kind { name = group.first { !$0.name.isEmpty }?.name ?? "reserved" }
    run.append(RunEntry(start: start, end: start + size, name: prefix + name, code: code))
  }

  /// Writes the guard that the run fits; one for each stretch with the same protocol code.
  private mutating func flush() {
    if runStart.base == nil { run.removeAll { $0.end <= matched } }
    while let first = run.first {
      let stretch = run.prefix { $0.code == first.code }
      let start = Place(base: runStart.base, plus: first.start).text
      let end = Place(base: runStart.base, plus: stretch.last!.end).text
      let names = stretch.map { "\($0.start - first.start)-\($0.end - first.start) \($0.name)" }
      source.block("if octets.byteCount < \(end)") {
        $0.block(
          "throw check.truncated(", closing: ")", open: "",
          [
<<<<<<< HEAD
            "\(difference("octets.byteCount", start)), at: \(absolute(start)),",
            "run: \"\(names.joined(separator: ","))\", code: \(context.code(first.code))",
=======
            "octets.byteCount &- (\(start)), at: \(absolute(start)),",
            "run: \"\(names.joined(separator: ","))\", code: \(first.code)",
>>>>>>> origin/main
          ])
      }
      run.removeFirst(stretch.count)
    }
  }

<<<<<<< HEAD
=======
  private mutating func renderStructure(_ plan: MemberPlan, _ index: Int) {
    let place = plan.place.text
    let type = SwiftName.type(context.definition.bodies[index].name)
    let call =
      "try check.structure(\(type).self, \"\(plan.member.name)\", octets.extracting(droppingFirst: \(place)), at: \(absolute(place)))"
    if plan.fixedSize != nil {
      source.line("_ = \(call)")
    } else {
      source.line("layout.\(plan.endField) = \(place)")
      source.line("layout.\(plan.endField) &+= \(call)")
    }
  }

  // MARK: Values

  /// Checks the value of a member whose octets are there.
  private mutating func renderValue(_ member: Member, at place: String) {
    switch member.kind {
    case .integer(let shape):
      guard !isMatched(member.name) else { return }
      renderNumber(shape, context.rawLoad(shape, at: place), member, at: place)
    case .bits(let octets, let isLittle, let group):
      var shift = octets * 8
      for inner in group {
        shift -= inner.bitWidth
        let load = context.groupLoad(octets: octets, isLittle: isLittle, at: place)
        renderBit(inner, shift: shift, group: load, groupBits: octets * 8, at: place)
      }
    case .reserved(let size, let send, true):
      report(
        ".reserved", if: "!octets.isFilled(\(place), count: \(size), with: \(send))", at: place, "reserved",
        context.code(of: member, in: plan), isWarning: member.isWarning)
    case .text: renderText(member, at: place, size: "\(context.lowering.sizes.fixed(member) ?? 0)")
    default: break
    }
  }

  private mutating func renderBit(_ member: Member, shift: Int, group: String, groupBits: Int, at place: String) {
    switch member.kind {
    case .integer(let shape):
      guard !isMatched(member.name) else { return }
      renderNumber(
        shape, context.bitField(shape, shift: shift, group: group, groupBits: groupBits), member, at: place)
    case .reserved(let bits, let send, true):
      let value = context.bitField(IntegerShape(bits: bits), shift: shift, group: group, groupBits: groupBits)
      report(
        ".reserved", if: "\(value) != \(send)", at: place, "reserved", context.code(of: member, in: plan),
        isWarning: member.isWarning)
    default: break
    }
  }

  /// Whether a match has compared the member already.
  private func isMatched(_ name: String) -> Bool {
    plan.message?.matches.contains { $0.member == name && $0.first == $0.last } ?? false
  }

  private mutating func renderNumber(_ shape: IntegerShape, _ raw: String, _ member: Member, at place: String) {
    let code = context.code(of: member, in: plan)
    if let constant = shape.constant {
      report(".constant", if: "\(raw) != \(constant)", at: place, member.name, code, isWarning: member.isWarning)
      return
    }
    if let codes = shape.codes, context.lowering.isClosed(shape) {
      let type = SwiftName.type(context.definition.codes[codes].name)
      let storage = storageType(bits: shape.bits)
      report(
        ".code", if: "\(type)(rawValue: \(storage)(truncatingIfNeeded: \(raw))) == nil", at: place, member.name, code,
        isWarning: member.isWarning)
    }
    var tests: [String] = []
    let bounds = shape.widthBounds
    if let minimum = shape.minimum, minimum > bounds.lowerBound { tests.append("\(raw) < \(minimum)") }
    if let maximum = shape.maximum, maximum < bounds.upperBound { tests.append("\(raw) > \(maximum)") }
    guard !tests.isEmpty else { return }
    report(".range", if: tests.joined(separator: " || "), at: place, member.name, code, isWarning: member.isWarning)
  }

  // MARK: Members of varying size

  private mutating func renderVariable(_ plan: MemberPlan) {
    switch plan.member.kind {
    case .structure(let index): renderStructure(plan, index)
    case .octets(let shape):
      renderExtent(plan, shape.extent)
      renderBounds(plan, "layout.\(plan.endField) &- (\(plan.place.text))", shape.minimum, shape.maximum)
    case .text(let shape):
      renderExtent(plan, shape.extent)
      renderBounds(plan, "layout.\(plan.endField) &- (\(plan.place.text))", shape.minimum, shape.maximum)
      renderText(plan.member, at: plan.place.text, size: "layout.\(plan.endField) &- (\(plan.place.text))")
    case .array(let shape): renderArray(plan, shape)
    case .list(let shape):
      if case .size(let expression) = shape.end { renderExtent(plan, .expression(expression)) }
      ListRenderer(context: context, plan: plan, shape: shape, body: self.plan).renderCall(&source)
    default: break
    }
  }

  /// Where a member ends, and that it fits.
  private mutating func renderExtent(_ plan: MemberPlan, _ extent: Extent) {
    let (place, code) = (plan.place.text, context.bodyCode(of: self.plan))
    switch extent {
    case .fixed(let size), .padded(let size, _): source.line("layout.\(plan.endField) = \(sum(place, size))")
    case .prefixed, .terminated: return
    case .rest:
      source.line("layout.\(plan.endField) = octets.byteCount")
      return
    case .expression(let expression):
      let name = "\(plan.member.name)Size"
      source.line("let \(name) = \(context.value(expression, self.plan, place, narrow: true))")
      if !expression.isNeverNegative {
        source.block("if \(name) < 0") {
          $0.line("throw check.failure(.range, at: \(absolute(place)), \"\(plan.member.name)\", code: \(code))")
        }
      }
      source.block("if \(name) > octets.byteCount &- (\(place))") {
        $0.line("throw check.failure(.truncated, at: \(absolute(place)), \"\(plan.member.name)\", code: \(code))")
      }
      source.line("layout.\(plan.endField) = \(place) &+ \(name)")
      return
    }
    source.block("if octets.byteCount < layout.\(plan.endField)") {
      $0.line("throw check.failure(.truncated, at: \(absolute(place)), \"\(plan.member.name)\", code: \(code))")
    }
  }

  private mutating func renderBounds(_ plan: MemberPlan, _ size: String, _ minimum: Int, _ maximum: Int?) {
    var tests: [String] = []
    if minimum > 0 { tests.append("\(size) < \(minimum)") }
    if let maximum { tests.append("\(size) > \(maximum)") }
    guard !tests.isEmpty else { return }
    report(
      ".range", if: tests.joined(separator: " || "), at: plan.place.text, plan.member.name,
      context.code(of: plan.member, in: self.plan), isWarning: plan.member.isWarning)
  }

  private mutating func renderText(_ member: Member, at place: String, size: String) {
    guard case .text(let shape) = member.kind else { return }
    var tests: [String] = []
    if !shape.keepsInvalid { tests.append("!octets.isText(\(place), count: \(size))") }
    if shape.refusesNUL { tests.append("octets.hasZero(\(place), count: \(size))") }
    guard !tests.isEmpty else { return }
    report(
      ".text", if: tests.joined(separator: " || "), at: place, member.name, context.code(of: member, in: plan),
      isWarning: member.isWarning)
  }

  private mutating func renderArray(_ plan: MemberPlan, _ shape: ArrayShape) {
    let (name, place) = (plan.member.name, plan.place.text)
    let condition: String
    if case .counted(let counter) = shape.end, let found = context.locate([counter], self.plan) {
      source.line("let \(name)Total = Int(clamping: \(found.load))")
      condition = "layout.\(name)Count < \(name)Total"
    } else {
      condition = "layout.\(plan.endField) < octets.byteCount"
    }
    source.line("layout.\(plan.endField) = \(place)")
    source.line("let \(name)Outer = check.enter(\"\(name)\", index: 0)")
    var inner = self
    source.block("while \(condition)") { body in
      inner.source = body
      inner.source.line("check.move(to: layout.\(name)Count)")
      inner.renderArrayElement(plan, shape.element)
      inner.source.line("layout.\(name)Count &+= 1")
      body = inner.source
    }
    source.line("check.leave(to: \(name)Outer)")
    renderBounds(plan, "layout.\(name)Count", shape.minimum, shape.maximum)
  }

  private mutating func renderArrayElement(_ plan: MemberPlan, _ element: Member) {
    let position = "layout.\(plan.endField)"
    if case .structure(let index) = element.kind {
      let type = SwiftName.type(context.definition.bodies[index].name)
      source.line(
        "\(position) &+= try \(type).check(octets.extracting(droppingFirst: \(position)), at: offset &+ \(position), &check).end")
      return
    }
    let size = context.lowering.sizes.fixed(element) ?? 1
    source.block("guard octets.byteCount &- \(position) >= \(size) else") {
      $0.line("throw check.failure(.truncated, at: offset &+ \(position), code: \(context.bodyCode(of: self.plan)))")
    }
    if !context.lowering.isPlain(element) { renderValue(element, at: position) }
    source.line("\(position) &+= \(size)")
  }

>>>>>>> origin/main
  // MARK: Rules

  private mutating func renderRules() {
    guard !plan.rules.isEmpty else { return }
<<<<<<< HEAD
    nested("if check.isClean(since: errors)") { inner in
      for rule in inner.plan.rules { inner.renderRule(rule) }
=======
    var inner = self
    source.block("if check.isClean(since: errors)") { body in
      inner.source = body
      for rule in inner.plan.rules {
        let warning = rule.isWarning ? ", isWarning: true" : ""
        inner.source.block("if !(\(inner.context.condition(rule.test, inner.plan)))") {
          $0.line(
            "try check.report(.rule, at: offset, code: \(inner.context.code(of: rule, in: inner.plan))\(warning), rule: \"\(rule.name)\")"
          )
        }
      }
      body = inner.source
>>>>>>> origin/main
    }
  }

  private mutating func renderRule(_ rule: RuleDefinition) {
    let warning = rule.isWarning ? ", isWarning: true" : ""
    let test = context.condition(rule.test, plan)
    source.block("if !(\(test))") {
      $0.line(
        "try check.report(.rule, at: offset, code: \(context.code(rule.code))\(warning), rule: \"\(rule.name)\")")
    }
  }
}

extension SwiftSource {
  /// A call whose arguments stand on lines of their own.
  mutating func block(_ opening: String, closing: String, open: String, _ lines: [String]) {
    line(opening + open)
    for text in lines { line("  \(text)") }
    line(closing)
  }
}

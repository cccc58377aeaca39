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
  var matched = 0

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
    if plan.limitsContainer || hasElementLength { source.line("var octets = octets") }
    if !plan.isFixed { source.line("var layout = Layout()") }
    if needsErrors { source.line("let errors = check.errorCount") }
    if plan.message != nil, context.nesting.asksDirection {
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
    for (index, member) in plan.members.enumerated() {
      if index == waitingLengthPlace {
        flush()
        renderWaitingLength()
      }
      render(member)
    }
    flush()
    if plan.members.count == waitingLengthPlace { renderWaitingLength() }
    renderChecksums()
    renderRules()
    renderEnd(limit?.place)
  }

  /// Whether something is asked only when nothing was wrong in the body before: by rules, and by what lists may require.
  private var needsErrors: Bool {
    if !plan.rules.isEmpty { return true }
    return plan.members.contains { if case .list = $0.member.kind { true } else { false } }
  }

  /// - Parameter nesting: the place in `Check` of a body that may contain itself.
  private mutating func renderEnd(_ nesting: Int?) {
    if let nesting { source.line("check.goUp(\(nesting))") }
    if hasElementLength {
      report(
        ".trailing", if: "check.isPrefix, check.isAlone, \(plan.end.text) < octets.byteCount", at: plan.end.text, "",
        context.bodyCode(of: plan))
    }
    if let size = plan.fixedSize {
      source.line("return FixedLayout(end: \(size))")
      return
    }
    if plan.limitsContainer {
      report(
        ".trailing", if: "\(plan.end.text) < octets.byteCount", at: plan.end.text, "", context.bodyCode(of: plan))
      source.line("layout.end = octets.byteCount")
    } else {
      source.line("layout.end = \(plan.end.text)")
    }
    source.line("return layout")
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
            "\(difference("octets.byteCount", start)), at: \(absolute(start)),",
            "run: \"\(names.joined(separator: ","))\", code: \(first.code)",
          ])
      }
      run.removeFirst(stretch.count)
    }
  }

  // MARK: Rules

  private mutating func renderRules() {
    guard !plan.rules.isEmpty else { return }
    nested("if check.isClean(since: errors)") { inner in
      for rule in inner.plan.rules { inner.renderRule(rule) }
    }
  }

  private mutating func renderRule(_ rule: RuleDefinition) {
    let warning = rule.isWarning ? ", isWarning: true" : ""
    let test = context.condition(rule.test, plan)
    source.block("if !(\(test))") {
      $0.line(
        "try check.report(.rule, at: offset, code: \(context.code(of: rule, in: plan))\(warning), rule: \"\(rule.name)\")")
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

import Wire
import WireText

/// Renders size and writing.
struct WriteRenderer {
  let context: RenderContext
  let plan: BodyPlan
  /// The element whose header the body, or what is written, starts with.
  var element: ElementWriting?
  /// What stands before a property's name: nothing, or the value that has it and a dot.
  var base = "self."

  private var access: String { context.access }

  func render(_ source: inout SwiftSource) {
    renderSize(&source)
    source.line()
    let message = plan.isMessageBound ? ", message: inout MessageWriting" : ""
    source.block("\(access)func write(into output: inout OutputRawSpan\(message)) throws(WireError)") { inner in
      if plan.needsStart || hasLengthFromStart { inner.line("let bodyStart = output.byteCount") }
      writeMembers(&inner)
      fillLengths(&inner)
      for member in plan.members { fillChecksum(member, &inner) }
    }
    DisagreementRenderer(context: context, plan: plan).render(&source)
    MismatchRenderer(context: context, plan: plan).render(&source)
  }

  /// Writes all members into `output`, in order.
  func writeMembers(_ source: inout SwiftSource) {
    for member in plan.members { write(member, &source) }
  }

  // MARK: Sizes

  private func renderSize(_ source: inout SwiftSource) {
    let terms = sizeTerms(of: plan.members)
    guard terms.count > 4 else {
      return source.line("\(access)var encodedSize: Int { \(terms.joined(separator: " &+ ")) }")
    }
    // A long sum takes the compiler's type checker longer than so many statements.
    source.block("\(access)var encodedSize: Int") { inner in
      inner.line("var size = \(terms[0])")
      for term in terms.dropFirst() { inner.line("size &+= \(term)") }
      inner.line("return size")
    }
  }

  /// Octets of members of a value.
  func sizeText(of members: some Sequence<MemberPlan>) -> String { sizeTerms(of: members).joined(separator: " &+ ") }

  /// What comes to the octets of members of a value.
  private func sizeTerms(of members: some Sequence<MemberPlan>) -> [String] {
    var fixed = 0
    var terms: [String] = []
    for member in members {
      if let size = member.fixedSize { fixed += size } else { terms.append(size(of: member)) }
    }
    terms.removeAll { $0 == "0" }
    return (fixed > 0 || terms.isEmpty ? ["\(fixed)"] : []) + terms
  }

  /// Octets that a member of varying size takes.
  func size(of plan: MemberPlan) -> String {
    let value = base + (plan.properties.first?.identifier ?? "")
    var required = plan.member
    required.condition = nil
    guard plan.isOptional else { return size(of: required, value) }
    let fixed = context.lowering.fixed(required)
    if let isThere = isThere(plan) { return isThere ? "\(fixed ?? 0)" : "0" }
    if plan.properties.isEmpty { return "(\(condition(plan)) ? \(fixed ?? 0) : 0)" }
    if let fixed { return "(\(value) == nil ? 0 : \(fixed))" }
    let whole = size(of: required, "$0")
    return whole.contains("$0") ? "(\(value).map { \(whole) } ?? 0)" : "(\(value) == nil ? 0 : \(whole))"
  }

  private func size(of member: Member, _ value: String) -> String {
    if let fixed = context.lowering.fixed(member) { return "\(fixed)" }
    switch member.kind {
    case .octets(let shape): return sum("\(value).count", shape.extent.overhead)
    case .text(let shape):
      if shape.content == .date { return "\(29 + shape.extent.overhead)" }
      return sum(shape.keepsInvalid ? "\(value).octets.count" : "\(value).utf8.count", shape.extent.overhead)
    case .array(let shape):
      let values = context.lowering.fixed(shape.element).map { "\(value).count\($0 == 1 ? "" : " &* \($0)")" }
      guard case .terminated(_, let octets, _) = shape.end else { return values ?? "\(value).encodedSize" }
      return "\(values ?? "\(value).encodedSize") &+ \(octets)"
    case .reservedRest: return "0"
    default: return "\(value).encodedSize"
    }
  }

  /// Whether the extra tag of an element's header, which no property says anything about, is there; nil for other members.
  private func isThere(_ plan: MemberPlan) -> Bool? {
    guard let element, plan.isOptional, plan.member.name == element.family.extraTag, plan.properties.isEmpty else { return nil }
    return element.hasExtraTag != "false"
  }

  /// The condition of a member that is no property.
  private func condition(_ plan: MemberPlan) -> String {
    guard let condition = plan.member.condition else { return "true" }
    let scope = ValueScope(plan: self.plan, base: base)
    return ExpressionRenderer(context: context, scope: .value(scope)).condition(condition)
  }

  // MARK: Writing

  private func write(_ plan: MemberPlan, _ source: inout SwiftSource) {
    let property = base + (plan.properties.first?.identifier ?? "")
    if isThere(plan) == false { return }
    guard plan.isOptional, isThere(plan) == nil else { return write(plan.member, value: property, plan, &source) }
    let opening = plan.properties.isEmpty ? "if \(condition(plan).inStatement)" : "if let value = \(property)"
    source.block(opening) { write(plan.member, value: "value", plan, &$0) }
  }

  private func write(_ member: Member, value: String, _ plan: MemberPlan, _ source: inout SwiftSource) {
    switch member.kind {
    case .integer(let shape): writeInteger(shape, member, value, plan, &source)
    case .bits(let octets, let isLittle, let group): writeBits(octets, isLittle, group, plan, &source)
    case .reserved(let size, let send, _): source.line("output.fill(\(send), count: \(size))")
    case .ipv4: source.line("output.ipv4(\(value))")
    case .ipv6: source.line("output.ipv6(\(value))")
    case .mac: source.line("output.mac(\(value))")
    case .octets(let shape):
      if case .fixed = shape.extent { return source.line("output.fixedOctets(\(value))") }
      writeExtent(shape.extent, value, member, &source)
    case .text(let shape) where shape.content == .date: writeDate(shape, value, member, &source)
    case .text(let shape):
      writeExtent(shape.extent, "\(value)\(shape.keepsInvalid ? ".octets" : ".utf8")", member, &source)
    case .structure(let index):
      source.line("try \(value).write(into: &output\(message(context.lowering.isMessageBound(index))))")
    case .list, .choice: source.line("try \(value).write(into: &output\(message(isBound(member))))")
    case .array(let shape): writeArray(shape, value, plan, &source)
    case .reservedRest: break
    }
  }

  private func message(_ isBound: Bool) -> String { isBound ? ", message: &message" : "" }

  /// Whether what is in a list or choice takes the message.
  private func isBound(_ member: Member) -> Bool {
    switch member.kind {
    case .list(let shape):
      let family = context.definition.families[shape.family]
      return shape.allowed.contains { context.lowering.isMessageBound(family.elements[$0.element].body) }
    case .choice(let shape): return shape.allCases.contains { $0.body.map(context.lowering.isMessageBound) ?? false }
    default: return false
    }
  }

  /// Octets or text with what says how many there are.
  private func writeExtent(_ extent: Extent, _ octets: String, _ member: Member, _ source: inout SwiftSource) {
    switch extent {
    case .fixed(let size): source.line("output.octets(\(octets), room: \(size), fill: 0)")
    case .padded(let size, let pad): source.line("output.octets(\(octets), room: \(size), fill: \(pad))")
    case .rest, .expression: source.line("output.octets(\(octets))")
    case .prefixed(let bits, let isLittle):
      let shape = IntegerShape(bits: bits, isLittleEndian: isLittle)
      source.line("let \(member.name)Count = \(octets).count")
      unrepresentable(member, unless: exactly("\(member.name)Prefix", "\(member.name)Count", shape), &source)
      writeNumber("\(member.name)Prefix", shape, &source)
      source.line("output.octets(\(octets))")
    case .terminated(let end):
      source.line("output.octets(\(octets))")
      source.line("output.big(\(end) as UInt8)")
    }
  }

  private func writeDate(_ shape: TextShape, _ value: String, _ member: Member, _ source: inout SwiftSource) {
    unrepresentable(member, unless: "\(value).hasMailForm", &source)
    if case .prefixed(let bits, let isLittle) = shape.extent {
      writeNumber("29 as \(storageType(bits: bits))", IntegerShape(bits: bits, isLittleEndian: isLittle), &source)
    }
    source.line("output.mailDate(\(value))")
    if case .terminated(let end) = shape.extent { source.line("output.big(\(end) as UInt8)") }
  }

  private func writeArray(_ shape: ArrayShape, _ value: String, _ plan: MemberPlan, _ source: inout SwiftSource) {
    // By index: an iterator asks a build without optimisation for memory with every element.
    source.block("for index in 0..<\(value).count") { inner in
      var element = shape.element
      element.name = plan.member.name
      write(element, value: "\(value)[index]", plan, &inner)
    }
    guard case .terminated(let end, let octets, let isLittle) = shape.end else { return }
    let number = IntegerShape(bits: octets * 8, isLittleEndian: isLittle)
    writeNumber("\(end) as \(storageType(bits: octets * 8))", number, &source)
  }

  /// Writes a number that fits its field.
  private func writeNumber(_ number: String, _ shape: IntegerShape, _ source: inout SwiftSource) {
    let order = shape.isLittleEndian ? "little" : "big"
    if [8, 16, 32, 64].contains(shape.bits) {
      source.line("output.\(order)(\(number))")
    } else {
      source.line("output.\(order)(\(widened(number, to: "UInt64")), count: \(shape.bits / 8))")
    }
  }

  /// A condition that binds a number to a variable of the field's storage type, when it fits the field.
  private func exactly(_ variable: String, _ number: String, _ shape: IntegerShape) -> String {
    let fits = "let \(variable) = \(storageType(bits: shape.bits))(exactly: \(number))"
    return [8, 16, 32, 64].contains(shape.bits) ? fits : "\(fits), \(variable) <= \(shape.widthBounds.upperBound)"
  }

  private func unrepresentable(_ member: Member, unless test: String, _ source: inout SwiftSource) {
    let failure = "throw Self.encodingFailure(.unrepresentable, \"\(member.name)\")"
    if test.count + failure.count < 100 { return source.line("guard \(test) else { \(failure) }") }
    source.block("guard \(test) else") { $0.line(failure) }
  }
}

// MARK: - Numbers

extension WriteRenderer {
  private func writeInteger(
    _ shape: IntegerShape, _ member: Member, _ value: String, _ plan: MemberPlan, _ source: inout SwiftSource
  ) {
    let storage = storageType(bits: shape.bits, isSigned: shape.isSigned)
    if let constant = shape.constant {
      writeNumber("\(constant) as \(storage)", shape, &source)
    } else if let computed = shape.computed {
      writeComputed(computed, shape, plan, &source)
    } else {
      writeNumber(number(shape, member, value, &source), shape, &source)
    }
  }

  /// A property's number, after it was seen to fit its field.
  private func number(_ shape: IntegerShape, _ member: Member, _ value: String, _ source: inout SwiftSource) -> String {
    if let time = shape.time {
      let variable = "\(member.name)Count"
      unrepresentable(
        member,
        unless: "let \(variable)Units = \(time.count(value)), \(exactly(variable, "\(variable)Units", shape))", &source)
      return variable
    }
    let number = shape.codes == nil && shape.flags == nil ? value : "\(value).rawValue"
    guardWidth(shape, number, member, &source)
    return number
  }

  /// A number whose type is wider than its field must fit the field.
  private func guardWidth(_ shape: IntegerShape, _ number: String, _ member: Member, _ source: inout SwiftSource) {
    guard ![8, 16, 32, 64].contains(shape.bits), !shape.isBoolean else { return }
    let bounds = shape.widthBounds
    let test =
      shape.isSigned ? "(\(bounds.lowerBound)...\(bounds.upperBound)).contains(\(number))" : "\(number) <= \(bounds.upperBound)"
    unrepresentable(member, unless: test, &source)
  }

  private func writeComputed(
    _ computed: IntegerShape.Computed, _ shape: IntegerShape, _ plan: MemberPlan, _ source: inout SwiftSource
  ) {
    let name = plan.member.name
    switch computed {
    case .checksum(let algorithm, .before, let xor):
      writeBefore(algorithm, xor, shape, &source)
      return
    case .checksum:
      source.line("let \(name)Place = output.byteCount")
      source.line("output.fill(0, count: \(shape.bits / 8))")
      return
    case .count, .size, .rest, .message, .element, .presence: break
    }
    if waitingLength(plan) != nil { return leaveRoom(for: shape, plan, &source) }
    check(plan, shape, total(computed, behind: plan), unit: computed.unit, &source)
    writeNumber("\(name)Computed", shape, &source)
  }

  /// Binds what is computed to `Computed` behind the member's name, when it fits.
  func check(_ plan: MemberPlan, _ shape: IntegerShape, _ total: String, unit: Int, _ source: inout SwiftSource) {
    let name = plan.member.name
    source.line("let \(name)Total = \(total)")
    let value = unit > 1 ? "\(name)Total / \(unit)" : "\(name)Total"
    let whole = unit > 1 ? ", \(name)Total % \(unit) == 0" : ""
    unrepresentable(plan.member, unless: exactly("\(name)Computed", value, shape) + whole, &source)
  }

  /// What a length or a count is computed from, to be divided by a unit.
  private func total(_ computed: IntegerShape.Computed, behind plan: MemberPlan) -> String {
    switch computed {
    case .count(let name): return count(of: name)
    case .size(let name, _, let plus):
      let target = self.plan.member(name)
      return sum(target.map { $0.fixedSize.map { "\($0)" } ?? size(of: $0) } ?? "0", plus)
    case .rest(_, let plus): return sum(sizeText(of: members(behind: plan)), plus)
    case .message(_, let plus): return sum("\(base)encodedSize", plus)
    case .element(_, let plus, let countsHeader, let countsPadding):
      return sum(elementSize("\(base)encodedSize", countsHeader, countsPadding), plus)
    case .presence: return element?.hasExtraTag == "true" ? "1" : "0"
    case .checksum: return "0"
    }
  }

  /// The octets that the length in an element's header counts, of those that header and value have.
  func elementSize(_ octets: String, _ countsHeader: Bool, _ countsPadding: Bool) -> String {
    var size = octets
    if let family = element?.family, countsPadding, family.alignment > 1 {
      size = "\(context.typeName(of: family)).end(of: \(size), at: 0)"
    }
    if !countsHeader { size += " &- (\(sizeText(of: plan.members.prefix(headerCount))))" }
    return size
  }

  /// How many of the members are the element's header.
  private var headerCount: Int {
    plan.index < context.definition.bodies.count ? context.definition.bodies[plan.index].headerCount : plan.members.count
  }

  /// What encoding computes, as a number in an expression.
  func number(_ computed: IntegerShape.Computed, behind plan: MemberPlan) -> String {
    let total = total(computed, behind: plan)
    return computed.unit > 1 ? "((\(total)) / \(computed.unit))" : "(\(total))"
  }

  private func count(of name: String) -> String {
    guard let target = plan.member(name) else { return "0" }
    let value = base + (target.properties.first?.identifier ?? "")
    return target.isOptional ? "(\(value)?.count ?? 0)" : "\(value).count"
  }

  // MARK: Checksums

  /// A checksum over what is before it in the message: of an element, before its header.
  private func writeBefore(
    _ algorithm: ChecksumAlgorithm, _ xor: UInt64, _ shape: IntegerShape, _ source: inout SwiftSource
  ) {
    let header = context.headerSize(ofBody: plan.index)
    let end = plan.message == nil ? difference("bodyStart", "\(header)") : "output.byteCount"
    source.block(
      "message.checksum(", closing: ")", open: "",
      [".\(algorithm.rawValue), before: \(end), \(shape.octets), mask: 0x\(String(xor, radix: 16)), into: &output"])
  }

  /// Puts in a checksum of what is written by now, or has it put in when the message is.
  private func fillChecksum(_ plan: MemberPlan, _ source: inout SwiftSource) {
    guard case .integer(let shape) = plan.member.kind, case .checksum(let algorithm, let over, let xor)? = shape.computed,
      over != .before
    else { return }
    let (place, size) = ("\(plan.member.name)Place", shape.bits / 8)
    if self.plan.isMessageBound {
      let mask = "0x\(String(xor, radix: 16))"
      return source.block(
        "message.checksum(", closing: ")", open: "",
        [".\(algorithm.rawValue), from: bodyStart, at: \(place), \(shape.octets), mask: \(mask), in: output"])
    }
    let value = algorithm.call("output.bytes", "bodyStart..<output.byteCount", own: "\(place)..<\(place) &+ \(size)")
    source.line("let \(plan.member.name)Value = \(widened(value + xor.combined, to: "UInt64"))")
    source.line(
      "output.replace(at: \(place), with: \(plan.member.name)Value, count: \(size), isLittleEndian: \(shape.isLittleEndian))")
  }
}

// MARK: - Bits

extension WriteRenderer {
  private func writeBits(
    _ octets: Int, _ isLittle: Bool, _ group: [Member], _ plan: MemberPlan, _ source: inout SwiftSource
  ) {
    let storage = storageType(bits: octets * 8)
    var shift = octets * 8
    var constant: UInt64 = 0
    var parts: [String] = []
    for inner in group {
      shift -= inner.bitWidth
      switch inner.kind {
      case .reserved(_, let send, _): constant |= send << UInt64(shift)
      case .integer(let shape):
        if let value = shape.constant {
          constant |= UInt64(truncatingIfNeeded: value) << UInt64(shift)
        } else if shape.computed == .presence, let element {
          let bit = "0x\(String(UInt64(1) << UInt64(shift), radix: 16))"
          if element.hasExtraTag == "true" { constant |= 1 << UInt64(shift) }
          if !["true", "false"].contains(element.hasExtraTag) {
            parts.append("(\(element.hasExtraTag) ? \(bit) : 0 as \(storage))")
          }
        } else if let property = plan.properties.first(where: { $0.name == inner.name }) {
          parts.append(bitPart(property, shape, shift, storage, inner, &source))
        }
      default: break
      }
    }
    if constant != 0 || parts.isEmpty { parts.insert("0x\(String(constant, radix: 16))", at: 0) }
    let name = "\(group.first { !$0.name.isEmpty }?.name ?? "reserved")Bits"
    source.line("let \(name) = \(parts.count == 1 ? "\(parts[0]) as \(storage)" : parts.joined(separator: " | "))")
    writeNumber(name, IntegerShape(bits: octets * 8, isLittleEndian: isLittle), &source)
  }

  private func bitPart(
    _ property: PropertyPlan, _ shape: IntegerShape, _ shift: Int, _ storage: String, _ member: Member,
    _ source: inout SwiftSource
  ) -> String {
    if shape.isBoolean {
      return "(\(base)\(property.identifier) ? 0x\(String(UInt64(1) << UInt64(shift), radix: 16)) : 0 as \(storage))"
    }
    let value = base + property.identifier
    let number = shape.codes == nil && shape.flags == nil ? value : "\(value).rawValue"
    guardWidth(shape, number, member, &source)
    let whole = widened(number, to: storage)
    return shift == 0 ? whole : "\(whole) &<< \(shift)"
  }
}

extension BodyPlan {
  /// Whether writing has to know where the body starts in the output: for a checksum.
  fileprivate var needsStart: Bool {
    members.contains { plan in
      guard case .integer(let shape) = plan.member.kind, case .checksum(_, let over, _)? = shape.computed else { return false }
      return over != .before || message == nil
    }
  }
}

extension IntegerShape {
  /// How the octets of a number are written, as arguments.
  fileprivate var octets: String { "count: \(bits / 8), isLittleEndian: \(isLittleEndian)" }
}

extension UInt64 {
  /// What a checksum is combined with, as the end of an expression.
  fileprivate var combined: String { self == 0 ? "" : " ^ 0x\(String(self, radix: 16))" }
}

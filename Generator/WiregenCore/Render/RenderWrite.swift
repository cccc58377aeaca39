import WireText

/// Renders size, writing, and the comparison with what was written.
struct WriteRenderer {
  let context: RenderContext
  let plan: BodyPlan

  private var access: String { context.access }

  func render(_ source: inout SwiftSource) {
    renderSize(&source)
    source.line()
    source.block("\(access)func write(into output: inout OutputRawSpan) throws(WireError)") { inner in
      for member in plan.members { write(member, &inner) }
    }
    source.line()
    renderMismatch(&source)
  }

  private func renderSize(_ source: inout SwiftSource) {
    var fixed = 0
    var terms: [String] = []
    for member in plan.members {
      if let size = member.fixedSize { fixed += size } else { terms.append(size(of: member)) }
    }
    let parts = (fixed > 0 || terms.isEmpty ? ["\(fixed)"] : []) + terms
    source.line("\(access)var encodedSize: Int { \(parts.joined(separator: " &+ ")) }")
  }

  private func size(of plan: MemberPlan) -> String {
    let value = plan.properties.first?.identifier ?? ""
    var required = plan.member
    required.condition = nil
    let bound = plan.isOptional ? "$0" : value
    let text: String
    if let fixed = context.lowering.sizes.fixed(required) {
      text = "\(fixed)"
      return plan.isOptional ? "(\(value) == nil ? 0 : \(text))" : text
    }
    switch plan.member.kind {
    case .octets: text = "\(bound).count"
    case .text(let shape): text = shape.keepsInvalid ? "\(bound).octets.count" : "\(bound).utf8.count"
    case .array(let shape):
      if let size = context.lowering.sizes.fixed(shape.element) {
        text = "\(bound).count &* \(size)"
      } else {
        text = "\(bound).encodedSize"
      }
    default: text = "\(bound).encodedSize"
    }
    return plan.isOptional ? "(\(value).map { \(text) } ?? 0)" : text
  }

  // MARK: Writing

  private func write(_ plan: MemberPlan, _ source: inout SwiftSource) {
    guard plan.isOptional else {
      write(plan.member, value: plan.properties.first?.identifier ?? "", plan, &source)
      return
    }
    let name = plan.properties.first?.identifier ?? ""
    if plan.properties.isEmpty {
      // A computed member that is there only with what it is computed from.
      write(plan.member, value: "", plan, &source)
      return
    }
    source.block("if let \(name)") { write(plan.member, value: name, plan, &$0) }
  }

  private func write(_ member: Member, value: String, _ plan: MemberPlan, _ source: inout SwiftSource) {
    switch member.kind {
    case .integer(let shape): writeInteger(shape, member, value, &source)
    case .bits(let octets, let isLittle, let group): writeBits(octets, isLittle, group, plan, &source)
    case .reserved(let size, let send, _): source.line("output.fill(\(send), count: \(size))")
    case .ipv4: source.line("output.ipv4(\(value))")
    case .ipv6: source.line("output.ipv6(\(value))")
    case .mac: source.line("output.mac(\(value))")
    case .octets(let shape):
      let isFixed = if case .fixed = shape.extent { true } else { false }
      source.line("output.\(isFixed ? "fixedOctets" : "octets")(\(value))")
    case .text(let shape):
      source.line("output.octets(\(value)\(shape.keepsInvalid ? ".octets" : ".utf8"))")
    case .structure, .list: source.line("try \(value).write(into: &output)")
    case .array(let shape): writeArray(shape, value, plan, &source)
    case .reservedRest, .choice: break
    }
  }

  private func writeArray(_ shape: ArrayShape, _ value: String, _ plan: MemberPlan, _ source: inout SwiftSource) {
    // By index: an iterator asks a build without optimisation for memory with every element.
    source.block("for index in 0..<\(value).count") { inner in
      if case .structure = shape.element.kind {
        inner.line("try \(value)[index].write(into: &output)")
      } else {
        var element = shape.element
        element.name = plan.member.name
        write(element, value: "\(value)[index]", plan, &inner)
      }
    }
  }

  private func writeInteger(_ shape: IntegerShape, _ member: Member, _ value: String, _ source: inout SwiftSource) {
    let storage = storageType(bits: shape.bits, isSigned: shape.isSigned)
    let number: String
    if let constant = shape.constant {
      number = "\(constant) as \(storage)"
    } else if let computed = shape.computed {
      number = writeComputed(computed, shape, member, &source)
    } else {
      number = shape.codes == nil ? value : "\(value).rawValue"
      guardWidth(shape, number, member, &source)
    }
    let order = shape.isLittleEndian ? "little" : "big"
    if [8, 16, 32, 64].contains(shape.bits) {
      source.line("output.\(order)(\(number))")
    } else {
      source.line("output.\(order)(UInt64(truncatingIfNeeded: \(number)), count: \(shape.bits / 8))")
    }
  }

  /// A number whose type is wider than its field must fit the field.
  private func guardWidth(_ shape: IntegerShape, _ number: String, _ member: Member, _ source: inout SwiftSource) {
    let storage = [8, 16, 32, 64].first { shape.bits <= $0 } ?? 64
    guard shape.bits < storage, !shape.isBoolean else { return }
    let bounds = shape.widthBounds
    let test =
      shape.isSigned ? "(\(bounds.lowerBound)...\(bounds.upperBound)).contains(\(number))" : "\(number) <= \(bounds.upperBound)"
    source.line("guard \(test) else { throw Self.encodingFailure(.unrepresentable, \"\(member.name)\") }")
  }

  private func writeComputed(
    _ computed: IntegerShape.Computed, _ shape: IntegerShape, _ member: Member, _ source: inout SwiftSource
  ) -> String {
    let storage = storageType(bits: shape.bits)
    let variable = "\(member.name)Computed"
    let test: String
    switch computed {
    case .count(let name):
      source.line("let \(variable)Total = \(countText(name))")
      test = shape.bits < 64 && ![8, 16, 32].contains(shape.bits) ? "\(variable) <= \(shape.widthBounds.upperBound)" : ""
    case .size(let name, let unit, let plus):
      source.line("let \(variable)Total = (\(sizeText(name)) &+ \(plus)) / \(unit)")
      test = unit > 1 ? "(\(sizeText(name)) &+ \(plus)) % \(unit) == 0" : ""
    case .rest, .message, .element, .presence, .checksum: return ""
    }
    let conditions = ["let \(variable) = \(storage)(exactly: \(variable)Total)", test].filter { !$0.isEmpty }
    source.block("guard \(conditions.joined(separator: ", ")) else") {
      $0.line("throw Self.encodingFailure(.unrepresentable, \"\(member.name)\")")
    }
    return variable
  }

  private func countText(_ name: String) -> String {
    guard let target = plan.members.first(where: { $0.member.name == name }) else { return "0" }
    let value = target.properties.first?.identifier ?? ""
    return target.isOptional ? "(\(value)?.count ?? 0)" : "\(value).count"
  }

  private func sizeText(_ name: String) -> String {
    guard let target = plan.members.first(where: { $0.member.name == name }) else { return "0" }
    return size(of: target)
  }

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
        } else if let property = plan.properties.first(where: { $0.name == inner.name }) {
          parts.append(bitPart(property, shape, shift, storage, inner, &source))
        }
      default: break
      }
    }
    if constant != 0 || parts.isEmpty { parts.insert("0x\(String(constant, radix: 16))", at: 0) }
    let order = isLittle ? "little" : "big"
    source.line("let \(groupName(group)) = \(parts.count == 1 ? "\(parts[0]) as \(storage)" : parts.joined(separator: " | "))")
    if [1, 2, 4, 8].contains(octets) {
      source.line("output.\(order)(\(groupName(group)))")
    } else {
      source.line("output.\(order)(UInt64(\(groupName(group))), count: \(octets))")
    }
  }

  private func groupName(_ group: [Member]) -> String { "\(group.first { !$0.name.isEmpty }?.name ?? "reserved")Bits" }

  private func bitPart(
    _ property: PropertyPlan, _ shape: IntegerShape, _ shift: Int, _ storage: String, _ member: Member,
    _ source: inout SwiftSource
  ) -> String {
    if shape.isBoolean {
      return "(\(property.identifier) ? 0x\(String(UInt64(1) << UInt64(shift), radix: 16)) : 0 as \(storage))"
    }
    let number = shape.codes == nil ? property.identifier : "\(property.identifier).rawValue"
    guardWidth(shape, number, member, &source)
    return shift == 0 ? "\(storage)(\(number))" : "\(storage)(\(number)) << \(shift)"
  }

  // MARK: Comparing

  private func renderMismatch(_ source: inout SwiftSource) {
    source.block("\(access)func mismatch(_ view: borrowing Borrowed<Self>) throws(WireError) -> WireName?") { inner in
      var body = SwiftSource()
      if context.lowering.canMismatch(plan.index) {
        for member in plan.members { mismatch(member, &body) }
      }
      if body.text.contains("octets.extracting") || body.text.contains("(octets,") { inner.line("let octets = view.octets") }
      if body.text.contains("layout.") { inner.line("let layout = view.layout") }
      for line in body.lines { inner.line(line) }
      inner.line("return nil")
    }
  }

  private func mismatch(_ plan: MemberPlan, _ source: inout SwiftSource) {
    let name = plan.member.name
    let value = plan.properties.first?.identifier ?? ""
    if plan.isOptional, !plan.properties.isEmpty {
      source.line("if layout.\(plan.presenceField) != (\(value) != nil) { return \"\(name)\" }")
    }
    switch plan.member.kind {
    case .octets(let shape) where shape.extent.fixedSize != nil: return
    case .octets, .text, .array:
      guard plan.fixedSize == nil else {
        source.line("if \(plan.fixedSize ?? 0) != \(size(of: required(plan))) { return \"\(name)\" }")
        return
      }
      source.line("if layout.\(plan.endField) &- (\(plan.place.text)) != \(size(of: plan)) { return \"\(name)\" }")
    case .list:
      source.line(
        "if let kind = try \(value).mismatch(octets, to: layout.\(plan.endField), layout.\(name)Layout) { return kind }")
    case .structure(let index) where context.lowering.canMismatch(index):
      let end = plan.fixedSize.map { sum(plan.place.text, $0) } ?? "layout.\(plan.endField)"
      let part = "octets.extracting(\(plan.place.text)..<\(end))"
      let bind = plan.isOptional ? "let \(value), " : ""
      source.line("if \(bind)try \(value).mismatch(Borrowed(part: \(part))) != nil { return \"\(name)\" }")
    default: break
    }
    if case .array(let shape) = plan.member.kind { mismatchElements(plan, shape, value, &source) }
  }

  /// The plan with its size worked out from the value, as for text of a fixed size.
  private func required(_ plan: MemberPlan) -> MemberPlan {
    var plan = plan
    plan.fixedSize = nil
    if case .text(var shape) = plan.member.kind, case .fixed = shape.extent {
      shape.extent = .rest
      plan.member.kind = .text(shape)
    }
    return plan
  }

  private func mismatchElements(_ plan: MemberPlan, _ shape: ArrayShape, _ value: String, _ source: inout SwiftSource) {
    guard case .structure(let index) = shape.element.kind, context.lowering.canMismatch(index) else { return }
    let name = plan.member.name
    let type = SwiftName.type(context.definition.bodies[index].name)
    source.line("var \(name)Position = \(plan.place.text)")
    source.block("for element in \(value)\(plan.isOptional ? " ?? []" : "")") { inner in
      inner.line("let part = try Borrowed<\(type)>(prefix: octets.extracting(droppingFirst: \(name)Position), .lenient)")
      inner.line("if try element.mismatch(part) != nil { return \"\(name)\" }")
      inner.line("\(name)Position &+= part.layout.end")
    }
  }
}

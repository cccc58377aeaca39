import WireText

// Headers that have members of their own: bits, fields, an extra tag. The bodies of their elements start with them.

/// A header with members of its own, as bodies.
struct HeaderPlans {
  /// Its members have no checks but that they fit.
  var walked: BodyPlan
  /// Its members are what an element that the schema does not know can be given.
  var kept: BodyPlan

  /// By name of the family.
  static func all(of definition: ProtocolDefinition) -> [String: HeaderPlans] {
    let families = definition.families.filter(\.headerIsInBody)
    guard !families.isEmpty else { return [:] }
    var extended = definition
    for family in families {
      let members = family.header.map { $0.asKept(family) }
      extended.bodies.append(BodyDefinition(name: family.name, members: family.header.map(\.withoutChecks), code: family.code))
      extended.bodies.append(BodyDefinition(name: family.name, members: members, code: family.code, headerCount: members.count))
    }
    let lowering = Lowering(extended)
    var plans: [String: HeaderPlans] = [:]
    for (index, family) in families.enumerated() {
      let first = definition.bodies.count + 2 * index
      plans[family.name] = HeaderPlans(
        walked: lowering.plan(body: first, trailingCode: nil), kept: lowering.plan(body: first + 1, trailingCode: nil))
    }
    return plans
  }
}

extension RenderContext {
  /// Whether the parts of the header are found by walking over it.
  func headerVaries(_ family: FamilyDefinition) -> Bool {
    headers[family.name].map { $0.walked.fixedSize == nil } ?? false
  }

  /// The smallest and largest number the tag can have.
  func tagBounds(_ family: FamilyDefinition) -> ClosedRange<UInt64> {
    let bits = definition.codes[family.codes].bits
    return 0...(bits < 64 ? (1 << UInt64(bits)) - 1 : .max)
  }

  /// Where the tag of the element at `position` is in the input, as Swift.
  func tagPlace(_ family: FamilyDefinition) -> String {
    let place: Place
    if let header = headers[family.name] {
      place = header.walked.members[family.tag].place
    } else {
      place = Place(base: nil, plus: family.header[..<family.tag].reduce(0) { $0 + (lowering.sizes.fixed($1) ?? 0) })
    }
    if place.base == nil { return "offset &+ \(sum("position", place.plus))" }
    return "offset &+ \(typeName(of: family)).tagPlace(octets, at: position)"
  }
}

extension Member {
  /// The member with no more asked of it than that it fits.
  fileprivate var withoutChecks: Member {
    var member = self
    switch kind {
    case .integer(var shape):
      (shape.minimum, shape.maximum, shape.constant, shape.only, shape.computed) = (nil, nil, nil, nil, nil)
      (shape.codes, shape.flags, shape.time) = (nil, nil, nil)
      member.kind = .integer(shape)
    case .bits(let octets, let isLittle, let members):
      member.kind = .bits(octets: octets, isLittleEndian: isLittle, members: members.map(\.withoutChecks))
    case .reserved(let size, let send, _): member.kind = .reserved(size: size, send: send, isChecked: false)
    default: break
    }
    return member
  }

  /// The member as `kept` of the family is given it: the tag is a code, the extra tag may be left out, and what follows from
  /// the others is no property.
  fileprivate func asKept(_ family: FamilyDefinition) -> Member {
    var member = self
    switch kind {
    case .integer(var shape):
      (shape.minimum, shape.maximum, shape.only) = (nil, nil, nil)
      if name == family.tagName { (shape.codes, shape.constant) = (family.codes, nil) }
      if name == family.extraTag { (shape.constant, shape.defaultValue) = (nil, nil) }
      if name == family.header[family.length].name { shape.computed = family.elementLength }
      if name == family.presence { shape.computed = .presence }
      member.kind = .integer(shape)
    case .bits(let octets, let isLittle, let members):
      member.kind = .bits(octets: octets, isLittleEndian: isLittle, members: members.map { $0.asKept(family) })
    default: break
    }
    return member
  }
}

extension FamilyRenderer {
  /// The header as it is walked over.
  private var plan: BodyPlan { context.headers[family.name]!.walked }

  /// The walk that finds the parts of the header.
  func renderHeaderWalk(_ source: inout SwiftSource) {
    if plan.isFixed {
      source.line("private typealias Layout = FixedLayout")
    } else {
      source.line("/// Where the parts of a header are.")
      source.block("struct Layout: WireLayout") { inner in
        for member in plan.members where member.fixedSize == nil {
          inner.line("var \(member.endField) = 0")
          if member.isOptional { inner.line("var \(member.presenceField) = false") }
        }
        inner.line("var end = 0")
      }
    }
    source.line()
    var context = context
    context.access = plan.isFixed ? "private " : ""
    CheckRenderer.render(plan, context, into: &source)
    source.line()
    guard varies else { return }
    source.line("/// The parts of a header that is there.")
    source.block("private static func layout(_ octets: RawSpan) throws(WireError) -> Layout") { inner in
      inner.line("var check = Check(through: \"\(family.name)\")")
      inner.line("return try Self.check(octets, at: 0, &check)")
    }
    source.line()
    renderTagPlace(&source)
  }

  private func renderTagPlace(_ source: inout SwiftSource) {
    let place = plan.members[family.tag].place
    guard place.base != nil else { return }
    source.line("/// Where the tag is of the element at `position`.")
    source.block("\(access)static func tagPlace(_ octets: RawSpan, at position: Int) throws(WireError) -> Int") { inner in
      inner.line("let layout = try layout(octets.extracting(droppingFirst: position))")
      inner.line("return position &+ \(place.text)")
    }
    source.line()
  }

  /// Body of `header`: everything fits, then what is reserved.
  func renderWalkedHeader(_ source: inout SwiftSource) {
    var reserved = SwiftSource()
    for (member, plan) in zip(family.header, plan.members) { renderReserved(member, plan, &reserved) }
    let call = "try Self.check(octets.extracting(droppingFirst: position), at: offset &+ position, &check)"
    source.line("\(reserved.text.contains("layout.") ? "let layout" : "_") = \(call)")
    guard !reserved.lines.isEmpty else { return }
    source.block("do") { inner in
      inner.line("let octets = octets.extracting(droppingFirst: position)")
      inner.line("let offset = offset &+ position")
      for line in reserved.lines { inner.line(line) }
    }
  }

  private func renderReserved(_ member: Member, _ plan: MemberPlan, _ source: inout SwiftSource) {
    switch member.kind {
    case .reserved(let size, let send, true):
      renderReserved(member, at: plan.place.text, size: size, send: send, &source)
    case .bits(let octets, let isLittle, let group):
      var shift = octets * 8
      for inner in group {
        shift -= inner.bitWidth
        guard case .reserved(let bits, let send, true) = inner.kind else { continue }
        let value = context.bitField(
          IntegerShape(bits: bits), shift: shift,
          group: context.groupLoad(octets: octets, isLittle: isLittle, at: plan.place.text), groupBits: octets * 8)
        let warning = inner.isWarning ? ", isWarning: true" : ""
        source.block("if \(value) != \(send)") {
          $0.line(
            "try check.report(.reserved, at: \(absolute(plan.place.text)), \"reserved\", code: \(context.code(inner.code))\(warning))"
          )
        }
      }
    default: break
    }
  }

  /// Body of `element`, up to the tag, the length and the place of the value.
  func renderWalkedElement(_ source: inout SwiftSource) {
    source.line("let octets = list.extracting(droppingFirst: position)")
    if varies { source.line("let layout = try layout(octets)") }
    source.line("let tag = \(widened(load(family.tagName), to: "UInt64"))")
    if let extra = family.extraTag {
      let value = widened(load(extra), to: "UInt64")
      let presence = plan.members.first { $0.member.name == extra && $0.isOptional }?.presenceField
      source.line("let extraTag = \(presence.map { "layout.\($0) ? \(value) : \(family.extraTagDefault)" } ?? value)")
    }
    source.line("let counted = Int(clamping: \(load(lengthName)))")
    source.line("let value = position &+ \(plan.fixedSize.map { "\($0)" } ?? "layout.end")")
  }

  /// A number of the header, read from `octets`.
  private func load(_ name: String) -> String {
    for member in plan.members {
      let place = member.place.text
      switch member.member.kind {
      case .integer(let shape) where member.member.name == name: return context.rawLoad(shape, at: place)
      case .bits(let octets, let isLittle, let group):
        var shift = octets * 8
        for inner in group {
          shift -= inner.bitWidth
          guard inner.name == name, case .integer(let shape) = inner.kind else { continue }
          let load = context.groupLoad(octets: octets, isLittle: isLittle, at: place)
          return context.bitField(shape, shift: shift, group: load, groupBits: octets * 8)
        }
      default: continue
      }
    }
    return "0"
  }
}

// MARK: - Writing

extension FamilyRenderer {
  /// `kept` for elements whose header has members of its own, which it is given.
  func renderKeptWithHeader(_ source: inout SwiftSource) {
    let plan = context.headers[family.name]!.kept
    let tag = SwiftName.property(family.tagName)
    let code = SwiftName.type(context.definition.codes[family.codes].name)
    let parameters = plan.properties.filter { $0.name != family.tagName }.map { property in
      "\(property.identifier): \(property.type)\(property.defaultValue.map { " = \($0)" } ?? ""), "
    }
    source.comment(
      "An element with that code, header and value, to be added to the `unknown` of a list.\n\n"
        + "- Throws: `unrepresentable` when something is too large for its part of the header.")
    source.block(
      "\(access)static func kept(_ \(tag): \(code), \(parameters.joined())value: [UInt8]) throws(WireError) -> KeptElement"
    ) { inner in
      let extra = family.extraTag.map { SwiftName.property($0) }
      let isOptional = plan.properties.contains { $0.name == family.extraTag && $0.type.hasSuffix("?") }
      let writer = WriteRenderer(
        context: context, plan: plan,
        element: ElementWriting(family: family, hasExtraTag: extra.map { "\($0) != nil" } ?? "false"), base: "")
      inner.line("let headerSize = \(writer.sizeText(of: plan.members))")
      inner.line("let encodedSize = headerSize &+ value.count")
      inner.line("let end = end(of: encodedSize, at: 0)")
      inner.line("return try KeptElement(")
      let raw = family.extraTagHasCodes ? ".rawValue" : ""
      let number = extra.map {
        let value = widened((isOptional ? "$0" : $0) + raw, to: "UInt64")
        return isOptional ? "\($0).map { \(value) } ?? \(family.extraTagDefault)" : value
      }
      let size = family.lengthCountsPadding ? "end &- headerSize" : "value.count"
      inner.line("  tag: \(widened("\(tag).rawValue", to: "UInt64")), \(number.map { "extraTag: \($0), " } ?? "")capacity: end,")
      inner.line("  valueStart: headerSize, valueSize: \(size)")
      inner.block(") { (output: inout OutputRawSpan) throws(WireError) in", opened: true) { write in
        writer.writeMembers(&write)
        write.line("output.octets(value)")
        if family.alignment > 1 { write.line("output.fill(0, count: end &- output.byteCount)") }
      }
    }
    source.line()
    source.block("private static func encodingFailure(_ kind: WireError.Kind, _ member: WireName) -> WireError") {
      $0.line("WireError(kind, at: 0, path: WirePath(member, of: \"\(family.name)\"))")
    }
  }
}

extension FamilyDefinition {
  private var extraTagMember: Member? { header.first { $0.name == extraTag } }

  fileprivate var extraTagHasCodes: Bool {
    guard case .integer(let shape)? = extraTagMember?.kind else { return false }
    return shape.codes != nil
  }

  /// The bit of the header that alone says whether the extra tag is there.
  fileprivate var presence: String? {
    guard case .binary(.equal, .path(let path), .number(1))? = extraTagMember?.condition, path.count == 1 else { return nil }
    let isBit = header.contains { member in
      guard case .bits(_, _, let group) = member.kind else { return false }
      return group.contains { $0.name == path[0] }
    }
    return isBit ? path[0] : nil
  }
}

extension RenderContext {
  /// How the header is written that a body starts with; nil for a body without one.
  func element(ofBody index: Int) -> ElementWriting? {
    guard definition.bodies[index].headerCount > 0 else { return nil }
    for family in definition.families {
      guard let element = family.elements.first(where: { $0.body == index }) else { continue }
      return ElementWriting(family: family, hasExtraTag: element.extraTag == family.extraTagDefault ? "false" : "true")
    }
    return nil
  }
}

/// What writing a header needs to know of the element it starts.
struct ElementWriting {
  var family: FamilyDefinition
  /// Whether the extra tag is there, where a bit says so.
  var hasExtraTag: String
}

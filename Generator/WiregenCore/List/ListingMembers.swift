import WireText

extension ListingBuilder {
  /// Members in wire order; bits as members of their own, with the place of each in its group.
  ///
  /// - Parameter scope: the members that expressions see, when there are more.
  func members(_ members: [Member], _ body: String, scope: [Member]? = nil) -> [JSONValue] {
    let sizes = Sizes(definition)
    var offset: Int? = 0
    var result: [JSONValue] = []
    for member in members {
      let start: [JSONValue.Entry] = offset.map { [.init("offset", number($0))] } ?? []
      if case .bits(let octets, let isLittleEndian, let group) = member.kind {
        var bit = 0
        for inner in group {
          var place = start + [.init("bit", number(bit)), .init("bits", number(inner.bitWidth)), .init("group", number(octets))]
          if isLittleEndian { place.append(.init("byteOrder", .string("little"))) }
          bit += inner.bitWidth
          result.append(self.member(inner, body, scope ?? members, place))
        }
      } else {
        let size = sizes.fixed(unconditional(member)).map { [JSONValue.Entry("octets", number($0))] } ?? []
        result.append(self.member(member, body, scope ?? members, start + size))
      }
      offset = offset.flatMap { start in sizes.fixed(member).map { start + $0 } }
    }
    return result
  }

  /// The member as if it were always there, to ask for its size when it is.
  private func unconditional(_ member: Member) -> Member {
    var copy = member
    copy.condition = nil
    return copy
  }

  private func member(_ member: Member, _ body: String, _ scope: [Member], _ place: [JSONValue.Entry]) -> JSONValue {
    var entries: [JSONValue.Entry] = []
    if !member.name.isEmpty { entries.append(.init("name", .string(member.name))) }
    if !member.name.isEmpty, member.label != member.name { entries.append(.init("label", .string(member.label))) }
    entries.append(.init("type", .string(type(of: member.kind))))
    entries += place
    if let unit = member.unit ?? timeUnit(of: member.kind) { entries.append(.init("unit", .string(unit))) }
    if let condition = member.condition { entries.append(.init("when", .string(text(condition, scope)))) }
    entries += content(of: member.kind, scope, "\(body).\(member.name)")
    if hasCode(member.kind) { entries += error("error", member.code) }
    if member.isWarning { entries.append(.init("severity", .string("warning"))) }
    if !member.name.isEmpty { entries += described("\(body).\(member.name)") }
    return .object(entries)
  }

  private func timeUnit(of kind: MemberKind) -> String? {
    guard case .integer(let shape) = kind, let time = shape.time else { return nil }
    return switch time {
    case .epoch(let unit, _), .duration(let unit): unit.rawValue
    }
  }

  /// The type as the schema writes it.
  func type(of kind: MemberKind) -> String {
    switch kind {
    case .integer(let shape): type(of: shape)
    case .bits: "bits"
    case .reserved, .reservedRest: "reserved"
    case .ipv4: "ipv4"
    case .ipv6: "ipv6"
    case .mac: "mac"
    case .octets(let shape): shape.fill == nil ? "octets" : "reserved"
    case .text(let shape): shape.content == .date ? "date-rfc1123" : "text"
    case .structure(let index): definition.bodies[index].name
    case .array(let shape): "array of \(type(of: shape.element.kind))"
    case .list(let shape): "list of \(definition.families[shape.family].name)"
    case .choice: "choice"
    }
  }

  private func type(of shape: IntegerShape) -> String {
    if case .checksum = shape.computed { return "checksum" }
    if let codes = shape.codes { return definition.codes[codes].name }
    if let flags = shape.flags { return definition.flags[flags].name }
    switch shape.time {
    case .epoch: return "epoch"
    case .duration: return "duration"
    case nil: return shape.isBoolean ? "bit" : "\(shape.isSigned ? "i" : "u")\(shape.bits)"
    }
  }

  /// Whether there are checks of the value that a protocol code would be for.
  func hasCode(_ kind: MemberKind) -> Bool {
    switch kind {
    case .integer(let shape):
      let isClosed =
        shape.codes.map { !definition.codes[$0].isOpen } ?? shape.flags.map { !definition.flags[$0].isOpen } ?? false
      if case .checksum = shape.computed { return true }
      return isClosed || shape.only != nil || shape.constant != nil || shape.minimum != nil || shape.maximum != nil
    case .reserved(_, _, let isChecked), .reservedRest(_, let isChecked): return isChecked
    case .octets(let shape): return shape.extent.fixedSize == nil && (shape.minimum > 0 || shape.maximum != nil)
    case .text(let shape): return !shape.keepsInvalid || shape.refusesNUL || shape.minimum > 0 || shape.maximum != nil
    case .array(let shape): return shape.minimum > 0 || shape.maximum != nil || hasCode(shape.element.kind)
    case .choice(let choice): return choice.otherwise == nil
    case .bits, .ipv4, .ipv6, .mac, .structure, .list: return false
    }
  }
}

// MARK: - What a kind says besides its type

extension ListingBuilder {
  /// - Parameter key: of the member, as it is documented.
  private func content(of kind: MemberKind, _ scope: [Member], _ key: String) -> [JSONValue.Entry] {
    switch kind {
    case .integer(let shape): content(of: shape)
    case .reserved(_, let send, let isChecked): reserved(send, isChecked)
    case .reservedRest(let send, let isChecked): [.init("size", .string("rest"))] + reserved(send, isChecked)
    case .octets(let shape):
      extent(shape.extent, scope)
        + (shape.fill.map { [.init("send", number($0)), .init("receive", .string("keep"))] }
          ?? bounds(shape.minimum, shape.maximum))
    case .text(let shape):
      extent(shape.extent, scope) + bounds(shape.minimum, shape.maximum)
        + (shape.content == .ascii ? [.init("encoding", .string("ascii"))] : [])
        + (shape.keepsInvalid ? [.init("invalid", .string("keep"))] : [])
        + (shape.refusesNUL ? [.init("nul", .string("error"))] : [])
    case .array(let shape):
      content(of: shape.element.kind, scope, key) + end(shape.end, scope) + bounds(shape.minimum, shape.maximum)
    case .list(let shape): list(shape, scope, key)
    case .choice(let choice): self.choice(choice, scope)
    case .bits, .ipv4, .ipv6, .mac, .structure: []
    }
  }

  private func reserved(_ send: UInt64, _ isChecked: Bool) -> [JSONValue.Entry] {
    (send > 0 ? [.init("send", number(send))] : []) + (isChecked ? [.init("receive", .string("zero"))] : [])
  }

  private func content(of shape: IntegerShape) -> [JSONValue.Entry] {
    func value(_ number: Int128) -> JSONValue {
      if shape.isBoolean { return .boolean(number != 0) }
      return shape.codes.flatMap { name(of: number, in: $0) } ?? self.number(number)
    }
    var entries: [JSONValue.Entry] = []
    if shape.isLittleEndian, shape.bits > 8 { entries.append(.init("byteOrder", .string("little"))) }
    if let minimum = shape.minimum { entries.append(.init("min", value(minimum))) }
    if let maximum = shape.maximum { entries.append(.init("max", value(maximum))) }
    if let constant = shape.constant { entries.append(.init("const", value(constant))) }
    if let defaultValue = shape.defaultValue { entries.append(.init("default", value(defaultValue))) }
    if let only = shape.only { entries.append(.init("only", .array(only.map { value(Int128($0)) }))) }
    if case .epoch(_, let origin) = shape.time { entries.append(.init("originSeconds", number(origin))) }
    return entries + (shape.computed.map(computed) ?? [])
  }

  /// What a number is computed from.
  private func computed(_ computed: IntegerShape.Computed) -> [JSONValue.Entry] {
    func size(_ name: String, _ unit: Int, _ plus: Int) -> [JSONValue.Entry] {
      [.init("sizeOf", .string(name))] + (unit > 1 ? [.init("octetsPerUnit", number(unit))] : [])
        + (plus != 0 ? [.init("plus", number(plus))] : [])
    }
    switch computed {
    case .size(let name, let unit, let plus): return size(name, unit, plus)
    case .count(let name): return [.init("countOf", .string(name))]
    case .rest(let unit, let plus): return size("rest", unit, plus)
    case .message(let unit, let plus): return size("message", unit, plus)
    case .element(let unit, let plus, _, _): return size("element", unit, plus)
    case .presence: return [.init("presenceOf", .string("extraTag"))]
    case .checksum(let algorithm, let scope, let xor):
      return [.init("algorithm", .string(algorithm.rawValue)), .init("over", .string(scope.rawValue))]
        + (xor > 0 ? [.init("xor", number(xor))] : [])
    }
  }

  private func extent(_ extent: Extent, _ scope: [Member]) -> [JSONValue.Entry] {
    switch extent {
    case .fixed: []
    case .rest: [.init("size", .string("rest"))]
    case .expression(let expression): [.init("size", .string(text(expression, scope)))]
    case .prefixed(let bits, let isLittleEndian):
      [.init("prefix", .string("u\(bits)"))] + (isLittleEndian ? [.init("byteOrder", .string("little"))] : [])
    case .terminated(let octet): [.init("terminator", number(octet))]
    case .padded(_, let pad): [.init("pad", number(pad))]
    }
  }

  private func end(_ end: ArrayShape.End, _ scope: [Member]) -> [JSONValue.Entry] {
    switch end {
    case .container: [.init("until", .string("end"))]
    case .counted(let name): [.init("count", .string(name))]
    case .count(let expression): [.init("count", .string(text(expression, scope)))]
    case .size(let expression): [.init("size", .string(text(expression, scope)))]
    case .terminated(let value, _, _): [.init("terminator", number(value))]
    }
  }

  private func bounds(_ minimum: Int, _ maximum: Int?) -> [JSONValue.Entry] {
    (minimum > 0 ? [.init("min", number(minimum))] : []) + (maximum.map { [.init("max", number($0))] } ?? [])
  }
}

// MARK: - Lists and choices

extension ListingBuilder {
  private func list(_ shape: ListShape, _ scope: [Member], _ key: String) -> [JSONValue.Entry] {
    var entries: [JSONValue.Entry] = []
    switch shape.end {
    case .container: break
    case .count(let expression): entries.append(.init("count", .string(text(expression, scope))))
    case .size(let expression): entries.append(.init("size", .string(text(expression, scope))))
    }
    if shape.isOrdered { entries.append(.init("order", .string("listed"))) }
    return entries + [.init("elements", .array(shape.allowed.map { allowed($0, shape, scope, key) }))]
  }

  private func allowed(_ use: ListShape.Allowed, _ shape: ListShape, _ scope: [Member], _ key: String) -> JSONValue {
    let element = definition.families[shape.family].elements[use.element]
    var entries: [JSONValue.Entry] = [.init("code", number(element.tag)), .init("name", .string(element.name))]
    entries += cardinality(
      use.minimum, use.maximum, missing: use.missingCode, excess: use.excessCode, isRequired: use.requiredWhen != nil,
      hasPlace: use.position != nil || shape.isOrdered)
    entries += error("invalid", use.invalidCode)
    if let condition = use.requiredWhen { entries.append(.init("requiredWhen", .string(text(condition, scope)))) }
    if let position = use.position { entries.append(.init("position", .string(position.rawValue))) }
    return .object(entries + described("\(key).\(element.name)"))
  }

  private func choice(_ choice: ChoiceShape, _ scope: [Member]) -> [JSONValue.Entry] {
    let cases = choice.cases.map { entry in
      let range: [JSONValue.Entry] =
        entry.first == entry.last
        ? [.init("value", number(entry.first))] : [.init("from", number(entry.first)), .init("to", number(entry.last))]
      return JSONValue.object([.init("name", .string(entry.name))] + range + members(of: entry) + described(entry))
    }
    let otherwise = choice.otherwise.map { entry in
      JSONValue.object([.init("name", .string(entry.name))] + members(of: entry) + described(entry))
    }
    return [.init("on", .string(text(choice.on, scope))), .init("cases", .array(cases + (otherwise.map { [$0] } ?? [])))]
  }

  private func described(_ entry: ChoiceShape.Case) -> [JSONValue.Entry] {
    entry.body.map { described(definition.bodies[$0].name) } ?? []
  }

  private func members(of entry: ChoiceShape.Case) -> [JSONValue.Entry] {
    let body = entry.body.map { definition.bodies[$0] }
    return [.init("members", .array(body.map { members($0.members, $0.name) } ?? []))]
  }
}

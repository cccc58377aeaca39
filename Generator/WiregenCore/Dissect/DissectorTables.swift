import WireText

// The schema as tables: codes, flags, bodies, families, directions.

extension Dissector {
  /// The lines of all tables.
  var tables: [String] {
    var lines = ["-- What the schema says", "", tableHelpers]
    for index in definition.codes.indices { lines += codes(definition.codes[index]) }
    for set in definition.flags { lines += flags(set) }
    if let index = definition.errorCodes {
      lines += ["", "local errorCodes = \(LuaValue.quoted(definition.codes[index].name))"]
    } else {
      lines += ["", "local errorCodes"]
    }
    for index in definition.bodies.indices { lines += [""] + body(index) }
    for family in definition.families { lines += [""] + self.family(family) }
    return lines + directions
  }

  private var tableHelpers: String {
    """
    local codes, flags, bodies, families = {}, {}, {}, {}
    local bodyOrder, familyOrder = {}, {}

    -- Numbers with names: each number, name and label; then ranges, each from, to and use.
    local function codeSet(isOpen, entries, ranges)
      local set = { isOpen = isOpen, names = {}, labels = {}, ranges = {} }
      for _, entry in ipairs(entries) do
        set.names[keyOf(entry[1])], set.labels[keyOf(entry[1])] = entry[2], entry[3]
      end
      for place, entry in ipairs(ranges) do set.ranges[place] = { first = entry[1], last = entry[2], use = entry[3] } end
      return set
    end

    -- Bits with names: each bit, counted from the lowest, name and label.
    local function flagSet(bits, isOpen, entries)
      local set = { bits = bits, isOpen = isOpen, names = {}, labels = {}, order = {} }
      for place, entry in ipairs(entries) do
        set.names[entry[1]], set.labels[entry[1]], set.order[place] = entry[2], entry[3], entry[1]
      end
      return set
    end

    local function body(definition)
      bodies[definition.name] = definition
      bodyOrder[#bodyOrder + 1] = definition
    end

    local function family(definition)
      families[definition.name] = definition
      familyOrder[#familyOrder + 1] = definition
    end
    """
  }

  private func codes(_ codes: CodesDefinition) -> [String] {
    let entries = codes.codes.map { table([.number($0.value), .text($0.name), .text($0.label)]) }
    let ranges = codes.ranges.map { table([.number($0.first), .number($0.last), .text($0.use)]) }
    let call = LuaValue.call("codeSet", [.code("\(codes.isOpen)"), table(entries), table(ranges)])
    return [""] + call.lines(prefix: "\(LuaValue.member("codes", codes.name)) = ")
  }

  private func flags(_ set: FlagsDefinition) -> [String] {
    let entries = set.flags.map { table([.number($0.bit), .text($0.name), .text($0.label)]) }
    let call = LuaValue.call("flagSet", [.number(set.bits), .code("\(set.isOpen)"), table(entries)])
    return [""] + call.lines(prefix: "\(LuaValue.member("flags", set.name)) = ")
  }

  func table(_ values: [LuaValue]) -> LuaValue { .table(values.map { .init(nil, $0) }) }
}

// MARK: - Bodies

extension Dissector {
  private func body(_ index: Int) -> [String] {
    let body = definition.bodies[index]
    let members = DissectorMembers(definition, of: body)
    var entries = LuaEntries()
    entries.add("name", body.name)
    entries.add("label", label(of: index))
    entries.add("code", body.code)
    entries.add("maxDepth", body.maximumDepth)
    if body.headerCount > 0, let family = familyName(of: index) {
      entries.add("headerCount", body.headerCount)
      entries.add("family", family)
    }
    if let message = body.message { entries.add("message", self.message(message, of: body)) }
    entries.add("members", table(body.members.map(members.member)))
    if !body.derived.isEmpty { entries.add("derived", table(body.derived.map(members.derived))) }
    if !body.rules.isEmpty { entries.add("rules", table(body.rules.map(members.rule))) }
    return comment(body.name) + LuaValue.call("body", [entries.value]).lines(prefix: "")
  }

  /// What the documentation says first, and where the protocol's document does.
  private func comment(_ name: String) -> [String] {
    let documentation = schema.documentation[name]
    let sentence = documentation?.text.map { " \($0.firstSentence)" } ?? ""
    let reference = documentation?.reference.map { " (\($0))" } ?? ""
    return sentence.isEmpty && reference.isEmpty ? [] : ["--\(sentence)\(reference)"]
  }

  /// The document's spelling of an element; the name of any other body.
  private func label(of index: Int) -> String {
    let element = definition.families.lazy.flatMap(\.elements).first { $0.body == index }
    return element?.label ?? definition.bodies[index].name
  }

  private func familyName(of index: Int) -> String? {
    definition.families.first { $0.elements.contains { $0.body == index } }?.name
  }

  private func message(_ message: MessageTraits, of body: BodyDefinition) -> LuaValue {
    var entries = LuaEntries()
    entries.add("direction", definition.directions[message.direction])
    entries.add("maxSize", message.maximumSize)
    entries.add("multiple", message.sizeMultiple)
    entries.add("sizeCode", message.sizeCode)
    entries.add("code", message.code)
    entries.add("matches", table(message.matches.map(match)))
    let fixed = message.matches.filter { $0.first == $0.last }.map { LuaValue.Entry($0.member, .code("true")) }
    entries.add("fixed", .table(fixed))
    if !message.earlyRules.isEmpty {
      entries.add("early", table(message.earlyRules.map { early($0, of: body) }))
    }
    return entries.value
  }

  private func match(_ match: MessageTraits.Match) -> LuaValue {
    var entries = LuaEntries()
    entries.add("member", match.member)
    entries.add("offset", match.offset)
    entries.add("size", match.size)
    entries.add("shift", match.shift)
    entries.add("bits", match.bits)
    entries.add("isLittle", match.isLittleEndian)
    entries.add("first", match.first)
    entries.add("last", match.last)
    entries.add("code", match.code)
    return entries.value
  }

  private func early(_ early: MessageTraits.EarlyRule, of body: BodyDefinition) -> LuaValue {
    var entries = LuaEntries()
    entries.add("name", early.rule.name)
    entries.add("test", LuaExpressions(definition, members: body.members).test(early.rule.test))
    entries.add("code", early.rule.code)
    entries.add("isWarning", early.rule.isWarning)
    entries.add("reads", table(early.reads.map(match)))
    return entries.value
  }
}

// MARK: - Families and directions

extension Dissector {
  private func family(_ family: FamilyDefinition) -> [String] {
    var entries = LuaEntries()
    entries.add("name", family.name)
    entries.add("code", family.code)
    entries.add("tag", family.tagName)
    entries.add("length", family.header[family.length].name)
    entries.add("extraTag", family.extraTag)
    entries.add("extraTagDefault", family.extraTagDefault)
    entries.add("unit", family.lengthUnit)
    entries.add("plus", family.lengthPlus)
    entries.add("countsHeader", family.lengthCountsElement)
    entries.add("countsPadding", family.lengthCountsPadding)
    entries.add("headerIsInBody", family.headerIsInBody)
    entries.add("align", family.alignment)
    entries.add("checksPadding", family.checksPadding)
    entries.add("maxDepth", family.maximumDepth)
    entries.add("header", header(family))
    entries.add("unknown", table(family.unknown.map(policy)))
    entries.add("elements", .table(family.elements.map { .init($0.name, element($0)) }))
    return comment(family.name) + LuaValue.call("family", [entries.value]).lines(prefix: "")
  }

  /// The header as a body of its own.
  private func header(_ family: FamilyDefinition) -> LuaValue {
    let body = BodyDefinition(name: family.name, members: family.header, code: family.code)
    var entries = LuaEntries()
    entries.add("name", family.name)
    entries.add("members", table(family.header.map(DissectorMembers(definition, of: body, tag: family).member)))
    return entries.value
  }

  private func policy(_ policy: FamilyDefinition.UnknownPolicy) -> LuaValue {
    var entries = LuaEntries()
    entries.add("first", policy.first)
    entries.add("last", policy.last)
    entries.add("direction", policy.direction.map { definition.directions[$0] })
    entries.add("extraTag", policy.extraTag)
    entries.add("action", policy.action.rawValue)
    entries.add("code", policy.code)
    return entries.value
  }

  private func element(_ element: FamilyDefinition.Element) -> LuaValue {
    var entries = LuaEntries()
    entries.add("name", element.name)
    entries.add("tag", element.tag)
    entries.add("extraTag", element.extraTag)
    entries.add("code", element.code)
    entries.add("body", definition.bodies[element.body].name)
    return entries.value
  }

  private var directions: [String] {
    let tables = definition.directions.indices.map(direction)
    return ["", "-- In the order in which messages are tried."] + table(tables).lines(prefix: "local directions = ")
  }

  private func direction(_ index: Int) -> LuaValue {
    let name = definition.directions[index]
    var entries = LuaEntries()
    entries.add("name", name)
    entries.add("type", definition.name + name.prefix(1).uppercased() + name.dropFirst())
    for transport in [PortDefinition.Transport.udp, .tcp] {
      let ports = definition.ports.filter { $0.direction == index && $0.transport == transport }
      entries.add(transport.rawValue, table(ports.map { .number($0.number) }))
    }
    let framing = definition.framings.first { $0.direction == index } ?? definition.framings.first { $0.direction == nil }
    if let framing { entries.add("framing", self.framing(framing)) }
    let messages = definition.messages.map { definition.bodies[$0] }.filter { $0.message?.direction == index }
    entries.add("messages", table(messages.map { .code(LuaValue.member("bodies", $0.name)) }))
    return entries.value
  }

  private func framing(_ framing: FramingDefinition) -> LuaValue {
    let header = definition.bodies[framing.header]
    var entries = LuaEntries()
    entries.add("header", header.name)
    entries.add("headerSize", Sizes(definition).fixed(ofBody: framing.header))
    entries.add("size", LuaExpressions(definition, members: header.members).number(framing.size))
    entries.add("member", framing.sizeMember)
    entries.add("min", framing.minimum)
    entries.add("max", framing.maximum)
    entries.add("multiple", framing.multiple)
    entries.add("code", framing.code)
    return entries.value
  }
}

extension String {
  /// Up to the first full stop before a blank, on one line.
  fileprivate var firstSentence: String {
    let words = split(whereSeparator: \.isWhitespace)
    let end = words.firstIndex { $0.hasSuffix(".") } ?? words.count - 1
    return words.prefix(end + 1).joined(separator: " ")
  }
}

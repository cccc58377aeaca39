import WireText

// MARK: - Bodies

extension ListingBuilder {
  /// A message: what any body has, behind what only messages have.
  func message(_ index: Int) -> JSONValue {
    let body = definition.bodies[index]
    var entries = self.body(index)
    guard let traits = body.message else { return .object(entries) }
    var own: [JSONValue.Entry] = [.init("direction", .string(definition.directions[traits.direction]))]
    own.append(.init("matches", .array(traits.matches.map { match($0, body) })))
    if let size = traits.maximumSize { own.append(.init("maxSize", number(size))) }
    if traits.sizeMultiple > 1 { own.append(.init("sizeMultiple", number(traits.sizeMultiple))) }
    if traits.maximumSize != nil || traits.sizeMultiple > 1 { own += error("sizeError", traits.sizeCode) }
    entries.insert(contentsOf: own, at: 1)
    return .object(entries)
  }

  /// A struct, or the value of an element: its name first.
  func body(_ index: Int) -> [JSONValue.Entry] {
    let body = definition.bodies[index]
    var entries: [JSONValue.Entry] = [.init("name", .string(body.name))]
    entries += error("error", body.code)
    entries += described(body.name)
    if let depth = body.maximumDepth { entries.append(.init("maxDepth", number(depth))) }
    // The header of an element is the family's.
    let own = members(Array(body.members.dropFirst(body.headerCount)), body.name, scope: body.members)
    entries.append(.init("members", .array(own)))
    if !body.derived.isEmpty { entries.append(.init("derived", .array(body.derived.map { derived($0, body) }))) }
    let early = body.message?.earlyRules.map { rule($0.rule, body, isEarly: true) } ?? []
    entries.append(.init("rules", .array(early + body.rules.map { rule($0, body) })))
    return entries
  }

  private func derived(_ derived: DerivedDefinition, _ body: BodyDefinition) -> JSONValue {
    .object(
      [.init("name", .string(derived.name)), .init("test", .string(text(derived.test, body.members)))]
        + described("\(body.name).\(derived.name)"))
  }

  private func match(_ match: MessageTraits.Match, _ body: BodyDefinition) -> JSONValue {
    let codes = Self.member([match.member], in: body.members, definition).flatMap(Self.shape)?.codes
    func value(_ number: UInt64) -> JSONValue {
      codes.flatMap { name(of: Int128(number), in: $0) } ?? self.number(number)
    }
    var entries: [JSONValue.Entry] = [.init("member", .string(match.member))]
    if match.first == match.last {
      let isBoolean = Self.member([match.member], in: body.members, definition).flatMap(Self.shape)?.isBoolean ?? false
      entries.append(.init("value", isBoolean ? .boolean(match.first != 0) : value(match.first)))
    } else {
      entries += [.init("from", number(match.first)), .init("to", number(match.last))]
    }
    return .object(entries + error("error", match.code) + described("\(body.name).match.\(match.member)"))
  }

  private func rule(_ rule: RuleDefinition, _ body: BodyDefinition, isEarly: Bool = false) -> JSONValue {
    var entries: [JSONValue.Entry] = [
      .init("name", .string(rule.name)), .init("test", .string(text(rule.test, body.members))),
    ]
    entries += error("error", rule.code)
    entries.append(.init("severity", .string(rule.isWarning ? "warning" : "error")))
    if isEarly { entries.append(.init("early", .boolean(true))) }
    return .object(entries + described("\(body.name).rule.\(rule.name)"))
  }

  /// An expression over these members, as the schema has it.
  func text(_ expression: WireExpression, _ members: [Member]) -> String {
    let names = ExpressionText.Names(
      code: { path, value in
        guard let codes = Self.member(path, in: members, self.definition).flatMap(Self.shape)?.codes,
          let code = self.definition.codes[codes].codes.first(where: { Int128($0.value) == value })
        else { return nil }
        // A name that a member has too stands for the member.
        return Self.member([code.name], in: members, self.definition) == nil ? code.name : nil
      },
      flag: { path, bit in
        guard let flags = Self.member(path, in: members, self.definition).flatMap(Self.shape)?.flags else { return nil }
        return self.definition.flags[flags].flags.first { $0.bit == bit }?.name
      },
      isBoolean: { path in Self.member(path, in: members, self.definition).flatMap(Self.shape)?.isBoolean ?? false })
    return ExpressionText(names).text(expression)
  }

  /// The member that a path leads to; nil when there is none.
  static func member(_ path: [String], in members: [Member], _ definition: ProtocolDefinition) -> Member? {
    let all = members.flatMap { member -> [Member] in
      if case .bits(_, _, let group) = member.kind { return group }
      return [member]
    }
    guard let first = path.first, let member = all.first(where: { $0.name == first }) else { return nil }
    if path.count == 1 { return member }
    guard let (body, rest) = inner(of: member.kind, path.dropFirst(), definition) else { return nil }
    return self.member(Array(rest), in: definition.bodies[body].members, definition)
  }

  /// The body that a path enters with its next steps, and the steps behind those.
  private static func inner(
    of kind: MemberKind, _ path: ArraySlice<String>, _ definition: ProtocolDefinition
  ) -> (body: Int, rest: ArraySlice<String>)? {
    switch kind {
    case .structure(let index): return (index, path)
    case .array(let shape): return inner(of: shape.element.kind, path, definition)
    case .list(let list):
      let element = definition.families[list.family].elements.first { $0.name == path.first }
      return path.count > 1 ? element.map { ($0.body, path.dropFirst()) } : nil
    case .choice(let choice):
      let body = choice.allCases.first { $0.name == path.first }?.body
      return path.count > 1 ? body.map { ($0, path.dropFirst()) } : nil
    case .integer, .bits, .reserved, .reservedRest, .ipv4, .ipv6, .mac, .octets, .text: return nil
    }
  }

  /// A member's number, or that of each value of an array.
  private static func shape(_ member: Member) -> IntegerShape? {
    switch member.kind {
    case .integer(let shape): shape
    case .array(let shape): self.shape(shape.element)
    case .bits, .reserved, .reservedRest, .ipv4, .ipv6, .mac, .octets, .text, .structure, .list, .choice: nil
    }
  }
}

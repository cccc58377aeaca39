import WireText

extension Resolver {
  /// What only a message has; its matches become constants of its members.
  func messageTraits(_ node: Node, _ members: MemberResolver, _ context: BodyContext) -> MessageTraits {
    let direction = node["direction"].flatMap { self.direction($0, node) } ?? 0
    let sizeNode = node["sizeError"] != nil ? node : rootLimits
    let index = definition.messages.first { definition.bodies[$0].name == node["name"] } ?? 0
    var traits = MessageTraits(
      direction: direction, matches: [],
      maximumSize: (limit(node, "maxSize") ?? rootLimits.flatMap { limit($0, "maxSize") }),
      sizeMultiple: (limit(node, "sizeMultiple") ?? rootLimits.flatMap { limit($0, "sizeMultiple") }) ?? 1,
      sizeCode: sizeNode.map { errorCode($0, "sizeError", inherited: context.code) } ?? context.code,
      code: context.code)
    var fixer = members
    for match in members.matches {
      guard let resolved = self.match(match, in: definition.bodies[index].members, context) else { continue }
      traits.matches.append(resolved)
      if match.node["value"] != nil { fixer.fix(match.name, to: Int128(resolved.first)) }
    }
    definition.bodies[index].members = fixer.members
    traits.matches.sort { ($0.offset, $1.shift) < ($1.offset, $0.shift) }
    return traits
  }

  private func limit(_ node: Node, _ attribute: String) -> Int? {
    number(node, attribute, in: 1...UInt64(UInt32.max)).map { Int($0) }
  }

  private func match(
    _ match: MemberResolver.MatchNode, in members: [Member], _ context: BodyContext
  ) -> MessageTraits.Match? {
    let sizes = Sizes(definition)
    var offset = 0
    for member in members {
      if let found = place(of: match, in: member, at: offset) { return found }
      guard let size = sizes.fixed(member) else { break }
      offset += size
    }
    let known = members.flatMap { member -> [String] in
      if case .bits(_, _, let group) = member.kind { return group.map(\.name) }
      return [member.name]
    }
    diagnostics.error(
      match.node.position(of: "field"),
      "'\(match.name)' is not a number at a fixed place in the message\(suggestion(for: match.name, among: known))")
    return nil
  }

  private func place(
    of match: MemberResolver.MatchNode, in member: Member, at offset: Int
  ) -> MessageTraits.Match? {
    switch member.kind {
    case .integer(let shape) where member.name == match.name && shape.computed == nil && !shape.isSigned:
      return make(match, member, shape, offset: offset, size: shape.bits / 8, shift: 0, shape.isLittleEndian)
    case .bits(let octets, let isLittle, let group):
      var shift = octets * 8
      for inner in group {
        shift -= inner.bitWidth
        if inner.name == match.name, case .integer(let shape) = inner.kind {
          return make(match, inner, shape, offset: offset, size: octets, shift: shift, isLittle)
        }
      }
      return nil
    default: return nil
    }
  }

  private func make(
    _ match: MemberResolver.MatchNode, _ member: Member, _ shape: IntegerShape, offset: Int, size: Int, shift: Int,
    _ isLittle: Bool
  ) -> MessageTraits.Match? {
    let node = match.node
    let context = MemberResolver(resolver: self, body: "", context: BodyContext())
    let value = context.matchValue(node, "value", shape)
    let first = value ?? context.matchValue(node, "from", shape)
    let last = value ?? context.matchValue(node, "to", shape)
    guard let first, let last, first <= last else {
      if node["value"] == nil, node["from"] == nil || node["to"] == nil {
        diagnostics.error(node.position, "<match> needs value=, or from= and to=")
      } else if let first, let last, first > last {
        diagnostics.error(node.position(of: "to"), "from= must not be above to=")
      }
      return nil
    }
    if node["value"] != nil, node["from"] ?? node["to"] != nil {
      diagnostics.error(node.position(of: "value"), "<match> has value=, or from= and to=, not both")
    }
    return MessageTraits.Match(
      member: match.name, offset: offset, size: size, shift: shift, bits: shape.bits, isLittleEndian: isLittle,
      first: first, last: last, code: errorCode(node, "error", inherited: member.code))
  }
}

extension Member {
  /// Bits that a member of a group takes.
  var bitWidth: Int {
    switch kind {
    case .integer(let shape): shape.bits
    case .reserved(let size, _, _): size
    default: 0
    }
  }
}

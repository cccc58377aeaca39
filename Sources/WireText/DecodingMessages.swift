import Wire

extension DecodingRun {
  /// The outermost body: what tells a message from others, its size, members and rules, what is left over.
  ///
  /// - Parameter index: Index in `ProtocolDefinition.bodies`.
  mutating func outermost(_ index: Int, code: UInt64?, isPrefix: Bool) throws(Stop) {
    let body = interpreter.definition.bodies[index]
    if let traits = body.message {
      try matches(traits)
      for rule in traits.earlyRules { try early(rule, of: body, code: traits.code) }
      try sizes(traits)
    }
    let frame = BodyFrame(
      body, index, root, in: self, purpose: isPrefix ? .prefix : .whole(trailingCode: code), stepCount: steps.count)
    try enter(frame, limit: body.maximumDepth, "", code: body.code)
    try walk()
  }

  private mutating func matches(_ traits: MessageTraits) throws(Stop) {
    for match in traits.matches {
      switch match.holds(in: octets) {
      case true?: continue
      case nil: try stop(.truncated, at: match.offset, match.member, code: traits.code)
      case false?: try report(.constant, at: match.offset, match.member, code: match.code)
      }
    }
  }

  /// A rule over members of fixed place, which may not have been decoded yet.
  private mutating func early(
    _ early: MessageTraits.EarlyRule, of body: BodyDefinition, code: UInt64?
  ) throws(Stop) {
    var nodes: [WireTree.Node] = []
    for read in early.reads {
      guard let raw = read.value(in: octets) else {
        try stop(.truncated, at: read.offset, read.member, code: code)
      }
      guard let member = body.member(named: read.member), case .integer(let shape) = member.kind else { continue }
      nodes.append(WireTree.Node(member, value: interpreter.treeValue(shape.value(raw), shape), start: read.offset))
    }
    guard !Scope(members: nodes, remaining: end - position).holds(early.rule.test) else { return }
    try report(.rule, at: 0, code: early.rule.code, isWarning: early.rule.isWarning, rule: early.rule.name)
  }

  private mutating func sizes(_ traits: MessageTraits) throws(Stop) {
    if let maximum = traits.maximumSize, octets.count > maximum {
      try report(.tooLong, at: 0, code: traits.sizeCode)
    }
    if traits.sizeMultiple > 1, !octets.count.isMultiple(of: traits.sizeMultiple) {
      try report(.notMultiple, at: 0, code: traits.sizeCode)
    }
  }
}

extension BodyDefinition {
  /// The member of that name, bit fields among them.
  func member(named name: String) -> Member? {
    for member in members {
      if case .bits(_, _, let fields) = member.kind {
        if let field = fields.first(where: { $0.name == name }) { return field }
      } else if member.name == name {
        return member
      }
    }
    return nil
  }

  /// The members that matches of the message leave one value only.
  var fixedMembers: [String] {
    message?.matches.compactMap { $0.first == $0.last ? $0.member : nil } ?? []
  }

  /// The only value a match of the message leaves the member.
  func fixedValue(of member: String) -> UInt64? {
    message?.matches.first { $0.member == member && $0.first == $0.last }?.first
  }
}

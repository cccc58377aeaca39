import Wire

extension DecodingRun {
  /// The outermost body: what tells a message from others, its size, members and rules, what is left over.
  mutating func outermost(_ body: BodyPlan, isPrefix: Bool) throws(Stop) {
    if let message = body.message {
      try matches(message)
      for rule in message.earlyRules { try early(rule, code: message.code) }
      try sizes(message)
    }
    let frame = BodyFrame(
      body, in: self, purpose: isPrefix ? .prefix : .whole, stepCount: steps.count)
    node.children.reserveCapacity(body.members.count)
    try enterOutermost(frame, limit: body.maximumDepth, code: body.code)
    try walk()
  }

  private mutating func matches(_ message: MessagePlan) throws(Stop) {
    for match in message.matches {
      switch match.holds(in: octets) {
      case true?: continue
      case nil: try stop(.truncated, at: match.offset, match.member, code: message.code)
      case false?: try report(.constant, at: match.offset, match.member, code: match.code)
      }
    }
  }

  /// A rule over members of fixed place, which may not have been decoded yet.
  private mutating func early(_ early: EarlyRulePlan, code: UInt64?) throws(Stop) {
    var nodes: [WireTree.Node] = []
    for read in early.reads {
      guard let raw = read.place.value(in: octets) else {
        try stop(.truncated, at: read.place.offset, read.place.member, code: code)
      }
      guard let shape = read.shape else { continue }
      nodes.append(
        WireTree.Node(read.naming, value: interpreter.treeValue(shape.value(raw), shape), start: read.place.offset))
    }
    guard !Scope(members: nodes, remaining: end - position).holds(early.rule.test) else { return }
    try report(.rule, at: 0, code: early.rule.code, isWarning: early.rule.isWarning, rule: early.rule.name)
  }

  private mutating func sizes(_ message: MessagePlan) throws(Stop) {
    if octets.count > message.maximumSize { try report(.tooLong, at: 0, code: message.sizeCode) }
    if message.sizeMultiple > 1, !octets.count.isMultiple(of: message.sizeMultiple) {
      try report(.notMultiple, at: 0, code: message.sizeCode)
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

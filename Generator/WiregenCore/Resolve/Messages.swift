import WireText

extension Resolver {
  /// What only a message has; its matches become constants of its members.
  func messageTraits(_ node: Node, _ members: inout MemberResolver, _ context: BodyContext) -> MessageTraits {
    let direction = node["direction"].flatMap { self.direction($0, node) } ?? 0
    let sizeNode = node["sizeError"] != nil ? node : rootLimits
    var traits = MessageTraits(
      direction: direction, matches: [],
      maximumSize: limit(node, "maxSize") ?? rootLimits.flatMap { limit($0, "maxSize") },
      sizeMultiple: (limit(node, "sizeMultiple") ?? rootLimits.flatMap { limit($0, "sizeMultiple") }) ?? 1,
      sizeCode: sizeNode.map { errorCode($0, "sizeError", inherited: context.code) } ?? context.code,
      code: context.code)
    if node["sizeError"] != nil, node.isSound, traits.maximumSize == nil, traits.sizeMultiple == 1 {
      diagnostics.error(
        node.position(of: "sizeError"), "'sizeError' means nothing without maxSize= or sizeMultiple=; leave it out")
    }
    resolveMatches(&traits, &members)
    checkLimits(traits, members, node)
    return traits
  }

  private func resolveMatches(_ traits: inout MessageTraits, _ members: inout MemberResolver) {
    var seen: [String: Node] = [:]
    for match in members.matches {
      guard let name = match.node["field"], match.node.isSound else { continue }
      if let other = seen[name] {
        diagnostics.error(
          match.node.position(of: "field"),
          "'\(name)' is matched a second time; the first is in \(place(of: other, from: match.node))")
        continue
      }
      seen[name] = match.node
      guard let resolved = self.match(match, name, members) else { continue }
      traits.matches.append(resolved)
      document("\(members.body).match.\(name)", match.node)
      if match.node["value"] != nil { members.fix(name, to: Int128(resolved.first)) }
    }
    traits.matches.sort { ($0.offset, $1.shift) < ($1.offset, $0.shift) }
  }

  /// Limits of all messages; each message says again what is wrong with them, which is said once.
  func checkLimits(of root: Node) {
    for attribute in ["maxSize", "sizeMultiple"] { _ = limit(root, attribute) }
    _ = errorCode(root, "sizeError", inherited: nil)
  }

  private func limit(_ node: Node, _ attribute: String) -> Int? {
    number(node, attribute, in: 1...UInt64(UInt32.max)).map { Int($0) }
  }

  /// Limits that no octets of the message can keep.
  private func checkLimits(_ traits: MessageTraits, _ members: MemberResolver, _ node: Node) {
    let least = members.members.reduce(0) { $0 + sizes.minimum($1) }
    if let maximum = traits.maximumSize, least > maximum {
      diagnostics.error(
        node.position(of: "maxSize"), "the message has at least \(least) octets, which is above its maxSize, \(maximum)")
    }
    let isFixed = members.ownLosses.isEmpty && members.members.allSatisfy { sizes.fixed($0) != nil }
    if isFixed, traits.sizeMultiple > 1, least % traits.sizeMultiple != 0 {
      diagnostics.error(
        node.position(of: "sizeMultiple"),
        "the message has \(least) octets, which is not a multiple of its sizeMultiple, \(traits.sizeMultiple)")
    }
  }

  private func match(
    _ match: MemberResolver.MatchNode, _ name: String, _ members: MemberResolver
  ) -> MessageTraits.Match? {
    if let owner = members.names[name], !isOwn(owner, match) {
      diagnostics.error(
        match.node.position(of: "field"),
        owner.name == "use"
          ? "'\(name)' comes with <use struct=\"\(owner["struct"] ?? "")\">; put the <match> into it"
          : "'\(name)' is the message's own, not one of <struct name=\"\(match.use?["struct"] ?? "")\">; put the <match> "
            + "into the message")
      return nil
    }
    if let found = fixedPlace(of: name, in: members.members, accepts: \.isMatchable) { return make(match.node, found) }
    refuse(match, name, members)
    return nil
  }

  /// Where a number stands whose place does not vary, and which is always there.
  func fixedPlace(of name: String, in members: [Member], accepts: (IntegerShape) -> Bool) -> MatchPlace? {
    var offset = 0
    for member in members {
      if member.condition == nil, let found = place(of: name, in: member, at: offset, accepts) { return found }
      guard let size = sizes.fixed(member) else { return nil }
      offset += size
    }
    return nil
  }

  /// A match in a `<use>` speaks of what that takes in, one in the message of all else.
  private func isOwn(_ owner: Node, _ match: MemberResolver.MatchNode) -> Bool {
    match.use.map { $0 === owner } ?? (owner.name != "use")
  }

  private func refuse(_ match: MemberResolver.MatchNode, _ name: String, _ members: MemberResolver) {
    if members.ownLosses.contains(name) { return }
    let position = match.node.position(of: "field")
    if members.names[name] != nil {
      diagnostics.error(
        position,
        "'\(name)' cannot be matched; a match needs an unsigned number, code or bit at a fixed place that is always there")
      return
    }
    let known = members.names.filter { isOwn($0.value, match) }.keys.sorted()
    let what = match.use.map { "<struct name=\"\($0["struct"] ?? "")\">" } ?? "the message"
    diagnostics.error(position, "\(what) has no member '\(name)'\(suggestion(for: name, among: known))")
  }

  /// A member that a match speaks of, and where its bits are.
  struct MatchPlace {
    var member: Member
    var shape: IntegerShape
    var offset: Int
    var size: Int
    var shift: Int
    var isLittleEndian: Bool
  }

  private func place(
    of name: String, in member: Member, at offset: Int, _ accepts: (IntegerShape) -> Bool
  ) -> MatchPlace? {
    switch member.kind {
    case .integer(let shape) where member.name == name && accepts(shape):
      return MatchPlace(
        member: member, shape: shape, offset: offset, size: shape.bits / 8, shift: 0,
        isLittleEndian: shape.isLittleEndian)
    case .bits(let octets, let isLittle, let group):
      var shift = octets * 8
      for inner in group {
        shift -= inner.bitWidth
        if inner.name == name, case .integer(let shape) = inner.kind {
          return MatchPlace(
            member: inner, shape: shape, offset: offset, size: octets, shift: shift, isLittleEndian: isLittle)
        }
      }
      return nil
    case .integer, .reserved, .reservedRest, .ipv4, .ipv6, .mac, .octets, .text, .structure, .array, .list, .choice: return nil
    }
  }

  private func make(_ node: Node, _ place: MatchPlace) -> MessageTraits.Match? {
    guard let range = matchRange(node, place.member, place.shape) else { return nil }
    return MessageTraits.Match(
      member: place.member.name, offset: place.offset, size: place.size, shift: place.shift, bits: place.shape.bits,
      isLittleEndian: place.isLittleEndian, first: UInt64(range.lowerBound), last: UInt64(range.upperBound),
      code: errorCode(node, "error", inherited: place.member.code))
  }

  /// The numbers that a match lets its member be; nil when it does not say so, or says what cannot be.
  func matchRange(_ node: Node, _ member: Member, _ shape: IntegerShape) -> ClosedRange<Int128>? {
    if node["value"] != nil, node["from"] != nil || node["to"] != nil {
      diagnostics.error(node.position(of: "value"), "<match> has value=, or from= and to=, not both")
      return nil
    }
    if node["value"] == nil, node["from"] == nil || node["to"] == nil {
      diagnostics.error(node.position, "<match> needs value=, or from= and to=")
      return nil
    }
    let reader = MemberResolver(resolver: self, body: "", context: BodyContext(kind: "message"))
    let value = reader.matchValue(node, "value", shape)
    guard let first = value ?? reader.matchValue(node, "from", shape),
      let last = value ?? reader.matchValue(node, "to", shape)
    else { return nil }
    guard first <= last else {
      diagnostics.error(node.position(of: "to"), "to=\"\(last)\" is below from=\"\(first)\"; the lower number comes first")
      return nil
    }
    checkPossible(node, first...last, member, shape)
    return first...last
  }

  /// What the member itself refuses cannot be asked for.
  private func checkPossible(_ node: Node, _ range: ClosedRange<Int128>, _ member: Member, _ shape: IntegerShape) {
    let bounds = shape.widthBounds
    let low = shape.constant ?? shape.minimum ?? bounds.lowerBound
    let high = shape.constant ?? shape.maximum ?? bounds.upperBound
    guard low <= high, !(low...high).overlaps(range) else { return }
    let allowed = low == high ? "\(low)" : "\(low) to \(high)"
    let attribute = node["value"] == nil ? "from" : "value"
    diagnostics.error(
      node.position(of: attribute), "this never holds: '\(member.name)' is always \(allowed) by its definition")
  }
}

// MARK: - Choosing

extension Resolver {
  /// Messages that are never chosen, because one before them takes all that they would take.
  func checkChoice() {
    for direction in definition.directions.indices {
      var all: Int?
      var seen: [[MatchKey]: Int] = [:]
      for index in definition.messages {
        guard let traits = definition.bodies[index].message, traits.direction == direction, isComplete(index),
          let node = types[definition.bodies[index].name]?.node
        else { continue }
        let key = traits.matches.map(MatchKey.init)
        if let first = all ?? seen[key] {
          let other = definition.bodies[first].name
          let reason = all == nil ? "has the same matches" : "has no match and takes everything"
          let from = types[other].map { place(of: $0.node, from: node) } ?? ""
          diagnostics.error(
            node.position, "'\(definition.bodies[index].name)' is never chosen: '\(other)' (\(from)) \(reason)")
        } else {
          seen[key] = index
        }
        if all == nil, key.isEmpty { all = index }
      }
    }
  }

  /// Whether all that says when the message is chosen could be resolved.
  private func isComplete(_ index: Int) -> Bool {
    guard losses.members[index] == nil, let node = types[definition.bodies[index].name]?.node else { return false }
    let matches = node.children("match") + node.children("use").flatMap { $0.children("match") }
    let isWhole =
      node.children("use").allSatisfy(\.refused.isEmpty) && matches.count == definition.bodies[index].message?.matches.count
    return isWhole && definition.directions.contains(node["direction"] ?? "")
  }

  private struct MatchKey: Hashable {
    var place: [Int]
    var first: UInt64
    var last: UInt64

    init(_ match: MessageTraits.Match) {
      place = [match.offset, match.size, match.shift, match.bits, match.isLittleEndian ? 1 : 0]
      (first, last) = (match.first, match.last)
    }
  }
}

extension MemberResolver {
  /// Makes a member the constant that a `<match value=…>` calls for.
  mutating func fix(_ name: String, to value: Int128) {
    for index in members.indices {
      if members[index].name == name, case .integer(var shape) = members[index].kind {
        shape.constant = value
        members[index].kind = .integer(shape)
      }
      guard case .bits(let octets, let isLittle, var group) = members[index].kind else { continue }
      for place in group.indices where group[place].name == name {
        guard case .integer(var shape) = group[place].kind else { continue }
        shape.constant = value
        group[place].kind = .integer(shape)
      }
      members[index].kind = .bits(octets: octets, isLittleEndian: isLittle, members: group)
    }
  }
}

extension IntegerShape {
  /// Whether it is a number that a match can compare.
  var isMatchable: Bool { computed == nil && !isSigned && flags == nil && time == nil }
}

extension Member {
  /// Bits that a member of a group takes.
  var bitWidth: Int {
    switch kind {
    case .integer(let shape): shape.bits
    case .reserved(let size, _, _): size
    case .bits, .reservedRest, .ipv4, .ipv6, .mac, .octets, .text, .structure, .array, .list, .choice: 0
    }
  }
}

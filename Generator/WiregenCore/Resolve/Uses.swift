import WireText

// MARK: - Uses

extension MemberResolver {
  /// Takes in the members and rules of a struct: as if they stood here, but for the codes that the struct gives.
  mutating func use(_ node: Node) {
    guard let name = node["struct"] else { return }
    guard let declared = resolver.types[name], case .body(let index) = declared.kind, declared.node.name == "struct"
    else {
      refuseUse(name, node)
      ownLosses.open()
      return
    }
    guard resolver.isDefined(index, neededBy: node, "struct") else {
      ownLosses.open()
      return
    }
    // What is wrong with the struct has been said where it is.
    if resolver.faultyBodies.contains(index) {
      ownLosses.open()
      return
    }
    // The matches of a message tell it from others; those of a use inside a struct, or in an element, fix members.
    let isOfMessage = context.isMessage && use == nil
    if isOfMessage { matches += node.children("match").map { MatchNode(node: $0, use: node) } }
    let (outer, around) = (context, use)
    let start = members.count
    context.code = resolver.errorCode(declared.node, "error", inherited: context.code)
    context.isOfElement = context.isOfElement && declared.node["error"] == nil
    if around == nil { use = node }
    for child in declared.node.children { resolve(child) }
    if !isOfMessage { fixMembers(from: start, node) }
    (context, use) = (outer, around)
  }

  private func refuseUse(_ name: String, _ node: Node) {
    if resolver.losses.types.contains(name) { return }
    if let other = resolver.types[name] {
      diagnostics.error(node.position(of: "struct"), "'\(name)' is a <\(other.node.name)>; a <struct> can be used")
      return
    }
    let known = resolver.types.filter { $0.value.node.name == "struct" }.keys.sorted()
    diagnostics.error(
      node.position(of: "struct"), "there is no <struct name=\"\(name)\">\(suggestion(for: name, among: known))")
  }
}

// MARK: - Matches that tell no messages apart

extension MemberResolver {
  /// What the matches of a `<use>` make of the members that it has taken in.
  private mutating func fixMembers(from start: Int, _ node: Node) {
    let known = members[start...].flatMap(\.ownNames)
    fixMembers(node.children("match"), in: start..<members.count, known, "<struct name=\"\(node["struct"] ?? "")\">")
  }

  /// Makes members the constants, or narrows them to the ranges, that matches say.
  ///
  /// - Parameter known: names that a match can speak of.
  mutating func fixMembers(_ matches: [Node], in range: Range<Int>, _ known: [String], _ what: String) {
    var seen: [String: Node] = [:]
    for match in matches {
      guard let name = match["field"], match.isSound else { continue }
      if let other = seen[name] {
        diagnostics.error(
          match.position(of: "field"),
          "'\(name)' is matched a second time; the first is in \(resolver.place(of: other, from: match))")
        continue
      }
      seen[name] = match
      guard known.contains(name) else {
        if !ownLosses.contains(name) {
          diagnostics.error(
            match.position(of: "field"), "\(what) has no member '\(name)'\(suggestion(for: name, among: known))")
        }
        continue
      }
      fix(name, in: range, match)
    }
  }

  private mutating func fix(_ name: String, in range: Range<Int>, _ match: Node) {
    for index in range where members[index].ownNames.contains(name) {
      if case .bits(let octets, let isLittle, var group) = members[index].kind {
        for place in group.indices where group[place].name == name { narrow(&group[place], match) }
        members[index].kind = .bits(octets: octets, isLittleEndian: isLittle, members: group)
      } else {
        narrow(&members[index], match)
      }
    }
  }

  private func narrow(_ member: inout Member, _ match: Node) {
    guard case .integer(var shape) = member.kind, shape.isMatchable, member.condition == nil else {
      diagnostics.error(
        match.position(of: "field"),
        "'\(member.name)' cannot be matched; a match needs an unsigned number, code or bit that is always there")
      return
    }
    guard let range = resolver.matchRange(match, member, shape) else { return }
    if match["value"] != nil {
      shape.constant = range.lowerBound
      (shape.minimum, shape.maximum, shape.defaultValue) = (nil, nil, nil)
    } else {
      shape.minimum = max(shape.minimum ?? 0, range.lowerBound)
      shape.maximum = min(shape.maximum ?? shape.widthBounds.upperBound, range.upperBound)
      if let value = shape.defaultValue, !range.contains(value) { shape.defaultValue = nil }
    }
    member.kind = .integer(shape)
    // A match is always an error.
    member.isWarning = false
    if match["error"] != nil {
      member.code = resolver.errorCode(match, "error", inherited: member.code)
      member.inheritsCode = false
    }
  }
}

extension Member {
  /// Its name, or those of the members of a group of bits.
  var ownNames: [String] {
    if case .bits(_, _, let group) = kind { return group.map(\.name).filter { !$0.isEmpty } }
    return name.isEmpty ? [] : [name]
  }
}

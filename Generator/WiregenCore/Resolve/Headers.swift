import WireText

/// What of a family's header its elements need, beside its members.
struct FamilyHeader {
  /// The node of each member, for messages.
  var names: [String: Node] = [:]
  /// Members that have an error= of their own.
  var ownErrors: Set<String> = []
  /// The member that says what is to be done with the element.
  var operation: String?
  /// The bit that says whether the extra tag is there.
  var presence: String?
}

/// Elements that are told apart by their codes: those of a family that have the same extra tag.
struct ElementSpace: Hashable {
  var family: Int
  var extraTag: UInt64
}

extension FamilyDefinition {
  /// The shape of the extra tag; nil when there is none.
  var extraTagShape: IntegerShape? {
    for member in header where member.name == extraTag {
      if case .integer(let shape) = member.kind { return shape }
    }
    return nil
  }
}

// MARK: - The header of a family

extension Resolver {
  /// - Returns: whether the header could be resolved.
  func defineHeader(_ node: Node, _ index: Int) -> Bool {
    losses.headers[index] = .init()
    let headers = node.children("header")
    if headers.count > 1 {
      diagnostics.error(
        headers[1].position, "a second <header>; the first is in \(place(of: headers[0], from: headers[1]))")
    }
    guard let header = headers.first else {
      if node.refused.isEmpty {
        diagnostics.error(node.position, "<tlvs> needs a <header> with a <tag> and a <length>")
      }
      return false
    }
    let context = BodyContext(code: definition.families[index].code, kind: "header", body: nil)
    var resolver = MemberResolver(resolver: self, body: definition.families[index].name, context: context)
    resolver.isHeader = true
    resolver.resolve(header.children)
    take(resolver, index)
    guard let tag = resolver.tagIndex, let length = resolver.lengthIndex else {
      if header.refused.isEmpty, resolver.ownLosses.isEmpty {
        let missing = resolver.tagIndex == nil ? "<tag>" : "<length>"
        diagnostics.error(header.position, "<header> needs a \(missing); it has one <tag> and one <length>")
      }
      return false
    }
    definition.families[index].headerIsInBody = !header.children.allSatisfy { Self.isPlain($0) }
    takeLength(header, index)
    let count = resolver.members.count
    let isWhole = header.refused.isEmpty && resolver.ownLosses.isEmpty && tag < count && length < count
    if isWhole { losses.headers[index] = nil }
    return isWhole
  }

  /// What makes no member of the elements.
  private static func isPlain(_ node: Node) -> Bool {
    ["tag", "length", "doc"].contains(node.name) || node.name == "reserved" && node["receive"] != "keep"
  }

  private func take(_ resolver: MemberResolver, _ index: Int) {
    var facts = FamilyHeader(names: resolver.names, operation: resolver.operation)
    facts.ownErrors = Set(resolver.names.filter { $0.value["error"] != nil }.keys)
    definition.families[index].header = resolver.members
    definition.families[index].tag = resolver.tagIndex ?? 0
    definition.families[index].length = resolver.lengthIndex ?? 0
    definition.families[index].tagName = resolver.tagName ?? ""
    if let (name, standard) = resolver.extraTag {
      definition.families[index].extraTag = name
      definition.families[index].extraTagDefault = standard
      let condition = resolver.members.first { $0.name == name }?.condition
      if case .binary(.equal, .path(let path), .number(1))? = condition, path.count == 1, resolver.isBit(path[0]) {
        facts.presence = path[0]
      }
    }
    headers[index] = facts
  }

  private func takeLength(_ header: Node, _ index: Int) {
    guard let node = header.children("length").first else { return }
    definition.families[index].lengthCountsElement = node["counts"] == "element"
    definition.families[index].lengthUnit = Int(number(node, "unit", in: 1...64) ?? 1)
    definition.families[index].lengthPlus = lengthPlus(node)
    definition.families[index].lengthCountsPadding = node["countsPadding"] == "true"
    if node["countsPadding"] != nil, node.isSound, definition.families[index].alignment == 1 {
      diagnostics.error(
        node.position(of: "countsPadding"), "'countsPadding' means nothing without align= on <tlvs>; leave it out")
    }
  }

  /// Width of the tag.
  func tagBits(_ index: Int) -> Int {
    let family = definition.families[index]
    return family.header[family.tag].number(family.tagName)?.bits ?? 64
  }
}

extension Member {
  /// The number of that name: the member itself, or one of a group of bits.
  func number(_ name: String) -> IntegerShape? {
    switch kind {
    case .integer(let shape) where self.name == name: return shape
    case .bits(_, _, let group): return group.lazy.compactMap { $0.number(name) }.first
    default: return nil
    }
  }

  /// Changes the number of that name.
  mutating func change(_ name: String, _ body: (inout IntegerShape) -> Void) {
    if case .integer(var shape) = kind, self.name == name {
      body(&shape)
      kind = .integer(shape)
    } else if case .bits(let octets, let isLittle, var group) = kind {
      for index in group.indices { group[index].change(name, body) }
      kind = .bits(octets: octets, isLittleEndian: isLittle, members: group)
    }
  }
}

// MARK: - Members of a header

extension MemberResolver {
  func isBit(_ name: String) -> Bool { members.contains { $0.number(name)?.isBoolean == true } }

  mutating func extraTag(_ node: Node) {
    if let (name, _) = extraTag {
      diagnostics.error(node.position, "a second <extraTag>; the first is '\(name)'")
      return
    }
    guard let name = node["name"], let type = node["type"] else { return lose(node) }
    guard var shape = integer(type, node) else {
      refuseUnlessCodes(type, node)
      return lose(node)
    }
    extraTag = (name, UInt64(shape.defaultValue ?? 0))
    shape.defaultValue = nil
    add(make(node, .integer(shape)), node)
  }

  /// An `<operation>` of whole octets.
  mutating func operation(_ node: Node) {
    guard takeOperation(node), let type = node["type"] else { return }
    if node["width"] != nil {
      diagnostics.error(node.position(of: "width"), "'width' is for an <operation> in <bits>; this one has that of '\(type)'")
    }
    guard let shape = integer(type, node) else {
      refuseUnlessCodes(type, node)
      return lose(node)
    }
    add(make(node, .integer(shape)), node)
  }

  /// An `<operation>` that shares its octets.
  mutating func operationBits(_ node: Node) -> Member? {
    guard takeOperation(node) else { return nil }
    guard node["width"] != nil else {
      diagnostics.error(node.position, "an <operation> in <bits> needs width=, the bits of its codes")
      return nil
    }
    return bitField(node)
  }

  private mutating func takeOperation(_ node: Node) -> Bool {
    if let operation {
      diagnostics.error(node.position, "a second <operation>; the first is '\(operation)'")
      return false
    }
    operation = node["name"]
    return true
  }

  /// The bits of a group that are the tag.
  mutating func tagBits(_ node: Node) -> Member? {
    guard !refuseSecond(node, isFirst: tagIndex == nil) else { return nil }
    (tagIndex, tagName) = (members.count, node["name"])
    guard let width = resolver.number(node, "width", in: 1...64) else { return nil }
    return make(node, .integer(IntegerShape(bits: Int(width))))
  }

  private func refuseUnlessCodes(_ type: String, _ node: Node) {
    if case .codes? = resolver.types[type]?.kind { return }
    if resolver.losses.types.contains(type) { return }
    let known = resolver.types.filter { $0.value.node.name == "codes" }.keys.sorted()
    diagnostics.error(
      node.position(of: "type"), "there are no <codes> named '\(type)'\(suggestion(for: type, among: known))")
  }
}

// MARK: - The header in the body of an element

extension MemberResolver {
  /// Starts the body of an element with the members of its family's header.
  mutating func takeHeader(_ family: Int, of node: Node) {
    let definition = resolver.definition.families[family]
    guard let facts = resolver.headers[family], resolver.losses.headers[family] == nil,
      let element = node["name"].flatMap({ resolver.elementPlaces[family][$0] }).map({ definition.elements[$0] })
    else { return ownLosses.open() }
    let operations = operations(node, definition, facts)
    members = definition.header.map { headerMember($0, element, definition, facts, operations) }
    for (name, place) in facts.names {
      names[name] = place
      resolver.documentation["\(body).\(name)"] = resolver.documentation["\(definition.name).\(name)"]
    }
    let told = [definition.tagName, definition.header[definition.length].name, definition.extraTag, facts.presence]
    for match in node.children("match") where told.contains(match["field"]) && match.isSound {
      diagnostics.error(
        match.position(of: "field"),
        "'\(match["field"] ?? "")' follows from what the element is; a match speaks of the other members of the header")
    }
    let matches = node.children("match").filter { !told.contains($0["field"]) }
    for match in matches { if let name = match["field"] { resolver.document("\(body).match.\(name)", match) } }
    let known = members.flatMap(\.ownNames).filter { !told.contains($0) }
    fixMembers(matches, in: members.indices, known, "the header of <tlvs name=\"\(definition.name)\">")
  }

  /// A match in an element of a family whose header has nothing that could be matched.
  func refuseMatches(_ family: Int, of node: Node) {
    for match in node.children("match") where match.isSound {
      let name = resolver.definition.families[family].name
      diagnostics.error(
        match.position,
        "the header of <tlvs name=\"\(name)\"> has nothing to match; of a member of the element's own say const=")
    }
  }

  /// The codes that operations= names; nil when all will do.
  private func operations(_ node: Node, _ family: FamilyDefinition, _ facts: FamilyHeader) -> [UInt64]? {
    guard node.isSound, let text = node["operations"], let name = facts.operation,
      let codes = family.header.lazy.compactMap({ $0.number(name) }).first?.codes
    else { return nil }
    let definition = resolver.definition.codes[codes]
    var values: Set<UInt64> = []
    for word in text.split(whereSeparator: \.isWhitespace).map(String.init) {
      guard let code = definition.codes.first(where: { $0.name == word }) else {
        if resolver.losses.codes[codes]?.contains(word) != true {
          let hint = suggestion(for: word, among: definition.codes.map(\.name))
          diagnostics.error(node.position(of: "operations"), "operations=\"\(text)\": \(definition.name) has no '\(word)'\(hint)")
        }
        continue
      }
      if !values.insert(code.value).inserted {
        diagnostics.error(node.position(of: "operations"), "operations=\"\(text)\" has '\(word)' twice")
      }
    }
    return values.sorted()
  }

  private func headerMember(
    _ member: Member, _ element: FamilyDefinition.Element, _ family: FamilyDefinition, _ facts: FamilyHeader,
    _ operations: [UInt64]?
  ) -> Member {
    var copy = member
    switch member.kind {
    case .bits(let octets, let isLittle, let group):
      let inner = group.map { headerMember($0, element, family, facts, operations) }
      copy.kind = .bits(octets: octets, isLittleEndian: isLittle, members: inner)
    case .reserved(let size, let send, _): copy.kind = .reserved(size: size, send: send, isChecked: false)
    default: break
    }
    switch member.name {
    case "": copy.code = element.code
    case family.tagName: copy.change(member.name) { $0.constant = Int128(element.tag) }
    case family.header[family.length].name: copy.change(member.name) { $0.computed = family.elementLength }
    case family.extraTag: copy.change(member.name) { $0.constant = Int128(element.extraTag) }
    case facts.presence: copy.change(member.name) { $0.computed = .presence }
    default:
      if member.name == facts.operation { copy.change(member.name) { $0.only = operations } }
      if !facts.ownErrors.contains(member.name) { (copy.code, copy.inheritsCode) = (element.code, true) }
    }
    return copy
  }
}

extension FamilyDefinition {
  /// What the length says in the body of an element.
  var elementLength: IntegerShape.Computed {
    .element(unit: lengthUnit, plus: lengthPlus, countsHeader: lengthCountsElement, countsPadding: lengthCountsPadding)
  }
}

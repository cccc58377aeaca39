import WireText

extension Resolver {
  /// Fills in a `<tlvs>`: header, codes, policies; the bodies of its elements come later.
  func defineFamily(_ node: Node, _ index: Int) {
    let code = errorCode(node, "error", inherited: defaultCode)
    definition.families[index].code = code
    definition.families[index].alignment = Int(number(node, "align", in: 1...64) ?? 1)
    definition.families[index].checksPadding = node["padding"] == "zero"
    defineHeader(node, index)
    defineElementCodes(node, index)
    definition.families[index].unknown = node.children("unknown").compactMap { policy($0, index) }
    checkCoverage(node, definition.families[index])
  }

  private func defineHeader(_ node: Node, _ index: Int) {
    guard let header = node.children("header").first else {
      diagnostics.error(node.position, "<tlvs> needs a <header> with a <tag> and a <length>")
      return
    }
    let context = BodyContext(code: definition.families[index].code)
    var resolver = MemberResolver(resolver: self, body: definition.families[index].name, context: context)
    resolver.isHeader = true
    resolver.resolve(header.children)
    definition.families[index].header = resolver.members
    guard let tag = resolver.tagIndex, let length = resolver.lengthIndex else {
      diagnostics.error(header.position, "<header> needs one <tag> and one <length>")
      return
    }
    definition.families[index].tag = tag
    definition.families[index].length = length
    guard let node = header.children("length").first else { return }
    definition.families[index].lengthCountsElement = node["counts"] == "element"
    definition.families[index].lengthUnit = Int(number(node, "unit", in: 1...64) ?? 1)
    definition.families[index].lengthPlus = Int(number(node, "plus", in: 0...65535) ?? 0)
    if node["of"] != nil {
      diagnostics.error(node.position(of: "of"), "the length of a header counts the element's value; of= is for bodies")
    }
  }

  private func tagBits(_ index: Int) -> Int {
    let family = definition.families[index]
    guard family.header.indices.contains(family.tag), case .integer(let shape) = family.header[family.tag].kind else {
      return 8
    }
    return shape.bits
  }

  private func defineElementCodes(_ node: Node, _ index: Int) {
    let codes = definition.families[index].codes
    definition.codes[codes].bits = tagBits(index)
    var space = CodeSpace(bits: tagBits(index), diagnostics: diagnostics)
    for child in node.children {
      if child.name == "tlv", let code = space.code(child, value: "code") {
        definition.codes[codes].codes.append(code)
        document("\(definition.codes[codes].name).\(code.name)", child)
        fillElement(child, code, family: index)
      } else if child.name == "range", let range = space.range(child) {
        definition.codes[codes].ranges.append(range)
      }
    }
    elementSpaces[index] = space
    // The tag reads as a code, so that dumps and JSON name it.
    if definition.families[index].header.indices.contains(definition.families[index].tag),
      case .integer(var shape) = definition.families[index].header[definition.families[index].tag].kind
    {
      shape.codes = codes
      definition.families[index].header[definition.families[index].tag].kind = .integer(shape)
    }
  }

  private func fillElement(_ node: Node, _ code: CodesDefinition.Code, family: Int) {
    guard let place = definition.families[family].elements.firstIndex(where: { $0.name == code.name }) else { return }
    definition.families[family].elements[place].tag = code.value
    definition.families[family].elements[place].code = errorCode(
      node, "error", inherited: definition.families[family].code)
  }

  private func policy(_ node: Node, _ index: Int) -> FamilyDefinition.UnknownPolicy? {
    guard let action = node["action"].flatMap(FamilyDefinition.UnknownPolicy.Action.init) else { return nil }
    let limit = CodeSpaceLimit.largest(bits: tagBits(index))
    let first = number(node, "from", in: 0...limit) ?? 0
    let last = number(node, "to", in: 0...limit) ?? limit
    if first > last { diagnostics.error(node.position(of: "to"), "from= must not be above to=") }
    if action != .reject, node["error"] != nil {
      diagnostics.error(node.position(of: "error"), "error= goes with action=\"reject\" only")
    }
    var direction: Int?
    if let name = node["direction"] {
      direction = self.direction(name, node)
      if direction == nil { return nil }
    }
    let code = errorCode(node, "error", inherited: definition.families[index].code)
    return FamilyDefinition.UnknownPolicy(first: first, last: last, direction: direction, action: action, code: code)
  }

  /// Index of a direction; nil, and a diagnostic, when there is none of that name.
  func direction(_ name: String, _ node: Node) -> Int? {
    if let index = definition.directions.firstIndex(of: name) { return index }
    diagnostics.error(
      node.position(of: "direction"),
      "there is no <direction name=\"\(name)\">\(suggestion(for: name, among: definition.directions))")
    return nil
  }

  /// Every code must meet a policy, whichever way its message goes.
  private func checkCoverage(_ node: Node, _ family: FamilyDefinition) {
    let limit = CodeSpaceLimit.largest(bits: definition.codes[family.codes].bits)
    let directions: [Int?] = definition.directions.isEmpty ? [nil] : definition.directions.indices.map { $0 }
    for direction in directions {
      let policies = family.unknown.filter { $0.direction == nil || $0.direction == direction }
      guard let gap = firstGap(in: policies.map { $0.first...max($0.first, $0.last) }, upTo: limit) else { continue }
      let name = direction.map { " in a \(definition.directions[$0])" } ?? ""
      diagnostics.error(
        node.position, "no <unknown> says what happens to code \(gap)\(name); one without from= and to= covers the rest")
      return
    }
  }

  private func firstGap(in ranges: [ClosedRange<UInt64>], upTo limit: UInt64) -> UInt64? {
    var next: UInt64 = 0
    for range in ranges.sorted(by: { $0.lowerBound < $1.lowerBound }) {
      if range.lowerBound > next { return next }
      if range.upperBound >= limit { return nil }
      next = max(next, range.upperBound + 1)
    }
    return next
  }
}

enum CodeSpaceLimit {
  /// The largest number of so many bits.
  static func largest(bits: Int) -> UInt64 { bits >= 64 ? .max : 1 << UInt64(bits) - 1 }
}

// MARK: - Extension

extension Resolver {
  /// Adds an extension's elements to a family of the protocol it extends.
  func extendFamily(_ node: Node) {
    guard let name = node["tlvs"], case .family(let family)? = types[name]?.kind else {
      if let name = node["tlvs"] {
        let known = definition.families.map(\.name)
        diagnostics.error(
          node.position(of: "tlvs"), "there are no <tlvs name=\"\(name)\">\(suggestion(for: name, among: known))")
      } else {
        diagnostics.error(node.position, "<extend> needs tlvs=, the family it adds elements to")
      }
      return
    }
    for tlv in node.children("tlv") { addElement(tlv, family: family) }
  }

  private func addElement(_ tlv: Node, family: Int) {
    declareElement(tlv, family: family)
    guard var space = elementSpaces[family] else { return }
    space.freeRanges()
    guard let code = space.code(tlv, value: "code") else { return }
    elementSpaces[family] = space
    checkIsFree(code.value, tlv, definition.codes[definition.families[family].codes])
    fillElement(tlv, code, family: family)
    let element = definition.families[family].elements.count - 1
    guard definition.families[family].elements[element].name == code.name else { return }
    let uses = tlv.children("allow").compactMap { use($0, family) }
    if uses.isEmpty {
      diagnostics.error(tlv.position, "the element is allowed nowhere; add <allow in=\"Message.list\" occurs=\"0..1\"/>")
    }
    addedElements.append(ResolvedSchema.AddedElement(family: family, element: element, uses: uses))
  }

  /// A vendor takes codes that the protocol leaves to vendors, or to nobody yet.
  private func checkIsFree(_ value: UInt64, _ tlv: Node, _ codes: CodesDefinition) {
    guard let range = codes.ranges.first(where: { ($0.first...$0.last).contains(value) }) else { return }
    if range.use == "reserved" || range.use == "retired" {
      diagnostics.error(
        tlv.position(of: "code"), "\(value) is in a range of \(definition.name) that is \(range.use)")
    }
  }

  private func use(_ node: Node, _ family: Int) -> ResolvedSchema.AddedElement.Use? {
    guard let place = node["in"], let occurs = node["occurs"] else {
      if node["in"] == nil { diagnostics.error(node.position, "<allow> in an extension needs in=\"Message.list\"") }
      return nil
    }
    guard let (minimum, maximum) = occurrence(occurs, node) else { return nil }
    let parts = place.split(separator: ".").map(String.init)
    guard parts.count == 2, case .body(let body)? = types[parts[0]]?.kind else {
      diagnostics.error(node.position(of: "in"), "in=\"\(place)\" is not Message.list of \(definition.name)")
      return nil
    }
    defineBody(body)
    let isList = definition.bodies[body].members.contains { member in
      if case .list(let list) = member.kind { member.name == parts[1] && list.family == family } else { false }
    }
    guard isList else {
      diagnostics.error(
        node.position(of: "in"),
        "'\(parts[0])' has no list '\(parts[1])' of <tlvs name=\"\(definition.families[family].name)\">")
      return nil
    }
    return .init(body: body, list: parts[1], minimum: minimum, maximum: maximum)
  }

  /// Bounds written `1`, `0..1`, `2..5` or `1..*`.
  func occurrence(_ text: String, _ node: Node) -> (Int, Int?)? {
    let parts = text.components(separatedBy: "..")
    let first = parts[0] == "*" ? nil : Int(parts[0])
    let last = parts.count == 2 ? (parts[1] == "*" ? Int?.none : Int(parts[1])) : first
    let isOpen = parts.count == 2 && parts[1] == "*"
    if parts.count <= 2, let first, first >= 0, isOpen || last != nil, isOpen || first <= last! {
      return (first, isOpen ? nil : last)
    }
    diagnostics.error(
      node.position(of: "occurs"), "occurs=\"\(text)\": write how often, as 1, 0..1, 0..*, 1..* or 2..5; 0 forbids it")
    return nil
  }
}

extension String {
  /// Parts between separators; the whole when there is none.
  func components(separatedBy separator: String) -> [String] {
    var parts: [String] = []
    var rest = self[...]
    while let range = rest.firstRange(of: separator) {
      parts.append(String(rest[..<range.lowerBound]))
      rest = rest[range.upperBound...]
    }
    return parts + [String(rest)]
  }
}

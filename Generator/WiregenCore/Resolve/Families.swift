import WireText

extension Resolver {
  /// Fills in a `<tlvs>`: header, codes, policies; the bodies of its elements come later.
  func defineFamily(_ node: Node, _ index: Int) {
    definition.families[index].code = errorCode(node, "error", inherited: defaultCode)
    definition.families[index].alignment = Int(number(node, "align", in: 1...64) ?? 1)
    definition.families[index].checksPadding = node["padding"] == "zero"
    if node["padding"] != nil, node.isSound, definition.families[index].alignment == 1 {
      diagnostics.error(node.position(of: "padding"), "'padding' means nothing without align=; leave it out")
    }
    let isComplete = defineHeader(node, index)
    let bits = isComplete ? tagBits(index) : 64
    defineElementCodes(node, index, bits: bits)
    definePolicies(node, index, bits: bits, isComplete: isComplete)
  }

  /// - Returns: whether the header could be resolved.
  private func defineHeader(_ node: Node, _ index: Int) -> Bool {
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
    definition.families[index].header = resolver.members
    guard let tag = resolver.tagIndex, let length = resolver.lengthIndex else {
      if header.refused.isEmpty, resolver.ownLosses.isEmpty {
        let missing = resolver.tagIndex == nil ? "<tag>" : "<length>"
        diagnostics.error(header.position, "<header> needs a \(missing); it has one <tag> and one <length>")
      }
      return false
    }
    definition.families[index].tag = tag
    definition.families[index].tagName = resolver.members[tag].name
    definition.families[index].length = length
    guard let node = header.children("length").first else { return false }
    definition.families[index].lengthCountsElement = node["counts"] == "element"
    definition.families[index].lengthUnit = Int(number(node, "unit", in: 1...64) ?? 1)
    definition.families[index].lengthPlus = Int(number(node, "plus", in: 0...65535) ?? 0)
    let count = resolver.members.count
    return header.refused.isEmpty && resolver.ownLosses.isEmpty && tag < count && length < count
  }

  private func tagBits(_ index: Int) -> Int {
    let family = definition.families[index]
    guard case .integer(let shape) = family.header[family.tag].kind else { return 64 }
    return shape.bits
  }

  private func defineElementCodes(_ node: Node, _ index: Int, bits: Int) {
    let codes = definition.families[index].codes
    definition.codes[codes].bits = bits
    var space = CodeSpace(bits: bits, resolver: self)
    for child in node.children {
      if child.name == "tlv" {
        defineElement(child, &space, family: index)
      } else if child.name == "range", let range = space.range(child) {
        definition.codes[codes].ranges.append(range)
      }
    }
    elementSpaces[index] = space
    // The tag reads as a code, so that dumps and JSON name it.
    let tag = definition.families[index].tag
    if definition.families[index].header.indices.contains(tag),
      case .integer(var shape) = definition.families[index].header[tag].kind
    {
      shape.codes = codes
      definition.families[index].header[tag].kind = .integer(shape)
    }
  }

  /// Names that the types of lists, or paths, have for something else.
  private static let reservedElementNames = [
    "unknown": "the property of the unknown elements", "order": "the property of the wire order",
    "padding": "what padding is called in paths", "reserved": "what reserved octets are called in paths",
  ]

  /// Gives an element its code.
  ///
  /// - Returns: its place in the family; nil when it has none.
  @discardableResult
  private func defineElement(_ node: Node, _ space: inout CodeSpace, family: Int) -> Int? {
    guard let name = node["name"], let place = elementPlaces[family][name],
      types[definition.bodies[definition.families[family].elements[place].body].name]?.node === node
    else { return nil }
    if let reason = Self.reservedElementNames[name] {
      diagnostics.error(node.position(of: "name"), "'\(name)' is \(reason); choose another name")
    } else if definition.families[family].header.contains(where: { $0.name == name }) {
      diagnostics.error(node.position(of: "name"), "'\(name)' is a member of the family's header; choose another name")
    }
    definition.families[family].elements[place].code = errorCode(
      node, "error", inherited: definition.families[family].code)
    guard let code = space.code(node, value: "code") else { return nil }
    let codes = definition.families[family].codes
    definition.codes[codes].codes.append(code)
    document("\(definition.codes[codes].name).\(code.name)", node)
    definition.families[family].elements[place].tag = code.value
    return place
  }

  /// Index of a direction; nil, and a diagnostic, when there is none of that name.
  func direction(_ name: String, _ node: Node) -> Int? {
    if let index = definition.directions.firstIndex(of: name) { return index }
    if losses.directions.contains(name) || !node.isSound { return nil }
    diagnostics.error(
      node.position(of: "direction"),
      "there is no <direction name=\"\(name)\">\(suggestion(for: name, among: definition.directions))")
    return nil
  }
}

// MARK: - Unknown elements

extension Resolver {
  private func definePolicies(_ node: Node, _ index: Int, bits: Int, isComplete: Bool) {
    var isComplete = isComplete && node.refused.isEmpty
    var policies: [FamilyDefinition.UnknownPolicy] = []
    for child in node.children("unknown") {
      guard child.isSound, let policy = policy(child, index, limit: CodeSpaceLimit.largest(bits: bits)) else {
        isComplete = false
        continue
      }
      if isComplete, !decides(policy, after: policies) {
        diagnostics.error(child.position, "this <unknown> never decides; those before it cover all that it speaks of")
      }
      policies.append(policy)
    }
    definition.families[index].unknown = policies
    if isComplete { checkCoverage(node, policies, limit: CodeSpaceLimit.largest(bits: bits)) }
  }

  private func policy(_ node: Node, _ index: Int, limit: UInt64) -> FamilyDefinition.UnknownPolicy? {
    guard let action = node["action"].flatMap(FamilyDefinition.UnknownPolicy.Action.init) else { return nil }
    let first = number(node, "from", in: 0...limit)
    let last = number(node, "to", in: 0...limit)
    if node["from"] != nil, first == nil { return nil }
    if node["to"] != nil, last == nil { return nil }
    guard first ?? 0 <= last ?? limit else {
      diagnostics.error(
        node.position(of: "to"), "to=\"\(last ?? 0)\" is below from=\"\(first ?? 0)\"; the lower number comes first")
      return nil
    }
    if action != .reject, node["error"] != nil {
      diagnostics.error(node.position(of: "error"), "'error' goes with action=\"reject\" only; leave it out")
    }
    var direction: Int?
    if let name = node["direction"] {
      direction = self.direction(name, node)
      if direction == nil { return nil }
    }
    let code = errorCode(node, "error", inherited: definition.families[index].code)
    return FamilyDefinition.UnknownPolicy(
      first: first ?? 0, last: last ?? limit, direction: direction, action: action, code: code)
  }

  /// Directions there are; one without a name when there is none.
  private var directions: [Int?] {
    definition.directions.isEmpty ? [nil] : definition.directions.indices.map { $0 }
  }

  /// Whether there is a code in a direction that no earlier policy has decided on.
  private func decides(
    _ policy: FamilyDefinition.UnknownPolicy, after earlier: [FamilyDefinition.UnknownPolicy]
  ) -> Bool {
    directions.contains { direction in
      guard policy.direction == nil || policy.direction == direction else { return false }
      let gap = gap(in: earlier.filter { $0.direction == nil || $0.direction == direction }, from: policy.first)
      return gap.map { $0 <= policy.last } ?? false
    }
  }

  /// Every code must meet a policy, whichever way its message goes.
  private func checkCoverage(_ node: Node, _ policies: [FamilyDefinition.UnknownPolicy], limit: UInt64) {
    for direction in directions {
      let gap = gap(in: policies.filter { $0.direction == nil || $0.direction == direction }, from: 0)
      guard let gap, gap <= limit else { continue }
      let name = direction.map { " in direction '\(definition.directions[$0])'" } ?? ""
      diagnostics.error(
        node.position,
        "no <unknown> says what happens to code \(gap)\(name); one without from= and to= covers all that is left")
      return
    }
  }

  /// The first number from `start` that no policy speaks of; nil when there is none.
  private func gap(in policies: [FamilyDefinition.UnknownPolicy], from start: UInt64) -> UInt64? {
    var next = start
    for policy in policies.sorted(by: { $0.first < $1.first }) where policy.last >= next {
      if policy.first > next { return next }
      if policy.last == .max { return nil }
      next = policy.last + 1
    }
    return next
  }
}

// MARK: - Extension

extension Resolver {
  /// Adds an extension's elements to a family of the protocol it extends.
  func declareAdditions(_ node: Node) {
    guard node.isSound else { return }
    guard let name = node["tlvs"] else {
      diagnostics.error(node.position, "<extend> needs tlvs=, the family it adds elements to")
      return
    }
    guard case .family(let family)? = types[name]?.kind else {
      let known = definition.families.map(\.name)
      diagnostics.error(
        node.position(of: "tlvs"), "there are no <tlvs name=\"\(name)\">\(suggestion(for: name, among: known))")
      return
    }
    if node.children("tlv").isEmpty, node.refused.isEmpty {
      diagnostics.error(node.position, "this <extend> adds nothing; it needs a <tlv>")
    }
    guard var space = elementSpaces[family] else { return }
    space.freeRanges()
    for tlv in node.children("tlv") {
      declareElement(tlv, family: family)
      guard let element = defineElement(tlv, &space, family: family) else { continue }
      checkIsFree(definition.families[family].elements[element].tag, tlv, definition.codes[definition.families[family].codes])
      addedElements.append(ResolvedSchema.AddedElement(family: family, element: element, uses: []))
    }
    elementSpaces[family] = space
  }

  /// Looks up where the added elements are allowed, once messages have their lists.
  func resolveUses(_ node: Node) {
    for tlv in node.children("tlv") {
      guard
        let index = addedElements.firstIndex(where: { added in
          let element = definition.families[added.family].elements[added.element]
          return types[definition.bodies[element.body].name]?.node === tlv
        })
      else { continue }
      var seen: [String: Node] = [:]
      for allow in tlv.children("allow") where allow.isSound {
        if let place = allow["in"] {
          if let other = seen[place] {
            diagnostics.error(
              allow.position(of: "in"),
              "'\(place)' is named a second time; the first is in \(self.place(of: other, from: allow))")
          }
          seen[place] = allow
        }
        if let use = use(allow, addedElements[index]) { addedElements[index].uses.append(use) }
      }
      if tlv.children("allow").isEmpty, tlv.refused.isEmpty {
        diagnostics.error(
          tlv.position, "the element is allowed nowhere; add <allow in=\"Message.list\" occurs=\"0..1\"/>")
      }
    }
  }

  /// A vendor takes codes that the protocol leaves to vendors, or to nobody yet.
  private func checkIsFree(_ value: UInt64, _ tlv: Node, _ codes: CodesDefinition) {
    let range = codes.ranges.first { ($0.first...$0.last).contains(value) }
    if let range, ["private", "experimental", "unassigned"].contains(range.use) { return }
    let found = range.map { "in a range of \(definition.name) of use '\($0.use)'" } ?? "in no range of \(definition.name)"
    diagnostics.error(
      tlv.position(of: "code"),
      "code \(value) is \(found); an extension takes codes of use 'private', 'experimental' or 'unassigned'")
  }

  private func use(_ node: Node, _ added: ResolvedSchema.AddedElement) -> ResolvedSchema.AddedElement.Use? {
    guard let place = node["in"] else { return nil }
    let parts = place.split(separator: ".").map(String.init)
    let position = node.position(of: "in")
    guard case .body(let body)? = types[parts[0]]?.kind, let message = definition.bodies[body].message else {
      let known = definition.messages.map { definition.bodies[$0].name }
      diagnostics.error(
        position, "\(definition.name) has no <message name=\"\(parts[0])\">\(suggestion(for: parts[0], among: known))")
      return nil
    }
    var lists: [String: ListShape] = [:]
    for member in definition.bodies[body].members {
      if case .list(let list) = member.kind, list.family == added.family { lists[member.name] = list }
    }
    guard let list = lists[parts[1]] else {
      let family = definition.families[added.family].name
      diagnostics.error(
        position,
        "'\(parts[0])' has no list '\(parts[1])' of <tlvs name=\"\(family)\">\(suggestion(for: parts[1], among: lists.keys.sorted()))"
      )
      return nil
    }
    guard let allowed = cardinality(node, list, added.element) else { return nil }
    checkIsKept(added, message.direction, node)
    return .init(
      body: body, list: parts[1], minimum: allowed.minimum, maximum: allowed.maximum,
      missingCode: allowed.missingCode, excessCode: allowed.excessCode)
  }

  /// What another module adds lives among the unknown elements, which must be kept for that.
  private func checkIsKept(_ added: ResolvedSchema.AddedElement, _ direction: Int, _ node: Node) {
    let tag = definition.families[added.family].elements[added.element].tag
    let policy = definition.families[added.family].unknown.first { policy in
      (policy.direction == nil || policy.direction == direction) && policy.first <= tag && tag <= policy.last
    }
    guard let policy, policy.action != .keep else { return }
    diagnostics.error(
      node.position(of: "in"),
      "\(definition.name) does not keep unknown elements of code \(tag) in direction '\(definition.directions[direction])' but "
        + "has them \(policy.action == .reject ? "rejected" : "ignored"); take a code that is kept")
  }
}

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
    if node["maxDepth"] != nil { definition.families[index].maximumDepth = Int(number(node, "maxDepth", in: 1...64) ?? 1) }
    let isComplete = defineHeader(node, index)
    let bits = isComplete ? tagBits(index) : 64
    defineElementCodes(node, index, bits: bits)
    definePolicies(node, index, bits: bits, isComplete: isComplete)
  }

  private func defineElementCodes(_ node: Node, _ index: Int, bits: Int) {
    let codes = definition.families[index].codes
    definition.codes[codes].bits = bits
    elementSpaces[.init(family: index, extraTag: definition.families[index].extraTagDefault)] = CodeSpace(
      bits: bits, resolver: self)
    for child in node.children {
      if child.name == "tlv" {
        defineElement(child, family: index)
      } else if child.name == "range", let range = range(child, index) {
        definition.codes[codes].ranges.append(range)
        document("\(definition.codes[codes].name).range.\(range.first)", child)
      }
    }
    // The tag reads as a code, so that dumps and JSON name it.
    let tag = definition.families[index].tag
    if definition.families[index].header.indices.contains(tag) {
      definition.families[index].header[tag].change(definition.families[index].tagName) { $0.codes = codes }
    }
  }

  /// Ranges are of the codes that come without an extra tag.
  private func range(_ node: Node, _ family: Int) -> CodesDefinition.CodeRange? {
    let key = ElementSpace(family: family, extraTag: definition.families[family].extraTagDefault)
    return elementSpaces[key]?.range(node)
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
  func defineElement(_ node: Node, family: Int) -> Int? {
    guard let name = node["name"], let place = elementPlaces[family][name],
      types[definition.bodies[definition.families[family].elements[place].body].name]?.node === node
    else { return nil }
    if let reason = Self.reservedElementNames[name] {
      diagnostics.error(node.position(of: "name"), "'\(name)' is \(reason); choose another name")
    } else if definition.families[family].header.contains(where: { $0.ownNames.contains(name) }) {
      diagnostics.error(node.position(of: "name"), "'\(name)' is a member of the family's header; choose another name")
    }
    definition.families[family].elements[place].code = errorCode(
      node, "error", inherited: definition.families[family].code)
    refuseOperations(node, family)
    guard let extraTag = extraTag(node, family) else { return nil }
    let key = ElementSpace(family: family, extraTag: extraTag)
    let codes = definition.families[family].codes
    var space = elementSpaces[key] ?? CodeSpace(bits: definition.codes[codes].bits, resolver: self)
    defer { elementSpaces[key] = space }
    guard let code = space.code(node, value: "code") else { return nil }
    if extraTag == definition.families[family].extraTagDefault {
      definition.codes[codes].codes.append(code)
      document("\(definition.codes[codes].name).\(code.name)", node)
    }
    definition.families[family].elements[place].tag = code.value
    definition.families[family].elements[place].extraTag = extraTag
    return place
  }

  /// The extra tag that extraCode= names, or the one that elements have without; nil when it is wrong.
  private func extraTag(_ node: Node, _ family: Int) -> UInt64? {
    let definition = definition.families[family]
    guard node["extraCode"] != nil else { return definition.extraTagDefault }
    guard let shape = definition.extraTagShape else {
      if losses.headers[family] == nil {
        diagnostics.error(
          node.position(of: "extraCode"), "<tlvs name=\"\(definition.name)\"> has no <extraTag> in its header; leave it out")
      }
      return nil
    }
    let reader = MemberResolver(resolver: self, body: "", context: BodyContext(kind: "header"))
    return reader.value(node, "extraCode", shape).map { UInt64($0) }
  }

  private func refuseOperations(_ node: Node, _ family: Int) {
    let definition = definition.families[family]
    guard node["operations"] != nil, headers[family]?.operation == nil, losses.headers[family] == nil else { return }
    diagnostics.error(
      node.position(of: "operations"), "<tlvs name=\"\(definition.name)\"> has no <operation> in its header; leave it out")
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
      document("\(definition.families[index].name).unknown.\(policies.count)", child)
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
    let extraTag = extraTag(node, index)
    if extraTag == nil { return nil }
    let code = errorCode(node, "error", inherited: definition.families[index].code)
    return FamilyDefinition.UnknownPolicy(
      first: first ?? 0, last: last ?? limit, direction: direction, action: action, code: code,
      extraTag: node["extraCode"] == nil ? nil : extraTag)
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
      let rivals = earlier.filter {
        ($0.direction == nil || $0.direction == direction) && ($0.extraTag == nil || $0.extraTag == policy.extraTag)
      }
      let gap = gap(in: rivals, from: policy.first)
      return gap.map { $0 <= policy.last } ?? false
    }
  }

  /// Every code must meet a policy, whichever way its message goes.
  private func checkCoverage(_ node: Node, _ policies: [FamilyDefinition.UnknownPolicy], limit: UInt64) {
    for direction in directions {
      let general = policies.filter { ($0.direction == nil || $0.direction == direction) && $0.extraTag == nil }
      let gap = gap(in: general, from: 0)
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

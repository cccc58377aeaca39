import WireText

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
    let standard = definition.families[family].extraTagDefault
    elementSpaces[.init(family: family, extraTag: standard)]?.freeRanges()
    for tlv in node.children("tlv") {
      declareElement(tlv, family: family)
      guard let element = defineElement(tlv, family: family) else { continue }
      let added = definition.families[family].elements[element]
      // Codes beside an extra tag of a vendor's are the vendor's own.
      if added.extraTag == standard { checkIsFree(added.tag, tlv, definition.codes[definition.families[family].codes]) }
      addedElements.append(ResolvedSchema.AddedElement(family: family, element: element, uses: []))
    }
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
    let element = definition.families[added.family].elements[added.element]
    let tag = element.tag
    let policy = definition.families[added.family].unknown.first { policy in
      (policy.direction == nil || policy.direction == direction) && policy.first <= tag && tag <= policy.last
        && (policy.extraTag == nil || policy.extraTag == element.extraTag)
    }
    guard let policy, policy.action != .keep else { return }
    diagnostics.error(
      node.position(of: "in"),
      "\(definition.name) does not keep unknown elements of code \(tag) in direction '\(definition.directions[direction])' but "
        + "has them \(policy.action == .reject ? "rejected" : "ignored"); take a code that is kept")
  }
}

import WireText

// MARK: - What <extend> adds

extension Resolver {
  private static let targets = ["tlvs", "codes", "flags", "message"]
  private static let contents = ["tlvs": "tlv", "codes": "code", "flags": "flag", "message": "allow"]

  /// Checks that an `<extend>` says what it adds to, and adds what belongs there.
  func checkTargets(_ nodes: [Node]) {
    for node in nodes where node.name == "extend" && node.isSound {
      let given = Self.targets.filter { node[$0] != nil }
      guard let target = given.first, let content = Self.contents[target] else {
        diagnostics.error(node.position, "<extend> needs one of tlvs=, codes=, flags= and message=: what it adds to")
        node.isSound = false
        continue
      }
      if given.count > 1 {
        diagnostics.error(
          node.position(of: given[1]), "'\(given[1])' beside '\(target)': an <extend> adds to one of them only")
      }
      let foreign = node.children.filter { $0.name != content && $0.name != "doc" }
      for child in foreign {
        diagnostics.error(child.position, "<\(child.name)> does not stand in <extend \(target)=…>, which has <\(content)>")
      }
      if foreign.isEmpty, node.children(content).isEmpty, node.refused.isEmpty {
        diagnostics.error(node.position, "this <extend> adds nothing; it needs a <\(content)>")
      }
    }
  }

  /// More names for codes, and more bits of sets.
  func extendCodes(_ nodes: [Node]) {
    for node in nodes where node.name == "extend" && node.isSound {
      if let name = node["codes"] { extendCodes(node, name) }
    }
  }

  func extendFlags(_ nodes: [Node]) {
    for node in nodes where node.name == "extend" && node.isSound {
      if let name = node["flags"] { extendFlags(node, name) }
    }
  }

  private func extendCodes(_ node: Node, _ name: String) {
    guard case .codes(let index)? = types[name]?.kind, let codes = types[name]?.node, codes.name == "codes" else {
      return refuseTarget(node, "codes", name)
    }
    guard codes.isSound, var space = codeSpaces[index], isOpen(definition.codes[index].isOpen, node, "codes", name) else {
      return
    }
    space.freeRanges(["private", "experimental", "unassigned"])
    for child in node.children("code") {
      guard child.isSound, let code = space.code(child, value: "value") else {
        losses.codes[index, default: .init()].insert(child)
        continue
      }
      if addition == nil {
        classify(child, code.name, index, codes)
      } else {
        addedCodes.append(.init(codes: index, code: definition.codes[index].codes.count))
        if child["class"] != nil {
          diagnostics.error(child.position(of: "class"), "'class' is for codes in the module that has '\(name)'; leave it out")
        }
      }
      definition.codes[index].codes.append(code)
      if definition.errorCodes == index { errorValues[code.name] = code.value }
      document("\(name).\(code.name)", child)
      describe("\(name).\(code.name)", as: node)
    }
    codeSpaces[index] = space
  }

  private func extendFlags(_ node: Node, _ name: String) {
    guard case .flags(let index)? = types[name]?.kind else { return refuseTarget(node, "flags", name) }
    guard types[name]?.node.isSound == true, var space = flagSpaces[index],
      isOpen(definition.flags[index].isOpen, node, "flags", name)
    else { return }
    space.freeRanges(["private", "experimental", "unassigned"])
    for child in node.children("flag") {
      let count = definition.flags[index].flags.count
      addFlag(child, index, &space)
      guard definition.flags[index].flags.count > count else { continue }
      describe("\(name).\(definition.flags[index].flags[count].name)", as: node)
      if addition != nil { addedFlags.append(.init(flags: index, flag: count)) }
    }
    flagSpaces[index] = space
  }

  /// What an `<extend>` says of all that it adds holds for what says nothing of it itself.
  private func describe(_ key: String, as node: Node) {
    guard let own = documentation[key] else { return }
    documentation[key]?.reference = own.reference ?? node["spec"]
    documentation[key]?.since = own.since ?? node["since"]
    documentation[key]?.deprecated = own.deprecated ?? node["deprecated"]
  }

  /// Closed types have all their values where they are; another module cannot add to them.
  private func isOpen(_ isOpen: Bool, _ node: Node, _ attribute: String, _ name: String) -> Bool {
    if isOpen || addition == nil { return true }
    diagnostics.error(
      node.position(of: attribute), "'\(name)' is closed: nothing can be added to it outside of the module that has it")
    return false
  }

  private func refuseTarget(_ node: Node, _ attribute: String, _ name: String) {
    if losses.types.contains(name) { return }
    let element = attribute == "message" ? "message" : attribute
    if let other = types[name]?.node, other.name != element {
      diagnostics.error(node.position(of: attribute), "'\(name)' is a <\(other.name)>, not <\(element)>")
      return
    }
    let known = types.filter { $0.value.node.name == element }.keys.sorted()
    let verb = element == "message" ? "is no" : "are no"
    diagnostics.error(
      node.position(of: attribute), "there \(verb) <\(element) name=\"\(name)\">\(suggestion(for: name, among: known))")
  }

  /// More elements of a family.
  func declareAdditions(_ node: Node) {
    guard node.isSound, let name = node["tlvs"] else { return }
    guard case .family(let family)? = types[name]?.kind else { return refuseTarget(node, "tlvs", name) }
    let standard = definition.families[family].extraTagDefault
    elementSpaces[.init(family: family, extraTag: standard)]?.freeRanges(nil)
    for tlv in node.children("tlv") {
      declareElement(tlv, family: family)
      guard let element = defineElement(tlv, family: family) else { continue }
      definition.families[family].elements[element].addition = addition
      let added = definition.families[family].elements[element]
      describe(definition.bodies[added.body].name, as: node)
      // Codes beside an extra tag of a vendor's are the vendor's own.
      if added.extraTag == standard { checkIsFree(added.tag, tlv, definition.codes[definition.families[family].codes]) }
      addedElements.append(ResolvedSchema.AddedElement(family: family, element: element, uses: []))
    }
  }

  /// An extension takes codes that the protocol leaves to others, or to nobody yet.
  private func checkIsFree(_ value: UInt64, _ tlv: Node, _ codes: CodesDefinition) {
    let range = codes.ranges.first { ($0.first...$0.last).contains(value) }
    if let range, ["private", "experimental", "unassigned"].contains(range.use) { return }
    let found = range.map { "in a range of \(definition.name) of use '\($0.use)'" } ?? "in no range of \(definition.name)"
    diagnostics.error(
      tlv.position(of: "code"),
      "code \(value) is \(found); an extension takes codes of use 'private', 'experimental' or 'unassigned'")
  }
}

// MARK: - Where elements are allowed besides

extension Resolver {
  /// An `<allow>` outside of its list, found.
  private struct Place {
    var body: Int
    /// Index in the members.
    var member: Int
    var list: ListShape
    /// The attribute that names the list.
    var attribute: String
  }

  /// Adds what `<extend>` allows to the lists, once bodies have their members.
  func resolveUses(_ nodes: [Node]) {
    for node in nodes where node.name == "extend" {
      if node["tlvs"] != nil { resolveElementUses(node) }
      if let name = node["message"], node.isSound { resolveMessageUses(node, name) }
    }
  }

  private func resolveElementUses(_ node: Node) {
    for tlv in node.children("tlv") {
      guard let index = addedElements.firstIndex(where: { declaration(of: $0) === tlv }) else { continue }
      let added = addedElements[index]
      var seen: [String: Node] = [:]
      for allow in tlv.children("allow") where allow.isSound {
        if let place = allow["in"] {
          if let other = seen[place] {
            diagnostics.error(
              allow.position(of: "in"),
              "'\(place)' is named a second time; the first is in \(self.place(of: other, from: allow))")
            continue
          }
          seen[place] = allow
        }
        guard let place = listPlace(allow, added.family) else { continue }
        self.allow(allow, family: added.family, element: added.element, place)
      }
    }
  }

  private func declaration(of added: ResolvedSchema.AddedElement) -> Node? {
    types[definition.bodies[definition.families[added.family].elements[added.element].body].name]?.node
  }

  private func resolveMessageUses(_ node: Node, _ name: String) {
    guard case .body(let body)? = types[name]?.kind, definition.bodies[body].message != nil else {
      return refuseTarget(node, "message", name)
    }
    for allow in node.children("allow") where allow.isSound {
      guard let list = allow["list"], let place = listPlace(list, body, allow, "list", family: nil), let element = allow["tlv"]
      else { continue }
      guard let index = elementPlaces[place.list.family][element] else {
        if losses.elements[place.list.family]?.contains(element) == true { continue }
        let family = definition.families[place.list.family]
        diagnostics.error(
          allow.position(of: "tlv"),
          "<tlvs name=\"\(family.name)\"> has no '\(element)'\(suggestion(for: element, among: family.elements.map(\.name)))")
        continue
      }
      self.allow(allow, family: place.list.family, element: index, place)
    }
  }

  /// The list that `in=` names.
  private func listPlace(_ node: Node, _ family: Int) -> Place? {
    guard let place = node["in"] else { return nil }
    let parts = place.split(separator: ".").map(String.init)
    guard case .body(let body)? = types[parts[0]]?.kind else {
      if losses.types.contains(parts[0]) { return nil }
      let known = definition.bodies.filter { body in
        body.members.contains { if case .list(let list) = $0.kind { list.family == family } else { false } }
      }.map(\.name)
      diagnostics.error(
        node.position(of: "in"),
        "\(definition.name) has no message, struct or element type '\(parts[0])' with a list\(suggestion(for: parts[0], among: known))"
      )
      return nil
    }
    return listPlace(parts[1], body, node, "in", family: family)
  }

  private func listPlace(_ name: String, _ body: Int, _ node: Node, _ attribute: String, family: Int?) -> Place? {
    var known: [String] = []
    for (index, member) in definition.bodies[body].members.enumerated() {
      guard case .list(let list) = member.kind, family == nil || list.family == family else { continue }
      if member.name == name { return Place(body: body, member: index, list: list, attribute: attribute) }
      known.append(member.name)
    }
    if losses.members[body]?.contains(name) == true { return nil }
    let what = family.map { " of <tlvs name=\"\(definition.families[$0].name)\">" } ?? ""
    diagnostics.error(
      node.position(of: attribute),
      "'\(definition.bodies[body].name)' has no list '\(name)'\(what)\(suggestion(for: name, among: known))")
    return nil
  }

  private func allow(_ node: Node, family: Int, element: Int, _ place: Place) {
    let name = definition.families[family].elements[element].name
    if place.list.allowed.contains(where: { $0.element == element }) {
      diagnostics.error(
        node.position(of: node["tlv"] == nil ? "in" : "tlv"),
        "'\(definition.bodies[place.body].members[place.member].name)' of '\(definition.bodies[place.body].name)' allows '\(name)' "
          + "already")
      return
    }
    guard let allowed = cardinality(node, place.list, element) else { return }
    if addition != nil { checkIsPublishable(node, family, element, place) }
    document("\(definition.bodies[place.body].name).\(definition.bodies[place.body].members[place.member].name).\(name)", node)
    var list = place.list
    list.allowed.append(allowed)
    definition.bodies[place.body].members[place.member].kind = .list(list)
    let body = definition.families[family].elements[element].body
    containments.append(Containment(owner: place.body, parts: [body], family: family, node: node))
    allowances.append(
      Allowance(
        node: node, family: family, element: element, body: place.body, member: place.member, index: list.allowed.count - 1))
  }

  /// What another module adds lives among the unknown elements, which must be kept for that.
  private func checkIsPublishable(_ node: Node, _ family: Int, _ element: Int, _ place: Place) {
    let added = definition.families[family].elements[element]
    if node["invalid"] != nil, added.addition != addition {
      diagnostics.error(
        node.position(of: "invalid"), "'invalid' does not reach into '\(added.name)', which another module has; leave it out")
    }
    for direction in directions(of: place.body) {
      let policy = definition.families[family].unknown.first { policy in
        (policy.direction == nil || policy.direction == direction) && policy.first <= added.tag && added.tag <= policy.last
          && (policy.extraTag == nil || policy.extraTag == added.extraTag)
      }
      guard let policy, policy.action != .keep else { continue }
      diagnostics.error(
        node.position(of: place.attribute),
        "\(definition.name) does not keep unknown elements of code \(added.tag) in direction "
          + "'\(definition.directions[direction])' but has them \(policy.action == .reject ? "rejected" : "ignored"); "
          + "take a code that is kept")
      return
    }
  }

  /// The directions of the messages that have a body in them.
  private func directions(of body: Int) -> [Int] {
    let found = definition.messages.compactMap { message -> Int? in
      var seen: Set = [message]
      var open = [message]
      while let next = open.popLast() {
        if next == body { return definition.bodies[message].message?.direction }
        open += parts(of: next).filter { seen.insert($0).inserted }
      }
      return nil
    }
    return Set(found).sorted()
  }

  /// The conditions of allowances, and what the extension has of them, once all lists have all that they allow.
  func finishAllowances() {
    for allowance in allowances {
      resolveRequirement(of: allowance)
      guard case .list(let list) = definition.bodies[allowance.body].members[allowance.member].kind else { continue }
      let use = ResolvedSchema.AddedElement.Use(
        body: allowance.body, list: definition.bodies[allowance.body].members[allowance.member].name,
        list.allowed[allowance.index])
      if let index = addedElements.firstIndex(where: { ($0.family, $0.element) == (allowance.family, allowance.element) }) {
        addedElements[index].uses.append(use)
      } else {
        addedUses.append(.init(family: allowance.family, element: allowance.element, use: use))
      }
    }
    allowances = []
  }

  private func resolveRequirement(of allowance: Allowance) {
    guard allowance.node["requiredWhen"] != nil else { return }
    let members = definition.bodies[allowance.body].members
    let context = BodyContext(kind: "", body: allowance.body)
    var reader = MemberResolver(resolver: self, body: definition.bodies[allowance.body].name, context: context)
    reader.members = members
    reader.requirements = [.init(node: allowance.node, list: allowance.member, allowed: allowance.index)]
    reader.resolveRequirements()
    definition.bodies[allowance.body].members = reader.members
    refuseForeignRequirement(of: allowance)
  }

  /// The module that has the list does not know what others add to it.
  private func refuseForeignRequirement(of allowance: Allowance) {
    guard addition != nil, allowance.body < firstOwnBody,
      case .list(let list) = definition.bodies[allowance.body].members[allowance.member].kind,
      let condition = list.allowed[allowance.index].requiredWhen
    else { return }
    let name = definition.bodies[allowance.body].members[allowance.member].name
    for added in definition.families[list.family].elements where added.addition != nil {
      guard condition.leads(to: [name, added.name]) else { continue }
      diagnostics.error(
        allowance.node.position(of: "requiredWhen"),
        "'requiredWhen' asks for '\(added.name)', which the module of '\(definition.bodies[allowance.body].name)' does not know")
    }
  }

  /// Elements of an extension that no list takes.
  func refuseIdleElements(_ bodies: Range<Int>) {
    for added in addedElements where added.uses.isEmpty {
      guard let node = declaration(of: added), node.refused.isEmpty, node.children("allow").isEmpty else { continue }
      let isAllowed = bodies.contains { body in
        definition.bodies[body].members.contains { member in
          guard case .list(let list) = member.kind else { return false }
          return list.family == added.family && list.allowed.contains { $0.element == added.element }
        }
      }
      if !isAllowed {
        diagnostics.error(node.position, "the element is allowed nowhere; add <allow in=\"Message.list\" occurs=\"0..1\"/>")
      }
    }
  }
}

/// An `<allow>` outside of the list it adds to.
struct Allowance {
  var node: Node
  var family: Int
  var element: Int
  /// Index of the body, of the list among its members, and of the element among those that the list allows.
  var body: Int
  var member: Int
  var index: Int
}

extension ResolvedSchema.AddedElement.Use {
  init(body: Int, list: String, _ allowed: ListShape.Allowed) {
    self.init(
      body: body, list: list, minimum: allowed.minimum, maximum: allowed.maximum, missingCode: allowed.missingCode,
      excessCode: allowed.excessCode, invalidCode: allowed.invalidCode, requiredWhen: allowed.requiredWhen,
      position: allowed.position)
  }
}

extension WireExpression {
  /// Whether a path in it starts so.
  fileprivate func leads(to start: [String]) -> Bool {
    switch self {
    case .path(let path), .size(let path), .count(let path), .present(let path), .flag(let path, _):
      path.starts(with: start)
    case .not(let operand), .inPrefix(let operand, _, _), .inRanges(let operand, _): operand.leads(to: start)
    case .binary(_, let left, let right): left.leads(to: start) || right.leads(to: start)
    case .over(_, let walk): walk.path.starts(with: start) || walk.expression.leads(to: start)
    case .among(let first, let second):
      [first, second].contains { $0.path.starts(with: start) || $0.expression.leads(to: start) }
    case .number, .boolean, .address, .text, .remaining, .item: false
    }
  }
}

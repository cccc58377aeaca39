import WireText

/// Defining: what the types are.
extension Resolver {
  func define(_ nodes: [Node]) {
    for node in nodes where node.name == "codes" {
      // Those of a protocol are there already; those of an extension are not.
      guard let declared = types[node["name"] ?? ""], declared.node === node, case .codes(let index) = declared.kind
      else { continue }
      if definition.codes[index].codes.isEmpty, losses.codes[index] == nil { defineCodes(node, index) }
    }
    for node in nodes where node.name == "flags" {
      guard let declared = types[node["name"] ?? ""], declared.node === node, case .flags(let index) = declared.kind
      else { continue }
      defineFlags(node, index)
    }
    extendFlags(nodes)
    if addition != nil { extendCodes(nodes) }
    for node in nodes where node.name == "tlvs" {
      guard let declared = types[node["name"] ?? ""], declared.node === node, case .family(let index) = declared.kind
      else { continue }
      defineFamily(node, index)
    }
    for node in nodes where node.name == "extend" { declareAdditions(node) }
    for index in definition.bodies.indices { defineBody(index) }
    resolveUses(nodes)
    finishAllowances()
    for (index, members) in unfinished { finishBody(index, members) }
    unfinished = []
    checkArrays()
    checkElementLengths()
    checkRecursion()
    defineFramings(nodes)
    checkChecksums()
    refuseChecksumsOfAdditions()
    checkChoice()
    defineSamples(nodes)
  }

  /// Resolves a body, once; a body within itself is refused.
  func defineBody(_ index: Int) {
    guard case .declared(let node, var context) = bodyStates[index] else { return }
    bodyStates[index] = .underWay(node)
    let diagnosticsBefore = diagnostics.all.count
    if context.kind != "case" { context.code = inheritedCode(of: node) }
    definition.bodies[index].code = context.code
    for lost in node.refused { losses.members[index, default: .init()].insert(lost) }
    var resolver = MemberResolver(resolver: self, body: definition.bodies[index].name, context: context)
    if let family = elementFamilies[ObjectIdentifier(node)] {
      if definition.families[family].headerIsInBody {
        resolver.takeHeader(family, of: node)
        definition.bodies[index].headerCount = resolver.members.count
      } else {
        resolver.refuseMatches(family, of: node)
      }
    }
    resolver.resolve(node.children.filter { $0.name != "match" || context.isMessage })
    definition.bodies[index].members = resolver.members
    if context.isMessage {
      definition.bodies[index].message = messageTraits(node, &resolver, context)
      definition.bodies[index].members = resolver.members
    }
    unfinished.append((index, resolver))
    if !resolver.ownLosses.isEmpty { losses.members[index] = resolver.ownLosses }
    checkNesting(index, node)
    let isWhole = node.isSound && losses.members[index] == nil && diagnostics.all.count == diagnosticsBefore
    if !isWhole { faultyBodies.insert(index) }
    bodyStates[index] = .done
  }

  /// What of a body may read every other: when elements must be there, and rules.
  private func finishBody(_ index: Int, _ members: MemberResolver) {
    var resolver = members
    resolver.members = definition.bodies[index].members
    resolver.resolveRequirements()
    definition.bodies[index].members = resolver.members
    let (rules, early) = resolver.resolveRules()
    definition.bodies[index].rules = rules
    definition.bodies[index].message?.earlyRules = early
    definition.bodies[index].derived = resolver.resolveDerived()
  }

  /// Bodies that are in a body: structs, cases of choices and elements.
  func parts(of index: Int) -> [Int] {
    definition.bodies[index].members.flatMap { parts(of: $0) }
  }

  private func parts(of member: Member) -> [Int] {
    switch member.kind {
    case .structure(let index): [index]
    case .array(let shape): parts(of: shape.element)
    case .choice(let shape): shape.allCases.compactMap(\.body)
    case .list(let shape): shape.allowed.map { definition.families[shape.family].elements[$0.element].body }
    case .integer, .bits, .reserved, .reservedRest, .ipv4, .ipv6, .mac, .octets, .text: []
    }
  }

  /// A body that another needs: resolved now when it has not been yet.
  ///
  /// - Returns: false when it is the one under way, or contains that one.
  func isDefined(_ index: Int, neededBy node: Node, _ attribute: String) -> Bool {
    if case .underWay = bodyStates[index] {
      diagnostics.error(
        node.position(of: attribute),
        "'\(definition.bodies[index].name)' contains itself without end; let an <array> or a <list> hold what it contains")
      return false
    }
    // Far beyond what is allowed: no schema exhausts the stack.
    if case .declared = bodyStates[index], definitionsUnderWay > Self.maximumNesting {
      diagnostics.error(node.position(of: attribute), "structs are nested deeper than \(Self.maximumNesting) here")
      return false
    }
    definitionsUnderWay += 1
    defineBody(index)
    definitionsUnderWay -= 1
    return true
  }

  func prepare(body index: Int) -> Bool {
    if case .underWay = bodyStates[index] { return false }
    defineBody(index)
    return true
  }

  /// How large bodies are that have been resolved.
  var sizes: Sizes { Sizes(definition, known: knownSizes) }

  /// Most structs within each other; decoders go no deeper either.
  static let maximumNesting = 16
  /// Most octets of a body of fixed size.
  static let maximumFixedSize = 1 << 24

  private func checkNesting(_ index: Int, _ node: Node) {
    if node.name == "struct", node["maxDepth"] != nil {
      definition.bodies[index].maximumDepth = Int(number(node, "maxDepth", in: 1...64) ?? 1)
    }
    let depth = sizes.depth(ofBody: index)
    if depth > Self.maximumNesting {
      // Said once: what contains this one is deeper still. It is emptied, so that nobody follows it down.
      if depth == Self.maximumNesting + 1 {
        diagnostics.error(node.position, "structs are nested deeper than \(Self.maximumNesting) here")
      }
      definition.bodies[index].members = []
      losses.members[index, default: .init()].open()
    } else if let size = sizes.fixed(ofBody: index), size > Self.maximumFixedSize {
      diagnostics.error(node.position, "'\(definition.bodies[index].name)' has more than \(Self.maximumFixedSize) octets")
    }
  }

  /// Code of errors in a body that nothing in it names: its own, its family's, the protocol's.
  private func inheritedCode(of node: Node) -> UInt64? {
    let family = elementFamilies[ObjectIdentifier(node)]
    let inherited = family.flatMap { definition.families[$0].code } ?? defaultCode
    return errorCode(node, "error", inherited: inherited)
  }
}

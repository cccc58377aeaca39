import WireText

/// Declaring: every type gets its index before anything refers to one.
extension Resolver {
  func declare(_ nodes: [Node]) {
    for node in nodes where node.name == "direction" { declareDirection(node) }
    for node in nodes {
      switch node.name {
      case "codes": declareType(node["name"], node) { .codes(self.appendCodes($0)) }
      case "flags": declareType(node["name"], node) { .flags(self.appendFlags($0)) }
      case "struct", "message":
        declareType(node["name"], node) { .body(self.appendBody($0, node, kind: node.name)) }
      case "tlvs": declareFamily(node)
      default: break
      }
    }
  }

  private func declareDirection(_ node: Node) {
    guard let name = node["name"] else { return }
    if !node.isSound { losses.directions.insert(name) }
    let key = "direction.\(name)"
    if let other = documentation[key], definition.directions.contains(name) {
      let line = other.position.file == node.position.file ? "line \(other.position.line)" : "\(other.position)"
      diagnostics.error(node.position(of: "name"), "a second <direction name=\"\(name)\">; the first is in \(line)")
      return
    }
    definition.directions.append(name)
    document(key, node)
    if node.isSound { declarePorts(node, definition.directions.count - 1) }
    let type = definition.name + name.prefix(1).uppercased() + name.dropFirst()
    reserveTypeName(type, "the enum of the messages of direction '\(name)'", node)
  }

  private func declarePorts(_ node: Node, _ direction: Int) {
    var seen: Set<Substring> = []
    for text in (node["port"] ?? "").split(separator: " ") {
      if !seen.insert(text).inserted {
        diagnostics.error(node.position(of: "port"), "port=\"\(node["port"] ?? "")\" has \(text) twice")
      }
      let parts = text.split(separator: "/")
      guard let transport = PortDefinition.Transport(rawValue: String(parts[0])), let number = UInt16(parts[1]) else { continue }
      definition.ports.append(PortDefinition(direction: direction, transport: transport, number: number))
    }
  }

  /// Takes a name for a type that is generated without a declaration of its own.
  func reserveTypeName(_ name: String, _ what: String, _ node: Node) {
    if let other = types[name]?.node ?? generated[name]?.node {
      diagnostics.error(
        node.position(of: "name"), "\(what) would be named '\(name)', which is taken in \(place(of: other, from: node))")
    }
    generated[name] = (what, node)
  }

  /// Notes a type, or says where another of its name is.
  func declareType(_ name: String?, _ node: Node, _ kind: (String) -> Declaration.Kind) {
    guard let name else { return }
    let position = node.position(of: "name")
    if let other = types[name]?.node {
      let from = place(of: other, from: node)
      diagnostics.error(
        position,
        node["name"] == name && other["name"] == name
          ? "'\(name)' is declared a second time; the first is in \(from)"
          : "the type '\(name)' would be made a second time; the first comes from \(from)")
      return
    }
    if let (what, other) = generated[name] {
      diagnostics.error(position, "'\(name)' is the name of \(what) (\(place(of: other, from: node))); choose another")
    } else if SwiftTypes.names.contains(name) {
      diagnostics.error(position, "'\(name)' is a type that generated code uses; choose another name")
    }
    types[name] = Declaration(kind: kind(name), node: node)
    document(name, node)
  }

  private func appendCodes(_ name: String) -> Int {
    definition.codes.append(CodesDefinition(name: name, bits: 8, isOpen: true, codes: []))
    return definition.codes.count - 1
  }

  private func appendFlags(_ name: String) -> Int {
    definition.flags.append(FlagsDefinition(name: name, bits: 8, isOpen: true, flags: []))
    return definition.flags.count - 1
  }

  func appendBody(_ name: String, _ node: Node, kind: String) -> Int {
    let index = definition.bodies.count
    definition.bodies.append(BodyDefinition(name: name, members: []))
    bodyStates.append(.declared(node, BodyContext(code: nil, kind: kind, body: index, isOfElement: kind == "tlv")))
    if kind == "message" { definition.messages.append(index) }
    return index
  }

  /// The members of a case of a choice.
  func appendCase(_ name: String, _ node: Node, code: UInt64?, isOfElement: Bool) -> Int {
    let index = appendBody(name, node, kind: "case")
    bodyStates[index] = .declared(node, BodyContext(code: code, kind: "case", body: index, isOfElement: isOfElement))
    return index
  }

  private func declareFamily(_ node: Node) {
    guard let name = node["name"] else { return }
    let index = definition.families.count
    declareType(name, node) { _ in .family(index) }
    guard types[name]?.node === node else { return }
    definition.families.append(
      FamilyDefinition(name: name, header: [], tag: 0, length: 0, unknown: [], elements: [], codes: 0))
    elementPlaces.append([:])
    reserveTypeName("\(definition.name)\(name)", "what the elements of '\(name)' share", node)
    declareType("\(name)Code", node) { .codes(self.appendCodes($0)) }
    if case .codes(let codes)? = types["\(name)Code"]?.kind { definition.families[index].codes = codes }
    for tlv in node.children("tlv") { declareElement(tlv, family: index) }
    for lost in node.refused { losses.elements[index, default: .init()].insert(lost) }
  }

  /// The body of an element gets a type name of its own: FilterOption.
  func declareElement(_ tlv: Node, family: Int) {
    guard let name = tlv["name"] else {
      losses.elements[family, default: .init()].open()
      return
    }
    if let other = elementPlaces[family][name] {
      let node = types[definition.bodies[definition.families[family].elements[other].body].name]?.node ?? tlv
      diagnostics.error(
        tlv.position(of: "name"), "a second element '\(name)'; the first is in \(place(of: node, from: tlv))")
      return
    }
    let typeName = name.prefix(1).uppercased() + name.dropFirst() + definition.families[family].name
    declareType(typeName, tlv) { .body(self.appendBody($0, tlv, kind: "tlv")) }
    guard case .body(let body)? = types[typeName]?.kind, types[typeName]?.node === tlv else {
      losses.elements[family, default: .init()].insert(name)
      return
    }
    elementFamilies[ObjectIdentifier(tlv)] = family
    elementPlaces[family][name] = definition.families[family].elements.count
    definition.families[family].elements.append(
      FamilyDefinition.Element(name: name, label: tlv["label"] ?? name, tag: 0, body: body, code: nil))
  }
}

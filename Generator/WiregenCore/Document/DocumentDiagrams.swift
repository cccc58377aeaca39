import WireText

/// Bodies as diagrams of their bits.
extension DocumentBuilder {
  /// The diagram of a body; of an element's with the header before the value.
  func diagram(of index: Int) -> HTML {
    let body = definition.bodies[index]
    let place = places.elements[index]
    let isApart = place.map { !definition.families[$0.family].headerIsInBody } ?? false
    var diagram = BitDiagram()
    if let place, isApart { addHeader(of: place, to: &diagram) }
    for (count, member) in body.members.enumerated() {
      let anchor = { (name: String, number: Int) -> String? in
        if count >= body.headerCount { return name.isEmpty ? "\(body.name):\(number)" : "\(body.name).\(name)" }
        return name.isEmpty ? nil : self.anchor(of: [name], in: index)
      }
      let number = body.members[body.headerCount..<max(body.headerCount, count)].reduce(0) { $0 + $1.flattened.count }
      add(member, to: &diagram, in: index, body.members, isHeader: count < body.headerCount) { anchor($0, number + $1) }
    }
    return diagram.markup(title: "Layout of \(body.name), 32 bits a row")
  }

  /// The diagram of a family's header.
  func diagram(ofHeader family: FamilyDefinition) -> HTML {
    var diagram = BitDiagram()
    var number = 0
    for member in family.header {
      let start = number
      add(member, to: &diagram, in: nil, family.header, isHeader: false) { name, place in
        name.isEmpty ? "\(family.name):\(start + place)" : "\(family.name).\(name)"
      }
      number += member.flattened.count
    }
    diagram.addVariable(
      .init(words: "value", detail: family.alignment > 1 ? "padded to a multiple of \(octets(family.alignment))" : "", length: 5))
    return diagram.markup(title: "Layout of an element of \(family.name), 32 bits a row")
  }

  private func addHeader(of place: (family: Int, element: Int), to diagram: inout BitDiagram) {
    let family = definition.families[place.family]
    for var member in family.header {
      if member.name == family.header[family.length].name { member.kind = length(of: member.kind, place) }
      if member.name == family.tagName, case .integer(var shape) = member.kind {
        shape.constant = Int128(family.elements[place.element].tag)
        shape.codes = nil
        member.kind = .integer(shape)
      }
      let anchor = { (name: String) -> String? in name.isEmpty || isExtension ? nil : "\(family.name).\(name)" }
      add(member, to: &diagram, in: nil, family.header, isHeader: true) { name, _ in anchor(name) }
    }
  }

  /// The length of an element whose value always has as many octets, as the constant that it is.
  private func length(of kind: MemberKind, _ place: (family: Int, element: Int)) -> MemberKind {
    let family = definition.families[place.family]
    guard case .integer(var shape) = kind, let size = sizes.fixed(ofBody: family.elements[place.element].body),
      !family.lengthCountsPadding || family.alignment == 1
    else { return kind }
    let header = family.lengthCountsElement ? family.header.reduce(0) { $0 + (sizes.fixed($1) ?? 0) } : 0
    shape.constant = Int128((size + header + family.lengthPlus) / family.lengthUnit)
    return .integer(shape)
  }

  /// - Parameter anchor: of a member by its name, or of one without a name by its place in its group.
  private func add(
    _ member: Member, to diagram: inout BitDiagram, in scope: Int?, _ members: [Member], isHeader: Bool,
    anchor: (_ name: String, _ place: Int) -> String?
  ) {
    if case .bits(_, _, let group) = member.kind, member.condition == nil {
      for (place, inner) in group.enumerated() {
        var part = part(inner, size: "", anchor(inner.name, place), isHeader: isHeader)
        // There is no room for the word.
        if inner.name.isEmpty, inner.bitWidth < 5 { part.words = "" }
        diagram.add(part, bits: inner.bitWidth)
      }
    } else if let size = sizes.fixed(member) {
      if size == 0 { return }
      let words: HTML = size > 4 ? octets(size) : ""
      diagram.add(part(member, size: words, anchor(member.name, 0), isHeader: isHeader), bits: size * 8)
    } else {
      var part = part(member, size: "", anchor(member.name, 0), isHeader: isHeader)
      part.detail = variable(member, members)
      diagram.addVariable(part)
    }
  }

  private func part(_ member: Member, size: HTML, _ anchor: String?, isHeader: Bool) -> BitDiagram.Part {
    let isReserved = member.name.isEmpty
    let words = isReserved ? "reserved" : member.label
    var constant: HTML?
    if case .integer(let shape) = member.kind { constant = shape.constant.map { plain($0, shape) } }
    var classes: [String] = []
    if isReserved { classes.append("res") }
    if isHeader { classes.append("hdr") }
    return BitDiagram.Part(
      words: HTML(escaping: words), detail: size, constant: constant, length: words.count, anchor: anchor, classes: classes)
  }

  /// A constant by the name that it has, without a link.
  private func plain(_ number: Int128, _ shape: IntegerShape) -> HTML {
    if shape.isBoolean { return "\(number)" }
    let code = shape.codes.flatMap { definition.codes[$0].codes.first { Int128($0.value) == number } }
    return code.map { "\($0.label)" } ?? "\(number)"
  }

  /// What is said of a part whose size varies.
  private func variable(_ member: Member, _ members: [Member]) -> HTML {
    var words: [HTML] = []
    switch member.kind {
    case .list(let shape): words.append("elements of \(definition.families[shape.family].name)")
    case .array(let shape): words.append("array of \(listing.type(of: shape.element.kind))")
    case .structure(let index): words.append("\(definition.bodies[index].name)")
    case .choice(let choice): words.append(choice.allCases.map { "\($0.name)" as HTML }.joined(" or "))
    default: break
    }
    var always = member
    always.condition = nil
    if member.condition != nil, let size = sizes.fixed(always) { words.append(octets(size)) }
    if let condition = member.condition { words.append("when \(listing.text(condition, members))") }
    return words.listed
  }
}

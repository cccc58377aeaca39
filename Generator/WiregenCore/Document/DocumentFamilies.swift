import WireText

/// Element families: header, what becomes of unknown elements, codes, uses, and each element.
extension DocumentBuilder {
  func families() -> HTML {
    isExtension ? addedElements() : definition.families.indices.map(family).joined()
  }

  private func family(_ index: Int) -> HTML {
    let family = definition.families[index]
    let facts = facts([
      ("Used in", users(of: family.name)),
      ("Length", length(of: family)),
      ("Alignment", alignment(of: family)),
      ("In itself", family.maximumDepth.map { "at most \($0) deep" }.orNothing),
      ("Wrong header", protocolCode(family.code).orNothing),
    ])
    let head = section(
      family.name, title: "\(family.name): header and codes", kind: "family", about: "elements",
      facts + diagram(ofHeader: family)
        + memberTable(
          family.header, of: family.name, in: nil, scopeMembers: family.header, extra: { role(of: $0, in: family) })
        + unknown(family) + elementCodes(family) + matrix(of: index))
    let elements = family.elements.indices.map { element($0, of: index) }
    return "<h2 id=\"elements.\(family.name)\">Elements: \(family.name)</h2>\n\(head)\(elements)"
  }

  /// What a member of the header is for.
  private func role(of member: Member, in family: FamilyDefinition) -> [HTML] {
    let length = family.header.indices.contains(family.length) ? family.header[family.length].name : ""
    switch member.name {
    case "": return []
    case family.tagName: return ["tells which element it is"]
    case family.extraTag ?? "": return ["tells which element it is, together with \(family.tagName)"]
    case length: return [self.length(of: family)]
    default: return []
    }
  }

  private func length(of family: FamilyDefinition) -> HTML {
    let counted = Self.counted(family.lengthCountsElement, family.lengthCountsPadding)
    let plus = family.lengthPlus
    let sum: HTML = plus == 0 ? counted : plus > 0 ? "\(counted) + \(plus)" : "\(counted) − \(-plus)"
    if family.lengthUnit == 1 { return "counts \(sum)" }
    return plus == 0 ? "counts \(sum), in units of \(octets(family.lengthUnit))" : "counts (\(sum)) / \(family.lengthUnit)"
  }

  private func alignment(of family: FamilyDefinition) -> HTML {
    if family.alignment == 1 { return "" }
    let check: HTML = family.checksPadding ? "padding must be zero" : "padding is sent as zero and not looked at"
    return "padded to a multiple of \(octets(family.alignment)); \(check)"
  }

  private func unknown(_ family: FamilyDefinition) -> HTML {
    let rows = family.unknown.indices.map { index -> Row in
      let policy = family.unknown[index]
      let anchor = "\(family.name):unknown:\(index)"
      let range: HTML = policy.first == policy.last ? "\(policy.first)" : "\(policy.first)–\(policy.last)"
      let extra: HTML = policy.extraTag.map { "\($0)" }.orNothing
      let direction = policy.direction.map { definition.directions[$0] } ?? "any"
      let action: HTML =
        switch policy.action {
        case .ignore: "left out, without an error"
        case .keep: "kept, with its octets and its place"
        case .reject: "refused" + otherwise(policy.code)
        }
      return Row(
        attributes: " id=\"\(anchor)\"",
        cells: [range, extra, "\(direction)", action, remarks("\(family.name).unknown.\(index)")])
    }
    return "<h4>What becomes of an unknown element, and of one that its list does not allow; the first that fits</h4>\n"
      + table("unknown", [("num", "Codes"), ("", "Extra tag"), ("", "Direction"), ("", "It is"), ("", "Meaning")], rows)
  }

  private func elementCodes(_ family: FamilyDefinition) -> HTML {
    let codes = definition.codes[family.codes]
    let rows = family.elements.map { element -> CodeRow in
      let body = definition.bodies[element.body].name
      let size = sizes.fixed(ofBody: element.body)
      return CodeRow(
        first: element.tag, last: element.tag, extra: family.extraTag.map { _ in element.extraTag }, name: element.name,
        label: element.label, anchor: "\(codes.name).\(element.name)", kind: "code", target: body,
        size: family.headerIsInBody ? nil : size.map { "\($0)" } ?? "varies", key: body)
    }
    return "<h4 id=\"\(codes.name)\">Codes</h4>\n"
      + codeTable(rows, codes.ranges, of: codes.name, bits: codes.bits, number: "Code")
  }

  /// An element: what its value is, and where it may be.
  func element(_ place: Int, of index: Int) -> HTML {
    let family = definition.families[index]
    let element = family.elements[place]
    let body = definition.bodies[element.body]
    let hexadecimal = HTML.hexadecimal(element.tag, bits: definition.codes[family.codes].bits)
    let facts = facts([
      ("Code", "\(number(element, family)) <span class=\"soft\">\(hexadecimal)</span>"),
      ("Header", narrowed(element, family)),
      ("Used in", takers(of: place, in: index)),
      ("Value", body.members.count == body.headerCount ? "none" : ""),
      ("Any other error", protocolCode(element.code).orNothing),
    ])
    let label = element.label == element.name ? "" : element.label
    let about: HTML = label.isEmpty ? "element" : "element, \(label)"
    let number = family.extraTag == nil ? "\(element.tag)" : nil
    return section(
      body.name, kind: "element", about: about, words: [element.name, label], number: number,
      facts + content(of: element.body))
  }

  /// The members of the header that are less in this element than in others: constants, and allowed operations.
  private func narrowed(_ element: FamilyDefinition.Element, _ family: FamilyDefinition) -> HTML {
    guard family.headerIsInBody else { return "" }
    let body = definition.bodies[element.body]
    let length = family.header.indices.contains(family.length) ? family.header[family.length].name : ""
    let told = [family.tagName, family.extraTag ?? "", length]
    let own = body.members.prefix(body.headerCount).flatMap(\.flattened)
    let usual = family.header.flatMap(\.flattened)
    return zip(own, usual).compactMap { member, usual -> HTML? in
      guard !told.contains(member.name), !member.name.isEmpty, case .integer(let shape) = member.kind,
        case .integer(let other) = usual.kind
      else { return nil }
      let isLess =
        shape.constant != other.constant || shape.only != other.only || shape.minimum != other.minimum
        || shape.maximum != other.maximum
      guard isLess else { return nil }
      let words = says(member, in: element.body, body.members).filter { !$0.isEmpty }.joined("; ")
      let name = link("\(family.name).\(member.name)", member.name, class: "m")
      return "<span>\(name) \(words) \(remarks("\(body.name).match.\(member.name)"))</span>"
    }.listed
  }
}

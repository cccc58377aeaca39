import WireText

/// Which elements may be where, and how often.
extension DocumentBuilder {
  /// How often an element comes, in words.
  func often(_ minimum: Int, _ maximum: Int?) -> HTML {
    switch (minimum, maximum) {
    case (_, 0?): "never"
    case (1, 1?): "once"
    case (0, 1?): "at most once"
    case (0, nil): "any number of times"
    case (1, nil): "at least once"
    case (let minimum, nil): "at least \(minimum) times"
    case (0, let maximum?): "at most \(maximum) times"
    case (let minimum, let maximum?): minimum == maximum ? "\(minimum) times" : "\(minimum) to \(maximum) times"
    }
  }

  /// The table of the elements that a list allows; empty when the member is no list.
  func lists(in member: Member, of index: Int) -> HTML {
    guard case .list(let shape) = member.kind else { return "" }
    let family = definition.families[shape.family]
    let owner = "\(definition.bodies[index].name).\(member.name)"
    let words: HTML = "Elements of <span class=\"m\">\(member.name)</span>"
    if shape.allowed.isEmpty {
      return "<h4>\(words)</h4>\n<p class=\"note\">None of \(type(family.name)) is known here: all are as unknown ones.</p>\n"
    }
    let rows = shape.allowed.map { use in row(use, family, owner, index, isOrdered: shape.isOrdered) }
    return "<h4>\(words)</h4>\n"
      + table("uses", [("num", "Code"), ("", "Element"), ("", "How often"), ("", "Else"), ("", "Meaning")], rows)
  }

  private func row(
    _ use: ListShape.Allowed, _ family: FamilyDefinition, _ owner: String, _ index: Int, isOrdered: Bool
  ) -> Row {
    let element = family.elements[use.element]
    let anchor = "\(owner).\(element.name)"
    var words: [HTML] = [often(use.minimum, use.maximum)]
    if let condition = use.requiredWhen { words.append("required when <code>\(expression(condition, in: index))</code>") }
    if let position = use.position { words.append("stands \(position.rawValue)") }
    let isRequired = use.minimum > 0 || use.requiredWhen != nil
    let isBound = use.maximum != nil || use.position != nil || isOrdered
    let codes = errors(
      missing: isRequired ? use.missingCode : nil, excess: isBound ? use.excessCode : nil, invalid: use.invalidCode)
    let label: HTML = element.label == element.name ? "" : "<span class=\"label\">\(element.label)</span>"
    let name = link(definition.bodies[element.body].name, element.name, class: "m")
    return Row(
      attributes: " id=\"\(anchor)\"", cells: [number(element, family), name + label, words.listed, codes, remarks(anchor)])
  }

  /// The protocol codes of too few, too many and a wrong value; one alone when they are the same.
  func errors(missing: UInt64?, excess: UInt64?, invalid: UInt64?) -> HTML {
    var words: [HTML] = []
    if missing == excess, let code = protocolCode(missing) {
      words.append(code)
    } else {
      if let code = protocolCode(missing) { words.append("missing: \(code)") }
      if let code = protocolCode(excess) { words.append("too many: \(code)") }
    }
    if let code = protocolCode(invalid) { words.append("a wrong value: \(code)") }
    return words.map { "<span class=\"says\">\($0)</span>" as HTML }.joined()
  }

  /// The code of an element, with the extra tag where there is one.
  func number(_ element: FamilyDefinition.Element, _ family: FamilyDefinition) -> HTML {
    family.extraTag == nil ? "\(element.tag)" : "\(element.tag), \(element.extraTag)"
  }

  // MARK: The matrix

  private static let widestMatrix = 64

  /// A table of the family's elements against the lists that take them; empty when there are not several, or more than can be
  /// taken in at a glance: each element names its lists too.
  func matrix(of index: Int) -> HTML {
    let family = definition.families[index]
    let columns = takers[index]
    guard (2...Self.widestMatrix).contains(columns.count), !family.elements.isEmpty else { return "" }
    let heads = columns.map { column -> HTML in
      let body = definition.bodies[column.body].name
      let isMessage = definition.bodies[column.body].message != nil
      return "<th class=\"col\">\(link("\(body).\(column.member)", isMessage ? body : "\(body).\(column.member)"))</th>"
    }
    let rows = family.elements.indices.map { place -> HTML in
      let element = family.elements[place]
      let cells = columns.map { self.cell(place, in: $0) }
      let name = link(definition.bodies[element.body].name, element.name)
      return "<tr><th><span class=\"soft\">\(number(element, family))</span> \(name)</th>\(cells)</tr>\n"
    }
    return """
      <h4>Which element where, and how often</h4>
      <div class="wide"><table class="matrix">
      <thead><tr><th>Element</th>\(heads)</tr></thead>
      <tbody>
      \(rows)</tbody>
      </table></div>

      """
  }

  private func cell(_ element: Int, in column: DocumentTaker) -> HTML {
    guard let use = column.uses[element] else { return "<td class=\"none\">·</td>" }
    let text = use.maximum == use.minimum ? "\(use.minimum)" : "\(use.minimum)..\(use.maximum.map { "\($0)" } ?? "*")"
    let owner = "\(definition.bodies[column.body].name).\(column.member)"
    let anchor = "\(owner).\(definition.families[column.family].elements[element].name)"
    let name = use.maximum == 0 ? "not" : use.minimum > 0 ? "must" : "may"
    return "<td class=\"\(name)\">\(link(anchor, text))</td>"
  }

  /// The lists that take an element, with how often.
  func takers(of element: Int, in family: Int) -> HTML {
    takers[family].compactMap { column -> HTML? in
      guard let use = column.uses[element] else { return nil }
      let owner = "\(definition.bodies[column.body].name).\(column.member)"
      let name = link("\(owner).\(definition.families[family].elements[element].name)", owner, class: "m")
      return "<span>\(name) <span class=\"soft\">\(often(use.minimum, use.maximum))</span></span>"
    }.listed
  }
}

/// A list of a body, and what it takes.
struct DocumentTaker {
  var body: Int
  var member: String
  var family: Int
  /// By the element's place in its family.
  var uses: [Int: ListShape.Allowed]

  /// The lists of each family, those of messages first.
  static func all(_ definition: ProtocolDefinition) -> [[DocumentTaker]] {
    var all: [[DocumentTaker]] = Array(repeating: [], count: definition.families.count)
    let messages = Set(definition.messages)
    for body in definition.messages + definition.bodies.indices.filter({ !messages.contains($0) }) {
      for member in definition.bodies[body].members {
        guard case .list(let shape) = member.kind else { continue }
        let uses = Dictionary(shape.allowed.map { ($0.element, $0) }) { first, _ in first }
        all[shape.family].append(DocumentTaker(body: body, member: member.name, family: shape.family, uses: uses))
      }
    }
    return all
  }
}

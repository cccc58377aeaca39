import VectorSupport
import Wire
import WireText
import WiregenCore

/// Holds what our dissector shows of one message against the interpreter's tree and violations.
struct DissectorComparison {
  private let tested: DissectedProtocol
  private let names: DissectorNames
  /// The fields that are left to be explained, in their order.
  private var fields: ArraySlice<Dissection.Field>
  private(set) var problems: [String] = []
  /// How many values were compared.
  private(set) var count = 0

  private var definition: ProtocolDefinition { tested.definition }

  init(_ dissection: Dissection, of tested: DissectedProtocol, direction name: String) {
    self.tested = tested
    names = tested.names
    fields =
      dissection.fields.filter { field in
        let own = field.name.dropFirst(tested.names.layer.count + 1)
        let steps = own.split(separator: ".")
        let isExtent = steps.count > 2 && ["prefix", "terminator", "pad"].contains(steps[steps.count - 1])
        return own.first?.isUppercase == true && !isExtent
      }[...]
    let direction = tested.interpreter.direction(named: name) ?? 0
    compareViolations(dissection, direction)
    guard let decoded = try? tested.interpreter.decode(direction: direction, dissection.octets, mode: .collecting) else { return }
    compare(decoded.tree.root.children, definition.bodies[decoded.body])
    for field in fields { problems.append("\(field.name) '\(field.show)' at \(field.start) is nothing of ours") }
  }

  private mutating func compareViolations(_ dissection: Dissection, _ direction: Int) {
    let violations = tested.interpreter.violations(direction: direction, dissection.octets).map(\.description)
    let shown = dissection.fields.filter { $0.name == "\(names.layer).violation" }.map(\.show)
    if shown != violations { problems.append("violations are \(shown), not \(violations)") }
    if dissection.experts.sorted() != violations.sorted() { problems.append("experts say \(dissection.experts)") }
  }
}

// MARK: - The tree

extension DissectorComparison {
  /// The parts of a body, in wire order.
  private mutating func compare(_ nodes: [WireTree.Node], _ body: BodyDefinition, family: FamilyDefinition? = nil) {
    let headerEnd = family.map { endOfHeader(nodes, $0) } ?? 0
    for node in nodes {
      let owner = node.start < headerEnd ? family?.name ?? "" : body.name
      switch node.role {
      case .padding: take(names.member("padding", of: family?.name ?? ""), node)
      case .trailing: take(names.member("trailing.octets", of: body.name), node)
      case .header, .ignored: compare(member: node, family?.header ?? [], family?.name ?? "")
      default:
        if let family, body.headerCount == 0, node.start < headerEnd {
          compare(member: node, family.header, family.name)
        } else {
          compare(member: node, body.members, owner)
        }
      }
    }
  }

  /// Where the last named member of an element's header ends.
  private func endOfHeader(_ nodes: [WireTree.Node], _ family: FamilyDefinition) -> Int {
    let header = Set(
      family.header.flatMap { member in
        if case .bits(_, _, let fields) = member.kind { fields.map(\.name) } else { [member.name] }
      }
    ).subtracting([""])
    let last = nodes.last { node in
      if case .bits = node.value { return node.children.contains { header.contains($0.name) } }
      return header.contains(node.name)
    }
    return last?.end ?? 0
  }

  private mutating func compare(member node: WireTree.Node, _ members: [Member], _ owner: String) {
    let name = names.member(node.name, of: owner)
    switch node.value {
    case .bits: for bit in node.children { compareBit(bit, owner) }
    case .structure: compare(node.children, body(of: node.name, in: members))
    case .array: compareArray(node, members, name)
    case .list: for element in node.children { compareElement(element, list: node.name, in: members) }
    case .choice:
      expect(name, node, shows: node.children.first?.name ?? "")
      compareCase(node, members)
    default: if node.role == .reserved { take(names.member("reserved", of: owner), node) } else { take(name, node) }
    }
  }

  private mutating func compareBit(_ bit: WireTree.Node, _ owner: String) {
    take(names.member(bit.role == .reserved ? "reserved.bits" : bit.name, of: owner), bit)
  }

  private mutating func compareArray(_ node: WireTree.Node, _ members: [Member], _ name: String) {
    guard case .array(let shape) = members.first(where: { $0.name == node.name })?.kind else { return }
    for item in node.children {
      if case .structure(let index) = shape.element.kind {
        compare(item.children, definition.bodies[index])
      } else {
        take("\(name).value", item)
      }
    }
  }

  private mutating func compareCase(_ node: WireTree.Node, _ members: [Member]) {
    guard case .choice(let shape) = members.first(where: { $0.name == node.name })?.kind, let inner = node.children.first,
      let body = shape.allCases.first(where: { $0.name == inner.name })?.body
    else { return }
    compare(inner.children, definition.bodies[body])
  }

  private mutating func compareElement(_ node: WireTree.Node, list: String, in members: [Member]) {
    guard case .list(let shape) = members.first(where: { $0.name == list })?.kind else { return }
    let family = definition.families[shape.family]
    if let element = family.elements.first(where: { $0.name == node.name }), node.isElement {
      return compare(node.children, definition.bodies[element.body], family: family)
    }
    let header = BodyDefinition(name: family.name, members: family.header, headerCount: family.header.count)
    compare(node.children, header, family: family)
    guard case .unknownElement(let kept) = node.value, !kept.value.isEmpty else { return }
    let start = node.start + kept.valueRange.lowerBound
    let value = WireTree.Node(
      name: "", label: "", value: .octets(Array(kept.value)), start: start, count: kept.valueRange.count)
    take(names.member("unknown.value", of: family.name), value)
  }

  private func body(of name: String, in members: [Member]) -> BodyDefinition {
    guard case .structure(let index) = members.first(where: { $0.name == name })?.kind else {
      return BodyDefinition(name: "", members: [])
    }
    return definition.bodies[index]
  }
}

// MARK: - One value

extension DissectorComparison {
  /// Takes the next field, which must be that of a leaf, and what it has below it.
  private mutating func take(_ name: String, _ node: WireTree.Node) {
    switch node.value {
    case .octets(let octets), .text(let octets): if octets.isEmpty { return }
    default: break
    }
    guard let field = next(name, node) else { return }
    if !says(field, node) { problems.append("\(name) is '\(field.show)', not \(node.scalarText ?? "")") }
    switch node.value {
    case .flags(_, let flags): takeFlags(name, Set(flags.compactMap(\.name)), node)
    case .date(let date, _, _): if (0...9999).contains(date.year) { expect("\(name).time", node, shows: date.shown) }
    default: break
    }
  }

  /// - Parameter set: names of the flags that are set.
  private mutating func takeFlags(_ name: String, _ set: Set<String>, _ node: WireTree.Node) {
    var missing = set
    while let field = fields.first, field.name.hasPrefix(name + "."), field.start == node.start {
      let isSet = missing.remove(String(field.name.dropFirst(name.count + 1))) != nil
      if (field.show == "1") != isSet { problems.append("\(field.name) is '\(field.show)'") }
      fields.removeFirst()
    }
    if !missing.isEmpty { problems.append("\(name) lacks \(missing.sorted())") }
  }

  private mutating func expect(_ name: String, _ node: WireTree.Node, shows text: String) {
    guard let field = next(name, node) else { return }
    if field.show != text { problems.append("\(name) is '\(field.show)', not '\(text)'") }
  }

  private mutating func next(_ name: String, _ node: WireTree.Node) -> Dissection.Field? {
    guard let field = fields.first, field.name == name, field.start >= node.start,
      field.start + field.size <= max(node.end, node.start)
    else {
      problems.append("\(name) at \(node.start), but \(fields.first.map { "\($0.name) at \($0.start)" } ?? "nothing") is there")
      // The field may come further on.
      if let place = fields.firstIndex(where: { $0.name == name && $0.start == node.start }) { fields.remove(at: place) }
      return nil
    }
    fields.removeFirst()
    count += 1
    return field
  }

  /// Whether a field says what the value of a node says.
  private func says(_ field: Dissection.Field, _ node: WireTree.Node) -> Bool {
    switch node.value {
    case .integer(let number, _, _): field.number == number
    case .date(_, let number, _): field.number == number || !field.show.allSatisfy(\.isNumber)
    case .flags(let bits, _): field.number == Int128(bits)
    case .boolean(let flag): field.show == (flag ? "1" : "0")
    case .ipv4(let address): field.octets == address.octets
    // Wireshark writes some of these otherwise: ::62:0 as ::0.98.0.0.
    case .ipv6(let address): field.octets == address.octets
    case .mac(let address): field.octets == address.octets.array
    case .octets(let octets), .text(let octets): field.octets == octets
    case .structure, .bits, .array, .list, .choice, .element, .unknownElement: false
    }
  }
}

extension WireTree.Node {
  fileprivate var isElement: Bool {
    if case .element = value { return true }
    return false
  }
}

extension WireDate {
  private static let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]

  /// The parts of `1994-11-06T08:49:37.5Z`.
  private var parts: [Substring] { "\(self)".split { !$0.isNumber } }

  fileprivate var year: Int { "\(self)".hasPrefix("-") ? -1 : Int(parts[0]) ?? -1 }

  /// As tshark shows times, `Nov  6, 1994 08:49:37.500000000 UTC`.
  fileprivate var shown: String {
    let month = Self.months[(Int(parts[1]) ?? 1) - 1]
    let day = Int(parts[2]) ?? 0
    let fraction = parts.count > 6 ? String(parts[6]) : ""
    return "\(month) \(day < 10 ? " " : "")\(day), \(Int(parts[0]) ?? 0) \(parts[3]):\(parts[4]):\(parts[5])."
      + fraction + String(repeating: "0", count: 9 - fraction.count) + " UTC"
  }
}

import PCPWire
import VectorSupport
import Wire
import WireText

/// Holds what tshark makes of one packet against what we make of it.
struct FieldComparison {
  let dissection: Dissection
  /// Of ours; tshark's fields from there on are known to be wrong.
  let trustedSize: Int
  /// What we make of the octets, and its name.
  private let decoded: Decoded
  private let message: String
  /// They are no message of ours: the header is all that can be compared.
  private let isHeaderOnly: Bool
  /// Fields of tshark's that have been compared, by index.
  private var used: Set<Int> = []
  /// Octets that tshark dissects and we do not.
  private var opaque: [Range<Int>] = []
  /// Behind the last member we told apart.
  private var reached = 0
  /// Members of ours without a field of tshark's.
  private(set) var missing: [String] = []
  private(set) var problems: [String] = []

  /// Whether our strict decoder takes the octets.
  var isValid: Bool { decoded.isValid && !isHeaderOnly }

  /// How many values were compared.
  var count: Int { used.count }

  init(_ dissection: Dissection, trustedSize: Int = .max) throws {
    self.dissection = dissection
    self.trustedSize = trustedSize
    let isPCP = dissection.octets.first != 0
    let text = WireTextProtocol.of(isPCP ? MapRequest.definition : MapUDPRequest.definition)
    let interpreter = text.interpreter
    let direction = interpreter.direction(named: dissection.isFromServer ? "response" : "request") ?? 0
    let chosen = try? interpreter.chooseMessage(direction: direction, dissection.octets)
    isHeaderOnly = chosen == nil
    if let chosen {
      decoded = try interpreter.decode(chosen, dissection.octets, mode: .collecting)
    } else {
      let header = (isPCP ? "" : "NATPMP") + (dissection.isFromServer ? "ResponseHeader" : "RequestHeader")
      guard let body = interpreter.body(named: header) else { throw Tshark.Failure(description: "no \(header)") }
      decoded = try interpreter.decode(prefix: body, dissection.octets, mode: .collecting)
    }
    message = decoded.tree.root.name
    compare(decoded.tree.root.children, "")
    if !isHeaderOnly { findSurplus() }
  }

  /// Where we find something that keeps us from telling the rest apart; nil when we read to the end.
  var brokenAt: Int? { decoded.violations.filter { [.truncated, .length].contains($0.kind) }.map(\.offset).min() }
}

extension FieldComparison {
  private mutating func compare(_ nodes: [WireTree.Node], _ path: String) {
    for node in nodes {
      switch node.value {
      case .structure: compare(node.children, "\(path)\(node.name).")
      case .bits(let number): compareBits(node, number, path)
      case .array: for item in node.children { compare(item.children, "\(path)\(node.name)[].") }
      case .list: for element in node.children { compareElement(element, "\(path)\(node.name)[].") }
      case .integer, .boolean, .ipv4, .ipv6, .mac, .octets, .text, .element, .unknownElement:
        compareLeaf(node, path + node.name)
      }
    }
  }

  /// A group of bits as one number where tshark has it so, else its fields.
  private mutating func compareBits(_ node: WireTree.Node, _ number: UInt64, _ path: String) {
    let group = path + node.children.map(\.name).joined(separator: ",")
    guard !FieldTable.fields(message, group).isEmpty else { return compare(node.children, path) }
    var whole = node
    whole.value = .integer(Int128(number), bits: 8 * node.count, meaning: nil)
    compareLeaf(whole, group)
  }

  private mutating func compareElement(_ element: WireTree.Node, _ path: String) {
    for part in element.children {
      let isHeader = part.role == .header || part.role == .padding || part.role == .trailing
      compare([part], isHeader ? path : "\(path)\(element.name).")
    }
    guard case .unknownElement(let kept) = element.value, !kept.value.isEmpty else { return }
    let start = element.start + kept.valueRange.lowerBound
    compareLeaf(
      WireTree.Node(
        name: "unknown", label: "", value: .octets(Array(kept.value)), start: start, count: kept.valueRange.count),
      path + "unknown")
  }

  private mutating func compareLeaf(_ node: WireTree.Node, _ path: String) {
    // Of what has no octets tshark has a field without octets, or none.
    guard node.count > 0, node.start < trustedSize else { return }
    reached = max(reached, node.end)
    let names = FieldTable.fields(message, path)
    guard !names.isEmpty else {
      opaque.append(node.start..<node.end)
      if FieldTable.reasonLacking(message, path) == nil {
        problems.append("\(path): neither in the table of fields nor among those that tshark lacks")
      }
      return
    }
    // An opcode that tshark does not know has a value, but no octets.
    let index = dissection.fields.firstIndex { field in
      names.contains(field.name) && field.start == node.start && (field.size == node.count || field.octets.isEmpty)
    }
    guard let index else {
      opaque.append(node.start..<node.end)
      return missing.append("\(path) (\(names[0]) at \(node.start))")
    }
    used.insert(index)
    let field = dissection.fields[index]
    if !says(field, node.value) {
      problems.append("\(path): \(node.scalarText ?? "") at \(node.start), but \(field.name) is '\(field.show)'")
    }
  }

  /// Whether a field of tshark's says what our value says.
  private func says(_ field: Dissection.Field, _ value: WireTree.Value) -> Bool {
    switch value {
    case .integer(let number, _, _): field.number == number
    case .boolean(let flag): field.show == (flag ? "1" : "0")
    case .ipv4(let address): field.show == "\(address)"
    case .ipv6(let address): field.show == "\(address)"
    case .octets(let octets): field.octets == octets
    case .text(let octets):
      field.octets == octets && (String(validating: octets, as: UTF8.self).map { field.show == $0 } ?? true)
    case .mac, .structure, .bits, .array, .list, .element, .unknownElement: false
    }
  }

  /// What tshark has a field for, and we have not.
  private mutating func findSurplus() {
    let end = min(trustedSize, brokenAt.map { min($0, reached) } ?? .max)
    for (index, field) in dissection.fields.enumerated() where !used.contains(index) {
      let isExplained = field.start >= end || opaque.contains { $0.contains(field.start) }
      if !isExplained { problems.append("\(field.name) '\(field.show)' at \(field.start) is nothing of ours") }
    }
  }
}

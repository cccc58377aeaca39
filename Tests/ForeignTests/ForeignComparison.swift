import VectorSupport
import WireText

/// Holds what tshark makes of one message against what we make of it: each value of either must be one of the other's.
struct ForeignComparison {
  private let dissection: Dissection
  private let map: FieldMap
  private let foreign: ForeignProtocol
  /// Fields of tshark's that have been compared, by index.
  private var used: Set<Int> = []
  /// Octets that tshark may dissect further than we do.
  private var opaque: [Range<Int>] = []
  /// What we found wrong, a line each.
  private(set) var problems: [String] = []

  /// How many values were compared.
  var count: Int { used.count }

  init(_ dissection: Dissection, _ tree: WireTree, _ foreign: ForeignProtocol) {
    self.dissection = dissection
    self.foreign = foreign
    map = foreign.map
    compare(tree.root.children, At())
    findSurplus()
  }

  /// Where the walk is.
  private struct At {
    var path = ""
    /// The label of the element around; empty outside of elements.
    var element = ""
    /// Octets before the message, when it is in another one.
    var base = 0

    func at(_ name: String) -> At {
      var result = self
      result.path = path.isEmpty || name.isEmpty ? path + name : "\(path).\(name)"
      return result
    }
  }
}

extension ForeignComparison {
  private mutating func compare(_ nodes: [WireTree.Node], _ at: At) {
    for node in nodes { compare(node, at) }
  }

  private mutating func compare(_ node: WireTree.Node, _ at: At) {
    switch node.value {
    case .bits(let number): compareBits(node, number, at)
    case .array: compareArray(node, at.at(node.name))
    case .list: for element in node.children { compareElement(element, node.name, at) }
    default:
      if map.messages.contains(at.at(node.name).path), case .octets(let octets) = node.value {
        compareMessage(octets, node.start, at)
      } else if node.isComposite {
        compare(node.children, at.at(node.name))
      } else {
        compareLeaf(node, at.at(node.name))
      }
    }
  }

  /// A group of bits as one number where tshark has it so, else its fields, each with the octets it has bits of.
  private mutating func compareBits(_ node: WireTree.Node, _ number: UInt64, _ at: At) {
    let group = at.at(node.children.map(\.name).joined(separator: ","))
    if map.fields[group.path] != nil {
      var whole = node
      whole.value = .integer(Int128(number), bits: 8 * node.count, meaning: nil)
      return compareLeaf(whole, group)
    }
    for var field in node.children {
      if let bits = field.bits {
        let first = 8 * node.count - bits.shift - bits.width
        field.start = node.start + first / 8
        field.count = (first + bits.width + 7) / 8 - first / 8
      }
      compareLeaf(field, at.at(field.name))
    }
  }

  private mutating func compareArray(_ node: WireTree.Node, _ at: At) {
    let at = at.at("")
    var inside = at
    inside.path += "[]"
    for item in node.children {
      if map.domainNames.contains(inside.path) {
        compareDomainName(item, inside)
      } else {
        compare(item, inside)
      }
    }
  }

  private mutating func compareDomainName(_ node: WireTree.Node, _ at: At) {
    let labels = node.children.first?.children.compactMap { label -> String? in
      guard case .octets(let octets)? = label.children.first?.value else { return nil }
      return String(decoding: octets, as: UTF8.self)
    }
    var name = node
    name.children = []
    name.value = .text(Array(((labels ?? []).joined(separator: ".") + ".").utf8))
    compareLeaf(name, at)
  }

  private mutating func compareMessage(_ octets: [UInt8], _ start: Int, _ at: At) {
    guard let tree = foreign.decoded(octets)?.tree else {
      return problems.append("\(at.path): no message at \(at.base + start)")
    }
    compare(tree.root.children, At(base: at.base + start))
  }

  private mutating func compareElement(_ element: WireTree.Node, _ list: String, _ at: At) {
    let header = At(path: "\(list)[]", element: element.label, base: at.base)
    let body = At(path: element.name, element: element.label, base: at.base)
    if let names = map.fields[element.name] {
      compareWhole(element, names, body)
    }
    for part in element.children {
      let isHeader = [.header, .padding, .trailing].contains(part.role)
      compare(part, isHeader ? header : body)
    }
    guard case .unknownElement(let kept) = element.value, !kept.value.isEmpty else { return }
    let start = element.start + kept.valueRange.lowerBound
    compareLeaf(
      WireTree.Node(
        name: "unknown", label: "", value: .octets(Array(kept.value)), start: start, count: kept.valueRange.count),
      header.at("unknown"))
  }

  /// An element whose members are one field to tshark.
  private mutating func compareWhole(_ element: WireTree.Node, _ names: [String], _ at: At) {
    let members = element.children.filter { ![.header, .padding, .trailing].contains($0.role) }
    guard let start = members.first?.start, let end = members.last?.end else { return }
    let octets = Array(dissection.octets[(at.base + start)..<(at.base + end)])
    compareLeaf(WireTree.Node(name: "", label: "", value: .octets(octets), start: start, count: end - start), at)
    opaque.append((at.base + start)..<(at.base + end))
  }
}

extension ForeignComparison {
  private mutating func compareLeaf(_ node: WireTree.Node, _ at: At) {
    var node = node
    node.start += at.base
    // Of what has no octets tshark has a field without octets, or none.
    guard node.count > 0 else { return }
    if let prefix = map.prefixes[at.path] {
      if let name = prefix.name { comparePrefix(node, prefix.size, name, at) }
      opaque.append(node.start..<(node.start + prefix.size))
      node.start += prefix.size
      node.count -= prefix.size
      guard node.count > 0 else { return }
    }
    let names = map.fields[at.path] ?? (node.isMember ? map.ofElement(at.element) : [])
    let index = dissection.fields.indices.first { index in
      let field = dissection.fields[index]
      return !used.contains(index) && names.contains(field.name) && field.start == node.start && field.size == node.count
    }
    guard let index else {
      opaque.append(node.start..<node.end)
      if map.lacking[at.path] == nil {
        problems.append("\(at.path) at \(node.start)+\(node.count): not by tshark's word, nor among what that lacks (\(names))")
      }
      return
    }
    used.insert(index)
    let field = dissection.fields[index]
    if !says(field, node, map.factors[at.path] ?? 1) {
      problems.append("\(at.path): \(node.scalarText ?? "") at \(node.start), but \(field.name) is '\(field.show)'")
    }
  }

  private mutating func comparePrefix(_ node: WireTree.Node, _ size: Int, _ name: String, _ at: At) {
    let length = WireTree.Node(
      name: "", label: "", value: .integer(Int128(node.count - size), bits: 8 * size, meaning: nil), start: node.start,
      count: size)
    guard let index = dissection.fields.firstIndex(where: { $0.name == name && $0.start == length.start }) else {
      return problems.append("\(at.path): no \(name) at \(length.start)")
    }
    used.insert(index)
    if !says(dissection.fields[index], length, 1) { problems.append("\(at.path): \(name) is \(dissection.fields[index].show)") }
  }

  /// Whether a field of tshark's says what our value says.
  private func says(_ field: Dissection.Field, _ node: WireTree.Node, _ factor: Int128) -> Bool {
    switch node.value {
    case .integer(let number, _, _):
      field.number == number * factor || field.digits == hexadecimal(number, octets: node.count)
    case .boolean(let flag): field.show == (flag ? "1" : "0")
    case .ipv4(let address): field.show == "\(address)"
    case .ipv6(let address): field.show == "\(address)"
    case .octets(let octets): field.octets == octets
    case .text(let octets): field.octets == octets && field.shows(octets) || field.show == String(decoding: octets, as: UTF8.self)
    default: node.scalarText == field.date
    }
  }

  /// What tshark has a field for, and we have not.
  private mutating func findSurplus() {
    for (index, field) in dissection.fields.enumerated() where !used.contains(index) && !field.isDivided && field.size > 0 {
      let isExplained = map.derived[field.name] != nil || opaque.contains { $0.contains(field.start) }
      if !isExplained { problems.append("\(field.name) '\(field.show)' at \(field.start) is nothing of ours") }
    }
  }
}

private func hexadecimal(_ number: Int128, octets: Int) -> String {
  let digits = String(number, radix: 16)
  return String(repeating: "0", count: max(0, 2 * octets - digits.count)) + digits
}

extension WireTree.Node {
  /// Whether its value is in its children.
  fileprivate var isComposite: Bool { !children.isEmpty && scalarText == nil }

  /// Whether it is a part of the value of what is around it.
  fileprivate var isMember: Bool { [.member, .constant, .computed].contains(role) }
}

extension Dissection.Field {
  /// Its octets as tshark shows octets, without anything between.
  fileprivate var digits: String { show.filter { $0 != ":" } }

  /// Whether it shows these octets, as text or as what they are.
  fileprivate func shows(_ octets: [UInt8]) -> Bool {
    guard let text = String(validating: octets, as: UTF8.self) else { return true }
    return show == text || digits == octets.map { hexadecimal(Int128($0), octets: 1) }.joined()
  }

  /// A time as RFC 3339 writes it, where it shows one as `Jan  2, 2015 21:52:08.000000000 UTC`.
  fileprivate var date: String? {
    let words = show.split(separator: " ")
    let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
    guard words.count == 5, let month = months.firstIndex(of: String(words[0])), let day = Int(words[1].dropLast()) else {
      return nil
    }
    let two = { (number: Int) in number < 10 ? "0\(number)" : "\(number)" }
    return "\(words[2])-\(two(month + 1))-\(two(day))T\(words[3].prefix(8))Z"
  }
}

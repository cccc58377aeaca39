import WireText

extension Resolver {
  /// Fills in a `<codes>`.
  func defineCodes(_ node: Node, _ index: Int) {
    let name = definition.codes[index].name
    if let type = node["type"] {
      if let bits = unsignedWidth(type) {
        definition.codes[index].bits = bits
      } else {
        diagnostics.error(
          node.position(of: "type"), "type=\"\(type)\": codes are unsigned numbers of 1 to 64 bits, u1 to u64")
      }
    }
    definition.codes[index].isOpen = node["open"] != "false"
    let classes = (node["classes"] ?? "").split(whereSeparator: \.isWhitespace).map(String.init)
    var classification = ResolvedSchema.Classification(
      name: node["classification"] ?? "", classes: classes, members: [:])
    if (node["classification"] == nil) != classes.isEmpty {
      diagnostics.error(node.position, "classification= names the type of the classes that classes= lists; give both")
    }
    var names = CodeSpace(bits: definition.codes[index].bits, diagnostics: diagnostics)
    for child in node.children {
      switch child.name {
      case "code":
        guard let code = names.code(child) else { continue }
        definition.codes[index].codes.append(code)
        document("\(name).\(code.name)", child)
        if let className = codeClass(child, classes) { classification.members[code.name] = className }
      case "range":
        if let range = names.range(child) { definition.codes[index].ranges.append(range) }
      default: break
      }
    }
    if definition.codes[index].codes.isEmpty {
      diagnostics.error(node.position, "<codes name=\"\(name)\"> has no <code>")
    }
    if !classes.isEmpty { classifications[index] = classification }
  }

  private func codeClass(_ node: Node, _ classes: [String]) -> String? {
    guard let name = node["class"] else { return nil }
    if !classes.contains(name) {
      diagnostics.error(
        node.position(of: "class"),
        "class=\"\(name)\" is not one of classes=\"\(classes.joined(separator: " "))\""
          + suggestion(for: name, among: classes))
    }
    return name
  }
}

/// Width of a type written u1 to u64.
func unsignedWidth(_ type: String) -> Int? {
  guard type.first == "u", let bits = Int(type.dropFirst()), (1...64).contains(bits), "u\(bits)" == type else { return nil }
  return bits
}

/// Numbers that are taken, each by one code or range.
struct CodeSpace {
  let bits: Int
  let diagnostics: Diagnostics
  private var names: [String: Node] = [:]
  private var taken: [(range: ClosedRange<UInt64>, node: Node)] = []

  init(bits: Int, diagnostics: Diagnostics) {
    self.bits = bits
    self.diagnostics = diagnostics
  }

  private var limit: UInt64 { bits == 64 ? .max : 1 << UInt64(bits) - 1 }

  /// A `<code>` or a `<tlv>`.
  mutating func code(_ node: Node, value attribute: String = "value") -> CodesDefinition.Code? {
    guard let name = node["name"], let value = node[attribute].flatMap({ parseNumber($0) }) else { return nil }
    if let other = names[name] {
      diagnostics.error(node.position(of: "name"), "a second '\(name)'; the first is at \(other.position)")
    }
    names[name] = node
    guard value <= limit else {
      diagnostics.error(
        node.position(of: attribute), "\(attribute)=\"\(value)\" does not fit in \(bits) bits; the largest is \(limit)")
      return nil
    }
    take(value...value, node, attribute)
    return CodesDefinition.Code(name: name, value: value, label: node["label"] ?? name)
  }

  mutating func range(_ node: Node) -> CodesDefinition.CodeRange? {
    guard let first = node["from"].flatMap({ parseNumber($0) }), let last = node["to"].flatMap({ parseNumber($0) }) else {
      return nil
    }
    guard first <= last, last <= limit else {
      let right = first > last ? "from= must not be above to=" : "the largest in \(bits) bits is \(limit)"
      diagnostics.error(node.position(of: "to"), "from \(first) to \(last) is not a range: \(right)")
      return nil
    }
    take(first...last, node, "from")
    return CodesDefinition.CodeRange(first: first, last: last, use: node["use"] ?? "reserved")
  }

  /// Frees the ranges, for an extension whose codes come from them.
  mutating func freeRanges() { taken.removeAll { $0.node.name == "range" } }

  private mutating func take(_ range: ClosedRange<UInt64>, _ node: Node, _ attribute: String) {
    if let other = taken.first(where: { $0.range.overlaps(range) }) {
      let numbers = range.lowerBound == range.upperBound ? "\(range.lowerBound) is" : "\(range.lowerBound) to \(range.upperBound) are"
      diagnostics.error(
        node.position(of: attribute), "\(numbers) taken already, at \(other.node.position)")
    }
    taken.append((range, node))
  }
}

import WireText

extension Resolver {
  /// Fills in a `<codes>`.
  func defineCodes(_ node: Node, _ index: Int) {
    let name = definition.codes[index].name
    if let bits = node["type"].flatMap({ unsignedWidth($0) }) {
      definition.codes[index].bits = bits
    } else {
      // Without a width nothing can be said about what fits.
      definition.codes[index].bits = 64
    }
    definition.codes[index].isOpen = node["open"] != "false"
    for lost in node.refused { losses.codes[index, default: .init()].insert(lost) }
    let classes = classes(node)
    var classification = ResolvedSchema.Classification(
      name: node["classification"] ?? "", classes: classes, members: [:])
    var space = CodeSpace(bits: definition.codes[index].bits, resolver: self)
    for child in node.children {
      switch child.name {
      case "code":
        guard let code = space.code(child, value: "value") else {
          losses.codes[index, default: .init()].insert(child)
          continue
        }
        definition.codes[index].codes.append(code)
        document("\(name).\(code.name)", child)
        if let className = codeClass(child, node, classes) { classification.members[code.name] = className }
      case "range":
        guard let range = space.range(child) else { continue }
        definition.codes[index].ranges.append(range)
        document("\(name).range.\(range.first)", child)
      default: break
      }
    }
    if definition.codes[index].codes.isEmpty, losses.codes[index] == nil {
      losses.codes[index] = .init()
      diagnostics.error(node.position, "<codes name=\"\(name)\"> has no <code>; it needs at least one")
    }
    if !classes.isEmpty { classifications[index] = classification }
    codeSpaces[index] = space
  }

  /// Sorts a code that an `<extend>` adds.
  func classify(_ node: Node, _ name: String, _ index: Int, _ codes: Node) {
    if let className = codeClass(node, codes, classifications[index]?.classes ?? []) {
      classifications[index]?.members[name] = className
    }
  }

  private func classes(_ node: Node) -> [String] {
    let classes = (node["classes"] ?? "").split(whereSeparator: \.isWhitespace).map(String.init)
    if node.isSound, (node["classification"] == nil) != classes.isEmpty {
      let present = classes.isEmpty ? "classification" : "classes"
      diagnostics.error(
        node.position(of: present), "classification= names the type of the classes that classes= lists; give both")
    }
    if Set(classes).count < classes.count {
      diagnostics.error(node.position(of: "classes"), "classes=\"\(classes.joined(separator: " "))\" has a class twice")
    }
    if node["classification"] == "Known" {
      diagnostics.error(
        node.position(of: "classification"), "'Known' is what the enum of all codes is called; choose another name")
    }
    return classes
  }

  private func codeClass(_ node: Node, _ codes: Node, _ classes: [String]) -> String? {
    guard let name = node["class"] else { return nil }
    if !classes.contains(name), codes.isSound {
      diagnostics.error(
        node.position(of: "class"),
        classes.isEmpty
          ? "class= needs classes= and classification= on <codes>"
          : "class=\"\(name)\" is not one of classes=\"\(classes.joined(separator: " "))\""
            + suggestion(for: name, among: classes))
    }
    return name
  }

  /// Words that mean something of their own where a name of a member or a code could stand. What is named as one of the
  /// other words of expressions, `in` or `not`, can only not be read in them.
  static let expressionWords: Set = ["remaining", "rest"]
}

/// Numbers that are taken, each by one code or range.
struct CodeSpace {
  /// The largest number there is.
  let limit: UInt64
  /// What the numbers are, and why there are no larger ones.
  private let noun: String
  private let reason: String
  /// The resolver has the spaces in turn.
  unowned let resolver: Resolver
  private var names: [String: Node] = [:]
  /// Sorted; they do not overlap.
  private var taken: [Taken] = []

  private struct Taken {
    var range: ClosedRange<UInt64>
    var node: Node
  }

  /// Codes of so many bits.
  init(bits: Int, resolver: Resolver) {
    limit = CodeSpaceLimit.largest(bits: bits)
    (noun, reason) = ("code", "does not fit in \(bits) bits")
    self.resolver = resolver
  }

  /// The bits of a set of so many.
  init(flags bits: Int, resolver: Resolver) {
    limit = UInt64(bits - 1)
    (noun, reason) = ("bit", "is not in a set of \(bits) bits")
    self.resolver = resolver
  }

  private var diagnostics: Diagnostics { resolver.diagnostics }

  /// A `<code>`, a `<flag>` or a `<tlv>`.
  mutating func code(_ node: Node, value attribute: String) -> CodesDefinition.Code? {
    guard let name = node["name"], let value = node[attribute].flatMap({ parseNumber($0) }) else { return nil }
    if Resolver.expressionWords.contains(name) {
      diagnostics.error(node.position(of: "name"), "'\(name)' is a word of the expressions; choose another name")
    }
    if let other = names[name] {
      diagnostics.error(
        node.position(of: "name"), "a second '\(name)'; the first is in \(resolver.place(of: other, from: node))")
    } else {
      names[name] = node
    }
    guard value <= limit else {
      diagnostics.error(
        node.position(of: attribute), "\(attribute)=\"\(value)\" \(reason); the largest is \(limit)")
      return nil
    }
    guard take(value...value, node, attribute) else { return nil }
    return CodesDefinition.Code(name: name, value: value, label: node["label"] ?? name)
  }

  mutating func range(_ node: Node) -> CodesDefinition.CodeRange? {
    guard let first = node["from"].flatMap({ parseNumber($0) }), let last = node["to"].flatMap({ parseNumber($0) })
    else { return nil }
    guard first <= last else {
      diagnostics.error(node.position(of: "to"), "to=\"\(last)\" is below from=\"\(first)\"; the lower number comes first")
      return nil
    }
    guard last <= limit else {
      diagnostics.error(
        node.position(of: "to"), "to=\"\(last)\" \(reason); the largest is \(limit)")
      return nil
    }
    guard take(first...last, node, "from") else { return nil }
    return CodesDefinition.CodeRange(first: first, last: last, use: node["use"] ?? "reserved")
  }

  /// Frees ranges, for an extension whose codes come from them: those of some uses, or all.
  mutating func freeRanges(_ uses: Set<String>?) {
    taken.removeAll { entry in entry.node.name == "range" && uses.map { $0.contains(entry.node["use"] ?? "") } ?? true }
  }

  /// - Returns: whether the numbers were free.
  private mutating func take(_ range: ClosedRange<UInt64>, _ node: Node, _ attribute: String) -> Bool {
    // The first entry that does not end before the range starts.
    var (low, high) = (0, taken.count)
    while low < high {
      let middle = (low + high) / 2
      if taken[middle].range.upperBound < range.lowerBound { low = middle + 1 } else { high = middle }
    }
    guard low < taken.count, taken[low].range.overlaps(range) else {
      taken.insert(Taken(range: range, node: node), at: low)
      return true
    }
    let other = taken[low].node
    let from = resolver.place(of: other, from: node)
    diagnostics.error(node.position(of: attribute), "\(what(range, node)) \(clash(with: other, from)); give a free one")
    return false
  }

  private func what(_ range: ClosedRange<UInt64>, _ node: Node) -> String {
    let numbers =
      range.lowerBound == range.upperBound ? "\(range.lowerBound)" : "\(range.lowerBound) to \(range.upperBound)"
    return node.name == "range" ? "the range \(numbers)" : "'\(node["name"] ?? "")' has \(noun) \(numbers), which"
  }

  private func clash(with other: Node, _ place: String) -> String {
    guard other.name == "range" else { return "is that of '\(other["name"] ?? "")' (\(place))" }
    let use = other["use"] ?? "reserved"
    return "is in the range of use '\(use)' from \(other["from"] ?? "") to \(other["to"] ?? "") (\(place))"
  }
}

enum CodeSpaceLimit {
  /// The largest number of so many bits.
  static func largest(bits: Int) -> UInt64 { bits >= 64 ? .max : 1 << UInt64(bits) - 1 }
}

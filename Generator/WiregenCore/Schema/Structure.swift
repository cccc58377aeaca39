/// Checks nodes against the grammar: element and attribute names, and what values look like.
struct StructureChecker {
  let diagnostics: Diagnostics

  func check(root: Node) {
    guard let type = Grammar.roots[root.name], let grammar = Grammar.types[type] else {
      let hint = suggestion(for: root.name, among: Grammar.roots.keys.sorted())
      diagnostics.error(root.position, "a schema's root is <protocol> or <extension>, not <\(root.name)>\(hint)")
      return
    }
    check(root, grammar)
  }

  private func check(_ node: Node, _ grammar: ElementGrammar) {
    checkAttributes(node, grammar)
    if !grammar.hasText, node.text.contains(where: { !$0.isWhitespace }) {
      let text = node.text.split(whereSeparator: \.isWhitespace).joined(separator: " ").prefix(20)
      diagnostics.error(node.position, "<\(node.name)> has no text of its own, but has '\(text)'; write a <doc>")
    }
    var kept: [Node] = []
    for child in node.children {
      let isTaken = check(child, in: node, grammar)
      if isTaken { kept.append(child) } else { node.refused.append(child) }
    }
    node.children = kept
    let texts = node.children("doc")
    if texts.count > 1 {
      diagnostics.error(
        texts[1].position, "a second <doc> in <\(node.name)>; one is enough, and there is one in line \(texts[0].position.line)")
    }
  }

  /// - Returns: whether the child is one that can be resolved.
  private func check(_ child: Node, in node: Node, _ grammar: ElementGrammar) -> Bool {
    let known = grammar.allChildren
    guard let entry = known.first(where: { $0.name == child.name }), let type = Grammar.types[entry.type] else {
      let allowed = known.isEmpty ? "nothing" : known.map { "<\($0.name)>" }.joined(separator: " ")
      let hint = suggestion(for: child.name, among: known.map(\.name))
      diagnostics.error(
        child.position, "<\(child.name)> cannot stand in <\(node.name)>, which may contain \(allowed)\(hint)")
      return false
    }
    check(child, type)
    return true
  }

  private func checkAttributes(_ node: Node, _ grammar: ElementGrammar) {
    let known = grammar.allAttributes
    for attribute in node.attributes {
      if let entry = known.first(where: { $0.name == attribute.name }) {
        if !check(attribute, entry) { node.isSound = false }
        continue
      }
      node.isSound = false
      let names = known.map(\.name)
      let has = names.isEmpty ? "it has none" : "it has \(names.joined(separator: " "))"
      let hint = suggestion(for: attribute.name, among: names)
      diagnostics.error(
        attribute.position, "<\(node.name)> has no attribute '\(attribute.name)'; \(has)\(hint)")
    }
    for entry in known where entry.isRequired && node[entry.name] == nil {
      node.isSound = false
      diagnostics.error(node.position, "<\(node.name)> needs the attribute '\(entry.name)'")
    }
  }

  /// - Returns: whether the attribute can be resolved.
  private func check(_ attribute: Node.Attribute, _ entry: AttributeGrammar) -> Bool {
    guard let wrong = entry.value.fault(in: attribute.value) else { return true }
    diagnostics.error(attribute.position, "\(attribute.name)=\"\(attribute.value)\": \(wrong)")
    return false
  }
}

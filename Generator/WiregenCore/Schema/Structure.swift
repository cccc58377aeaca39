/// Checks nodes against the grammar: element and attribute names, and what values look like.
struct StructureChecker {
  let diagnostics: Diagnostics

  /// - Returns: whether the tree can be resolved.
  func check(root: Node) {
    guard Grammar.roots.contains(root.name) else {
      let hint = suggestion(for: root.name, among: Grammar.roots)
      diagnostics.error(
        root.position, "a schema's root is <protocol> or <extension>, not <\(root.name)>\(hint)")
      return
    }
    check(root)
  }

  private func check(_ node: Node) {
    guard let grammar = Grammar.elements[node.name] else { return }
    guard grammar.isImplemented else {
      diagnostics.error(node.position, "<\(node.name)> is not implemented yet in this version of wiregen")
      return
    }
    checkAttributes(node, grammar)
    if !grammar.hasText, node.text.contains(where: { !$0.isWhitespace }) {
      let text = node.text.split(whereSeparator: \.isWhitespace).joined(separator: " ").prefix(20)
      diagnostics.error(node.position, "<\(node.name)> has no text of its own, but has '\(text)'; write a <doc>")
    }
    for child in node.children {
      if grammar.children.contains(child.name) {
        check(child)
      } else {
        refuse(child, in: node, grammar)
      }
    }
    if node.children("doc").count > 1 {
      diagnostics.error(node.children("doc")[1].position, "a second <doc> in <\(node.name)>; one is enough")
    }
  }

  private func refuse(_ child: Node, in node: Node, _ grammar: ElementGrammar) {
    let allowed =
      grammar.children.isEmpty ? "nothing" : grammar.children.map { "<\($0)>" }.joined(separator: " ")
    let hint = suggestion(for: child.name, among: grammar.children)
    diagnostics.error(
      child.position, "<\(child.name)> cannot stand in <\(node.name)>, which may contain \(allowed)\(hint)")
  }

  private func checkAttributes(_ node: Node, _ grammar: ElementGrammar) {
    let known = Grammar.attributes(of: grammar)
    for attribute in node.attributes {
      guard let entry = known.first(where: { $0.name == attribute.name }) else {
        let names = known.map(\.name)
        let hint = suggestion(for: attribute.name, among: names)
        diagnostics.error(
          attribute.position,
          "<\(node.name)> has no attribute '\(attribute.name)'; it has \(names.joined(separator: " "))\(hint)")
        continue
      }
      if let wrong = fault(in: attribute.value, entry.kind) {
        diagnostics.error(attribute.position, "\(attribute.name)=\"\(attribute.value)\": \(wrong)")
      }
    }
    for entry in known where entry.isRequired && node[entry.name] == nil {
      diagnostics.error(node.position, "<\(node.name)> needs the attribute '\(entry.name)'")
    }
  }

  /// What is wrong with a value; nil when nothing is.
  private func fault(in value: String, _ kind: AttributeGrammar.Kind) -> String? {
    switch kind {
    case .typeName:
      isName(value, startsUpper: true) ? nil : "names of types start with a capital and have letters and digits only"
    case .name:
      isName(value, startsUpper: false)
        ? nil : "names start with a small letter and have letters and digits only"
    case .text: value.isEmpty ? "must not be empty" : nil
    case .number: parseNumber(value) == nil ? "must be a whole number from 0 to 2^64-1, decimal or 0x…" : nil
    case .boolean: ["true", "false"].contains(value) ? nil : "must be true or false"
    case .oneOf(let values):
      values.contains(value)
        ? nil : "must be one of \(values.joined(separator: ", "))\(suggestion(for: value, among: values))"
    case .expression: value.allSatisfy(\.isWhitespace) ? "must be an expression" : nil
    case .notYet: "this attribute is not implemented yet in this version of wiregen"
    }
  }
}

private func isName(_ value: String, startsUpper: Bool) -> Bool {
  guard let first = value.unicodeScalars.first, value.utf8.count <= 64 else { return false }
  let letters = startsUpper ? UnicodeScalar("A")...UnicodeScalar("Z") : UnicodeScalar("a")...UnicodeScalar("z")
  return letters.contains(first)
    && value.utf8.allSatisfy { octet in
      (48...57).contains(octet) || (65...90).contains(octet) || (97...122).contains(octet)
    }
}

/// A whole number from 0, decimal or with 0x.
func parseNumber(_ text: some StringProtocol) -> UInt64? {
  if text.hasPrefix("0x") || text.hasPrefix("0X") {
    let digits = text.dropFirst(2)
    return digits.first?.isHexDigit == true ? UInt64(digits, radix: 16) : nil
  }
  return text.first?.isNumber == true ? UInt64(text) : nil
}

/// A whole number, perhaps negative.
func parseInteger(_ text: String) -> Int128? {
  if text.hasPrefix("-") { return parseNumber(text.dropFirst()).map { -Int128($0) } }
  return parseNumber(text).map { Int128($0) }
}

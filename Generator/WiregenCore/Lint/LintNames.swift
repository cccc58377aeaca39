extension LintRun {
  /// Longest acronym in a name that is still read as one.
  private static let longestAcronym = 6

  /// Looks at names beyond what the checker wants of them, and at labels.
  mutating func checkNames(_ node: Node) {
    if let name = node["name"] { checkName(name, node) }
    checkLabel(node)
    let labelled = node.children.filter { ["code", "flag", "tlv"].contains($0.name) }
    var seen: [String: Node] = [:]
    for child in labelled {
      guard let label = child["label"] else { continue }
      if let other = seen[label] {
        find(
          .label, child, at: "label",
          "'\(label)' is the label of '\(other["name"] ?? "")' too (line \(other.position.line)); readers cannot tell them apart")
      }
      seen[label] = child
    }
    for child in node.children { checkNames(child) }
  }

  private mutating func checkName(_ name: String, _ node: Node) {
    let letters = Array(name.unicodeScalars)
    func isCapital(_ index: Int) -> Bool { letters.indices.contains(index) && letters[index].properties.isUppercase }
    if !isCapital(0), isCapital(1) {
      find(
        .naming, node, at: "name",
        "'\(name)' starts with one small letter before a capital; write a word that starts a name in small letters throughout")
    }
    var run = 0
    for index in letters.indices {
      run = isCapital(index) ? run + 1 : 0
      // The last capital of a run starts the next word, unless the run ends the name.
      let isWordNext = index + 1 < letters.count && !isCapital(index + 1) && letters[index + 1].properties.isLowercase
      let length = isWordNext ? run - 1 : run
      if !isCapital(index + 1), length > Self.longestAcronym {
        find(.naming, node, at: "name", "'\(name)' has \(length) capitals in a row; write words as words")
      }
    }
    if node.name == "tlv", let family = familyName(of: node), name.lowercased().hasSuffix(family.lowercased()) {
      let type = name.prefix(1).uppercased() + name.dropFirst() + family
      find(.naming, node, at: "name", "the type of '\(name)' is called '\(type)'; leave '\(family)' out of the name")
    }
  }

  /// The family that an element is of.
  private func familyName(of tlv: Node) -> String? {
    let parents = loaded.root.children.filter { ["tlvs", "extend"].contains($0.name) }
    let parent = parents.first { $0.children.contains { $0 === tlv } }
    return parent?[parent?.name == "extend" ? "tlvs" : "name"]
  }

  private mutating func checkLabel(_ node: Node) {
    guard let label = node["label"] else { return }
    if label == node["name"] {
      find(.label, node, at: "label", "the label is the name, which it is without; leave it out")
    }
    let words = label.split(separator: " ", omittingEmptySubsequences: false)
    if words.contains(where: \.isEmpty) {
      find(.label, node, at: "label", "'\(label)' has blanks at an end, or several in a row")
    }
  }
}

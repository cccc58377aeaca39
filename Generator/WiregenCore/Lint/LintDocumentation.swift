extension LintRun {
  /// Elements that make something public, which a reader meets on its own.
  private static let published: Set = [
    "protocol", "extension", "direction", "codes", "flags", "struct", "tlvs", "tlv", "message",
  ]
  /// Those of them that the protocol's document has a place for.
  private static let sourced: Set = ["codes", "flags", "struct", "tlvs", "tlv", "message"]
  /// Parts that mean something by themselves.
  private static let explained: Set = ["field", "bit", "bitField", "array", "choice", "checksum", "rule", "derive"]

  /// Looks for words and references where readers of the generated code and documentation want them.
  mutating func checkDocumentation(_ root: Node) {
    // A protocol without a document has no places in it; saying so once is enough.
    let hasDocument = root.name == "protocol" && root["spec"] != nil
    if root.name == "protocol", !hasDocument {
      find(.unsourced, root, "the protocol does not say which document describes it; name it with spec=")
    }
    checkWords(root, hasDocument: hasDocument)
  }

  private mutating func checkWords(_ node: Node, hasDocument: Bool) {
    let what = node["name"].map { "<\(node.name) name=\"\($0)\">" } ?? "<\(node.name)>"
    if Self.published.contains(node.name), node.documentation == nil {
      find(.undocumented, node, "\(what) has no <doc>; say in a sentence what it is")
    }
    if Self.sourced.contains(node.name), hasDocument, node["spec"] == nil {
      find(.unsourced, node, "\(what) does not say where it is described; name the section with spec=")
    }
    // The meaning of a constant is its value.
    if Self.explained.contains(node.name), node["const"] == nil, node.documentation == nil, node["spec"] == nil {
      find(.unexplained, node, "\(what) has neither a <doc> nor spec=; say what it means, or where that is said")
    }
    for child in node.children { checkWords(child, hasDocument: hasDocument) }
  }
}

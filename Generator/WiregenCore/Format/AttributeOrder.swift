/// The order in which attributes are written: that of the reference, made one for all elements.
enum AttributeOrder {
  /// What it is called or refers to; what it is; what it holds; what is checked; how people call it.
  static let names = [
    "name", "file", "list", "tlv", "in", "struct", "field", "path", "tlvs", "codes", "flags", "message", "header",
    "width", "type", "algorithm", "of", "over", "on", "language", "version",
    "code", "extraCode", "value", "bit", "from", "to", "direction", "port", "use", "policy",
    "open", "classification", "errors",
    "size", "prefix", "terminator", "pad", "until", "counts", "countsPadding", "count", "align", "padding", "maxDepth",
    "byteOrder", "occurs", "min", "max", "const", "default", "encoding", "invalid", "nul", "origin", "unit", "plus", "xor",
    "send", "receive", "order", "position", "requiredWhen", "when", "test", "early", "action", "hex", "canonical",
    "missing", "excess", "error", "maxSize", "sizeMultiple", "sizeError", "severity", "kind", "at", "offset",
    "label", "class", "classes", "operations", "spec", "since", "deprecated",
  ]

  private static let ranks = Dictionary(uniqueKeysWithValues: names.enumerated().map { ($0.element, $0.offset) })

  /// Those of namespaces come first; what the language does not have comes last, as it was.
  private static func rank(_ name: String) -> Int {
    if name == "xmlns" { return -3 }
    if name.hasPrefix("xmlns:") { return -2 }
    return isOfNamespaces(name) ? -1 : ranks[name] ?? names.count
  }

  /// Whether an attribute is about namespaces, or of another one.
  static func isOfNamespaces(_ name: String) -> Bool { name == "xmlns" || name.contains(":") }

  static func sorted(_ attributes: [MarkupAttribute]) -> [MarkupAttribute] {
    attributes.enumerated().sorted { left, right in
      (rank(left.element.name), left.offset) < (rank(right.element.name), right.offset)
    }.map(\.element)
  }
}

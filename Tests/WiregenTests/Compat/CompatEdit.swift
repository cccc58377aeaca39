import Testing

/// An edit of a schema, and what must be said of it.
struct CompatEdit: CustomTestStringConvertible, Sendable {
  /// What the engineer has in mind.
  var purpose: String
  /// Pairs of what stands in the schema and what stands there instead.
  var changes: [(old: String, new: String)]
  /// Findings without places and without whom they break, in the order of the schema: classes, effect, subjects, change.
  var verdicts: [String]
  /// Messages to try besides those that are drawn.
  var messages: [(name: String, hexadecimal: String)] = []

  var testDescription: String { purpose }

  init(_ purpose: String, _ old: String, _ new: String, _ verdicts: String...) {
    (self.purpose, changes, self.verdicts) = (purpose, [(old, new)], verdicts)
  }

  /// The same, with a `Send` to try that has these elements, and nothing else.
  func trying(_ elements: String) -> CompatEdit {
    trying("Send", "01 00 03 00 00 00 0001 00 0000 00000000 00 00000000 00 \(elements)")
  }

  /// The same, with a message to try.
  func trying(_ message: String, _ hexadecimal: String) -> CompatEdit {
    var copy = self
    copy.messages.append((name: message, hexadecimal: hexadecimal))
    return copy
  }

  init(_ purpose: String, also changes: [(String, String)], _ verdicts: String...) {
    (self.purpose, self.verdicts) = (purpose, verdicts)
    self.changes = changes.map { (old: $0.0, new: $0.1) }
  }

  /// The schema edited.
  func apply(to text: String) throws -> String {
    try changes.reduce(text) { text, change in
      try #require(text.contains(change.old), "the schema does not have \(change.old)")
      return text.replacing(change.old, with: change.new)
    }
  }
}

// The verdicts are written by hand: what each edit is, by the definition of the classes.

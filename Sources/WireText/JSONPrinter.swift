extension JSONValue {
  /// The value as JSON text.
  ///
  /// - Parameter isPretty: one entry a line, indented by two spaces; otherwise one line without spaces.
  public func text(isPretty: Bool = false) -> String {
    var text = ""
    write(into: &text, isPretty: isPretty)
    return text
  }

  /// What is around a value is on a stack of its own, so that deep nesting takes no native stack.
  private func write(into text: inout String, isPretty: Bool) {
    var open = [OpenContent([Entry("", self)], nil)]
    while var outer = open.popLast() {
      guard let entry = outer.rest.popFirst() else {
        outer.close(&text, margin: isPretty && outer.isOpened ? open.count - 1 : nil)
        continue
      }
      outer.separate(&text, margin: isPretty ? open.count : nil)
      if outer.bracket == .object {
        JSONValue.writeQuoted(entry.key, into: &text)
        text += isPretty ? ": " : ":"
      }
      open.append(outer)
      if let inner = entry.value.write(scalarInto: &text) { open.append(inner) }
    }
  }

  /// Writes a value that has no parts, or the bracket of one that has.
  ///
  /// - Returns: its parts.
  private func write(scalarInto text: inout String) -> OpenContent? {
    switch content {
    case .null: text += "null"
    case .boolean(let flag): text += flag ? "true" : "false"
    case .integer(let number): text += "\(number)"
    case .decimal(let number): text += number
    case .string(let string): JSONValue.writeQuoted(string, into: &text)
    case .array(let items):
      text += "["
      return OpenContent(items.map { Entry("", $0) }, .array)
    case .object(let entries):
      text += "{"
      return OpenContent(entries, .object)
    }
    return nil
  }

  private static func writeQuoted(_ string: String, into text: inout String) {
    text += "\""
    for scalar in string.unicodeScalars {
      switch scalar {
      case "\"": text += "\\\""
      case "\\": text += "\\\\"
      case "\n": text += "\\n"
      case "\r": text += "\\r"
      case "\t": text += "\\t"
      case "\u{0}"..<" ", "\u{7F}"..."\u{9F}", "\u{2028}", "\u{2029}":
        let digits = String(scalar.value, radix: 16)
        text += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default: text.unicodeScalars.append(scalar)
      }
    }
    text += "\""
  }
}

/// Parts of an array or an object that have not been written.
private struct OpenContent {
  enum Bracket { case array, object }

  var rest: ArraySlice<JSONValue.Entry>
  let bracket: Bracket?
  /// Whether a part has been written.
  var isOpened = false

  init(_ entries: [JSONValue.Entry], _ bracket: Bracket?) {
    rest = entries[...]
    self.bracket = bracket
  }

  /// What stands before a part.
  mutating func separate(_ text: inout String, margin: Int?) {
    guard bracket != nil else { return }
    if isOpened { text += "," }
    isOpened = true
    if let margin { text += "\n" + String(repeating: "  ", count: margin) }
  }

  func close(_ text: inout String, margin: Int?) {
    guard let bracket else { return }
    if let margin { text += "\n" + String(repeating: "  ", count: margin) }
    text += bracket == .array ? "]" : "}"
  }
}

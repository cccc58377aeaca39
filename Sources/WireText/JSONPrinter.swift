extension JSONValue {
  /// The value as JSON text.
  ///
  /// - Parameter isPretty: one entry a line, indented by two spaces; otherwise one line without spaces.
  public func text(isPretty: Bool = false) -> String {
    var text = ""
    write(into: &text, indentation: isPretty ? 0 : nil)
    return text
  }

  private func write(into text: inout String, indentation: Int?) {
    switch content {
    case .null: text += "null"
    case .boolean(let flag): text += flag ? "true" : "false"
    case .integer(let number): text += "\(number)"
    case .decimal(let number): text += number
    case .string(let string): JSONValue.writeQuoted(string, into: &text)
    case .array(let items):
      JSONValue.write(items, "[", "]", into: &text, indentation) { item, text, inner in
        item.write(into: &text, indentation: inner)
      }
    case .object(let entries):
      JSONValue.write(entries, "{", "}", into: &text, indentation) { entry, text, inner in
        JSONValue.writeQuoted(entry.key, into: &text)
        text += inner == nil ? ":" : ": "
        entry.value.write(into: &text, indentation: inner)
      }
    }
  }

  private static func write<Item>(
    _ items: [Item], _ open: String, _ close: String, into text: inout String, _ indentation: Int?,
    writeItem: (Item, inout String, Int?) -> Void
  ) {
    text += open
    let inner = indentation.map { $0 + 2 }
    for (index, item) in items.enumerated() {
      if index > 0 { text += "," }
      if let inner { text += "\n" + String(repeating: " ", count: inner) }
      writeItem(item, &text, inner)
    }
    if let indentation, !items.isEmpty { text += "\n" + String(repeating: " ", count: indentation) }
    text += close
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

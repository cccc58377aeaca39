extension ProtocolDefinition {
  /// The definition as text that `init(parsing:)` reads back.
  ///
  /// It is printable ASCII in lines, without quotation marks and backslashes, so that it can stand in a
  /// string literal of several lines.
  public func text() -> String { expression.lines() }

  /// Reads what `text()` has written.
  ///
  /// - Throws: where the text is anything else.
  public init(parsing text: String) throws(DefinitionTextError) {
    var parser = ExpressionParser(text: Array(text.utf8))
    let expression = try parser.whole()
    self = try ProtocolDefinition(reading: expression)
  }
}

/// Why text is not a definition.
public struct DefinitionTextError: Error, Sendable, Hashable, CustomStringConvertible {
  /// Octets from the start of the text.
  public var offset: Int
  /// What is expected there.
  public var message: String

  /// An error at an offset.
  public init(offset: Int, message: String) {
    self.offset = offset
    self.message = message
  }

  /// `definition, offset 12: a number expected`.
  public var description: String { "definition, offset \(offset): \(message)" }
}

/// The text's shape: words, and lists of them in parentheses.
struct TextExpression {
  enum Content {
    /// Nil stands for what is not there, and is written `-`.
    case word(String?)
    case list([TextExpression])
  }

  var content: Content
  /// Where in the text it starts.
  var offset = 0

  static func word(_ word: String?) -> TextExpression { TextExpression(content: .word(word)) }

  static func number(_ number: (some BinaryInteger)?) -> TextExpression {
    TextExpression(content: .word(number.map { "\($0)" }))
  }

  static func list(_ items: [TextExpression]) -> TextExpression { TextExpression(content: .list(items)) }

  static func list(_ name: String, _ items: [TextExpression]) -> TextExpression { list([word(name)] + items) }

  /// The text, with each list in the outermost one in a line of its own.
  func lines() -> String {
    guard case .list(let items) = content else { return text() }
    var text = "("
    for (index, item) in items.enumerated() {
      var isList = false
      if case .list = item.content { isList = true }
      text += index == 0 ? "" : isList ? "\n" : " "
      item.write(into: &text)
    }
    return text + ")\n"
  }

  private func text() -> String {
    var text = ""
    write(into: &text)
    return text
  }

  private func write(into text: inout String) {
    switch content {
    case .word(nil): text += "-"
    case .word(let word?): TextExpression.write(word, into: &text)
    case .list(let items):
      text += "("
      for (index, item) in items.enumerated() {
        if index > 0 { text += " " }
        item.write(into: &text)
      }
      text += ")"
    }
  }

  /// A word with what must not stand in it as `%` and two digits; a lone `%` is the empty word.
  private static func write(_ word: String, into text: inout String) {
    if word.isEmpty { text += "%" }
    let isDash = word == "-"
    for octet in word.utf8 {
      if isPlain(octet), !isDash {
        text.unicodeScalars.append(Unicode.Scalar(octet))
      } else {
        text += octet < 16 ? "%0" : "%"
        text += String(octet, radix: 16, uppercase: true)
      }
    }
  }

  /// Whether an octet stands for itself in a word.
  static func isPlain(_ octet: UInt8) -> Bool {
    switch octet {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "%"), UInt8(ascii: "("), UInt8(ascii: ")"):
      false
    default: octet > 0x20 && octet < 0x7F
    }
  }
}

/// Reads words and lists.
struct ExpressionParser {
  let text: [UInt8]
  var position = 0

  /// Far deeper than any definition, and no danger to the stack.
  static let maximumDepth = 256

  init(text: [UInt8]) { self.text = text }

  func failure(_ message: String) -> DefinitionTextError {
    DefinitionTextError(offset: position, message: message)
  }

  /// The one expression the text consists of.
  mutating func whole() throws(DefinitionTextError) -> TextExpression {
    let expression = try expression(depth: 0)
    skipSpace()
    guard position == text.count else { throw failure("nothing may follow") }
    return expression
  }

  private mutating func skipSpace() {
    while position < text.count, text[position] == 0x20 || text[position] == 0x0A { position += 1 }
  }

  private mutating func expression(depth: Int) throws(DefinitionTextError) -> TextExpression {
    skipSpace()
    let start = position
    guard position < text.count else { throw failure("the text ends too early") }
    guard text[position] == UInt8(ascii: "(") else {
      return TextExpression(content: .word(try word()), offset: start)
    }
    guard depth < ExpressionParser.maximumDepth else { throw failure("nested too deep") }
    position += 1
    var items: [TextExpression] = []
    while true {
      skipSpace()
      if position < text.count, text[position] == UInt8(ascii: ")") { break }
      items.append(try expression(depth: depth + 1))
    }
    position += 1
    return TextExpression(content: .list(items), offset: start)
  }

  private mutating func word() throws(DefinitionTextError) -> String? {
    let start = position
    var octets: [UInt8] = []
    while position < text.count {
      if TextExpression.isPlain(text[position]) {
        octets.append(text[position])
        position += 1
      } else if text[position] == UInt8(ascii: "%") {
        guard let octet = try escaped() else { break }
        octets.append(octet)
      } else {
        break
      }
    }
    guard position > start else { throw failure("a word or '(' expected") }
    if text[start..<position] == [UInt8(ascii: "-")] { return nil }
    guard let word = String(validating: octets, as: UTF8.self) else { throw failure("not UTF-8 before this") }
    return word
  }

  /// The octet of `%` and two digits; nil for the lone `%` of the empty word.
  private mutating func escaped() throws(DefinitionTextError) -> UInt8? {
    position += 1
    guard position < text.count, let high = hexadecimalDigit(text[position]) else { return nil }
    guard position + 1 < text.count, let low = hexadecimalDigit(text[position + 1]) else {
      throw failure("two hexadecimal digits expected")
    }
    position += 2
    return high << 4 | low
  }
}

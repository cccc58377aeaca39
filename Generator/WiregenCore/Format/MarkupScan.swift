/// A piece of an XML file: a tag, a comment, text between them.
struct MarkupToken {
  enum Kind {
    case startTag(name: String, attributes: [MarkupAttribute], isEmpty: Bool)
    case endTag
    case comment
    /// A processing instruction, or the XML declaration.
    case instruction
    /// A section of character data.
    case data
    case text
  }

  var kind: Kind
  /// Where it is in the octets.
  var range: Range<Int>
  /// Of its first character, from 1.
  var line: Int
  var column: Int
}

/// An attribute as it is written.
struct MarkupAttribute {
  /// Prefix included.
  var name: String
  /// What stands between the quotes, references included.
  var value: String
  var quote: Character
}

/// Splits the octets of an XML file into tokens; joined, the tokens are the file.
///
/// It runs on text that libxml2 has called well-formed and that has no document type; of any other text it makes some
/// tokens too, and stops at its end.
struct MarkupScan {
  private let octets: [UInt8]
  private var index = 0
  private var line = 1
  private var column = 1

  init(_ octets: [UInt8]) { self.octets = octets }

  static func tokens(of octets: [UInt8]) -> [MarkupToken] {
    var scan = MarkupScan(octets)
    var tokens: [MarkupToken] = []
    while scan.index < octets.count { tokens.append(scan.token()) }
    return tokens
  }

  private mutating func token() -> MarkupToken {
    let (start, line, column) = (index, self.line, self.column)
    let kind = kind()
    return MarkupToken(kind: kind, range: start..<index, line: line, column: column)
  }

  private mutating func kind() -> MarkupToken.Kind {
    guard octets[index] == UInt8(ascii: "<") else {
      while index < octets.count, octets[index] != UInt8(ascii: "<") { advance() }
      return .text
    }
    if starts(with: "<!--") {
      advance(by: 4)
      skip(past: "-->")
      return .comment
    }
    if starts(with: "<![CDATA[") {
      skip(past: "]]>")
      return .data
    }
    if starts(with: "<?") {
      skip(past: "?>")
      return .instruction
    }
    if starts(with: "</") {
      skip(past: ">")
      return .endTag
    }
    return startTag()
  }

  private mutating func startTag() -> MarkupToken.Kind {
    advance()
    let name = word()
    var attributes: [MarkupAttribute] = []
    while index < octets.count, octets[index] != UInt8(ascii: ">") {
      if isNameEnd(octets[index]) { advance() } else { attributes.append(attribute()) }
    }
    let isEmpty = index > 0 && octets[index - 1] == UInt8(ascii: "/")
    if index < octets.count { advance() }
    return .startTag(name: name, attributes: attributes, isEmpty: isEmpty)
  }

  private mutating func attribute() -> MarkupAttribute {
    let name = word()
    while index < octets.count, !isQuote(octets[index]) { advance() }
    guard index < octets.count else { return MarkupAttribute(name: name, value: "", quote: "\"") }
    let quote = octets[index]
    advance()
    let start = index
    while index < octets.count, octets[index] != quote { advance() }
    let value = String(decoding: octets[start..<index], as: UTF8.self)
    if index < octets.count { advance() }
    return MarkupAttribute(name: name, value: value, quote: Character(Unicode.Scalar(quote)))
  }

  private mutating func word() -> String {
    let start = index
    while index < octets.count, !isNameEnd(octets[index]) { advance() }
    return String(decoding: octets[start..<index], as: UTF8.self)
  }

  private func starts(with text: StaticString) -> Bool {
    let count = text.utf8CodeUnitCount
    guard index + count <= octets.count else { return false }
    return octets[index..<index + count].elementsEqual("\(text)".utf8)
  }

  private mutating func skip(past end: StaticString) {
    while index < octets.count, !starts(with: end) { advance() }
    advance(by: end.utf8CodeUnitCount)
  }

  private mutating func advance(by count: Int) { for _ in 0..<count where index < octets.count { advance() } }

  private mutating func advance() {
    let octet = octets[index]
    index += 1
    if octet == 10 {
      line += 1
      column = 1
    } else if octet & 0xC0 != 0x80 {
      column += 1
    }
  }

  private func isQuote(_ octet: UInt8) -> Bool { octet == UInt8(ascii: "\"") || octet == UInt8(ascii: "'") }

  private func isNameEnd(_ octet: UInt8) -> Bool {
    switch octet {
    case 9, 10, 13, 32, UInt8(ascii: "="), UInt8(ascii: "/"), UInt8(ascii: ">"): true
    default: false
    }
  }
}

/// Finds where tags and attributes stand in the octets of an XML file.
///
/// libxml2 says what a file contains but not where its attributes are. This scan finds the start tags in the same
/// order; it is run on text that libxml2 has called well-formed, and so need not judge it.
struct TagScan {
  struct Tag {
    var position: SourcePosition
    var attributes: [Attribute]
  }

  struct Attribute {
    /// As written, prefix included.
    var name: String
    var position: SourcePosition
    var value: WrittenValue
  }

  private let octets: [UInt8]
  private let file: String
  private var index = 0
  private var line = 1
  private var column = 1

  init(_ octets: [UInt8], file: String) {
    self.octets = octets
    self.file = file
    if octets.starts(with: [0xEF, 0xBB, 0xBF]) { index = 3 }
  }

  private var position: SourcePosition { SourcePosition(file: file, line: line, column: column) }

  /// Every start tag in document order.
  static func tags(of octets: [UInt8], file: String) -> [Tag] {
    var scan = TagScan(octets, file: file)
    var tags: [Tag] = []
    while scan.index < scan.octets.count {
      if scan.skipMarkup() { continue }
      if scan.octets[scan.index] == UInt8(ascii: "<") {
        tags.append(scan.startTag())
      } else {
        scan.advance()
      }
    }
    return tags
  }

  /// Where a document type declaration is; nil when there is none.
  static func doctype(in octets: [UInt8], file: String) -> SourcePosition? {
    var scan = TagScan(octets, file: file)
    while scan.index < scan.octets.count {
      if scan.starts(with: Mark.doctype) { return scan.position }
      if !scan.skipMarkup() { scan.advance() }
    }
    return nil
  }

  private func starts(with text: [UInt8]) -> Bool {
    guard index + text.count <= octets.count else { return false }
    for offset in text.indices where octets[index + offset] != text[offset] { return false }
    return true
  }

  private mutating func advance() {
    let octet = octets[index]
    index += 1
    if octet == 10 || octet == 13 && (index == octets.count || octets[index] != 10) {
      line += 1
      column = 1
    } else if octet & 0xC0 != 0x80 {
      column += 1
    }
  }

  /// Skips a comment, a section of character data, an instruction or an end tag.
  private mutating func skipMarkup() -> Bool {
    guard octets[index] == UInt8(ascii: "<") else { return false }
    if starts(with: Mark.comment) {
      skip(past: Mark.commentEnd)
    } else if starts(with: Mark.data) {
      skip(past: Mark.dataEnd)
    } else if starts(with: Mark.instruction) {
      skip(past: Mark.instructionEnd)
    } else if starts(with: Mark.endTag) || starts(with: Mark.declaration) {
      skip(past: Mark.tagEnd)
    } else {
      return false
    }
    return true
  }

  private mutating func skip(past end: [UInt8]) {
    let length = end.count
    // The opening is skipped first, so that "<!-->" does not close itself.
    for _ in 0..<2 where index < octets.count { advance() }
    while index < octets.count, !starts(with: end) { advance() }
    for _ in 0..<length where index < octets.count { advance() }
  }

  private mutating func startTag() -> Tag {
    var tag = Tag(position: position, attributes: [])
    advance()
    while index < octets.count, !isNameEnd(octets[index]) { advance() }
    while index < octets.count, octets[index] != UInt8(ascii: ">") {
      if isNameEnd(octets[index]) {
        advance()
      } else {
        tag.attributes.append(attribute())
      }
    }
    if index < octets.count { advance() }
    return tag
  }

  private mutating func attribute() -> Attribute {
    let (start, place) = (index, position)
    while index < octets.count, !isNameEnd(octets[index]) { advance() }
    let name = String(decoding: octets[start..<index], as: UTF8.self)
    while index < octets.count, !isQuote(octets[index]) { advance() }
    guard index < octets.count else {
      return Attribute(name: name, position: place, value: WrittenValue(octets: [], start: position))
    }
    let quote = octets[index]
    advance()
    let (valueStart, valuePlace) = (index, position)
    while index < octets.count, octets[index] != quote { advance() }
    let value = WrittenValue(octets: octets[valueStart..<index], start: valuePlace)
    if index < octets.count { advance() }
    return Attribute(name: name, position: place, value: value)
  }

  private func isQuote(_ octet: UInt8) -> Bool { octet == UInt8(ascii: "\"") || octet == UInt8(ascii: "'") }

  private func isNameEnd(_ octet: UInt8) -> Bool {
    switch octet {
    case 9, 10, 13, 32, UInt8(ascii: "="), UInt8(ascii: "/"), UInt8(ascii: ">"): true
    default: false
    }
  }
}

private enum Mark {
  static let doctype = Array("<!DOCTYPE".utf8)
  static let comment = Array("<!--".utf8)
  static let commentEnd = Array("-->".utf8)
  static let data = Array("<![CDATA[".utf8)
  static let dataEnd = Array("]]>".utf8)
  static let instruction = Array("<?".utf8)
  static let instructionEnd = Array("?>".utf8)
  static let endTag = Array("</".utf8)
  static let declaration = Array("<!".utf8)
  static let tagEnd = Array(">".utf8)
}

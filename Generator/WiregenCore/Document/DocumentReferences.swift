/// Finds references in text, as "RFC 6887 section 11.1" or "draft-name-03 sections 4 and 5.2", and links them to their documents.
struct ReferenceText {
  private let octets: [UInt8]
  private var position = 0
  /// The first octet that is not in `result` yet.
  private var start = 0
  private var result: HTML = ""

  /// The text with links, everything else in it escaped.
  static func linked(_ text: String) -> HTML {
    var scan = ReferenceText(octets: Array(text.utf8))
    return scan.scan()
  }

  private init(octets: [UInt8]) { self.octets = octets }

  private mutating func scan() -> HTML {
    while position < octets.count {
      if isAtWord, let address = document() { reference(to: address) } else { position += 1 }
    }
    flush(to: octets.count)
    return result
  }

  private var isAtWord: Bool { position == 0 || !Self.isWord(octets[position - 1]) }

  private static func isWord(_ octet: UInt8) -> Bool { isDigit(octet) || isLetter(octet) || octet == UInt8(ascii: "-") }
  private static func isDigit(_ octet: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(octet) }
  private static func isLetter(_ octet: UInt8) -> Bool {
    (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(octet | 0x20)
  }

  /// The address of the document that is named here, which `position` then stands behind; nil when there is none.
  private mutating func document() -> String? {
    let begin = position
    var address: String?
    if skip("RFC ") {
      let digits = take(while: Self.isDigit)
      if (1...5).contains(digits.utf8.count) { address = "https://www.rfc-editor.org/rfc/rfc\(digits)" }
    } else if skip("draft-") {
      let name = take { Self.isDigit($0) || $0 == UInt8(ascii: "-") || (Self.isLetter($0) && $0 & 0x20 != 0) }
      if !name.isEmpty { address = "https://datatracker.ietf.org/doc/html/draft-\(name)" }
    }
    if address == nil { position = begin } else { flush(to: begin) }
    return address
  }

  /// The rest of the reference: its sections.
  private mutating func reference(to address: String) {
    let end = position
    let isNamed = skip(" section ") || skip(" sections ")
    // A bare number is one of a section only with a dot in it: "RFC 6887 11.1", but not "RFC 6887 2 octets".
    guard isNamed || skip(" "), let section = section(), isNamed || section.contains(".") else {
      position = end
      link(address)
      return
    }
    link("\(address)#section-\(section)")
    while true {
      let end = position
      guard skip(", ") || skip(" and ") || skip(" to "), isAtNumber else {
        position = end
        return
      }
      flush(to: position)
      guard let section = self.section() else { return }
      link("\(address)#section-\(section)")
    }
  }

  private var isAtNumber: Bool { position < octets.count && Self.isDigit(octets[position]) }

  /// The number of a section, `11.1`.
  private mutating func section() -> String? {
    var text = ""
    while isAtNumber {
      text += take(while: Self.isDigit)
      guard position + 1 < octets.count, octets[position] == UInt8(ascii: "."), Self.isDigit(octets[position + 1]) else { break }
      text += "."
      position += 1
    }
    return text.isEmpty ? nil : text
  }

  private mutating func skip(_ word: StaticString) -> Bool {
    let count = word.utf8CodeUnitCount
    let isHere = word.withUTF8Buffer { octets[position...].starts(with: $0) }
    if isHere { position += count }
    return isHere
  }

  private mutating func take(while isWanted: (UInt8) -> Bool) -> String {
    let part = octets[position...].prefix(while: isWanted)
    position = part.endIndex
    return String(decoding: part, as: UTF8.self)
  }

  private mutating func flush(to end: Int) {
    if start < end { result += HTML(escaping: String(decoding: octets[start..<end], as: UTF8.self)) }
    start = end
  }

  private mutating func link(_ address: String) {
    let words = String(decoding: octets[start..<position], as: UTF8.self)
    result += "<a class=\"spec\" href=\"\(address)\">\(words)</a>"
    start = position
  }
}

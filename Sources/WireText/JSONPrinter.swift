import Wire

extension JSONValue {
  /// The value as JSON text.
  ///
  /// - Parameter isPretty: one entry a line, indented by two spaces; otherwise one line without spaces.
  public func text(isPretty: Bool = false) -> String {
    var text = JSONText(isPretty: isPretty)
    write(to: &text)
    return String(decoding: text.octets, as: UTF8.self)
  }
}

/// JSON text under way, as UTF-8.
package struct JSONText: JSONSink {
  package private(set) var octets: [UInt8] = []
  private let isPretty: Bool
  /// What closes the objects and arrays that are open, the outermost first.
  private var closings: [UInt8] = []
  /// Whether the innermost of them has no part yet.
  private var isEmpty = true

  /// - Parameter isPretty: one entry a line, indented by two spaces; otherwise no white space.
  package init(isPretty: Bool = false) { self.isPretty = isPretty }

  package mutating func openObject() { open("{", "}") }

  package mutating func openArray() { open("[", "]") }

  package mutating func close() {
    guard let closing = closings.popLast() else { return }
    if !isEmpty { margin() }
    octets.append(closing)
    isEmpty = false
  }

  package mutating func key(_ key: String) {
    separate()
    quote(key)
    octets.append(UInt8(ascii: ":"))
    if isPretty { octets.append(UInt8(ascii: " ")) }
  }

  package mutating func key(_ key: JSONKey) {
    separate()
    octets += key.octets
    if isPretty { octets.append(UInt8(ascii: " ")) }
  }

  package mutating func null() { plain("null") }

  package mutating func boolean(_ flag: Bool) { plain(flag ? "true" : "false") }

  package mutating func integer(_ number: Int128) {
    guard let small = UInt64(exactly: number) else { return plain("\(number)") }
    begin()
    octets.write(decimal: small)
  }

  package mutating func decimal(_ number: String) { plain(number) }

  package mutating func string(_ string: String) {
    begin()
    quote(string)
  }

  package mutating func string(_ write: (inout [UInt8]) -> Void) {
    begin()
    octets.append(quotationMark)
    write(&octets)
    octets.append(quotationMark)
  }

  /// A value that has been made already.
  package mutating func value(_ value: JSONValue) { value.write(to: &self) }

  /// Ends a line; what follows is another value.
  package mutating func newLine() { octets.append(UInt8(ascii: "\n")) }
}

private let quotationMark = UInt8(ascii: "\"")

extension JSONText {
  private mutating func open(_ opening: Unicode.Scalar, _ closing: Unicode.Scalar) {
    begin()
    octets.append(UInt8(ascii: opening))
    closings.append(UInt8(ascii: closing))
    isEmpty = true
  }

  private mutating func plain(_ text: String) {
    begin()
    octets.append(contentsOf: text.utf8)
  }

  /// What stands before a value: nothing behind a key.
  private mutating func begin() {
    if closings.last == UInt8(ascii: "]") { separate() }
  }

  /// What stands before a part of an object or array.
  private mutating func separate() {
    if !isEmpty { octets.append(UInt8(ascii: ",")) }
    isEmpty = false
    margin()
  }

  private mutating func margin() {
    guard isPretty else { return }
    newLine()
    octets.append(contentsOf: repeatElement(UInt8(ascii: " "), count: 2 * closings.count))
  }

  private mutating func quote(_ string: String) {
    octets.append(quotationMark)
    if !writePlain(string) {
      for scalar in string.unicodeScalars { write(scalar) }
    }
    octets.append(quotationMark)
  }

  /// Appends text in which nothing is escaped.
  ///
  /// - Returns: false, and nothing is appended, when there is an octet in it that is, or begins, something that is.
  private mutating func writePlain(_ text: String) -> Bool {
    let start = octets.count
    let span = text.utf8.span
    for index in span.indices {
      let octet = span[index]
      if mayNeedEscape(octet) {
        octets.removeSubrange(start...)
        return false
      }
      octets.append(octet)
    }
    return true
  }

  private mutating func write(_ scalar: Unicode.Scalar) {
    switch scalar {
    case "\"": octets.append(contentsOf: "\\\"".utf8)
    case "\\": octets.append(contentsOf: "\\\\".utf8)
    case "\n": octets.append(contentsOf: "\\n".utf8)
    case "\r": octets.append(contentsOf: "\\r".utf8)
    case "\t": octets.append(contentsOf: "\\t".utf8)
    case "\u{0}"..<" ", "\u{7F}"..."\u{9F}", "\u{2028}", "\u{2029}":
      octets.append(contentsOf: "\\u".utf8)
      octets.write(hexadecimal: [UInt8(truncatingIfNeeded: scalar.value >> 8), UInt8(truncatingIfNeeded: scalar.value)])
    default: octets.append(contentsOf: UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter)
    }
  }
}

/// Whether an octet of UTF-8 is, or begins, something that is escaped.
private func mayNeedEscape(_ octet: UInt8) -> Bool {
  switch octet {
  case ..<0x20, UInt8(ascii: "\""), UInt8(ascii: "\\"), 0x7F: true
  // U+0080 to U+00BF, and U+2000 to U+2FFF.
  case 0xC2, 0xE2: true
  default: false
  }
}

extension JSONValue {
  /// How deep arrays and objects may be nested.
  public static let maximumDepth = 512

  /// Reads one JSON value (RFC 8259) that the text consists of.
  ///
  /// - Throws: where the text is not JSON, not UTF-8, nested too deep, or gives a key twice.
  public init(parsing text: some Collection<UInt8>) throws(JSONError) {
    var parser = JSONParser(text: Array(text))
    try parser.checkEncoding()
    parser.skipSpace()
    self = try parser.value()
    parser.skipSpace()
    guard parser.next == nil else { throw parser.failure("nothing may follow the value") }
  }

  /// Reads one JSON value that the text consists of.
  public init(parsing text: String) throws(JSONError) { try self.init(parsing: Array(text.utf8)) }
}

/// A walk over the octets of JSON text, which are well-formed UTF-8 once `checkEncoding` has passed.
private struct JSONParser {
  let text: [UInt8]
  var position = 0
  var line = 1
  var column = 1

  init(text: [UInt8]) { self.text = text }

  var next: UInt8? { position < text.count ? text[position] : nil }

  func failure(_ message: String) -> JSONError { JSONError(line: line, column: column, message: message) }

  mutating func advance() {
    if text[position] == UInt8(ascii: "\n") {
      line += 1
      column = 1
    } else if position + 1 == text.count || text[position + 1] & 0xC0 != 0x80 {
      column += 1
    }
    position += 1
  }

  mutating func skipSpace() {
    while let next, [0x20, 0x0A, 0x0D, 0x09].contains(next) { advance() }
  }

  mutating func take(_ octet: UInt8) -> Bool {
    guard next == octet else { return false }
    advance()
    return true
  }

  mutating func expect(_ character: Unicode.Scalar, _ place: String) throws(JSONError) {
    guard take(UInt8(ascii: character)) else { throw failure("'\(character)' expected \(place)") }
  }

  /// Finds the first ill-formed octets of the whole text.
  func checkEncoding() throws(JSONError) {
    guard String(validating: text, as: UTF8.self) == nil else { return }
    var (line, column) = (1, 1)
    var octets = text.makeIterator()
    var parser = Unicode.UTF8.ForwardParser()
    while case .valid(let scalar) = parser.parseScalar(from: &octets) {
      (line, column) = scalar.first == UInt8(ascii: "\n") ? (line + 1, 1) : (line, column + 1)
    }
    throw JSONError(line: line, column: column, message: "not well-formed UTF-8")
  }

  /// A value; what is around it is on a stack of its own, so that deep nesting takes no native stack.
  mutating func value() throws(JSONError) -> JSONValue {
    var open: [OpenValue] = []
    while true {
      skipSpace()
      var read = try simpleValue()
      if read == nil { read = try enter(&open) }
      guard var value = read else { continue }
      while var outer = open.popLast() {
        outer.append(value)
        skipSpace()
        if !take(outer.close) {
          try expect(",", outer.afterValue)
          if outer.isObject { try key(of: &outer) }
          open.append(outer)
          break
        }
        value = outer.value
        if open.isEmpty { return value }
      }
      if open.isEmpty { return value }
    }
  }

  /// A value that is not in brackets, or has nothing in them; nil where others start.
  private mutating func simpleValue() throws(JSONError) -> JSONValue? {
    let (line, column) = (line, column)
    let content: JSONValue.Content
    switch next {
    case UInt8(ascii: "{"), UInt8(ascii: "["): return nil
    case UInt8(ascii: "\""): content = .string(try string())
    case UInt8(ascii: "-"), .some(UInt8(ascii: "0")...UInt8(ascii: "9")): content = try number()
    case nil: throw failure("a value expected, but the text ends")
    default: content = try word()
    }
    return JSONValue(content, line: line, column: column)
  }

  private mutating func word() throws(JSONError) -> JSONValue.Content {
    let words: [(String, JSONValue.Content)] = [
      ("true", .boolean(true)), ("false", .boolean(false)), ("null", .null),
    ]
    for (word, content) in words where text[position...].starts(with: word.utf8) {
      for _ in word.utf8 { advance() }
      return content
    }
    throw failure("a value expected")
  }
}

/// An array or an object whose end has not been read.
private struct OpenValue {
  let isObject: Bool
  let line: Int
  let column: Int
  var items: [JSONValue] = []
  var entries: [JSONValue.Entry] = []
  /// By octets: two spellings that Unicode holds equal are two keys.
  var lines: [[UInt8]: Int] = [:]
  var key = ""
  var keyLine = 0
  var keyColumn = 0

  init(isObject: Bool, line: Int, column: Int) {
    self.isObject = isObject
    self.line = line
    self.column = column
  }

  var close: UInt8 { isObject ? UInt8(ascii: "}") : UInt8(ascii: "]") }

  var afterValue: String { isObject ? "or '}' after a value of an object" : "or ']' after a value of an array" }

  var value: JSONValue { JSONValue(isObject ? .object(entries) : .array(items), line: line, column: column) }

  mutating func append(_ value: JSONValue) {
    if isObject {
      entries.append(JSONValue.Entry(key, value, line: keyLine, column: keyColumn))
    } else {
      items.append(value)
    }
  }
}

extension JSONParser {
  /// Takes the bracket of an array or object and what stands before its first value.
  ///
  /// - Returns: the array or object when there is nothing in it.
  fileprivate mutating func enter(_ open: inout [OpenValue]) throws(JSONError) -> JSONValue? {
    guard open.count < JSONValue.maximumDepth else {
      throw failure("nested deeper than \(JSONValue.maximumDepth)")
    }
    var outer = OpenValue(isObject: next == UInt8(ascii: "{"), line: line, column: column)
    advance()
    skipSpace()
    if take(outer.close) { return outer.value }
    if outer.isObject { try key(of: &outer) }
    open.append(outer)
    return nil
  }

  /// Takes a key and the colon behind it.
  fileprivate mutating func key(of object: inout OpenValue) throws(JSONError) {
    skipSpace()
    (object.keyLine, object.keyColumn) = (line, column)
    guard next == UInt8(ascii: "\"") else { throw failure("a key in quotes expected") }
    object.key = try string()
    if let first = object.lines.updateValue(line, forKey: Array(object.key.utf8)) {
      throw JSONError(
        line: object.keyLine, column: object.keyColumn, message: "key '\(object.key)' again; first in line \(first)")
    }
    skipSpace()
    try expect(":", "after a key")
  }
}

extension JSONParser {
  private var isAtDigit: Bool { next.map { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) } ?? false }

  private mutating func digits() throws(JSONError) {
    guard isAtDigit else { throw failure("a digit expected") }
    while isAtDigit { advance() }
  }

  fileprivate mutating func number() throws(JSONError) -> JSONValue.Content {
    let start = position
    var isInteger = true
    _ = take(UInt8(ascii: "-"))
    if take(UInt8(ascii: "0")) {
      if isAtDigit { throw failure("a number has no leading zeros") }
    } else {
      try digits()
    }
    if take(UInt8(ascii: ".")) {
      isInteger = false
      try digits()
    }
    if take(UInt8(ascii: "e")) || take(UInt8(ascii: "E")) {
      isInteger = false
      if !take(UInt8(ascii: "+")) { _ = take(UInt8(ascii: "-")) }
      try digits()
    }
    let written = String(decoding: text[start..<position], as: UTF8.self)
    guard isInteger, let number = Int128(written) else { return .decimal(written) }
    return .integer(number)
  }

  fileprivate mutating func string() throws(JSONError) -> String {
    advance()
    var octets: [UInt8] = []
    while let octet = next {
      switch octet {
      case UInt8(ascii: "\""):
        advance()
        return String(decoding: octets, as: UTF8.self)
      case UInt8(ascii: "\\"): octets += try escape()
      case 0..<0x20: throw failure("a control character in a string must be escaped")
      default:
        octets.append(octet)
        advance()
      }
    }
    throw failure("the text ends within a string")
  }

  private static let escapes: [UInt8: UInt8] = [
    UInt8(ascii: "b"): 8, UInt8(ascii: "f"): 12, UInt8(ascii: "n"): 10, UInt8(ascii: "r"): 13,
    UInt8(ascii: "t"): 9, UInt8(ascii: "\""): 0x22, UInt8(ascii: "\\"): 0x5C, UInt8(ascii: "/"): 0x2F,
  ]

  /// The character an escape stands for, in UTF-8.
  private mutating func escape() throws(JSONError) -> [UInt8] {
    let start = self
    advance()
    if let next, let octet = JSONParser.escapes[next] {
      advance()
      return [octet]
    }
    guard take(UInt8(ascii: "u")) else { throw start.failure("unknown escape") }
    let first = try hexadecimalUnit()
    if let scalar = Unicode.Scalar(first) { return Array(String(Character(scalar)).utf8) }
    guard first < 0xDC00, take(UInt8(ascii: "\\")), take(UInt8(ascii: "u")) else {
      throw start.failure("half of a surrogate pair")
    }
    let second = try hexadecimalUnit()
    guard (0xDC00...0xDFFF).contains(second) else { throw start.failure("half of a surrogate pair") }
    let value = 0x10000 + UInt32(first - 0xD800) << 10 + UInt32(second - 0xDC00)
    guard let scalar = Unicode.Scalar(value) else { throw start.failure("no character") }
    return Array(String(Character(scalar)).utf8)
  }

  private mutating func hexadecimalUnit() throws(JSONError) -> UInt16 {
    var value: UInt16 = 0
    for _ in 0..<4 {
      guard let octet = next, let digit = hexadecimalDigit(octet) else {
        throw failure("four hexadecimal digits expected")
      }
      value = value << 4 | UInt16(digit)
      advance()
    }
    return value
  }
}

/// The value of a hexadecimal digit of either case.
func hexadecimalDigit(_ octet: UInt8) -> UInt8? {
  switch octet {
  case UInt8(ascii: "0")...UInt8(ascii: "9"): octet - UInt8(ascii: "0")
  case UInt8(ascii: "a")...UInt8(ascii: "f"): octet - UInt8(ascii: "a") + 10
  case UInt8(ascii: "A")...UInt8(ascii: "F"): octet - UInt8(ascii: "A") + 10
  default: nil
  }
}

/// The octets of pairs of hexadecimal digits; nil for anything else.
func octets(hexadecimal text: String) -> [UInt8]? {
  let digits = text.utf8.map(hexadecimalDigit)
  guard digits.count.isMultiple(of: 2) else { return nil }
  var octets: [UInt8] = []
  for index in stride(from: 0, to: digits.count, by: 2) {
    guard let high = digits[index], let low = digits[index + 1] else { return nil }
    octets.append(high << 4 | low)
  }
  return octets
}

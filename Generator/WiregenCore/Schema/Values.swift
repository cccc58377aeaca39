/// What the value of an attribute looks like, under the names that `wire.xsd` has for it. What it means is for the
/// resolver to say.
enum ValueGrammar: String, CaseIterable {
  /// A name of a type: MapRequest.
  case upperName
  /// A name of a member, code or rule: internalPort.
  case lowerName
  case lowerNames
  /// A whole number from 0, decimal or 0x.
  case number
  case integer
  case octet
  case bitNumber
  case width
  /// A number, or the name of a code; for a bit true or false.
  case value
  case occurs
  case text
  case anyText
  case label
  case expression
  case hex
  case path
  case listPath
  case ports
  case origin
  case language
  case boolean
  case byteOrder
  case severity
  case use
  case padding
  case counts
  case encoding
  case invalid
  case nul
  case receive
  case until
  case order
  case position
  case action
  case over
  case algorithm
  case bitsSize
  case kind
  case unsignedType
  case flagsType
  case checksumType
  case unsignedOrCodes
  case codesType
  case fieldType
  case arrayOf
  case lengthOf
  case reservedSize
}

extension ValueGrammar {
  /// The values there are, when they are few.
  var choices: [String]? {
    switch self {
    case .language: ["1"]
    case .boolean: ["true", "false"]
    case .byteOrder: ["big", "little"]
    case .severity: ["error", "warning"]
    case .use: ["unassigned", "reserved", "private", "experimental", "retired"]
    case .padding: ["ignore", "zero"]
    case .counts: ["value", "element"]
    case .encoding: ["utf8", "ascii"]
    case .invalid: ["error", "keep"]
    case .nul: ["error", "allow"]
    case .receive: ["ignore", "zero", "keep"]
    case .until: ["end"]
    case .order: ["any", "listed"]
    case .position: ["first", "last"]
    case .action: ["ignore", "keep", "reject"]
    case .over: ["message", "body", "before"]
    case .algorithm: ["internet", "sum8", "xor8", "crc16", "crc32", "crc32c"]
    case .bitsSize: ["1", "2", "4", "8"]
    case .kind: Self.kinds
    case .unsignedType, .flagsType: Self.unsignedTypes
    case .checksumType: ["u8", "u16", "u32"]
    case .upperName, .lowerName, .lowerNames, .number, .integer, .octet, .bitNumber, .width, .value, .occurs, .text,
      .anyText, .label, .expression, .hex, .path, .listPath, .ports, .origin, .unsignedOrCodes, .codesType, .fieldType,
      .arrayOf, .lengthOf, .reservedSize:
      nil
    }
  }

  private static let kinds = [
    "truncated", "constant", "range", "code", "reserved", "text", "length", "padding", "unknownElement", "missing",
    "excess", "rule", "trailing", "tooLong", "notMultiple", "depth", "order", "checksum",
  ]

  static let unsignedTypes = ["u8", "u16", "u24", "u32", "u40", "u48", "u56", "u64"]
  static let signedTypes = unsignedTypes.map { "i" + $0.dropFirst() }
  /// The types of fields that need no declaration.
  static let fieldTypes =
    unsignedTypes + signedTypes + ["ipv4", "ipv6", "mac", "octets", "text", "date-rfc1123", "epoch", "duration"]
}

// MARK: - Checking

extension ValueGrammar {
  /// What is wrong with a value, and what would be right; nil when nothing is wrong.
  func fault(in value: String) -> String? {
    if let choices {
      if choices.contains(value) { return nil }
      if self == .language { return "this version of wiregen reads language 1; a newer one is needed" }
      return "must be \(Self.list(choices))\(suggestion(for: value, among: choices))"
    }
    switch self {
    case .upperName, .lowerName, .lowerNames, .listPath, .path: return nameFault(in: value)
    case .number, .integer, .octet, .bitNumber, .width, .value, .reservedSize: return numberFault(in: value)
    case .unsignedOrCodes, .codesType, .fieldType, .arrayOf, .lengthOf: return typeFault(in: value)
    case .text, .label: return value.isEmpty ? "must not be empty" : nil
    case .expression: return value.allSatisfy(\.isWhitespace) ? "must be an expression" : nil
    case .hex:
      return parseHexadecimal(value) == nil ? "must be pairs of hexadecimal digits; white space is free" : nil
    case .occurs: return Occurrence(value) == nil ? "say how often, as 1, 0..1, 0..*, 1..* or 2..5; 0 forbids it" : nil
    case .ports:
      let ports = value.split(separator: " ", omittingEmptySubsequences: false)
      return ports.allSatisfy(isPort) ? nil : "must be ports such as udp/5351 tcp/5351, from 1 to 65535, with one blank between"
    case .origin: return daysSince1970(value) == nil ? "must be a date such as 1900-01-01" : nil
    default: return nil
    }
  }

  private func nameFault(in value: String) -> String? {
    switch self {
    case .upperName:
      if isName(value, startsUpper: true) { return nil }
      let better = value.prefix(1).uppercased() + value.dropFirst()
      let hint = isName(better, startsUpper: true) ? "; write '\(better)'" : ""
      return "names of types start with a capital and have letters and digits only, at most 64\(hint)"
    case .lowerNames:
      let names = value.split(whereSeparator: \.isWhitespace)
      return !names.isEmpty && names.allSatisfy { isName(String($0), startsUpper: false) }
        ? nil : "must be names with blanks between, each starting with a small letter"
    case .listPath:
      let parts = value.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
      let isPath = parts.count == 2 && isName(parts[0], startsUpper: true) && isName(parts[1], startsUpper: false)
      return isPath ? nil : "must be a message, struct or element type and its list, as MapRequest.options"
    case .path: return isPath(value) ? nil : "must be a path such as options[0].filter.port"
    default:
      if isName(value, startsUpper: false) { return nil }
      let better = value.prefix(1).lowercased() + value.dropFirst()
      let hint = isName(better, startsUpper: false) ? "; write '\(better)'" : ""
      return "names start with a small letter and have letters and digits only, at most 64\(hint)"
    }
  }

  private func numberFault(in value: String) -> String? {
    let number = parseNumber(value)
    switch self {
    case .number: return number == nil ? "must be a whole number from 0 to 2^64-1, decimal or 0x…" : nil
    case .integer: return parseInteger(value) == nil ? "must be a whole number, decimal or 0x…" : nil
    case .octet: return number.map { $0 < 256 } == true ? nil : "must be a number from 0 to 255"
    case .bitNumber: return number.map { $0 < 64 } == true ? nil : "must be the number of a bit, from 0 to 63"
    case .width: return number.map { (1...64).contains($0) } == true ? nil : "must be a number of bits, from 1 to 64"
    case .reservedSize:
      if value == "rest" { return nil }
      return number.map { (1...65535).contains($0) } == true ? nil : "must be a number of octets, from 1 to 65535"
    default:
      return parseInteger(value) != nil || isName(value, startsUpper: false)
        ? nil : "must be a number, or the name of a code; for a bit true or false"
    }
  }

  private func typeFault(in value: String) -> String? {
    switch self {
    case .codesType:
      return unsignedWidth(value) == nil ? "codes are unsigned numbers of 1 to 64 bits, u1 to u64" : nil
    case .lengthOf:
      return isName(value, startsUpper: false) ? nil : "must be the name of a later member of octets or text, rest or message"
    default: break
    }
    var known = Self.unsignedTypes
    if self != .unsignedOrCodes { known += Self.signedTypes + ["ipv4", "ipv6", "mac"] }
    if self == .fieldType { known = Self.fieldTypes }
    if known.contains(value) || isName(value, startsUpper: true) { return nil }
    return "must be \(Self.list(known)), or the name of a type\(suggestion(for: value, among: known))"
  }

  /// Words with commas, and "or" before the last.
  private static func list(_ words: [String]) -> String {
    guard words.count > 1 else { return words.first ?? "" }
    return words.dropLast().joined(separator: ", ") + " or " + words[words.count - 1]
  }
}

private func isPath(_ value: String) -> Bool {
  value.split(separator: ".", omittingEmptySubsequences: false).allSatisfy { step in
    guard let bracket = step.firstIndex(of: "[") else { return isName(String(step), startsUpper: false) }
    let index = step[bracket...].dropFirst().dropLast()
    return isName(String(step[..<bracket]), startsUpper: false) && step.last == "]" && parseNumber(index) != nil
  }
}

private func isPort(_ value: Substring) -> Bool {
  let parts = value.split(separator: "/", omittingEmptySubsequences: false)
  return parts.count == 2 && ["udp", "tcp"].contains(parts[0])
    && parts[1].utf8.allSatisfy { (48...57).contains($0) } && UInt16(parts[1]).map { $0 > 0 } == true
}

private func isName(_ value: String, startsUpper: Bool) -> Bool {
  guard let first = value.unicodeScalars.first, value.utf8.count <= 64 else { return false }
  let letters = startsUpper ? UnicodeScalar("A")...UnicodeScalar("Z") : UnicodeScalar("a")...UnicodeScalar("z")
  return letters.contains(first)
    && value.utf8.allSatisfy { octet in
      (48...57).contains(octet) || (65...90).contains(octet) || (97...122).contains(octet)
    }
}

/// Width of a type written u1 to u64.
func unsignedWidth(_ type: String) -> Int? {
  guard type.first == "u", let bits = Int(type.dropFirst()), (1...64).contains(bits), "u\(bits)" == type else {
    return nil
  }
  return bits
}

/// A whole number from 0, decimal or with 0x.
func parseNumber(_ text: some StringProtocol) -> UInt64? {
  if text.hasPrefix("0x") {
    let digits = text.dropFirst(2)
    return digits.first?.isHexDigit == true ? UInt64(digits, radix: 16) : nil
  }
  return text.first?.isNumber == true ? UInt64(text) : nil
}

/// A whole number, perhaps negative.
func parseInteger(_ text: String) -> Int128? {
  if text.hasPrefix("-") { return parseNumber(text.dropFirst()).map { -Int128($0) } }
  return parseNumber(text).map { Int128($0) }
}

/// Octets from pairs of hexadecimal digits; white space may stand between digits.
public func parseHexadecimal(_ text: String) -> [UInt8]? {
  var octets: [UInt8] = []
  var high: UInt8?
  for character in text where !character.isWhitespace {
    guard character.isASCII, let digit = character.hexDigitValue.map(UInt8.init) else { return nil }
    if let first = high {
      octets.append(first << 4 | digit)
      high = nil
    } else {
      high = digit
    }
  }
  return high == nil ? octets : nil
}

/// How often an element may come, written `1`, `0..1`, `2..5` or `1..*`.
struct Occurrence: Equatable {
  var minimum: Int
  /// Nil for any number.
  var maximum: Int?

  /// Nil when the text says nothing of the kind.
  init?(_ text: String) {
    let parts = text.split(separator: "..", omittingEmptySubsequences: false)
    guard let first = parts.first, let minimum = Self.count(first), parts.count <= 2 else { return nil }
    self.minimum = minimum
    guard parts.count == 2 else {
      maximum = minimum
      return
    }
    if parts[1] == "*" { return }
    guard let last = Self.count(parts[1]), last >= minimum else { return nil }
    maximum = last
  }

  private static func count(_ text: Substring) -> Int? {
    text.utf8.allSatisfy { (48...57).contains($0) } ? UInt32(text).map { Int($0) } : nil
  }
}

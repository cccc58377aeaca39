/// Lua as it is written into a dissector.
indirect enum LuaValue {
  /// An expression, as it is.
  case code(String)
  /// A table; entries without a key are its array.
  case table([Entry])
  /// A call with one table or several arguments.
  case call(String, [LuaValue])

  struct Entry {
    var key: String?
    var value: LuaValue

    init(_ key: String? = nil, _ value: LuaValue) {
      self.key = key
      self.value = value
    }
  }

  static func text(_ text: String) -> LuaValue { .code(quoted(text)) }
  static func number(_ number: some BinaryInteger) -> LuaValue { .code(LuaValue.literal(Int128(number))) }
  static func strings(_ texts: [String]) -> LuaValue { .table(texts.map { Entry(nil, .text($0)) }) }

  /// The name of a key where it can stand alone, else in brackets.
  static func key(_ name: String) -> String { isName(name) ? name : "[\(quoted(name))]" }

  /// What leads to a key of a table.
  static func member(_ table: String, _ name: String) -> String {
    isName(name) ? "\(table).\(name)" : "\(table)[\(quoted(name))]"
  }

  private static func isName(_ text: String) -> Bool {
    text.first?.isNumber == false && text.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_") }
      && !keywords.contains(text)
  }

  private static let keywords: Set = [
    "and", "break", "do", "else", "elseif", "end", "false", "for", "function", "goto", "if", "in", "local", "nil", "not", "or",
    "repeat", "return", "then", "true", "until", "while",
  ]
}

extension LuaValue {
  /// Text in quotation marks.
  static func quoted(_ text: String) -> String { quoted(Array(text.utf8), isText: true) }

  /// Octets in quotation marks; as text, with what is not ASCII as it is.
  static func quoted(_ octets: [UInt8], isText: Bool = false) -> String {
    var result: [UInt8] = [UInt8(ascii: "\"")]
    for octet in octets {
      switch octet {
      case UInt8(ascii: "\""), UInt8(ascii: "\\"): result += [UInt8(ascii: "\\"), octet]
      case 0x20..<0x7F: result.append(octet)
      case 0x80... where isText: result.append(octet)
      default:
        let digits = String(octet)
        result += Array(("\\" + String(repeating: "0", count: 3 - digits.count) + digits).utf8)
      }
    }
    return String(decoding: result + [UInt8(ascii: "\"")], as: UTF8.self)
  }

  /// A number; one that Lua's own numbers cannot hold, as the table that stands for it.
  static func literal(_ number: Int128) -> String {
    if number.magnitude < 1 << 53 { return "\(number)" }
    let low = number & 0xFFFF_FFFF
    return "whole(\((number - low) >> 32), \(low))"
  }
}

extension LuaValue {
  private static let width = 120

  /// The value, behind `prefix` in its first line.
  func lines(indentation: Int = 0, prefix: String, suffix: String = "") -> [String] {
    let margin = String(repeating: " ", count: indentation)
    let line = margin + prefix + inline + suffix
    if line.unicodeScalars.count <= Self.width { return [line] }
    switch self {
    case .code: return [line]
    case .table(let entries):
      return [margin + prefix + "{"] + Self.filled(entries, indentation: indentation + 2) + [margin + "}" + suffix]
    case .call(let function, let arguments):
      if arguments.count == 1, case .table = arguments[0] {
        return arguments[0].lines(indentation: indentation, prefix: prefix + function + "(", suffix: ")" + suffix)
      }
      let entries = arguments.map { Entry(nil, $0) }
      var lines = Self.filled(entries, indentation: indentation + 2)
      // A call takes no comma behind its last argument.
      if let last = lines.popLast() { lines.append(last.hasSuffix(",") ? String(last.dropLast()) : last) }
      return [margin + prefix + "\(function)("] + lines + [margin + ")" + suffix]
    }
  }

  private var inline: String {
    switch self {
    case .code(let text): text
    case .table(let entries): entries.isEmpty ? "{}" : "{ \(entries.map(\.inline).joined(separator: ", ")) }"
    case .call(let function, let arguments): "\(function)(\(arguments.map(\.inline).joined(separator: ", ")))"
    }
  }

  private var isDivided: Bool {
    if case .code = self { return false }
    return true
  }

  /// Scalars as many in a line as fit; tables in lines of their own.
  private static func filled(_ entries: [Entry], indentation: Int) -> [String] {
    let margin = String(repeating: " ", count: indentation)
    var lines: [String] = []
    var current = ""
    func flush() {
      if !current.isEmpty { lines.append(margin + current) }
      current = ""
    }
    for entry in entries {
      if entry.value.isDivided {
        flush()
        lines += entry.value.lines(indentation: indentation, prefix: entry.prefix, suffix: ",")
        continue
      }
      let text = entry.inline + ","
      if indentation + current.unicodeScalars.count + 1 + text.unicodeScalars.count > width { flush() }
      current += current.isEmpty ? text : " " + text
    }
    flush()
    return lines
  }
}

extension LuaValue.Entry {
  fileprivate var prefix: String { key.map { "\(LuaValue.key($0)) = " } ?? "" }
  fileprivate var inline: String { prefix + value.inlineText }
}

extension LuaValue {
  fileprivate var inlineText: String { inline }
}

/// Entries of a table, without those that say nothing.
struct LuaEntries {
  private(set) var entries: [LuaValue.Entry] = []

  mutating func add(_ key: String, _ value: LuaValue?) {
    if let value { entries.append(.init(key, value)) }
  }
  mutating func add(_ key: String, _ text: String?) { add(key, text.map { .text($0) }) }
  mutating func add(_ key: String, _ number: (some BinaryInteger)?) { add(key, number.map { .number($0) }) }
  /// Only what is true is written.
  mutating func add(_ key: String, _ flag: Bool) { if flag { add(key, LuaValue.code("true")) } }

  var value: LuaValue { .table(entries) }
}

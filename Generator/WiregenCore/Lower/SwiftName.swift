/// Names from a schema as Swift identifiers.
enum SwiftName {
  /// Words that mean something else where a property's name would stand, even between backticks, or that generated
  /// types have as members.
  private static let taken: Set = [
    "self", "Self", "init", "Type", "Protocol", "encodedSize", "hashValue", "encode", "encoded", "write", "mismatch",
    "octets", "layout", "counts",
  ]

  /// Words that the types of codes have as members.
  private static let takenInCodes: Set = ["self", "Self", "init", "Type", "Protocol", "rawValue", "allCases"]

  private static let keywords: Set = [
    "associatedtype", "borrowing", "class", "consuming", "deinit", "enum", "extension", "fileprivate", "func", "import",
    "inout", "internal", "let", "open", "operator", "precedencegroup", "private", "protocol", "public", "rethrows",
    "static", "struct", "subscript", "typealias", "var", "break", "case", "catch", "continue", "default", "defer",
    "do", "else", "fallthrough", "for", "guard", "if", "in", "repeat", "return", "switch", "throw", "where", "while",
    "any", "as", "await", "false", "is", "nil", "super", "throws", "true", "try", "unsafe", "some", "package", "each",
    "nonisolated", "actor", "async", "macro", "sending", "copy", "discard", "get", "set",
  ]

  /// A field's or element's name.
  static func property(_ name: String) -> String { escaped(name, taken) }

  /// A code's name.
  static func code(_ name: String) -> String { escaped(name, takenInCodes) }

  /// The name of a choice's case.
  static func chosen(_ name: String) -> String { name == "kind" ? "kind_" : escaped(name, taken) }

  private static func escaped(_ name: String, _ taken: Set<String>) -> String {
    if taken.contains(name) { return "\(name)_" }
    return keywords.contains(name) ? "`\(name)`" : name
  }

  /// A type's name: `Type` and the like cannot be one.
  static func type(_ name: String) -> String { ["Type", "Protocol", "Self", "Any"].contains(name) ? "\(name)_" : name }

  /// The type that holds the elements of a list: options -> Options.
  static func nested(_ name: String) -> String { type(name.prefix(1).uppercased() + name.dropFirst()) }

  /// A name without backticks, for joining with others.
  static func upper(_ name: String) -> String { name.prefix(1).uppercased() + name.dropFirst() }
}

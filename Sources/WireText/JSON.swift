/// A JSON value as it stands in its text: numbers exact, keys in order, every value with its place.
public struct JSONValue: Sendable {
  /// The value itself.
  public var content: Content
  /// Of its first character in the text it was read from, from 1; 0 when it was not read.
  public var line: Int
  /// In Unicode scalars, from 1; 0 when it was not read.
  public var column: Int

  /// The kinds of JSON values.
  public indirect enum Content: Sendable, Hashable {
    case null
    case boolean(Bool)
    case integer(Int128)
    /// A number with a fraction or an exponent, or too large, as written.
    case decimal(String)
    case string(String)
    case array([JSONValue])
    case object([Entry])
  }

  /// A key with its value.
  public struct Entry: Sendable, Hashable {
    /// As it stands between the quotes, escapes resolved.
    public var key: String
    /// What the key stands for.
    public var value: JSONValue
    /// Where the key stands, as for values.
    public var line: Int
    /// Where the key stands, as for values.
    public var column: Int

    /// A key with its value; the place is 0 when it was not read.
    public init(_ key: String, _ value: JSONValue, line: Int = 0, column: Int = 0) {
      self.key = key
      self.value = value
      self.line = line
      self.column = column
    }

    /// Whether key and value are the same, wherever they stand.
    public static func == (left: Self, right: Self) -> Bool {
      left.key == right.key && left.value == right.value
    }

    /// Hashes what `==` compares.
    public func hash(into hasher: inout Hasher) {
      hasher.combine(key)
      hasher.combine(value)
    }
  }

  /// A value; the place is 0 when it was not read.
  public init(_ content: Content, line: Int = 0, column: Int = 0) {
    self.content = content
    self.line = line
    self.column = column
  }

  /// The value of a key; nil when this is no object or has no such key.
  public subscript(key: String) -> JSONValue? {
    guard case .object(let entries) = content else { return nil }
    return entries.first { $0.key == key }?.value
  }
}

extension JSONValue: Hashable {
  /// Whether both are the same value, wherever they stand.
  public static func == (left: Self, right: Self) -> Bool { left.content == right.content }

  /// Hashes what `==` compares.
  public func hash(into hasher: inout Hasher) { hasher.combine(content) }
}

extension JSONValue {
  /// A string.
  public static func string(_ text: String) -> JSONValue { JSONValue(.string(text)) }
  /// A whole number.
  public static func integer(_ number: Int128) -> JSONValue { JSONValue(.integer(number)) }
  /// `true` or `false`.
  public static func boolean(_ flag: Bool) -> JSONValue { JSONValue(.boolean(flag)) }
  /// An array.
  public static func array(_ items: [JSONValue]) -> JSONValue { JSONValue(.array(items)) }
  /// An object; no key may be there twice.
  public static func object(_ entries: [Entry]) -> JSONValue { JSONValue(.object(entries)) }
}

/// Why text is not JSON, or not the JSON of a message.
public struct JSONError: Error, Sendable, Hashable, CustomStringConvertible {
  /// From 1; 0 when the value was not read from text.
  public var line: Int
  /// In Unicode scalars, from 1.
  public var column: Int
  /// What is wrong, and what would be right.
  public var message: String

  /// An error at a place.
  public init(line: Int, column: Int, message: String) {
    self.line = line
    self.column = column
    self.message = message
  }

  init(_ value: JSONValue, _ message: String) {
    self.init(line: value.line, column: value.column, message: message)
  }

  /// `3:17: unknown key 'lifetme'`.
  public var description: String { line > 0 ? "\(line):\(column): \(message)" : message }
}

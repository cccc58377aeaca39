/// A value of a configuration file, with its place.
public struct SettingsValue: Sendable, Hashable {
  /// A key of a table, with its value.
  public struct Entry: Sendable, Hashable {
    public var name: String
    public var place: SettingsPlace
    public var value: SettingsValue

    public init(_ name: String, _ place: SettingsPlace, _ value: SettingsValue) {
      self.name = name
      self.place = place
      self.value = value
    }
  }

  public indirect enum Content: Sendable, Hashable {
    /// Nothing is written.
    case nothing
    /// What is written; `isQuoted` where it stands between quotation marks, and is no number or word of the language.
    case text(String, isQuoted: Bool)
    case list([SettingsValue])
    case table([Entry])
  }

  public var content: Content
  public var place: SettingsPlace

  public init(_ content: Content, at place: SettingsPlace) {
    self.content = content
    self.place = place
  }

  /// The entry of a table with that key.
  public func entry(_ name: String) -> Entry? {
    guard case .table(let entries) = content else { return nil }
    return entries.first { $0.name == name }
  }

  /// A word or number as it is written; nil for what stands between quotation marks, and for what is no single value.
  public var word: String? {
    if case .text(let text, isQuoted: false) = content { text } else { nil }
  }

  /// What a fault says was found.
  var words: String {
    switch content {
    case .nothing: "nothing"
    case .text(let text, let isQuoted): isQuoted ? "the text '\(text)'" : "'\(text)'"
    case .list: "a list"
    case .table: "keys with values"
    }
  }
}

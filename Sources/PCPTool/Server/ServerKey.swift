import PCP
import Settings

/// A key of the server's configuration file: what it sets, and what the documentation says of it.
struct ServerKey: Sendable {
  let key: SettingsKey<ServerSettings>
  /// The machine's setting that it sets; nil where it sets one of the program.
  let setting: ServerConfiguration.Setting?
  /// What it is for, with the section that it comes from.
  let words: String
  /// What stands behind the key in the example: one line, or several whose further lines are indented.
  let example: String
  /// Whether the example is what holds without it.
  let isDefault: Bool

  var name: String { key.name }

  /// A key whose default the example shows.
  init<Value>(
    _ name: String, _ kind: SettingsKind<Value>, _ setting: ServerConfiguration.Setting? = nil, default example: String,
    _ words: String, _ set: @escaping @Sendable (inout ServerSettings, Value) -> Void
  ) {
    self.init(SettingsKey(name, kind, set), setting, words, example, isDefault: true)
  }

  /// A key that nothing holds for by default: the example is one.
  init<Value>(
    _ name: String, _ kind: SettingsKind<Value>, _ setting: ServerConfiguration.Setting? = nil, example: String,
    _ words: String, _ set: @escaping @Sendable (inout ServerSettings, Value) -> Void
  ) {
    self.init(SettingsKey(name, kind, set), setting, words, example, isDefault: false)
  }

  private init(
    _ key: SettingsKey<ServerSettings>, _ setting: ServerConfiguration.Setting?, _ words: String, _ example: String,
    isDefault: Bool
  ) {
    self.key = key
    self.setting = setting
    self.words = words
    self.example = example
    self.isDefault = isDefault
  }

  /// Keys of one subject.
  struct Group: Sendable {
    let title: String
    let keys: [ServerKey]
  }

  /// All keys, in the order of the example.
  static let groups = [places, mapped, lifetimes, access, limits, told]

  static var all: [ServerKey] { groups.flatMap(\.keys) }

  /// The key that sets what the machine calls so.
  static func name(of setting: ServerConfiguration.Setting) -> String? { all.first { $0.setting == setting }?.name }
}

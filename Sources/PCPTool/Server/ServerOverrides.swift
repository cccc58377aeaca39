/// What the command line sets, whatever the configuration file says.
struct ServerOverrides: Sendable {
  /// The keys of the file that it makes no difference for.
  private(set) var keys: Set<String> = []
  private var changes: [@Sendable (inout ServerSettings) -> Void] = []

  /// Has a key set, unless the value is nil.
  mutating func set<Value: Sendable>(
    _ key: String, _ value: Value?, _ change: @escaping @Sendable (inout ServerSettings, Value) -> Void
  ) {
    guard let value else { return }
    keys.insert(key)
    changes.append { change(&$0, value) }
  }

  func apply(to settings: inout ServerSettings) {
    for change in changes { change(&settings) }
  }
}

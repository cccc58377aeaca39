import WireText

/// A key that a table may have, and what it sets.
public struct SettingsKey<Target>: Sendable {
  public let name: String
  /// Whether a table must have it.
  public let isRequired: Bool
  let store: @Sendable (SettingsValue, inout Target, inout [SettingsFault]) -> Void

  public init<Value>(
    _ name: String, _ kind: SettingsKind<Value>, isRequired: Bool = false,
    _ set: @escaping @Sendable (inout Target, Value) -> Void
  ) {
    self.name = name
    self.isRequired = isRequired
    store = { value, target, faults in
      if let read = kind.read(value, &faults) { set(&target, read) }
    }
  }
}

extension SettingsValue {
  /// Sets what a table says, and adds what is wrong with it.
  ///
  /// - Parameter skip: told of keys whose values could not be read.
  func read<Target>(
    _ keys: [SettingsKey<Target>], into target: inout Target, _ faults: inout [SettingsFault],
    skip: (String) -> Void = { _ in }
  ) {
    guard case .table(let entries) = content else {
      let names = keys.map(\.name).prefix(3).joined(separator: ", ")
      faults.append(SettingsFault(place, "keys with values are expected here, such as \(names), not \(words)"))
      return
    }
    for entry in entries {
      if let key = keys.first(where: { $0.name == entry.name }) {
        let before = faults.count
        key.store(entry.value, &target, &faults)
        if faults.count > before { skip(entry.name) }
      } else {
        faults.append(SettingsFault(entry.place, SettingsValue.unknown(entry.name, keys.map(\.name))))
      }
    }
    for key in keys where key.isRequired && !entries.contains(where: { $0.name == key.name }) {
      faults.append(SettingsFault(place, "'\(key.name)' is missing"))
    }
  }

  private static func unknown(_ name: String, _ known: [String]) -> String {
    if let near = nearest(to: name, in: known) { return "there is no key '\(name)'; did you mean '\(near)'?" }
    // A long list is better read in the documentation.
    if known.count > 12 { return "there is no key '\(name)'" }
    return "there is no key '\(name)' here; there are \(known.joined(separator: ", "))"
  }
}

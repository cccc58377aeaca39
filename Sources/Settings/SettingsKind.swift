/// What a value may be: reads it, or says what it should have been.
public struct SettingsKind<Value>: Sendable {
  /// Gives nil, and adds what is wrong, for what it cannot read.
  public typealias Read = @Sendable (SettingsValue, inout [SettingsFault]) -> Value?

  public let read: Read

  public init(_ read: @escaping Read) { self.read = read }

  /// A single value.
  ///
  /// - Parameters:
  ///   - expected: what it should be, as in `a port`.
  ///   - parse: nil for what it is not.
  ///   - isWord: whether it must not stand between quotation marks.
  public static func text(
    _ expected: String, isWord: Bool = false, _ parse: @escaping @Sendable (String) -> Value?
  ) -> SettingsKind {
    SettingsKind { value, faults in
      if case .text(let text, let isQuoted) = value.content, !(isWord && isQuoted), let parsed = parse(text) { return parsed }
      faults.append(SettingsFault(value.place, "\(expected) is expected here, not \(value.words)"))
      return nil
    }
  }

  /// One of several words.
  public static func choice(_ words: KeyValuePairs<String, Value>) -> SettingsKind where Value: Sendable {
    let pairs = words.map { ($0.key, $0.value) }
    return .text(SettingsKind.either(pairs.map(\.0))) { text in pairs.first { $0.0 == text }?.1 }
  }

  /// Keys with values of their own.
  ///
  /// - Parameter start: what holds where a key is not there.
  public static func table(_ keys: [SettingsKey<Value>], startingWith start: Value) -> SettingsKind where Value: Sendable {
    SettingsKind { value, faults in
      var result = start
      let before = faults.count
      value.read(keys, into: &result, &faults)
      return faults.count == before ? result : nil
    }
  }

  /// The same, made something else of; what cannot be is said by the function.
  ///
  /// - Parameter convert: gives the result, or what is wrong.
  public func converted<Result>(
    _ convert: @escaping @Sendable (Value) -> (value: Result?, fault: String?)
  ) -> SettingsKind<Result> {
    SettingsKind<Result> { [read] value, faults in
      guard let own = read(value, &faults) else { return nil }
      let (result, fault) = convert(own)
      if let fault { faults.append(SettingsFault(value.place, fault)) }
      return result
    }
  }

  /// A list of such values.
  public var list: SettingsKind<[Value]> {
    SettingsKind<[Value]> { [read] value, faults in
      guard case .list(let items) = value.content else {
        var message = "a list is expected here, not \(value.words)"
        if case .text(let text, _) = value.content { message += ": write [\(text)]" }
        faults.append(SettingsFault(value.place, message))
        return nil
      }
      // Each is read, so that all faults are found.
      let values = items.map { read($0, &faults) }
      return values.contains { $0 == nil } ? nil : values.compactMap(\.self)
    }
  }

  /// Such a value, or the word `none`.
  public var orNone: SettingsKind<Value?> {
    SettingsKind<Value?> { [read] value, faults in
      if value.word == "none" { return .some(nil) }
      return read(value, &faults).map { .some($0) }
    }
  }

  /// A table of such values, whose keys are what `parse` reads.
  ///
  /// - Parameter expected: what a key should be.
  public func byKey<Key: Hashable & Sendable>(
    _ expected: String, _ parse: @escaping @Sendable (String) -> Key?
  ) -> SettingsKind<[Key: Value]> {
    SettingsKind<[Key: Value]> { [read] value, faults in
      guard case .table(let entries) = value.content else {
        faults.append(SettingsFault(value.place, "keys with values are expected here, not \(value.words)"))
        return nil
      }
      var result: [Key: Value] = [:]
      let before = faults.count
      for entry in entries {
        guard let key = parse(entry.name) else {
          faults.append(SettingsFault(entry.place, "\(expected) is expected here, not '\(entry.name)'"))
          continue
        }
        if result[key] != nil { faults.append(SettingsFault(entry.place, "'\(entry.name)' is there twice")) }
        result[key] = read(entry.value, &faults)
      }
      return faults.count == before ? result : nil
    }
  }

  private static func either(_ names: [String]) -> String {
    guard let last = names.last, names.count > 1 else { return names.first ?? "nothing" }
    return "\(names.dropLast().joined(separator: ", ")) or \(last)"
  }
}

extension SettingsKind where Value == Bool {
  public static var flag: SettingsKind {
    .text("true or false", isWord: true) { text in
      switch text {
      case "true": true
      case "false": false
      default: nil
      }
    }
  }
}

extension SettingsKind where Value: FixedWidthInteger & Sendable {
  /// A whole number in decimal digits.
  public static func number(in range: ClosedRange<Value>) -> SettingsKind {
    let isOpen = range.upperBound == .max && Value.bitWidth > 16
    let limits = isOpen ? "from \(range.lowerBound) on" : "from \(range.lowerBound) to \(range.upperBound)"
    return .text("a whole number \(limits)", isWord: true) { text in
      guard !text.hasPrefix("+"), let number = Value(text), range.contains(number) else { return nil }
      return number
    }
  }
}

extension SettingsKind where Value == Duration {
  /// Seconds, in decimal digits and with at most three behind the point.
  public static func seconds(in range: ClosedRange<Int>) -> SettingsKind {
    .text("a number of seconds from \(range.lowerBound) to \(range.upperBound)", isWord: true) { text in
      let parts = text.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
      let fraction = parts.count == 2 ? parts[1] : "0"
      guard let whole = Int(parts[0]), range.contains(whole), !text.hasPrefix("+"), !text.hasPrefix("-"),
        (1...3).contains(fraction.utf8.count), fraction.allSatisfy({ ("0"..."9").contains($0) }), let part = Int(fraction)
      else { return nil }
      let milliseconds = part * [100, 10, 1][fraction.utf8.count - 1]
      return whole == range.upperBound && milliseconds > 0 ? nil : Duration.seconds(whole) + .milliseconds(milliseconds)
    }
  }
}

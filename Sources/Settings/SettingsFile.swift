import Yams

/// A configuration file: YAML of one document whose top is keys with values.
public struct SettingsFile: Sendable, Hashable {
  /// Values that a file may have, those behind aliases counted each time.
  static let maximumCount = 100_000
  /// How deep lists and tables may be in each other.
  static let maximumDepth = 32

  public let root: SettingsValue
  /// Keys that are there twice, and what is too much.
  private var faults: [SettingsFault]

  /// Parses a file; one with nothing in it has no keys.
  ///
  /// - Throws: what the parser says first, at its place, when it is no YAML.
  public init(_ octets: [UInt8]) throws(SettingsFault) {
    guard let text = String(validating: octets, as: UTF8.self) else {
      let lines = octets.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
      let line = lines.firstIndex { String(validating: $0, as: UTF8.self) == nil } ?? 0
      throw SettingsFault(SettingsPlace(line: line + 1, column: 1), "this line is not UTF-8")
    }
    try self.init(text)
  }

  public init(_ text: String) throws(SettingsFault) {
    var unique = UniqueKeys(text)
    let start = SettingsPlace(line: 1, column: 1)
    guard let node = try unique.compose() else {
      root = SettingsValue(.table([]), at: start)
      faults = []
      return
    }
    var conversion = NodeConversion(unique.renamed)
    var root = conversion.value(of: node, depth: 0, at: start)
    // A document of nothing but its marker.
    if root.content == .nothing { root.content = .table([]) }
    self.root = root
    faults = conversion.faults
  }

  /// What has come of reading a file.
  public struct Reading: Sendable, Hashable {
    /// All that is wrong with the file, by place.
    public var faults: [SettingsFault]
    /// The keys whose values were not read, and so not set.
    public var unread: Set<String>
  }

  /// Sets what the file says; where something is wrong, all the rest.
  public func read<Target>(_ keys: [SettingsKey<Target>], into target: inout Target) -> Reading {
    var found: [SettingsFault] = []
    var unread: Set<String> = []
    root.read(keys, into: &target, &found) { unread.insert($0) }
    return Reading(faults: (faults + found).sorted { $0.place < $1.place }, unread: unread)
  }

  /// Where a key is, or the value of one of several; nil when it is not there.
  public func place(of key: String, index: Int? = nil) -> SettingsPlace? {
    guard let entry = root.entry(key) else { return nil }
    if let index, case .list(let items) = entry.value.content, items.indices.contains(index) { return items[index].place }
    return entry.place
  }
}

/// Gives keys that are there twice names of their own, since the parser takes no such file, and names the first of them only.
private struct UniqueKeys {
  /// The names that were there; the keys that had them begin with a character of the private use area, in their order.
  private(set) var renamed: [String] = []
  private var text: String

  init(_ text: String) { self.text = text }

  mutating func compose() throws(SettingsFault) -> Node? {
    while true {
      do {
        return try Yams.compose(yaml: text)
      } catch let error as YamlError {
        guard case .duplicatedKeysInMapping(let names, let context) = error, let name = names.first else {
          throw SettingsFault(error, in: text)
        }
        let place = SettingsPlace(context.mark)
        guard renamed.count < 100, rename(name, at: place) else { throw SettingsFault(place, "'\(name)' is there twice") }
      } catch {
        throw SettingsFault(SettingsPlace(line: 1, column: 1), "\(error)")
      }
    }
  }

  /// Changes the first character of the key; false when the key is not written there as it is called.
  private mutating func rename(_ name: String, at place: SettingsPlace) -> Bool {
    var lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    guard !name.isEmpty, lines.indices.contains(place.line - 1),
      let marker = Unicode.Scalar(UniqueKeys.firstMarker + UInt32(renamed.count))
    else { return false }
    var scalars = Array(lines[place.line - 1].unicodeScalars)
    var column = place.column - 1
    if scalars.indices.contains(column), scalars[column] == "\"" || scalars[column] == "'" { column += 1 }
    guard scalars.dropFirst(column).starts(with: name.unicodeScalars) else { return false }
    scalars[column] = marker
    lines[place.line - 1] = String(String.UnicodeScalarView(scalars))
    text = lines.joined(separator: "\n")
    renamed.append(name)
    return true
  }

  static let firstMarker: UInt32 = 0xE000
}

/// Makes values of what the parser found.
private struct NodeConversion {
  private(set) var faults: [SettingsFault] = []
  private let renamed: [String]
  private var count = 0

  init(_ renamed: [String]) { self.renamed = renamed }

  mutating func value(of node: Node, depth: Int, at parent: SettingsPlace) -> SettingsValue {
    let place = node.mark.map(SettingsPlace.init) ?? parent
    count += 1
    guard count <= SettingsFile.maximumCount, depth <= SettingsFile.maximumDepth else {
      if count <= SettingsFile.maximumCount + 1 { faults.append(SettingsFault(place, "this is too much, or too deep")) }
      count = SettingsFile.maximumCount + 1
      return SettingsValue(.nothing, at: place)
    }
    switch node {
    case .scalar(let scalar): return SettingsValue(content(of: scalar), at: place)
    case .sequence(let nodes):
      return SettingsValue(.list(nodes.map { value(of: $0, depth: depth + 1, at: place) }), at: place)
    case .mapping(let pairs):
      var entries: [SettingsValue.Entry] = []
      for pair in pairs {
        if let entry = entry(of: pair.key, pair.value, depth: depth, at: place) { entries.append(entry) }
      }
      return SettingsValue(.table(unique(entries)), at: place)
    case .alias: return SettingsValue(.nothing, at: place)
    }
  }

  private func content(of scalar: Node.Scalar) -> SettingsValue.Content {
    let isPlain = scalar.style == .plain || scalar.style == .any
    if isPlain && ["", "~", "null", "Null", "NULL"].contains(scalar.string) { return .nothing }
    return .text(scalar.string, isQuoted: !isPlain)
  }

  private mutating func entry(of key: Node, _ node: Node, depth: Int, at parent: SettingsPlace) -> SettingsValue.Entry? {
    let place = key.mark.map(SettingsPlace.init) ?? parent
    guard let name = key.scalar?.string else {
      faults.append(SettingsFault(place, "a key is a word, not a list or keys with values"))
      return nil
    }
    return SettingsValue.Entry(name, place, value(of: node, depth: depth + 1, at: place))
  }

  /// Of keys that are there twice the first counts; the others are faults.
  private mutating func unique(_ entries: [SettingsValue.Entry]) -> [SettingsValue.Entry] {
    if renamed.isEmpty { return entries }
    var firsts: [String: SettingsPlace] = [:]
    var result: [SettingsValue.Entry] = []
    for var entry in entries {
      if let marker = entry.name.unicodeScalars.first?.value, marker >= UniqueKeys.firstMarker,
        renamed.indices.contains(Int(marker - UniqueKeys.firstMarker))
      {
        entry.name = renamed[Int(marker - UniqueKeys.firstMarker)]
      }
      if let first = firsts[entry.name] {
        faults.append(SettingsFault(entry.place, "'\(entry.name)' is there twice, first in line \(first.line): leave one"))
      } else {
        firsts[entry.name] = entry.place
        result.append(entry)
      }
    }
    return result
  }
}

extension SettingsPlace {
  fileprivate init(_ mark: Mark) { self.init(line: max(1, mark.line), column: max(1, mark.column)) }
}

extension SettingsFault {
  /// What the parser says, at its place.
  fileprivate init(_ error: YamlError, in text: String) {
    switch error {
    case .scanner(let context, let problem, let mark, _), .parser(let context, let problem, let mark, _),
      .composer(let context, let problem, let mark, _):
      self.init(SettingsPlace(mark), [context?.text, problem].compactMap(\.self).joined(separator: ", "))
    case .reader(let problem, let offset, _, _):
      let lines = text.prefix(offset ?? 0).split(separator: "\n", omittingEmptySubsequences: false)
      let column = (lines.last?.unicodeScalars.count ?? 0) + 1
      self.init(SettingsPlace(line: max(1, lines.count), column: column), problem)
    case .no, .memory, .writer, .emitter, .representer, .dataCouldNotBeDecoded, .duplicatedKeysInMapping:
      self.init(SettingsPlace(line: 1, column: 1), "\(error)")
    }
  }
}

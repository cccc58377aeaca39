import WireText

/// What a change between two versions of a schema is a matter of.
public enum CompatClass: String, Sendable, Hashable, CaseIterable, Comparable {
  /// Octets mean something else, or are laid out differently.
  case wire = "WIRE"
  /// Octets once accepted are refused, or the reverse, or earn another protocol code.
  case validation = "VALIDATION"
  /// Swift that compiled does not.
  case source = "SOURCE"
  /// Names or forms of values in JSON differ.
  case text = "TEXT"
  /// A number is free that should be retired, or used although it is.
  case retired = "RETIRED"

  public static func < (left: CompatClass, right: CompatClass) -> Bool { left.rank < right.rank }

  private var rank: Int { Self.allCases.firstIndex(of: self) ?? 0 }
}

/// Which way a change of class `VALIDATION` goes.
public enum CompatEffect: String, Sendable, Hashable {
  /// The new version refuses what the old one accepts.
  case stricter
  /// The new version accepts what the old one refuses.
  case looser
  /// Either may be, depending on the octets.
  case either
  /// Both refuse, with another protocol code.
  case code
}

/// A change between two versions of a schema.
public struct CompatFinding: Sendable, Hashable, CustomStringConvertible {
  /// Where it is in either version; of what is not there, the nearest that is around it.
  public var old: SourcePosition
  public var new: SourcePosition
  /// What has changed, by its name in the old version, or in the new one where the old one has none: "Ping.hops". Several when
  /// they come from one place, as the members of a struct that several messages take in.
  public var subjects: [String]
  /// Empty for what breaks nobody.
  public var classes: Set<CompatClass>
  /// Set with class `VALIDATION`.
  public var effect: CompatEffect?
  /// In words: "min 1 becomes 2".
  public var change: String
  /// Whether it is wrong in itself, whoever it breaks: a retired number that is used again.
  public var isError = false

  /// `old.xml:12:5: new.xml:13:5: WIRE SOURCE: Ping.hops: u8 becomes u16; breaks: ...`
  public var description: String {
    let kinds = classes.isEmpty ? "harmless" : classes.sorted().map(\.rawValue).joined(separator: " ")
    let victims = breaks.isEmpty ? "" : "; breaks: \(breaks.joined(separator: ", "))"
    return "\(old): \(new): \(kinds): \(subject): \(change)\(victims)"
  }

  /// The subjects in words.
  private var subject: String {
    let shown = subjects.prefix(3).joined(separator: ", ")
    return subjects.count > 3 ? "\(shown) and \(subjects.count - 3) more" : shown
  }

  /// Whom it breaks, in words; empty when nobody.
  public var breaks: [String] {
    classes.sorted().compactMap { kind in
      switch kind {
      case .wire: "old peers of new ones, and the reverse"
      case .validation: effect.map(Self.victims)
      case .source: "Swift that uses it"
      case .text: "who reads or writes its JSON"
      case .retired: "peers for which the number still is what it was"
      }
    }
  }

  private static func victims(_ effect: CompatEffect) -> String {
    switch effect {
    case .stricter: "old senders at new receivers"
    case .looser: "new senders at old receivers"
    case .either: "senders of one version at receivers of the other"
    case .code: "who acts on the error code"
    }
  }

  fileprivate var json: JSONValue {
    .object(
      [
        .init("old", Self.json(old)), .init("new", Self.json(new)),
        .init("classes", .array(classes.sorted().map { .string($0.rawValue) })),
      ]
        + (effect.map { [.init("effect", .string($0.rawValue))] } ?? [])
        + [
          .init("subjects", .array(subjects.map { .string($0) })), .init("change", .string(change)),
          .init("breaks", .array(breaks.map { .string($0) })), .init("error", .boolean(isError)),
        ])
  }

  private static func json(_ position: SourcePosition) -> JSONValue {
    .object([
      .init("file", .string(position.file)), .init("line", .integer(Int128(position.line))),
      .init("column", .integer(Int128(position.column))),
    ])
  }
}

/// Says what changed between two versions of a schema, and whom it breaks.
public enum SchemaComparison {
  /// The changes, in the order of the old version's files; empty when nothing has changed that anybody could see.
  ///
  /// Samples, the policies of ranges, the version of a description and the order of definitions are not compared: they make no
  /// difference to octets, checks, Swift or JSON.
  public static func findings(old: ResolvedSchema, new: ResolvedSchema) -> [CompatFinding] {
    var run = CompareRun(old: old, new: new)
    run.compare()
    return run.findings
  }

  /// Findings as one JSON document, with a line end.
  public static func json(_ findings: [CompatFinding]) -> String {
    JSONValue.object([.init("findings", .array(findings.map(\.json)))]).text(isPretty: true) + "\n"
  }
}

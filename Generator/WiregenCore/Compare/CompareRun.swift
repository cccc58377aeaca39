import WireText

/// Two versions of a schema, and what has been found to differ.
struct CompareRun {
  let old: ResolvedSchema
  let new: ResolvedSchema
  let pairing: SchemaPairing
  /// Expressions and types in words.
  let oldTexts: ListingBuilder
  let newTexts: ListingBuilder
  /// What becomes of members in Swift.
  let oldSwift: Lowering
  let newSwift: Lowering
  /// Bodies in which errors may have the code of an `<allow invalid>`.
  let judged: (old: Set<Int>, new: Set<Int>)
  private var notes: [Note] = []
  var codeChanges: [CodeChange] = []
  /// Pairs of structs that are compared because something is of the one type now instead of the other.
  var comparedTypes: Set<[Int]> = []

  /// Something that differs, before what comes from one place is put together.
  private struct Note {
    var subject: String
    var finding: CompatFinding
  }

  init(old: ResolvedSchema, new: ResolvedSchema) {
    (self.old, self.new) = (old, new)
    pairing = SchemaPairing(old: old.definition, new: new.definition)
    (oldTexts, newTexts) = (ListingBuilder(old), ListingBuilder(new))
    (oldSwift, newSwift) = (Lowering(old.definition), Lowering(new.definition))
    judged = (old.definition.judgedBodies, new.definition.judgedBodies)
  }

  var before: ProtocolDefinition { old.definition }
  var after: ProtocolDefinition { new.definition }

  mutating func compare() {
    compareProtocol()
    compareAllCodes()
    compareAllFlags()
    compareFamilies()
    compareAllBodies()
    compareMessageChoice()
    compareDocumentation()
    noteCodeChanges()
  }

  /// The places of something in the documentation of both versions: "Ping.hops". What has none of its own is in what is around
  /// it.
  struct Place {
    var old: String
    var new: String

    init(_ old: String, _ new: String) { (self.old, self.new) = (old, new) }

    /// The place of a part, of one name in both.
    func part(_ name: String) -> Place { Place("\(old).\(name)", "\(new).\(name)") }
    func part(_ old: String, _ new: String) -> Place { Place("\(self.old).\(old)", "\(self.new).\(new)") }
  }

  private static func position(_ key: String, in schema: ResolvedSchema) -> SourcePosition {
    var steps = key.split(separator: ".").map(String.init)
    while !steps.isEmpty {
      if let found = schema.documentation[steps.joined(separator: ".")] { return found.position }
      steps.removeLast()
    }
    let root = schema.addition?.name ?? schema.definition.name
    return schema.documentation[root]?.position ?? SourcePosition(file: schema.files.first ?? "")
  }

  /// Notes a change.
  ///
  /// - Parameter subject: its name, where that is not the old place.
  mutating func note(_ place: Place, _ aspect: Aspect, subject: String? = nil) {
    let finding = CompatFinding(
      old: Self.position(place.old, in: old), new: Self.position(place.new, in: new), subjects: [], classes: aspect.classes,
      effect: aspect.classes.contains(.validation) ? aspect.effect ?? .either : nil, change: aspect.change,
      isError: aspect.isError)
    notes.append(Note(subject: subject ?? place.old, finding: finding))
  }

  mutating func note(_ place: Place, _ aspects: [Aspect], subject: String? = nil) {
    for aspect in aspects { note(place, aspect, subject: subject) }
  }

  /// What differs, each place and change once.
  var findings: [CompatFinding] {
    var places: [CompatFinding: Int] = [:]
    var result: [CompatFinding] = []
    for note in notes {
      if let index = places[note.finding] {
        if !result[index].subjects.contains(note.subject) { result[index].subjects.append(note.subject) }
      } else {
        places[note.finding] = result.count
        result.append(note.finding)
        result[result.count - 1].subjects = [note.subject]
      }
    }
    let ranks = Dictionary(old.files.enumerated().map { ($1, $0) }) { first, _ in first }
    return result.enumerated().sorted { left, right in
      let (a, b) = (left.element.old, right.element.old)
      return (ranks[a.file] ?? 0, a.line, a.column, left.offset) < (ranks[b.file] ?? 0, b.line, b.column, right.offset)
    }.map(\.element)
  }
}

/// One respect in which something differs.
struct Aspect {
  var change: String
  var classes: Set<CompatClass>
  var effect: CompatEffect?
  var isError = false

  init(_ change: String, _ classes: Set<CompatClass> = [], _ effect: CompatEffect? = nil, isError: Bool = false) {
    self.change = change
    self.classes = classes
    self.effect = effect
    self.isError = isError
  }

  /// A check that lets less or more through.
  static func check(_ change: String, _ effect: CompatEffect, _ more: Set<CompatClass> = []) -> Aspect {
    Aspect(change, more.union([.validation]), effect)
  }
}

extension CompatEffect {
  /// Two effects at once.
  func with(_ other: CompatEffect?) -> CompatEffect {
    guard let other, other != self, other != .code else { return self }
    return self == .code ? other : .either
  }

  static func with(_ effects: [CompatEffect]) -> CompatEffect? {
    effects.dropFirst().reduce(effects.first) { result, effect in result?.with(effect) }
  }
}

// MARK: - Protocol codes

/// An error that earns another protocol code.
struct CodeChange {
  var place: CompareRun.Place
  /// "Ping.hops".
  var subject: String
  /// What is wrong when it is earned; empty when the subject says it.
  var what: String
  var old: UInt64?
  var new: UInt64?
}

extension CompareRun {
  /// Above this many errors that earn the same other code, one finding speaks of all.
  private static let single = 8

  /// Notes that an error earns another code.
  mutating func compareCode(_ old: UInt64?, _ new: UInt64?, _ place: Place, _ what: String = "", subject: String? = nil) {
    guard old != new else { return }
    codeChanges.append(CodeChange(place: place, subject: subject ?? place.old, what: what, old: old, new: new))
  }

  mutating func noteCodeChanges() {
    var groups: [[UInt64?]: [CodeChange]] = [:]
    for change in codeChanges { groups[[change.old, change.new], default: []].append(change) }
    let order = codeChanges.map { [$0.old, $0.new] }
    var seen: Set<[UInt64?]> = []
    for key in order where seen.insert(key).inserted {
      let changes = groups[key] ?? []
      let words = "\(name(key[0], in: before)) becomes \(name(key[1], in: after))"
      guard changes.count > Self.single else {
        for change in changes {
          let what = change.what.isEmpty ? "" : " \(change.what)"
          note(change.place, .check("the protocol code\(what), \(words)", .code), subject: change.subject)
        }
        continue
      }
      let root = Place(before.name, after.name)
      let aspect = Aspect.check("the protocol code of \(changes.count) errors, \(words)", .code)
      for change in changes { note(root, aspect, subject: change.subject) }
    }
  }

  private func name(_ code: UInt64?, in definition: ProtocolDefinition) -> String {
    guard let code else { return "none" }
    let codes = definition.errorCodes.map { definition.codes[$0].codes } ?? []
    return codes.first { $0.value == code }.map { "'\($0.name)'" } ?? "\(code)"
  }
}

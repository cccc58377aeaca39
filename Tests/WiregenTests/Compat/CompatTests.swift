import Foundation
import Testing
import VectorSupport
import WireText

@testable import WiregenCore

/// What is said of edits, held against what both versions make of octets.
@Suite("Compatibility of two versions") struct CompatTests {
  static let edits: [CompatEdit] = harmlessEdits + wireEdits + validationEdits + pcpEdits

  @Test func thereAreManyEdits() {
    #expect(Self.edits.count >= 100)
    #expect(Set(Self.edits.map(\.purpose)).count == Self.edits.count)
  }

  @Test("The verdict is that given by hand, and octets bear it out", arguments: edits)
  func verdict(_ edit: CompatEdit) throws {
    let text = try edit.schema
    let old = try schema(text, "old.xml")
    let new = try schema(try edit.apply(to: text), "new.xml")
    let findings = SchemaComparison.findings(old: old, new: new)
    #expect(findings.map(\.verdict) == edit.verdicts)
    #expect(findings.allSatisfy { $0.old.file == "old.xml" && $0.new.file == "new.xml" })
    #expect(findings.allSatisfy { $0.breaks.isEmpty == $0.classes.isEmpty })
    try prove(old.definition, new.definition, findings, edit)
  }

  @Test("A schema is compatible with itself", arguments: ["Schemas", "Tests/Schemas", "Tests/EverythingWire", "Tests/KitWire"])
  func same(folder: String) throws {
    let files = files(below: folder)
    for name in files.keys.sorted() {
      guard let schema = resolve(name, in: files).schema else { continue }
      #expect(SchemaComparison.findings(old: schema, new: schema) == [], "\(name)")
    }
  }

  @Test func bothPlacesAreNamed() throws {
    let old = try schema(postSchema, "old.xml")
    let new = try schema(
      postSchema.replacing("<direction name=\"answer\"/>", with: "\n<direction name=\"answer\"/>\n")
        .replacing("max=\"100\"", with: "max=\"99\""), "new.xml")
    let lines = SchemaComparison.findings(old: old, new: new).map(\.description)
    #expect(
      lines == [
        """
        old.xml:36:5: new.xml:38:5: VALIDATION: Send.number: max 100 becomes 99; breaks: old senders at new receivers
        """
      ])
  }

  /// The schema, whether its samples are right or not.
  private func schema(_ text: String, _ name: String) throws -> ResolvedSchema {
    let diagnostics = Diagnostics()
    var loader = SchemaLoader(diagnostics: diagnostics) { $0 == name ? Array(text.utf8) : nil }
    let schema = loader.load(name).flatMap { Resolver.resolve($0, diagnostics: diagnostics) }
    return try #require(schema, "\(diagnostics.sorted)")
  }
}

// MARK: - Octets

extension CompatTests {
  private static let wire: Set<CompatProof.Difference> = [.readOtherwise, .encodedOtherwise]

  private func prove(
    _ old: ProtocolDefinition, _ new: ProtocolDefinition, _ findings: [CompatFinding], _ edit: CompatEdit
  ) throws {
    let effects = Set(findings.compactMap(\.effect))
    if findings.contains(where: { $0.classes.contains(.wire) }) {
      try expect(Self.wire.union([.laidOutOtherwise]), old, new, edit)
      for effect in effects { try expect(effect.evidence, old, new, edit) }
      return
    }
    var proof = CompatProof(old, new, until: [])
    proof.search(edit.octets)
    // Seldom octets need more draws.
    var round: UInt64 = 1
    while round < 12, !effects.allSatisfy({ $0.evidence.contains { proof.differences[$0] != nil } }) {
      proof.search(round: round)
      round += 1
    }
    let found = proof.differences
    #expect(proof.count >= 2000)
    for effect in effects {
      #expect(found.keys.contains { effect.evidence.contains($0) }, "no octets show \(effect.evidence): \(found)")
    }
    // What is not said must not be there, whatever the octets.
    #expect(Self.wire.allSatisfy { found[$0] == nil }, "\(found)")
    if effects.isEmpty { #expect(found == [:]) }
    if !effects.contains(.either), !effects.contains(.stricter) { #expect(found[.refusedByNew] == nil) }
    if !effects.contains(.either), !effects.contains(.looser) { #expect(found[.refusedByOld] == nil) }
  }

  /// Some octets show one of these differences.
  private func expect(
    _ wanted: Set<CompatProof.Difference>, _ old: ProtocolDefinition, _ new: ProtocolDefinition, _ edit: CompatEdit
  ) throws {
    var proof = CompatProof(old, new, until: wanted)
    proof.search(edit.octets)
    #expect(proof.differences.keys.contains { wanted.contains($0) }, "no octets show \(wanted): \(proof.differences)")
  }
}

extension CompatEffect {
  /// What octets that show it are.
  fileprivate var evidence: Set<CompatProof.Difference> {
    switch self {
    case .stricter: [.refusedByNew]
    case .looser: [.refusedByOld]
    case .either: [.refusedByNew, .refusedByOld]
    case .code: [.otherCode]
    }
  }
}

extension CompatFinding {
  /// The finding as the tables of edits have it.
  var verdict: String {
    let kinds = classes.sorted().map { $0 == .validation ? "VALIDATION(\(effect?.rawValue ?? ""))" : $0.rawValue }
    return "\(kinds.isEmpty ? "harmless" : kinds.joined(separator: " ")): \(subjects.joined(separator: ", ")): \(change)"
  }
}

extension CompatEdit {
  /// Messages to try besides those that are drawn.
  var octets: [(message: String, octets: [UInt8])] {
    messages.map { ($0.name, WiregenTests.octets($0.hexadecimal)) }
  }

  /// The schema that it is an edit of.
  var schema: String {
    get throws { purpose.hasPrefix("PCP: ") ? try Repository.text("Schemas/pcp.xml") : postSchema }
  }
}

import Testing
import VectorSupport
import WireText

@testable import WiregenCore

/// Nothing of a definition is forgotten: whatever is altered in a schema that uses all of the language, when the definition is
/// another one then something is found. Of each attribute of each element the first that there is is altered.
@Suite struct CompatAlterationTests {
  private static let files = WiregenTests.files(below: "Tests/EverythingWire")

  @Test(arguments: ["everything.xml", "Vendor/everything-vendor.xml"])
  func everyAlterationIsFound(_ root: String) async throws {
    let (silent, count) = try await inBackground { () throws -> ([String], Int) in
      let altered = try AlteredSchema(root, in: Self.files)
      let old = try #require(resolve(root, in: Self.files).schema)
      var silent: [String] = []
      var count = 0
      var seen: Set<GrammarPart> = []
      for use in try altered.files.flatMap({ try altered.uses(in: $0) }) where seen.insert(use.part).inserted {
        for value in Alteration.values(for: use) {
          var files = Self.files
          files[use.position.file] = Alteration.replace(use, with: value, in: files[use.position.file] ?? [])
          guard let new = definition(root, in: files), new.definition != old.definition else { continue }
          count += 1
          if SchemaComparison.findings(old: old, new: new).isEmpty {
            silent.append("\(use.position): \(use.part)=\"\(use.value)\" -> \(value ?? "none")")
          }
          break
        }
      }
      return (silent, count)
    }
    #expect(silent == [], "another definition, and nothing is found")
    #expect(count > 50)
  }

  /// The schema, whether its samples are right or not.
  private func definition(_ root: String, in files: [String: [UInt8]]) -> ResolvedSchema? {
    let diagnostics = Diagnostics()
    var loader = SchemaLoader(diagnostics: diagnostics) { files[$0] }
    return loader.load(root).flatMap { Resolver.resolve($0, diagnostics: diagnostics) }
  }
}

import Testing
import VectorSupport
import Wire
import WireText

@testable import WiregenCore

/// Nothing in a schema is read and then ignored: whatever is altered in a schema that uses all of the language, something
/// comes out otherwise.
///
/// That is what its samples are taken for, the octets of a stream included; or, of what is only said to the reader, the
/// generated Swift or the listing. Where an attribute can say one thing only, beside the others, that all else is refused.
@Suite struct AlterationTests {
  private static let files = WiregenTests.files(below: "Tests/EverythingWire")
  private static let schema = "everything.xml"
  private static let extensionOfIt = "Vendor/everything-vendor.xml"

  @Test(arguments: [schema, extensionOfIt])
  func theSchemaIsRight(_ root: String) {
    #expect(Self.files.count >= 3)
    #expect(resolve(root, in: Self.files).lines == [])
  }

  @Test func everyAttributeCounts() async throws {
    let wanted = try await inBackground { () throws -> Set<GrammarPart> in
      let altered = try AlteredSchema(Self.schema, in: Self.files)
      // Nothing refers to a sample; its name is told in diagnostics.
      var wanted = GrammarWalk.everything.filter { $0.attribute != nil && !Self.isOfExtensions($0) }
      wanted.remove(GrammarPart(type: "Sample", attribute: "name"))
      for use in try altered.files.flatMap({ try altered.uses(in: $0) }) {
        if use.parts.contains(where: wanted.contains), altered.notices(use) { wanted.subtract(use.parts) }
      }
      return wanted
    }
    #expect(wanted.isEmpty, "nothing comes out otherwise when these are altered: \(wanted.sorted())")
  }

  /// What samples of the protocol are taken for with the extension counts as well. Wherever an attribute stands in the extension,
  /// it counts there.
  @Test func everyAttributeOfAnExtensionCounts() async throws {
    let (ignored, wanted) = try await inBackground { () throws -> ([String], Set<GrammarPart>) in
      let altered = try AlteredSchema(Self.extensionOfIt, in: Self.files)
      let uses = try altered.uses(in: Self.extensionOfIt)
      let wanted = GrammarWalk.everything.filter { $0.attribute != nil && Self.isOfExtensions($0) }
      let ignored = uses.filter { use in
        use.part != GrammarPart(type: "Sample", attribute: "name") && !altered.notices(use)
      }
      return (ignored.map { "\($0.position): \($0.part)=\"\($0.value)\"" }, wanted.subtracting(uses.flatMap(\.parts)))
    }
    #expect(ignored == [], "nothing comes out otherwise when these are altered")
    #expect(wanted.isEmpty, "the extension does not have \(wanted.sorted())")
  }

  @Test func everyElementOfAnExtensionCounts() async throws {
    let ignored = try await inBackground { () throws -> [String] in
      let altered = try AlteredSchema(Self.extensionOfIt, in: Self.files)
      // What a sample expects is there to be found wrong, and this one is right.
      let elements = altered.elements(in: Self.extensionOfIt).filter { $0.name != "expect" }
      return elements.filter { !altered.notices($0) }.map { "\($0)" }
    }
    #expect(ignored == [], "nothing comes out otherwise without these")
  }

  /// What every element may say of itself is shown somewhere, but for those that have no place of their own anywhere.
  @Test(arguments: [schema, extensionOfIt])
  func everyDescriptionCounts(_ root: String) async throws {
    let ignored = try await inBackground { () throws -> [String] in
      let altered = try AlteredSchema(root, in: Self.files)
      let elements = try altered.describable().filter { !Self.placeless.contains($0.type) }
      return elements.flatMap { element in altered.unshown(element).map { "\(element): \($0)" } }
    }
    #expect(ignored == [], "nowhere shown")
  }

  /// Of these `spec`, `since` and `deprecated` are for who reads the schema.
  private static let placeless: Set = [
    "Include", "Use", "Header", "Bits", "HeaderBits", "Reserved", "ReservedBits", "Sample", "Expect",
  ]

  private static func isOfExtensions(_ part: GrammarPart) -> Bool {
    ["Extension", "Extend", "AddedElement", "AllowIn", "AllowList"].contains(part.type)
  }
}

extension AttributeUse {
  /// The attribute, and the attribute with the value that it has.
  fileprivate var parts: [GrammarPart] {
    [part, GrammarPart(type: part.type, attribute: part.attribute, value: value)]
  }
}

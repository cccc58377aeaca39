import Testing

@testable import WiregenCore

/// The reference shows, and the schemas that must fail break, every part of the language.
@Suite(.disabled("the examples and the schemas that must fail do not cover the whole language yet")) struct CoverageTests {
  @Test func theReferenceShowsEverything() {
    var shown: Set<GrammarPart> = []
    for example in Reference.examples {
      let (name, text) = Reference.file(example)
      shown.formUnion(GrammarWalk.parts(in: Array(text.utf8), file: name))
    }
    let missing = GrammarWalk.everything.subtracting(shown)
    #expect(missing.isEmpty, "no example has: \(missing.sorted())")
  }

  /// For each attribute a schema is refused at it; for each element at it, at one of its attributes, or at something in it.
  @Test func everythingIsBrokenSomewhere() {
    var broken: Set<GrammarPart> = []
    for name in MustFail.names {
      let outcome = resolve(name, in: MustFail.files)
      for file in outcome.files {
        guard let root = XMLParser.parse(MustFail.files[file] ?? [], file: file, Diagnostics()) else { continue }
        let places = Set(outcome.diagnostics.map(\.position).filter { $0.file == file })
        GrammarWalk.walk(root) { node, type in
          if places.contains(node.position) { broken.insert(GrammarPart(type: type)) }
          for attribute in node.attributes where isHit(attribute, places) {
            let isCommon = Grammar.common.contains { $0.name == attribute.name }
            broken.insert(GrammarPart(type: type))
            broken.insert(GrammarPart(type: isCommon ? "any" : type, attribute: attribute.name))
          }
        }
      }
    }
    let missing = GrammarWalk.everything.filter { $0.value == nil && !broken.contains($0) }
    #expect(missing.isEmpty, "no schema that must fail breaks: \(missing.sorted())")
  }

  /// Whether something is wrong at an attribute's name or within its value.
  private func isHit(_ attribute: Node.Attribute, _ places: Set<SourcePosition>) -> Bool {
    let start = attribute.position
    let end = start.column + attribute.name.count + 2 + attribute.value.count
    return places.contains { $0.line == start.line && $0.column >= start.column && $0.column <= end }
  }
}

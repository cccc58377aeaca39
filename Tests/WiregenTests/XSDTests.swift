import Testing

@testable import WiregenCore

/// `wire.xsd` and the generator's checker say the same about structure.
@Suite struct XSDTests {
  private let xsd: SchemaXSD
  private let root: Element

  init() throws {
    xsd = try #require(SchemaXSD())
    root = try #require(Element(parsing: Repository.octets(SchemaXSD.path) ?? []))
  }

  @Test func acceptsTheSchemasOfTheRepository() throws {
    var paths: [String] = []
    for folder in [
      "Schemas", "Tests/KitWire", "Tests/EverythingWire", "Tests/Schemas", "Tests/Golden", "Tests/Vendor/Sources/AcmeWire",
    ] {
      paths += try Repository.names(in: folder, ending: ".xml").map { "\(folder)/\($0)" }
    }
    #expect(paths.count >= 7)
    for path in paths { #expect(xsd.faults(in: Repository.octets(path) ?? []) == [], "\(path)") }
  }

  @Test(arguments: Reference.examples) func acceptsTheExamples(example: Reference.Example) {
    #expect(xsd.faults(in: Array(Reference.file(example).text.utf8)) == [])
  }

  /// It refuses what is marked so among the schemas that must fail, and nothing else that is well-formed.
  @Test(arguments: MustFail.files.keys.sorted()) func refusesFaultsOfStructure(name: String) throws {
    let octets = try #require(MustFail.files[name])
    guard let faults = xsd.faults(in: octets), !String(decoding: octets, as: UTF8.self).contains("<!DOCTYPE") else {
      return
    }
    let isOfOurs = !name.hasPrefix("namespace-") || MustFail.isStructural(octets)
    if isOfOurs { #expect(faults.isEmpty != MustFail.isStructural(octets), "\(faults)") }
  }

  // MARK: - The same table

  /// Attributes of a complex type with those of its groups.
  private func attributes(of type: Element) -> [Element] {
    type.all.filter { $0.name == "attribute" }
      + type.all.filter { $0.name == "attributeGroup" }.flatMap { use in
        root.children.filter { $0.name == "attributeGroup" && $0.attributes["name"] == use.attributes["ref"] }
          .flatMap { attributes(of: $0) }
      }
  }

  /// Elements in the content of a type, with those of its groups.
  private func elements(in node: Element) -> [Element] {
    node.children.flatMap { child -> [Element] in
      switch child.name {
      case "element": return [child]
      case "group":
        return root.children.filter { $0.name == "group" && $0.attributes["name"] == child.attributes["ref"] }
          .flatMap { elements(in: $0) }
      default: return elements(in: child)
      }
    }
  }

  private var complexTypes: [String: Element] {
    root.children.filter { $0.name == "complexType" }.reduce(into: [:]) { $0[$1.attributes["name"] ?? ""] = $1 }
  }

  @Test func hasTheTypesOfTheGrammar() {
    let simple = ["xs:string", "hex"]
    #expect(Set(complexTypes.keys) == Set(Grammar.types.keys).subtracting(simple))
    let roots = root.children.filter { $0.name == "element" }.reduce(into: [:]) {
      $0[$1.attributes["name"] ?? ""] = $1.attributes["type"]
    }
    #expect(roots == Grammar.roots)
  }

  @Test func hasTheAttributesOfTheGrammar() {
    for (name, type) in complexTypes {
      guard let grammar = Grammar.types[name] else { continue }
      let written = Set(
        attributes(of: type).map { attribute in
          let fields = attribute.attributes
          let isRequired = fields["use"] == "required"
          return "\(fields["name"] ?? "") \(fields["type"] ?? "") \(isRequired)"
        })
      let expected = Set(
        grammar.allAttributes.map { "\($0.name) \($0.value.rawValue) \($0.isRequired)" })
      #expect(written.subtracting(expected).isEmpty, "\(name) has more in the XSD")
      #expect(expected.subtracting(written).isEmpty, "\(name) has more in the grammar")
    }
  }

  @Test func hasTheElementsOfTheGrammar() {
    for (name, type) in complexTypes {
      guard let grammar = Grammar.types[name] else { continue }
      let written = Set(elements(in: type).map { "\($0.attributes["name"] ?? "") \($0.attributes["type"] ?? "")" })
      let expected = Set(grammar.allChildren.map { "\($0.name) \($0.type)" })
      #expect(written == expected, "\(name)")
    }
  }

  @Test func hasTheValuesOfTheGrammar() {
    let types = root.children.filter { $0.name == "simpleType" }
    #expect(Set(types.map { $0.attributes["name"] ?? "" }) == Set(ValueGrammar.allCases.map(\.rawValue)))
    for type in types {
      let values = type.all.filter { $0.name == "enumeration" }.compactMap { $0.attributes["value"] }
      guard !values.isEmpty, let grammar = ValueGrammar(rawValue: type.attributes["name"] ?? "") else { continue }
      #expect(Set(values) == Set(grammar.choices ?? []), "\(grammar)")
    }
  }
}

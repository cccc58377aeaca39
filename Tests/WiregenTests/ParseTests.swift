import Testing
import WireText

@testable import WiregenCore

@Suite struct TagScanTests {
  /// Where each tag and attribute of a text is.
  private func places(_ text: String) -> [String] {
    TagScan.tags(of: Array(text.utf8), file: "f").map { tag in
      let attributes = tag.attributes.map { "\($0.name)@\($0.position.line):\($0.position.column)" }
      return (["<@\(tag.position.line):\(tag.position.column)"] + attributes).joined(separator: " ")
    }
  }

  @Test func tagsOfSeveralLines() {
    #expect(places("<a\n  b=\"1\"\n    c='2'/>\n<d>") == ["<@1:1 b@2:3 c@3:5", "<@4:1"])
  }

  @Test func passesOverWhatIsNoTag() {
    let text = "<?xml v=\"<a>\"?><!-- <b c=\"d\"/> --><e><![CDATA[<f g='h'>]]></e><i/>"
    #expect(places(text) == ["<@1:35", "<@1:63"])
  }

  @Test func quotesHideWhatIsInThem() {
    #expect(places("<a b='x \"y\" >' c=\"don't = />\" d = 'e'/><f/>") == ["<@1:1 b@1:4 c@1:16 d@1:31", "<@1:40"])
  }

  @Test func countsCharacters() {
    #expect(places("<a b=\"grün\" c=\"𝔘\" d=\"e\u{301}\"/>") == ["<@1:1 b@1:4 c@1:13 d@1:19"])
    #expect(places("\t<a\tb=\"1\"/>") == ["<@1:2 b@1:5"])
    #expect(places("\u{FEFF}<a b=\"1\"/>") == ["<@1:1 b@1:4"])
  }

  @Test func lineEnds() {
    #expect(places("<a>\r\n<b\r\n c=\"1\"/>\r<d/>") == ["<@1:1", "<@2:1 c@3:2", "<@4:1"])
  }

  @Test func placesInValues() {
    let text = "<a b=\"x &lt; y\n &#x1F600; zü\r\nw\"/>"
    let attribute = TagScan.tags(of: Array(text.utf8), file: "f")[0].attributes[0]
    // The value is "x < y  😀 zü w", its line ends made blanks.
    let expected = [0: (1, 7), 2: (1, 9), 4: (1, 14), 5: (1, 15), 6: (2, 1), 7: (2, 2), 9: (2, 12), 12: (3, 1)]
    for (offset, place) in expected {
      let position = attribute.value.position(at: offset)
      #expect((position.line, position.column) == place, "\(offset)")
    }
  }

  @Test func findsDocumentTypes() {
    func place(_ text: String) -> String? { TagScan.doctype(in: Array(text.utf8), file: "f")?.description }
    #expect(place("<!-- <!DOCTYPE a> --><a/>") == nil)
    #expect(place("\n <!DOCTYPE a><a/>") == "f:2:2")
  }
}

@Suite struct ParserTests {
  private func parse(_ text: String, limit: Int = maximumSchemaSize) -> (Node?, [String]) {
    let diagnostics = Diagnostics()
    let node = XMLParser.parse(Array(text.utf8), file: "f", diagnostics, limit: limit)
    return (node, diagnostics.all.map(\.description))
  }

  @Test func valuesAreThoseOfXML() throws {
    let (node, messages) = parse(
      "<a xmlns=\"\(schemaNamespace)\" b=\"1 &lt; 2&#10;x\" c='\t\n'><!-- t --><![CDATA[d <]]> e<f/> &amp;g</a>")
    #expect(messages.isEmpty)
    let root = try #require(node)
    #expect(root["b"] == "1 < 2\nx")
    #expect(root["c"] == "  ")
    #expect(root.text == "d < e &g")
    #expect(root.children.map(\.name) == ["f"])
  }

  @Test func attributesOfOthersAreLeftOut() throws {
    let (node, _) = parse("<a xmlns=\"\(schemaNamespace)\" xmlns:x=\"urn:x\" x:b=\"1\" b=\"2\"/>")
    let root = try #require(node)
    #expect(root.attributes.map(\.name) == ["b"])
    #expect(root.position(of: "b").column == 57)
  }

  @Test func refusesWhatIsTooLarge() {
    let text = "<a xmlns=\"\(schemaNamespace)\"/>"
    #expect(parse(text, limit: text.utf8.count).1.isEmpty)
    #expect(
      parse(text, limit: text.utf8.count - 1).1
        == ["f:1:1: error: the file has more than \(text.utf8.count - 1) octets; split it with <include>"])
  }

  @Test func refusesOtherEncodings() {
    let utf16: [UInt8] = [0xFE, 0xFF] + "<a/>".utf8.flatMap { [0, $0] }
    for octets in [utf16, [0x3C, 0x61, 0, 0x2F, 0x3E], [0xC0, 0x80]] {
      let diagnostics = Diagnostics()
      #expect(XMLParser.parse(octets, file: "f", diagnostics) == nil)
      #expect(diagnostics.all.map(\.message) == ["the file is not UTF-8; schemas are written in UTF-8"])
    }
    #expect(parse("<?xml version='1.0' encoding='utf-8'?><a xmlns='\(schemaNamespace)'/>").1.isEmpty)
  }

  @Test func saysTheFirstFaultOfXMLOnly() {
    #expect(parse("<a><b></a><c>").1.count == 1)
    #expect(parse("").1 == ["f:1:1: error: not well-formed XML: the file is empty"])
  }
}

@Suite struct DiagnosticTests {
  @Test func comeInTheOrderOfFilesAndPlaces() {
    let diagnostics = Diagnostics()
    diagnostics.reading("b")
    diagnostics.reading("a")
    diagnostics.error(SourcePosition(file: "a", line: 1, column: 1), "one")
    diagnostics.error(SourcePosition(file: "b", line: 2, column: 9), "two")
    diagnostics.warning(SourcePosition(file: "b", line: 2, column: 3), "three")
    diagnostics.error(SourcePosition(file: "a", line: 1, column: 1), "one")
    #expect(
      diagnostics.sorted.map(\.description) == ["b:2:3: warning: three", "b:2:9: error: two", "a:1:1: error: one"])
  }

  @Test(arguments: [
    ("legnth", "; did you mean 'length'?"), ("Length", "; did you mean 'length'?"), ("lenghts", "; did you mean 'length'?"),
    ("tyep", "; did you mean 'type'?"), ("x", ""), ("colour", ""),
  ])
  func suggests(name: String, expected: String) {
    #expect(suggestion(for: name, among: ["name", "type", "length"]) == expected)
  }

  @Test func suggestsNothingWithoutNames() { #expect(suggestion(for: "a", among: [] as [String]) == "") }
}

@Suite struct LoaderTests {
  @Test(arguments: [
    ("a/b.xml", "a/b.xml"), ("./a//b.xml", "a/b.xml"), ("a/../b.xml", "b.xml"), ("a/./../../b.xml", "../b.xml"),
    ("../../b.xml", "../../b.xml"), ("/a/../../b.xml", "/b.xml"), ("/a/b/../c.xml", "/a/c.xml"),
  ])
  func normalisesPaths(path: String, expected: String) { #expect(SchemaPath.normalised(path) == expected) }

  private func file(_ content: String, _ attributes: String = "name=\"T\" language=\"1\"") -> [UInt8] {
    Array("<protocol xmlns=\"\(schemaNamespace)\" \(attributes)>\(content)</protocol>".utf8)
  }

  @Test func includesOnceByWhateverPath() {
    let outcome = resolve(
      "./s/main.xml",
      in: [
        "./s/main.xml": file("<include file=\"a.xml\"/><include file=\"../s/./b.xml\"/>"),
        "s/a.xml": file("<include file=\"b.xml\"/><struct name=\"A\"><field name=\"b\" type=\"B\"/></struct>"),
        "s/b.xml": file(
          "<struct name=\"B\"><field name=\"x\" type=\"u16\"/></struct>", "name=\"B\" language=\"1\" byteOrder=\"little\""),
      ])
    #expect(outcome.lines == [])
    #expect(outcome.files == ["./s/main.xml", "s/a.xml", "s/b.xml"])
    #expect(outcome.schema?.files == outcome.files)
    let shapes = outcome.schema?.definition.bodies.map { $0.members[0].kind }
    #expect(shapes?.contains(.integer(IntegerShape(bits: 16, isLittleEndian: true))) == true)
  }

  @Test func looksInFolders() {
    let part = file("<struct name=\"B\"><field name=\"x\" type=\"u8\"/></struct>")
    let files = ["main.xml": file("<include file=\"b.xml\"/>"), "lib/b.xml": part]
    #expect(resolve("main.xml", in: files).lines.count == 1)
    #expect(resolve("main.xml", in: files, folders: ["none", "./lib"]).lines == [])
  }

  @Test func findsItselfByAnotherPath() {
    let outcome = resolve("./a.xml", in: ["./a.xml": file("<include file=\"a.xml\"/>")])
    #expect(outcome.lines.count == 1)
    #expect(outcome.lines.first?.contains("includes itself") == true)
  }

  @Test func saysWhatCannotBeRead() {
    #expect(resolve("none.xml", in: [:]).lines == ["none.xml:1:1: error: the file cannot be read"])
  }
}

import Foundation
import FoundationXML
import Testing
import WireText

@testable import WiregenCore

/// Reference pages: all that a schema has is on them, they are well-formed, and nothing leads nowhere.
@Suite struct DocsTests {
  static let sources = [
    "Schemas/pcp.xml", "Schemas/natpmp.xml", "Schemas/cusp.xml", "Schemas/cpnp.xml", "Schemas/cpp.xml",
    "Tests/EverythingWire/everything.xml", "Tests/EverythingWire/Vendor/everything-vendor.xml", "Tests/Golden/parcel.xml",
    "Tests/Golden/parcel-extension.xml", "Tests/Schemas/diameter.xml", "Tests/Schemas/dhcpv6.xml", "Tests/Schemas/radius.xml",
    "Tests/Schemas/stun.xml", "Tests/Vendor/Sources/AcmeWire/acme-pcp.xml",
  ]

  private func read(_ path: String) throws -> (page: DocumentPage, schema: ResolvedSchema) {
    let diagnostics = Diagnostics()
    var loader = SchemaLoader(folders: ["Schemas"], diagnostics: diagnostics, read: Repository.octets)
    let read = loader.load(path)
    let loaded = try #require(read)
    let resolved = Resolver.resolve(loaded, diagnostics: diagnostics)
    #expect(diagnostics.all.map(\.description) == [])
    let schema = try #require(resolved)
    let text = SchemaDocument(schema, loaded: loaded).page
    #expect(text == SchemaDocument(schema, loaded: loaded).page)
    return (try DocumentPage(text), schema)
  }

  @Test(arguments: sources) func leadsNowhereThatIsNot(path: String) throws {
    let page = try read(path).page
    let ids = page.all.compactMap { $0.attributes["id"] }
    #expect(Dictionary(grouping: ids, by: \.self).filter { $0.value.count > 1 }.keys.sorted() == [])
    let anchors = Set(ids)
    for link in page.all.compactMap({ $0.attributes["href"] }) {
      let isHere = link.hasPrefix("#") && anchors.contains(String(link.dropFirst()))
      let isDocument =
        link.hasPrefix("https://www.rfc-editor.org/rfc/rfc") || link.hasPrefix("https://datatracker.ietf.org/doc/html/draft-")
      #expect(isHere || isDocument, "\(link)")
    }
    for element in page.all {
      for name in ["aria-controls", "for"] { if let id = element.attributes[name] { #expect(anchors.contains(id)) } }
    }
  }

  @Test(arguments: sources) func needsNothingElse(path: String) throws {
    let page = try read(path).page
    let fetching: Set = ["link", "img", "iframe", "object", "embed", "video", "audio", "source", "base", "form", "svg"]
    #expect(page.all.filter { fetching.contains($0.name) }.map(\.name) == [])
    for element in page.all { #expect(element.attributes["src"] == nil && element.attributes["srcset"] == nil) }
    for name in ["style", "script"] {
      let parts = page.all.filter { $0.name == name }
      #expect(parts.count == 1)
      for word in ["http", "url(", "@import", "fetch", "XMLHttp", "import("] { #expect(!parts[0].text.contains(word), "\(word)") }
    }
    #expect(page.octets.allSatisfy { $0 != 0x0D })
  }

  /// By what the page is made of: the definition itself, and not what lists it.
  @Test(arguments: sources) func hasAllOfTheSchema(path: String) throws {
    let (page, schema) = try read(path)
    let anchors = Set(page.all.compactMap { $0.attributes["id"] })
    for anchor in DocumentAnchors(schema).all { #expect(anchors.contains(anchor), "\(anchor)") }
  }

  @Test(arguments: sources) func hasAllWords(path: String) throws {
    let (page, schema) = try read(path)
    let text = page.main.text
    let own = DocumentAnchors(schema)
    for (key, words) in schema.documentation where own.has(key) {
      for word in [words.text, words.reference, words.since, words.deprecated].compactMap({ $0 }) {
        #expect(text.contains(word), "\(key): \(word)")
      }
    }
  }

  @Test(arguments: sources) func drawsRowsOf32Bits(path: String) throws {
    let page = try read(path).page
    let diagrams = page.all.filter { $0.attributes["class"] == "bits" }
    #expect(!diagrams.isEmpty)
    for diagram in diagrams {
      let cells = diagram.elements.filter { $0.attributes["class"]?.hasPrefix("r") != true }
      let rows = cells.split { $0.attributes["class"] == "g" }
      for row in rows {
        let widths = row.map { $0.attributes["style"].flatMap { Int($0.dropFirst(4).prefix { $0.isNumber }) } ?? 0 }
        #expect(widths.reduce(0, +) == 32, "\(diagram.attributes["aria-label"] ?? ""): \(widths)")
      }
    }
  }

  @Test(arguments: sources) func hasTheOctetsOfSamples(path: String) throws {
    let (page, schema) = try read(path)
    for sample in schema.samples {
      let id = "\(schema.definition.bodies[sample.body].name):sample:\(sample.name)"
      let section = try #require(page.element(id))
      let octets = section.all.filter { $0.name == "b" }.map(\.text).joined(separator: " ")
      #expect(octets == sample.octets.map { String(format: "%02x", $0) }.joined(separator: " "), "\(id)")
      #expect(section.text.contains(sample.failure == nil ? "valid" : "refused"))
      if let code = sample.failure?.code, let index = schema.definition.errorCodes {
        let label = schema.definition.codes[index].codes.first { $0.value == code }?.label
        #expect(section.text.contains(try #require(label)), "\(id)")
      }
      // What a field is and what its octets are have the same mark.
      let marks = Set(section.all.filter { $0.name == "b" }.compactMap { $0.attributes["data-f"] })
      let rows = Set(section.all.filter { $0.name == "tr" }.compactMap { $0.attributes["data-f"] })
      #expect(marks == rows, "\(id)")
    }
  }
}

// MARK: - Small schemas

extension DocsTests {
  private func page(_ content: String, _ attributes: String = "") throws -> DocumentPage {
    let text = Program.schema(content, attributes)
    let diagnostics = Diagnostics()
    var loader = SchemaLoader(diagnostics: diagnostics) { $0 == "t.xml" ? Array(text.utf8) : nil }
    let read = loader.load("t.xml")
    let loaded = try #require(read)
    let resolved = Resolver.resolve(loaded, diagnostics: diagnostics)
    #expect(diagnostics.all.map(\.description) == [])
    return try DocumentPage(SchemaDocument(try #require(resolved), loaded: loaded).page)
  }

  /// Text that would be something else if it were not escaped.
  static let hostile = [
    "</p><script>alert(1)</script>", "\" onclick=\"alert(1)", "' style='x", "]]> <!-- --> &amp; &#60;",
    "RFC 1\"><b>x</b> section 2<i>",
    "draft-a\"b", "<![CDATA[x]]>", "\\(x) ${x} {{x}} %s", "ＲＦＣ é 🂡 \u{202E}olleh",
  ]

  @Test(arguments: hostile) func escapesWhatTheSchemaSays(words: String) throws {
    let text = words.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing("\"", with: "&quot;")
    let all = "spec=\"\(text)\" since=\"\(text)\" deprecated=\"\(text)\""
    let doc = "<doc>\(text.replacing(">", with: "&gt;"))</doc>"
    let content = """
      \(doc)
      <codes name="Fault" type="u8" \(all)>\(doc) <code name="bad" value="1" label="\(text)" \(all)>\(doc)</code>
        <range from="2" to="9" use="unassigned" policy="\(text)" \(all)>\(doc)</range></codes>
      <flags name="Set" type="u8" \(all)>\(doc) <flag name="one" bit="0" label="\(text)" \(all)>\(doc)</flag></flags>
      <direction name="up" \(all)>\(doc)</direction>
      <tlvs name="Option" \(all)>\(doc)
        <header> <tag name="kind" type="u8" label="\(text)" \(all)/> <length name="n" type="u8"/> </header>
        <unknown action="keep" \(all)/> <tlv name="a" code="1" label="\(text)" \(all)>\(doc)</tlv> </tlvs>
      <message name="M" direction="up" \(all)>\(doc)
        <field name="b" type="u8" max="9" unit="\(text)" label="\(text)" \(all)>\(doc)</field>
        <field name="t" type="text" size="8"/> <field name="s" type="Set"/>
        <list name="options" of="Option"> <allow tlv="a" occurs="0..1" \(all)>\(doc)</allow> </list>
        <rule name="r" test="b != 3 or t == '&lt;b>12345'" \(all)>\(doc)</rule> <derive name="d" test="b == 3" \(all)>\(doc)</derive>
        <sample name="x" hex="01 3C2F703E3C623E22 00"/> <sample name="y" hex="0A 3C2F703E3C623E22 00" error="bad"/>
      </message>
      """
    let page = try page(content, " errors=\"Fault\" error=\"bad\" version=\"\(text)\" \(all)")
    #expect(page.main.text.contains(words))
    #expect(page.main.text.contains("</p><b>"))
    #expect(page.all.count { $0.name == "script" } == 1)
    let elements: Set = [
      "a", "b", "br", "code", "dd", "details", "div", "dl", "dt", "h1", "h2", "h3", "h4", "header", "i", "li", "ol", "p",
      "section",
    ]
    let more: Set = ["main", "span", "summary", "table", "tbody", "td", "th", "thead", "tr", "ul", "wbr"]
    let attributes: Set = [
      "aria-hidden", "aria-label", "class", "colspan", "data-f", "data-k", "data-n", "data-v", "href", "id", "style", "tabindex",
    ]
    for element in page.main.all {
      #expect(elements.union(more).contains(element.name))
      #expect(attributes.isSuperset(of: element.attributes.keys))
    }
  }

  static let references = [
    ("RFC 6887", "RFC 6887", "https://www.rfc-editor.org/rfc/rfc6887"),
    ("see RFC 6887.", "RFC 6887", "https://www.rfc-editor.org/rfc/rfc6887"),
    ("RFC 6887 section 11.1", "RFC 6887 section 11.1", "https://www.rfc-editor.org/rfc/rfc6887#section-11.1"),
    ("RFC 6887 11.1", "RFC 6887 11.1", "https://www.rfc-editor.org/rfc/rfc6887#section-11.1"),
    ("RFC 6887 section 8.", "RFC 6887 section 8", "https://www.rfc-editor.org/rfc/rfc6887#section-8"),
    ("RFC 791 2 octets", "RFC 791", "https://www.rfc-editor.org/rfc/rfc791"),
    (
      "draft-ietf-pce-pcep-19 sections 4 and 5.2", "draft-ietf-pce-pcep-19 sections 4",
      "https://datatracker.ietf.org/doc/html/draft-ietf-pce-pcep-19#section-4"
    ),
  ]

  @Test(arguments: references) func linksReferences(text: String, words: String, address: String) throws {
    let page = try page("<doc>\(text)</doc> <struct name=\"S\"> <field name=\"a\" type=\"u8\"/> </struct>")
    let links = page.main.all.filter { $0.attributes["href"]?.hasPrefix("https") == true }
    #expect(links.first?.text == words)
    #expect(links.first?.attributes["href"] == address)
    #expect(page.main.text.contains(text))
  }

  @Test(arguments: ["RFC", "RFC six", "RFC 123456", "ARFC 1", "Draft-x", "section 4.2", "é RFC", "draft-"])
  func leavesOtherWordsAlone(text: String) throws {
    let page = try page("<doc>\(text)</doc> <struct name=\"S\"> <field name=\"a\" type=\"u8\"/> </struct>")
    #expect(!page.main.all.contains { $0.attributes["href"]?.hasPrefix("https") == true })
    #expect(page.main.text.contains(text))
  }

  @Test func linksTheSectionsBehindTheFirst() throws {
    let page = try page(
      "<doc>RFC 1 sections 2, 3.1 and 4, and RFC 5.</doc> <struct name=\"S\"> <field name=\"a\" type=\"u8\"/> </struct>")
    let links = page.main.all.filter { $0.attributes["href"]?.hasPrefix("https") == true }
    #expect(links.map(\.text) == ["RFC 1 sections 2", "3.1", "4", "RFC 5"])
  }

  @Test func drawsWhatGoesOnInTheNextRow() throws {
    let page = try page(
      """
      <struct name="S"> <field name="a" type="u16"/> <field name="wide" type="u32"/> <field name="b" type="u16"/>
        <field name="long" type="octets" size="12"/> <field name="c" type="u8"/>
        <field name="tail" type="octets" size="rest"/> </struct>
      """)
    let diagram = try #require(page.all.first { $0.attributes["class"] == "bits" })
    let cells = diagram.elements.filter { $0.attributes["class"]?.hasPrefix("r") != true }.map { cell -> String in
      let words = cell.text.trimmingCharacters(in: .whitespacesAndNewlines)
      return cell.attributes["class"] == "g" ? "@\(words)" : "\(cell.attributes["style"]?.dropFirst(4) ?? "") \(words)"
    }
    #expect(
      cells == ["@0", "16 a", "16 wide", "@4", "16 ", "16 b", "@8", "32;--h:3 long 12 octets", "@20", "8 c", "24 tail"])
  }

  @Test func saysWhatEarnsACode() throws {
    let page = try page(
      """
      <codes name="Fault" type="u8"> <code name="bad" value="1"/> <code name="worse" value="2"/> </codes>
      <direction name="up"/> <message name="M" direction="up"> <field name="a" type="u8" min="1" error="worse"/>
        <field name="b" type="u8"/> <rule name="r" test="a != b" error="worse"/> </message>
      """, " errors=\"Fault\" error=\"bad\"")
    let row = try #require(page.element("Fault.worse"))
    let links = row.all.compactMap { $0.attributes["href"] }
    #expect(links.contains("#M.a") && links.contains("#M:rule:r"), "\(links)")
    #expect(row.text.contains("earned by 2 checks"))
  }

  @Test func escapesInMarkup() {
    let name = "<a & \"b\" 'c'>\u{0}\u{7}\u{FFFE}"
    let cell: HTML = "<td>\(name)</td>\(HTML(escaping: "<"))\(5)\(["<b></b>" as HTML])"
    #expect(cell.text == "<td>&lt;a &amp; &quot;b&quot; &#39;c&#39;&gt;\u{FFFD}\u{FFFD}\u{FFFD}</td>&lt;5<b></b>")
  }
}

// MARK: - The command

extension DocsTests {
  private static let good = Program.schema("<struct name=\"S\"> <field name=\"a\" type=\"u8\"/> </struct>")

  @Test func writesAPageForEachSchema() throws {
    let program = try Program()
    try program.write("one.xml", Self.good)
    try program.write("two.xml", Self.good)
    let run = try program.run(["docs", "one.xml", "two.xml", "-o", "deep/pages"])
    #expect((run.status, run.output, run.errors) == (0, "", ""))
    let page = try program.read("deep/pages/one.html")
    #expect(page.hasPrefix("<!DOCTYPE html>\n") && page.hasSuffix("</html>\n"))
    #expect(!page.contains(program.folder.path))
    #expect(try program.read("deep/pages/two.html") == page)
  }

  @Test func writesTheExtensionThatIsMerged() throws {
    let program = try Program()
    try program.write(
      "base.xml",
      Program.schema(
        """
        <tlvs name="Option"> <header> <tag name="code" type="u8"/> <length name="length" type="u8"/> </header>
          <unknown action="keep"/> <range from="9" to="9" use="private"/> </tlvs>
        <direction name="up"/> <message name="M" direction="up"> <list name="options" of="Option"/> </message>
        """))
    try program.write(
      "x.xml",
      """
      <extension xmlns="urn:wiregen:schema:1" name="X" of="base.xml" language="1"> <extend tlvs="Option">
        <tlv name="more" code="9"> <allow in="M.options" occurs="0..1"/> </tlv> </extend> </extension>
      """)
    #expect(try program.run(["docs", "base.xml", "--merge", "x.xml", "-o", "."]).status == 0)
    #expect(try program.read("base.html").contains("id=\"M.options.more\""))
    #expect(try program.run(["docs", "x.xml", "-o", "."]).status == 0)
    let page = try DocumentPage(try program.read("x.html"))
    #expect(page.element("MoreOption") != nil && page.element("M") == nil)
  }

  @Test func saysWhatCannotBeDone() throws {
    let program = try Program()
    try program.write("good.xml", Self.good)
    try program.write("bad.xml", Program.schema("<struct name=\"S\"> <field name=\"a\" type=\"u9\"/> </struct>"))
    let bad = try program.run(["docs", "bad.xml", "good.xml", "-o", "out"])
    #expect((bad.status, bad.output, bad.errorLines.count) == (1, "", 1))
    #expect(try program.read("out/good.html").hasPrefix("<!DOCTYPE html>"))
    let none = try program.run(["docs", "none.xml", "-o", "out"])
    #expect(none.status == 2)
    #expect(none.errorLines == ["none.xml:1:1: error: the file cannot be read"])
    let unwritable = try program.run(["docs", "good.xml", "-o", "good.xml"])
    #expect(unwritable.status == 2)
    #expect(unwritable.errorLines.count == 1)
    #expect(unwritable.errorLines.first?.hasPrefix("good.xml: error: cannot be made: ") == true)
    for arguments in [["docs"], ["docs", "good.xml"], ["docs", "-o", "out"], ["docs", "good.xml", "a/good.xml", "-o", "out"]] {
      #expect(try program.run(arguments).status == 64)
    }
    let help = try program.run(["docs", "--help"])
    #expect(help.status == 0)
    #expect(help.output.contains("  wiregen docs Schemas/pcp.xml -o Pages"))
  }
}

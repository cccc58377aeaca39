import Foundation
import Testing
import WireText

@testable import WiregenCore

/// What `wiregen format` makes of texts.
@Suite struct FormatTests {
  private func format(_ text: String) throws -> String {
    String(decoding: try SchemaFormatter.format(Array(text.utf8), file: "t.xml"), as: UTF8.self)
  }

  struct Example: CustomTestStringConvertible, Sendable {
    var name: String
    var before: String
    var after: String
    var testDescription: String { name }

    init(_ name: String, _ before: String, _ after: String) {
      (self.name, self.before, self.after) = (name, before, after)
    }
  }

  private static let opening = "<protocol xmlns=\"urn:wiregen:schema:1\" name=\"T\" language=\"1\">"
  private static let long = String(repeating: "x", count: 100)

  /// Content of a `<protocol>` before and after.
  static let examples = [
    Example("indentation", "<a>\n<b>\n\t<c/>\n      </b></a>", "  <a>\n    <b>\n      <c/>\n    </b>\n  </a>"),
    Example("what was in one line stays in one", "<a>  <b/><c/> </a>", "  <a><b/> <c/></a>"),
    Example("what was in several stays in several", "<a>\n<b/> <c/></a>", "  <a>\n    <b/> <c/>\n  </a>"),
    Example(
      "blank lines, one at most, none at the ends", "<a>\n\n\n<b/>\n\n\n\n<c/>\n\n</a>", "  <a>\n    <b/>\n\n    <c/>\n  </a>"),
    Example("empty elements", "<a></a>\n<b>  </b>\n<c />\n<doc></doc>", "  <a/>\n  <b/>\n  <c/>\n  <doc/>"),
    Example("attributes", "<field  type = 'u8'\n name='a'/>", "  <field name=\"a\" type=\"u8\"/>"),
    Example("quotes that are needed", "<field name='\"'/>", "  <field name='\"'/>"),
    Example("references", "<rule test=\"a &lt; 1 &#38; &quot;\"/>", "  <rule test=\"a &lt; 1 &#38; &quot;\"/>"),
    Example(
      "unknown attributes last, as they were", "<field z=\"1\" b=\"2\" spec=\"s\" name=\"n\"/>",
      "  <field name=\"n\" spec=\"s\" z=\"1\" b=\"2\"/>"),
    Example("line ends in values", "<rule test=\"a\n  and b\" name=\"r\"/>", "  <rule name=\"r\" test=\"a\n  and b\"/>"),
    Example("words of a doc", "<doc>\n  One  two\n three </doc>", "  <doc>One two three</doc>"),
    Example(
      "a doc that does not fit", "<doc>\(long) \(long) two</doc>", "  <doc>\(long)\n    \(long) two</doc>"),
    Example("blanks that are not XML's", "<doc>a\u{A0}b  c</doc>", "  <doc>a\u{A0}b c</doc>"),
    Example(
      "octets", "<sample><octets>\n 01  02\n\n   03 </octets></sample>",
      "  <sample>\n    <octets>\n      01  02\n      03\n    </octets>\n  </sample>"),
    Example("octets in one line", "<octets> 01  02 </octets>", "  <octets>01  02</octets>"),
    Example("CDATA is left as it is", "<doc><![CDATA[a  <b>]]>\n  c</doc>", "  <doc><![CDATA[a  <b>]]>\n  c</doc>"),
    Example("text that has no place is left as it is", "<a x='1'>  words\n<b/></a>", "  <a x='1'>  words\n<b/></a>"),
    Example("xml:space", "<a xml:space=\"preserve\">  <b/></a>", "  <a xml:space=\"preserve\">  <b/></a>"),
    Example("a comment in its own line", "<a>\n<!-- c -->\n<b/></a>", "  <a>\n    <!-- c -->\n    <b/>\n  </a>"),
    Example("a comment behind something", "<a/>   <!-- c -->\n<b/><!--d-->", "  <a/> <!-- c -->\n  <b/> <!--d-->"),
    Example("a comment behind a start tag", "<a> <!-- c --> <b/>\n</a>", "  <a> <!-- c -->\n    <b/>\n  </a>"),
    Example("a comment alone in an element", "<a><!-- c --></a>", "  <a><!-- c --></a>"),
    Example(
      "a comment of several lines keeps its shape", "<a>\n<!-- one\n       two\n  three\n -->\n</a>",
      "  <a>\n    <!-- one\n           two\n      three\n     -->\n  </a>"),
    Example("a comment before the end", "<a>\n<b/>\n<!-- c -->\n</a>", "  <a>\n    <b/>\n    <!-- c -->\n  </a>"),
    Example("instructions", "<?do  this?>\n<a/>", "  <?do  this?>\n  <a/>"),
    Example(
      "attributes that do not fit hang below the first",
      "<field name=\"a\" label=\"\(long)\" type=\"u8\" spec=\"RFC 1 section 2\"/>",
      "  <field name=\"a\" type=\"u8\"\n         label=\"\(long)\"\n         spec=\"RFC 1 section 2\"/>"),
    Example(
      "one line that does not fit",
      "<a><b label=\"\(long)\"/><c/><d/><e label=\"\(long)\"/></a>",
      "  <a>\n    <b label=\"\(long)\"/> <c/> <d/>\n    <e label=\"\(long)\"/>\n  </a>"),
    Example("line ends of other systems", "<a>\r\n<b/>\r</a>", "  <a>\n    <b/>\n  </a>"),
  ]

  @Test(arguments: examples) func laysOut(example: Example) throws {
    let formatted = try format("\(Self.opening)\n\(example.before)\n</protocol>")
    #expect(formatted == "\(Self.opening)\n\(example.after)\n</protocol>\n")
    #expect(try format(formatted) == formatted)
  }

  @Test func keepsWhatIsAroundTheRoot() throws {
    let text =
      "\u{FEFF}<?xml version='1.0'?><!-- a -->\n\n\n<?b c?>\n<protocol xmlns='urn:wiregen:schema:1'/>\n\n\n<!-- d\n e -->\n\n"
    let expected = "<?xml version='1.0'?> <!-- a -->\n\n<?b c?>\n<protocol xmlns=\"urn:wiregen:schema:1\"/>\n\n<!-- d\n e -->\n"
    #expect(try format(text) == expected)
    #expect(try format(expected) == expected)
  }

  @Test func keepsPrefixes() throws {
    let text = "<w:protocol xmlns:w='urn:wiregen:schema:1' name='T'><w:doc>a\n b</w:doc></w:protocol>"
    #expect(
      try format(text)
        == "<w:protocol xmlns:w=\"urn:wiregen:schema:1\" name=\"T\">\n  <w:doc>a b</w:doc>\n</w:protocol>\n")
  }

  @Test func refusesWhatIsNoSchema() {
    for (text, message) in [
      ("<a", "not well-formed XML: "), ("", "not well-formed XML: "), ("<!DOCTYPE a><a/>", "a document type is not allowed"),
      ("<html/>", "<html> is in no namespace"), ("<a>\u{0}</a>", "the file is not UTF-8"),
    ] {
      let error = #expect(throws: Diagnostic.self) { try format(text) }
      #expect(error?.message.hasPrefix(message) == true, "\(text): \(error?.description ?? "")")
    }
  }

  @Test func knowsEveryAttributeOfTheLanguage() {
    let known = Set(AttributeOrder.names)
    #expect(known.count == AttributeOrder.names.count)
    let all = Grammar.types.values.flatMap { $0.allAttributes.map(\.name) }
    #expect(Set(all).subtracting(known).sorted() == [])
    #expect(known.subtracting(all).sorted() == [])
  }
}

/// Formatting changes nothing but the layout: tried with every schema there is.
@Suite struct FormatMeaningTests {
  /// Folders whose files belong together.
  static let folders = [
    "Schemas", "Tests/KitWire", "Tests/Golden", "Tests/Schemas", "Tests/EverythingWire", "Tests/Vendor", "Tests/MustFail",
  ]

  /// The files of a folder, those formatted that are well-formed.
  private func formatted(_ files: [String: [UInt8]]) throws -> [String: [UInt8]] {
    try files.reduce(into: [:]) { result, file in
      let isXML = XMLParser.parse(file.value, file: file.key, Diagnostics()) != nil
      do {
        let once = try SchemaFormatter.format(file.value, file: file.key)
        #expect(isXML)
        result[file.key] = once
        let twice = try SchemaFormatter.format(once, file: file.key)
        #expect(twice == once, "\(file.key): formatting twice is not formatting once")
      } catch is Diagnostic {
        #expect(!isXML, "\(file.key)")
        result[file.key] = file.value
      }
    }
  }

  /// What a schema means, without any place in it.
  private func meaning(_ path: String, _ files: [String: [UInt8]]) -> (String?, [String]) {
    let outcome = resolve(path, in: files)
    let schema = outcome.schema.map { schema in
      let texts = schema.documentation.sorted { $0.key < $1.key }.map {
        "\($0.key): \($0.value.text ?? "-"), \($0.value.reference ?? "-")"
      }
      let samples = schema.samples.map { sample in
        let expectations = sample.expectations.map { "\($0.path)=\($0.value)" }
        return "\(sample.name) \(sample.body) \(sample.octets) \(sample.isCanonical) \(expectations)"
          + String(describing: sample.failure)
      }
      return ([schema.definition.text()] + texts + samples).joined(separator: "\n")
    }
    let messages = outcome.diagnostics.map { diagnostic in
      "\(diagnostic.position.file): \(diagnostic.severity): \(diagnostic.message)"
        .replacing(/line \d+|\.xml:\d+:\d+/, with: "place")
    }
    return (schema, messages.sorted())
  }

  private func compare(_ before: [String: [UInt8]], _ names: some Sequence<String>) throws {
    let after = try formatted(before)
    for name in names {
      let (first, second) = (meaning(name, before), meaning(name, after))
      #expect(first.0 == second.0, "\(name)")
      #expect(first.1 == second.1, "\(name)")
    }
  }

  @Test(arguments: folders) func changesNoMeaning(folder: String) throws {
    var files = files(below: folder)
    #expect(!files.isEmpty)
    if folder == "Tests/Vendor" { files.merge(WiregenTests.files(below: "Schemas")) { own, _ in own } }
    try compare(files, files.keys.sorted())
  }

  @Test func changesNoMeaningOfTheReference() throws {
    for example in Reference.examples {
      let (name, text) = Reference.file(example)
      try compare(Reference.files.merging([name: Array(text.utf8)]) { $1 }, [name])
    }
  }

  /// Files with white space changed anywhere between tags: whatever it is, formatting is done at once.
  @Test(arguments: ["Schemas/pcp.xml", "Tests/KitWire/kit.xml", "Tests/Golden/parcel.xml"])
  func isDoneAtOnce(path: String) throws {
    let text = try Repository.text(path)
    var random = SystemRandomNumberGenerator()
    let seed = UInt64.random(in: 0...UInt64.max, using: &random)
    var state = seed
    func next(_ limit: Int) -> Int {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int(state >> 33) % limit
    }
    let blanks = ["", " ", "\n", "\n\n\n", "\t ", " <!-- c -->", "\n<!-- a\n   b -->\n", "\r\n"]
    for _ in 0..<30 {
      let pieces = text.components(separatedBy: "><").joined(separator: "> <").components(separatedBy: ">")
      let changed = pieces.enumerated().map { index, piece -> String in
        // Text of elements, and the ends of comments, stay as they are.
        let rest = piece.drop { $0.isWhitespace }
        guard index > 1, rest.hasPrefix("<"), index < pieces.count - 1, next(3) == 0 else { return piece }
        return blanks[next(blanks.count)] + rest
      }.joined(separator: ">")
      guard let once = try? SchemaFormatter.format(Array(changed.utf8), file: path) else { continue }
      #expect(try SchemaFormatter.format(once, file: path) == once, "seed \(seed)")
      #expect(meaning(path, [path: once]).0 == meaning(path, [path: Array(changed.utf8)]).0, "seed \(seed)")
    }
  }
}

@Suite struct FormatCommandTests {
  private let program: Program
  private let ugly = Program.schema("<struct   name='S'><field type='u8' name='a'/></struct>")
  private let pretty = """
    <protocol xmlns="urn:wiregen:schema:1" name="T" language="1">
      <struct name="S"><field name="a" type="u8"/></struct>
    </protocol>

    """

  init() throws { program = try Program() }

  @Test func formatsInPlace() throws {
    try program.write("a.xml", ugly)
    try program.write("b.xml", pretty)
    let check = try program.run(["format", "--check", "a.xml", "b.xml"])
    #expect((check.status, check.output, check.errors) == (1, "a.xml\n", ""))
    #expect(try program.read("a.xml") == ugly)
    let format = try program.run(["format", "a.xml", "b.xml"])
    #expect((format.status, format.output, format.errors) == (0, "", ""))
    #expect(try program.read("a.xml") == pretty)
    #expect(try program.run(["format", "--check", "a.xml", "b.xml"]).status == 0)
    #expect(try FileManager.default.contentsOfDirectory(atPath: program.folder.path).sorted() == ["a.xml", "b.xml"])
  }

  @Test func keepsPermissionsAndLinks() throws {
    try program.write("real.xml", ugly)
    try FileManager.default.setAttributes([.posixPermissions: 0o640], ofItemAtPath: program.url("real.xml").path)
    try FileManager.default.createSymbolicLink(
      atPath: program.url("link.xml").path, withDestinationPath: "real.xml")
    #expect(try program.run(["format", "link.xml"]).status == 0)
    #expect(try program.read("real.xml") == pretty)
    let attributes = try FileManager.default.attributesOfItem(atPath: program.url("real.xml").path)
    #expect(attributes[.posixPermissions] as? Int == 0o640)
    #expect(try FileManager.default.destinationOfSymbolicLink(atPath: program.url("link.xml").path) == "real.xml")
  }

  @Test func leavesFilesAloneThatDoNotChange() throws {
    try program.write("b.xml", pretty)
    let old = Date(timeIntervalSince1970: 1_000_000_000)
    try FileManager.default.setAttributes([.modificationDate: old], ofItemAtPath: program.url("b.xml").path)
    #expect(try program.run(["format", "b.xml"]).status == 0)
    let attributes = try FileManager.default.attributesOfItem(atPath: program.url("b.xml").path)
    #expect(attributes[.modificationDate] as? Date == old)
  }

  @Test func leavesBrokenFilesAlone() throws {
    try program.write("bad.xml", "<protocol>\n<a>")
    try program.write("a.xml", ugly)
    let run = try program.run(["format", "bad.xml", "a.xml"])
    #expect(run.status == 1)
    #expect(run.errorLines.count == 1)
    #expect(run.errors.hasPrefix("bad.xml:2:"))
    #expect(run.errors.contains(": error: not well-formed XML: "))
    #expect(try program.read("bad.xml") == "<protocol>\n<a>")
    #expect(try program.read("a.xml") == pretty)
  }

  @Test func saysInOneLineWhatItCannotReadOrWrite() throws {
    let none = try program.run(["format", "none.xml"])
    #expect((none.status, none.errors) == (2, "none.xml:1:1: error: the file cannot be read\n"))
    // A disk that is full, as far as a process can have one of its own.
    let fields = (0..<40).map { "<field   name=\"a\($0)\" type=\"u8\"/>" }.joined(separator: "\n")
    let large = Program.schema("<struct name=\"S\">\(fields)</struct>")
    try program.write("a.xml", large)
    let full = try program.run(shell: "trap '' XFSZ; ulimit -f 1; exec \"$0\" format a.xml")
    #expect(full.status == 2)
    #expect(full.errorLines.count == 1, "\(full.errors)")
    #expect(full.errors.hasPrefix("a.xml:1:1: error: cannot be written: "), "\(full.errors)")
    #expect(try program.read("a.xml") == large)
    #expect(try FileManager.default.contentsOfDirectory(atPath: program.folder.path) == ["a.xml"])
  }

  @Test func hasHelp() throws {
    let help = try program.run(["format", "--help"])
    #expect(help.status == 0)
    #expect(help.output.contains("  wiregen format --check Schemas/pcp.xml"))
    #expect(try program.run(["format"]).status == 64)
    #expect(try program.run(["format", "--frobnicate", "a.xml"]).status == 64)
  }
}

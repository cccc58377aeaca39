import Foundation
import Testing

@testable import WiregenCore

/// What `wiregen lint` finds: each check with schemas that have a finding and schemas that have none.
@Suite struct LintTests {
  /// Files by name; `t.xml` is linted.
  private func lint(_ files: [String: String]) throws -> [LintFinding] {
    let octets = files.mapValues { Array($0.utf8) }
    let diagnostics = Diagnostics()
    var loader = SchemaLoader(diagnostics: diagnostics) { octets[$0] }
    let read = loader.load("t.xml")
    let loaded = try #require(read)
    let resolved = Resolver.resolve(loaded, diagnostics: diagnostics)
    #expect(diagnostics.all.map(\.description) == [])
    return SchemaLinter.lint(try #require(resolved), loaded: loaded, octets: octets["t.xml"] ?? [])
  }

  struct Example: CustomTestStringConvertible, Sendable {
    var name: String
    var check: LintCheck
    var content: String
    /// Place and part of the message of each finding of the check.
    var findings: [String]
    var testDescription: String { name }

    init(_ check: LintCheck, _ name: String, _ content: String, _ findings: String...) {
      (self.check, self.name, self.content, self.findings) = (check, name, content, findings)
    }
  }

  /// A list of options, for what needs a family.
  private static func family(_ elements: String, _ allow: String = "") -> String {
    """
    <tlvs name="Option"> <header> <tag name="code" type="u8"/> <length name="length" type="u8"/> </header>
    <unknown action="keep"/> \(elements)
    </tlvs>
    <direction name="up"/> <message name="M" direction="up"> <list name="options" of="Option"> \(allow) </list> </message>
    """
  }

  /// Content of a `<protocol>` that starts in line 2.
  static let examples: [Example] = [
    Example(
      .undocumented, "a struct without words", "<struct name=\"S\"><field name=\"a\" type=\"u8\"/></struct>",
      "2:1: <struct name=\"S\"> has no <doc>"),
    Example(.undocumented, "an empty doc", "<struct name=\"S\"><doc> </doc></struct>", "2:1: <struct name=\"S\"> has no <doc>"),
    Example(.undocumented, "a struct with words", "<struct name=\"S\"><doc>It is.</doc></struct>"),
    Example(
      .undocumented, "directions, messages, codes, families and elements",
      "<codes name=\"C\" type=\"u8\"><code name=\"a\" value=\"1\"/></codes>\n" + family("<tlv name=\"x\" code=\"1\"/>"),
      "2:1: <codes name=\"C\">", "3:1: <tlvs name=\"Option\">", "4:26: <tlv name=\"x\">", "6:1: <direction name=\"up\">",
      "6:24: <message name=\"M\">"),
    Example(
      .unsourced, "a struct without a reference", "<struct name=\"S\"/>",
      "2:1: <struct name=\"S\"> does not say where it is described"),
    Example(
      .unsourced, "a struct with one, and a part of it without",
      "<struct name=\"S\" spec=\"2\"><field name=\"a\" type=\"u8\"/></struct>"),
    Example(
      .unexplained, "a member without either", "<struct name=\"S\" spec=\"2\"><field name=\"a\" type=\"u8\"/></struct>",
      "2:27: <field name=\"a\"> has neither"),
    Example(
      .unexplained, "members with one of them, constants, and what is computed",
      """
      <struct name="S"><field name="a" type="u8" spec="2"/> <field name="b" type="u8"><doc>B.</doc></field>
      <field name="c" type="u8" const="1"/> <length name="d" type="u8" of="e"/> <field name="e" type="octets" spec="2"/></struct>
      """),
    Example(
      .unexplained, "bits, arrays and rules",
      """
      <struct name="S"><bits size="1"><bit name="a"/> <bitField name="b" width="7"/></bits>
      <count name="c" type="u8" of="d"/> <array name="d" of="u8"/>
      <rule name="e" test="a"/></struct>
      """, "2:33: <bit name=\"a\">", "2:49: <bitField name=\"b\">", "3:36: <array name=\"d\">", "4:1: <rule name=\"e\">"),
    Example(
      .naming, "an acronym in part small", "<struct name=\"S\"><field name=\"iPAddress\" type=\"ipv4\"/></struct>",
      "2:25: 'iPAddress' starts with one small letter"),
    Example(
      .naming, "words in capitals", "<struct name=\"MALFORMEDRequest\"/>\n<struct name=\"NOTALLOWED\"/>",
      "2:9: 'MALFORMEDRequest' has 9 capitals", "3:9: 'NOTALLOWED' has 10 capitals"),
    Example(
      .naming, "names as they should be",
      "<struct name=\"NATPMPHeader\"><field name=\"ipAddress\" type=\"ipv4\"/> <field name=\"sessionID\" type=\"u8\"/></struct>"),
    Example(
      .naming, "an element named after its family", family("<tlv name=\"filterOption\" code=\"1\"/>"),
      "3:31: the type of 'filterOption' is called 'FilterOptionOption'"),
    Example(.naming, "an element that is not", family("<tlv name=\"filter\" code=\"1\"/>")),
    Example(
      .label, "labels that say nothing, or the same",
      """
      <codes name="C" type="u8"><code name="a" value="1" label="a"/>
      <code name="b" value="2" label="B"/>
      <code name="c" value="3" label="B"/> <code name="d" value="4" label=" D"/></codes>
      """, "2:52: the label is the name", "4:26: 'B' is the label of 'b' too (line 3)", "4:63: ' D' has blanks"),
    Example(
      .label, "labels as they should be",
      "<codes name=\"C\" type=\"u8\"><code name=\"a\" value=\"1\" label=\"A\"/> <code name=\"b\" value=\"2\"/></codes>"),
    Example(
      .uncovered, "open codes with gaps",
      """
      <codes name="C" type="u8"><code name="a" value="1"/> <code name="b" value="3"/> <range from="5" to="200" use="reserved"/>
      </codes>
      <codes name="D" type="u4"><code name="a" value="1"/> <code name="b" value="3"/> <code name="c" value="5"/>
      <code name="d" value="7"/> <code name="e" value="9"/></codes>
      <codes name="E" type="u64"><code name="a" value="0"/></codes>
      """, "2:1: nothing is said about numbers 0, 2, 4 and 201 to 255 of 'C'",
      "4:1: nothing is said about numbers 0, 2, 4, 6 and 2 more of 'D'",
      "6:1: nothing is said about numbers 1 to 18446744073709551615 of 'E'"),
    Example(
      .uncovered, "codes that are closed or whole",
      """
      <codes name="C" type="u8" open="false"><code name="a" value="1"/></codes>
      <codes name="D" type="u1"><code name="a" value="0"/> <code name="b" value="1"/></codes>
      <codes name="E" type="u64"><code name="a" value="0"/> <range from="1" to="0xFFFFFFFFFFFFFFFF" use="unassigned"/></codes>
      """),
    Example(
      .uncovered, "a family", family("<tlv name=\"a\" code=\"0\"/>"),
      "2:1: nothing is said about codes 1 to 255 of 'Option'"),
    Example(
      .uncovered, "a whole family", family("<tlv name=\"a\" code=\"0\"/><range from=\"1\" to=\"255\" use=\"private\"/>")),
    Example(
      .unused, "structs and codes that no message leads to",
      """
      <direction name="up"/>
      <message name="M" direction="up"><field name="u" type="U"/></message>
      <struct name="U"><field name="k" type="K"/></struct>
      <codes name="K" type="u8"><code name="a" value="1"/></codes>
      <struct name="Lost"><field name="other" type="Other"/></struct>
      <struct name="Other"><field name="l" type="L"/></struct>
      <codes name="L" type="u8" classification="Kinds" classes="one two"><code name="a" value="1" class="one"/></codes>
      <direction name="down"/>
      """, "6:9: no message has a member of struct 'Lost'", "7:9: no message has a member of struct 'Other'",
      "8:8: no message has a member of codes 'L'", "8:50: no code is of class 'two'", "9:12: direction 'down' has no message"),
    Example(
      .unused, "what arrays, uses and bits lead to",
      """
      <direction name="up"/>
      <message name="M" direction="up"><use struct="H"/> <array name="ports" of="P" until="end"/></message>
      <struct name="H"><bits size="1"><bitField name="k" width="8" type="K"/></bits></struct>
      <struct name="P"><field name="a" type="u8"/></struct>
      <codes name="K" type="u8"><code name="a" value="1"/></codes>
      """),
    Example(.unused, "a schema for others to include", "<struct name=\"S\"/>\n<direction name=\"up\"/>"),
    Example(
      .unused, "elements that no list allows",
      family(
        "<tlv name=\"a\" code=\"1\"/> <tlv name=\"b\" code=\"2\"/>\n<tlv name=\"c\" code=\"3\"/>",
        "<allow tlv=\"a\" occurs=\"0..1\"/> <allow tlv=\"b\" occurs=\"0\"/>"),
      "3:56: no list allows 'b'", "4:6: no list allows 'c'"),
    Example(
      .unused, "a family without a list",
      """
      <tlvs name="Option"> <header> <tag name="code" type="u8"/> <length name="length" type="u8"/> </header>
      <unknown action="keep"/> <tlv name="a" code="1"/> </tlvs>
      <direction name="up"/> <message name="M" direction="up"/>
      """, "2:7: no list has elements of 'Option'"),
    Example(
      .acceptance, "acceptances that are used",
      """
      <!-- lint: accept undocumented because its name says all -->
      <!-- lint: accept unsourced because no document has it -->
      <struct name="S"><field name="a" type="u8"/>
      <!-- lint: accept unexplained because this is a test --></struct>
      <codes name="C" type="u8">
      <!-- lint: accept uncovered because
           the others are not ours -->
      <doc>Codes.</doc> <code name="a" value="1"/></codes>
      <!-- linting is something else; so is this lint: accept -->
      """),
    Example(
      .acceptance, "acceptances that are not right",
      """
      <!-- lint: accept unused -->
      <!-- lint: accept unused because -->
      <!-- lint: accept unusd because of this -->
      <!-- lint: unused because of this -->
      <!-- lint:accept unused because of this -->
      <!-- lint: accept acceptance because of this -->
      <!-- lint: accept naming because of this -->
      <struct name="S"/>
      """, "2:1: the reason is missing", "3:1: the reason is missing", "4:1: there is no check 'unusd'; did you mean 'unused'?",
      "5:1: this accepts nothing", "6:1: this accepts nothing", "7:1: there is no check 'acceptance'",
      "8:1: there is no finding 'naming' here to accept"),
  ]

  @Test(arguments: examples) func finds(example: Example) throws {
    let text = Program.schema(example.content, " spec=\"RFC 1\"")
    // What is in line 1 is about the protocol itself.
    let found = try lint(["t.xml": text]).filter { $0.check == example.check && $0.position.line > 1 }
    let texts = found.map { "\($0.position.line):\($0.position.column): \($0.message)" }
    #expect(texts.count == example.findings.count, "\(texts)")
    for (text, expected) in zip(texts, example.findings) { #expect(text.hasPrefix(expected)) }
  }

  @Test func everyCheckHasExamplesOfBothKinds() {
    for check in LintCheck.allCases {
      #expect(Self.examples.contains { $0.check == check && $0.findings.isEmpty }, "\(check)")
      #expect(Self.examples.contains { $0.check == check && !$0.findings.isEmpty }, "\(check)")
    }
  }

  @Test func acceptsForOneElementAndAllInIt() throws {
    let content = """
      <!-- lint: accept unexplained because this is a test -->
      <struct name="A"><field name="a" type="u8"/></struct>
      <struct name="B"><field name="a" type="u8"/></struct>
      """
    let found = try lint(["t.xml": Program.schema(content)]).filter { $0.check == .unexplained }
    #expect(found.map(\.position.line) == [4])
  }

  @Test func asksForADocumentOnce() throws {
    let found = try lint(["t.xml": Program.schema("<struct name=\"A\"/>")]).filter { $0.check == .unsourced }
    #expect(found.map { "\($0.position)" } == ["t.xml:1:1"])
  }

  @Test func judgesIncludesByWhatTheyBring() throws {
    let main = Program.schema(
      """
      <include file="used.xml"/> <include file="unused.xml"/>
      <direction name="up"/> <message name="M" direction="up"><field name="s" type="Used"/></message>
      """)
    let files = [
      "t.xml": main, "used.xml": Program.schema("<struct name=\"Used\"/> <struct name=\"More\"/>"),
      "unused.xml": Program.schema("<struct name=\"Unused\"/>"),
    ]
    let found = try lint(files).filter { $0.check == .unused }
    #expect(
      found.map(\.description)
        == ["t.xml:2:28: warning: nothing of 'unused.xml' is used; leave the <include> out [unused]"])
  }

  @Test func judgesExtensionsByThemselves() throws {
    let base = Program.schema(Self.family("<range from=\"9\" to=\"99\" use=\"private\"/>"))
    let text = """
      <extension xmlns="urn:wiregen:schema:1" name="X" of="base.xml" language="1"><doc>Adds.</doc>
      <struct name="Used"><doc>Is used.</doc></struct>
      <struct name="Lost"><doc>Is not.</doc></struct>
      <extend tlvs="Option"><tlv name="more" code="9"><doc>More.</doc>
      <field name="used" type="Used" spec="2"/> <allow in="M.options" occurs="0..1"/></tlv></extend></extension>
      """
    #expect(
      try lint(["t.xml": text, "base.xml": base]).map(\.description)
        == ["t.xml:3:9: warning: no message has a member of struct 'Lost' [unused]"])
  }

  /// The protocols of the project have none, but what they accept with a reason.
  @Test(arguments: try Repository.names(in: "Schemas", ending: ".xml")) func findsNothing(name: String) throws {
    let path = "Schemas/\(name)"
    let (loaded, resolved) = try load(path)
    let octets = try #require(Repository.octets(path))
    #expect(SchemaLinter.lint(resolved, loaded: loaded, octets: octets).map(\.description) == [])
  }
}

@Suite struct LintCommandTests {
  private let program: Program

  init() throws {
    program = try Program()
    let document = " spec=\"RFC 1\""
    try program.write(
      "clean.xml", Program.schema("<doc>A test.</doc> <struct name=\"S\" spec=\"1\"><doc>S.</doc></struct>", document))
    try program.write("poor.xml", Program.schema("<doc>A test.</doc> <struct name=\"S\" spec=\"1\"/>", document))
    try program.write("bad.xml", "<protocol/>")
  }

  private let finding = "<struct name=\\\"S\\\"> has no <doc>; say in a sentence what it is"

  @Test func printsFindings() throws {
    let run = try program.run(["lint", "clean.xml", "poor.xml"])
    #expect(run.status == 1)
    #expect(run.errors == "")
    #expect(
      run.output
        == "poor.xml:2:20: warning: <struct name=\"S\"> has no <doc>; say in a sentence what it is [undocumented]\n")
    let clean = try program.run(["lint", "clean.xml"])
    #expect((clean.status, clean.output, clean.errors) == (0, "", ""))
  }

  @Test func printsJSON() throws {
    let run = try program.run(["lint", "--json", "poor.xml"])
    #expect(run.status == 1)
    #expect(
      run.output == """
        {
          "findings": [
            {
              "file": "poor.xml",
              "line": 2,
              "column": 20,
              "check": "undocumented",
              "message": "\(finding)"
            }
          ]
        }

        """)
    let clean = try program.run(["lint", "--json", "clean.xml"])
    #expect((clean.status, clean.output) == (0, "{\n  \"findings\": []\n}\n"))
  }

  @Test func goesOnBehindWhatIsWrong() throws {
    let bad = try program.run(["lint", "bad.xml", "poor.xml"])
    #expect((bad.status, bad.lines.count) == (1, 1))
    #expect(bad.errors.hasPrefix("bad.xml:1:1: error: "))
    let none = try program.run(["lint", "none.xml", "bad.xml", "poor.xml"])
    #expect((none.status, none.lines.count) == (2, 1))
    #expect(none.errors.hasPrefix("none.xml:1:1: error: the file cannot be read\n"))
    #expect(try program.run(["lint"]).status == 64)
    let help = try program.run(["lint", "--help"])
    #expect(help.status == 0)
    #expect(help.output.contains("  wiregen lint Schemas/pcp.xml"))
  }
}

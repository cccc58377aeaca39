import Testing
import WireText

@testable import WiregenCore

@Suite struct ResolverTests {
  private static let schema = """
    <codes name="Fault" type="u8"> <code name="bad" value="1" label="BAD"/> <code name="worse" value="2"/> </codes>
    <direction name="up"/>
    <struct name="Head"> <field name="version" type="u8"/> <bits size="1"> <bit name="loud"/>
      <bitField name="kind" width="7" max="9"/> </bits> <rule name="sane" test="kind != 3"/> </struct>
    <tlvs name="Option" align="4" error="worse">
      <header> <tag name="code" type="u8"/> <length name="length" type="u8" counts="element" plus="1"/> </header>
      <unknown from="128" action="reject" error="bad"/> <unknown action="keep"/>
      <tlv name="note" code="1"> <field name="text" type="text" size="rest" max="9"/> </tlv>
      <range from="200" to="255" use="private"/>
    </tlvs>
    <message name="Ask" direction="up" error="worse">
      <use struct="Head"> <match field="version" value="2"/> </use>
      <length name="size" type="u16" of="data" counts="element" unit="4" plus="2"/>
      <field name="data" type="octets" max="8" error="bad"/>
      <list name="options" of="Option"> <allow tlv="note" occurs="1..*" max="3" missing="bad"/> </list>
    </message>
    """

  private static let attributes = "errors=\"Fault\" error=\"bad\" byteOrder=\"little\" maxSize=\"100\""

  private func number(_ name: String, _ shape: IntegerShape, code: UInt64?) -> Member {
    Member(name: name, label: name, kind: .integer(shape), code: code)
  }

  private func head(code: UInt64?, version: Int128? = nil) -> [Member] {
    let bits = [
      number("loud", IntegerShape(bits: 1, isBoolean: true), code: code),
      number("kind", IntegerShape(bits: 7, maximum: 9), code: code),
    ]
    return [
      number("version", IntegerShape(bits: 8, constant: version), code: code),
      Member(name: "", label: "", kind: .bits(octets: 1, isLittleEndian: false, members: bits), code: code),
    ]
  }

  private func sane(code: UInt64?) -> RuleDefinition {
    RuleDefinition(name: "sane", test: .binary(.notEqual, .path(["kind"]), .number(3)), code: code)
  }

  private var codes: [CodesDefinition] {
    [
      CodesDefinition(
        name: "Fault", bits: 8, isOpen: true,
        codes: [.init(name: "bad", value: 1, label: "BAD"), .init(name: "worse", value: 2, label: "worse")]),
      CodesDefinition(
        name: "OptionCode", bits: 8, isOpen: true, codes: [.init(name: "note", value: 1, label: "note")],
        ranges: [.init(first: 200, last: 255, use: "private")]),
    ]
  }

  private var family: FamilyDefinition {
    FamilyDefinition(
      name: "Option",
      header: [
        number("code", IntegerShape(bits: 8, codes: 1), code: 2), number("length", IntegerShape(bits: 8), code: 2),
      ],
      tag: 0, length: 1, lengthCountsElement: true, lengthPlus: 1, alignment: 4,
      unknown: [
        .init(first: 128, last: 255, direction: nil, action: .reject, code: 1),
        .init(first: 0, last: 255, direction: nil, action: .keep, code: 2),
      ],
      elements: [.init(name: "note", label: "note", tag: 1, body: 1, code: 2)], codes: 1, code: 2)
  }

  private var message: BodyDefinition {
    let size = IntegerShape(
      bits: 16, isLittleEndian: true, computed: .size(of: "data", unit: 4, plus: 4))
    let octets = WireExpression.binary(
      .subtract, .binary(.multiply, .path(["size"]), .number(4)), .number(4))
    let note = ListShape.Allowed(element: 0, minimum: 1, maximum: 3, missingCode: 1, excessCode: 2)
    return BodyDefinition(
      name: "Ask",
      members: head(code: 2, version: 2) + [
        number("size", size, code: 2),
        Member(
          name: "data", label: "data", kind: .octets(OctetsShape(.expression(octets), maximum: 8)), code: 1),
        Member(name: "options", label: "options", kind: .list(ListShape(family: 0, allowed: [note])), code: 2),
      ],
      rules: [sane(code: 2)],
      message: MessageTraits(
        direction: 0,
        matches: [.init(member: "version", offset: 0, size: 1, shift: 0, bits: 8, first: 2, last: 2, code: 2)],
        maximumSize: 100, sizeCode: 2, code: 2), code: 2)
  }

  @Test func definesWhatTheSchemaSays() throws {
    let outcome = resolve(content: Self.schema, attributes: Self.attributes)
    #expect(outcome.lines == [])
    let definition = try #require(outcome.schema?.definition)
    let text9 = MemberKind.text(TextShape(.rest, maximum: 9))
    #expect(definition.codes == codes)
    #expect(definition.families == [family])
    #expect(definition.bodies[0] == BodyDefinition(name: "Head", members: head(code: 1), rules: [sane(code: 1)], code: 1))
    #expect(
      definition.bodies[1]
        == BodyDefinition(
          name: "NoteOption", members: [Member(name: "text", label: "text", kind: text9, code: 2)], code: 2))
    #expect(definition.bodies[2] == message)
    #expect(definition.messages == [2])
    #expect(definition.errorCodes == 0)
    #expect(definition.directions == ["up"])
  }

  /// The code of a message reaches the members that a `<use>` takes in, unless their struct has one.
  @Test func codesOfUsedMembers() throws {
    let text = Self.schema.replacing("<struct name=\"Head\">", with: "<struct name=\"Head\" error=\"bad\">")
      .replacing("max=\"8\" error=\"bad\"", with: "max=\"8\"")
    let definition = try #require(resolve(content: text, attributes: Self.attributes).schema?.definition)
    #expect(definition.bodies[2].members.map(\.code) == [1, 1, 2, 2, 2])
    #expect(definition.bodies[2].rules.map(\.code) == [1])
  }

  @Test func keepsRulesInTheirPlace() throws {
    let outcome = resolve(
      content: """
        <struct name="H"> <field name="a" type="u8"/> <rule name="inner" test="a == 1"/> </struct>
        <struct name="S"> <rule name="first" test="b == 1"/> <use struct="H"/> <field name="b" type="u8"/>
          <rule name="last" test="a == b"/> </struct>
        """)
    #expect(outcome.lines == [])
    #expect(outcome.schema?.definition.bodies[1].rules.map(\.name) == ["first", "inner", "last"])
  }

  @Test func documentsWhatItTakesIn() throws {
    let outcome = resolve(
      content: """
        <struct name="H"> <field name="a" type="u8" spec="RFC 1"> <doc> Two
          words. </doc> </field> </struct> <struct name="S"> <use struct="H"/> </struct>
        """)
    #expect(outcome.schema?.documentation["S.a"]?.text == "Two words.")
    #expect(outcome.schema?.documentation["S.a"]?.reference == "RFC 1")
  }

  @Test func extendsTheSamplesOfItsOwnOnly() throws {
    let files = [
      "base.xml": Array(
        """
        <protocol xmlns="\(schemaNamespace)" name="Base" language="1">
          <struct name="S"> <field name="a" type="u8"/> <sample name="s" hex="01"/> </struct>
        </protocol>
        """.utf8),
      "x.xml": Array(
        """
        <extension xmlns="\(schemaNamespace)" name="X" of="base.xml" language="1">
          <struct name="T"> <field name="s" type="S"/> <sample name="t" hex="02"/> </struct>
        </extension>
        """.utf8),
    ]
    let outcome = resolve("x.xml", in: files)
    #expect(outcome.lines == [])
    #expect(outcome.schema?.samples.map(\.name) == ["t"])
    #expect(outcome.schema?.files == ["x.xml", "base.xml"])
    #expect(outcome.schema?.addition?.bodies == 1..<2)
  }

  /// Types that generated code names are not to be hidden by those of a schema.
  @Test func knowsTheTypesOfWire() throws {
    for name in try Repository.names(in: "Sources/Wire", ending: ".swift") {
      for line in try Repository.text("Sources/Wire/\(name)").split(separator: "\n") {
        let words = line.split(separator: " ", omittingEmptySubsequences: false)
        guard words.count > 2, words[0] == "public", ["struct", "enum", "protocol", "class"].contains(words[1]) else {
          continue
        }
        let type = words[2].prefix { $0.isLetter || $0.isNumber }
        #expect(SwiftTypes.names.contains(String(type)), "\(type)")
      }
    }
  }
}

@Suite struct SizesTests {
  @Test func addUp() throws {
    let schema = try #require(
      resolve(
        content: """
          <struct name="Fixed"> <field name="a" type="u24"/> <bits size="2"> <reserved width="16"/> </bits>
            <reserved size="3"/> <field name="b" type="ipv6"/> <field name="c" type="text" size="4"/> </struct>
          <struct name="Varying"> <field name="f" type="Fixed"/> <field name="m" type="mac" when="f.a == 1"/>
            <field name="t" type="octets" size="rest" min="2"/> </struct>
          <struct name="Counted"> <count name="n" type="u8" of="a"/> <array name="a" of="Fixed"/> </struct>
          <struct name="Open"> <field name="v" type="Varying"/> </struct>
          """
      ).schema)
    let sizes = Sizes(schema.definition)
    #expect((0..<4).map { sizes.fixed(ofBody: $0) } == [28, nil, nil, nil])
    #expect((0..<4).map { sizes.minimum(ofBody: $0) } == [28, 30, 1, 30])
    #expect((0..<4).map { sizes.depth(ofBody: $0) } == [1, 2, 1, 3])
    #expect((0..<4).map { sizes.takesTheRest(body: $0) } == [false, true, false, true])
  }
}

@Suite struct OccurrenceTests {
  @Test(
    arguments: [
      ("1", 1, 1), ("0", 0, 0), ("0..1", 0, 1), ("0..*", 0, nil), ("3..*", 3, nil), ("2..5", 2, 5), ("4..4", 4, 4),
    ] as [(String, Int, Int?)])
  func reads(text: String, minimum: Int, maximum: Int?) {
    let occurrence = Occurrence(text)
    #expect(occurrence?.minimum == minimum)
    #expect(occurrence?.maximum == maximum)
    #expect(occurrence != nil)
  }

  @Test(arguments: ["", "*", "*..1", "1..", "..1", "1..0", "1...2", "-1", "1..2..3", "a", "+1", "99999999999"])
  func refuses(text: String) { #expect(Occurrence(text) == nil) }
}

@Suite struct SampleRunnerTests {
  private func run(_ content: String) -> [String] { resolve(content: content).diagnostics.map(\.message) }

  @Test func passesWhatIsRight() {
    #expect(
      run(
        """
        <struct name="S"> <field name="a" type="u8" min="1"/> <reserved size="1"/> <field name="t" type="text" size="rest"/>
          <sample name="plain" hex="01 00 6869"> <expect path="a" value="1"/> <expect path="t" value="hi"/> </sample>
          <sample name="soiled" hex="01 ff" canonical="false"/>
          <sample name="zero" hex="00 00" kind="range" at="a" offset="0"/>
          <sample name="short"> <octets> 0 1
            </octets> </sample> </struct>
        """) == ["sample 'short' does not decode: offset 1: S.reserved: the octets end before it does"])
  }

  @Test func saysAllThatIsWrong() {
    #expect(
      run(
        """
        <struct name="S"> <field name="a" type="u8" min="1"/>
          <sample name="x" hex="02"> <expect path="a" value="1"/> <expect path="b" value="1"/> </sample>
          <sample name="y" hex="00"/> </struct>
        """
      ).count == 3)
  }
}

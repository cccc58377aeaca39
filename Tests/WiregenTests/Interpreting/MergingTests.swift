import Testing
import WireText

@testable import WiregenCore

@Suite("Interpreted: what extensions add") struct MergingTests {
  private static let base = """
    <protocol xmlns="urn:wiregen:schema:1" name="Base" language="1" errors="Fault" error="malformed">
      <codes name="Fault" type="u8"> <code name="malformed" value="1"/> <code name="one" value="2"/> </codes>
      <codes name="Transport" type="u8"> <code name="udp" value="17"/> </codes>
      <direction name="any"/>
      <struct name="Point"> <field name="x" type="u8"/> </struct>
      <tlvs name="Option" error="one">
        <header> <tag name="code" type="u8"/> <length name="length" type="u8"/> </header> <unknown action="keep"/>
        <tlv name="a" code="1"> <field name="x" type="u8"/> </tlv> <tlv name="b" code="2"/>
        <range from="128" to="255" use="private"/>
      </tlvs>
      <message name="Ask" direction="any">
        <list name="options" of="Option" order="listed"> <allow tlv="a" occurs="0..*"/> <allow tlv="b" occurs="0..1"/> </list>
      </message>
    </protocol>
    """

  private static let vendor = """
    <extension xmlns="urn:wiregen:schema:1" name="Acme" of="base.xml" language="1">
      <codes name="Speed" type="u8"> <code name="slow" value="1"/> <code name="fast" value="2"/> </codes>
      <struct name="Burst"> <field name="speed" type="Speed"/> <field name="point" type="Point"/> </struct>
      <extend tlvs="Option">
        <tlv name="burst" code="200" label="BURST"> <field name="burst" type="Burst"/> <field name="via" type="Transport"/>
          <allow in="Ask.options" occurs="0..1" error="malformed"/>
        </tlv>
        <tlv name="mark" code="201"> <allow in="Ask.options" occurs="0..*"/> </tlv>
      </extend>
    </extension>
    """

  private func definitions() throws -> (base: ProtocolDefinition, vendor: ProtocolDefinition) {
    let files = ["base.xml": Array(Self.base.utf8), "vendor.xml": Array(Self.vendor.utf8)]
    let base = resolve("base.xml", in: files)
    let vendor = resolve("vendor.xml", in: files)
    #expect(base.lines == [] && vendor.lines == [])
    return (try #require(base.schema).definition, try #require(vendor.schema).definition)
  }

  private func merged() throws -> Interpreter {
    let (base, vendor) = try definitions()
    let additions = [
      ListAddition("Acme", in: "Ask", "options", tag: 200, maximum: 1, missingCode: 1, excessCode: 1, from: vendor),
      ListAddition("Acme", in: "Ask", "options", tag: 201, minimum: 1, missingCode: 2, from: vendor),
      // Of another protocol.
      ListAddition("Acme", in: "Elsewhere", "options", tag: 200, from: vendor),
    ]
    return Interpreter(base.merging(additions))
  }

  @Test("The vendor's elements are known by name, and checked like the protocol's own") func elements() throws {
    let interpreter = try merged()
    let body = try #require(interpreter.body(named: "Ask"))
    // Where the list asks for an order, what is added stands anywhere.
    let octets = octets("c80302 0511 010109 c900 0200")
    let decoded = try interpreter.decode(body, octets)
    #expect(
      decoded.json(interpreter).text()
        == #"{"message":"Ask","options":[{"burst":{"burst":{"speed":"fast","point":{"x":5}},"via":"udp"}},"#
        + #"{"a":{"x":9}},{"mark":{}},{"b":{}}]}"#)
    #expect(decoded.tree.dump().contains("BURST (200)"))
    #expect(try interpreter.encode(body, decoded.tree.value) == octets)
    #expect(try interpreter.encode(body, interpreter.message(fromJSON: decoded.json(interpreter)).value) == octets)
    #expect(interpreter.annotation(body, octets).contains("options[0].burst.burst.speed"))
    let definition = interpreter.definition
    #expect(definition.families[0].elements.map(\.addition) == [nil, nil, "Acme", "Acme"])
    #expect(
      definition.bodies.filter { $0.name == "Point" }.count == 1 && definition.codes.filter { $0.name == "Transport" }.count == 1)
    #expect(definition.codes[definition.families[0].codes].codes.map(\.name) == ["a", "b", "burst", "mark"])
  }

  @Test("What is wrong with the vendor's elements") func violations() throws {
    let interpreter = try merged()
    let body = try #require(interpreter.body(named: "Ask"))
    func violations(_ hexadecimal: String) -> [String] {
      interpreter.violations(body, octets(hexadecimal)).map { "\($0.kind.name) \($0.offset) \($0.member): \($0.codeName ?? "-")" }
    }
    #expect(violations("c900") == [])
    #expect(violations("c900 c80102") == ["truncated 5 options[1].burst.burst.point.x: malformed"])
    #expect(violations("c900 c8020205") == ["truncated 6 options[1].burst.via: one"])
    #expect(violations("c90100") == ["trailing 2 options[0].mark: one"])
    // The protocol's own first, then in the order of the registry.
    #expect(
      violations("0200 0200 c803010111 c803010111") == [
        "excess 2 options[1].b: one", "excess 9 options[3].burst: malformed", "missing 14 options.mark: one",
      ])
  }

  @Test("Without extensions nothing changes, and merging twice is merging once") func idle() throws {
    let (base, vendor) = try definitions()
    #expect(base.merging([]) == base)
    let addition = ListAddition("Acme", in: "Ask", "options", tag: 200, from: vendor)
    #expect(base.merging([addition, addition]) == base.merging([addition]))
    #expect(base.merging([ListAddition("Acme", in: "Ask", "options", tag: 250, from: vendor)]) == base)
  }
}

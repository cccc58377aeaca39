import Testing

@testable import WiregenCore

/// A schema of thousands of definitions, so that nothing in the generator goes through all of them for each of them.
enum LargeSchema {
  /// As many elements, as many codes with errors of their own, a tenth as many structs and messages.
  static func text(elements count: Int) -> String {
    var lines = [
      "<protocol xmlns=\"\(schemaNamespace)\" name=\"Large\" language=\"1\" errors=\"Fault\" error=\"fault0\">",
      "<direction name=\"request\"/>", "<codes name=\"Fault\" type=\"u32\">",
    ]
    lines += (0..<count).map { "<code name=\"fault\($0)\" value=\"\($0)\" label=\"FAULT \($0)\"/>" }
    lines += ["</codes>", "<tlvs name=\"Option\">"]
    lines += ["<header> <tag name=\"code\" type=\"u32\"/> <length name=\"length\" type=\"u16\"/> </header>"]
    lines += ["<unknown action=\"keep\"/>"]
    lines += (0..<count).map { element($0) }
    lines += (0..<count).map { "<range from=\"\(100_000 + 10 * $0)\" to=\"\(100_005 + 10 * $0)\" use=\"private\"/>" }
    lines += ["</tlvs>"]
    for index in 0..<count / 10 {
      lines += ["<struct name=\"Pair\(index)\"> <field name=\"a\" type=\"u16\"/> <field name=\"b\" type=\"u16\"/>"]
      lines += ["<rule name=\"ordered\" test=\"a le b\"/> </struct>"]
      lines += message(index, of: count)
    }
    return lines.joined(separator: "\n") + "\n</protocol>\n"
  }

  private static func element(_ index: Int) -> String {
    """
    <tlv name="element\(index)" code="\(index)" error="fault\(index)"> <field name="pair" type="Pair\(index / 10)"/>
    <field name="text" type="text" size="rest" max="64"/> <rule name="set" test="pair.a != \(index)" error="fault\(index)"/>
    <sample name="plain" hex="\(index == 0 ? "0001" : "0000") ffff 6869"> <expect path="text" value="hi"/> </sample> </tlv>
    """
  }

  private static func message(_ index: Int, of count: Int) -> [String] {
    let uses = (0..<10).map { "<allow tlv=\"element\((10 * index + $0) % count)\" occurs=\"0..1\"/>" }
    return [
      "<message name=\"Message\(index)\" direction=\"request\"> <field name=\"kind\" type=\"u32\"/>",
      "<use struct=\"Pair\(index)\"/> <match field=\"kind\" value=\"\(index)\"/>",
      "<list name=\"options\" of=\"Option\"> \(uses.joined(separator: " ")) </list> </message>",
    ]
  }
}

@Suite struct ScaleTests {
  @Test func resolvesThousandsOfElements() throws {
    let outcome = resolve(LargeSchema.text(elements: 3000))
    #expect(outcome.lines == [])
    let definition = try #require(outcome.schema?.definition)
    #expect(definition.families[0].elements.count == 3000)
    #expect(definition.messages.count == 300)
    #expect(outcome.schema?.samples.count == 3000)
  }

  /// As many diagnostics as definitions, none twice.
  @Test func reportsThousandsOfFaults() {
    let text = LargeSchema.text(elements: 1000).replacing("test=\"pair.a", with: "test=\"pare.a")
      .replacing("type=\"text\"", with: "type=\"txet\"")
    let outcome = resolve(text)
    #expect(outcome.diagnostics.count == 2000)
    #expect(Set(outcome.diagnostics).count == 2000)
  }

  /// Structs in each other, so that each holds the one below twice: sizes are worked out once for each.
  @Test func worksOutSizesOnce() {
    let structs = (0..<15).map { index in
      "<struct name=\"S\(index)\"> <array name=\"a\" of=\"S\(index + 1)\" until=\"end\"/> </struct>"
    }
    let outcome = resolve(content: structs.joined() + "<struct name=\"S15\"> <field name=\"a\" type=\"u8\"/> </struct>")
    #expect(!outcome.lines.isEmpty)
    let doubled = (0..<15).map { index in
      "<struct name=\"S\(index)\"> <field name=\"a\" type=\"S\(index + 1)\"/> <field name=\"b\" type=\"S\(index + 1)\"/> </struct>"
    }
    let other = resolve(content: doubled.joined() + "<struct name=\"S15\"> <field name=\"a\" type=\"u8\"/> </struct>")
    #expect(other.schema.map { Sizes($0.definition).fixed(ofBody: 0) } == 32_768)
  }

  /// A chain far deeper than is allowed ends in a diagnostic, not in the stack.
  @Test func endsChains() {
    let chain = (0..<5000).map { "<struct name=\"S\($0)\"> <field name=\"a\" type=\"S\($0 + 1)\"/> </struct>" }
    let outcome = resolve(content: chain.joined() + "<struct name=\"S5000\"> <field name=\"a\" type=\"u8\"/> </struct>")
    #expect(outcome.schema == nil)
    let reversed = resolve(
      content: "<struct name=\"S5000\"> <field name=\"a\" type=\"u8\"/> </struct>" + chain.reversed().joined())
    #expect(reversed.lines.count == 1, "\(reversed.lines.prefix(3))")
  }
}

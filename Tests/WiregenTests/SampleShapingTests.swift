import Testing
import Wire
import WireText

@testable import WiregenCore

/// What samples show of one construct each that chance alone would hardly come to.
@Suite("Samples that are made for what a schema asks for") struct SampleShapingTests {
  /// What a schema's samples should show, and what they do not.
  private func covered(_ content: String) throws -> (goals: Set<String>, missing: [String], samples: [MadeSample]) {
    let outcome = resolve(content: "<direction name=\"way\"/>" + content)
    let interpreter = Interpreter(try #require(outcome.schema, "\(outcome.diagnostics)").definition)
    var coverage = SampleCoverage(interpreter, bodies: interpreter.definition.messages, seed: 1)
    coverage.run()
    let judge = SampleJudge(interpreter)
    for sample in coverage.samples { #expect(judge.violations(of: sample.octets, sample.body).first == sample.violation) }
    return (Set(coverage.goals.map(\.description)), coverage.missing.map(\.description), coverage.samples)
  }

  /// A rule over a message holds, and earns what it is there for.
  private func show(_ test: String, _ members: String, _ definitions: String = "") throws {
    let (goals, missing, _) = try covered(
      """
      \(definitions)
      <message name="M" direction="way" maxSize="4096"> \(members) <rule name="r" test="\(test)"/> </message>
      """)
    #expect(goals.isSuperset(of: ["rule that holds: M.r", "refused: M: rule 'r'"]))
    #expect(missing == [], "\(test)")
  }

  private static let name = "<struct name=\"Name\"> <field name=\"text\" type=\"text\" prefix=\"u8\" min=\"1\"/> </struct>"
  private static let names = """
    <count name="knownCount" type="u8" of="known"/> <array name="known" of="Name"/>
    <count name="usedCount" type="u8" of="used"/> <array name="used" of="Name"/>
    """

  @Test func numbersThatAreAlmostNeverDrawn() throws {
    try show("a * 3 + b == 123456", "<field name=\"a\" type=\"u32\"/> <field name=\"b\" type=\"u8\"/>")
    try show("a gt 4000000000 and b == a - 7", "<field name=\"a\" type=\"u32\"/> <field name=\"b\" type=\"u32\"/>")
    try show("a in (70000..70003, 90000)", "<field name=\"a\" type=\"u32\"/>")
  }

  @Test func sizesThatFollowFromNumbers() throws {
    try show(
      "kind == 177 implies size(digest) == 32",
      "<field name=\"kind\" type=\"u8\"/> <field name=\"digest\" type=\"octets\" size=\"rest\" min=\"16\" max=\"64\"/>")
  }

  @Test func addressesInPrefixes() throws {
    try show(
      "a in 2001:db8:1234::/48 implies length ge 48",
      "<field name=\"a\" type=\"ipv6\"/> <field name=\"length\" type=\"u8\" max=\"128\"/>")
  }

  @Test func valuesThatAreAmongOthers() throws {
    try show("among(u in used, u.text, k in known, k.text)", Self.names, Self.name)
  }

  @Test func valuesThatDifferOrRise() throws {
    let numbers = "<count name=\"n\" type=\"u8\" of=\"values\"/> <array name=\"values\" of=\"u48\" min=\"12\" max=\"40\"/>"
    try show("ascending(v in values, v)", numbers)
    try show("unique(k in known, k.text) and count(known) gt 1", Self.names, Self.name)
  }

  @Test func someAndAll() throws {
    try show("not any(k in known, size(k.text) == 7) or all(k in known, size(k.text) == 7)", Self.names, Self.name)
    try show("all(k in known, size(k.text) gt 40)", Self.names, Self.name)
  }

  @Test func sums() throws {
    try show(
      "sum(v in values, v) == 1000", "<count name=\"n\" type=\"u8\" of=\"values\"/> <array name=\"values\" of=\"u16\" max=\"9\"/>"
    )
  }

  @Test func membersThatAreThereForOneNumber() throws {
    try show(
      "present(end) implies end gt start",
      """
      <field name="kind" type="u16"/> <field name="start" type="u16"/>
      <field name="end" type="u16" when="kind == 4711"/>
      """)
  }

  private static let items = """
    <tlvs name="Item">
      <header> <tag name="kind" type="u8"/> <length name="size" type="u8"/> </header>
      <unknown action="reject"/>
      <tlv name="one" code="1"> <field name="n" type="u8"/> </tlv>
      <tlv name="two" code="2"> <field name="n" type="u8"/> </tlv>
      <tlv name="end" code="3"/>
    </tlvs>
    """

  @Test func elementsThatAskForOthers() throws {
    try show(
      "present(items.one) implies present(items.two) and items.two.n == items.one.n",
      "<list name=\"items\" of=\"Item\"> <allow tlv=\"one\" occurs=\"0..1\"/> <allow tlv=\"two\" occurs=\"0..1\"/> </list>",
      Self.items)
  }

  @Test("As many elements as there may be, each with a number of its own") func manyThatDiffer() throws {
    try show(
      "unique(i in items.one, i.n)",
      "<list name=\"items\" of=\"Item\" order=\"listed\"> <allow tlv=\"one\" occurs=\"0..*\" max=\"64\"/> <allow tlv=\"two\" occurs=\"1\"/> </list>",
      Self.items)
  }

  @Test func orderOfElements() throws {
    let (goals, missing, samples) = try covered(
      """
      \(Self.items)
      <message name="M" direction="way">
        <list name="items" of="Item" order="listed"> <allow tlv="one" occurs="1"/> <allow tlv="two" occurs="0..2"/> </list>
      </message>
      """)
    #expect(goals.contains("refused: M.items: order"))
    #expect(missing == [])
    #expect(samples.contains { $0.violation?.kind == .order })
  }

  @Test("The last of a list in order cannot be elsewhere with nothing else wrong") func lastInOrder() throws {
    func goals(_ unknown: String, _ order: String) throws -> Set<String> {
      let items = Self.items.replacing("<unknown action=\"reject\"/>", with: "<unknown action=\"\(unknown)\"/>")
      let (goals, missing, _) = try covered(
        """
        \(items)
        <message name="M" direction="way">
          <list name="items" of="Item"\(order)>
            <allow tlv="one" occurs="1"/> <allow tlv="end" occurs="0..1" position="last"/>
          </list>
        </message>
        """)
      #expect(missing == [])
      return goals.filter { $0.hasSuffix("order") }
    }
    // What comes behind it is out of order itself, unknown, or one too many.
    #expect(try goals("reject", " order=\"listed\"") == [])
    // An unknown element may be there, and in a list without an order another one.
    #expect(try goals("keep", " order=\"listed\"") == ["refused: M.items.end: order"])
    #expect(try goals("reject", "") == ["refused: M.items.end: order"])
  }

  @Test func textsThatAreDatesOrOfOneSize() throws {
    let (goals, missing, _) = try covered(
      """
      <message name="M" direction="way">
        <field name="country" type="text" size="2" encoding="ascii" nul="error"/>
        <field name="time" type="date-rfc1123" size="rest" min="16" max="31"/>
      </message>
      """)
    #expect(goals.isSuperset(of: ["refused: M.country: text", "refused: M.time: text"]))
    #expect(missing == [])
  }

  @Test("An end that a rule is against is in a message that is refused for that rule alone") func barredEnds() throws {
    let (_, missing, samples) = try covered(
      """
      <struct name="Entry">
        <field name="isOut" type="u8" max="1"/> <field name="family" type="u8" min="1" max="2"/>
      </struct>
      \(Self.items)
      <message name="M" direction="way">
        <count name="n" type="u8" of="entries"/> <array name="entries" of="Entry" min="1"/>
        <list name="items" of="Item"> <allow tlv="one" occurs="0..1"/> </list>
        <rule name="bothWays" test="any(e in entries, e.isOut == 1) == any(e in entries, e.isOut == 0)" severity="warning"/>
        <rule name="none" test="not present(items.one)" severity="warning"/>
      </message>
      """)
    #expect(missing == [])
    #expect(Set(samples.compactMap { $0.violation?.rule }) == ["bothWays", "none"])
  }

  @Test("A body is reached by the way on which rules let it be") func otherWays() throws {
    let (goals, missing, _) = try covered(
      """
      <codes name="Metric" type="u8"> <code name="loss" value="1"/> <range from="128" to="255" use="private"/> </codes>
      <struct name="Guarantee"> <field name="metric" type="Metric"/> </struct>
      <tlvs name="Class">
        <header> <tag name="kind" type="u8"/> <length name="size" type="u8"/> </header>
        <unknown action="reject"/>
        <tlv name="any" code="1"> <field name="guarantee" type="Guarantee"/> </tlv>
      </tlvs>
      <message name="M" direction="way">
        <field name="overall" type="Guarantee"/>
        <list name="classes" of="Class"> <allow tlv="any" occurs="0..3"/> </list>
        <rule name="lossOnly" test="overall.metric == loss"/>
      </message>
      """)
    #expect(goals.isSuperset(of: ["code 128 of Metric", "code 255 of Metric"]))
    #expect(missing == [])
  }
}

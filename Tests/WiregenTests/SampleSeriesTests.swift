import Testing
import VectorSupport
import Wire
import WireText

@testable import WiregenCore

@Suite("Samples that are made") struct SampleSeriesTests {
  private func interpreter(_ name: String, in folder: String = "Schemas") throws -> Interpreter {
    let outcome = resolve(name, in: files(below: folder))
    return Interpreter(try #require(outcome.schema, "\(outcome.diagnostics)").definition)
  }

  @Test("Valid ones are valid, and the same for the same seed", arguments: ["pcp.xml", "natpmp.xml", "cusp.xml"])
  func valid(_ name: String) throws {
    let interpreter = try interpreter(name)
    let bodies = interpreter.definition.messages
    func made(_ seed: UInt64) -> [MadeSample] {
      var series = SampleSeries(interpreter, bodies: bodies, seed: seed)
      return (0..<2 * bodies.count).compactMap { _ in series.nextValid() }
    }
    let samples = made(3)
    #expect(samples.count == 2 * bodies.count)
    #expect(samples == made(3))
    #expect(samples != made(4))
    for sample in samples {
      let direction = try #require(interpreter.definition.bodies[sample.body].message?.direction)
      let decoded = try interpreter.decode(direction: direction, sample.octets)
      #expect(decoded.isValid && sample.violation == nil)
    }
    #expect(Set(samples.map(\.body)).count == bodies.count)
  }

  @Test("Invalid ones are refused for what they say, first of all", arguments: ["pcp.xml", "natpmp.xml", "cusp.xml"])
  func invalid(_ name: String) throws {
    let interpreter = try interpreter(name)
    var series = SampleSeries(interpreter, bodies: interpreter.definition.messages, seed: 1)
    var kinds: Set<String> = []
    for _ in 0..<24 {
      let made = series.nextInvalid()
      let sample = try #require(made)
      let violation = try #require(sample.violation)
      let direction = try #require(interpreter.definition.bodies[sample.body].message?.direction)
      do throws(Violation) {
        _ = try interpreter.decode(direction: direction, sample.octets)
        Issue.record("\(violation) is not found")
      } catch { #expect(error == violation) }
      kinds.insert(sample.violation.map { $0.rule ?? $0.kind.name } ?? "")
    }
    #expect(kinds.count >= 3, "\(kinds)")
  }

  @Test("All that our schemas say is shown", arguments: ["pcp.xml", "natpmp.xml", "cusp.xml", "cpnp.xml"])
  func coverage(_ name: String) async throws {
    let interpreter = try interpreter(name)
    let (missing, samples) = try await inBackground {
      var coverage = SampleCoverage(interpreter, bodies: interpreter.definition.messages, seed: 1)
      coverage.run()
      return (coverage.missing, coverage.samples)
    }
    #expect(missing.map(\.description) == [])
    let judge = SampleJudge(interpreter)
    for sample in samples { #expect(judge.violations(of: sample.octets, sample.body).first == sample.violation) }
  }

  @Test("What no message can have is named") func missing() throws {
    let outcome = resolve(
      content: """
        <direction name="way"/>
        <message name="M" direction="way">
          <field name="a" type="u8" max="9"/>
          <field name="b" type="u8"/>
          <rule name="never" test="a lt 12"/>
        </message>
        """)
    let interpreter = Interpreter(try #require(outcome.schema, "\(outcome.diagnostics)").definition)
    var coverage = SampleCoverage(interpreter, bodies: interpreter.definition.messages, seed: 1)
    coverage.run()
    #expect(coverage.missing.map(\.description) == ["refused: M: rule 'never'"])
    #expect(
      coverage.goals.map(\.description) == [
        "message M", "M.a = 0, the least", "M.a = 9, the greatest", "refused: M.a: range", "M.b = 0, the least",
        "M.b = 255, the greatest", "rule that holds: M.never", "refused: M: rule 'never'", "refused: M: truncated",
      ])
  }

  @Test("Each kind of goal is reached, and told") func kinds() throws {
    let outcome = resolve(
      content: """
        <direction name="way"/>
        <codes name="Mode" type="u8">
          <code name="off" value="0"/> <code name="on" value="1"/> <range from="200" to="209" use="private"/>
        </codes>
        <flags name="Marks" type="u8"> <flag name="red" bit="0"/> <flag name="blue" bit="3"/> </flags>
        <struct name="Small"> <field name="x" type="u8" min="1"/> </struct>
        <tlvs name="Item" align="4">
          <header> <tag name="kind" type="u8"/> <length name="size" type="u8"/> </header>
          <unknown from="0" to="127" action="reject"/> <unknown from="128" to="255" action="keep"/>
          <tlv name="note" code="1"> <field name="text" type="text" size="rest" min="2" max="5"/> </tlv>
          <tlv name="mark" code="2"> <field name="marks" type="Marks"/> </tlv>
        </tlvs>
        <message name="M" direction="way">
          <field name="mode" type="Mode"/>
          <field name="more" type="u16" when="mode == on"/>
          <count name="smalls" type="u8" of="parts"/> <array name="parts" of="Small" min="1" max="3"/>
          <list name="items" of="Item"> <allow tlv="note" occurs="1"/> <allow tlv="mark" occurs="0..2"/> </list>
        </message>
        """)
    let interpreter = Interpreter(try #require(outcome.schema, "\(outcome.diagnostics)").definition)
    var coverage = SampleCoverage(interpreter, bodies: interpreter.definition.messages, seed: 1)
    coverage.run()
    #expect(coverage.missing.map(\.description) == [])
    let goals = Set(coverage.goals.map(\.description))
    for goal in [
      "code Mode.on", "code 209 of Mode", "with M.more", "without M.more", "M.more = 65535, the greatest",
      "M.parts of 3, the longest", "refused: Small.x: range", "M.items.note 1 times, the most", "refused: M.items.note: missing",
      "refused: M.items.mark: excess", "an unknown element in M.items (keep)", "refused: M.items: unknownElement",
      "NoteItem.text of 2, the shortest", "refused: NoteItem.text: text", "set: MarkItem.marks.blue", "clear: MarkItem.marks.red",
    ] {
      #expect(goals.contains(goal), "\(goal)")
    }
  }
}

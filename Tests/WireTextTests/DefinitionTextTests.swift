import Testing
import Wire
import WireText

@Suite("Definitions as text")
struct DefinitionTextTests {
  @Test("Every construct comes back", arguments: [MappingProtocol.definition, KitProtocol.definition])
  func roundTrip(definition: ProtocolDefinition) throws {
    let text = definition.text()
    #expect(try ProtocolDefinition(parsing: text) == definition)
    #expect(try ProtocolDefinition(parsing: text).text() == text)
  }

  @Test("The text can stand in a string literal")
  func literal() {
    for octet in MappingProtocol.definition.text().utf8 {
      #expect(octet == 10 || (32..<127).contains(octet) && octet != 34 && octet != 92)
    }
  }

  @Test(
    "Names of any characters come back", arguments: ["", "-", "%", "a b", "\"\\()", "ä😀\n", "%2D"])
  func words(word: String) throws {
    var definition = KitProtocol.definition
    definition.name = word
    definition.bodies[0].members[0].label = word
    definition.bodies[0].members[0].unit = word
    #expect(try ProtocolDefinition(parsing: definition.text()) == definition)
  }

  @Test("Every operator and form of expression comes back")
  func expressions() throws {
    var definition = KitProtocol.definition
    for symbol in WireExpression.Operator.allCases {
      let test = WireExpression.binary(
        symbol, .inRanges(.number(Int128.min), [Int128.min...Int128.max]),
        .not(.inPrefix(.address([1, 2, 3, 4]), address: [], length: 0)))
      definition.bodies[0].rules.append(
        RuleDefinition(name: symbol.rawValue, test: .binary(.and, test, .boolean(true)), code: UInt64.max))
    }
    #expect(try ProtocolDefinition(parsing: definition.text()) == definition)
  }

  @Test(
    "Other text is refused with its place",
    arguments: [
      ("", "definition, offset 0: the text ends too early"),
      ("(wire 2 X -)", "definition, offset 8: a definition"),
      ("(wire 1 X - (no))", "definition, offset 12: an unknown part"),
      ("(wire 1 X -", "definition, offset 11: the"),
      ("(wire 1 X -))", "definition, offset 12: nothing may follow"),
      ("(wire 1 X a)", "definition, offset 0: a number"),
      ("(wire 1 X - (messages %4))", "definition, offset 23: two hexadecimal digits"),
    ])
  func faults(text: String, expected: String) {
    do throws(DefinitionTextError) {
      _ = try ProtocolDefinition(parsing: text)
      Issue.record("no error")
    } catch { #expect("\(error)".hasPrefix(expected)) }
  }

  @Test("Nesting without end is refused")
  func depth() {
    #expect(throws: DefinitionTextError.self) {
      try ProtocolDefinition(parsing: String(repeating: "(", count: 100_000))
    }
  }

  @Test("A damaged text is refused or read, and never a trap")
  func damaged() {
    var random = SplitMix(state: 6)
    let text = Array(KitProtocol.definition.text().utf8)
    for _ in 0..<500 {
      var changed = text
      for _ in 0..<3 {
        changed[Int.random(in: 0..<changed.count, using: &random)] = UInt8.random(
          in: 32..<127, using: &random)
      }
      _ = try? ProtocolDefinition(parsing: String(decoding: changed, as: UTF8.self))
    }
  }

  @Test("A generated module's definition is read once")
  func cached() {
    let definition = WireDefinition("(wire 1 Small - (directions) (messages))")
    #expect(WireTextProtocol.of(definition).definition.name == "Small")
    #expect(WireTextProtocol.of(definition).definition == ProtocolDefinition(name: "Small"))
  }
}

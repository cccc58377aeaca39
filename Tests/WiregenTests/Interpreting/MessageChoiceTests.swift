import Testing
import WireText

/// Which message octets are taken for, and what is wrong when they are none.
@Suite("Interpreted: the choice of a message") struct MessageChoiceTests {
  private static let messages = """
    <struct name="Head"> <field name="kind" type="u8" error="one"/> <bits size="1"> <bit name="asks"/> <reserved width="7"/> </bits> </struct>
    <message name="First" direction="any">
      <use struct="Head"> <match field="kind" value="1"/> <match field="asks" value="true" error="two"/> </use>
    </message>
    <message name="Second" direction="any">
      <use struct="Head"> <match field="kind" value="2"/> <match field="asks" value="true" error="three"/> </use>
    </message>
    <message name="Third" direction="any">
      <use struct="Head"> <match field="kind" from="2" to="3"/> <match field="asks" value="true" error="four"/> </use>
    </message>
    """

  @Test("The code is that of the first message that was left until then")
  func codes() throws {
    let schema = try Interpreted(Self.messages)
    #expect(schema.choice("00 80") == "noMessage 0 TestAny.kind: one")
    #expect(schema.choice("01 00") == "noMessage 1 TestAny.asks: two")
    #expect(schema.choice("02 00") == "noMessage 1 TestAny.asks: three")
    #expect(schema.choice("03 00") == "noMessage 1 TestAny.asks: four")
    #expect(schema.choice("02 80") == "Second")
    #expect(schema.choice("03 80") == "Third")
    #expect(schema.choice("03") == "truncated 1 TestAny.asks: malformed")
  }
}

extension Interpreted {
  /// The message that octets are, or why they are none.
  fileprivate func choice(_ hexadecimal: String) -> String {
    do throws(Violation) {
      return interpreter.definition.bodies[try interpreter.chooseMessage(direction: 0, octets(hexadecimal))].name
    } catch {
      return "\(error.kind.name) \(error.offset) \(error.path): \(error.codeLabel ?? "-")"
    }
  }
}

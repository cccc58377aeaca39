import Testing
import Wire
import WireText

@Suite("Interpreted: choices, checksums, early rules, frames") struct ChoiceVectorTests {
  /// The kind is there, but the element is not whole: the choice is the one of 0.
  @Test("Nothing is read in an element that ended too early") func cutElements() throws {
    let schema = try Interpreted(
      """
      <tlvs name="Item" error="two">
        <header> <tag name="code" type="u8"/> <length name="length" type="u8"/> </header> <unknown action="ignore"/>
        <tlv name="head" code="1"> <field name="kind" type="u8"/> <field name="count" type="u8"/> </tlv>
      </tlvs>
      <struct name="Parts" error="one">
        <list name="items" of="Item" count="1"> <allow tlv="head" occurs="1"/> </list>
        <choice name="tail" on="items.head.kind">
          <case name="short" value="0"> <field name="small" type="u8"/> </case>
          <case name="long" value="1"> <field name="large" type="u16"/> </case>
        </choice>
      </struct>
      """)
    try schema.expect("Parts", "01 02 01 09 0007", #"{"items":[{"head":{"kind":1,"count":9}}],"tail":{"long":{"large":7}}}"#)
    try schema.expect("Parts", "01 02 01 09 07", fails: "truncated 4 tail.long.large: one")
    try schema.expect("Parts", "01 01 01 07", fails: "truncated 3 items[0].head.count: two")
  }

  @Test("Choices") func choices() throws {
    let schema = try Interpreted(
      """
      <codes name="Transport" type="u8"> <code name="tcp" value="6"/> <code name="udp" value="17"/> </codes>
      <struct name="Window">
        <field name="window" type="u16"/> <rule name="open" test="window != 0" error="three"/>
      </struct>
      <struct name="Chosen" error="one">
        <field name="transport" type="Transport"/>
        <choice name="detail" on="transport" error="two">
          <case value="udp"> <field name="checked" type="u8" max="1"/> </case>
          <case name="reliable" from="6" to="9">
            <use struct="Window"/>
          </case>
          <case name="none" value="0"/>
        </choice>
        <choice name="tail" on="remaining">
          <case name="empty" value="0"/> <otherwise> <field name="data" type="octets" size="rest"/> </otherwise>
        </choice>
        <derive name="isReliable" test="present(detail.reliable)"/>
        <rule name="small" test="present(detail.reliable) implies detail.reliable.window lt 1000" error="four"/>
      </struct>
      """)
    let udp = #"{"transport":"udp","detail":{"udp":{"checked":1}},"tail":{"empty":{}}}"#
    try schema.expect("Chosen", "11 01", udp)
    let reliable = #"{"transport":9,"detail":{"reliable":{"window":5}},"tail":{"otherwise":{"data":"aabb"}}}"#
    try schema.expect("Chosen", "09 0005 aabb", reliable)
    try schema.expect("Chosen", "00", #"{"transport":0,"detail":{"none":{}},"tail":{"empty":{}}}"#)
    try schema.expect("Chosen", "05", fails: "code 1 detail: two")
    try schema.expect("Chosen", "11", fails: "truncated 1 detail.udp.checked: two")
    try schema.expect("Chosen", "11 02", fails: "range 1 detail.udp.checked: two")
    try schema.expect("Chosen", "09 00", fails: "truncated 1 detail.reliable.window: two")
    try schema.expect("Chosen", "09 0000", fails: "rule open 1 detail.reliable: three")
    try schema.expect("Chosen", "09 03e8", fails: "rule small 0: four")
    #expect(try schema.tree("Chosen", "11 01").node(at: "isReliable")?.scalarText == "false")
    let tree = try schema.tree("Chosen", "09 0005 aabb")
    #expect(tree.node(at: "isReliable")?.scalarText == "true")
    #expect(tree.node(at: "detail.reliable.window")?.scalarText == "5")
    #expect(tree.node(at: "detail")?.children.map(\.name) == ["reliable"])
    func encoding(_ detail: String, _ tail: String) throws -> String {
      try schema.encoding(
        "Chosen",
        #"{"transport":0,"detail":DETAIL,"tail":TAIL}"#
          .replacing("DETAIL", with: detail).replacing("TAIL", with: tail))
    }
    let empty = #"{"empty":{}}"#
    #expect(try encoding(#"{"none":{}}"#, empty) == "0")
    #expect(try encoding(#"{"udp":{"checked":1}}"#, empty) == "mismatch detail")
    #expect(try encoding(#"{"none":{}}"#, #"{"otherwise":{"data":""}}"#) == "mismatch tail")
    #expect(try encoding(#"{"none":{"x":1}}"#, empty).contains("unknown key 'x' in none"))
    #expect(try encoding(#"{"nobody":{}}"#, empty).contains("unknown case 'nobody' in detail"))
    #expect(try encoding("{}", empty).contains("an object with one key expected"))
    #expect(try schema.encoding("Chosen", #"{"transport":0,"tail":{"empty":{}}}"#).contains("'detail' is missing"))
  }

  @Test("Choices by an element, of lists, one in another") func nestedChoices() throws {
    let schema = try Interpreted(
      """
      <tlvs name="Option" error="two">
        <header> <tag name="code" type="u8"/> <length name="length" type="u8"/> </header> <unknown action="keep"/>
        <tlv name="a" code="1"> <field name="x" type="u8"/> </tlv>
      </tlvs>
      <struct name="ByElement" error="one">
        <list name="control" of="Option" count="1"> <allow tlv="a" occurs="1"/> </list>
        <choice name="content" on="control.a.x" error="three">
          <case name="options" value="1"> <list name="options" of="Option"> <allow tlv="a" occurs="0..1"/> </list> </case>
          <case name="numbers" value="2"> <array name="numbers" of="u16" until="end"/> </case>
          <case name="deeper" value="3">
            <field name="y" type="u8"/> <choice name="inner" on="y"> <case name="zero" value="0"/> </choice>
          </case>
          <otherwise name="other"/>
        </choice>
      </struct>
      """)
    try schema.expect(
      "ByElement", "010101 010107", #"{"control":[{"a":{"x":1}}],"content":{"options":{"options":[{"a":{"x":7}}]}}}"#)
    try schema.expect(
      "ByElement", "010102 0001 0002", #"{"control":[{"a":{"x":2}}],"content":{"numbers":{"numbers":[1,2]}}}"#)
    try schema.expect(
      "ByElement", "010103 00", #"{"control":[{"a":{"x":3}}],"content":{"deeper":{"y":0,"inner":{"zero":{}}}}}"#)
    try schema.expect("ByElement", "010104", #"{"control":[{"a":{"x":4}}],"content":{"other":{}}}"#)
    try schema.expect("ByElement", "010104 00", fails: "trailing 3: one")
    try schema.expect("ByElement", "010103 01", fails: "code 4 content.deeper.inner: three")
    try schema.expect("ByElement", "010101 010107 010108", fails: "excess 6 content.options.options[1].a: two")
    try schema.expect("ByElement", "010102 0001 00", fails: "truncated 5 content.numbers.numbers[1]: three")
    try schema.expect("ByElement", "6300", fails: "missing 2 control.a: two")
    #expect(
      try schema.encoding("ByElement", #"{"control":[{"a":{"x":1}}],"content":{"other":{}}}"#) == "mismatch content")
  }

  @Test("Checksums over the message, what is before, the body") func checksums() throws {
    let schema = try Interpreted(
      """
      <struct name="Part" error="four">
        <field name="v" type="u8"/> <checksum name="own" type="u8" algorithm="sum8" over="body"/> <field name="w" type="u8"/>
      </struct>
      <message name="Summed" direction="any" error="one">
        <field name="word" type="u16"/>
        <checksum name="early" type="u8" algorithm="xor8" over="before" xor="0xF0" error="three" severity="warning"/>
        <checksum name="sum" type="u16" algorithm="internet" over="message" error="two"/>
        <field name="part" type="Part"/>
        <field name="tail" type="octets" size="rest"/>
      </message>
      """)
    // early: 01 ^ 02 ^ F0. own: 05 + 07. sum: ~(0102 + F300 + 0005 + 0C07 + AA00).
    try schema.expect(
      "Summed", "0102 f3 55f0 05 0c 07 aa", #"{"message":"Summed","word":258,"part":{"v":5,"w":7},"tail":"aa"}"#)
    try schema.expect("Summed", "0102 f3 55f1 05 0c 07 aa", fails: "checksum 3 sum: two")
    try schema.expect("Summed", "0102 f2 56f0 05 0c 07 aa", fails: "warning checksum 2 early: three")
    try schema.expect("Summed", "0102 f3 54f0 05 0d 07 aa", fails: "checksum 6 part.own: four")
    try schema.expect("Part", "05 0c 07", #"{"v":5,"w":7}"#)
    let algorithms = [
      ("internet", "u16", "f62a"), ("sum8", "u8", "dd"), ("xor8", "u8", "31"), ("crc16", "u16", "bb3d"),
      ("crc32", "u32", "cbf43926"), ("crc32c", "u32", "e3069283"),
    ]
    for (algorithm, type, sum) in algorithms {
      let schema = try Interpreted(
        """
        <message name="Only" direction="any">
          <field name="text" type="octets" size="9"/> <checksum name="sum" type="\(type)" algorithm="\(algorithm)" over="before"/>
        </message>
        """)
      try schema.expect("Only", ascii("123456789") + sum, #"{"message":"Only","text":"313233343536373839"}"#)
      try schema.expect("Only", ascii("123456788") + sum, fails: "checksum 9 sum: malformed")
    }
  }

  @Test("A checksum in an element over what is before it") func fingerprints() throws {
    let schema = try Interpreted(
      """
      <tlvs name="Attribute" error="two">
        <header> <tag name="code" type="u16"/> <length name="length" type="u16"/> </header> <unknown action="keep"/>
        <tlv name="print" code="5"> <checksum name="value" type="u8" algorithm="sum8" over="before" error="three"/> </tlv>
        <tlv name="outer" code="6"> <list name="inner" of="Attribute" size="5"> <allow tlv="print" occurs="1"/> </list> </tlv>
      </tlvs>
      <message name="Printed" direction="any">
        <field name="x" type="u8"/>
        <list name="attributes" of="Attribute"> <allow tlv="print" occurs="0..*"/> <allow tlv="outer" occurs="0..1"/> </list>
      </message>
      """, attributes: "")
    try schema.expect(
      "Printed", "07 0009 0000 0005 0001 10",
      #"{"message":"Printed","x":7,"attributes":[{"unknown":{"code":9,"hex":""}},{"print":{}}]}"#)
    // 07, then 07 + 05 + 01 + 07, then that + 05 + 01 + 14.
    try schema.expect(
      "Printed", "07 0005 0001 07 0005 0001 14 0005 0001 2e",
      #"{"message":"Printed","x":7,"attributes":[{"print":{}},{"print":{}},{"print":{}}]}"#)
    try schema.expect("Printed", "07 0009 0000 0005 0001 11", fails: "checksum 9 attributes[1].print.value: three")
    // Its own header and that of the element around it: what is before the innermost.
    try schema.expect(
      "Printed", "07 0006 0005 0005 0001 12", #"{"message":"Printed","x":7,"attributes":[{"outer":{"inner":[{"print":{}}]}}]}"#)
    try schema.expect("PrintAttribute", "00", "{}")
    try schema.expect("PrintAttribute", "11", "{}", isCanonical: false)
  }
}

@Suite("Interpreted: messages and frames") struct MessageVectorTests {
  @Test("Rules before the members") func early() throws {
    let schema = try Interpreted(
      """
      <message name="Early" direction="any" error="one" maxSize="8" sizeError="four">
        <field name="a" type="u8"/> <bits size="1"> <bit name="x"/> <bitField name="y" width="7"/> </bits>
        <field name="z" type="u16" max="5"/>
        <field name="data" type="octets" size="rest"/>
        <match field="a" from="1" to="2" error="four"/>
        <rule name="later" test="z lt 4 or a == 1" early="true" error="two"/>
        <rule name="bits" test="x implies y == 3" early="true" error="three" severity="warning"/>
        <rule name="last" test="size(data) != 1"/>
      </message>
      """)
    try schema.expect("Early", "01 83 0005", #"{"message":"Early","a":1,"x":true,"y":3,"z":5,"data":""}"#)
    try schema.expect("Early", "", fails: "truncated 0 a: one")
    try schema.expect("Early", "02", fails: "truncated 2 z: one")
    try schema.expect("Early", "02 03 0004", fails: "rule later 0: two")
    try schema.expect("Early", "01 84 0004", fails: "warning rule bits 0: three")
    try schema.expect("Early", "02 84 0004 aa", fails: "rule later 0: two", "warning rule bits 0: three")
    try schema.expect("Early", "01 84 0004 aa", fails: "warning rule bits 0: three", "rule last 0: one")
    try schema.expect("Early", "02 03 0006", fails: "rule later 0: two", "range 2 z: one")
    try schema.expect("Early", "02 03 0004 0000000000", fails: "rule later 0: two", "tooLong 0: four")
    #expect(try schema.encoding("Early", #"{"message":"Early","a":2,"x":false,"y":0,"z":4,"data":""}"#) == "rule ")
  }

  @Test("Matches in what a body takes in, and in elements") func matches() throws {
    let schema = try Interpreted(
      """
      <struct name="Head"> <field name="kind" type="u8" error="two"/> <field name="size" type="u8" max="9"/> </struct>
      <struct name="Fixed" error="one">
        <use struct="Head"> <match field="kind" value="3"/> <match field="size" from="2" to="4" error="three"/> </use>
      </struct>
      <tlvs name="Option" error="four">
        <header> <tag name="code" type="u8"/> <length name="length" type="u8"/> </header> <unknown action="keep"/>
        <tlv name="a" code="1"> <use struct="Head"> <match field="kind" value="7" error="one"/> </use> </tlv>
      </tlvs>
      """)
    try schema.expect("Fixed", "03 02", #"{"size":2}"#)
    try schema.expect("Fixed", "04 02", fails: "constant 0 kind: two")
    try schema.expect("AOption", "07 05", #"{"size":5}"#)
    try schema.expect("AOption", "06 0a", fails: "constant 0 kind: one", "range 1 size: four")
    #expect(try schema.encoding("Fixed", #"{"kind":3,"size":2}"#).contains("'kind' follows from the rest in Fixed"))
  }

  @Test("Frames of a stream") func frames() throws {
    let schema = try Interpreted(
      """
      <direction name="stream"/>
      <struct name="FrameHead"> <field name="kind" type="u16"/> <field name="words" type="u16"/> </struct>
      <framing header="FrameHead" size="4 * words" min="8" max="64" sizeMultiple="8" direction="stream" error="two"/>
      <message name="Framed" direction="stream"> <use struct="FrameHead"/> <field name="data" type="octets" size="rest"/>
      </message>
      <message name="Other" direction="any"> <field name="x" type="u8"/> </message>
      """)
    let interpreter = schema.interpreter
    let stream = try #require(interpreter.direction(named: "stream"))
    let any = try #require(interpreter.direction(named: "any"))
    func frame(_ hexadecimal: String) throws -> Frame? {
      try interpreter.frame(direction: stream, octets(hexadecimal))
    }
    #expect(try frame("") == .incomplete(needed: 4))
    #expect(try frame("0001 00") == .incomplete(needed: 4))
    #expect(try frame("0001 0002") == .incomplete(needed: 8))
    #expect(try frame("0001 0002 00000000") == .complete(8))
    #expect(try frame("ffff 0002 00000000 ffff") == .complete(8))
    #expect(try frame("0001 0010") == .incomplete(needed: 64))
    #expect(try interpreter.frame(direction: any, [1, 2, 3, 4]) == nil)
    for hexadecimal in ["0001 0001", "0001 0000", "0001 0003", "0001 0005 00000000", "0001 0011", "0001 0012", "0001 ffff 00"] {
      #expect {
        try frame(hexadecimal)
      } throws: { error in
        guard let error = error as? Violation else { return false }
        return error.kind == .length && error.offset == 2 && error.path == "FrameHead.words" && error.codeName == "two"
      }
    }
  }
}

import Testing

@Suite("Interpreted: lists") struct ListVectorTests {
  @Test("Lists with a count and with a size") func ends() throws {
    let schema = try Interpreted(
      """
      <tlvs name="Option" error="two">
        <header> <tag name="code" type="u8"/> <length name="length" type="u8"/> </header>
        <unknown from="0" to="99" action="keep"/> <unknown from="100" to="199" action="ignore"/>
        <unknown action="reject" error="four"/>
        <tlv name="a" code="1"> <field name="x" type="u8" max="9"/> </tlv>
        <tlv name="b" code="2" error="three"/>
      </tlvs>
      <struct name="Ends" error="one">
        <field name="n" type="u8"/> <list name="first" of="Option" count="n"> <allow tlv="a" occurs="0..*"/> </list>
        <field name="m" type="u8"/>
        <list name="second" of="Option" size="m - 1">
          <allow tlv="a" occurs="0..1" excess="four"/> <allow tlv="b" occurs="0..*"/>
        </list>
        <field name="final" type="u8"/>
      </struct>
      """)
    try schema.expect(
      "Ends", "02 010105 6302aabb  06 0200 010107  ff",
      #"{"n":2,"first":[{"a":{"x":5}},{"unknown":{"code":99,"hex":"aabb"}}],"m":6,"#
        + #""second":[{"b":{}},{"a":{"x":7}}],"final":255}"#)
    // What the list does not allow is unknown to it, by its code.
    try schema.expect(
      "Ends", "01 0200  01  00", #"{"n":1,"first":[{"unknown":{"code":2,"hex":""}}],"m":1,"second":[],"final":0}"#)
    try schema.expect("Ends", "00 00 ff", fails: "range 2 second: one")
    try schema.expect("Ends", "00 03 0200", fails: "truncated 4 final: one")
    try schema.expect("Ends", "00 04 0200", fails: "truncated 2 second: one")
    try schema.expect("Ends", "02 010105", fails: "truncated 4 first[1].code: two")
    try schema.expect("Ends", "01 01", fails: "truncated 2 first[0].length: two")
    try schema.expect("Ends", "01 0105 00", fails: "length 2 first[0].length: two")
    try schema.expect("Ends", "00 07 010101 010102 ff", fails: "excess 5 second[1].a: four")
    try schema.expect("Ends", "01 01010a 01 ff", fails: "range 3 first[0].a.x: two")
    try schema.expect("Ends", "01 01020500 01 ff", fails: "trailing 4 first[0].a: two")
    try schema.expect("Ends", "01 0100 01 ff", fails: "truncated 3 first[0].a.x: two")
    try schema.expect("Ends", "00 04 020155 ff", fails: "trailing 4 second[0].b: three")
    try schema.expect("Ends", "01 c800 01 ff", fails: "unknownElement 1 first[0].code: four")
    try schema.expect(
      "Ends", "02 01010a c800 00", fails: "range 3 first[0].a.x: two", "unknownElement 4 first[1].code: four",
      "range 7 second: one")
    let ignored = try schema.tree("Ends", "01 6400 01 ff")
    #expect(ignored.json(isMessage: false).text() == #"{"n":1,"first":[],"m":1,"second":[],"final":255}"#)
    #expect(try schema.encoding("Ends", #"{"n":1,"m":1,"final":0}"#) == "mismatch first")
    #expect(try schema.encoding("Ends", #"{"n":0,"m":2,"second":[{"b":{}}],"final":0}"#) == "mismatch second")
    #expect(try schema.encoding("Ends", #"{"n":0,"m":3,"second":[{"b":{}}],"final":0}"#) == "0 3 2 0 0")
  }

  private static let family = """
    <tlvs name="Option" error="two">
      <header> <tag name="code" type="u8"/> <length name="length" type="u8"/> </header>
      <unknown action="keep"/>
      <tlv name="a" code="1"> <field name="x" type="u8" max="9"/> <rule name="even" test="x &amp; 1 == 0"/> </tlv>
      <tlv name="b" code="2"> <field name="y" type="u8" error="four" max="9"/> <field name="s" type="Inner"/> </tlv>
      <tlv name="c" code="3"/>
      <tlv name="d" code="4">
        <field name="k" type="u8"/>
        <choice name="way" on="k">
          <case name="p" value="1"> <field name="v" type="u8" max="9"/> </case> <case name="q" value="2"/>
        </choice>
      </tlv>
    </tlvs>
    <struct name="Inner" error="three"> <field name="z" type="u8" max="9"/> </struct>
    """

  @Test("Elements in the order of the schema") func listed() throws {
    let schema = try Interpreted(
      Self.family + """
        <struct name="Listed" error="one">
          <list name="items" of="Option" order="listed">
            <allow tlv="a" occurs="0..*" max="2" excess="three"/> <allow tlv="b" occurs="0..1" error="four"/>
            <allow tlv="c" occurs="1" missing="one"/>
          </list>
        </struct>
        """)
    try schema.expect(
      "Listed", "010102 02020101 0300", #"{"items":[{"a":{"x":2}},{"b":{"y":1,"s":{"z":1}}},{"c":{}}]}"#)
    try schema.expect(
      "Listed", "010102 6300 0300", #"{"items":[{"a":{"x":2}},{"unknown":{"code":99,"hex":""}},{"c":{}}]}"#)
    try schema.expect("Listed", "0300 010102", fails: "order 2 items[1].a: three")
    try schema.expect("Listed", "02020101 010102 0300", fails: "order 4 items[1].a: three")
    try schema.expect("Listed", "010102 010102 010102 0300", fails: "excess 6 items[2].a: three")
    try schema.expect(
      "Listed", "010102 010102 0300 010102", fails: "order 8 items[3].a: three", "excess 8 items[3].a: three")
    try schema.expect("Listed", "010102", fails: "missing 3 items.c: one")
    try schema.expect("Listed", "0300 0109 02", fails: "order 2 items[1].a: three", "length 3 items[1].length: two")
    try schema.expect("Listed", "02020101 02020101 0300", fails: "excess 4 items[1].b: four")
    try schema.expect("Listed", "010103 0300", fails: "rule even 2 items[0].a: two")
    #expect(try schema.encoding("Listed", #"{"items":[{"c":{}},{"a":{"x":2}}]}"#) == "order items[1].a")
    #expect(try schema.encoding("Listed", #"{"items":[]}"#) == "missing items.c")
  }

  @Test("Elements that are first, last, or there when another is") func places() throws {
    let schema = try Interpreted(
      Self.family + """
        <struct name="Placed" error="one">
          <field name="need" type="u8"/>
          <list name="items" of="Option">
            <allow tlv="a" occurs="0..*" position="last" error="three"/>
            <allow tlv="b" occurs="0..1" position="first" error="four"/>
            <allow tlv="c" occurs="0..1" requiredWhen="need == 1 or count(items.a) gt 1" missing="three"/>
          </list>
        </struct>
        """)
    try schema.expect(
      "Placed", "00 02020101 0300 010102",
      #"{"need":0,"items":[{"b":{"y":1,"s":{"z":1}}},{"c":{}},{"a":{"x":2}}]}"#)
    try schema.expect("Placed", "01 0300", #"{"need":1,"items":[{"c":{}}]}"#)
    try schema.expect("Placed", "00 0300 02020101", fails: "order 3 items[1].b: four")
    try schema.expect("Placed", "00 6300 02020101", fails: "order 3 items[1].b: four")
    try schema.expect("Placed", "00 010102 0300", fails: "order 1 items[0].a: three")
    try schema.expect("Placed", "00 010102 6300", fails: "order 1 items[0].a: three")
    try schema.expect("Placed", "01", fails: "missing 1 items.c: three")
    try schema.expect("Placed", "01 6300", fails: "missing 3 items.c: three")
    // What is required when something holds is not asked for where something is wrong already.
    try schema.expect("Placed", "01 01010a", fails: "range 3 items[0].a.x: two")
    try schema.expect("Placed", "00 010102 010104", fails: "order 1 items[0].a: three")
    #expect(try schema.encoding("Placed", #"{"need":1,"items":[{"a":{"x":2}}]}"#) == "missing items.c")
  }

  @Test("The code a list gives to invalid values") func invalid() throws {
    let schema = try Interpreted(
      Self.family + """
        <struct name="Invalid" error="one">
          <list name="items" of="Option">
            <allow tlv="a" occurs="0..*" invalid="four"/> <allow tlv="b" occurs="0..*" invalid="one"/>
            <allow tlv="d" occurs="0..*" invalid="three"/>
          </list>
        </struct>
        """)
    try schema.expect(
      "Invalid", "04020105 040102", #"{"items":[{"d":{"k":1,"way":{"p":{"v":5}}}},{"d":{"k":2,"way":{"q":{}}}}]}"#)
    try schema.expect("Invalid", "01010a", fails: "range 2 items[0].a.x: four")
    try schema.expect("Invalid", "010103", fails: "rule even 2 items[0].a: four")
    try schema.expect("Invalid", "0100", fails: "truncated 2 items[0].a.x: four")
    try schema.expect("Invalid", "01020200", fails: "trailing 3 items[0].a: four")
    // Neither what has a code of its own nor what is in a struct.
    try schema.expect("Invalid", "02020a01", fails: "range 2 items[0].b.y: four")
    try schema.expect("Invalid", "0202010a", fails: "range 3 items[0].b.s.z: three")
    try schema.expect("Invalid", "020101", fails: "truncated 3 items[0].b.s.z: three")
    try schema.expect("Invalid", "0200", fails: "truncated 2 items[0].b.y: one")
    try schema.expect("Invalid", "0402010a", fails: "range 3 items[0].d.way.p.v: three")
    try schema.expect("Invalid", "040101", fails: "truncated 3 items[0].d.way.p.v: three")
    try schema.expect("Invalid", "040103", fails: "code 3 items[0].d.way: three")
    try schema.expect("Invalid", "040103 01010a", fails: "code 3 items[0].d.way: three", "range 5 items[1].a.x: four")
  }

  @Test("Padding that the length counts") func countedPadding() throws {
    let schema = try Interpreted(
      """
      <tlvs name="Padded" align="4" padding="zero" error="two">
        <header> <tag name="kind" type="u8"/> <length name="size" type="u8" counts="element" countsPadding="true"/> </header>
        <unknown action="keep"/>
        <tlv name="p" code="1"> <field name="v" type="u24"/> </tlv>
      </tlvs>
      <struct name="Holder" error="one"> <list name="items" of="Padded"> <allow tlv="p" occurs="0..*"/> </list> </struct>
      """)
    let json = #"{"items":[{"p":{"v":11189196}}]}"#
    try schema.expect("Holder", "0108 aabbcc 000000", json)
    try schema.expect("Holder", "0105 aabbcc", json, isCanonical: false)
    try schema.expect("Holder", "0108 aabbcc 000100", fails: "padding 5 items[0].padding: two")
    try schema.expect("Holder", "010c aabbcc 00000000000000", fails: "trailing 5 items[0].p: two")
    try schema.expect("Holder", "0104 aabb", fails: "truncated 2 items[0].p.v: two")
    // No padding outside: the next element starts where the length says.
    try schema.expect("Holder", "0105 aabbcc 0000", fails: "length 6 items[1].size: two")
    try schema.expect("Holder", "0504 1122", #"{"items":[{"unknown":{"code":5,"hex":"1122"}}]}"#)
  }
}

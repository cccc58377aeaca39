import Testing

@Suite("Interpreted: headers with members of their own") struct HeaderVectorTests {
  private static let avp = """
    <codes name="Op" type="u4" open="false">
      <code name="set" value="0"/> <code name="get" value="1"/> <code name="drop" value="2"/>
    </codes>
    <tlvs name="Avp" error="two" align="4">
      <header>
        <tag name="code" type="u16"/>
        <bits size="1">
          <bit name="hasVendor"/> <bit name="mandatory"/> <reserved width="2" receive="zero" error="four"/>
          <operation name="op" width="4" type="Op" error="three"/>
        </bits>
        <length name="length" type="u16" counts="element"/>
        <extraTag name="vendor" type="u8" when="hasVendor" default="0" error="one"/>
        <field name="hops" type="u8" when="mandatory" min="1"/>
      </header>
      <unknown extraCode="9" action="reject" error="four"/> <unknown action="keep"/>
      <tlv name="a" code="1"> <match field="mandatory" value="true" error="four"/> <field name="x" type="u8"/> </tlv>
      <tlv name="b" code="1" extraCode="7" operations="get">
        <field name="t" type="octets" size="rest"/> <rule name="near" test="present(hops) implies hops lt 9"/>
      </tlv>
    </tlvs>
    <struct name="Avps"> <list name="list" of="Avp"> <allow tlv="a" occurs="0..*"/> <allow tlv="b" occurs="0..*"/> </list>
    </struct>
    """

  @Test("Extra tags, operations and members that are there sometimes") func values() throws {
    let schema = try Interpreted(Self.avp)
    let get = #"{"list":[{"a":{"op":"get","hops":5,"x":170}}]}"#
    try schema.expect("Avps", "0001 41 0007 05 aa 00", get)
    // The extra tag may be there and be the default.
    try schema.expect("Avps", "0001 c1 0008 00 05 aa", get, isCanonical: false)
    try schema.expect(
      "Avps", "0001 81 0008 07 c0de", #"{"list":[{"b":{"mandatory":false,"op":"get","t":"c0de"}}]}"#)
    try schema.expect(
      "Avps", "0001 c1 0009 07 05 c0de 000000 0001 40 0007 01 ff 00",
      #"{"list":[{"b":{"mandatory":true,"op":"get","hops":5,"t":"c0de"}},{"a":{"op":"set","hops":1,"x":255}}]}"#)
    try schema.expect(
      "Avps", "0005 80 0008 08 beef",
      #"{"list":[{"unknown":{"code":5,"mandatory":false,"op":"set","vendor":8,"hex":"beef"}}]}"#)
    try schema.expect(
      "Avps", "0001 c2 0007 08 01 00",
      #"{"list":[{"unknown":{"code":1,"mandatory":true,"op":"drop","vendor":8,"hops":1,"hex":""}}]}"#)
    try schema.expect(
      "Avps", "0002 02 0005 000000", #"{"list":[{"unknown":{"code":2,"mandatory":false,"op":"drop","hex":""}}]}"#)
    #expect(try schema.encoding("Avps", #"{"list":[{"b":{"op":"set","mandatory":false,"t":""}}]}"#).contains("not allowed here"))
    // Without hops, which the bit announces, the decoder takes x for it.
    #expect(try schema.encoding("Avps", #"{"list":[{"a":{"op":"get","x":1}}]}"#) == "truncated list[0].a.x")
  }

  @Test("What is wrong with such a header") func failures() throws {
    let schema = try Interpreted(Self.avp)
    // The header fits.
    try schema.expect("Avps", "00", fails: "truncated 0 list[0].code: two")
    try schema.expect("Avps", "0001", fails: "truncated 2 list[0].hasVendor: two")
    try schema.expect("Avps", "0001 80", fails: "truncated 3 list[0].length: two")
    try schema.expect("Avps", "0001 c1 0009", fails: "truncated 5 list[0].vendor: two")
    try schema.expect("Avps", "0001 c1 0009 07", fails: "truncated 6 list[0].hops: two")
    // Reserved bits, policy, length, padding.
    try schema.expect("Avps", "0001 51 0007 05 aa 00", fails: "reserved 2 list[0].reserved: four")
    try schema.expect("Avps", "0005 80 0006 09 0000", fails: "unknownElement 0 list[0].code: four")
    try schema.expect("Avps", "0001 41 0005 05 aa 00", fails: "length 3 list[0].length: two")
    try schema.expect("Avps", "0001 41 0009 05 aa 00", fails: "length 3 list[0].length: two")
    try schema.expect("Avps", "0001 41 0007 05 aa", fails: "truncated 7 list[0].padding: two")
    // The body, from its header on.
    try schema.expect("Avps", "0001 01 0006 aa 0000", fails: "constant 2 list[0].a.mandatory: four")
    try schema.expect("Avps", "0001 41 0007 00 aa 00", fails: "range 5 list[0].a.hops: two")
    try schema.expect("Avps", "0001 43 0007 05 aa 00", fails: "code 2 list[0].a.op: three")
    try schema.expect("Avps", "0001 80 0008 07 c0de", fails: "code 2 list[0].b.op: three")
    try schema.expect("Avps", "0001 c1 0009 07 09 c0de 000000", fails: "rule near 0 list[0].b: two")
    try schema.expect("Avps", "0001 41 0008 05 aabb", fails: "trailing 7 list[0].a: two")
    try schema.expect("Avps", "0001 41 0006 05 0000", fails: "truncated 6 list[0].a.x: two")
    try schema.expect(
      "Avps", "0001 53 0007 00 aa 00", fails: "reserved 2 list[0].reserved: four", "code 2 list[0].a.op: three",
      "range 5 list[0].a.hops: two")
  }

  @Test("The body of such an element alone") func alone() throws {
    let schema = try Interpreted(Self.avp)
    try schema.expect("AAvp", "0001 41 0007 05 aa", #"{"op":"get","hops":5,"x":170}"#)
    try schema.expect("BAvp", "0001 c1 0008 07 05 01", #"{"mandatory":true,"op":"get","hops":5,"t":"01"}"#)
    try schema.expect("AAvp", "0001 41 0008 05 aa", fails: "length 3 length: two")
    try schema.expect("AAvp", "0001 41 0006 05 aa", fails: "length 3 length: two")
    try schema.expect("AAvp", "0002 41 0007 05 aa", fails: "constant 0 code: two")
    try schema.expect("AAvp", "0001 01 0006 aa", fails: "constant 2 mandatory: four")
    try schema.expect("BAvp", "0001 81 0006 08", fails: "constant 5 vendor: one")
    try schema.expect("AAvp", "0001 41 0008 05 aa bb", fails: "trailing 7: two")
  }

  @Test("A tag among bits, a length in words, a member with a default") func objectives() throws {
    let schema = try Interpreted(
      """
      <codes name="Op" type="u4" open="false"> <code name="set" value="0"/> <code name="get" value="1"/> </codes>
      <tlvs name="Objective" error="two">
        <header>
          <bits size="2"> <operation name="op" width="4" type="Op" error="three"/> <tag name="kind" width="12"/> </bits>
          <length name="words" type="u8" unit="2" plus="2"/> <field name="priority" type="u8" default="3"/>
        </header>
        <unknown action="ignore"/>
        <tlv name="user" code="0"> <field name="id" type="u16"/> </tlv>
      </tlvs>
      <struct name="Holder"> <list name="items" of="Objective"> <allow tlv="user" occurs="0..*"/> </list> </struct>
      """)
    try schema.expect("Holder", "1000 02 05 0007", #"{"items":[{"user":{"op":"get","priority":5,"id":7}}]}"#)
    try schema.expect("Holder", "1005 01 00", #"{"items":[]}"#, isCanonical: false)
    try schema.expect("Holder", "1000 00 05 0007", fails: "length 2 items[0].words: two")
    try schema.expect("Holder", "1000 03 05 0007 0000", fails: "trailing 6 items[0].user: two")
    try schema.expect("Holder", "2000 02 05 0007", fails: "code 0 items[0].user.op: three")
    try schema.expect("Holder", "10", fails: "truncated 0 items[0].op: two")
    #expect(try schema.fromJSON("Holder", #"{"items":[{"user":{"op":"set","id":7}}]}"#) == octets("0000 02 03 0007"))
    #expect(
      try schema.encoding("Holder", #"{"items":[{"unknown":{"code":9,"op":"get","hex":"01"}}]}"#)
        == "unrepresentable items[0].words")
    try schema.expect("UserObjective", "1000 02 05 0007", #"{"op":"get","priority":5,"id":7}"#)
    try schema.expect("UserObjective", "1000 03 05 0007", fails: "length 2 words: two")
  }
}

import Testing

@Suite("Interpreted: expressions") struct ExpressionVectorTests {
  @Test("Functions over lists and arrays") func walks() throws {
    let schema = try Interpreted(
      """
      <tlvs name="Option" error="two">
        <header> <tag name="code" type="u8"/> <length name="length" type="u8"/> </header> <unknown action="keep"/>
        <tlv name="a" code="1"> <field name="x" type="u8"/> </tlv>
        <tlv name="t" code="5"> <field name="text" type="text" size="rest"/> </tlv>
      </tlvs>
      <message name="Walks" direction="any" maxSize="60" error="one">
        <field name="strict" type="u8"/>
        <count name="n" type="u8" of="ports"/> <array name="ports" of="u16"/>
        <list name="items" of="Option"> <allow tlv="a" occurs="0..*"/> <allow tlv="t" occurs="0..*"/> </list>
        <rule name="nonZero" test="all(p in ports, p != 0)"/>
        <rule name="distinct" test="unique(p in ports, p)"/>
        <rule name="rising" test="strict == 1 implies ascending(p in ports, p)"/>
        <rule name="low" test="count(ports) gt 0 implies any(p in ports, p le 10)"/>
        <rule name="few" test="sum(p in ports, p) lt 100"/>
        <rule name="texts" test="unique(t in items.t, t.text)"/>
        <rule name="known" test="among(a in items.a, a.x, p in ports, p)"/>
        <rule name="brief" test="all(t in items.t, size(t.text) lt 4)"/>
      </message>
      """)
    try schema.expect(
      "Walks", "01 02 0003 0005 010103 05026162 05026364",
      #"{"message":"Walks","strict":1,"ports":[3,5],"items":[{"a":{"x":3}},{"t":{"text":"ab"}},{"t":{"text":"cd"}}]}"#)
    try schema.expect("Walks", "00 00", #"{"message":"Walks","strict":0,"ports":[],"items":[]}"#)
    try schema.expect("Walks", "00 01 0000", fails: "rule nonZero 0: one")
    try schema.expect("Walks", "00 02 0003 0003", fails: "rule distinct 0: one")
    try schema.expect("Walks", "01 02 0005 0003", fails: "rule rising 0: one")
    try schema.expect("Walks", "01 02 0005 0005", fails: "rule distinct 0: one", "rule rising 0: one")
    try schema.expect("Walks", "00 01 000b", fails: "rule low 0: one")
    try schema.expect("Walks", "00 02 0005 0060", fails: "rule few 0: one")
    try schema.expect("Walks", "00 00 05026162 05026162", fails: "rule texts 0: one")
    try schema.expect("Walks", "00 01 0003 010104", fails: "rule known 0: one")
    try schema.expect("Walks", "00 00 050461626364", fails: "rule brief 0: one")
  }

  @Test("Paths through arrays, and into what is nested") func paths() throws {
    let schema = try Interpreted(
      """
      <struct name="Row"> <count name="n" type="u8" of="cells"/> <array name="cells" of="u8"/> </struct>
      <struct name="Inner">
        <field name="flag" type="u8"/> <field name="extra" type="u8" when="flag == 1"/>
        <field name="name" type="text" terminator="0"/> <count name="n" type="u8" of="ports"/> <array name="ports" of="u8"/>
      </struct>
      <struct name="Table" error="one">
        <field name="inner" type="Inner"/>
        <field name="name" type="text" terminator="0"/>
        <array name="rows" of="Row" until="end"/>
        <rule name="distinct" test="unique(c in rows.cells, c)"/>
        <rule name="filled" test="all(r in rows, count(r.cells) gt 0)"/>
        <rule name="extra" test="present(inner.extra) implies inner.extra == 5"/>
        <rule name="other" test="inner.name != name and inner.name != 'x'"/>
        <rule name="long" test="size(inner.name) + count(inner.ports) lt 4"/>
      </struct>
      """)
    try schema.expect(
      "Table", "01 05 6100 0107  6200  02 0102 01 03",
      #"{"inner":{"flag":1,"extra":5,"name":"a","ports":[7]},"name":"b","rows":[{"cells":[1,2]},{"cells":[3]}]}"#)
    try schema.expect("Table", "00 6100 00 6200 020102 0101", fails: "rule distinct 0: one")
    try schema.expect("Table", "00 6100 00 6200 020101", fails: "rule distinct 0: one")
    try schema.expect("Table", "00 6100 00 6200 0101 00", fails: "rule filled 0: one")
    try schema.expect("Table", "01 06 6100 00 6200", fails: "rule extra 0: one")
    try schema.expect("Table", "00 6200 00 6200", fails: "rule other 0: one")
    try schema.expect("Table", "00 7800 00 6200", fails: "rule other 0: one")
    try schema.expect("Table", "00 616100 020102 6200", fails: "rule long 0: one")
  }

  @Test("Conditions that ask for sets of bits, times and lists") func conditions() throws {
    let schema = try Interpreted(
      """
      <flags name="Services" type="u8"> <flag name="nat" bit="0"/> <flag name="proxy" bit="3"/> </flags>
      <tlvs name="Option"> <header> <tag name="code" type="u8"/> <length name="length" type="u8"/> </header>
        <unknown action="keep"/> <tlv name="a" code="1"> <field name="x" type="u8"/> </tlv>
      </tlvs>
      <struct name="Sees" error="one">
        <field name="services" type="Services"/>
        <field name="life" type="duration" size="1" unit="min"/>
        <field name="n" type="u8"/>
        <list name="items" of="Option" count="n"> <allow tlv="a" occurs="0..*"/> </list>
        <field name="p" type="u8" when="services.nat and not services.proxy"/>
        <field name="q" type="u8" when="count(items.a) gt 1 or any(a in items.a, a.x == 9)"/>
        <field name="r" type="u8" when="life ge 60"/>
      </struct>
      """)
    try schema.expect("Sees", "00 00 00", #"{"services":[],"life":0,"n":0,"items":[]}"#)
    try schema.expect(
      "Sees", "01 3c 01 010109 0a 0b 0c",
      #"{"services":["nat"],"life":60,"n":1,"items":[{"a":{"x":9}}],"p":10,"q":11,"r":12}"#)
    try schema.expect("Sees", "09 3b 01 010108", #"{"services":["nat","proxy"],"life":59,"n":1,"items":[{"a":{"x":8}}]}"#)
    try schema.expect("Sees", "01 00 00", fails: "truncated 3 p: one")
    try schema.expect("Sees", "00 00 02 010101 010101", fails: "truncated 9 q: one")
    #expect(try schema.encoding("Sees", #"{"services":["nat"],"life":0,"n":0}"#) == "truncated p")
    #expect(try schema.encoding("Sees", #"{"services":[],"life":0,"n":0,"p":1}"#) == "trailing ")
  }
}

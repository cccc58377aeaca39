import Testing

@Suite("Interpreted: members") struct MemberVectorTests {
  @Test("Text and octets with a prefix, a terminator, padding") func extents() throws {
    let schema = try Interpreted(
      """
      <struct name="Strings" error="one">
        <field name="host" type="text" encoding="ascii" prefix="u16" max="5" error="two"/>
        <field name="user" type="text" terminator="0" min="1" max="8" error="two"/>
        <field name="face" type="octets" size="4" pad="0"/>
        <rule name="short" test="size(host) + size(user) + size(face) le 8"/>
        <rule name="named" test="user != 'xx' and user != host"/>
      </struct>
      """)
    try schema.expect(
      "Strings", "0003 616263  6d65 00  aabb 0000", #"{"host":"abc","user":"me","face":"aabb"}"#)
    try schema.expect("Strings", "0000  6d65 00  aabbccdd", #"{"host":"","user":"me","face":"aabbccdd"}"#)
    try schema.expect(
      "Strings", "0000  6d65 00  aa 00 ff 01", #"{"host":"","user":"me","face":"aa"}"#, isCanonical: false)
    try schema.expect("Strings", "00", fails: "truncated 0 host: one")
    try schema.expect("Strings", "0004 616263", fails: "truncated 0 host: one")
    try schema.expect("Strings", "0003 6162ff 6d6500 00000000", fails: "text 0 host: two")
    try schema.expect("Strings", "0006 6162636465ff 6d6500 00000000", fails: "range 0 host: two", "text 0 host: two")
    try schema.expect("Strings", "0000 6d65", fails: "truncated 2 user: one")
    try schema.expect("Strings", "0000 00 00000000", fails: "range 2 user: two")
    try schema.expect("Strings", "0000 6d6500 aabb00", fails: "truncated 5 face: one")
    try schema.expect("Strings", "0003 616263 6d6500 aabbccdd", fails: "rule short 0: one")
    try schema.expect("Strings", "0000 7878 00 00000000", fails: "rule named 0: one")
    try schema.expect("Strings", "0001 61 61 00 00000000", fails: "rule named 0: one")
    #expect(try schema.encoding("Strings", #"{"host":"é","user":"a","face":""}"#).hasPrefix("1:9: text without"))
    #expect(try schema.encoding("Strings", #"{"host":"","user":"a\u0000","face":""}"#).contains("octet 0 ends it"))
    #expect(try schema.encoding("Strings", #"{"host":"","user":"a","face":"0102030405"}"#).contains("at most 4"))
  }

  @Test("Sets of bits") func flags() throws {
    let schema = try Interpreted(
      """
      <flags name="Wide" type="u16"> <flag name="nat" bit="0" label="NAT"/> <flag name="proxy" bit="9"/> </flags>
      <flags name="Narrow" type="u8" open="false"> <flag name="a" bit="0"/> <flag name="b" bit="2"/> </flags>
      <struct name="Sets">
        <field name="wide" type="Wide" byteOrder="little" default="1"/>
        <field name="narrow" type="Narrow" error="two"/>
        <rule name="both" test="narrow.a implies wide.nat"/>
      </struct>
      """)
    try schema.expect("Sets", "0100 01", #"{"wide":["nat"],"narrow":["a"]}"#)
    try schema.expect("Sets", "2103 04", #"{"wide":["nat",5,8,"proxy"],"narrow":["b"]}"#)
    try schema.expect("Sets", "0000 00", #"{"wide":[],"narrow":[]}"#)
    try schema.expect("Sets", "0000 02", fails: "code 2 narrow: two")
    try schema.expect("Sets", "0000 01", fails: "rule both 0: malformed")
    #expect(try schema.fromJSON("Sets", #"{"narrow":[2,0]}"#) == [1, 0, 5])
    #expect(try schema.encoding("Sets", #"{"narrow":[1]}"#).contains("unknown number '1'"))
    #expect(try schema.encoding("Sets", #"{"narrow":[8]}"#).contains("a number from 0 to 7"))
    #expect(try schema.encoding("Sets", #"{"narrow":["a",0]}"#) == "1:16: bit 0 again")
    #expect(try schema.encoding("Sets", #"{"narrow":["c"]}"#).contains("unknown name 'c'"))
    let tree = try schema.tree("Sets", "2100 00")
    #expect(tree.node(at: "wide")?.scalarText == "nat 5")
    #expect(tree.dump() == "Sets\n  wide:   NAT, bit 5\n  narrow: none\n")
  }

  @Test("Times") func times() throws {
    let schema = try Interpreted(
      """
      <struct name="Times">
        <field name="sent" type="epoch" size="4" unit="s" origin="1900-01-01"/>
        <field name="half" type="duration" size="2" unit="ms" max="2000" error="two"/>
        <length name="expiryLength" type="u8" of="expiry"/>
        <field name="expiry" type="date-rfc1123" max="37" error="three"/>
        <rule name="later" test="half gt 0 or sent gt 5"/>
      </struct>
      <struct name="Far"> <field name="day" type="epoch" size="8" unit="d" error="two"/> </struct>
      <struct name="Fine"> <field name="at" type="epoch" size="8" unit="ns"/> </struct>
      """)
    let date = ascii("Sun, 06 Nov 1994 08:49:37 GMT")
    try schema.expect(
      "Times", "83aa7e80 05dc 1d \(date)",
      #"{"sent":"1970-01-01T00:00:00Z","half":1500,"expiry":"1994-11-06T08:49:37Z"}"#)
    try schema.expect(
      "Times", "00000000 0001 14 \(ascii("6 Nov 94 09:49 +0100"))",
      #"{"sent":"1900-01-01T00:00:00Z","half":1,"expiry":"1994-11-06T08:49:00Z"}"#, isCanonical: false)
    try schema.expect("Times", "00000000 0001 03 \(ascii("now"))", fails: "text 7 expiry: three")
    try schema.expect("Times", "00000000 ffff 1d \(date)", fails: "range 4 half: two")
    try schema.expect("Times", "00000005 0000 1d \(date)", fails: "rule later 0: malformed")
    try schema.expect("Times", "00000005 0000 1e \(date)", fails: "truncated 7 expiry: malformed")
    let json = #"{"sent":"SENT","half":1,"expiry":"1994-11-06T08:49:37Z"}"#
    func encoding(_ sent: String) throws -> String { try schema.encoding("Times", json.replacing("SENT", with: sent)) }
    #expect(try encoding("1899-12-31T23:59:59Z").contains("is no whole number of s since 1900-01-01T00:00:00Z"))
    #expect(try encoding("1970-01-01T00:00:00.5Z").contains("is no whole number"))
    #expect(try encoding("2036-02-07T06:28:16Z").contains("is too late for 4 octets"))
    #expect(try encoding("yesterday").hasPrefix("1:9: a time as"))
    try schema.expect("Far", "0000000000000001", #"{"day":"1970-01-02T00:00:00Z"}"#)
    try schema.expect("Far", "ffffffffffffffff", fails: "range 0 day: two")
    try schema.expect("Fine", "0000000000000001", #"{"at":"1970-01-01T00:00:00.000000001Z"}"#)
    try schema.expect("Fine", "ffffffffffffffff", #"{"at":"2554-07-21T23:34:33.709551615Z"}"#)
  }

  @Test("Reserved octets that are kept, and those up to the end") func reserved() throws {
    let schema = try Interpreted(
      """
      <struct name="Kept">
        <reserved size="2" receive="keep" name="opaque" send="7"/>
        <bits size="1"> <bitField name="x" width="4"/> <reserved width="4" receive="keep" name="spare" send="9"/> </bits>
        <reserved size="rest" receive="zero" error="two"/>
      </struct>
      """)
    try schema.expect("Kept", "0102 35", #"{"opaque":"0102","x":3,"spare":5}"#)
    try schema.expect("Kept", "0102 35 0000", #"{"opaque":"0102","x":3,"spare":5}"#, isCanonical: false)
    try schema.expect("Kept", "0102 35 0001", fails: "reserved 3 reserved: two")
    #expect(try schema.fromJSON("Kept", #"{"x":1}"#) == octets("0707 19"))
  }

  @Test("Lengths of the message and of the rest") func lengths() throws {
    let schema = try Interpreted(
      """
      <message name="Framed" direction="any" error="one">
        <field name="kind" type="u8"/>
        <length name="whole" type="u24" of="message" error="two"/>
        <length name="tail" type="u16" of="rest" counts="element"/>
        <field name="data" type="octets" size="2"/>
      </message>
      <struct name="Inner" error="three">
        <length name="words" type="u8" of="rest" unit="2" plus="2"/> <field name="data" type="octets" size="rest"/>
      </struct>
      <struct name="Short"> <length name="size" type="u8" of="rest"/> <field name="x" type="u8"/> </struct>
      <struct name="Outer"> <field name="inner" type="Inner"/> <field name="short" type="Short"/> <field name="y" type="u8"/>
      </struct>
      """)
    try schema.expect("Framed", "01 000008 0004 aabb", #"{"message":"Framed","kind":1,"data":"aabb"}"#)
    try schema.expect("Framed", "01 000009 0004 aabb", fails: "length 1 whole: two")
    try schema.expect("Framed", "01 000003 0004 aabb", fails: "length 1 whole: two")
    try schema.expect("Framed", "01 000007 0004 aabb", fails: "length 4 tail: one")
    try schema.expect("Framed", "01 000008 0001 aabb", fails: "length 4 tail: one")
    try schema.expect("Framed", "01 000008 0003 aabb", fails: "truncated 6 data: one")
    try schema.expect("Framed", "01 000009 0005 aabbcc", fails: "trailing 8: one")
    try schema.expect("Framed", "01 000008 0004 aabb cc", fails: "trailing 8: one")
    try schema.expect("Framed", "01 000009 0005 aabbcc dd", fails: "trailing 8: one", "trailing 9: one")
    // words counts (octets + 2) / 2: 2 words are 2 octets.
    try schema.expect("Outer", "02 aabb  01 cc  dd", #"{"inner":{"data":"aabb"},"short":{"x":204},"y":221}"#)
    try schema.expect("Outer", "02 aabb  03 cc eeee  dd", fails: "trailing 5 short: malformed")
    try schema.expect("Outer", "00 01 cc dd", fails: "length 0 inner.words: three")
    try schema.expect("Outer", "09 01 cc dd", fails: "length 0 inner.words: three")
    try schema.expect("Outer", "01 00 cc dd", fails: "truncated 2 short.x: malformed")
    #expect(
      try schema.encoding("Outer", #"{"inner":{"data":"aa"},"short":{"x":1},"y":2}"#) == "unrepresentable inner.words")
  }

  @Test("Lengths that leave octets out") func shorterLengths() throws {
    let schema = try Interpreted(
      """
      <message name="Less" direction="any" error="one">
        <field name="kind" type="u8"/>
        <length name="total" type="u16" of="message" plus="-4" error="two"/>
        <field name="x" type="u8"/>
        <length name="tail" type="u8" of="rest" plus="-1" unit="2" error="three"/>
        <field name="data" type="octets" size="rest"/>
      </message>
      <struct name="Sized">
        <length name="size" type="u8" of="data" plus="-2"/> <field name="data" type="octets" max="3" error="four"/>
      </struct>
      <tlvs name="Option" error="two">
        <header> <tag name="code" type="u8"/> <length name="length" type="u8" plus="-2"/> </header> <unknown action="keep"/>
        <tlv name="a" code="1"> <field name="x" type="u24"/> </tlv>
      </tlvs>
      <struct name="Options"> <list name="options" of="Option"> <allow tlv="a" occurs="0..*"/> </list> </struct>
      """)
    // In all 4 more than total says; behind tail 1 more than twice what it says.
    try schema.expect("Less", "01 0004 aa 01 bbccdd", #"{"message":"Less","kind":1,"x":170,"data":"bbccdd"}"#)
    try schema.expect("Less", "01 0002 aa 00 bb", #"{"message":"Less","kind":1,"x":170,"data":"bb"}"#)
    try schema.expect("Less", "01 0005 aa 01 bbccdd", fails: "length 1 total: two")
    try schema.expect("Less", "01 0004 aa 02 bbccdd", fails: "length 4 tail: three")
    try schema.expect("Less", "01 0000 aa 00", fails: "truncated 4 tail: one")
    #expect(try schema.encoding("Less", #"{"message":"Less","kind":1,"x":1,"data":"0102"}"#) == "unrepresentable tail")
    #expect(try schema.encoding("Less", #"{"message":"Less","kind":1,"x":1,"data":""}"#) == "unrepresentable tail")
    try schema.expect("Sized", "01 aabbcc", #"{"data":"aabbcc"}"#)
    try schema.expect("Sized", "02 aabbccdd", fails: "range 1 data: four")
    try schema.expect("Sized", "00 aa", fails: "truncated 1 data: malformed")
    #expect(try schema.encoding("Sized", #"{"data":"aa"}"#) == "unrepresentable size")
    try schema.expect("Options", "01 01 000102 09 00 eeff", #"{"options":[{"a":{"x":258}},{"unknown":{"code":9,"hex":"eeff"}}]}"#)
    try schema.expect("Options", "01 01 0001", fails: "length 1 options[0].length: two")
    try schema.expect("Options", "01 00 0001", fails: "truncated 2 options[0].a.x: two")
  }

  @Test("Arrays with every end") func arrays() throws {
    let schema = try Interpreted(
      """
      <struct name="Label"> <field name="text" type="octets" prefix="u8" max="63"/> </struct>
      <struct name="Query" error="one">
        <array name="labels" of="Label" terminator="0"/>
        <field name="pairs" type="u8"/> <array name="addresses" of="ipv4" count="2 * pairs - 2" max="2" error="two"/>
        <field name="octetCount" type="u8"/> <array name="ports" of="u16" size="octetCount - 1" min="1" error="two"/>
      </struct>
      <struct name="Numbers"> <array name="items" of="u16" terminator="0x1234" byteOrder="little" max="2" error="two"/> </struct>
      <struct name="Counted">
        <count name="total" type="u8" of="items"/> <array name="items" of="u8" min="1" max="2" error="two"/>
      </struct>
      """)
    try schema.expect(
      "Query", "03616263 0178 00  02 c0000201 c0000202  05 0050 01bb",
      #"{"labels":[{"text":"616263"},{"text":"78"}],"pairs":2,"addresses":["192.0.2.1","192.0.2.2"],"#
        + #""octetCount":5,"ports":[80,443]}"#)
    try schema.expect("Query", "0361", fails: "truncated 0 labels[0].text: malformed")
    try schema.expect("Query", "0161", fails: "truncated 2 labels: one")
    try schema.expect("Query", "00 00", fails: "range 2 addresses: one")
    try schema.expect("Query", "00 02 c0000201", fails: "truncated 6 addresses[1]: one")
    try schema.expect("Query", "00 03 c0000201", fails: "range 2 addresses: two", "truncated 6 addresses[1]: one")
    try schema.expect("Query", "00 01 00", fails: "range 3 ports: one")
    try schema.expect("Query", "00 01 04 0050", fails: "truncated 3 ports: one")
    try schema.expect("Query", "00 01 04 0050 01", fails: "truncated 5 ports[1]: one")
    try schema.expect("Query", "00 01 01", fails: "range 3 ports: two")
    let json = #"{"labels":[],"pairs":PAIRS,"addresses":["192.0.2.1"],"octetCount":COUNT,"ports":[80]}"#
    func encoding(_ pairs: String, _ count: String) throws -> String {
      try schema.encoding("Query", json.replacing("PAIRS", with: pairs).replacing("COUNT", with: count))
    }
    #expect(try encoding("2", "3") == "mismatch addresses")
    #expect(try schema.encoding("Query", #"{"pairs":1,"octetCount":5,"ports":[80]}"#) == "mismatch ports")
    try schema.expect("Numbers", "0100 0200 3412", #"{"items":[1,2]}"#)
    try schema.expect("Numbers", "0100 0200 0300 3412", fails: "range 0 items: two")
    try schema.expect("Numbers", "0100 34", fails: "truncated 2 items: malformed")
    #expect(try schema.encoding("Numbers", #"{"items":[4660]}"#) == "mismatch items")
    // With a count, its bounds come before the values.
    try schema.expect("Counted", "03 01", fails: "range 1 items: two", "truncated 2 items[1]: malformed")
  }
}

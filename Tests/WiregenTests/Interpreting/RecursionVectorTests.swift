import Testing

@Suite("Interpreted: bodies that contain themselves") struct RecursionVectorTests {
  @Test("A struct in itself") func structs() throws {
    let schema = try Interpreted(
      """
      <struct name="Tree" maxDepth="3" error="two">
        <field name="v" type="u8"/> <count name="n" type="u8" of="kids"/> <array name="kids" of="Tree"/>
      </struct>
      <struct name="Holder"> <field name="root" type="Tree"/> <field name="after" type="u8"/> </struct>
      """)
    try schema.expect("Tree", "01 01 02 00", #"{"v":1,"kids":[{"v":2,"kids":[]}]}"#)
    try schema.expect("Tree", "01 01 02 01 03 00", #"{"v":1,"kids":[{"v":2,"kids":[{"v":3,"kids":[]}]}]}"#)
    try schema.expect("Tree", "01 01 02 01 03 01 04 00", fails: "depth 6 kids[0].kids[0].kids[0]: two")
    try schema.expect(
      "Holder", "01 02 02 00 03 00 04", #"{"root":{"v":1,"kids":[{"v":2,"kids":[]},{"v":3,"kids":[]}]},"after":4}"#)
    try schema.expect("Holder", "01 01 02 01 03 01 04 00 09", fails: "depth 6 root.kids[0].kids[0].kids[0]: two")
    let deep = #"{"v":1,"kids":[{"v":2,"kids":[{"v":3,"kids":[{"v":4,"kids":[]}]}]}]}"#
    #expect(try schema.encoding("Tree", deep) == "1:46: nested deeper than 3")
  }

  @Test("A list in an element of its own family") func lists() throws {
    let schema = try Interpreted(
      """
      <tlvs name="Group" maxDepth="2" error="three">
        <header> <tag name="code" type="u8"/> <length name="length" type="u8"/> </header> <unknown action="keep"/>
        <tlv name="group" code="1" error="four">
          <list name="inner" of="Group"> <allow tlv="group" occurs="0..*"/> <allow tlv="leaf" occurs="0..*"/> </list>
        </tlv>
        <tlv name="leaf" code="2"/>
      </tlvs>
      <struct name="Groups">
        <list name="groups" of="Group"> <allow tlv="group" occurs="0..*"/> <allow tlv="leaf" occurs="0..*"/> </list>
      </struct>
      """)
    // The list in the third is empty, which is not too deep.
    try schema.expect("Groups", "0102 0100", #"{"groups":[{"group":{"inner":[{"group":{"inner":[]}}]}}]}"#)
    try schema.expect("Groups", "0104 0102 0200", fails: "depth 4 groups[0].group.inner[0].group.inner: three")
    // The list goes on behind the element that holds it.
    try schema.expect(
      "Groups", "0104 0102 0200 0201ff", fails: "depth 4 groups[0].group.inner[0].group.inner: three",
      "trailing 8 groups[1].leaf: three")
    // Alone, the body's own list is the outermost.
    try schema.expect("GroupGroup", "0102 0200", #"{"inner":[{"group":{"inner":[{"leaf":{}}]}}]}"#)
    let deep = #"{"groups":[{"group":{"inner":[{"group":{"inner":[{"leaf":{}}]}}]}}]}"#
    #expect(try schema.encoding("Groups", deep) == "1:49: nested deeper than 2")
  }
}

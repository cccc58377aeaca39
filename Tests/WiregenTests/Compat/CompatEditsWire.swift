/// Edits that change what octets mean.
let wireEdits: [CompatEdit] = [
  CompatEdit(
    "more octets", #"<field name="key" type="octets" size="4"/>"#, #"<field name="key" type="octets" size="5"/>"#,
    "WIRE SOURCE: Send.key: octets of 4 becomes octets of 5"),
  CompatEdit("no sign", #"type="i8"/>"#, #"type="u8"/>"#, "WIRE SOURCE: Send.offset: i8 becomes u8"),
  CompatEdit(
    "a wider number", #"name="number" type="u16""#, #"name="number" type="u32""#, "WIRE SOURCE: Send.number: u16 becomes u32"),
  CompatEdit(
    "the other octet first", #"name="number" type="u16""#, #"name="number" type="u16" byteOrder="little""#,
    "WIRE: Send.number: u16 becomes u16 little"),
  CompatEdit(
    "more reserved octets", #"<reserved size="2"/>"#, #"<reserved size="3"/>"#,
    "WIRE: Send.reserved: 3 are reserved instead of 2"),
  CompatEdit(
    "use reserved octets", #"<reserved size="2"/>"#, #"<field name="room" type="u16"/>"#,
    "WIRE SOURCE TEXT: Send.room: a new member in the place of 2 reserved octets"),
  CompatEdit(
    "keep reserved octets", #"<reserved size="2"/>"#, #"<reserved size="2" receive="keep" name="spare"/>"#,
    "WIRE TEXT: Send.spare: a new member in the place of 2 reserved octets"),
  CompatEdit(
    "swap two members", #"<field name="town" type="u16"/> <field name="street" type="u16"/>"#,
    #"<field name="street" type="u16"/> <field name="town" type="u16"/>"#,
    "WIRE SOURCE: Place.street: it stands at the start now"),
  CompatEdit(
    "a member in between", #"<field name="marks""#, #"<field name="floor" type="u8"/> <field name="marks""#,
    "WIRE SOURCE TEXT: Send.floor: a new member, and what follows moves"),
  CompatEdit(
    "a member goes", #"<field name="offset" type="i8"/>"#, "",
    "WIRE SOURCE TEXT: Send.offset: the member is gone, and what follows moves"),
  CompatEdit(
    "more bits",
    also: [(#"name="rank" width="3""#, #"name="rank" width="4""#), (#"<reserved width="3"/>"#, #"<reserved width="2"/>"#)],
    "WIRE: Send.reserved: 2 are reserved instead of 3", "WIRE: Send.rank: u3 becomes u4"),
  CompatEdit(
    "another number for a code", #"<code name="letter" value="1""#, #"<code name="letter" value="5""#,
    "WIRE: Service.letter: the number 1 becomes 5",
    #"RETIRED: Service.letter: the number 1 has no meaning any more; put it into a <range use="retired">"#,
    "WIRE: Send.detail.letter: it is for 5 instead of 1"),
  CompatEdit(
    "another bit for a flag", #"<flag name="fragile" bit="0"/>"#, #"<flag name="fragile" bit="3"/>"#,
    "WIRE VALIDATION(either): Marks.fragile: the bit 0 becomes 3",
    #"RETIRED: Marks.fragile: the bit 0 has no meaning any more; put it into a <range use="retired">"#),
  CompatEdit(
    "another code for an element", #"<tlv name="weight" code="2">"#, #"<tlv name="weight" code="5">"#,
    "WIRE: Item.weight: the code 2 becomes 5",
    #"RETIRED: Item.weight: the code 2 has no meaning any more; put it into a <range use="retired">"#),
  CompatEdit(
    "a code of an element that was retired",
    also: [
      (#"<tlv name="weight" code="2">"#, #"<tlv name="weight" code="109">"#),
      (#"to="109" use="retired""#, #"to="108" use="retired""#),
      (#"<tlv name="gift" code="3"/>"#, #"<tlv name="gift" code="3"/> <range from="2" to="2" use="retired"/>"#),
    ],
    "harmless: ItemCode: a new range, 2 (retired)", "WIRE: Item.weight: the code 2 becomes 109",
    "RETIRED: Item.weight: the code 109 is retired and cannot be used again; give a free one",
    "harmless: ItemCode: the range 100 to 109 (retired) becomes 100 to 108 (retired)"),
  CompatEdit("more padding", #"align="2""#, #"align="4""#, "WIRE: Item: elements are padded to 4 octets instead of 2"),
  CompatEdit(
    "count the header", #"<length name="length" type="u8"/>"#, #"<length name="length" type="u8" counts="element"/>"#,
    "WIRE: Item: the length counts the header too"),
  CompatEdit(
    "count in other units", #"<length name="length" type="u8"/>"#, #"<length name="length" type="u8" plus="1"/>"#,
    "WIRE: Item: the length: it counts (octets + 1) instead of octets"),
  CompatEdit(
    "wider codes of elements", #"<tag name="code" type="u8"/>"#, #"<tag name="code" type="u16"/>"#,
    "WIRE SOURCE: ItemCode: 8 bits become 16", "WIRE: Item.code: ItemCode of 8 bits becomes ItemCode of 16 bits"),
  CompatEdit(
    "another version", #"<match field="version" value="2"/>"#, #"<match field="version" value="3"/>"#,
    "WIRE VALIDATION(either): Ask.version: it is matched by 3 instead of 2"),
  CompatEdit(
    "send something else", #"send="7""#, #"send="8""#, "WIRE VALIDATION(either): Ask.reserved: 8 is sent instead of 7"),
  CompatEdit(
    "count milliseconds", #"size="4" unit="s""#, #"size="4" unit="ms""#,
    "WIRE: Ask.until: epoch of 32 bits in s from 0 becomes epoch of 32 bits in ms from 0"),
  CompatEdit(
    "count minutes", #"size="2" unit="s""#, #"size="2" unit="min""#,
    "WIRE: Ask.every: duration of 16 bits in s becomes duration of 16 bits in min"),
  CompatEdit(
    "another checksum", #"algorithm="xor8""#, #"algorithm="sum8""#,
    "WIRE VALIDATION(either): Ask.sum: the checksum is sum8 over before instead of xor8 over before"),
  CompatEdit(
    "a case for more", #"<case value="parcel">"#, #"<case name="parcel" from="2" to="3">"#,
    "WIRE: Send.detail.parcel: it is for 2 to 3 instead of 2"),
  CompatEdit(
    "a new case", #"<otherwise name="plain"/>"#,
    #"<case value="card"> <field name="style" type="u8"/> </case> <otherwise name="plain"/>"#,
    "WIRE SOURCE: Send.detail.card: a new case, which switches over all lack"),
  CompatEdit(
    "members for a case", #"<otherwise name="plain"/>"#,
    #"<otherwise name="plain"> <field name="style" type="u8"/> </otherwise>"#,
    "WIRE SOURCE TEXT: Send.detail.plain: it has members now"),
  CompatEdit(
    "another condition", #"when="signed""#, #"when="not signed""#,
    "WIRE: Send.insured: it is there when 'not signed' instead of when 'signed'"),
  CompatEdit(
    "no condition", #" when="signed""#, "", "WIRE SOURCE: Send.insured: it is there always instead of when 'signed'"),
  CompatEdit(
    "count other octets", #"of="title"/>"#, #"of="title" plus="1"/>"#,
    "WIRE: Send.titleLength: it counts (octets + 1) instead of octets",
    "WIRE: Send.title: text of size 'titleLength' becomes text of size 'titleLength - 1'"),
  CompatEdit(
    "smaller values", #"<array name="stops" of="u16""#, #"<array name="stops" of="u8""#,
    "WIRE SOURCE: Send.stops: each value: u16 becomes u8"),
  CompatEdit(
    "another size of frames", #"size="total + 3""#, #"size="total + 4""#,
    "WIRE: the framing of answer: the size of a message, total + 3, becomes total + 4"),
  CompatEdit(
    "another port", #"port="udp/4000""#, #"port="udp/4001""#,
    "WIRE: order: udp/4000 is no default port any more, but udp/4001"),
  CompatEdit(
    "octets for another message", also: [(#"to="99""#, #"to="120""#), (#"from="100" to="255""#, #"from="121" to="255""#)],
    "VALIDATION(looser): Reply.kind: it is matched by 0 to 120 instead of 0 to 99",
    "WIRE: Failure: octets that were this message may be 'Reply' now",
    "VALIDATION(stricter): Failure.kind: it is matched by 121 to 255 instead of 100 to 255"),
]

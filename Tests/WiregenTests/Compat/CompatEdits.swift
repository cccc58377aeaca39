import Testing

/// An edit of a schema, and what must be said of it.
struct CompatEdit: CustomTestStringConvertible, Sendable {
  /// What the engineer has in mind.
  var purpose: String
  /// Pairs of what stands in the schema and what stands there instead.
  var changes: [(old: String, new: String)]
  /// Findings without places and without whom they break, in the order of the schema: classes, effect, subjects, change.
  var verdicts: [String]
  /// Messages to try besides those that are drawn.
  var messages: [(name: String, hexadecimal: String)] = []

  var testDescription: String { purpose }

  init(_ purpose: String, _ old: String, _ new: String, _ verdicts: String...) {
    (self.purpose, changes, self.verdicts) = (purpose, [(old, new)], verdicts)
  }

  /// The same, with a `Send` to try that has these elements, and nothing else.
  func trying(_ elements: String) -> CompatEdit {
    trying("Send", "01 00 03 00 00 00 0001 00 0000 00000000 00 00000000 00 \(elements)")
  }

  /// The same, with a message to try.
  func trying(_ message: String, _ hexadecimal: String) -> CompatEdit {
    var copy = self
    copy.messages.append((name: message, hexadecimal: hexadecimal))
    return copy
  }

  init(_ purpose: String, also changes: [(String, String)], _ verdicts: String...) {
    (self.purpose, self.verdicts) = (purpose, verdicts)
    self.changes = changes.map { (old: $0.0, new: $0.1) }
  }

  /// The schema edited.
  func apply(to text: String) throws -> String {
    try changes.reduce(text) { text, change in
      try #require(text.contains(change.old), "the schema does not have \(change.old)")
      return text.replacing(change.old, with: change.new)
    }
  }
}

// The verdicts are written by hand: what each edit is, by the definition of the classes.

/// Edits that octets and checks do not notice. `VALIDATION` is followed by its effect.
let harmlessEdits: [CompatEdit] = [
  CompatEdit(
    "say what it is", #"<direction name="answer"/>"#, #"<direction name="answer"> <doc>From the office.</doc> </direction>"#,
    "harmless: direction.answer: what is said about it is another"),
  CompatEdit(
    "another label", #"label="PARCEL""#, #"label="PACKET""#, "harmless: Service.parcel: the label 'PARCEL' becomes 'PACKET'"),
  CompatEdit(
    "tell the unit", #"type="i8"/>"#, #"type="i8" unit="min"/>"#,
    "harmless: Send.offset: the unit that readers are told, none, becomes min"),
  CompatEdit(
    "deprecate", #"<field name="offset""#, #"<field deprecated="Use number." name="offset""#,
    "harmless: Send.offset: it is deprecated: Use number."),
  CompatEdit(
    "rename a member", #"<field name="offset""#, #"<field name="shift""#,
    "SOURCE TEXT: Send.offset: it is called 'shift' instead"),
  CompatEdit(
    "rename a member that a rule reads",
    also: [(#"name="number""#, #"name="amount""#), ("number gt", "amount gt"), ("number !=", "amount !=")],
    "SOURCE TEXT: Send.number: it is called 'amount' instead"),
  CompatEdit(
    "rename a length", #"name="titleLength""#, #"name="titleSize""#,
    "harmless: Send.titleLength: it is called 'titleSize' instead"),
  CompatEdit(
    "rename a struct", also: [(#"<struct name="Place">"#, #"<struct name="Spot">"#), (#"type="Place""#, #"type="Spot""#)],
    "SOURCE: Place: the struct is called 'Spot' instead"),
  CompatEdit(
    "rename a message", #"<message name="Ask""#, #"<message name="Query""#,
    "SOURCE TEXT: Ask: the message is called 'Query' instead"),
  CompatEdit(
    "rename an element", also: [(#"<tlv name="weight""#, #"<tlv name="mass""#), (#"tlv="weight""#, #"tlv="mass""#)],
    "SOURCE TEXT: Item.weight: the element is called 'mass' instead"),
  CompatEdit(
    "rename a family", also: [(#"<tlvs name="Item""#, #"<tlvs name="Part""#), (#"of="Item""#, #"of="Part""#)],
    "SOURCE: Item: the family is called 'Part' instead, and so are the types of its elements"),
  CompatEdit(
    "rename codes", also: [(#"<codes name="Zone""#, #"<codes name="Area""#), (#"type="Zone""#, #"type="Area""#)],
    "SOURCE: Zone: the type is called 'Area' instead"),
  CompatEdit(
    "rename a code", #"<code name="card""#, #"<code name="postcard""#,
    "SOURCE TEXT: Service.card: the code is called 'postcard' instead"),
  CompatEdit(
    "rename a flag", #"<flag name="urgent""#, #"<flag name="express""#,
    "SOURCE TEXT: Marks.urgent: the flag is called 'express' instead"),
  CompatEdit(
    "rename a direction",
    also: [(#"<direction name="order""#, #"<direction name="request""#), (#"direction="order""#, #"direction="request""#)],
    "SOURCE: order: the direction is called 'request' instead, and so is the enum of its messages"),
  CompatEdit(
    "rename a case", #"<otherwise name="plain"/>"#, #"<otherwise name="other"/>"#,
    "SOURCE TEXT: Send.detail.plain: the case is called 'other' instead"),
  CompatEdit(
    "rename a rule", #"<rule name="notEleven""#, #"<rule name="noEleven""#,
    "harmless: Send.notEleven: the rule is called 'noEleven' in errors instead"),
  CompatEdit(
    "rename the protocol", #"name="Post" language"#, #"name="Mail" language"#,
    "SOURCE: Post: the protocol is called 'Mail' instead, and so are its types"),
  CompatEdit(
    "a new open code", #"<code name="card" value="3"/>"#, #"<code name="card" value="3"/> <code name="roll" value="4"/>"#,
    "SOURCE TEXT: Service.roll: a new code, 4"),
  CompatEdit(
    "a code that was retired",
    also: [
      (#"<code name="card" value="3"/>"#, #"<code name="card" value="3"/> <code name="roll" value="200"/>"#),
      (#"<range from="200""#, #"<range from="201""#),
    ],
    "SOURCE TEXT: Service.roll: a new code, 200",
    "RETIRED: Service.roll: the number 200 is retired and cannot be used again; give a free one",
    "harmless: Service: the range 200 to 209 (retired) becomes 201 to 209 (retired)"),
  CompatEdit(
    "an open code goes, and its number is retired", #"<code name="card" value="3"/>"#, #"<range from="3" to="3" use="retired"/>"#,
    "harmless: Service: a new range, 3 (retired)", "SOURCE TEXT: Service.card: the code, 3, is gone"),
  CompatEdit(
    "an open code goes", #"<code name="card" value="3"/>"#, "", "SOURCE TEXT: Service.card: the code, 3, is gone",
    #"RETIRED: Service.card: the number 3 has no meaning any more; put it into a <range use="retired">"#),
  CompatEdit(
    "a retired range goes", #"<range from="200" to="209" use="retired"/>"#, "",
    "harmless: Service: the range 200 to 209 (retired) is gone", "RETIRED: Service: the number 200 is not retired any more"),
  CompatEdit(
    "a private range is used otherwise", #"use="private""#, #"use="experimental""#,
    "harmless: Service: the range 210 to 219 (private) becomes 210 to 219 (experimental)"),
  CompatEdit(
    "a code moves to another class", #"value="1" class="fast""#, #"value="1" class="slow""#,
    "harmless: Service.letter: the class 'fast' becomes 'slow'"),
  CompatEdit(
    "a new class", #"classes="fast slow""#, #"classes="fast slow idle""#,
    "SOURCE: Service: a new class 'idle', which switches over all lack"),
  CompatEdit(
    "another default", #"default="1""#, #"default="2""#, "TEXT: Send.number: what is left out is 2 instead of 1"),
  CompatEdit(
    "no default", #" default="1""#, "", "SOURCE TEXT: Send.number: it has no default, 1, any more"),
  CompatEdit(
    "a default", #"<field name="offset" type="i8"/>"#, #"<field name="offset" type="i8" default="0"/>"#,
    "harmless: Send.offset: what is left out is 0"),
  CompatEdit(
    "octets that are an address", #"<field name="key" type="octets" size="4"/>"#, #"<field name="key" type="ipv4"/>"#,
    "SOURCE TEXT: Send.key: octets of 4 becomes ipv4"),
  CompatEdit(
    "a number that is a time", #"<field name="insured" type="u16" when="signed"/>"#,
    #"<field name="insured" type="duration" size="2" unit="s" when="signed"/>"#,
    "SOURCE: Send.insured: u16 becomes duration of 16 bits in s"),
  CompatEdit(
    "a number that is an open code", #"<field name="reason" type="Fault"/>"#, #"<field name="reason" type="u8"/>"#,
    "SOURCE TEXT: Failure.reason: Fault of 8 bits becomes u8"),
  CompatEdit(
    "a bit that is a number", #"<bit name="sealed"/>"#, #"<bitField name="sealed" width="1"/>"#,
    "SOURCE TEXT: Send.sealed: bit becomes u1"),
  CompatEdit(
    "a group for one number", #"<field name="total" type="u16"/>"#,
    #"<bits size="2"> <bitField name="total" width="16"/> </bits>"#),
  CompatEdit(
    "another derived property", #"<derive name="isBig" test="number gt 50"/>"#, #"<derive name="isSmall" test="number lt 9"/>"#,
    "harmless: Send.isSmall: a new derived property", "SOURCE: Send.isBig: the derived property is gone"),
  CompatEdit(
    "a struct that nothing uses", #"<struct name="Head">"#,
    #"<struct name="Extra"> <field name="x" type="u8"/> </struct> <struct name="Head">"#,
    "harmless: Extra: a new struct"),
  CompatEdit(
    "an element that no list allows", #"<tlv name="gift" code="3"/>"#,
    #"<tlv name="gift" code="3"/> <tlv name="seal" code="4"/>"#,
    "SOURCE: Item.seal: a new element, code 4, which switches over all codes lack"),
  CompatEdit(
    "an element that no list allows goes", #"<tlv name="gift" code="3"/>"#, #"<range from="3" to="3" use="retired"/>"#,
    "harmless: ItemCode: a new range, 3 (retired)", "SOURCE: Item.gift: the element, code 3, is gone"),
  CompatEdit(
    "unknown elements are kept", #"to="191" action="ignore""#, #"to="191" action="keep""#,
    "TEXT: Item.unknown: unknown elements from code 128 are kept instead of ignored"),
  CompatEdit(
    "another order of encoding", #"<allow tlv="note" occurs="0..2"/> <allow tlv="weight" occurs="0..1"/>"#,
    #"<allow tlv="weight" occurs="0..1"/> <allow tlv="note" occurs="0..2"/>"#,
    "harmless: Send.items: elements are encoded in another order"),
  CompatEdit(
    "another port besides", #"port="udp/4000""#, #"port="udp/4000 tcp/4000""#,
    "harmless: order: tcp/4000 is a default port besides"),
]

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

/// Edits that change what is accepted, or which error it earns.
let validationEdits: [CompatEdit] = [
  CompatEdit("a higher bound", #"max="100""#, #"max="200""#, "VALIDATION(looser): Send.number: max 100 becomes 200"),
  CompatEdit("a lower bound", #"max="100""#, #"max="60""#, "VALIDATION(stricter): Send.number: max 100 becomes 60"),
  CompatEdit("no bound", #"min="1" max="100""#, #"max="100""#, "VALIDATION(looser): Send.number: min, 1, is no more"),
  CompatEdit(
    "a bound", #"type="i8"/>"#, #"type="i8" min="-5"/>"#, "VALIDATION(stricter): Send.offset: min is -5 now"),
  CompatEdit(
    "a constant", #"type="i8"/>"#, #"type="i8" const="0"/>"#,
    "VALIDATION(stricter) SOURCE TEXT: Send.offset: it is always 0"),
  CompatEdit(
    "more values", #"of="u16" max="3""#, #"of="u16" max="4""#, "VALIDATION(looser): Send.stops: max 3 becomes 4"
  ).trying("Send", "01 00 03 00 00 00 0001 00 0000 00000000 00 00000000 04 0001 0002 0003 0004"),
  CompatEdit(
    "open codes", #"name="Zone" type="u8" open="false""#, #"name="Zone" type="u8""#,
    "VALIDATION(looser) SOURCE: Zone: closed codes become open"),
  CompatEdit(
    "closed codes", #"name="Service" type="u8""#, #"name="Service" type="u8" open="false""#,
    "VALIDATION(stricter) SOURCE: Service: open codes become closed"),
  CompatEdit(
    "a new closed code", #"<code name="far" value="1"/>"#, #"<code name="far" value="1"/> <code name="beyond" value="2"/>"#,
    "VALIDATION(looser) SOURCE: Zone.beyond: a new code, 2"),
  CompatEdit(
    "a new closed flag", #"<flag name="urgent" bit="1"/>"#, #"<flag name="urgent" bit="1"/> <flag name="heavy" bit="2"/>"#,
    "VALIDATION(looser): Marks.heavy: a new flag, 2"),
  CompatEdit(
    "a new rule", #"<derive name="isBig""#, #"<rule name="early" test="offset lt 100"/> <derive name="isBig""#,
    "VALIDATION(stricter): Send.early: a new rule, 'offset lt 100'"),
  CompatEdit(
    "a rule goes", #"<rule name="notEleven" test="number != 11"/>"#, "", "VALIDATION(looser): Send.notEleven: the rule is gone"),
  CompatEdit(
    "another rule", "number != 11", "number != 12",
    "VALIDATION(either): Send.notEleven: the rule 'number != 11' becomes 'number != 12'"),
  CompatEdit(
    "another code of a rule", #"error="wrongSize"/>"#, #"error="badItem"/>"#,
    "VALIDATION(code): Send.farIsSigned: the protocol code, 'wrongSize' becomes 'badItem'"
  ).trying("Send", "01 00 03 01 00 00 0001 00 0000 00000000 00 00000000 00"),
  CompatEdit(
    "a rule that warns", #"test="number != 11"/>"#, #"test="number != 11" severity="warning"/>"#,
    "VALIDATION(looser): Send.notEleven: a breach is a warning in lenient decoding"),
  CompatEdit(
    "a bound that does not only warn", #" severity="warning""#, "",
    "VALIDATION(stricter): Reply.limit: what fails its checks is an error in lenient decoding"),
  CompatEdit(
    "an element more often", #"<allow tlv="note" occurs="0..2"/>"#, #"<allow tlv="note" occurs="0..3"/>"#,
    "VALIDATION(looser): Send.items.note: the most 2 becomes 3"
  ).trying("0100 0100 0100"),
  CompatEdit(
    "an element without limit", #"<allow tlv="note" occurs="0..2"/>"#, #"<allow tlv="note" occurs="0..*"/>"#,
    "VALIDATION(looser): Send.items.note: the most, 2, is no more"
  ).trying("0100 0100 0100"),
  CompatEdit(
    "an element twice", #"<allow tlv="weight" occurs="0..1"/>"#, #"<allow tlv="weight" occurs="0..2"/>"#,
    "VALIDATION(looser) SOURCE: Send.items.weight: the most 1 becomes 2"
  ).trying("0202 0007 0202 0007"),
  CompatEdit(
    "an element at the end", #"<allow tlv="note" occurs="0..2"/>"#, #"<allow tlv="note" occurs="0..2" position="last"/>"#,
    "harmless: Send.items: elements are encoded in another order",
    "VALIDATION(stricter): Send.items.note: it must be the last"
  ).trying("0100 0202 0007"),
  CompatEdit(
    "an element that must be", #"<allow tlv="weight" occurs="0..1"/>"#, #"<allow tlv="weight" occurs="1"/>"#,
    "SOURCE: Send.items: 'items' must be given to initialisers",
    "VALIDATION(stricter) SOURCE: Send.items.weight: the least number is 1 now"),
  CompatEdit(
    "an element that must be sometimes", #"<allow tlv="weight" occurs="0..1"/>"#,
    #"<allow tlv="weight" occurs="0..1" requiredWhen="service == parcel"/>"#,
    "VALIDATION(stricter): Send.items.weight: it is required when 'service == parcel'"),
  CompatEdit(
    "allow what was rejected", #"<allow tlv="weight" occurs="0..1"/>"#,
    #"<allow tlv="weight" occurs="0..1"/> <allow tlv="gift" occurs="0..1"/>"#,
    "VALIDATION(looser): Send.items.gift: the list allows it now; it was an unknown one with code 3, rejected"),
  CompatEdit(
    "do not allow what is kept", #" <allow tlv="trace" occurs="0..*"/>"#, "",
    "VALIDATION(looser) SOURCE TEXT: Send.items.trace: the list does not allow it any more; it is an unknown one with code 200, kept"
  ).trying("C800"),
  CompatEdit(
    "a new element",
    also: [
      (
        #"<tlv name="gift" code="3"/>"#,
        #"<tlv name="gift" code="3"/> <tlv name="stamp" code="201"> <field name="price" type="u16"/> </tlv>"#
      ),
      (#"<allow tlv="trace" occurs="0..*"/>"#, #"<allow tlv="trace" occurs="0..*"/> <allow tlv="stamp" occurs="0..1"/>"#),
    ],
    "SOURCE: Item.stamp: a new element, code 201, which switches over all codes lack",
    "VALIDATION(stricter) TEXT: Send.items.stamp: the list allows it now; it was an unknown one with code 201, kept"
  ).trying("C900"),
  CompatEdit(
    "reject unknown elements", #"to="191" action="ignore""#, #"to="191" action="reject""#,
    "VALIDATION(stricter): Item.unknown: unknown elements from code 128 are rejected instead of ignored"),
  CompatEdit("padding of zeros", #"align="2""#, #"align="2" padding="zero""#, "VALIDATION(stricter): Item: padding must be zero")
    .trying("0101 41FF"),
  CompatEdit(
    "elements in order", #"<list name="items" of="Item">"#, #"<list name="items" of="Item" order="listed">"#,
    "VALIDATION(stricter): Send.items: elements must come in the order listed"
  ).trying("0202 0007 0100"),
  CompatEdit(
    "smaller messages", #"maxSize="200""#, #"maxSize="60""#, "VALIDATION(stricter): Send: maxSize 200 becomes 60",
    "VALIDATION(stricter): Ask: maxSize 200 becomes 60", "VALIDATION(stricter): Reply: maxSize 200 becomes 60",
    "VALIDATION(stricter): Failure: maxSize 200 becomes 60"),
  CompatEdit(
    "messages of even size", #"<message name="Send" direction="order">"#,
    #"<message name="Send" direction="order" sizeMultiple="2">"#,
    "VALIDATION(stricter): Send: octets are a multiple of 2 instead of 1"),
  CompatEdit(
    "ASCII", #"type="text" max="8"/>"#, #"type="text" max="8" encoding="ascii"/>"#,
    "VALIDATION(stricter): Send.title: it is to be ASCII instead of UTF-8"),
  CompatEdit(
    "no U+0000", #"type="text" max="8"/>"#, #"type="text" max="8" nul="error"/>"#,
    "VALIDATION(stricter): Send.title: U+0000 is refused"),
  CompatEdit(
    "keep ill-formed text", #"type="text" max="8"/>"#, #"type="text" max="8" invalid="keep"/>"#,
    "VALIDATION(looser) SOURCE: Send.title: it is to be anything instead of UTF-8"
  ).trying("Send", "01 00 03 00 00 00 0001 00 0000 00000000 01FF 00000000 00"),
  CompatEdit(
    "check reserved octets", #"<reserved size="2"/>"#, #"<reserved size="2" receive="zero"/>"#,
    "VALIDATION(stricter): Send.reserved: what is reserved must be as it is sent"),
  CompatEdit(
    "no other case", #"<otherwise name="plain"/>"#, "",
    "VALIDATION(stricter) SOURCE TEXT: Send.detail: values have no case where 'plain' was theirs"),
  CompatEdit(
    "a list at the end", #"<field name="reason" type="Fault"/>"#,
    #"<field name="reason" type="Fault"/> <list name="items" of="Item"> <allow tlv="note" occurs="0..1"/> </list>"#,
    "VALIDATION(looser) TEXT: Failure.items: a new member at the end"),
  CompatEdit(
    "something at the end", #"<field name="reason" type="Fault"/>"#,
    #"<field name="reason" type="Fault"/> <field name="hint" type="u8" when="remaining ge 1"/>"#,
    "VALIDATION(looser): Failure.hint: a new member at the end"),
  CompatEdit(
    "anything at the end", #"<field name="reason" type="Fault"/>"#,
    #"<field name="reason" type="Fault"/> <reserved size="rest"/>"#,
    "VALIDATION(looser): Failure: reserved: nothing becomes the reserved rest"),
  CompatEdit(
    "a new message", #"<message name="Ask""#,
    #"<message name="Stop" direction="order"> <field name="version" type="u8"/> <match field="version" value="3"/> </message> <message name="Ask""#,
    "VALIDATION(looser) SOURCE: Stop: a new message, which switches over all lack"),
  CompatEdit(
    "another direction", #"<message name="Failure" direction="answer">"#, #"<message name="Failure" direction="order">"#,
    "VALIDATION(either) SOURCE: Failure: its direction is 'order' instead of 'answer'"),
  CompatEdit(
    "a match for less", #"from="100" to="255""#, #"from="110" to="255""#,
    "VALIDATION(stricter): Failure.kind: it is matched by 110 to 255 instead of 100 to 255"),
  CompatEdit(
    "another code of a match", #"value="1" error="badVersion""#, #"value="1" error="wrongSize""#,
    "VALIDATION(code): Send.version: the protocol code of what does not match, 'badVersion' becomes 'wrongSize'"),
  CompatEdit(
    "another code of headers", #"align="2" error="badItem""#, #"align="2" error="wrongSize""#,
    """
    VALIDATION(code): Item, Item.unknown, Item.note, Item.weight, Item.gift, Item.trace, NoteItem.text, NoteItem, \
    WeightItem.grams, WeightItem, TraceItem, Send.items.note, Send.items.weight: the protocol code of 13 errors, 'badItem' \
    becomes 'wrongSize'
    """
  ).trying("0109"),
  CompatEdit(
    "smaller frames", #"min="3" max="60""#, #"min="3" max="50""#,
    "VALIDATION(stricter): the framing of answer: max 60 becomes 50"
  ).trying("Reply", "05 0034 01 0000"),
]

/// Edits of the schema of PCP.
let pcpEdits: [CompatEdit] = [
  CompatEdit(
    "PCP: rename the lifetime of responses", #"name="lifetime" type="u32" unit="s" label="Lifetime""#,
    #"name="grantedLifetime" type="u32" unit="s" label="Lifetime""#,
    """
    SOURCE TEXT: ResponseHeader.lifetime, AnnounceResponse.lifetime, MapResponse.lifetime, PeerResponse.lifetime, \
    MapErrorResponse.lifetime, PeerErrorResponse.lifetime, ErrorResponse.lifetime: it is called 'grantedLifetime' instead
    """),
  CompatEdit(
    "PCP: shorter nonces", #"size="12" label="Mapping Nonce""#, #"size="8" label="Mapping Nonce""#,
    "WIRE SOURCE: MapData.nonce, PeerData.nonce, MapRequest.nonce, PeerRequest.nonce: octets of 12 becomes octets of 8",
    "WIRE SOURCE: MapAnswer.nonce, PeerAnswer.nonce, MapResponse.nonce, PeerResponse.nonce: octets of 12 becomes octets of 8"),
  CompatEdit(
    "PCP: a registered protocol", #"<code name="dccp""#, #"<code name="gre" value="47" label="GRE"/> <code name="dccp""#,
    "SOURCE TEXT: TransportProtocol.gre: a new code, 47"),
  CompatEdit(
    "PCP: one filter", #"<allow tlv="filter" occurs="0..*"/>"#, #"<allow tlv="filter" occurs="0..1"/>"#,
    "VALIDATION(stricter) SOURCE: MapRequest.options.filter: the most is 1 now",
    "VALIDATION(stricter) SOURCE: MapResponse.options.filter: the most is 1 now"),
  CompatEdit(
    "PCP: no descriptions", #"<allow tlv="description" occurs="0..1"/>"#, "",
    "VALIDATION(looser) SOURCE TEXT: MapRequest.options.description: \(isUnknown)",
    "VALIDATION(looser) SOURCE TEXT: PeerRequest.options.description: \(isUnknown)",
    "VALIDATION(looser) SOURCE TEXT: MapResponse.options.description: \(isUnknown)",
    "VALIDATION(looser) SOURCE TEXT: PeerResponse.options.description: \(isUnknown)"),
  CompatEdit(
    "PCP: keep unknown options of servers", #"<unknown from="0" to="127" direction="response" action="ignore"/>"#,
    #"<unknown from="0" to="127" direction="response" action="keep"/>"#,
    "TEXT: Option.unknown: unknown elements from code 0 from response are kept instead of ignored"),
  CompatEdit(
    "PCP: another error for unknown options", #"action="reject" error="unsuppOption""#,
    #"action="reject" error="malformedOption""#,
    """
    VALIDATION(code): Option.unknown: the protocol code of unknown elements from code 0 from request, 'unsuppOption' becomes \
    'malformedOption'
    """),
  CompatEdit(
    "PCP: mappings of all ports to a peer",
    #"<rule name="oneInternalPort" test="internalPort != 0" spec="RFC 6887 section 12.1"/>"#, "",
    "VALIDATION(looser): PeerRequest.oneInternalPort: the rule is gone"),
  CompatEdit(
    "PCP: a new option",
    also: [
      (
        #"<tlv name="portSet" code="130""#,
        #"<tlv name="quota" code="131"> <field name="limit" type="u16"/> </tlv> <tlv name="portSet" code="130""#
      ),
      (#"<range from="131""#, #"<range from="132""#),
      (#"<allow tlv="filter" occurs="0..*"/>"#, #"<allow tlv="filter" occurs="0..*"/> <allow tlv="quota" occurs="0..1"/>"#),
    ],
    "SOURCE: Option.quota: a new element, code 131, which switches over all codes lack",
    "harmless: OptionCode: the range 131 to 191 (unassigned) becomes 132 to 191 (unassigned)",
    "VALIDATION(stricter) TEXT: MapRequest.options.quota: the list allows it now; it was an unknown one with code 131, kept",
    "VALIDATION(stricter) TEXT: MapResponse.options.quota: the list allows it now; it was an unknown one with code 131, kept"
  ).trying(
    "MapRequest",
    """
    0201 0000 00000E10 00000000000000000000FFFFC0000201 000102030405060708090A0B 11000000 1F90 0000 \
    00000000000000000000FFFF00000000 83000000
    """),
  CompatEdit(
    "PCP: another code for an option",
    also: [
      (#"<tlv name="prefix64" code="129""#, #"<tlv name="prefix64" code="131""#), (#"<range from="131""#, #"<range from="132""#),
    ],
    "WIRE: Option.prefix64: the code 129 becomes 131",
    #"RETIRED: Option.prefix64: the code 129 has no meaning any more; put it into a <range use="retired">"#,
    "harmless: OptionCode: the range 131 to 191 (unassigned) becomes 132 to 191 (unassigned)"),
]

private let isUnknown = "the list does not allow it any more; it is an unknown one with code 128, kept"

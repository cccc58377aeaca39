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

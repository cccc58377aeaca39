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

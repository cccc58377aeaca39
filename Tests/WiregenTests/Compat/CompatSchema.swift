/// A small protocol that has a bit of everything, for edits of it.
let postSchema = """
  <protocol xmlns="urn:wiregen:schema:1" name="Post" language="1" errors="Fault" error="malformed" maxSize="200">
    <codes name="Fault" type="u8">
      <code name="malformed" value="1"/> <code name="badVersion" value="2"/> <code name="badItem" value="3"/>
      <code name="wrongSize" value="4"/>
    </codes>
    <codes name="Service" type="u8" classification="Speed" classes="fast slow">
      <code name="letter" value="1" class="fast"/> <code name="parcel" value="2" label="PARCEL" class="slow"/>
      <code name="card" value="3"/>
      <range from="200" to="209" use="retired"/> <range from="210" to="219" use="private"/>
    </codes>
    <codes name="Zone" type="u8" open="false"> <code name="near" value="0"/> <code name="far" value="1"/> </codes>
    <flags name="Marks" type="u8" open="false"> <flag name="fragile" bit="0"/> <flag name="urgent" bit="1"/> </flags>
    <flags name="Hints" type="u8"> <flag name="cold" bit="0"/> <flag name="warm" bit="1"/> </flags>
    <struct name="Place"> <field name="town" type="u16"/> <field name="street" type="u16"/> </struct>
    <struct name="Head"> <field name="kind" type="u8"/> <field name="total" type="u16"/> </struct>
    <tlvs name="Item" align="2" error="badItem">
      <header> <tag name="code" type="u8"/> <length name="length" type="u8"/> </header>
      <unknown from="0" to="127" action="reject"/> <unknown from="128" to="191" action="ignore"/> <unknown action="keep"/>
      <tlv name="note" code="1"> <field name="text" type="text" size="rest" max="6"/> </tlv>
      <tlv name="weight" code="2"> <field name="grams" type="u16" min="1"/> </tlv>
      <tlv name="gift" code="3"/>
      <tlv name="trace" code="200"> <field name="mark" type="u8"/> </tlv>
      <range from="100" to="109" use="retired"/>
    </tlvs>
    <direction name="order" port="udp/4000"/>
    <direction name="answer"/>
    <framing header="Head" direction="answer" size="total + 3" min="3" max="60"/>
    <message name="Send" direction="order">
      <field name="version" type="u8"/>
      <match field="version" value="1" error="badVersion"/>
      <bits size="1"> <bit name="signed"/> <bit name="sealed"/> <bitField name="rank" width="3" max="5"/> <reserved width="3"/> </bits>
      <field name="service" type="Service"/>
      <field name="zone" type="Zone"/>
      <field name="marks" type="Marks"/>
      <field name="hints" type="Hints"/>
      <field name="number" type="u16" min="1" max="100" default="1"/>
      <field name="offset" type="i8"/>
      <reserved size="2"/>
      <field name="from" type="Place"/>
      <field name="insured" type="u16" when="signed"/>
      <length name="titleLength" type="u8" of="title"/>
      <field name="title" type="text" max="8"/>
      <field name="key" type="octets" size="4"/>
      <count name="stopCount" type="u8" of="stops"/>
      <array name="stops" of="u16" max="3"/>
      <choice name="detail" on="service">
        <case value="letter"> <field name="pages" type="u8"/> </case>
        <case value="parcel"> <field name="size" type="u16"/> </case>
        <otherwise name="plain"/>
      </choice>
      <list name="items" of="Item">
        <allow tlv="note" occurs="0..2"/> <allow tlv="weight" occurs="0..1"/> <allow tlv="trace" occurs="0..*"/>
      </list>
      <rule name="farIsSigned" test="zone == far implies signed" error="wrongSize"/>
      <rule name="notEleven" test="number != 11"/>
      <derive name="isBig" test="number gt 50"/>
    </message>
    <message name="Ask" direction="order">
      <field name="version" type="u8"/>
      <match field="version" value="2"/>
      <field name="until" type="epoch" size="4" unit="s"/>
      <field name="every" type="duration" size="2" unit="s"/>
      <reserved size="1" send="7" receive="zero"/>
      <checksum name="sum" type="u8" algorithm="xor8" over="before"/>
    </message>
    <message name="Reply" direction="answer">
      <use struct="Head"> <match field="kind" from="0" to="99"/> </use>
      <field name="limit" type="u8" max="9" severity="warning"/>
      <field name="tail" type="octets" size="2"/>
    </message>
    <message name="Failure" direction="answer">
      <use struct="Head"> <match field="kind" from="100" to="255"/> </use>
      <field name="reason" type="Fault"/>
    </message>
  </protocol>
  """

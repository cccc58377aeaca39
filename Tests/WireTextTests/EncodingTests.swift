import Testing
import Wire
import WireText

@Suite("Encoding")
struct EncodingTests {
  let interpreter = MappingProtocol.interpreter
  let kit = KitProtocol.interpreter

  @Test("What is decoded encodes to the same octets")
  func roundTrip() throws {
    let options =
      MappingProtocol.filterOption + MappingProtocol.descriptionOption + MappingProtocol.keptOption
      + MappingProtocol.thirdPartyOption
    let octets = MappingProtocol.request + options
    let decoded = try interpreter.decode(direction: 0, octets)
    #expect(try interpreter.encode(decoded.body, decoded.tree.value) == octets)
    #expect(try interpreter.isCanonical(decoded.body, octets))
    let everything = try kit.tree("Everything", KitProtocol.everythingOctets)
    #expect(try kit.encode(1, everything.value) == KitProtocol.everythingOctets)
  }

  @Test("What is ignored is not encoded again, so that the octets are not canonical")
  func canonical() throws {
    #expect(try !interpreter.isCanonical(0, MappingProtocol.request + MappingProtocol.ignoredOption))
    #expect(try !interpreter.isCanonical(0, replacing(MappingProtocol.request, at: 2, with: [1])))
    #expect(try interpreter.isCanonical(0, MappingProtocol.request + MappingProtocol.keptOption))
  }

  @Test("Unknown elements get a header and padding")
  func unknownElement() throws {
    var value = try interpreter.tree("MapRequest", MappingProtocol.request).value
    value["options"] = .list([.unknown(tag: 225, value: [1, 2, 3, 4, 5])])
    #expect(try interpreter.encoding("MapRequest", value).hasSuffix("e10000050102030405000000"))
    let parts = WireValue.structure([
      .init("parts", .list([.unknown(tag: 0x0203, value: [1, 2]), .known(name: "blob", blob([]))]))
    ])
    #expect(
      try kit.encoding("Lists", parts)
        == "offset 8: Lists.parts[1].length: too large for its field")
    let even = WireValue.structure([
      .init("parts", .list([.unknown(tag: 0x0203, value: [1, 2]), .known(name: "blob", blob([7]))]))
    ])
    #expect(try kit.encoding("Lists", even) == "040302ff01020000" + "040100ff09070000")
  }

  private func blob(_ data: [UInt8]) -> WireValue {
    .structure([.init("id", .integer(9)), .init("data", .octets(data))])
  }

  @Test("Computed sizes count in units, and must come out even")
  func units() throws {
    func value(_ count: Int) -> WireValue {
      .structure([.init("data", .octets(Array(repeating: 7, count: count)))])
    }
    #expect(try kit.encoding("Units", value(4)) == "0207070707")
    #expect(try kit.encoding("Units", value(3)) == "offset 0: Units.words: too large for its field")
    #expect(try kit.encoding("Units", value(1020)) == "offset 0: Units.words: too large for its field")
    #expect(try kit.encoding("Units", value(1016)).hasPrefix("ff07"))
  }

  @Test("Defaults are filled in; constants on a condition follow it")
  func filledIn() throws {
    let wide = WireValue.structure([
      .init("big", .integer(Int128(UInt64.max))), .init("signed", .integer(-1)),
    ])
    #expect(try kit.encoding("Wide", wide) == "ffffffffffffffffffffffffffffffff05")
    let flagged = WireValue.structure([.init("flag", .integer(1)), .init("extra", .integer(3))])
    #expect(try kit.encoding("Conditional", flagged) == "01ee03")
    #expect(try kit.encoding("Conditional", .structure([.init("flag", .integer(0))])) == "00")
  }

  @Test("What would decode to another value is refused")
  func mismatch() throws {
    let path = " would decode to another value"
    let surplus = WireValue.structure([.init("flag", .integer(0)), .init("extra", .integer(3))])
    #expect(try kit.encoding("Conditional", surplus) == "offset 1: Conditional: octets left over")
    let unknown = WireValue.structure([.init("label", .octets([])), .init("lable", .octets([]))])
    #expect(try kit.encoding("Tail", unknown) == "offset 0: Tail.lable:" + path)
    #expect(try kit.encoding("Tail", .structure([])) == "offset 0: Tail.label:" + path)
    #expect(try kit.encoding("Tail", .integer(1)) == "offset 0: Tail:" + path)
    var value = try interpreter.tree("MapRequest", MappingProtocol.request).value
    value["options"] = .list([.unknown(tag: 150, value: [])])
    #expect(try interpreter.encoding("MapRequest", value) == "offset 0: MapRequest.options[0]:" + path)
    value["options"] = .list([.unknown(tag: 2, value: [])])
    #expect(try interpreter.encoding("MapRequest", value) == "offset 0: MapRequest.options[0]:" + path)
    value["options"] = .list([.known(name: "nothing", .structure([]))])
    #expect(
      try interpreter.encoding("MapRequest", value) == "offset 60: MapRequest.options[0].nothing:" + path)
    value["nonce"] = .octets([1])
    #expect(try interpreter.encoding("MapRequest", value) == "offset 24: MapRequest.nonce:" + path)
  }

  @Test("What does not fit its field is refused, checked or not")
  func unrepresentable() throws {
    let pair = WireValue.structure([.init("x", .integer(-32769)), .init("y", .integer(0))])
    #expect(try kit.encoding("Pair", pair, checked: false) == "offset 0: Pair.x: too large for its field")
    var value = try kit.tree("Everything", KitProtocol.everythingOctets).value
    value["kind"] = .integer(8)
    #expect(try kit.encoding("Everything", value) == "offset 0: Everything.kind: too large for its field")
    value["kind"] = .integer(1)
    value["pairs"] = .array(
      Array(repeating: .structure([.init("x", .integer(0)), .init("y", .integer(1))]), count: 256))
    #expect(
      try kit.encoding("Everything", value) == "offset 6: Everything.pairCount: too large for its field")
  }

  @Test("The strict decoder's refusals are the checked encoder's; unchecked, they are written")
  func checked() throws {
    var value = try interpreter.tree("MapRequest", MappingProtocol.request).value
    value["transport"] = .integer(0)
    #expect(
      try interpreter.encoding("MapRequest", value)
        == "offset 0: MapRequest: rule 'wildcardPort' does not hold [MALFORMED_REQUEST]")
    #expect(try interpreter.encoding("MapRequest", value, checked: false).hasPrefix("0201"))
    let pair = WireValue.structure([.init("x", .integer(5)), .init("y", .integer(4))])
    #expect(try kit.encoding("Pair", pair) == "offset 0: Pair: rule 'ordered' does not hold [7]")
    #expect(try kit.encoding("Pair", pair, checked: false) == "0500000004")
  }
}

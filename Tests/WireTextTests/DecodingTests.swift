import Testing
import Wire
import WireText

@Suite("Decoding a message of options")
struct MappingDecodingTests {
  let interpreter = MappingProtocol.interpreter
  let request = MappingProtocol.request

  @Test("A request gives its members")
  func members() throws {
    let tree = try interpreter.tree("MapRequest", request)
    #expect(tree.value(at: "requestedLifetime") == .integer(7200, bits: 32, meaning: nil))
    #expect(tree.value(at: "transport") == .integer(17, bits: 8, meaning: .code(name: "udp", label: "UDP")))
    #expect(tree.node(at: "clientAddress")?.scalarText == "::ffff:10.0.0.7")
    #expect(tree.node(at: "nonce")?.scalarText == "0102030405060708090a0b0c")
    #expect(tree.node(at: "opcode")?.scalarText == "map")
    #expect(tree.node(at: "opcode")?.bits == WireTree.BitRange(shift: 0, width: 7))
    #expect(tree.node(at: "version")?.role == .constant)
    #expect(tree.node(at: "nothing") == nil)
    #expect(tree.node(at: "options[0]") == nil)
    #expect(tree.node(at: "transport.x") == nil)
  }

  @Test("Elements are found by place and by name")
  func lookup() throws {
    let octets = request + MappingProtocol.thirdPartyOption + MappingProtocol.filterOption
    let tree = try interpreter.tree("MapRequest", octets + MappingProtocol.keptOption)
    #expect(tree.node(at: "options[1].filter.prefixLength")?.scalarText == "96")
    #expect(tree.node(at: "options.filter.prefixLength")?.scalarText == "96")
    #expect(tree.node(at: "options[1].filter")?.start == 80)
    #expect(tree.node(at: "options[1].length")?.scalarText == "20")
    #expect(tree.node(at: "options[0].filter.prefixLength") == nil)
    #expect(tree.node(at: "options[2].padding")?.count == 1)
    for path in ["", "options[", "options[x]", "options[-1]", "[1]", "options..filter", "options[1]]"] {
      #expect(tree.node(at: path) == nil)
    }
  }

  @Test("A direction picks its message")
  func direction() throws {
    #expect(try interpreter.decode(direction: 0, request).tree.root.name == "MapRequest")
    let response = hex("02 81 0005")
    let decoded = try interpreter.decode(direction: 1, response)
    #expect(decoded.tree.node(at: "resultCode")?.scalarText == "unsupportedOption")
  }

  @Test(
    "Octets that are no message say at which member the last candidate fell",
    arguments: [
      ("03 01 0000", "offset 0: PCPRequest.version: no message has this value [UNSUPP_VERSION]"),
      ("02 81 0000", "offset 1: PCPRequest.isResponse: no message has this value [MALFORMED_REQUEST]"),
      ("02 7e 0000", "offset 1: PCPRequest.opcode: no message has this value [UNSUPP_OPCODE]"),
      ("02", "offset 1: PCPRequest.isResponse: the octets end before it does [MALFORMED_REQUEST]"),
      ("", "offset 0: PCPRequest.version: the octets end before it does [MALFORMED_REQUEST]"),
    ])
  func noMessage(hexadecimal: String, expected: String) {
    let violations = interpreter.violations(direction: 0, hex(hexadecimal))
    #expect(violations.map(\.description) == [expected])
  }

  @Test("A range match picks by what is in it, and a message without matches takes all")
  func rangeMatch() throws {
    let kit = KitProtocol.interpreter
    #expect(try kit.decode(direction: 0, []).tree.root.name == "Lists")
    #expect(try kit.failure("Matched", hex("00 0a")) == "offset 1: Matched.b: not the value it must have")
    #expect(try kit.failure("Matched", hex("00")) == "offset 1: Matched.b: the octets end before it does")
    let tree = try kit.tree("Matched", hex("00 09"))
    #expect(tree.node(at: "b")?.role == .member)
  }

  @Test("A prefix leaves what follows it")
  func prefix() throws {
    let body = MappingProtocol.filterIndex
    let value = Array(MappingProtocol.filterOption[4...])
    let decoded = try interpreter.decode(prefix: body, value + [1, 2, 3])
    #expect(decoded.count == 20)
    #expect(decoded.isValid)
    #expect(
      try interpreter.failure("FilterOption", value + [1])
        == "offset 20: FilterOption: octets left over [MALFORMED_OPTION]")
  }

  @Test("Unknown elements are kept, ignored or refused by their code and the direction")
  func unknownElements() throws {
    let octets = request + MappingProtocol.ignoredOption + MappingProtocol.keptOption
    let tree = try interpreter.tree("MapRequest", octets)
    #expect(tree.node(at: "options[0]")?.role == .ignored)
    let kept = KeptElement(tag: 225, octets: MappingProtocol.keptOption, valueRange: 4..<7)
    #expect(tree.value["options"] == .list([.kept(kept)]))
    let response = hex("02 81 0000 09 00 0000")
    #expect(try interpreter.decode(direction: 1, response).tree.node(at: "options[0]")?.role == .member)
  }
}

@Suite("What is wrong with a message of options")
struct MappingViolationTests {
  let interpreter = MappingProtocol.interpreter

  @Test(
    "Each kind has its offset, path and code",
    arguments: [
      (0, "03", "offset 0: MapRequest.version: not the value it must have [UNSUPP_VERSION]"),
      (1, "81", "offset 1: MapRequest.isResponse: not the value it must have [MALFORMED_REQUEST]"),
      (1, "02", "offset 1: MapRequest.opcode: not the value it must have [UNSUPP_OPCODE]"),
      (36, "12", "offset 36: MapRequest.transport: a number without a meaning [MALFORMED_REQUEST]"),
      (39, "01", "offset 37: MapRequest.reserved: reserved, but not as it must be [MALFORMED_REQUEST]"),
      (36, "00", "offset 0: MapRequest: rule 'wildcardPort' does not hold [MALFORMED_REQUEST]"),
    ])
  func inMembers(offset: Int, part: String, expected: String) throws {
    let changed = replacing(MappingProtocol.request, at: offset, with: hex(part))
    #expect(try interpreter.failure("MapRequest", changed) == expected)
  }

  @Test(
    "The sizes of a message",
    arguments: [
      (0, "offset 0: MapRequest.version: the octets end before it does [MALFORMED_REQUEST]"),
      (1, "offset 1: MapRequest.isResponse: the octets end before it does [MALFORMED_REQUEST]"),
      (30, "offset 0: MapRequest: not a multiple of the size it must be [MALFORMED_REQUEST]"),
      (32, "offset 24: MapRequest.nonce: the octets end before it does [MALFORMED_REQUEST]"),
      (40, "offset 40: MapRequest.internalPort: the octets end before it does [MALFORMED_REQUEST]"),
    ])
  func sizes(size: Int, expected: String) throws {
    #expect(try interpreter.failure("MapRequest", Array(MappingProtocol.request.prefix(size))) == expected)
  }

  @Test("A message too long is reported before it is read")
  func tooLong() throws {
    let octets = MappingProtocol.request + Array(repeating: 0, count: 1101)
    #expect(
      try interpreter.failure("MapRequest", octets)
        == "offset 0: MapRequest: larger than allowed [MALFORMED_REQUEST]")
  }

  @Test(
    "Each kind in an element has its offset, path and code",
    arguments: [
      ("01 00 0010 20010db8", "offset 62: MapRequest.options[0].length: a length that does not fit"),
      ("09 00 0000", "offset 60: MapRequest.options[0].code: unknown, and must be understood"),
      (
        "01 00 000c 20010db80000000000000000",
        "offset 64: MapRequest.options[0].thirdParty.address: the octets end before it does"
      ),
      ("02 00 0004 00000000", "offset 64: MapRequest.options[0].preferFailure: octets left over"),
      ("02 00 0000 02 00 0000", "offset 64: MapRequest.options[1].preferFailure: more often than allowed"),
      ("04 00 0000 04 00 0000", "offset 60: MapRequest.options[0].forbidden: more often than allowed"),
      (
        "03 00 0014 00 81 0000 20010db8000000000000000000000001",
        "offset 65: MapRequest.options[0].filter.prefixLength: out of range"
      ),
      (
        "03 00 0014 00 20 0000 00000000000000000000ffffc0000200",
        "offset 64: MapRequest.options[0].filter: rule 'mappedPrefix' does not hold"
      ),
      ("80 00 0002 00ff 0000", "offset 64: MapRequest.options[0].description.text: not well-formed text"),
      ("80 00 0004 41420043", "offset 64: MapRequest.options[0].description.text: not well-formed text"),
      ("80 00 0000", "offset 64: MapRequest.options[0].description.text: out of range"),
    ])
  func inElements(option: String, expected: String) throws {
    let failure = try #require(
      try interpreter.failure("MapRequest", MappingProtocol.request + hex(option)))
    #expect(failure.hasPrefix(expected + " ["))
  }

  @Test(
    "A header or padding that the message has no room for",
    arguments: [
      ("01", "offset 61: X.options[0].reserved: "), ("01 00", "offset 62: X.options[0].length: "),
      ("01 00 00", "offset 62: X.options[0].length: "),
      ("e1 00 0001 aa", "offset 65: X.options[0].padding: "),
      ("80 00 0002 ffff", "offset 66: X.options[0].padding: "),
    ])
  func roomForHeader(option: String, expected: String) throws {
    // No message has such a size: the whole definition but for the multiple.
    var definition = MappingProtocol.definition
    definition.bodies[0].message?.sizeMultiple = 1
    definition.bodies[0].name = "X"
    #expect(
      try Interpreter(definition).failure("X", MappingProtocol.request + hex(option))
        == expected + "the octets end before it does [MALFORMED_OPTION]")
  }

  @Test("An element missing is reported at the list's end, after what is in the list")
  func missing() throws {
    let header = hex("02 00 0000") + Array(repeating: 0, count: 20)
    let expected = "offset 24: AnnounceRequest.options.thirdParty: missing [MALFORMED_OPTION]"
    #expect(try interpreter.failure("AnnounceRequest", header) == expected)
    let kept = header + MappingProtocol.keptOption
    #expect(try interpreter.failure("AnnounceRequest", kept)?.hasPrefix("offset 32: ") == true)
  }

  @Test("An element that the list does not allow is an unknown one")
  func notAllowed() throws {
    let header = hex("02 00 0000") + Array(repeating: 0, count: 20)
    let all = header + MappingProtocol.thirdPartyOption + MappingProtocol.preferFailureOption
    #expect(
      try interpreter.failure("AnnounceRequest", all)
        == "offset 44: AnnounceRequest.options[1].code: unknown, and must be understood [UNSUPP_OPTION]")
  }

  @Test("A violation keeps its parts")
  func parts() throws {
    let octets = MappingProtocol.request + hex("09 00 0000")
    let violation = try #require(interpreter.violations(direction: 0, octets).first)
    #expect(violation.kind == .unknownElement)
    #expect(violation.severity == .error)
    #expect(violation.member == "options[0].code")
    #expect(violation.code == 5)
    #expect(violation.codeName == "unsupportedOption")
    #expect(violation.codeLabel == "UNSUPP_OPTION")
  }
}

@Suite("Order of checks, and what lets them go on")
struct OrderTests {
  let interpreter = MappingProtocol.interpreter
  let kit = KitProtocol.interpreter

  @Test("Matches, size, members, elements, cardinality, rules: each hides what comes after it")
  func order() throws {
    // Everything wrong at once; then one thing after another put right.
    var octets = replacing(MappingProtocol.request, at: 36, with: [0, 0, 0, 1])
    octets += MappingProtocol.filterOption + MappingProtocol.filterOption + MappingProtocol.filterOption
    octets += MappingProtocol.preferFailureOption + [0]
    octets[0] = 9
    octets[65] = 200
    func kind(_ octets: [UInt8]) throws -> WireError.Kind? {
      interpreter.violations(0, octets).first?.kind
    }
    #expect(try kind(octets) == .constant)
    octets[0] = 2
    #expect(try kind(octets) == .notMultiple)
    octets.removeLast()
    #expect(try kind(octets) == .reserved)
    octets[39] = 0
    #expect(try kind(octets) == .range)
    octets[65] = 96
    #expect(try kind(octets) == .excess)
    octets.removeSubrange(60..<84)
    #expect(interpreter.violations(0, octets).compactMap(\.rule) == ["wildcardPort", "oneOrTheOther"])
  }

  @Test("Collecting goes on after values, with the next element after a body, and runs no rules after errors")
  func collecting() throws {
    var octets = replacing(MappingProtocol.request, at: 36, with: [9])
    octets += hex("01 00 000c 20010db80000000000000000")
    octets +=
      hex("09 00 0004 00000000") + hex("03 00 0014 00 81 0000 20010db8") + Array(repeating: 0, count: 12)
    octets += hex("02 00 0004 00000000 02 00 0000")
    #expect(
      try interpreter.all("MapRequest", octets) == [
        "offset 36: MapRequest.transport: a number without a meaning [MALFORMED_REQUEST]",
        "offset 64: MapRequest.options[0].thirdParty.address: the octets end before it does"
          + " [MALFORMED_OPTION]",
        "offset 76: MapRequest.options[1].code: unknown, and must be understood [UNSUPP_OPTION]",
        "offset 89: MapRequest.options[2].filter.prefixLength: out of range [MALFORMED_OPTION]",
        "offset 112: MapRequest.options[3].preferFailure: octets left over [MALFORMED_OPTION]",
        "offset 116: MapRequest.options[4].preferFailure: more often than allowed [MALFORMED_OPTION]",
      ])
  }

  @Test("A length that does not fit ends the list and the message")
  func structural() throws {
    let octets = replacing(MappingProtocol.request, at: 36, with: [0]) + hex("02 00 0000 03 00 ffff")
    let decoded = try interpreter.decode(0, octets, mode: .collecting)
    #expect(decoded.violations.map(\.member) == ["options[1].length"])
    #expect(!decoded.isComplete)
    #expect(decoded.count == 68)
  }

  @Test("A failed match is reported once, and the walk goes on")
  func match() throws {
    let octets = replacing(MappingProtocol.request, at: 0, with: [1, 0x81])
    #expect(interpreter.violations(0, octets).map(\.member) == ["version", "isResponse"])
  }

  @Test("A rule's warning fails strictly, and passes in lenient mode")
  func warnings() throws {
    let pair = hex("0500 000004")
    let expected = "offset 0: Pair: rule 'ordered' does not hold [7]"
    #expect(try kit.failure("Pair", pair) == expected)
    #expect(try kit.failure("Pair", pair, mode: .lenient) == nil)
    let decoded = try kit.decode(0, pair, mode: .lenient)
    #expect(decoded.violations.map(\.severity) == [.warning])
    #expect(decoded.isComplete)
  }
}

@Suite("Decoding every construct")
struct KitDecodingTests {
  let kit = KitProtocol.interpreter
  let all = KitProtocol.everythingOctets

  @Test("Bits, text, arrays, addresses, conditions")
  func everything() throws {
    let tree = try kit.tree("Everything", all)
    #expect(tree.value(at: "hasName") == .boolean(true))
    #expect(tree.node(at: "kind")?.scalarText == "small")
    #expect(tree.node(at: "level")?.scalarText == "5")
    #expect(tree.node(at: "name")?.scalarText == "Aä")
    #expect(tree.node(at: "pairs[0].x")?.scalarText == "-2")
    #expect(tree.node(at: "pairs[1].y")?.scalarText == "16777215")
    #expect(tree.node(at: "mac")?.scalarText == "00:15:5d:01:02:03")
    #expect(tree.node(at: "address")?.scalarText == "192.0.2.1")
    #expect(tree.node(at: "one.x")?.scalarText == "5")
    #expect(tree.node(at: "note")?.scalarText == "abcd")
    #expect(tree.node(at: "ports[1]")?.scalarText == "443")
    #expect(tree.node(at: "nameLength")?.role == .computed)
  }

  @Test("What is not there on a condition is not in the tree")
  func absent() throws {
    let octets = hex("05 20 00 00155d010203 c0000201 0500000006 0050")
    let tree = try kit.tree("Everything", octets)
    #expect(tree.node(at: "name") == nil)
    #expect(tree.node(at: "note") == nil)
    #expect(tree.node(at: "pairs")?.children.isEmpty == true)
  }

  @Test(
    "Each fault has its place",
    arguments: [
      (0, "00", "offset 0: Everything.level: out of range"),
      (0, "0b", "offset 0: Everything.level: out of range"),
      (1, "b0", "offset 0: Everything.kind: a number without a meaning"),
      (1, "91", "offset 0: Everything.reserved: reserved, but not as it must be [1]"),
      (2, "00", "offset 3: Everything.name: out of range"),
      (2, "ff", "offset 3: Everything.name: the octets end before it does"),
      (3, "ff", "offset 3: Everything.name: not well-formed text [2]"),
      (3, "00", "offset 3: Everything.name: not well-formed text [2]"),
      (7, "ffff 000001", ""),
      (7, "ff7f000001", "offset 7: Everything.pairs[0]: rule 'ordered' does not hold [7]"),
      (27, "6400 0000ff", "offset 0: Everything: rule 'small' does not hold"),
      (23, "00000000", "offset 0: Everything: rule 'address' does not hold"),
    ])
  func faults(offset: Int, part: String, expected: String) throws {
    let changed = replacing(all, at: offset, with: hex(part))
    #expect(try kit.failure("Everything", changed) ?? "" == expected)
  }

  @Test("Arrays: too many, cut off, too few")
  func arrays() throws {
    let four = hex("05 20 04") + Array(repeating: 0, count: 20) + all[17...]
    #expect(try kit.failure("Everything", four) == "offset 3: Everything.pairs: out of range [3]")
    #expect(
      try kit.failure("Everything", hex("05 20 02 0000000000 0000"))
        == "offset 10: Everything.pairs[1].y: the octets end before it does")
    #expect(
      try kit.failure("Everything", all + [1])
        == "offset 38: Everything.ports[2]: the octets end before it does")
    let none = Array(all.dropLast(6))
    #expect(try kit.failure("Everything", none) == "offset 32: Everything.ports: out of range")
  }

  @Test("A negative size is out of range and ends the body")
  func negative() throws {
    #expect(try kit.failure("Negative", hex("01 ff")) == "offset 1: Negative.data: out of range")
    #expect(try kit.all("Negative", hex("01 ff")).count == 1)
    #expect(try kit.failure("Negative", hex("02")) == "offset 1: Negative.data: out of range")
    #expect(try kit.failure("Negative", hex("06 01020304")) == "offset 1: Negative.data: out of range")
    #expect(try kit.failure("Negative", hex("05 010203")) == nil)
  }

  @Test("Nesting without end stops")
  func depth() throws {
    let failure = try #require(try kit.failure("Loop", [1]))
    #expect(failure.hasPrefix("offset 0: Loop.loop.loop.loop.loop.loop.loop.….loop: nested too deep"))
  }

  @Test(
    "Lengths that count words of the element, and padding that is checked",
    arguments: [
      ("04 0100 ff 0708 0000", ""), ("04 0100 fe 0708 0000", "offset 3: Lists.parts[0].reserved: reserved"),
      ("02 0100 ff", "offset 0: Lists.parts[0].length: a length that does not fit"),
      ("05 0100 ff 0708", "offset 0: Lists.parts[0].length: a length that does not fit"),
      ("04 0100 ff 0708 0100", "offset 6: Lists.parts[0].padding: padding that is not zero"),
      ("04 0900 ff 0708 0001", "offset 6: Lists.parts[0].padding: padding that is not zero"),
      ("04 0100 ff 0708", "offset 6: Lists.parts[0].padding: the octets end before it does"),
      ("03 0100 ff", "offset 4: Lists.parts[0].blob.id: the octets end before it does"),
    ])
  func elementLength(hexadecimal: String, expected: String) throws {
    let failure = try kit.failure("Lists", hex(hexadecimal)) ?? ""
    #expect(failure.hasPrefix(expected) && expected.isEmpty == failure.isEmpty)
  }

  @Test("Rules count elements")
  func count() throws {
    let part = hex("04 0100 ff 0708 0000")
    #expect(try kit.failure("Lists", part + part) == nil)
    #expect(try kit.failure("Lists", part + part + part) == "offset 0: Lists: rule 'fewBlobs' does not hold")
  }
}

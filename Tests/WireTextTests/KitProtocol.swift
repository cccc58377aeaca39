import WireText

/// A definition of every construct that `MappingProtocol` has no use for.
enum KitProtocol {
  static let interpreter = Interpreter(definition)

  static let definition = ProtocolDefinition(
    name: "Kit", directions: ["any"], codes: [kinds, tags],
    bodies: [pair, everything, tail, negative, wide, loop, units, blob, conditional, lists, matched],
    families: [parts], messages: [9, 10], errorCodes: nil)

  private static let kinds = CodesDefinition(
    name: "Kind", bits: 3, isOpen: false,
    codes: [.init(name: "small", value: 1, label: "Small"), .init(name: "large", value: 2, label: "Large")])

  private static let tags = CodesDefinition(
    name: "PartCode", bits: 16, isOpen: true, codes: [.init(name: "blob", value: 1, label: "Blob")])

  private static func integer(_ name: String, _ shape: IntegerShape, when: WireExpression? = nil) -> Member {
    Member(name: name, label: name, kind: .integer(shape), condition: when)
  }

  private static let pair = BodyDefinition(
    name: "Pair",
    members: [
      integer("x", IntegerShape(bits: 16, isSigned: true, isLittleEndian: true)),
      integer("y", IntegerShape(bits: 24)),
    ],
    rules: [
      RuleDefinition(
        name: "ordered", test: .binary(.lessOrEqual, .path(["x"]), .path(["y"])), code: 7, isWarning: true)
    ])

  private static let everything = BodyDefinition(
    name: "Everything",
    members: [
      Member(
        name: "", label: "",
        kind: .bits(
          octets: 2, isLittleEndian: true,
          members: [
            integer("hasName", IntegerShape(bits: 1, isBoolean: true)),
            integer("kind", IntegerShape(bits: 3, codes: 0)),
            Member(name: "", label: "", kind: .reserved(size: 4, send: 0, isChecked: true), code: 1),
            integer("level", IntegerShape(bits: 8, minimum: 1, maximum: 10)),
          ])),
      integer(
        "nameLength", IntegerShape(bits: 8, computed: .size(of: "name", unit: 1, plus: 1)),
        when: .path(["hasName"])),
      Member(
        name: "name", label: "Name",
        kind: .text(
          TextShape(
            .expression(.binary(.subtract, .path(["nameLength"]), .number(1))), minimum: 1, maximum: 16,
            refusesNUL: true)),
        condition: .path(["hasName"]), code: 2, isWarning: true),
      integer("pairCount", IntegerShape(bits: 8, computed: .count(of: "pairs"))),
      Member(
        name: "pairs", label: "Pairs",
        kind: .array(
          ArrayShape(
            element: Member(name: "", label: "", kind: .structure(0)), end: .counted(by: "pairCount"), maximum: 3)),
        code: 3),
      Member(name: "mac", label: "MAC", kind: .mac),
      Member(name: "address", label: "Address", kind: .ipv4),
      Member(name: "one", label: "One", kind: .structure(0)),
      Member(
        name: "note", label: "Note", kind: .octets(OctetsShape(.fixed(2))),
        condition: .binary(.greaterOrEqual, .remaining, .number(6))),
      Member(
        name: "ports", label: "Ports",
        kind: .array(
          ArrayShape(
            element: Member(name: "", label: "", unit: "p", kind: .integer(IntegerShape(bits: 16))),
            end: .container, minimum: 1))),
    ],
    rules: [
      RuleDefinition(
        name: "kindOfName",
        test: .binary(
          .implies, .present(["name"]),
          .binary(.and, .binary(.greater, .size(["name"]), .number(1)), .path(["hasName"]))), code: nil),
      RuleDefinition(
        name: "portsInRange",
        test: .inRanges(
          .binary(.add, .count(["ports"]), .binary(.multiply, .count(["pairs"]), .number(10))),
          [1...3, 10...35]), code: nil),
      RuleDefinition(
        name: "small",
        test: .binary(
          .or, .binary(.notEqual, .path(["kind"]), .number(1)),
          .binary(.less, .binary(.bitAnd, .path(["one", "x"]), .number(0xFF)), .number(100))), code: nil),
      RuleDefinition(
        name: "address", test: .binary(.notEqual, .path(["address"]), .address([0, 0, 0, 0])), code: nil),
    ])

  private static let tail = BodyDefinition(
    name: "Tail",
    members: [
      Member(
        name: "label", label: "Label",
        kind: .text(TextShape(.rest, keepsInvalid: true)))
    ])

  private static let negative = BodyDefinition(
    name: "Negative",
    members: [
      integer("n", IntegerShape(bits: 8)),
      Member(
        name: "data", label: "Data",
        kind: .octets(
          OctetsShape(.expression(.binary(.subtract, .path(["n"]), .number(2))), minimum: 1, maximum: 3))),
    ])

  private static let wide = BodyDefinition(
    name: "Wide",
    members: [
      integer("big", IntegerShape(bits: 64)), integer("signed", IntegerShape(bits: 64, isSigned: true)),
      integer("low", IntegerShape(bits: 8, defaultValue: 5)),
    ])

  private static let loop = BodyDefinition(
    name: "Loop", members: [Member(name: "loop", label: "Loop", kind: .structure(5))])

  private static let units = BodyDefinition(
    name: "Units",
    members: [
      integer("words", IntegerShape(bits: 8, computed: .size(of: "data", unit: 4, plus: 4))),
      Member(
        name: "data", label: "Data",
        kind: .octets(
          OctetsShape(
            .expression(.binary(.subtract, .binary(.multiply, .path(["words"]), .number(4)), .number(4)))))),
    ])

  private static let blob = BodyDefinition(
    name: "BlobPart",
    members: [
      integer("id", IntegerShape(bits: 8)),
      Member(name: "data", label: "Data", kind: .octets(OctetsShape(.rest))),
    ])

  /// A constant and reserved octets that are there on a condition.
  private static let conditional = BodyDefinition(
    name: "Conditional",
    members: [
      integer("flag", IntegerShape(bits: 8)),
      integer(
        "mark", IntegerShape(bits: 8, constant: 0xEE), when: .binary(.equal, .path(["flag"]), .number(1))),
      integer("extra", IntegerShape(bits: 8), when: .binary(.equal, .path(["flag"]), .number(1))),
    ])

  private static let lists = BodyDefinition(
    name: "Lists",
    members: [
      Member(
        name: "parts", label: "Parts",
        kind: .list(
          ListShape(
            family: 0,
            allowed: [.init(element: 0, minimum: 0, maximum: nil, missingCode: nil, excessCode: nil)])))
    ],
    rules: [
      RuleDefinition(
        name: "fewBlobs", test: .binary(.less, .count(["parts", "blob"]), .number(3)), code: nil,
        isWarning: true)
    ], message: MessageTraits(direction: 0, matches: []))

  private static let matched = BodyDefinition(
    name: "Matched", members: [integer("a", IntegerShape(bits: 8)), integer("b", IntegerShape(bits: 8))],
    message: MessageTraits(
      direction: 0,
      matches: [.init(member: "b", offset: 1, size: 1, shift: 0, bits: 8, first: 1, last: 9, code: nil)]))

  /// The length counts words of the whole element, and padding is checked.
  private static let parts = FamilyDefinition(
    name: "Part",
    header: [
      integer("length", IntegerShape(bits: 8)),
      integer("tag", IntegerShape(bits: 16, isLittleEndian: true, codes: 1)),
      Member(name: "", label: "", kind: .reserved(size: 1, send: 0xFF, isChecked: true), code: 4),
    ], tag: 1, length: 0, lengthCountsElement: true, lengthUnit: 2, lengthPlus: 2, alignment: 4,
    checksPadding: true,
    unknown: [.init(first: 0, last: 0xFFFF, direction: nil, action: .keep, code: nil)],
    elements: [.init(name: "blob", label: "Blob", tag: 1, body: 7, code: nil)], codes: 1)
}

extension KitProtocol {
  /// A value of `Everything`, with all that is there on a condition.
  static let everythingOctets = hex(
    "05 90 04 41c3a4 02 feff000001 0100ffffff 00155d010203 c0000201 0500000006 abcd 0050 01bb")
}

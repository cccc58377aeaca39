import WireText

/// A definition made by hand after the port control protocol: messages told apart, options, protocol errors.
enum MappingProtocol {
  static let text = WireTextProtocol(definition)
  static let interpreter = text.interpreter

  static let definition = ProtocolDefinition(
    name: "PCP", directions: ["request", "response"],
    codes: [results, opcodes, transports, optionCodes],
    bodies: [mapRequest, announceRequest, mapResponse, thirdParty, empty, filter, description, empty],
    families: [options], messages: [0, 1, 2], errorCodes: 0)

  static let mapRequestIndex = 0
  static let filterIndex = 5

  private static let results = CodesDefinition(
    name: "ResultCode", bits: 8, isOpen: true,
    codes: [
      .init(name: "success", value: 0, label: "SUCCESS"),
      .init(name: "unsupportedVersion", value: 1, label: "UNSUPP_VERSION"),
      .init(name: "malformedRequest", value: 3, label: "MALFORMED_REQUEST"),
      .init(name: "unsupportedOpcode", value: 4, label: "UNSUPP_OPCODE"),
      .init(name: "unsupportedOption", value: 5, label: "UNSUPP_OPTION"),
      .init(name: "malformedOption", value: 6, label: "MALFORMED_OPTION"),
    ], ranges: [.init(first: 14, last: 255, use: "unassigned")])

  private static let opcodes = CodesDefinition(
    name: "Opcode", bits: 7, isOpen: true,
    codes: [
      .init(name: "announce", value: 0, label: "ANNOUNCE"), .init(name: "map", value: 1, label: "MAP"),
    ], ranges: [.init(first: 96, last: 126, use: "private")])

  private static let transports = CodesDefinition(
    name: "Transport", bits: 8, isOpen: false,
    codes: [
      .init(name: "all", value: 0, label: "all"), .init(name: "tcp", value: 6, label: "TCP"),
      .init(name: "udp", value: 17, label: "UDP"),
    ])

  private static let optionCodes = CodesDefinition(
    name: "OptionCode", bits: 8, isOpen: true,
    codes: [
      .init(name: "thirdParty", value: 1, label: "THIRD_PARTY"),
      .init(name: "preferFailure", value: 2, label: "PREFER_FAILURE"),
      .init(name: "filter", value: 3, label: "FILTER"),
      .init(name: "description", value: 128, label: "DESCRIPTION"),
    ], ranges: [.init(first: 224, last: 254, use: "private")])

  private static func header(opcode: Int128, isResponse: Int128) -> [Member] {
    [
      Member(
        name: "version", label: "Version", kind: .integer(IntegerShape(bits: 8, constant: 2)), code: 1),
      Member(
        name: "", label: "",
        kind: .bits(
          octets: 1, isLittleEndian: false,
          members: [
            Member(
              name: "isResponse", label: "R",
              kind: .integer(IntegerShape(bits: 1, isBoolean: true, constant: isResponse)), code: 3),
            Member(
              name: "opcode", label: "Opcode",
              kind: .integer(IntegerShape(bits: 7, codes: 1, constant: opcode)), code: 4),
          ]), code: 3),
    ]
  }

  private static func traits(
    direction: Int, opcode: UInt64, isResponse: UInt64, maximum: Int? = 1100
  ) -> MessageTraits {
    MessageTraits(
      direction: direction,
      matches: [
        .init(member: "version", offset: 0, size: 1, shift: 0, bits: 8, first: 2, last: 2, code: 1),
        .init(
          member: "isResponse", offset: 1, size: 1, shift: 7, bits: 1, first: isResponse, last: isResponse,
          code: 3),
        .init(
          member: "opcode", offset: 1, size: 1, shift: 0, bits: 7, first: opcode, last: opcode, code: 4),
      ], maximumSize: maximum, sizeMultiple: 4, sizeCode: 3, code: 3)
  }

  private static func integer(
    _ name: String, _ label: String, _ shape: IntegerShape, unit: String? = nil
  ) -> Member {
    Member(name: name, label: label, unit: unit, kind: .integer(shape), code: 3)
  }

  private static func reserved(_ size: Int, isChecked: Bool = false) -> Member {
    Member(
      name: "", label: "Reserved", kind: .reserved(size: size, send: 0, isChecked: isChecked), code: 3)
  }

  private static let mapRequest = BodyDefinition(
    name: "MapRequest",
    members: header(opcode: 1, isResponse: 0) + [
      reserved(2),
      integer("requestedLifetime", "Requested Lifetime", IntegerShape(bits: 32), unit: "s"),
      Member(name: "clientAddress", label: "Client Address", kind: .ipv6, code: 3),
      Member(name: "nonce", label: "Nonce", kind: .octets(OctetsShape(.fixed(12))), code: 3),
      integer("transport", "Protocol", IntegerShape(bits: 8, codes: 2)),
      reserved(3, isChecked: true),
      integer("internalPort", "Internal Port", IntegerShape(bits: 16)),
      integer("suggestedPort", "Suggested Port", IntegerShape(bits: 16, defaultValue: 0)),
      Member(name: "suggestedAddress", label: "Suggested Address", kind: .ipv6, code: 3),
      Member(
        name: "options", label: "Options",
        kind: .list(
          ListShape(
            family: 0,
            allowed: [
              .init(element: 0, minimum: 0, maximum: 1, missingCode: nil, excessCode: 6),
              .init(element: 1, minimum: 0, maximum: 1, missingCode: nil, excessCode: 6),
              .init(element: 2, minimum: 0, maximum: 2, missingCode: nil, excessCode: 6),
              .init(element: 3, minimum: 0, maximum: 1, missingCode: nil, excessCode: 6),
              .init(element: 4, minimum: 0, maximum: 0, missingCode: nil, excessCode: 5),
            ])), code: 3),
    ],
    rules: [
      RuleDefinition(
        name: "wildcardPort",
        test: .binary(
          .implies, .binary(.equal, .path(["transport"]), .number(0)),
          .binary(.equal, .path(["internalPort"]), .number(0))), code: 3),
      RuleDefinition(
        name: "oneOrTheOther",
        test: .not(
          .binary(.and, .present(["options", "preferFailure"]), .present(["options", "filter"]))),
        code: 6),
    ], message: traits(direction: 0, opcode: 1, isResponse: 0), code: 3)

  private static let announceRequest = BodyDefinition(
    name: "AnnounceRequest",
    members: header(opcode: 0, isResponse: 0) + [
      reserved(22),
      Member(
        name: "options", label: "Options",
        kind: .list(
          ListShape(
            family: 0,
            allowed: [.init(element: 0, minimum: 1, maximum: 1, missingCode: 6, excessCode: 6)])), code: 3),
    ], message: traits(direction: 0, opcode: 0, isResponse: 0), code: 3)

  private static let mapResponse = BodyDefinition(
    name: "MapResponse",
    members: header(opcode: 1, isResponse: 1) + [
      integer("resultCode", "Result Code", IntegerShape(bits: 16, codes: 0)),
      Member(
        name: "options", label: "Options", kind: .list(ListShape(family: 0, allowed: [])), code: 3),
    ], message: traits(direction: 1, opcode: 1, isResponse: 1, maximum: nil), code: 3)

  private static let thirdParty = BodyDefinition(
    name: "ThirdPartyOption", members: [Member(name: "address", label: "Address", kind: .ipv6, code: 6)], code: 6)

  private static let empty = BodyDefinition(name: "PreferFailureOption", members: [])

  private static let filter = BodyDefinition(
    name: "FilterOption",
    members: [
      Member(name: "", label: "Reserved", kind: .reserved(size: 1, send: 0, isChecked: false), code: 6),
      Member(
        name: "prefixLength", label: "Prefix Length", unit: "bits",
        kind: .integer(IntegerShape(bits: 8, maximum: 128)), code: 6),
      Member(name: "remotePort", label: "Remote Port", kind: .integer(IntegerShape(bits: 16)), code: 6),
      Member(name: "remoteAddress", label: "Remote Address", kind: .ipv6, code: 6),
    ],
    rules: [
      RuleDefinition(
        name: "mappedPrefix",
        test: .binary(
          .implies,
          .inPrefix(
            .path(["remoteAddress"]),
            address: [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF, 0, 0, 0, 0], length: 96),
          .binary(.greaterOrEqual, .path(["prefixLength"]), .number(96))), code: 6)
    ], code: 6)

  private static let description = BodyDefinition(
    name: "DescriptionOption",
    members: [
      Member(
        name: "text", label: "Text",
        kind: .text(TextShape(.rest, minimum: 1, maximum: 20, refusesNUL: true)), code: 6)
    ])

  private static let options = FamilyDefinition(
    name: "Option",
    header: [
      Member(name: "code", label: "Option Code", kind: .integer(IntegerShape(bits: 8, codes: 3)), code: 6),
      Member(name: "", label: "Reserved", kind: .reserved(size: 1, send: 0, isChecked: false), code: 6),
      Member(
        name: "length", label: "Option Length", unit: "octets", kind: .integer(IntegerShape(bits: 16)),
        code: 6),
    ], tag: 0, length: 2, alignment: 4,
    unknown: [
      .init(first: 0, last: 127, direction: 0, action: .reject, code: 5),
      .init(first: 128, last: 199, direction: 0, action: .ignore, code: nil),
      .init(first: 0, last: 255, direction: nil, action: .keep, code: nil),
    ],
    elements: [
      .init(name: "thirdParty", label: "THIRD_PARTY", tag: 1, body: 3, code: 6),
      .init(name: "preferFailure", label: "PREFER_FAILURE", tag: 2, body: 4, code: 6),
      .init(name: "filter", label: "FILTER", tag: 3, body: 5, code: 6),
      .init(name: "description", label: "DESCRIPTION", tag: 128, body: 6, code: 6),
      .init(name: "forbidden", label: "FORBIDDEN", tag: 4, body: 7, code: 6),
    ], codes: 3, code: 6)
}

extension MappingProtocol {
  /// A request for UDP port 8080, two hours.
  static let request = hex(
    """
    02 01 0000 00001c20 00000000000000000000ffff0a000007
    0102030405060708090a0b0c 11 000000 1f90 0000 00000000000000000000ffff00000000
    """)

  static let thirdPartyOption = hex("01 00 0010 20010db8000000000000000000000001")
  static let preferFailureOption = hex("02 00 0000")
  static let filterOption = hex("03 00 0014 00 60 01bb 00000000000000000000ffffc0000200")
  static let descriptionOption = hex("80 00 0005 48656c6c6f 000000")
  static let ignoredOption = hex("82 00 0002 abcd 0000")
  static let keptOption = hex("e1 07 0003 abcdef 01")
}

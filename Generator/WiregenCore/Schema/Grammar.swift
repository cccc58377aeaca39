/// What the schema language allows where: elements, their attributes, their children.
///
/// The checker is driven by this table. Its names are those of the types in `wire.xsd`, with which it must agree; what an
/// element may have hangs on where it stands, so a name can have several types: the `<length>` of a body and of a header.
struct ElementGrammar {
  var attributes: [AttributeGrammar]
  var children: [ChildGrammar]
  /// Whether the element has text of its own.
  var hasText = false
  /// Whether it may carry what every element may: `spec`, and a `<doc>`.
  var takesCommon = true

  /// Every attribute it may have.
  var allAttributes: [AttributeGrammar] { takesCommon ? attributes + Grammar.common : attributes }

  /// Every child it may have.
  var allChildren: [ChildGrammar] { takesCommon ? children + [ChildGrammar("doc", Grammar.documentation)] : children }
}

/// An element that may stand in another.
struct ChildGrammar {
  var name: String
  /// Key in `Grammar.types`.
  var type: String

  init(_ name: String, _ type: String) {
    self.name = name
    self.type = type
  }
}

struct AttributeGrammar {
  var name: String
  var value: ValueGrammar
  var isRequired = false
}

private func required(_ name: String, _ value: ValueGrammar) -> AttributeGrammar {
  AttributeGrammar(name: name, value: value, isRequired: true)
}

private func optional(_ name: String, _ value: ValueGrammar) -> AttributeGrammar {
  AttributeGrammar(name: name, value: value)
}

private let byteOrder = optional("byteOrder", .byteOrder)
private let severity = optional("severity", .severity)
private let error = optional("error", .lowerName)
private let label = optional("label", .label)
private let name = required("name", .lowerName)
private let typeName = required("name", .upperName)

enum Grammar {
  /// The two kinds of files, and the types of their roots.
  static let roots = ["protocol": "Protocol", "extension": "Extension"]

  /// Type of `<doc>`, which has text alone.
  static let documentation = "xs:string"

  /// What every element but `<doc>` and `<octets>` may carry.
  static let common = [optional("spec", .text), optional("since", .text), optional("deprecated", .text)]

  static let types: [String: ElementGrammar] = [
    definitions, families, members, lists, rules, additions,
  ].reduce(into: [:]) { $0.merge($1) { first, _ in first } }

  private static func type(_ attributes: [AttributeGrammar], _ children: ChildGrammar...) -> ElementGrammar {
    ElementGrammar(attributes: attributes, children: children)
  }

  private static func type(_ attributes: [AttributeGrammar], _ children: [ChildGrammar]) -> ElementGrammar {
    ElementGrammar(attributes: attributes, children: children)
  }
}

// MARK: - Content that several elements have

extension Grammar {
  /// The members of every body.
  private static let bodyMembers = [
    ChildGrammar("field", "Field"), ChildGrammar("bits", "Bits"), ChildGrammar("reserved", "Reserved"),
    ChildGrammar("length", "Length"), ChildGrammar("count", "Count"), ChildGrammar("array", "Array"),
    ChildGrammar("use", "Use"), ChildGrammar("choice", "Choice"), ChildGrammar("checksum", "Checksum"),
  ]

  private static let body =
    bodyMembers + [
      ChildGrammar("list", "List"), ChildGrammar("rule", "Rule"), ChildGrammar("derive", "Derive"),
      ChildGrammar("sample", "Sample"),
    ]

  private static let limits = [
    optional("maxSize", .number), optional("sizeMultiple", .number), optional("sizeError", .lowerName), error,
  ]

  private static let cardinality = [
    required("occurs", .occurs), optional("max", .number), optional("missing", .lowerName),
    optional("excess", .lowerName), error, optional("invalid", .lowerName), optional("requiredWhen", .expression),
    optional("position", .position),
  ]
}

// MARK: - The table

extension Grammar {
  private static let definitions: [String: ElementGrammar] = [
    "xs:string": ElementGrammar(attributes: [], children: [], hasText: true, takesCommon: false),
    "hex": ElementGrammar(attributes: [], children: [], hasText: true, takesCommon: false),
    "Include": type([required("file", .text)]),
    "Direction": type([name, optional("port", .ports)]),
    "Framing": type([
      required("header", .upperName), required("size", .expression), optional("min", .number),
      required("max", .number), optional("sizeMultiple", .number), optional("direction", .lowerName), error,
    ]),
    "Codes": type(
      [
        typeName, required("type", .codesType), optional("open", .boolean), optional("classification", .upperName),
        optional("classes", .lowerNames),
      ], ChildGrammar("code", "Code"), ChildGrammar("range", "Range")),
    "Code": type([name, required("value", .number), label, optional("class", .lowerName)]),
    "Range": type([
      required("from", .number), required("to", .number), required("use", .use), optional("policy", .text),
    ]),
    "Flags": type(
      [typeName, required("type", .flagsType), optional("open", .boolean)], ChildGrammar("flag", "Flag"),
      ChildGrammar("range", "Range")),
    "Flag": type([name, required("bit", .bitNumber), label]),
    "Struct": type([typeName, error, optional("maxDepth", .number)], body),
    "Message": type(
      [typeName, required("direction", .lowerName)] + limits, body + [ChildGrammar("match", "Match")]),
  ]

  private static let families: [String: ElementGrammar] = [
    "Family": type(
      [typeName, optional("align", .number), optional("padding", .padding), error, optional("maxDepth", .number)],
      ChildGrammar("header", "Header"), ChildGrammar("unknown", "Unknown"), ChildGrammar("tlv", "Element"),
      ChildGrammar("range", "Range")),
    "Header": type(
      [], ChildGrammar("tag", "Tag"), ChildGrammar("length", "HeaderLength"), ChildGrammar("reserved", "Reserved"),
      ChildGrammar("extraTag", "ExtraTag"), ChildGrammar("operation", "Operation"),
      ChildGrammar("bits", "HeaderBits"), ChildGrammar("field", "Field")),
    "Tag": type([name, required("type", .unsignedType), label, byteOrder]),
    "TagBits": type([name, required("width", .width), label]),
    "ExtraTag": type([
      name, required("type", .unsignedOrCodes), optional("when", .expression), optional("default", .value), label, error,
    ]),
    "Operation": type([name, required("type", .upperName), optional("width", .width), label, error]),
    "HeaderLength": type([
      name, required("type", .unsignedType), optional("counts", .counts), optional("unit", .number),
      optional("plus", .integer), optional("countsPadding", .boolean), error, label, byteOrder,
    ]),
    "HeaderBits": type(
      [required("size", .bitsSize), byteOrder], ChildGrammar("bit", "Bit"), ChildGrammar("bitField", "BitField"),
      ChildGrammar("reserved", "ReservedBits"), ChildGrammar("tag", "TagBits"),
      ChildGrammar("operation", "Operation")),
    "Unknown": type([
      optional("from", .number), optional("to", .number), optional("direction", .lowerName),
      optional("extraCode", .value), required("action", .action), error,
    ]),
    "Element": type(element, body + [ChildGrammar("match", "Match")]),
  ]

  private static let element = [
    name, required("code", .number), label, error, optional("extraCode", .value), optional("operations", .lowerNames),
  ]

  private static let members: [String: ElementGrammar] = [
    "Field": type([
      name, required("type", .fieldType), optional("size", .expression), optional("min", .integer),
      optional("max", .integer), optional("const", .value), optional("default", .value), optional("unit", .text), label,
      optional("when", .expression), error, severity, byteOrder, optional("encoding", .encoding),
      optional("invalid", .invalid), optional("nul", .nul), optional("prefix", .unsignedType),
      optional("terminator", .octet), optional("pad", .octet), optional("origin", .origin),
    ]),
    "Bits": type(
      [required("size", .bitsSize), byteOrder], ChildGrammar("bit", "Bit"), ChildGrammar("bitField", "BitField"),
      ChildGrammar("reserved", "ReservedBits")),
    "Bit": type([name, label, optional("const", .boolean), optional("default", .boolean), error, severity]),
    "BitField": type([
      name, required("width", .width), optional("type", .upperName), optional("min", .number), optional("max", .number),
      optional("const", .value), optional("default", .value), optional("unit", .text), label, error, severity,
    ]),
    "ReservedBits": type([
      required("width", .width), optional("send", .number), optional("receive", .receive), optional("name", .lowerName),
      error, severity,
    ]),
    "Reserved": type([
      required("size", .reservedSize), optional("send", .octet), optional("receive", .receive),
      optional("name", .lowerName), error, severity,
    ]),
    "Length": type([
      name, required("type", .unsignedType), required("of", .lengthOf), optional("counts", .counts),
      optional("unit", .number), optional("plus", .integer), error, label, byteOrder,
    ]),
    "Count": type([name, required("type", .unsignedType), required("of", .lowerName), label, byteOrder]),
    "Checksum": type([
      name, required("type", .checksumType), required("algorithm", .algorithm), optional("over", .over),
      optional("xor", .number), label, error, severity,
    ]),
    "Array": type([
      name, required("of", .arrayOf), optional("until", .until), optional("min", .number), optional("max", .number),
      label, error, severity, byteOrder, optional("count", .expression), optional("size", .expression),
      optional("terminator", .number),
    ]),
  ]

  private static let lists: [String: ElementGrammar] = [
    "List": type(
      [
        name, required("of", .upperName), label, optional("order", .order), optional("count", .expression),
        optional("size", .expression),
      ], ChildGrammar("allow", "Allow")),
    "Allow": type([required("tlv", .lowerName)] + cardinality),
    "Use": type([required("struct", .upperName)], ChildGrammar("match", "Match")),
    "Match": type([
      required("field", .lowerName), optional("value", .value), optional("from", .number), optional("to", .number), error,
    ]),
    "Choice": type(
      [name, required("on", .expression), error], ChildGrammar("case", "Case"), ChildGrammar("otherwise", "Otherwise")),
    "Case": type(
      [optional("name", .lowerName), optional("value", .value), optional("from", .number), optional("to", .number)],
      caseMembers),
    "Otherwise": type([optional("name", .lowerName)], caseMembers),
  ]

  private static let caseMembers = bodyMembers + [ChildGrammar("list", "List")]

  private static let rules: [String: ElementGrammar] = [
    "Rule": type([name, required("test", .expression), error, severity, optional("early", .boolean)]),
    "Derive": type([name, required("test", .expression)]),
    "Sample": type(
      [
        name, optional("hex", .hex), optional("canonical", .boolean), error, optional("kind", .kind),
        optional("at", .path), optional("offset", .number),
      ], ChildGrammar("expect", "Expect"), ChildGrammar("octets", "hex")),
    "Expect": type([required("path", .path), required("value", .anyText)]),
  ]

  private static let additions: [String: ElementGrammar] = [
    "Protocol": type(
      [
        typeName, required("language", .language), optional("version", .text), byteOrder,
        optional("errors", .upperName),
      ] + limits,
      ChildGrammar("include", "Include"), ChildGrammar("codes", "Codes"), ChildGrammar("flags", "Flags"),
      ChildGrammar("struct", "Struct"), ChildGrammar("tlvs", "Family"), ChildGrammar("direction", "Direction"),
      ChildGrammar("message", "Message"), ChildGrammar("framing", "Framing"),
      ChildGrammar("extend", "Extend")),
    "Extension": type(
      [typeName, required("of", .text), required("language", .language), optional("version", .text)],
      ChildGrammar("codes", "Codes"), ChildGrammar("flags", "Flags"), ChildGrammar("struct", "Struct"),
      ChildGrammar("extend", "Extend")),
    "Extend": type(
      [
        optional("tlvs", .upperName), optional("codes", .upperName), optional("flags", .upperName),
        optional("message", .upperName),
      ],
      ChildGrammar("tlv", "AddedElement"), ChildGrammar("code", "Code"), ChildGrammar("flag", "Flag"),
      ChildGrammar("allow", "AllowList")),
    "AddedElement": type(
      element,
      body + [ChildGrammar("match", "Match"), ChildGrammar("allow", "AllowIn")]),
    "AllowIn": type([required("in", .listPath)] + cardinality),
    "AllowList": type([required("list", .lowerName), required("tlv", .lowerName)] + cardinality),
  ]
}

/// What the schema language allows where: elements, their attributes, their children.
///
/// The checker is driven by this table; `wire.xsd` must agree with it.
struct ElementGrammar {
  var attributes: [AttributeGrammar]
  var children: [String]
  /// Whether the element has text of its own.
  var hasText: Bool
  /// False for what the reference marks as not yet implemented.
  var isImplemented: Bool

  init(
    _ attributes: [AttributeGrammar] = [], children: [String] = [], hasText: Bool = false,
    isImplemented: Bool = true
  ) {
    self.attributes = attributes
    self.children = children
    self.hasText = hasText
    self.isImplemented = isImplemented
  }
}

struct AttributeGrammar {
  var name: String
  var isRequired: Bool
  var kind: Kind

  /// What the value looks like; what it means is for the resolver to say.
  indirect enum Kind {
    /// A name of a type: MapRequest.
    case typeName
    /// A name of a field, code or rule: internalPort.
    case name
    case text
    /// A whole number from 0, decimal or 0x.
    case number
    case boolean
    case oneOf([String])
    case expression
    /// Refused: described in the reference, not implemented yet.
    case notYet
  }
}

private func required(_ name: String, _ kind: AttributeGrammar.Kind) -> AttributeGrammar {
  AttributeGrammar(name: name, isRequired: true, kind: kind)
}

private func optional(_ name: String, _ kind: AttributeGrammar.Kind) -> AttributeGrammar {
  AttributeGrammar(name: name, isRequired: false, kind: kind)
}

private func notYet(_ names: String...) -> [AttributeGrammar] { names.map { optional($0, .notYet) } }

private let byteOrder = optional("byteOrder", .oneOf(["big", "little"]))
private let severity = optional("severity", .oneOf(["error", "warning"]))
private let error = optional("error", .name)
private let label = optional("label", .text)
private let spec = optional("spec", .text)

/// What every element may carry.
private let common = [spec] + notYet("since", "deprecated", "replacedBy")

private let members = [
  "field", "bits", "reserved", "length", "count", "checksum", "array", "list", "use", "match", "choice", "rule",
  "derive", "sample", "doc",
]

private let value = [
  optional("min", .text), optional("max", .text), optional("const", .text), optional("default", .text),
  optional("unit", .text), label, error, severity,
]

private let limits = [
  optional("maxSize", .number), optional("sizeMultiple", .number), optional("sizeError", .name), error,
]

enum Grammar {
  static let roots = ["protocol", "extension"]

  static let elements: [String: ElementGrammar] = [
    "protocol": ElementGrammar(
      [
        required("name", .typeName), required("language", .text), optional("version", .text), byteOrder,
        optional("errors", .typeName),
      ] + limits + notYet("minSize", "framing"),
      children: [
        "doc", "include", "codes", "flags", "struct", "tlvs", "direction", "message", "extend", "framing",
      ]),
    "extension": ElementGrammar(
      [required("name", .typeName), required("of", .text), required("language", .text), optional("version", .text)],
      children: ["doc", "codes", "struct", "extend"]),
    "include": ElementGrammar([required("file", .text)], children: ["doc"]),
    "doc": ElementGrammar(hasText: true),
    "direction": ElementGrammar([required("name", .name)] + notYet("port", "framing"), children: ["doc"]),
    "codes": ElementGrammar(
      [
        required("name", .typeName), required("type", .text), optional("open", .boolean),
        optional("classification", .typeName), optional("classes", .text),
      ], children: ["code", "range", "doc"]),
    "code": ElementGrammar(
      [required("name", .name), required("value", .number), label, optional("class", .name)], children: ["doc"]),
    "range": ElementGrammar(
      [
        required("from", .number), required("to", .number),
        required("use", .oneOf(["unassigned", "reserved", "private", "experimental", "retired"])),
        optional("policy", .text), optional("class", .name),
      ], children: ["doc"]),
    "flags": ElementGrammar(
      [required("name", .typeName), required("type", .text), optional("open", .boolean)],
      children: ["flag", "range", "doc"], isImplemented: false),
    "flag": ElementGrammar([required("name", .name), required("bit", .number), label], children: ["doc"]),
    "struct": ElementGrammar([required("name", .typeName), error] + notYet("maxDepth"), children: members),
    "message": ElementGrammar(
      [required("name", .typeName), required("direction", .name)] + limits + notYet("maxDepth", "minSize"),
      children: members),
    "tlvs": ElementGrammar(
      [
        required("name", .typeName), optional("align", .number), optional("padding", .oneOf(["ignore", "zero"])),
        error,
      ] + notYet("paddingCounted"),
      children: ["header", "unknown", "tlv", "range", "doc"]),
    "header": ElementGrammar(children: ["tag", "length", "extraTag", "field", "bits", "reserved", "doc"]),
    "tag": ElementGrammar(
      [required("name", .name), optional("type", .text), label, byteOrder] + notYet("width"), children: ["doc"]),
    "extraTag": ElementGrammar([required("name", .name)], children: ["doc"], isImplemented: false),
    "unknown": ElementGrammar(
      [
        optional("from", .number), optional("to", .number), optional("direction", .name),
        required("action", .oneOf(["ignore", "keep", "reject"])), error,
      ], children: ["doc"]),
    "tlv": ElementGrammar(
      [required("name", .name), required("code", .number), label, error] + notYet("maxDepth", "extraCode"),
      children: members + ["allow"]),
    "field": ElementGrammar(
      [
        required("name", .name), required("type", .text), optional("size", .expression), optional("when", .expression),
        optional("encoding", .oneOf(["utf8"])), optional("invalid", .oneOf(["error", "keep"])),
        optional("nul", .oneOf(["allow", "error"])), byteOrder,
      ] + value + notYet("prefix", "terminator", "pad", "epoch", "format"),
      children: ["doc"]),
    "bits": ElementGrammar(
      [required("size", .number), byteOrder], children: ["bit", "bit-field", "reserved", "doc"]),
    "bit": ElementGrammar(
      [
        required("name", .name), label, optional("const", .text), optional("default", .text), error, severity,
      ], children: ["doc"]),
    "bit-field": ElementGrammar(
      [required("name", .name), required("width", .number), optional("type", .text)] + value, children: ["doc"]),
    "reserved": ElementGrammar(
      [
        optional("size", .number), optional("width", .number), optional("send", .number),
        optional("receive", .oneOf(["ignore", "zero"])), error, severity,
      ], children: ["doc"]),
    "length": ElementGrammar(
      [
        required("name", .name), required("type", .text), optional("of", .text),
        optional("counts", .oneOf(["value", "element"])), optional("unit", .number), optional("plus", .number),
        optional("min", .text), optional("max", .text), label, error, severity, byteOrder,
      ], children: ["doc"]),
    "count": ElementGrammar(
      [
        required("name", .name), required("type", .text), required("of", .name), optional("min", .text),
        optional("max", .text), label, error, severity, byteOrder,
      ], children: ["doc"]),
    "checksum": ElementGrammar([required("name", .name)], children: ["doc"], isImplemented: false),
    "array": ElementGrammar(
      [
        required("name", .name), required("of", .text), optional("until", .oneOf(["end"])),
        optional("min", .number), optional("max", .number), optional("when", .expression), label, error, severity,
        byteOrder,
      ] + notYet("count", "size", "terminator"),
      children: ["doc"]),
    "list": ElementGrammar(
      [required("name", .name), required("of", .typeName), label] + notYet("size", "order", "when"),
      children: ["allow", "doc"]),
    "allow": ElementGrammar(
      [
        optional("tlv", .name), optional("in", .text), required("occurs", .text), error, optional("missing", .name),
        optional("excess", .name),
      ] + notYet("invalid", "max", "requiredWhen", "as"), children: ["doc"]),
    "use": ElementGrammar([required("struct", .typeName)], children: ["match", "doc"]),
    "match": ElementGrammar(
      [
        required("field", .name), optional("value", .text), optional("from", .text), optional("to", .text), error,
      ], children: ["doc"]),
    "choice": ElementGrammar(
      [required("name", .name), required("on", .text)], children: ["case", "otherwise", "doc"], isImplemented: false),
    "case": ElementGrammar([required("value", .text)], children: members),
    "otherwise": ElementGrammar(children: members),
    "rule": ElementGrammar(
      [required("name", .name), required("test", .expression), error, severity] + notYet("early"),
      children: ["doc"]),
    "derive": ElementGrammar(
      [required("name", .name), required("test", .expression)], children: ["doc"], isImplemented: false),
    "framing": ElementGrammar(isImplemented: false),
    "extend": ElementGrammar(
      [optional("tlvs", .typeName)] + notYet("codes", "message", "flags"), children: ["tlv", "doc"]),
    "sample": ElementGrammar(
      [
        required("name", .name), optional("hex", .text), optional("canonical", .boolean), error,
        optional("kind", .name), optional("at", .text), optional("offset", .number),
      ], children: ["expect", "octets", "doc"]),
    "octets": ElementGrammar(hasText: true),
    "expect": ElementGrammar([required("path", .text), required("value", .text)], children: ["doc"]),
  ]

  /// An element's own attributes and those every element may carry.
  static func attributes(of element: ElementGrammar) -> [AttributeGrammar] { element.attributes + common }
}

import CLibXML2

/// An element of an XML file of whatever namespace.
struct Element {
  var name: String
  var attributes: [String: String] = [:]
  var children: [Element] = []
  var text = ""

  /// - Returns: nil when the text is not well-formed.
  init?(parsing octets: [UInt8]) {
    guard let document = Self.document(octets) else { return nil }
    defer { xmlFreeDoc(document) }
    guard let root = xmlDocGetRootElement(document) else { return nil }
    self.init(root)
  }

  private init(_ node: xmlNodePtr) {
    name = String(cString: node.pointee.name)
    var attribute = node.pointee.properties
    while let current = attribute {
      let value = xmlNodeListGetString(node.pointee.doc, current.pointee.children, 1)
      attributes[String(cString: current.pointee.name)] = value.map { String(cString: $0) } ?? ""
      clibxml2_free(value)
      attribute = current.pointee.next
    }
    var child = node.pointee.children
    while let current = child {
      if current.pointee.type == XML_ELEMENT_NODE { children.append(Element(current)) }
      if current.pointee.type == XML_TEXT_NODE { text += String(cString: current.pointee.content) }
      child = current.pointee.next
    }
  }

  /// libxml2's tree of a file, read without network and without a word on standard error.
  static func document(_ octets: [UInt8]) -> xmlDocPtr? {
    let options = XML_PARSE_NONET.rawValue | XML_PARSE_NOERROR.rawValue | XML_PARSE_NOWARNING.rawValue
    return octets.withUnsafeBytes { buffer in
      xmlReadMemory(
        buffer.baseAddress?.assumingMemoryBound(to: CChar.self), Int32(buffer.count), nil, "UTF-8",
        Int32(bitPattern: options))
    }
  }

  /// Every element below, itself included.
  var all: [Element] { [self] + children.flatMap(\.all) }

  /// What the annotation says.
  var documentation: String {
    children.first { $0.name == "annotation" }?.children.first { $0.name == "documentation" }?.text ?? ""
  }
}

/// `Schemas/wire.xsd`, which validates files.
final class SchemaXSD {
  private let schema: xmlSchemaPtr
  private var messages: [String] = []

  static let path = "Schemas/wire.xsd"

  init?() {
    guard let octets = Repository.octets(Self.path) else { return nil }
    let schema = octets.withUnsafeBytes { buffer -> xmlSchemaPtr? in
      let context = xmlSchemaNewMemParserCtxt(
        buffer.baseAddress?.assumingMemoryBound(to: CChar.self), Int32(buffer.count))
      defer { xmlSchemaFreeParserCtxt(context) }
      return xmlSchemaParse(context)
    }
    guard let schema else { return nil }
    self.schema = schema
  }

  deinit { xmlSchemaFree(schema) }

  /// What is wrong with a file; nil when it is not well-formed.
  func faults(in octets: [UInt8]) -> [String]? {
    guard let document = Element.document(octets) else { return nil }
    defer { xmlFreeDoc(document) }
    let context = xmlSchemaNewValidCtxt(schema)
    defer { xmlSchemaFreeValidCtxt(context) }
    messages = []
    let target = Unmanaged.passUnretained(self).toOpaque()
    xmlSchemaSetValidStructuredErrors(
      context,
      { target, error in
        guard let target, let error else { return }
        let message = error.pointee.message.map { String(cString: $0) } ?? "unknown error"
        Unmanaged<SchemaXSD>.fromOpaque(target).takeUnretainedValue().messages
          .append("\(error.pointee.line): \(message)")
      }, target)
    let status = xmlSchemaValidateDoc(context, document)
    if status != 0, messages.isEmpty { messages = ["status \(status)"] }
    return messages
  }
}

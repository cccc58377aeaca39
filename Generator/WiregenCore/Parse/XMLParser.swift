internal import CLibXML2

/// The namespace of the schema language.
public let schemaNamespace = "urn:wiregen:schema:1"

/// The largest schema file read, in octets. The schema of 3,000 elements that the project measures is a tenth of it.
public let maximumSchemaSize = 16 << 20

/// Turns the octets of a schema file into nodes with their places.
///
/// libxml2 decides what is well-formed, and what values and namespaces are. It is given octets only: no network, no
/// document type, no entities but the five of XML.
enum XMLParser {
  /// - Returns: the root; nil when the file cannot be used at all, which `diagnostics` says then.
  static func parse(
    _ octets: [UInt8], file: String, _ diagnostics: Diagnostics, limit: Int = maximumSchemaSize
  ) -> Node? {
    let start = SourcePosition(file: file)
    guard octets.count <= limit else {
      diagnostics.error(start, "the file has more than \(limit) octets; split it with <include>")
      return nil
    }
    if let fault = encodingFault(octets, start) {
      diagnostics.error(fault, "the file is not UTF-8; schemas are written in UTF-8")
      return nil
    }
    if let doctype = TagScan.doctype(in: octets, file: file) {
      diagnostics.error(doctype, "a document type is not allowed in a schema; leave <!DOCTYPE> out")
      return nil
    }
    let errors = ErrorCollector()
    guard let document = read(octets, errors) else {
      let error = errors.first ?? .init(line: 1, column: 1, message: "the file is empty")
      let position = SourcePosition(file: file, line: max(1, error.line), column: max(1, error.column))
      diagnostics.error(position, "not well-formed XML: \(error.message)")
      return nil
    }
    defer { xmlFreeDoc(document) }
    guard let root = xmlDocGetRootElement(document) else { return nil }
    var builder = TreeBuilder(tags: TagScan.tags(of: octets, file: file), start: start, diagnostics: diagnostics)
    return builder.build(root)
  }

  /// Where octets stop being UTF-8, or the declaration names another encoding; nil when all is well.
  private static func encodingFault(_ octets: [UInt8], _ start: SourcePosition) -> SourcePosition? {
    if let declared = declaredEncoding(octets), declared.uppercased() != "UTF-8" { return start }
    if String(validating: octets, as: UTF8.self) != nil, !octets.contains(0) { return nil }
    var position = start
    var decoder = UTF8()
    var rest = octets.makeIterator()
    while case .scalarValue(let scalar) = decoder.decode(&rest), scalar.value != 0 {
      position.column += 1
      if scalar == "\n" { position = SourcePosition(file: start.file, line: position.line + 1) }
    }
    return position
  }

  /// What `<?xml … encoding="…"?>` says; nil when it says nothing.
  private static func declaredEncoding(_ octets: [UInt8]) -> String? {
    let head = octets.prefix { $0 != UInt8(ascii: ">") }.prefix(256)
    let text = String(decoding: head, as: UTF8.self)
    guard text.contains("<?xml"), let name = text.firstRange(of: "encoding") else { return nil }
    let parts = text[name.upperBound...].split(whereSeparator: { $0 == "\"" || $0 == "'" })
    return parts.count > 1 ? String(parts[1]) : nil
  }

  private static func read(_ octets: [UInt8], _ errors: ErrorCollector) -> xmlDocPtr? {
    xmlInitParser()
    let context = Unmanaged.passUnretained(errors).toOpaque()
    xmlSetStructuredErrorFunc(context) { context, error in
      guard let context, let error else { return }
      let collector = Unmanaged<ErrorCollector>.fromOpaque(context).takeUnretainedValue()
      collector.note(line: error.pointee.line, column: error.pointee.int2, message: error.pointee.message)
    }
    defer { xmlSetStructuredErrorFunc(nil, nil) }
    let options = XML_PARSE_NONET.rawValue | XML_PARSE_BIG_LINES.rawValue | XML_PARSE_NOCDATA.rawValue
    return withExtendedLifetime(errors) {
      octets.withUnsafeBytes { buffer in
        xmlReadMemory(
          buffer.baseAddress?.assumingMemoryBound(to: CChar.self), Int32(buffer.count), nil, "UTF-8",
          Int32(bitPattern: options))
      }
    }
  }
}

/// Keeps the first error libxml2 reports; what follows it is mostly its echo.
private final class ErrorCollector {
  struct ParseError {
    var line: Int
    var column: Int
    var message: String
  }

  private(set) var first: ParseError?

  func note(line: Int32, column: Int32, message: UnsafePointer<CChar>?) {
    guard first == nil else { return }
    let text = message.map { String(cString: $0) } ?? "unknown error"
    first = ParseError(
      line: Int(line), column: Int(column),
      message: text.split(whereSeparator: \.isNewline).joined(separator: " "))
  }
}

/// Copies libxml2's tree, taking the place of each element and attribute from the scan.
private struct TreeBuilder {
  var tags: [TagScan.Tag]
  var start: SourcePosition
  var diagnostics: Diagnostics
  private var next = 0

  init(tags: [TagScan.Tag], start: SourcePosition, diagnostics: Diagnostics) {
    self.tags = tags
    self.start = start
    self.diagnostics = diagnostics
  }

  /// - Returns: nil for an element of a foreign namespace, whose content is passed over with it.
  mutating func build(_ element: xmlNodePtr) -> Node? {
    let tag = next < tags.count ? tags[next] : TagScan.Tag(position: start, attributes: [])
    next += 1
    let name = text(element.pointee.name)
    let namespace = element.pointee.ns.map { text($0.pointee.href) } ?? ""
    guard namespace == schemaNamespace else {
      let found = namespace.isEmpty ? "no namespace" : "namespace '\(namespace)'"
      diagnostics.error(
        tag.position, "<\(name)> is in \(found); write xmlns=\"\(schemaNamespace)\" on the root element")
      next += descendants(of: element)
      return nil
    }
    let node = Node(name: name, attributes: attributes(element, tag), position: tag.position)
    var child = element.pointee.children
    while let current = child {
      switch current.pointee.type {
      case XML_ELEMENT_NODE:
        if let built = build(current) {
          node.children.append(built)
        } else {
          node.refused.append(Node(name: "", attributes: [], position: tag.position))
        }
      case XML_TEXT_NODE, XML_CDATA_SECTION_NODE:
        node.text += text(current.pointee.content)
      default: break
      }
      child = current.pointee.next
    }
    return node
  }

  private func descendants(of element: xmlNodePtr) -> Int {
    var count = 0
    var child = element.pointee.children
    while let current = child {
      if current.pointee.type == XML_ELEMENT_NODE { count += 1 + descendants(of: current) }
      child = current.pointee.next
    }
    return count
  }

  private func attributes(_ element: xmlNodePtr, _ tag: TagScan.Tag) -> [Node.Attribute] {
    var result: [Node.Attribute] = []
    var attribute = element.pointee.properties
    while let current = attribute {
      defer { attribute = current.pointee.next }
      // Attributes of foreign namespaces (xsi:schemaLocation) are the business of other tools.
      guard current.pointee.ns == nil else { continue }
      let name = text(current.pointee.name)
      let value = xmlNodeListGetString(current.pointee.doc, current.pointee.children, 1)
      defer { clibxml2_free(value) }
      let place = tag.attributes.first { $0.name == name }
      result.append(
        Node.Attribute(
          name: name, value: value.map { text($0) } ?? "", position: place?.position ?? tag.position,
          written: place?.value))
    }
    return result
  }
}

private func text(_ pointer: UnsafePointer<xmlChar>?) -> String {
  guard let pointer else { return "" }
  return String(decodingCString: pointer, as: UTF8.self)
}

private func text(_ pointer: UnsafeMutablePointer<xmlChar>?) -> String { text(UnsafePointer(pointer)) }

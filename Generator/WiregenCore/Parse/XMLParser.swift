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
  /// - Returns: the root; nil when the file is not well-formed, which `diagnostics` says then.
  static func parse(_ octets: [UInt8], file: String, _ diagnostics: Diagnostics) -> Node? {
    let start = SourcePosition(file: file)
    guard octets.count <= maximumSchemaSize else {
      diagnostics.error(start, "the file has more than \(maximumSchemaSize) octets; split it with <include>")
      return nil
    }
    guard String(validating: octets, as: UTF8.self) != nil, !octets.contains(0) else {
      diagnostics.error(start, "the file is not UTF-8; schemas are written in UTF-8")
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
    let node = Node(name: name, attributes: attributes(element, tag), position: tag.position)
    var child = element.pointee.children
    while let current = child {
      switch current.pointee.type {
      case XML_ELEMENT_NODE:
        if let built = build(current) { node.children.append(built) }
      case XML_TEXT_NODE, XML_CDATA_SECTION_NODE:
        node.text += text(current.pointee.content)
      default: break
      }
      child = current.pointee.next
    }
    guard namespace == schemaNamespace else {
      let found = namespace.isEmpty ? "no namespace" : "namespace '\(namespace)'"
      diagnostics.error(
        tag.position, "<\(name)> is in \(found); write xmlns=\"\(schemaNamespace)\" on the root element")
      return nil
    }
    return node
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
      let position = tag.attributes.first { $0.name == name }?.position ?? tag.position
      result.append(Node.Attribute(name: name, value: value.map { text($0) } ?? "", position: position))
    }
    return result
  }
}

private func text(_ pointer: UnsafePointer<xmlChar>?) -> String {
  guard let pointer else { return "" }
  return String(decodingCString: pointer, as: UTF8.self)
}

private func text(_ pointer: UnsafeMutablePointer<xmlChar>?) -> String { text(UnsafePointer(pointer)) }

import Foundation
import FoundationXML
import WireText

@testable import WiregenCore

/// A reference page, parsed as the XML that it is.
struct DocumentPage {
  struct NotWellFormed: Error, CustomStringConvertible { var description: String }

  final class Element {
    let name: String
    let attributes: [String: String]
    fileprivate(set) var elements: [Element] = []
    /// Text before each child, and behind the last.
    fileprivate var pieces: [Piece] = []

    fileprivate enum Piece {
      case text(String)
      case element(Element)
    }

    fileprivate init(_ name: String, _ attributes: [String: String]) {
      (self.name, self.attributes) = (name, attributes)
    }

    /// All text in it, as it is read.
    var text: String {
      var result = ""
      for piece in pieces {
        switch piece {
        case .text(let text): result += text
        case .element(let element): result += element.text
        }
      }
      return result
    }

    /// It and what is in it.
    var all: [Element] { [self] + elements.flatMap(\.all) }
  }

  let root: Element
  let all: [Element]
  let octets: [UInt8]

  init(_ text: String) throws {
    let reader = Reader()
    octets = Array(text.utf8)
    let parser = FoundationXML.XMLParser(data: Data(octets))
    parser.delegate = reader
    guard parser.parse(), let root = reader.root else {
      throw NotWellFormed(description: "line \(parser.lineNumber): \(parser.parserError.map { "\($0)" } ?? "")")
    }
    self.root = root
    all = root.all
  }

  func element(_ id: String) -> Element? { all.first { $0.attributes["id"] == id } }

  /// All but the index.
  var main: Element { all.first { $0.name == "main" } ?? root }

  private final class Reader: NSObject, XMLParserDelegate {
    var root: Element?
    var open: [Element] = []

    func parser(
      _ parser: FoundationXML.XMLParser, didStartElement name: String, namespaceURI: String?, qualifiedName: String?,
      attributes: [String: String] = [:]
    ) {
      let element = Element(name, attributes)
      open.last?.elements.append(element)
      open.last?.pieces.append(.element(element))
      if root == nil { root = element }
      open.append(element)
    }

    func parser(
      _ parser: FoundationXML.XMLParser, didEndElement name: String, namespaceURI: String?, qualifiedName: String?
    ) { open.removeLast() }

    func parser(_ parser: FoundationXML.XMLParser, foundCharacters text: String) { open.last?.pieces.append(.text(text)) }

    func parser(_ parser: FoundationXML.XMLParser, foundCDATA data: Data) {
      open.last?.pieces.append(.text(String(decoding: data, as: UTF8.self)))
    }
  }
}

/// The anchors that the page of a schema must have, from the schema alone.
struct DocumentAnchors {
  let schema: ResolvedSchema
  private(set) var all: [String] = []
  /// Names of the types that are the schema's own, and what else is.
  private var own: Set<String> = []

  init(_ schema: ResolvedSchema) {
    self.schema = schema
    all =
      bodies.flatMap(anchors) + (schema.addition == nil ? protocolAnchors : additionAnchors)
      + schema.samples.map { "\(definition.bodies[$0.body].name):sample:\($0.name)" }
    guard let addition = schema.addition else { return }
    own = Set(bodies.map(\.name) + addition.codes.map { definition.codes[$0].name } + all + [addition.name])
    own.formUnion(addition.flags.map { definition.flags[$0].name })
  }

  private var definition: ProtocolDefinition { schema.definition }

  /// Bodies that are the schema's own.
  private var bodies: [BodyDefinition] {
    (schema.addition?.bodies ?? definition.bodies.indices).map { definition.bodies[$0] }
  }

  private func anchors(_ body: BodyDefinition) -> [String] {
    var anchors = [body.name] + body.derived.map { "\(body.name).\($0.name)" }
    anchors += ((body.message?.earlyRules.map(\.rule) ?? []) + body.rules).map { "\(body.name):rule:\($0.name)" }
    for member in body.members.dropFirst(body.headerCount) {
      anchors += names(member).map { "\(body.name).\($0)" }
      if case .list(let list) = member.kind {
        let elements = definition.families[list.family].elements
        anchors += list.allowed.map { "\(body.name).\(member.name).\(elements[$0.element].name)" }
      }
      if case .choice(let choice) = member.kind { anchors += choice.allCases.map { "\(body.name).\(member.name).\($0.name)" } }
    }
    return anchors
  }

  private func names(_ member: Member) -> [String] {
    if case .bits(_, _, let group) = member.kind { return group.map(\.name).filter { !$0.isEmpty } }
    return member.name.isEmpty ? [] : [member.name]
  }

  private func anchors(_ name: String, _ codes: [(name: String, value: UInt64)], _ ranges: [CodesDefinition.CodeRange])
    -> [String]
  {
    [name] + codes.flatMap { ["\(name).\($0.name)", "\(name).\($0.value)"] } + ranges.map { "\(name):range:\($0.first)" }
  }

  private var protocolAnchors: [String] {
    let tags = Set(definition.families.map(\.codes))
    var result = definition.directions.map { "direction.\($0)" } + definition.framings.indices.map { "framing:\($0)" }
    for codes in definition.codes.indices where !tags.contains(codes) {
      let codes = definition.codes[codes]
      result += anchors(codes.name, codes.codes.map { ($0.name, $0.value) }, codes.ranges)
    }
    for flags in definition.flags {
      result += anchors(flags.name, flags.flags.map { ($0.name, UInt64($0.bit)) }, flags.ranges)
    }
    for family in definition.families {
      let codes = definition.codes[family.codes]
      result += [family.name, codes.name] + family.header.flatMap(names).map { "\(family.name).\($0)" }
      result +=
        family.unknown.indices.map { "\(family.name):unknown:\($0)" } + codes.ranges.map { "\(codes.name):range:\($0.first)" }
      for element in family.elements {
        let number = family.extraTag == nil ? "\(element.tag)" : "\(element.tag).\(element.extraTag)"
        result += ["\(codes.name).\(element.name)", "\(codes.name).\(number)"]
      }
    }
    return result
  }

  private var additionAnchors: [String] {
    guard let addition = schema.addition else { return [] }
    var result = addition.codes.flatMap { index in
      let codes = definition.codes[index]
      return anchors(codes.name, codes.codes.map { ($0.name, $0.value) }, codes.ranges)
    }
    result += addition.flags.flatMap { index in
      let flags = definition.flags[index]
      return anchors(flags.name, flags.flags.map { ($0.name, UInt64($0.bit)) }, flags.ranges)
    }
    result += addition.addedCodes.map { "\(definition.codes[$0.codes].name).\(definition.codes[$0.codes].codes[$0.code].name)" }
    result += addition.addedFlags.map { "\(definition.flags[$0.flags].name).\(definition.flags[$0.flags].flags[$0.flag].name)" }
    result += addition.addedUses.map { added in
      let element = definition.families[added.family].elements[added.element].name
      return "\(definition.bodies[added.use.body].name).\(added.use.list).\(element)"
    }
    return result
  }

  /// Whether something documented is the schema's own, by its key in the documentation.
  func has(_ key: String) -> Bool {
    schema.addition == nil || own.contains(key) || own.contains(String(key.prefix { $0 != "." }))
  }
}

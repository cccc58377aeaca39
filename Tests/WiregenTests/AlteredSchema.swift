import Testing
import Wire
import WireText

@testable import WiregenCore

/// A schema, and what comes of it when something is altered in its files.
struct AlteredSchema {
  private let root: String
  private let sources: [String: [UInt8]]
  /// Those that are read, in that order.
  let files: [String]
  /// Octets of the protocol that the root extends; none where it is a protocol itself.
  private let baseSamples: [ResolvedSchema.Sample]
  private let findings: Findings
  private let text: String

  /// What says something to people only, or to those who make values.
  private static let descriptive: Set = [
    "label", "unit", "policy", "use", "classification", "classes", "class", "version", "port", "spec", "since", "deprecated",
    "default",
  ]

  /// What a schema makes of octets.
  private struct Findings: Equatable {
    var violations: [[Violation]] = []
    var frames: [String] = []
  }

  init(_ root: String, in sources: [String: [UInt8]]) throws {
    let outcome = resolve(root, in: sources)
    let schema = try #require(outcome.schema)
    (self.root, self.sources, files) = (root, sources, outcome.files)
    baseSamples = schema.addition == nil ? [] : resolve(files[1], in: sources).schema?.samples ?? []
    findings = Self.findings(schema, baseSamples)
    text = Self.text(of: schema, root, sources)
  }

  /// The attributes of a file.
  func uses(in file: String) throws -> [AttributeUse] {
    let node = try #require(XMLParser.parse(sources[file] ?? [], file: file, Diagnostics()))
    return GrammarWalk.uses(in: node).attributes
  }

  /// The elements of a file but for the root.
  func elements(in file: String) -> [ElementUse] {
    let tokens = MarkupScan.tokens(of: sources[file] ?? [])
    var open: [(name: String, token: MarkupToken)] = []
    var found: [ElementUse] = []
    func close(_ name: String, _ start: MarkupToken, _ end: MarkupToken) {
      let position = SourcePosition(file: file, line: start.line, column: start.column)
      found.append(ElementUse(name: name, position: position, range: start.range.lowerBound..<end.range.upperBound))
    }
    for token in tokens {
      switch token.kind {
      case .startTag(let name, _, let isEmpty):
        if isEmpty { close(name, token, token) } else { open.append((name, token)) }
      case .endTag:
        if let (name, start) = open.popLast(), !open.isEmpty { close(name, start, token) }
      case .comment, .instruction, .data, .text: break
      }
    }
    return found
  }

  /// Whether some other value of an attribute, or none, makes a difference.
  func notices(_ use: AttributeUse) -> Bool {
    let isName = use.part.attribute == "name"
    let isDescriptive = isName || use.part.type == "Range" || Self.descriptive.contains(use.part.attribute ?? "")
    var isTakenOtherwise = false
    for value in Alteration.values(for: use) {
      var altered = sources
      altered[use.position.file] = Alteration.replace(use, with: value, in: sources[use.position.file] ?? [])
      let outcome = resolve(root, in: altered)
      // What refers to a name finds another one, or none.
      if outcome.diagnostics.contains(where: { isName || $0.message.hasPrefix("sample '") }) { return true }
      guard let schema = outcome.schema else { continue }
      isTakenOtherwise = true
      if Self.findings(schema, baseSamples) != findings { return true }
      if isDescriptive, Self.text(of: schema, root, altered) != text { return true }
    }
    return !isTakenOtherwise
  }

  /// Whether it makes a difference that an element is not there.
  func notices(_ element: ElementUse) -> Bool {
    var altered = sources
    altered[element.position.file]?.removeSubrange(element.range)
    guard let schema = resolve(root, in: altered).schema else { return true }
    return Self.findings(schema, baseSamples) != findings || Self.text(of: schema, root, altered) != text
  }

  /// For each type of elements, the first that there is in what is the root's own.
  func describable() throws -> [Describable] {
    var found: [Describable] = []
    for file in baseSamples.isEmpty ? files : [root] {
      let node = try #require(XMLParser.parse(sources[file] ?? [], file: file, Diagnostics()))
      GrammarWalk.walk(node) { node, type in
        let lacking = Grammar.common.map(\.name).filter { node[$0] == nil }
        if lacking.isEmpty || found.contains(where: { $0.type == type }) { return }
        found.append(Describable(type: type, name: node.name, position: node.position, attributes: lacking))
      }
    }
    return found
  }

  /// Of what an element can say of itself, and does not, what would come out nowhere.
  func unshown(_ element: Describable) -> [String] {
    var altered = sources
    let octets = sources[element.position.file] ?? []
    guard let start = MarkupScan.tokens(of: octets).first(where: { element.position.isAt($0) }) else { return element.attributes }
    let words = element.attributes.map { " \($0)=\"Quite elsewhere: \($0)\"" }.joined()
    altered[element.position.file]?.insert(contentsOf: words.utf8, at: start.range.lowerBound + 1 + element.name.utf8.count)
    let text = resolve(root, in: altered).schema.map { Self.text(of: $0, root, altered) } ?? ""
    return element.attributes.filter { !text.contains("Quite elsewhere: \($0)") }
  }

  private static func findings(_ schema: ResolvedSchema, _ baseSamples: [ResolvedSchema.Sample]) -> Findings {
    let interpreter = Interpreter(schema.definition)
    var findings = Findings()
    for sample in schema.samples + baseSamples {
      findings.violations.append(interpreter.violations(sample.body, sample.octets))
      guard schema.definition.bodies[sample.body].message != nil else { continue }
      for direction in schema.definition.directions.indices {
        do throws(Violation) {
          findings.frames.append("\(String(describing: try interpreter.frame(direction: direction, sample.octets)))")
        } catch {
          findings.frames.append("\(error) \(error.path)")
        }
      }
    }
    return findings
  }

  /// The generated Swift, and the listing.
  private static func text(of schema: ResolvedSchema, _ root: String, _ sources: [String: [UInt8]]) -> String {
    let generated = Renderer(schema, RenderOptions(files: 1)).render(stem: "everything", schemaName: root)
    var loader = SchemaLoader(diagnostics: Diagnostics()) { sources[$0] }
    let listing = loader.load(root).map { SchemaListing(schema, loaded: $0).json } ?? ""
    return generated.map(\.text).joined() + listing
  }
}

/// An element that can say something of itself.
struct Describable: CustomStringConvertible {
  /// Key in `Grammar.types`.
  var type: String
  var name: String
  var position: SourcePosition
  /// Those that it could have and has not.
  var attributes: [String]

  var description: String { "\(position): <\(name)>, \(type)" }
}

extension SourcePosition {
  fileprivate func isAt(_ token: MarkupToken) -> Bool { (line, column) == (token.line, token.column) }
}

/// An element where it stands in a schema.
struct ElementUse: CustomStringConvertible {
  var name: String
  var position: SourcePosition
  /// Of its octets, from the start tag to the end tag.
  var range: Range<Int>

  var description: String { "\(position): <\(name)>" }
}

/// Other values for an attribute.
enum Alteration {
  /// Values to try, nil for none at all; the likeliest to be noticed first.
  static func values(for use: AttributeUse) -> [String?] {
    var values: [String?] = candidates(for: use).filter { $0 != use.value }
    if !use.grammar.isRequired { values.append(nil) }
    return values
  }

  private static func candidates(for use: AttributeUse) -> [String] {
    if let choices = use.grammar.value.choices { return choices }
    if use.part.attribute == "name" { return ["\(use.value)Q"] }
    switch use.grammar.value {
    case .number, .integer, .octet, .bitNumber, .width: return numbers(near: use.value)
    case .value: return numbers(near: use.value) + ["true", "false", "udp", "low", "delete", "signed"]
    case .expression: return ["not (\(use.value))", "(\(use.value)) + 1", "(\(use.value)) + 4", "remaining"]
    case .occurs: return ["0", "1", "0..1", "0..*", "2..3"]
    case .upperName: return ["Point", "Transport", "Option", "Attribute", "Color", "Head", "\(use.value)Q"]
    case .lowerName:
      return ["badSum", "notThat", "request", "answer", "stream", "udp", "red", "kind", "one", "note", "\(use.value)Q"]
    case .lowerNames: return ["update", "plain", "\(use.value) more"]
    case .fieldType, .arrayOf, .unsignedOrCodes: return types(near: use.value)
    case .codesType: return ["u5", "u8", "u16"]
    case .lengthOf: return ["rest", "message"]
    case .reservedSize: return numbers(near: use.value) + ["rest"]
    case .hex: return [use.value.replacing("0", with: "1")]
    case .path, .listPath: return ["kind"]
    case .ports: return ["udp/4002"]
    case .origin: return ["1901-01-01"]
    default: return ["\(use.value)q", "0"]
    }
  }

  private static func numbers(near value: String) -> [String] {
    guard let number = Int(value) ?? Int(value.dropFirst(2), radix: 16) else { return ["0", "1"] }
    return ["\(number + 1)", "\(number - 1)", "0", "\(number + 4)", "\(number * 2)", "1"]
  }

  private static func types(near value: String) -> [String] {
    let sign = value.first == "u" ? "i" : "u"
    return ["\(sign)\(value.dropFirst())", "u8", "u16", "u32", "ipv6", "octets", "text", "Transport", "Color", "Point"]
  }

  /// The octets of a file with the attribute changed, or left out.
  static func replace(_ use: AttributeUse, with value: String?, in octets: [UInt8]) -> [UInt8] {
    var lines = String(decoding: octets, as: UTF8.self).split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    let line = Array(lines[use.position.line - 1].unicodeScalars)
    let start = use.position.column - 1
    guard let open = line[start...].firstIndex(of: "\""), let close = line[(open + 1)...].firstIndex(of: "\"") else {
      return octets
    }
    var text = String.UnicodeScalarView(line[..<start])
    if let value {
      text.append(contentsOf: line[start...open])
      text.append(contentsOf: value.replacing("&", with: "&amp;").replacing("<", with: "&lt;").unicodeScalars)
      text.append(contentsOf: line[close...])
    } else {
      text.append(contentsOf: line[(close + 1)...])
    }
    lines[use.position.line - 1] = String(text)
    return Array(lines.joined(separator: "\n").utf8)
  }
}

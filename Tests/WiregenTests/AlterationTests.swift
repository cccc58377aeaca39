import Testing

@testable import WiregenCore

/// Nothing in a schema is read and then ignored: whatever is altered in a schema that uses all of the language, one of its
/// samples comes out otherwise; or, where something is only said to the reader, the generated Swift reads otherwise.
@Suite(.disabled("everything.xml uses what the generator refuses as not implemented yet")) struct AlterationTests {
  private static let folder = "Tests/EverythingWire"
  private let files = WiregenTests.files(below: folder)

  /// What says something to people only; it must show in the generated Swift.
  private static let descriptive: Set = [
    "label", "unit", "policy", "use", "classification", "classes", "class", "version", "port", "spec", "since", "deprecated",
  ]

  /// Names of what nothing else refers to; they are told in diagnostics.
  private static let namesOfThemselves: Set<GrammarPart> = [
    GrammarPart(type: "Sample", attribute: "name")
  ]

  @Test func theSchemaIsRight() {
    #expect(files.count >= 2)
    #expect(resolve("everything.xml", in: files).lines == [])
  }

  @Test func everyAttributeCounts() throws {
    var wanted = GrammarWalk.everything.filter { $0.attribute != nil && !isOfExtensions($0) }
    wanted.subtract(Self.namesOfThemselves)
    let baseline = try #require(resolve("everything.xml", in: files).schema)
    let swift = text(of: baseline)
    for (file, octets) in files.sorted(by: { $0.key < $1.key }) {
      let root = try #require(XMLParser.parse(octets, file: file, Diagnostics()))
      guard root.name == "protocol" else { continue }
      for use in GrammarWalk.uses(in: root).attributes {
        let parts = [use.part, GrammarPart(type: use.part.type, attribute: use.part.attribute, value: use.value)]
        guard parts.contains(where: wanted.contains) else { continue }
        if isNoticed(use, in: octets, swift: swift) { wanted.subtract(parts) }
      }
    }
    #expect(wanted.isEmpty, "nothing comes out otherwise when these are altered: \(wanted.sorted())")
  }

  /// Extensions have tests of their own.
  private func isOfExtensions(_ part: GrammarPart) -> Bool {
    ["Extension", "Extend", "AddedElement", "AllowIn", "AllowList"].contains(part.type)
  }

  /// Whether some other value of an attribute, or none, makes a difference.
  private func isNoticed(_ use: AttributeUse, in octets: [UInt8], swift: String) -> Bool {
    let isDescriptive = Self.descriptive.contains(use.part.attribute ?? "")
    for value in Alteration.values(for: use) {
      var altered = files
      altered[use.position.file] = Alteration.replace(use, with: value, in: octets)
      let outcome = resolve("everything.xml", in: altered)
      if outcome.lines.contains(where: Self.isOfSamples) { return true }
      if isDescriptive || use.part.attribute == "name", let schema = outcome.schema, text(of: schema) != swift { return true }
    }
    return false
  }

  private static func isOfSamples(_ line: String) -> Bool { line.contains(": error: sample '") }

  private func text(of schema: ResolvedSchema) -> String {
    Renderer(schema, RenderOptions(files: 1)).render(stem: "everything", schemaName: "everything.xml").map(\.text).joined()
  }
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
    switch use.grammar.value {
    case .number, .integer, .octet, .bitNumber, .width: return numbers(near: use.value)
    case .value: return numbers(near: use.value) + ["true", "false", "udp", "low", "delete", "signed"]
    case .expression: return ["not (\(use.value))", "(\(use.value)) + 1", "(\(use.value)) + 4", "remaining"]
    case .occurs: return ["0", "1", "0..1", "0..*", "2..3"]
    case .upperName: return ["Point", "Transport", "Option", "Attribute", "Color", "Head", "\(use.value)Q"]
    case .lowerName: return ["badSum", "up", "udp", "kind", "\(use.value)Q"]
    case .lowerNames: return ["update", "\(use.value) more"]
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

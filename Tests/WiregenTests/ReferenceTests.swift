import Testing

@testable import WiregenCore

/// The reference of the language: its examples, and what its tables say of attributes.
struct Reference {
  /// A block of XML behind a mark `<!-- example: … -->`.
  struct Example: CustomTestStringConvertible, Sendable {
    enum Part: Sendable {
      /// A whole file of this name.
      case complete(String)
      /// Children of `<protocol>`.
      case top
      /// Content of a `<message>`.
      case body
    }

    var line: Int
    var part: Part
    var text: String

    var testDescription: String { "Schemas/README.md:\(line)" }
  }

  static let path = "Schemas/README.md"
  static let lines: [String] =
    (try? Repository.text(path))?.split(separator: "\n", omittingEmptySubsequences: false).map(String.init) ?? []

  static let examples: [Example] = {
    var examples: [Example] = []
    for (index, line) in lines.enumerated() where line.hasPrefix("<!-- example: ") {
      let words = line.dropFirst(14).split(separator: " ").map(String.init).filter { $0 != "-->" }
      let part: Example.Part? =
        switch words.first {
        case "complete" where words.count == 2: .complete(words[1])
        case "top": .top
        case "body": .body
        default: nil
        }
      guard let part, lines[index + 1] == "```xml" else { continue }
      let text = lines[(index + 2)...].prefix { $0 != "```" }.joined(separator: "\n")
      examples.append(Example(line: index + 1, part: part, text: text))
    }
    return examples
  }()

  /// The complete examples, by name.
  static let files: [String: [UInt8]] = examples.reduce(into: [:]) { files, example in
    if case .complete(let name) = example.part { files[name] = Array(example.text.utf8) }
  }

  /// An example as a file that stands alone or among the others.
  static func file(_ example: Example) -> (name: String, text: String) {
    let frame = String(decoding: files["example.xml"] ?? [], as: UTF8.self)
    let opening = "  <message name=\"Sample\" direction=\"request\">\n"
    switch example.part {
    case .complete(let name): return (name, example.text)
    case .top: return ("fragment.xml", frame.replacing(opening + "  </message>", with: example.text))
    case .body: return ("fragment.xml", frame.replacing(opening, with: opening + example.text + "\n"))
    }
  }
}

@Suite struct ExampleTests {
  @Test func everyMarkIsUnderstood() {
    #expect(Reference.examples.count == Reference.lines.count { $0.hasPrefix("<!-- example: ") })
    #expect(Reference.lines.count { $0 == "```xml" } == Reference.examples.count)
    #expect(Reference.examples.count > 40)
  }

  @Test(arguments: Reference.examples) func isAsTheReferenceSays(example: Reference.Example) {
    let (name, text) = Reference.file(example)
    var files = Reference.files
    files[name] = Array(text.utf8)
    let outcome = resolve(name, in: files)
    #expect(outcome.lines == [])
  }

  /// Every element and every attribute of the language stands in some example.
  @Test func everythingHasAnExample() throws {
    var seen: Set<String> = []
    func note(_ node: Node, _ type: String) throws {
      let grammar = try #require(Grammar.types[type])
      for attribute in node.attributes { seen.insert("\(type) \(attribute.name)") }
      for child in node.children {
        let entry = try #require(grammar.allChildren.first { $0.name == child.name }, "\(type) \(child.name)")
        seen.insert("\(type) <\(child.name)>")
        try note(child, entry.type)
      }
    }
    for example in Reference.examples {
      let text = Reference.file(example).text
      let root = try #require(XMLParser.parse(Array(text.utf8), file: "f", Diagnostics()))
      try note(root, try #require(Grammar.roots[root.name]))
    }
    for (type, grammar) in Grammar.types.sorted(by: { $0.key < $1.key }) {
      for attribute in grammar.attributes where !Self.shown(type, attribute.name, in: seen) {
        Issue.record("no example has '\(attribute.name)' on \(type)")
      }
      for child in grammar.children where !Self.shown(type, "<\(child.name)>", in: seen) {
        Issue.record("no example has <\(child.name)> in \(type)")
      }
    }
    for common in Grammar.common { #expect(seen.contains { $0.hasSuffix(" \(common.name)") }, "\(common.name)") }
  }

  /// Types that share most of what they may have: an example of one is enough.
  private static let alike = [
    ["Struct", "Message", "Element", "AddedElement", "Case", "Otherwise"], ["Allow", "AllowIn", "AllowList"],
    ["Bits", "HeaderBits"], ["Protocol", "Extension"], ["Tag", "TagBits"],
  ]

  private static func shown(_ type: String, _ what: String, in seen: Set<String>) -> Bool {
    let types = alike.first { $0.contains(type) } ?? [type]
    return types.contains { seen.contains("\($0) \(what)") }
  }
}

// MARK: - Tables

@Suite struct TableTests {
  /// What a row of a table says of an attribute.
  private struct Row {
    var line: Int
    var type: String
    var attributes: [String]
    /// Values that the row is about, when it goes on with the attribute of the one before.
    var values: [String]
    var isRequired: Bool
  }

  /// Types that tables are about, by the element's name.
  private static let types: [String: [String]] = [
    "protocol": ["Protocol"], "extension": ["Extension"], "extend": ["Extend"], "direction": ["Direction"],
    "codes": ["Codes"], "code": ["Code"], "range": ["Range"], "struct": ["Struct"], "message": ["Message"],
    "match": ["Match"], "field": ["Field"], "bits": ["Bits"], "bit": ["Bit"], "bitField": ["BitField"],
    "reserved": ["Reserved"], "length": ["Length"], "array": ["Array"], "list": ["List"], "allow": ["Allow"],
    "tlvs": ["Family"], "header": ["Header"], "tag": ["Tag"], "unknown": ["Unknown"], "tlv": ["Element"],
    "rule": ["Rule"], "sample": ["Sample"], "framing": ["Framing"], "checksum": ["Checksum"], "extraTag": ["ExtraTag"],
    "operation": ["Operation"],
  ]

  /// What stands between backquotes.
  private func names(_ cell: String) -> [String] {
    cell.split(separator: "`", omittingEmptySubsequences: false).enumerated().filter { $0.offset % 2 == 1 }
      .map { String($0.element) }
  }

  private func rows() -> [Row] {
    var rows: [Row] = []
    var heading = ""
    var columns: [String] = []
    for (index, line) in Reference.lines.enumerated() {
      if line.hasPrefix("#") { heading = line }
      guard line.hasPrefix("|") else {
        columns = []
        continue
      }
      let cells = line.dropFirst().dropLast().components(separatedBy: "|").map { cell in
        String(cell.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
      }
      if columns.isEmpty {
        columns = cells
      } else if ["meaning", "what stands in it"].contains(columns.last), !line.hasPrefix("|--"),
        let row = row(index, cells, columns, heading, rows.last)
      {
        rows.append(row)
      }
    }
    return rows
  }

  private func row(
    _ index: Int, _ cells: [String], _ columns: [String], _ heading: String, _ last: Row?
  ) -> Row? {
    let hasElements = columns[0] == "element"
    guard hasElements || columns[0].hasPrefix("attribute") else { return nil }
    var element = names(hasElements ? cells[0] : columns[0]).first ?? (hasElements ? "" : names(heading).first ?? "")
    element = element.filter { $0 != "<" && $0 != ">" }
    var type = Self.types[element]?.first
    if heading.contains("`<header>`"), element == "length" { type = "HeaderLength" }
    if heading.contains("`<bits>`"), element == "reserved" { type = "ReservedBits" }
    if heading == "## Samples" { type = "Sample" }
    if cells[0] == "`<tag>` in `<bits>`" { type = "TagBits" }
    if hasElements, element.isEmpty { type = last?.type }
    guard let type else { return nil }
    let cell = cells[hasElements ? 1 : 0]
    let attributes = names(cell).filter { !$0.hasPrefix("<") }
    let values = names(cells[hasElements ? 2 : 1])
    let goesOn = cell.isEmpty && (!hasElements || cells[0].isEmpty)
    return Row(
      line: index + 1, type: type, attributes: goesOn ? last?.attributes ?? [] : attributes,
      values: cell.isEmpty ? values : [], isRequired: cells.contains { $0.hasPrefix("required") })
  }

  @Test func tablesAndGrammarAgree() throws {
    var documented: [String: Set<String>] = [:]
    for row in rows() {
      let grammar = try #require(Grammar.types[row.type])
      for name in row.attributes {
        guard let attribute = grammar.allAttributes.first(where: { $0.name == name }) else {
          Issue.record("README.md:\(row.line): \(row.type) has no attribute '\(name)'")
          continue
        }
        documented[row.type, default: []].insert(name)
        if row.values.isEmpty {
          if name != "label" { #expect(attribute.isRequired == row.isRequired, "README.md:\(row.line): \(name)") }
        } else if let choices = attribute.value.choices {
          for value in row.values { #expect(choices.contains(value), "README.md:\(row.line): \(value)") }
        }
      }
    }
    for (type, names) in documented {
      for attribute in Grammar.types[type]?.attributes ?? [] {
        #expect(names.contains(attribute.name), "the tables lack '\(attribute.name)' of \(type)")
      }
    }
    #expect(Set(documented.keys).isSuperset(of: Self.types.values.flatMap { $0 }.filter { $0 != "Header" }))
  }
}

/// Lays a schema file out in the one way that `Schemas/README.md` describes, and changes nothing else about it.
public enum SchemaFormatter {
  /// Columns that a line has at most, where it can be broken.
  public static let width = 130

  /// The octets of the file in that layout; formatting them again changes nothing.
  ///
  /// - Throws: where the octets are no XML, or the XML is no schema.
  public static func format(_ octets: [UInt8], file: String) throws(Diagnostic) -> [UInt8] {
    let diagnostics = Diagnostics()
    guard XMLParser.parse(octets, file: file, diagnostics) != nil else {
      throw diagnostics.all.first ?? Diagnostic(.error, at: SourcePosition(file: file), "the file has no root element")
    }
    let tree = MarkupTree(octets)
    var writer = LayoutWriter(prefix: tree.root.map { LayoutWriter.prefix(of: $0.name) } ?? "")
    writer.writeFile(tree)
    return Array(writer.text.utf8)
  }
}

/// Writes items with their indentation.
///
/// Whether something stays in one line is decided by whether it was in one and fits: what is written in several lines because
/// it was, or because it had to be, is in several lines for ever after.
struct LayoutWriter {
  private(set) var text = ""
  /// Characters in the last line.
  private var column = 0
  /// That the root's name has before the colon, which is that of the language's own elements.
  private let prefix: String
  /// Widths in one line, of elements that can be in one.
  private var widths: [ObjectIdentifier: Int] = [:]

  init(prefix: String) { self.prefix = prefix }

  static func prefix(of name: String) -> String { name.firstIndex(of: ":").map { String(name[...$0]) } ?? "" }

  mutating func writeFile(_ tree: MarkupTree) {
    if let root = tree.root { measure(root) }
    for (index, item) in tree.items.enumerated() {
      if index > 0, writeBehind(item) { continue }
      if index > 0 { startLine(0, isBlankBefore: item.breaksBefore > 1) }
      write(item, indentation: 0)
    }
    text += "\n"
  }

  // MARK: Text

  private mutating func write(_ string: String) {
    text += string
    if let end = string.lastIndex(of: "\n") {
      column = Self.count(string[string.index(after: end)...])
    } else {
      column += Self.count(string)
    }
  }

  private mutating func startLine(_ indentation: Int, isBlankBefore: Bool = false) {
    text += isBlankBefore ? "\n\n" : "\n"
    text += String(repeating: " ", count: indentation)
    column = indentation
  }

  private static func count(_ text: some StringProtocol) -> Int { text.unicodeScalars.count }

  private static func isOneLine(_ text: String) -> Bool { !text.utf8.contains(10) }

  // MARK: Items

  /// A comment that stood behind something in its line stays there: it is about that.
  private mutating func writeBehind(_ item: MarkupItem) -> Bool {
    guard item.breaksBefore == 0, case .comment(let comment) = item.content, Self.isOneLine(comment) else { return false }
    write(" " + comment)
    return true
  }

  /// Items below each other, or beside each other where they were and it fits.
  private mutating func writeChildren(_ items: [MarkupItem], indentation: Int) {
    // Whether one has a line of its own already, and whether the last is all in one line.
    var (hasLine, isBehindFlat) = (false, false)
    for item in items where !writeBehind(item) {
      if item.breaksBefore == 0, isBehindFlat, let width = width(of: item), column + 1 + width <= SchemaFormatter.width {
        write(" ")
        writeFlat(item)
        continue
      }
      startLine(indentation, isBlankBefore: item.breaksBefore > 1 && hasLine)
      isBehindFlat = write(item, indentation: indentation)
      hasLine = true
    }
  }

  /// Writes an item at the start of a line.
  ///
  /// - Returns: whether all of it is in one line.
  @discardableResult
  private mutating func write(_ item: MarkupItem, indentation: Int) -> Bool {
    switch item.content {
    case .comment(let comment): write(Self.moved(comment, from: item.column - 1, to: indentation))
    case .instruction(let text), .text(let text): write(text)
    case .element(let element):
      guard let width = widths[ObjectIdentifier(element)], indentation + width <= SchemaFormatter.width else {
        write(element, indentation: indentation)
        return false
      }
      writeFlat(item)
    }
    return width(of: item) != nil
  }

  /// A comment of several lines keeps its shape: all lines move as far as the first.
  private static func moved(_ comment: String, from start: Int, to end: Int) -> String {
    let lines = comment.split(separator: "\n", omittingEmptySubsequences: false)
    return lines.enumerated().map { index, line in
      let blanks = index == 0 ? 0 : line.prefix { $0 == " " || $0 == "\t" }.count
      let words = String(line.dropFirst(blanks)).trimmedAtEnd
      if index == 0 { return index == lines.count - 1 ? String(line) : words }
      return words.isEmpty ? "" : String(repeating: " ", count: max(0, blanks + end - start)) + words
    }.joined(separator: "\n")
  }
}

// MARK: - In one line

extension LayoutWriter {
  /// What an element holds, as far as its layout goes.
  private enum Content {
    case none
    /// Text whose white space means nothing but that there is some.
    case words([Substring])
    /// Octets, in lines as their author put them.
    case lines([String])
    case children([MarkupItem])
    /// Text where the language has none: nothing may be changed about it.
    case verbatim
  }

  private func content(of element: MarkupElement) -> Content {
    if element.attributes.contains(where: { $0.name == "xml:space" }) { return .verbatim }
    let texts = element.items.compactMap { item -> String? in
      if case .text(let text) = item.content { return text }
      return nil
    }
    if texts.isEmpty { return element.items.isEmpty ? .none : .children(element.items) }
    guard element.items.count == 1, let text = texts.first, !text.hasPrefix("<") else { return .verbatim }
    switch element.name {
    case prefix + "doc": return .words(text.split { Self.blanks.contains($0) })
    case prefix + "octets":
      let lines = text.split(separator: "\n").map { String($0).trimmed }.filter { !$0.isEmpty }
      return .lines(lines)
    default: return .verbatim
    }
  }

  /// White space of XML; others are characters like any.
  fileprivate static let blanks: Set<Character> = [" ", "\t", "\n"]

  private func width(of item: MarkupItem) -> Int? {
    switch item.content {
    case .element(let element): widths[ObjectIdentifier(element)]
    case .comment(let text), .instruction(let text), .text(let text): Self.isOneLine(text) ? Self.count(text) : nil
    }
  }

  /// Works out the widths of an element and all in it.
  private mutating func measure(_ element: MarkupElement) {
    for case let inner? in element.items.map(\.element) { measure(inner) }
    widths[ObjectIdentifier(element)] = flatWidth(of: element)
  }

  private func flatWidth(of element: MarkupElement) -> Int? {
    let tag = Self.tag(element)
    guard tag.allSatisfy({ Self.isOneLine($0) }) else { return nil }
    let start = Self.count(element.name) + 2 + tag.reduce(0) { $0 + 1 + Self.count($1) }
    let end = Self.count(element.name) + 3
    switch content(of: element) {
    case .none: return start + 1
    case .words(let words): return start + words.reduce(-1) { $0 + 1 + Self.count($1) } + end
    case .lines(let lines):
      guard element.isOneLine, lines.count == 1 else { return nil }
      return start + Self.count(lines[0]) + end
    case .verbatim: return Self.isOneLine(element.source) ? Self.count(element.source) : nil
    case .children(let items):
      guard element.isOneLine else { return nil }
      var total = start + end + items.count - 1
      for item in items {
        guard let width = width(of: item) else { return nil }
        total += width
      }
      return total
    }
  }

  private mutating func writeFlat(_ item: MarkupItem) {
    switch item.content {
    case .comment(let text), .instruction(let text), .text(let text): write(text)
    case .element(let element): writeFlat(element)
    }
  }

  private mutating func writeFlat(_ element: MarkupElement) {
    let tag = ([element.name] + Self.tag(element)).joined(separator: " ")
    switch content(of: element) {
    case .none: write("<\(tag)/>")
    case .words(let words): write("<\(tag)>\(words.joined(separator: " "))</\(element.name)>")
    case .lines(let lines): write("<\(tag)>\(lines.joined(separator: " "))</\(element.name)>")
    case .verbatim: write(element.source)
    case .children(let items):
      write("<\(tag)>")
      for (index, item) in items.enumerated() {
        if index > 0 { write(" ") }
        writeFlat(item)
      }
      write("</\(element.name)>")
    }
  }

  /// The attributes in their order, as they are written.
  private static func tag(_ element: MarkupElement) -> [String] {
    AttributeOrder.sorted(element.attributes).map { attribute in
      let quote: Character = attribute.value.contains("\"") ? attribute.quote : "\""
      return "\(attribute.name)=\(quote)\(attribute.value)\(quote)"
    }
  }
}

// MARK: - In several lines

extension LayoutWriter {
  private mutating func write(_ element: MarkupElement, indentation: Int) {
    let content = content(of: element)
    switch content {
    case .verbatim:
      write(element.source)
      return
    case .none:
      writeTag(element, "/>", indentation)
      return
    case .words(let words):
      writeTag(element, ">", indentation)
      fill(words, "</\(element.name)>", indentation + 2)
      return
    case .lines(let lines):
      writeTag(element, ">", indentation)
      for line in lines {
        startLine(indentation + 2)
        write(line)
      }
    case .children(let items):
      writeTag(element, ">", indentation)
      writeChildren(items, indentation: indentation + 2)
    }
    startLine(indentation)
    write("</\(element.name)>")
  }

  /// A start tag; when it does not fit, its attributes below the first, as many in a line as fit.
  private mutating func writeTag(_ element: MarkupElement, _ end: String, _ indentation: Int) {
    let attributes = AttributeOrder.sorted(element.attributes)
    let texts = Self.tag(element)
    write("<\(element.name)")
    let hanging = column + 1
    let total = texts.reduce(column + Self.count(end)) { $0 + 1 + Self.count($1) }
    let isOneLine = total <= SchemaFormatter.width && texts.allSatisfy { Self.isOneLine($0) }
    for (index, text) in texts.enumerated() {
      let needed = column + 1 + Self.count(text) + (index == texts.count - 1 ? Self.count(end) : 0)
      let opensGroup =
        index > 0 && AttributeOrder.isOfNamespaces(attributes[index - 1].name)
        && !AttributeOrder.isOfNamespaces(attributes[index].name)
      if index > 0, !isOneLine, opensGroup || needed > SchemaFormatter.width {
        startLine(hanging)
      } else {
        write(" ")
      }
      write(text)
    }
    write(end)
  }

  /// Words, as many in a line as fit; the end sticks to the last.
  private mutating func fill(_ words: [Substring], _ end: String, _ indentation: Int) {
    for (index, word) in words.enumerated() {
      let text = index == words.count - 1 ? word + end : word
      if index > 0 {
        if column + 1 + Self.count(text) > SchemaFormatter.width { startLine(indentation) } else { write(" ") }
      }
      write(String(text))
    }
  }
}

extension String {
  fileprivate var trimmedAtEnd: String {
    var copy = self
    while let last = copy.last, LayoutWriter.blanks.contains(last) { copy.removeLast() }
    return copy
  }

  fileprivate var trimmed: String { String(trimmedAtEnd.drop { LayoutWriter.blanks.contains($0) }) }
}

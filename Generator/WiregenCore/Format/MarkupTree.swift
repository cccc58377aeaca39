/// An XML file as it is written, comments and line breaks included; what the parser's nodes leave out.
struct MarkupTree {
  /// What stands before, at and after the root.
  var items: [MarkupItem]

  /// Of octets that are well-formed XML in UTF-8. A byte order mark is left out, and every line end is a line feed: neither
  /// means anything.
  init(_ octets: [UInt8]) {
    let octets = Self.normalised(octets)
    var builder = MarkupBuilder(octets, MarkupScan.tokens(of: octets))
    items = builder.items().items
  }

  /// The root; nil when there is none, which well-formed XML has not.
  var root: MarkupElement? { items.lazy.compactMap(\.element).first }

  private static func normalised(_ octets: [UInt8]) -> [UInt8] {
    var result: [UInt8] = []
    result.reserveCapacity(octets.count)
    var rest = octets[...]
    if rest.starts(with: [0xEF, 0xBB, 0xBF]) { rest = rest.dropFirst(3) }
    for index in rest.indices {
      if rest[index] != 13 {
        result.append(rest[index])
      } else if index + 1 == rest.endIndex || rest[index + 1] != 10 {
        result.append(10)
      }
    }
    return result
  }
}

/// Something in an element, or beside the root.
struct MarkupItem {
  enum Content {
    case element(MarkupElement)
    case comment(String)
    case instruction(String)
    /// Text that is not all white space, or a section of character data, as written.
    case text(String)
  }

  var content: Content
  /// Line ends in the white space before it.
  var breaksBefore: Int
  /// Of its first character, from 1.
  var line: Int
  var column: Int

  var element: MarkupElement? {
    if case .element(let element) = content { return element }
    return nil
  }

  /// The words of a comment, without its marks; nil of anything else.
  var comment: Substring? {
    if case .comment(let text) = content { return text.dropFirst(4).dropLast(3) }
    return nil
  }
}

/// An element as it is written.
final class MarkupElement {
  let name: String
  let attributes: [MarkupAttribute]
  /// Of its `<`, from 1.
  let line: Int
  let column: Int
  fileprivate(set) var items: [MarkupItem] = []
  /// Whether its content, end tag included, stands in one line.
  fileprivate(set) var isOneLine = true
  /// All of it, from its start tag to its end tag.
  fileprivate(set) var source = ""

  fileprivate init(name: String, attributes: [MarkupAttribute], line: Int, column: Int) {
    self.name = name
    self.attributes = attributes
    self.line = line
    self.column = column
  }
}

/// Puts tokens into a tree.
private struct MarkupBuilder {
  let octets: [UInt8]
  let tokens: [MarkupToken]
  private var index = 0

  init(_ octets: [UInt8], _ tokens: [MarkupToken]) {
    self.octets = octets
    self.tokens = tokens
  }

  private func text(_ range: Range<Int>) -> String { String(decoding: octets[range], as: UTF8.self) }

  /// Items up to the end tag that closes them, and the line ends before that.
  mutating func items() -> (items: [MarkupItem], hasBreak: Bool) {
    var items: [MarkupItem] = []
    var (breaks, hasBreak) = (0, false)
    func add(_ content: MarkupItem.Content, _ token: MarkupToken) {
      items.append(MarkupItem(content: content, breaksBefore: breaks, line: token.line, column: token.column))
      breaks = 0
    }
    while index < tokens.count {
      let token = tokens[index]
      index += 1
      // An element says itself whether there are line ends in it.
      var lineEnds = octets[token.range].count { $0 == 10 }
      switch token.kind {
      case .endTag: return (items, hasBreak)
      case .startTag(let name, let attributes, let isEmpty):
        let element = MarkupElement(name: name, attributes: attributes, line: token.line, column: token.column)
        if !isEmpty { fill(element, &lineEnds) }
        element.source = text(token.range.lowerBound..<tokens[index - 1].range.upperBound)
        add(.element(element), token)
      case .comment: add(.comment(text(token.range)), token)
      case .instruction: add(.instruction(text(token.range)), token)
      case .data: add(.text(text(token.range)), token)
      case .text:
        if octets[token.range].allSatisfy({ [9, 10, 32].contains($0) }) {
          breaks += lineEnds
        } else {
          add(.text(text(token.range)), token)
        }
      }
      if lineEnds > 0 { hasBreak = true }
    }
    return (items, hasBreak)
  }

  private mutating func fill(_ element: MarkupElement, _ lineEnds: inout Int) {
    let (inner, hasBreak) = items()
    element.items = inner
    element.isOneLine = !hasBreak
    if hasBreak { lineEnds += 1 }
  }
}

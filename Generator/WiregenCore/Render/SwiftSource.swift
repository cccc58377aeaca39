/// Lines of Swift with their indentation.
struct SwiftSource {
  private(set) var lines: [String] = []
  private var depth = 0

  var text: String { lines.joined(separator: "\n") + (lines.isEmpty ? "" : "\n") }

  /// Whether a variable is named in it; names behind a dot, and longer ones, are others.
  func mentions(_ variable: String) -> Bool {
    text.ranges(of: variable).contains { range in
      let before = range.lowerBound == text.startIndex ? " " : text[text.index(before: range.lowerBound)]
      let after = range.upperBound == text.endIndex ? " " : text[range.upperBound]
      return ![before, after].contains { $0.isLetter || $0.isNumber || $0 == "_" } && before != "."
    }
  }

  mutating func line(_ text: String = "") {
    lines.append(text.isEmpty ? "" : String(repeating: "  ", count: depth) + text)
  }

  /// A line that opens a block, the block, and the line that closes it.
  mutating func block(_ opening: String, closing: String = "}", _ body: (inout SwiftSource) -> Void) {
    line("\(opening) {")
    depth += 1
    body(&self)
    depth -= 1
    line(closing)
  }

  /// A block whose opening line has its brace already.
  mutating func block(_ opening: String, opened: Bool, _ body: (inout SwiftSource) -> Void) {
    line(opening)
    depth += 1
    body(&self)
    depth -= 1
    line("}")
  }

  /// A documentation comment, folded to the width of a line.
  mutating func comment(_ text: String) {
    let width = 112 - depth * 2 - 4
    for paragraph in text.split(separator: "\n", omittingEmptySubsequences: false) {
      guard !paragraph.isEmpty else {
        line("///")
        continue
      }
      var current = ""
      for word in paragraph.split(separator: " ") {
        if !current.isEmpty, current.count + word.count + 1 > width {
          line("/// \(current)")
          current = ""
        }
        current += current.isEmpty ? "\(word)" : " \(word)"
      }
      line("/// \(current)")
    }
  }
}

/// A type of the output, and the name by which its file is chosen.
struct RenderedType {
  var name: String
  var source: SwiftSource
}

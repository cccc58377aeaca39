/// Markup. What is interpolated into it is escaped, unless it is markup itself:
///
///     let cell: HTML = "<td>\(name)</td>"
///
/// It is HTML that is well-formed XML too, so that any XML parser can check it.
struct HTML: ExpressibleByStringInterpolation, Hashable, Sendable {
  var text: String

  init(stringLiteral value: String) { text = value }

  init(stringInterpolation: Interpolation) { text = stringInterpolation.text }

  /// Text that is not markup.
  init(escaping text: String) { self.text = HTML.escaped(text) }

  struct Interpolation: StringInterpolationProtocol {
    var text = ""

    init(literalCapacity: Int, interpolationCount: Int) { text.reserveCapacity(literalCapacity + 16 * interpolationCount) }

    mutating func appendLiteral(_ literal: String) { text += literal }
    mutating func appendInterpolation(_ markup: HTML) { text += markup.text }
    mutating func appendInterpolation(_ markup: [HTML]) { for part in markup { text += part.text } }
    // A literal in an interpolation is markup, too, as in `\(isOne ? "" : "s")`: it is not to be taken for a string.
    @_disfavoredOverload mutating func appendInterpolation(_ words: String) { text += HTML.escaped(words) }
    mutating func appendInterpolation(_ number: some BinaryInteger) { text += String(number) }
  }

  var isEmpty: Bool { text.isEmpty }

  static func + (left: HTML, right: HTML) -> HTML {
    var sum = left
    sum.text += right.text
    return sum
  }

  static func += (left: inout HTML, right: HTML) { left.text += right.text }

  /// The text for content and for values of attributes; what XML has no characters for becomes U+FFFD.
  private static func escaped(_ text: String) -> String {
    var result = ""
    result.reserveCapacity(text.utf8.count)
    for scalar in text.unicodeScalars {
      switch scalar {
      case "&": result += "&amp;"
      case "<": result += "&lt;"
      case ">": result += "&gt;"
      case "\"": result += "&quot;"
      case "'": result += "&#39;"
      case "\t", "\n": result.unicodeScalars.append(scalar)
      case "\u{0}"..."\u{1F}", "\u{7F}"..."\u{9F}", "\u{FFFE}", "\u{FFFF}": result += "\u{FFFD}"
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result
  }
}

extension Sequence<HTML> {
  func joined(_ separator: HTML = "") -> HTML {
    var result: HTML = ""
    for (index, part) in enumerated() {
      if index > 0 { result += separator }
      result += part
    }
    return result
  }

  /// What is not empty, with commas.
  var listed: HTML { filter { !$0.isEmpty }.joined(", ") }
}

extension HTML? {
  /// Nothing where there is none.
  var orNothing: HTML { self ?? "" }
}

import Wire
import WireText

/// An expression as written: names not yet looked up.
struct ExpressionSyntax {
  indirect enum Kind {
    case number(Int128)
    case boolean(Bool)
    /// An address literal, perhaps with a prefix length.
    case address([UInt8], length: Int?)
    /// Names between dots; a single name may also be a code's.
    case path([String])
    case remaining
    case call(String, [String])
    case not(ExpressionSyntax)
    case binary(String, ExpressionSyntax, ExpressionSyntax)
    case within(ExpressionSyntax, [ExpressionSyntax])
    case range(ExpressionSyntax, ExpressionSyntax)
    /// Text in quotes, as UTF-8.
    case text([UInt8])
    /// A function over all that a path leads to.
    case over(WireExpression.Quantifier, Walk)
    case among(Walk, Walk)
  }

  /// `x in PATH, expression`.
  struct Walk {
    var variable: String
    /// Where the name is.
    var offset: Int
    var path: [String]
    var pathOffset: Int
    var expression: ExpressionSyntax
  }

  var kind: Kind
  /// Where it is in the text, in Unicode scalars: of what an operator joins, where the operator is.
  var offset: Int
}

/// Why an expression cannot be read, or means nothing.
struct ExpressionFault: Error {
  var message: String
  /// Where in the text, in Unicode scalars.
  var offset: Int
  /// Set when something else is wrong that has been reported already.
  var isEcho = false
}

/// Reads the text of an expression by recursive descent; `Schemas/README.md` has the grammar.
struct ExpressionParser {
  private let tokens: [ExpressionToken]
  /// Where the text ends.
  private let end: Int
  private var index = 0
  private var depth = 0

  /// Nesting of parentheses and `implies` allowed, so that no schema exhausts the stack.
  private static let maximumDepth = 64

  static func parse(_ text: String) throws(ExpressionFault) -> ExpressionSyntax {
    var parser = ExpressionParser(tokens: try ExpressionToken.all(in: text), end: text.unicodeScalars.count)
    let expression = try parser.implication()
    if let token = parser.token { throw parser.fault("'\(token.text)' is not expected here") }
    return expression
  }

  private init(tokens: [ExpressionToken], end: Int) {
    self.tokens = tokens
    self.end = end
  }

  private var token: ExpressionToken? { index < tokens.count ? tokens[index] : nil }
  private var next: String? { token?.text }
  private var offset: Int { token?.offset ?? end }

  private func fault(_ message: String) -> ExpressionFault { ExpressionFault(message: message, offset: offset) }

  private mutating func take(_ text: String) -> Bool {
    guard next == text else { return false }
    index += 1
    return true
  }

  private mutating func expect(_ text: String) throws(ExpressionFault) {
    guard !take(text) else { return }
    throw fault("expected '\(text)' but found \(next.map { "'\($0)'" } ?? "the end")")
  }
}

// MARK: - Operators, the loosest first

extension ExpressionParser {
  private mutating func implication() throws(ExpressionFault) -> ExpressionSyntax {
    depth += 1
    defer { depth -= 1 }
    guard depth <= Self.maximumDepth else { throw fault("nested deeper than \(Self.maximumDepth)") }
    let left = try disjunction()
    let place = offset
    guard take("implies") else { return left }
    return ExpressionSyntax(kind: .binary("implies", left, try implication()), offset: place)
  }

  private mutating func disjunction() throws(ExpressionFault) -> ExpressionSyntax {
    var left = try conjunction()
    while next == "or" { left = try join(left) { parser throws(ExpressionFault) in try parser.conjunction() } }
    return left
  }

  private mutating func conjunction() throws(ExpressionFault) -> ExpressionSyntax {
    var left = try negation()
    while next == "and" { left = try join(left) { parser throws(ExpressionFault) in try parser.negation() } }
    return left
  }

  /// Joins what has been read to what follows the operator that comes next.
  private mutating func join(
    _ left: ExpressionSyntax, _ right: (inout Self) throws(ExpressionFault) -> ExpressionSyntax
  ) throws(ExpressionFault) -> ExpressionSyntax {
    let (symbol, place) = (next ?? "", offset)
    index += 1
    return ExpressionSyntax(kind: .binary(symbol, left, try right(&self)), offset: place)
  }

  private mutating func negation() throws(ExpressionFault) -> ExpressionSyntax {
    let place = offset
    var isNegated = false
    while take("not") { isNegated.toggle() }
    let inner = try comparison()
    return isNegated ? ExpressionSyntax(kind: .not(inner), offset: place) : inner
  }

  private static let comparisons = [
    "==": "==", "!=": "!=", "<": "<", "<=": "<=", ">": ">", ">=": ">=", "lt": "<", "le": "<=", "gt": ">", "ge": ">=",
  ]

  private mutating func comparison() throws(ExpressionFault) -> ExpressionSyntax {
    let left = try sum()
    let place = offset
    var result = left
    if take("in") {
      result = ExpressionSyntax(kind: .within(left, try set()), offset: place)
    } else if let token = next, let symbol = Self.comparisons[token] {
      index += 1
      result = ExpressionSyntax(kind: .binary(symbol, left, try sum()), offset: place)
    } else {
      return left
    }
    if let token = next, token == "in" || Self.comparisons[token] != nil {
      throw fault("comparisons do not chain; write 'a lt b and b lt c'")
    }
    return result
  }

  /// What stands behind `in`.
  private mutating func set() throws(ExpressionFault) -> [ExpressionSyntax] {
    guard take("(") else { return [try primary()] }
    var parts: [ExpressionSyntax] = []
    repeat {
      let first = try sum()
      let place = offset
      parts.append(take("..") ? ExpressionSyntax(kind: .range(first, try sum()), offset: place) : first)
    } while take(",")
    try expect(")")
    return parts
  }

  private mutating func sum() throws(ExpressionFault) -> ExpressionSyntax {
    var left = try product()
    while let token = next, ["+", "-", "|"].contains(token) {
      left = try join(left) { parser throws(ExpressionFault) in try parser.product() }
    }
    return left
  }

  private mutating func product() throws(ExpressionFault) -> ExpressionSyntax {
    var left = try primary()
    while let token = next, ["*", "&"].contains(token) {
      left = try join(left) { parser throws(ExpressionFault) in try parser.primary() }
    }
    return left
  }
}

// MARK: - Operands

extension ExpressionParser {
  private static let functions: Set = ["present", "count", "size"]

  private mutating func primary() throws(ExpressionFault) -> ExpressionSyntax {
    guard let token else { throw fault("the expression ends too early") }
    let isCall = index + 1 < tokens.count && tokens[index + 1].text == "("
    if isCall, token.text == "among" { return try among(token) }
    if isCall, let quantifier = WireExpression.Quantifier(rawValue: token.text) { return try over(quantifier, token) }
    if isCall, Self.functions.contains(token.text) { return try call(token) }
    if take("(") {
      let inner = try implication()
      try expect(")")
      return inner
    }
    let operand = ExpressionSyntax(kind: try operand(token.text), offset: token.offset)
    index += 1
    return operand
  }

  private mutating func call(_ function: ExpressionToken) throws(ExpressionFault) -> ExpressionSyntax {
    index += 2
    guard let argument = next, let path = Self.path(argument) else {
      throw fault("\(function.text)(…) takes the path of a member")
    }
    index += 1
    try expect(")")
    return ExpressionSyntax(kind: .call(function.text, path), offset: function.offset)
  }

  private mutating func over(
    _ quantifier: WireExpression.Quantifier, _ function: ExpressionToken
  ) throws(ExpressionFault) -> ExpressionSyntax {
    index += 2
    let walk = try walk(function)
    try expect(")")
    return ExpressionSyntax(kind: .over(quantifier, walk), offset: function.offset)
  }

  private mutating func among(_ function: ExpressionToken) throws(ExpressionFault) -> ExpressionSyntax {
    index += 2
    let first = try walk(function)
    try expect(",")
    let second = try walk(function)
    try expect(")")
    return ExpressionSyntax(kind: .among(first, second), offset: function.offset)
  }

  private mutating func walk(_ function: ExpressionToken) throws(ExpressionFault) -> ExpressionSyntax.Walk {
    let (place, name) = (offset, next ?? "")
    guard let names = Self.path(name), names.count == 1 else {
      throw fault("\(function.text)(…) starts with a name for each value: \(function.text)(x in PATH, …)")
    }
    index += 1
    try expect("in")
    let pathPlace = offset
    guard let path = next.flatMap({ Self.path($0) }) else {
      throw fault("behind 'in' stands the path of the values, as \(function.text)(\(name) in PATH, …)")
    }
    index += 1
    try expect(",")
    return ExpressionSyntax.Walk(
      variable: name, offset: place, path: path, pathOffset: pathPlace, expression: try implication())
  }

  private func operand(_ text: String) throws(ExpressionFault) -> ExpressionSyntax.Kind {
    switch text {
    case "true": return .boolean(true)
    case "false": return .boolean(false)
    case "remaining": return .remaining
    case "-": throw fault("there is no minus sign before a number; write '0 - 5' for '-5'")
    default: break
    }
    if text.first == "'" { return .text(Array(text.dropFirst().dropLast().utf8)) }
    if let address = try address(text) { return address }
    if let first = text.first, first.isNumber {
      guard let number = parseNumber(text) else { throw fault("'\(text)' is not a number from 0 to 2^64-1") }
      return .number(Int128(number))
    }
    guard let path = Self.path(text) else { throw fault("'\(text)' is not expected here") }
    return .path(path)
  }

  private static let words: Set = [
    "or", "and", "not", "implies", "in", "lt", "le", "gt", "ge", "true", "false", "remaining",
  ]

  private static func path(_ token: String) -> [String]? {
    let names = token.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
    let isPath = names.allSatisfy { name in
      name.first.map { $0.isASCII && $0.isLetter } == true
        && name.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber) }
    }
    return isPath && !words.contains(token) ? names : nil
  }

  private func address(_ token: String) throws(ExpressionFault) -> ExpressionSyntax.Kind? {
    let parts = token.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
    guard token.contains(":") || parts[0].split(separator: ".").count == 4, token.first?.isLetter != true || token.contains(":")
    else { return nil }
    guard let octets = addressOctets(String(parts[0])) else { throw fault("'\(parts[0])' is not an address") }
    guard parts.count == 2 else { return .address(octets, length: nil) }
    guard let length = Int(parts[1]), (0...octets.count * 8).contains(length) else {
      throw fault("'/\(parts[1])' is not the length of a prefix; it is from 0 to \(octets.count * 8)")
    }
    return .address(octets, length: length)
  }
}

/// The octets of an IPv4 or IPv6 address as text; nil when it is neither.
func addressOctets(_ text: String) -> [UInt8]? {
  text.contains(":") ? IPv6Address(text)?.octets : IPv4Address(text)?.octets
}

/// A word, number or sign of an expression.
struct ExpressionToken: Equatable {
  var text: String
  /// Where it is, in Unicode scalars.
  var offset: Int

  private static let symbols = ["==", "!=", "<=", ">=", "..", "<", ">", "(", ")", "+", "-", "|", "*", "&", ","]

  /// Signs of other languages, the longest first, and what to write here.
  private static let foreign = [
    ("&&", "write 'and'"), ("||", "write 'or'"), ("->", "write 'implies'"), ("=>", "write 'implies'"),
    ("!", "write 'not'"), ("=", "write '=='"), ("/", "there is no division; a prefix has no blanks in it"),
  ]

  private static let maximumCount = 1024

  /// Splits a text into numbers, names with dots, addresses and symbols.
  static func all(in text: String) throws(ExpressionFault) -> [ExpressionToken] {
    var tokens: [ExpressionToken] = []
    let scalars = Array(text.unicodeScalars)
    var index = 0
    while index < scalars.count {
      if scalars[index].properties.isWhitespace {
        index += 1
        continue
      }
      let rest = scalars[index...]
      if scalars[index] == "'" {
        let token = try quoted(rest)
        tokens.append(ExpressionToken(text: token, offset: index))
        index += token.unicodeScalars.count
        continue
      }
      if let (sign, hint) = foreign.first(where: { starts(rest, $0.0) }), !starts(rest, "=="), !starts(rest, "!=") {
        throw ExpressionFault(message: "'\(sign)' has no meaning here; \(hint)", offset: index)
      }
      let token = symbols.first { starts(rest, $0) } ?? word(at: rest)
      guard !token.isEmpty else {
        throw ExpressionFault(
          message: scalars[index] == "\""
            ? "text in an expression stands in single quotes: 'GET'"
            : "'\(scalars[index])' has no meaning in an expression", offset: index)
      }
      tokens.append(ExpressionToken(text: token, offset: index))
      index += token.unicodeScalars.count
    }
    guard tokens.count <= maximumCount else {
      throw ExpressionFault(message: "the expression has more than \(maximumCount) parts", offset: 0)
    }
    return tokens
  }

  private static func starts(_ scalars: ArraySlice<Unicode.Scalar>, _ text: String) -> Bool {
    scalars.starts(with: text.unicodeScalars)
  }

  /// Text in quotes, with the quotes.
  private static func quoted(_ scalars: ArraySlice<Unicode.Scalar>) throws(ExpressionFault) -> String {
    guard let end = scalars.dropFirst().firstIndex(of: "'") else {
      throw ExpressionFault(message: "the text has no closing quote", offset: scalars.startIndex)
    }
    var text = ""
    text.unicodeScalars.append(contentsOf: scalars[...end])
    return text
  }

  /// A run of letters, digits, dots and colons, and a slash of a prefix; two dots end it.
  private static func word(at scalars: ArraySlice<Unicode.Scalar>) -> String {
    var word = ""
    for index in scalars.indices {
      let scalar = scalars[index]
      if scalar == ".", index + 1 < scalars.endIndex, scalars[index + 1] == "." { break }
      let isPart = scalar.isASCII && (scalar.properties.isAlphabetic || scalar.properties.numericType != nil)
      guard isPart || ".:/".unicodeScalars.contains(scalar) else { break }
      word.unicodeScalars.append(scalar)
    }
    return word
  }
}

/// An expression as written: names not yet looked up.
indirect enum ExpressionSyntax {
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
}

/// Why the text of an expression cannot be read.
struct ExpressionFault: Error {
  var message: String
}

/// Reads the text of an expression by recursive descent; `Schemas/README.md` has the grammar.
struct ExpressionParser {
  private var tokens: [String]
  private var index = 0
  private var depth = 0

  /// Nesting of parentheses and `not` allowed, so that no schema exhausts the stack.
  private static let maximumDepth = 64

  static func parse(_ text: String) throws(ExpressionFault) -> ExpressionSyntax {
    var parser = ExpressionParser(tokens: try tokens(of: text))
    let expression = try parser.implication()
    guard parser.index == parser.tokens.count else {
      throw ExpressionFault(message: "'\(parser.tokens[parser.index])' is not expected here")
    }
    return expression
  }

  private init(tokens: [String]) { self.tokens = tokens }

  private var next: String? { index < tokens.count ? tokens[index] : nil }

  private mutating func take(_ token: String) -> Bool {
    guard next == token else { return false }
    index += 1
    return true
  }

  private mutating func expect(_ token: String) throws(ExpressionFault) {
    guard take(token) else {
      throw ExpressionFault(message: "expected '\(token)' but found \(next.map { "'\($0)'" } ?? "the end")")
    }
  }

  private mutating func implication() throws(ExpressionFault) -> ExpressionSyntax {
    depth += 1
    defer { depth -= 1 }
    guard depth <= Self.maximumDepth else { throw ExpressionFault(message: "nested too deep") }
    let left = try disjunction()
    return take("implies") ? .binary("implies", left, try implication()) : left
  }

  private mutating func disjunction() throws(ExpressionFault) -> ExpressionSyntax {
    var left = try conjunction()
    while take("or") { left = .binary("or", left, try conjunction()) }
    return left
  }

  private mutating func conjunction() throws(ExpressionFault) -> ExpressionSyntax {
    var left = try negation()
    while take("and") { left = .binary("and", left, try negation()) }
    return left
  }

  private mutating func negation() throws(ExpressionFault) -> ExpressionSyntax {
    var isNegated = false
    while take("not") { isNegated.toggle() }
    let inner = try comparison()
    return isNegated ? .not(inner) : inner
  }

  private static let comparisons = [
    "==": "==", "!=": "!=", "<": "<", "<=": "<=", ">": ">", ">=": ">=", "lt": "<", "le": "<=", "gt": ">", "ge": ">=",
  ]

  private mutating func comparison() throws(ExpressionFault) -> ExpressionSyntax {
    let left = try sum()
    if take("in") { return try membership(of: left) }
    guard let token = next, let symbol = Self.comparisons[token] else { return left }
    index += 1
    let result = ExpressionSyntax.binary(symbol, left, try sum())
    if let token = next, Self.comparisons[token] != nil {
      throw ExpressionFault(message: "comparisons do not chain; write 'a lt b and b lt c'")
    }
    return result
  }

  private mutating func membership(of left: ExpressionSyntax) throws(ExpressionFault) -> ExpressionSyntax {
    guard take("(") else { return .within(left, [try primary()]) }
    var parts: [ExpressionSyntax] = []
    repeat {
      let first = try sum()
      parts.append(take("..") ? .range(first, try sum()) : first)
    } while take(",")
    try expect(")")
    return .within(left, parts)
  }

  private mutating func sum() throws(ExpressionFault) -> ExpressionSyntax {
    var left = try product()
    while let token = next, ["+", "-", "|"].contains(token) {
      index += 1
      left = .binary(token, left, try product())
    }
    return left
  }

  private mutating func product() throws(ExpressionFault) -> ExpressionSyntax {
    var left = try primary()
    while let token = next, ["*", "&"].contains(token) {
      index += 1
      left = .binary(token, left, try primary())
    }
    return left
  }

  private mutating func primary() throws(ExpressionFault) -> ExpressionSyntax {
    guard let token = next else { throw ExpressionFault(message: "the expression ends too early") }
    index += 1
    switch token {
    case "(":
      let inner = try implication()
      try expect(")")
      return inner
    case "true": return .boolean(true)
    case "false": return .boolean(false)
    case "remaining": return .remaining
    case "present", "count", "size": return try call(token)
    case "all" where next == "(", "any" where next == "(", "unique" where next == "(", "sum" where next == "(":
      throw ExpressionFault(message: "'\(token)' is not implemented yet in this version of wiregen")
    default: return try literalOrPath(token)
    }
  }

  private mutating func call(_ name: String) throws(ExpressionFault) -> ExpressionSyntax {
    guard take("(") else { return .path([name]) }
    guard let argument = next, let path = Self.path(argument) else {
      throw ExpressionFault(message: "\(name)(…) takes the path of a member")
    }
    index += 1
    try expect(")")
    return .call(name, path)
  }

  private func literalOrPath(_ token: String) throws(ExpressionFault) -> ExpressionSyntax {
    if let address = Self.address(token) { return address }
    if let first = token.first, first.isNumber {
      guard let number = parseNumber(token) else { throw ExpressionFault(message: "'\(token)' is not a number") }
      return .number(Int128(number))
    }
    guard let path = Self.path(token) else { throw ExpressionFault(message: "'\(token)' is not expected here") }
    return .path(path)
  }

  private static let words: Set = [
    "or", "and", "not", "implies", "in", "lt", "le", "gt", "ge", "true", "false", "remaining",
  ]

  private static func path(_ token: String) -> [String]? {
    let names = token.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
    let isPath = names.allSatisfy { name in
      name.first.map { $0.isASCII && $0.isLetter } == true && name.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber) }
    }
    return isPath && !words.contains(token) ? names : nil
  }
}

extension ExpressionParser {
  private static let symbols = ["==", "!=", "<=", ">=", "..", "<", ">", "(", ")", "+", "-", "|", "*", "&", ","]

  /// Splits the text into numbers, names with dots, addresses and symbols.
  private static func tokens(of text: String) throws(ExpressionFault) -> [String] {
    var tokens: [String] = []
    var rest = text[...]
    while let first = rest.first {
      if first.isWhitespace {
        rest.removeFirst()
      } else if let symbol = symbols.first(where: { rest.hasPrefix($0) }) {
        tokens.append(symbol)
        rest.removeFirst(symbol.count)
      } else {
        let word = word(at: rest)
        guard !word.isEmpty else { throw ExpressionFault(message: "'\(first)' has no meaning in an expression") }
        tokens.append(String(word))
        rest = rest[word.endIndex...]
      }
    }
    guard !tokens.isEmpty, tokens.count <= 4096 else {
      throw ExpressionFault(message: tokens.isEmpty ? "the expression is empty" : "the expression is too long")
    }
    return tokens
  }

  /// A run of letters, digits, dots and colons, and a slash between digits of a prefix; two dots end it.
  private static func word(at text: Substring) -> Substring {
    var end = text.startIndex
    while end < text.endIndex {
      let character = text[end]
      let isDots = character == "." && text[end...].hasPrefix("..")
      guard !isDots, character.isASCII, character.isLetter || character.isNumber || ".:/".contains(character) else { break }
      end = text.index(after: end)
    }
    return text[..<end]
  }

  private static func address(_ token: String) -> ExpressionSyntax? {
    let parts = token.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
    guard token.contains(":") || parts[0].split(separator: ".").count == 4,
      let octets = addressOctets(String(parts[0]))
    else { return nil }
    guard parts.count == 2 else { return .address(octets, length: nil) }
    guard let length = Int(parts[1]), (0...octets.count * 8).contains(length) else { return nil }
    return .address(octets, length: length)
  }
}

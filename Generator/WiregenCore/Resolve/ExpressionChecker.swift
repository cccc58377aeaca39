import WireText

/// What an expression yields.
enum ExpressionType: Equatable {
  /// A whole number and the values it can take; the codes it is one of, if any.
  case number(ClosedRange<Int128>, codes: Int?)
  case boolean
  /// 4, 6 or 16 octets.
  case address(Int)
  /// Octets or text of a member; how many there are, where that is fixed.
  case octets(count: Int?)
  case text(count: Int?)
  /// Text in quotes.
  case literal([UInt8])

  var name: String {
    switch self {
    case .number: "a number"
    case .boolean: "true or false"
    case .address(4): "an IPv4 address"
    case .address(16): "an IPv6 address"
    case .address: "a MAC address"
    case .octets: "octets"
    case .text: "text"
    case .literal: "text in quotes"
    }
  }
}

/// Where an expression stands, which says what it must yield and what it can ask for.
enum ExpressionUse: String {
  case test, when, size, count, on, requiredWhen
  /// The test of a `<derive>`: what it reads may be wrong.
  case derive
  /// The test of a rule that is checked before the members are.
  case early
  /// The size of a `<framing>`, for which there is no more than the header.
  case framing

  /// Whether what it reads has been checked when it is evaluated. Members are: of a body in which something is wrong no
  /// rule is evaluated. For `when` and `size` a collecting check goes on with whatever value is there.
  var readsCheckedValues: Bool {
    switch self {
    case .test, .requiredWhen: true
    case .when, .size, .count, .on, .derive, .early, .framing: false
    }
  }

  /// Whether it is evaluated where a container still has octets.
  var hasRemaining: Bool {
    switch self {
    case .when, .size, .count, .on: true
    case .test, .requiredWhen, .derive, .early, .framing: false
    }
  }

  /// Whether it reads nothing but unsigned numbers at fixed places of its own body.
  var readsFixedPlacesOnly: Bool { self == .early || self == .framing }

  /// The attribute it is.
  var attribute: String {
    switch self {
    case .derive, .early: "test"
    case .framing: "size"
    case .test, .when, .size, .count, .on, .requiredWhen: rawValue
    }
  }

  /// Whether it must yield a number; otherwise it is a condition.
  var isNumber: Bool {
    switch self {
    case .size, .count, .on, .framing: true
    case .test, .when, .requiredWhen, .derive, .early: false
    }
  }
}

/// Types an expression, bounds its numbers, and sees to it that what may be absent is asked for first.
struct ExpressionChecker {
  let scope: ExpressionScope
  let use: ExpressionUse
  /// Paths known to be present where the check is.
  var present: Set<[String]> = []
  /// The value whose turn it is, within a function over several.
  var item: (name: String, value: Item)?

  static func check(
    _ text: String, _ scope: ExpressionScope, _ use: ExpressionUse
  ) throws(ExpressionFault) -> WireExpression {
    let checker = ExpressionChecker(scope: scope, use: use)
    let (expression, type) = try checker.check(try ExpressionParser.parse(text))
    switch type {
    case .number(let range, _) where use.isNumber:
      if range.upperBound < 0 {
        throw ExpressionFault(message: "the \(use.attribute) is always negative, \(range.upperBound) at most", offset: 0)
      }
      return expression
    case .boolean where !use.isNumber: return expression
    case .number, .boolean, .address, .octets, .text, .literal:
      let wanted = use.isNumber ? "a number" : "a condition"
      throw ExpressionFault(message: "this is \(type.name); \(wanted) is wanted here", offset: 0)
    }
  }

  init(scope: ExpressionScope, use: ExpressionUse) {
    self.scope = scope
    self.use = use
  }

  typealias Typed = (WireExpression, ExpressionType)

  func check(_ syntax: ExpressionSyntax) throws(ExpressionFault) -> Typed {
    switch syntax.kind {
    case .number(let value): return (.number(value), .number(value...value, codes: nil))
    case .boolean(let value): return (.boolean(value), .boolean)
    case .address(let octets, length: nil): return (.address(octets), .address(octets.count))
    case .address: throw fault(syntax, "a prefix stands behind 'in' only")
    case .remaining:
      if scope.isHeader { throw fault(syntax, "'remaining' cannot be asked for in a header, before the length is known") }
      guard use.hasRemaining else {
        throw fault(
          syntax, "'remaining' stands in when=, size=, count= and on= only; rules are checked when nothing remains")
      }
      return (.remaining, .number(Self.counts, codes: nil))
    case .path(let path): return try value(at: path, syntax)
    case .call(let function, let path): return try call(function, path, syntax)
    case .not(let inner): return (.not(try condition(inner)), .boolean)
    case .binary(let symbol, let left, let right): return try binary(symbol, left, right, syntax)
    case .within(let left, let parts): return try within(left, parts, syntax)
    case .text(let octets): return (.text(octets), .literal(octets))
    case .over(let quantifier, let walk): return try over(quantifier, walk, syntax)
    case .among(let first, let second): return try among(first, second, syntax)
    case .range: throw fault(syntax, "'..' stands in a list behind 'in' only")
    }
  }

  /// What a count of octets or elements can be.
  static let counts: ClosedRange<Int128> = 0...Int128(UInt32.max)

  func fault(_ syntax: ExpressionSyntax, _ message: String) -> ExpressionFault {
    ExpressionFault(message: message, offset: syntax.offset)
  }

  func condition(_ syntax: ExpressionSyntax) throws(ExpressionFault) -> WireExpression {
    let (expression, type) = try check(syntax)
    guard type == .boolean else {
      throw fault(syntax, "'and', 'or', 'not' and 'implies' join conditions; this is \(type.name)")
    }
    return expression
  }

  func number(_ syntax: ExpressionSyntax) throws(ExpressionFault) -> (WireExpression, ClosedRange<Int128>) {
    let (expression, type) = try check(syntax)
    guard case .number(let range, _) = type else {
      throw fault(syntax, "this is \(type.name); a number is wanted here")
    }
    return (expression, range)
  }
}

extension ExpressionType {
  /// Octets of what always has as many.
  fileprivate var count: Int? {
    switch self {
    case .octets(let count), .text(let count): count
    case .literal(let octets): octets.count
    case .number, .boolean, .address: nil
    }
  }
}

// MARK: - Operators

extension ExpressionChecker {
  private func binary(
    _ symbol: String, _ left: ExpressionSyntax, _ right: ExpressionSyntax, _ syntax: ExpressionSyntax
  ) throws(ExpressionFault) -> Typed {
    guard let operation = WireExpression.Operator(rawValue: symbol) else {
      throw fault(syntax, "'\(symbol)' has no meaning")
    }
    switch operation {
    case .or, .and, .implies:
      let first = try condition(left)
      var inner = self
      if operation != .or { inner.present.formUnion(facts(in: left)) }
      return (.binary(operation, first, try inner.condition(right)), .boolean)
    case .equal, .notEqual, .less, .lessOrEqual, .greater, .greaterOrEqual:
      return (try comparison(operation, left, right, syntax), .boolean)
    case .add, .subtract, .bitOr, .multiply, .bitAnd:
      return try arithmetic(operation, left, right, syntax)
    }
  }

  /// Paths that a condition, being true, shows to be present.
  private func facts(in syntax: ExpressionSyntax) -> Set<[String]> {
    switch syntax.kind {
    case .call("present", let path): [path]
    case .binary("and", let left, let right): facts(in: left).union(facts(in: right))
    case .number, .boolean, .address, .path, .remaining, .call, .not, .binary, .within, .range, .text, .over, .among: []
    }
  }

  private func comparison(
    _ operation: WireExpression.Operator, _ left: ExpressionSyntax, _ right: ExpressionSyntax, _ syntax: ExpressionSyntax
  ) throws(ExpressionFault) -> WireExpression {
    let (first, second) = try sides(left, right)
    switch (first.1, second.1) {
    case (.number, .number), (.boolean, .boolean), (.address, .address), (.octets, .octets), (.text, .text),
      (.octets, .literal), (.literal, .octets), (.text, .literal), (.literal, .text):
      try requireAlike(first.1, second.1, syntax)
    case (.literal, .literal): throw fault(syntax, "both sides are text in quotes; compare it with a member")
    default: throw fault(syntax, "\(first.1.name) cannot be compared with \(second.1.name)")
    }
    if case .number = first.1 { return .binary(operation, first.0, second.0) }
    guard [.equal, .notEqual].contains(operation) else {
      throw fault(syntax, "\(first.1.name) can be compared with == and != only")
    }
    return .binary(operation, first.0, second.0)
  }

  /// Refuses to compare what is of the same kind, but never the same.
  func requireAlike(_ left: ExpressionType, _ right: ExpressionType, _ syntax: ExpressionSyntax) throws(ExpressionFault) {
    switch (left, right) {
    case (.number(_, let a?), .number(_, let b?)) where a != b:
      throw fault(syntax, "\(scope.definition.codes[a].name) and \(scope.definition.codes[b].name) cannot be compared")
    case (.address(let a), .address(let b)) where a != b:
      throw fault(syntax, "\(left.name) cannot be compared with \(right.name)")
    default:
      if let a = left.count, let b = right.count, a != b {
        throw fault(syntax, "these are never equal: one side has \(a) octets, the other \(b)")
      }
    }
  }

  /// Both sides; a name on one of them may be a code of the other's type.
  private func sides(
    _ left: ExpressionSyntax, _ right: ExpressionSyntax
  ) throws(ExpressionFault) -> (Typed, Typed) {
    if case .path(let path) = left.kind, path.count == 1, scope.member(named: path[0]) == nil, item?.name != path[0] {
      let second = try check(right)
      if let code = try code(left, path[0], second.1) { return (code, second) }
      return (try check(left), second)
    }
    let first = try check(left)
    if case .path(let path) = right.kind, path.count == 1, let code = try code(right, path[0], first.1) {
      return (first, code)
    }
    return (first, try check(right))
  }

  /// A code's name, typed by what it is compared with; nil when that is no code, or the name is a member's.
  private func code(
    _ syntax: ExpressionSyntax, _ name: String, _ type: ExpressionType
  ) throws(ExpressionFault) -> Typed? {
    guard case .number(_, let index?) = type else { return nil }
    let codes = scope.definition.codes[index]
    let isMember = scope.member(named: name) != nil || item?.name == name
    if let code = codes.codes.first(where: { $0.name == name }) {
      if isMember {
        throw fault(
          syntax, "'\(name)' is a member and a code of \(codes.name); write the code's number, \(code.value)")
      }
      let value = Int128(code.value)
      return (.number(value), .number(value...value, codes: index))
    }
    if isMember { return nil }
    if scope.isLost(code: name, of: index) { throw ExpressionFault(message: "", offset: 0, isEcho: true) }
    let hint = suggestion(for: name, among: codes.codes.map(\.name))
    throw fault(syntax, "\(codes.name) has no '\(name)'\(hint)")
  }

  private func arithmetic(
    _ operation: WireExpression.Operator, _ left: ExpressionSyntax, _ right: ExpressionSyntax, _ syntax: ExpressionSyntax
  ) throws(ExpressionFault) -> Typed {
    let (first, a) = try number(left)
    let (second, b) = try number(right)
    let range: ClosedRange<Int128>?
    switch operation {
    case .add: range = bounds(a.lowerBound + b.lowerBound, a.upperBound + b.upperBound)
    case .subtract: range = bounds(a.lowerBound - b.upperBound, a.upperBound - b.lowerBound)
    case .multiply: range = product(a, b)
    case .bitOr, .bitAnd:
      guard a.lowerBound >= 0, b.lowerBound >= 0 else {
        throw fault(syntax, "'&' and '|' are for numbers that cannot be negative")
      }
      let (low, high) = (min(a.upperBound, b.upperBound), max(a.upperBound, b.upperBound))
      range = bounds(0, operation == .bitAnd ? low : ones(high))
    case .or, .and, .implies, .equal, .notEqual, .less, .lessOrEqual, .greater, .greaterOrEqual: range = nil
    }
    guard let range else {
      throw fault(
        syntax, "the result of '\(operation.rawValue)' could need more than 63 bits; bound the members with max=")
    }
    return (.binary(operation, first, second), .number(range, codes: nil))
  }

  private func product(_ a: ClosedRange<Int128>, _ b: ClosedRange<Int128>) -> ClosedRange<Int128>? {
    var products: [Int128] = []
    for x in [a.lowerBound, a.upperBound] {
      for y in [b.lowerBound, b.upperBound] {
        let (product, overflow) = x.multipliedReportingOverflow(by: y)
        if overflow { return nil }
        products.append(product)
      }
    }
    return bounds(products.min()!, products.max()!)
  }

  /// A range of 64-bit signed numbers; nil when it is wider, so that nothing overflows at run time.
  private func bounds(_ low: Int128, _ high: Int128) -> ClosedRange<Int128>? {
    low >= Int128(Int64.min) && high <= Int128(Int64.max) ? low...high : nil
  }

  /// The smallest number of ones, in binary, that is not less.
  private func ones(_ value: Int128) -> Int128 {
    var result: Int128 = 0
    while result < value { result = result << 1 | 1 }
    return result
  }

  private func within(
    _ left: ExpressionSyntax, _ parts: [ExpressionSyntax], _ syntax: ExpressionSyntax
  ) throws(ExpressionFault) -> Typed {
    let (value, type) = try check(left)
    switch type {
    case .address(let size):
      guard parts.count == 1, case .address(let octets, let length?) = parts[0].kind, octets.count == size else {
        let example = size == 4 ? "192.0.2.0/24" : "::ffff:0:0/96"
        throw fault(
          parts.first ?? syntax,
          size == 6 ? "a MAC address is in no prefix" : "\(type.name) is 'in' a prefix of its own kind, such as \(example)")
      }
      return (.inPrefix(value, address: octets, length: length), .boolean)
    case .number(_, let codes):
      var ranges: [ClosedRange<Int128>] = []
      for part in parts { ranges.append(try numberRange(part, type, codes)) }
      return (.inRanges(value, ranges), .boolean)
    case .boolean, .octets, .text, .literal: throw fault(left, "'in' is for numbers and addresses; this is \(type.name)")
    }
  }

  private func numberRange(
    _ syntax: ExpressionSyntax, _ type: ExpressionType, _ codes: Int?
  ) throws(ExpressionFault) -> ClosedRange<Int128> {
    if case .range(let first, let last) = syntax.kind {
      let (low, high) = (try constant(first, type), try constant(last, type))
      guard low <= high else { throw fault(first, "\(low)..\(high) is no range; the lower number comes first") }
      return low...high
    }
    let value = try constant(syntax, type)
    return value...value
  }

  private func constant(_ syntax: ExpressionSyntax, _ type: ExpressionType) throws(ExpressionFault) -> Int128 {
    if case .number(let value) = syntax.kind { return value }
    if case .path(let path) = syntax.kind, path.count == 1, let (code, _) = try code(syntax, path[0], type),
      case .number(let value) = code
    {
      return value
    }
    throw fault(syntax, "a list behind 'in' has numbers, names of codes, and ranges a..b only")
  }
}

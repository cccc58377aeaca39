import Wire
import WireText

/// What an expression yields.
enum ExpressionType: Equatable {
  /// A whole number and the values it can take; the codes it is one of, if any.
  case number(ClosedRange<Int128>, codes: Int?)
  case boolean
  /// 4, 6 or 16 octets.
  case address(Int)

  enum Wanted {
    case number, boolean
  }

  var name: String {
    switch self {
    case .number: "a number"
    case .boolean: "true or false"
    case .address(4): "an IPv4 address"
    case .address(16): "an IPv6 address"
    case .address: "a MAC address"
    }
  }
}

/// The members an expression can name, and what a path through them leads to.
struct ExpressionScope {
  let members: [Member]
  let definition: ProtocolDefinition

  /// What a path leads to.
  enum Target {
    case member(Member)
    /// An element of a list.
    case element(FamilyDefinition.Element, ListShape.Allowed)
  }

  func member(named name: String, in members: [Member]) -> Member? {
    for member in members {
      if member.name == name { return member }
      if case .bits(_, _, let group) = member.kind, let inner = group.first(where: { $0.name == name }) { return inner }
    }
    return nil
  }

  func names(in members: [Member]) -> [String] {
    members.flatMap { member -> [String] in
      if case .bits(_, _, let group) = member.kind { return group.map(\.name) }
      return [member.name]
    }.filter { !$0.isEmpty }
  }
}

/// Types an expression, bounds its numbers, and sees to it that what may be absent is asked for first.
struct ExpressionChecker {
  let scope: ExpressionScope
  /// Paths known to be present where the check is.
  private var present: Set<[String]> = []

  static func check(
    _ text: String, _ scope: ExpressionScope, wanted: ExpressionType.Wanted
  ) throws(ExpressionFault) -> WireExpression {
    let checker = ExpressionChecker(scope: scope)
    let (expression, type) = try checker.check(try ExpressionParser.parse(text))
    switch (wanted, type) {
    case (.number, .number), (.boolean, .boolean): return expression
    case (.number, _): throw ExpressionFault(message: "this is \(type.name); a number is wanted here")
    case (.boolean, _): throw ExpressionFault(message: "this is \(type.name); a condition is wanted here")
    }
  }

  private init(scope: ExpressionScope) { self.scope = scope }

  typealias Typed = (WireExpression, ExpressionType)

  private func check(_ syntax: ExpressionSyntax) throws(ExpressionFault) -> Typed {
    switch syntax {
    case .number(let value): return (.number(value), .number(value...value, codes: nil))
    case .boolean(let value): return (.boolean(value), .boolean)
    case .address(let octets, length: nil): return (.address(octets), .address(octets.count))
    case .address: throw ExpressionFault(message: "a prefix stands behind 'in' only")
    case .remaining: return (.remaining, .number(0...Int128(UInt32.max), codes: nil))
    case .path(let path): return try value(at: path)
    case .call(let function, let path): return try call(function, path)
    case .not(let inner): return (.not(try condition(inner)), .boolean)
    case .binary(let symbol, let left, let right): return try binary(symbol, left, right)
    case .within(let left, let parts): return try within(left, parts)
    case .range: throw ExpressionFault(message: "'..' stands in a list behind 'in' only")
    }
  }

  private func condition(_ syntax: ExpressionSyntax) throws(ExpressionFault) -> WireExpression {
    let (expression, type) = try check(syntax)
    guard type == .boolean else {
      throw ExpressionFault(message: "'and', 'or', 'not' and 'implies' join conditions; this is \(type.name)")
    }
    return expression
  }

  private func number(_ syntax: ExpressionSyntax) throws(ExpressionFault) -> (WireExpression, ClosedRange<Int128>) {
    let (expression, type) = try check(syntax)
    guard case .number(let range, _) = type else {
      throw ExpressionFault(message: "this is \(type.name); a number is wanted here")
    }
    return (expression, range)
  }
}

// MARK: - Operators

extension ExpressionChecker {
  private func binary(
    _ symbol: String, _ left: ExpressionSyntax, _ right: ExpressionSyntax
  ) throws(ExpressionFault) -> Typed {
    guard let operation = WireExpression.Operator(rawValue: symbol) else {
      throw ExpressionFault(message: "'\(symbol)' has no meaning")
    }
    switch operation {
    case .or, .and, .implies:
      let first = try condition(left)
      var inner = self
      if operation != .or { inner.present.formUnion(facts(in: left)) }
      return (.binary(operation, first, try inner.condition(right)), .boolean)
    case .equal, .notEqual, .less, .lessOrEqual, .greater, .greaterOrEqual:
      return (try comparison(operation, left, right), .boolean)
    case .add, .subtract, .bitOr, .multiply, .bitAnd:
      return try arithmetic(operation, left, right)
    }
  }

  /// Paths that a condition, being true, shows to be present.
  private func facts(in syntax: ExpressionSyntax) -> Set<[String]> {
    switch syntax {
    case .call("present", let path): [path]
    case .binary("and", let left, let right): facts(in: left).union(facts(in: right))
    default: []
    }
  }

  private func comparison(
    _ operation: WireExpression.Operator, _ left: ExpressionSyntax, _ right: ExpressionSyntax
  ) throws(ExpressionFault) -> WireExpression {
    let (first, second) = try sides(left, right)
    switch (first.1, second.1) {
    case (.number(_, let a), .number(_, let b)):
      if let a, let b, a != b {
        throw ExpressionFault(
          message: "\(scope.definition.codes[a].name) and \(scope.definition.codes[b].name) cannot be compared")
      }
    case (.boolean, .boolean), (.address, .address):
      guard first.1 == second.1 else {
        throw ExpressionFault(message: "\(first.1.name) cannot be compared with \(second.1.name)")
      }
      guard [.equal, .notEqual].contains(operation) else {
        throw ExpressionFault(message: "\(first.1.name) can be compared with == and != only")
      }
    default: throw ExpressionFault(message: "\(first.1.name) cannot be compared with \(second.1.name)")
    }
    return .binary(operation, first.0, second.0)
  }

  /// Both sides; a name on one of them may be a code of the other's type.
  private func sides(
    _ left: ExpressionSyntax, _ right: ExpressionSyntax
  ) throws(ExpressionFault) -> (Typed, Typed) {
    if case .path(let path) = left, path.count == 1, scope.member(named: path[0], in: scope.members) == nil {
      let second = try check(right)
      if let code = try code(path[0], second.1) { return (code, second) }
      return (try check(left), second)
    }
    let first = try check(left)
    if case .path(let path) = right, path.count == 1, let code = try code(path[0], first.1) { return (first, code) }
    return (first, try check(right))
  }

  /// A code's name, typed by what it is compared with; nil when that is no code, or the name is a member's.
  private func code(_ name: String, _ type: ExpressionType) throws(ExpressionFault) -> Typed? {
    guard case .number(_, let codes?) = type else { return nil }
    if let code = scope.definition.codes[codes].codes.first(where: { $0.name == name }) {
      let value = Int128(code.value)
      return (.number(value), .number(value...value, codes: codes))
    }
    if scope.member(named: name, in: scope.members) != nil { return nil }
    let hint = suggestion(for: name, among: scope.definition.codes[codes].codes.map(\.name))
    throw ExpressionFault(message: "\(scope.definition.codes[codes].name) has no '\(name)'\(hint)")
  }

  private func arithmetic(
    _ operation: WireExpression.Operator, _ left: ExpressionSyntax, _ right: ExpressionSyntax
  ) throws(ExpressionFault) -> Typed {
    let (first, a) = try number(left)
    let (second, b) = try number(right)
    let range: ClosedRange<Int128>?
    switch operation {
    case .add: range = bounds(a.lowerBound + b.lowerBound, a.upperBound + b.upperBound)
    case .subtract: range = bounds(a.lowerBound - b.upperBound, a.upperBound - b.lowerBound)
    case .multiply:
      let corners = [a.lowerBound, a.upperBound].flatMap { x in [b.lowerBound, b.upperBound].map { (x, $0) } }
      let products = corners.map { $0.multipliedReportingOverflow(by: $1) }
      range = products.contains { $0.overflow } ? nil : bounds(products.map(\.partialValue).min()!, products.map(\.partialValue).max()!)
    default:
      guard a.lowerBound >= 0, b.lowerBound >= 0 else {
        throw ExpressionFault(message: "'&' and '|' are for numbers that cannot be negative")
      }
      range = bounds(0, operation == .bitAnd ? min(a.upperBound, b.upperBound) : ones(max(a.upperBound, b.upperBound)))
    }
    guard let range else { throw ExpressionFault(message: "the result could need more than 63 bits") }
    return (.binary(operation, first, second), .number(range, codes: nil))
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

  private func within(_ left: ExpressionSyntax, _ parts: [ExpressionSyntax]) throws(ExpressionFault) -> Typed {
    let (value, type) = try check(left)
    switch type {
    case .address(let size):
      guard parts.count == 1, case .address(let octets, let length?) = parts[0], octets.count == size else {
        throw ExpressionFault(message: "\(type.name) is 'in' a prefix of its own kind, such as 192.0.2.0/24 or ::ffff:0:0/96")
      }
      return (.inPrefix(value, address: octets, length: length), .boolean)
    case .number(_, let codes):
      var ranges: [ClosedRange<Int128>] = []
      for part in parts { ranges.append(try numberRange(part, type, codes)) }
      return (.inRanges(value, ranges), .boolean)
    case .boolean: throw ExpressionFault(message: "'in' is for numbers and addresses")
    }
  }

  private func numberRange(
    _ syntax: ExpressionSyntax, _ type: ExpressionType, _ codes: Int?
  ) throws(ExpressionFault) -> ClosedRange<Int128> {
    func constant(_ syntax: ExpressionSyntax) throws(ExpressionFault) -> Int128 {
      if case .number(let value) = syntax { return value }
      if case .path(let path) = syntax, path.count == 1, let (code, _) = try code(path[0], type),
        case .number(let value) = code
      {
        return value
      }
      throw ExpressionFault(message: "a list behind 'in' has numbers, names of codes, and ranges a..b only")
    }
    if case .range(let first, let last) = syntax {
      let (low, high) = (try constant(first), try constant(last))
      guard low <= high else { throw ExpressionFault(message: "\(low)..\(high) is no range") }
      return low...high
    }
    let value = try constant(syntax)
    return value...value
  }
}

// MARK: - Paths

extension ExpressionChecker {
  /// Follows a path; `asked` when only its presence is wanted.
  private func target(_ path: [String], asked: Bool) throws(ExpressionFault) -> ExpressionScope.Target {
    var members = scope.members
    var index = 0
    while true {
      guard let member = scope.member(named: path[index], in: members) else {
        let hint = suggestion(for: path[index], among: scope.names(in: members))
        throw ExpressionFault(message: "there is no '\(path[index])' before this\(hint)")
      }
      let isLast = index == path.count - 1
      if index > 0 { try requireFixedPlace(member, path[index], in: members) }
      if member.condition != nil, !(isLast && asked) { try require(Array(path[...index])) }
      if isLast { return .member(member) }
      switch member.kind {
      case .structure(let body): members = scope.definition.bodies[body].members
      case .list(let list):
        let (element, use) = try self.element(path[index + 1], list)
        index += 1
        if index == path.count - 1 { return .element(element, use) }
        try checkSingle(path, index, use)
        members = scope.definition.bodies[element.body].members
      default: throw ExpressionFault(message: "'\(path[index])' has no parts")
      }
      index += 1
    }
  }

  /// Inside a struct or an element, only what stands at a fixed place can be read.
  private func requireFixedPlace(_ member: Member, _ name: String, in members: [Member]) throws(ExpressionFault) {
    let sizes = Sizes(scope.definition)
    for earlier in members {
      let isIt = scope.member(named: name, in: [earlier]) != nil
      if isIt, member.condition == nil { return }
      if isIt || sizes.fixed(earlier) == nil {
        throw ExpressionFault(message: "reading '\(name)', which has no fixed place in its struct, is not implemented yet")
      }
    }
  }

  private func element(
    _ name: String, _ list: ListShape
  ) throws(ExpressionFault) -> (FamilyDefinition.Element, ListShape.Allowed) {
    let elements = scope.definition.families[list.family].elements
    let allowed = list.allowed.map { (elements[$0.element], $0) }
    guard let found = allowed.first(where: { $0.0.name == name }) else {
      let hint = suggestion(for: name, among: allowed.map(\.0.name))
      throw ExpressionFault(message: "the list does not allow '\(name)'\(hint)")
    }
    return found
  }

  /// A path goes on into an element only when there is at most one, and one for sure.
  private func checkSingle(_ path: [String], _ index: Int, _ use: ListShape.Allowed) throws(ExpressionFault) {
    let prefix = Array(path[...index])
    guard use.maximum == 1 else {
      throw ExpressionFault(message: "'\(prefix.joined(separator: "."))' may occur more than once; all(…) and any(…) are not implemented yet")
    }
    if use.minimum == 0 { try require(prefix) }
  }

  private func require(_ path: [String]) throws(ExpressionFault) {
    guard present.contains(path) else {
      let name = path.joined(separator: ".")
      throw ExpressionFault(message: "'\(name)' may be absent; write 'present(\(name)) and …' or 'present(\(name)) implies …'")
    }
  }

  private func value(at path: [String]) throws(ExpressionFault) -> Typed {
    if path.count == 1, scope.member(named: path[0], in: scope.members) == nil,
      scope.definition.codes.contains(where: { $0.codes.contains { $0.name == path[0] } })
    {
      throw ExpressionFault(message: "'\(path[0])' is a code, which stands beside a member of its type only")
    }
    guard case .member(let member) = try target(path, asked: false) else {
      throw ExpressionFault(message: "'\(path.joined(separator: "."))' is an element; ask for present(…), or for a part of it")
    }
    switch member.kind {
    case .integer(let shape) where shape.isBoolean: return (.binary(.equal, .path(path), .number(1)), .boolean)
    case .integer(let shape): return (.path(path), .number(shape.widthBounds, codes: shape.codes))
    case .ipv4: return (.path(path), .address(4))
    case .ipv6: return (.path(path), .address(16))
    case .mac: return (.path(path), .address(6))
    default:
      throw ExpressionFault(message: "'\(path.joined(separator: "."))' has no single value; use size(…) or count(…)")
    }
  }

  private func call(_ function: String, _ path: [String]) throws(ExpressionFault) -> Typed {
    let name = path.joined(separator: ".")
    let size = ExpressionType.number(0...Int128(UInt32.max), codes: nil)
    switch (function, try target(path, asked: function == "present")) {
    case ("present", .element): return (.present(path), .boolean)
    case ("present", .member(let member)):
      guard member.condition != nil else { throw ExpressionFault(message: "'\(name)' is always present") }
      return (.present(path), .boolean)
    case ("count", .element): return (.count(path), size)
    case ("count", .member(let member)):
      if case .array = member.kind { return (.count(path), size) }
      throw ExpressionFault(message: "count(…) is for arrays and elements; '\(name)' is neither")
    case ("size", .member(let member)):
      switch member.kind {
      case .octets, .text: return (.size(path), size)
      default: throw ExpressionFault(message: "size(…) is for octets and text; '\(name)' is neither")
      }
    default: throw ExpressionFault(message: "\(function)(\(name)) has no meaning")
    }
  }
}

/// The octets of an IPv4 or IPv6 address as text; nil when it is neither.
func addressOctets(_ text: String) -> [UInt8]? {
  text.contains(":") ? IPv6Address(text)?.octets : IPv4Address(text)?.octets
}

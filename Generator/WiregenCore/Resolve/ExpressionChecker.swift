import WireText

/// What an expression yields.
enum ExpressionType: Equatable {
  /// A whole number and the values it can take; the codes it is one of, if any.
  case number(ClosedRange<Int128>, codes: Int?)
  case boolean
  /// 4, 6 or 16 octets.
  case address(Int)

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
  private var present: Set<[String]> = []

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
    case .number, .boolean, .address:
      let wanted = use.isNumber ? "a number" : "a condition"
      throw ExpressionFault(message: "this is \(type.name); \(wanted) is wanted here", offset: 0)
    }
  }

  init(scope: ExpressionScope, use: ExpressionUse) {
    self.scope = scope
    self.use = use
  }

  typealias Typed = (WireExpression, ExpressionType)

  private func check(_ syntax: ExpressionSyntax) throws(ExpressionFault) -> Typed {
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
    case .range: throw fault(syntax, "'..' stands in a list behind 'in' only")
    }
  }

  /// What a count of octets or elements can be.
  private static let counts: ClosedRange<Int128> = 0...Int128(UInt32.max)

  private func fault(_ syntax: ExpressionSyntax, _ message: String) -> ExpressionFault {
    ExpressionFault(message: message, offset: syntax.offset)
  }

  private func condition(_ syntax: ExpressionSyntax) throws(ExpressionFault) -> WireExpression {
    let (expression, type) = try check(syntax)
    guard type == .boolean else {
      throw fault(syntax, "'and', 'or', 'not' and 'implies' join conditions; this is \(type.name)")
    }
    return expression
  }

  private func number(_ syntax: ExpressionSyntax) throws(ExpressionFault) -> (WireExpression, ClosedRange<Int128>) {
    let (expression, type) = try check(syntax)
    guard case .number(let range, _) = type else {
      throw fault(syntax, "this is \(type.name); a number is wanted here")
    }
    return (expression, range)
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
    case .number, .boolean, .address, .path, .remaining, .call, .not, .binary, .within, .range: []
    }
  }

  private func comparison(
    _ operation: WireExpression.Operator, _ left: ExpressionSyntax, _ right: ExpressionSyntax, _ syntax: ExpressionSyntax
  ) throws(ExpressionFault) -> WireExpression {
    let (first, second) = try sides(left, right)
    switch (first.1, second.1) {
    case (.number(_, let a), .number(_, let b)):
      if let a, let b, a != b {
        throw fault(
          syntax, "\(scope.definition.codes[a].name) and \(scope.definition.codes[b].name) cannot be compared")
      }
    case (.boolean, .boolean), (.address, .address):
      guard first.1 == second.1 else {
        throw fault(syntax, "\(first.1.name) cannot be compared with \(second.1.name)")
      }
      guard [.equal, .notEqual].contains(operation) else {
        throw fault(syntax, "\(first.1.name) can be compared with == and != only")
      }
    case (.number, _), (.boolean, _), (.address, _):
      throw fault(syntax, "\(first.1.name) cannot be compared with \(second.1.name)")
    }
    return .binary(operation, first.0, second.0)
  }

  /// Both sides; a name on one of them may be a code of the other's type.
  private func sides(
    _ left: ExpressionSyntax, _ right: ExpressionSyntax
  ) throws(ExpressionFault) -> (Typed, Typed) {
    if case .path(let path) = left.kind, path.count == 1, scope.member(named: path[0]) == nil {
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
    let isMember = scope.member(named: name) != nil
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
    case .boolean: throw fault(left, "'in' is for numbers and addresses; this is true or false")
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

// MARK: - Paths

extension ExpressionChecker {
  private func text(_ path: some Sequence<String>) -> String { path.joined(separator: ".") }

  /// Follows a path; `asked` when only its presence is wanted.
  func target(
    _ path: [String], asked: Bool, _ syntax: ExpressionSyntax
  ) throws(ExpressionFault) -> ExpressionScope.Target {
    var place = scope.start
    var index = 0
    while true {
      guard let member = scope.member(named: path[index], in: place) else { throw unknown(path, index, place, syntax) }
      let isLast = index == path.count - 1
      if index > 0 { try requireFixedPlace(path, index, in: place, syntax) }
      if member.condition != nil, !(isLast && asked) { try require(Array(path[...index]), syntax) }
      if isLast { return .member(member) }
      switch member.kind {
      case .structure(let body): place = .body(body)
      case .list(let list):
        let (element, use) = try self.element(path[index + 1], member.name, list, syntax)
        index += 1
        if index == path.count - 1 { return .element(element, use) }
        try checkSingle(path, index, use, syntax)
        guard scope.world.prepare(body: element.body) else {
          throw fault(syntax, "'\(text(path[...index]))' may contain this body; only rules read what is in it")
        }
        place = .body(element.body)
      case .array:
        throw fault(syntax, "'\(text(path[...index]))' is an array; all(…) and any(…) are not implemented yet")
      case .integer, .bits, .reserved, .reservedRest, .ipv4, .ipv6, .mac, .octets, .text, .choice:
        throw fault(syntax, "'\(text(path[...index]))' has no parts")
      }
      index += 1
    }
  }

  private func unknown(
    _ path: [String], _ index: Int, _ place: ExpressionScope.Place, _ syntax: ExpressionSyntax
  ) -> ExpressionFault {
    let name = path[index]
    if scope.isLost(member: name, in: place) { return ExpressionFault(message: "", offset: 0, isEcho: true) }
    let known = scope.names(in: place)
    let hint = suggestion(for: name, among: known)
    if index > 0 { return fault(syntax, "'\(text(path[..<index]))' has no '\(name)'\(hint)") }
    if scope.later.contains(name) {
      return fault(syntax, "'\(name)' comes later; \(use.attribute)= reads what stands before it")
    }
    if scope.derived.contains(name) {
      return fault(syntax, "'\(name)' is derived, and no member; write its test instead")
    }
    if path.count == 1, scope.definition.codes.contains(where: { $0.codes.contains { $0.name == name } }) {
      return fault(syntax, "'\(name)' is a code, which stands beside a member of its type only")
    }
    return fault(syntax, "there is no '\(name)' in this body\(hint)")
  }

  /// Inside a struct or an element, only what stands at a fixed place can be read.
  private func requireFixedPlace(
    _ path: [String], _ index: Int, in place: ExpressionScope.Place, _ syntax: ExpressionSyntax
  ) throws(ExpressionFault) {
    let sizes = Sizes(scope.definition)
    for earlier in scope.members(in: place) {
      let isIt = scope.member(named: path[index], amongst: [earlier]) != nil
      if isIt, earlier.condition == nil { return }
      if isIt || sizes.fixed(earlier) == nil {
        throw fault(
          syntax, "'\(text(path[...index]))', whose place varies, is not implemented yet in this version of wiregen")
      }
    }
  }

  private static let fixedPlaces = "this reads unsigned numbers, codes and bits at a fixed place that are always there"

  /// Before anything has been checked, only what stands at a fixed place of the body itself can be read.
  private func requireFixedPlace(_ path: [String], _ syntax: ExpressionSyntax) throws(ExpressionFault) {
    guard use.readsFixedPlacesOnly, let member = scope.member(named: path[0]) else { return }
    let sizes = Sizes(scope.definition)
    let before = scope.own.prefix { !$0.ownNames.contains(path[0]) }
    guard case .integer(let shape) = member.kind, !shape.isSigned, path.count == 1 || shape.flags != nil,
      use == .early || shape.flags == nil, member.condition == nil, before.allSatisfy({ sizes.fixed($0) != nil })
    else { throw fault(syntax, "'\(text(path))' cannot be read here; \(Self.fixedPlaces)") }
  }

  private func element(
    _ name: String, _ listName: String, _ list: ListShape, _ syntax: ExpressionSyntax
  ) throws(ExpressionFault) -> (FamilyDefinition.Element, ListShape.Allowed) {
    let family = scope.definition.families[list.family]
    let allowed = list.allowed.map { (family.elements[$0.element], $0) }
    if let found = allowed.first(where: { $0.0.name == name }) { return found }
    if scope.isLost(element: name, of: list.family) { throw ExpressionFault(message: "", offset: 0, isEcho: true) }
    let hint = suggestion(for: name, among: allowed.map(\.0.name))
    if family.elements.contains(where: { $0.name == name }) {
      throw fault(syntax, "'\(listName)' does not allow '\(name)'; add <allow tlv=\"\(name)\" occurs=\"0..1\"/>")
    }
    throw fault(syntax, "'\(listName)' has no '\(name)'\(hint)")
  }

  /// A path goes on into an element only when there is at most one, and one for sure.
  private func checkSingle(
    _ path: [String], _ index: Int, _ use: ListShape.Allowed, _ syntax: ExpressionSyntax
  ) throws(ExpressionFault) {
    let prefix = Array(path[...index])
    guard use.maximum == 1 else {
      let often = use.maximum == 0 ? "never occurs" : "may occur more than once; all(…) and any(…) are not implemented yet"
      throw fault(syntax, "'\(text(prefix))' \(often)")
    }
    if use.minimum == 0 { try require(prefix, syntax) }
  }

  private func require(_ path: [String], _ syntax: ExpressionSyntax) throws(ExpressionFault) {
    guard !present.contains(path) else { return }
    let name = text(path)
    if use == .on { throw fault(syntax, "'\(name)' may be absent; a choice hangs on what is always there") }
    throw fault(syntax, "'\(name)' may be absent; write 'present(\(name)) and …' or 'present(\(name)) implies …'")
  }

  private func value(at path: [String], _ syntax: ExpressionSyntax) throws(ExpressionFault) -> Typed {
    try requireFixedPlace(path, syntax)
    if let flag = try flag(at: path, syntax) { return flag }
    guard case .member(let member) = try target(path, asked: false, syntax) else {
      throw fault(syntax, "'\(text(path))' is an element; ask for present(…), or for a part of it")
    }
    switch member.kind {
    case .integer(let shape) where shape.isBoolean: return (.binary(.equal, .path(path), .number(1)), .boolean)
    case .integer(let shape) where shape.flags != nil:
      throw fault(syntax, "'\(text(path))' is a set of bits; name one of them, as \(text(path)).\(firstFlag(of: shape))")
    case .integer where member.isChecksum(over: IntegerShape.ChecksumScope.allCases):
      throw fault(syntax, "'\(text(path))' is a checksum, which expressions do not read")
    case .integer(let shape): return (.path(path), .number(range(of: shape, member), codes: shape.codes))
    case .ipv4: return (.path(path), .address(4))
    case .ipv6: return (.path(path), .address(16))
    case .mac: return (.path(path), .address(6))
    case .text(let shape) where shape.content == .date:
      throw fault(syntax, "'\(text(path))' is a date, which expressions do not read")
    case .octets, .text:
      throw fault(
        syntax, "comparing octets and text is not implemented yet in this version of wiregen; size(\(text(path))) is their number"
      )
    case .structure: throw fault(syntax, "'\(text(path))' is a struct; name a member of it")
    case .array, .list: throw fault(syntax, "'\(text(path))' has no single value; use count(…)")
    case .bits, .reserved, .reservedRest, .choice: throw fault(syntax, "'\(text(path))' has no value")
    }
  }

  /// A bit of a set, when that is where the path leads.
  private func flag(at path: [String], _ syntax: ExpressionSyntax) throws(ExpressionFault) -> Typed? {
    guard let name = path.last, path.count > 1 else { return nil }
    let set = Array(path.dropLast())
    guard case .member(let member)? = try? target(set, asked: false, syntax), case .integer(let shape) = member.kind,
      let index = shape.flags
    else { return nil }
    let flags = scope.definition.flags[index]
    if let flag = flags.flags.first(where: { $0.name == name }) { return (.flag(set, bit: flag.bit), .boolean) }
    if scope.losses.flags[index]?.contains(name) == true { throw ExpressionFault(message: "", offset: 0, isEcho: true) }
    throw fault(syntax, "\(flags.name) has no '\(name)'\(suggestion(for: name, among: flags.flags.map(\.name)))")
  }

  private func firstFlag(of shape: IntegerShape) -> String {
    shape.flags.flatMap { scope.definition.flags[$0].flags.first?.name } ?? "name"
  }

  /// The values a number can have: those its checks let pass, where they have been made.
  private func range(of shape: IntegerShape, _ member: Member) -> ClosedRange<Int128> {
    let width = shape.widthBounds
    guard use.readsCheckedValues, !member.isWarning else { return width }
    if let constant = shape.constant { return constant...constant }
    var (low, high) = (shape.minimum ?? width.lowerBound, shape.maximum ?? width.upperBound)
    if let index = shape.codes, !scope.definition.codes[index].isOpen {
      let values = scope.definition.codes[index].codes.map { Int128($0.value) }
      low = max(low, values.min() ?? low)
      high = min(high, values.max() ?? high)
    }
    return low <= high ? low...high : width
  }

  private func call(
    _ function: String, _ path: [String], _ syntax: ExpressionSyntax
  ) throws(ExpressionFault) -> Typed {
    let name = text(path)
    if use.readsFixedPlacesOnly { throw fault(syntax, "\(function)(…) has no place here; \(Self.fixedPlaces)") }
    switch (function, try target(path, asked: function == "present", syntax)) {
    case ("present", .element): return (.present(path), .boolean)
    case ("present", .member(let member)):
      guard member.condition != nil else { throw fault(syntax, "'\(name)' is always present; leave present(…) out") }
      return (.present(path), .boolean)
    case ("count", .element): return (.count(path), .number(Self.counts, codes: nil))
    case ("count", .member(let member)):
      guard case .array = member.kind else {
        throw fault(syntax, "count(…) is for arrays and elements; '\(name)' is neither")
      }
      try requireOwn(path, function, syntax)
      return (.count(path), .number(Self.counts, codes: nil))
    case ("size", .member(let member)): return try size(member, path, syntax)
    default: throw fault(syntax, "\(function)(…) is for octets and text; '\(name)' is an element")
    }
  }

  private func size(
    _ member: Member, _ path: [String], _ syntax: ExpressionSyntax
  ) throws(ExpressionFault) -> Typed {
    if case .fixed(let size)? = member.kind.extent {
      return (.number(Int128(size)), .number(Int128(size)...Int128(size), codes: nil))
    }
    switch member.kind {
    case .octets(let shape): return try size(member, shape.minimum, shape.maximum, path, syntax)
    case .text(let shape) where shape.content == .date:
      throw fault(syntax, "size(…) is for octets and text; '\(text(path))' is a date")
    case .text(let shape): return try size(member, shape.minimum, shape.maximum, path, syntax)
    default: throw fault(syntax, "size(…) is for octets and text; '\(text(path))' is neither")
    }
  }

  private func size(
    _ member: Member, _ minimum: Int, _ maximum: Int?, _ path: [String], _ syntax: ExpressionSyntax
  ) throws(ExpressionFault) -> Typed {
    try requireOwn(path, "size", syntax)
    let isBounded = use.readsCheckedValues && !member.isWarning
    let (low, high) = (Int128(minimum), maximum.map { Int128($0) } ?? Self.counts.upperBound)
    return (.size(path), .number(isBounded && low <= high ? low...high : Self.counts, codes: nil))
  }

  /// What varies in size or number can be asked of the body's own members only.
  private func requireOwn(_ path: [String], _ function: String, _ syntax: ExpressionSyntax) throws(ExpressionFault) {
    if path.count > 1 {
      throw fault(
        syntax, "'\(function)(\(text(path)))' inside a struct or an element is not implemented yet in this version of wiregen")
    }
  }
}

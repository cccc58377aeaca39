import WireText

/// Where an expression finds what it names: in octets that have been walked, or in a value.
enum ExpressionSource {
  case octets(OctetsScope)
  case value(ValueScope)

  var plan: BodyPlan {
    switch self {
    case .octets(let scope): scope.plan
    case .value(let scope): scope.plan
    }
  }
}

/// A body in octets that have been walked.
struct OctetsScope {
  var plan: BodyPlan
  /// The variables that hold its octets and its layout.
  var octets = "octets"
  var layout = "layout"
  /// Where in the octets the body starts; other than 0 only for bodies without a layout.
  var base = "0"
  /// Nothing is wrong in what has been walked, so that what is named is there whole.
  var isTrusted: Bool
  /// For names of variables.
  var depth = 0
  /// The type of the body where the expression stands.
  var owner = "Self"

  func place(of member: MemberPlan) -> String { sum(base, member.place.text(in: layout)) }
  func end(of member: MemberPlan) -> String { sum(base, member.end(in: layout)) }
}

/// A body as a value.
struct ValueScope {
  var plan: BodyPlan
  /// What stands before a property's name: "self.", or "item1.".
  var base = "self."
  var depth = 0
}

/// What a path leads to, as Swift.
struct ExpressionTarget {
  /// Nil for elements and choices' cases.
  var member: Member?
  /// Of numbers the number; of addresses, octets and text in a value the property.
  var text = ""
  /// How many octets its value has, if it is octets or text.
  var size = "0"
  /// How many values or elements there are.
  var count = "0"
  /// Whether it is there.
  var presence = "true"
  /// Its octets, in octets.
  var span = ""
}

/// Turns expressions of the schema into Swift.
struct ExpressionRenderer {
  let context: RenderContext
  let scope: ExpressionSource
  /// Octets left in the container.
  var remaining = "0"
  /// Inside of a walk, the value whose turn it is.
  var item: Item?

  struct Item {
    var name: String
    var content: Content

    enum Content {
      case value(ExpressionTarget)
      case body(ExpressionSource)
    }
  }

  // MARK: Conditions

  func condition(_ expression: WireExpression) -> String {
    switch expression {
    case .boolean(let value): return value ? "true" : "false"
    case .present(let path): return access(path, or: "false", \.presence)
    case .not(let inner): return "!(\(condition(inner)))"
    case .binary(.and, let left, let right): return "(\(condition(left))) && (\(condition(right)))"
    case .binary(.or, let left, let right): return "(\(condition(left))) || (\(condition(right)))"
    case .binary(.implies, let left, let right): return "!(\(condition(left))) || (\(condition(right)))"
    case .binary(let operation, let left, let right) where !operation.isArithmetic: return comparison(operation, left, right)
    case .inPrefix(let value, let address, let length):
      return "\(self.value(value)).isIn(\(addressLiteral(address)), length: \(length))"
    case .inRanges(let value, let ranges): return isIn(ranges, self.value(value))
    case .flag(let path, let bit):
      return access(path, or: "false") { "\($0.text) & 0x\(String(UInt64(1) << UInt64(bit), radix: 16)) != 0" }
    case .path(let path), .item(let path):
      if isBoolean(expression) { return access(path, or: "false", \.text) }
      return "\(value(expression)) != 0"
    case .over(let quantifier, let walk) where quantifier != .sum: return self.walk(quantifier, walk)
    case .among(let first, let second): return among(first, second)
    default: return "\(value(expression)) != 0"
    }
  }

  private func isIn(_ ranges: [ClosedRange<Int128>], _ number: String) -> String {
    ranges.map { range in
      range.lowerBound == range.upperBound
        ? Compare.equal(number, "\(range.lowerBound)") : "(\(range.lowerBound)...\(range.upperBound)).contains(\(number))"
    }.joined(separator: " || ")
  }

  private func comparison(
    _ operation: WireExpression.Operator, _ left: WireExpression, _ right: WireExpression
  ) -> String {
    if isOctets(left) || isOctets(right) {
      let equal = areEqual(left, right)
      return operation == .notEqual ? "!(\(equal))" : equal
    }
    if isCondition(left) || isBoolean(left) || isBoolean(right) { return agreement(operation, left, right) }
    // Numbers of two types can be compared by the operator only.
    guard operation == .equal, isWide(left) == isWide(right) else {
      return "\(value(left)) \(operation.rawValue) \(value(right))"
    }
    return Compare.equal(value(left), value(right))
  }

  private func isCondition(_ expression: WireExpression) -> Bool {
    switch expression {
    case .boolean, .present, .not, .inPrefix, .inRanges, .flag, .among: true
    case .over(let quantifier, _): quantifier != .sum
    case .binary(let operation, _, _): !operation.isArithmetic
    default: false
    }
  }

  private func isBoolean(_ expression: WireExpression) -> Bool {
    guard case .integer(let shape)? = member(expression)?.kind else { return false }
    return shape.isBoolean
  }

  private func isOctets(_ expression: WireExpression) -> Bool {
    if case .text = expression { return true }
    switch member(expression)?.kind {
    case .octets?, .text?: return true
    default: return false
    }
  }

  /// The member that an expression is the value of.
  private func member(_ expression: WireExpression) -> Member? {
    switch expression {
    case .path(let path), .item(let path):
      guard let item, path.first == item.name else { return context.lowering.member(path[...], in: scope.plan) }
      switch item.content {
      case .value(let target): return target.member
      case .body(let scope): return context.lowering.member(path.dropFirst(), in: scope.plan)
      }
    default: return nil
    }
  }

  /// Two conditions compared, or a one-bit field with 0 or 1.
  private func agreement(
    _ operation: WireExpression.Operator, _ left: WireExpression, _ right: WireExpression
  ) -> String {
    for (one, other) in [(left, right), (right, left)] {
      guard let constant = truth(other), operation == .equal || operation == .notEqual else { continue }
      return constant == (operation == .equal) ? condition(one) : "!(\(condition(one)))"
    }
    return "(\(condition(left))) \(operation.rawValue) (\(condition(right)))"
  }

  /// What a constant says; nil for everything else.
  private func truth(_ expression: WireExpression) -> Bool? {
    switch expression {
    case .number(let value): value != 0
    case .boolean(let value): value
    default: nil
    }
  }

  // MARK: Octets and text

  private func areEqual(_ left: WireExpression, _ right: WireExpression) -> String {
    if case .text(let text) = left { return isEqual(right, to: text) }
    if case .text(let text) = right { return isEqual(left, to: text) }
    guard let first = left.namedPath, let second = right.namedPath else { return "false" }
    return access(first, or: "false") { one in
      access(second, or: "false", depth: 4) { other in
        one.span.isEmpty ? Compare.equal(one.octetsText, other.octetsText) : "\(one.span).isEqual(to: \(other.span))"
      }
    }
  }

  private func isEqual(_ expression: WireExpression, to text: [UInt8]) -> String {
    guard let path = expression.namedPath else { return "false" }
    let constant = literal(String(decoding: text, as: UTF8.self))
    return access(path, or: "false") { target in
      target.span.isEmpty
        ? Compare.equal(target.octetsText, "Swift.Array(\(constant).utf8)") : "\(target.span).isEqual(to: \(constant))"
    }
  }

  // MARK: Values

  /// A number as Int, wider ones as Int128, or an address.
  ///
  /// - Parameter narrow: whether a 64-bit unsigned number is wanted as Int too: inside of arithmetic, whose results the resolver has
  ///   bounded, and for sizes, where one that no Int holds is as good as any that does not fit.
  func value(_ expression: WireExpression, narrow: Bool = false) -> String {
    switch expression {
    case .number(let value): return value > Int128(Int64.max) ? "(\(value) as Int128)" : "\(value)"
    case .address(let octets): return addressLiteral(octets)
    case .path(let path), .item(let path):
      let isWide = isWide(expression) && !narrow
      return access(path, or: otherwise(expression, isWide: isWide)) { number($0, isWide: isWide) }
    case .size(let path): return access(path, or: "0") { "(\($0.size))" }
    case .count(let path): return access(path, or: "0", \.count)
    case .remaining: return "(\(remaining))"
    case .over(.sum, let walk): return self.walk(.sum, walk)
    case .binary(let operation, let left, let right) where operation.isArithmetic:
      // The resolver has bounded the result, so nothing overflows.
      let symbol = [.add: "&+", .subtract: "&-", .multiply: "&*", .bitOr: "|", .bitAnd: "&"][operation] ?? "&+"
      return "(\(value(left, narrow: true)) \(symbol) \(value(right, narrow: true)))"
    default: return "((\(condition(expression))) ? 1 : 0)"
    }
  }

  /// Whether the expression is a number that Int may not hold.
  func isWide(_ expression: WireExpression) -> Bool {
    switch expression {
    case .number(let value): value > Int128(Int64.max)
    case .path, .item:
      if case .integer(let shape)? = member(expression)?.kind { shape.bits == 64 && !shape.isSigned } else { false }
    default: false
    }
  }

  private func number(_ target: ExpressionTarget, isWide: Bool) -> String {
    guard case .integer(let shape)? = target.member?.kind else { return target.text }
    if shape.isBoolean { return "((\(target.text)) ? 1 : 0)" }
    guard shape.bits == 64, !shape.isSigned else { return widened(target.text, to: "Int") }
    return isWide ? "Int128(\(target.text))" : "Int(clamping: \(target.text))"
  }

  /// What stands for a value that is not there.
  private func otherwise(_ expression: WireExpression, isWide: Bool) -> String {
    switch member(expression)?.kind {
    case .ipv4?: "IPv4Address(0)"
    case .ipv6?: "IPv6Address(high: 0, low: 0)"
    case .mac?: "MACAddress(Octets())"
    default: isWide ? "(0 as Int128)" : "0"
    }
  }

  /// The Swift type of an expression's value, and the value itself, where values are gathered.
  func gathered(_ expression: WireExpression) -> (type: String, value: String) {
    if isOctets(expression), let path = expression.namedPath {
      return ("[UInt8]", access(path, or: "[]") { $0.span.isEmpty ? $0.octetsText : "\($0.span).array" })
    }
    let type =
      switch member(expression)?.kind {
      case .ipv4?: "IPv4Address"
      case .ipv6?: "IPv6Address"
      case .mac?: "MACAddress"
      default: isWide(expression) ? "Int128" : "Int"
      }
    return (type, value(expression))
  }

  private func addressLiteral(_ octets: [UInt8]) -> String {
    func hex(_ part: ArraySlice<UInt8>) -> String {
      "0x" + part.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
    }
    switch octets.count {
    case 4: return "IPv4Address(\(hex(octets[0..<4])))"
    default: return "IPv6Address(high: \(hex(octets[0..<8])), low: \(hex(octets[8..<16])))"
    }
  }

  // MARK: Paths

  /// What a path leads to, made Swift by `finish`; `other` stands for what is not there.
  ///
  /// - Parameter depth: added to the numbers of variables, so that two paths in one another do not share them.
  func access(
    _ path: [String], or other: String, depth: Int = 0, _ finish: @escaping (ExpressionTarget) -> String
  ) -> String {
    var path = path[...]
    var start = scope
    if let item, path.first == item.name {
      path = path.dropFirst()
      switch item.content {
      case .value(let target): return finish(target)
      case .body(let scope): start = scope
      }
    }
    switch start {
    case .octets(var scope):
      scope.depth += depth
      return OctetsAccess(context: context, other: other, finish: finish).text(path, scope)
    case .value(var scope):
      scope.depth += depth
      return ValueAccess(context: context, other: other, finish: finish).text(path, scope)
    }
  }
}

extension ExpressionTarget {
  /// Octets or text of a value as an array.
  fileprivate var octetsText: String {
    guard case .text(let shape)? = member?.kind else { return fixedArray }
    return shape.keepsInvalid ? "\(text).octets" : "Swift.Array(\(text).utf8)"
  }

  private var fixedArray: String {
    if case .octets(let shape)? = member?.kind, case .fixed = shape.extent { return "\(text).array" }
    return text
  }
}

extension WireExpression {
  /// The path of a value that has a name.
  fileprivate var namedPath: [String]? {
    switch self {
    case .path(let path), .item(let path): path
    default: nil
    }
  }
}

extension WireExpression.Operator {
  var isArithmetic: Bool { [.add, .subtract, .bitOr, .multiply, .bitAnd].contains(self) }
}

// MARK: - For the walk of a body

extension RenderContext {
  /// A condition over members of a body, for its `check` function.
  ///
  /// - Parameter place: where the walk is, when the condition belongs to a member: `remaining` counts from there, and what stands
  ///   before it may have errors. Nil behind the last member, where it has none.
  func condition(_ expression: WireExpression, _ plan: BodyPlan, place: String? = nil) -> String {
    walkRenderer(plan, place).condition(expression)
  }

  /// A number for the `check` function of a body: an Int, or with `narrow` false an Int128 where it may be wider.
  func value(_ expression: WireExpression, _ plan: BodyPlan, _ place: String?, narrow: Bool = false) -> String {
    walkRenderer(plan, place).value(expression, narrow: narrow)
  }

  /// A condition over the members of a body that is read in place.
  func viewCondition(_ expression: WireExpression, _ plan: BodyPlan) -> String {
    let scope = OctetsScope(plan: plan, isTrusted: true, owner: "Body")
    return ExpressionRenderer(context: self, scope: .octets(scope), remaining: "octets.byteCount").condition(expression)
  }

  private func walkRenderer(_ plan: BodyPlan, _ place: String?) -> ExpressionRenderer {
    let scope = OctetsScope(plan: plan, isTrusted: place == nil)
    return ExpressionRenderer(
      context: self, scope: .octets(scope), remaining: difference("octets.byteCount", place ?? "0"))
  }

  /// A condition over the properties of a value.
  func valueCondition(_ expression: WireExpression, _ plan: BodyPlan) -> String {
    ExpressionRenderer(context: self, scope: .value(ValueScope(plan: plan))).condition(expression)
  }
}

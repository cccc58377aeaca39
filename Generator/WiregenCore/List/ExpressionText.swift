import Wire
import WireText

/// Writes a resolved expression in the notation of the schema language.
///
/// What it writes reads back as the same expression. Relations are words (`lt le gt ge`), so that the text can stand in an
/// attribute as it is; numbers beside a member of codes are the codes' names.
struct ExpressionText {
  /// What it needs to know of the members that paths lead to.
  struct Names {
    /// The name to write for a number that the member at a path is compared with; nil to write the number.
    var code: (_ path: [String], _ value: Int128) -> String?
    /// The name of a bit of the member at a path, a set of bits.
    var flag: (_ path: [String], _ bit: Int) -> String?
    /// Whether the member at a path is true or false; resolved, it is a number that is compared with 1.
    var isBoolean: (_ path: [String]) -> Bool
  }

  let names: Names
  /// The paths that the variables in scope walk over.
  private var walks: [String: [String]] = [:]

  init(_ names: Names) { self.names = names }

  func text(_ expression: WireExpression) -> String { text(expression, .implication) }

  /// How tightly something binds, the loosest first, as in the grammar.
  private enum Level: Int {
    case implication, disjunction, conjunction, negation, comparison, sum, product, primary

    /// One step tighter: what the right side of an operator must be that groups to the left.
    var next: Level { Level(rawValue: rawValue + 1) ?? .primary }
  }

  /// The expression where at least that level is wanted: in parentheses when it binds more loosely.
  private func text(_ expression: WireExpression, _ wanted: Level) -> String {
    let (text, level) = written(expression)
    return level.rawValue < wanted.rawValue ? "(\(text))" : text
  }

  private func written(_ expression: WireExpression) -> (String, Level) {
    switch expression {
    case .number(let number): return number < 0 ? ("0 - \(number.magnitude)", .sum) : ("\(number)", .primary)
    case .boolean(let flag): return (flag ? "true" : "false", .primary)
    case .address(let octets): return (Self.address(octets), .primary)
    case .path(let path): return (Self.path(path), .primary)
    case .size(let path): return ("size(\(Self.path(path)))", .primary)
    case .count(let path): return ("count(\(Self.path(path)))", .primary)
    case .present(let path): return ("present(\(Self.path(path)))", .primary)
    case .remaining: return ("remaining", .primary)
    case .not(let operand): return ("not \(text(operand, .negation))", .negation)
    case .binary(.equal, let left, .number(1)) where isBoolean(left): return written(left)
    case .binary(let operation, let left, let right): return binary(operation, left, right)
    case .inPrefix(let operand, let address, let length):
      return ("\(text(operand, .sum)) in \(Self.prefix(address))/\(length)", .comparison)
    case .inRanges(let operand, let ranges):
      let items = ranges.map { range in
        range.lowerBound == range.upperBound
          ? value(range.lowerBound, beside: operand) : "\(range.lowerBound)..\(range.upperBound)"
      }
      return ("\(text(operand, .sum)) in (\(items.joined(separator: ", ")))", .comparison)
    case .text(let octets): return ("'\(String(decoding: octets, as: UTF8.self))'", .primary)
    case .flag(let path, let bit): return (Self.path(path + [names.flag(whole(path), bit) ?? "bit\(bit)"]), .primary)
    case .item(let path): return (Self.path(path), .primary)
    case .over(let quantifier, let walk): return ("\(quantifier.rawValue)(\(text(walk)))", .primary)
    case .among(let first, let second): return ("among(\(text(first)), \(text(second)))", .primary)
    }
  }

  private func text(_ walk: WireExpression.Walk) -> String {
    var inner = self
    inner.walks[walk.variable] = walk.path
    return "\(walk.variable) in \(Self.path(walk.path)), \(inner.text(walk.expression))"
  }

  /// The path from the body: a variable stands for what it walks over.
  private func whole(_ path: [String]) -> [String] {
    guard let variable = path.first, let walk = walks[variable] else { return path }
    return walk + path.dropFirst()
  }

  private func binary(
    _ operation: WireExpression.Operator, _ left: WireExpression, _ right: WireExpression
  ) -> (String, Level) {
    let (word, level) = Self.notation(operation)
    switch operation {
    case .implies: return ("\(text(left, .disjunction)) \(word) \(text(right, .implication))", level)
    case .equal, .notEqual, .less, .lessOrEqual, .greater, .greaterOrEqual:
      return ("\(side(left, beside: right)) \(word) \(side(right, beside: left))", level)
    case .or, .and, .add, .subtract, .bitOr, .multiply, .bitAnd:
      return ("\(text(left, level)) \(word) \(text(right, level.next))", level)
    }
  }

  private static func notation(_ operation: WireExpression.Operator) -> (word: String, level: Level) {
    switch operation {
    case .implies: ("implies", .implication)
    case .or: ("or", .disjunction)
    case .and: ("and", .conjunction)
    case .equal: ("==", .comparison)
    case .notEqual: ("!=", .comparison)
    case .less: ("lt", .comparison)
    case .lessOrEqual: ("le", .comparison)
    case .greater: ("gt", .comparison)
    case .greaterOrEqual: ("ge", .comparison)
    case .add: ("+", .sum)
    case .subtract: ("-", .sum)
    case .bitOr: ("|", .sum)
    case .multiply: ("*", .product)
    case .bitAnd: ("&", .product)
    }
  }

  /// One side of a relation: a number beside a member of codes by its name.
  private func side(_ expression: WireExpression, beside other: WireExpression) -> String {
    guard case .number(let number) = expression, number >= 0 else { return text(expression, .sum) }
    return value(number, beside: other)
  }

  private func isBoolean(_ expression: WireExpression) -> Bool {
    switch expression {
    case .path(let path), .item(let path): names.isBoolean(whole(path))
    default: false
    }
  }

  private func value(_ number: Int128, beside other: WireExpression) -> String {
    switch other {
    case .path(let path), .item(let path): return names.code(whole(path), number) ?? "\(number)"
    default: return "\(number)"
    }
  }

  private static func path(_ path: [String]) -> String { path.joined(separator: ".") }

  private static func address(_ octets: [UInt8]) -> String {
    switch octets.count {
    case 4: octets.map(String.init).joined(separator: ".")
    case 16: IPv6Address(octets: octets)?.description ?? ""
    default: octets.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined(separator: ":")
    }
  }

  /// The address of a prefix; that of all IPv4-mapped addresses as it is usually written.
  private static func prefix(_ octets: [UInt8]) -> String {
    let mapped: [UInt8] = Array(repeating: 0, count: 10) + [0xFF, 0xFF, 0, 0, 0, 0]
    return octets == mapped ? "::ffff:0:0" : address(octets)
  }
}

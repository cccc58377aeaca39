/// An expression of the schema language, names resolved and types checked: it cannot fail or overflow.
public indirect enum WireExpression: Sendable, Hashable {
  case number(Int128)
  case boolean(Bool)
  /// 4 or 16 octets.
  case address([UInt8])
  /// The value of a member: a number (codes and Bools too) or an address. Steps lead from the body the expression
  /// is in: a member's name, then names inside a nested struct; for a list: list name, element name, member name.
  case path([String])
  /// Octets of a variable member.
  case size([String])
  /// Elements of an array, or occurrences of an element in a list (list name, element name).
  case count([String])
  /// Whether an optional member, or an element of a list, is there.
  case present([String])
  /// Octets left in the container at the member the expression belongs to.
  case remaining
  case not(WireExpression)
  case binary(Operator, WireExpression, WireExpression)
  /// Address in prefix: the address is one of 4 or 16 octets.
  case inPrefix(WireExpression, address: [UInt8], length: Int)
  /// Number in one of the ranges.
  case inRanges(WireExpression, [ClosedRange<Int128>])
  /// Text in quotes, as UTF-8; compared with octets and text.
  case text([UInt8])
  /// Whether the member, a set of bits, has the bit.
  case flag([String], bit: Int)
  /// Inside `over` and `among`: the value whose turn it is. The first step is the variable's name, the others lead into it.
  /// The paths of `size`, `count`, `present` and `flag` start with that name likewise; no member of the body has it.
  case item([String])
  /// A function over all values that a path leads to, in wire order.
  case over(Quantifier, Walk)
  /// Whether every value of the first walk is one of the second's.
  case among(Walk, Walk)

  /// The values that a path leads to, through arrays and elements that occur more than once, and what is asked of each.
  public struct Walk: Sendable, Hashable {
    /// Name of the value whose turn it is.
    public var variable: String
    public var path: [String]
    public var expression: WireExpression

    public init(variable: String, path: [String], expression: WireExpression) {
      self.variable = variable
      self.path = path
      self.expression = expression
    }
  }

  public enum Quantifier: String, Sendable, Hashable, CaseIterable {
    /// Boolean: the expression holds for all; for at least one.
    case all, any
    /// Boolean: no two have the same value; each is above the one before.
    case unique, ascending
    /// Number.
    case sum
  }

  public enum Operator: String, Sendable, Hashable, CaseIterable {
    case or, and, implies
    case equal = "=="
    case notEqual = "!="
    case less = "<"
    case lessOrEqual = "<="
    case greater = ">"
    case greaterOrEqual = ">="
    case add = "+"
    case subtract = "-"
    case bitOr = "|"
    case multiply = "*"
    case bitAnd = "&"
  }
}

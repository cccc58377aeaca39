/// A value that says by a method whether another one is the same.
///
/// A type that has an operator of its own is one more that the compiler tries wherever the operator is used. Generated types, of
/// which there may be thousands, share this one.
public protocol WireEquatable: Hashable {
  /// Whether all that it says is the same.
  func isEqual(to other: Self) -> Bool
}

extension WireEquatable {
  @inlinable
  public static func == (left: Self, right: Self) -> Bool { left.isEqual(to: right) }
}

extension Check {
  /// Whether two values are the same; for generated code, which uses no operator for it.
  @inlinable @inline(__always)
  public static func areEqual<Value: Equatable>(_ left: Value, _ right: Value) -> Bool { left == right }

  /// Whether there is no value; for generated code, which uses no operator for it.
  @inlinable @inline(__always)
  public static func isNil<Value>(_ value: Value?) -> Bool {
    guard case nil = value else { return false }
    return true
  }
}

/// How generated code compares.
///
/// Each type that has an operator `==` of its own is one more that the compiler tries wherever `==` is written: thousands of them,
/// each compared somewhere, take it quadratic time. Generated types have a method instead and share one operator, and generated
/// code calls a function.
enum Compare {
  static func equal(_ left: String, _ right: String) -> String { "Check.areEqual(\(left), \(right))" }

  static func isNil(_ value: String) -> String { "Check.isNil(\(value))" }

  /// The method that says whether all of the stored properties are the same.
  ///
  /// - Parameter more: what must hold besides.
  static func renderEquality(of properties: [String], _ more: String?, _ access: String, _ source: inout SwiftSource) {
    let parts = properties.map { equal("self.\($0)", "other.\($0)") } + (more.map { [$0] } ?? [])
    source.block("\(access)func isEqual(to other: Self) -> Bool") { inner in
      inner.line(parts.first ?? "true")
      for part in parts.dropFirst() { inner.line("  && \(part)") }
    }
  }
}

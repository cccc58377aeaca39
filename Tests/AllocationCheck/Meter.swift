import AllocationCounter

/// Counts allocations and gathers what was over its budget, so that one run names all of it.
struct Meter {
  struct Result {
    var times = 0
    /// The most allocations that one time took.
    var most = 0
    var failures = 0
    /// The worst of the failures.
    var worst = ""
    var excess = 0
  }

  /// By the name of what was measured.
  private(set) var results: [String: Result] = [:]
  /// The first pass over everything is not judged: types make their metadata when they are first used.
  var isWarm = false

  /// Runs `body` and holds its allocations against the budget.
  ///
  /// - Parameter subject: what it is done with, for the report.
  mutating func measure<Output>(
    _ what: String, of subject: @autoclosure () -> String, budget: ClosedRange<Int>, _ body: () -> Output
  ) -> Output {
    let before = allocation_count()
    let output = body()
    let spent = Int(allocation_count() - before)
    guard isWarm else { return output }
    var result = results[what] ?? Result()
    result.times += 1
    result.most = max(result.most, spent)
    if !budget.contains(spent) {
      result.failures += 1
      let excess = max(spent - budget.upperBound, budget.lowerBound - spent)
      if excess > result.excess {
        result.excess = excess
        result.worst = "\(spent) for \(subject()), \(budget.lowerBound) to \(budget.upperBound) allowed"
      }
    }
    results[what] = result
    return output
  }
}

/// How many parts of a value are of a size that only the octets tell, and not empty: each needs memory of its own.
func variableParts(_ value: Any) -> Int {
  if let octets = value as? [UInt8] { return octets.isEmpty ? 0 : 1 }
  let mirror = Mirror(reflecting: value)
  let own = mirror.displayStyle == .collection && !mirror.children.isEmpty ? 1 : 0
  return mirror.children.reduce(own) { $0 + variableParts($1.value) }
}

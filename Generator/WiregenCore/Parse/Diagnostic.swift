/// A place in a schema file.
public struct SourcePosition: Sendable, Hashable {
  /// The file's path as it was named on the command line, or reached from there.
  public var file: String
  /// From 1.
  public var line: Int
  /// From 1, in characters (Unicode scalars).
  public var column: Int

  public init(file: String, line: Int = 1, column: Int = 1) {
    self.file = file
    self.line = line
    self.column = column
  }
}

extension SourcePosition: CustomStringConvertible, Comparable {
  public var description: String { "\(file):\(line):\(column)" }

  public static func < (left: SourcePosition, right: SourcePosition) -> Bool {
    (left.file, left.line, left.column) < (right.file, right.line, right.column)
  }
}

/// What is wrong with a schema, and what would be right.
public struct Diagnostic: Error, Sendable, Hashable, CustomStringConvertible {
  public enum Severity: String, Sendable, Hashable {
    case error, warning
  }

  public var severity: Severity
  public var position: SourcePosition
  public var message: String

  public init(_ severity: Severity, at position: SourcePosition, _ message: String) {
    self.severity = severity
    self.position = position
    self.message = message
  }

  /// `path:line:column: error: message`
  public var description: String { "\(position): \(severity.rawValue): \(message)" }
}

/// Diagnostics as they come up, each once.
public final class Diagnostics {
  public private(set) var all: [Diagnostic] = []
  public private(set) var hasErrors = false
  private var seen: Set<Diagnostic> = []
  /// Rank of each file, in the order they were read.
  private var order: [String: Int] = [:]

  public init() {}

  /// In the order of files as they were read, then of places in them.
  public var sorted: [Diagnostic] {
    for diagnostic in all { reading(diagnostic.position.file) }
    return all.enumerated().sorted { left, right in
      let (a, b) = (left.element.position, right.element.position)
      return (order[a.file]!, a.line, a.column, left.offset) < (order[b.file]!, b.line, b.column, right.offset)
    }.map(\.element)
  }

  /// Notes that a file is read now, so that what is wrong with it comes behind what is wrong with earlier ones.
  func reading(_ file: String) {
    if order[file] == nil { order[file] = order.count }
  }

  public func error(_ position: SourcePosition, _ message: String) {
    add(Diagnostic(.error, at: position, message))
  }

  public func warning(_ position: SourcePosition, _ message: String) {
    add(Diagnostic(.warning, at: position, message))
  }

  private func add(_ diagnostic: Diagnostic) {
    guard seen.insert(diagnostic).inserted else { return }
    all.append(diagnostic)
    if diagnostic.severity == .error { hasErrors = true }
  }
}

/// "; did you mean 'x'?", when a known name is close to the one given.
func suggestion(for name: String, among known: some Sequence<String>) -> String {
  let near = known.map { (distance(name, $0), $0) }.min { $0 < $1 }
  guard let near else { return "" }
  let length = min(name.count, near.1.count)
  guard near.0 < length, near.0 <= (length + 2) / 3 else { return "" }
  return "; did you mean '\(near.1)'?"
}

/// How many letters have to be changed, added, dropped or swapped with their neighbour to get from one word to the other;
/// case alone counts as one.
private func distance(_ left: String, _ right: String) -> Int {
  let (a, b) = (Array(left.lowercased()), Array(right.lowercased()))
  if a == b { return left == right ? 0 : 1 }
  var (older, row) = ([Int](), Array(0...b.count))
  for (i, letter) in a.enumerated() {
    var next = [i + 1]
    for (j, other) in b.enumerated() {
      var cost = min(row[j] + (letter == other ? 0 : 1), row[j + 1] + 1, next[j] + 1)
      if i > 0, j > 0, letter == b[j - 1], a[i - 1] == other { cost = min(cost, older[j - 1] + 1) }
      next.append(cost)
    }
    (older, row) = (row, next)
  }
  return row[b.count]
}

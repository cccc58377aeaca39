/// Rows of cells in columns as wide as their widest cell.
struct TextTable {
  /// Columns whose cells stand at the right, as numbers do.
  var numeric: Set<Int> = []
  private var rows: [[String]] = []

  init(numeric: Set<Int> = []) { self.numeric = numeric }

  mutating func add(_ cells: String...) { rows.append(cells) }

  /// The rows as lines, two blanks between columns; columns that are empty throughout are left out.
  func lines(indentation: Int) -> [String] {
    let count = rows.map(\.count).max() ?? 0
    let widths = (0..<count).map { column in
      rows.map { column < $0.count ? $0[column].unicodeScalars.count : 0 }.max() ?? 0
    }
    return rows.map { row in
      var line = ""
      for (column, cell) in row.enumerated() where widths[column] > 0 {
        let padding = String(repeating: " ", count: widths[column] - cell.unicodeScalars.count)
        line += (numeric.contains(column) ? padding + cell : cell + padding) + "  "
      }
      let end = line.lastIndex { $0 != " " }.map { line.index(after: $0) } ?? line.startIndex
      return end == line.startIndex ? "" : String(repeating: " ", count: indentation) + line[..<end]
    }
  }
}

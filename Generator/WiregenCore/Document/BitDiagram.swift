/// A body drawn as RFCs do: 32 bits a row, the first octet at the left.
///
/// It is a list of cells in a grid of 32 columns behind one for the offsets; it needs no more than a style sheet, and reads well
/// without one.
struct BitDiagram {
  /// A cell, or several where a part goes on in further rows.
  struct Part {
    var words: HTML
    /// Small, behind the words.
    var detail: HTML = ""
    /// Its only value; behind that.
    var constant: HTML?
    /// How long the words are, in characters: those of narrow cells are turned.
    var length: Int
    /// Where it leads.
    var anchor: String?
    var classes: [String] = []
  }

  private var cells: [HTML] = []
  /// Bits of the row that are taken.
  private var column = 0
  /// Octets before the row's first; nil behind parts of varying size.
  private var offset: Int? = 0

  private static let width = 32

  // MARK: Parts

  /// A part of so many bits.
  mutating func add(_ part: Part, bits: Int) {
    let head = column == 0 ? 0 : min(bits, Self.width - column)
    let rows = (bits - head) / Self.width
    let tail = (bits - head) % Self.width
    // The words stand in the largest piece.
    if head > 0 { cell(part, bits: head, isMain: rows == 0 && head >= tail) }
    if rows > 0 { block(part, rows: rows) }
    if tail > 0 { cell(part, bits: tail, isMain: rows == 0 && head < tail) }
  }

  /// A part whose size varies, or that is not always there: the rest of the row if that is enough for its words, else a row
  /// of its own.
  mutating func addVariable(_ part: Part) {
    if column > Self.width / 2 { endRow() }
    startRow()
    var part = part
    part.classes.append("var")
    emit(part, bits: Self.width - column)
    (column, offset) = (0, nil)
  }

  /// The rest of a row that nothing is in.
  mutating func endRow() {
    guard column > 0 else { return }
    let rest = Self.width - column
    cells.append("<li class=\"gap\" style=\"--w:\(rest)\" aria-hidden=\"true\"></li>\n")
    offset = offset.map { $0 + column / 8 }
    column = 0
  }

  // MARK: Cells

  private mutating func startRow() {
    guard column == 0 else { return }
    let text = offset.map { "\($0)" } ?? "…"
    cells.append("<li class=\"g\" aria-hidden=\"true\">\(text)</li>\n")
  }

  private mutating func cell(_ part: Part, bits: Int, isMain: Bool) {
    startRow()
    var part = part
    if isMain {
      if bits <= 2, part.length > 2 { part.classes.append("thin") }
    } else {
      part.words = ""
      (part.detail, part.constant) = ("", nil)
      part.classes.append("more")
    }
    emit(part, bits: bits)
    column += bits
    if column == Self.width {
      column = 0
      offset = offset.map { $0 + Self.width / 8 }
    }
  }

  private mutating func block(_ part: Part, rows: Int) {
    startRow()
    var part = part
    if rows > 1 { part.classes.append("x\(min(rows, 4))") }
    emit(part, bits: Self.width, rows: min(rows, 4))
    offset = offset.map { $0 + rows * Self.width / 8 }
  }

  private mutating func emit(_ part: Part, bits: Int, rows: Int = 1) {
    let names = (["f"] + part.classes).joined(separator: " ")
    let height: HTML = rows > 1 ? ";--h:\(rows)" : ""
    let constant = part.constant.map { bits > 3 ? "= \($0)" : $0 }.orNothing
    let detail = [part.detail, constant].listed
    let words = detail.isEmpty ? part.words : "\(part.words) <i>\(detail)</i>"
    let content: HTML = part.anchor.map { "<a href=\"#\($0)\">\(words)</a>" } ?? "<span>\(words)</span>"
    let opening: HTML = "<li class=\"\(names)\" style=\"--w:\(bits)\(height)\""
    cells.append(part.words.isEmpty ? "\(opening) aria-hidden=\"true\"></li>\n" : "\(opening)>\(content)</li>\n")
  }

  // MARK: The whole

  /// The diagram; empty when nothing is in it.
  ///
  /// - Parameter title: what screen readers call it.
  mutating func markup(title: String) -> HTML {
    endRow()
    if cells.isEmpty { return "" }
    let ruler = stride(from: 0, to: Self.width, by: 8).map { "<li class=\"r\" aria-hidden=\"true\">\($0)</li>" as HTML }
    return """
      <ol class="bits" aria-label="\(title)">
      <li class="r first" aria-hidden="true"></li>\(ruler)
      \(cells)</ol>

      """
  }
}

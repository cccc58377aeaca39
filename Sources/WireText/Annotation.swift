import Wire

extension Interpreter {
  /// The octets with what each of them is: one line a member, and what is wrong below the member it concerns.
  ///
  /// - Parameter body: Index in `definition.bodies` of what the octets should be.
  public func annotation(_ body: Int, _ octets: [UInt8]) -> String {
    do throws(Violation) {
      let decoded = try decode(body, octets, mode: .collecting)
      return decoded.tree.annotation(octets, decoded.violations)
    } catch {
      return Interpreter.undecoded(octets, error)
    }
  }

  /// The octets of a message of the direction with what each of them is.
  public func annotation(direction: Int, _ octets: [UInt8]) -> String {
    do throws(Violation) {
      return annotation(try chooseMessage(direction: direction, octets), octets)
    } catch {
      return Interpreter.undecoded(octets, error)
    }
  }

  private static func undecoded(_ octets: [UInt8], _ violation: Violation) -> String {
    let name = violation.path.prefix { $0 != "." }
    let root = WireTree.Node(name: String(name), label: String(name), value: .structure, start: 0)
    return WireTree(root: root).annotation(octets, [violation])
  }
}

extension WireTree {
  /// The octets with what each of them is: offset, octets, path and meaning, one line a member.
  ///
  /// - Parameters:
  ///   - octets: what the tree was decoded from.
  ///   - violations: printed below the member they concern, or at the end.
  public func annotation(_ octets: [UInt8], _ violations: [Violation] = []) -> String {
    let (rows, rest) = annotationRows(octets, violations)
    let width = rows.map(\.path.count).max() ?? 0
    var lines = ["\(root.label), \(octets.count) octets"]
    for row in rows { lines += row.lines(pathWidth: width) + row.violations.map(AnnotationRow.line) }
    lines += rest.map(AnnotationRow.line)
    return lines.joined(separator: "\n") + "\n"
  }

  /// The octets with what each of them is, a row a member, and the violations that no row is about.
  package func annotationRows(
    _ octets: [UInt8], _ violations: [Violation] = []
  ) -> (rows: [AnnotationRow], rest: [Violation]) {
    var walk = AnnotationWalk(octets)
    var rows = walk.rows(of: root)
    // By offset, so that a row looks at few of them however many there are.
    var rest = Dictionary(grouping: violations, by: \.offset)
    for index in rows.indices {
      guard let here = rest[rows[index].start] else { continue }
      let row = rows[index]
      rows[index].violations = here.filter(row.isConcerned)
      rest[row.start] = here.filter { !row.isConcerned(by: $0) }
    }
    return (rows, rest.keys.sorted().flatMap { rest[$0, default: []] })
  }
}

/// One member in the annotated octets.
package struct AnnotationRow {
  /// Where its octets are; for a bit field, of the group, whose own row shows them.
  package var start: Int
  package var octets: ArraySlice<UInt8> = []
  /// `.001 ....`, for a bit field.
  package var bits: String?
  package var path = ""
  /// Another path that errors of it may have: of a member of an element's header, that without the element's name.
  var headerPath: String?
  package var meaning = ""
  var isUndecoded = false
  /// What is wrong with it.
  package var violations: [Violation] = []

  func lines(pathWidth: Int) -> [String] {
    let text = path.padded(to: pathWidth) + "  " + meaning
    if let bits { return [(("      " + bits).padded(to: 55) + text).trimmed] }
    var lines: [String] = []
    for first in stride(from: 0, to: max(octets.count, 1), by: 16) {
      let part = octets.dropFirst(first).prefix(16).map { hexadecimal(CollectionOfOne($0)) }
      let line = AnnotationRow.offset(start + first) + "  " + part.joined(separator: " ")
      lines.append((line.padded(to: 55) + (first == 0 ? text : "")).trimmed)
    }
    return lines
  }

  /// Whether the violation is about the member, or about one that is in octets that could not be told apart.
  func isConcerned(by violation: Violation) -> Bool {
    guard violation.offset == start else { return false }
    return path.isEmpty ? isUndecoded : violation.member == path || violation.member == headerPath
  }

  static func line(_ violation: Violation) -> String {
    "      ^ \(violation.severity): at \(offset(violation.offset)) \(violation.path): \(violation.reason)"
  }

  static func offset(_ offset: Int) -> String {
    let digits = String(offset, radix: 16)
    return String(repeating: "0", count: max(0, 4 - digits.count)) + digits
  }
}

/// Goes through a tree in the order of the wire; on a stack of its own, so that what is nested deep takes no native stack.
private struct AnnotationWalk {
  private let octets: [UInt8]
  private var rows: [AnnotationRow] = []
  /// The first octet no row is about yet.
  private var end = 0
  private var open: [Step] = []

  private enum Step {
    /// - path: of what the node is in, empty or ending in a dot.
    /// - header: for a member of an element, `path` without the element's name.
    case node(WireTree.Node, path: String, place: String, header: String?)
    case endOfArray(WireTree.Node, path: String)
    case endOfElement(WireTree.Node)
    case keptValue(WireTree.Node, KeptElement, path: String)
  }

  init(_ octets: [UInt8]) { self.octets = octets }

  mutating func rows(of root: WireTree.Node) -> [AnnotationRow] {
    enter(root.children, path: "")
    while let step = open.popLast() {
      switch step {
      case .node(let node, let path, let place, let header): self.node(node, path: path, place: place, header: header)
      case .endOfArray(let node, let path): endOfArray(node, path: path)
      case .endOfElement(let node):
        addUndecoded(to: node.end)
        end = max(end, node.end)
      case .keptValue(let node, let kept, let path): keptValue(node, kept, path: path)
      }
    }
    addUndecoded(to: octets.count)
    return rows
  }

  /// - Parameter list: name of the list or array that the nodes are in.
  private mutating func enter(_ nodes: [WireTree.Node], path: String, in list: String? = nil, header: String? = nil) {
    for node in nodes.reversed() {
      let place = list.map { "\($0)[\(node.index ?? 0)]" } ?? node.name
      open.append(.node(node, path: path, place: place, header: header))
    }
  }

  private mutating func node(_ node: WireTree.Node, path: String, place: String, header: String?) {
    let whole = path + place
    switch node.value {
    case _ where node.role == .derived: break
    case .structure, .choice: enter(node.children, path: whole + ".")
    case .array:
      open.append(.endOfArray(node, path: whole))
      enter(node.children, path: path, in: node.name)
    case .list: enter(node.children, path: path, in: node.name)
    case .element: element(node, path: whole)
    case .unknownElement(let kept): unknown(node, kept, path: whole + ".")
    case .bits(let group):
      addRow(node, path: "", meaning: "")
      rows += node.children.map { $0.bitRow(group, octets: node.count, path: path, header: header) }
    case .integer, .boolean, .date, .flags, .ipv4, .ipv6, .mac, .octets, .text:
      addRow(node, path: whole, header: header.map { $0 + place }, meaning: node.meaningText ?? "")
    }
  }

  private mutating func element(_ node: WireTree.Node, path: String) {
    open.append(.endOfElement(node))
    for child in node.children.reversed() {
      let isPart = child.role == .header || child.role == .padding
      let outer = "\(path)."
      open.append(
        .node(
          child, path: isPart ? outer : "\(outer)\(node.name).", place: child.name, header: isPart ? nil : outer))
    }
  }

  private mutating func unknown(_ node: WireTree.Node, _ kept: KeptElement, path: String) {
    enter(node.children.filter { $0.role == .padding }, path: path)
    open.append(.keptValue(node, kept, path: path))
    enter(node.children.filter { $0.role != .padding }, path: path)
  }

  private mutating func keptValue(_ node: WireTree.Node, _ kept: KeptElement, path: String) {
    guard !kept.value.isEmpty else { return }
    var value = node
    value.start = node.start + kept.valueRange.lowerBound
    value.count = kept.valueRange.count
    addRow(value, path: path + "unknown", meaning: node.role == .ignored ? "ignored" : "kept")
  }

  /// A row for what is behind the last value of an array: the number that ends it.
  private mutating func endOfArray(_ node: WireTree.Node, path: String) {
    let last = node.children.last?.end ?? node.start
    guard last < node.end, end == last else { return }
    rows.append(AnnotationRow(start: last, octets: octets[last..<node.end], path: path, meaning: "end"))
    end = node.end
  }

  private mutating func addRow(_ node: WireTree.Node, path: String, header: String? = nil, meaning: String) {
    addUndecoded(to: node.start)
    rows.append(
      AnnotationRow(
        start: node.start, octets: octets[node.start..<node.end], path: path, headerPath: header, meaning: meaning))
    end = node.end
  }

  /// A row for octets that could not be told apart, if there are any.
  private mutating func addUndecoded(to next: Int) {
    guard end < next else { return }
    rows.append(AnnotationRow(start: end, octets: octets[end..<next], meaning: "not decoded", isUndecoded: true))
  }
}

extension WireTree.Node {
  fileprivate func bitRow(_ group: UInt64, octets: Int, path: String, header: String?) -> AnnotationRow {
    let range = bits ?? WireTree.BitRange(shift: 0, width: 0)
    let last = range.shift + range.width - 1
    var pattern = last == range.shift ? "bit \(last)" : "bits \(last) to \(range.shift)"
    if octets <= 4 {
      let digits = (0..<octets * 8).reversed().map { bit in
        range.shift <= bit && bit <= last ? (group >> UInt64(bit) & 1 == 1 ? "1" : "0") : "."
      }
      let groups = stride(from: 0, to: digits.count, by: 4).map { digits[$0..<$0 + 4].joined() }
      pattern = groups.joined(separator: " ")
    }
    return AnnotationRow(
      start: start, bits: pattern, path: path + name, headerPath: header.map { $0 + name }, meaning: meaningText ?? "")
  }
}

extension String {
  /// The text without the spaces at its end.
  fileprivate var trimmed: String {
    guard let last = lastIndex(where: { $0 != " " }) else { return "" }
    return String(self[...last])
  }
}

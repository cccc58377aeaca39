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
    var rows: [AnnotationRow] = []
    var end = 0
    root.children.annotate(octets, path: "", in: nil, into: &rows, end: &end)
    AnnotationRow.undecoded(octets, from: end, to: octets.count, into: &rows)
    let width = rows.map(\.path.count).max() ?? 0
    // By offset, so that a row looks at few of them however many there are.
    var rest = Dictionary(grouping: violations, by: \.offset)
    var lines = ["\(root.label), \(octets.count) octets"]
    for row in rows {
      lines += row.lines(pathWidth: width)
      guard let here = rest[row.start] else { continue }
      lines += here.filter(row.isConcerned).map(AnnotationRow.line)
      rest[row.start] = here.filter { !row.isConcerned(by: $0) }
    }
    lines += rest.keys.sorted().flatMap { rest[$0, default: []] }.map(AnnotationRow.line)
    return lines.joined(separator: "\n") + "\n"
  }
}

/// One member in the annotated octets.
private struct AnnotationRow {
  /// Where its octets are; for a bit field, of the group, whose own row shows them.
  var start: Int
  var octets: ArraySlice<UInt8> = []
  /// `.001 ....`, for a bit field.
  var bits: String?
  var path = ""
  /// Another path that errors of it may have: of a member of an element's header, that without the element's name.
  var headerPath: String?
  var meaning = ""
  var isUndecoded = false

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

  /// A row for octets that could not be told apart, if there are any.
  static func undecoded(_ octets: [UInt8], from start: Int, to end: Int, into rows: inout [AnnotationRow]) {
    guard start < end else { return }
    rows.append(
      AnnotationRow(start: start, octets: octets[start..<end], meaning: "not decoded", isUndecoded: true))
  }
}

extension [WireTree.Node] {
  /// Rows for the nodes and all below them.
  ///
  /// - Parameters:
  ///   - path: of what they are in, empty or ending in a dot.
  ///   - list: name of the list or array they are the elements of.
  ///   - end: the first octet no row is about yet.
  fileprivate func annotate(
    _ octets: [UInt8], path: String, in list: String?, into rows: inout [AnnotationRow], end: inout Int
  ) {
    for node in self {
      let place = list.map { "\($0)[\(node.index ?? 0)]" } ?? node.name
      node.annotate(octets, path: path, place: place, into: &rows, end: &end)
    }
  }
}

extension WireTree.Node {
  fileprivate func annotate(
    _ octets: [UInt8], path: String, place: String, into rows: inout [AnnotationRow], end rowEnd: inout Int
  ) {
    let whole = path + place
    switch value {
    case _ where role == .derived: break
    case .structure, .choice:
      children.annotate(octets, path: whole + ".", in: nil, into: &rows, end: &rowEnd)
    case .array:
      children.annotate(octets, path: path, in: name, into: &rows, end: &rowEnd)
      addTerminator(octets, path: whole, into: &rows, end: &rowEnd)
    case .list:
      children.annotate(octets, path: path, in: name, into: &rows, end: &rowEnd)
    case .element: annotate(element: whole, octets, into: &rows, end: &rowEnd)
    case .unknownElement(let kept):
      annotate(unknown: kept, octets, path: whole + ".", into: &rows, end: &rowEnd)
    case .bits(let group):
      addRow(octets, path: "", meaning: "", into: &rows, end: &rowEnd)
      rows += children.map { $0.bitRow(group, octets: count, path: path) }
    case .integer, .boolean, .date, .flags, .ipv4, .ipv6, .mac, .octets, .text:
      addRow(octets, path: whole, meaning: meaningText ?? "", into: &rows, end: &rowEnd)
    }
  }

  private func addRow(
    _ octets: [UInt8], path: String, meaning: String, into rows: inout [AnnotationRow], end rowEnd: inout Int
  ) {
    AnnotationRow.undecoded(octets, from: rowEnd, to: start, into: &rows)
    rows.append(AnnotationRow(start: start, octets: octets[start..<end], path: path, meaning: meaning))
    rowEnd = end
  }

  /// A row for what is behind the last value of an array: the number that ends it.
  private func addTerminator(
    _ octets: [UInt8], path: String, into rows: inout [AnnotationRow], end rowEnd: inout Int
  ) {
    let last = children.last?.end ?? start
    guard last < end, rowEnd == last else { return }
    rows.append(AnnotationRow(start: last, octets: octets[last..<end], path: path, meaning: "end"))
    rowEnd = end
  }

  private func annotate(
    element path: String, _ octets: [UInt8], into rows: inout [AnnotationRow], end rowEnd: inout Int
  ) {
    let inner = "\(path).\(name)."
    for child in children {
      let isPart = child.role == .header || child.role == .padding
      let first = rows.count
      child.annotate(octets, path: isPart ? "\(path)." : inner, place: child.name, into: &rows, end: &rowEnd)
      for index in first..<rows.count where rows[index].path.hasPrefix(inner) {
        rows[index].headerPath = "\(path).\(rows[index].path.dropFirst(inner.count))"
      }
    }
    AnnotationRow.undecoded(octets, from: rowEnd, to: end, into: &rows)
    rowEnd = Swift.max(rowEnd, end)
  }

  private func annotate(
    unknown kept: KeptElement, _ octets: [UInt8], path: String, into rows: inout [AnnotationRow],
    end rowEnd: inout Int
  ) {
    for part in children where part.role != .padding {
      part.annotate(octets, path: path, place: part.name, into: &rows, end: &rowEnd)
    }
    if !kept.value.isEmpty {
      var value = self
      value.start = start + kept.valueRange.lowerBound
      value.count = kept.valueRange.count
      let meaning = role == .ignored ? "ignored" : "kept"
      value.addRow(octets, path: path + "unknown", meaning: meaning, into: &rows, end: &rowEnd)
    }
    for part in children where part.role == .padding {
      part.annotate(octets, path: path, place: part.name, into: &rows, end: &rowEnd)
    }
  }

  private func bitRow(_ group: UInt64, octets: Int, path: String) -> AnnotationRow {
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
    return AnnotationRow(start: start, bits: pattern, path: path + name, meaning: meaningText ?? "")
  }
}

extension String {
  /// The text without the spaces at its end.
  fileprivate var trimmed: String {
    guard let last = lastIndex(where: { $0 != " " }) else { return "" }
    return String(self[...last])
  }
}

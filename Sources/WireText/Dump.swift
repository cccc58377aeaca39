import Wire

extension WireTree {
  /// The tree for a person to read: the document's own names, units, nested by indentation; reserved octets,
  /// element headers, padding and what is computed left out.
  public func dump() -> String {
    var lines = [root.label]
    // What is nested deep takes no native stack.
    var open = [DumpLevel(root.children, indentation: 2)]
    while !open.isEmpty {
      guard let node = open[open.count - 1].rest.popFirst() else {
        open.removeLast()
        continue
      }
      lines.append(open[open.count - 1].line(of: node))
      if node.summary == nil { open.append(DumpLevel(node.parts, indentation: 2 * open.count + 2)) }
    }
    return lines.joined(separator: "\n") + "\n"
  }
}

/// Nodes beside each other of which not all have been printed.
private struct DumpLevel {
  var rest: ArraySlice<WireTree.Node>
  /// Of the longest label with a summary behind it.
  private let width: Int
  private let margin: String

  init(_ nodes: [WireTree.Node], indentation: Int) {
    let visible = nodes.visible
    rest = visible[...]
    width = visible.filter { $0.summary != nil }.map { $0.dumpLabel.count }.max() ?? 0
    margin = String(repeating: " ", count: indentation)
  }

  func line(of node: WireTree.Node) -> String {
    guard let summary = node.summary else { return "\(margin)\(node.dumpLabel)\(node.index == nil ? ":" : "")" }
    return margin + "\(node.dumpLabel):".padded(to: width + 1) + " " + summary
  }
}

extension [WireTree.Node] {
  /// The nodes a reader of the dump sees; groups of bits are replaced by their fields.
  fileprivate var visible: [WireTree.Node] {
    flatMap { node in
      switch node.role {
      case .member, .constant, .trailing, .ignored, .derived:
        if case .bits = node.value { return node.children.visible }
        return [node]
      case .computed, .reserved, .header, .padding: return []
      }
    }
  }
}

extension WireTree.Node {
  /// What stands below its line: of a choice, what is in the case that it is.
  fileprivate var parts: [WireTree.Node] {
    if case .choice = value { return children.first?.children ?? [] }
    return children
  }

  fileprivate var dumpLabel: String {
    switch value {
    case .element(let tag): "\(label) (\(tag))"
    case .choice: "\(label) (\(children.first?.name ?? ""))"
    case .unknownElement(let kept): "\(role == .ignored ? "ignored" : "unknown") (\(kept.tag))"
    default: label.isEmpty ? index.map { "[\($0)]" } ?? name : label
    }
  }

  /// What stands behind the label in one line; nil when it takes lines of its own.
  fileprivate var summary: String? {
    switch value {
    case .structure, .bits, .element: return nil
    case .choice: return children.allSatisfy(\.children.isEmpty) ? "no members" : nil
    case .list: return children.isEmpty ? "none" : nil
    case .array:
      if children.isEmpty { return "none" }
      let items = children.compactMap(\.meaningText)
      return items.count == children.count ? items.joined(separator: ", ") : nil
    case .integer, .boolean, .date, .flags, .ipv4, .ipv6, .mac, .octets, .text, .unknownElement: return meaningText
    }
  }

  /// The value with its name and unit, "MAP (1)", "7200 s"; nil for composite values.
  package var meaningText: String? {
    let unit = unit.map { " \($0)" } ?? ""
    switch value {
    case .integer(let number, _, .code(_, let label)): return "\(label) (\(number))"
    case .integer(let number, _, .range(let use)): return "\(number)\(unit) (\(use))"
    case .integer(let number, _, nil): return "\(number)\(unit)"
    case .boolean, .ipv4, .ipv6, .mac, .date: return scalarText
    case .flags(_, let flags):
      return flags.isEmpty ? "none" : flags.map { $0.label ?? "bit \($0.bit)" }.joined(separator: ", ")
    case .octets(let octets): return hexadecimalText(octets)
    case .text(let octets):
      guard let text = String(validating: octets, as: UTF8.self) else {
        return "not UTF-8: \(hexadecimalText(octets))"
      }
      return printable(text)
    case .unknownElement(let kept): return "\(kept.value.count) octets \(hexadecimalText(kept.value))"
    case .structure, .bits, .array, .list, .choice, .element: return nil
    }
  }
}

private func hexadecimalText(_ octets: some Collection<UInt8>) -> String {
  octets.isEmpty ? "(empty)" : hexadecimal(octets)
}

/// Text in quotes, with what would not show, or would change how the rest shows, escaped.
private func printable(_ text: String) -> String {
  var result = "\""
  for scalar in text.unicodeScalars {
    switch scalar.properties.generalCategory {
    case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .privateUse, .unassigned:
      result += "\\u{\(String(scalar.value, radix: 16))}"
    default:
      if scalar == "\"" || scalar == "\\" { result += "\\" }
      result.unicodeScalars.append(scalar)
    }
  }
  return result + "\""
}

extension String {
  /// The text with spaces behind it, at least `width` characters in all.
  func padded(to width: Int) -> String { self + String(repeating: " ", count: Swift.max(0, width - count)) }
}

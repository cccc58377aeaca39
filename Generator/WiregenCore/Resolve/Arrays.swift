import WireText

// MARK: - Arrays

extension MemberResolver {
  mutating func array(_ node: Node) -> Member? {
    let index = pending.firstIndex { $0.target == node["name"] && $0.node.name == "count" }
    let count = index.map { pending.remove(at: $0) }
    guard refuseSecondEnd(node, count) else { return nil }
    let limits = bounds(node)
    guard let type = node["of"], let element = arrayElement(type, node, isBounded: limits.low > 0 || limits.high != nil),
      let end = arrayEnd(node, count, element)
    else { return nil }
    return make(
      node, .array(ArrayShape(element: element, end: end, minimum: limits.low, maximum: limits.high)))
  }

  private static let ends = ["until", "count", "size", "terminator"]

  /// - Returns: whether something says where the array ends.
  private func refuseSecondEnd(_ node: Node, _ count: Pending?) -> Bool {
    let given = Self.ends.filter { node[$0] != nil }
    if let count, let first = given.first {
      diagnostics.error(
        node.position(of: first),
        "the array is counted by '\(count.name)' (\(resolver.place(of: count.node, from: node))); leave '\(first)' out")
    } else if given.count > 1 {
      diagnostics.error(
        node.position(of: given[1]),
        "'\(given[1])' beside '\(given[0])': only one of until=, count=, size= and terminator= says where the array ends")
    } else if count == nil, given.isEmpty {
      // Perhaps a <count> that could not be resolved says it.
      if !ownLosses.counted.contains(node["name"] ?? "") {
        diagnostics.error(
          node.position,
          "<array> needs a <count of=\"\(node["name"] ?? "")\"/> before it, or until=\"end\", count=, size= or terminator=")
      }
      return false
    }
    return true
  }

  private func arrayEnd(_ node: Node, _ count: Pending?, _ element: Member) -> ArrayShape.End? {
    if let count { return .counted(by: count.name) }
    if node["count"] != nil { return expression(node, "count", .count).map { .count($0) } }
    if node["size"] != nil { return expression(node, "size", .size).map { .size($0) } }
    guard node["terminator"] != nil else { return .container }
    guard case .integer(let shape) = element.kind else {
      return resolver.number(node, "terminator", in: 0...255).map { .terminated($0, octets: 1, isLittleEndian: false) }
    }
    let most = UInt64(shape.widthBounds.upperBound)
    return resolver.number(node, "terminator", in: 0...most).map {
      .terminated($0, octets: shape.bits / 8, isLittleEndian: shape.isLittleEndian)
    }
  }

  private func arrayElement(_ type: String, _ node: Node, isBounded: Bool) -> Member? {
    let kind: MemberKind
    switch type {
    case "ipv4": kind = .ipv4
    case "ipv6": kind = .ipv6
    case "mac": kind = .mac
    default:
      if let shape = integer(type, node) {
        kind = .integer(shape)
      } else if let structure = arrayStructure(type, node) {
        kind = structure
      } else {
        return nil
      }
    }
    if case .integer(let shape) = kind {
      let isClosed = shape.codes.map { !resolver.definition.codes[$0].isOpen } ?? false
      if !isBounded, !isClosed { refuseJudgement(node, on: "an array of such values without min= and max=") }
    } else {
      refuse(node, ["byteOrder"], on: "an array of '\(type)'")
      if !isBounded { refuseJudgement(node, on: "an array of '\(type)' without min= and max=") }
    }
    return Member(
      name: "", label: "", kind: kind, code: code(node), isWarning: node["severity"] == "warning",
      inheritsCode: inheritsCode(node))
  }

  private func arrayStructure(_ type: String, _ node: Node) -> MemberKind? {
    guard let declared = resolver.types[type] else {
      if !resolver.losses.types.contains(type) {
        let known = resolver.types.filter { ["codes", "struct"].contains($0.value.node.name) }.keys.sorted()
        diagnostics.error(
          node.position(of: "of"), "there is no type '\(type)'\(suggestion(for: type, among: known))")
      }
      return nil
    }
    guard case .body(let index) = declared.kind, declared.node.name == "struct" else {
      if declared.node.name != "codes" {
        diagnostics.error(
          node.position(of: "of"),
          "'\(type)' is a <\(declared.node.name)>; an array holds numbers, addresses, <codes> or a <struct>")
      }
      return nil
    }
    if let owner = context.body {
      resolver.containments.append(Containment(owner: owner, parts: [index], family: nil, node: node))
    }
    return .structure(index)
  }
}

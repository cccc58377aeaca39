import WireText

// MARK: - Octets, text and dates

/// What a field of some octets is.
enum SizedType: String {
  case octets = "octets"
  case text = "text"
  case date = "a date"
}

extension MemberResolver {
  /// Octets of a date as it is sent.
  private static let dateSize = 29

  mutating func sized(_ node: Node, _ type: SizedType) -> Member? {
    refuse(node, ["const", "default", "unit", "origin"], on: type == .date ? "a date" : "octets and text")
    if type != .text { refuse(node, ["encoding", "invalid", "nul"], on: type.rawValue) }
    if type == .date { refuse(node, ["pad"], on: "a date") }
    if node["prefix"].map({ $0 != "u8" }) != true {
      refuse(node, ["byteOrder"], on: node["prefix"] == nil ? "octets and text" : "a prefix of one octet")
    }
    guard let extent = extent(node) else { return nil }
    let limits = bounds(node)
    checkBounds(limits.low, extent, node, type)
    let isChecked = type == .date || type == .text && (node["invalid"] != "keep" || node["nul"] == "error")
    if case .fixed = extent {
      refuse(node, ["min", "max"], on: "a field whose size is a number")
      if !isChecked { refuseJudgement(node, on: "octets of fixed number") }
    } else if limits.low == 0, limits.high == nil, !isChecked {
      refuseJudgement(node, on: "octets without min= and max=")
    }
    if type == .octets { return make(node, .octets(OctetsShape(extent, minimum: limits.low, maximum: limits.high))) }
    let content: TextShape.Content = type == .date ? .date : node["encoding"] == "ascii" ? .ascii : .utf8
    return make(
      node,
      .text(
        TextShape(
          extent, minimum: limits.low, maximum: limits.high, content: content, keepsInvalid: node["invalid"] == "keep",
          refusesNUL: node["nul"] == "error")))
  }

  /// What no value of the extent can keep.
  private func checkBounds(_ low: Int, _ extent: Extent, _ node: Node, _ type: SizedType) {
    switch extent {
    case .fixed(let size) where type == .date && size != Self.dateSize:
      diagnostics.error(
        node.position(of: "size"), "size=\"\(size)\": a date is sent in \(Self.dateSize) octets, Sun, 06 Nov 1994 08:49:37 GMT")
    case .padded(let size, _) where low > size:
      diagnostics.error(node.position(of: "min"), "min=\"\(low)\" is above the size, \(size)")
    case .prefixed(let bits, _) where low > CodeSpaceLimit.largest(bits: bits):
      diagnostics.error(
        node.position(of: "min"),
        "min=\"\(low)\" is more than a prefix of \(bits) bits can say, \(CodeSpaceLimit.largest(bits: bits))")
    case .fixed, .rest, .expression, .prefixed, .terminated, .padded: break
    }
  }

  /// Bounds of a count of octets or values.
  func bounds(_ node: Node) -> (low: Int, high: Int?) {
    let low = resolver.number(node, "min", in: 0...UInt64(UInt32.max)) ?? 0
    let high = resolver.number(node, "max", in: 0...UInt64(UInt32.max))
    for name in ["min", "max"] where node[name]?.first == "-" {
      diagnostics.error(node.position(of: name), "\(name)=\"\(node[name] ?? "")\": a count is not negative")
    }
    if let high, high < low {
      diagnostics.error(node.position(of: "max"), "max=\"\(high)\" is below min=\"\(low)\"")
    }
    return (Int(low), high.map { Int($0) })
  }

  private mutating func sizedTarget(_ node: Node) -> Pending? {
    guard let index = pending.firstIndex(where: { $0.target == node["name"] && $0.node.name == "length" }) else {
      return nil
    }
    return pending.remove(at: index)
  }

  /// From size=, prefix= or terminator=, or from a `<length>` before that names this field.
  private mutating func extent(_ node: Node) -> Extent? {
    let given = ["size", "prefix", "terminator"].filter { node[$0] != nil }
    if let length = sizedTarget(node) {
      if let first = given.first {
        diagnostics.error(
          node.position(of: first),
          "the size is what '\(length.name)' (\(resolver.place(of: length.node, from: node))) says; leave \(first)= out")
      }
      refusePad(node)
      return extent(length)
    }
    guard let first = given.first else {
      // Perhaps a <length> that could not be resolved says it.
      if !ownLosses.counted.contains(node["name"] ?? "") {
        diagnostics.error(
          node.position,
          "octets and text need size=: a number, \"rest\" or an expression; or prefix=, terminator=, or a <length> of them before"
        )
      }
      return nil
    }
    guard given.count == 1 else {
      diagnostics.error(
        node.position(of: given[1]), "'\(given[1])' beside '\(first)': only one of size=, prefix= and terminator= says the size")
      return nil
    }
    if first != "size" { refusePad(node) }
    if let bits = node["prefix"].flatMap({ unsignedWidth($0) }) {
      return .prefixed(bits: bits, isLittleEndian: isLittleEndian(node) && bits > 8)
    }
    if let octet = node["terminator"].flatMap({ parseNumber($0) }) { return .terminated(UInt8(truncatingIfNeeded: octet)) }
    return size(node)
  }

  /// The octets that a `<length>` before speaks of.
  private func extent(_ length: Pending) -> Extent? {
    guard case .size(_, let unit, let plus) = length.computation else { return nil }
    var result = WireExpression.path([length.name])
    if unit != 1 { result = .binary(.multiply, result, .number(Int128(unit))) }
    if plus != 0 { result = .binary(plus > 0 ? .subtract : .add, result, .number(Int128(abs(plus)))) }
    return .expression(result)
  }

  private func size(_ node: Node) -> Extent? {
    let text = node["size"] ?? ""
    guard let number = parseNumber(text) else {
      refusePad(node)
      return text == "rest" ? .rest : expression(node, "size", .size).map { .expression($0) }
    }
    guard (1...UInt64(Resolver.maximumFixedSize)).contains(number) else {
      diagnostics.error(
        node.position(of: "size"), "size=\"\(text)\": must be from 1 to \(Resolver.maximumFixedSize)")
      return nil
    }
    guard let pad = node["pad"].flatMap({ parseNumber($0) }) else { return .fixed(Int(number)) }
    return .padded(Int(number), pad: UInt8(truncatingIfNeeded: pad))
  }

  private func refusePad(_ node: Node) {
    if node["pad"] != nil {
      diagnostics.error(node.position(of: "pad"), "'pad' fills up to a size= that is a number; without one leave it out")
    }
  }
}

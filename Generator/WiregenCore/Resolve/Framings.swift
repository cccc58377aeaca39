import WireText

extension Resolver {
  /// How messages are cut out of byte streams.
  func defineFramings(_ nodes: [Node]) {
    var seen: [Int?: Node] = [:]
    for node in nodes where node.name == "framing" && node.isSound {
      var direction: Int?
      if let name = node["direction"] {
        direction = self.direction(name, node)
        if direction == nil { continue }
      }
      if let other = seen[direction] {
        let which = node["direction"].map { "direction '\($0)'" } ?? "every direction"
        diagnostics.error(
          node.position, "a second <framing> for \(which); the first is in \(place(of: other, from: node))")
      }
      seen[direction] = node
      guard let framing = framing(node, direction) else { continue }
      document("framing.\(definition.framings.count)", node)
      definition.framings.append(framing)
    }
    if let node = seen[nil], !definition.directions.isEmpty, seen.count > definition.directions.count {
      diagnostics.error(node.position, "this <framing> frames nothing; every direction has one of its own")
    }
  }

  private func framing(_ node: Node, _ direction: Int?) -> FramingDefinition? {
    guard let header = framingHeader(node), let size = framingSize(node, header) else { return nil }
    let least = UInt64(sizes.fixed(ofBody: header) ?? 0)
    let bounds = least...UInt64(UInt32.max)
    let minimum = node["min"] == nil ? least : number(node, "min", in: bounds)
    guard let minimum, let maximum = number(node, "max", in: bounds) else { return nil }
    if maximum < minimum {
      diagnostics.error(
        node.position(of: "max"), "max=\"\(maximum)\" is below \(node["min"] == nil ? "the header" : "min"), \(minimum)")
    }
    guard let multiple = framingMultiple(node, minimum, maximum) else { return nil }
    guard let member = size.firstPath?.first else {
      diagnostics.error(
        node.position(of: "size"), "size= reads no member of '\(definition.bodies[header].name)'; something in it says the size")
      return nil
    }
    return FramingDefinition(
      direction: direction, header: header, size: size, sizeMember: member, minimum: Int(minimum), maximum: Int(maximum),
      multiple: Int(multiple), code: errorCode(node, "error", inherited: defaultCode))
  }

  /// What the size of every message is a multiple of; there must be such a size.
  private func framingMultiple(_ node: Node, _ minimum: UInt64, _ maximum: UInt64) -> UInt64? {
    guard node["sizeMultiple"] != nil else { return 1 }
    guard let multiple = number(node, "sizeMultiple", in: 1...UInt64(UInt32.max)) else { return nil }
    if minimum <= maximum, maximum / multiple * multiple < minimum {
      diagnostics.error(
        node.position(of: "sizeMultiple"), "no size from \(minimum) to \(maximum) is a multiple of sizeMultiple, \(multiple)")
    }
    return multiple
  }

  /// The struct that messages start with.
  private func framingHeader(_ node: Node) -> Int? {
    guard let name = node["header"] else { return nil }
    let position = node.position(of: "header")
    guard case .body(let index)? = types[name]?.kind, types[name]?.node.name == "struct" else {
      if losses.types.contains(name) { return nil }
      let known = types.filter { $0.value.node.name == "struct" }.keys.sorted()
      diagnostics.error(
        position,
        types[name].map { "'\(name)' is a <\($0.node.name)>; messages start with a <struct>" }
          ?? "there is no <struct name=\"\(name)\">\(suggestion(for: name, among: known))")
      return nil
    }
    if losses.members[index] != nil { return nil }
    guard let size = sizes.fixed(ofBody: index), size > 0 else {
      diagnostics.error(
        position, "'\(name)' varies in size, or has no octets; the header of a framing has a fixed number of octets")
      return nil
    }
    return index
  }

  private func framingSize(_ node: Node, _ header: Int) -> WireExpression? {
    guard let text = node["size"] else { return nil }
    let scope = ExpressionScope(own: definition.bodies[header].members, world: self)
    do throws(ExpressionFault) {
      return try ExpressionChecker.check(text, scope, .framing)
    } catch {
      if !error.isEcho { diagnostics.error(node.position(of: "size", at: error.offset), error.message) }
      return nil
    }
  }
}

extension WireExpression {
  /// The path that is read first.
  var firstPath: [String]? {
    switch self {
    case .path(let path), .flag(let path, _), .size(let path), .count(let path), .present(let path): path
    case .not(let inner), .inPrefix(let inner, _, _), .inRanges(let inner, _): inner.firstPath
    case .binary(_, let left, let right): left.firstPath ?? right.firstPath
    case .over(_, let walk), .among(let walk, _): walk.path
    case .number, .boolean, .address, .remaining, .text, .item: nil
    }
  }
}

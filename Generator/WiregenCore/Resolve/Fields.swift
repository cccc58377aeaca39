import WireText

// MARK: - Fields

extension MemberResolver {
  private static let extentAttributes = ["size", "prefix", "terminator", "pad"]
  private static let textAttributes = ["encoding", "invalid", "nul"]
  private static let valueAttributes = ["min", "max", "const", "default", "unit", "byteOrder", "origin"]

  mutating func field(_ node: Node) -> Member? {
    guard let type = node["type"] else { return nil }
    switch type {
    case "ipv4": return address(node, .ipv4)
    case "ipv6": return address(node, .ipv6)
    case "mac": return address(node, .mac)
    case "octets": return sized(node, .octets)
    case "text": return sized(node, .text)
    case "date-rfc1123": return sized(node, .date)
    case "epoch", "duration": return time(node, isEpoch: type == "epoch")
    default: break
    }
    if let shape = integer(type, node) {
      refuse(node, Self.extentAttributes + Self.textAttributes + ["origin"], on: "a number")
      if node["when"] != nil, node["default"] != nil {
        diagnostics.error(node.position(of: "default"), "a member with when= is absent by default; leave 'default' out")
      }
      return make(node, .integer(shape))
    }
    return structure(node, type)
  }

  private func address(_ node: Node, _ kind: MemberKind) -> Member {
    refuse(node, Self.valueAttributes + Self.extentAttributes + Self.textAttributes, on: "an address")
    refuseJudgement(node, on: "an address")
    return make(node, kind)
  }

  private func structure(_ node: Node, _ type: String) -> Member? {
    guard let declared = resolver.types[type] else {
      refuseType(type, node)
      return nil
    }
    guard case .body(let index) = declared.kind, declared.node.name == "struct" else {
      if case .codes = declared.kind { return nil }  // said by integer()
      diagnostics.error(
        node.position(of: "type"),
        "'\(type)' is a <\(declared.node.name)>; a field's type is a number, an address, octets, text, a time, <codes>, <flags> or "
          + "<struct>")
      return nil
    }
    refuse(node, Self.valueAttributes + Self.extentAttributes + Self.textAttributes, on: "a struct")
    refuseJudgement(node, on: "a struct as such; its members have their own codes")
    guard resolver.isDefined(index, neededBy: node, "type") else { return nil }
    resolver.refuseLostChecksum(index, node, "type")
    return make(node, .structure(index))
  }

  private func refuseType(_ type: String, _ node: Node) {
    if resolver.losses.types.contains(type) { return }
    let known = resolver.types.filter { ["codes", "flags", "struct"].contains($0.value.node.name) }.keys.sorted()
    let builtIn = ValueGrammar.fieldTypes
    diagnostics.error(
      node.position(of: "type"), "there is no type '\(type)'\(suggestion(for: type, among: known + builtIn))")
  }
}

import WireText

// MARK: - Lengths and counts

extension MemberResolver {
  mutating func length(_ node: Node) {
    guard let target = node["of"], let type = node["type"] else { return }
    let unit = Int(resolver.number(node, "unit", in: 1...64) ?? 1)
    var plus = resolver.lengthPlus(node)
    // The octets of the length itself are a number known now, like those that plus= adds.
    if node["counts"] == "element" { plus += (unsignedWidth(type) ?? 0) / 8 }
    switch target {
    case "rest": add(computedNumber(node, .rest(unit: unit, plus: plus)), node)
    case "message":
      refuse(node, ["counts"], on: "the length of a message, which counts all of it")
      guard isPlaceOfMessage(node, "of=\"message\"") else { return lose(node) }
      add(computedNumber(node, .message(unit: unit, plus: plus)), node)
    default:
      if node["error"] != nil {
        diagnostics.error(
          node.position(of: "error"),
          "'error' is for of=\"rest\" and of=\"message\"; a value that does not fit earns the code of the body")
      }
      computed(node, .size(of: target, unit: unit, plus: plus), target: target)
    }
  }

  /// Whether what asks for the whole message stands at a fixed place of one, or of a struct that one can take in.
  private func isPlaceOfMessage(_ node: Node, _ what: String) -> Bool {
    let position = use?.position(of: "struct") ?? node.position(of: "of")
    guard ["message", "struct"].contains(context.kind) else {
      diagnostics.error(
        position, "\(what) stands among the members of a message, or of a struct that it takes in with <use>")
      return false
    }
    if let varying = members.first(where: { resolver.sizes.fixed($0) == nil }), ownLosses.isEmpty {
      let name = varying.name.isEmpty ? "reserved" : varying.name
      diagnostics.error(position, "\(what) stands at a fixed place; '\(name)' before it varies in size")
      return false
    }
    return true
  }

  mutating func count(_ node: Node) {
    guard let target = node["of"] else { return }
    computed(node, .count(of: target), target: target)
  }

  /// A number that encoding works out.
  private func computedNumber(_ node: Node, _ computation: IntegerShape.Computed) -> Member? {
    guard let type = node["type"], var shape = integer(type, node) else { return nil }
    shape.computed = computation
    return make(node, .integer(shape))
  }

  private mutating func computed(_ node: Node, _ computation: IntegerShape.Computed, target: String) {
    guard let name = node["name"], let member = computedNumber(node, computation) else { return lose(node) }
    add(member, node)
    if let other = pending.first(where: { $0.target == target }) {
      diagnostics.error(
        node.position(of: "of"),
        "'\(target)' is counted by '\(other.name)' (\(resolver.place(of: other.node, from: node))) already")
      return
    }
    pending.append(Pending(target: target, node: node, name: name, computation: computation, use: use))
  }
}

import Wire
import WireText

// MARK: - Checksums

extension MemberResolver {
  mutating func checksum(_ node: Node) {
    guard let algorithm = node["algorithm"].flatMap({ ChecksumAlgorithm(rawValue: $0) }),
      let over = IntegerShape.ChecksumScope(rawValue: node["over"] ?? "message"), let type = node["type"]
    else { return lose(node) }
    guard type == "u\(algorithm.bits)" else {
      diagnostics.error(
        node.position(of: "type"), "type=\"\(type)\": the result of \(algorithm.rawValue) is u\(algorithm.bits)")
      return lose(node)
    }
    guard isPlaceOfChecksum(node, over) else { return lose(node) }
    let xor = resolver.number(node, "xor", in: 0...CodeSpaceLimit.largest(bits: algorithm.bits)) ?? 0
    var shape = IntegerShape(bits: algorithm.bits, isLittleEndian: isLittleEndian(node) && algorithm.bits > 8)
    shape.computed = .checksum(algorithm, over: over, xor: xor)
    if over == .message { refuseSecondChecksum(node) }
    add(make(node, .integer(shape)), node)
  }

  private func isPlaceOfChecksum(_ node: Node, _ over: IntegerShape.ChecksumScope) -> Bool {
    let places: [String]
    let names: String
    switch over {
    case .body: return true
    case .message: (places, names) = (["message", "struct"], "a message")
    case .before: (places, names) = (["message", "struct", "tlv"], "a message or an element")
    }
    if places.contains(context.kind) { return true }
    diagnostics.error(
      use?.position(of: "struct") ?? node.position(of: "over"),
      "a checksum over=\"\(over.rawValue)\" stands among the members of \(names), or of a struct that it takes in with <use>")
    return false
  }

  private func refuseSecondChecksum(_ node: Node) {
    for member in members where member.isChecksum(over: [.message]) {
      let place = names[member.name].map { " (\(resolver.place(of: $0, from: use ?? node)))" } ?? ""
      diagnostics.error(
        use?.position(of: "struct") ?? node.position,
        "'\(member.name)'\(place) is a checksum over the message already; one is enough")
    }
  }
}

extension ChecksumAlgorithm {
  /// Width of the result.
  var bits: Int {
    switch self {
    case .sum8, .xor8: 8
    case .internet, .crc16: 16
    case .crc32, .crc32c: 32
    }
  }
}

extension Member {
  func isChecksum(over scopes: [IntegerShape.ChecksumScope]) -> Bool {
    guard case .integer(let shape) = kind, case .checksum(_, let over, _)? = shape.computed else { return false }
    return scopes.contains(over)
  }
}

extension Resolver {
  /// A struct that is a value of its own does not see the message that its checksum is over.
  func refuseLostChecksum(_ index: Int, _ node: Node, _ attribute: String) {
    guard let member = definition.bodies[index].members.first(where: { $0.isChecksum(over: [.message, .before]) }) else {
      return
    }
    diagnostics.error(
      node.position(of: attribute),
      "'\(definition.bodies[index].name)' has a checksum over more than itself, '\(member.name)'; take it in with <use>")
  }

  /// Two checksums over all of a body or a message, or one such and one in it over what is before: each would count the other.
  func checkChecksums() {
    for index in definition.bodies.indices {
      let members = definition.bodies[index].members
      let whole = members.filter { $0.isChecksum(over: [.message, .body]) }
      // Two over the message have been refused where they stand.
      if whole.count > 1, whole.contains(where: { $0.isChecksum(over: [.body]) }),
        let node = types[definition.bodies[index].name]?.node
      {
        diagnostics.error(
          node.position, "'\(whole[0].name)' and '\(whole[1].name)' are both over the whole body; each would count the other")
        continue
      }
      guard let sum = members.firstIndex(where: { $0.isChecksum(over: [.message, .body]) }),
        let node = types[definition.bodies[index].name]?.node
      else { continue }
      let later = members[sum...].first { $0.isChecksum(over: [.before]) }.map { (body: index, name: $0.name) }
      guard let other = later ?? checksumBefore(in: index) else { continue }
      let scope = members[sum].isChecksum(over: [.message]) ? "message" : "body"
      let part = other.body == index ? "'\(other.name)' after it" : "'\(definition.bodies[other.body].name).\(other.name)'"
      diagnostics.error(
        node.position,
        "'\(members[sum].name)' is over the whole \(scope), and \(part) over what is before it; each would count the other")
    }
  }

  /// What another module adds is decoded on its own, so that a checksum over what stands before it would never be compared.
  func refuseChecksumsOfAdditions() {
    for added in addedElements where addition != nil {
      let element = definition.families[added.family].elements[added.element]
      let body = definition.bodies[element.body]
      let own = body.members.first { $0.isChecksum(over: [.before]) }
      guard let name = own?.name ?? checksumBefore(in: element.body)?.name, let node = types[body.name]?.node else { continue }
      diagnostics.error(
        node.position,
        "'\(element.name)' has a checksum over what is before it, '\(name)'; an element that another module adds cannot see that")
    }
  }

  /// A checksum in the elements, structs and cases of a body, at any depth, over what is before them.
  private func checksumBefore(in index: Int) -> (body: Int, name: String)? {
    var seen: Set = [index]
    var open = parts(of: index)
    while let body = open.popLast() {
      guard seen.insert(body).inserted else { continue }
      if let other = definition.bodies[body].members.first(where: { $0.isChecksum(over: [.before]) }) {
        return (body, other.name)
      }
      open += parts(of: body)
    }
    return nil
  }
}

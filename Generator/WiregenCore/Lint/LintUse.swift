extension LintRun {
  /// Looks for definitions that no message leads to. A schema without messages is for others to include: all of it is taken to
  /// be used.
  mutating func checkUse() {
    let declarations = loaded.declarations
    let isProtocol = loaded.root.name == "protocol"
    if isProtocol, !declarations.contains(where: { $0.name == "message" }) { return }
    var use = UseWalk(declarations + loaded.base.flatMap(\.declarations))
    for node in declarations where ["message", "framing", "extend"].contains(node.name) { use.enter(node) }
    use.mark(type: loaded.root["errors"])
    for node in declarations { report(node, use) }
    for node in declarations where node.name == "direction" {
      if !declarations.contains(where: { $0.name == "message" && $0["direction"] == node["name"] }) {
        find(.unused, node, at: "name", "direction '\(node["name"] ?? "")' has no message")
      }
    }
    for node in loaded.root.children("include") where !brings(node, use) {
      find(.unused, node, "nothing of '\(node["file"] ?? "")' is used; leave the <include> out")
    }
  }

  private mutating func report(_ node: Node, _ use: UseWalk) {
    guard let name = node["name"] else { return }
    switch node.name {
    case "struct", "flags", "codes":
      if !use.types.contains(name) { find(.unused, node, at: "name", "no message has a member of \(node.name) '\(name)'") }
    case "tlvs":
      guard use.types.contains(name) else {
        find(.unused, node, at: "name", "no list has elements of '\(name)'")
        return
      }
      for tlv in node.children("tlv") where !use.elements.contains(.init(family: name, name: tlv["name"] ?? "")) {
        find(.unused, tlv, at: "name", "no list allows '\(tlv["name"] ?? "")'")
      }
    default: break
    }
    for className in (node["classes"] ?? "").split(separator: " ") {
      if !node.children("code").contains(where: { $0["class"] == String(className) }) {
        find(.unused, node, at: "classes", "no code is of class '\(className)'")
      }
    }
  }

  /// Whether something that an `<include>` brings is used.
  private func brings(_ include: Node, _ use: UseWalk) -> Bool {
    let files = files(of: include)
    return loaded.declarations.filter { files.contains($0.position.file) }.contains { node in
      switch node.name {
      case "struct", "codes", "flags", "tlvs": use.types.contains(node["name"] ?? "")
      case "direction": loaded.root.children("message").contains { $0["direction"] == node["name"] }
      default: true
      }
    }
  }

  /// The file that an `<include>` names, and those that it includes.
  private func files(of include: Node) -> Set<String> {
    var files: Set<String> = []
    var pending = [include]
    while let node = pending.popLast() {
      guard let name = node["file"] else { continue }
      let folder = node.position.file.lastIndex(of: "/").map { String(node.position.file[...$0]) } ?? ""
      let beside = SchemaPath.normalised(folder + name)
      let roots = loaded.included.filter { SchemaPath.normalised($0.position.file) == beside }
      let others = loaded.included.filter { $0.position.file.hasSuffix("/\(SchemaPath.normalised(name))") }
      for root in roots.isEmpty ? others : roots where files.insert(root.position.file).inserted {
        pending += root.children("include")
      }
    }
    return files
  }
}

/// What is reached from somewhere.
private struct UseWalk {
  struct Element: Hashable {
    var family: String
    var name: String
  }

  /// Names of the types reached.
  private(set) var types: Set<String> = []
  private(set) var elements: Set<Element> = []
  /// Every declaration that has a name, and the `<tlv>`s.
  private var declared: [String: Node] = [:]
  private var bodies: [Element: Node] = [:]

  init(_ declarations: [Node]) {
    for node in declarations {
      if let name = node["name"], node.name != "direction" { declared[name] = node }
      guard let family = node[node.name == "extend" ? "tlvs" : "name"] else { continue }
      for tlv in node.children("tlv") { bodies[Element(family: family, name: tlv["name"] ?? "")] = tlv }
    }
  }

  /// Notes that a type is reached, and goes on from it.
  mutating func mark(type name: String?) {
    guard let name, let node = declared[name], types.insert(name).inserted else { return }
    enter(node)
  }

  private mutating func mark(_ element: Element) {
    guard elements.insert(element).inserted, let node = bodies[element] else { return }
    enter(node)
  }

  /// Attributes that name types.
  private static let references = ["type", "of", "struct", "header", "tlvs", "codes", "flags"]

  /// Notes all that a node refers to. Elements of a family are reached through the lists that allow them.
  mutating func enter(_ node: Node) {
    for name in Self.references { mark(type: node[name]) }
    for allow in node.children("allow") { enterAllow(allow, in: node) }
    for child in node.children where child.name != "allow" && (child.name != "tlv" || isAllowed(child, in: node)) {
      if child.name == "tlv" {
        mark(Element(family: node["tlvs"] ?? "", name: child["name"] ?? ""))
      } else {
        enter(child)
      }
    }
  }

  /// Whether an element of an extension says itself where it is allowed.
  private func isAllowed(_ tlv: Node, in node: Node) -> Bool {
    node.name == "extend" && tlv.children("allow").contains { !isForbidden($0) }
  }

  private func isForbidden(_ allow: Node) -> Bool { allow["occurs"].flatMap { Occurrence($0) }?.maximum == 0 }

  private mutating func enterAllow(_ allow: Node, in node: Node) {
    guard let element = allow["tlv"], !isForbidden(allow) else { return }
    // In an <extend message>, the list is one of that message.
    let list = node.name == "extend" ? node["message"].flatMap { findList(allow["list"], in: declared[$0]) } : node
    guard let family = list?["of"] else { return }
    mark(Element(family: family, name: element))
  }

  private func findList(_ name: String?, in node: Node?) -> Node? {
    guard let node else { return nil }
    for child in node.children {
      if child.name == "list", child["name"] == name { return child }
      if let found = findList(name, in: child) { return found }
    }
    return nil
  }
}

import Wire

extension WireTree {
  /// The tree as JSON: an object with the members in the order of the wire.
  ///
  /// - Parameter isMessage: whether the object starts with the key `message` and the body's name.
  public func json(isMessage: Bool = true) -> JSONValue {
    var entries = root.children.jsonEntries
    if isMessage { entries.insert(JSONValue.Entry("message", .string(root.name)), at: 0) }
    return .object(entries)
  }
}

extension Decoded {
  /// What was decoded as JSON; for a message it starts with its name.
  public func json(_ interpreter: Interpreter) -> JSONValue {
    tree.json(isMessage: interpreter.definition.bodies[body].message != nil)
  }
}

extension [WireTree.Node] {
  fileprivate var jsonEntries: [JSONValue.Entry] {
    var entries: [JSONValue.Entry] = []
    appendEntries(to: &entries)
    return entries
  }

  private func appendEntries(to entries: inout [JSONValue.Entry]) {
    for node in self where node.role == .member {
      if case .bits = node.value {
        node.children.appendEntries(to: &entries)
      } else {
        entries.append(JSONValue.Entry(node.name, node.json))
      }
    }
  }
}

extension WireTree.Node {
  /// The value alone as JSON.
  public var json: JSONValue {
    switch value {
    case .structure, .bits, .choice: .object(children.jsonEntries)
    case .array: .array(children.map(\.json))
    case .list: .array(elementsJSON)
    case .element: elementJSON
    case .unknownElement(let kept): unknownJSON(kept)
    default: scalarJSON
    }
  }

  private var scalarJSON: JSONValue {
    switch value {
    case .integer(_, _, .code(let name, _)): .string(name)
    // What a double cannot hold would be changed by other readers of JSON.
    case .integer(let number, let bits, _): bits > 53 ? .string("\(number)") : .integer(number)
    case .boolean(let flag): .boolean(flag)
    case .ipv4, .ipv6, .mac, .octets, .date: .string(scalarText ?? "")
    case .flags(_, let flags): .array(flags.map { $0.name.map(JSONValue.string) ?? .integer(Int128($0.bit)) })
    case .text(let octets): textJSON(octets)
    case .structure, .bits, .array, .list, .choice, .element, .unknownElement: JSONValue(.null)
    }
  }

  private var elementsJSON: [JSONValue] {
    var items: [JSONValue] = []
    for child in children where child.role == .member { items.append(child.json) }
    return items
  }

  private var elementJSON: JSONValue { .object([JSONValue.Entry(name, .object(children.jsonEntries))]) }

  private func textJSON(_ octets: [UInt8]) -> JSONValue {
    if let text = String(validating: octets, as: UTF8.self) { return .string(text) }
    return .object([JSONValue.Entry("hex", .string(hexadecimal(octets)))])
  }

  /// Its code, what else its header says, and its value.
  private func unknownJSON(_ kept: KeptElement) -> JSONValue {
    let code: JSONValue = kept.tag >> 53 == 0 ? .integer(Int128(kept.tag)) : .string("\(kept.tag)")
    let content =
      [JSONValue.Entry("code", code)] + children.jsonEntries
      + [JSONValue.Entry("hex", .string(hexadecimal(kept.value)))]
    return .object([JSONValue.Entry("unknown", .object(content))])
  }
}

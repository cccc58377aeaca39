import Wire

extension WireTree {
  /// The tree as JSON: an object with the members in the order of the wire.
  ///
  /// - Parameter isMessage: whether the object starts with the key `message` and the body's name.
  public func json(isMessage: Bool = true) -> JSONValue {
    guard isMessage, case .object(let entries) = root.json.content else { return root.json }
    return .object([JSONValue.Entry("message", .string(root.name))] + entries)
  }
}

extension Decoded {
  /// What was decoded as JSON; for a message it starts with its name.
  public func json(_ interpreter: Interpreter) -> JSONValue {
    tree.json(isMessage: interpreter.definition.bodies[body].message != nil)
  }
}

extension WireTree.Node {
  /// The value alone as JSON.
  public var json: JSONValue {
    folded { node, parts in
      switch node.value {
      case .structure, .bits, .choice: .object(parts.map { JSONValue.Entry($0.node.name, $0.result) })
      case .array, .list: .array(parts.map(\.result))
      case .element: node.elementJSON(parts.map { JSONValue.Entry($0.node.name, $0.result) })
      case .unknownElement(let kept): node.unknownJSON(kept, parts.map { JSONValue.Entry($0.node.name, $0.result) })
      default: node.scalarJSON
      }
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

  private func elementJSON(_ entries: [JSONValue.Entry]) -> JSONValue {
    .object([JSONValue.Entry(name, .object(entries))])
  }

  private func textJSON(_ octets: [UInt8]) -> JSONValue {
    if let text = String(validating: octets, as: UTF8.self) { return .string(text) }
    return .object([JSONValue.Entry("hex", .string(hexadecimal(octets)))])
  }

  /// Its code, what else its header says, and its value.
  private func unknownJSON(_ kept: KeptElement, _ header: [JSONValue.Entry]) -> JSONValue {
    let code: JSONValue = kept.tag >> 53 == 0 ? .integer(Int128(kept.tag)) : .string("\(kept.tag)")
    let content =
      [JSONValue.Entry("code", code)] + header
      + [JSONValue.Entry("hex", .string(hexadecimal(kept.value)))]
    return .object([JSONValue.Entry("unknown", .object(content))])
  }
}

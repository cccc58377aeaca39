import Wire

extension WireTree {
  /// The tree as JSON: an object with the members in the order of the wire.
  ///
  /// - Parameter isMessage: whether the object starts with the key `message` and the body's name.
  public func json(isMessage: Bool = true) -> JSONValue {
    var builder = JSONBuilder()
    root.write(to: &builder, message: isMessage ? root.name : nil)
    return builder.value
  }
}

extension Decoded {
  /// What was decoded as JSON; for a message it starts with its name.
  public func json(_ interpreter: Interpreter) -> JSONValue { tree.json(isMessage: isMessage(interpreter)) }

  /// Appends what `json` gives to text.
  package func write(to text: inout JSONText, _ interpreter: Interpreter) {
    tree.root.write(to: &text, message: isMessage(interpreter) ? tree.root.name : nil)
  }

  private func isMessage(_ interpreter: Interpreter) -> Bool { interpreter.plan.bodies[body].message != nil }
}

extension WireTree.Node {
  /// The value alone as JSON.
  public var json: JSONValue {
    var builder = JSONBuilder()
    write(to: &builder, message: nil)
    return builder.value
  }

  /// Gives the properties in it to a sink: values of an array, elements of a list, members of everything else.
  ///
  /// What is under way is on a stack of its own, so that nodes nested deep take no native stack.
  ///
  /// - Parameter message: the first entry of the object that it is.
  fileprivate func write(to sink: inout some JSONSink, message: String?) {
    guard var part = writeStart(to: &sink, message: message) else { return }
    var open: [OpenNode] = []
    open.reserveCapacity(8)
    while true {
      guard part.next < part.nodes.count else {
        part.writeEnd(to: &sink)
        guard let last = open.popLast() else { return }
        part = last
        continue
      }
      part.next += 1
      guard let inner = part.nodes[part.next - 1].writePart(to: &sink, hasKey: part.hasKeys) else { continue }
      open.append(part)
      part = inner
    }
  }

  /// Gives what the node is in what is around it, when it is a property or has some, or begins to.
  private func writePart(to sink: inout some JSONSink, hasKey: Bool) -> OpenNode? {
    guard role == .member else { return nil }
    // Fields of bits are members of the body that the group is in.
    if case .bits = value { return OpenNode(nodes: children, hasKeys: hasKey, closings: 0) }
    if hasKey { sink.key(naming) }
    return writeStart(to: &sink)
  }

  /// Gives a value that has no parts, or begins one that has, which is returned.
  private func writeStart(to sink: inout some JSONSink, message: String? = nil) -> OpenNode? {
    switch value {
    case .structure, .bits, .choice:
      sink.openObject()
      if let message {
        sink.key(JSONKey.message)
        sink.string(message)
      }
      return OpenNode(nodes: children, hasKeys: true, closings: 1)
    case .array, .list:
      sink.openArray()
      return OpenNode(nodes: children, hasKeys: false, closings: 1)
    case .element:
      sink.openObject()
      sink.key(naming)
      sink.openObject()
      return OpenNode(nodes: children, hasKeys: true, closings: 2)
    case .unknownElement(let kept):
      sink.openObject()
      sink.key(JSONKey.unknown)
      sink.openObject()
      sink.key(JSONKey.code)
      sink.integer(Int128(kept.tag), isExact: kept.tag >> 53 == 0)
      return OpenNode(nodes: children, hasKeys: true, closings: 2, kept: kept)
    default:
      writeScalar(to: &sink)
      return nil
    }
  }

  private func writeScalar(to sink: inout some JSONSink) {
    switch value {
    case .integer(_, _, .code(let name, _)): sink.string(name)
    case .integer(let number, let bits, _): sink.integer(number, isExact: bits <= 53)
    case .boolean(let flag): sink.boolean(flag)
    case .ipv4(let address): sink.string { $0.write(address) }
    case .ipv6(let address): sink.string { $0.write(address) }
    case .mac(let address): sink.string("\(address)")
    case .octets(let octets): sink.string { $0.write(hexadecimal: octets) }
    case .date(let date, _, _): sink.string { $0.write(date) }
    case .flags(_, let flags): writeFlags(flags, to: &sink)
    case .text(let octets): writeText(octets, to: &sink)
    case .structure, .bits, .array, .list, .choice, .element, .unknownElement: sink.null()
    }
  }

  private func writeFlags(_ flags: [WireTree.Flag], to sink: inout some JSONSink) {
    sink.openArray()
    for flag in flags {
      if let name = flag.name { sink.string(name) } else { sink.integer(Int128(flag.bit)) }
    }
    sink.close()
  }

  /// Text, or the octets of what should have been.
  private func writeText(_ octets: [UInt8], to sink: inout some JSONSink) {
    if let text = String(validating: octets, as: UTF8.self) { return sink.string(text) }
    sink.openObject()
    sink.key(JSONKey.hex)
    sink.string { $0.write(hexadecimal: octets) }
    sink.close()
  }
}

extension JSONSink {
  /// A number, as a string when it may be one that doubles cannot hold: other readers of JSON would change it.
  fileprivate mutating func integer(_ number: Int128, isExact: Bool) {
    if isExact { integer(number) } else { string("\(number)") }
  }
}

/// A node of which not all parts have been given.
private struct OpenNode {
  let nodes: [WireTree.Node]
  var next = 0
  /// Whether its parts have names.
  let hasKeys: Bool
  /// Objects and arrays that end with it.
  let closings: Int
  /// What it is when no list knows it: its value comes behind what else its header says.
  var kept: KeptElement?

  func writeEnd(to sink: inout some JSONSink) {
    if let kept {
      sink.key(JSONKey.hex)
      sink.string { $0.write(hexadecimal: Array(kept.value)) }
    }
    for _ in 0..<closings { sink.close() }
  }
}

extension JSONKey {
  fileprivate static let message = JSONKey("message")
  fileprivate static let unknown = JSONKey("unknown")
  fileprivate static let code = JSONKey("code")
  fileprivate static let hex = JSONKey("hex")
}

import Wire
import WireText

/// What two messages of a protocol do not have in common, member by member.
///
/// Elements and values of arrays that are the same at both ends of a list are set aside first; of the rest those of a kind are
/// compared in their order. The work grows with the messages, not with the product of their sizes.
public struct MessageDifference: Sendable, Hashable {
  /// One member, element or value.
  public struct Entry: Sendable, Hashable {
    /// Behind the message's name; where the left message has it, or else the right one.
    public var path: String
    /// What it is there; nil where there is none.
    public var left: Side?
    public var right: Side?
  }

  /// A value as text and as JSON.
  public struct Side: Sendable, Hashable {
    public var text: String
    public var json: JSONValue
  }

  /// In the order of the wire.
  public private(set) var entries: [Entry] = []

  /// Compares what two octet strings were decoded to.
  public init(_ left: Decoded, _ right: Decoded) {
    guard left.body == right.body else {
      entries = [
        Entry(path: "message", left: Self.side(named: left.tree.root.name), right: Self.side(named: right.tree.root.name))
      ]
      return
    }
    compare(left.tree.root, right.tree.root, path: "")
  }

  private static func side(named name: String) -> Side { Side(text: name, json: .string(name)) }

  /// What has parts is on a stack of its own, so that deep nesting takes no native stack.
  private struct Step {
    var left: WireTree.Node?
    var right: WireTree.Node?
    var path: String
  }

  private mutating func compare(_ left: WireTree.Node, _ right: WireTree.Node, path: String) {
    var open = [Step(left: left, right: right, path: path)]
    while let step = open.popLast() {
      if let left = step.left, let right = step.right, left.isDivided(as: right) {
        open += Self.parts(left, right, path: step.path).reversed()
      } else if step.left?.json != step.right?.json {
        entries.append(Entry(path: step.path, left: step.left.map(Side.init), right: step.right.map(Side.init)))
      }
    }
  }

  private static func parts(_ left: WireTree.Node, _ right: WireTree.Node, path: String) -> [Step] {
    if case .list = left.value { return sequences(left.children, right.children, path: path) }
    if case .array = left.value { return sequences(left.children, right.children, path: path) }
    let (lefts, rights) = (left.children.compared, right.children.compared)
    let names = lefts.map(\.name) + rights.map(\.name).filter { name in !lefts.contains { $0.name == name } }
    return names.map { name in
      let place = path.isEmpty ? name : "\(path).\(name)"
      return Step(left: lefts.first { $0.name == name }, right: rights.first { $0.name == name }, path: place)
    }
  }

  private static func sequences(_ left: [WireTree.Node], _ right: [WireTree.Node], path: String) -> [Step] {
    var (first, last) = (0, 0)
    let shorter = min(left.count, right.count)
    while first < shorter, left[first].json == right[first].json { first += 1 }
    while last < shorter - first, left[left.count - 1 - last].json == right[right.count - 1 - last].json { last += 1 }
    let middle = right[first..<right.count - last]
    var ofKind = Dictionary(grouping: middle.indices, by: { right[$0].kind }).mapValues { $0[...] }
    var paired: Set<Int> = []
    var steps: [Step] = []
    for index in first..<left.count - last {
      let other = ofKind[left[index].kind]?.popFirst()
      if let other { paired.insert(other) }
      steps.append(Step(left: left[index], right: other.map { right[$0] }, path: left[index].place(in: path, index)))
    }
    for index in middle.indices where !paired.contains(index) {
      steps.append(Step(left: nil, right: right[index], path: right[index].place(in: path, index)))
    }
    return steps
  }
}

extension MessageDifference {
  /// One line for what is gone, after a minus, and one for what has come, after a plus; empty when nothing differs.
  public var text: String {
    entries.map { entry in
      let lines = [entry.left.map { ("-", $0) }, entry.right.map { ("+", $0) }].compactMap { $0 }
      return lines.map { "\($0.0) \(entry.path): \($0.1.text)\n" }.joined()
    }
    .joined()
  }

  /// An object with one key, `differences`: each with `path`, and `left` and `right` where it is there.
  public var json: JSONValue {
    let differences = entries.map { entry in
      JSONValue.object(
        [JSONValue.Entry("path", .string(entry.path))]
          + [("left", entry.left), ("right", entry.right)].compactMap { key, side in
            side.map { JSONValue.Entry(key, $0.json) }
          })
    }
    return .object([JSONValue.Entry("differences", .array(differences))])
  }
}

extension MessageDifference.Side {
  fileprivate init(_ node: WireTree.Node) {
    let json = node.json
    self.init(text: node.meaningText ?? json.text(), json: json)
  }
}

extension WireTree.Node {
  /// Whether the parts of both are compared one by one; of a choice that has become another case nothing is the same.
  fileprivate func isDivided(as other: Self) -> Bool {
    switch (value, other.value) {
    case (.structure, .structure), (.array, .array), (.list, .list), (.element, .element): true
    case (.choice, .choice): children.first?.name == other.children.first?.name
    default: false
    }
  }

  /// What it is in a list.
  fileprivate var kind: String {
    switch value {
    case .element: name
    case .unknownElement(let kept): "\(kept.tag)"
    default: ""
    }
  }

  fileprivate func place(in list: String, _ index: Int) -> String {
    if case .element = value { return "\(list)[\(index)].\(name)" }
    return "\(list)[\(index)]"
  }
}

extension [WireTree.Node] {
  /// The nodes that say something of the value; groups of bits are replaced by their fields.
  fileprivate var compared: [WireTree.Node] {
    flatMap { node in
      switch node.role {
      case .member, .ignored, .trailing:
        if case .bits = node.value { return node.children.compared }
        return [node]
      case .constant, .computed, .reserved, .header, .padding, .derived: return []
      }
    }
  }
}

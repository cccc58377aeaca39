/// A node of which not all parts have been gone through.
private struct OpenNode<Result> {
  let node: WireTree.Node
  var rest: ArraySlice<WireTree.Node>
  var done: [(node: WireTree.Node, result: Result)] = []

  init(_ node: WireTree.Node) {
    self.node = node
    rest = node.properties[...]
  }
}

extension WireTree.Node {
  /// Makes something of the node and all that is a property in it, the innermost first.
  ///
  /// What is under way is on a stack of its own, so that nodes nested deep take no native stack.
  func folded<Result>(
    _ make: (_ node: WireTree.Node, _ parts: [(node: WireTree.Node, result: Result)]) -> Result
  ) -> Result {
    var open = [OpenNode<Result>(self)]
    while true {
      if let part = open[open.count - 1].rest.popFirst() {
        open.append(OpenNode(part))
        continue
      }
      let last = open.removeLast()
      let result = make(last.node, last.done)
      if open.isEmpty { return result }
      open[open.count - 1].done.append((last.node, result))
    }
  }

  /// The values of an array, the elements of a list, the members of everything else; fields of bits instead of their group.
  fileprivate var properties: [WireTree.Node] {
    var properties: [WireTree.Node] = []
    for child in children where child.role == .member {
      if case .bits = child.value {
        properties += child.children.filter { $0.role == .member }
      } else {
        properties.append(child)
      }
    }
    return properties
  }
}

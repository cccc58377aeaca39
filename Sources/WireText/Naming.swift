/// What a part is called. It is an object, so that all nodes of a member share what its definition says.
final class Naming: Sendable {
  let name: String
  /// The document's own words for it.
  let label: String
  let unit: String?
  /// The name as a key of JSON; nil for what is made for one node only.
  let key: JSONKey?

  /// - Parameter isShared: whether many nodes will have it.
  init(_ name: String, label: String, unit: String? = nil, isShared: Bool = false) {
    self.name = name
    self.label = label
    self.unit = unit
    key = isShared ? JSONKey(name) : nil
  }
}

extension Naming: Hashable {
  static func == (left: Naming, right: Naming) -> Bool {
    left === right || left.name == right.name && left.label == right.label && left.unit == right.unit
  }

  func hash(into hasher: inout Hasher) {
    hasher.combine(name)
    hasher.combine(label)
    hasher.combine(unit)
  }
}

extension Naming {
  static let padding = Naming("padding", label: "Padding", isShared: true)
  static let trailing = Naming("trailing", label: "Trailing", isShared: true)
}

extension WireTree.Node {
  /// Stands where a node has been taken away.
  static var none: WireTree.Node { WireTree.Node(Naming.trailing, value: .structure, start: 0) }
}

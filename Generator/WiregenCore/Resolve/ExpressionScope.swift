import WireText

/// What the names of an expression are looked up in, beyond its own body.
protocol ExpressionWorld: AnyObject {
  var definition: ProtocolDefinition { get }
  /// What could not be resolved and has been reported, so that it is not called unknown as well.
  var losses: Losses { get }
  /// Sees to it that a body has its members.
  ///
  /// - Returns: false while they are being resolved, for the very body that asks.
  func prepare(body: Int) -> Bool
}

/// The members an expression can name, and what a path through them leads to.
struct ExpressionScope {
  /// The members of the body that stand before the expression, or all of them.
  var own: [Member]
  let world: any ExpressionWorld
  /// Names of members that come only behind the expression.
  var later: Set<String> = []
  /// Names of what is derived, which no expression reads.
  var derived: Set<String> = []
  /// Whether it is the header of a family, where nobody knows yet how much is left.
  var isHeader = false
  /// Names lost in the body itself.
  var ownLosses = Losses.Names()

  /// Where a step of a path is looked up.
  enum Place {
    /// The body that has the expression.
    case own
    /// A nested struct, or the body of an element.
    case body(Int)
  }

  /// What a path leads to.
  enum Target {
    case member(Member)
    /// An element of a list.
    case element(FamilyDefinition.Element, ListShape.Allowed)
  }

  var start: Place { .own }
  var definition: ProtocolDefinition { world.definition }
  var losses: Losses { world.losses }

  func members(in place: Place) -> [Member] {
    switch place {
    case .own: own
    case .body(let index): definition.bodies[index].members
    }
  }

  func member(named name: String, in place: Place = .own) -> Member? { member(named: name, amongst: members(in: place)) }

  func member(named name: String, amongst members: [Member]) -> Member? {
    for member in members {
      if member.name == name { return member }
      if case .bits(_, _, let group) = member.kind, let inner = group.first(where: { $0.name == name }) {
        return inner
      }
    }
    return nil
  }

  func names(in place: Place) -> [String] {
    members(in: place).flatMap { member -> [String] in
      if case .bits(_, _, let group) = member.kind { return group.map(\.name) }
      return [member.name]
    }.filter { !$0.isEmpty }
  }

  func isLost(member name: String, in place: Place) -> Bool {
    switch place {
    case .own: ownLosses.contains(name)
    case .body(let index): losses.members[index]?.contains(name) ?? false
    }
  }

  func isLost(code name: String, of index: Int) -> Bool { losses.codes[index]?.contains(name) ?? false }

  func isLost(element name: String, of index: Int) -> Bool { losses.elements[index]?.contains(name) ?? false }
}

/// Names that are missing because something is wrong with what has them, which has been reported there.
struct Losses {
  struct Names {
    private(set) var names: Set<String> = []
    /// What a lost `<length>` or `<count>` is of.
    private(set) var counted: Set<String> = []
    /// Set when something is lost whose names are not known.
    private(set) var isOpen = false

    var isEmpty: Bool { names.isEmpty && !isOpen }

    func contains(_ name: String) -> Bool { isOpen || names.contains(name) }

    /// Notes the names of a node that is lost with all that is in it.
    mutating func insert(_ node: Node) {
      if let name = node["name"] { names.insert(name) }
      if let target = node["of"] { counted.insert(target) }
      for child in node.children + node.refused { insert(child) }
      if node["name"] == nil, !["reserved", "bits", "rule", "sample", "match", "doc"].contains(node.name) { isOpen = true }
    }

    mutating func insert(_ name: String) { names.insert(name) }

    mutating func open() { isOpen = true }
  }

  /// Types, by name.
  var types = Names()
  var directions = Names()
  /// Members, by index of the body.
  var members: [Int: Names] = [:]
  /// Codes and flags, by index of their type.
  var codes: [Int: Names] = [:]
  var flags: [Int: Names] = [:]
  /// Headers, by index of the family.
  var headers: [Int: Names] = [:]
  /// Elements, by index of the family.
  var elements: [Int: Names] = [:]
}

import WireText

/// Places in two versions of something that are the same.
struct IndexPairs {
  private(set) var newOfOld: [Int: Int] = [:]
  private(set) var oldOfNew: [Int: Int] = [:]

  /// Pairs two; of what has a partner already, nothing changes.
  ///
  /// - Returns: whether they are a pair now that they were not before.
  @discardableResult mutating func pair(_ old: Int, _ new: Int) -> Bool {
    guard newOfOld[old] == nil, oldOfNew[new] == nil else { return false }
    newOfOld[old] = new
    oldOfNew[new] = old
    return true
  }

  func has(_ old: Int?, _ new: Int?) -> Bool {
    guard let old, let new else { return old == nil && new == nil }
    return newOfOld[old] == new
  }

  /// In the order of the old version.
  var sorted: [(old: Int, new: Int)] { newOfOld.sorted { $0.key < $1.key }.map { ($0.key, $0.value) } }
}

/// The definitions of two versions of a protocol, put side by side: by name, and what is left by what it looks like, so that
/// another name is seen as that.
struct SchemaPairing {
  let old: ProtocolDefinition
  let new: ProtocolDefinition
  private let oldSizes: Sizes
  private let newSizes: Sizes
  private(set) var directions = IndexPairs()
  private(set) var codes = IndexPairs()
  private(set) var flags = IndexPairs()
  private(set) var families = IndexPairs()
  /// By the old index of the family.
  private(set) var elements: [Int: IndexPairs] = [:]
  private(set) var bodies = IndexPairs()

  init(old: ProtocolDefinition, new: ProtocolDefinition) {
    (self.old, self.new) = (old, new)
    (oldSizes, newSizes) = (Sizes(old), Sizes(new))
    directions = Self.pairs(old.directions, new.directions) { _, _ in false }
    pairRenamedDirections()
    pairFamilies()
    pairCodes()
    flags = Self.pairs(old.flags.map(\.name), new.flags.map(\.name)) { left, right in
      let (left, right) = (old.flags[left], new.flags[right])
      return left.bits == right.bits && Self.overlap(left.flags.map { "\($0.bit)" }, right.flags.map { "\($0.bit)" })
    }
    pairBodies()
  }

  /// By name, and then what resembles each other.
  private static func pairs(
    _ old: [String], _ new: [String], among: (old: [Int], new: [Int])? = nil, _ resembles: (Int, Int) -> Bool
  ) -> IndexPairs {
    var pairs = IndexPairs()
    let (left, right) = among ?? (Array(old.indices), Array(new.indices))
    let places = Dictionary(right.map { (new[$0], $0) }) { first, _ in first }
    for index in left { if let place = places[old[index]] { pairs.pair(index, place) } }
    for index in left where pairs.newOfOld[index] == nil {
      if let place = right.first(where: { pairs.oldOfNew[$0] == nil && resembles(index, $0) }) { pairs.pair(index, place) }
    }
    return pairs
  }

  /// Whether most of what one has, the other has too.
  private static func overlap(_ left: [String], _ right: [String]) -> Bool {
    let common = Set(left).intersection(right).count
    return common > 0 && common * 2 > max(left.count, right.count)
  }
}

// MARK: - Names, codes and families

extension SchemaPairing {
  /// A direction of another name has the same messages.
  private mutating func pairRenamedDirections() {
    func messages(_ definition: ProtocolDefinition, _ direction: Int) -> [String] {
      definition.messages.map { definition.bodies[$0] }.filter { $0.message?.direction == direction }.map(\.name)
    }
    for left in old.directions.indices {
      for right in new.directions.indices where Self.overlap(messages(old, left), messages(new, right)) {
        directions.pair(left, right)
      }
    }
  }

  private mutating func pairFamilies() {
    func names(_ family: FamilyDefinition) -> [String] { family.elements.map { "\($0.tag) \($0.name)" } }
    families = Self.pairs(old.families.map(\.name), new.families.map(\.name)) { left, right in
      Self.overlap(names(old.families[left]), names(new.families[right]))
    }
    for (left, right) in families.sorted {
      let (before, after) = (old.families[left].elements, new.families[right].elements)
      elements[left] = Self.pairs(before.map(\.name), after.map(\.name)) {
        (before[$0].tag, before[$0].extraTag) == (after[$1].tag, after[$1].extraTag)
      }
    }
  }

  private mutating func pairCodes() {
    let tags = (old: Set(old.families.map(\.codes)), new: Set(new.families.map(\.codes)))
    let others = (
      old: old.codes.indices.filter { !tags.old.contains($0) }, new: new.codes.indices.filter { !tags.new.contains($0) }
    )
    func values(_ codes: CodesDefinition) -> [String] { codes.codes.map { "\($0.value) \($0.name)" } }
    codes = Self.pairs(old.codes.map(\.name), new.codes.map(\.name), among: others) { left, right in
      old.codes[left].bits == new.codes[right].bits && Self.overlap(values(old.codes[left]), values(new.codes[right]))
    }
    for (left, right) in families.sorted { codes.pair(old.families[left].codes, new.families[right].codes) }
  }

  /// The element of the new version that has this place in a family of it, in the old version.
  func oldElement(_ element: Int, family: Int) -> (family: Int, element: Int)? {
    guard let left = families.oldOfNew[family], let place = elements[left]?.oldOfNew[element] else { return nil }
    return (left, place)
  }
}

// MARK: - Bodies

extension SchemaPairing {
  private mutating func pairBodies() {
    for (left, right) in families.sorted {
      for pair in elements[left]?.sorted ?? [] {
        bodies.pair(old.families[left].elements[pair.old].body, new.families[right].elements[pair.new].body)
      }
    }
    pairMessages()
    let structs = (old: Self.structs(old), new: Self.structs(new))
    func members(_ body: BodyDefinition) -> [String] { body.members.map(\.name) }
    let pairs = Self.pairs(old.bodies.map(\.name), new.bodies.map(\.name), among: structs) { left, right in
      Self.overlap(members(old.bodies[left]), members(new.bodies[right]))
    }
    for (left, right) in pairs.sorted { bodies.pair(left, right) }
    pairCases()
  }

  private mutating func pairMessages() {
    let pairs = Self.pairs(
      old.bodies.map(\.name), new.bodies.map(\.name), among: (old: old.messages, new: new.messages)
    ) { left, right in
      let (left, right) = (old.bodies[left], new.bodies[right])
      guard let before = left.message, let after = right.message, directions.has(before.direction, after.direction) else {
        return false
      }
      func places(_ traits: MessageTraits) -> [String] {
        traits.matches.map { "\($0.offset) \($0.shift) \($0.bits) \($0.first) \($0.last)" }
      }
      return !before.matches.isEmpty && places(before) == places(after)
        || Self.overlap(left.members.map(\.name), right.members.map(\.name))
    }
    for (left, right) in pairs.sorted { bodies.pair(left, right) }
  }

  /// Bodies that are neither messages nor elements nor cases.
  static func structs(_ definition: ProtocolDefinition) -> [Int] {
    var others = Set(definition.messages + definition.families.flatMap { $0.elements.map(\.body) })
    for case .choice(let choice) in definition.bodies.flatMap({ $0.members.map(\.kind) }) {
      others.formUnion(choice.allCases.compactMap(\.body))
    }
    return definition.bodies.indices.filter { !others.contains($0) }
  }

  /// Cases belong to the choices of bodies that belong together.
  private mutating func pairCases() {
    var open = bodies.sorted
    while let (left, right) = open.popLast() {
      let members = members(left, right)
      for (before, after) in members.newOfOld {
        guard case .choice(let first) = members.old[before].member.kind,
          case .choice(let second) = members.new[after].member.kind
        else { continue }
        for (one, other) in Self.cases(first, second).pairs {
          if let one = one.body, let other = other.body, bodies.pair(one, other) { open.append((one, other)) }
        }
      }
    }
  }

  /// The cases of two versions of a choice: those of one name, then those of the same numbers.
  static func cases(_ old: ChoiceShape, _ new: ChoiceShape) -> CasePairs {
    var result = CasePairs(pairs: [], lost: [], found: new.cases)
    for left in old.cases {
      let place =
        result.found.firstIndex { $0.name == left.name }
        ?? result.found.firstIndex { right in
          (right.first, right.last) == (left.first, left.last) && !old.cases.contains { $0.name == right.name }
        }
      if let place { result.pairs.append((left, result.found.remove(at: place))) } else { result.lost.append(left) }
    }
    if let left = old.otherwise, let right = new.otherwise { result.pairs.append((left, right)) }
    return result
  }

  struct CasePairs {
    var pairs: [(old: ChoiceShape.Case, new: ChoiceShape.Case)]
    /// Without a partner; `otherwise` is not among them.
    var lost: [ChoiceShape.Case]
    var found: [ChoiceShape.Case]
  }

  /// The members of two bodies.
  func members(_ left: Int, _ right: Int) -> MemberPairing { members(old.bodies[left].members, new.bodies[right].members) }

  /// The members of two sequences, as headers of families have them.
  func members(_ left: [Member], _ right: [Member]) -> MemberPairing {
    MemberPairing(old: MemberPart.parts(of: left, oldSizes), new: MemberPart.parts(of: right, newSizes))
  }
}

import WireText

/// What bodies within bodies need to know of those around them, and how deep they may be in each other.
struct Nesting {
  private let definition: ProtocolDefinition
  /// Bodies with a list, in themselves or in what they contain, where the direction decides about unknown elements.
  let directional: Set<Int>
  /// Bodies of elements, and of the cases in them, in whose place a list may put a code of its own on errors.
  let inheriting: Set<Int>
  /// Whether any list does so.
  let hasInvalidCodes: Bool
  /// By body: the bodies whose values are part of its own, not counting those in arrays.
  private let inline: [Set<Int>]

  init(_ definition: ProtocolDefinition) {
    self.definition = definition
    directional = Nesting.closure(of: definition, from: Nesting.directionalBodies(definition))
    let invalid = Nesting.invalidBodies(definition)
    hasInvalidCodes = !invalid.isEmpty
    inheriting = Nesting.withCases(invalid, definition)
    inline = Nesting.inline(definition)
  }

  /// The place in `Check` of a struct that may contain itself, and how deep.
  func limit(ofBody index: Int) -> (place: Int, limit: Int)? {
    // A header is planned like a body, but is none of them.
    guard definition.bodies.indices.contains(index), let limit = definition.bodies[index].maximumDepth else { return nil }
    let families = definition.families.count { $0.maximumDepth != nil }
    return (families + definition.bodies[..<index].count { $0.maximumDepth != nil }, limit)
  }

  /// The same of a family whose lists may contain themselves.
  func limit(ofFamily index: Int) -> (place: Int, limit: Int)? {
    guard let limit = definition.families[index].maximumDepth else { return nil }
    return (definition.families[..<index].count { $0.maximumDepth != nil }, limit)
  }

  /// Whether a value of `part`, stored as it is in a value of `body`, would contain the latter.
  func containsItself(_ body: Int, through part: Int) -> Bool {
    var seen: Set<Int> = []
    var pending = [part]
    while let next = pending.popLast() {
      if next == body { return true }
      if seen.insert(next).inserted { pending += inline[next] }
    }
    return false
  }
}

extension Nesting {
  private static func directionalBodies(_ definition: ProtocolDefinition) -> Set<Int> {
    Set(
      definition.bodies.indices.filter { index in
        definition.bodies[index].members.contains { member in
          guard case .list(let shape) = member.kind else { return false }
          return definition.families[shape.family].unknown.contains { $0.direction != nil }
        }
      })
  }

  /// Those that contain one of `bodies`, and these.
  private static func closure(of definition: ProtocolDefinition, from bodies: Set<Int>) -> Set<Int> {
    var result = bodies
    while !result.isEmpty {
      let more = definition.bodies.indices.filter { index in
        !result.contains(index)
          && definition.bodies[index].members.contains { !result.isDisjoint(with: parts(of: $0.kind, definition)) }
      }
      if more.isEmpty { break }
      result.formUnion(more)
    }
    return result
  }

  /// Bodies that a member has values of.
  private static func parts(of kind: MemberKind, _ definition: ProtocolDefinition) -> [Int] {
    switch kind {
    case .structure(let index): [index]
    case .array(let shape): parts(of: shape.element.kind, definition)
    case .list(let shape): shape.allowed.map { definition.families[shape.family].elements[$0.element].body }
    case .choice(let shape): shape.allCases.compactMap(\.body)
    default: []
    }
  }

  private static func inline(_ definition: ProtocolDefinition) -> [Set<Int>] {
    definition.bodies.map { body in
      Set(
        body.members.flatMap { member -> [Int] in
          switch member.kind {
          case .array: []
          case .list(let shape):
            shape.allowed.filter { $0.maximum == 1 }.map { definition.families[shape.family].elements[$0.element].body }
          default: parts(of: member.kind, definition)
          }
        })
    }
  }

  private static func invalidBodies(_ definition: ProtocolDefinition) -> Set<Int> {
    var result: Set<Int> = []
    for body in definition.bodies {
      for case .list(let shape) in body.members.map(\.kind) {
        for allowed in shape.allowed where allowed.invalidCode != nil {
          result.insert(definition.families[shape.family].elements[allowed.element].body)
        }
      }
    }
    return result
  }

  private static func withCases(_ bodies: Set<Int>, _ definition: ProtocolDefinition) -> Set<Int> {
    var result = bodies
    var pending = Array(bodies)
    while let next = pending.popLast() {
      for case .choice(let shape) in definition.bodies[next].members.map(\.kind) {
        for body in shape.allCases.compactMap(\.body) where result.insert(body).inserted { pending.append(body) }
      }
    }
    return result
  }
}

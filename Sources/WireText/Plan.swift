import Wire

/// A definition as decoding goes through it: its parts are objects, so that coming to one copies nothing, and what follows
/// from a part is worked out once.
final class ProtocolPlan: Sendable {
  let definition: ProtocolDefinition
  let codes: [CodesPlan]
  /// By index in `definition.bodies`.
  let bodies: [BodyPlan]
  /// By index in `definition.families`.
  let families: [FamilyPlan]
  /// For each direction, its messages in the order of the schema.
  let candidates: [[Candidate]]
  /// More than can be under way at a time; a definition whose bodies contain themselves without a limit ends there.
  let maximumFrames: Int
  private let bodyIndex: [String: Int]
  /// For the body of an element, where the element is in the families.
  private let elementIndex: [Int: ElementIndex]

  init(_ definition: ProtocolDefinition) {
    self.definition = definition
    codes = definition.codes.map(CodesPlan.init)
    let parts = PlanParts(codes: codes, elements: definition.families.map { $0.elements.map(ElementPlan.init) })
    let elementIndex = definition.elementIndex
    bodies = definition.bodies.enumerated().map { index, body in
      let element = elementIndex[index].map { definition.families[$0.family].elements[$0.element] }
      return BodyPlan(body, index, parts, element: element)
    }
    families = definition.families.enumerated().map { FamilyPlan($1, $0, parts) }
    candidates = definition.candidates
    let depths = definition.bodies.compactMap(\.maximumDepth) + definition.families.compactMap(\.maximumDepth)
    maximumFrames = 64 * (1 + depths.reduce(0, +))
    let names = definition.bodies.indices.map { (definition.bodies[$0].name, $0) }
    bodyIndex = Dictionary(names) { first, _ in first }
    self.elementIndex = elementIndex
  }

  /// Index in `definition.bodies` of the body of that name.
  func body(named name: String) -> Int? { bodyIndex[name] }

  /// The element whose body it is; nil when it is no element's.
  func element(of body: Int) -> (family: FamilyDefinition, element: FamilyDefinition.Element)? {
    guard let index = elementIndex[body] else { return nil }
    let family = definition.families[index.family]
    return (family, family.elements[index.element])
  }
}

/// What plans of bodies are made with.
struct PlanParts {
  var codes: [CodesPlan]
  /// By index in `ProtocolDefinition.families`, then in `FamilyDefinition.elements`.
  var elements: [[ElementPlan]]
}

/// An element by its places.
private struct ElementIndex: Sendable {
  /// Index in `ProtocolDefinition.families`.
  var family: Int
  /// Index in `FamilyDefinition.elements`.
  var element: Int
}

extension ProtocolDefinition {
  fileprivate var elementIndex: [Int: ElementIndex] {
    var index: [Int: ElementIndex] = [:]
    for (family, definition) in families.enumerated() {
      for (place, element) in definition.elements.enumerated() where index[element.body] == nil {
        index[element.body] = ElementIndex(family: family, element: place)
      }
    }
    return index
  }

  fileprivate var candidates: [[Candidate]] {
    var candidates: [[Candidate]] = Array(repeating: [], count: directions.count)
    for body in messages {
      guard let message = bodies[body].message else { continue }
      candidates[message.direction].append(Candidate(body: body, matches: message.matches))
    }
    return candidates
  }
}

/// A message that octets of its direction may be.
struct Candidate: Sendable {
  /// Index in `ProtocolDefinition.bodies`.
  var body: Int
  /// What must hold for them to be it.
  var matches: [MessageTraits.Match]

  func fits(_ octets: [UInt8]) -> Bool { matches.allSatisfy { $0.holds(in: octets) == true } }
}

/// What numbers of a list stand for.
final class CodesPlan: Sendable {
  let isOpen: Bool
  /// Of the first 256 numbers.
  private let small: [WireTree.Meaning?]
  /// Of the others that have names.
  private let named: [UInt64: WireTree.Meaning]
  private let ranges: [(numbers: ClosedRange<UInt64>, meaning: WireTree.Meaning)]

  init(_ definition: CodesDefinition) {
    isOpen = definition.isOpen
    let named = Dictionary(
      definition.codes.map { ($0.value, WireTree.Meaning.code(name: $0.name, label: $0.label)) }
    ) { first, _ in first }
    let ranges = definition.ranges.filter { $0.first <= $0.last }.map {
      (numbers: $0.first...$0.last, meaning: WireTree.Meaning.range(use: $0.use))
    }
    self.named = named
    self.ranges = ranges
    small = (0..<256).map { number in named[number] ?? ranges.first { $0.numbers.contains(number) }?.meaning }
  }

  /// What a number stands for; nil when it has no name and is in no range.
  func meaning(_ number: UInt64) -> WireTree.Meaning? {
    if number < 256 { return small[Int(number)] }
    return named[number] ?? ranges.first { $0.numbers.contains(number) }?.meaning
  }
}

import Wire

/// Decodes and encodes by walking a definition, with the checks of the generated code in the same order.
public struct Interpreter: Sendable {
  /// The protocol it walks.
  public let definition: ProtocolDefinition
  /// For each `codes`, where a number is in its list.
  private let codeIndex: [[UInt64: Int]]
  private let bodyIndex: [String: Int]
  /// For the body of an element, where the element is in the families.
  private let elementIndex: [Int: ElementIndex]
  /// The header of each family as a body of its own, by index in `definition.families`.
  package let headers: [BodyDefinition]
  /// For each direction, its messages in the order of the schema.
  let candidates: [[Candidate]]
  /// Whether violations that are found in octets have their whole paths, where `WireError` has the first seven steps and the last.
  package var givesWholePaths = false
  /// More than can be under way at a time; a definition whose bodies contain themselves without a limit ends there.
  let maximumFrames: Int

  /// An interpreter of the protocol; indices in the definition must be those of its parts.
  public init(_ definition: ProtocolDefinition) {
    self.definition = definition
    codeIndex = definition.codes.map { codes in
      Dictionary(codes.codes.indices.map { (codes.codes[$0].value, $0) }) { first, _ in first }
    }
    let names = definition.bodies.indices.map { (definition.bodies[$0].name, $0) }
    bodyIndex = Dictionary(names) { first, _ in first }
    elementIndex = definition.elementIndex
    headers = definition.families.map(\.headerBody)
    candidates = definition.candidates
    let depths = definition.bodies.compactMap(\.maximumDepth) + definition.families.compactMap(\.maximumDepth)
    maximumFrames = 64 * (1 + depths.reduce(0, +))
  }

  /// Index in `definition.bodies` of the message, struct or element body of that name.
  public func body(named name: String) -> Int? { bodyIndex[name] }

  /// Index of a direction.
  public func direction(named name: String) -> Int? { definition.directions.firstIndex(of: name) }
}

extension FamilyDefinition {
  /// The header as a body of its own; a bit that says no more than whether the extra tag is there is computed in it.
  fileprivate var headerBody: BodyDefinition {
    var body = BodyDefinition(name: name, members: header, code: code)
    guard let extraTag, case .binary(.equal, .path(let path), .number(1)) = body.member(named: extraTag)?.condition,
      path.count == 1
    else { return body }
    for index in body.members.indices { body.members[index].setPresence(path[0]) }
    return body
  }
}

extension Member {
  /// Makes the bit of that name, if it is one in this group, say whether the extra tag is there.
  fileprivate mutating func setPresence(_ name: String) {
    guard case .bits(let octets, let isLittleEndian, var fields) = kind else { return }
    for index in fields.indices where fields[index].name == name {
      guard case .integer(var shape) = fields[index].kind, shape.isBoolean else { continue }
      shape.computed = .presence
      fields[index].kind = .integer(shape)
    }
    kind = .bits(octets: octets, isLittleEndian: isLittleEndian, members: fields)
  }
}

/// An element by its places.
struct ElementIndex: Sendable {
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
}

/// A message that octets of its direction may be.
struct Candidate: Sendable {
  /// Index in `ProtocolDefinition.bodies`.
  var body: Int
  /// What must hold for them to be it.
  var matches: [MessageTraits.Match]

  func fits(_ octets: [UInt8]) -> Bool { matches.allSatisfy { $0.holds(in: octets) == true } }
}

extension ProtocolDefinition {
  fileprivate var candidates: [[Candidate]] {
    var candidates: [[Candidate]] = Array(repeating: [], count: directions.count)
    for body in messages {
      guard let message = bodies[body].message else { continue }
      candidates[message.direction].append(Candidate(body: body, matches: message.matches))
    }
    return candidates
  }
}

/// What decoding gives.
public struct Decoded: Sendable, Hashable {
  /// Index in `ProtocolDefinition.bodies`.
  public var body: Int
  /// All that was told apart; all of it when `isComplete`.
  public var tree: WireTree
  /// Warnings in lenient mode, everything in collecting mode.
  public var violations: [Violation]
  /// Whether the body was walked to its end.
  public var isComplete: Bool
  /// Octets of the body, fewer than were given when a prefix is decoded.
  public var count: Int

  /// Whether the strict decoder would take the octets.
  public var isValid: Bool { isComplete && violations.isEmpty }
}

extension Interpreter {
  /// Decodes octets that are one message, struct or element body, whole.
  ///
  /// - Parameter body: Index in `definition.bodies`.
  /// - Throws: the violation the mode does not let pass; never in collecting mode.
  public func decode(
    _ body: Int, _ octets: [UInt8], mode: Check.Mode = .strict
  ) throws(Violation) -> Decoded {
    try decode(body, octets, mode: mode, isPrefix: false)
  }

  /// Decodes a body at the start of the octets, whatever follows it.
  public func decode(
    prefix body: Int, _ octets: [UInt8], mode: Check.Mode = .strict
  ) throws(Violation) -> Decoded {
    try decode(body, octets, mode: mode, isPrefix: true)
  }

  /// Decodes octets that are one message of a direction.
  ///
  /// - Parameter direction: Index in `definition.directions`.
  /// - Throws: as the other forms; and in every mode when the octets are no message of the direction.
  public func decode(
    direction: Int, _ octets: [UInt8], mode: Check.Mode = .strict
  ) throws(Violation) -> Decoded {
    try decode(chooseMessage(direction: direction, octets), octets, mode: mode)
  }

  /// Everything that is wrong with octets that should be the body; empty when nothing is.
  public func violations(_ body: Int, _ octets: [UInt8]) -> [Violation] {
    do throws(Violation) {
      return try decode(body, octets, mode: .collecting).violations
    } catch { return [error] }
  }

  /// Everything that is wrong with octets that should be a message of the direction.
  public func violations(direction: Int, _ octets: [UInt8]) -> [Violation] {
    do throws(Violation) {
      return try decode(direction: direction, octets, mode: .collecting).violations
    } catch { return [error] }
  }

  private func decode(
    _ body: Int, _ octets: [UInt8], mode: Check.Mode, isPrefix: Bool
  ) throws(Violation) -> Decoded {
    var run = DecodingRun(self, octets, mode: mode, root: definition.bodies[body])
    var isComplete = true
    do throws(Stop) {
      try run.outermost(body, code: outermostCode(body), isPrefix: isPrefix)
    } catch {
      switch error {
      case .failed(let violation): throw violation
      case .structural: isComplete = false
      }
    }
    run.root.count = run.position
    return Decoded(
      body: body, tree: WireTree(root: run.root), violations: run.violations, isComplete: isComplete,
      count: run.position)
  }

  /// The code of octets left over: the message's, that of the element whose body it is, or the body's own.
  private func outermostCode(_ body: Int) -> UInt64? {
    if let message = definition.bodies[body].message { return message.code }
    return element(of: body)?.element.code ?? definition.bodies[body].code
  }

  /// The element whose body it is; nil when it is no element's.
  func element(of body: Int) -> (family: FamilyDefinition, element: FamilyDefinition.Element)? {
    guard let index = elementIndex[body] else { return nil }
    let family = definition.families[index.family]
    return (family, family.elements[index.element])
  }

  /// What elements with that body are aligned to.
  func alignment(ofElementWith body: BodyDefinition) -> Int {
    self.body(named: body.name).flatMap(element(of:))?.family.alignment ?? 1
  }
}

extension Interpreter {
  /// What a number stands for in `codes`; nil when it has no name and is in no range.
  func meaning(_ value: Int128, codes index: Int?) -> WireTree.Meaning? {
    guard let index, let number = UInt64(exactly: value) else { return nil }
    let codes = definition.codes[index]
    if let place = codeIndex[index][number] {
      return .code(name: codes.codes[place].name, label: codes.codes[place].label)
    }
    let range = codes.ranges.first { $0.first <= number && number <= $0.last }
    return range.map { .range(use: $0.use) }
  }

  /// A violation with its code's name looked up.
  func violation(
    _ kind: WireError.Kind, severity: WireError.Severity = .error, at offset: Int, path: String,
    code: UInt64? = nil, rule: String? = nil
  ) -> Violation {
    var violation = Violation(kind, severity: severity, at: offset, path: path, code: code, rule: rule)
    if let code, case .code(let name, let label) = meaning(Int128(code), codes: definition.errorCodes) {
      violation.codeName = name
      violation.codeLabel = label
    }
    return violation
  }
}

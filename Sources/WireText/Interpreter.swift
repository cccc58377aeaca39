import Wire

/// Decodes and encodes by walking a definition, with the checks of the generated code in the same order.
public struct Interpreter: Sendable {
  let plan: ProtocolPlan
  /// Whether violations that are found in octets have their whole paths, where `WireError` has the first seven steps and the last.
  package var givesWholePaths = false

  /// An interpreter of the protocol; indices in the definition must be those of its parts.
  public init(_ definition: ProtocolDefinition) { plan = ProtocolPlan(definition) }

  /// The protocol it walks.
  public var definition: ProtocolDefinition { plan.definition }

  /// Index in `definition.bodies` of the message, struct or element body of that name.
  public func body(named name: String) -> Int? { plan.body(named: name) }

  /// Name of the direction of the message that a body is; nil when it is none.
  package func direction(of body: Int) -> String? {
    plan.bodies[body].message.map { plan.definition.directions[$0.direction] }
  }

  /// Index of a direction.
  public func direction(named name: String) -> Int? { definition.directions.firstIndex(of: name) }

  /// The header of a family as a body of its own.
  ///
  /// - Parameter family: Index in `definition.families`.
  package func header(ofFamily family: Int) -> BodyDefinition { plan.families[family].header.definition }
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
    let plan = self.plan.bodies[body]
    var run = DecodingRun(self, octets, mode: mode, root: plan)
    var isComplete = true
    do throws(Stop) {
      try run.outermost(plan, isPrefix: isPrefix)
    } catch {
      switch error {
      case .failed(let violation): throw violation
      case .structural: isComplete = false
      }
    }
    run.node.count = run.position
    return Decoded(
      body: body, tree: WireTree(root: run.node), violations: run.violations, isComplete: isComplete,
      count: run.position)
  }

  /// The element whose body it is; nil when it is no element's.
  func element(of body: Int) -> (family: FamilyDefinition, element: FamilyDefinition.Element)? { plan.element(of: body) }

  /// What elements with that body are aligned to.
  func alignment(ofElementWith body: BodyDefinition) -> Int {
    self.body(named: body.name).flatMap(element(of:))?.family.alignment ?? 1
  }
}

extension Interpreter {
  /// What a number stands for in `codes`; nil when it has no name and is in no range.
  func meaning(_ value: Int128, codes index: Int?) -> WireTree.Meaning? {
    guard let index, let number = UInt64(exactly: value) else { return nil }
    return plan.codes[index].meaning(number)
  }

  /// A violation with its code's name looked up.
  func violation(
    _ kind: WireError.Kind, severity: WireError.Severity = .error, at offset: Int, path: String,
    code: UInt64? = nil, rule: String? = nil
  ) -> Violation {
    var violation = Violation(kind, severity: severity, at: offset, path: path, code: code, rule: rule)
    if let code, case .code(let name, let label) = meaning(Int128(code), codes: plan.definition.errorCodes) {
      violation.codeName = name
      violation.codeLabel = label
    }
    return violation
  }
}

import WireText

/// Renders a list of elements: here its layout and its walk; the type that holds it and its view have files of their own.
struct ListRenderer {
  let context: RenderContext
  let plan: MemberPlan
  let shape: ListShape
  let body: BodyPlan

  var family: FamilyDefinition { context.definition.families[shape.family] }
  var list: String { plan.member.name }
  /// The type that holds the elements.
  var type: String { SwiftName.nested(list) }
  var layout: String { "layout.\(list)Layout" }
  var layoutType: String { "\(type)Layout" }
  var familyType: String { context.typeName(of: family) }

  /// Whether some of the elements take the message that the list is in.
  var isMessageBound: Bool { uses.contains { isMessageBound($0) } }

  func isMessageBound(_ use: Use) -> Bool { context.lowering.isMessageBound(use.element.body) }

  /// The element at a place of the list's octets.
  func element(from start: String) -> String {
    "\(context.headerVaries(family) ? "try " : "")\(familyType).element(octets, at: position, from: \(start))"
  }

  /// An element the list allows.
  struct Use {
    var allowed: ListShape.Allowed
    var element: FamilyDefinition.Element
    var type: String
    var property: String
    /// A value stored in place would contain itself; the property is computed from an array.
    var isBoxed: Bool
    /// Its place in the order of encoding.
    var rank: Int
    var isMany: Bool { allowed.maximum != 1 }
    var isRequired: Bool { allowed.minimum == 1 && allowed.maximum == 1 }
    var occurrence: String { "\(element.name)Occurrence" }
    /// The stored property.
    var storage: String { isBoxed ? "\(element.name)Storage" : property }
  }

  /// In the order of the schema.
  var uses: [Use] {
    let order = encodingOrder
    return shape.allowed.enumerated().map { index, allowed in
      let element = family.elements[allowed.element]
      return Use(
        allowed: allowed, element: element, type: SwiftName.type(context.definition.bodies[element.body].name),
        property: SwiftName.property(element.name),
        isBoxed: allowed.maximum == 1 && context.nesting.containsItself(body.index, through: element.body),
        rank: order.firstIndex(of: index) ?? 0)
    }
  }

  /// Indices in `shape.allowed` in the order of encoding; nil for the unknown elements: what must be first, what need not be
  /// anywhere, unknown ones, what must be last.
  private var encodingOrder: [Int?] {
    func indices(_ position: ListShape.Position?) -> [Int?] {
      shape.allowed.indices.filter { shape.allowed[$0].position == position }
    }
    return indices(.first) + indices(nil) + [nil] + indices(.last)
  }

  /// The place of unknown elements in the order of encoding.
  var unknownRank: Int { encodingOrder.firstIndex(of: nil) ?? 0 }

  /// Elements that become properties: all but the forbidden.
  var stored: [Use] { uses.filter { $0.allowed.maximum != 0 } }

  /// In the order of encoding.
  var ranked: [Use] { uses.sorted { $0.rank < $1.rank } }

  /// The direction when it is always the same.
  private var direction: Int? { body.message?.direction }

  /// Whether the list's own functions must be told the direction.
  var takesDirection: Bool { context.nesting.directional.contains(body.index) }

  /// What happens to unknown elements here, in order.
  var policies: [FamilyDefinition.UnknownPolicy] {
    family.unknown.filter { $0.direction == nil || direction == nil || $0.direction == direction }
  }

  var keeps: Bool { policies.contains { $0.action == .keep } }

  /// Whether a policy speaks of `element`.
  ///
  /// - Parameter direction: the variable that has it where it is not always the same.
  func test(_ policy: FamilyDefinition.UnknownPolicy, direction variable: String) -> String {
    var tests: [String] = []
    let bounds = context.tagBounds(family)
    if policy.first > bounds.lowerBound || policy.last < bounds.upperBound {
      tests.append("(\(policy.first)...\(policy.last)).contains(element.tag)")
    }
    if let extra = policy.extraTag { tests.append("element.extraTag == \(extra)") }
    if direction == nil, let only = policy.direction { tests.append("(\(variable) == 0 || \(variable) == \(only + 1))") }
    return tests.isEmpty ? "true" : tests.joined(separator: " && ")
  }

  /// What `switch` compares to tell elements apart, and the patterns.
  var identity: String { family.extraTag == nil ? "element.tag" : "(element.tag, element.extraTag)" }

  func pattern(_ element: FamilyDefinition.Element) -> String {
    family.extraTag == nil ? "\(element.tag)" : "(\(element.tag), \(element.extraTag))"
  }

  // MARK: Layout

  func renderLayout(_ source: inout SwiftSource) {
    source.block("\(context.access)struct \(layoutType): Sendable, BitwiseCopyable") { inner in
      for use in uses { inner.line("\(context.stored)var \(use.occurrence) = Occurrence()") }
      inner.line("/// Where the list starts.")
      inner.line("\(context.stored)var listStart = 0")
      inner.line("\(context.stored)var listCount = 0")
      inner.line("\(context.stored)var listUnknown = 0")
      inner.line("\(context.stored)var listIsOrdered = true")
    }
  }
}

import Wire

/// A family of elements as decoding goes through it.
final class FamilyPlan: Sendable {
  let definition: FamilyDefinition
  /// The header as a body of its own.
  let header: BodyPlan
  /// What an element is called that its list does not know.
  let unknown: Naming
  /// What must be counted to bound how deep lists of the family are inside each other; nil when they never are.
  let nesting: Nesting?
  let tagName: String
  let lengthName: String
  let extraTag: String?
  let extraTagDefault: UInt64
  let headerIsInBody: Bool
  let lengthCountsPadding: Bool
  let alignment: Int
  let code: UInt64?

  /// - Parameter index: in `ProtocolDefinition.families`.
  init(_ definition: FamilyDefinition, _ index: Int, _ parts: PlanParts) {
    self.definition = definition
    tagName = definition.tagName
    lengthName = definition.header[definition.length].name
    extraTag = definition.extraTag
    extraTagDefault = definition.extraTagDefault
    headerIsInBody = definition.headerIsInBody
    lengthCountsPadding = definition.lengthCountsPadding
    alignment = definition.alignment
    code = definition.code
    header = BodyPlan(definition.headerBody, nil, parts)
    unknown = Naming("unknown", label: definition.name, isShared: true)
    nesting = definition.maximumDepth == nil ? nil : .family(index)
  }
}

/// An element of a family.
final class ElementPlan: Sendable {
  let naming: Naming
  let tag: UInt64
  let extraTag: UInt64
  /// Index in `ProtocolDefinition.bodies`.
  let body: Int
  /// Protocol code of octets left over in it.
  let code: UInt64?

  init(_ definition: FamilyDefinition.Element) {
    naming = Naming(definition.name, label: definition.label, isShared: true)
    tag = definition.tag
    extraTag = definition.extraTag
    body = definition.body
    code = definition.code
  }
}

/// A list of elements.
final class ListPlan: Sendable {
  /// Index in `ProtocolDefinition.families`.
  let family: Int
  let end: ListShape.End
  let isOrdered: Bool
  /// In document order.
  let allowed: [Allowed]

  /// An element that the list allows.
  final class Allowed: Sendable {
    let definition: ListShape.Allowed
    let element: ElementPlan
    let maximum: Int
    let isFirst: Bool
    /// Whether it has a place in the order that the list gives, where there is one.
    let isListed: Bool
    let excessCode: UInt64?
    let invalidCode: UInt64?
    /// Whether there is nothing to say of it at the end of a list, unless it came too often.
    let isFree: Bool

    init(_ definition: ListShape.Allowed, _ element: ElementPlan) {
      self.definition = definition
      self.element = element
      maximum = definition.maximum ?? .max
      isFirst = definition.position == .first
      // What extensions add has none.
      isListed = definition.addition == nil
      excessCode = definition.excessCode
      invalidCode = definition.invalidCode
      isFree = definition.minimum <= 0 && definition.requiredWhen == nil && definition.position != .last
    }
  }

  init(_ shape: ListShape, _ parts: PlanParts) {
    family = shape.family
    end = shape.end
    isOrdered = shape.isOrdered
    allowed = shape.allowed.map { Allowed($0, parts.elements[shape.family][$0.element]) }
  }

  /// Place in `allowed` of an element; nil when the list does not know it.
  func place(tag: UInt64, extraTag: UInt64) -> Int? {
    allowed.firstIndex { $0.element.tag == tag && $0.element.extraTag == extraTag }
  }
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

import Wire
import WireText

/// Writes the members and rules of a body as tables.
struct DissectorMembers {
  let definition: ProtocolDefinition
  let body: BodyDefinition
  /// Set for the header of a family: its tag has the names of the family's elements.
  let family: FamilyDefinition?
  private let expressions: LuaExpressions

  init(_ definition: ProtocolDefinition, of body: BodyDefinition, tag family: FamilyDefinition? = nil) {
    self.definition = definition
    self.body = body
    self.family = family
    expressions = LuaExpressions(definition, members: body.members)
  }

  func member(_ member: Member) -> LuaValue {
    var entries = LuaEntries()
    entries.add("kind", kind(of: member))
    if case .bits(_, _, let fields) = member.kind {
      entries.add("pathName", fields.first { !$0.name.isEmpty }?.name ?? "reserved")
    } else if kind(of: member) != "reserved" {
      entries.add("name", member.name)
      entries.add("label", label(of: member))
    }
    add(member, to: &entries)
    entries.add("unit", member.unit)
    if let condition = member.condition { entries.add("when", expressions.test(condition)) }
    entries.add("code", member.code)
    entries.add("isWarning", member.isWarning)
    entries.add("inherits", member.inheritsCode)
    return entries.value
  }

  func rule(_ rule: RuleDefinition) -> LuaValue {
    var entries = LuaEntries()
    entries.add("name", rule.name)
    entries.add("test", expressions.test(rule.test))
    entries.add("code", rule.code)
    entries.add("isWarning", rule.isWarning)
    entries.add("inherits", rule.inheritsCode)
    return entries.value
  }

  func derived(_ derived: DerivedDefinition) -> LuaValue {
    .table([.init("name", .text(derived.name)), .init("test", expressions.test(derived.test))])
  }
}

extension DissectorMembers {
  private func label(of member: Member) -> String { member.label.isEmpty ? member.name : member.label }

  private func kind(of member: Member) -> String {
    switch member.kind {
    case .integer: "integer"
    case .bits: "bits"
    case .reserved, .reservedRest: "reserved"
    case .ipv4, .ipv6, .mac: "address"
    case .octets, .text: "octets"
    case .structure: "structure"
    case .array: "array"
    case .list: "list"
    case .choice: "choice"
    }
  }

  private func add(_ member: Member, to entries: inout LuaEntries) {
    switch member.kind {
    case .integer(let shape): add(shape, member, to: &entries)
    case .bits(let octets, let isLittleEndian, let fields):
      entries.add("size", octets)
      entries.add("isLittle", isLittleEndian)
      entries.add("members", .table(fields.map { .init(nil, bitField($0)) }))
    case .reserved(let size, let send, let isChecked):
      entries.add("size", size)
      entries.add("send", send & 0xFF)
      entries.add("isChecked", isChecked)
    case .reservedRest(let send, let isChecked):
      entries.add("send", send & 0xFF)
      entries.add("isChecked", isChecked)
    case .ipv4: entries.add("size", 4)
    case .ipv6: entries.add("size", 16)
    case .mac: entries.add("size", 6)
    case .octets(let shape): add(shape.extent, shape.minimum, shape.maximum, to: &entries)
    case .text(let shape):
      entries.add("content", shape.content.rawValue)
      entries.add("keepsInvalid", shape.keepsInvalid)
      entries.add("refusesNUL", shape.refusesNUL)
      add(shape.extent, shape.minimum, shape.maximum, to: &entries)
    case .structure(let index): entries.add("body", definition.bodies[index].name)
    case .array(let shape): add(shape, label: label(of: member), to: &entries)
    case .list(let shape): add(shape, to: &entries)
    case .choice(let shape): add(shape, to: &entries)
    }
  }

  /// A field of a group of bits.
  private func bitField(_ field: Member) -> LuaValue {
    guard case .reserved(let width, let send, let isChecked) = field.kind else { return member(field) }
    var entries = LuaEntries()
    entries.add("kind", "reserved")
    entries.add("bits", width)
    entries.add("send", width < 64 ? send & (1 << UInt64(width) - 1) : send)
    entries.add("isChecked", isChecked)
    entries.add("code", field.code)
    entries.add("isWarning", field.isWarning)
    entries.add("inherits", field.inheritsCode)
    return entries.value
  }
}

// MARK: - Numbers

extension DissectorMembers {
  private func add(_ shape: IntegerShape, _ member: Member, to entries: inout LuaEntries) {
    entries.add("bits", shape.bits)
    entries.add("isSigned", shape.isSigned)
    entries.add("isLittle", shape.isLittleEndian)
    entries.add("isBoolean", shape.isBoolean)
    if let family, member.name == family.tagName {
      entries.add("codes", definition.codes[family.codes].name)
    } else {
      entries.add("codes", shape.codes.map { definition.codes[$0].name })
    }
    entries.add("flags", shape.flags.map { definition.flags[$0].name })
    entries.add("only", shape.only.map { .table($0.map { .init(nil, .number($0)) }) })
    entries.add("min", shape.minimum)
    entries.add("max", shape.maximum)
    entries.add("constant", shape.constant)
    if case .epoch(let unit, let origin) = shape.time { entries.add("time", time(unit, origin)) }
    if case .duration(let unit) = shape.time, member.unit == nil { entries.add("unit", unit.rawValue) }
    entries.add("computed", shape.computed.flatMap(computed))
  }

  private func time(_ unit: IntegerShape.TimeUnit, _ origin: Int64) -> LuaValue {
    var entries = LuaEntries()
    entries.add("origin", origin)
    let seconds = unit.seconds
    if seconds.isOfSecond { entries.add("perSecond", seconds.count) } else { entries.add("seconds", seconds.count) }
    return entries.value
  }

  /// What decoding does with a number that encoding computes; nil when it does nothing.
  private func computed(_ computed: IntegerShape.Computed) -> LuaValue? {
    var entries = LuaEntries()
    switch computed {
    case .size, .count, .presence, .element: return nil
    case .rest(let unit, let plus), .message(let unit, let plus):
      if case .rest = computed { entries.add("kind", "rest") } else { entries.add("kind", "message") }
      entries.add("unit", unit)
      entries.add("plus", plus)
    case .checksum(let algorithm, let scope, let xor):
      entries.add("kind", "checksum")
      entries.add("algorithm", algorithm.rawValue)
      entries.add("over", scope.rawValue)
      entries.add("xor", xor)
    }
    return entries.value
  }
}

extension IntegerShape.TimeUnit {
  /// How many of it a second has, or how many seconds it has.
  fileprivate var seconds: (count: Int, isOfSecond: Bool) {
    switch self {
    case .nanoseconds: (1_000_000_000, true)
    case .microseconds: (1_000_000, true)
    case .milliseconds: (1000, true)
    case .seconds: (1, true)
    case .minutes: (60, false)
    case .hours: (3600, false)
    case .days: (86_400, false)
    }
  }
}

// MARK: - What varies in size

extension DissectorMembers {
  private func add(_ extent: Extent, _ minimum: Int, _ maximum: Int?, to entries: inout LuaEntries) {
    switch extent {
    case .fixed(let size): entries.add("size", size)
    case .rest: entries.add("isRest", true)
    case .expression(let expression): entries.add("sizeOf", expressions.number(expression))
    case .prefixed(let bits, let isLittleEndian):
      entries.add("prefix", bits)
      entries.add("isLittle", isLittleEndian)
    case .terminated(let octet): entries.add("terminator", octet)
    case .padded(let size, let pad):
      entries.add("size", size)
      entries.add("pad", pad)
    }
    entries.add("min", minimum)
    entries.add("max", maximum)
  }

  /// - Parameter label: of the array, which its values have too.
  private func add(_ shape: ArrayShape, label: String, to entries: inout LuaEntries) {
    var element = shape.element
    element.label = label
    entries.add("of", member(element))
    switch shape.end {
    case .container: break
    case .counted(let counter): entries.add("counter", counter)
    case .count(let expression): entries.add("count", expressions.number(expression))
    case .size(let expression): entries.add("sizeOf", expressions.number(expression))
    case .terminated(let number, let octets, let isLittleEndian):
      entries.add("terminator", number)
      entries.add("size", octets)
      entries.add("isLittle", isLittleEndian)
    }
    entries.add("min", shape.minimum)
    entries.add("max", shape.maximum)
  }

  private func add(_ shape: ListShape, to entries: inout LuaEntries) {
    let family = definition.families[shape.family]
    entries.add("family", family.name)
    entries.add("isOrdered", shape.isOrdered)
    switch shape.end {
    case .container: break
    case .count(let expression): entries.add("count", expressions.number(expression))
    case .size(let expression): entries.add("sizeOf", expressions.number(expression))
    }
    entries.add("allowed", .table(shape.allowed.map { .init(nil, allowed($0, family)) }))
  }

  private func allowed(_ allowed: ListShape.Allowed, _ family: FamilyDefinition) -> LuaValue {
    var entries = LuaEntries()
    entries.add("element", family.elements[allowed.element].name)
    entries.add("min", allowed.minimum)
    entries.add("max", allowed.maximum)
    entries.add("missingCode", allowed.missingCode)
    entries.add("excessCode", allowed.excessCode)
    entries.add("invalidCode", allowed.invalidCode)
    if let condition = allowed.requiredWhen { entries.add("requiredWhen", expressions.test(condition)) }
    entries.add("position", allowed.position?.rawValue)
    entries.add("isAdded", allowed.addition != nil)
    return entries.value
  }

  private func add(_ shape: ChoiceShape, to entries: inout LuaEntries) {
    entries.add("on", expressions.number(shape.on))
    entries.add("cases", .table(shape.cases.map { .init(nil, self.case($0, isOtherwise: false)) }))
    entries.add("otherwise", shape.otherwise.map { self.case($0, isOtherwise: true) })
  }

  private func `case`(_ chosen: ChoiceShape.Case, isOtherwise: Bool) -> LuaValue {
    var entries = LuaEntries()
    entries.add("name", chosen.name)
    if !isOtherwise {
      entries.add("first", chosen.first)
      entries.add("last", chosen.last)
    }
    entries.add("body", chosen.body.map { definition.bodies[$0].name })
    return entries.value
  }
}

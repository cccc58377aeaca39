import Wire
import WireText

/// Values that differ from one in one place, most of them in a way that the schema refuses.
///
/// They are tried for being refused for one thing alone; what they aim at is what each kind of member may be refused for.
struct SampleEdits {
  private let definition: ProtocolDefinition
  private var random: SampleRandom
  /// Elements that lists may have besides.
  private let pool: SampleElementPool
  /// Index in `ProtocolDefinition.bodies` of the body whose own members are changed; nil for all.
  private let focus: Int?
  /// Addresses and numbers that the value has somewhere: rules compare members.
  private var addresses: Set<[UInt8]> = []
  private var numbers: Set<Int128> = []
  /// Deeper than any schema may nest, so that a value of any depth ends.
  private static let depthLimit = 80

  init(_ definition: ProtocolDefinition, _ random: SampleRandom, _ pool: SampleElementPool, focus: Int?) {
    self.definition = definition
    self.random = random
    self.pool = pool
    self.focus = focus
  }

  /// - Parameter body: Index in `ProtocolDefinition.bodies`.
  mutating func edits(of value: WireValue, body: Int) -> [WireValue] {
    gather(value)
    return edits(value, body, depth: 0)
  }

  private mutating func gather(_ value: WireValue) {
    switch value {
    case .integer(let number): if numbers.count < 12 { numbers.insert(number) }
    case .octets(let octets): if [4, 16].contains(octets.count), addresses.count < 12 { addresses.insert(octets) }
    case .structure(let fields): for field in fields { gather(field.value) }
    case .array(let items): for item in items { gather(item) }
    case .list(let elements): for case .known(_, let value) in elements { gather(value) }
    case .boolean: break
    }
  }

  private mutating func edits(_ value: WireValue, _ index: Int, depth: Int) -> [WireValue] {
    guard depth < Self.depthLimit else { return [] }
    var found: [WireValue] = []
    let isFocused = focus == nil || focus == index
    for member in definition.bodies[index].members.flatMap(\.properties) {
      guard let inner = value[member.name] else { continue }
      found += edits(inner, member, isFocused, depth: depth).map { value.replacing(member.name, with: $0) }
    }
    return found
  }

  private mutating func edits(_ value: WireValue, _ member: Member, _ isFocused: Bool, depth: Int) -> [WireValue] {
    switch (member.kind, value) {
    case (.structure(let index), _): return edits(value, index, depth: depth + 1)
    case (.array(let shape), .array(let items)): return arrays(items, shape, isFocused, depth: depth).map { .array($0) }
    case (.list(let shape), .list(let elements)): return lists(elements, shape, isFocused, depth: depth).map { .list($0) }
    case (.choice(let shape), _):
      guard let field = value.fields.first, let index = shape.allCases.first(where: { $0.name == field.name })?.body
      else { return [] }
      return edits(field.value, index, depth: depth + 1).map { .structure([.init(field.name, $0)]) }
    default: return isFocused ? edits(value, member) : []
    }
  }

  /// Of what has no parts.
  private mutating func edits(_ value: WireValue, _ member: Member) -> [WireValue] {
    switch (member.kind, value) {
    case (.integer(let shape), .integer(let number)): return numbers(shape, number).map { .integer($0) }
    case (.integer(let shape), .boolean(let flag)) where shape.isBoolean: return [.boolean(!flag)]
    case (.octets(let shape), .octets(let octets)): return sizes(octets, shape.minimum, shape.maximum).map { .octets($0) }
    case (.text(let shape), .octets(let octets)):
      // The last ones are of the same size, for where that is fixed.
      let wrong: [[UInt8]] = [
        [0xff], [0], [0x80], octets + [0xc0], [0xed, 0xa0, 0x80], octets.dropLast() + [0xff], octets.dropLast() + [0],
      ]
      return (sizes(octets, shape.minimum, shape.maximum) + wrong).map { .octets($0) }
    case (.text(let shape), .integer) where shape.content == .date:
      let size = shape.extent.fixedSize ?? min(max(shape.minimum, 24), shape.maximum ?? 24)
      return [.octets([UInt8](repeating: UInt8(ascii: "?"), count: size))]
    case (.ipv4, .octets): return addresses(4)
    case (.ipv6, .octets): return addresses(16)
    default: return []
    }
  }

  private mutating func numbers(_ shape: IntegerShape, _ number: Int128) -> [Int128] {
    let range = shape.drawn
    let limit = Int128(1) << Int128(shape.isSigned ? shape.bits - 1 : shape.bits)
    var numbers = [
      range.lowerBound - 1, range.upperBound + 1, range.lowerBound, range.upperBound, 0, 1, limit - 1, number - 1, number + 1,
      number ^ 1, Int128(random.next()) % limit, Int128(random.below(256)),
    ]
    numbers += self.numbers
    if let codes = shape.codes {
      numbers += definition.codes[codes].codes.prefix(64).map { Int128($0.value) }
      numbers += definition.codes[codes].ranges.map { Int128($0.first) }
      // One without a meaning.
      numbers.append(definition.codes[codes].codes.map { Int128($0.value) }.max().map { $0 + 1 } ?? 0)
    }
    if let flags = shape.flags { numbers.append(Int128(~definition.flags[flags].known & UInt64(clamping: limit - 1))) }
    return Array(Set(numbers.filter { $0 != number && $0 < limit && $0 >= (shape.isSigned ? -limit : 0) })).sorted()
  }

  private mutating func sizes(_ octets: [UInt8], _ minimum: Int, _ maximum: Int?) -> [[UInt8]] {
    var counts = [0, 1, minimum - 1, octets.count - 1, octets.count + 1]
    if let maximum, maximum < CoverageGoals.largest { counts.append(maximum + 1) }
    return Set(counts).sorted().filter { $0 >= 0 && $0 != octets.count }.map { count in
      Array(octets.prefix(count)) + [UInt8](repeating: UInt8(ascii: "x"), count: max(0, count - octets.count))
    }
  }

  private mutating func addresses(_ count: Int) -> [WireValue] {
    var addresses = [[UInt8](repeating: 0, count: count), [UInt8](repeating: 0xff, count: count), random.octets(count)]
    if count == 16 {
      let mapped = [UInt8](repeating: 0, count: 10) + [0xff, 0xff]
      addresses += [mapped + [0, 0, 0, 0], mapped + random.octets(4), [UInt8](repeating: 0, count: 12) + random.octets(4)]
    }
    addresses += self.addresses.filter { $0.count == count }.sorted { $0.lexicographicallyPrecedes($1) }
    return addresses.map { .octets($0) }
  }

  private mutating func arrays(
    _ items: [WireValue], _ shape: ArrayShape, _ isFocused: Bool, depth: Int
  ) -> [[WireValue]] {
    var found: [[WireValue]] = []
    for (index, item) in items.enumerated().prefix(8) {
      for edited in edits(item, shape.element, isFocused, depth: depth + 1) {
        found.append(items.replacing(index, with: [edited]))
      }
      guard isFocused else { continue }
      found.append(items.replacing(index, with: []))
      found.append(items.replacing(index, with: [item, item]))
      if index > 0 { found.append(items.swapping(index)) }
    }
    guard isFocused else { return found }
    if let maximum = shape.maximum, maximum < CoverageGoals.largest, let item = items.first {
      found.append(items + [WireValue](repeating: item, count: max(1, maximum + 1 - items.count)))
    }
    if shape.minimum > 0 { found.append(Array(items.prefix(shape.minimum - 1))) }
    return found
  }

  private mutating func lists(
    _ elements: [WireValue.Element], _ shape: ListShape, _ isFocused: Bool, depth: Int
  ) -> [[WireValue.Element]] {
    let family = definition.families[shape.family]
    var found = isFocused ? moved(elements, shape, family) + unknown(elements, shape, family) : []
    for (index, element) in elements.enumerated().prefix(16) {
      guard case .known(let name, let value) = element, let known = family.elements.first(where: { $0.name == name })
      else { continue }
      for edited in edits(value, known.body, depth: depth + 1) {
        found.append(elements.replacing(index, with: [.known(name: name, edited)]))
      }
    }
    return found
  }

  /// With elements gone, twice, in another place, as often as they may not be, and with ones that were not there.
  private func moved(
    _ elements: [WireValue.Element], _ shape: ListShape, _ family: FamilyDefinition
  ) -> [[WireValue.Element]] {
    var found: [[WireValue.Element]] = []
    for (index, element) in elements.enumerated().prefix(16) {
      found.append(elements.replacing(index, with: []))
      found.append(elements.replacing(index, with: [element, element]))
      if index > 0 { found.append(elements.swapping(index)) }
      if index > 1 { found.append([element] + elements.replacing(index, with: [])) }
      guard let name = element.name else { continue }
      found.append(elements.filter { $0.name != name })
      if let maximum = shape.allowed.first(where: { family.elements[$0.element].name == name })?.maximum, maximum <= 64 {
        let more = max(1, maximum + 1 - elements.count { $0.name == name })
        found.append(elements.replacing(index, with: [WireValue.Element](repeating: element, count: more + 1)))
      }
    }
    let there = Set(elements.compactMap(\.name))
    for element in pool.elements(of: shape.family) where !there.contains(element.name ?? "") {
      found += [elements + [element], [element] + elements]
    }
    return found
  }

  /// With elements that must be known and are not, at the start and at the end.
  private mutating func unknown(
    _ elements: [WireValue.Element], _ shape: ListShape, _ family: FamilyDefinition
  ) -> [[WireValue.Element]] {
    let allowed = Set(shape.allowed.map { family.elements[$0.element].tag })
    var tags = family.elements.map(\.tag).filter { !allowed.contains($0) }.prefix(4).map { $0 }
    for policy in family.unknown where policy.action == .reject {
      tags += [policy.first, policy.last, policy.first &+ UInt64(random.below(64))].filter {
        policy.first <= $0 && $0 <= policy.last && !allowed.contains($0)
      }
    }
    return tags.flatMap { tag in
      [0, 4].flatMap { count in
        let element = WireValue.Element.unknown(tag: tag, value: [UInt8](repeating: 0, count: count))
        return [[element] + elements, elements + [element]]
      }
    }
  }
}

extension WireValue {
  /// The structure with another value for a member that it has.
  fileprivate func replacing(_ name: String, with value: WireValue) -> WireValue {
    var copy = self
    copy[name] = value
    return copy
  }
}

extension Array {
  fileprivate func replacing(_ index: Int, with items: [Element]) -> [Element] {
    self[..<index] + items + self[(index + 1)...]
  }

  /// With the item and the one before it in the other order.
  fileprivate func swapping(_ index: Int) -> [Element] {
    var copy = self
    copy.swapAt(index - 1, index)
    return copy
  }
}

extension Member {
  /// The fields of a group of bits, or the member itself, as far as they have names.
  fileprivate var properties: [Member] {
    if case .bits(_, _, let fields) = kind { return fields.filter { !$0.name.isEmpty } }
    return name.isEmpty ? [] : [self]
  }
}

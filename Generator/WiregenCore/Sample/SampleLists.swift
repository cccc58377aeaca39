import Wire
import WireText

/// A protocol with bodies that have nothing but one list or one array, for measuring and trying what is in those.
struct SampleProbes {
  let interpreter: Interpreter
  /// For each family, a body with a list of all its elements.
  let lists: [Int]
  /// For arrays with a size, by the names of body and array, a body with that array.
  let arrays: [String: Int]

  init(_ definition: ProtocolDefinition) {
    var definition = definition
    var lists: [Int] = []
    for (index, family) in definition.families.enumerated() {
      let allowed = family.elements.indices.map {
        ListShape.Allowed(element: $0, minimum: 0, maximum: nil, missingCode: nil, excessCode: nil)
      }
      let list = Member(name: "probe", label: "", kind: .list(ListShape(family: index, allowed: allowed)))
      lists.append(definition.bodies.count)
      definition.bodies.append(BodyDefinition(name: "probe \(index)", members: [list]))
    }
    var arrays: [String: Int] = [:]
    for body in definition.bodies {
      for var member in body.members {
        guard case .array(var shape) = member.kind, case .size = shape.end else { continue }
        arrays["\(body.name).\(member.name)"] = definition.bodies.count
        shape.end = .container
        (member.name, member.kind, member.condition) = ("probe", .array(shape), nil)
        definition.bodies.append(BodyDefinition(name: "probe \(body.name).\(member.name)", members: [member]))
      }
    }
    self.lists = lists
    self.arrays = arrays
    interpreter = Interpreter(definition)
  }

  /// The octets of a list or an array; nil when it cannot be encoded.
  func octets(_ body: Int, _ value: WireValue) -> [UInt8]? {
    try? interpreter.encode(body, .structure([.init("probe", value)]), checked: false)
  }

  /// Whether a list says the same after encoding and decoding, whatever else is wrong.
  func keeps(_ element: WireValue.Element, family: Int) -> Bool {
    guard let octets = octets(lists[family], .list([element])), case .unknown(let tag, _, let value) = element,
      let decoded = try? interpreter.decode(lists[family], octets, mode: .collecting),
      case .list(let elements)? = decoded.tree.value["probe"], case .kept(let kept)? = elements.first
    else { return false }
    return kept.tag == tag && kept.value.elementsEqual(value)
  }
}

// MARK: - Arrays

extension SampleMaker {
  mutating func array(
    _ member: Member, _ shape: ArrayShape, in body: BodyDefinition, _ scope: inout SampleScope
  ) -> WireValue {
    if case .structure(let index) = shape.element.kind, let limit = interpreter.definition.bodies[index].maximumDepth,
      bodiesAround[index, default: 0] >= limit
    {
      if case .count(let expression) = shape.end { _ = scope.make(expression, 0) }
      if case .size(let expression) = shape.end { _ = scope.make(expression, 0) }
      return .array([])
    }
    let steered = steering.counts[scope.body]?[member.name]
    var count = steered ?? random.count(from: shape.minimum, to: shape.maximum, usually: span(3))
    if case .count(let expression) = shape.end { count = wanted(expression, orElse: count, upTo: 16, in: body, &scope) }
    guard case .size(let expression) = shape.end, let probe = probes.arrays["\(body.name).\(member.name)"] else {
      return .array(items(shape, count))
    }
    defer { scope.settle(expression) }
    var items = items(shape, count)
    for _ in 0..<48 {
      guard let octets = probes.octets(probe, .array(items)), !scope.make(expression, Int128(octets.count)) else { break }
      // Another number of values, or other ones, may take what the expression says.
      let size = Int(clamping: max(0, min(scope.number(expression) ?? 0, 256)))
      let each = Sizes(interpreter.definition).fixed(shape.element)
      items = self.items(shape, each.map { size / max(1, $0) } ?? random.below(min(size, 8) + 1))
    }
    return .array(items)
  }

  mutating func items(_ shape: ArrayShape, _ count: Int) -> [WireValue] {
    var items: [WireValue] = []
    for _ in 0..<count {
      allowance -= 1
      // A value that would be taken for the end is drawn again, and else left out.
      for _ in 0..<8 {
        let item = item(shape.element)
        guard !shape.isEnd(item, interpreter) else { continue }
        items.append(item)
        break
      }
    }
    return items
  }

  private mutating func item(_ element: Member) -> WireValue {
    if case .integer(let integer) = element.kind { return .integer(number(integer)) }
    var scope = SampleScope(definition: interpreter.definition, body: 0)
    return value(of: element, in: BodyDefinition(name: "", members: []), &scope)
  }
}

extension ArrayShape {
  /// Whether a value starts as what ends the array.
  fileprivate func isEnd(_ item: WireValue, _ interpreter: Interpreter) -> Bool {
    guard case .terminated(let terminator, _, _) = end else { return false }
    switch (item, element.kind) {
    case (.integer(let number), _): return number == Int128(terminator)
    case (.octets(let octets), _): return octets.first.map(UInt64.init) == terminator
    case (_, .structure(let body)):
      guard let octets = try? interpreter.encode(body, item, checked: false) else { return true }
      return octets.first.map(UInt64.init) == terminator
    default: return false
    }
  }
}

// MARK: - Lists

extension SampleMaker {
  mutating func list(
    _ shape: ListShape, in body: BodyDefinition, _ name: String, _ scope: inout SampleScope
  ) -> WireValue {
    let family = interpreter.definition.families[shape.family]
    var elements: [WireValue.Element] = []
    if family.maximumDepth.map({ familiesAround[shape.family, default: 0] < $0 }) ?? true {
      familiesAround[shape.family, default: 0] += 1
      elements = self.elements(shape, family, in: body, name, scope)
      familiesAround[shape.family, default: 0] -= 1
    }
    switch shape.end {
    case .container: break
    case .count(let expression):
      defer { scope.settle(expression) }
      if scope.number(expression) != Int128(elements.count), !scope.make(expression, Int128(elements.count)) {
        elements = reduce(elements, shape, to: scope.number(expression))
      }
    case .size(let expression):
      defer { scope.settle(expression) }
      while let octets = probes.octets(probes.lists[shape.family], .list(elements)),
        scope.number(expression) != Int128(octets.count), !scope.make(expression, Int128(octets.count)), !elements.isEmpty
      { elements.removeLast() }
    }
    return .list(elements)
  }

  private mutating func elements(
    _ shape: ListShape, _ family: FamilyDefinition, in body: BodyDefinition, _ name: String, _ scope: SampleScope
  ) -> [WireValue.Element] {
    var elements: [WireValue.Element] = []
    for allowed in shape.allowed {
      let mayBeThere = shape.allowed.count <= 4 || random.chance(3, of: shape.allowed.count)
      let most = allowed.position == nil ? allowed.maximum : min(1, allowed.maximum ?? 1)
      var count = random.count(from: allowed.minimum, to: most, usually: mayBeThere ? span(2) : 0)
      if !mayBeThere { count = allowed.minimum }
      if let steered = steering.occurrences[scope.body]?[name]?[family.elements[allowed.element].name] { count = steered }
      for _ in 0..<count { elements.append(element(allowed, shape, family)) }
    }
    var inner = scope
    inner.set(name, .list(elements))
    for allowed in shape.allowed where allowed.maximum != 0 {
      guard let condition = allowed.requiredWhen, inner.holds(condition) == true,
        !elements.contains(where: { $0.name == family.elements[allowed.element].name })
      else { continue }
      elements.append(element(allowed, shape, family))
    }
    arrange(&elements, shape, family)
    return elements
  }

  mutating func element(
    _ allowed: ListShape.Allowed, _ shape: ListShape, _ family: FamilyDefinition
  ) -> WireValue.Element {
    allowance -= 1
    let known = family.elements[allowed.element]
    var element = WireValue.Element.known(name: known.name, value(of: known.body))
    // Not every size is one that the length can say.
    var attempts = family.lengthUnit > 1 ? 12 : 0
    while attempts > 0, probes.octets(probes.lists[shape.family], .list([element])) == nil {
      attempts -= 1
      element = .known(name: known.name, value(of: known.body))
    }
    return element
  }

  /// Puts elements where they may stand, unknown ones among them.
  private mutating func arrange(_ elements: inout [WireValue.Element], _ shape: ListShape, _ family: FamilyDefinition) {
    if shape.isOrdered {
      let names = shape.allowed.map { family.elements[$0.element].name }
      elements = names.flatMap { name in elements.filter { $0.name == name } }
    } else if random.chance(1, of: 2) {
      random.shuffle(&elements)
    }
    if allowance > 0, steering.unknown != nil || random.chance(1, of: 4), let unknown = unknown(shape, family) {
      elements.insert(unknown, at: random.below(elements.count + 1))
    }
    for allowed in shape.allowed where allowed.position != nil {
      let name = family.elements[allowed.element].name
      guard let place = elements.firstIndex(where: { $0.name == name }) else { continue }
      let element = elements.remove(at: place)
      if allowed.position == .first { elements.insert(element, at: 0) } else { elements.append(element) }
    }
  }

  /// So many elements, the ones that must be there among them if they are no more.
  private mutating func reduce(
    _ elements: [WireValue.Element], _ shape: ListShape, to count: Int128?
  ) -> [WireValue.Element] {
    guard let count, count >= 0, count <= 64 else { return elements }
    let family = interpreter.definition.families[shape.family]
    let required = Set(shape.allowed.filter { $0.minimum > 0 }.map { family.elements[$0.element].name })
    var rest = elements
    while rest.count > Int(count) {
      rest.remove(at: rest.lastIndex { !required.contains($0.name ?? "") } ?? rest.count - 1)
    }
    let more = shape.allowed.filter { $0.maximum == nil && $0.position == nil }
    while rest.count < Int(count), let allowed = random.pick(more) { rest.append(element(allowed, shape, family)) }
    return rest
  }
}

// MARK: - Unknown elements

extension SampleMaker {
  /// An element that no list knows and that need not be known, most often one that is kept.
  private mutating func unknown(_ shape: ListShape, _ family: FamilyDefinition) -> WireValue.Element? {
    let mayIgnore = shape.end == .container && (steering.unknown == .ignore || random.chance(1, of: 4))
    let wanted = family.unknown.filter { steering.unknown == nil || $0.action == steering.unknown }
    for _ in 0..<8 {
      guard let policy = random.pick(wanted) ?? random.pick(family.unknown) else { return nil }
      let tag = random.chance(1, of: 4) ? policy.last : policy.first &+ UInt64(random.below(300))
      guard policy.first <= tag, tag <= policy.last, !family.elements.contains(where: { $0.tag == tag }) else { continue }
      let header = header(shape.family, family, policy)
      let extraTag = header.first { $0.name == family.extraTag }.flatMap { field -> UInt64? in
        if case .integer(let number) = field.value { return UInt64(clamping: number) }
        return nil
      }
      let action = family.action(tag, extraTag ?? family.extraTagDefault, direction)
      guard action == .keep || action == .ignore && mayIgnore else { continue }
      for count in random.below(6)...80 {
        let element = WireValue.Element.unknown(tag: tag, header: header, value: random.octets(count))
        if action == .ignore || probes.keeps(element, family: shape.family) { return element }
      }
    }
    return nil
  }

  /// The other members of the header of an unknown element.
  private mutating func header(
    _ index: Int, _ family: FamilyDefinition, _ policy: FamilyDefinition.UnknownPolicy
  ) -> [WireValue.Field] {
    guard family.headerIsInBody else { return [] }
    let hasExtraTag = policy.extraTag.map { $0 != family.extraTagDefault } ?? random.chance(1, of: 2)
    var scope = SampleScope(definition: interpreter.definition, body: 0)
    let length = family.header[family.length].name
    for member in interpreter.header(ofFamily: index).members.flatMap(\.parts) {
      guard case .integer(let shape) = member.kind, member.name != length, member.name != family.tagName else { continue }
      if let condition = member.condition, scope.holds(condition) == false { continue }
      if shape.computed == .presence {
        scope.numbers[member.name] = hasExtraTag ? 1 : 0
        continue
      }
      var number = shape.constant ?? number(shape)
      if member.name == family.extraTag { number = policy.extraTag.map { Int128($0) } ?? number }
      scope.numbers[member.name] = number
      if shape.constant == nil { scope.set(member.name, shape.isBoolean ? .boolean(number != 0) : .integer(number)) }
    }
    return scope.fields
  }
}

extension Member {
  /// The fields of a group of bits, or the member itself.
  fileprivate var parts: [Member] {
    if case .bits(_, _, let fields) = kind { return fields }
    return [self]
  }
}

extension FamilyDefinition {
  /// What becomes of an element that the list does not know.
  fileprivate func action(_ tag: UInt64, _ extraTag: UInt64, _ direction: Int?) -> UnknownPolicy.Action? {
    unknown.first { policy in
      (policy.direction == nil || direction == nil || policy.direction == direction)
        && (policy.extraTag == nil || policy.extraTag == extraTag) && policy.first <= tag && tag <= policy.last
    }?.action
  }
}

extension ListShape {
  /// Elements with others, all of one name that the list knows, where they may stand.
  func inserting(
    _ added: [WireValue.Element], into elements: [WireValue.Element], _ family: FamilyDefinition
  ) -> [WireValue.Element] {
    func place(_ name: String?) -> Int? { allowed.firstIndex { family.elements[$0.element].name == name } }
    guard let own = place(added.first?.name) else { return elements }
    switch allowed[own].position {
    case .first: return added + elements
    case .last: return elements + added
    case nil:
      let next = elements.firstIndex { element in
        guard let other = place(element.name), allowed[other].position != .first else { return false }
        return allowed[other].position == .last || isOrdered && other > own
      }
      let index = next ?? elements.count
      return elements[..<index] + added + elements[index...]
    }
  }
}

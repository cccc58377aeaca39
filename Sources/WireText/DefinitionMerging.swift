import Wire

/// An element that a list takes because an extension says so.
package struct ListAddition {
  /// Name of the extension.
  package var name: String
  /// The body of the list, and the list.
  package var body: String
  package var list: String
  package var tag: UInt64
  package var extraTag: UInt64
  package var minimum: Int
  package var maximum: Int?
  package var missingCode: UInt64?
  package var excessCode: UInt64?
  package var invalidCode: UInt64?
  package var position: ListShape.Position?
  package var requiredWhen: WireExpression?
  /// Where the element is defined.
  package var source: ProtocolDefinition

  package init(
    _ name: String, in body: String, _ list: String, tag: UInt64, extraTag: UInt64 = 0, minimum: Int = 0,
    maximum: Int? = nil, missingCode: UInt64? = nil, excessCode: UInt64? = nil, invalidCode: UInt64? = nil,
    position: ListShape.Position? = nil, from source: ProtocolDefinition
  ) {
    self.invalidCode = invalidCode
    self.position = position
    self.name = name
    self.body = body
    self.list = list
    self.tag = tag
    self.extraTag = extraTag
    self.minimum = minimum
    self.maximum = maximum
    self.missingCode = missingCode
    self.excessCode = excessCode
    self.source = source
  }
}

extension ListAddition {
  fileprivate init(_ use: ExtensionUse, in body: String, _ list: String) {
    self.init(
      use.extension.description, in: body, list, tag: use.tag, extraTag: use.extraTag, minimum: use.minimum,
      maximum: use.maximum == .max ? nil : use.maximum, missingCode: use.missing.value.map(UInt64.init),
      excessCode: use.excess.value.map(UInt64.init), invalidCode: use.invalid?.value.map(UInt64.init),
      position: use.position.map { $0 == .first ? .first : .last },
      from: WireTextProtocol.of(use.body.definition).definition)
  }
}

extension ProtocolDefinition {
  /// The protocol with what extensions add to it: their elements, and in lists that take them as if they were its own.
  ///
  /// What the extensions add to other protocols is passed over.
  public func merging(_ extensions: ExtensionRegistry) -> ProtocolDefinition {
    var named = self
    let sources = extensions.definitions.map { WireTextProtocol.of($0).definition }.filter { $0.name == name }
    for source in sources { named.takeNames(from: source) }
    return named.merging(
      extensions.uses.compactMap { use in
        let place = use.list.description.split(separator: ".").map(String.init)
        guard place.count == 3, place[0] == name else { return nil }
        var addition = ListAddition(use, in: place[1], place[2])
        if use.required != nil { addition.requiredWhen = sources.lazy.compactMap { $0.requirement(of: addition) }.first }
        return addition
      })
  }

  /// When an extension's list must have an element; nil when it need not, or this is not the extension's definition.
  private func requirement(of addition: ListAddition) -> WireExpression? {
    guard let body = bodies.first(where: { $0.name == addition.body }),
      case .list(let shape)? = body.member(named: addition.list)?.kind
    else { return nil }
    let elements = families[shape.family].elements
    return shape.allowed.first { elements[$0.element].isCalled(addition.tag, addition.extraTag) }?.requiredWhen
  }

  /// More names of codes and flags that both have.
  private mutating func takeNames(from source: ProtocolDefinition) {
    var merge = DefinitionMerge(into: self, from: source, name: "")
    for codes in source.codes.indices where self.codes.contains(where: { $0.name == source.codes[codes].name }) {
      // Names of elements come with the elements.
      if !source.families.contains(where: { $0.codes == codes }) { _ = merge.codes(codes) }
    }
    for flags in source.flags.indices where self.flags.contains(where: { $0.name == source.flags[flags].name }) {
      _ = merge.flags(flags)
    }
    self = merge.target
  }

  /// The protocol with elements that its lists take besides, in that order.
  package func merging(_ additions: [ListAddition]) -> ProtocolDefinition {
    var merged = self
    var waiting = additions
    // A list may be in an element that another addition brings.
    while true {
      let rest = waiting.filter { !merged.add($0) }
      guard rest.count < waiting.count else { return merged }
      waiting = rest
    }
  }

  /// - Returns: false when there is no such list.
  private mutating func add(_ addition: ListAddition) -> Bool {
    guard let body = bodies.firstIndex(where: { $0.name == addition.body }),
      let place = bodies[body].members.firstIndex(where: { $0.name == addition.list }),
      case .list(var shape) = bodies[body].members[place].kind
    else { return false }
    var element = families[shape.family].elements.firstIndex { $0.isCalled(addition.tag, addition.extraTag) }
    if element == nil {
      var merge = DefinitionMerge(into: self, from: addition.source, name: addition.name)
      element = merge.element(addition.tag, addition.extraTag, ofFamily: families[shape.family].name)
      self = merge.target
    }
    guard let element, !shape.allowed.contains(where: { $0.element == element }) else { return true }
    shape.allowed.append(
      ListShape.Allowed(
        element: element, minimum: addition.minimum, maximum: addition.maximum, missingCode: addition.missingCode,
        excessCode: addition.excessCode, invalidCode: addition.invalidCode, requiredWhen: addition.requiredWhen,
        position: addition.position, addition: addition.name))
    bodies[body].members[place].kind = .list(shape)
    return true
  }
}

extension FamilyDefinition.Element {
  fileprivate func isCalled(_ tag: UInt64, _ extraTag: UInt64) -> Bool { self.tag == tag && self.extraTag == extraTag }
}

/// Takes parts of a definition over into another one, which has some of them already: the same names are the same things.
private struct DefinitionMerge {
  var target: ProtocolDefinition
  let source: ProtocolDefinition
  /// Name of the extension.
  let name: String
  /// By index in `source`, what stands for it in `target`.
  private var bodies: [Int: Int] = [:]

  init(into target: ProtocolDefinition, from source: ProtocolDefinition, name: String) {
    self.target = target
    self.source = source
    self.name = name
  }

  /// An element of a family; nil when the source has none of these tags.
  mutating func element(_ tag: UInt64, _ extraTag: UInt64, ofFamily name: String) -> Int? {
    guard let index = source.families.firstIndex(where: { $0.name == name }),
      let place = source.families[index].elements.firstIndex(where: { $0.isCalled(tag, extraTag) })
    else { return nil }
    return element(place, ofFamily: index)
  }

  private mutating func element(_ place: Int, ofFamily index: Int) -> Int {
    var element = source.families[index].elements[place]
    let family = family(index)
    if let known = target.families[family].elements.firstIndex(where: { $0.isCalled(element.tag, element.extraTag) }) {
      return known
    }
    let codes = target.families[family].codes
    if element.extraTag == target.families[family].extraTagDefault, target.codes[codes].lacks(element.tag, element.name) {
      target.codes[codes].codes.append(.init(name: element.name, value: element.tag, label: element.label))
    }
    element.addition = name
    target.families[family].elements.append(element)
    let number = target.families[family].elements.count - 1
    // Behind the element: its body may have lists of the family.
    target.families[family].elements[number].body = body(element.body)
    return number
  }

  private mutating func family(_ index: Int) -> Int {
    var family = source.families[index]
    if let known = target.families.firstIndex(where: { $0.name == family.name }) { return known }
    family.elements = []
    family.codes = codes(family.codes)
    target.families.append(family)
    let number = target.families.count - 1
    target.families[number].header = family.header.map { member($0) }
    return number
  }

  private mutating func body(_ index: Int) -> Int {
    if let known = bodies[index] { return known }
    var body = source.bodies[index]
    if let known = target.bodies.firstIndex(where: { $0.name == body.name }) { return known }
    let number = target.bodies.count
    bodies[index] = number
    target.bodies.append(body)
    body.members = body.members.map { member($0) }
    target.bodies[number] = body
    return number
  }

  private mutating func member(_ member: Member) -> Member {
    var member = member
    switch member.kind {
    case .integer(var shape):
      shape.codes = shape.codes.map { codes($0) }
      shape.flags = shape.flags.map { flags($0) }
      member.kind = .integer(shape)
    case .bits(let octets, let isLittleEndian, let fields):
      member.kind = .bits(octets: octets, isLittleEndian: isLittleEndian, members: fields.map { self.member($0) })
    case .structure(let index): member.kind = .structure(body(index))
    case .array(var shape):
      shape.element = self.member(shape.element)
      member.kind = .array(shape)
    case .list(var shape):
      for place in shape.allowed.indices {
        shape.allowed[place].element = element(shape.allowed[place].element, ofFamily: shape.family)
      }
      shape.family = family(shape.family)
      member.kind = .list(shape)
    case .choice(var shape):
      for place in shape.cases.indices { shape.cases[place].body = shape.cases[place].body.map { body($0) } }
      if let index = shape.otherwise?.body { shape.otherwise?.body = body(index) }
      member.kind = .choice(shape)
    case .reserved, .reservedRest, .ipv4, .ipv6, .mac, .octets, .text: break
    }
    return member
  }

  /// Codes with the names that the extension gives besides.
  mutating func codes(_ index: Int) -> Int {
    let codes = source.codes[index]
    guard let known = target.codes.firstIndex(where: { $0.name == codes.name }) else {
      target.codes.append(codes)
      return target.codes.count - 1
    }
    for code in codes.codes where target.codes[known].lacks(code.value, code.name) { target.codes[known].codes.append(code) }
    return known
  }

  mutating func flags(_ index: Int) -> Int {
    let flags = source.flags[index]
    guard let known = target.flags.firstIndex(where: { $0.name == flags.name }) else {
      target.flags.append(flags)
      return target.flags.count - 1
    }
    for flag in flags.flags where !target.flags[known].flags.contains(where: { $0.bit == flag.bit || $0.name == flag.name }) {
      target.flags[known].flags.append(flag)
    }
    return known
  }
}

extension CodesDefinition {
  /// Whether neither the number has a name nor the name a number.
  fileprivate func lacks(_ value: UInt64, _ name: String) -> Bool {
    !codes.contains { $0.value == value || $0.name == name }
  }
}

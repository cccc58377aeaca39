import Wire

/// Finds where octets would decode to another value than was encoded.
struct Comparison {
  let interpreter: Interpreter
  var steps: [PathStep]

  /// The path of the first member that is there in one only, or differs; nil when the values say the same.
  mutating func difference(_ body: BodyDefinition, _ given: WireValue, _ decoded: WireValue) -> String? {
    let properties = body.properties
    for member in properties {
      if let path = difference(member, given[member.name], decoded[member.name]) { return path }
    }
    return surplus(given, properties.map(\.name))
  }

  /// What the body does not know.
  private func surplus(_ given: WireValue, _ names: [String]) -> String? {
    given.fields.first { !names.contains($0.name) }.map { PathStep.text(steps, $0.name) }
  }

  private mutating func difference(_ member: Member, _ given: WireValue?, _ decoded: WireValue?) -> String? {
    switch (given, decoded) {
    case (nil, nil): return nil
    // The encoder has written the default, or a list without elements.
    case (nil, .some) where member.condition == nil: return nil
    case (nil, .some), (.some, nil): return PathStep.text(steps, member.name)
    case (let given?, let decoded?): return difference(member.kind, given, decoded, member.name)
    }
  }

  private mutating func difference(
    _ kind: MemberKind, _ given: WireValue, _ decoded: WireValue, _ name: String
  ) -> String? {
    switch (kind, given, decoded) {
    case (.structure(let index), _, _): return structure(index, given, decoded, name)
    case (.array(let shape), .array(let left), .array(let right)): return array(shape, left, right, name)
    case (.list(let shape), .list(let left), .list(let right)): return list(shape, left, right, name)
    case (.choice(let shape), _, _): return choice(shape, given, decoded, name)
    default: return given.isSame(as: decoded) ? nil : PathStep.text(steps, name)
    }
  }

  private mutating func structure(
    _ index: Int, _ given: WireValue, _ decoded: WireValue, _ name: String
  ) -> String? {
    if name.isEmpty { return difference(interpreter.definition.bodies[index], given, decoded) }
    steps.append(PathStep(name))
    defer { steps.removeLast() }
    return difference(interpreter.definition.bodies[index], given, decoded)
  }

  private mutating func choice(
    _ shape: ChoiceShape, _ given: WireValue, _ decoded: WireValue, _ name: String
  ) -> String? {
    guard let left = given.fields.first, let right = decoded.fields.first, left.name == right.name else {
      return PathStep.text(steps, name)
    }
    guard let index = shape.allCases.first(where: { $0.name == left.name })?.body else {
      return surplus(left.value, [])
    }
    steps.append(PathStep(name))
    defer { steps.removeLast() }
    return structure(index, left.value, right.value, left.name)
  }

  private mutating func array(
    _ shape: ArrayShape, _ left: [WireValue], _ right: [WireValue], _ name: String
  ) -> String? {
    for index in 0..<min(left.count, right.count) {
      steps.append(PathStep(name, index))
      defer { steps.removeLast() }
      if let path = difference(shape.element.kind, left[index], right[index], "") { return path }
    }
    return left.count == right.count ? nil : PathStep.text(steps, name)
  }

  private mutating func list(
    _ shape: ListShape, _ given: [WireValue.Element], _ decoded: [WireValue.Element], _ list: String
  ) -> String? {
    for index in 0..<min(given.count, decoded.count) {
      steps.append(PathStep(list, index))
      defer { steps.removeLast() }
      if let path = element(shape.family, given[index], decoded[index]) { return path }
    }
    guard given.count != decoded.count else { return nil }
    return PathStep.text(steps + [PathStep(list, min(given.count, decoded.count))])
  }

  private mutating func element(
    _ family: Int, _ given: WireValue.Element, _ decoded: WireValue.Element
  ) -> String? {
    switch (given, decoded) {
    case (.known(let name, let left), .known(let other, let right)) where name == other:
      let elements = interpreter.definition.families[family].elements
      guard let element = elements.first(where: { $0.name == name }) else { return PathStep.text(steps) }
      return structure(element.body, left, right, name)
    case (.kept(let left), .kept(let right)):
      return left.tag == right.tag && left.octets == right.octets ? nil : PathStep.text(steps)
    case (.unknown(let tag, let header, let value), .kept(let kept)):
      let isSame = tag == kept.tag && value.elementsEqual(kept.value)
      return isSame && isHeader(header, of: kept, family) ? nil : PathStep.text(steps)
    default: return PathStep.text(steps)
    }
  }

  /// Whether the header of a kept element says what was given of it.
  private func isHeader(_ given: [WireValue.Field], of kept: KeptElement, _ family: Int) -> Bool {
    guard !given.isEmpty else { return true }
    let decoded = WireValue.structure(interpreter.headerFields(of: kept, family: family))
    return given.allSatisfy { field in decoded[field.name].map { field.value.isSame(as: $0) } ?? false }
  }
}

extension WireValue {
  /// Whether both say the same: a bit may be given as a number.
  fileprivate func isSame(as other: WireValue) -> Bool {
    switch (self, other) {
    case (.boolean(let flag), .integer(let number)), (.integer(let number), .boolean(let flag)):
      number == (flag ? 1 : 0)
    default: self == other
    }
  }
}

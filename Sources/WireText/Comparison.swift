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
    let names = Set(properties.map(\.name))
    let surplus = given.fields.first { !names.contains($0.name) }
    return surplus.map { PathStep.text(steps, $0.name) }
  }

  private mutating func difference(_ member: Member, _ given: WireValue?, _ decoded: WireValue?) -> String? {
    let path = PathStep.text(steps, member.name)
    switch (given, decoded) {
    case (nil, nil): return nil
    // The encoder has written the default, or a list without elements.
    case (nil, .some): return member.condition == nil ? nil : path
    case (.some, nil): return path
    case (let given?, let decoded?):
      return difference(member.kind, given, decoded, member.name)
    }
  }

  private mutating func difference(
    _ kind: MemberKind, _ given: WireValue, _ decoded: WireValue, _ name: String
  ) -> String? {
    switch (kind, given, decoded) {
    case (.structure(let index), _, _):
      if !name.isEmpty { steps.append(PathStep(name)) }
      defer { if !name.isEmpty { steps.removeLast() } }
      return difference(interpreter.definition.bodies[index], given, decoded)
    case (.array(let shape), .array(let left), .array(let right)):
      for (index, pair) in zip(left, right).enumerated() {
        steps.append(PathStep(name, index))
        defer { steps.removeLast() }
        if let path = difference(shape.element.kind, pair.0, pair.1, "") { return path }
      }
      return left.count == right.count ? nil : PathStep.text(steps, name)
    case (.list(let shape), .list(let left), .list(let right)):
      return difference(shape, left, right, name)
    case (_, .boolean(let flag), .integer(let number)), (_, .integer(let number), .boolean(let flag)):
      return number == (flag ? 1 : 0) ? nil : PathStep.text(steps, name)
    default:
      return given == decoded ? nil : PathStep.text(steps, name)
    }
  }

  private mutating func difference(
    _ shape: ListShape, _ given: [WireValue.Element], _ decoded: [WireValue.Element], _ list: String
  ) -> String? {
    for (index, (left, right)) in zip(given, decoded).enumerated() {
      steps.append(PathStep(list, index))
      defer { steps.removeLast() }
      if case .known(let name, let given) = left, case .known(name, let decoded) = right,
        let element = interpreter.definition.families[shape.family].elements.first(where: { $0.name == name })
      {
        steps.append(PathStep(name))
        defer { steps.removeLast() }
        let body = interpreter.definition.bodies[element.body]
        if let path = difference(body, given, decoded) { return path }
      } else if left.isKnown || left.unknown != right.unknown {
        return PathStep.text(steps)
      }
    }
    guard given.count != decoded.count else { return nil }
    return PathStep.text(steps + [PathStep(list, min(given.count, decoded.count))])
  }
}

extension WireValue.Element {
  fileprivate var isKnown: Bool {
    if case .known = self { return true }
    return false
  }

  /// Tag and value of an unknown element, kept or made.
  fileprivate var unknown: WireValue.Element? {
    switch self {
    case .known: nil
    case .unknown: self
    case .kept(let kept): .unknown(tag: kept.tag, value: Array(kept.value))
    }
  }
}

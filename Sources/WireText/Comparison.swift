import Wire

/// Finds where octets would decode to another value than was encoded.
///
/// What is under way is on a stack of its own, as in decoding.
struct Comparison {
  private let interpreter: Interpreter
  private var steps: [PathStep]
  private var frames: [Frame] = []

  /// Two values, or elements, that should say the same.
  private struct Part {
    enum Content {
      case member(MemberKind, given: WireValue?, decoded: WireValue?, isAlwaysThere: Bool)
      case element(family: Int, WireValue.Element, WireValue.Element)
    }

    var steps: [PathStep]
    var content: Content
  }

  /// A body, array or list of which some parts have been compared.
  private struct Frame {
    var rest: ArraySlice<Part>
    /// What is there in one only.
    var surplus: PathStep?
    /// How many steps the path had before it.
    var stepCount: Int
  }

  init(interpreter: Interpreter, steps: [PathStep]) {
    self.interpreter = interpreter
    self.steps = steps
  }

  /// The path of the first member that is there in one only, or differs; nil when the values say the same.
  mutating func difference(_ body: BodyDefinition, _ given: WireValue, _ decoded: WireValue) -> String? {
    enter(body, given, decoded, [])
    while !frames.isEmpty {
      if let part = frames[frames.count - 1].rest.popFirst() {
        if let path = difference(part) { return path }
        continue
      }
      let frame = frames.removeLast()
      if let surplus = frame.surplus { return PathStep.text(steps + [surplus]) }
      steps.removeLast(steps.count - frame.stepCount)
    }
    return nil
  }

  private mutating func enter(_ body: BodyDefinition, _ given: WireValue, _ decoded: WireValue, _ steps: [PathStep]) {
    let properties = body.properties
    let parts = properties.map { member in
      Part(
        steps: [PathStep(member.name)],
        content: .member(
          member.kind, given: given[member.name], decoded: decoded[member.name], isAlwaysThere: member.condition == nil))
    }
    let names = properties.map(\.name)
    // What the body does not know.
    let surplus = given.fields.first { !names.contains($0.name) }.map { PathStep($0.name) }
    frames.append(Frame(rest: parts[...], surplus: surplus, stepCount: self.steps.count))
    self.steps += steps
  }

  private mutating func difference(_ part: Part) -> String? {
    let isSame: Bool
    switch part.content {
    case .element(let family, let given, let decoded): isSame = compare(family, given, decoded, part)
    case .member(_, nil, nil, _): isSame = true
    // The encoder has written the default, or a list without elements.
    case .member(_, nil, .some, let isAlwaysThere): isSame = isAlwaysThere
    case .member(_, .some, nil, _): isSame = false
    case .member(let kind, let given?, let decoded?, _): isSame = compare(kind, given, decoded, part)
    }
    return isSame ? nil : PathStep.text(steps + part.steps)
  }

  /// - Returns: false when the values differ as a whole; what is in them is put on the stack.
  private mutating func compare(_ kind: MemberKind, _ given: WireValue, _ decoded: WireValue, _ part: Part) -> Bool {
    let name = part.steps.last?.name ?? ""
    switch (kind, given, decoded) {
    case (.structure(let index), _, _): enter(interpreter.definition.bodies[index], given, decoded, part.steps)
    case (.array(let shape), .array(let left), .array(let right)):
      let parts = zip(left, right).enumerated().map { index, pair in
        Part(
          steps: [PathStep(name, index)],
          content: .member(shape.element.kind, given: pair.0, decoded: pair.1, isAlwaysThere: true))
      }
      let surplus = left.count == right.count ? nil : PathStep(name)
      frames.append(Frame(rest: parts[...], surplus: surplus, stepCount: steps.count))
    case (.list(let shape), .list(let left), .list(let right)):
      let parts = zip(left, right).enumerated().map { index, pair in
        Part(steps: [PathStep(name, index)], content: .element(family: shape.family, pair.0, pair.1))
      }
      let surplus = left.count == right.count ? nil : PathStep(name, min(left.count, right.count))
      frames.append(Frame(rest: parts[...], surplus: surplus, stepCount: steps.count))
    case (.choice(let shape), _, _):
      guard let left = given.fields.first, let right = decoded.fields.first, left.name == right.name else { return false }
      let index = shape.allCases.first { $0.name == left.name }?.body
      let body = index.map { interpreter.definition.bodies[$0] } ?? BodyDefinition(name: left.name, members: [])
      enter(body, left.value, right.value, part.steps + [PathStep(left.name)])
    default: return given.isSame(as: decoded)
    }
    return true
  }

  private mutating func compare(
    _ family: Int, _ given: WireValue.Element, _ decoded: WireValue.Element, _ part: Part
  ) -> Bool {
    switch (given, decoded) {
    case (.known(let name, let left), .known(let other, let right)) where name == other:
      guard let element = interpreter.definition.families[family].elements.first(where: { $0.name == name }) else {
        return false
      }
      enter(interpreter.definition.bodies[element.body], left, right, part.steps + [PathStep(name)])
      return true
    case (.kept(let left), .kept(let right)): return left.tag == right.tag && left.octets == right.octets
    case (.unknown(let tag, let header, let value), .kept(let kept)):
      return tag == kept.tag && value.elementsEqual(kept.value) && isHeader(header, of: kept, family)
    default: return false
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

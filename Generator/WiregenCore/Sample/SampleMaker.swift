import Wire
import WireText

/// Makes messages at random from what a schema says: numbers at the ends of their ranges, elements as often as they may
/// occur, texts of several alphabets.
///
/// The same seed gives the same messages. What rules ask for is not aimed at, but tried for: `message` draws again until
/// what it has is valid, and after `attempts` gives the last it drew.
public struct SampleMaker {
  let interpreter: Interpreter
  var random: SampleRandom
  /// How many bodies are around the one being made.
  var depth = 0

  /// Draws before a message that breaks a rule is given all the same.
  public static let attempts = 20
  /// Below this many bodies nothing is drawn that need not be there, so that recursion ends.
  static let depthLimit = 6

  /// A maker of messages of one protocol.
  public init(_ interpreter: Interpreter, seed: UInt64) {
    self.interpreter = interpreter
    random = SampleRandom(seed: seed)
  }

  /// Octets of a message, struct or element body, most often valid.
  ///
  /// - Parameter body: Index in `ProtocolDefinition.bodies`.
  /// - Returns: nil when nothing could be encoded at all.
  public mutating func octets(of body: Int) -> [UInt8]? {
    var last: [UInt8]?
    for _ in 0..<Self.attempts {
      depth = 0
      let value = value(of: body)
      guard let octets = try? interpreter.encode(body, value, checked: false) else { continue }
      last = octets
      if interpreter.violations(body, octets).isEmpty { break }
    }
    return last
  }

  /// What a body could say.
  mutating func value(of body: Int) -> WireValue {
    depth += 1
    defer { depth -= 1 }
    var scope = SampleScope(definition: interpreter.definition)
    let definition = interpreter.definition.bodies[body]
    for member in definition.members { add(member, of: definition, &scope) }
    return .structure(scope.fields)
  }

  private mutating func add(_ member: Member, of body: BodyDefinition, _ scope: inout SampleScope) {
    if let condition = member.condition {
      // What is left of the container cannot be known yet; chance decides then.
      guard scope.holds(condition) ?? random.chance(1, of: 2) else { return }
    }
    switch member.kind {
    case .bits(_, _, let fields): for field in fields { add(field, of: body, &scope) }
    case .reserved, .reservedRest: break
    case .integer(let shape):
      let number = number(shape)
      scope.numbers[member.name] = shape.constant ?? number
      if shape.computed == nil, shape.constant == nil { scope.set(member.name, .integer(number)) }
    default: scope.set(member.name, value(of: member, in: body, scope))
    }
  }

  private mutating func value(of member: Member, in body: BodyDefinition, _ scope: SampleScope) -> WireValue {
    switch member.kind {
    case .ipv4: return .octets(random.octets(4))
    case .ipv6: return .octets(random.chance(1, of: 2) ? random.octets(16) : mapped())
    case .mac: return .octets(random.octets(6))
    case .octets(let shape):
      let count = size(of: member, shape.extent, shape.minimum, shape.maximum, body, scope)
      return .octets(fit(random.octets(count), shape.extent))
    case .text(let shape):
      if shape.content == .date { return .integer(Int128(random.below(253_402_300_800))) }
      let count = size(of: member, shape.extent, shape.minimum, shape.maximum, body, scope)
      return .octets(fit(random.text(count, isASCII: shape.content == .ascii), shape.extent))
    case .structure(let index): return value(of: index)
    case .array(let shape): return array(shape, scope)
    case .list(let shape): return list(shape, scope)
    case .choice(let shape): return choice(shape, scope)
    case .integer, .bits, .reserved, .reservedRest: return .integer(0)
    }
  }

  private mutating func mapped() -> [UInt8] { [UInt8](repeating: 0, count: 10) + [0xFF, 0xFF] + random.octets(4) }

  /// Octets that do not end their own member.
  private func fit(_ octets: [UInt8], _ extent: Extent) -> [UInt8] {
    switch extent {
    case .terminated(let end): octets.map { $0 == end ? end ^ 0x21 : $0 }
    case .padded(let size, let pad): Array(octets.map { $0 == pad ? pad ^ 0x21 : $0 }.prefix(size))
    case .fixed, .rest, .expression, .prefixed: octets
    }
  }

  private mutating func size(
    of member: Member, _ extent: Extent, _ minimum: Int, _ maximum: Int?, _ body: BodyDefinition, _ scope: SampleScope
  ) -> Int {
    switch extent {
    case .fixed(let size): return size
    case .expression(let expression):
      // The size of what a length counts is free; any other follows from what is there already.
      if !body.counts(member.name), let size = scope.number(expression) { return Int(clamping: max(0, min(size, 4096))) }
    case .padded(let size, _): return random.below(size + 1)
    case .rest, .prefixed, .terminated: break
    }
    return random.count(from: minimum, to: maximum, usually: 9)
  }
}

// MARK: - Numbers

extension SampleMaker {
  /// A number its member could have, more often than not an end of a range.
  mutating func number(_ shape: IntegerShape) -> Int128 {
    if let only = shape.only, let number = random.pick(only) { return Int128(number) }
    if let codes = shape.codes {
      let list = interpreter.definition.codes[codes]
      if !list.isOpen || random.chance(3, of: 4), let code = random.pick(list.codes) { return Int128(code.value) }
    }
    if let flags = shape.flags {
      let set = interpreter.definition.flags[flags]
      return Int128(random.next() & (set.isOpen ? UInt64.max >> UInt64(64 - set.bits) : set.known))
    }
    let limit = Int128(1) << Int128(shape.isSigned ? shape.bits - 1 : shape.bits)
    let low = shape.minimum ?? (shape.isSigned ? -limit : 0)
    let high = shape.maximum ?? limit - 1
    guard low <= high else { return low }
    switch random.below(8) {
    case 0: return low
    case 1: return high
    case 2: return min(low + 1, high)
    case 3, 4, 5: return low + Int128(random.next()) % min(high - low + 1, 12)
    default: return low + Int128(random.next()) % (high - low + 1)
    }
  }
}

// MARK: - Several of a kind

extension SampleMaker {
  private mutating func array(_ shape: ArrayShape, _ scope: SampleScope) -> WireValue {
    var count = random.count(from: shape.minimum, to: shape.maximum, usually: depth > Self.depthLimit ? 0 : 3)
    switch shape.end {
    case .count(let expression): count = scope.number(expression).map { Int(clamping: max(0, min($0, 64))) } ?? count
    case .size(let expression):
      let size = scope.number(expression).map { Int(clamping: max(0, min($0, 1024))) } ?? 0
      count = size / max(1, Sizes(interpreter.definition).fixed(shape.element) ?? 1)
    case .container, .counted, .terminated: break
    }
    var items: [WireValue] = []
    for _ in 0..<count {
      if case .integer(let integer) = shape.element.kind {
        items.append(.integer(number(integer)))
      } else {
        let holder = BodyDefinition(name: "", members: [])
        items.append(value(of: shape.element, in: holder, scope))
      }
    }
    return .array(items)
  }

  private mutating func list(_ shape: ListShape, _ scope: SampleScope) -> WireValue {
    let family = interpreter.definition.families[shape.family]
    var elements: [WireValue.Element] = []
    for allowed in shape.allowed {
      let element = family.elements[allowed.element]
      let count = random.count(from: allowed.minimum, to: allowed.maximum, usually: depth > Self.depthLimit ? 0 : 2)
      for _ in 0..<count { elements.append(.known(name: element.name, value(of: element.body))) }
    }
    if !shape.isOrdered, random.chance(1, of: 2) { random.shuffle(&elements) }
    if random.chance(1, of: 4), !family.headerIsInBody {
      elements.append(.unknown(tag: random.next() & 0xFF, value: random.octets(random.below(6))))
    }
    if case .count(let expression) = shape.end, let count = scope.number(expression) {
      elements = Array(elements.prefix(Int(clamping: max(0, count))))
    }
    return .list(elements)
  }

  private mutating func choice(_ shape: ChoiceShape, _ scope: SampleScope) -> WireValue {
    let chosen = scope.number(shape.on).flatMap { shape.case(of: $0) } ?? random.pick(shape.allCases)
    guard let chosen else { return .structure([]) }
    let inner = chosen.body.map { value(of: $0) } ?? .structure([])
    return .structure([WireValue.Field(chosen.name, inner)])
  }
}

extension BodyDefinition {
  /// Whether a length of the body is computed from the member.
  fileprivate func counts(_ name: String) -> Bool {
    members.contains { member in
      guard case .integer(let shape) = member.kind, case .size(let target, _, _)? = shape.computed else { return false }
      return target == name
    }
  }
}

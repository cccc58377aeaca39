import Wire
import WireText

/// Makes messages at random from what a schema says: numbers at the ends of their ranges, elements as often as they may
/// occur and in the places they may have, texts of several alphabets, bodies in themselves as deep as they may be.
///
/// The same seed gives the same messages. Of what rules ask for only the values that they name are aimed at, the rest is tried
/// for: `octets` draws again until what it has is valid, bodies with rules before the message they are in, and after `attempts`
/// gives the last it drew.
public struct SampleMaker {
  let interpreter: Interpreter
  var random: SampleRandom
  /// For measuring parts of messages: the same protocol, and bodies for one list of each family and for arrays.
  let probes: SampleProbes
  private let wishes: SampleWishes
  /// How many bodies are around the one being made.
  var depth = 0
  /// Of the message being made; nil for a body alone.
  var direction: Int?
  /// How often each body, and a list of each family, is around what is being made.
  var bodiesAround: [Int: Int] = [:]
  var familiesAround: [Int: Int] = [:]
  /// Elements and values of arrays that may still be drawn beyond those that must be there.
  var allowance = 0
  /// How often bodies may still be drawn again.
  var retries = 0
  /// What is not left to chance.
  var steering = SampleSteering()

  /// Draws before a message that breaks a rule is given all the same.
  public static let attempts = 40
  /// Below this many bodies little is drawn that need not be there, so that recursion ends.
  static let depthLimit = 4

  /// A maker of messages of one protocol.
  public init(_ interpreter: Interpreter, seed: UInt64) {
    self.interpreter = interpreter
    probes = SampleProbes(interpreter.definition)
    wishes = SampleWishes(interpreter.definition)
    random = SampleRandom(seed: seed)
  }

  /// Goes on as a new maker with that seed would, but without its preparation.
  public mutating func reseed(_ seed: UInt64) { random = SampleRandom(seed: seed) }

  /// Octets of a message, struct or element body, most often valid.
  ///
  /// - Parameter body: Index in `ProtocolDefinition.bodies`.
  /// - Returns: nil when nothing could be encoded at all.
  public mutating func octets(of body: Int) -> [UInt8]? {
    var last: [UInt8]?
    direction = interpreter.definition.bodies[body].message?.direction
    for attempt in 0..<Self.attempts {
      (depth, bodiesAround, familiesAround) = (0, [:], [:])
      // The first draws may be large; what is too large then may be right when it is smaller.
      allowance = attempt < Self.attempts / 2 ? 48 : random.below(12)
      retries = 64
      let value = repaired(draw(body), body)
      guard let octets = try? interpreter.encode(body, value, checked: false) else { continue }
      last = octets
      if interpreter.violations(body, octets).isEmpty { break }
    }
    return last
  }

  /// What a body could say; most often what its rules allow.
  mutating func value(of body: Int) -> WireValue {
    var value = draw(body)
    guard !interpreter.definition.bodies[body].rules.isEmpty else { return value }
    value = repaired(value, body)
    while retries > 0, !isValid(body, value) {
      retries -= 1
      value = repaired(draw(body), body)
    }
    return value
  }

  private func isValid(_ body: Int, _ value: WireValue) -> Bool {
    guard let octets = try? interpreter.encode(body, value, checked: false) else { return false }
    return interpreter.violations(body, octets).isEmpty
  }

  /// The value with what does not fit drawn again: members whose conditions have come to hold, choices with another case.
  mutating func redraw(_ body: Int, keeping value: WireValue) -> WireValue { draw(body, keeping: value) }

  private mutating func draw(_ body: Int, keeping kept: WireValue? = nil) -> WireValue {
    depth += 1
    bodiesAround[body, default: 0] += 1
    defer {
      depth -= 1
      bodiesAround[body, default: 0] -= 1
    }
    var scope = SampleScope(definition: interpreter.definition, body: body)
    scope.kept = kept
    if kept == nil { scope.wishes = wishes.draw(for: body, &random) }
    let definition = interpreter.definition.bodies[body]
    for member in definition.members { add(member, of: definition, &scope) }
    return .structure(scope.fields)
  }

  /// How many of what need not be there.
  mutating func span(_ usual: Int) -> Int {
    guard allowance > 0 else { return 0 }
    return depth > Self.depthLimit ? 1 : usual
  }
}

extension SampleMaker {
  private mutating func add(_ member: Member, of body: BodyDefinition, _ scope: inout SampleScope) {
    if let condition = member.condition {
      // What is left of the container cannot be known yet; chance decides then.
      let chance = scope.kept.map { $0[member.name] != nil } ?? random.chance(1, of: 2)
      guard scope.holds(condition) ?? chance else { return }
    }
    if let kept = scope.kept?[member.name], keep(kept, member, in: body, &scope) { return }
    switch member.kind {
    case .bits(_, _, let fields): for field in fields { add(field, of: body, &scope) }
    case .reserved, .reservedRest: break
    case .integer(let shape): add(member, shape, of: body, &scope)
    default:
      let value = value(of: member, in: body, &scope)
      scope.set(member.name, value)
    }
  }

  /// Takes what a member has said so far.
  ///
  /// - Returns: false when it cannot say that any more.
  private mutating func keep(
    _ value: WireValue, _ member: Member, in body: BodyDefinition, _ scope: inout SampleScope
  ) -> Bool {
    switch (member.kind, value) {
    case (.integer, .integer(let number)): scope.numbers[member.name] = number
    case (.integer, .boolean(let flag)): scope.numbers[member.name] = flag ? 1 : 0
    case (.array(let shape), .array(let items)):
      if case .size = shape.end {
        guard let probe = probes.arrays["\(body.name).\(member.name)"], let octets = probes.octets(probe, value) else {
          return false
        }
        scope.say(shape.end.expression, octets.count)
      } else {
        scope.say(shape.end.expression, items.count)
      }
    case (.list(let shape), .list(let elements)):
      switch shape.end {
      case .container: break
      case .count(let expression): scope.say(expression, elements.count)
      case .size(let expression): scope.say(expression, probes.octets(probes.lists[shape.family], value)?.count ?? 0)
      }
    case (.choice(let shape), _):
      guard let number = scope.number(shape.on) else { break }
      guard let name = shape.case(of: number)?.name, value.fields.first?.name == name else { return false }
      scope.settle(shape.on)
    case (.octets, .octets(let octets)), (.text, .octets(let octets)):
      if body.unit(of: member.name) == nil { scope.say(member.kind.sizeExpression, octets.count) }
    default: break
    }
    scope.set(member.name, value)
    return true
  }

  private mutating func add(
    _ member: Member, _ shape: IntegerShape, of body: BodyDefinition, _ scope: inout SampleScope
  ) {
    let match = body.message?.matches.first { $0.member == member.name }
    if let constant = shape.constant {
      scope.numbers[member.name] = constant
    } else if let match, match.first == match.last {
      scope.numbers[member.name] = Int128(match.first)
    } else if shape.computed == .presence {
      scope.numbers[member.name] = interpreter.definition.hasExtraTag(scope.body) ? 1 : 0
    } else if shape.computed != nil {
      // Known only when what it counts is there.
      return
    } else {
      let bounds = match.map { Int128($0.first)...Int128($0.last) }
      let steered = steering.numbers[scope.body]?[member.name]
      let number = steered ?? scope.wish(member.name, shape, within: bounds) ?? number(shape, within: bounds)
      scope.numbers[member.name] = number
      scope.set(member.name, .integer(number))
    }
  }

  mutating func value(of member: Member, in body: BodyDefinition, _ scope: inout SampleScope) -> WireValue {
    switch member.kind {
    case .ipv4: return scope.wishes[member.name] ?? .octets(random.octets(4))
    case .ipv6: return scope.wishes[member.name] ?? .octets(random.chance(1, of: 2) ? random.octets(16) : mapped())
    case .mac: return .octets(random.octets(6))
    case .octets(let shape):
      let count = size(of: member, shape.extent, shape.minimum, shape.maximum, body, &scope)
      return .octets(fit(random.octets(count), shape.extent))
    case .text(let shape):
      if shape.content == .date { return .integer(Int128(random.below(253_402_300_800))) }
      let count = size(of: member, shape.extent, shape.minimum, shape.maximum, body, &scope)
      return .octets(fit(random.text(count, isASCII: shape.content == .ascii), shape.extent))
    case .structure(let index): return value(of: index)
    case .array(let shape): return array(member, shape, in: body, &scope)
    case .list(let shape): return list(shape, in: body, member.name, &scope)
    case .choice(let shape): return choice(shape, steering.cases[scope.body]?[member.name], &scope)
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
    of member: Member, _ extent: Extent, _ minimum: Int, _ maximum: Int?, _ body: BodyDefinition,
    _ scope: inout SampleScope
  ) -> Int {
    let steered = steering.counts[scope.body]?[member.name]
    var size = steered ?? random.count(from: minimum, to: maximum, usually: 9)
    switch extent {
    case .fixed(let fixed): return fixed
    case .padded(let fixed, _): return steered ?? minimum + random.below(min(maximum ?? fixed, fixed) - minimum + 1)
    case .rest, .prefixed, .terminated: return size
    case .expression(let expression):
      // The size of what a length counts is free, but for the unit; any other follows from what is there already.
      if let (unit, plus) = body.unit(of: member.name) {
        while !(size + plus).isMultiple(of: unit) { size += 1 }
        return size
      }
      return wanted(expression, orElse: size, upTo: 64, in: body, &scope)
    }
  }

  /// What an expression says when that is little; otherwise a number that it is made to say, if it can be.
  mutating func wanted(
    _ expression: WireExpression, orElse number: Int, upTo limit: Int, in body: BodyDefinition, _ scope: inout SampleScope
  ) -> Int {
    defer { scope.settle(expression) }
    let given = scope.number(expression)
    if let given, given >= 0, given <= Int128(limit), random.chance(3, of: 4) { return Int(given) }
    if scope.make(expression, Int128(number)) { return number }
    return Int(clamping: max(0, min(given ?? Int128(number), 4096)))
  }

  /// - Parameter steered: the case that it must be.
  private mutating func choice(_ shape: ChoiceShape, _ steered: String?, _ scope: inout SampleScope) -> WireValue {
    let number = scope.number(shape.on)
    // What is left of the container cannot be known yet: any case may come true.
    var chosen = number.map { shape.case(of: $0) } ?? random.pick(shape.allCases)
    // Numbers drawn at random seldom have a case.
    if number != nil, chosen == nil || random.chance(1, of: 2), let other = random.pick(shape.cases),
      scope.make(shape.on, Int128(random.chance(1, of: 2) ? other.first : other.last))
    {
      chosen = other
    }
    if let other = shape.allCases.first(where: { $0.name == steered }), scope.make(shape.on, Int128(other.first)) {
      chosen = shape.on == .remaining ? other : scope.number(shape.on).flatMap { shape.case(of: $0) }
    }
    scope.settle(shape.on)
    guard let chosen = chosen ?? shape.otherwise ?? random.pick(shape.cases) else { return .structure([]) }
    let inner = chosen.body.map { value(of: $0) } ?? .structure([])
    return .structure([WireValue.Field(chosen.name, inner)])
  }
}

// MARK: - Numbers

extension SampleMaker {
  /// A number its member could have, more often than not an end of a range.
  mutating func number(_ shape: IntegerShape, within bounds: ClosedRange<Int128>? = nil) -> Int128 {
    if let only = shape.only, let number = random.pick(only) { return Int128(number) }
    if let codes = shape.codes {
      let list = interpreter.definition.codes[codes]
      let known = list.codes.filter { shape.allows(Int128($0.value)) && bounds?.contains(Int128($0.value)) ?? true }
      if !list.isOpen || random.chance(3, of: 4), let code = random.pick(known) { return Int128(code.value) }
    }
    if let flags = shape.flags {
      let set = interpreter.definition.flags[flags]
      return Int128(random.next() & (set.isOpen ? UInt64.max >> UInt64(64 - set.bits) : set.known))
    }
    let range = shape.drawn
    let low = max(range.lowerBound, bounds?.lowerBound ?? range.lowerBound)
    let high = min(range.upperBound, bounds?.upperBound ?? range.upperBound)
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

extension SampleScope {
  /// The number that a rule wants a member to be, if it can be that.
  fileprivate func wish(_ name: String, _ shape: IntegerShape, within bounds: ClosedRange<Int128>?) -> Int128? {
    guard case .integer(let number)? = wishes[name], shape.allows(number), bounds?.contains(number) ?? true else { return nil }
    return number
  }
}

extension IntegerShape {
  /// The numbers that fit and are in bounds.
  var drawn: ClosedRange<Int128> {
    let limit = Int128(1) << Int128(isSigned ? bits - 1 : bits)
    let low = minimum ?? (isSigned ? -limit : 0)
    return low...max(low, maximum ?? limit - 1)
  }

  /// Whether a number is one it could have; names aside.
  func allows(_ number: Int128) -> Bool {
    drawn.contains(number) && only?.contains { Int128($0) == number } ?? true
  }
}

extension ArrayShape.End {
  /// The count or the size that an earlier member says.
  var expression: WireExpression? {
    switch self {
    case .count(let expression), .size(let expression): expression
    case .container, .counted, .terminated: nil
    }
  }
}

extension MemberKind {
  /// The size that an earlier member says.
  var sizeExpression: WireExpression? {
    if case .expression(let expression)? = extent { return expression }
    return nil
  }
}

extension BodyDefinition {
  /// All that is asked of it as a whole.
  var allRules: [RuleDefinition] { (message?.earlyRules.map(\.rule) ?? []) + rules }

  /// What a length of the body that is computed from the member counts in.
  fileprivate func unit(of name: String) -> (unit: Int, plus: Int)? {
    for member in members {
      guard case .integer(let shape) = member.kind, case .size(name, let unit, let plus)? = shape.computed else { continue }
      return (unit, plus)
    }
    return nil
  }
}

extension ProtocolDefinition {
  /// Whether a body is that of an element with an extra tag that must be there.
  fileprivate func hasExtraTag(_ body: Int) -> Bool {
    families.contains { family in family.elements.contains { $0.body == body && $0.extraTag != family.extraTagDefault } }
  }
}

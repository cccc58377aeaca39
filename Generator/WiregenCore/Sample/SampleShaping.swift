import WireText

/// Making conditions come true or not, by changing what they read: the expression says what must be changed, and how.
///
/// What is not there is drawn first. Nothing is promised of other conditions; who calls looks at what has come of it.
extension SampleMaker {
  /// More values of a walk than these are left as they are.
  private static var widest: Int { 256 }

  /// Changes a value so that a condition on it holds, or does not.
  ///
  /// - Returns: false when no way was found; the value is then as it was.
  mutating func make(_ test: WireExpression, _ holds: Bool, _ shaped: inout ShapedValue) -> Bool {
    if shaped.holds(test) == holds { return true }
    var copy = shaped
    guard change(test, holds, &copy), copy.holds(test) == holds else { return false }
    shaped.value = copy.value
    return true
  }

  /// Changes a value so that a condition holds, and not because what it asks for does not concern the value.
  mutating func show(_ test: WireExpression, _ shaped: inout ShapedValue) -> Bool {
    guard case .binary(.implies, let premise, let conclusion) = test else { return make(test, true, &shaped) }
    for _ in 0..<2 where make(premise, true, &shaped) && make(conclusion, true, &shaped) {
      if shaped.holds(premise) { return true }
    }
    return false
  }

  /// Values that differ from one in that a rule does not hold somewhere, or holds and says something.
  ///
  /// - Parameters:
  ///   - body: Index in `ProtocolDefinition.bodies` of the body that the rule is of.
  ///   - root: the same of the body that the value is of.
  mutating func turned(
    _ rule: RuleDefinition, of body: Int, holds: Bool, in value: WireValue, of root: Int
  ) -> [WireValue] {
    shaped(body, in: value, of: root, besides: holds ? nil : rule.name) { maker, part in
      holds ? maker.show(rule.test, &part) : maker.make(rule.test, false, &part)
    }
  }

  /// Values that differ from one in one part: with what is around it made to fit, and, where rules may be against it, as it is.
  ///
  /// - Parameters:
  ///   - body: Index in `ProtocolDefinition.bodies` of the part.
  ///   - root: the same of the body that the value is of.
  ///   - rule: of the part; need not hold.
  ///   - change: changes the part, or says that there is no way.
  mutating func shaped(
    _ body: Int, in value: WireValue, of root: Int, besides rule: String? = nil,
    _ change: (inout SampleMaker, inout ShapedValue) -> Bool
  ) -> [WireValue] {
    var places = interpreter.definition.places(of: body, in: value, of: root)
    random.shuffle(&places)
    return places.prefix(4).flatMap { place -> [WireValue] in
      guard let part = value.part(at: place) else { return [] }
      var shaped = ShapedValue(interpreter.definition, body, part)
      guard change(&self, &shaped) else { return [] }
      let plain = value.replacing(at: place, with: shaped.value)
      let repaired = repaired(repairedInside(shaped.value, body), body, besides: rule)
      return [repairedAround(value.replacing(at: place, with: repaired), place, root), plain]
    }
  }

  /// The value, changed so that the rules of the body hold; the same where there is no way.
  ///
  /// - Parameter rule: one that need not hold.
  mutating func repaired(_ value: WireValue, _ body: Int, besides rule: String? = nil) -> WireValue {
    var value = value
    for _ in 0..<2 {
      let changed = repairedAlone(value, body, besides: rule)
      if changed == value { break }
      value = repairedInside(changed, body)
    }
    return value
  }

  private mutating func repairedAlone(_ value: WireValue, _ body: Int, besides rule: String?) -> WireValue {
    let rules = interpreter.definition.bodies[body].allRules.filter { $0.name != rule }
    var shaped = ShapedValue(interpreter.definition, body, value)
    for _ in 0..<2 {
      if rules.allSatisfy({ shaped.holds($0.test) }) { return shaped.value }
      for rule in rules { _ = make(rule.test, true, &shaped) }
    }
    return rules.allSatisfy { shaped.holds($0.test) } ? shaped.value : value
  }

  /// The value, changed so that the rules of the bodies in it hold, where there is a way.
  private mutating func repairedInside(_ value: WireValue, _ body: Int) -> WireValue {
    var value = value
    // The innermost come last.
    for (place, inner) in interpreter.definition.places(ofBodiesIn: value, of: body).reversed() where !place.isEmpty {
      guard !interpreter.definition.bodies[inner].allRules.isEmpty, let part = value.part(at: place) else { continue }
      let changed = repairedAlone(part, inner, besides: nil)
      if changed != part { value = value.replacing(at: place, with: changed) }
    }
    return value
  }

  /// The value, changed so that the rules of the bodies around a place hold, where there is a way.
  private mutating func repairedAround(_ value: WireValue, _ place: [SampleStep], _ root: Int) -> WireValue {
    var value = value
    for count in place.indices.reversed() {
      let around = Array(place[..<count])
      guard let body = body(at: around, ShapedValue(interpreter.definition, root, value)), let part = value.part(at: around)
      else { continue }
      value = value.replacing(at: around, with: repaired(part, body))
    }
    return value
  }

  private mutating func change(_ test: WireExpression, _ holds: Bool, _ shaped: inout ShapedValue) -> Bool {
    switch test {
    case .boolean(let flag): return flag == holds
    case .not(let operand): return make(operand, !holds, &shaped)
    case .binary(.and, let left, let right): return join([(left, holds), (right, holds)], all: holds, &shaped)
    case .binary(.or, let left, let right): return join([(left, holds), (right, holds)], all: !holds, &shaped)
    case .binary(.implies, let left, let right): return join([(right, holds), (left, !holds)], all: !holds, &shaped)
    case .binary(.equal, let left, let right): return equal(left, right, holds, &shaped)
    case .binary(.notEqual, let left, let right): return equal(left, right, !holds, &shaped)
    case .binary(let symbol, let left, let right): return compare(symbol, left, right, holds, &shaped)
    case .inRanges(let operand, let ranges): return set(operand, besides: ranges, holds, &shaped)
    case .inPrefix(let operand, let prefix, let length):
      return set(operand, to: .octets(address(prefix, length, isIn: holds)), &shaped)
    case .present(let path):
      return holds ? ensure(path, expands: false, &shaped) != nil : shaped.site(path).map { remove($0.place, &shaped) } ?? false
    case .flag(let path, let bit): return set(path, bit: bit, holds, &shaped)
    case .path(let path), .item(let path):
      _ = ensure(path, expands: false, &shaped)
      return set(test, to: .number(holds ? 1 : 0), &shaped)
    case .over(let quantifier, let walk): return change(quantifier, walk, holds, &shaped)
    case .among(let left, let right): return change(left, among: right, holds, &shaped)
    case .number, .address, .text, .size, .count, .remaining: return false
    }
  }

  /// All of the conditions, or one of them: most often the first for which there is a way.
  private mutating func join(_ wanted: [(WireExpression, Bool)], all: Bool, _ shaped: inout ShapedValue) -> Bool {
    guard all else {
      let turned = random.chance(1, of: 3) ? wanted.reversed() : wanted
      for (test, holds) in turned where make(test, holds, &shaped) { return true }
      return false
    }
    // What one of them changes may be what another reads.
    for _ in 0..<3 {
      for (test, holds) in wanted { guard make(test, holds, &shaped) else { return false } }
      if wanted.allSatisfy({ shaped.holds($0.0) == $0.1 }) { return true }
    }
    return false
  }
}

// MARK: - Comparisons

extension SampleMaker {
  private mutating func equal(
    _ left: WireExpression, _ right: WireExpression, _ holds: Bool, _ shaped: inout ShapedValue
  ) -> Bool {
    let turned = random.chance(1, of: 4)
    for (changed, other) in turned ? [(right, left), (left, right)] : [(left, right), (right, left)] {
      if changed.isTest {
        if make(changed, shaped.holds(other) == holds, &shaped) { return true }
        continue
      }
      ensurePaths(of: changed, &shaped)
      let value = shaped.read(other)
      for value in holds ? [value] : others(value, for: changed, shaped) where set(changed, to: value, &shaped) { return true }
    }
    return false
  }

  private mutating func compare(
    _ symbol: WireExpression.Operator, _ left: WireExpression, _ right: WireExpression, _ holds: Bool,
    _ shaped: inout ShapedValue
  ) -> Bool {
    let step: Int128
    switch (symbol, holds) {
    case (.lessOrEqual, true), (.greaterOrEqual, true), (.less, false), (.greater, false): step = 0
    case (.less, true), (.greaterOrEqual, false): step = -1
    case (.greater, true), (.lessOrEqual, false): step = 1
    default: return false
    }
    ensurePaths(of: left, &shaped)
    if set(left, to: .number(shaped.read(right).number + step), &shaped) { return true }
    ensurePaths(of: right, &shaped)
    return set(right, to: .number(shaped.read(left).number - step), &shaped)
  }

  /// Values that are not that one, of its kind.
  private mutating func others(
    _ value: ShapedValue.Reading, for expression: WireExpression, _ shaped: ShapedValue
  ) -> [ShapedValue.Reading] {
    switch value {
    case .number(let number):
      var numbers = [number + 1, number - 1, 0, 1, number + 2]
      if let (member, _) = expression.path.flatMap({ shaped.site($0) })?.member, case .integer(let shape) = member.kind {
        numbers = (0..<8).map { _ in self.number(shape) } + numbers
      }
      return numbers.filter { $0 != number }.map { .number($0) }
    case .octets(let octets):
      var changed = octets
      for index in changed.indices.reversed() where changed[index] != 0x7A {
        changed[index] = 0x7A
        break
      }
      return [changed, octets + [0x78], random.text(octets.count, isASCII: true), [0x71]].filter { $0 != octets }.map {
        .octets($0)
      }
    }
  }

  private mutating func set(
    _ operand: WireExpression, besides ranges: [ClosedRange<Int128>], _ holds: Bool, _ shaped: inout ShapedValue
  ) -> Bool {
    ensurePaths(of: operand, &shaped)
    var numbers = ranges.flatMap { holds ? [$0.lowerBound, $0.upperBound] : [$0.upperBound + 1, $0.lowerBound - 1] }
    if !holds { numbers = numbers.filter { number in !ranges.contains { $0.contains(number) } } }
    random.shuffle(&numbers)
    for number in numbers where set(operand, to: .number(number), &shaped) { return true }
    return false
  }

  private mutating func set(_ path: [String], bit: Int, _ holds: Bool, _ shaped: inout ShapedValue) -> Bool {
    guard let site = ensure(path, expands: false, &shaped) else { return false }
    let number = shaped.read(site).number
    let mask = Int128(1) << Int128(bit)
    return put(.number(holds ? number | mask : number & ~mask), at: site, &shaped)
  }

  /// An address that is in a prefix, or differs from it in one bit at least.
  private mutating func address(_ prefix: [UInt8], _ length: Int, isIn: Bool) -> [UInt8] {
    var address = random.octets(prefix.count)
    for bit in 0..<min(length, prefix.count * 8) {
      let mask = UInt8(0x80) >> UInt8(bit % 8)
      address[bit / 8] = address[bit / 8] & ~mask | prefix[bit / 8] & mask
    }
    if !isIn, length > 0 {
      let bit = random.below(length)
      address[bit / 8] ^= UInt8(0x80) >> UInt8(bit % 8)
    }
    return address
  }
}

// MARK: - Walks

extension SampleMaker {
  private mutating func change(
    _ quantifier: WireExpression.Quantifier, _ walk: WireExpression.Walk, _ holds: Bool, _ shaped: inout ShapedValue
  ) -> Bool {
    switch quantifier {
    case .all: holds ? each(walk, true, &shaped) : one(walk, false, &shaped)
    case .any: holds ? one(walk, true, &shaped) : each(walk, false, &shaped)
    case .unique: holds ? differ(walk, &shaped) : repeated(walk, &shaped)
    case .ascending: holds ? rise(walk, &shaped) : repeated(walk, &shaped)
    case .sum: false
    }
  }

  /// A test of one value of a walk.
  private mutating func make(
    _ walk: WireExpression.Walk, _ holds: Bool, at site: SampleSite, _ shaped: inout ShapedValue
  ) -> Bool {
    var inner = shaped
    inner.variables[walk.variable] = site
    guard make(walk.expression, holds, &inner) else { return false }
    shaped.value = inner.value
    return true
  }

  /// Makes the test of each value hold, or not; values that cannot be changed so are taken away.
  private mutating func each(_ walk: WireExpression.Walk, _ holds: Bool, _ shaped: inout ShapedValue) -> Bool {
    for _ in 0..<Self.widest {
      let wrong = shaped.sites(of: walk).first { (shaped.read(walk.expression, of: walk, at: $0).number != 0) != holds }
      guard let wrong else { return true }
      guard make(walk, holds, at: wrong, &shaped) || remove(wrong.place, &shaped) else { return false }
    }
    return false
  }

  /// Makes the test of one value hold, or not.
  private mutating func one(_ walk: WireExpression.Walk, _ holds: Bool, _ shaped: inout ShapedValue) -> Bool {
    guard ensure(walk.path, expands: true, &shaped) != nil else { return false }
    // Another condition may want what is there to be as it is.
    if random.chance(1, of: 3) { _ = grow(walk.path, &shaped) }
    var sites = shaped.sites(of: walk)
    random.shuffle(&sites)
    for site in sites.prefix(8) where make(walk, holds, at: site, &shaped) { return true }
    return false
  }

  /// Gives what is there twice a value of its own.
  private mutating func differ(_ walk: WireExpression.Walk, _ shaped: inout ShapedValue) -> Bool {
    for _ in 0..<Self.widest {
      var seen: Set<ShapedValue.Reading> = []
      guard
        let twice = shaped.sites(of: walk).first(where: { !seen.insert(shaped.read(walk.expression, of: walk, at: $0)).inserted })
      else { return true }
      let known = Set(shaped.readings(of: walk))
      guard set(walk, at: twice, notIn: known, &shaped) || remove(twice.place, &shaped) else { return false }
    }
    return false
  }

  /// Gives the second of two values that of the first.
  private mutating func repeated(_ walk: WireExpression.Walk, _ shaped: inout ShapedValue) -> Bool {
    for _ in 0..<3 where shaped.sites(of: walk).count < 2 {
      guard ensure(walk.path, expands: true, &shaped) != nil else { return false }
      if shaped.sites(of: walk).count < 2 { guard grow(walk.path, &shaped) else { return false } }
    }
    let sites = shaped.sites(of: walk)
    guard sites.count > 1 else { return false }
    return set(walk, at: sites[1], to: shaped.read(walk.expression, of: walk, at: sites[0]), &shaped)
  }

  /// Makes each value larger than the one before it.
  private mutating func rise(_ walk: WireExpression.Walk, _ shaped: inout ShapedValue) -> Bool {
    var last: Int128?
    for site in shaped.sites(of: walk).prefix(Self.widest) {
      let number = shaped.read(walk.expression, of: walk, at: site).number
      if let last, number <= last { guard set(walk, at: site, to: .number(last + 1), &shaped) else { return false } }
      last = shaped.read(walk.expression, of: walk, at: site).number
    }
    return true
  }

  private mutating func change(
    _ left: WireExpression.Walk, among right: WireExpression.Walk, _ holds: Bool, _ shaped: inout ShapedValue
  ) -> Bool {
    let known = shaped.readings(of: right)
    guard holds else {
      guard ensure(left.path, expands: true, &shaped) != nil, let site = random.pick(shaped.sites(of: left)) else { return false }
      return set(left, at: site, notIn: Set(known), &shaped)
    }
    for _ in 0..<Self.widest {
      let stranger = shaped.sites(of: left).first { !known.contains(shaped.read(left.expression, of: left, at: $0)) }
      guard let stranger else { return true }
      if let value = random.pick(known), set(left, at: stranger, to: value, &shaped) { continue }
      guard remove(stranger.place, &shaped) else { return false }
    }
    return false
  }

  private mutating func set(
    _ walk: WireExpression.Walk, at site: SampleSite, to value: ShapedValue.Reading, _ shaped: inout ShapedValue
  ) -> Bool {
    var inner = shaped
    inner.variables[walk.variable] = site
    guard set(walk.expression, to: value, &inner) else { return false }
    shaped.value = inner.value
    return true
  }

  private mutating func set(
    _ walk: WireExpression.Walk, at site: SampleSite, notIn known: Set<ShapedValue.Reading>, _ shaped: inout ShapedValue
  ) -> Bool {
    var inner = shaped
    inner.variables[walk.variable] = site
    let value = inner.read(walk.expression)
    var others = self.others(value, for: walk.expression, inner)
    // Small numbers before large ones that may not fit.
    if case .number = value { others += (0..<Int128(Self.widest)).map { .number($0) } }
    for other in others where !known.contains(other) && set(walk, at: site, to: other, &shaped) { return true }
    return false
  }
}

extension WireExpression {
  /// Whether it is true or false.
  fileprivate var isTest: Bool {
    switch self {
    case .boolean, .present, .not, .inPrefix, .inRanges, .flag, .among: true
    case .over(let quantifier, _): quantifier != .sum
    case .binary(let symbol, _, _): ![.add, .subtract, .multiply, .bitOr, .bitAnd].contains(symbol)
    default: false
    }
  }

  /// The path that it is, and nothing more.
  var path: [String]? {
    switch self {
    case .path(let path), .item(let path): path
    default: nil
    }
  }
}

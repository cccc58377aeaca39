import WireText

/// The value of a body under change, and what expressions over it come to.
struct ShapedValue {
  let definition: ProtocolDefinition
  /// Index in `definition.bodies`.
  let body: Int
  var value: WireValue
  /// Inside walks: the values whose turn it is.
  var variables: [String: SampleSite] = [:]

  enum Reading: Hashable {
    case number(Int128)
    case octets([UInt8])

    init(_ flag: Bool) { self = .number(flag ? 1 : 0) }

    var number: Int128 {
      if case .number(let number) = self { return number }
      return 0
    }
  }

  init(_ definition: ProtocolDefinition, _ body: Int, _ value: WireValue) {
    self.definition = definition
    self.body = body
    self.value = value
  }

  func holds(_ expression: WireExpression) -> Bool { read(expression).number != 0 }

  /// The value of an expression; what is not there counts as 0, as everywhere.
  func read(_ expression: WireExpression) -> Reading {
    switch expression {
    case .number(let number): .number(number)
    case .boolean(let flag): Reading(flag)
    case .address(let octets), .text(let octets): .octets(octets)
    case .path(let path), .item(let path): site(path).map { read($0) } ?? .number(0)
    case .size(let path): .number(Int128(site(path).flatMap { octets($0)?.count } ?? 0))
    case .count(let path): .number(Int128(count(path)))
    case .present(let path): Reading(site(path).map { value.part(at: $0.place) != nil } ?? false)
    case .flag(let path, let bit): Reading((site(path).map { read($0).number } ?? 0) >> Int128(bit) & 1 == 1)
    // What is left cannot be known before it is encoded.
    case .remaining: .number(0)
    case .not(let operand): Reading(!holds(operand))
    case .binary(let symbol, let left, let right): read(symbol, left, right)
    case .inPrefix(let operand, let prefix, let length): Reading(read(operand).isIn(prefix, length: length))
    case .inRanges(let operand, let ranges): Reading(ranges.contains { $0.contains(read(operand).number) })
    case .over(let quantifier, let walk): read(quantifier, walk)
    case .among(let left, let right): Reading(Set(readings(of: left)).isSubset(of: readings(of: right)))
    }
  }

  private func read(_ symbol: WireExpression.Operator, _ left: WireExpression, _ right: WireExpression) -> Reading {
    switch symbol {
    case .or: return Reading(holds(left) || holds(right))
    case .and: return Reading(holds(left) && holds(right))
    case .implies: return Reading(!holds(left) || holds(right))
    case .equal: return Reading(read(left) == read(right))
    case .notEqual: return Reading(read(left) != read(right))
    default: break
    }
    let (first, second) = (read(left).number, read(right).number)
    switch symbol {
    case .less: return Reading(first < second)
    case .lessOrEqual: return Reading(first <= second)
    case .greater: return Reading(first > second)
    case .greaterOrEqual: return Reading(first >= second)
    case .add: return .number(first &+ second)
    case .subtract: return .number(first &- second)
    case .multiply: return .number(first &* second)
    case .bitOr: return .number(first | second)
    default: return .number(first & second)
    }
  }

  private func read(_ quantifier: WireExpression.Quantifier, _ walk: WireExpression.Walk) -> Reading {
    let readings = readings(of: walk)
    switch quantifier {
    case .all: return Reading(readings.allSatisfy { $0.number != 0 })
    case .any: return Reading(readings.contains { $0.number != 0 })
    case .unique: return Reading(Set(readings).count == readings.count)
    case .ascending: return Reading(zip(readings, readings.dropFirst()).allSatisfy { $0.number < $1.number })
    case .sum: return .number(readings.reduce(0) { $0 &+ $1.number })
    }
  }

  func readings(of walk: WireExpression.Walk) -> [Reading] {
    sites(of: walk).map { read(walk.expression, of: walk, at: $0) }
  }

  /// What a walk's expression comes to for one of its values.
  func read(_ expression: WireExpression, of walk: WireExpression.Walk, at site: SampleSite) -> Reading {
    var inner = self
    inner.variables[walk.variable] = site
    return inner.read(expression)
  }
}

// MARK: - What paths lead to

extension ShapedValue {
  /// Where a path starts, and what is left of it.
  func start(_ path: [String]) -> (site: SampleSite, rest: ArraySlice<String>) {
    if let first = path.first, let site = variables[first] { return (site, path.dropFirst()) }
    return (SampleSite(kind: .body(body)), path[...])
  }

  /// What a path leads to, whether it has a value or is computed; nil when something on the way is not there.
  func site(_ path: [String]) -> SampleSite? {
    var (site, rest) = start(path)
    while let name = rest.popFirst() {
      guard let next = definition.parts(of: site, named: name, in: value, expands: false).first else { return nil }
      site = next
    }
    return site
  }

  func sites(of walk: WireExpression.Walk) -> [SampleSite] {
    let (site, rest) = start(walk.path)
    var sites = [site]
    for name in rest {
      sites = sites.flatMap { definition.parts(of: $0, named: name, in: value, expands: true) }
    }
    return sites.filter { value.part(at: $0.place) != nil }
  }

  private func count(_ path: [String]) -> Int {
    if let last = path.last, path.count > 1, let list = site(path.dropLast()),
      case .list(let elements)? = value.part(at: list.place)
    {
      return elements.count { $0.name == last }
    }
    switch site(path).flatMap({ value.part(at: $0.place) }) {
    case .array(let items): return items.count
    case .list(let elements): return elements.count
    default: return 0
    }
  }

  private func octets(_ site: SampleSite) -> [UInt8]? {
    if case .octets(let octets)? = value.part(at: site.place) { return octets }
    return nil
  }

  func read(_ site: SampleSite) -> Reading {
    switch value.part(at: site.place) {
    case .integer(let number): return .number(number)
    case .boolean(let flag): return Reading(flag)
    case .octets(let octets): return .octets(octets)
    case .structure, .array, .list: return .number(0)
    case nil: return .number(computed(site) ?? 0)
    }
  }

  /// A number that values do not have: a constant, what the message is told by, or what counts another member.
  private func computed(_ site: SampleSite) -> Int128? {
    guard let (member, index) = site.member, case .integer(let shape) = member.kind else { return nil }
    if let constant = shape.constant { return constant }
    if let match = definition.bodies[index].message?.matches.first(where: { $0.member == member.name }) {
      return Int128(match.first)
    }
    let around = Array(site.place.dropLast())
    switch shape.computed {
    case .count(let name):
      if case .array(let items)? = value.part(at: around + [.member(name)]) { return Int128(items.count) }
    case .size(let name, let unit, let plus):
      if case .octets(let octets)? = value.part(at: around + [.member(name)]) { return Int128((octets.count + plus) / unit) }
    default: break
    }
    return shape.defaultValue
  }
}

extension ShapedValue.Reading {
  func isIn(_ prefix: [UInt8], length: Int) -> Bool {
    guard case .octets(let octets) = self, octets.count == prefix.count else { return false }
    return octets.bits.prefix(length).elementsEqual(prefix.bits.prefix(length))
  }
}

extension [UInt8] {
  fileprivate var bits: [Bool] { flatMap { octet in (0..<8).map { octet >> (7 - $0) & 1 == 1 } } }
}

import WireText

/// What is wanted of a member of one body.
enum SampleWish {
  /// It, or one of its values, is a number.
  case number(String, Int128)
  /// It has so many octets.
  case size(String, Int)
  /// An array has so many values, or a list so many elements of a name.
  case count([String], Int)
  /// A choice is a case.
  case chosen(String, String)
  case test(WireExpression, Bool)
}

extension SampleMaker {
  /// Changes the value of a body so that it is as wanted.
  mutating func fulfil(_ wish: SampleWish, _ shaped: inout ShapedValue) -> Bool {
    switch wish {
    case .number(let name, let number):
      guard let site = ensure([name], expands: true, &shaped) else { return false }
      return shaped.read(site) == .number(number) || put(.number(number), at: site, &shaped)
    case .size(let name, let size):
      return ensure([name], expands: false, &shaped) != nil && set(.size([name]), to: .number(Int128(size)), &shaped)
    case .count(let path, let count):
      return ensure([path[0]], expands: false, &shaped) != nil && set(.count(path), to: .number(Int128(count)), &shaped)
    case .chosen(let name, let chosen):
      // A case may have nothing in it.
      return ensure([name, chosen], expands: false, &shaped) != nil || shaped.value[name]?.fields.first?.name == chosen
    case .test(let test, let holds): return make(test, holds, &shaped)
    }
  }

  /// Puts more elements of a name into a list than there may be.
  mutating func crowd(_ list: String, with name: String, _ shaped: inout ShapedValue) -> Bool {
    guard let site = ensure([list], expands: false, &shaped), case (let member, _)? = site.member,
      case .list(let shape) = member.kind, case .list(let elements)? = shaped.value.part(at: site.place)
    else { return false }
    let family = interpreter.definition.families[shape.family]
    guard let allowed = shape.allowed.first(where: { family.elements[$0.element].name == name }), let maximum = allowed.maximum,
      maximum <= 64
    else { return false }
    let others = elements.filter { $0.name != name }
    let added = (0...maximum).map { _ in element(allowed, shape, family) }
    replace(site.place, with: .list(shape.inserting(added, into: others, family)), &shaped)
    return true
  }
}

/// Setting what an expression reads.
extension SampleMaker {
  /// Changes a value so that an expression comes to what is wanted.
  ///
  /// - Returns: false when that cannot be; the value is then as it was.
  mutating func set(_ expression: WireExpression, to wanted: ShapedValue.Reading, _ shaped: inout ShapedValue) -> Bool {
    if shaped.read(expression) == wanted { return true }
    switch expression {
    case .path(let path), .item(let path):
      guard let site = ensure(path, expands: false, &shaped) else { return false }
      return put(wanted, at: site, &shaped)
    case .size(let path): return resize(path, to: wanted.number, &shaped)
    case .count(let path): return recount(path, to: wanted.number, &shaped)
    case .binary(.add, let left, let right):
      return set(left, to: .number(wanted.number - shaped.read(right).number), &shaped)
        || set(right, to: .number(wanted.number - shaped.read(left).number), &shaped)
    case .binary(.subtract, let left, let right):
      return set(left, to: .number(wanted.number + shaped.read(right).number), &shaped)
        || set(right, to: .number(shaped.read(left).number - wanted.number), &shaped)
    case .binary(.multiply, let left, let right):
      for (changed, factor) in [(left, shaped.read(right).number), (right, shaped.read(left).number)] {
        guard factor != 0, wanted.number.isMultiple(of: factor) else { continue }
        if set(changed, to: .number(wanted.number / factor), &shaped) { return true }
      }
      return false
    case .binary(.bitAnd, let left, .number(let mask)):
      return set(left, to: .number(shaped.read(left).number & ~mask | wanted.number & mask), &shaped)
    case .over(.sum, let walk):
      let rest = wanted.number - shaped.read(expression).number
      for site in shaped.sites(of: walk).prefix(8) {
        var inner = shaped
        inner.variables[walk.variable] = site
        guard set(walk.expression, to: .number(inner.read(walk.expression).number + rest), &inner) else { continue }
        shaped.value = inner.value
        return true
      }
      return false
    default: return false
    }
  }

  /// Gives a member a value, if it can have that.
  mutating func put(_ wanted: ShapedValue.Reading, at site: SampleSite, _ shaped: inout ShapedValue) -> Bool {
    guard let (member, body) = site.member, !isSteered(member, in: body) else { return false }
    let part: WireValue
    switch (member.kind, wanted) {
    case (.integer(let shape), .number(let number)):
      guard shape.constant == nil, shape.computed == nil, shape.allows(number), isNamed(number, shape) else { return false }
      if let match = interpreter.definition.bodies[body].message?.matches.first(where: { $0.member == member.name }) {
        guard Int128(match.first) <= number, number <= Int128(match.last) else { return false }
      }
      part = shape.isBoolean ? .boolean(number != 0) : .integer(number)
    case (.text(let shape), .number(let number)) where shape.content == .date: part = .integer(number)
    case (.ipv4, .octets(let octets)) where octets.count == 4: part = .octets(octets)
    case (.ipv6, .octets(let octets)) where octets.count == 16: part = .octets(octets)
    case (.mac, .octets(let octets)) where octets.count == 6: part = .octets(octets)
    case (.octets(let shape), .octets(let octets)):
      guard fits(octets.count, shape.extent, shape.minimum, shape.maximum) else { return false }
      part = .octets(octets)
    case (.text(let shape), .octets(let octets)) where shape.content != .date:
      guard fits(octets.count, shape.extent, shape.minimum, shape.maximum) else { return false }
      part = .octets(octets)
    default: return false
    }
    replace(site.place, with: part, &shaped)
    return shaped.read(site) == wanted
  }

  /// What is aimed at is not changed for something else.
  private func isSteered(_ member: Member, in body: Int) -> Bool {
    steering.numbers[body]?[member.name] != nil || steering.counts[body]?[member.name] != nil
  }

  private func isNamed(_ number: Int128, _ shape: IntegerShape) -> Bool {
    guard let codes = shape.codes.map({ interpreter.definition.codes[$0] }), !codes.isOpen else { return true }
    return codes.codes.contains { Int128($0.value) == number }
  }

  private func fits(_ count: Int, _ extent: Extent, _ minimum: Int, _ maximum: Int?) -> Bool {
    if case .padded(let size, _) = extent { return count >= minimum && count <= min(size, maximum ?? size) }
    if let size = extent.fixedSize { return count == size }
    return count >= minimum && maximum.map { count <= $0 } ?? true
  }

  /// Puts a part in its place, and draws again what depends on it.
  mutating func replace(_ place: [SampleStep], with part: WireValue?, _ shaped: inout ShapedValue) {
    shaped.value = conform(shaped.value.replacing(at: place, with: part), shaped.body, place[...])
  }

  /// Draws again what is in the bodies on the way to a place and does not fit any more.
  private mutating func conform(_ value: WireValue, _ body: Int, _ place: ArraySlice<SampleStep>) -> WireValue {
    guard let step = place.first, case .member(let name) = step, let inner = value[name] else {
      return interpreter.definition.bodies[body].depends ? redraw(body, keeping: value) : value
    }
    bodiesAround[body, default: 0] += 1
    depth += 1
    var copy = value
    if let member = interpreter.definition.bodies[body].anyMember(named: name) {
      copy[name] = conform(inner, member, place.dropFirst())
    }
    depth -= 1
    bodiesAround[body, default: 0] -= 1
    return interpreter.definition.bodies[body].depends ? redraw(body, keeping: copy) : copy
  }

  private mutating func conform(_ value: WireValue, _ member: Member, _ place: ArraySlice<SampleStep>) -> WireValue {
    switch (member.kind, place.first, value) {
    case (.structure(let body), _?, _): return conform(value, body, place)
    case (.array(let shape), .item(let index)?, .array(var items)) where items.indices.contains(index):
      items[index] = conform(items[index], shape.element, place.dropFirst())
      return .array(items)
    case (.list(let shape), .element(let index)?, .list(var elements)) where elements.indices.contains(index):
      guard case .known(let name, let inner) = elements[index], let body = interpreter.definition.body(ofElement: name, shape)
      else { return value }
      familiesAround[shape.family, default: 0] += 1
      elements[index] = .known(name: name, conform(inner, body, place.dropFirst()))
      familiesAround[shape.family, default: 0] -= 1
      return .list(elements)
    case (.choice(let shape), .member(let name)?, _):
      guard let inner = value[name], let body = shape.allCases.first(where: { $0.name == name })?.body else { return value }
      return .structure([.init(name, conform(inner, body, place.dropFirst()))])
    default: return value
    }
  }
}

// MARK: - Sizes and counts

extension SampleMaker {
  private mutating func resize(_ path: [String], to count: Int128, _ shaped: inout ShapedValue) -> Bool {
    guard count >= 0, count <= Int128(CoverageGoals.largest), let site = ensure(path, expands: false, &shaped),
      case .octets(let octets)? = shaped.value.part(at: site.place)
    else { return false }
    let size = Int(count)
    var sized = Array(octets.prefix(size))
    if case .text(let shape)? = site.member?.0.kind {
      sized = random.text(size, isASCII: shape.content == .ascii)
    } else {
      sized += random.octets(size - sized.count)
    }
    return put(.octets(sized), at: site, &shaped)
  }

  private mutating func recount(_ path: [String], to wanted: Int128, _ shaped: inout ShapedValue) -> Bool {
    guard wanted >= 0, wanted <= Int128(CoverageGoals.largest) else { return false }
    if let isDone = resizeArray(path, to: Int(wanted), &shaped) { return isDone }
    for _ in 0...CoverageGoals.largest {
      let count = shaped.read(.count(path)).number
      if count == wanted { return true }
      if count < wanted {
        if shaped.site(path) == nil, ensure(path, expands: false, &shaped) != nil { continue }
        guard grow(path, &shaped) else { return false }
      } else {
        guard let place = lastPart(path, shaped), remove(place, &shaped), shaped.read(.count(path)).number < count else {
          return false
        }
      }
    }
    return false
  }

  /// Gives an array as many values as are wanted.
  ///
  /// - Returns: whether it has them; nil when it is no array.
  private mutating func resizeArray(_ path: [String], to count: Int, _ shaped: inout ShapedValue) -> Bool? {
    guard let site = shaped.site(path), case (let member, let body)? = site.member, case .array(let shape) = member.kind,
      case .array(let items)? = shaped.value.part(at: site.place)
    else { return nil }
    let most = shape.maximum ?? CoverageGoals.largest
    guard shape.minimum <= count, count <= most, !isSteered(member, in: body) else { return false }
    let added = count > items.count ? self.items(shape, count - items.count) : []
    replace(site.place, with: .array(items.prefix(count) + added), &shaped)
    return shaped.read(.count(path)).number == Int128(count)
  }

  /// The last of what a count counts.
  private func lastPart(_ path: [String], _ shaped: ShapedValue) -> [SampleStep]? {
    if let site = shaped.site(path), case .array(let items)? = shaped.value.part(at: site.place) {
      return site.place + [.item(items.count - 1)]
    }
    guard let list = shaped.site(path.dropLast()), case .list(let elements)? = shaped.value.part(at: list.place),
      let index = elements.lastIndex(where: { $0.name == path.last })
    else { return nil }
    return list.place + [.element(index)]
  }
}

extension BodyDefinition {
  /// Whether what is in it depends on other members of it.
  fileprivate var depends: Bool {
    members.contains { member in
      if member.condition != nil { return true }
      switch member.kind {
      case .choice: return true
      case .array(let shape): return shape.end.expression != nil
      case .list(let shape): return shape.end != .container
      default: return member.kind.sizeExpression != nil
      }
    }
  }
}

import WireText

/// Having things there that are read, and doing without them.
extension SampleMaker {
  /// Has all that an expression reads by itself, as far as that can be.
  mutating func ensurePaths(of expression: WireExpression, _ shaped: inout ShapedValue) {
    switch expression {
    case .path(let path), .item(let path), .size(let path): _ = ensure(path, expands: false, &shaped)
    case .binary(_, let left, let right):
      ensurePaths(of: left, &shaped)
      ensurePaths(of: right, &shaped)
    default: break
    }
  }

  /// Has what a path leads to: elements and values of arrays are drawn, conditions of members made true.
  ///
  /// - Parameter expands: whether the path leads through arrays.
  /// - Returns: one of the places; nil when it cannot be had.
  mutating func ensure(_ path: [String], expands: Bool, _ shaped: inout ShapedValue) -> SampleSite? {
    var (site, rest) = shaped.start(path)
    while let name = rest.popFirst() {
      guard let next = ensure(name, in: site, expands: expands, &shaped) else { return nil }
      site = next
    }
    return site
  }

  private mutating func ensure(
    _ name: String, in site: SampleSite, expands: Bool, _ shaped: inout ShapedValue
  ) -> SampleSite? {
    let definition = interpreter.definition
    if case .body(let index) = site.kind, let member = definition.bodies[index].anyMember(named: name),
      shaped.value.part(at: site.place + [.member(name)]) == nil, let condition = member.condition
    {
      guard fulfil(condition, site, index, &shaped) else { return nil }
    }
    let found = definition.parts(of: site, named: name, in: shaped.value, expands: expands)
    if let part = random.pick(found) { return part }
    switch site.kind {
    case .body(let index):
      guard let member = definition.bodies[index].anyMember(named: name) else { return nil }
      let array = SampleSite(place: site.place + [.member(name)], kind: definition.kind(of: member, in: index))
      guard add(to: array, nil, &shaped) else { return nil }
    case .member(let member, _):
      if case .choice(let shape) = member.kind {
        guard let chosen = shape.allCases.first(where: { $0.name == name }), choose(chosen, shape, site, &shaped) else {
          return nil
        }
      } else {
        guard add(to: site, name, &shaped) else { return nil }
      }
    }
    return random.pick(definition.parts(of: site, named: name, in: shaped.value, expands: expands))
  }

  /// Makes the condition of a member true, in the body that it is in.
  private mutating func fulfil(
    _ condition: WireExpression, _ site: SampleSite, _ body: Int, _ shaped: inout ShapedValue
  ) -> Bool {
    guard let value = shaped.value.part(at: site.place) else { return false }
    var inner = ShapedValue(interpreter.definition, body, value)
    guard make(condition, true, &inner) else { return false }
    replace(site.place, with: redraw(body, keeping: inner.value), &shaped)
    return true
  }

  private mutating func choose(
    _ chosen: ChoiceShape.Case, _ shape: ChoiceShape, _ site: SampleSite, _ shaped: inout ShapedValue
  ) -> Bool {
    guard let (_, body) = site.member, let value = shaped.value.part(at: Array(site.place.dropLast())) else { return false }
    var inner = ShapedValue(interpreter.definition, body, value)
    guard set(shape.on, to: .number(Int128(chosen.first)), &inner) else { return false }
    replace(Array(site.place.dropLast()), with: redraw(body, keeping: inner.value), &shaped)
    return true
  }

  /// One value more in an array, or one element more in a list.
  mutating func add(to site: SampleSite, _ name: String?, _ shaped: inout ShapedValue) -> Bool {
    guard let (member, body) = site.member, let value = shaped.value.part(at: site.place) else { return false }
    switch (member.kind, value) {
    case (.array(let shape), .array(let items)):
      guard shape.maximum.map({ items.count < $0 }) ?? true, let item = self.items(shape, 1).first else { return false }
      replace(site.place, with: .array(items + [item]), &shaped)
    case (.list(let shape), .list(let elements)):
      let family = interpreter.definition.families[shape.family]
      guard let allowed = shape.allowed.first(where: { family.elements[$0.element].name == name }),
        allowed.maximum.map({ maximum in elements.count { $0.name == name } < maximum }) ?? true,
        steering.occurrences[body]?[member.name]?[name ?? ""] != 0
      else { return false }
      let added = [element(allowed, shape, family)]
      replace(site.place, with: .list(shape.inserting(added, into: elements, family)), &shaped)
    default: return false
    }
    return true
  }

  /// One more of what a path leads to, in the array or list nearest to its end that takes one.
  mutating func grow(_ path: [String], _ shaped: inout ShapedValue) -> Bool {
    for count in (1...path.count).reversed() {
      let walk = WireExpression.Walk(variable: "", path: Array(path.prefix(count - 1)), expression: .boolean(true))
      let parents = count > 1 ? shaped.sites(of: walk) : [shaped.start(path).site]
      for parent in parents {
        let name = path[count - 1]
        if case .body = parent.kind {
          for site in interpreter.definition.parts(of: parent, named: name, in: shaped.value, expands: false) {
            if case (let member, _)? = site.member, case .array = member.kind, add(to: site, nil, &shaped) { return true }
          }
        } else if add(to: parent, name, &shaped) {
          return true
        }
      }
    }
    return false
  }

  /// Takes the nearest thing around a place away that need not be there.
  mutating func remove(_ place: [SampleStep], _ shaped: inout ShapedValue) -> Bool {
    var place = place
    while let step = place.last {
      if case .member(let name) = step {
        if let body = body(at: Array(place.dropLast()), shaped),
          let condition = interpreter.definition.bodies[body].anyMember(named: name)?.condition,
          let value = shaped.value.part(at: Array(place.dropLast()))
        {
          var inner = ShapedValue(interpreter.definition, body, value)
          if make(condition, false, &inner) {
            replace(Array(place.dropLast()), with: redraw(body, keeping: inner.value), &shaped)
            return true
          }
        }
      } else if isSpare(place, shaped) {
        replace(place, with: nil, &shaped)
        return true
      }
      place.removeLast()
    }
    return false
  }

  /// Whether an array or a list may do without one of its parts, and it is not aimed at.
  private func isSpare(_ place: [SampleStep], _ shaped: ShapedValue) -> Bool {
    let around = Array(place.dropLast())
    guard let (member, body) = member(at: around, shaped), let value = shaped.value.part(at: around) else { return false }
    switch (member.kind, value, place.last) {
    case (.array(let shape), .array(let items), _):
      return items.count > shape.minimum && steering.counts[body]?[member.name] == nil
    case (.list(let shape), .list(let elements), .element(let index)?) where elements.indices.contains(index):
      let name = elements[index].name
      if steering.occurrences[body]?[member.name]?[name ?? ""] != nil { return false }
      let family = interpreter.definition.families[shape.family]
      let allowed = shape.allowed.first { family.elements[$0.element].name == name }
      return elements.count { $0.name == name } > allowed?.minimum ?? 0
    default: return false
    }
  }

  private func member(at place: [SampleStep], _ shaped: ShapedValue) -> (Member, body: Int)? {
    guard case .member(let name)? = place.last, let body = body(at: Array(place.dropLast()), shaped) else { return nil }
    return interpreter.definition.bodies[body].anyMember(named: name).map { ($0, body) }
  }

  /// The body that is at a place.
  func body(at place: [SampleStep], _ shaped: ShapedValue) -> Int? {
    var kind = SampleSite.Kind.body(shaped.body)
    var way: [SampleStep] = []
    for step in place {
      switch (kind, step) {
      case (.body(let body), .member(let name)):
        guard let member = interpreter.definition.bodies[body].anyMember(named: name) else { return nil }
        kind = interpreter.definition.kind(of: member, in: body)
      case (.member(let member, let body), .item):
        guard case .array(let shape) = member.kind else { return nil }
        kind = interpreter.definition.kind(of: shape.element, in: body)
      case (.member(let member, _), .element(let index)):
        guard case .list(let shape) = member.kind, case .list(let elements)? = shaped.value.part(at: way),
          elements.indices.contains(index), let name = elements[index].name,
          let inner = interpreter.definition.body(ofElement: name, shape)
        else { return nil }
        kind = .body(inner)
      case (.member(let member, _), .member(let name)):
        guard case .choice(let shape) = member.kind, let inner = shape.allCases.first(where: { $0.name == name })?.body
        else { return nil }
        kind = .body(inner)
      default: return nil
      }
      way.append(step)
    }
    if case .body(let body) = kind { return body }
    return nil
  }
}

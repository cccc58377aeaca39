import WireText

/// Follows a path through octets that have been walked.
struct OctetsAccess {
  let context: RenderContext
  /// What stands for what is not there.
  let other: String
  let finish: (ExpressionTarget) -> String

  func text(_ path: ArraySlice<String>, _ scope: OctetsScope) -> String {
    guard let name = path.first else { return finish(ExpressionTarget()) }
    for member in scope.plan.members {
      if case .bits(let size, let isLittle, let group) = member.member.kind {
        let load = context.groupLoad(octets: size, isLittle: isLittle, at: scope.place(of: member), in: scope.octets)
        if let target = context.bit(name, group, load, groupBits: size * 8) { return finish(target) }
      } else if member.member.name == name {
        return text(member, path.dropFirst(), scope)
      }
    }
    return other
  }

  private func text(_ member: MemberPlan, _ rest: ArraySlice<String>, _ scope: OctetsScope) -> String {
    if rest.isEmpty { return finish(context.target(member, scope)) }
    switch member.member.kind {
    case .structure(let index):
      if isAtFixedPlace(rest, index) {
        return text(
          rest,
          OctetsScope(
            plan: context.plans[index], octets: scope.octets, base: scope.place(of: member), isTrusted: true, depth: scope.depth))
      }
      return read(index, "\(scope.place(of: member))..<\(scope.end(of: member))", rest, scope)
    case .list(let shape):
      let occurrence = "\(scope.layout).\(member.member.name)Layout.\(rest.first ?? "")Occurrence"
      if rest.count == 1 { return finish(ExpressionTarget(count: "\(occurrence).count", presence: "\(occurrence).count > 0")) }
      guard let element = context.definition.families[shape.family].elements.first(where: { $0.name == rest.first })
      else { return other }
      let inner = rest.dropFirst()
      if scope.isTrusted, scope.base == "0", isAtFixedPlace(inner, element.body) {
        return text(
          inner,
          OctetsScope(
            plan: context.plans[element.body], octets: scope.octets, base: "\(occurrence).start", isTrusted: true,
            depth: scope.depth))
      }
      return read(element.body, "\(occurrence).range", inner, scope)
    case .choice(let shape):
      guard let index = shape.allCases.firstIndex(where: { $0.name == rest.first }) else { return other }
      let test = Compare.equal("\(scope.layout).\(member.caseField)", "\(index)")
      if rest.count == 1 { return finish(ExpressionTarget(presence: test)) }
      guard let body = shape.allCases[index].body else { return other }
      return read(body, "\(scope.place(of: member))..<\(scope.end(of: member))", rest.dropFirst(), scope)
    default: return other
    }
  }

  /// Walks through a part again, to read in it.
  private func read(_ index: Int, _ range: String, _ path: ArraySlice<String>, _ scope: OctetsScope) -> String {
    let number = scope.depth + 1
    let inner = OctetsScope(
      plan: context.plans[index], octets: "part\(number)", layout: "layout\(number)", isTrusted: scope.isTrusted, depth: number)
    let value = text(path, inner)
    let layout = value.contains("layout\(number)") ? "layout\(number)" : "_"
    let part = value.contains("part\(number)") ? "part\(number)" : "_"
    let type = SwiftName.type(context.definition.bodies[index].name)
    return "\(type).read(\(scope.octets).extracting(\(range)), or: \(other)) { \(part), \(layout) in \(value) }"
  }

  /// Whether a path leads, from the start of a body, to what is always at the same place.
  private func isAtFixedPlace(_ path: ArraySlice<String>, _ index: Int) -> Bool {
    guard let name = path.first else { return true }
    for member in context.plans[index].members {
      if case .bits(_, _, let group) = member.member.kind, group.contains(where: { $0.name == name }) {
        return member.place.base == nil
      }
      guard member.member.name == name else { continue }
      guard member.place.base == nil, member.fixedSize != nil else { return false }
      if case .structure(let inner) = member.member.kind { return isAtFixedPlace(path.dropFirst(), inner) }
      return true
    }
    return false
  }
}

extension RenderContext {
  /// A bit field in a group that is already in `load`.
  func bit(_ name: String, _ group: [Member], _ load: String, groupBits: Int) -> ExpressionTarget? {
    var shift = groupBits
    for inner in group {
      shift -= inner.bitWidth
      guard inner.name == name, case .integer(let shape) = inner.kind else { continue }
      let raw = bitField(shape, shift: shift, group: load, groupBits: groupBits)
      return ExpressionTarget(member: inner, text: shape.isBoolean ? "\(raw) != 0" : raw)
    }
    return nil
  }

  /// A member in octets that have been walked.
  func target(_ plan: MemberPlan, _ scope: OctetsScope) -> ExpressionTarget {
    var target = self.target(plan.member, at: scope.place(of: plan), to: scope.end(of: plan), in: scope.octets)
    if case .array = plan.member.kind { target.count = "\(scope.layout).\(plan.countField)" }
    if plan.isOptional { target.presence = "\(scope.layout).\(plan.presenceField)" }
    return target
  }

  /// A member or the value of an array at a place.
  func target(_ member: Member, at place: String, to end: String, in octets: String) -> ExpressionTarget {
    var target = ExpressionTarget(member: member)
    switch member.kind {
    case .integer(let shape): target.text = rawLoad(shape, at: place, in: octets)
    case .ipv4, .ipv6, .mac: target.text = load(member, at: place, to: end, in: octets)
    case .octets, .text:
      let extent = member.kind.extent ?? .rest
      target.size = value(extent, place, end, in: octets).count
      target.span = valueSpan(extent, place, end, in: octets)
    default: break
    }
    return target
  }
}

/// Follows a path through a value.
struct ValueAccess {
  let context: RenderContext
  let other: String
  let finish: (ExpressionTarget) -> String

  func text(_ path: ArraySlice<String>, _ scope: ValueScope) -> String {
    guard let name = path.first else { return finish(ExpressionTarget()) }
    for member in scope.plan.members {
      if case .bits(_, _, let group) = member.member.kind, let bit = group.first(where: { $0.name == name }) {
        return finish(context.number(bit, member, scope))
      }
      if member.member.name == name { return text(member, path.dropFirst(), scope) }
    }
    return other
  }

  private func text(_ member: MemberPlan, _ rest: ArraySlice<String>, _ scope: ValueScope) -> String {
    let property = scope.base + (member.properties.first?.identifier ?? "")
    if rest.isEmpty, case .integer = member.member.kind { return number(member, scope) }
    guard member.isOptional else { return text(member.member, property, rest, scope) }
    let number = scope.depth + 1
    var inner = scope
    inner.depth = number
    if rest.isEmpty {
      let presence = finish(ExpressionTarget(presence: "\(property) != nil"))
      if presence == "\(property) != nil" { return presence }
    }
    return "(\(property).map { value\(number) in \(text(member.member, "value\(number)", rest, inner)) } ?? \(other))"
  }

  private func number(_ member: MemberPlan, _ scope: ValueScope) -> String {
    let target = context.number(member.member, member, scope)
    guard member.isOptional, let property = member.properties.first else { return finish(target) }
    let whole = finish(target)
    if whole == target.presence { return whole }
    let number = scope.depth + 1
    var inner = target
    inner.text = context.number(of: member.member, "value\(number)")
    return "(\(scope.base)\(property.identifier).map { value\(number) in \(finish(inner)) } ?? \(other))"
  }

  private func text(_ member: Member, _ value: String, _ rest: ArraySlice<String>, _ scope: ValueScope) -> String {
    if rest.isEmpty { return finish(context.target(member, value)) }
    switch member.kind {
    case .structure(let index):
      return text(rest, ValueScope(plan: context.plans[index], base: "\(value).", depth: scope.depth))
    case .list(let shape): return element(shape, value, rest, scope)
    case .choice(let shape):
      let name = rest.first ?? ""
      guard let chosen = shape.allCases.first(where: { $0.name == name }) else { return other }
      if rest.count == 1 { return finish(ExpressionTarget(presence: "\(value).kind == .\(SwiftName.chosen(name))")) }
      guard let body = chosen.body else { return other }
      return optional("\(value).\(SwiftName.chosen(name))", body, rest.dropFirst(), scope)
    default: return other
    }
  }

  private func element(_ shape: ListShape, _ value: String, _ rest: ArraySlice<String>, _ scope: ValueScope) -> String {
    let family = context.definition.families[shape.family]
    guard let allowed = shape.allowed.first(where: { family.elements[$0.element].name == rest.first }) else { return other }
    let element = family.elements[allowed.element]
    let property = "\(value).\(SwiftName.property(element.name))"
    let isRequired = allowed.minimum == 1 && allowed.maximum == 1
    if rest.count == 1 {
      if allowed.maximum == 0 { return finish(ExpressionTarget(presence: "false")) }
      if isRequired { return finish(ExpressionTarget(count: "1")) }
      if allowed.maximum == 1 {
        return finish(ExpressionTarget(count: "(\(property) != nil ? 1 : 0)", presence: "\(property) != nil"))
      }
      return finish(ExpressionTarget(count: "\(property).count", presence: "!\(property).isEmpty"))
    }
    guard allowed.maximum == 1 else { return other }
    if isRequired {
      return text(rest.dropFirst(), ValueScope(plan: context.plans[element.body], base: "\(property).", depth: scope.depth))
    }
    return optional(property, element.body, rest.dropFirst(), scope)
  }

  private func optional(_ value: String, _ body: Int, _ rest: ArraySlice<String>, _ scope: ValueScope) -> String {
    let number = scope.depth + 1
    let inner = ValueScope(plan: context.plans[body], base: "value\(number).", depth: number)
    return "(\(value).map { value\(number) in \(text(rest, inner)) } ?? \(other))"
  }
}

extension RenderContext {
  /// A number or a bit of a value: a property, a constant, or what encoding computes.
  func number(_ member: Member, _ plan: MemberPlan, _ scope: ValueScope) -> ExpressionTarget {
    var target = ExpressionTarget(member: member)
    guard case .integer(let shape) = member.kind else { return target }
    if let constant = shape.constant {
      target.text = shape.isBoolean ? (constant != 0 ? "true" : "false") : "\(constant)"
    } else if let computed = shape.computed {
      let writer = WriteRenderer(context: self, plan: scope.plan, element: element(ofBody: scope.plan.index), base: scope.base)
      let number = writer.number(computed, behind: plan)
      target.text = shape.isBoolean ? "\(number) != 0" : number
    } else if let property = plan.properties.first(where: { $0.name == member.name }) {
      target.text = number(of: member, scope.base + property.identifier)
      if plan.isOptional { target.presence = "\(scope.base)\(property.identifier) != nil" }
    }
    return target
  }

  /// The number of a property that is there.
  func number(of member: Member, _ value: String) -> String {
    guard case .integer(let shape) = member.kind else { return value }
    if let time = shape.time { return "(\(time.count(value)) ?? 0)" }
    return shape.codes != nil || shape.flags != nil ? "\(value).rawValue" : value
  }

  /// A member or the value of an array, as a value that is there.
  func target(_ member: Member, _ value: String) -> ExpressionTarget {
    var target = ExpressionTarget(member: member, text: number(of: member, value))
    switch member.kind {
    case .octets(let shape):
      target.size = if case .fixed(let size) = shape.extent { "\(size)" } else { "\(value).count" }
    case .text(let shape):
      target.size = shape.content == .date ? "29" : shape.keepsInvalid ? "\(value).octets.count" : "\(value).utf8.count"
    case .array: target.count = "\(value).count"
    default: break
    }
    return target
  }
}

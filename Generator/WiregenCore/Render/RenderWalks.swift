import WireText

/// The functions that expressions over many values become: each body's, in the order they were asked for.
///
/// Shared by all that render parts of one body; one thread renders.
final class WalkFunctions {
  struct Key: Hashable {
    var first: WireExpression
    var isValue: Bool
    var isTrusted: Bool
  }

  struct Function {
    var key: Key
    var name: String
    var source: SwiftSource
  }

  private(set) var functions: [Int: [Function]] = [:]

  /// The function's name; made by `render` when it is new.
  func name(of key: Key, _ stem: String, in body: Int, _ render: (String) -> SwiftSource) -> String {
    if let known = functions[body]?.first(where: { $0.key == key }) { return known.name }
    let name = "\(stem)\((functions[body]?.count ?? 0) + 1)"
    functions[body, default: []].append(Function(key: key, name: name, source: SwiftSource()))
    let source = render(name)
    if let place = functions[body]?.firstIndex(where: { $0.key == key }) { functions[body]?[place].source = source }
    return name
  }
}

extension ExpressionRenderer {
  /// A call of the function that a quantifier becomes.
  func walk(_ quantifier: WireExpression.Quantifier, _ walk: WireExpression.Walk) -> String {
    call(.over(quantifier, walk), quantifier.rawValue) { function, source in
      function.render(quantifier, walk, &source)
    }
  }

  func among(_ first: WireExpression.Walk, _ second: WireExpression.Walk) -> String {
    call(.among(first, second), "among") { function, source in function.renderAmong(first, second, &source) }
  }

  private func call(
    _ expression: WireExpression, _ stem: String, _ body: @escaping (WalkRenderer, inout SwiftSource) -> Void
  ) -> String {
    let result = if case .over(.sum, _) = expression { "Int" } else { "Bool" }
    let asks = expression.asksForRemaining
    switch scope {
    case .octets(let octets):
      let key = WalkFunctions.Key(first: expression, isValue: false, isTrusted: octets.isTrusted)
      let name = context.walks.name(of: key, stem, in: scope.plan.index) { name in
        var source = SwiftSource()
        let more = asks ? ", remaining: Int" : ""
        source.block("static func \(name)(_ octets: RawSpan, _ layout: Layout\(more)) -> \(result)") {
          body(WalkRenderer(context: context, scope: scope), &$0)
        }
        return source
      }
      return "\(octets.owner).\(name)(\(octets.octets), \(octets.layout)\(asks ? ", remaining: \(remaining)" : ""))"
    case .value(let value):
      let key = WalkFunctions.Key(first: expression, isValue: true, isTrusted: true)
      let name = context.walks.name(of: key, stem, in: scope.plan.index) { name in
        var source = SwiftSource()
        var inner = value
        inner.base = "value."
        source.block("static func \(name)(_ value: Self) -> \(result)") {
          body(WalkRenderer(context: context, scope: .value(inner)), &$0)
        }
        return source
      }
      return "Self.\(name)(\(value.base.dropLast()))"
    }
  }
}

extension WireExpression {
  /// Whether `remaining` stands in it.
  fileprivate var asksForRemaining: Bool {
    switch self {
    case .remaining: true
    case .not(let inner), .inPrefix(let inner, _, _), .inRanges(let inner, _): inner.asksForRemaining
    case .binary(_, let left, let right): left.asksForRemaining || right.asksForRemaining
    case .over(_, let walk): walk.expression.asksForRemaining
    case .among(let first, let second): first.expression.asksForRemaining || second.expression.asksForRemaining
    default: false
    }
  }
}

/// Renders the body of a function over many values.
struct WalkRenderer {
  let context: RenderContext
  let scope: ExpressionSource

  /// The expression of a walk, for the value whose turn it is.
  private func renderer(_ walk: WireExpression.Walk, _ content: ExpressionRenderer.Item.Content) -> ExpressionRenderer {
    ExpressionRenderer(
      context: context, scope: scope, remaining: "remaining", item: ExpressionRenderer.Item(name: walk.variable, content: content)
    )
  }

  func render(_ quantifier: WireExpression.Quantifier, _ walk: WireExpression.Walk, _ source: inout SwiftSource) {
    var loop = SwiftSource()
    var start: [String] = []
    var result = "true"
    each(walk, &loop) { renderer, inner in
      switch quantifier {
      case .all: inner.line("if !(\(renderer.condition(walk.expression))) { return false }")
      case .any:
        result = "false"
        inner.line("if \(renderer.condition(walk.expression).inStatement) { return true }")
      case .sum:
        result = "total"
        start = ["var total = 0"]
        inner.line("total &+= \(renderer.value(walk.expression, narrow: true))")
      case .ascending:
        start = ["var last: \(renderer.gathered(walk.expression).type)?"]
        inner.line("let value = \(renderer.value(walk.expression))")
        inner.line("if let last, value <= last { return false }")
        inner.line("last = value")
      case .unique:
        let gathered = renderer.gathered(walk.expression)
        start = ["var seen: Swift.Set<\(gathered.type)> = []"]
        inner.line("if !seen.insert(\(gathered.value)).inserted { return false }")
      }
    }
    for line in start + loop.lines { source.line(line) }
    source.line("return \(loop.lines.isEmpty ? (quantifier == .any ? "false" : quantifier == .sum ? "0" : "true") : result)")
  }

  func renderAmong(
    _ first: WireExpression.Walk, _ second: WireExpression.Walk, _ source: inout SwiftSource
  ) {
    var gathering = SwiftSource()
    var type = "Int"
    var isWide = false
    each(second, &gathering) { renderer, inner in
      let gathered = renderer.gathered(second.expression)
      type = gathered.type
      inner.line("allowed.insert(\(gathered.value))")
    }
    var asking = SwiftSource()
    each(first, &asking) { renderer, inner in
      let gathered = renderer.gathered(first.expression)
      isWide = gathered.type == "Int128" && type == "Int"
      let value = type == "Int128" && gathered.type == "Int" ? "Int128(\(gathered.value))" : gathered.value
      inner.line("if !allowed.contains(\(value)) { return false }")
    }
    if isWide {
      // The wider of the two types holds both.
      gathering = SwiftSource()
      type = "Int128"
      each(second, &gathering) { renderer, inner in
        inner.line("allowed.insert(Int128(\(renderer.gathered(second.expression).value)))")
      }
    }
    source.line("\(gathering.lines.isEmpty ? "let" : "var") allowed: Swift.Set<\(type)> = []")
    // Each walk in a scope of its own: their variables may have the same names.
    for walk in [gathering, asking] where !walk.lines.isEmpty {
      source.block("do") { inner in for line in walk.lines { inner.line(line) } }
    }
    source.line("return true")
  }

  private func each(
    _ walk: WireExpression.Walk, _ source: inout SwiftSource, _ body: @escaping (ExpressionRenderer, inout SwiftSource) -> Void
  ) {
    let leaf = { (content: ExpressionRenderer.Item.Content, inner: inout SwiftSource) in
      body(renderer(walk, content), &inner)
    }
    switch scope {
    case .octets(let octets): OctetsWalk(context: context, leaf: leaf).walk(walk.path[...], octets, &source)
    case .value(let value): ValueWalk(context: context, leaf: leaf).walk(walk.path[...], value, &source)
    }
  }
}

/// Renders loops over all that a path leads to, in octets that have been walked.
private struct OctetsWalk {
  typealias Leaf = (ExpressionRenderer.Item.Content, inout SwiftSource) -> Void

  let context: RenderContext
  let leaf: Leaf

  func walk(_ path: ArraySlice<String>, _ scope: OctetsScope, _ source: inout SwiftSource) {
    guard let name = path.first else { return leaf(.body(.octets(scope)), &source) }
    for member in scope.plan.members {
      if case .bits(let size, let isLittle, let group) = member.member.kind {
        let load = context.groupLoad(octets: size, isLittle: isLittle, at: scope.place(of: member), in: scope.octets)
        if let target = context.bit(name, group, load, groupBits: size * 8) { return leaf(.value(target), &source) }
      } else if member.member.name == name {
        guard member.isOptional else { return walk(member, path.dropFirst(), scope, &source) }
        return source.block("if \(scope.layout).\(member.presenceField)") { walk(member, path.dropFirst(), scope, &$0) }
      }
    }
  }

  private func walk(
    _ member: MemberPlan, _ rest: ArraySlice<String>, _ scope: OctetsScope, _ source: inout SwiftSource
  ) {
    switch member.member.kind {
    case .structure(let index):
      let (place, end) = (scope.place(of: member), scope.end(of: member))
      if context.plans[index].isFixed {
        return walk(rest, fixedPart(index, at: place, in: scope), &source)
      }
      part(index, "\(scope.octets).extracting(\(place)..<\(end))", rest, scope, otherwise: nil, &source)
    case .array(let shape): walk(member, shape, rest, scope, &source)
    case .list(let shape): elements(member, shape, rest, scope, &source)
    case .choice(let shape):
      guard let index = shape.allCases.firstIndex(where: { $0.name == rest.first }), let body = shape.allCases[index].body
      else { return }
      source.block("if \(Compare.equal("\(scope.layout).\(member.caseField)", "\(index)"))") { inner in
        let range = "\(scope.place(of: member))..<\(scope.end(of: member))"
        part(body, "\(scope.octets).extracting(\(range))", rest.dropFirst(), scope, otherwise: nil, &inner)
      }
    default: leaf(.value(context.target(member, scope)), &source)
    }
  }

  private func fixedPart(_ index: Int, at place: String, in scope: OctetsScope) -> OctetsScope {
    OctetsScope(
      plan: context.plans[index], octets: scope.octets, layout: "layout", base: place, isTrusted: true, depth: scope.depth)
  }

  /// Goes into a part that has a layout of its own.
  ///
  /// - Parameter otherwise: how a loop goes on when the part was found not to be whole; nil outside of loops.
  private func part(
    _ index: Int, _ octets: String, _ rest: ArraySlice<String>, _ scope: OctetsScope, otherwise: String?,
    moving position: String? = nil, _ source: inout SwiftSource
  ) {
    let number = scope.depth + 1
    let (name, layout) = ("part\(number)", "layout\(number)")
    var inner = SwiftSource()
    walk(
      rest,
      OctetsScope(plan: context.plans[index], octets: name, layout: layout, isTrusted: scope.isTrusted, depth: number), &inner)
    let isUsed = position != nil || inner.text.contains("\(layout).") || inner.text.contains(", \(layout)")
    let walked = "\(SwiftName.type(context.definition.bodies[index].name)).walked(\(name))"
    source.line("let \(name) = \(octets)")
    guard let otherwise else {
      source.block(isUsed ? "if let \(layout) = \(walked)" : "if \(walked) != nil") { block in
        for line in inner.lines { block.line(line) }
      }
      return
    }
    source.line("guard \(isUsed ? "let \(layout) = \(walked)" : "\(walked) != nil") else { \(otherwise) }")
    if let position { source.line("\(position) &+= \(layout).end") }
    for line in inner.lines { source.line(line) }
  }

  private func walk(
    _ member: MemberPlan, _ shape: ArrayShape, _ rest: ArraySlice<String>, _ scope: OctetsScope,
    _ source: inout SwiftSource
  ) {
    let number = scope.depth + 1
    let position = "position\(number)"
    source.line("var \(position) = \(scope.place(of: member))")
    source.block("while \(position) < \(context.valuesEnd(shape, scope.end(of: member)))") { inner in
      var scope = scope
      scope.depth = number
      let size = context.lowering.fixed(shape.element)
      if case .structure(let index) = shape.element.kind, size == nil || !context.plans[index].isFixed {
        part(
          index, "\(scope.octets).extracting(droppingFirst: \(position))", rest, scope, otherwise: "break", moving: position,
          &inner)
        return
      }
      inner.line("let place\(number) = \(position)")
      inner.line("\(position) &+= \(size ?? 1)")
      if case .structure(let index) = shape.element.kind {
        walk(rest, fixedPart(index, at: "place\(number)", in: scope), &inner)
      } else {
        leaf(.value(context.target(shape.element, at: "place\(number)", to: position, in: scope.octets)), &inner)
      }
    }
  }

  private func elements(
    _ member: MemberPlan, _ shape: ListShape, _ rest: ArraySlice<String>, _ scope: OctetsScope, _ source: inout SwiftSource
  ) {
    let list = ListRenderer(context: context, plan: member, shape: shape, body: scope.plan)
    guard let use = list.uses.first(where: { $0.element.name == rest.first }) else { return }
    let number = scope.depth + 1
    let (position, element) = ("position\(number)", "element\(number)")
    let start = "\(scope.layout).\(member.member.name)Layout.listStart"
    source.line("var \(position) = \(start)")
    source.block("while \(position) < \(scope.end(of: member))") { inner in
      let call = "\(list.familyType).element(\(scope.octets), at: \(position), from: \(start))"
      if context.headerVaries(list.family) {
        inner.line("guard let \(element) = try? \(call) else { break }")
      } else {
        inner.line("let \(element) = \(call)")
      }
      inner.line("\(position) = \(element).end")
      let extra = list.family.extraTag == nil ? "" : ", \(Compare.equal("\(element).extraTag", "\(use.element.extraTag)"))"
      inner.line("guard \(Compare.equal("\(element).tag", "\(use.element.tag)"))\(extra) else { continue }")
      var scope = scope
      scope.depth = number
      let octets = "\(scope.octets).extracting(\(element).bodyRange)"
      part(use.element.body, octets, rest.dropFirst(), scope, otherwise: "continue", &inner)
    }
  }
}

/// Renders loops over all that a path leads to, in a value.
private struct ValueWalk {
  let context: RenderContext
  let leaf: OctetsWalkLeaf

  typealias OctetsWalkLeaf = (ExpressionRenderer.Item.Content, inout SwiftSource) -> Void

  func walk(_ path: ArraySlice<String>, _ scope: ValueScope, _ source: inout SwiftSource) {
    guard let name = path.first else { return leaf(.body(.value(scope)), &source) }
    for member in scope.plan.members {
      if case .bits(_, _, let group) = member.member.kind, let bit = group.first(where: { $0.name == name }) {
        return leaf(.value(context.number(bit, member, scope)), &source)
      }
      guard member.member.name == name else { continue }
      let property = scope.base + (member.properties.first?.identifier ?? "")
      guard member.isOptional else { return walk(member, property, path.dropFirst(), scope, &source) }
      let number = scope.depth + 1
      var inner = scope
      inner.depth = number
      return source.block("if let value\(number) = \(property)") {
        walk(member, "value\(number)", path.dropFirst(), inner, &$0)
      }
    }
  }

  private func walk(
    _ member: MemberPlan, _ value: String, _ rest: ArraySlice<String>, _ scope: ValueScope, _ source: inout SwiftSource
  ) {
    switch member.member.kind {
    case .structure(let index): into(index, value, rest, scope, &source)
    case .array(let shape):
      let number = scope.depth + 1
      var inner = scope
      inner.depth = number
      source.block("for item\(number) in \(value)") { loop in
        if case .structure(let index) = shape.element.kind {
          into(index, "item\(number)", rest, inner, &loop)
        } else {
          leaf(.value(context.target(shape.element, "item\(number)")), &loop)
        }
      }
    case .list(let shape): elements(member, shape, value, rest, scope, &source)
    case .choice(let shape):
      guard let chosen = shape.allCases.first(where: { $0.name == rest.first }), let body = chosen.body else { return }
      let number = scope.depth + 1
      var inner = scope
      inner.depth = number
      source.block("if let item\(number) = \(value).\(SwiftName.chosen(chosen.name))") {
        into(body, "item\(number)", rest.dropFirst(), inner, &$0)
      }
    case .integer: leaf(.value(context.number(member.member, member, scope)), &source)
    default: leaf(.value(context.target(member.member, value)), &source)
    }
  }

  private func into(
    _ index: Int, _ value: String, _ rest: ArraySlice<String>, _ scope: ValueScope, _ source: inout SwiftSource
  ) {
    walk(rest, ValueScope(plan: context.plans[index], base: "\(value).", depth: scope.depth), &source)
  }

  private func elements(
    _ member: MemberPlan, _ shape: ListShape, _ value: String, _ rest: ArraySlice<String>, _ scope: ValueScope,
    _ source: inout SwiftSource
  ) {
    let list = ListRenderer(context: context, plan: member, shape: shape, body: scope.plan)
    guard let use = list.stored.first(where: { $0.element.name == rest.first }) else { return }
    let number = scope.depth + 1
    var inner = scope
    inner.depth = number
    let property = "\(value).\(use.property)"
    let item = "item\(number)"
    let opening = use.isMany ? "for \(item) in \(property)" : use.isRequired ? "do" : "if let \(item) = \(property)"
    source.block(opening) { block in
      into(use.element.body, use.isRequired ? property : item, rest.dropFirst(), inner, &block)
    }
  }
}

extension RenderContext {
  /// Where the values of an array end that itself ends at `end`.
  func valuesEnd(_ shape: ArrayShape, _ end: String) -> String {
    if case .terminated(_, let octets, _) = shape.end { return difference(end, "\(octets)") }
    return end
  }
}

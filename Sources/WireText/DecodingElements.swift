import Wire

/// What the header of an element says.
private struct ElementHeader {
  var tag: UInt64
  var extraTag: UInt64
  /// Place in `ListShape.allowed`; nil when the list does not know the element.
  var place: Int?
  var valueStart: Int
  var valueEnd: Int
  var action: FamilyDefinition.UnknownPolicy.Action
}

extension ListFrame {
  /// One element: header, policy, order, length, padding; then what the list knows as a frame of its own.
  func element(_ run: inout DecodingRun) throws(Stop) {
    var node = WireTree.Node(
      name: "unknown", label: family.name, value: .unknownElement(.none), index: self.node.children.count,
      start: run.position)
    let header: ElementHeader
    do throws(Stop) {
      header = try self.header(&run, into: &node)
      run.position = header.valueEnd
      try padding(&run, into: &node)
    } catch {
      node.count = run.position - node.start
      self.node.children.append(node)
      throw error
    }
    guard let place = header.place else {
      keep(header, &node, run)
      run.steps.removeLast()
      return
    }
    try known(shape.allowed[place], header, node, &run)
  }

  /// An element the list does not know.
  private func keep(_ header: ElementHeader, _ node: inout WireTree.Node, _ run: DecodingRun) {
    if header.action != .keep { node.role = .ignored }
    node.count = run.position - node.start
    let value = header.valueStart - node.start..<header.valueEnd - node.start
    let whole = Array(run.octets[node.start..<run.position])
    node.value = .unknownElement(KeptElement(tag: header.tag, extraTag: header.extraTag, octets: whole, valueRange: value))
    self.node.children.append(node)
  }

  /// The body of an element that the list knows. Its extent is known: the list goes on whatever is in it.
  private func known(
    _ allowed: ListShape.Allowed, _ header: ElementHeader, _ node: WireTree.Node, _ run: inout DecodingRun
  ) throws(Stop) {
    var node = node
    let element = family.elements[allowed.element]
    var context = ElementContext(
      family: shape.family, start: node.start, next: run.position, trailingCode: allowed.invalidCode ?? element.code)
    // The padding was decoded before the body, but comes after it on the wire.
    if node.children.last?.role == .padding { context.padding = node.children.removeLast() }
    if family.headerIsInBody { node.children = [] }
    run.position = family.headerIsInBody ? node.start : header.valueStart
    let body = run.interpreter.definition.bodies[element.body]
    let frame = BodyFrame(
      body, element.body, node, in: run, purpose: .element(context), invalidCode: allowed.invalidCode,
      stepCount: run.steps.count - 1)
    try run.enter(frame, limit: body.maximumDepth, element.name, code: body.code)
    run.steps.append(PathStep(element.name))
    run.end = header.valueEnd
  }

  private func header(_ run: inout DecodingRun, into node: inout WireTree.Node) throws(Stop) -> ElementHeader {
    let start = run.position
    try run.header(of: shape.family, into: &node)
    let tag = UInt64(clamping: node.children.number(family.tagName) ?? 0)
    let extraTag =
      family.extraTag.flatMap { node.children.number($0) }.map { UInt64(clamping: $0) } ?? family.extraTagDefault
    let length = node.children.member(family.header[family.length].name)
    node.children.markHeader(family)
    let place = shape.allowed.firstIndex {
      let element = family.elements[$0.element]
      return element.tag == tag && element.extraTag == extraTag
    }
    var header = ElementHeader(
      tag: tag, extraTag: extraTag, place: place, valueStart: run.position, valueEnd: run.position, action: .keep)
    if let place {
      let element = family.elements[shape.allowed[place].element]
      node.name = element.name
      node.label = element.label
      node.value = .element(tag: tag)
      try note(place, at: start, &run)
    } else {
      header.action = try policy(tag, extraTag, node, &run)
    }
    let number = length?.integer ?? 0
    let size = family.valueSize(length: number, header: run.position - start)
    guard size >= 0, size <= Int128(run.end - run.position) else {
      let member = family.header[family.length]
      try run.stop(.length, at: length?.start ?? start, member.name, code: member.code)
    }
    header.valueEnd = run.position + Int(size)
    return header
  }

  /// What becomes of an element the list does not know.
  private func policy(
    _ tag: UInt64, _ extraTag: UInt64, _ node: WireTree.Node, _ run: inout DecodingRun
  ) throws(Stop) -> FamilyDefinition.UnknownPolicy.Action {
    let direction = run.message?.direction
    let policy = family.unknown.first { policy in
      let fits = policy.direction == nil || direction == nil || policy.direction == direction
      let isOfTag = policy.extraTag == nil || policy.extraTag == extraTag
      return fits && isOfTag && policy.first <= tag && tag <= policy.last
    }
    let action = policy?.action ?? .reject
    if action == .reject {
      let offset = node.children.named(family.tagName)?.start ?? node.start
      try run.report(.unknownElement, at: offset, family.tagName, code: policy == nil ? family.code : policy?.code)
    }
    return action
  }

  /// Octets up to where the next element may start.
  private func padding(_ run: inout DecodingRun, into node: inout WireTree.Node) throws(Stop) {
    guard !family.lengthCountsPadding else { return }
    let position = run.position - self.node.start
    let count = position.rounded(upTo: family.alignment) - position
    guard count > 0 else { return }
    let start = try run.take(count, "padding", code: family.code)
    try run.padding(start..<run.position, of: family, into: &node)
  }
}

extension DecodingRun {
  /// The members of a header: whether they are there, and their reserved octets. Other values are not judged.
  fileprivate mutating func header(of family: Int, into node: inout WireTree.Node) throws(Stop) {
    let body = interpreter.headers[family]
    var probe = DecodingRun(interpreter, octets, mode: .collecting, root: body)
    probe.position = position
    probe.end = end
    probe.steps = steps
    let root = WireTree.Node(name: body.name, label: body.name, value: .structure, start: position)
    probe.frames = [BodyFrame(body, nil, root, in: probe, purpose: .header, stepCount: steps.count)]
    var isWhole = true
    // A run that collects fails with nothing, and ends early when the header does not fit.
    do throws(Stop) { try probe.walk() } catch { isWhole = false }
    node.children = probe.root.children
    position = probe.position
    if !isWhole, let last = probe.violations.last {
      try report(last)
      throw .structural
    }
    let reserved = PathStep.text(steps, "reserved", isWhole: interpreter.givesWholePaths)
    for violation in probe.violations where violation.kind == .reserved && violation.path == reserved {
      try report(violation)
    }
  }

  /// Octets behind a value that are padding.
  fileprivate mutating func padding(
    _ range: Range<Int>, of family: FamilyDefinition, into node: inout WireTree.Node
  ) throws(Stop) {
    let part = Array(octets[range])
    node.children.append(
      WireTree.Node(
        name: "padding", label: "Padding", role: .padding, value: .octets(part), start: range.lowerBound,
        count: part.count))
    guard family.checksPadding, part.contains(where: { $0 != 0 }) else { return }
    try report(.padding, at: range.lowerBound, "padding", code: family.code)
  }

  /// What is left of an element behind its last member: padding that the length counts, or octets too many.
  mutating func rest(of context: ElementContext, in frame: BodyFrame) throws(Stop) {
    guard position < end else { return }
    let family = interpreter.definition.families[context.family]
    guard family.lengthCountsPadding, end - position < family.alignment else {
      try trailing(code: context.trailingCode, into: &frame.node)
      return
    }
    let range = position..<end
    position = end
    let step = steps.removeLast()
    try padding(range, of: family, into: &frame.node)
    steps.append(step)
  }
}

extension KeptElement {
  /// Stands for an element whose header could not be decoded.
  fileprivate static var none: KeptElement { KeptElement(tag: 0, octets: [], valueRange: 0..<0) }
}

extension [WireTree.Node] {
  /// The number of a member; nil when there is none.
  func number(_ name: String) -> Int128? { member(name)?.integer }

  /// The member or part of a header of that name, fields of bits among them.
  fileprivate func named(_ name: String) -> WireTree.Node? {
    for node in self {
      if node.name == name { return node }
      if case .bits = node.value, let field = node.children.first(where: { $0.name == name }) { return field }
    }
    return nil
  }

  /// Gives what only tells elements apart the role of a header; all of it when the header has no members of its own.
  fileprivate mutating func markHeader(_ family: FamilyDefinition) {
    for index in indices {
      if !family.headerIsInBody || self[index].name == family.tagName || index == family.length {
        self[index].role = .header
      }
      if case .bits = self[index].value { self[index].children.markTag(family.tagName) }
    }
  }

  private mutating func markTag(_ name: String) {
    for index in indices where self[index].name == name { self[index].role = .header }
  }
}

extension WireTree.Node {
  /// The number that it is; nil when it is none.
  var integer: Int128? {
    switch value {
    case .integer(let number, _, _), .date(_, let number, _): number
    case .boolean(let flag): flag ? 1 : 0
    case .flags(let bits, _): Int128(bits)
    case .ipv4, .ipv6, .mac, .octets, .text, .structure, .bits, .array, .list, .choice, .element, .unknownElement: nil
    }
  }
}

extension FamilyDefinition {
  /// Octets of the value that a length stands for; negative when it stands for none.
  ///
  /// - Parameter header: octets of the header.
  func valueSize(length: Int128, header: Int) -> Int128 {
    length * Int128(lengthUnit) - Int128(lengthPlus) - Int128(lengthCountsElement ? header : 0)
  }
}

extension Interpreter {
  /// What the header of a kept element says besides its tag and its length.
  func headerFields(of kept: KeptElement, family: Int) -> [WireValue.Field] {
    var run = DecodingRun(self, kept.octets, mode: .lenient, root: headers[family])
    var node = WireTree.Node(name: "", label: "", value: .structure, start: 0)
    do throws(Stop) { try run.header(of: family, into: &node) } catch { return [] }
    node.children.markHeader(definition.families[family])
    return node.wireValue.fields
  }
}

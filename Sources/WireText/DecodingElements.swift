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
    var node = WireTree.Node(family.unknown, value: .list, start: run.position)
    node.index = run.node.children.count
    let header = try extent(&run, of: &node)
    if let place = header.place {
      try known(plan.allowed[place], header, &node, &run)
    } else {
      keep(header, &node, &run)
      run.steps.removeLast()
    }
  }

  /// The header and the padding of an element, which is in the tree even when they are not all there.
  private func extent(_ run: inout DecodingRun, of node: inout WireTree.Node) throws(Stop) -> ElementHeader {
    do throws(Stop) {
      let header = try self.header(&run, into: &node)
      run.position = header.valueEnd
      try padding(&run, into: &node)
      return header
    } catch {
      node.count = run.position - node.start
      if case .list = node.value { node.value = .unknownElement(.none) }
      run.node.children.append(node)
      throw error
    }
  }

  /// An element the list does not know.
  private func keep(_ header: ElementHeader, _ node: inout WireTree.Node, _ run: inout DecodingRun) {
    if header.action != .keep { node.role = .ignored }
    node.count = run.position - node.start
    let value = header.valueStart - node.start..<header.valueEnd - node.start
    let whole = Array(run.octets[node.start..<run.position])
    node.value = .unknownElement(KeptElement(tag: header.tag, extraTag: header.extraTag, octets: whole, valueRange: value))
    run.node.children.append(node)
  }

  /// The body of an element that the list knows. Its extent is known: the list goes on whatever is in it.
  private func known(
    _ allowed: ListPlan.Allowed, _ header: ElementHeader, _ node: inout WireTree.Node, _ run: inout DecodingRun
  ) throws(Stop) {
    let element = allowed.element
    let invalidCode = allowed.invalidCode
    let context = ElementContext(
      family: plan.family, start: node.start, next: run.position, trailingCode: invalidCode ?? element.code)
    // The padding was decoded before the body, but comes after it on the wire.
    let padding = node.children.last?.role == .padding ? node.children.removeLast() : nil
    let headerIsInBody = family.headerIsInBody
    if headerIsInBody { node.children = [] }
    run.position = headerIsInBody ? node.start : header.valueStart
    let body = run.interpreter.plan.bodies[element.body]
    let frame = BodyFrame(
      body, in: run, purpose: .element(context), invalidCode: invalidCode, stepCount: run.steps.count - 1)
    frame.padding = padding
    node.children.reserveCapacity(node.children.count + body.members.count + 1)
    try run.enter(
      frame, &node, limit: body.maximumDepth, element.naming.name,
      code: body.code)
    run.steps.append(PathStep(element.naming.name))
    run.end = header.valueEnd
  }

  private func header(_ run: inout DecodingRun, into node: inout WireTree.Node) throws(Stop) -> ElementHeader {
    let start = run.position
    if headerFrame == nil, family.header.isFlat {
      headerFrame = BodyFrame(family.header, in: run, purpose: .header, stepCount: run.steps.count)
    }
    try run.header(of: family, headerFrame, into: &node)
    let tag = UInt64(clamping: node.children.number(family.tagName) ?? 0)
    let extraTag =
      family.extraTag.flatMap { node.children.number($0) }.map { UInt64(clamping: $0) }
      ?? family.extraTagDefault
    let length = node.children.member(family.lengthName)
    node.children.markHeader(family)
    let place = plan.place(tag: tag, extraTag: extraTag)
    var header = ElementHeader(
      tag: tag, extraTag: extraTag, place: place, valueStart: run.position, valueEnd: run.position, action: .keep)
    if let place {
      node.naming = plan.allowed[place].element.naming
      node.value = .element(tag: tag)
      try note(place, at: start, &run)
    } else {
      header.action = try policy(tag, extraTag, node, &run)
    }
    let size = family.valueSize(length: length?.integer ?? 0, header: run.position - start)
    guard size >= 0, size <= Int128(run.end - run.position) else {
      let member = family.definition.header[family.definition.length]
      try run.stop(.length, at: length?.start ?? start, member.name, code: member.code)
    }
    header.valueEnd = run.position + Int(size)
    return header
  }

  /// What becomes of an element the list does not know.
  private func policy(
    _ tag: UInt64, _ extraTag: UInt64, _ node: borrowing WireTree.Node, _ run: inout DecodingRun
  ) throws(Stop) -> FamilyDefinition.UnknownPolicy.Action {
    let family = self.family.definition
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
    let position = run.position - run.node.start
    let count = position.rounded(upTo: family.alignment) - position
    guard count > 0 else { return }
    let start = try run.take(count, "padding", code: family.code)
    let padding = run.padding(start..<run.position)
    node.children.append(padding)
    try run.check(padding, of: family.definition)
  }
}

extension DecodingRun {
  /// The members of a header: whether they are there, and their reserved octets. Other values are not judged.
  ///
  /// - Parameter frame: of another header of the family, which is used again.
  fileprivate mutating func header(
    of family: FamilyPlan, _ frame: BodyFrame? = nil, into node: inout WireTree.Node
  ) throws(Stop) {
    let (parts, isWhole, found) = family.header.isFlat ? flatHeader(family.header, frame) : probe(family.header)
    node.children = parts
    if !isWhole, let last = found.last {
      try report(last)
      throw .structural
    }
    guard !found.isEmpty else { return }
    let reserved = PathStep.text(steps, "reserved", isWhole: interpreter.givesWholePaths)
    for violation in found where violation.kind == .reserved && violation.path == reserved { try report(violation) }
  }

  /// The members of a header, whether they are all there, and what is wrong with them.
  private typealias Header = (parts: [WireTree.Node], isWhole: Bool, found: [Violation])

  /// A header that nothing has to be put on the stack for.
  private mutating func flatHeader(_ header: BodyPlan, _ frame: BodyFrame?) -> Header {
    let (mode, errors, violations) = (mode, errors, violations)
    (self.mode, self.errors, self.violations) = (.collecting, 0, [])
    var root = WireTree.Node(header.naming, value: .structure, start: position)
    // Most elements have few members, which follow in the same array.
    root.children.reserveCapacity(header.members.count + 6)
    swap(&node, &root)
    let frame = frame ?? BodyFrame(header, in: self, purpose: .header, stepCount: steps.count)
    frame.restart(self)
    var isWhole = true
    // What collects fails with nothing, and ends early when the header does not fit.
    do throws(Stop) { _ = try frame.advance(&self) } catch { isWhole = false }
    let found = self.violations
    (self.mode, self.errors, self.violations) = (mode, errors, violations)
    swap(&node, &root)
    return (root.children, isWhole, found)
  }

  /// Any other header: a decoding of its own.
  private mutating func probe(_ header: BodyPlan) -> Header {
    var probe = DecodingRun(interpreter, octets, mode: .collecting, root: header)
    probe.position = position
    probe.end = end
    probe.steps = steps
    probe.node = WireTree.Node(header.naming, value: .structure, start: position)
    probe.frames = [BodyFrame(header, in: probe, purpose: .header, stepCount: steps.count)]
    var isWhole = true
    do throws(Stop) { try probe.walk() } catch { isWhole = false }
    position = probe.position
    return (probe.node.children, isWhole, probe.violations)
  }

  /// Octets behind a value that are padding.
  fileprivate func padding(_ range: Range<Int>) -> WireTree.Node {
    WireTree.Node(
      Naming.padding, role: .padding, value: .octets(Array(octets[range])), start: range.lowerBound, count: range.count)
  }

  fileprivate mutating func check(_ padding: WireTree.Node, of family: FamilyDefinition) throws(Stop) {
    guard family.checksPadding, case .octets(let part) = padding.value, part.contains(where: { $0 != 0 }) else { return }
    try report(.padding, at: padding.start, "padding", code: family.code)
  }

  /// What is left of an element behind its last member: padding that the length counts, or octets too many.
  mutating func rest(of context: ElementContext, in frame: BodyFrame) throws(Stop) {
    guard position < end else { return }
    let family = interpreter.plan.families[context.family]
    guard family.lengthCountsPadding, end - position < family.alignment else {
      try trailing(code: context.trailingCode)
      return
    }
    let range = position..<end
    position = end
    let step = steps.removeLast()
    let padding = padding(range)
    node.children.append(padding)
    try check(padding, of: family.definition)
    steps.append(step)
  }
}

extension KeptElement {
  /// Stands for an element whose header could not be decoded.
  fileprivate static var none: KeptElement { KeptElement(tag: 0, octets: [], valueRange: 0..<0) }
}

extension [WireTree.Node] {
  /// The number of a member; nil when there is none.
  func number(_ name: String) -> Int128? {
    guard let place = place(of: name) else { return nil }
    guard let field = place.field else { return self[place.index].integer }
    return self[place.index].children[field].integer
  }

  /// The member or part of a header of that name, fields of bits among them.
  fileprivate func named(_ name: String) -> WireTree.Node? {
    for node in self {
      if node.name == name { return node }
      if case .bits = node.value, let field = node.children.first(where: { $0.name == name }) { return field }
    }
    return nil
  }

  /// Gives what only tells elements apart the role of a header; all of it when the header has no members of its own.
  fileprivate mutating func markHeader(_ family: FamilyPlan) {
    for index in indices {
      if !family.headerIsInBody || self[index].name == family.tagName || index == family.definition.length {
        self[index].role = .header
      }
      if self[index].isGroup { self[index].children.markTag(family.tagName) }
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

extension FamilyPlan {
  /// Octets of the value that a length stands for; negative when it stands for none.
  ///
  /// - Parameter header: octets of the header.
  func valueSize(length: Int128, header: Int) -> Int128 {
    length * Int128(definition.lengthUnit) - Int128(definition.lengthPlus)
      - Int128(definition.lengthCountsElement ? header : 0)
  }
}

extension Interpreter {
  /// What the header of a kept element says besides its tag and its length.
  func headerFields(of kept: KeptElement, family: Int) -> [WireValue.Field] {
    let family = plan.families[family]
    var run = DecodingRun(self, kept.octets, mode: .lenient, root: family.header)
    var node = WireTree.Node(name: "", label: "", value: .structure, start: 0)
    do throws(Stop) { try run.header(of: family, into: &node) } catch { return [] }
    node.children.markHeader(family)
    return node.wireValue.fields
  }
}

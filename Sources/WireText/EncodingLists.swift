import Wire

/// An element that is being written.
struct ElementWritten {
  var family: FamilyDefinition
  /// Where the element starts.
  var start: Int
  /// Where its list starts.
  var listStart: Int
  /// Where its length is to be put in; nil when its body does that.
  var length: Int?
  var valueStart: Int
}

/// The elements of a list being written.
final class EncodingListFrame: EncodingFrame {
  private let member: Member
  private let family: FamilyDefinition
  private let familyIndex: Int
  private let elements: [WireValue.Element]
  /// How many octets decoding will look for; nil when that is not known.
  private let expectedSize: Int128?
  private var place = 0

  init(
    _ member: Member, _ shape: ListShape, _ elements: [WireValue.Element], expectedSize: Int128?, in run: EncodingRun
  ) {
    self.expectedSize = expectedSize
    self.member = member
    self.elements = elements
    familyIndex = shape.family
    family = run.interpreter.definition.families[shape.family]
    super.init(
      WireTree.Node(member, value: .list, start: run.octets.count), stepCount: run.steps.count,
      nesting: family.maximumDepth == nil ? nil : .family(shape.family))
  }

  override func advance(_ run: inout EncodingRun) throws(Violation) -> Bool {
    guard place < elements.count else { return false }
    let element = elements[place]
    run.steps.append(PathStep(member.name, place))
    place += 1
    switch element {
    case .kept(let kept):
      run.octets += kept.octets
      run.steps.removeLast()
    case .unknown(let tag, let header, let value):
      try unknown(tag, header, value, &run)
      run.steps.removeLast()
    case .known(let name, let value): try known(name, value, &run)
    }
    return true
  }

  override func close(_ run: inout EncodingRun) throws(Violation) {
    try run.expect(expectedSize, from: node.start, member)
  }

  private func unknown(
    _ tag: UInt64, _ header: [WireValue.Field], _ value: [UInt8], _ run: inout EncodingRun
  ) throws(Violation) {
    let hasExtraTag = header.contains { $0.name == family.extraTag }
    var element = ElementWritten(
      family: family, start: run.octets.count, listStart: node.start, length: nil, valueStart: 0)
    element.length = try run.header(of: familyIndex, tag, header, hasExtraTag: hasExtraTag)
    element.valueStart = run.octets.count
    run.octets += value
    try run.finish(element)
  }

  private func known(_ name: String, _ value: WireValue, _ run: inout EncodingRun) throws(Violation) {
    guard let known = family.elements.first(where: { $0.name == name }) else { throw run.failure(.mismatch, name) }
    let start = run.octets.count
    var element = ElementWritten(family: family, start: start, listStart: node.start, length: nil, valueStart: start)
    if !family.headerIsInBody {
      element.length = try run.header(of: familyIndex, known.tag, [], hasExtraTag: false)
      element.valueStart = run.octets.count
    }
    let body = run.interpreter.definition.bodies[known.body]
    var node = WireTree.Node(
      name: name, label: known.label, value: .element(tag: known.tag), start: run.octets.count)
    node.start = element.valueStart
    let frame = EncodingBodyFrame(
      body, known.body, value, node, in: run, purpose: .element(element),
      hasExtraTag: known.extraTag != family.extraTagDefault, stepCount: run.steps.count - 1)
    try run.enter(frame, limit: body.maximumDepth, name, code: body.code)
    run.steps.append(PathStep(name))
  }
}

extension EncodingRun {
  mutating func list(
    _ member: Member, _ shape: ListShape, _ given: WireValue?, of frame: EncodingBodyFrame
  ) throws(Violation) {
    guard case .list(let elements) = given ?? .list([]) else { throw failure(.mismatch, member.name) }
    var size: Int128?
    switch shape.end {
    case .count(let expression): try expect(elements.count, expression, member, of: frame)
    case .size(let expression): size = Scope(members: frame.node.children, remaining: 0).knownNumber(expression)
    case .container: break
    }
    let list = EncodingListFrame(member, shape, elements, expectedSize: size, in: self)
    let family = interpreter.definition.families[shape.family]
    try enter(list, limit: elements.isEmpty ? nil : family.maximumDepth, member.name, code: family.code)
  }

  /// A header whose length is still to be put in.
  ///
  /// - Returns: Where the length is.
  fileprivate mutating func header(
    of family: Int, _ tag: UInt64, _ fields: [WireValue.Field], hasExtraTag: Bool
  ) throws(Violation) -> Int {
    let definition = interpreter.definition.families[family]
    let body = interpreter.header(ofFamily: family)
    let length = definition.header[definition.length].name
    let start = octets.count
    let value = WireValue.structure(
      [WireValue.Field(definition.tagName, .integer(Int128(tag))), WireValue.Field(length, .integer(0))] + fields)
    var inner = EncodingRun(interpreter, isChecked: isChecked, root: body)
    // Moved, not copied: every element has a header.
    inner.octets = octets
    octets = []
    inner.steps = steps
    let node = WireTree.Node(name: body.name, label: body.name, value: .structure, start: start)
    inner.frames = [
      EncodingBodyFrame(
        body, nil, value, node, in: inner, purpose: .header, hasExtraTag: hasExtraTag, stepCount: steps.count)
    ]
    try inner.walk()
    octets = inner.octets
    return inner.root.children.first { $0.name == length }?.start ?? start
  }

  /// Puts the length into an element's header, and pads the element.
  fileprivate mutating func finish(_ element: ElementWritten) throws(Violation) {
    let family = element.family
    let padding = paddingCount(element)
    if let start = element.length, case .integer(let shape) = family.header[family.length].kind {
      var count = octets.count - element.valueStart + family.lengthPlus
      if family.lengthCountsElement { count += element.valueStart - element.start }
      if family.lengthCountsPadding { count += padding }
      let number = Int128(count / family.lengthUnit)
      guard count.isMultiple(of: family.lengthUnit), shape.representable.contains(number) else {
        throw failure(.unrepresentable, family.header[family.length].name, at: start)
      }
      replace(start..<start + shape.bits / 8, by: number, isLittleEndian: shape.isLittleEndian)
    }
    octets += Array(repeating: 0, count: padding)
  }

  mutating func finish(_ element: ElementWritten, of frame: EncodingBodyFrame) throws(Violation) {
    let step = steps.removeLast()
    try finish(element)
    steps.append(step)
  }

  private func paddingCount(_ element: ElementWritten) -> Int {
    let size = octets.count - element.listStart
    return size.rounded(upTo: element.family.alignment) - size
  }

  /// The octets of padding that a length in the body counts.
  func padding(of frame: EncodingBodyFrame) -> Int {
    if case .element(let element) = frame.purpose { return paddingCount(element) }
    let size = octets.count - frame.node.start
    return size.rounded(upTo: interpreter.alignment(ofElementWith: frame.body)) - size
  }
}

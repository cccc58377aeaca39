import Wire

/// The values of an array being written.
final class EncodingArrayFrame: EncodingFrame {
  private let member: Member
  private let shape: ArrayShape
  private let items: [WireValue]
  /// How many octets decoding will look for; nil when that is not known.
  private let expectedSize: Int128?
  private var place = 0

  init(_ member: Member, _ shape: ArrayShape, _ items: [WireValue], expectedSize: Int128?, in run: EncodingRun) {
    self.expectedSize = expectedSize
    self.member = member
    self.shape = shape
    self.items = items
    super.init(
      WireTree.Node(member, value: .array, start: run.octets.count), stepCount: run.steps.count, nesting: nil)
  }

  override func advance(_ run: inout EncodingRun) throws(Violation) -> Bool {
    try checkTerminator(run)
    guard place < items.count else { return false }
    let item = items[place]
    run.steps.append(PathStep(member.name, place))
    place += 1
    if case .structure(let body) = shape.element.kind {
      try run.structure(shape.element, body, item, stepCount: run.steps.count - 1)
    } else {
      node.children.append(try run.scalar(shape.element, item))
      run.steps.removeLast()
    }
    return true
  }

  /// The value written last is none that ends the array.
  private func checkTerminator(_ run: EncodingRun) throws(Violation) {
    guard case .terminated(let terminator, let size, let isLittleEndian) = shape.end, run.isChecked,
      let last = node.children.last, run.octets.count - last.start >= size,
      run.octets.unsigned(at: last.start, size: size, isLittleEndian: isLittleEndian) == terminator
    else { return }
    throw run.failure(.mismatch, member.name)
  }

  override func close(_ run: inout EncodingRun) throws(Violation) {
    try run.expect(expectedSize, from: node.start, member)
    guard case .terminated(let terminator, let size, let isLittleEndian) = shape.end else { return }
    run.append(Int128(terminator), size: size, isLittleEndian: isLittleEndian)
  }
}

extension EncodingRun {
  mutating func array(
    _ member: Member, _ shape: ArrayShape, _ given: WireValue?, of frame: EncodingBodyFrame
  ) throws(Violation) {
    guard case .array(let items) = given ?? .array([]) else { throw failure(.mismatch, member.name) }
    var size: Int128?
    switch shape.end {
    case .count(let expression): try expect(items.count, expression, member, of: frame)
    case .size(let expression): size = Scope(members: frame.node.children, remaining: 0).knownNumber(expression)
    case .container, .counted, .terminated: break
    }
    let array = EncodingArrayFrame(member, shape, items, expectedSize: size, in: self)
    try enter(array, limit: nil, member.name, code: nil)
  }

  /// Refuses values or elements that take another number of octets than decoding will look for.
  func expect(_ size: Int128?, from start: Int, _ member: Member) throws(Violation) {
    guard isChecked, let size, size != Int128(octets.count - start) else { return }
    throw failure(.mismatch, member.name)
  }

  /// Refuses a number of values or elements that is not the one that decoding will look for.
  func expect(
    _ count: Int, _ expression: WireExpression, _ member: Member, of frame: EncodingBodyFrame
  ) throws(Violation) {
    let scope = Scope(members: frame.node.children, remaining: 0)
    guard isChecked, let expected = scope.knownNumber(expression), expected != Int128(count) else { return }
    throw failure(.mismatch, member.name)
  }
}

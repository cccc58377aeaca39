import Wire

/// How often an element of a list has come.
private struct Occurrences {
  var count = 0
  /// Where the first one is.
  var first: (offset: Int, index: Int) = (0, 0)
  /// Where the first one too many is.
  var excess: (offset: Int, index: Int)?
}

/// The elements of a list under way.
final class ListFrame: DecodingFrame {
  private let member: Member
  let shape: ListShape
  let family: FamilyDefinition
  /// How many elements there are; nil when the container says where it ends.
  private let total: Int128?
  private let parent: DecodingFrame
  private var occurrences: [Occurrences]
  /// Place in `allowed` of the last of the elements so far in the order of the schema.
  private var latest = 0

  init(_ member: Member, _ shape: ListShape, total: Int128?, in run: DecodingRun, of parent: DecodingFrame) {
    self.member = member
    self.shape = shape
    self.total = total
    self.parent = parent
    family = run.interpreter.definition.families[shape.family]
    occurrences = Array(repeating: Occurrences(), count: shape.allowed.count)
    super.init(
      WireTree.Node(member, value: .list, start: run.position), in: run, code: family.code, invalidCode: nil,
      stepCount: run.steps.count, nesting: family.maximumDepth == nil ? nil : .family(shape.family))
  }

  func hasNext(_ run: DecodingRun) -> Bool {
    if let total { return Int128(node.children.count) < total }
    return run.position < run.end
  }

  override func advance(_ run: inout DecodingRun) throws(Stop) -> Bool {
    guard hasNext(run) else {
      for place in shape.allowed.indices { try checkOccurrences(place, &run) }
      return false
    }
    run.steps.append(PathStep(member.name, node.children.count))
    try element(&run)
    return true
  }

  override func take(_ part: WireTree.Node) {
    var part = part
    part.index = node.children.count
    node.children.append(part)
  }

  /// Takes note of an element that the list allows, and whether it stands where it may.
  func note(_ place: Int, at start: Int, _ run: inout DecodingRun) throws(Stop) {
    let allowed = shape.allowed[place]
    let index = node.children.count
    if occurrences[place].count == 0 { occurrences[place].first = (start, index) }
    occurrences[place].count += 1
    if let maximum = allowed.maximum, occurrences[place].count == maximum + 1 {
      occurrences[place].excess = (start, index)
    }
    // What extensions add has no place in the order that the list gives.
    let isListed = shape.isOrdered && allowed.addition == nil
    let isLate = isListed && place < latest || allowed.position == .first && index > 0
    if isListed { latest = max(latest, place) }
    guard isLate else { return }
    try run.report(.order, at: start, family.elements[allowed.element].name, code: allowed.excessCode)
  }

  /// Whether an element came often enough, not too often and last if it must.
  private func checkOccurrences(_ place: Int, _ run: inout DecodingRun) throws(Stop) {
    let allowed = shape.allowed[place]
    let found = occurrences[place]
    let name = family.elements[allowed.element].name
    if isMissing(allowed, found, run) {
      run.steps.append(PathStep(member.name))
      try run.report(.missing, at: run.position, name, code: allowed.missingCode)
      run.steps.removeLast()
    }
    if let excess = found.excess { try report(.excess, excess, name, allowed, &run) }
    if allowed.position == .last, found.count > 0, found.first.index != node.children.count - 1 {
      try report(.order, found.first, name, allowed, &run)
    }
  }

  private func isMissing(_ allowed: ListShape.Allowed, _ found: Occurrences, _ run: DecodingRun) -> Bool {
    if found.count < allowed.minimum { return true }
    guard found.count == 0, let condition = allowed.requiredWhen, let body = parent as? BodyFrame,
      run.errors == body.errorsBefore
    else { return false }
    return Scope(members: parent.node.children + [node], remaining: run.end - run.position).holds(condition)
  }

  private func report(
    _ kind: WireError.Kind, _ place: (offset: Int, index: Int), _ name: String, _ allowed: ListShape.Allowed,
    _ run: inout DecodingRun
  ) throws(Stop) {
    run.steps.append(PathStep(member.name, place.index))
    try run.report(kind, at: place.offset, name, code: allowed.excessCode)
    run.steps.removeLast()
  }
}

extension DecodingRun {
  mutating func list(_ member: Member, _ shape: ListShape, of parent: DecodingFrame) throws(Stop) {
    var total: Int128?
    var size: Int?
    switch shape.end {
    case .container: break
    case .count(let expression): total = try count(member, expression, of: parent)
    case .size(let expression): size = try self.size(member, expression, of: parent)
    }
    let frame = ListFrame(member, shape, total: total, in: self, of: parent)
    if let size { end = position + size }
    try enter(
      frame, limit: frame.hasNext(self) ? frame.family.maximumDepth : nil, member.name, code: frame.family.code)
  }
}

import Wire

/// How often an element of a list has come.
private struct Occurrences {
  var count = 0
  /// Where the first one is.
  var first: (offset: Int, index: Int) = (0, 0)
  /// Where the first one too many is.
  var excess: (offset: Int, index: Int)?

  mutating func note(_ place: (offset: Int, index: Int), maximum: Int) {
    if count == 0 { first = place }
    count += 1
    if count - 1 == maximum { excess = place }
  }
}

/// The elements of a list under way.
final class ListFrame: DecodingFrame {
  private let member: MemberPlan
  let plan: ListPlan
  let family: FamilyPlan
  /// How many elements there are; nil when the container says where it ends.
  private let total: Int128?
  private let parent: DecodingFrame
  private var occurrences: [Occurrences]
  /// Decodes headers, one after another.
  var headerFrame: BodyFrame?
  /// Place in `allowed` of the last of the elements so far in the order of the schema.
  private var latest = 0

  init(_ member: MemberPlan, _ plan: ListPlan, total: Int128?, in run: borrowing DecodingRun, of parent: DecodingFrame) {
    self.member = member
    self.plan = plan
    self.total = total
    self.parent = parent
    family = run.interpreter.plan.families[plan.family]
    occurrences = Array(repeating: Occurrences(), count: plan.allowed.count)
    super.init(
      in: run, code: family.code,
      invalidCode: nil, stepCount: run.steps.count, nesting: family.nesting)
  }

  func hasNext(_ run: borrowing DecodingRun) -> Bool {
    if let total { return Int128(run.node.children.count) < total }
    return run.position < run.end
  }

  override func advance(_ run: inout DecodingRun) throws(Stop) -> Bool {
    guard hasNext(run) else {
      for place in plan.allowed.indices where !plan.allowed[place].isFree || occurrences[place].excess != nil {
        try checkOccurrences(place, &run)
      }
      return false
    }
    run.steps.append(PathStep(member.name, run.node.children.count))
    try element(&run)
    return true
  }

  override func take(_ part: consuming WireTree.Node, _ run: inout DecodingRun) {
    part.index = run.node.children.count
    run.node.children.append(consume part)
  }

  /// Takes note of an element that the list allows, and whether it stands where it may.
  func note(_ place: Int, at start: Int, _ run: inout DecodingRun) throws(Stop) {
    let allowed = plan.allowed[place]
    let index = run.node.children.count
    occurrences[place].note((start, index), maximum: allowed.maximum)
    let isListed = plan.isOrdered && allowed.isListed
    let isLate = isListed && place < latest || allowed.isFirst && index > 0
    if isListed { latest = max(latest, place) }
    guard isLate else { return }
    try run.report(.order, at: start, allowed.element.naming.name, code: allowed.excessCode)
  }

  /// Whether an element came often enough, not too often and last if it must.
  private func checkOccurrences(_ place: Int, _ run: inout DecodingRun) throws(Stop) {
    let allowed = plan.allowed[place].definition
    let found = occurrences[place]
    let name = plan.allowed[place].element.naming.name
    if isMissing(allowed, found, run) {
      run.steps.append(PathStep(member.name))
      try run.report(.missing, at: run.position, name, code: allowed.missingCode)
      run.steps.removeLast()
    }
    if let excess = found.excess { try report(.excess, excess, name, allowed, &run) }
    if allowed.position == .last, found.count > 0, found.first.index != run.node.children.count - 1 {
      try report(.order, found.first, name, allowed, &run)
    }
  }

  private func isMissing(_ allowed: ListShape.Allowed, _ found: Occurrences, _ run: borrowing DecodingRun) -> Bool {
    if found.count < allowed.minimum { return true }
    guard found.count == 0, let condition = allowed.requiredWhen, let body = parent as? BodyFrame,
      run.errors == body.errorsBefore
    else { return false }
    return Scope(members: outer.children + [run.node], remaining: run.end - run.position).holds(condition)
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
  mutating func list(_ member: MemberPlan, _ plan: ListPlan, of parent: DecodingFrame) throws(Stop) {
    var total: Int128?
    var size: Int?
    switch plan.end {
    case .container: break
    case .count(let expression): total = try count(member, expression, of: parent)
    case .size(let expression): size = try self.size(member, expression, of: parent)
    }
    let frame = ListFrame(member, plan, total: total, in: self, of: parent)
    if let size { end = position + size }
    let family = frame.family
    var node = WireTree.Node(member.naming, value: .list, start: position)
    try enter(frame, &node, limit: frame.hasNext(self) ? family.definition.maximumDepth : nil, member.name, code: family.code)
  }
}

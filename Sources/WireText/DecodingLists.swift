import Wire

/// What the header of an element says.
private struct ElementHeader {
  var tag: UInt64
  /// Index in `ListShape.allowed`; nil when the list does not know the tag.
  var allowed: Int?
  var valueStart: Int
  var valueEnd: Int
  var action: FamilyDefinition.UnknownPolicy.Action
}

/// How often an element of a list has come.
private struct Occurrences {
  var count = 0
  /// Where the first one too many is.
  var excess: (offset: Int, index: Int)?
}

extension DecodingRun {
  /// Elements to the end of the container, then how often each came.
  mutating func list(_ member: Member, _ shape: ListShape, into parent: inout WireTree.Node) throws(Stop) {
    var node = WireTree.Node(member, value: .list, start: position)
    defer {
      node.count = position - node.start
      parent.children.append(node)
    }
    if steps.count >= DecodingRun.maximumDepth {
      try stop(.depth, at: position, member.name, code: member.code)
    }
    var occurrences = Array(repeating: Occurrences(), count: shape.allowed.count)
    while position < end {
      let index = node.children.count
      let start = position
      steps.append(PathStep(member.name, index))
      let allowed = try element(shape, listStart: node.start, into: &node)
      steps.removeLast()
      guard let allowed else { continue }
      occurrences[allowed].count += 1
      if let maximum = shape.allowed[allowed].maximum, occurrences[allowed].count == maximum + 1 {
        occurrences[allowed].excess = (start, index)
      }
    }
    try cardinality(member, shape, occurrences)
  }

  private mutating func cardinality(
    _ member: Member, _ shape: ListShape, _ occurrences: [Occurrences]
  ) throws(Stop) {
    let family = interpreter.definition.families[shape.family]
    for (allowed, found) in zip(shape.allowed, occurrences) {
      let name = family.elements[allowed.element].name
      if found.count < allowed.minimum {
        try report(.missing, at: end, "\(member.name).\(name)", code: allowed.missingCode)
      }
      if let excess = found.excess {
        steps.append(PathStep(member.name, excess.index))
        try report(.excess, at: excess.offset, name, code: allowed.excessCode)
        steps.removeLast()
      }
    }
  }

  /// One element, wholly: header, policy, length, padding, body.
  ///
  /// - Returns: Index in `ListShape.allowed`; nil when the list does not know it.
  private mutating func element(
    _ shape: ListShape, listStart: Int, into list: inout WireTree.Node
  ) throws(Stop) -> Int? {
    let family = interpreter.definition.families[shape.family]
    let outerCode = bodyCode
    bodyCode = family.code
    defer { bodyCode = outerCode }
    var node = WireTree.Node(
      name: "unknown", label: family.name, value: .unknownElement(.none),
      index: list.children.count, start: position)
    defer {
      node.count = position - node.start
      list.children.append(node)
    }
    let header = try header(of: family, shape, into: &node)
    position = header.valueEnd
    try padding(family, listStart: listStart, into: &node)
    guard let allowed = header.allowed else {
      if header.action != .keep { node.role = .ignored }
      let value = header.valueStart - node.start..<header.valueEnd - node.start
      let whole = Array(octets[node.start..<position])
      node.value = .unknownElement(KeptElement(tag: header.tag, octets: whole, valueRange: value))
      return nil
    }
    let element = family.elements[shape.allowed[allowed].element]
    try body(of: element, header, into: &node)
    return allowed
  }

  private mutating func header(
    of family: FamilyDefinition, _ shape: ListShape, into node: inout WireTree.Node
  ) throws(Stop) -> ElementHeader {
    try fit(family)
    let start = position
    for member in family.header { try self.member(member, into: &node) }
    for index in node.children.indices { node.children[index].role = .header }
    let tag = UInt64(clamping: node.children.number(family.tag))
    let allowed = shape.allowed.firstIndex { family.elements[$0.element].tag == tag }
    var header = ElementHeader(
      tag: tag, allowed: allowed, valueStart: position, valueEnd: position, action: .keep)
    if let allowed {
      let element = family.elements[shape.allowed[allowed].element]
      node.name = element.name
      node.label = element.label
      node.value = .element(tag: tag)
    } else {
      header.action = try policy(family, tag, at: start + family.tagOffset)
    }
    let length = node.children.number(family.length)
    let size = family.valueSize(length: length)
    guard size >= 0, size <= Int128(end - position) else {
      let name = family.header[family.length].name
      try stop(.length, at: start + family.lengthOffset, name, code: family.code)
    }
    header.valueEnd = position + Int(size)
    return header
  }

  /// Fails at the first member of a header that the container has no room for, before any of them is checked.
  private mutating func fit(_ family: FamilyDefinition) throws(Stop) {
    var offset = position
    for member in family.header {
      let size = member.fixedSize ?? 0
      if size > end - offset { try stop(.truncated, at: offset, member.pathName, code: family.code) }
      offset += size
    }
  }

  /// What becomes of an element the list does not know.
  private mutating func policy(
    _ family: FamilyDefinition, _ tag: UInt64, at offset: Int
  ) throws(Stop) -> FamilyDefinition.UnknownPolicy.Action {
    let direction = root.message?.direction
    let policy = family.unknown.first { policy in
      let fits = policy.direction == nil || direction == nil || policy.direction == direction
      return fits && policy.first <= tag && tag <= policy.last
    }
    let action = policy?.action ?? .reject
    if action == .reject {
      let code = policy == nil ? family.code : policy?.code
      try report(.unknownElement, at: offset, family.header[family.tag].name, code: code)
    }
    return action
  }

  /// Octets up to where the next element may start.
  private mutating func padding(
    _ family: FamilyDefinition, listStart: Int, into node: inout WireTree.Node
  ) throws(Stop) {
    let excess = family.alignment > 1 ? (position - listStart) % family.alignment : 0
    guard excess > 0 else { return }
    let start = try take(family.alignment - excess, "padding")
    let part = Array(octets[start..<position])
    node.children.append(
      WireTree.Node(
        name: "padding", label: "Padding", role: .padding, value: .octets(part), start: start,
        count: part.count))
    guard family.checksPadding, part.contains(where: { $0 != 0 }) else { return }
    try report(.padding, at: start, "padding", code: family.code)
  }

  /// The body of an element that the list knows. Its extent is known: the list goes on whatever is in it.
  private mutating func body(
    of element: FamilyDefinition.Element, _ header: ElementHeader, into node: inout WireTree.Node
  ) throws(Stop) {
    let next = position
    let containerEnd = end
    let depth = steps.count
    // The padding was decoded before the body, but comes after it on the wire.
    let padding = node.children.last?.role == .padding ? node.children.removeLast() : nil
    position = header.valueStart
    end = header.valueEnd
    steps.append(PathStep(element.name))
    defer {
      if let padding { node.children.append(padding) }
      position = next
      end = containerEnd
      steps.removeLast(steps.count - depth)
    }
    do throws(Stop) {
      try members(
        of: interpreter.definition.bodies[element.body], errorsBefore: errors, into: &node)
      if position < end { try trailing(code: element.code, into: &node) }
    } catch {
      guard case .structural = error else { throw error }
    }
  }
}

extension KeptElement {
  /// Stands for an element whose header could not be decoded.
  fileprivate static var none: KeptElement { KeptElement(tag: 0, octets: [], valueRange: 0..<0) }
}

extension [WireTree.Node] {
  /// The number at a place; 0 when it is none.
  fileprivate func number(_ index: Int) -> Int128 {
    guard index < count, case .integer(let number, _, _) = self[index].value else { return 0 }
    return number
  }
}

extension FamilyDefinition {
  /// Octets of the header.
  var headerSize: Int { header.reduce(0) { $0 + ($1.fixedSize ?? 0) } }

  /// Octets of the header before the tag.
  var tagOffset: Int { header[..<tag].reduce(0) { $0 + ($1.fixedSize ?? 0) } }

  /// Octets of the header before the length.
  var lengthOffset: Int { header[..<length].reduce(0) { $0 + ($1.fixedSize ?? 0) } }

  /// Octets of the value that a length stands for; negative when it stands for none.
  func valueSize(length: Int128) -> Int128 {
    length * Int128(lengthUnit) - Int128(lengthPlus) - Int128(lengthCountsElement ? headerSize : 0)
  }

  /// The length that stands for octets of a value; nil when none does.
  func length(valueSize: Int) -> Int128? {
    let size = valueSize + lengthPlus + (lengthCountsElement ? headerSize : 0)
    return size.isMultiple(of: lengthUnit) ? Int128(size / lengthUnit) : nil
  }
}

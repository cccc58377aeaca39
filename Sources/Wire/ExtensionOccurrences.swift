/// What extensions add to one list, while it is walked.
public struct ExtensionOccurrences {
  /// nil when they add nothing.
  @usableFromInline var found: [Found]?
  /// Place in `found` of the element under way; nil when it is none of theirs.
  @usableFromInline var current: Int?

  @usableFromInline
  struct Found {
    var use: ExtensionUse
    var occurrence = Occurrence()
    var first = FirstOccurrence()
  }

  @inlinable
  init(_ found: [Found]?) { self.found = found }
}

extension Check {
  /// What extensions add to a list.
  @inlinable
  public func additions(to list: WireName) -> ExtensionOccurrences {
    ExtensionOccurrences(extensions.isEmpty || isSilent ? nil : uses(in: list))
  }

  @usableFromInline
  func uses(in list: WireName) -> [ExtensionOccurrences.Found]? {
    let uses = extensions.contents?.uses.filter { $0.list == list } ?? []
    return uses.isEmpty ? nil : uses.map { ExtensionOccurrences.Found(use: $0) }
  }

  /// Whether extensions know an element that the protocol does not.
  @inlinable
  public func knows(_ element: ElementRange, _ additions: ExtensionOccurrences) -> Bool {
    additions.found != nil && additions.place(of: element) != nil
  }

  /// Takes note of an element of the list that extensions may know, and checks that it stands where it may.
  ///
  /// What extensions add has no place in the order that a list gives.
  ///
  /// - Parameter offset: where the body of the list starts.
  @inlinable
  public mutating func note(
    _ additions: inout ExtensionOccurrences, _ element: ElementRange, index: Int, at offset: Int
  ) throws(WireError) {
    if additions.found != nil { try noteKnown(&additions, element, index: index, at: offset) }
  }

  @usableFromInline
  mutating func noteKnown(
    _ additions: inout ExtensionOccurrences, _ element: ElementRange, index: Int, at offset: Int
  ) throws(WireError) {
    additions.current = additions.place(of: element)
    guard let place = additions.current, let use = additions.found?[place].use else { return }
    additions.found?[place].occurrence.note(element, index: index, maximum: use.maximum)
    additions.found?[place].first.note(element, index: index)
    guard use.position == .first && index > 0 else { return }
    try report(.order, at: offset &+ element.start, use.element, code: use.excess)
  }

  /// Checks the value of the element last noted, if it is one of the extensions'.
  ///
  /// - Parameter octets: the element's body.
  @inlinable
  public mutating func addition(
    _ additions: ExtensionOccurrences, _ octets: RawSpan, at offset: Int
  ) throws(WireError) {
    if additions.current != nil { try known(additions, octets, at: offset, padding: nil) }
  }

  /// The same, in a family whose lengths count the padding.
  @inlinable
  public mutating func addition(
    _ additions: ExtensionOccurrences, _ octets: RawSpan, at offset: Int, alignment: Int, checksPadding: Bool,
    paddingCode: ProtocolCode
  ) throws(WireError) {
    guard additions.current != nil else { return }
    try known(additions, octets, at: offset, padding: (alignment, checksPadding, paddingCode))
  }

  @usableFromInline
  mutating func known(
    _ additions: ExtensionOccurrences, _ octets: RawSpan, at offset: Int,
    padding: (alignment: Int, isChecked: Bool, code: ProtocolCode)?
  ) throws(WireError) {
    guard let place = additions.current, let use = additions.found?[place].use else { return }
    guard let padding else {
      return try element(use.body, use.element, octets, at: offset, invalid: use.invalid)
    }
    try element(
      use.body, use.element, octets, at: offset, invalid: use.invalid, alignment: padding.alignment,
      checksPadding: padding.isChecked, paddingCode: padding.code)
  }

  /// Checks how often the elements came that extensions add to a list, and those that must be its last.
  ///
  /// - Parameters:
  ///   - octets: those of the body that has the list, from its start.
  ///   - layout: where their parts are.
  ///   - count: elements of the list.
  ///   - errors: how many there were before the body.
  @inlinable
  public mutating func cardinality<Layout: WireLayout>(
    of additions: ExtensionOccurrences, in list: WireName, _ octets: RawSpan, _ layout: Layout, count: Int, at start: Int,
    end: Int, errors: Int
  ) throws(WireError) {
    guard additions.found != nil else { return }
    try conclude(additions, in: list, octets, layout, count: count, at: start, end: end, errors: errors)
  }

  @usableFromInline
  mutating func conclude(
    _ additions: ExtensionOccurrences, in list: WireName, _ octets: RawSpan, _ layout: any WireLayout, count: Int,
    at start: Int, end: Int, errors: Int
  ) throws(WireError) {
    for found in additions.found ?? [] {
      let use = found.use
      try cardinality(
        of: found.occurrence, use.element, in: list, minimum: use.minimum, at: start, end: end, missing: use.missing,
        excess: use.excess)
      if found.occurrence.count == 0, let required = use.required, isClean(since: errors), required(octets, layout) {
        try missing(use.element, in: list, at: end, code: use.missing)
      }
      guard use.position == .last else { continue }
      try last(found.first, use.element, in: list, count: count, at: start, code: use.excess)
    }
  }
}

extension ExtensionOccurrences {
  @usableFromInline
  func place(of element: ElementRange) -> Int? {
    found?.firstIndex { $0.use.tag == element.tag && $0.use.extraTag == element.extraTag }
  }
}

/// What extensions from other modules add to the elements of protocols; handed to decoding, it makes their elements known.
///
/// A generated extension has one, `AcmePCP.extensions`; several are put together by `merging`.
public struct ExtensionRegistry: Sendable {
  /// nil when there are no extensions: asking costs a comparison then, and no heap.
  @usableFromInline let contents: Contents?

  @usableFromInline
  final class Contents: Sendable {
    let elements: [ExtensionElement]
    let uses: [ExtensionUse]

    init(_ elements: [ExtensionElement], _ uses: [ExtensionUse]) {
      self.elements = elements
      self.uses = uses
    }
  }

  /// No extensions.
  @inlinable
  public init() { contents = nil }

  /// For generated code.
  ///
  /// - Parameters:
  ///   - elements: those the extension adds to families.
  ///   - uses: the lists that take them, or take elements of the protocol besides.
  public init(elements: [ExtensionElement], uses: [ExtensionUse]) {
    contents = elements.isEmpty && uses.isEmpty ? nil : Contents(elements, uses)
  }

  @inlinable
  public var isEmpty: Bool { contents == nil }

  /// Both extensions' elements, this one's first.
  ///
  /// - Throws: when both add an element of one code or one name to a family, or let one list take the same element.
  public func merging(_ other: ExtensionRegistry) throws(ExtensionClash) -> ExtensionRegistry {
    guard let contents else { return other }
    guard let added = other.contents else { return self }
    var (elements, uses) = (contents.elements, contents.uses)
    for element in added.elements {
      if let old = elements.first(where: { $0.clashes(with: element) }) {
        guard old == element else { throw ExtensionClash(old, element) }
      } else {
        elements.append(element)
      }
    }
    for use in added.uses {
      if let old = uses.first(where: { $0.list == use.list && $0.tag == use.tag && $0.extraTag == use.extraTag }) {
        guard old.extension == use.extension else { throw ExtensionClash(old, use) }
      } else {
        uses.append(use)
      }
    }
    return ExtensionRegistry(elements: elements, uses: uses)
  }
}

/// An element that an extension adds to a family.
public struct ExtensionElement: Sendable, Hashable {
  /// "AcmePCP".
  public var `extension`: WireName
  /// Protocol and family, "PCP.Option".
  public var family: WireName
  /// "burst".
  public var name: WireName
  public var tag: UInt64
  public var extraTag: UInt64

  public init(extension: WireName, family: WireName, name: WireName, tag: UInt64, extraTag: UInt64 = 0) {
    self.extension = `extension`
    self.family = family
    self.name = name
    self.tag = tag
    self.extraTag = extraTag
  }

  func clashes(with other: ExtensionElement) -> Bool {
    family == other.family && (name == other.name || tag == other.tag && extraTag == other.extraTag)
  }
}

/// A list that takes an element because an extension says so.
public struct ExtensionUse: Sendable {
  /// "AcmePCP".
  public var `extension`: WireName
  /// Protocol, body and list, "PCP.MapRequest.options".
  public var list: WireName
  /// The element's name.
  public var element: WireName
  public var tag: UInt64
  public var extraTag: UInt64
  public var body: any WireBody.Type
  public var minimum: Int
  /// `Int.max` when it may come any number of times.
  public var maximum: Int
  /// Protocol codes of too few and too many.
  public var missing: ProtocolCode
  public var excess: ProtocolCode

  public init(
    extension: WireName, list: WireName, element: WireName, tag: UInt64, extraTag: UInt64 = 0, body: any WireBody.Type,
    minimum: Int = 0, maximum: Int = .max, missing: ProtocolCode = .none, excess: ProtocolCode = .none
  ) {
    self.extension = `extension`
    self.list = list
    self.element = element
    self.tag = tag
    self.extraTag = extraTag
    self.body = body
    self.minimum = minimum
    self.maximum = maximum
    self.missing = missing
    self.excess = excess
  }
}

/// Two extensions that cannot both be used.
public struct ExtensionClash: Error, Sendable, Hashable, CustomStringConvertible {
  /// Names of the extensions.
  public var first: String
  public var second: String
  /// "PCP.Option", or "PCP.MapRequest.options".
  public var place: String
  /// Names of the elements, as each calls it.
  public var firstElement: String
  public var secondElement: String

  init(_ first: ExtensionElement, _ second: ExtensionElement) {
    self.first = first.extension.description
    self.second = second.extension.description
    place = first.family.description
    firstElement = "\(first.name) (\(first.number))"
    secondElement = "\(second.name) (\(second.number))"
  }

  init(_ first: ExtensionUse, _ second: ExtensionUse) {
    self.first = first.extension.description
    self.second = second.extension.description
    place = first.list.description
    firstElement = first.element.description
    secondElement = second.element.description
  }

  /// `AcmePCP and OtherPCP cannot be used together: in PCP.Option, burst (230) of the first clashes with spike (230) of the second`
  public var description: String {
    "\(first) and \(second) cannot be used together: in \(place), \(firstElement) of the first clashes with "
      + "\(secondElement) of the second"
  }
}

extension ExtensionElement {
  fileprivate var number: String { extraTag == 0 ? "\(tag)" : "\(tag), \(extraTag)" }
}

/// What extensions add to one list, while it is walked.
public struct ExtensionOccurrences {
  /// nil when they add nothing.
  @usableFromInline var found: [Found]?

  @usableFromInline
  struct Found {
    var use: ExtensionUse
    var occurrence = Occurrence()
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

  /// Checks the value of an element that the protocol does not know and an extension may.
  ///
  /// - Parameter octets: the element's body.
  @inlinable
  public mutating func addition(
    _ additions: inout ExtensionOccurrences, _ element: ElementRange, index: Int, _ octets: RawSpan, at offset: Int
  ) throws(WireError) {
    if additions.found != nil { try known(&additions, element, index: index, octets, at: offset) }
  }

  @usableFromInline
  mutating func known(
    _ additions: inout ExtensionOccurrences, _ element: ElementRange, index: Int, _ octets: RawSpan, at offset: Int
  ) throws(WireError) {
    let place = additions.found?.firstIndex { $0.use.tag == element.tag && $0.use.extraTag == element.extraTag }
    guard let place, let use = additions.found?[place].use else { return }
    additions.found?[place].occurrence.note(element, index: index, maximum: use.maximum)
    let outer = elementCode
    elementCode = nil
    try self.element(use.body, use.element, octets, at: offset)
    elementCode = outer
  }

  /// Checks how often the elements came that extensions add to a list.
  @inlinable
  public mutating func cardinality(
    of additions: ExtensionOccurrences, in list: WireName, at start: Int, end: Int
  ) throws(WireError) {
    if additions.found != nil { try conclude(additions, in: list, at: start, end: end) }
  }

  @usableFromInline
  mutating func conclude(
    _ additions: ExtensionOccurrences, in list: WireName, at start: Int, end: Int
  ) throws(WireError) {
    for found in additions.found ?? [] {
      try cardinality(
        of: found.occurrence, found.use.element, in: list, minimum: found.use.minimum, at: start, end: end,
        missing: found.use.missing, excess: found.use.excess)
    }
  }
}

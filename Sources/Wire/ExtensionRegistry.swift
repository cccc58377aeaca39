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
    let definitions: [WireDefinition]

    init(_ elements: [ExtensionElement], _ uses: [ExtensionUse], _ definitions: [WireDefinition]) {
      self.elements = elements
      self.uses = uses
      self.definitions = definitions
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
  ///   - definitions: the protocol with what the extension adds, for `WireText`.
  public init(elements: [ExtensionElement], uses: [ExtensionUse], definitions: [WireDefinition]) {
    contents = definitions.isEmpty ? nil : Contents(elements, uses, definitions)
  }

  @inlinable
  public var isEmpty: Bool { contents == nil }

  /// The lists that take elements besides, for `WireText`.
  package var uses: [ExtensionUse] { contents?.uses ?? [] }

  /// The definitions of the extensions, for `WireText`.
  package var definitions: [WireDefinition] { contents?.definitions ?? [] }

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
    let more = added.definitions.filter { new in !contents.definitions.contains { $0.identity == new.identity } }
    return ExtensionRegistry(elements: elements, uses: uses, definitions: contents.definitions + more)
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
  /// Where in the list it must stand; nil when anywhere.
  public var position: Position?
  /// Protocol codes of too few and too many.
  public var missing: ProtocolCode
  public var excess: ProtocolCode
  /// Protocol code of errors in the element that name none of their own; nil when the element's code stands.
  public var invalid: ProtocolCode?
  /// Whether the element must occur; nil when nothing decides about it.
  public var required: Requirement?

  /// Says of the octets of a body with a list, and of where their parts are, whether an element of the list must occur.
  public typealias Requirement = @Sendable (_ octets: RawSpan, _ layout: any WireLayout) -> Bool

  /// A place in a list.
  public enum Position: Sendable, Hashable { case first, last }

  public init(
    extension: WireName, list: WireName, element: WireName, tag: UInt64, extraTag: UInt64 = 0, body: any WireBody.Type,
    minimum: Int = 0, maximum: Int = .max, position: Position? = nil, missing: ProtocolCode = .none,
    excess: ProtocolCode = .none, invalid: ProtocolCode? = nil, required: Requirement? = nil
  ) {
    self.required = required
    self.extension = `extension`
    self.list = list
    self.element = element
    self.tag = tag
    self.extraTag = extraTag
    self.body = body
    self.minimum = minimum
    self.maximum = maximum
    self.position = position
    self.missing = missing
    self.excess = excess
    self.invalid = invalid
  }
}

extension ExtensionUse: Hashable {
  public static func == (left: ExtensionUse, right: ExtensionUse) -> Bool {
    left.extension == right.extension && left.list == right.list && left.element == right.element && left.tag == right.tag
      && left.extraTag == right.extraTag && left.body == right.body && left.minimum == right.minimum
      && left.maximum == right.maximum && left.position == right.position && left.missing == right.missing
      && left.excess == right.excess && left.invalid == right.invalid
      && (left.required == nil) == (right.required == nil)
  }

  public func hash(into hasher: inout Hasher) {
    hasher.combine(`extension`)
    hasher.combine(list)
    hasher.combine(tag)
    hasher.combine(extraTag)
  }
}

extension ExtensionRegistry: Hashable {
  public static func == (left: ExtensionRegistry, right: ExtensionRegistry) -> Bool {
    left.contents?.elements == right.contents?.elements && left.uses == right.uses
      && left.definitions.map(\.identity) == right.definitions.map(\.identity)
  }

  public func hash(into hasher: inout Hasher) { hasher.combine(uses) }
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

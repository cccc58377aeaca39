/// A list of elements (TLVs).
public struct ListShape: Sendable, Hashable {
  /// Index in `ProtocolDefinition.families`.
  public var family: Int
  /// In document order, which is the order of encoding.
  public var allowed: [Allowed]
  /// Elements must come in the order of `allowed` (kind `order`).
  public var isOrdered: Bool
  /// Where it ends.
  public var end: End

  public enum End: Sendable, Hashable {
    /// With the container.
    case container
    /// After so many elements.
    case count(WireExpression)
    /// After so many octets.
    case size(WireExpression)
  }

  /// Where an element must stand when it occurs (kind `order`).
  public enum Position: String, Sendable, Hashable { case first, last }

  public struct Allowed: Sendable, Hashable {
    /// Index in the family's `elements`.
    public var element: Int
    public var minimum: Int
    public var maximum: Int?
    public var missingCode: UInt64?
    public var excessCode: UInt64?
    /// Protocol code of errors in the element's value that name none of their own; nil when its own holds.
    public var invalidCode: UInt64?
    /// The element must occur when this holds (kind `missing`); the scope is the body of the list.
    public var requiredWhen: WireExpression?
    public var position: Position?
    /// Name of the extension whose registry lets the list take it; nil for what the protocol says. Not in the text form.
    public var addition: String?

    public init(
      element: Int, minimum: Int, maximum: Int?, missingCode: UInt64?, excessCode: UInt64?, invalidCode: UInt64? = nil,
      requiredWhen: WireExpression? = nil, position: Position? = nil, addition: String? = nil
    ) {
      self.addition = addition
      self.element = element
      self.minimum = minimum
      self.maximum = maximum
      self.missingCode = missingCode
      self.excessCode = excessCode
      self.invalidCode = invalidCode
      self.requiredWhen = requiredWhen
      self.position = position
    }
  }

  public init(family: Int, allowed: [Allowed], isOrdered: Bool = false, end: End = .container) {
    self.family = family
    self.allowed = allowed
    self.isOrdered = isOrdered
    self.end = end
  }
}

/// A family of elements that share a header and a code space.
public struct FamilyDefinition: Sendable, Hashable {
  /// "Option".
  public var name: String
  /// One is the tag, one the length. Of fixed size unless `headerIsInBody`.
  public var header: [Member]
  /// Index in `header` of the tag, or of the group of bits that has it.
  public var tag: Int
  /// Index in `header` of the length.
  public var length: Int
  /// Name of the tag.
  public var tagName: String
  /// Name of the member of the header that tells elements apart together with the tag; nil when the tag alone does.
  public var extraTag: String?
  /// What the extra tag counts as where it is absent.
  public var extraTagDefault: UInt64
  /// The header has members of its own (bits, fields, an extra tag, an operation): the body of every element then starts with
  /// the header's members, and is decoded and encoded with them (`BodyDefinition.headerCount`).
  public var headerIsInBody: Bool
  /// The length counts the padding too.
  public var lengthCountsPadding: Bool
  /// Lists of the family may be in elements of the family, so deep, the outermost counted (kind `depth`); nil when they never are.
  public var maximumDepth: Int?
  /// What the length counts: octets of value = length * lengthUnit - lengthPlus, less the header when it counts that.
  public var lengthCountsElement: Bool
  public var lengthUnit: Int
  public var lengthPlus: Int
  /// Elements start at multiples of this from the list's start.
  public var alignment: Int
  /// Padding octets must be zero (kind `padding`).
  public var checksPadding: Bool
  public var unknown: [UnknownPolicy]
  public var elements: [Element]
  /// Index in `ProtocolDefinition.codes` of the tag's codes.
  public var codes: Int
  /// Protocol code of errors in an element's header, and of those no member answers for.
  public var code: UInt64?

  public struct Element: Sendable, Hashable {
    /// "filter".
    public var name: String
    /// "FILTER".
    public var label: String
    public var tag: UInt64
    /// Index in `ProtocolDefinition.bodies`.
    public var body: Int
    /// Protocol code of octets left over in the element.
    public var code: UInt64?
    /// Its extra tag; 0 in families without.
    public var extraTag: UInt64
    /// Name of the extension that adds it; nil for the protocol's own.
    public var addition: String?

    public init(
      name: String, label: String, tag: UInt64, body: Int, code: UInt64?, extraTag: UInt64 = 0, addition: String? = nil
    ) {
      self.extraTag = extraTag
      self.addition = addition
      self.name = name
      self.label = label
      self.tag = tag
      self.body = body
      self.code = code
    }
  }

  public struct UnknownPolicy: Sendable, Hashable {
    public var first: UInt64
    public var last: UInt64
    /// Index in `ProtocolDefinition.directions`; nil for every direction.
    public var direction: Int?
    public var action: Action
    public var code: UInt64?
    /// Only elements with this extra tag; nil for every one.
    public var extraTag: UInt64?

    public enum Action: String, Sendable, Hashable {
      case ignore, keep, reject
    }

    public init(
      first: UInt64, last: UInt64, direction: Int?, action: Action, code: UInt64?, extraTag: UInt64? = nil
    ) {
      self.extraTag = extraTag
      self.first = first
      self.last = last
      self.direction = direction
      self.action = action
      self.code = code
    }
  }

  public init(
    name: String, header: [Member], tag: Int, length: Int, lengthCountsElement: Bool = false, lengthUnit: Int = 1,
    lengthPlus: Int = 0, alignment: Int = 1, checksPadding: Bool = false, unknown: [UnknownPolicy],
    elements: [Element], codes: Int, code: UInt64? = nil, tagName: String? = nil, extraTag: String? = nil,
    extraTagDefault: UInt64 = 0, headerIsInBody: Bool = false, lengthCountsPadding: Bool = false, maximumDepth: Int? = nil
  ) {
    self.tagName = tagName ?? (header.indices.contains(tag) ? header[tag].name : "")
    self.extraTag = extraTag
    self.extraTagDefault = extraTagDefault
    self.headerIsInBody = headerIsInBody
    self.lengthCountsPadding = lengthCountsPadding
    self.maximumDepth = maximumDepth
    self.name = name
    self.header = header
    self.tag = tag
    self.length = length
    self.lengthCountsElement = lengthCountsElement
    self.lengthUnit = lengthUnit
    self.lengthPlus = lengthPlus
    self.alignment = alignment
    self.checksPadding = checksPadding
    self.unknown = unknown
    self.elements = elements
    self.codes = codes
    self.code = code
  }
}

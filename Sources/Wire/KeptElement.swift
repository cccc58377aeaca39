/// An element the schema does not know, kept as it came.
public struct KeptElement: Sendable, Hashable {
  /// The element's code.
  public let tag: UInt64
  /// What tells elements apart together with the code; 0 in families that have no such thing.
  public let extraTag: UInt64
  /// The whole element: header, value and padding.
  public let octets: [UInt8]
  /// Where in `octets` the value is.
  public let valueRange: Range<Int>

  /// - Parameters:
  ///   - octets: header, value and padding.
  ///   - valueRange: where in them the value is; within them.
  @inlinable
  public init(tag: UInt64, extraTag: UInt64 = 0, octets: [UInt8], valueRange: Range<Int>) {
    self.tag = tag
    self.extraTag = extraTag
    self.octets = octets
    self.valueRange = valueRange.clamped(to: octets.indices)
  }

  /// An element written by `body`.
  ///
  /// - Throws: what `body` throws.
  @inlinable
  public init(
    tag: UInt64, extraTag: UInt64 = 0, capacity: Int, valueStart: Int, valueSize: Int,
    _ body: (inout OutputRawSpan) throws(WireError) -> Void
  ) throws(WireError) {
    self.init(
      tag: tag, extraTag: extraTag, octets: try [UInt8].filled(capacity: capacity, body),
      valueRange: valueStart..<valueStart + valueSize)
  }

  /// The value alone.
  public var value: ArraySlice<UInt8> { octets[valueRange] }
}

/// The order in which the elements of a list came, when it was not the schema's.
///
/// Says for each element of the list which of the schema's kinds it was; elements of one kind keep their own order. Empty
/// when the order is the schema's. What it says too much or too little about, after the list was changed, is put right by
/// `resolved`: elements it does not mention come last.
public struct ElementOrder: Sendable, Hashable {
  /// Kinds in wire order, by their place in the schema; what the schema does not know comes after the last of them.
  public internal(set) var kinds: [UInt16]

  /// The schema's order.
  public init() { kinds = [] }

  /// Whether the order is the schema's.
  @inlinable
  public var isSchemaOrder: Bool { kinds.isEmpty }

  public mutating func reserve(_ count: Int) { kinds.reserveCapacity(count) }

  public mutating func append(_ kind: Int) { kinds.append(UInt16(truncatingIfNeeded: kind)) }

  /// The kinds in wire order of a list with so many of each kind.
  ///
  /// - Parameter counts: elements of each kind, in the schema's order.
  @inlinable
  public func resolved(_ counts: [Int]) -> [Int] {
    var left = counts
    var result: [Int] = []
    for kind in kinds.lazy.map(Int.init) where kind < left.count && left[kind] > 0 {
      left[kind] -= 1
      result.append(kind)
    }
    for kind in left.indices { result.append(contentsOf: repeatElement(kind, count: left[kind])) }
    return result
  }

  /// Whether lists with so many elements of each kind come out in the same order.
  @inlinable
  public func isSame(as other: ElementOrder, _ counts: @autoclosure () -> [Int]) -> Bool {
    if kinds == other.kinds { return true }
    let counts = counts()
    return resolved(counts) == other.resolved(counts)
  }
}

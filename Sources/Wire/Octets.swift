/// A fixed number of octets, stored in place.
public struct Octets<let N: Int>: Sendable, BitwiseCopyable {
  @usableFromInline var storage: InlineArray<N, UInt8>

  /// `N` octets of one value.
  @inlinable
  public init(repeating value: UInt8 = 0) { storage = InlineArray(repeating: value) }

  /// The octets of `octets`; nil unless there are exactly `N`.
  @inlinable
  public init?(_ octets: some Collection<UInt8>) {
    guard octets.count == N else { return nil }
    storage = InlineArray(repeating: 0)
    var index = 0
    for octet in octets {
      storage[index] = octet
      index &+= 1
    }
  }

  /// How many octets there are.
  @inlinable
  public var count: Int { N }

  @inlinable
  public subscript(index: Int) -> UInt8 {
    get { storage[index] }
    set { storage[index] = newValue }
  }

  /// The octets as an array.
  @inlinable
  public var array: [UInt8] {
    var result: [UInt8] = []
    result.reserveCapacity(N)
    for index in 0..<N { result.append(storage[index]) }
    return result
  }
}

extension Octets: Hashable {
  @inlinable
  public static func == (left: Self, right: Self) -> Bool {
    var difference: UInt8 = 0
    for index in 0..<N { difference |= left.storage[index] ^ right.storage[index] }
    return difference == 0
  }

  @inlinable
  public func hash(into hasher: inout Hasher) {
    for index in 0..<N { hasher.combine(storage[index]) }
  }
}

extension Octets: CustomStringConvertible {
  /// Lower-case hexadecimal, two digits an octet.
  public var description: String { hexadecimal(array) }
}

/// Text that need not be well-formed UTF-8: the octets are kept as they came.
public struct WireString: Sendable, Hashable {
  public var octets: [UInt8]

  @inlinable
  public init(octets: [UInt8]) { self.octets = octets }

  @inlinable
  public init(_ string: String) { octets = Array(string.utf8) }

  /// The text; nil when the octets are not well-formed UTF-8.
  public var string: String? { String(validating: octets, as: UTF8.self) }
}

extension WireString: ExpressibleByStringLiteral, CustomStringConvertible {
  public init(stringLiteral value: String) { self.init(value) }

  public var description: String { string ?? hexadecimal(octets) }
}

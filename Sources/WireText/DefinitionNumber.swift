import Wire

/// A number.
public struct IntegerShape: Sendable, Hashable {
  /// 8 to 64 in whole octets, or 1 to 64 as a bit field.
  public var bits: Int
  public var isSigned: Bool
  public var isLittleEndian: Bool
  /// Index in `ProtocolDefinition.codes` when the number is a code.
  public var codes: Int?
  /// Index in `ProtocolDefinition.flags` when the number is a set of bits.
  public var flags: Int?
  /// Set when the number counts time: Swift and JSON then have a date or a duration.
  public var time: TimeMeaning?
  /// The only values allowed, in ascending order (kind `code`); nil when that does not limit it.
  public var only: [UInt64]?
  /// A one-bit field that is a Bool.
  public var isBoolean: Bool
  /// Allowed values (kind `range`); nil when the width alone decides.
  public var minimum: Int128?
  public var maximum: Int128?
  /// The only value allowed (kind `constant`); such a member is no property and is absent from JSON.
  public var constant: Int128?
  /// Value taken when JSON leaves the member out; nil when it must be given.
  public var defaultValue: Int128?
  /// Set when the number is computed on encoding: the size or count of a later member of the same body.
  public var computed: Computed?

  public enum Computed: Sendable, Hashable {
    /// Octets of the member of that name, `(octets + plus) / unit`.
    case size(of: String, unit: Int, plus: Int)
    /// Elements of the array of that name.
    case count(of: String)
    /// Octets of the members behind it in the body, `(octets + plus) / unit`: the container ends there.
    case rest(unit: Int, plus: Int)
    /// Octets of the whole message, `(octets + plus) / unit`: the container ends there. In a struct that no message has
    /// taken in, nothing is compared, and encoding counts the struct alone.
    case message(unit: Int, plus: Int)
    /// In the header that a body starts with (`BodyDefinition.headerCount`): octets of its value, or with `countsHeader`
    /// of header and value; with `countsPadding` of the padding behind it too.
    case element(unit: Int, plus: Int, countsHeader: Bool, countsPadding: Bool)
    /// A bit of the header that says whether the extra tag is there: set when the element's extra tag is not the default.
    /// Any value is taken in decoding.
    case presence
    /// A checksum (kind `checksum`), combined with `xor` by exclusive or; its own octets count as zero.
    case checksum(ChecksumAlgorithm, over: ChecksumScope, xor: UInt64)
  }

  /// What a checksum covers.
  public enum ChecksumScope: String, Sendable, Hashable, CaseIterable {
    case message, body, before
  }

  /// What a number that counts time says.
  public enum TimeMeaning: Sendable, Hashable {
    /// A time so many units after `origin`, in seconds from 1970-01-01 00:00 UTC.
    case epoch(TimeUnit, origin: Int64)
    case duration(TimeUnit)
  }

  /// A unit of time, by its symbol in schemas.
  public enum TimeUnit: String, Sendable, Hashable, CaseIterable {
    case nanoseconds = "ns"
    case microseconds = "us"
    case milliseconds = "ms"
    case seconds = "s"
    case minutes = "min"
    case hours = "h"
    case days = "d"
  }

  public init(
    bits: Int, isSigned: Bool = false, isLittleEndian: Bool = false, codes: Int? = nil, isBoolean: Bool = false,
    minimum: Int128? = nil, maximum: Int128? = nil, constant: Int128? = nil, defaultValue: Int128? = nil,
    computed: Computed? = nil, flags: Int? = nil, time: TimeMeaning? = nil, only: [UInt64]? = nil
  ) {
    self.bits = bits
    self.isSigned = isSigned
    self.isLittleEndian = isLittleEndian
    self.codes = codes
    self.isBoolean = isBoolean
    self.minimum = minimum
    self.maximum = maximum
    self.constant = constant
    self.defaultValue = defaultValue
    self.computed = computed
    self.flags = flags
    self.time = time
    self.only = only
  }
}

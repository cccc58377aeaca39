public import PCPWire

/// Why a request is refused.
public struct Refusal: Error, Sendable, Hashable {
  public var code: ResultCode
  /// Seconds for which the answer is expected to stay the same.
  public var lifetime: UInt32
  /// Whether the request was parsed, which decides what the header's reserved octets hold (RFC 6887 section 7.2).
  public var isParsed: Bool

  public init(_ code: ResultCode, lifetime: UInt32, isParsed: Bool = true) {
    self.code = code
    self.lifetime = lifetime
    self.isParsed = isParsed
  }
}

import PCPWire
public import Wire

/// What machines must know about messages before, or without, decoding one whole.
///
/// All of it comes out of the generated codec, so that it is described in the schema alone.
public enum MessageFacts {
  /// Octets of the largest message (RFC 6887 section 7).
  public static let maximumSize = PCPRequest.maximumSize
  /// What the size of every message is a multiple of (RFC 6887 section 7).
  public static let sizeMultiple = PCPRequest.sizeMultiple
  /// Octets of the header that all requests and responses have (RFC 6887 section 7.1).
  public static let headerSize = header.encodedSize
  /// The version of the protocol that the codec speaks (RFC 6887 section 7.1).
  public static let version: UInt8 = {
    guard let octets = try? header.encoded(), let start = try? PacketStart(decodingPrefix: octets) else { return 0 }
    return start.version
  }()

  private static let header = RequestHeader(
    opcode: .announce, requestedLifetime: 0, clientAddress: .unspecified)

  /// The octets with as many zeros behind them as a message's size asks for.
  static func padded(_ octets: some Collection<UInt8>, to size: Int = 0) -> [UInt8] {
    let whole = (octets.count + sizeMultiple - 1) / sizeMultiple * sizeMultiple
    return Array(octets) + Array(repeating: 0, count: max(whole, size) - octets.count)
  }
}

/// The 96 random bits that show whose a mapping is (RFC 6887 section 11.1).
public typealias MappingNonce = Octets<12>

/// The groups that a restarted server tells so (RFC 6887 section 14.1.1).
public enum AnnouncementGroups {
  /// All hosts of the link, IPv4.
  public static let ipv4 = IPv6Address(mapping: IPv4Address(224, 0, 0, 1))
  /// All nodes of the link, IPv6.
  public static let ipv6 = IPv6Address(high: 0xFF02_0000_0000_0000, low: 1)
}

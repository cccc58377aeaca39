// What a schema cannot say about CUSP. The messages, elements and codes are generated from Schemas/cusp.xml.

/// Numbers of draft -03 that belong to no message, or that it leaves open.
public enum CUSPNumbers {
  /// The CP listens on it, over TCP.
  public static let port = CUSPUserPlane.tcpPorts[0]
  /// A `userID` that is nobody's: that of an IPv6 route which belongs to no user.
  public static let nobody: UInt32 = 0xFFFF_FFFF
}

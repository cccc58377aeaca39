// What a schema cannot say about PCP. The messages, options and codes are generated from Schemas/pcp.xml.

/// Numbers of RFC 6887 that belong to no message.
public enum PCPPorts {
  /// Servers listen on it (section 19.1).
  public static let server: UInt16 = 5351
  /// Clients listen on it for announcements (section 19.1).
  public static let client: UInt16 = 5350
}

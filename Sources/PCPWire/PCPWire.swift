// What a schema cannot say about PCP. The messages, options and codes are generated from Schemas/pcp.xml.

/// The ports of RFC 6887, as the schema gives them to the directions.
public enum PCPPorts {
  /// Servers listen on it (section 19.1).
  public static let server = PCPRequest.udpPorts[0]
  /// Clients listen on it for announcements (section 19.1).
  public static let client = PCPResponse.udpPorts[0]
}

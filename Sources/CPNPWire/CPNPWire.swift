// What a schema cannot say about CPNP. The messages, documents and codes are generated from Schemas/cpnp.xml.

import Wire

/// The ports of CPNP, as the schema gives them to the directions.
public enum CPNPPorts {
  /// Servers listen on it when nothing else is configured; the draft assigns none (section 8.2).
  public static let server = CPNPClientMessage.udpPorts[0]
}

/// Times of CPNP that mean something else than a time.
public enum CPNPTimes {
  /// `Fri, 31 Dec 9999 23:59:59 GMT`: no time at all, in messages that must have one (section 11.1.1, "set to infinite").
  public static let never = WireDate(seconds: 253_402_300_799)
}

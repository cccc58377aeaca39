public import Machine
public import Wire

/// Every limit and choice of a client of one server.
public struct ClientConfiguration: Sendable, Hashable {
  /// The address requests are sent from, which they carry (RFC 6887 section 7.1).
  public var address: IPv6Address
  /// How requests are sent again (RFC 6887 section 8.1.1).
  public var retransmission = Retransmission.Parameters()
  /// The longest lifetime believed, of a mapping (RFC 6887 section 15) or of an error (RFC 6887 section 8.3).
  public var maximumLifetime: Duration = .seconds(24 * 60 * 60)
  /// The shortest wait after an error, whatever lifetime it says: as long as before the first retransmission.
  public var minimumErrorDelay: Duration = .seconds(3)
  /// The longest wait after a server that speaks another version only (RFC 6887 section 9).
  public var maximumVersionDelay: Duration = .seconds(30 * 60)
  /// The least time between two attempts to renew a mapping (RFC 6887 section 11.2.1).
  public var minimumRenewalGap: Duration = .seconds(4)
  /// The longest wait before mappings are made again at a server that lost them (RFC 6887 section 8.5).
  public var maximumRecoveryDelay: Duration = .seconds(5)
  /// What other modules add to the protocol: their options are checked like its own, and read among those that are kept.
  public var extensions = ExtensionRegistry()

  public init(address: IPv6Address) { self.address = address }
}

public import Machine
import PCPWire
public import Wire

/// Every limit and choice of a client of one server.
public struct ClientConfiguration: Sendable, Hashable {
  /// The address requests are sent from, which they carry (RFC 6887 section 7.1).
  public var address: IPv6Address
  /// How requests are sent again (RFC 6887 section 8.1.1).
  public var retransmission = Retransmission.Parameters()
  /// How often a request is sent to one address of a server that has several (RFC 7488 section 3: MRC).
  public var attemptsPerAddress = 4
  /// From one walk through all addresses of a server that does not answer to the next (RFC 7488 section 3).
  public var walkInterval: Duration = .seconds(15 * 60)
  /// The longest lifetime believed, of a mapping (RFC 6887 section 15) or of an error (RFC 6887 section 8.3).
  public var maximumLifetime: Duration = .seconds(24 * 60 * 60)
  /// The shortest wait after an error, whatever lifetime it says: as long as before the first retransmission. It doubles with each
  /// error that follows another, so that a server whose errors last no time is not asked again and again.
  public var minimumErrorDelay: Duration = .seconds(3)
  /// What the shortest wait doubles up to: as long as between retransmissions at most (RFC 6887 section 8.1.1).
  public var maximumErrorBackOff: Duration = .seconds(1024)
  /// The wait after a lasting error that names no lifetime (RFC 6887 section 7.4).
  public var longErrorDelay: Duration = .seconds(30 * 60)
  /// The wait after any other error that names no lifetime (RFC 6887 section 7.4).
  public var shortErrorDelay: Duration = .seconds(30)
  /// The longest wait after a server that speaks another version only (RFC 6887 section 9).
  public var maximumVersionDelay: Duration = .seconds(30 * 60)
  /// The least time between two attempts to renew a mapping (RFC 6887 section 11.2.1).
  public var minimumRenewalGap: Duration = .seconds(4)
  /// The longest wait before mappings are made again at a server that lost them (RFC 6887 section 8.5).
  public var maximumRecoveryDelay: Duration = .seconds(5)
  /// Whether NAT-PMP is spoken to a server that knows nothing newer (RFC 6887 section 9, Appendix A).
  public var allowsNATPMP = true
  /// How NAT-PMP requests are sent again: after 250 ms, twice as long each time, nine times in all (RFC 6886 section 3.1).
  public var natPMPRetransmission = Retransmission.Parameters(
    initialInterval: .milliseconds(250), maximumInterval: .zero, maximumCount: 9)
  /// How often a NAT-PMP request for deletion is sent, which is a courtesy (RFC 6886 section 3.1).
  public var natPMPDeletionAttempts = 3
  /// What other modules add to the protocol: their options are checked like its own, and read among those that are kept.
  public var extensions = ExtensionRegistry()

  public init(address: IPv6Address) { self.address = address }

  /// How long an error is let pass before its request is sent again (RFC 6887 sections 8.3, 9 and 15).
  ///
  /// - Parameters:
  ///   - lifetime: seconds that the server says; 0 counts as none said.
  ///   - earlier: errors that the same request has met before, one after the other.
  func delay(after code: ResultCode, lifetime: UInt32, earlier: Int) -> Duration {
    let said: Duration = lifetime > 0 ? .seconds(Int64(lifetime)) : usualDelay(code)
    let least = min(minimumErrorDelay * (1 << min(earlier, 16)), max(minimumErrorDelay, maximumErrorBackOff))
    return min(max(said, least), code == .unsuppVersion ? maximumVersionDelay : maximumLifetime)
  }

  private func usualDelay(_ code: ResultCode) -> Duration {
    switch code.errorLifetime {
    case .long: longErrorDelay
    case .short, nil: shortErrorDelay
    }
  }
}

public import Machine
public import PCPWire
public import Wire

/// Every limit and choice of a server.
public struct ServerConfiguration: Sendable, Hashable {
  /// The addresses that mappings are given, in the order of preference in each family (RFC 6887 section 11.3).
  public var externalAddresses: [IPv6Address]
  /// Whether mappings of IPv6 hosts open a firewall rather than translate: their external end is their internal one.
  public var hasPinholes = false
  /// The ports that mappings are given (RFC 6887 section 11.3).
  public var externalPorts: ClosedRange<UInt16> = 1024...65535
  /// External UDP ports that are never mapped, because the protocol's own messages go there (RFC 6887 section 11.3).
  public var unmappedUDPPorts: Set<UInt16> = [PCPPorts.client, PCPPorts.server]
  /// Ports tried at random before all are looked through.
  public var randomPortAttempts = 16
  /// The upper-layer protocols that mappings are made for (RFC 6887 section 11.3).
  public var protocols: Set<TransportProtocol> = [.tcp, .udp]

  /// Seconds of the shortest lifetime granted (RFC 6887 section 15).
  public var minimumLifetime: UInt32 = 120
  /// Seconds of the longest lifetime granted (RFC 6887 section 15).
  public var maximumLifetime: UInt32 = 24 * 60 * 60
  /// Seconds that a lasting error is said to last (RFC 6887 section 7.4).
  public var longErrorLifetime: UInt32 = 30 * 60
  /// Seconds that a passing error is said to last (RFC 6887 section 7.4).
  public var shortErrorLifetime: UInt32 = 30

  /// Who is served; requests from elsewhere are dropped (RFC 6887 section 8.2). Empty: everyone.
  public var servedClients: [AddressPrefix] = []
  /// Who may ask for mappings of other hosts (RFC 6887 section 13.1). Empty: nobody.
  public var thirdPartyClients: [AddressPrefix] = []
  /// Mappings that one host may have (RFC 6887 section 11.3).
  public var mappingsPerHost = 256
  /// Mappings in all (RFC 6887 section 7.4, NO_RESOURCES).
  public var mappings = 65536
  /// Requests that may wait for the backend at once; more are dropped (RFC 6887 section 8.2).
  public var waitingRequests = 1024
  /// Filters of one mapping; at least one (RFC 6887 section 13.3).
  public var filtersPerMapping = 16
  /// Octets of a description that are kept; at least 128 (RFC 7220 section 3).
  public var descriptionSize = 256
  /// The prefixes of a NAT64, told to those who ask (RFC 7225 section 4.2).
  public var prefix64: [Prefix64Option] = []

  /// How often the server announces itself after a start (RFC 6887 section 14.1.1).
  public var announcementCount = 10
  /// The time between the first two announcements; it doubles each time (RFC 6887 section 14.1.1).
  public var firstAnnouncementInterval: Duration = .milliseconds(250)
  /// Whom announcements are sent to (RFC 6887 section 14.1.1).
  public var announcementTargets: [PeerAddress] = [
    PeerAddress(AnnouncementGroups.ipv4, port: PCPPorts.client),
    PeerAddress(AnnouncementGroups.ipv6, port: PCPPorts.client),
  ]
  /// What other modules add to the protocol: their options are checked like its own, and read among those that are kept.
  public var extensions = ExtensionRegistry()

  public init(externalAddresses: [IPv6Address]) { self.externalAddresses = externalAddresses }

  /// Seconds that an error is said to last (RFC 6887 section 7.4).
  func errorLifetime(_ code: ResultCode) -> UInt32 {
    switch code.errorLifetime {
    case .long: longErrorLifetime
    // What has no class depends on what stands in the way; whoever knows says so in the refusal.
    case .short, nil: shortErrorLifetime
    }
  }

  /// The lifetime granted to who asks for so many seconds (RFC 6887 section 15).
  func granted(_ requested: UInt32) -> UInt32 { min(max(requested, minimumLifetime), maximumLifetime) }

  /// What is wrong with the configuration; empty when nothing is.
  public var faults: [String] {
    var faults: [String] = []
    if minimumLifetime > maximumLifetime { faults.append("the shortest lifetime is longer than the longest") }
    if minimumLifetime == 0 { faults.append("the shortest lifetime is 0, which means deletion") }
    if filtersPerMapping < 1 { faults.append("a mapping must be allowed at least one filter") }
    if descriptionSize < 128 { faults.append("descriptions must be kept up to 128 octets at least") }
    if externalPorts.lowerBound == 0 { faults.append("0 is no external port") }
    for address in externalAddresses where address.isUnspecified || address.isMulticast {
      faults.append("\(address.plainText) cannot be an external address")
    }
    return faults + prefix64.indices.compactMap { prefixFault($0) }
  }

  /// What is wrong with a prefix of the NAT64: it is none (RFC 7225 section 4.1), or cannot be told to anybody.
  private func prefixFault(_ index: Int) -> String? {
    do throws(WireError) {
      _ = try prefix64[index].encoded()
    } catch {
      return "prefix \(index + 1) of the NAT64 is none: \(error)"
    }
    var answer = AnnounceResponse(lifetime: 0, epochTime: 0)
    answer.options.prefix64 = [prefix64[index]]
    let size = answer.encodedSize
    if size <= MessageFacts.maximumSize { return nil }
    return "prefix \(index + 1) of the NAT64 makes an answer of \(size) octets; \(MessageFacts.maximumSize) are the most"
  }
}

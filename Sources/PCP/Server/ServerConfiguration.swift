public import Machine
public import PCPWire
public import Wire

/// Every limit and choice of a server.
public struct ServerConfiguration: Sendable, Hashable {
  // MARK: What is mapped to what

  /// The addresses that mappings are given, in the order of preference in each family (RFC 6887 section 11.3).
  public var externalAddresses: [IPv6Address]
  /// Whether mappings of IPv6 hosts open a firewall rather than translate: their external end is their internal one.
  public var hasPinholes = false
  /// The ports that mappings are given (RFC 6887 section 11.3).
  public var externalPorts: ClosedRange<UInt16> = 1024...65535
  /// The ports at an address that has a range of its own.
  public var externalPortsByAddress: [IPv6Address: ClosedRange<UInt16>] = [:]
  /// Whether a host's mappings are all given one external address, or none: what RFC 4787 section 4.1 calls paired pooling.
  public var pairsAddresses = true
  /// External UDP ports that are never mapped; 5350 and 5351 must be among them (RFC 6887 section 11.3).
  public var unmappedUDPPorts: Set<UInt16> = [PCPPorts.client, PCPPorts.server]
  /// External TCP ports that are never mapped, because services of the gateway itself are there (RFC 6887 section 11.3).
  public var unmappedTCPPorts: Set<UInt16> = []
  /// The upper-layer protocols that mappings are made for (RFC 6887 section 11.3).
  public var protocols: Set<TransportProtocol> = [.tcp, .udp]
  /// Whether internal port 0 maps all ports of a protocol (RFC 6887 section 11.3). Such a mapping takes an external address of
  /// which nobody else has a port of the protocol.
  public var mapsAllPorts = false
  /// Whether protocol 0 maps all ports of all protocols (RFC 6887 section 11.3).
  public var mapsAllProtocols = false
  /// Whether hosts with IPv6 addresses may have IPv4 external addresses.
  public var isNAT64 = false
  /// How long an external port is kept for who had it last, after its mapping has ended (RFC 6887 section 15).
  public var reuseDelay: Duration = .seconds(120)
  /// Mappings made outside of PCP, which the server only answers for (RFC 6887 section 11.3).
  public var staticMappings: [StaticMapping] = []
  /// Whether the backend knows the mappings that traffic makes; it is asked where a request depends on one (`ImplicitLookup`).
  public var looksUpImplicitMappings = false
  /// Whether mappings are stored before they are acknowledged.
  public var hasStore = false

  // MARK: Lifetimes, in seconds

  /// The shortest lifetime granted (RFC 6887 section 15).
  public var minimumLifetime: UInt32 = 120
  /// The longest lifetime granted (RFC 6887 section 15).
  public var maximumLifetime: UInt32 = 24 * 60 * 60
  /// How long a lasting error is said to last (RFC 6887 section 7.4).
  public var longErrorLifetime: UInt32 = 30 * 60
  /// How long a passing error is said to last (RFC 6887 section 7.4).
  public var shortErrorLifetime: UInt32 = 30

  // MARK: Who may do what

  /// Whether NAT-PMP is spoken too, on the same port and with the same mappings (RFC 6886; RFC 6887 appendix A).
  public var speaksNATPMP = true
  /// Who is served; requests from elsewhere are dropped (RFC 6887 section 8.2). Empty: everyone.
  public var servedClients: [AddressPrefix] = []
  /// The server's addresses that requests are taken at; those sent to others came in where none should, and are dropped
  /// (RFC 6887 section 8.2). Empty: all.
  public var servingAddresses: [IPv6Address] = []
  /// Who may ask for mappings of other hosts (RFC 6887 section 13.1). Empty: nobody.
  public var thirdPartyClients: [AddressPrefix] = []
  /// The identifiers that tell hosts of the same address apart (RFC 7843). Empty: the option is not supported.
  public var thirdPartyIDs: Set<[UInt8]> = []
  /// Who may ask for what; the first rule that has to do with a request decides.
  public var accessRules: [AccessRule] = []
  /// How many requests a source may send; more are dropped (RFC 6887 section 8.2). nil for no limit.
  public var rateLimit: RateLimit? = RateLimit()

  // MARK: How much there may be

  /// Ports that one host may have mapped, those kept back after their mappings have ended among them (RFC 6887 section 17.2).
  public var mappingsPerHost = 256
  /// Ports mapped in all, those kept back among them (RFC 6887 section 7.4, NO_RESOURCES).
  public var mappings = 65536
  /// Ports of one PORT_SET (RFC 7753 section 6.1); 1 for no such sets.
  public var portsPerSet = 64
  /// Requests that may wait for the backend or the store at once; more are dropped (RFC 6887 section 8.2).
  public var waitingRequests = 1024
  /// Filters of one mapping; at least one (RFC 6887 section 13.3).
  public var filtersPerMapping = 16
  /// Octets of a description that are kept; at least 128 (RFC 7220 section 3).
  public var descriptionSize = 256

  // MARK: What clients are told

  /// The prefixes of a NAT64, told to those who ask and in announcements (RFC 7225 section 4.2).
  public var prefix64: [Prefix64Option] = []
  /// How often the server announces itself after it has lost mappings (RFC 6887 section 14.1.1).
  public var announcementCount = 10
  /// The time between the first two announcements; it doubles each time (RFC 6887 section 14.1.1).
  public var firstAnnouncementInterval: Duration = .milliseconds(250)
  /// Whom announcements are sent to, besides the clients whose mappings the server remembers (RFC 6887 section 14.1.1).
  public var announcementTargets: [PeerAddress] = [
    PeerAddress(AnnouncementGroups.ipv4, port: PCPPorts.client),
    PeerAddress(AnnouncementGroups.ipv6, port: PCPPorts.client),
  ]
  /// The times between the datagrams that tell a client of a changed mapping (RFC 6887 section 14.2).
  public var updateIntervals: [Duration] = [.milliseconds(250), .milliseconds(500)]
  /// Datagrams that are begun to be sent unasked in a second, so that a change of many mappings does not fill the network.
  public var noticesPerSecond = 1000
  /// What other modules add to the protocol: their options are checked like its own, and read among those that are kept.
  public var extensions = ExtensionRegistry()

  public init(externalAddresses: [IPv6Address]) { self.externalAddresses = externalAddresses }
}

/// What follows from a configuration.
extension ServerConfiguration {
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

  /// The external address of NAT-PMP, whose clients believe that there is one only: the first of IPv4 (RFC 6886 section 4.3.2).
  public var natPMPAddress: IPv6Address? { externalAddresses.first { $0.mapped != nil } }

  /// Whether a mapping can stay where it is: its external address is one that it can have.
  func keeps(_ mapping: Mapping) -> Bool {
    isExternal(mapping.outer.address, for: mapping.inner.address)
      && (mapping.nonce != nil || mapping.outer.address == natPMPAddress)
  }

  /// The external ports at an address.
  func ports(of address: IPv6Address) -> ClosedRange<UInt16> { externalPortsByAddress[address] ?? externalPorts }

  /// External ports that are never mapped.
  var unmappedPorts: [TransportProtocol: Set<UInt16>] { [.udp: unmappedUDPPorts, .tcp: unmappedTCPPorts] }

  func isUnmapped(_ outer: ExternalTuple) -> Bool {
    switch outer.protocol {
    case .udp: unmappedUDPPorts.contains(outer.port)
    case .tcp: unmappedTCPPorts.contains(outer.port)
    default: false
    }
  }

  /// Whether a host is behind a firewall only, so that its external ends are its internal ones.
  func isUntranslated(_ address: IPv6Address) -> Bool { hasPinholes && address.mapped == nil }

  /// Whether an external tuple may be given to an internal one at all.
  func isMappable(_ outer: ExternalTuple, _ inner: InternalTuple) -> Bool {
    guard ports(of: outer.address).contains(outer.port), !isUnmapped(outer) else { return false }
    // A translator cannot change the ports of SCTP (RFC 6887 section 16.3.3).
    return outer.protocol != .sctp || outer.port == inner.port
  }

  /// Whether an external address is one that a mapping of the host can have.
  func isExternal(_ address: IPv6Address, for host: IPv6Address) -> Bool {
    isUntranslated(host) ? address == host : externalAddresses.contains(address)
  }

  /// The external addresses that a host can have, in the order of preference.
  func externalAddresses(for host: IPv6Address, suggested: IPv6Address) -> [IPv6Address] {
    let isIPv4 = host.mapped != nil
    guard isNAT64 && !isIPv4 else { return externalAddresses.filter { ($0.mapped != nil) == isIPv4 } }
    // Either family will do; the suggestion says which one is liked better (RFC 6887 section 11.1).
    let liked = externalAddresses.filter { ($0.mapped == nil) == (suggested.mapped == nil) }
    return liked.isEmpty ? externalAddresses : liked
  }
}

import Machine
import PCP
import PCPWire
import Wire

extension Situation {
  /// The server's end, which remembers what is there; `start` is to be given.
  ///
  /// - Parameter address: the address that a host has here.
  func endpoint(at now: Instant, address: (Host) -> IPv6Address) -> ServerEndpoint {
    let mappings = existing.enumerated().map { index, mapping in
      Mapping(
        id: Mapping.ID(rawValue: UInt64(index + 1)), kind: .inbound,
        inner: InternalTuple(.udp, address(mapping.host), port: mapping.internalPort),
        outer: ExternalTuple(.udp, configuration.externalAddresses[0], port: mapping.externalPort),
        nonce: MappingNonce(number: mapping.nonce), requester: PeerAddress(address(mapping.host), port: 40000),
        expiresAt: now + .seconds(mapping.seconds))
    }
    let machine = ServerMachine(
      configuration, startedAt: now, epochStartedAt: now + .seconds(-Int64(epochTime)), mappings: mappings,
      random: SplitMix64(seed: 1))
    return ServerEndpoint(machine)
  }

  /// What traffic has made, for the server to find.
  func implicitMappings(address: (Host) -> IPv6Address) -> [ImplicitMapping] {
    implicit.map { mapping in
      ImplicitMapping(
        inner: InternalTuple(.tcp, address(mapping.host), port: mapping.internalPort),
        outer: ExternalTuple(.tcp, outside, port: mapping.externalPort), remote: mapping.remote,
        remainingSeconds: mapping.seconds)
    }
  }

  /// The server's end after a loss of all that it had; it tells the clients when it is given `start`.
  func newEndpoint(at now: Instant, announcingTo clients: [PeerAddress]) -> ServerEndpoint {
    var configuration = configuration
    configuration.announcementTargets = clients
    return ServerEndpoint(ServerMachine(configuration, startedAt: now, random: SplitMix64(seed: 2)))
  }
}

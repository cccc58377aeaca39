public import Machine
public import PCPWire
public import Wire

/// A PCP server between octets and the machine.
public struct ServerEndpoint: DatagramEndpoint {
  /// What makes mappings work.
  public enum Backend: Sendable, Hashable, CustomStringConvertible {
    /// Nothing does: the server's table is all there is.
    case memory
    /// The program: told by `install`, `remove` and `lookUp`, it answers with `installed`, `notInstalled`, `removed` and
    /// `lookedUp`.
    case program

    public var description: String {
      switch self {
      case .memory: "memory"
      case .program: "program"
      }
    }
  }

  public enum Command: Sendable, Hashable {
    /// The server is up: its remembered mappings are installed, or it announces itself.
    case start
    case installed(Mapping.ID)
    case notInstalled(Mapping.ID, ResultCode)
    case removed(Mapping.ID)
    case recorded(Mapping.ID)
    case notRecorded(Mapping.ID)
    case lookedUp(ServerMachine.RequestToken, ImplicitMapping?)
    case externalAddressesChanged([IPv6Address])
    case backendRestarted
    /// Goes on with another configuration (`ServerMachine.reconfigure`).
    case reconfigure(ServerConfiguration)
    /// What the memory backend finds when it is asked for implicit mappings.
    case setImplicitMappings([ImplicitMapping])
  }

  public enum Event: Sendable, Hashable {
    case changed(ServerMachine.MappingChange)
    case refused(PeerAddress, Refusal)
    case dropped(PeerAddress, ServerReception.DropReason)
    case install(Mapping)
    case remove(Mapping)
    case lookUp(ImplicitLookup)
    case record(Mapping)
    case forget(Mapping.ID)
    /// For the store, when there is one, and before any change that it belongs to: the Epoch Time was 0 then.
    case epoch(startedAt: Instant)
  }

  public typealias Effect = EndpointEffect<Event>

  /// A request that has not been answered.
  struct Pending: Sendable {
    var octets: [UInt8]
    var peer: PeerAddress
    var local: IPv6Address?
    /// There for one of NAT-PMP, which is answered in that.
    var natPMP: NATPMPTranslation?
  }

  var machine: ServerMachine
  let backend: Backend
  var pending: [ServerMachine.RequestToken: Pending] = [:]
  var implicitMappings: [ImplicitMapping] = []
  public internal(set) var counts = ServerCounts()
  /// What the store has been told last.
  var recordedEpoch: Instant?
  private var limiter = RateLimiter()
  private var lastToken: UInt64 = 0

  public init(_ machine: ServerMachine, backend: Backend = .memory) {
    self.machine = machine
    self.backend = backend
  }

  public var nextDeadline: Instant? { machine.nextDeadline }

  /// The server's mappings, by age.
  public var mappings: [Mapping] { machine.mappings }

  public var configuration: ServerConfiguration { machine.configuration }

  /// How many requests wait for the backend or the store.
  public var waitingRequests: Int { pending.count }

  /// Seconds since the server lost, or may have lost, its mappings (RFC 6887 section 8.5).
  public func epochTime(at now: Instant) -> UInt32 { machine.epochTime(at: now) }

  public mutating func receive(
    _ octets: [UInt8], from peer: PeerAddress, to local: IPv6Address?, at now: Instant
  ) -> [Effect] {
    counts.received += 1
    let configuration = machine.configuration
    if let reason = dropReason(from: peer, to: local, configuration, at: now) { return drop(peer, reason) }
    let isOverloaded = pending.count >= configuration.waitingRequests
    if configuration.speaksNATPMP && NATPMPReception.concerns(octets, from: peer) {
      counts.natPMP += 1
      return receiveNATPMP(octets, from: peer, to: local, isOverloaded: isOverloaded, at: now)
    }
    let reception = ServerReception(octets, from: peer, isOverloaded: isOverloaded, extensions: configuration.extensions)
    switch reception {
    case .drop(let reason): return drop(peer, reason)
    case .refuse(let code, let isParsed):
      let refusal = Refusal(code, lifetime: configuration.errorLifetime(code), isParsed: isParsed)
      return refuse(Pending(octets: octets, peer: peer, local: local), refusal, at: now)
    case .accept(let request): return accept(request, Pending(octets: octets, peer: peer, local: local), at: now)
    }
  }

  /// Leaves octets without an answer.
  mutating func drop(_ peer: PeerAddress, _ reason: ServerReception.DropReason) -> [Effect] {
    counts.dropped[reason, default: 0] += 1
    return [.report(.dropped(peer, reason))]
  }

  /// Hands a request to the machine.
  mutating func accept(_ request: PCPRequest, _ datagram: Pending, at now: Instant) -> [Effect] {
    lastToken += 1
    let token = ServerMachine.RequestToken(rawValue: lastToken)
    pending[token] = datagram
    let spoken: ServerProtocol = datagram.natPMP == nil ? .pcp : .natPMP
    let input = ServerMachine.Input.request(request, from: datagram.peer, to: datagram.local, in: spoken, token)
    return perform(machine.handle(input, at: now), at: now)
  }

  /// Why octets are dropped before they are looked at: what nobody pays for must not cost the others their answers.
  private mutating func dropReason(
    from peer: PeerAddress, to local: IPv6Address?, _ configuration: ServerConfiguration, at now: Instant
  ) -> ServerReception.DropReason? {
    if let reason = ServerReception.dropReason(
      from: peer, to: local, served: configuration.servedClients, serving: configuration.servingAddresses)
    {
      return reason
    }
    guard let limit = configuration.rateLimit else { return nil }
    return limiter.admits(peer.address, limit, at: now) ? nil : .rateLimit
  }

  public mutating func perform(_ command: Command, at now: Instant) -> [Effect] {
    let input: ServerMachine.Input
    switch command {
    case .start: input = .start
    case .installed(let id): input = .installed(id)
    case .notInstalled(let id, let code): input = .notInstalled(id, code)
    case .removed(let id): input = .removed(id)
    case .recorded(let id): input = .recorded(id)
    case .notRecorded(let id): input = .notRecorded(id)
    case .lookedUp(let token, let mapping): input = .lookedUp(token, mapping)
    case .externalAddressesChanged(let addresses): input = .externalAddressesChanged(addresses)
    case .backendRestarted: input = .backendRestarted
    case .reconfigure(let configuration): return perform(machine.reconfigure(configuration, at: now), at: now)
    case .setImplicitMappings(let mappings):
      implicitMappings = mappings
      return []
    }
    return perform(machine.handle(input, at: now), at: now)
  }

  public mutating func expire(at now: Instant) -> [Effect] { perform(machine.expire(at: now), at: now) }
}

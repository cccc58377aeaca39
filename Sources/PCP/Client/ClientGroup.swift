public import Machine
import PCPWire
public import Wire

/// A client and all its servers: what the program wants it gets from each of them, at once and independently
/// (RFC 6887 section 8.1, RFC 7488 section 4).
///
/// Servers come and go with the network; whoever is new is asked for all that is wanted. Each is given nonces of its own.
public struct ClientGroup: DatagramEndpoint {
  public typealias RequestID = ClientMachine.RequestID
  public typealias Effect = EndpointEffect<Event>

  public enum Command: Sendable, Hashable {
    /// These are the servers from now on, and the ways to them: on start, and whenever the network changes.
    ///
    /// What was mapped at others, or from another address of the client, is over; nothing is sent to those any more.
    case servers([ServerChoice])
    /// The program wants something, in place of what it may have wanted under the same identifier, of servers reached over IPv4,
    /// over IPv6, or both.
    case want(RequestID, ClientWish, of: AddressFamilies)
    case renew(RequestID)
    /// What is mapped is to go; `ended` follows when it has gone everywhere.
    case delete(RequestID)
    /// Nothing more is sent for it.
    case forget(RequestID)
  }

  public enum Event: Sendable, Hashable {
    case server(ServerChoice.ID, ClientEvent)
    case added(ServerChoice.ID)
    /// With it goes all that it had granted.
    case removed(ServerChoice.ID)
    /// There is no server that could be asked for it at present.
    case noServer(RequestID)
    /// It was deleted, or refused for good, at every server that had it.
    case ended(RequestID)
  }

  /// Families of addresses.
  public struct AddressFamilies: OptionSet, Sendable, Hashable {
    public let rawValue: UInt8

    public init(rawValue: UInt8) { self.rawValue = rawValue }

    public static let ipv4 = AddressFamilies(rawValue: 1)
    public static let ipv6 = AddressFamilies(rawValue: 2)
    public static let all: AddressFamilies = [.ipv4, .ipv6]
  }

  fileprivate struct Want: Sendable {
    var wish: ClientWish
    var families: AddressFamilies
    /// What each server knows it by, also of servers that are gone: who comes back would refuse another nonce as long as the
    /// mapping lives (RFC 6887 section 11.3).
    var nonces: [ServerChoice.ID: MappingNonce] = [:]
    /// Servers that have been asked to delete it and have not answered.
    var deleting: Set<ServerChoice.ID>?
  }

  /// How many servers a wish remembers before it forgets those that are gone.
  private static let rememberedServers = 64

  private let configuration: ClientConfiguration
  private var random: any RandomSource
  private var sessions: [ServerChoice.ID: ServerSession] = [:]
  /// In the order that the program gave them.
  public private(set) var servers: [ServerChoice] = []
  private var wants: [RequestID: Want] = [:]

  /// - Parameters:
  ///   - configuration: of each server; its address does not count.
  ///   - random: makes nonces, which must be hard to guess, and spreads what is sent over time.
  public init(_ configuration: ClientConfiguration, random: any RandomSource) {
    self.configuration = configuration
    self.random = random
  }

  public var nextDeadline: Instant? { sessions.values.compactMap(\.nextDeadline).min() }

  /// What a server is spoken to in; nil for one that is not among those given.
  public func serverProtocol(of server: ServerChoice.ID) -> ServerProtocol? { sessions[server]?.serverProtocol }

  public mutating func receive(
    _ octets: [UInt8], from peer: PeerAddress, to local: IPv6Address?, at now: Instant
  ) -> [Effect] {
    each(at: now) { session in
      session.path.server.isSamePlace(as: peer) ? session.receive(octets, from: peer, to: local, at: now) : []
    }
  }

  public mutating func unreachable(_ peer: PeerAddress, at now: Instant) -> [Effect] {
    each(at: now) { $0.unreachable(peer, at: now) }
  }

  public mutating func expire(at now: Instant) -> [Effect] {
    each(at: now) { session in session.nextDeadline.map { $0 <= now } == true ? session.expire(at: now) : [] }
  }

  public mutating func perform(_ command: Command, at now: Instant) -> [Effect] {
    switch command {
    case .servers(let servers): return change(to: servers, at: now)
    case .want(let id, let wish, let families): return want(id, Want(wish: wish, families: families), at: now)
    case .renew(let id): return each(at: now) { $0.perform(.renew(id), at: now) }
    case .delete(let id): return delete(id, at: now)
    case .forget(let id):
      wants[id] = nil
      return each(at: now) { $0.perform(.forget(id), at: now) }
    }
  }

  /// Lets every session do something, in the order of the servers.
  private mutating func each(
    at now: Instant, _ body: (inout ServerSession) -> [ServerSession.Effect]
  ) -> [Effect] {
    var effects: [Effect] = []
    for server in servers {
      guard var session = sessions[server.id] else { continue }
      let outcome = body(&session)
      sessions[server.id] = session
      effects += take(outcome, of: server.id, at: now)
    }
    return effects
  }

  private mutating func take(
    _ effects: [ServerSession.Effect], of server: ServerChoice.ID, at now: Instant
  ) -> [Effect] {
    var results: [Effect] = []
    for effect in effects {
      switch effect {
      case .transmit(let datagram): results.append(.transmit(datagram))
      case .report(let event):
        results.append(.report(.server(server, event)))
        if let id = event.endOfDeletion { results += noteDeletion(of: id, at: server, now) }
      }
    }
    return results
  }
}

/// What the program wants.
extension ClientGroup {
  private mutating func want(_ id: RequestID, _ want: Want, at now: Instant) -> [Effect] {
    wants[id] = want
    var effects: [Effect] = []
    for server in servers { effects += ask(server, for: id, want, at: now) }
    if !servers.contains(where: { want.fits($0) }) { effects.append(.report(.noServer(id))) }
    return effects
  }

  private mutating func ask(_ server: ServerChoice, for id: RequestID, _ want: Want, at now: Instant) -> [Effect] {
    guard want.fits(server), var session = sessions[server.id] else { return [] }
    var wish = want.wish
    // Each server is given another nonce (RFC 6887 section 11.2), unless the mapping was made before.
    if wish.nonce == nil { wish.nonce = nonce(of: id, at: server.id) }
    let effects = session.perform(.want(id, wish), at: now)
    sessions[server.id] = session
    return take(effects, of: server.id, at: now)
  }

  private mutating func nonce(of id: RequestID, at server: ServerChoice.ID) -> MappingNonce? {
    var nonces = wants[id]?.nonces ?? [:]
    if let nonce = nonces[server] { return nonce }
    if nonces.count >= ClientGroup.rememberedServers { nonces = nonces.filter { sessions[$0.key] != nil } }
    nonces[server] = MappingNonce(random.octets(MappingNonce().count))
    wants[id]?.nonces = nonces
    return nonces[server]
  }

  private mutating func delete(_ id: RequestID, at now: Instant) -> [Effect] {
    guard var want = wants[id], want.deleting == nil else { return [] }
    let having = servers.filter { want.fits($0) }.map(\.id)
    want.deleting = Set(having)
    wants[id] = want
    if having.isEmpty { return end(id, at: now) }
    return each(at: now) { $0.perform(.delete(id), at: now) }
  }

  private mutating func noteDeletion(of id: RequestID, at server: ServerChoice.ID, _ now: Instant) -> [Effect] {
    guard wants[id]?.deleting?.remove(server) != nil, wants[id]?.deleting?.isEmpty == true else { return [] }
    return end(id, at: now)
  }

  private mutating func end(_ id: RequestID, at now: Instant) -> [Effect] {
    wants[id] = nil
    // A server that did not answer is not asked any more.
    return each(at: now) { $0.perform(.forget(id), at: now) } + [.report(.ended(id))]
  }
}

/// The network.
extension ClientGroup {
  private mutating func change(to new: [ServerChoice], at now: Instant) -> [Effect] {
    var effects: [Effect] = []
    let old = servers
    servers = []
    for server in new where !servers.contains(where: { $0.id == server.id }) { servers.append(server) }
    for server in old where !servers.contains(where: { $0.id == server.id }) { effects += remove(server.id, at: now) }
    for server in servers {
      if var session = sessions[server.id] {
        let outcome = session.perform(.reach(server), at: now)
        sessions[server.id] = session
        effects += take(outcome, of: server.id, at: now)
      } else {
        effects += add(server, at: now)
      }
    }
    for (id, want) in wants.sorted(by: { $0.key < $1.key }) where !servers.contains(where: { want.fits($0) }) {
      effects.append(.report(.noServer(id)))
    }
    return effects
  }

  private mutating func add(_ server: ServerChoice, at now: Instant) -> [Effect] {
    // Nonces come from the group, so that what a session draws only spreads what is sent over time.
    sessions[server.id] = ServerSession(configuration, server: server, random: SplitMix64(seed: random.next()))
    var effects: [Effect] = [.report(.added(server.id))]
    for (id, want) in wants.sorted(by: { $0.key < $1.key }) where want.deleting == nil {
      effects += ask(server, for: id, want, at: now)
    }
    return effects
  }

  private mutating func remove(_ server: ServerChoice.ID, at now: Instant) -> [Effect] {
    sessions[server] = nil
    var effects: [Effect] = [.report(.removed(server))]
    for id in wants.keys.sorted() { effects += noteDeletion(of: id, at: server, now) }
    return effects
  }
}

extension ClientGroup.Want {
  fileprivate func fits(_ server: ServerChoice) -> Bool {
    families.contains(server.isIPv4 ? .ipv4 : .ipv6) && wish.isPossible(overIPv4: server.isIPv4)
  }
}

extension ClientEvent {
  /// What has come to its end at the server, if it was to be deleted.
  fileprivate var endOfDeletion: ClientMachine.RequestID? {
    switch self {
    case .deleted(let id), .refused(let id, _, _, _), .unsendable(let id, _), .unanswered(let id): id
    case .alive, .announced, .granted, .expired, .serverLostState, .unreachable, .speaks: nil
    }
  }
}

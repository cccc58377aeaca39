public import Machine
import PCPWire
public import Wire

/// A client and one server: the addresses the server may have (RFC 7488 section 3), and the version it speaks (RFC 6887 section 9),
/// over the machines of PCP and NAT-PMP.
///
/// An address that does not answer as often as it was asked, or whose host says that nothing listens there, gives way to the next;
/// after the last one the server rests until the walk begins anew. A server that knows NAT-PMP only is spoken to in that, as long
/// as it answers.
public struct ServerSession: DatagramEndpoint {
  public typealias RequestID = ClientMachine.RequestID
  public typealias Event = ClientEvent
  public typealias Effect = EndpointEffect<ClientEvent>

  public enum Command: Sendable, Hashable {
    /// The program wants something, in place of what it may have wanted under the same identifier.
    case want(RequestID, ClientWish)
    case renew(RequestID)
    case delete(RequestID)
    case forget(RequestID)
    /// The ways to the server are others now: the client's address has changed, or the server's list of addresses.
    case reach(ServerChoice)
  }

  private enum Walk: Sendable, Hashable {
    /// Addresses are being tried, or one is used.
    case under(startedAt: Instant)
    /// None has answered.
    case rest(until: Instant)
  }

  public private(set) var server: ServerChoice
  private let configuration: ClientConfiguration
  private var random: any RandomSource
  private var place = 0
  private var walk: Walk?
  /// Whether the present address has answered since it came into use.
  private var hasAnswered = false
  private var machine: ClientMachine
  /// There while the server is spoken to in NAT-PMP; the other machine is idle then.
  private var natPMP: NATPMPClientMachine?
  private var wishes: [RequestID: ClientWish] = [:]
  /// What is to be deleted as soon as there is a way to.
  private var deleting: Set<RequestID> = []
  /// Mappings that the program was told of.
  private var granted: Set<RequestID> = []

  /// - Parameters:
  ///   - configuration: its address does not count, that of the way to the server does.
  ///   - random: makes nonces where wishes have none, which must be hard to guess, and spreads what is sent over time.
  public init(_ configuration: ClientConfiguration, server: ServerChoice, random: any RandomSource) {
    var configuration = configuration
    configuration.address = server.paths[0].client
    self.configuration = configuration
    self.server = server
    self.random = random
    machine = ClientMachine(ServerSession.fitted(configuration, to: server), random: random)
  }

  /// Only who has several addresses is given up at one of them.
  private static func fitted(_ configuration: ClientConfiguration, to server: ServerChoice) -> ClientConfiguration {
    var configuration = configuration
    if server.paths.count > 1 { configuration.retransmission.maximumCount = configuration.attemptsPerAddress }
    return configuration
  }

  /// The way to the server that is used at present.
  public var path: ServerPath { server.paths[place] }

  /// What the server is spoken to in.
  public var serverProtocol: ServerProtocol { natPMP == nil ? .pcp : .natPMP }

  public var nextDeadline: Instant? {
    var deadlines = [machine.nextDeadline, natPMP?.nextDeadline]
    if case .rest(let until) = walk { deadlines.append(until) }
    return deadlines.compactMap(\.self).min()
  }

  public mutating func receive(
    _ octets: [UInt8], from peer: PeerAddress, to local: IPv6Address?, at now: Instant
  ) -> [Effect] {
    // An answer of an address that was given up comes too late (RFC 7488 section 3).
    guard peer.isSamePlace(as: path.server) else { return [] }
    switch ClientReception(octets, extensions: configuration.extensions) {
    case .response(let response):
      // A server that knows PCP only says so of a NAT-PMP request, in PCP (RFC 6887 Appendix A); no request of PCP has failed.
      if natPMP != nil, response.isOtherVersion { return leaveNATPMP(at: now) }
      return leaveNATPMP(at: now) + take(machine.handle(.response(response), at: now), at: now)
    case .otherVersion(_, let lifetime):
      return leaveNATPMP(at: now) + take(machine.handle(.otherVersion(lifetime: lifetime), at: now), at: now)
    case .natPMP(.unsupportedVersion(let response)):
      return natPMP == nil ? enterNATPMP(at: now) : takeNATPMP(.response(.unsupportedVersion(response)), at: now)
    case .natPMP(let response): return takeNATPMP(.response(response), at: now)
    case .nothing: return []
    }
  }

  public mutating func perform(_ command: Command, at now: Instant) -> [Effect] {
    switch command {
    case .want(let id, let wish): return want(id, wish, at: now)
    case .renew(let id): return pass(.renew(id), .renew(id), at: now)
    case .delete(let id):
      guard wishes[id] != nil else { return [] }
      deleting.insert(id)
      return pass(.delete(id), .delete(id), at: now)
    case .forget(let id):
      drop(id)
      return pass(.forget(id), .forget(id), at: now)
    case .reach(let server): return reach(server, at: now)
    }
  }

  public mutating func expire(at now: Instant) -> [Effect] {
    var effects = take(machine.expire(at: now), at: now)
    if var natPMP, natPMP.nextDeadline.map({ $0 <= now }) == true {
      let outcome = natPMP.expire(at: now)
      self.natPMP = natPMP
      effects += takeNATPMP(outcome, at: now)
    }
    if case .rest(let until) = walk, until <= now { effects += beginWalk(at: now) }
    return effects
  }

  /// The host of an address of the server says that nothing listens there (a hard error in the sense of RFC 1122).
  public mutating func unreachable(_ peer: PeerAddress, at now: Instant) -> [Effect] {
    guard peer.isSamePlace(as: path.server) else { return [] }
    let effects = [Effect.report(.unreachable)] + takeNATPMP(.unreachable, at: now)
    return effects + (server.paths.count > 1 ? goOn(at: now) : [])
  }

  private mutating func drop(_ id: RequestID) {
    wishes[id] = nil
    deleting.remove(id)
    granted.remove(id)
  }
}

/// What the program wants.
extension ServerSession {
  private mutating func want(_ id: RequestID, _ wish: ClientWish, at now: Instant) -> [Effect] {
    drop(id)
    var wish = wish
    if wish.nonce == nil { wish.nonce = MappingNonce(random.octets(MappingNonce().count)) }
    wishes[id] = wish
    // Somebody wants it now: a server that has not answered for a while is tried again.
    let effects: [Effect] = if case .rest = walk { beginWalk(at: now) } else { [] }
    if natPMP != nil { return effects + takeNATPMP(natPMPInput(id, wish), at: now) }
    if walk == nil { walk = .under(startedAt: now) }
    let input = wish.suited(to: path.client).input(id)
    let requests = machine.handle(input, at: now)
    if let error = requests.firstFault {
      _ = machine.handle(.forget(id), at: now)
      drop(id)
      return effects + [.report(.unsendable(id, error))]
    }
    return effects + take(requests, at: now)
  }

  /// Hands an input to the machine that is at work.
  private mutating func pass(_ input: ClientMachine.Input, _ other: NATPMPClientMachine.Input, at now: Instant) -> [Effect] {
    natPMP == nil ? take(machine.handle(input, at: now), at: now) : takeNATPMP(other, at: now)
  }

  private func natPMPInput(_ id: RequestID, _ wish: ClientWish) -> NATPMPClientMachine.Input {
    switch wish {
    case .announce: return .announce(id)
    case .peer(let wish): return .peer(id, wish)
    case .map(var wish):
      if deleting.contains(id) { wish.lifetime = 0 }
      return .map(id, wish)
    }
  }
}

/// Ways to the server (RFC 7488 section 3).
extension ServerSession {
  /// On to the next address, or to rest after the last.
  private mutating func goOn(at now: Instant) -> [Effect] {
    if case .rest = walk { return [] }
    // An address that has answered, and does not any more, is where a new walk begins.
    if hasAnswered { return beginWalk(at: now) }
    if place + 1 < server.paths.count {
      place += 1
      return move(at: now)
    }
    let startedAt = if case .under(let startedAt) = walk { startedAt } else { now }
    // Who has walked for longer than that begins anew, but not within the same moment.
    walk = .rest(until: max(startedAt + configuration.walkInterval, now + configuration.minimumErrorDelay))
    let waiting = wishes.keys.sorted().filter { !granted.contains($0) }
    _ = machine.handle(.suspend, at: now)
    return waiting.map { .report(.unanswered($0)) }
  }

  private mutating func beginWalk(at now: Instant) -> [Effect] {
    walk = .under(startedAt: now)
    place = 0
    return move(at: now)
  }

  private mutating func move(at now: Instant) -> [Effect] {
    hasAnswered = false
    let input: ClientMachine.Input = .move(path.client)
    return leaveNATPMP(at: now) + take(machine.handle(input, at: now), at: now)
  }

  /// Goes another way from now on, if the present one is no longer there.
  private mutating func reach(_ server: ServerChoice, at now: Instant) -> [Effect] {
    let old = path
    self.server = server
    var fitted = ServerSession.fitted(configuration, to: server)
    fitted.address = machine.configuration.address
    machine.configuration = fitted
    if let place = server.paths.firstIndex(of: old) {
      self.place = place
      return []
    }
    place = 0
    hasAnswered = false
    walk = .under(startedAt: now)
    // Whatever the mappings were, they are not of this address, or not of this server.
    let effects = leaveNATPMP(at: now)
    return effects + take(machine.handle(.changeNetwork(path.client), at: now), at: now)
  }
}

/// Versions (RFC 6887 section 9, Appendix A).
extension ServerSession {
  private mutating func enterNATPMP(at now: Instant) -> [Effect] {
    guard configuration.allowsNATPMP, server.isIPv4, !wishes.isEmpty else {
      return take(machine.handle(.otherVersion(lifetime: 0), at: now), at: now)
    }
    for id in wishes.keys { _ = machine.handle(.forget(id), at: now) }
    natPMP = NATPMPClientMachine(configuration, random: random)
    var effects: [Effect] = [.report(.speaks(.natPMP))] + forgetGrants()
    for (id, wish) in wishes.sorted(by: { $0.key < $1.key }) { effects += takeNATPMP(natPMPInput(id, wish), at: now) }
    return effects
  }

  /// Back to PCP, with everything that is wanted.
  private mutating func leaveNATPMP(at now: Instant) -> [Effect] {
    guard natPMP != nil else { return [] }
    natPMP = nil
    var effects: [Effect] = [.report(.speaks(.pcp))] + forgetGrants()
    for (id, wish) in wishes.sorted(by: { $0.key < $1.key }) {
      if deleting.contains(id) {
        // A mapping made in the other version goes when its life is over.
        drop(id)
        effects.append(.report(.deleted(id)))
      } else {
        effects += take(machine.handle(wish.suited(to: path.client).input(id), at: now), at: now)
      }
    }
    return effects
  }

  private mutating func forgetGrants() -> [Effect] {
    defer { granted = [] }
    return granted.sorted().map { .report(.expired($0)) }
  }

  private mutating func takeNATPMP(_ input: NATPMPClientMachine.Input, at now: Instant) -> [Effect] {
    guard var machine = natPMP else { return [] }
    let effects = machine.handle(input, at: now)
    natPMP = machine
    return takeNATPMP(effects, at: now)
  }

  private mutating func takeNATPMP(_ effects: [NATPMPClientMachine.Effect], at now: Instant) -> [Effect] {
    var results: [Effect] = []
    for effect in effects {
      switch effect {
      case .send(let request):
        guard let octets = try? request.encoded() else { continue }
        results.append(.transmit(Datagram(octets, to: path.server, from: path.client)))
      case .report(let event):
        note(event)
        results.append(.report(event))
      case .lost: results += leaveNATPMP(at: now)
      }
    }
    return results
  }
}

/// What the machine of PCP wants done.
extension ServerSession {
  private mutating func take(_ effects: [ClientMachine.Effect], at now: Instant) -> [Effect] {
    var results: [Effect] = []
    var hasGivenUp = false
    var isAnswered = false
    for effect in effects {
      switch effect {
      case .send(let request):
        guard let octets = try? request.encoded() else { continue }
        results.append(.transmit(Datagram(octets, to: path.server, from: path.client)))
        continue
      case .unanswered where server.paths.count > 1:
        // There are other addresses.
        hasGivenUp = true
        continue
      case .alive, .announced, .granted, .refused: isAnswered = true
      case .deleted, .expired, .unanswered, .serverLostState: break
      }
      guard let event = ClientEvent(effect) else { continue }
      note(event)
      results.append(.report(event))
    }
    if isAnswered { results += wake(at: now) }
    return hasGivenUp ? results + goOn(at: now) : results
  }

  /// A server that has answered is there: what it was not asked while it rested it is asked now.
  private mutating func wake(at now: Instant) -> [Effect] {
    hasAnswered = true
    guard case .rest = walk else { return [] }
    walk = .under(startedAt: now)
    return take(machine.handle(.move(path.client), at: now), at: now)
  }

  private mutating func note(_ event: ClientEvent) {
    switch event {
    case .granted(let id, _): granted.insert(id)
    case .expired(let id): granted.remove(id)
    case .refused(let id, _, _, _) where deleting.contains(id) || isDeletion(id): drop(id)
    case .alive(let id, _), .deleted(let id), .unsendable(let id, _): drop(id)
    case .refused, .unanswered, .announced, .serverLostState, .unreachable, .speaks: break
    }
  }

  private func isDeletion(_ id: RequestID) -> Bool {
    if case .map(let wish) = wishes[id] { wish.lifetime == 0 } else { false }
  }
}

extension ClientWish {
  fileprivate func input(_ id: ClientMachine.RequestID) -> ClientMachine.Input {
    switch self {
    case .announce: .announce(id)
    case .map(let wish): .map(id, wish)
    case .peer(let wish): .peer(id, wish)
    }
  }
}

extension PCPResponse {
  /// Whether it refuses a version of the protocol.
  fileprivate var isOtherVersion: Bool {
    switch self {
    case .announce, .map, .peer: false
    case .mapError(let error): error.resultCode == .unsuppVersion
    case .peerError(let error): error.resultCode == .unsuppVersion
    case .error(let error): error.resultCode == .unsuppVersion
    }
  }
}

extension PeerAddress {
  /// Whether it is the same, the scope aside where one of the two does not say.
  func isSamePlace(as other: PeerAddress) -> Bool {
    address == other.address && port == other.port && (scope == other.scope || scope == 0 || other.scope == 0)
  }
}

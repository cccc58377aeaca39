public import Machine
public import PCPWire
import Wire

/// What a PCP client does with one server (RFC 6887 sections 8.1, 8.3, 8.5, 11.2, 11.4, 12.2, 12.4 and 14.1).
///
/// Whatever the program wants gets an identifier of its own, which the program chooses. Mappings are renewed until the
/// program deletes or forgets them, and made again when the server has lost them.
public struct ClientMachine: Sendable {
  /// Names what the program wants.
  public struct RequestID: Sendable, Hashable, RawRepresentable, Comparable {
    public var rawValue: UInt64

    public init(rawValue: UInt64) { self.rawValue = rawValue }

    public static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
  }

  public enum Input: Sendable, Hashable {
    /// Is the server there?
    case announce(RequestID)
    /// A mapping is wanted; with a lifetime of 0, one made earlier is to go.
    case map(RequestID, MapWish)
    case peer(RequestID, PeerWish)
    /// A mapping is to be renewed now.
    case renew(RequestID)
    /// A mapping made by MAP is to go; one made by PEER is no longer renewed.
    case delete(RequestID)
    /// Nothing more is to be sent for it.
    case forget(RequestID)
    /// A response from the server, asked for or not.
    case response(PCPResponse)
    /// The server has answered in a version of the protocol that is not spoken here (RFC 6887 section 9).
    case otherVersion
  }

  public enum Effect: Sendable, Hashable {
    case send(PCPRequest)
    /// The server has answered to ANNOUNCE.
    case alive(RequestID, epochTime: UInt32)
    /// The server has announced itself unasked.
    case announced(epochTime: UInt32)
    /// A mapping is there: new, renewed, or changed by the server.
    case granted(RequestID, Grant)
    /// The request is sent again at `retryAt`, unless the program forgets it.
    case refused(RequestID, ResultCode, lifetime: UInt32, retryAt: Instant)
    case deleted(RequestID)
    /// A mapping has expired without an answer; it is asked for again.
    case expired(RequestID)
    /// As often or as long as configured has been tried; the request is forgotten.
    case unanswered(RequestID)
    /// The server has lost its mappings, or may have: they are made again.
    case serverLostState(epochTime: UInt32)
  }

  private enum Timer: Sendable, Hashable {
    case exchange(RequestID)
    case recovery
  }

  public let configuration: ClientConfiguration
  private var random: any RandomSource
  private var exchanges: [RequestID: Exchange] = [:]
  private var timers = TimerTable<Timer>()
  private var epoch = EpochTracker()
  /// How often the server has lost its state.
  private var generation = 0

  /// - Parameter random: makes nonces, which must be hard to guess, and spreads what is sent over time.
  public init(_ configuration: ClientConfiguration, random: any RandomSource) {
    self.configuration = configuration
    self.random = random
  }

  /// When something will be due.
  public var nextDeadline: Instant? { timers.nextDeadline }

  public mutating func handle(_ input: Input, at now: Instant) -> [Effect] {
    switch input {
    case .announce(let id): return begin(id, .announce, nonce: MappingNonce(), at: now)
    case .map(let id, let wish): return begin(id, .map(wish), nonce: wish.nonce, at: now)
    case .peer(let id, let wish): return begin(id, .peer(wish), nonce: wish.nonce, at: now)
    case .renew(let id): return renew(id, at: now)
    case .delete(let id): return delete(id, at: now)
    case .forget(let id):
      forget(id)
      return []
    case .response(let response): return received(response, at: now)
    case .otherVersion: return receivedOtherVersion(at: now)
    }
  }

  public mutating func expire(at now: Instant) -> [Effect] {
    var effects: [Effect] = []
    while let timer = timers.popExpired(at: now) {
      switch timer {
      case .exchange(let id): effects += expire(id, at: now)
      case .recovery: effects += recover(at: now)
      }
    }
    return effects
  }
}

/// What the program asks for.
extension ClientMachine {
  private mutating func begin(
    _ id: RequestID, _ purpose: Exchange.Purpose, nonce: MappingNonce?, at now: Instant
  ) -> [Effect] {
    let nonce = nonce ?? MappingNonce(random.octets(MappingNonce().count)) ?? MappingNonce()
    var state = Exchange.State.requesting(requesting(at: now))
    if case .map(let wish) = purpose, wish.lifetime == 0 { state = .deleting(requesting(at: now)) }
    return transmit(id, Exchange(purpose: purpose, nonce: nonce, state: state), at: now)
  }

  private mutating func renew(_ id: RequestID, at now: Instant) -> [Effect] {
    guard let exchange = exchanges[id] else { return [] }
    switch exchange.state {
    case .granted: return [.send(exchange.request(from: configuration.address))]
    case .refused, .requesting, .deleting: return []
    }
  }

  private mutating func delete(_ id: RequestID, at now: Instant) -> [Effect] {
    guard var exchange = exchanges[id] else { return [] }
    switch exchange.purpose {
    case .map:
      exchange.state = .deleting(requesting(at: now))
      return transmit(id, exchange, at: now)
    case .announce, .peer:
      forget(id)
      return [.deleted(id)]
    }
  }

  private mutating func forget(_ id: RequestID) {
    exchanges[id] = nil
    timers.cancel(.exchange(id))
  }

  private mutating func requesting(at now: Instant) -> Exchange.Requesting {
    Exchange.Requesting(
      configuration.retransmission, at: now, random: random.number(in: Retransmission.jitter))
  }

  /// Keeps the exchange with its deadline.
  private mutating func keep(_ id: RequestID, _ exchange: Exchange) {
    exchanges[id] = exchange
    timers.set(.exchange(id), at: exchange.deadline)
  }

  /// Keeps the exchange and sends its request.
  private mutating func transmit(_ id: RequestID, _ exchange: Exchange, at now: Instant) -> [Effect] {
    keep(id, exchange)
    return [.send(exchange.request(from: configuration.address))]
  }
}

/// What time brings.
extension ClientMachine {
  private mutating func expire(_ id: RequestID, at now: Instant) -> [Effect] {
    guard var exchange = exchanges[id] else { return [] }
    switch exchange.state {
    case .requesting(var requesting):
      let step = requesting.retransmission.advance(at: now, random: random.number(in: Retransmission.jitter))
      exchange.state = .requesting(requesting)
      return retransmit(id, exchange, step, at: now)
    case .deleting(var requesting):
      let step = requesting.retransmission.advance(at: now, random: random.number(in: Retransmission.jitter))
      exchange.state = .deleting(requesting)
      return retransmit(id, exchange, step, at: now)
    case .granted(var granted):
      if granted.renewal.renewAt == nil || now >= granted.renewal.expiresAt {
        exchange.state = .requesting(requesting(at: now))
        return [.expired(id)] + transmit(id, exchange, at: now)
      }
      granted.renewal.advance(at: now, random: random.number(in: 0...1))
      exchange.state = .granted(granted)
      return transmit(id, exchange, at: now)
    case .refused:
      exchange.state = .requesting(requesting(at: now))
      return transmit(id, exchange, at: now)
    }
  }

  private mutating func retransmit(
    _ id: RequestID, _ exchange: Exchange, _ step: Retransmission.Step, at now: Instant
  ) -> [Effect] {
    switch step {
    case .transmit: return transmit(id, exchange, at: now)
    case .fail:
      forget(id)
      return [.unanswered(id)]
    }
  }

  /// Makes mappings again that the server may have lost (RFC 6887 sections 8.5 and 14.1.3).
  private mutating func recover(at now: Instant) -> [Effect] {
    var effects: [Effect] = []
    for id in exchanges.keys.sorted() {
      guard var exchange = exchanges[id], exchange.generation < generation else { continue }
      switch exchange.state {
      case .granted:
        exchange.generation = generation
        exchange.state = .requesting(requesting(at: now))
        effects += transmit(id, exchange, at: now)
      // What has not been granted yet is being asked for, or will be when its error has passed.
      case .requesting, .refused, .deleting: break
      }
    }
    return effects
  }
}

/// What the server says.
extension ClientMachine {
  private mutating func received(_ response: PCPResponse, at now: Instant) -> [Effect] {
    switch response {
    case .announce(let response):
      let answered = exchanges.keys.sorted().filter { exchanges[$0]?.purpose == .announce }
      for id in answered { forget(id) }
      let effects: [Effect] =
        answered.isEmpty
        ? [.announced(epochTime: response.epochTime)]
        : answered.map { .alive($0, epochTime: response.epochTime) }
      return note(response.epochTime, at: now) + effects
    case .map(let response):
      guard let id = match({ $0.isWaiting && $0.matches(response) }) else { return [] }
      let grant = Grant(
        externalAddress: response.assignedExternalAddress, externalPort: response.assignedExternalPort,
        lifetime: response.lifetime, nonce: response.nonce)
      return note(response.epochTime, at: now) + granted(id, grant, at: now)
    case .peer(let response):
      guard let id = match({ $0.isWaiting && $0.matches(response) }) else { return [] }
      let grant = Grant(
        externalAddress: response.assignedExternalAddress, externalPort: response.assignedExternalPort,
        lifetime: response.lifetime, nonce: response.nonce)
      return note(response.epochTime, at: now) + granted(id, grant, at: now)
    case .mapError(let error):
      let id = match { exchange in
        exchange.isWaiting && (error.mapping.map { exchange.matches($0) } ?? (exchange.opcode == .map))
      }
      return refused(id, error.resultCode, error.lifetime, error.epochTime, at: now)
    case .peerError(let error):
      let id = match { exchange in
        exchange.isWaiting && (error.peer.map { exchange.matches($0) } ?? (exchange.opcode == .peer))
      }
      return refused(id, error.resultCode, error.lifetime, error.epochTime, at: now)
    case .error(let error):
      let id = match { $0.isWaiting && $0.opcode == error.opcode }
      return refused(id, error.resultCode, error.lifetime, error.epochTime, at: now)
    }
  }

  /// The only exchange that fits; nil when none does, or when it cannot be told which is meant.
  private func match(_ fits: (Exchange) -> Bool) -> RequestID? {
    let matches = exchanges.filter { fits($0.value) }
    return matches.count == 1 ? matches.first?.key : nil
  }

  /// Looks at the Epoch Time of a response (RFC 6887 section 8.5).
  private mutating func note(_ epochTime: UInt32, at now: Instant) -> [Effect] {
    if epoch.isValid(epochTime, at: now) { return [] }
    generation += 1
    // All clients of the server hear of it at once; they must not all ask at once.
    let longest = configuration.maximumRecoveryDelay
    timers.set(.recovery, at: now + longest * random.number(in: 0...1))
    return [.serverLostState(epochTime: epochTime)]
  }

  private mutating func granted(_ id: RequestID, _ grant: Grant, at now: Instant) -> [Effect] {
    guard var exchange = exchanges[id] else { return [] }
    if exchange.isDeleting {
      // The server may say how much longer packets can pass; the mapping is not wanted in either case.
      forget(id)
      return [.deleted(id)]
    }
    guard grant.lifetime > 0 else {
      // A server that grants nothing is not to be asked again at once.
      return wait(id, exchange, .cannotProvideExternal, lifetime: 0, at: now)
    }
    exchange.generation = generation
    exchange.suggest(grant)
    exchange.state = .granted(
      Exchange.Granted(grant, at: now, configuration, random: random.number(in: 0...1)))
    keep(id, exchange)
    return [.granted(id, grant)]
  }

  private mutating func refused(
    _ id: RequestID?, _ code: ResultCode, _ lifetime: UInt32, _ epochTime: UInt32, at now: Instant
  ) -> [Effect] {
    guard let id, let exchange = exchanges[id] else { return [] }
    return note(epochTime, at: now) + wait(id, exchange, code, lifetime: lifetime, at: now)
  }

  /// Lets an error pass before the request is sent again (RFC 6887 section 8.3).
  private mutating func wait(
    _ id: RequestID, _ exchange: Exchange, _ code: ResultCode, lifetime: UInt32, at now: Instant
  ) -> [Effect] {
    var delay = max(.seconds(Int64(lifetime)), configuration.minimumErrorDelay)
    delay = min(delay, code == .unsuppVersion ? configuration.maximumVersionDelay : configuration.maximumLifetime)
    if exchange.isDeleting {
      // Who may not delete a mapping now will not be let later: what is left of it passes by itself.
      forget(id)
      return [.refused(id, code, lifetime: lifetime, retryAt: now + delay)]
    }
    var exchange = exchange
    exchange.state = .refused(Exchange.Refused(retryAt: now + delay))
    keep(id, exchange)
    return [.refused(id, code, lifetime: lifetime, retryAt: now + delay)]
  }

  private mutating func receivedOtherVersion(at now: Instant) -> [Effect] {
    var effects: [Effect] = []
    let lifetime = UInt32(clamping: configuration.maximumVersionDelay.wholeSeconds)
    for id in exchanges.keys.sorted() {
      guard let exchange = exchanges[id] else { continue }
      switch exchange.state {
      case .requesting, .deleting: effects += wait(id, exchange, .unsuppVersion, lifetime: lifetime, at: now)
      case .granted, .refused: break
      }
    }
    return effects
  }
}

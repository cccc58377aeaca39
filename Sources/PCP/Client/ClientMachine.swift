public import Machine
public import PCPWire
public import Wire

/// What a PCP client does with one server (RFC 6887 sections 8.1, 8.3, 8.5, 11.2, 11.4, 12.2, 12.4 and 14).
///
/// Whatever the program wants gets an identifier of its own, which the program chooses. Mappings are renewed until the
/// program deletes or forgets them, and made again when the server has lost them. `ServerSession` has several addresses
/// of a server and NAT-PMP on top, `ClientGroup` several servers.
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
    /// The server has answered in a version of the protocol that is not spoken here, and says for how many seconds that will be so
    /// (RFC 6887 section 9).
    case otherVersion(lifetime: UInt32)
    /// The same server is reached another way from now on (RFC 7488 section 3): what it has not answered it is asked again, from
    /// this address.
    case move(IPv6Address)
    /// The client is on another network, or has another address: all is asked for anew from this address, without regard to what
    /// was refused before (RFC 6887 sections 8.3 and 11.5).
    case changeNetwork(IPv6Address)
    /// Nothing more is sent for what has not been answered, before the way to the server changes.
    case suspend
  }

  public enum Effect: Sendable, Hashable {
    case send(PCPRequest)
    /// The server has answered to ANNOUNCE.
    case alive(RequestID, epochTime: UInt32)
    /// The server has announced itself unasked.
    case announced(epochTime: UInt32)
    /// A mapping is there: new, renewed, or changed by the server.
    case granted(RequestID, Grant)
    /// The request is sent again at `retryAt`, unless the program forgets it. A mapping that was granted before stays until it
    /// expires.
    case refused(RequestID, ResultCode, lifetime: UInt32, retryAt: Instant)
    case deleted(RequestID)
    /// A mapping is no longer there, though the program has not deleted it: its life is over, the server has taken it back, or the
    /// client has another address. It is asked for again.
    case expired(RequestID)
    /// As often or as long as configured has been tried: nothing more is sent for the request before `move` or `changeNetwork`.
    case unanswered(RequestID)
    /// The server has lost its mappings, or may have: they are made again.
    case serverLostState(epochTime: UInt32)
  }

  enum Timer: Sendable, Hashable {
    case exchange(RequestID)
    /// The end of a mapping's life.
    case life(RequestID)
    case recovery
  }

  /// Its address is the one that requests are sent from at present.
  public internal(set) var configuration: ClientConfiguration
  var random: any RandomSource
  var exchanges: [RequestID: Exchange] = [:]
  var timers = TimerTable<Timer>()
  var epoch = EpochTracker()
  /// How often the server has lost its state.
  var generation = 0
  /// Until then the server is not asked for new mappings, for it has no room (RFC 6887 section 11.4).
  var fullUntil = Instant.origin
  /// Until then the server is asked for nothing at all, for it had no room even to delete (RFC 6887 section 11.4).
  var stuckUntil = Instant.origin

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
    case .otherVersion(let lifetime): return receivedOtherVersion(lifetime, at: now)
    case .move(let address): return move(to: address, at: now)
    case .changeNetwork(let address): return changeNetwork(to: address, at: now)
    case .suspend:
      suspend()
      return []
    }
  }

  public mutating func expire(at now: Instant) -> [Effect] {
    var effects: [Effect] = []
    while let timer = timers.popExpired(at: now) {
      switch timer {
      case .exchange(let id): effects += expire(id, at: now)
      case .life(let id): effects += endLife(id, at: now)
      case .recovery: effects += recover(at: now)
      }
    }
    return effects
  }

  /// Keeps the exchange with its deadlines.
  mutating func keep(_ id: RequestID, _ exchange: Exchange) {
    exchanges[id] = exchange
    if let deadline = exchange.deadline {
      timers.set(.exchange(id), at: deadline)
    } else {
      timers.cancel(.exchange(id))
    }
  }

  mutating func forget(_ id: RequestID) {
    exchanges[id] = nil
    timers.cancel(.exchange(id))
    timers.cancel(.life(id))
  }

  mutating func newRetransmission(at now: Instant) -> Retransmission {
    Retransmission(configuration.retransmission, at: now, random: random.number(in: Retransmission.jitter))
  }

  /// Keeps the exchange and sends its request, unless the server has said that it has no room for such.
  mutating func transmit(_ id: RequestID, _ exchange: Exchange, at now: Instant) -> [Effect] {
    keep(id, exchange)
    let heldBackUntil = exchange.isForNewMapping ? max(fullUntil, stuckUntil) : stuckUntil
    if now >= heldBackUntil { return [.send(exchange.request(from: configuration.address))] }
    guard exchange.isForNewMapping else {
      timers.set(.exchange(id), at: heldBackUntil)
      return []
    }
    var exchange = exchange
    exchange.state = .refused(retryAt: heldBackUntil)
    keep(id, exchange)
    let seconds = UInt32(clamping: (heldBackUntil - now).secondsRoundedUp)
    return [.refused(id, .noResources, lifetime: seconds, retryAt: heldBackUntil)]
  }
}

public import Machine
public import PCPWire
public import Wire

/// What a PCP server does with decoded requests (RFC 6887 sections 11.3, 12.3, 14 and 15).
///
/// It holds the mappings and decides; what makes a mapping work, a backend, is outside, and so is what stores it. A new
/// mapping, or one whose filters change, leaves as the effect `install` and counts only when `installed` comes back; with a
/// store it leaves then as `record` and is acknowledged only when `recorded` comes back. A refusal by either changes nothing.
/// A mapping is deleted when the store has forgotten it (`forget`, `recorded`) and the backend has removed it (`remove`,
/// `removed`): the client that is told so can rely on it. Every effect that wants an answer must get one, and every request is
/// settled exactly once, by `respond`, `refuse` or `ignore` with its token.
public struct ServerMachine: Sendable {
  /// Names a request between the machine and whoever holds its octets.
  public struct RequestToken: Sendable, Hashable, RawRepresentable {
    public var rawValue: UInt64

    public init(rawValue: UInt64) { self.rawValue = rawValue }
  }

  public enum Input: Sendable, Hashable {
    /// The server is up: it has its remembered mappings installed, or announces that it has none (RFC 6887 section 14.1.1).
    case start
    /// A request that `ServerReception` accepted, the server's address that it was sent to, and what the client speaks: one of
    /// NAT-PMP comes as `NATPMPTranslation` has it, and its nonce does not count.
    case request(PCPRequest, from: PeerAddress, to: IPv6Address? = nil, in: ServerProtocol = .pcp, RequestToken)
    /// The backend has installed a mapping, or its change.
    case installed(Mapping.ID)
    /// The backend could not install a mapping, or its change.
    case notInstalled(Mapping.ID, ResultCode)
    /// The backend has removed a mapping, whose external port is free from now on.
    case removed(Mapping.ID)
    /// The store has recorded a mapping, or forgotten it.
    case recorded(Mapping.ID)
    /// The store could not record a mapping, or forget it.
    case notRecorded(Mapping.ID)
    /// What the backend found in answer to `lookUp`.
    case lookedUp(RequestToken, ImplicitMapping?)
    /// The device has other external addresses than before (RFC 6887 section 14.2).
    case externalAddressesChanged([IPv6Address])
    /// The backend has lost what it had, and is to have it again; what it had not answered, it will not.
    case backendRestarted
  }

  public enum Effect: Sendable, Hashable {
    case respond(RequestToken, PCPResponse)
    case refuse(RequestToken, Refusal)
    /// No answer: the same mapping is being worked on already, and the client will ask again.
    case ignore(RequestToken)
    /// To be sent to all announcement targets.
    case announce(PCPResponse)
    /// A response nobody asked for, to be sent from the server's address that the client uses.
    case notify(PeerAddress, from: IPv6Address?, PCPResponse)
    /// An error response nobody asked for: the refusal of a request that was granted once.
    case notifyRefusal(PeerAddress, from: IPv6Address?, PCPRequest, Refusal)
    /// For the backend, which answers with `installed` or `notInstalled`; replaces a mapping of the same identifier.
    case install(Mapping)
    /// For the backend, which answers with `removed`.
    case remove(Mapping)
    /// For the backend, which answers with `lookedUp`.
    case lookUp(ImplicitLookup)
    /// For the store, which answers with `recorded` or `notRecorded`; replaces a mapping of the same identifier.
    case record(Mapping)
    /// For the store, which answers with `recorded` or `notRecorded`.
    case forget(Mapping.ID)
    case report(MappingChange)
  }

  /// What has happened to a mapping.
  public enum MappingChange: Sendable, Hashable {
    case created(Mapping)
    case renewed(Mapping)
    case deleted(Mapping)
    case expired(Mapping)
    /// It has another external end.
    case moved(Mapping)
    /// It could not be kept when the device's addresses changed, or when it was to be installed again.
    case lost(Mapping)
  }

  enum Timer: Sendable, Hashable {
    case announcement
    case contact(PeerAddress)
    case restoration
    case mapping(Mapping.ID)
    case notice(Mapping.ID)
    case hold(ExternalTuple)
  }

  public internal(set) var configuration: ServerConfiguration
  /// When the Epoch Time was 0 (RFC 6887 section 8.5).
  public internal(set) var epochStartedAt: Instant
  var random: any RandomSource
  var table = MappingTable()
  var pool: ExternalPool
  var timers = TimerTable<Timer>()
  /// What the backend or the store has to answer about mappings, one thing at a time for each.
  var work: [Mapping.ID: Work] = [:]
  /// Requests that wait for the answer to a lookup.
  var lookups: [RequestToken: Inquiry] = [:]
  var announcing = Announcing()
  var notices = Notices()
  /// Mappings that are gone, and that the store failed to forget: it is told again when it has done something else.
  var unforgotten: [Mapping.ID] = []
  /// Mappings that the backend is to have again, and has not been told yet.
  var restoring = Restoring()
  private var lastMappingID: UInt64 = 0

  /// A server without mappings, which announces that it has lost those it may have had.
  ///
  /// - Parameters:
  ///   - now: when its Epoch Time is 0.
  ///   - random: chooses external ports.
  public init(_ configuration: ServerConfiguration, startedAt now: Instant, random: any RandomSource) {
    self.configuration = configuration
    self.random = random
    pool = ExternalPool(configuration)
    epochStartedAt = now
  }

  /// A server that remembers: its epoch goes on, and its mappings are installed again, `start` being given.
  ///
  /// - Parameters:
  ///   - epoch: when its Epoch Time was 0.
  ///   - mappings: what was recorded and not forgotten. Those whose time has passed are forgotten.
  public init(
    _ configuration: ServerConfiguration, startedAt now: Instant, epochStartedAt epoch: Instant, mappings: [Mapping],
    random: any RandomSource
  ) {
    self.init(configuration, startedAt: now, random: random)
    epochStartedAt = min(epoch, now)
    announcing.isNeeded = false
    // Of two that cannot both be, the younger is: a store that failed once may have the elder as it is no more.
    for mapping in mappings.sorted(by: { $0.id.rawValue > $1.id.rawValue }) { take(restored: mapping, at: now) }
    restoring.reverse()
  }

  /// The server's mappings, by age.
  public var mappings: [Mapping] {
    table.all.filter { !isLeaving($0.id) }.sorted { $0.id.rawValue < $1.id.rawValue }
  }

  /// How many ports are mapped, those of mappings that are being removed among them.
  public var mappedPortCount: Int { table.portCount }

  /// When something will be due.
  public var nextDeadline: Instant? { timers.nextDeadline }

  /// Seconds since the server lost, or may have lost, its mappings (RFC 6887 section 8.5).
  public func epochTime(at now: Instant) -> UInt32 {
    UInt32(truncatingIfNeeded: max(0, (now - epochStartedAt).wholeSeconds))
  }

  public mutating func handle(_ input: Input, at now: Instant) -> [Effect] {
    switch input {
    case .start: return start(at: now)
    case .request(let request, let peer, let server, let spoken, let token):
      announcing.heard(from: peer, &timers)
      return process(Inquiry(request: request, peer: peer, server: server, spoken: spoken, token: token), at: now)
    case .installed(let id): return installed(id, at: now)
    case .notInstalled(let id, let code): return notInstalled(id, code, at: now)
    case .removed(let id): return removed(id, at: now)
    case .recorded(let id): return recorded(id, at: now)
    case .notRecorded(let id): return notRecorded(id, at: now)
    case .lookedUp(let token, let implicit):
      guard var inquiry = lookups.removeValue(forKey: token) else { return [] }
      inquiry.lookup = .done(implicit)
      return process(inquiry, at: now)
    case .externalAddressesChanged(let addresses):
      var changed = configuration
      changed.externalAddresses = addresses
      return reconfigure(changed, at: now)
    case .backendRestarted: return restoreAll(at: now)
    }
  }

  mutating func process(_ inquiry: Inquiry, at now: Instant) -> [Effect] {
    do throws(Refusal) {
      switch inquiry.request {
      case .announce(let request): return try announce(request, inquiry, at: now)
      case .map(let request): return try map(request, inquiry, at: now)
      case .peer(let request): return try peer(request, inquiry, at: now)
      }
    } catch {
      return [.refuse(inquiry.token, error)]
    }
  }

  /// Does what is due; of much that is due at once a part, so that requests are answered in between.
  public mutating func expire(at now: Instant) -> [Effect] {
    var effects: [Effect] = []
    for _ in 0..<4096 {
      guard let timer = timers.popExpired(at: now) else { break }
      switch timer {
      case .announcement: effects += announce(at: now)
      case .contact(let peer): effects += announce(to: peer, at: now)
      case .restoration: effects += restore(at: now)
      case .mapping(let id): effects += expire(id)
      case .notice(let id): effects += sendNotice(id, at: now)
      case .hold(let outer): pool.release(outer)
      }
    }
    return effects
  }

  /// A refusal that lasts as long as errors of its code do.
  func refusal(_ code: ResultCode, lifetime: UInt32? = nil) -> Refusal {
    Refusal(code, lifetime: lifetime ?? configuration.errorLifetime(code))
  }

  mutating func newMappingID() -> Mapping.ID {
    lastMappingID += 1
    return Mapping.ID(rawValue: lastMappingID)
  }

  /// Sees to it that no identifier of a remembered mapping is given again.
  mutating func skipMappingIDs(through id: Mapping.ID) { lastMappingID = max(lastMappingID, id.rawValue) }
}

/// A request on its way through the machine.
struct Inquiry: Sendable, Hashable {
  /// Whether the backend has been asked for implicit mappings.
  enum Lookup: Sendable, Hashable {
    case notDone
    case done(ImplicitMapping?)
  }

  var request: PCPRequest
  var peer: PeerAddress
  /// The server's address that the request was sent to.
  var server: IPv6Address?
  /// What the client speaks.
  var spoken: ServerProtocol
  var token: ServerMachine.RequestToken
  var lookup = Lookup.notDone
  /// The mappings that it waits for the end of; nil before they are known.
  var deleting: Set<Mapping.ID>?
}

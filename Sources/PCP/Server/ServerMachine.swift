public import Machine
public import PCPWire
import Wire

/// What a PCP server does with decoded requests (RFC 6887 sections 11.3, 12.3, 14 and 15).
///
/// It holds the mappings and decides; what makes a mapping work, a backend, is outside. A new mapping, or one whose filters
/// change, leaves as the effect `install` and counts only when `installed` comes back, so that a refusal by the backend
/// changes nothing. Every request is settled exactly once, by `respond`, `refuse` or `ignore` with its token.
public struct ServerMachine: Sendable {
  /// Names a request between the machine and whoever holds its octets.
  public struct RequestToken: Sendable, Hashable, RawRepresentable {
    public var rawValue: UInt64

    public init(rawValue: UInt64) { self.rawValue = rawValue }
  }

  public enum Input: Sendable, Hashable {
    /// The server is up: it announces itself (RFC 6887 section 14.1.1).
    case start
    /// A request that `ServerReception` accepted.
    case request(PCPRequest, from: PeerAddress, RequestToken)
    /// The backend has installed a mapping, or its change.
    case installed(Mapping.ID)
    /// The backend could not install a mapping, or its change.
    case notInstalled(Mapping.ID, ResultCode)
    /// The backend has removed a mapping, whose external port is free from now on.
    case removed(Mapping.ID)
  }

  public enum Effect: Sendable, Hashable {
    case respond(RequestToken, PCPResponse)
    case refuse(RequestToken, Refusal)
    /// No answer: the same request is being worked on already, and its client will ask again.
    case ignore(RequestToken)
    /// To be sent to all announcement targets.
    case announce(PCPResponse)
    /// For the backend, which answers with `installed` or `notInstalled`; replaces a mapping of the same identifier.
    case install(Mapping)
    /// For the backend, which answers with `removed`.
    case remove(Mapping)
    case report(MappingChange)
  }

  /// What has happened to a mapping.
  public enum MappingChange: Sendable, Hashable {
    case created(Mapping)
    case renewed(Mapping)
    case deleted(Mapping)
    case expired(Mapping)
  }

  enum Timer: Sendable, Hashable {
    case announcement
    case mapping(Mapping.ID)
  }

  public let configuration: ServerConfiguration
  /// When the Epoch Time was 0 (RFC 6887 section 8.5).
  public private(set) var epochStartedAt: Instant
  var random: any RandomSource
  var table = MappingTable()
  var pool = ExternalPool()
  var timers = TimerTable<Timer>()
  /// Requests that wait for the backend, by the mapping they are about.
  var waiting: [Mapping.ID: WaitingRequest] = [:]
  /// Mappings that the backend is removing.
  var removing: [Mapping.ID: Mapping] = [:]
  private var announcements = 0
  private var lastMappingID: UInt64 = 0

  /// A server without mappings.
  ///
  /// - Parameters:
  ///   - now: when its Epoch Time is 0.
  ///   - random: chooses external ports.
  public init(_ configuration: ServerConfiguration, startedAt now: Instant, random: any RandomSource) {
    self.configuration = configuration
    self.random = random
    epochStartedAt = now
  }

  /// The server's mappings, by age.
  public var mappings: [Mapping] { table.all.sorted { $0.id.rawValue < $1.id.rawValue } }

  /// When something will be due.
  public var nextDeadline: Instant? { timers.nextDeadline }

  /// Seconds since the server lost, or may have lost, its mappings (RFC 6887 section 8.5).
  public func epochTime(at now: Instant) -> UInt32 {
    UInt32(truncatingIfNeeded: max(0, (now - epochStartedAt).wholeSeconds))
  }

  public mutating func handle(_ input: Input, at now: Instant) -> [Effect] {
    switch input {
    case .start:
      announcements = 0
      return announce(at: now)
    case .request(let request, let peer, let token):
      do throws(Refusal) {
        switch request {
        case .announce(let request): return [.respond(token, announceResponse(request, at: now))]
        case .map(let request): return try map(request, from: peer, token, at: now)
        case .peer(let request): return try self.peer(request, from: peer, token, at: now)
        }
      } catch {
        return [.refuse(token, error)]
      }
    case .installed(let id): return installed(id, at: now)
    case .notInstalled(let id, let code): return notInstalled(id, code, at: now)
    case .removed(let id):
      if let mapping = removing.removeValue(forKey: id) { pool.release(mapping) }
      return []
    }
  }

  public mutating func expire(at now: Instant) -> [Effect] {
    var effects: [Effect] = []
    while let timer = timers.popExpired(at: now) {
      switch timer {
      case .announcement: effects += announce(at: now)
      case .mapping(let id): effects += expire(id)
      }
    }
    return effects
  }

  private mutating func expire(_ id: Mapping.ID) -> [Effect] {
    guard let mapping = table.remove(id) else { return [] }
    removing[id] = mapping
    var effects: [Effect] = [.remove(mapping), .report(.expired(mapping))]
    if let waiting = waiting.removeValue(forKey: id) {
      effects.append(.refuse(waiting.token, refusal(.networkFailure)))
    }
    return effects
  }

  /// Announces the server, and sets the time of the next announcement.
  private mutating func announce(at now: Instant) -> [Effect] {
    guard announcements < configuration.announcementCount else { return [] }
    // Past 30 doublings nobody waits any more, and the number would not fit.
    let interval = configuration.firstAnnouncementInterval * (1 << min(announcements, 30))
    announcements += 1
    if announcements < configuration.announcementCount { timers.set(.announcement, at: now + interval) }
    return [.announce(.announce(AnnounceResponse(lifetime: 0, epochTime: epochTime(at: now))))]
  }

  private func announceResponse(_ request: AnnounceRequest, at now: Instant) -> PCPResponse {
    var response = AnnounceResponse(lifetime: 0, epochTime: epochTime(at: now))
    if request.options.prefix64 != nil { addPrefixes(to: &response, \.options.prefix64) }
    return .announce(response)
  }

  /// Tells the prefixes of the NAT64, as many as fit into the message (RFC 7225 section 4.2).
  func addPrefixes<Response: WireBody>(
    to response: inout Response, _ options: WritableKeyPath<Response, [Prefix64Option]>
  ) {
    for option in configuration.prefix64 {
      response[keyPath: options].append(option)
      if response.encodedSize > MessageFacts.maximumSize { response[keyPath: options].removeLast() }
    }
  }

  /// A refusal that lasts as long as errors of its code do.
  func refusal(_ code: ResultCode, lifetime: UInt32? = nil) -> Refusal {
    Refusal(code, lifetime: lifetime ?? configuration.errorLifetime(code))
  }

  mutating func newMappingID() -> Mapping.ID {
    lastMappingID += 1
    return Mapping.ID(rawValue: lastMappingID)
  }
}

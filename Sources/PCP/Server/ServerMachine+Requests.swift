import Machine
import PCPWire
import Wire

/// What requests that make mappings have in common.
extension ServerMachine {
  /// The host that the mapping is for: who asks, or whom THIRD_PARTY names (RFC 6887 section 13.1).
  func internalAddress(
    _ thirdParty: ThirdPartyOption?, _ thirdPartyID: ThirdPartyIDOption?, from peer: PeerAddress
  ) throws(Refusal) -> IPv6Address {
    // An option that must be understood and is not supported, or not allowed to this client, looks the same to it.
    if thirdPartyID != nil { throw refusal(.unsuppOption) }
    guard let thirdParty else { return peer.address }
    guard configuration.thirdPartyClients.contains(where: { $0.contains(peer.address) }) else {
      throw refusal(.unsuppOption)
    }
    return thirdParty.address
  }

  /// Whether the request may change a mapping that is there (RFC 6887 section 11.3).
  func authorize(_ nonce: MappingNonce, for mapping: Mapping, at now: Instant) throws(Refusal) {
    guard mapping.nonce != nonce else { return }
    throw refusal(.notAuthorized, lifetime: mapping.remainingSeconds(at: now))
  }

  /// Whether there is room for one mapping more (RFC 6887 section 7.4).
  func checkQuota(of host: IPv6Address) throws(Refusal) {
    if table.count(of: host) >= configuration.mappingsPerHost { throw refusal(.userExQuota) }
    if table.count + removing.count >= configuration.mappings { throw refusal(.noResources) }
    if waiting.count >= configuration.waitingRequests { throw refusal(.noResources) }
  }

  /// The external tuple of a new mapping.
  mutating func chooseOuter(
    for inner: InternalTuple, _ suggestion: Suggestion, at now: Instant
  ) throws(Refusal) -> ExternalTuple {
    do throws(PoolFailure) {
      return try pool.choose(for: inner, suggestion, configuration, random: &random)
    } catch {
      switch error {
      case .noAddress: throw refusal(.networkFailure)
      case .never: throw refusal(.cannotProvideExternal, lifetime: configuration.longErrorLifetime)
      case .taken(let owner):
        let users = pool.users(of: owner).compactMap { table[$0]?.remainingSeconds(at: now) }
        throw refusal(.cannotProvideExternal, lifetime: users.max())
      case .exhausted: throw refusal(inner.protocol == .sctp ? .cannotProvideExternal : .noResources)
      }
    }
  }

  /// The mapping's filters after the request's, which are processed in their order (RFC 6887 section 13.3).
  func filters(_ old: [FilterOption], changedBy options: [FilterOption]) throws(Refusal) -> [FilterOption] {
    var filters = old
    for option in options {
      if option.prefixLength == 0 {
        filters = []
      } else if !filters.contains(option) {
        filters.append(option)
      }
    }
    if filters.count > configuration.filtersPerMapping { throw refusal(.excessiveRemotePeers) }
    return filters
  }

  /// What is kept of a description: nil when none was sent, or none that is text (RFC 7220 section 3).
  func kept(_ option: DescriptionOption?) -> WireString? {
    guard let octets = option?.text.octets, String(validating: octets, as: UTF8.self) != nil else { return nil }
    var end = min(octets.count, configuration.descriptionSize)
    // At most three steps back lead to where a character starts.
    while end > 0, String(validating: octets.prefix(end), as: UTF8.self) == nil { end -= 1 }
    return WireString(octets: Array(octets.prefix(end)))
  }

  /// Asks the backend for a mapping, new or changed; the request is answered when it has done so.
  mutating func install(_ request: WaitingRequest) -> [Effect] {
    waiting[request.mapping.id] = request
    return [.install(request.mapping)]
  }

  /// Takes a new mapping in, before the backend has it: its external port is nobody else's from now on.
  mutating func reserve(_ mapping: Mapping) {
    table.insert(mapping)
    pool.bind(mapping)
    timers.set(.mapping(mapping.id), at: mapping.expiresAt)
  }
}

/// A request that waits for the backend.
struct WaitingRequest: Sendable, Hashable {
  enum Request: Sendable, Hashable {
    case map(MapRequest)
    case peer(PeerRequest)
  }

  var token: ServerMachine.RequestToken
  var request: Request
  /// The mapping as it will be.
  var mapping: Mapping
  /// Seconds granted.
  var lifetime: UInt32
  var isNew: Bool
}

/// What the backend's answers lead to.
extension ServerMachine {
  mutating func installed(_ id: Mapping.ID, at now: Instant) -> [Effect] {
    guard let request = waiting.removeValue(forKey: id) else { return [] }
    var mapping = request.mapping
    mapping.expiresAt = now + .seconds(Int64(request.lifetime))
    return settle(request, mapping, at: now)
  }

  mutating func notInstalled(_ id: Mapping.ID, _ code: ResultCode, at now: Instant) -> [Effect] {
    guard let request = waiting.removeValue(forKey: id) else { return [] }
    if request.isNew, let mapping = table.remove(id) {
      timers.cancel(.mapping(id))
      pool.release(mapping)
    }
    return [.refuse(request.token, refusal(code))]
  }

  /// Makes the mapping what the request asked for, and answers it.
  mutating func settle(_ request: WaitingRequest, _ mapping: Mapping, at now: Instant) -> [Effect] {
    table.update(mapping)
    timers.set(.mapping(mapping.id), at: mapping.expiresAt)
    let response: PCPResponse
    switch request.request {
    case .map(let map): response = .map(mapResponse(map, mapping, lifetime: request.lifetime, at: now))
    case .peer(let peer): response = .peer(peerResponse(peer, mapping, lifetime: request.lifetime, at: now))
    }
    let change: MappingChange = request.isNew ? .created(mapping) : .renewed(mapping)
    return [.respond(request.token, response), .report(change)]
  }
}

import Machine
import PCPWire
import Wire

/// MAP (RFC 6887 section 11.3).
extension ServerMachine {
  mutating func map(
    _ request: MapRequest, from peer: PeerAddress, _ token: RequestToken, at now: Instant
  ) throws(Refusal) -> [Effect] {
    let host = try internalAddress(request.options.thirdParty, request.options.thirdPartyID, from: peer)
    let inner = InternalTuple(request.protocol, host, port: request.internalPort)
    let existing = table.mapping(inner, .inbound)
    if let existing {
      try authorize(request.nonce, for: existing, at: now)
      if waiting[existing.id] != nil { return [.ignore(token)] }
    }
    if request.requestedLifetime == 0 { return try delete(request, inner, existing, token, at: now) }
    if let existing { return try renew(existing, request, from: peer, token, at: now) }
    return try create(inner, request, from: peer, token, at: now)
  }

  private mutating func create(
    _ inner: InternalTuple, _ request: MapRequest, from peer: PeerAddress, _ token: RequestToken, at now: Instant
  ) throws(Refusal) -> [Effect] {
    // Port 0 asks for all ports of a protocol, or of all protocols, which no shared external address can give.
    guard configuration.protocols.contains(request.protocol), request.internalPort != 0 else {
      throw refusal(.unsuppProtocol)
    }
    try checkQuota(of: inner.address)
    let filters = try filters([], changedBy: request.options.filter)
    let outer = try chooseOuter(for: inner, Suggestion(request), at: now)
    let lifetime = configuration.granted(request.requestedLifetime)
    let mapping = Mapping(
      id: newMappingID(), kind: .inbound, inner: inner, outer: outer, nonce: request.nonce, filters: filters,
      words: kept(request.options.description).flatMap { $0.octets.isEmpty ? nil : $0 }, requester: peer,
      expiresAt: now + .seconds(Int64(lifetime)))
    reserve(mapping)
    return install(
      WaitingRequest(token: token, request: .map(request), mapping: mapping, lifetime: lifetime, isNew: true))
  }

  private mutating func renew(
    _ existing: Mapping, _ request: MapRequest, from peer: PeerAddress, _ token: RequestToken, at now: Instant
  ) throws(Refusal) -> [Effect] {
    let suggestion = Suggestion(request)
    if suggestion.isBinding && !suggestion.agrees(with: existing.outer) {
      throw refusal(.cannotProvideExternal, lifetime: existing.remainingSeconds(at: now))
    }
    let lifetime = configuration.granted(request.requestedLifetime)
    var mapping = existing
    mapping.filters = try filters(existing.filters, changedBy: request.options.filter)
    if let words = kept(request.options.description) { mapping.words = words.octets.isEmpty ? nil : words }
    mapping.requester = peer
    mapping.expiresAt = now + .seconds(Int64(lifetime))
    let changed = WaitingRequest(
      token: token, request: .map(request), mapping: mapping, lifetime: lifetime, isNew: false)
    // The machine keeps time; the backend need know only what it lets through.
    return mapping.filters == existing.filters ? settle(changed, mapping, at: now) : install(changed)
  }

  /// Deletes a mapping (RFC 6887 section 15.1); one that is not there is deleted already.
  private mutating func delete(
    _ request: MapRequest, _ inner: InternalTuple, _ existing: Mapping?, _ token: RequestToken, at now: Instant
  ) throws(Refusal) -> [Effect] {
    let response = PCPResponse.map(
      MapResponse(
        lifetime: 0, epochTime: epochTime(at: now), nonce: request.nonce, protocol: request.protocol,
        internalPort: request.internalPort, assignedExternalPort: request.suggestedExternalPort,
        assignedExternalAddress: request.suggestedExternalAddress,
        options: MapResponse.Options(thirdParty: request.options.thirdParty)))
    guard let existing else {
      // What PEER made is not for MAP to delete.
      if pool.users(of: inner).contains(where: { table[$0] != nil }) { throw refusal(.notAuthorized) }
      return [.respond(token, response)]
    }
    timers.cancel(.mapping(existing.id))
    removing[existing.id] = table.remove(existing.id)
    return [.remove(existing), .respond(token, response), .report(.deleted(existing))]
  }

  /// The answer to a MAP request that was granted.
  func mapResponse(
    _ request: MapRequest, _ mapping: Mapping, lifetime: UInt32, at now: Instant
  ) -> MapResponse {
    let options = request.options
    var response = MapResponse(
      lifetime: lifetime, epochTime: epochTime(at: now), nonce: request.nonce, protocol: request.protocol,
      internalPort: request.internalPort, assignedExternalPort: mapping.outer.port,
      assignedExternalAddress: mapping.outer.address,
      options: MapResponse.Options(
        thirdParty: options.thirdParty, preferFailure: options.preferFailure, filter: options.filter,
        description: kept(options.description).map { DescriptionOption(text: $0) }))
    if options.prefix64 != nil { addPrefixes(to: &response, \.options.prefix64) }
    return response
  }
}

extension Suggestion {
  fileprivate init(_ request: MapRequest) {
    self.init(
      address: request.suggestedExternalAddress, port: request.suggestedExternalPort,
      isBinding: request.options.preferFailure != nil)
  }
}

import Machine
import PCPWire
import Wire

/// PEER (RFC 6887 section 12.3).
extension ServerMachine {
  mutating func peer(_ request: PeerRequest, _ inquiry: Inquiry, at now: Instant) throws(Refusal) -> [Effect] {
    let host = try internalHost(request.options.thirdParty, request.options.thirdPartyID, from: inquiry.peer)
    let remote = PeerAddress(request.remotePeerAddress, port: request.remotePeerPort)
    guard remote.isPossibleRemote(of: host.address) else { throw refusal(.malformedRequest) }
    let inner = InternalTuple(request.protocol, host.address, port: request.internalPort, realm: host.realm)
    try checkProtocol(of: inner)
    let permitted = try permittedPorts(.peer, from: inquiry.peer, inner)
    guard let existing = table.outbound(inner, to: remote) else {
      return try create(inner, remote, request, inquiry, permitted, at: now)
    }
    if isLeaving(existing.id) { return [.ignore(inquiry.token)] }
    try authorize(request.nonce, for: existing, at: now)
    if work[existing.id] != nil { return [.ignore(inquiry.token)] }
    // PEER cannot shorten a mapping's life; asking for 0 seconds asks how much of it is left.
    let left = UInt32(clamping: (existing.expiresAt - now).wholeSeconds)
    let asked = request.requestedLifetime == 0 ? 0 : configuration.granted(request.requestedLifetime)
    var mapping = existing
    if asked > left { mapping.expiresAt = now + .seconds(Int64(asked)) }
    mapping.words = words(request.options.description, old: existing.words)
    mapping.requester = inquiry.peer
    mapping.server = inquiry.server
    mapping.isExact = request.insists
    let change = Change(cause: .request(inquiry), mapping: mapping, isNew: false, lifetime: max(left, asked))
    return carryOut(change, needsBackend: false, at: now)
  }

  private mutating func create(
    _ inner: InternalTuple, _ remote: PeerAddress, _ request: PeerRequest, _ inquiry: Inquiry, _ permitted: PortRanges,
    at now: Instant
  ) throws(Refusal) -> [Effect] {
    if let question = lookUp(inner, remote, for: inquiry) { return question }
    if request.requestedLifetime == 0 { return [.respond(inquiry.token, lifetimeAnswer(request, inquiry, at: now))] }
    _ = try room(for: inner, request.nonce)
    var lifetime = configuration.granted(request.requestedLifetime)
    let outer: ExternalTuple
    if let implicit = inquiry.implicit {
      // What traffic has made goes on under the client's care, wherever it leads (RFC 6887 section 12.3).
      outer = implicit.outer
      lifetime = max(lifetime, implicit.remainingSeconds)
    } else {
      let suggestion = Suggestion(
        address: request.suggestedExternalAddress, port: request.suggestedExternalPort, isBinding: true)
      var wish = PoolRequest(inner: inner, nonce: request.nonce, suggestion: suggestion)
      wish.permitted = permitted
      outer = try chooseOuter(wish, at: now).outer
    }
    let mapping = Mapping(
      id: newMappingID(), kind: .outbound(remote: remote), inner: inner, outer: outer, nonce: request.nonce,
      words: words(request.options.description), requester: inquiry.peer, server: inquiry.server, isExact: request.insists,
      expiresAt: now + .seconds(Int64(lifetime)))
    reserve(mapping)
    let change = Change(cause: .request(inquiry), mapping: mapping, isNew: true, lifetime: lifetime)
    return carryOut(change, needsBackend: true, at: now)
  }

  /// How long a mapping lives that PEER has not made: as long as traffic keeps it, and no time where there is none.
  private func lifetimeAnswer(_ request: PeerRequest, _ inquiry: Inquiry, at now: Instant) -> PCPResponse {
    var response = PeerResponse(
      lifetime: 0, epochTime: epochTime(at: now), nonce: request.nonce, protocol: request.protocol,
      internalPort: request.internalPort, assignedExternalPort: request.suggestedExternalPort,
      assignedExternalAddress: request.suggestedExternalAddress, remotePeerPort: request.remotePeerPort,
      remotePeerAddress: request.remotePeerAddress,
      options: PeerResponse.Options(
        thirdParty: request.options.thirdParty, thirdPartyID: request.options.thirdPartyID))
    if let implicit = inquiry.implicit {
      response.lifetime = implicit.remainingSeconds
      response.assignedExternalPort = implicit.outer.port
      response.assignedExternalAddress = implicit.outer.address
    }
    return .peer(response)
  }

  /// The answer to a PEER request that was granted.
  func peerResponse(
    _ request: PeerRequest, _ mapping: Mapping, lifetime: UInt32, at now: Instant
  ) -> PeerResponse {
    PeerResponse(
      lifetime: lifetime, epochTime: epochTime(at: now), nonce: request.nonce, protocol: request.protocol,
      internalPort: request.internalPort, assignedExternalPort: mapping.outer.port,
      assignedExternalAddress: mapping.outer.address, remotePeerPort: request.remotePeerPort,
      remotePeerAddress: request.remotePeerAddress,
      options: PeerResponse.Options(
        thirdParty: request.options.thirdParty, thirdPartyID: request.options.thirdPartyID,
        description: kept(request.options.description).map { DescriptionOption(text: $0) }))
  }
}

extension PeerRequest {
  /// Whether it wants one external end and no other.
  fileprivate var insists: Bool { suggestedExternalPort != 0 || !suggestedExternalAddress.isUnspecified }
}

extension PeerAddress {
  /// Whether a host can have it as its remote peer: a single host's address, of the same family (RFC 6887 section 10).
  fileprivate func isPossibleRemote(of host: IPv6Address) -> Bool {
    !address.isUnspecified && !address.isMulticast && !address.isLoopback && (address.mapped == nil) == (host.mapped == nil)
  }
}

extension IPv6Address {
  /// Whether it is the host's own, on no network (RFC 1122 section 3.2.1.3, RFC 4291 section 2.5.3).
  fileprivate var isLoopback: Bool {
    if let mapped { return mapped.isIn(IPv4Address(127, 0, 0, 0), length: 8) }
    return self == IPv6Address(high: 0, low: 1)
  }
}

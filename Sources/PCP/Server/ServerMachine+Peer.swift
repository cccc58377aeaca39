import Machine
import PCPWire
import Wire

/// PEER (RFC 6887 section 12.3).
extension ServerMachine {
  mutating func peer(
    _ request: PeerRequest, from peer: PeerAddress, _ token: RequestToken, at now: Instant
  ) throws(Refusal) -> [Effect] {
    let host = try internalAddress(request.options.thirdParty, request.options.thirdPartyID, from: peer)
    let remote = PeerAddress(request.remotePeerAddress, port: request.remotePeerPort)
    guard remote.isPossibleRemote(of: host) else { throw refusal(.malformedRequest) }
    let inner = InternalTuple(request.protocol, host, port: request.internalPort)
    guard let existing = table.mapping(inner, .outbound(remote: remote)) else {
      return try create(inner, remote, request, from: peer, token, at: now)
    }
    try authorize(request.nonce, for: existing, at: now)
    if waiting[existing.id] != nil { return [.ignore(token)] }
    // PEER cannot shorten a mapping's life; asking for 0 seconds asks how much of it is left.
    let left = UInt32(clamping: (existing.expiresAt - now).wholeSeconds)
    let asked = request.requestedLifetime == 0 ? 0 : configuration.granted(request.requestedLifetime)
    let lifetime = max(left, asked)
    var mapping = existing
    if asked > left { mapping.expiresAt = now + .seconds(Int64(asked)) }
    if let words = kept(request.options.description) { mapping.words = words.octets.isEmpty ? nil : words }
    mapping.requester = peer
    let renewed = WaitingRequest(
      token: token, request: .peer(request), mapping: mapping, lifetime: lifetime, isNew: false)
    return settle(renewed, mapping, at: now)
  }

  private mutating func create(
    _ inner: InternalTuple, _ remote: PeerAddress, _ request: PeerRequest, from peer: PeerAddress,
    _ token: RequestToken, at now: Instant
  ) throws(Refusal) -> [Effect] {
    guard configuration.protocols.contains(request.protocol) else { throw refusal(.unsuppProtocol) }
    try checkQuota(of: inner.address)
    let suggestion = Suggestion(
      address: request.suggestedExternalAddress, port: request.suggestedExternalPort, isBinding: true)
    let outer = try chooseOuter(for: inner, suggestion, at: now)
    let lifetime = configuration.granted(request.requestedLifetime)
    let mapping = Mapping(
      id: newMappingID(), kind: .outbound(remote: remote), inner: inner, outer: outer, nonce: request.nonce,
      words: kept(request.options.description).flatMap { $0.octets.isEmpty ? nil : $0 }, requester: peer,
      expiresAt: now + .seconds(Int64(lifetime)))
    reserve(mapping)
    return install(
      WaitingRequest(token: token, request: .peer(request), mapping: mapping, lifetime: lifetime, isNew: true))
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
        thirdParty: request.options.thirdParty,
        description: kept(request.options.description).map { DescriptionOption(text: $0) }))
  }
}

extension PeerAddress {
  /// Whether a host can have it as its remote peer: a single host's address, of the same family (RFC 6887 section 10).
  fileprivate func isPossibleRemote(of host: IPv6Address) -> Bool {
    !address.isUnspecified && !address.isMulticast && (address.mapped == nil) == (host.mapped == nil)
  }
}

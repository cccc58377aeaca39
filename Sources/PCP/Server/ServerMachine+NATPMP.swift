import Machine
import PCPWire
import Wire

/// What is otherwise for clients that speak NAT-PMP (RFC 6886). Their mappings are mappings like others, but for the nonce.
extension ServerMachine {
  /// The lifetime granted to who asks for so many seconds: PCP has a shortest one, NAT-PMP wants no more than was asked for
  /// (RFC 6887 section 15, RFC 6886 section 3.3).
  func granted(_ requested: UInt32, _ inquiry: Inquiry) -> UInt32 {
    inquiry.isNATPMP ? min(requested, configuration.maximumLifetime) : configuration.granted(requested)
  }

  /// Whether a client can be told of an external end: an answer of NAT-PMP has a port and no address (RFC 6886 section 4.3.2).
  func checkAddress(of outer: ExternalTuple, for inquiry: Inquiry) throws(Refusal) {
    if inquiry.isNATPMP && outer.address != configuration.natPMPAddress { throw refusal(.cannotProvideExternal) }
  }

  /// Tells of a port that the host has mapped by PCP already (RFC 6886 section 3.3), and for how long: the mapping stays with who
  /// knows its nonce, and as it is.
  func share(
    _ mapping: Mapping, _ request: MapRequest, _ inquiry: Inquiry, _ permitted: PortRanges, at now: Instant
  ) throws(Refusal) -> [Effect] {
    if work[mapping.id] != nil { return [.ignore(inquiry.token)] }
    try checkAddress(of: mapping.outer, for: inquiry)
    // Who asks in NAT-PMP counts on being reached by everybody.
    guard mapping.filters.isEmpty, permitted.contains(mapping.outer.port) else { throw refusal(.notAuthorized) }
    let lifetime = min(request.requestedLifetime, mapping.remainingSeconds(at: now))
    return [.respond(inquiry.token, .map(mapResponse(request, mapping, lifetime: lifetime, at: now)))]
  }

  /// Deletes all mappings that a host has of a transport, as far as it can, and answers when they are gone (RFC 6886
  /// section 3.4). It is called again with the same request for each that is gone.
  mutating func deleteAll(_ request: MapRequest, _ inquiry: Inquiry, at now: Instant) -> [Effect] {
    // There is no mapping of all ports to be asked for.
    if request.requestedLifetime != 0 { return [.refuse(inquiry.token, refusal(.unsuppProtocol))] }
    let host = Host(address: inquiry.peer.address, realm: [])
    let all = table.inbound(of: host, request.protocol)
    let own = all.filter { $0.nonce == nil }
    var effects: [Effect] = []
    var inquiry = inquiry
    if inquiry.deleting == nil {
      for mapping in own where work[mapping.id] == nil {
        notices.forget(mapping.id, &timers)
        effects += delete(mapping.id, Departure(cause: .deleted))
      }
      // What is worked on cannot be deleted; the client asks again.
      if !own.allSatisfy({ isEnding($0.id) }) { return effects + [.ignore(inquiry.token)] }
      inquiry.deleting = Set(own.map(\.id))
    }
    // What is mapped after the request came is not meant.
    let left = own.filter { inquiry.deleting?.contains($0.id) == true }
    if !left.allSatisfy({ isEnding($0.id) }) { return effects + [.refuse(inquiry.token, refusal(.noResources))] }
    if !left.isEmpty { return effects + wait(for: left, inquiry) }
    // What has another owner stays: who knows its nonce, or the person who configured it.
    let isOwned = all.contains { $0.nonce != nil && !isLeaving($0.id) } || pool.statics.isUsed(request.protocol, by: host)
    if isOwned { return effects + [.refuse(inquiry.token, refusal(.notAuthorized))] }
    let response = MapResponse(
      lifetime: 0, epochTime: epochTime(at: now), nonce: request.nonce, protocol: request.protocol, internalPort: 0,
      assignedExternalPort: 0, assignedExternalAddress: request.suggestedExternalAddress)
    return effects + [.respond(inquiry.token, .map(response))]
  }

  /// Whether a mapping is on its way out, in the store or in the backend.
  private func isEnding(_ id: Mapping.ID) -> Bool {
    switch work[id] {
    case .forgetting, .removing: true
    case .installing, .recording, .restoring, nil: false
    }
  }

  /// Lets a request wait until one of the mappings that are ending is gone; where each has somebody waiting already, that one is
  /// the same client, and is answered.
  private mutating func wait(for mappings: [Mapping], _ inquiry: Inquiry) -> [Effect] {
    for mapping in mappings {
      switch work[mapping.id] {
      case .forgetting(var departure) where departure.waiting == nil:
        departure.waiting = inquiry
        work[mapping.id] = .forgetting(departure)
        return []
      case .removing(var departure) where departure.waiting == nil:
        departure.waiting = inquiry
        work[mapping.id] = .removing(departure)
        return []
      case .installing, .recording, .forgetting, .removing, .restoring, nil: continue
      }
    }
    return [.ignore(inquiry.token)]
  }
}

extension Inquiry {
  var isNATPMP: Bool { spoken == .natPMP }

  /// By what the client shows that a mapping is its own; nil where it has nothing to show.
  var nonce: MappingNonce? {
    switch request {
    case .map(let request): isNATPMP ? nil : request.nonce
    case .peer(let request): request.nonce
    case .announce: nil
    }
  }
}

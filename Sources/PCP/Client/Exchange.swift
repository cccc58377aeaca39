import Machine
import PCPWire
import Wire

/// One thing a client wants of its server, and how far it has come.
struct Exchange: Sendable, Hashable {
  enum Purpose: Sendable, Hashable {
    case announce
    case map(MapWish)
    case peer(PeerWish)
  }

  /// A mapping that is there, whatever is being asked for meanwhile.
  struct Held: Sendable, Hashable {
    var grant: Grant
    var expiresAt: Instant
  }

  enum State: Sendable, Hashable {
    /// A request is out and is sent again until it is answered.
    case requesting(Retransmission)
    /// The server has granted a mapping; it is renewed from time to time.
    ///
    /// `isAsked` while a renewal is out that has not been answered.
    case granted(RenewalSchedule, isAsked: Bool)
    /// The server has refused; the same request is not sent before its error has passed.
    case refused(retryAt: Instant)
    /// A request to delete is out and is sent again until it is answered.
    case deleting(Retransmission)
    /// The server has not answered as often as it was asked; nothing is sent before there is another way to reach it.
    case silent(isDeleting: Bool)
  }

  /// What the program asked for.
  let wanted: Purpose
  /// What the server is asked for: what the program asked for, with the external end that was granted last.
  private(set) var purpose: Purpose
  let nonce: MappingNonce
  var state: State
  /// How often the server had lost its state when it last granted this, or was first asked.
  var generation: Int
  var held: Held?
  /// Errors since the last success.
  var refusals = 0

  init(_ wanted: Purpose, nonce: MappingNonce, state: State, generation: Int) {
    self.wanted = wanted
    purpose = wanted
    self.nonce = nonce
    self.state = state
    self.generation = generation
  }

  /// When something is due, its end of life aside.
  var deadline: Instant? {
    switch state {
    case .requesting(let retransmission), .deleting(let retransmission): retransmission.deadline
    case .granted(let renewal, _): renewal.renewAt
    case .refused(let retryAt): retryAt
    case .silent: nil
    }
  }

  /// Whether a success is taken: an answer, or a change that the server tells unasked (RFC 6887 sections 8.3 and 14.2).
  ///
  /// Who was silent as often as it was asked is not believed any more (RFC 7488 section 3).
  var takesSuccess: Bool {
    switch state {
    case .requesting, .granted, .refused, .deleting: true
    case .silent: false
    }
  }

  /// Whether an error is taken; one that follows another is a repetition of it.
  var takesError: Bool {
    switch state {
    case .requesting, .granted, .deleting: true
    case .refused, .silent: false
    }
  }

  var isDeleting: Bool {
    switch state {
    case .deleting, .silent(isDeleting: true): true
    case .requesting, .granted, .refused, .silent(isDeleting: false): false
    }
  }

  /// Whether the server has been asked and has not answered.
  var isOutstanding: Bool {
    switch state {
    case .requesting, .deleting, .granted(_, isAsked: true): true
    case .refused, .silent, .granted(_, isAsked: false): false
    }
  }

  /// Whether it asks for a mapping that is not there.
  var isForNewMapping: Bool { purpose != .announce && held == nil && !isDeleting }

  /// Seconds that the program asks for; nil where there is nothing to live.
  var wantedLifetime: UInt32? {
    switch purpose {
    case .announce: nil
    case .map(let wish): wish.lifetime
    case .peer(let wish): wish.lifetime
    }
  }
}

/// Requests.
extension Exchange {
  /// The request to send in the present state.
  func request(from address: IPv6Address) -> PCPRequest {
    switch purpose {
    case .announce: .announce(AnnounceRequest(requestedLifetime: 0, clientAddress: address))
    case .map(let wish): .map(isDeleting ? deletion(wish, address) : request(wish, address))
    case .peer(let wish): .peer(request(wish, address))
    }
  }

  private func request(_ wish: MapWish, _ address: IPv6Address) -> MapRequest {
    MapRequest(
      requestedLifetime: wish.lifetime, clientAddress: address, nonce: nonce, protocol: wish.protocol,
      internalPort: wish.internalPort, suggestedExternalPort: wish.externalPort,
      suggestedExternalAddress: wish.externalAddress, options: wish.options)
  }

  /// What is suggested is zero then, and what is asked for a new mapping stays away (RFC 6887 section 15.1); a set of ports goes
  /// as a whole (RFC 7753 section 4.4).
  private func deletion(_ wish: MapWish, _ address: IPv6Address) -> MapRequest {
    MapRequest(
      requestedLifetime: 0, clientAddress: address, nonce: nonce, protocol: wish.protocol,
      internalPort: wish.internalPort, suggestedExternalPort: 0,
      suggestedExternalAddress: wish.externalAddress.unspecifiedOfFamily,
      options: MapRequest.Options(
        thirdParty: wish.options.thirdParty, thirdPartyID: wish.options.thirdPartyID, portSet: wish.options.portSet))
  }

  private func request(_ wish: PeerWish, _ address: IPv6Address) -> PeerRequest {
    PeerRequest(
      requestedLifetime: wish.lifetime, clientAddress: address, nonce: nonce, protocol: wish.protocol,
      internalPort: wish.internalPort, suggestedExternalPort: wish.externalPort,
      suggestedExternalAddress: wish.externalAddress, remotePeerPort: wish.remotePort,
      remotePeerAddress: wish.remoteAddress, options: wish.options)
  }

  /// From now on suggests what the server has granted, so that it comes back the same (RFC 6887 section 14.1.3).
  mutating func suggest(_ grant: Grant) {
    switch purpose {
    case .announce: break
    case .map(var wish):
      wish.externalAddress = grant.externalAddress
      wish.externalPort = grant.externalPort
      purpose = .map(wish)
    case .peer(var wish):
      wish.externalAddress = grant.externalAddress
      wish.externalPort = grant.externalPort
      purpose = .peer(wish)
    }
  }
}

/// What is suggested without having been asked for.
extension Exchange {
  /// Whether an external end is suggested of which the program knows nothing.
  var suggestsMoreThanWanted: Bool { purpose != wanted }

  /// From now on asks for what the program wants, and no more.
  mutating func suggestWhatIsWanted() { purpose = wanted }
}

/// Matching of responses (RFC 6887 sections 8.3, 11.4 and 12.4).
extension Exchange {
  func matches(_ response: MapResponse) -> Bool {
    guard case .map(let wish) = purpose, response.nonce == nonce, response.protocol == wish.protocol,
      response.internalPort == wish.internalPort, response.options.thirdParty == wish.options.thirdParty
    else { return false }
    let copiesNothing = response.assignedExternalPort == 0 && response.assignedExternalAddress.isUnspecified
    // The answer to a deletion repeats the zeros that it suggested (RFC 6887 section 15.1); anything else is late, and of a request
    // that was sent before.
    if isDeleting { return response.lifetime == 0 || copiesNothing }
    if wish.options.preferFailure == nil { return true }
    // Who asked for one external address and port only must not be content with others (RFC 6887 section 13.2).
    return response.assignedExternalPort == wish.externalPort
      && (wish.externalAddress.isUnspecified || response.assignedExternalAddress == wish.externalAddress)
  }

  func matches(_ response: PeerResponse) -> Bool {
    guard case .peer(let wish) = purpose else { return false }
    return response.nonce == nonce && response.protocol == wish.protocol
      && response.internalPort == wish.internalPort && response.remotePeerPort == wish.remotePort
      && response.remotePeerAddress == wish.remoteAddress && response.options.thirdParty == wish.options.thirdParty
  }

  func matches(_ copy: MapData) -> Bool {
    guard case .map(let wish) = purpose else { return false }
    return copy.nonce == nonce && copy.protocol == wish.protocol && copy.internalPort == wish.internalPort
  }

  func matches(_ copy: PeerData) -> Bool {
    guard case .peer(let wish) = purpose else { return false }
    return copy.nonce == nonce && copy.protocol == wish.protocol && copy.internalPort == wish.internalPort
      && copy.remotePeerPort == wish.remotePort && copy.remotePeerAddress == wish.remoteAddress
  }

  var opcode: Opcode {
    switch purpose {
    case .announce: .announce
    case .map: .map
    case .peer: .peer
    }
  }
}

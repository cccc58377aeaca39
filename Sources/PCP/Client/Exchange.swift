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

  /// A request is out and is sent again until it is answered.
  struct Requesting: Sendable, Hashable {
    var retransmission: Retransmission

    init(_ parameters: Retransmission.Parameters, at now: Instant, random: Double) {
      retransmission = Retransmission(parameters, at: now, random: random)
    }
  }

  /// The server has granted a mapping; it is renewed from time to time.
  struct Granted: Sendable, Hashable {
    var grant: Grant
    var renewal: RenewalSchedule

    init(_ grant: Grant, at now: Instant, _ configuration: ClientConfiguration, random: Double) {
      self.grant = grant
      let lifetime = min(.seconds(Int64(grant.lifetime)), configuration.maximumLifetime)
      renewal = RenewalSchedule(
        grantedAt: now, lifetime: lifetime, minimumGap: configuration.minimumRenewalGap, random: random)
    }
  }

  /// The server has refused; the same request is not sent before its error has passed.
  struct Refused: Sendable, Hashable {
    var retryAt: Instant
  }

  enum State: Sendable, Hashable {
    case requesting(Requesting)
    case granted(Granted)
    case refused(Refused)
    /// A request to delete is out and is sent again until it is answered.
    case deleting(Requesting)
  }

  var purpose: Purpose
  let nonce: MappingNonce
  var state: State
  /// How often the server had lost its state when it last granted this.
  var generation = 0

  /// When something is due.
  var deadline: Instant {
    switch state {
    case .requesting(let requesting), .deleting(let requesting): requesting.retransmission.deadline
    case .granted(let granted): granted.renewal.renewAt ?? granted.renewal.expiresAt
    case .refused(let refused): refused.retryAt
    }
  }

  /// Whether a request is out.
  var isWaiting: Bool {
    switch state {
    case .requesting, .deleting: true
    // A renewal is sent once each time; an answer to it is as welcome as one that comes unasked.
    case .granted: true
    case .refused: false
    }
  }

  var isDeleting: Bool {
    switch state {
    case .deleting: true
    case .requesting, .granted, .refused: false
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

  /// What is suggested is zero then, and what is asked for a new mapping stays away (RFC 6887 section 15.1).
  private func deletion(_ wish: MapWish, _ address: IPv6Address) -> MapRequest {
    MapRequest(
      requestedLifetime: 0, clientAddress: address, nonce: nonce, protocol: wish.protocol,
      internalPort: wish.internalPort, suggestedExternalPort: 0,
      suggestedExternalAddress: wish.externalAddress.unspecifiedOfFamily,
      options: MapRequest.Options(thirdParty: wish.options.thirdParty, thirdPartyID: wish.options.thirdPartyID))
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

/// Matching of responses (RFC 6887 sections 8.3, 11.4 and 12.4).
extension Exchange {
  func matches(_ response: MapResponse) -> Bool {
    guard case .map(let wish) = purpose, response.nonce == nonce, response.protocol == wish.protocol,
      response.internalPort == wish.internalPort, response.options.thirdParty == wish.options.thirdParty
    else { return false }
    if isDeleting || wish.options.preferFailure == nil { return true }
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

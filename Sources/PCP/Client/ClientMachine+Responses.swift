import Machine
import PCPWire
import Wire

/// What the server says.
extension ClientMachine {
  mutating func received(_ response: PCPResponse, at now: Instant) -> [Effect] {
    switch response {
    case .announce(let response):
      let answered = exchanges.keys.sorted().filter { exchanges[$0]?.purpose == .announce }
      for id in answered { forget(id) }
      let effects: [Effect] =
        answered.isEmpty
        ? [.announced(epochTime: response.epochTime)]
        : answered.map { .alive($0, epochTime: response.epochTime) }
      return note(response.epochTime, at: now) + effects
    case .map(let response):
      guard let id = match({ $0.takesSuccess && $0.matches(response) }) else { return [] }
      return note(response.epochTime, at: now) + granted(id, Grant(response), at: now)
    case .peer(let response):
      guard let id = match({ $0.takesSuccess && $0.matches(response) }) else { return [] }
      return note(response.epochTime, at: now) + granted(id, Grant(response), at: now)
    case .mapError(let error):
      let id = match { exchange in
        exchange.takesError && (error.mapping.map { exchange.matches($0) } ?? (exchange.opcode == .map))
      }
      return refused(id, error.resultCode, error.lifetime, error.epochTime, at: now)
    case .peerError(let error):
      let id = match { exchange in
        exchange.takesError && (error.peer.map { exchange.matches($0) } ?? (exchange.opcode == .peer))
      }
      return refused(id, error.resultCode, error.lifetime, error.epochTime, at: now)
    case .error(let error):
      let id = match { $0.takesError && $0.opcode == error.opcode }
      return refused(id, error.resultCode, error.lifetime, error.epochTime, at: now)
    }
  }

  /// The only exchange that fits; nil when none does, or when it cannot be told which is meant.
  private func match(_ fits: (Exchange) -> Bool) -> RequestID? {
    var found: RequestID?
    for (id, exchange) in exchanges where fits(exchange) {
      if found != nil { return nil }
      found = id
    }
    return found
  }

  /// Looks at the Epoch Time of a response (RFC 6887 section 8.5).
  private mutating func note(_ epochTime: UInt32, at now: Instant) -> [Effect] {
    if epoch.isValid(epochTime, at: now) { return [] }
    generation += 1
    // All clients of the server hear of it at once; they must not all ask at once (RFC 6887 section 14.1.3).
    timers.set(.recovery, at: now + configuration.maximumRecoveryDelay * random.number(in: 0...1))
    return [.serverLostState(epochTime: epochTime)]
  }

  private mutating func granted(_ id: RequestID, _ grant: Grant, at now: Instant) -> [Effect] {
    guard var exchange = exchanges[id] else { return [] }
    if exchange.isDeleting {
      // The server may say how much longer packets can pass; the mapping is not wanted in either case.
      forget(id)
      return [.deleted(id)]
    }
    guard grant.lifetime > 0 else {
      // A server that grants nothing is not to be asked again at once.
      return wait(id, exchange, .cannotProvideExternal, lifetime: 0, at: now)
    }
    let lifetime = min(.seconds(Int64(grant.lifetime)), configuration.maximumLifetime)
    let renewal = RenewalSchedule(
      grantedAt: now, lifetime: lifetime, minimumGap: configuration.minimumRenewalGap, random: random.number(in: 0...1))
    exchange.generation = generation
    exchange.refusals = 0
    exchange.suggest(grant)
    exchange.held = Exchange.Held(grant: grant, expiresAt: renewal.expiresAt)
    exchange.state = .granted(renewal, isAsked: false)
    timers.set(.life(id), at: renewal.expiresAt)
    keep(id, exchange)
    return [.granted(id, grant)]
  }

  private mutating func refused(
    _ id: RequestID?, _ code: ResultCode, _ lifetime: UInt32, _ epochTime: UInt32, at now: Instant
  ) -> [Effect] {
    guard let id, let exchange = exchanges[id] else { return [] }
    let effects = note(epochTime, at: now)
    if code == .cannotProvideExternal && exchange.suggestsMoreThanWanted && !exchange.isDeleting {
      return effects + askForAny(id, exchange, at: now)
    }
    return effects + wait(id, exchange, code, lifetime: lifetime, at: now)
  }

  /// Asks again, at once, without the external end that was granted before: the server cannot give it any more, and the program
  /// never asked for it (RFC 6887 sections 12.2 and 14.1.3).
  private mutating func askForAny(_ id: RequestID, _ exchange: Exchange, at now: Instant) -> [Effect] {
    var exchange = exchange
    let effects = withdraw(id, &exchange)
    exchange.suggestWhatIsWanted()
    exchange.state = .requesting(newRetransmission(at: now))
    return effects + transmit(id, exchange, at: now)
  }

  /// What an error that nobody asked for says of a mapping that is there: the server takes it back (RFC 6887 sections 8.3 and
  /// 14.2).
  private mutating func withdraw(_ id: RequestID, _ exchange: inout Exchange) -> [Effect] {
    guard case .granted(_, isAsked: false) = exchange.state else { return [] }
    exchange.held = nil
    timers.cancel(.life(id))
    return [.expired(id)]
  }

  /// Lets an error pass before the request is sent again (RFC 6887 section 8.3).
  private mutating func wait(
    _ id: RequestID, _ exchange: Exchange, _ code: ResultCode, lifetime: UInt32, at now: Instant
  ) -> [Effect] {
    let delay = configuration.delay(after: code, lifetime: lifetime, earlier: exchange.refusals)
    let refusal = Effect.refused(id, code, lifetime: lifetime, retryAt: now + delay)
    if exchange.isDeleting {
      if code == .noResources { stuckUntil = max(stuckUntil, now + delay) }
      // Who may not delete a mapping now will not be let later: what is left of it passes by itself.
      forget(id)
      return [refusal]
    }
    // What is there may be renewed all the same; what would be new has to wait (RFC 6887 section 11.4).
    if code == .noResources && exchange.opcode != .announce { fullUntil = max(fullUntil, now + delay) }
    var exchange = exchange
    let effects = withdraw(id, &exchange)
    exchange.state = .refused(retryAt: now + delay)
    exchange.refusals += 1
    keep(id, exchange)
    return effects + [refusal]
  }

  mutating func receivedOtherVersion(_ lifetime: UInt32, at now: Instant) -> [Effect] {
    var effects: [Effect] = []
    for id in exchanges.keys.sorted() {
      guard let exchange = exchanges[id], exchange.isOutstanding else { continue }
      effects += wait(id, exchange, .unsuppVersion, lifetime: lifetime, at: now)
    }
    return effects
  }
}

extension Grant {
  fileprivate init(_ response: MapResponse) {
    self.init(
      externalAddress: response.assignedExternalAddress, externalPort: response.assignedExternalPort,
      lifetime: response.lifetime, nonce: response.nonce)
    // Without the option the mapping is of one port, however many were asked for (RFC 7753 section 4.2).
    if let set = response.options.portSet {
      portCount = max(set.size, 1)
      firstInternalPort = set.firstInternalPort
    }
    prefix64 = response.options.prefix64
  }

  fileprivate init(_ response: PeerResponse) {
    self.init(
      externalAddress: response.assignedExternalAddress, externalPort: response.assignedExternalPort,
      lifetime: response.lifetime, nonce: response.nonce)
  }
}

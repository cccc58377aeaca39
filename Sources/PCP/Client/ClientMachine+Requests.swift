import Machine
import PCPWire
import Wire

/// What the program asks for.
extension ClientMachine {
  mutating func begin(_ id: RequestID, _ purpose: Exchange.Purpose, nonce: MappingNonce?, at now: Instant) -> [Effect] {
    forget(id)
    let nonce = nonce ?? MappingNonce(random.octets(MappingNonce().count)) ?? MappingNonce()
    var state = Exchange.State.requesting(newRetransmission(at: now))
    if case .map(let wish) = purpose, wish.lifetime == 0 { state = .deleting(newRetransmission(at: now)) }
    return transmit(id, Exchange(purpose, nonce: nonce, state: state, generation: generation), at: now)
  }

  mutating func renew(_ id: RequestID, at now: Instant) -> [Effect] {
    guard var exchange = exchanges[id] else { return [] }
    switch exchange.state {
    case .granted(let renewal, _):
      exchange.state = .granted(renewal, isAsked: true)
      return transmit(id, exchange, at: now)
    case .refused, .requesting, .deleting, .silent: return []
    }
  }

  mutating func delete(_ id: RequestID, at now: Instant) -> [Effect] {
    guard var exchange = exchanges[id] else { return [] }
    guard case .map(let wish) = exchange.purpose else {
      forget(id)
      return [.deleted(id)]
    }
    switch exchange.state {
    case .refused where exchange.held == nil:
      // There is nothing to delete.
      forget(id)
      return [.deleted(id)]
    case .deleting: return []
    case .silent:
      exchange.state = .silent(isDeleting: true)
      keep(id, exchange)
      return [.unanswered(id)]
    case .requesting, .granted, .refused:
      // The server may have granted what it was asked for, though its answer has not come. When that life is over at the latest,
      // there is nothing left to delete.
      let end = exchange.held?.expiresAt ?? now + min(.seconds(Int64(wish.lifetime)), configuration.maximumLifetime)
      timers.set(.life(id), at: end)
      exchange.state = .deleting(newRetransmission(at: now))
      return transmit(id, exchange, at: now)
    }
  }
}

/// What time brings.
extension ClientMachine {
  mutating func expire(_ id: RequestID, at now: Instant) -> [Effect] {
    guard var exchange = exchanges[id] else { return [] }
    switch exchange.state {
    case .requesting(var retransmission):
      let step = retransmission.advance(at: now, random: random.number(in: Retransmission.jitter))
      exchange.state = .requesting(retransmission)
      return retransmit(id, exchange, step, at: now)
    case .deleting(var retransmission):
      let step = retransmission.advance(at: now, random: random.number(in: Retransmission.jitter))
      exchange.state = .deleting(retransmission)
      return retransmit(id, exchange, step, at: now)
    case .granted(var renewal, _):
      let limit = configuration.retransmission.maximumCount
      if limit > 0, renewal.count >= limit { return giveUp(id, exchange) }
      renewal.advance(at: now, random: random.number(in: 0...1))
      exchange.state = .granted(renewal, isAsked: true)
      return transmit(id, exchange, at: now)
    case .refused:
      exchange.state = .requesting(newRetransmission(at: now))
      return transmit(id, exchange, at: now)
    case .silent: return []
    }
  }

  private mutating func retransmit(
    _ id: RequestID, _ exchange: Exchange, _ step: Retransmission.Step, at now: Instant
  ) -> [Effect] {
    switch step {
    case .transmit: transmit(id, exchange, at: now)
    case .fail: giveUp(id, exchange)
    }
  }

  private mutating func giveUp(_ id: RequestID, _ exchange: Exchange) -> [Effect] {
    var exchange = exchange
    exchange.state = .silent(isDeleting: exchange.isDeleting)
    keep(id, exchange)
    return [.unanswered(id)]
  }

  /// A mapping's life is over.
  mutating func endLife(_ id: RequestID, at now: Instant) -> [Effect] {
    guard var exchange = exchanges[id] else { return [] }
    if exchange.isDeleting {
      // What was to be deleted has gone by itself.
      forget(id)
      return [.deleted(id)]
    }
    exchange.held = nil
    switch exchange.state {
    case .granted:
      exchange.state = .requesting(newRetransmission(at: now))
      return [.expired(id)] + transmit(id, exchange, at: now)
    case .requesting, .deleting, .refused, .silent:
      exchanges[id] = exchange
      return [.expired(id)]
    }
  }

  /// Makes mappings again that the server may have lost (RFC 6887 sections 8.5 and 14.1.3).
  mutating func recover(at now: Instant) -> [Effect] {
    var effects: [Effect] = []
    for id in exchanges.keys.sorted() {
      guard var exchange = exchanges[id], exchange.generation < generation else { continue }
      switch exchange.state {
      case .granted, .requesting, .silent(isDeleting: false):
        // What is being asked for may have to wait long for its next turn, though the server is there again.
        exchange.generation = generation
        exchange.state = .requesting(newRetransmission(at: now))
        effects += transmit(id, exchange, at: now)
      // The others are asked for when their error has passed; what was to be deleted is gone.
      case .refused, .deleting, .silent(isDeleting: true): break
      }
    }
    return effects
  }
}

/// Ways to the server.
extension ClientMachine {
  mutating func move(to address: IPv6Address, at now: Instant) -> [Effect] {
    guard address == configuration.address else { return changeNetwork(to: address, at: now) }
    // The other address of the server may have a clock of its own.
    epoch = EpochTracker()
    var effects: [Effect] = []
    for id in exchanges.keys.sorted() {
      guard var exchange = exchanges[id] else { continue }
      switch exchange.state {
      case .requesting, .silent(isDeleting: false), .granted(_, isAsked: true):
        exchange.state = .requesting(newRetransmission(at: now))
      case .deleting, .silent(isDeleting: true): exchange.state = .deleting(newRetransmission(at: now))
      case .granted(_, isAsked: false), .refused: continue
      }
      effects += transmit(id, exchange, at: now)
    }
    return effects
  }

  mutating func changeNetwork(to address: IPv6Address, at now: Instant) -> [Effect] {
    configuration.address = address
    epoch = EpochTracker()
    fullUntil = .origin
    stuckUntil = .origin
    timers.cancel(.recovery)
    var effects: [Effect] = []
    for id in exchanges.keys.sorted() {
      guard var exchange = exchanges[id] else { continue }
      if exchange.isDeleting && exchange.wantedLifetime != 0 {
        // The mapping was another address's: there is nobody left who could delete it.
        forget(id)
        effects.append(.deleted(id))
        continue
      }
      if exchange.held != nil { effects.append(.expired(id)) }
      exchange.held = nil
      exchange.refusals = 0
      exchange.generation = generation
      timers.cancel(.life(id))
      let retransmission = newRetransmission(at: now)
      exchange.state = exchange.isDeleting ? .deleting(retransmission) : .requesting(retransmission)
      effects += transmit(id, exchange, at: now)
    }
    return effects
  }

  mutating func suspend() {
    for (id, exchange) in exchanges where exchange.isOutstanding {
      var exchange = exchange
      exchange.state = .silent(isDeleting: exchange.isDeleting)
      keep(id, exchange)
    }
  }
}

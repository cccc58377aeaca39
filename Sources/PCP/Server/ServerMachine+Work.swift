import Machine
import PCPWire
import Wire

/// What a mapping waits for.
enum Work: Sendable, Hashable {
  /// The backend installs it, new or changed.
  case installing(Change)
  /// The store records it; whether the backend has been told of the change before.
  case recording(Change, isInstalled: Bool)
  /// The store forgets it, before the backend removes it.
  case forgetting(Departure)
  /// The backend removes it; it is gone for everybody but those who want its place.
  case removing(Departure)
  /// The backend installs it again, as it was.
  case restoring
}

/// A mapping that is to be made or changed.
struct Change: Sendable, Hashable {
  /// Who is told.
  enum Cause: Sendable, Hashable {
    /// The client, in answer to its request.
    case request(Inquiry)
    /// The client, besides the answer to its request: it was about several mappings (RFC 7753 section 4.4.1).
    case overlap
    /// The client, unasked: the external end has changed (RFC 6887 section 14.2).
    case move
  }

  var cause: Cause
  /// The mapping as it will be.
  var mapping: Mapping
  var isNew: Bool
  /// Seconds granted.
  var lifetime: UInt32
}

/// A mapping that is to go.
struct Departure: Sendable, Hashable {
  enum Cause: Sendable, Hashable {
    case deleted
    case expired
    /// It was never acknowledged.
    case undone
    case lost
  }

  var cause: Cause
  /// The request that asked for it, and its answer.
  var token: ServerMachine.RequestToken?
  var response: PCPResponse?
  /// A request that waits for the end of this mapping among others, and is looked at again then.
  var waiting: Inquiry?
}

/// What leads from a decision to its answer.
extension ServerMachine {
  /// Whether a mapping is being removed: nothing can be done with it any more.
  func isLeaving(_ id: Mapping.ID) -> Bool {
    if case .removing = work[id] { return true }
    return false
  }

  /// Makes a mapping, or changes it.
  ///
  /// - Parameter needsBackend: whether what it lets through changes; the machine keeps time itself.
  mutating func carryOut(_ change: Change, needsBackend: Bool, at now: Instant) -> [Effect] {
    guard needsBackend else { return record(change, isInstalled: false, at: now) }
    work[change.mapping.id] = .installing(change)
    return [.install(change.mapping)]
  }

  mutating func installed(_ id: Mapping.ID, at now: Instant) -> [Effect] {
    switch work[id] {
    case .installing(var change):
      work[id] = nil
      if change.cause == .move { vacate(id, except: change.mapping, at: now) }
      if change.cause != .move { change.mapping.expiresAt = now + .seconds(Int64(change.lifetime)) }
      return record(change, isInstalled: true, at: now)
    case .restoring:
      work[id] = nil
      return moveIfNeeded(id, at: now)
    case .recording, .forgetting, .removing, nil: return []
    }
  }

  mutating func notInstalled(_ id: Mapping.ID, _ code: ResultCode, at now: Instant) -> [Effect] {
    switch work[id] {
    case .installing(let change):
      work[id] = nil
      if change.cause == .move { return lose(id, code, at: now) }
      if change.isNew { discard(id, at: now) }
      return refuse(change, refusal(code)) + (change.isNew ? [] : moveIfNeeded(id, at: now))
    case .restoring:
      work[id] = nil
      let effects = lose(id, code, at: now)
      if restoring.hasLost { return effects }
      // An acknowledged mapping is lost: all clients must hear of it, once (RFC 6887 section 8.5).
      restoring.hasLost = true
      return effects + loseState(at: now)
    case .recording(let change, _):
      // It was there, and could not be had again when the backend started anew.
      work[id] = nil
      return refuse(change, refusal(code)) + lose(id, code, at: now)
    case .forgetting, .removing, nil: return []
    }
  }

  private mutating func record(_ change: Change, isInstalled: Bool, at now: Instant) -> [Effect] {
    guard configuration.hasStore else { return settle(change, at: now) }
    work[change.mapping.id] = .recording(change, isInstalled: isInstalled)
    return [.record(change.mapping)]
  }

  mutating func recorded(_ id: Mapping.ID, at now: Instant) -> [Effect] {
    // The store works again.
    let forgetting = unforgotten.map { Effect.forget($0) }
    unforgotten = []
    switch work[id] {
    case .recording(let change, _):
      work[id] = nil
      return forgetting + settle(change, at: now)
    case .forgetting(let departure): return forgetting + remove(id, departure)
    case .installing, .removing, .restoring, nil: return forgetting
    }
  }

  mutating func notRecorded(_ id: Mapping.ID, at now: Instant) -> [Effect] {
    switch work[id] {
    case .recording(let change, let isInstalled):
      work[id] = nil
      let refusals = refuse(change, refusal(.noResources))
      if change.isNew { return refusals + remove(id, Departure(cause: .undone)) }
      // Where a mapping has moved to, it stays: what was before is no more.
      if change.cause == .move { return settle(change, at: now) }
      guard isInstalled, let old = table[id] else { return refusals + moveIfNeeded(id, at: now) }
      work[id] = .restoring
      return refusals + [.install(old)]
    case .forgetting(let departure):
      work[id] = nil
      let tokens = [departure.token, departure.waiting?.token].compactMap(\.self)
      return tokens.map { Effect.refuse($0, refusal(.noResources)) } + moveIfNeeded(id, at: now)
    case .removing, nil:
      if table[id] == nil || isLeaving(id) { unforgotten.append(id) }
      return []
    case .installing, .restoring: return []
    }
  }

  /// Makes the mapping what it was to be, and tells its client.
  private mutating func settle(_ change: Change, at now: Instant) -> [Effect] {
    var mapping = change.mapping
    // The client counts from the answer on, however long the store took.
    if change.cause != .move { mapping.expiresAt = max(mapping.expiresAt, now + .seconds(Int64(change.lifetime))) }
    table.update(mapping)
    timers.set(.mapping(mapping.id), at: mapping.expiresAt)
    var effects: [Effect]
    switch change.cause {
    case .request(let inquiry):
      // The client knows now what it was being told (RFC 6887 section 14.2).
      notices.forget(mapping.id, &timers)
      let response = self.response(to: inquiry, mapping, lifetime: change.lifetime, at: now)
      effects = [.respond(inquiry.token, response), .report(change.isNew ? .created(mapping) : .renewed(mapping))]
    case .overlap:
      notices.forget(mapping.id, &timers)
      effects = notice(of: mapping, at: now) + [.report(.renewed(mapping))]
    case .move:
      effects = [.report(.moved(mapping))] + beginNotice(of: mapping, nil, at: now)
    }
    return effects + moveIfNeeded(mapping.id, at: now)
  }

  /// Removes a mapping that its client deletes: first from the store, so that it cannot come back.
  mutating func delete(_ id: Mapping.ID, _ departure: Departure) -> [Effect] {
    guard configuration.hasStore else { return remove(id, departure) }
    work[id] = .forgetting(departure)
    return [.forget(id)]
  }

  /// Has the backend remove a mapping, whatever else it waits for.
  mutating func remove(_ id: Mapping.ID, _ departure: Departure) -> [Effect] {
    guard let mapping = table[id] else { return [] }
    timers.cancel(.mapping(id))
    work[id] = .removing(departure)
    return [.remove(mapping)]
  }

  mutating func removed(_ id: Mapping.ID, at now: Instant) -> [Effect] {
    guard case .removing(let departure) = work[id], let mapping = table.remove(id) else { return [] }
    work[id] = nil
    vacate(id, at: now)
    // What nobody was told of, nobody sends to.
    let isHeld = departure.cause != .undone && configuration.reuseDelay > .zero
    let end = now + configuration.reuseDelay
    for outer in pool.release(mapping, heldUntil: isHeld ? end : nil) { timers.set(.hold(outer), at: end) }
    var effects: [Effect] = []
    if departure.cause == .deleted {
      let answer = departure.token.flatMap { token in departure.response.map { [Effect.respond(token, $0)] } }
      effects = (answer ?? []) + [.report(.deleted(mapping))]
    }
    if let inquiry = departure.waiting { effects += process(inquiry, at: now) }
    return effects
  }

  /// Frees what a mapping had before it moved; where the address is still one of the device's, after a while.
  private mutating func vacate(_ id: Mapping.ID, except kept: Mapping? = nil, at now: Instant) {
    for outer in pool.vacate(id, except: kept) {
      if configuration.externalAddresses.contains(outer.address) {
        timers.set(.hold(outer), at: now + configuration.reuseDelay)
      } else {
        pool.release(outer)
      }
    }
  }

  /// Ends a mapping whose time is over.
  mutating func expire(_ id: Mapping.ID) -> [Effect] {
    guard let mapping = table[id] else { return [] }
    var refusals: [Effect] = []
    switch work[id] {
    case .installing(let change), .recording(let change, _): refusals = refuse(change, refusal(.networkFailure))
    // The store's answer comes to nobody: what it has is too old to come back.
    case .forgetting(let departure): return remove(id, departure)
    case .removing: return []
    case .restoring, nil: break
    }
    notices.forget(id, &timers)
    let forgetting: [Effect] = configuration.hasStore ? [.forget(id)] : []
    return remove(id, Departure(cause: .expired)) + forgetting + [.report(.expired(mapping))] + refusals
  }

  /// Takes back a new mapping that the backend does not have.
  private mutating func discard(_ id: Mapping.ID, at now: Instant) {
    guard let mapping = table.remove(id) else { return }
    timers.cancel(.mapping(id))
    _ = pool.release(mapping)
    vacate(id, at: now)
  }

  /// Tells a client that waits for an answer; one that would have been told unasked is not.
  private func refuse(_ change: Change, _ refusal: Refusal) -> [Effect] {
    guard case .request(let inquiry) = change.cause else { return [] }
    return [.refuse(inquiry.token, refusal)]
  }
}

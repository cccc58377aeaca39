public import Machine
import PCPWire
import Wire

/// Mappings that the backend is to be given again, in the order of their age.
struct Restoring: Sendable {
  /// Whether the backend could not have one of them: the clients have been told that the server has lost mappings.
  var hasLost = false
  /// Remembered mappings that cannot be, whatever remembered them: the store is to forget them.
  var refused: [Mapping.ID] = []
  private var queue: [Mapping.ID] = []
  private var next = 0

  var isEmpty: Bool { next == queue.count }

  mutating func append(_ id: Mapping.ID) { queue.append(id) }

  /// Turns the order round, before the first is taken.
  mutating func reverse() {
    queue.reverse()
    refused.reverse()
  }

  mutating func popFirst() -> Mapping.ID? {
    guard next < queue.count else { return nil }
    next += 1
    defer {
      if next == queue.count {
        queue = []
        next = 0
      }
    }
    return queue[next - 1]
  }
}

/// Mappings that outlive a restart of the server or of its backend.
extension ServerMachine {
  /// Takes a remembered mapping in, which counts when the backend has it again.
  mutating func take(restored mapping: Mapping, at now: Instant) {
    skipMappingIDs(through: mapping.id)
    guard mapping.expiresAt > now, canTake(mapping) else {
      restoring.refused.append(mapping.id)
      return
    }
    reserve(mapping)
    // What was not recorded when addresses changed may have given the external end to another.
    // A flow that traffic made may share it.
    let mayShare = mapping.kind != .inbound && configuration.looksUpImplicitMappings
    if pool.isStranger(mapping.id) && !mayShare { pool.disown(mapping) }
    work[mapping.id] = .restoring
    restoring.append(mapping.id)
  }

  /// Whether a remembered mapping goes with the younger ones, which are taken in before it: a store may hold what it failed to
  /// forget, and what no machine has written.
  private func canTake(_ mapping: Mapping) -> Bool {
    let last = Int(max(mapping.inner.port, mapping.outer.port)) + Int(mapping.portCount) - 1
    if mapping.portCount < 1 || last > Int(UInt16.max) { return false }
    switch mapping.kind {
    case .outbound(let remote): return table.outbound(mapping.inner, to: remote) == nil
    case .inbound: return table.inbound(from: mapping.inner, count: Int(mapping.portCount)).isEmpty
    }
  }

  /// Has the next mappings installed that the backend is to have again: a part of them, so that requests are answered in
  /// between.
  mutating func restore(at now: Instant) -> [Effect] {
    var effects: [Effect] = []
    for _ in 0..<1024 {
      guard let id = restoring.popFirst() else { return effects }
      guard case .restoring = work[id], let mapping = table[id] else { continue }
      if configuration.keeps(mapping), !pool.isDisowned(id) {
        effects.append(.install(mapping))
      } else {
        work[id] = nil
        effects += moveIfNeeded(id, at: now)
      }
    }
    if !restoring.isEmpty { timers.set(.restoration, at: now) }
    return effects
  }

  /// Has everything installed again that a backend had before it started anew. What it has not answered before, it need not.
  mutating func restoreAll(at now: Instant) -> [Effect] {
    restoring.hasLost = false
    var effects: [Effect] = []
    for mapping in table.all.sorted(by: { $0.id.rawValue < $1.id.rawValue }) {
      switch work[mapping.id] {
      case nil, .restoring:
        work[mapping.id] = .restoring
        restoring.append(mapping.id)
      case .installing(let change), .recording(let change, _): effects.append(.install(change.mapping))
      case .forgetting: effects.append(.install(mapping))
      case .removing: effects += removed(mapping.id, at: now)
      }
    }
    return effects + restore(at: now)
  }
}

/// Changes of the device and of the configuration.
extension ServerMachine {
  /// Goes on with another configuration. Mappings stay as they are until they are renewed or their time is over, except that
  /// those whose external address is gone get another (RFC 6887 section 14.2).
  public mutating func reconfigure(_ changed: ServerConfiguration, at now: Instant) -> [Effect] {
    let old = configuration
    configuration = changed
    pool.reconfigure(changed)
    let lost = table.all.filter { !changed.keeps($0) }.sorted { $0.id.rawValue < $1.id.rawValue }
    // None of them has a claim any more: not on what is gone, and not on what others of its host are given now.
    for mapping in lost { pool.disown(mapping) }
    var effects: [Effect] = []
    if !lost.isEmpty || Set(old.externalAddresses) != Set(changed.externalAddresses) {
      effects += loseState(informed: Set(lost.filter { $0.nonce != nil }.map(\.requester)), at: now)
    } else if old.prefix64 != changed.prefix64 || old.natPMPAddress != changed.natPMPAddress {
      // Clients must not go on with another prefix than the device's (RFC 7225 section 4.2), nor with another address
      // (RFC 6886 section 3.2.1).
      effects += beginAnnouncing(at: now)
    }
    for mapping in lost { effects += moveIfNeeded(mapping.id, at: now) }
    return effects
  }

  /// Gives a mapping another external end if its own is gone; later, if it is being worked on.
  mutating func moveIfNeeded(_ id: Mapping.ID, at now: Instant) -> [Effect] {
    guard work[id] == nil, var mapping = table[id],
      pool.isDisowned(id) || !configuration.keeps(mapping)
    else { return [] }
    if mapping.isExact { return lose(id, .cannotProvideExternal, at: now) }
    let suggestion = Suggestion(
      address: mapping.outer.address.unspecifiedOfFamily, port: mapping.outer.port, isBinding: false)
    var wish = PoolRequest(inner: mapping.inner, nonce: mapping.nonce, suggestion: suggestion)
    wish.count = Int(mapping.portCount)
    wish.keepsParity = mapping.portCount > 1 && mapping.inner.port % 2 == mapping.outer.port % 2
    if mapping.nonce == nil { wish.obeyNATPMP(configuration) }
    pool.disown(mapping)
    do throws(Refusal) {
      let opcode: Opcode = mapping.kind == .inbound ? .map : .peer
      wish.permitted = try permittedPorts(opcode, from: mapping.requester, mapping.inner, count: wish.count)
      let choice = try chooseOuter(wish, at: now)
      // A set is one thing (RFC 7753 section 4.4): what cannot be moved whole is not kept.
      if choice.count < wish.count { throw refusal(.noResources) }
      mapping.outer = choice.outer
    } catch {
      return lose(id, error.code, at: now)
    }
    table.update(mapping)
    pool.bind(mapping)
    let lifetime = mapping.remainingSeconds(at: now)
    return carryOut(Change(cause: .move, mapping: mapping, isNew: false, lifetime: lifetime), needsBackend: true, at: now)
  }

  /// Ends a mapping that cannot be kept, and tells its client.
  mutating func lose(_ id: Mapping.ID, _ code: ResultCode, at now: Instant) -> [Effect] {
    guard let mapping = table[id] else { return [] }
    let forgetting: [Effect] = configuration.hasStore ? [.forget(id)] : []
    return remove(id, Departure(cause: .lost)) + forgetting + [.report(.lost(mapping))]
      + beginNotice(of: mapping, code, at: now)
  }
}

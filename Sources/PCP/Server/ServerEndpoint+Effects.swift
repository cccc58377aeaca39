import Machine
import PCPWire
import Wire

/// What the machine wants done.
extension ServerEndpoint {
  mutating func perform(_ effects: [ServerMachine.Effect], at now: Instant) -> [Effect] {
    var results = recordEpoch()
    for effect in effects {
      switch effect {
      case .respond(let token, let response):
        if let request = pending.removeValue(forKey: token) { results += respond(request, response, at: now) }
      case .refuse(let token, let refusal):
        if let request = pending.removeValue(forKey: token) { results += refuse(request, refusal, at: now) }
      case .ignore(let token): if pending.removeValue(forKey: token) != nil { counts.ignored += 1 }
      case .announce(let response): results += announce(response)
      case .notify(let peer, let local, let response):
        if let octets = try? response.encoded() { results.append(.transmit(Datagram(octets, to: peer, from: local))) }
      case .notifyRefusal(let peer, let local, let request, let refusal):
        results += notify(peer, from: local, request, refusal, at: now)
      case .install, .remove, .lookUp: results += performForBackend(effect, at: now)
      case .record(let mapping): results.append(.report(.record(mapping)))
      case .forget(let id): results.append(.report(.forget(id)))
      case .report(let change): results.append(.report(.changed(change)))
      }
    }
    return results
  }

  /// Has the store written down a new start of the epoch: it says whether mappings were lost, and must not be forgotten before
  /// them.
  private mutating func recordEpoch() -> [Effect] {
    guard machine.configuration.hasStore, machine.epochStartedAt != recordedEpoch else { return [] }
    recordedEpoch = machine.epochStartedAt
    return [.report(.epoch(startedAt: machine.epochStartedAt))]
  }

  /// Hands on what is for the backend; memory has nothing to do, and has done it at once.
  private mutating func performForBackend(_ effect: ServerMachine.Effect, at now: Instant) -> [Effect] {
    switch (effect, backend) {
    case (.install(let mapping), .memory): perform(machine.handle(.installed(mapping.id), at: now), at: now)
    case (.install(let mapping), .program): [.report(.install(mapping))]
    case (.remove(let mapping), .memory): perform(machine.handle(.removed(mapping.id), at: now), at: now)
    case (.remove(let mapping), .program): [.report(.remove(mapping))]
    case (.lookUp(let lookup), .memory):
      perform(machine.handle(.lookedUp(lookup.token, implicitMappings.first(where: lookup.matches)), at: now), at: now)
    case (.lookUp(let lookup), .program): [.report(.lookUp(lookup))]
    case (.respond, _), (.refuse, _), (.ignore, _), (.announce, _), (.notify, _), (.notifyRefusal, _), (.record, _),
      (.forget, _), (.report, _):
      []
    }
  }
}

/// Responses as octets.
extension ServerEndpoint {
  private mutating func respond(_ request: Pending, _ response: PCPResponse, at now: Instant) -> [Effect] {
    if let natPMP = request.natPMP {
      counts.granted += 1
      return respondNATPMP(request, natPMP, response)
    }
    guard let octets = try? response.encoded() else {
      // An answer has no more options than its request, and the prefixes that fit: none is too long. A client that got one to
      // be is told what it must do about it (RFC 6887 section 7.3).
      return refuse(request, machine.refusal(.malformedRequest), at: now)
    }
    counts.granted += 1
    return [.transmit(Datagram(octets, to: request.peer, from: request.local))]
  }

  private func announce(_ response: PCPResponse) -> [Effect] {
    guard let octets = try? response.encoded() else { return [] }
    let datagrams = machine.configuration.announcementTargets.map { Effect.transmit(Datagram(octets, to: $0)) }
    return datagrams + announceNATPMP(response)
  }

  mutating func refuse(_ request: Pending, _ refusal: Refusal, at now: Instant) -> [Effect] {
    counts.refused[refusal.code, default: 0] += 1
    let event = Effect.report(.refused(request.peer, refusal))
    let epochTime = machine.epochTime(at: now)
    let answer: [UInt8]?
    if let natPMP = request.natPMP {
      answer = try? natPMP.refusal(refusal.code.natPMP, epochTime: epochTime).encoded()
    } else {
      answer = errorResponse(to: request.octets, refusal, epochTime: epochTime)
    }
    guard let octets = answer else { return [event] }
    return [.transmit(Datagram(octets, to: request.peer, from: request.local)), event]
  }

  private func notify(
    _ peer: PeerAddress, from local: IPv6Address?, _ request: PCPRequest, _ refusal: Refusal, at now: Instant
  ) -> [Effect] {
    guard let octets = try? request.encoded(),
      let answer = errorResponse(to: octets, refusal, epochTime: machine.epochTime(at: now))
    else { return [] }
    return [.transmit(Datagram(answer, to: peer, from: local))]
  }
}

/// An error response: the request with its header changed (RFC 6887 section 8.2).
///
/// - Returns: nil for octets that are not even the start of a message.
func errorResponse(to request: [UInt8], _ refusal: Refusal, epochTime: UInt32) -> [UInt8]? {
  guard let start = try? PacketStart(decodingPrefix: request) else { return nil }
  let whole = MessageFacts.padded(request.prefix(MessageFacts.maximumSize), to: MessageFacts.headerSize)
  var tail = Octets<12>()
  if !refusal.isParsed {
    // The last octets of the header are those of the client's address; the response has as many, reserved, in their place.
    tail = Octets(whole.prefix(MessageFacts.headerSize).suffix(tail.count)) ?? tail
  }
  let response = ErrorResponse(
    opcode: start.opcode, resultCode: refusal.code, lifetime: refusal.lifetime, epochTime: epochTime,
    clientAddressTail: tail, copied: Array(whole.dropFirst(MessageFacts.headerSize)))
  return try? response.encoded()
}

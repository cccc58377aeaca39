import Machine
import PCPWire
import Wire

/// What the gateway says.
extension NATPMPClientMachine {
  mutating func received(_ response: NATPMPResponse, at now: Instant) -> [Effect] {
    switch response {
    case .externalAddress(let response):
      return note(response.epochTime, at: now) + receivedAddress(response, at: now)
    case .mapUDP(let response):
      let mapped = Mapped(
        transport: .udp, resultCode: response.resultCode, internalPort: response.internalPort,
        externalPort: response.mappedExternalPort, lifetime: response.lifetime)
      return note(response.epochTime, at: now) + received(mapped, at: now)
    case .mapTCP(let response):
      let mapped = Mapped(
        transport: .tcp, resultCode: response.resultCode, internalPort: response.internalPort,
        externalPort: response.mappedExternalPort, lifetime: response.lifetime)
      return note(response.epochTime, at: now) + received(mapped, at: now)
    case .unsupportedVersion(let response):
      // An answer to what was sent in another version before; what it says of time counts all the same (section 3.6).
      return note(response.epochTime, at: now)
    }
  }

  /// The answers for either transport, which differ in nothing else.
  private struct Mapped {
    var transport: TransportProtocol
    var resultCode: NATPMPResultCode
    var internalPort: UInt16
    var externalPort: UInt16
    var lifetime: UInt32
  }

  /// Looks at the seconds since the start of the epoch (section 3.6).
  private mutating func note(_ epochTime: UInt32, at now: Instant) -> [Effect] {
    if epoch.isValid(epochTime, at: now) { return [] }
    // The first request waits; the others follow one by one (section 3.7).
    timers.set(.recovery, at: now + configuration.maximumRecoveryDelay * random.number(in: 0...1))
    return [.report(.serverLostState(epochTime: epochTime))]
  }

  private mutating func receivedAddress(_ response: ExternalAddressResponse, at now: Instant) -> [Effect] {
    let wasAsked = current?.job == .address
    if wasAsked { current = nil }
    var effects: [Effect] = []
    let asked = entries.keys.sorted().filter { entries[$0]?.wish == nil && entries[$0]?.state == .wanted }
    if asked.isEmpty && !wasAsked { effects.append(.report(.announced(epochTime: response.epochTime))) }
    guard response.resultCode == .success, response.externalAddress.value != 0 else {
      // Without an external address there is nothing to map to.
      let code = response.resultCode == .success ? .networkFailure : response.resultCode.pcp
      if wasAsked { effects += refuseAllWanted(code, at: now) }
      return effects + next(at: now)
    }
    for id in asked {
      forget(id)
      effects.append(.report(.alive(id, epochTime: response.epochTime)))
    }
    let isChanged = externalAddress != nil && externalAddress != response.externalAddress
    externalAddress = response.externalAddress
    if isChanged { effects += moveGrants(to: response.externalAddress, at: now) }
    return effects + next(at: now)
  }

  /// The gateway has another external address, and the mappings with it (section 3.2.1).
  private mutating func moveGrants(to address: IPv4Address, at now: Instant) -> [Effect] {
    entries.keys.sorted().compactMap { id in
      guard var held = entries[id]?.held else { return nil }
      held.grant.externalAddress = IPv6Address(mapping: address)
      entries[id]?.held = held
      var grant = held.grant
      grant.lifetime = UInt32(clamping: (held.expiresAt - now).secondsRoundedUp)
      return .report(.granted(id, grant))
    }
  }

  /// Only the answer to the request that is out is taken; only the transport and the port tell what it is about (section 3.5).
  private mutating func received(_ mapped: Mapped, at now: Instant) -> [Effect] {
    guard let job = current?.job, let id = job.id, let wish = entries[id]?.wish, wish.protocol == mapped.transport,
      wish.internalPort == mapped.internalPort
    else { return [] }
    if case .delete = job {
      // An answer that grants something is late, and of a request that was sent before.
      if mapped.resultCode == .success && mapped.lifetime > 0 { return [] }
      current = nil
      forget(id)
      let event: ClientEvent =
        mapped.resultCode == .success
        ? .deleted(id) : .refused(id, mapped.resultCode.pcp, lifetime: 0, retryAt: now)
      return [.report(event)] + next(at: now)
    }
    current = nil
    guard mapped.resultCode == .success, mapped.lifetime > 0, let address = externalAddress else {
      let code = mapped.resultCode == .success ? .cannotProvideExternal : mapped.resultCode.pcp
      return [refuse(id, code, at: now)] + next(at: now)
    }
    let grant = Grant(
      externalAddress: IPv6Address(mapping: address), externalPort: mapped.externalPort, lifetime: mapped.lifetime,
      nonce: wish.nonce ?? MappingNonce())
    return granted(id, grant, at: now) + next(at: now)
  }

  private mutating func granted(_ id: RequestID, _ grant: Grant, at now: Instant) -> [Effect] {
    // Renewal begins halfway to the end (section 3.3).
    let lifetime = min(.seconds(Int64(grant.lifetime)), configuration.maximumLifetime)
    let renewal = RenewalSchedule(
      grantedAt: now, lifetime: lifetime, minimumGap: configuration.minimumRenewalGap, random: 0)
    entries[id]?.state = .granted(renewal)
    entries[id]?.held = Exchange.Held(grant: grant, expiresAt: renewal.expiresAt)
    entries[id]?.refusals = 0
    if let renewAt = renewal.renewAt { timers.set(.wish(id), at: renewAt) }
    timers.set(.life(id), at: renewal.expiresAt)
    return [.report(.granted(id, grant))]
  }

  /// Lets an error pass; the protocol says nothing of how long that takes.
  mutating func refuse(_ id: RequestID, _ code: ResultCode, at now: Instant) -> Effect {
    let delay = configuration.delay(after: code, lifetime: 0, earlier: entries[id]?.refusals ?? 0)
    entries[id]?.state = .refused
    entries[id]?.refusals += 1
    if entries[id] != nil { timers.set(.wish(id), at: now + delay) }
    let seconds = UInt32(clamping: delay.secondsRoundedUp)
    return .report(.refused(id, code, lifetime: seconds, retryAt: now + delay))
  }

  private mutating func refuseAllWanted(_ code: ResultCode, at now: Instant) -> [Effect] {
    let wanted = entries.keys.sorted().filter { entries[$0]?.state == .wanted && !queue.contains(.delete($0)) }
    queue.removeAll { if case .map = $0 { true } else { false } }
    return wanted.map { refuse($0, code, at: now) }
  }
}

extension NATPMPClientMachine.Job {
  var id: ClientMachine.RequestID? {
    switch self {
    case .address: nil
    case .map(let id), .delete(let id): id
    }
  }
}

extension NATPMPResultCode {
  /// The code that PCP has for the same (RFC 6887 section 7.4); what is not known ends the request (RFC 6886 section 3.5).
  public var pcp: ResultCode {
    switch known {
    case .success: .success
    case .unsupportedVersion: .unsuppVersion
    case .notAuthorized: .notAuthorized
    case .networkFailure: .networkFailure
    case .outOfResources: .noResources
    case .unsupportedOpcode: .unsuppOpcode
    case nil: .malformedRequest
    }
  }
}

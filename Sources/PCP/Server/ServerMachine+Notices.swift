import Machine
import PCPWire
import Wire

/// What clients are told unasked about their mappings (RFC 6887 section 14.2).
struct Notices: Sendable {
  struct Notice: Sendable {
    var mapping: Mapping
    /// Why the mapping is no more; nil when it has moved.
    var code: ResultCode?
    var sent = 0
  }

  var waiting: [Mapping.ID: Notice] = [:]
  private var nextSlot = Instant(nanoseconds: .min)

  /// When to send what is to be sent now, so that there are not more than so many in a second.
  mutating func slot(at now: Instant, _ perSecond: Int) -> Instant {
    let slot = max(now, nextSlot)
    nextSlot = slot + .nanoseconds(1_000_000_000 / Int64(max(1, perSecond)))
    return slot
  }

  /// A mapping's client knows.
  mutating func forget(_ id: Mapping.ID, _ timers: inout TimerTable<ServerMachine.Timer>) {
    if !waiting.isEmpty && waiting.removeValue(forKey: id) != nil { timers.cancel(.notice(id)) }
  }
}

/// Mapping Update (RFC 6887 section 14.2).
extension ServerMachine {
  /// Tells a client that its mapping has moved, or is no more.
  mutating func beginNotice(of mapping: Mapping, _ code: ResultCode?, at now: Instant) -> [Effect] {
    // NAT-PMP has no such message: its clients ask again when they see the epoch begun anew (RFC 6886 section 3.7).
    if mapping.nonce == nil { return [] }
    notices.waiting[mapping.id] = Notices.Notice(mapping: mapping, code: code)
    let slot = notices.slot(at: now, configuration.noticesPerSecond)
    if slot <= now { return sendNotice(mapping.id, at: now) }
    timers.set(.notice(mapping.id), at: slot)
    return []
  }

  mutating func sendNotice(_ id: Mapping.ID, at now: Instant) -> [Effect] {
    guard var notice = notices.waiting[id] else { return [] }
    if notice.code == nil {
      guard let mapping = table[id], !isLeaving(id) else {
        notices.waiting[id] = nil
        return []
      }
      notice.mapping = mapping
    }
    notice.sent += 1
    if notice.sent <= configuration.updateIntervals.count {
      notices.waiting[id] = notice
      timers.set(.notice(id), at: now + configuration.updateIntervals[notice.sent - 1])
    } else {
      notices.waiting[id] = nil
    }
    let mapping = notice.mapping
    guard let code = notice.code else { return self.notice(of: mapping, at: now) }
    return [.notifyRefusal(mapping.requester, from: mapping.server, request(for: mapping, at: now), refusal(code))]
  }

  /// A mapping as its client is told of it unasked; nothing when it ends within the second.
  func notice(of mapping: Mapping, at now: Instant) -> [Effect] {
    // Only a request makes a mapping live longer: what is told unasked is never more than is left.
    let lifetime = UInt32(clamping: (mapping.expiresAt - now).wholeSeconds)
    if lifetime == 0 { return [] }
    let response: PCPResponse
    switch mapping.kind {
    case .inbound:
      var update = MapResponse(
        lifetime: lifetime, epochTime: epochTime(at: now), nonce: mapping.nonce ?? MappingNonce(),
        protocol: mapping.inner.protocol, internalPort: mapping.inner.port, assignedExternalPort: mapping.outer.port,
        assignedExternalAddress: mapping.outer.address,
        options: MapResponse.Options(
          thirdParty: thirdParty(of: mapping), preferFailure: mapping.isExact ? PreferFailureOption() : nil,
          thirdPartyID: thirdPartyID(of: mapping),
          // Of the options that need not be understood the one without which the rest would be wrong.
          portSet: mapping.portCount > 1 ? mapping.portSet(keepsParity: true) : nil))
      for filter in mapping.filters {
        update.options.filter.append(filter)
        if update.encodedSize > MessageFacts.maximumSize { update.options.filter.removeLast() }
      }
      response = .map(update)
    case .outbound(let remote):
      response = .peer(
        PeerResponse(
          lifetime: lifetime, epochTime: epochTime(at: now), nonce: mapping.nonce ?? MappingNonce(),
          protocol: mapping.inner.protocol, internalPort: mapping.inner.port, assignedExternalPort: mapping.outer.port,
          assignedExternalAddress: mapping.outer.address, remotePeerPort: remote.port, remotePeerAddress: remote.address,
          options: PeerResponse.Options(
            thirdParty: thirdParty(of: mapping), thirdPartyID: thirdPartyID(of: mapping))))
    }
    return [.notify(mapping.requester, from: mapping.server, response)]
  }

  /// The request that a mapping came of, for an error response to copy.
  private func request(for mapping: Mapping, at now: Instant) -> PCPRequest {
    switch mapping.kind {
    case .inbound:
      return .map(
        MapRequest(
          requestedLifetime: mapping.remainingSeconds(at: now), clientAddress: mapping.requester.address,
          nonce: mapping.pcpNonce, protocol: mapping.inner.protocol, internalPort: mapping.inner.port,
          suggestedExternalPort: mapping.outer.port, suggestedExternalAddress: mapping.outer.address,
          options: MapRequest.Options(
            thirdParty: thirdParty(of: mapping), preferFailure: mapping.isExact ? PreferFailureOption() : nil,
            thirdPartyID: thirdPartyID(of: mapping))))
    case .outbound(let remote):
      return .peer(
        PeerRequest(
          requestedLifetime: mapping.remainingSeconds(at: now), clientAddress: mapping.requester.address,
          nonce: mapping.pcpNonce, protocol: mapping.inner.protocol, internalPort: mapping.inner.port,
          suggestedExternalPort: mapping.outer.port, suggestedExternalAddress: mapping.outer.address,
          remotePeerPort: remote.port, remotePeerAddress: remote.address,
          options: PeerRequest.Options(
            thirdParty: thirdParty(of: mapping), thirdPartyID: thirdPartyID(of: mapping))))
    }
  }

  /// The option by which a client that asked for another host knows what the answer is about.
  private func thirdParty(of mapping: Mapping) -> ThirdPartyOption? {
    mapping.requester.address == mapping.inner.address && mapping.inner.realm.isEmpty
      ? nil : ThirdPartyOption(address: mapping.inner.address)
  }

  private func thirdPartyID(of mapping: Mapping) -> ThirdPartyIDOption? {
    mapping.inner.realm.isEmpty ? nil : ThirdPartyIDOption(value: mapping.inner.realm)
  }
}

extension Mapping {
  /// The nonce in messages of PCP. Who has none is sent none of them.
  fileprivate var pcpNonce: MappingNonce { nonce ?? MappingNonce() }
}

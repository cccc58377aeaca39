import Machine
import PCPWire
import Wire

/// The announcements that follow a loss of state (RFC 6887 section 14.1.1).
struct Announcing: Sendable {
  /// A client whose mappings the server remembers.
  struct Contact: Sendable {
    /// The server's address that it knows.
    var server: IPv6Address?
    var sent = 0
  }

  /// Whether the server starts without what it may have had.
  var isNeeded = true
  /// How many the configured targets have been sent.
  var sent = 0
  /// Clients that are told one by one until they are heard of.
  var contacts: [PeerAddress: Contact] = [:]

  /// A client asks for something: it learns the Epoch Time from the answer.
  mutating func heard(from peer: PeerAddress, _ timers: inout TimerTable<ServerMachine.Timer>) {
    if !contacts.isEmpty && contacts.removeValue(forKey: peer) != nil { timers.cancel(.contact(peer)) }
  }
}

/// ANNOUNCE (RFC 6887 section 14.1).
extension ServerMachine {
  /// Announces the server if it has lost mappings, and has those it remembers installed.
  mutating func start(at now: Instant) -> [Effect] {
    let isNeeded = announcing.isNeeded
    announcing.isNeeded = false
    let forgetting = restoring.refused.map { Effect.forget($0) }
    restoring.refused = []
    return forgetting + restore(at: now) + (isNeeded ? beginAnnouncing(at: now) : [])
  }

  /// Begins the Epoch Time anew and tells everybody, since mappings are lost or their external ends are
  /// (RFC 6887 section 8.5).
  ///
  /// - Parameter informed: clients that learn of it otherwise.
  mutating func loseState(informed: Set<PeerAddress> = [], at now: Instant) -> [Effect] {
    epochStartedAt = now
    if configuration.announcementCount < 1 { return [] }
    // Those of NAT-PMP are told by the announcement to all, the only one that they know.
    for mapping in table.all where mapping.nonce != nil && !informed.contains(mapping.requester) {
      announcing.contacts[mapping.requester] = Announcing.Contact(server: mapping.server)
    }
    for peer in announcing.contacts.keys.sorted(by: PeerAddress.isOrdered) {
      timers.set(.contact(peer), at: notices.slot(at: now, configuration.noticesPerSecond))
    }
    return beginAnnouncing(at: now)
  }

  mutating func beginAnnouncing(at now: Instant) -> [Effect] {
    announcing.sent = 0
    return announce(at: now)
  }

  /// Announces the server, and sets the time of the next announcement.
  mutating func announce(at now: Instant) -> [Effect] {
    guard announcing.sent < configuration.announcementCount else { return [] }
    announcing.sent += 1
    if let interval = interval(after: announcing.sent) { timers.set(.announcement, at: now + interval) }
    return [.announce(announcement(at: now))]
  }

  /// Announces the server to a client that it remembers.
  mutating func announce(to peer: PeerAddress, at now: Instant) -> [Effect] {
    guard var contact = announcing.contacts[peer], contact.sent < configuration.announcementCount else { return [] }
    contact.sent += 1
    announcing.contacts[peer] = contact
    if let interval = interval(after: contact.sent) {
      timers.set(.contact(peer), at: now + interval)
    } else {
      announcing.contacts[peer] = nil
    }
    return [.notify(peer, from: contact.server, announcement(at: now))]
  }

  /// The time until the next announcement, after so many; nil when that was the last.
  private func interval(after count: Int) -> Duration? {
    guard count < configuration.announcementCount else { return nil }
    // Past 30 doublings nobody waits any more, and the number would not fit.
    return configuration.firstAnnouncementInterval * (1 << min(count - 1, 30))
  }

  private func announcement(at now: Instant) -> PCPResponse {
    var response = AnnounceResponse(lifetime: 0, epochTime: epochTime(at: now))
    addPrefixes(to: &response, \.options.prefix64)
    return .announce(response)
  }

  /// The answer to ANNOUNCE (RFC 6887 section 14.1.2).
  func announce(_ request: AnnounceRequest, _ inquiry: Inquiry, at now: Instant) throws(Refusal) -> [Effect] {
    _ = try permittedPorts(.announce, from: inquiry.peer)
    var response = AnnounceResponse(lifetime: 0, epochTime: epochTime(at: now))
    if request.options.prefix64 != nil { addPrefixes(to: &response, \.options.prefix64) }
    return [.respond(inquiry.token, .announce(response))]
  }
}

extension PeerAddress {
  /// An order, so that a run can be repeated.
  fileprivate static func isOrdered(_ left: PeerAddress, _ right: PeerAddress) -> Bool {
    (left.address.high, left.address.low, left.port, left.scope)
      < (right.address.high, right.address.low, right.port, right.scope)
  }
}

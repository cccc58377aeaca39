public import Machine
public import PCPWire
public import Wire

/// What a client does with one NAT-PMP gateway (RFC 6886): the same wishes as with a PCP server, as far as this protocol goes.
///
/// Requests go out one at a time, the next when the one before is answered (section 3.1). The external address, which the answer
/// to a mapping does not carry, is asked for first.
public struct NATPMPClientMachine: Sendable {
  public typealias RequestID = ClientMachine.RequestID

  public enum Input: Sendable, Hashable {
    /// Is the gateway there?
    case announce(RequestID)
    /// A mapping is wanted; with a lifetime of 0, one made earlier is to go.
    case map(RequestID, MapWish)
    /// The protocol has no outbound mappings: refused.
    case peer(RequestID, PeerWish)
    case renew(RequestID)
    case delete(RequestID)
    case forget(RequestID)
    /// A message from the gateway, asked for or not.
    case response(NATPMPResponse)
    /// The gateway's host says that nothing listens there: no need to ask again and again (section 3.1).
    case unreachable
  }

  public enum Effect: Sendable, Hashable {
    case send(NATPMPRequest)
    case report(ClientEvent)
    /// The gateway does not answer, or does not speak this protocol: nothing more is sent to it.
    case lost
  }

  /// What is asked for, one thing at a time.
  enum Job: Sendable, Hashable {
    case address
    case map(RequestID)
    case delete(RequestID)
  }

  enum Timer: Sendable, Hashable {
    case request
    /// A renewal, or another attempt after an error.
    case wish(RequestID)
    /// The end of a mapping's life.
    case life(RequestID)
    case recovery
  }

  /// A wish and how far it has come.
  struct Entry: Sendable, Hashable {
    enum State: Sendable, Hashable {
      /// Asked for, or about to be.
      case wanted
      case granted(RenewalSchedule)
      case refused
    }

    /// nil for the question whether the gateway is there.
    var wish: MapWish?
    var state = State.wanted
    var held: Exchange.Held?
    var refusals = 0
  }

  public let configuration: ClientConfiguration
  var random: any RandomSource
  var entries: [RequestID: Entry] = [:]
  var queue: [Job] = []
  var current: (job: Job, retransmission: Retransmission)?
  var timers = TimerTable<Timer>()
  var epoch = NATPMPEpochTracker()
  /// The gateway's external address, once it has told.
  public internal(set) var externalAddress: IPv4Address?

  /// - Parameter random: spreads what is sent over time.
  public init(_ configuration: ClientConfiguration, random: any RandomSource) {
    self.configuration = configuration
    self.random = random
  }

  /// When something will be due.
  public var nextDeadline: Instant? { timers.nextDeadline }

  public mutating func handle(_ input: Input, at now: Instant) -> [Effect] {
    switch input {
    case .announce(let id):
      entries[id] = Entry()
      return ask([.address], at: now)
    case .map(let id, let wish): return begin(id, wish, at: now)
    case .peer(let id, _): return [refuse(id, .unsuppOpcode, at: now)]
    case .renew(let id):
      guard case .granted = entries[id]?.state else { return [] }
      return ask([.map(id)], at: now)
    case .delete(let id): return delete(id, at: now)
    case .forget(let id):
      forget(id)
      return []
    case .response(let response): return received(response, at: now)
    case .unreachable: return lose()
    }
  }

  public mutating func expire(at now: Instant) -> [Effect] {
    var effects: [Effect] = []
    while let timer = timers.popExpired(at: now) {
      switch timer {
      case .request: effects += repeatRequest(at: now)
      case .wish(let id): effects += resume(id, at: now)
      case .life(let id): effects += endLife(id, at: now)
      case .recovery: effects += ask([.address] + grantedJobs, at: now)
      }
    }
    return effects
  }
}

/// What the program asks for.
extension NATPMPClientMachine {
  private mutating func begin(_ id: RequestID, _ wish: MapWish, at now: Instant) -> [Effect] {
    forget(id)
    if let code = refusal(of: wish) {
      entries[id] = Entry(wish: wish)
      return [refuse(id, code, at: now)]
    }
    entries[id] = Entry(wish: wish)
    return ask(wish.lifetime == 0 ? [.delete(id)] : [.map(id)], at: now)
  }

  /// What the protocol cannot do; nil when it can.
  private func refusal(of wish: MapWish) -> ResultCode? {
    // Port 0 would mean every mapping that the host has (section 3.4).
    guard wish.protocol == .tcp || wish.protocol == .udp, wish.internalPort != 0 else { return .unsuppProtocol }
    // What must be done if it is asked for, and cannot be; the other options are hints.
    let options = wish.options
    let isPlain =
      options.thirdParty == nil && options.preferFailure == nil && options.filter.isEmpty && options.thirdPartyID == nil
    return isPlain ? nil : .unsuppOption
  }

  private mutating func delete(_ id: RequestID, at now: Instant) -> [Effect] {
    guard let entry = entries[id] else { return [] }
    guard let wish = entry.wish, refusal(of: wish) == nil, !isShared(id, wish) else {
      forget(id)
      return [.report(.deleted(id))]
    }
    if entry.state == .refused && entry.held == nil {
      forget(id)
      return [.report(.deleted(id))]
    }
    return ask([.delete(id)], at: now)
  }

  /// Whether another wish is for the same port: messages carry nothing else to tell mappings apart by.
  private func isShared(_ id: RequestID, _ wish: MapWish) -> Bool {
    entries.contains { other in
      other.key != id && other.value.wish?.protocol == wish.protocol && other.value.wish?.internalPort == wish.internalPort
    }
  }

  mutating func forget(_ id: RequestID) {
    entries[id] = nil
    timers.cancel(.wish(id))
    timers.cancel(.life(id))
    queue.removeAll { $0 == .map(id) || $0 == .delete(id) }
  }

  /// Jobs that make mappings again, or renew them.
  private var grantedJobs: [Job] {
    entries.keys.sorted().filter { id in
      if case .granted = entries[id]?.state { true } else { false }
    }.map { .map($0) }
  }
}

/// One request at a time.
extension NATPMPClientMachine {
  /// Puts jobs in the queue that are not in it yet, and sends the first when nothing is out.
  mutating func ask(_ jobs: [Job], at now: Instant) -> [Effect] {
    for job in jobs {
      if case .delete(let id) = job {
        // What is to go need not be made.
        queue.removeAll { $0 == .map(id) }
        if current?.job == .map(id) { current = nil }
        timers.cancel(.wish(id))
      }
      if case .map = job, externalAddress == nil, !queue.contains(.address), current?.job != .address { queue.append(.address) }
      if !queue.contains(job), current?.job != job { queue.append(job) }
    }
    return next(at: now)
  }

  mutating func next(at now: Instant) -> [Effect] {
    while current == nil, !queue.isEmpty {
      let job = queue.removeFirst()
      guard let request = request(of: job) else { continue }
      var parameters = configuration.natPMPRetransmission
      if case .delete = job { parameters.maximumCount = configuration.natPMPDeletionAttempts }
      // This protocol doubles its intervals and changes them by nothing else.
      let retransmission = Retransmission(parameters, at: now, random: 0)
      current = (job, retransmission)
      timers.set(.request, at: retransmission.deadline)
      return [.send(request)]
    }
    if current == nil { timers.cancel(.request) }
    return []
  }

  private func request(of job: Job) -> NATPMPRequest? {
    switch job {
    case .address: return .externalAddress(ExternalAddressRequest())
    case .map(let id):
      guard let entry = entries[id], let wish = entry.wish else { return nil }
      let port = entry.held?.grant.externalPort ?? wish.externalPort
      return request(wish, suggestedPort: port, lifetime: wish.lifetime)
    case .delete(let id):
      guard let wish = entries[id]?.wish else { return nil }
      return request(wish, suggestedPort: 0, lifetime: 0)
    }
  }

  private func request(_ wish: MapWish, suggestedPort: UInt16, lifetime: UInt32) -> NATPMPRequest {
    wish.protocol == .tcp
      ? .mapTCP(MapTCPRequest(internalPort: wish.internalPort, suggestedExternalPort: suggestedPort, requestedLifetime: lifetime))
      : .mapUDP(MapUDPRequest(internalPort: wish.internalPort, suggestedExternalPort: suggestedPort, requestedLifetime: lifetime))
  }

  private mutating func repeatRequest(at now: Instant) -> [Effect] {
    guard var current else { return [] }
    switch current.retransmission.advance(at: now, random: 0) {
    case .transmit:
      self.current = current
      timers.set(.request, at: current.retransmission.deadline)
      return request(of: current.job).map { [.send($0)] } ?? []
    case .fail:
      guard case .delete(let id) = current.job else { return lose() }
      self.current = nil
      forget(id)
      return [.report(.deleted(id))] + next(at: now)
    }
  }

  /// The gateway does not speak this protocol, or not any more.
  private mutating func lose() -> [Effect] {
    current = nil
    queue = []
    timers.cancel(.request)
    timers.cancel(.recovery)
    let waiting = entries.keys.sorted().filter { entries[$0]?.state == .wanted }
    return waiting.map { .report(.unanswered($0)) } + [.lost]
  }
}

/// What time brings.
extension NATPMPClientMachine {
  /// A renewal is due, or an error has passed.
  private mutating func resume(_ id: RequestID, at now: Instant) -> [Effect] {
    guard var entry = entries[id] else { return [] }
    switch entry.state {
    case .wanted: return []
    case .granted(var renewal):
      renewal.advance(at: now, random: 0)
      entry.state = .granted(renewal)
      if let renewAt = renewal.renewAt { timers.set(.wish(id), at: renewAt) }
    case .refused:
      if let code = entry.wish.flatMap({ refusal(of: $0) }) { return [refuse(id, code, at: now)] }
      entry.state = .wanted
    }
    entries[id] = entry
    return ask(entry.wish == nil ? [.address] : [.map(id)], at: now)
  }

  private mutating func endLife(_ id: RequestID, at now: Instant) -> [Effect] {
    guard var entry = entries[id] else { return [] }
    if queue.contains(.delete(id)) || current?.job == .delete(id) {
      // It need not be deleted after it has gone by itself (section 3.1).
      if current?.job == .delete(id) { current = nil }
      forget(id)
      return [.report(.deleted(id))] + next(at: now)
    }
    entry.held = nil
    let isGranted = if case .granted = entry.state { true } else { false }
    if isGranted { entry.state = .wanted }
    entries[id] = entry
    return [.report(.expired(id))] + (isGranted ? ask([.map(id)], at: now) : [])
  }
}

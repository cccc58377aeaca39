import Machine
import PCPWire
import Wire

/// MAP (RFC 6887 section 11.3).
extension ServerMachine {
  mutating func map(_ request: MapRequest, _ inquiry: Inquiry, at now: Instant) throws(Refusal) -> [Effect] {
    let host = try internalHost(request.options.thirdParty, request.options.thirdPartyID, from: inquiry.peer)
    let inner = InternalTuple(request.protocol, host.address, port: request.internalPort, realm: host.realm)
    var count = try portCount(of: request)
    if inquiry.isNATPMP && request.internalPort == 0 { return deleteAll(request, inquiry, at: now) }
    if let mapping = pool.statics.mapping(covering: inner) {
      return [.respond(inquiry.token, try answer(request, inquiry, inner, mapping, at: now))]
    }
    var permitted = PortRanges.all
    // Who made a mapping may delete it, whatever the rules are now.
    if request.requestedLifetime != 0 {
      try checkProtocol(of: inner)
      permitted = try permittedPorts(.map, from: inquiry.peer, inner, count: count)
    }
    let existing = mappings(for: inner, count: &count)
    for mapping in existing {
      if isLeaving(mapping.id) { return [.ignore(inquiry.token)] }
      if inquiry.isNATPMP && mapping.nonce != nil && request.requestedLifetime != 0 {
        return try share(mapping, request, inquiry, permitted, at: now)
      }
      try authorize(inquiry.nonce, for: mapping, at: now)
    }
    if existing.contains(where: { work[$0.id] != nil }) { return [.ignore(inquiry.token)] }
    if request.requestedLifetime == 0 { return try delete(request, inquiry, inner, existing, at: now) }
    if !existing.isEmpty { return try renew(existing, request, inquiry, permitted, at: now) }
    return try create(inner, count, request, inquiry, permitted, at: now)
  }

  private mutating func create(
    _ inner: InternalTuple, _ count: Int, _ request: MapRequest, _ inquiry: Inquiry, _ permitted: PortRanges, at now: Instant
  ) throws(Refusal) -> [Effect] {
    let room = try room(for: inner, inquiry.nonce)
    let filters = try filters([], changedBy: request.options.filter)
    if pool.outer(of: inner) == nil, let question = lookUp(inner, nil, for: inquiry) { return question }
    var wish = PoolRequest(inner: inner, nonce: inquiry.nonce, suggestion: Suggestion(request))
    if inquiry.isNATPMP { wish.obeyNATPMP(configuration) }
    wish.count = min(count, room)
    wish.keepsParity = wish.count > 1 && request.options.portSet?.parity == true
    wish.permitted = permitted
    if let implicit = inquiry.implicit {
      // What traffic has made already is replicated, or stands in the way (RFC 6887 sections 11.3 and 13.2).
      if wish.suggestion.isBinding && !wish.suggestion.agrees(with: implicit.outer) {
        throw refusal(.cannotProvideExternal, lifetime: implicit.remainingSeconds)
      }
      wish.implicit = implicit.outer
    }
    let choice = try chooseOuter(wish, at: now)
    try check(filters, against: choice.outer)
    let lifetime = granted(request.requestedLifetime, inquiry)
    let mapping = Mapping(
      id: newMappingID(), kind: .inbound, inner: inner, outer: choice.outer, portCount: UInt16(choice.count),
      nonce: inquiry.nonce, filters: filters, words: words(request.options.description), requester: inquiry.peer,
      server: inquiry.server, isExact: wish.suggestion.isBinding, expiresAt: now + .seconds(Int64(lifetime)))
    reserve(mapping)
    let change = Change(cause: .request(inquiry), mapping: mapping, isNew: true, lifetime: lifetime)
    return carryOut(change, needsBackend: true, at: now)
  }

  private mutating func renew(
    _ existing: [Mapping], _ request: MapRequest, _ inquiry: Inquiry, _ permitted: PortRanges, at now: Instant
  ) throws(Refusal) -> [Effect] {
    let suggestion = Suggestion(request)
    let lifetime = granted(request.requestedLifetime, inquiry)
    let answered = existing.first { $0.hasInternalPort(request.internalPort) } ?? existing[0]
    var changes: [(change: Change, needsBackend: Bool)] = []
    // All of them are looked at before any is changed.
    for old in existing {
      if suggestion.isBinding && !suggestion.agrees(with: old.outer) {
        throw refusal(.cannotProvideExternal, lifetime: old.remainingSeconds(at: now))
      }
      if old.outer.port == 0 ? !permitted.isAll : !permitted.contains(old.outer.port) { throw refusal(.notAuthorized) }
      var mapping = old
      // Who shows a nonce for a mapping that had none makes it its own.
      mapping.nonce = inquiry.nonce
      mapping.filters = try filters(old.filters, changedBy: request.options.filter)
      try check(mapping.filters, against: mapping.outer)
      mapping.words = words(request.options.description, old: old.words)
      mapping.requester = inquiry.peer
      mapping.server = inquiry.server
      mapping.isExact = suggestion.isBinding
      mapping.expiresAt = now + .seconds(Int64(lifetime))
      let cause: Change.Cause = old.id == answered.id ? .request(inquiry) : .overlap
      let change = Change(cause: cause, mapping: mapping, isNew: false, lifetime: lifetime)
      // The machine keeps time; the backend need know only what it lets through.
      changes.append((change, mapping.filters != old.filters))
    }
    var effects: [Effect] = []
    for (change, needsBackend) in changes { effects += carryOut(change, needsBackend: needsBackend, at: now) }
    return effects
  }

  /// Deletes mappings (RFC 6887 section 15.1); one that is not there is deleted already.
  ///
  /// The mapping ends at once, though section 15 would let traffic keep it: its port is kept from others afterwards, which is
  /// what that rule is for.
  private mutating func delete(
    _ request: MapRequest, _ inquiry: Inquiry, _ inner: InternalTuple, _ existing: [Mapping], at now: Instant
  ) throws(Refusal) -> [Effect] {
    let response = PCPResponse.map(
      MapResponse(
        lifetime: 0, epochTime: epochTime(at: now), nonce: request.nonce, protocol: request.protocol,
        internalPort: request.internalPort, assignedExternalPort: request.suggestedExternalPort,
        assignedExternalAddress: request.suggestedExternalAddress,
        options: MapResponse.Options(
          thirdParty: request.options.thirdParty, thirdPartyID: request.options.thirdPartyID,
          portSet: request.options.portSet.flatMap { $0.size > 1 ? $0 : nil })))
    if existing.isEmpty {
      // NAT-PMP takes for deleted what was not made by a request for it (RFC 6886 section 3.4).
      if inquiry.isNATPMP { return [.respond(inquiry.token, response)] }
      // What PEER or traffic made is not for MAP to delete.
      if pool.isUsedOutbound(inner) { throw refusal(.notAuthorized) }
      if let question = lookUp(inner, nil, for: inquiry) { return question }
      if inquiry.implicit != nil { throw refusal(.notAuthorized) }
      return [.respond(inquiry.token, response)]
    }
    let answered = existing.first { $0.hasInternalPort(request.internalPort) } ?? existing[0]
    var effects: [Effect] = []
    for mapping in existing {
      notices.forget(mapping.id, &timers)
      let isAnswered = mapping.id == answered.id
      let departure = Departure(
        cause: .deleted, token: isAnswered ? inquiry.token : nil, response: isAnswered ? response : nil)
      effects += delete(mapping.id, departure)
    }
    return effects
  }

  /// The answer for a mapping made outside of PCP (RFC 6887 section 11.3).
  private func answer(
    _ request: MapRequest, _ inquiry: Inquiry, _ inner: InternalTuple, _ mapping: StaticMapping, at now: Instant
  ) throws(Refusal) -> PCPResponse {
    _ = try permittedPorts(.map, from: inquiry.peer, inner)
    if request.requestedLifetime == 0 { throw refusal(.notAuthorized) }
    let suggestion = Suggestion(request)
    let outer = mapping.outer(of: inner)
    try checkAddress(of: outer, for: inquiry)
    if suggestion.isBinding && !suggestion.agrees(with: outer) {
      throw refusal(.cannotProvideExternal, lifetime: configuration.longErrorLifetime)
    }
    // Filters cannot be put on what is not the server's own.
    if !request.options.filter.isEmpty { throw refusal(.excessiveRemotePeers) }
    let answered = Mapping(
      id: Mapping.ID(rawValue: 0), kind: .inbound, inner: mapping.inner.port == 0 ? inner : mapping.inner,
      outer: mapping.inner.port == 0 ? outer : mapping.outer, portCount: mapping.portCount, nonce: request.nonce,
      requester: inquiry.peer, expiresAt: now)
    var response = mapResponse(request, answered, lifetime: .max, at: now)
    response.options.description = nil
    return .map(response)
  }

  /// The answer to a MAP request that was granted.
  func mapResponse(_ request: MapRequest, _ mapping: Mapping, lifetime: UInt32, at now: Instant) -> MapResponse {
    let options = request.options
    var response = MapResponse(
      lifetime: lifetime, epochTime: epochTime(at: now), nonce: request.nonce, protocol: request.protocol,
      internalPort: request.internalPort, assignedExternalPort: mapping.outer.port,
      assignedExternalAddress: mapping.outer.address,
      options: MapResponse.Options(
        thirdParty: options.thirdParty, preferFailure: options.preferFailure, filter: options.filter,
        thirdPartyID: options.thirdPartyID, description: kept(options.description).map { DescriptionOption(text: $0) }))
    if let set = options.portSet, mapping.portCount > 1 {
      response.options.portSet = mapping.portSet(keepsParity: set.parity)
    } else if mapping.portCount > 1 {
      // Who did not ask for a set is told of its one port (RFC 7753 section 4.4.1).
      response.assignedExternalPort &+= request.internalPort &- mapping.inner.port
    }
    if options.prefix64 != nil { addPrefixes(to: &response, \.options.prefix64) }
    return response
  }
}

/// Sets of ports (RFC 7753).
extension ServerMachine {
  /// How many consecutive ports a request is for, no more than are given at once.
  private func portCount(of request: MapRequest) throws(Refusal) -> Int {
    guard let set = request.options.portSet, request.internalPort != 0 else { return 1 }
    if request.requestedLifetime != 0 && set.firstInternalPort != request.internalPort { throw refusal(.malformedOption) }
    let last = Int(UInt16.max) - Int(request.internalPort) + 1
    return max(1, min(Int(set.size), configuration.portsPerSet, last))
  }

  /// The mappings that a request is about: it renews, or deletes, whatever has one of its ports (RFC 7753 section 4.4.1).
  ///
  /// - Parameter count: how many ports there are to be; fewer where others are mapped behind them.
  private func mappings(for inner: InternalTuple, count: inout Int) -> [Mapping] {
    let found = table.inbound(from: inner, count: count)
    // A single port other than the one asked for cannot be told to the client, since its answer has no option to say which
    // port it is: the ports before it are mapped instead.
    guard let first = found.first, first.portCount == 1, !first.hasInternalPort(inner.port) else { return found }
    count = Int(first.inner.port) - Int(inner.port)
    return []
  }
}

extension Mapping {
  func hasInternalPort(_ port: UInt16) -> Bool { port >= inner.port && Int(port) < Int(inner.port) + Int(portCount) }

  /// The set of ports as a client is told of it.
  func portSet(keepsParity: Bool) -> PortSetOption {
    PortSetOption(
      size: portCount, firstInternalPort: inner.port, parity: keepsParity && inner.port % 2 == outer.port % 2)
  }
}

extension Suggestion {
  fileprivate init(_ request: MapRequest) {
    self.init(
      address: request.suggestedExternalAddress, port: request.suggestedExternalPort,
      isBinding: request.options.preferFailure != nil)
  }
}

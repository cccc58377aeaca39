import Machine
import PCPWire
import Wire

/// What requests that make mappings have in common.
extension ServerMachine {
  /// The host that the mapping is for: who asks, or whom THIRD_PARTY names (RFC 6887 section 13.1, RFC 7843 section 5.2).
  func internalHost(
    _ thirdParty: ThirdPartyOption?, _ thirdPartyID: ThirdPartyIDOption?, from peer: PeerAddress
  ) throws(Refusal) -> Host {
    // An option that must be understood and is not supported, or not allowed to this client, looks the same to it.
    guard let thirdParty else { return Host(address: peer.address, realm: []) }
    guard configuration.thirdPartyClients.contains(where: { $0.contains(peer.address) }) else {
      throw refusal(.unsuppOption)
    }
    if thirdParty.address.isUnspecified || thirdParty.address.isMulticast { throw refusal(.malformedOption) }
    guard let realm = thirdPartyID?.value else { return Host(address: thirdParty.address, realm: []) }
    if configuration.thirdPartyIDs.isEmpty { throw refusal(.unsuppOption) }
    if !configuration.thirdPartyIDs.contains(where: { $0.count == realm.count }) {
      throw refusal(.unsuppThirdPartyIDLength)
    }
    if !configuration.thirdPartyIDs.contains(realm) { throw refusal(.thirdPartyIDUnknown) }
    return Host(address: thirdParty.address, realm: realm)
  }

  /// The external ports that the rules leave to who asks; a refusal when there are none.
  func permittedPorts(
    _ opcode: Opcode, from peer: PeerAddress, _ inner: InternalTuple? = nil, count: Int = 1
  ) throws(Refusal) -> PortRanges {
    if configuration.accessRules.isEmpty { return .all }
    var request = AccessRequest(opcode: opcode, source: peer.address, protocol: inner?.protocol)
    if let inner, inner.port != 0 { request.internalPorts = inner.port...inner.port + UInt16(count - 1) }
    let permitted = configuration.accessRules.permittedPorts(for: request)
    if permitted.isEmpty { throw refusal(.notAuthorized) }
    return permitted
  }

  /// Whether mappings are made for such a tuple at all (RFC 6887 section 11.3).
  func checkProtocol(of inner: InternalTuple) throws(Refusal) {
    let isSupported =
      inner.protocol == .any
      ? configuration.mapsAllProtocols
      : configuration.protocols.contains(inner.protocol) && (inner.port != 0 || configuration.mapsAllPorts)
    if !isSupported { throw refusal(.unsuppProtocol) }
  }

  /// Whether the request may change a mapping that is there (RFC 6887 section 11.3).
  func authorize(_ nonce: MappingNonce?, for mapping: Mapping, at now: Instant) throws(Refusal) {
    guard let known = mapping.nonce, known != nonce else { return }
    throw refusal(.notAuthorized, lifetime: mapping.remainingSeconds(at: now))
  }

  /// How many ports more the host of a tuple may have mapped (RFC 6887 sections 7.4 and 17.2).
  func room(for inner: InternalTuple, _ nonce: MappingNonce?) throws(Refusal) -> Int {
    // What it gave up last counts already, and is what it gets.
    let again = pool.reclaimable(inner, nonce) == nil ? 0 : 1
    let used = table.portCount(of: inner.host) + pool.heldCount(of: inner.host) - again
    if used >= configuration.mappingsPerHost { throw refusal(.userExQuota) }
    let all = table.portCount + pool.heldCount - again
    if all >= configuration.mappings { throw refusal(.noResources) }
    return min(configuration.mappingsPerHost - used, configuration.mappings - all)
  }

  /// The external tuple of a new mapping, and how many ports from there on.
  mutating func chooseOuter(_ request: PoolRequest, at now: Instant) throws(Refusal) -> ExternalPool.Choice {
    do throws(PoolFailure) {
      return try pool.choose(request, configuration, random: &random)
    } catch {
      // Only who insists on an external end can be told that it is not to be had (RFC 6887 section 7.4).
      let suggestion = request.suggestion
      let insists =
        suggestion.isBinding && (suggestion.port != 0 || !suggestion.address.isUnspecified) || request.inner.protocol == .sctp
      switch error {
      case .noAddress: throw refusal(.networkFailure)
      case .never: throw refusal(.cannotProvideExternal, lifetime: configuration.longErrorLifetime)
      case .forbidden: throw refusal(.notAuthorized)
      case .notWhole: throw refusal(.unsuppProtocol)
      case .taken(let owner, let end):
        if !insists { throw refusal(.noResources) }
        throw refusal(.cannotProvideExternal, lifetime: secondsTaken(by: owner, until: end, at: now))
      case .exhausted: throw refusal(insists ? .cannotProvideExternal : .noResources)
      }
    }
  }

  /// How long an external tuple will be another's (RFC 6887 section 13.2); nil when there is no telling.
  private func secondsTaken(by owner: InternalTuple, until end: Instant?, at now: Instant) -> UInt32? {
    if let end { return now.remainingSeconds(to: end) }
    if pool.statics.mapping(covering: owner) != nil { return configuration.longErrorLifetime }
    guard let mapping = table.inbound(owner) else { return nil }
    let last = isLeaving(mapping.id) ? now : mapping.expiresAt
    return max(1, now.remainingSeconds(to: last + configuration.reuseDelay))
  }

  /// The mapping's filters after the request's, which are processed in their order (RFC 6887 section 13.3).
  func filters(_ old: [FilterOption], changedBy options: [FilterOption]) throws(Refusal) -> [FilterOption] {
    var filters = old
    for option in options {
      if option.prefixLength == 0 {
        filters = []
      } else if !filters.contains(option) {
        filters.append(option)
      }
    }
    if filters.count > configuration.filtersPerMapping && filters.count > old.count { throw refusal(.excessiveRemotePeers) }
    return filters
  }

  /// A filter for peers that can never send to the external address makes no sense (RFC 6887 section 11.3).
  func check(_ filters: [FilterOption], against outer: ExternalTuple) throws(Refusal) {
    let isIPv4 = outer.address.mapped != nil
    if filters.contains(where: { ($0.remotePeerAddress.mapped != nil) != isIPv4 }) { throw refusal(.malformedOption) }
  }

  /// What is kept of a description: nil when none was sent, or none that is text (RFC 7220 section 3).
  func kept(_ option: DescriptionOption?) -> WireString? {
    guard let octets = option?.text.octets, String(validating: octets, as: UTF8.self) != nil else { return nil }
    var end = min(octets.count, configuration.descriptionSize)
    // At most three steps back lead to where a character starts.
    while end > 0, String(validating: octets.prefix(end), as: UTF8.self) == nil { end -= 1 }
    return WireString(octets: Array(octets.prefix(end)))
  }

  /// The words of a mapping after a request: those sent, or those there were; nil when they are erased.
  func words(_ option: DescriptionOption?, old: WireString? = nil) -> WireString? {
    guard let words = kept(option) else { return old }
    return words.octets.isEmpty ? nil : words
  }

  /// Asks the backend for an implicit mapping that the request depends on; nil when that is done, or there is nobody to ask.
  mutating func lookUp(_ inner: InternalTuple, _ remote: PeerAddress?, for inquiry: Inquiry) -> [Effect]? {
    guard configuration.looksUpImplicitMappings, inner.port != 0, inquiry.lookup == .notDone else { return nil }
    lookups[inquiry.token] = inquiry
    return [.lookUp(ImplicitLookup(token: inquiry.token, inner: inner, remote: remote))]
  }

  /// Takes a new mapping in, before the backend has it: its external port is nobody else's from now on.
  mutating func reserve(_ mapping: Mapping) {
    table.insert(mapping)
    pool.bind(mapping)
    timers.set(.mapping(mapping.id), at: mapping.expiresAt)
  }

  /// The answer to a request that was granted.
  func response(to inquiry: Inquiry, _ mapping: Mapping, lifetime: UInt32, at now: Instant) -> PCPResponse {
    switch inquiry.request {
    case .map(let request): .map(mapResponse(request, mapping, lifetime: lifetime, at: now))
    case .peer(let request): .peer(peerResponse(request, mapping, lifetime: lifetime, at: now))
    // No mapping comes of an announcement.
    case .announce: .announce(AnnounceResponse(lifetime: 0, epochTime: epochTime(at: now)))
    }
  }

  /// Tells the prefixes of the NAT64, as many as fit into the message (RFC 7225 section 4.2).
  func addPrefixes<Response: WireBody>(
    to response: inout Response, _ options: WritableKeyPath<Response, [Prefix64Option]>
  ) {
    for option in configuration.prefix64 {
      response[keyPath: options].append(option)
      if response.encodedSize > MessageFacts.maximumSize { response[keyPath: options].removeLast() }
    }
  }
}

extension Inquiry {
  /// What the backend found, if it has been asked and did.
  var implicit: ImplicitMapping? {
    if case .done(let mapping) = lookup { return mapping }
    return nil
  }
}

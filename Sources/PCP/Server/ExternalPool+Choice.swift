import Machine
import PCPWire
import Wire

/// The external address and port that a request would like.
struct Suggestion: Sendable, Hashable {
  var address: IPv6Address
  var port: UInt16
  /// Whether nothing else will do (PREFER_FAILURE, and what PEER implies).
  var isBinding: Bool

  func agrees(with outer: ExternalTuple) -> Bool {
    (address.isUnspecified || address == outer.address) && (port == 0 || port == outer.port)
  }
}

/// Why there is no external tuple to be had.
enum PoolFailure: Error, Sendable, Hashable {
  /// The server has no external address.
  case noAddress
  /// What was suggested is never given.
  case never
  /// What would be given, the rules forbid.
  case forbidden
  /// All ports were asked for, and others have some of them.
  case notWhole
  /// What was suggested belongs to another internal tuple; until then, when it is only held back for it.
  case taken(by: InternalTuple, until: Instant?)
  /// No port is free.
  case exhausted
}

/// What external tuple somebody would like.
struct PoolRequest: Sendable {
  var inner: InternalTuple
  /// nil for who has none to show (`Mapping.nonce`).
  var nonce: MappingNonce?
  var suggestion: Suggestion
  /// Consecutive ports, at most (RFC 7753 section 4.2).
  var count = 1
  /// Whether an even port is to have an even one (RFC 7753 section 4.1).
  var keepsParity = false
  var permitted = PortRanges.all
  /// What traffic has made for the internal tuple already.
  var implicit: ExternalTuple?
  /// The one external address that will do; nil for any.
  var onlyAddress: IPv6Address?
  /// Whether the same port of the other transport must be nobody else's (RFC 6886 section 3.3).
  var keepsCompanion = false

  /// Asks for what a mapping made by NAT-PMP has.
  mutating func obeyNATPMP(_ configuration: ServerConfiguration) {
    onlyAddress = configuration.natPMPAddress
    keepsCompanion = true
  }
}

extension ExternalPool {
  typealias Choice = (outer: ExternalTuple, count: Int)

  /// The external tuple for an internal one: its own if it has one, what is suggested if it can be had, or else another.
  func choose(
    _ request: PoolRequest, _ configuration: ServerConfiguration, random: inout some RandomSource
  ) throws(PoolFailure) -> Choice {
    let known = statics.mapping(covering: request.inner)?.outer(of: request.inner)
    if let own = outer(of: request.inner) ?? known { return try fixed(own, request) }
    if configuration.isUntranslated(request.inner.address) {
      let outer = ExternalTuple(request.inner.protocol, request.inner.address, port: request.inner.port)
      if configuration.isUnmapped(outer) { throw .forbidden }
      return try fixed(outer, request)
    }
    let addresses = try addresses(for: request, configuration)
    if request.inner.port == 0 { return try whole(request, addresses) }
    if request.suggestion.isBinding && request.suggestion.port != 0 {
      return try exact(request, addresses, configuration)
    }
    if let choice = preferred(request, addresses, configuration) { return choice }
    return try any(request, addresses, configuration, &random)
  }

  /// The external tuple that an internal one has, or that follows from it.
  private func fixed(_ outer: ExternalTuple, _ request: PoolRequest) throws(PoolFailure) -> Choice {
    if request.suggestion.isBinding && !request.suggestion.agrees(with: outer) { throw .never }
    if let only = request.onlyAddress, outer.address != only { throw .never }
    if request.inner.port == 0 ? !request.permitted.isAll : !request.permitted.contains(outer.port) { throw .forbidden }
    if let obstacle = obstacle(to: outer, for: request.inner, request.nonce) { throw obstacle }
    return (outer, available(outer, request) { request.permitted.contains($0) })
  }

  /// The addresses that will do, best first.
  private func addresses(
    for request: PoolRequest, _ configuration: ServerConfiguration
  ) throws(PoolFailure) -> [IPv6Address] {
    if let only = request.onlyAddress { return [only] }
    let suggested = request.suggestion.address
    var addresses = configuration.externalAddresses(for: request.inner.address, suggested: suggested)
    guard let first = addresses.first else { throw .noAddress }
    if configuration.pairsAddresses {
      if let home = home(of: request.inner.host, isIPv4: first.mapped != nil), addresses.contains(home) {
        addresses = [home]
      } else {
        // A new host goes where most ports are left; of equals, to the first.
        let loads = addresses.map { taken(Space(protocol: request.inner.protocol, address: $0)) }
        addresses = addresses.indices.sorted { (loads[$0], $0) < (loads[$1], $1) }.map { addresses[$0] }
      }
    }
    if suggested.isUnspecified { return addresses }
    if addresses.contains(suggested) {
      return request.suggestion.isBinding ? [suggested] : [suggested] + addresses.filter { $0 != suggested }
    }
    if request.suggestion.isBinding { throw .never }
    return addresses
  }

  /// All ports at an address that nobody else has a part of.
  private func whole(_ request: PoolRequest, _ addresses: [IPv6Address]) throws(PoolFailure) -> Choice {
    guard request.permitted.isAll else { throw .forbidden }
    if request.suggestion.isBinding && request.suggestion.port != 0 { throw .never }
    for address in addresses {
      let space = Space(protocol: request.inner.protocol, address: address)
      guard isWhole(space, for: request.inner.host) else { continue }
      let outer = ExternalTuple(request.inner.protocol, address, port: 0)
      if obstacle(to: outer, for: request.inner, request.nonce) == nil { return (outer, 1) }
    }
    throw .notWhole
  }

  /// The suggested port, on the first of the addresses where it is free.
  private func exact(
    _ request: PoolRequest, _ addresses: [IPv6Address], _ configuration: ServerConfiguration
  ) throws(PoolFailure) -> Choice {
    var failure = PoolFailure.never
    for address in addresses {
      let outer = ExternalTuple(request.inner.protocol, address, port: request.suggestion.port)
      guard isGivable(outer, request, configuration) else { continue }
      guard let obstacle = obstacle(to: outer, for: request.inner, request.nonce) else {
        return (outer, 1)
      }
      failure = obstacle
    }
    throw failure
  }

  /// What traffic has made already, what the tuple had last, what is suggested, or the internal port: whatever has room for
  /// as many ports as are wanted.
  private func preferred(
    _ request: PoolRequest, _ addresses: [IPv6Address], _ configuration: ServerConfiguration
  ) -> Choice? {
    let known = [request.implicit, reclaimable(request.inner, request.nonce)].compactMap(\.self)
    let ports = [request.suggestion.port, request.inner.port]
    let wished = ports.flatMap { port in addresses.map { ExternalTuple(request.inner.protocol, $0, port: port) } }
    for outer in known.filter({ addresses.contains($0.address) }) + wished {
      guard isGivable(outer, request, configuration) else { continue }
      if request.keepsParity && outer.port % 2 != request.inner.port % 2 { continue }
      if obstacle(to: outer, for: request.inner, request.nonce) != nil { continue }
      // What traffic has made is what it is.
      if request.keepsCompanion && outer != request.implicit && !isCompanionFree(of: outer, for: request.inner.host) { continue }
      let count = available(outer, request) { port in
        isGivable(ExternalTuple(outer.protocol, outer.address, port: port), request, configuration)
      }
      if count == wanted(request) { return (outer, count) }
    }
    return nil
  }

  /// Free ports, wherever there are as many as are wanted; or else the most that there are.
  private func any(
    _ request: PoolRequest, _ addresses: [IPv6Address], _ configuration: ServerConfiguration,
    _ random: inout some RandomSource
  ) throws(PoolFailure) -> Choice {
    // A translator cannot change the ports of SCTP (RFC 6887 section 16.3.3), and that one has been tried.
    if request.inner.protocol == .sctp { throw .exhausted }
    let count = wanted(request)
    let isOdd = request.keepsParity ? request.inner.port % 2 == 1 : nil
    var best: Choice?
    var isPermitted = false
    for address in addresses {
      let space = Space(protocol: request.inner.protocol, address: address)
      let companion = request.keepsCompanion ? space.companion : nil
      for range in request.permitted.within(configuration.ports(of: address)) {
        isPermitted = true
        // A random start, so that nobody can foretell what comes next.
        let start = random.number(in: range)
        guard [space, companion].compactMap(\.self).allSatisfy({ isOpen($0, to: request.inner.host) }),
          let run = run(in: space, and: companion, of: count, from: start, in: range, isOdd: isOdd)
        else { continue }
        if run.count > best?.count ?? 0 {
          best = (ExternalTuple(request.inner.protocol, address, port: run.first), run.count)
        }
        if let best, best.count == count { return best }
      }
    }
    if let best { return best }
    throw isPermitted ? .exhausted : .forbidden
  }

  private func isGivable(_ outer: ExternalTuple, _ request: PoolRequest, _ configuration: ServerConfiguration) -> Bool {
    configuration.isMappable(outer, request.inner) && request.permitted.contains(outer.port)
  }

  /// As many ports as are wanted, up to an internal one that has an external one already.
  private func wanted(_ request: PoolRequest) -> Int {
    var count = 1
    while count < request.count, outer(of: request.inner.advanced(by: UInt16(count))) == nil { count += 1 }
    return count
  }

  /// How many of the ports from an external one on can be had.
  private func available(_ first: ExternalTuple, _ request: PoolRequest, isGivable: (UInt16) -> Bool) -> Int {
    var count = 1
    while count < request.count {
      let outer = first.advanced(by: UInt16(count))
      let inner = request.inner.advanced(by: UInt16(count))
      if outer.port < first.port || !isGivable(outer.port) { break }
      if obstacle(to: outer, for: inner, request.nonce) != nil { break }
      count += 1
    }
    return count
  }
}

import Machine
import PCPWire
import Wire

/// Which external addresses and ports are whose.
///
/// An internal tuple has one external tuple, whatever it is mapped for: what MAP opens and what PEER keeps open agree, as
/// RFC 6887 sections 11.3 and 12.3 want it. Nothing here costs more when there are more mappings.
struct ExternalPool: Sendable {
  /// What an internal tuple has, one for each port of a set.
  private struct Binding: Sendable {
    var outer: ExternalTuple
    /// Mappings that use it.
    var inbound = 0
    var outbound = 0
  }

  /// An external tuple that nobody but its last owner may have for a while (RFC 6887 section 15).
  private struct Hold: Sendable {
    /// nil when its host need not show that it is the same (`Mapping.nonce`).
    var nonce: MappingNonce?
    var endsAt: Instant

    func admits(_ nonce: MappingNonce?) -> Bool { self.nonce == nil || self.nonce == nonce }
  }

  /// The ports of a protocol at an address.
  struct Space: Sendable, Hashable {
    var `protocol`: TransportProtocol
    var address: IPv6Address
  }

  private struct Tenant: Sendable, Hashable {
    var host: Host
    var space: Space
  }

  /// The external address that a host has, in each family.
  private struct HomeKey: Sendable, Hashable {
    var host: Host
    var isIPv4: Bool
  }

  private struct Home: Sendable {
    var address: IPv6Address
    /// External tuples that the host has there.
    var uses: Int
  }

  private var bindings: [InternalTuple: Binding] = [:]
  private var owners: [ExternalTuple: InternalTuple] = [:]
  /// External tuples that are kept for the host of a NAT-PMP mapping, which has the same port of the other transport
  /// (RFC 6886 section 3.3).
  private var companions: [ExternalTuple: InternalTuple] = [:]
  private var holds: [ExternalTuple: Hold] = [:]
  /// What a host gave up last, and may have again.
  private var held: [InternalTuple: ExternalTuple] = [:]
  private var heldByHost: [Host: Int] = [:]
  private var spaces: [Space: PortSpace] = [:]
  private var tenants: [Tenant: Int] = [:]
  private var homes: [HomeKey: Home] = [:]
  /// Mappings whose external tuple is another's too, as implicit ones can be: they own nothing here.
  private var strangers: Set<Mapping.ID> = []
  /// Mappings whose external tuple has been taken from them, until they have another.
  private var disowned: Set<Mapping.ID> = []
  /// What mappings had that are moving: the backend has it until it has the new.
  private var vacating: [Mapping.ID: [ExternalTuple]] = [:]
  private var vacatingCounts: [ExternalTuple: Int] = [:]
  private(set) var statics: StaticTable
  private var unmapped: [TransportProtocol: Set<UInt16>]

  init(_ configuration: ServerConfiguration) {
    statics = StaticTable(configuration.staticMappings)
    unmapped = configuration.unmappedPorts
  }

  /// Takes over another configuration; what is bound stays bound.
  mutating func reconfigure(_ configuration: ServerConfiguration) {
    statics = StaticTable(configuration.staticMappings)
    unmapped = configuration.unmappedPorts
    for space in spaces.keys {
      let ports = reserved(in: space)
      spaces[space]?.reserve(ports)
    }
  }

  private func reserved(in space: Space) -> Set<UInt16> {
    let statics = statics.outers.filter { $0.protocol == space.protocol && $0.address == space.address }
    return (unmapped[space.protocol] ?? []).union(statics.map(\.port))
  }
}

/// What is asked of the pool.
extension ExternalPool {
  func outer(of inner: InternalTuple) -> ExternalTuple? { bindings[inner]?.outer }

  func isUsedOutbound(_ inner: InternalTuple) -> Bool { bindings[inner].map { $0.outbound > 0 } ?? false }

  /// External tuples that a host has given up and nobody else may have yet.
  func heldCount(of host: Host) -> Int { heldByHost[host] ?? 0 }

  var heldCount: Int { holds.count }

  /// What an internal tuple had last, if it may have it again (RFC 6887 section 15).
  func reclaimable(_ inner: InternalTuple, _ nonce: MappingNonce?) -> ExternalTuple? {
    guard let outer = held[inner], let hold = holds[outer], hold.admits(nonce) else { return nil }
    return outer
  }

  /// Whether a mapping has been left without an external tuple, whatever it was promised.
  func isDisowned(_ id: Mapping.ID) -> Bool { disowned.contains(id) }

  /// Whether a mapping owns nothing of its external tuple, which is another's.
  func isStranger(_ id: Mapping.ID) -> Bool { strangers.contains(id) }

  /// How many tuples are taken in a space.
  func taken(_ space: Space) -> Int { spaces[space]?.taken ?? 0 }

  /// The external address that a host has already.
  func home(of host: Host, isIPv4: Bool) -> IPv6Address? { homes[HomeKey(host: host, isIPv4: isIPv4)]?.address }

  /// Free ports in a space, as `PortSpace.run` finds them.
  ///
  /// - Parameter other: where they must be free too.
  func run(
    in space: Space, and other: Space?, of count: Int, from start: UInt16, in range: ClosedRange<UInt16>, isOdd: Bool?
  ) -> (first: UInt16, count: Int)? {
    let ports = self.ports(of: space)
    let both = other.map { ports.joined(with: self.ports(of: $0)) } ?? ports
    return both.run(of: count, from: start, in: range, isOdd: isOdd)
  }

  private func ports(of space: Space) -> PortSpace { spaces[space] ?? PortSpace(reserved: reserved(in: space)) }

  /// Why an internal tuple cannot have an external one; nil when it can.
  func obstacle(to outer: ExternalTuple, for inner: InternalTuple, _ nonce: MappingNonce?) -> PoolFailure? {
    if let binding = bindings[inner] { return binding.outer == outer ? nil : .never }
    if let owner = statics.owner(of: outer), statics.mapping(covering: inner)?.outer(of: inner) != outer {
      return .taken(by: owner, until: nil)
    }
    if let owner = owners[outer] {
      let hold = holds[outer]
      if owner == inner, let hold, hold.admits(nonce) { return nil }
      return .taken(by: owner, until: hold?.endsAt)
    }
    if let keeper = companions[outer], keeper.host != inner.host { return .taken(by: keeper, until: nil) }
    let space = Space(protocol: outer.protocol, address: outer.address)
    for whole in space.wholes {
      if let owner = owners[whole], owner.host != inner.host { return .taken(by: owner, until: nil) }
    }
    return nil
  }

  /// Whether the port that goes with an external one is nobody else's (RFC 6886 section 3.3).
  func isCompanionFree(of outer: ExternalTuple, for host: Host) -> Bool {
    guard let companion = outer.companion else { return true }
    let others = [owners[companion], companions[companion], statics.owner(of: companion)].compactMap(\.self)
    return others.allSatisfy { $0.host == host }
      && isOpen(Space(protocol: companion.protocol, address: companion.address), to: host)
  }

  /// Whether nobody else has all ports of a space.
  func isOpen(_ space: Space, to host: Host) -> Bool {
    space.wholes.allSatisfy { whole in
      let owner = owners[whole] ?? statics.owner(of: whole)
      return owner == nil || owner?.host == host
    }
  }

  /// Whether a host can have all ports of a space: nobody else has a part of them.
  func isWhole(_ wanted: Space, for host: Host) -> Bool {
    if statics.isShared(wanted.protocol, wanted.address, besides: host) || !isOpen(wanted, to: host) { return false }
    for (space, ports) in spaces where space.address == wanted.address {
      if wanted.protocol != .any && wanted.protocol != space.protocol { continue }
      if ports.taken != tenants[Tenant(host: host, space: space)] ?? 0 || !isOpen(space, to: host) { return false }
    }
    return true
  }
}

extension ExternalPool.Space {
  /// The same ports of the other transport; nil for protocols that have none.
  var companion: ExternalPool.Space? {
    self.protocol.companion.map { ExternalPool.Space(protocol: $0, address: address) }
  }

  /// What stands for all of its ports.
  fileprivate var wholes: [ExternalTuple] {
    [ExternalTuple(self.protocol, address, port: 0), ExternalTuple(.any, address, port: 0)]
  }
}

/// What changes the pool.
extension ExternalPool {
  /// Gives a mapping its share of its external tuples: of all of them, or of none if one is another's.
  mutating func bind(_ mapping: Mapping) {
    disowned.remove(mapping.id)
    let isStranger = (0..<mapping.portCount).contains { offset in
      let (inner, outer) = (mapping.inner.advanced(by: offset), mapping.outer.advanced(by: offset))
      return obstacle(to: outer, for: inner, mapping.nonce) != nil
    }
    if isStranger {
      strangers.insert(mapping.id)
      return
    }
    strangers.remove(mapping.id)
    for offset in 0..<mapping.portCount {
      let inner = mapping.inner.advanced(by: offset)
      let outer = mapping.outer.advanced(by: offset)
      if bindings[inner] == nil {
        if holds[outer] != nil { endHold(outer) } else { take(outer, inner) }
        bindings[inner] = Binding(outer: outer)
      }
      switch mapping.kind {
      case .inbound: bindings[inner]?.inbound += 1
      case .outbound: bindings[inner]?.outbound += 1
      }
    }
    if mapping.nonce == nil { keepCompanion(of: mapping.outer, for: mapping.inner) }
  }

  /// Gives up a mapping's share; the last one frees the external tuple, or holds it back for a while.
  ///
  /// - Returns: the tuples that are held back, for `release` when it ends.
  mutating func release(_ mapping: Mapping, heldUntil end: Instant? = nil) -> [ExternalTuple] {
    if disowned.remove(mapping.id) != nil || strangers.remove(mapping.id) != nil { return [] }
    var holding: [ExternalTuple] = []
    for offset in 0..<mapping.portCount {
      let inner = mapping.inner.advanced(by: offset)
      let outer = mapping.outer.advanced(by: offset)
      guard var binding = bindings[inner], binding.outer == outer else { continue }
      switch mapping.kind {
      case .inbound: binding.inbound -= 1
      case .outbound: binding.outbound -= 1
      }
      let isLast = binding.inbound + binding.outbound == 0
      bindings[inner] = isLast ? nil : binding
      if !isLast { continue }
      freeCompanion(of: outer, for: inner)
      // What another has in the backend still is not free for anybody else.
      guard let end = end ?? (vacatingCounts[outer] == nil ? nil : Instant(nanoseconds: .max)) else {
        free(outer, inner)
        continue
      }
      holds[outer] = Hold(nonce: mapping.nonce, endsAt: end)
      held[inner] = outer
      heldByHost[inner.host, default: 0] += 1
      holding.append(outer)
    }
    return holding
  }

  /// Takes a mapping's share away, for it to have another; nobody has it before `vacate`.
  mutating func disown(_ mapping: Mapping) {
    if disowned.contains(mapping.id) { return }
    let wasStranger = strangers.contains(mapping.id)
    _ = release(mapping, heldUntil: Instant(nanoseconds: .max))
    disowned.insert(mapping.id)
    if wasStranger { return }
    for offset in 0..<mapping.portCount {
      let outer = mapping.outer.advanced(by: offset)
      vacating[mapping.id, default: []].append(outer)
      vacatingCounts[outer, default: 0] += 1
    }
  }

  /// The backend has no more what a mapping had, except for what it has now.
  ///
  /// - Returns: what of it is held back for nobody any more, for `release`.
  mutating func vacate(_ id: Mapping.ID, except kept: Mapping? = nil) -> [ExternalTuple] {
    guard let outers = vacating.removeValue(forKey: id) else { return [] }
    let stays = outers.filter { kept?.hasExternal($0) ?? false }
    if !stays.isEmpty { vacating[id] = stays }
    return outers.filter { outer in
      if stays.contains(outer) { return false }
      let left = (vacatingCounts[outer] ?? 0) - 1
      vacatingCounts[outer] = left > 0 ? left : nil
      return left <= 0 && holds[outer] != nil
    }
  }

  /// Frees an external tuple that was held back.
  mutating func release(_ outer: ExternalTuple) {
    guard holds[outer] != nil, vacatingCounts[outer] == nil, let inner = owners[outer] else { return }
    endHold(outer)
    free(outer, inner)
  }

  private mutating func endHold(_ outer: ExternalTuple) {
    guard holds.removeValue(forKey: outer) != nil, let inner = owners[outer] else { return }
    if held[inner] == outer { held[inner] = nil }
    let left = (heldByHost[inner.host] ?? 0) - 1
    heldByHost[inner.host] = left > 0 ? left : nil
  }

  private mutating func take(_ outer: ExternalTuple, _ inner: InternalTuple) {
    owners[outer] = inner
    let key = HomeKey(host: inner.host, isIPv4: outer.address.mapped != nil)
    homes[key] = Home(address: outer.address, uses: (homes[key]?.uses ?? 0) + 1)
    if companions[outer] == nil { occupy(outer, inner.host) }
  }

  private mutating func free(_ outer: ExternalTuple, _ inner: InternalTuple) {
    owners[outer] = nil
    let key = HomeKey(host: inner.host, isIPv4: outer.address.mapped != nil)
    homes[key]?.uses -= 1
    if homes[key]?.uses == 0 { homes[key] = nil }
    if companions[outer] == nil { leave(outer, inner.host) }
  }

  /// Keeps the port that goes with an external one for its host, if nobody else has it.
  private mutating func keepCompanion(of outer: ExternalTuple, for inner: InternalTuple) {
    guard let companion = outer.companion, companions[companion] == nil, isCompanionFree(of: outer, for: inner.host) else {
      return
    }
    companions[companion] = inner
    if owners[companion] == nil { occupy(companion, inner.host) }
  }

  private mutating func freeCompanion(of outer: ExternalTuple, for inner: InternalTuple) {
    guard let companion = outer.companion, companions[companion] == inner else { return }
    companions[companion] = nil
    if owners[companion] == nil { leave(companion, inner.host) }
  }

  /// A port is a host's from now on, mapped or kept.
  private mutating func occupy(_ outer: ExternalTuple, _ host: Host) {
    let space = Space(protocol: outer.protocol, address: outer.address)
    if spaces[space] == nil { spaces[space] = PortSpace(reserved: reserved(in: space)) }
    if outer.port == 0 { return }
    spaces[space]?.take(outer.port)
    tenants[Tenant(host: host, space: space), default: 0] += 1
  }

  private mutating func leave(_ outer: ExternalTuple, _ host: Host) {
    if outer.port == 0 { return }
    let space = Space(protocol: outer.protocol, address: outer.address)
    spaces[space]?.free(outer.port)
    let tenant = Tenant(host: host, space: space)
    let left = (tenants[tenant] ?? 0) - 1
    tenants[tenant] = left > 0 ? left : nil
  }
}

extension ExternalTuple {
  /// The same port of the other transport; nil for protocols that have none, and for all ports.
  fileprivate var companion: ExternalTuple? {
    port == 0 ? nil : self.protocol.companion.map { ExternalTuple($0, address, port: port) }
  }
}

extension TransportProtocol {
  fileprivate var companion: TransportProtocol? {
    switch self {
    case .udp: .tcp
    case .tcp: .udp
    default: nil
    }
  }
}

extension Mapping {
  /// Whether an external tuple is one of its own.
  fileprivate func hasExternal(_ tuple: ExternalTuple) -> Bool {
    tuple.protocol == outer.protocol && tuple.address == outer.address && tuple.port >= outer.port
      && Int(tuple.port) < Int(outer.port) + Int(portCount)
  }
}

import Machine
import PCPWire
import Wire

/// The server's mappings, found by what identifies them in requests (RFC 6887 sections 11.3 and 12.3).
struct MappingTable: Sendable {
  private struct Flow: Sendable, Hashable {
    var inner: InternalTuple
    var remote: PeerAddress
  }

  /// What a host has.
  private struct Tenancy: Sendable, Hashable {
    /// Ports mapped.
    var ports = 0
    var mappings: Set<Mapping.ID> = []
  }

  private var mappings: [Mapping.ID: Mapping] = [:]
  /// Those made by MAP, by each of their internal ports.
  private var inbound: [InternalTuple: Mapping.ID] = [:]
  /// Those made by PEER.
  private var outbound: [Flow: Mapping.ID] = [:]
  private var tenancies: [Host: Tenancy] = [:]
  /// Ports mapped in all.
  private(set) var portCount = 0

  var count: Int { mappings.count }

  /// All mappings, in no order.
  var all: some Collection<Mapping> { mappings.values }

  subscript(id: Mapping.ID) -> Mapping? { mappings[id] }

  /// The mapping made by MAP that an internal port is part of.
  func inbound(_ inner: InternalTuple) -> Mapping? { inbound[inner].flatMap { mappings[$0] } }

  /// The mappings made by MAP that have some of the internal ports, by port.
  func inbound(from inner: InternalTuple, count: Int) -> [Mapping] {
    var found: [Mapping] = []
    var offset = 0
    while offset < count {
      let mapping = inbound(inner.advanced(by: UInt16(offset)))
      if let mapping { found.append(mapping) }
      offset = mapping.map { Int($0.inner.port) + Int($0.portCount) - Int(inner.port) } ?? offset + 1
    }
    return found
  }

  func outbound(_ inner: InternalTuple, to remote: PeerAddress) -> Mapping? {
    outbound[Flow(inner: inner, remote: remote)].flatMap { mappings[$0] }
  }

  /// How many ports of a host are mapped.
  func portCount(of host: Host) -> Int { tenancies[host]?.ports ?? 0 }

  /// The mappings made by MAP that a host has of a protocol, or of all, by age.
  func inbound(of host: Host, _ transport: TransportProtocol) -> [Mapping] {
    let all = (tenancies[host]?.mappings ?? []).compactMap { mappings[$0] }
    let found = all.filter { $0.kind == .inbound && ($0.inner.protocol == transport || $0.inner.protocol == .any) }
    return found.sorted { $0.id.rawValue < $1.id.rawValue }
  }

  mutating func insert(_ mapping: Mapping) {
    mappings[mapping.id] = mapping
    switch mapping.kind {
    case .inbound: for offset in 0..<mapping.portCount { inbound[mapping.inner.advanced(by: offset)] = mapping.id }
    case .outbound(let remote): outbound[Flow(inner: mapping.inner, remote: remote)] = mapping.id
    }
    tenancies[mapping.inner.host, default: Tenancy()].ports += Int(mapping.portCount)
    tenancies[mapping.inner.host]?.mappings.insert(mapping.id)
    portCount += Int(mapping.portCount)
  }

  /// Puts changed contents in the place of a mapping, its inner end as it was; nothing happens when it is gone.
  mutating func update(_ mapping: Mapping) {
    if mappings[mapping.id] != nil { mappings[mapping.id] = mapping }
  }

  mutating func remove(_ id: Mapping.ID) -> Mapping? {
    guard let mapping = mappings.removeValue(forKey: id) else { return nil }
    switch mapping.kind {
    case .inbound: for offset in 0..<mapping.portCount { inbound[mapping.inner.advanced(by: offset)] = nil }
    case .outbound(let remote): outbound[Flow(inner: mapping.inner, remote: remote)] = nil
    }
    tenancies[mapping.inner.host]?.ports -= Int(mapping.portCount)
    tenancies[mapping.inner.host]?.mappings.remove(mapping.id)
    if tenancies[mapping.inner.host]?.mappings.isEmpty == true { tenancies[mapping.inner.host] = nil }
    portCount -= Int(mapping.portCount)
    return mapping
  }
}

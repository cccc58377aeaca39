import Machine
import Wire

/// The server's mappings, found by what identifies them in requests (RFC 6887 sections 11.3 and 12.3).
struct MappingTable: Sendable {
  private struct Key: Sendable, Hashable {
    var inner: InternalTuple
    var kind: Mapping.Kind
  }

  private var mappings: [Mapping.ID: Mapping] = [:]
  private var index: [Key: Mapping.ID] = [:]
  private var hosts: [IPv6Address: Int] = [:]

  var count: Int { mappings.count }

  /// All mappings, in no order.
  var all: some Collection<Mapping> { mappings.values }

  subscript(id: Mapping.ID) -> Mapping? { mappings[id] }

  func mapping(_ inner: InternalTuple, _ kind: Mapping.Kind) -> Mapping? {
    index[Key(inner: inner, kind: kind)].flatMap { mappings[$0] }
  }

  /// How many mappings a host has.
  func count(of host: IPv6Address) -> Int { hosts[host] ?? 0 }

  mutating func insert(_ mapping: Mapping) {
    mappings[mapping.id] = mapping
    index[Key(inner: mapping.inner, kind: mapping.kind)] = mapping.id
    hosts[mapping.inner.address, default: 0] += 1
  }

  /// Puts changed contents in the place of a mapping; nothing happens when it is gone.
  mutating func update(_ mapping: Mapping) {
    if mappings[mapping.id] != nil { mappings[mapping.id] = mapping }
  }

  mutating func remove(_ id: Mapping.ID) -> Mapping? {
    guard let mapping = mappings.removeValue(forKey: id) else { return nil }
    index[Key(inner: mapping.inner, kind: mapping.kind)] = nil
    let left = count(of: mapping.inner.address) - 1
    hosts[mapping.inner.address] = left > 0 ? left : nil
    return mapping
  }
}

import Foundation
import Machine
import PCP
import PCPStore
import PCPWire
import Testing
import Wire

@Suite("The store of mappings") struct MappingStoreTests {
  private let place: StorePlace
  private var path: String { place.path }
  private let now = Instant(nanoseconds: 7_000_000_000)
  private let date = Duration.seconds(1_700_000_000)

  init() throws { place = try StorePlace() }

  private func inbound(_ id: UInt64, port: UInt16 = 80) throws -> Mapping {
    Mapping(
      id: Mapping.ID(rawValue: id), kind: .inbound,
      inner: InternalTuple(.tcp, IPv6Address(mapping: IPv4Address(10, 0, 0, 7)), port: port),
      outer: ExternalTuple(.tcp, IPv6Address(mapping: IPv4Address(192, 0, 2, 1)), port: port + 1), portCount: 4,
      nonce: try nonce(of: 1...12),
      filters: [
        FilterOption(prefixLength: 128, remotePeerPort: 9, remotePeerAddress: IPv6Address(high: 0x2001_0db8 << 32, low: 5)),
        FilterOption(prefixLength: 0, remotePeerPort: 0, remotePeerAddress: .unspecifiedIPv4),
      ],
      words: WireString(octets: Array("Wörter".utf8)),
      requester: PeerAddress(IPv6Address(high: 0xFE80 << 48, low: 1), port: 4321, scope: 3),
      server: IPv6Address(mapping: IPv4Address(10, 0, 0, 1)), isExact: true, expiresAt: now + .seconds(600))
  }

  private func outbound(_ id: UInt64) throws -> Mapping {
    Mapping(
      id: Mapping.ID(rawValue: id), kind: .outbound(remote: PeerAddress(IPv6Address(high: 1, low: 2), port: 53)),
      inner: InternalTuple(.udp, IPv6Address(high: 3, low: 4), port: 5, realm: [9, 8, 7]),
      outer: ExternalTuple(.udp, IPv6Address(high: 3, low: 4), port: 5), nonce: try nonce(of: 13...24),
      requester: PeerAddress(IPv6Address(high: 3, low: 4), port: 1), expiresAt: now + .seconds(120))
  }

  private func read(at now: Instant, date: Duration) throws -> MappingStore.Content {
    let store = try MappingStore(path: path)
    let content = try store.read(at: now, date: date)
    try store.close()
    return content
  }

  @Test("What is written is there when it is opened again, all of it, by another clock")
  func comesBack() async throws {
    let store = try MappingStore(path: path)
    #expect(try store.read(at: now, date: date) == MappingStore.Content(epochStartedAt: nil, mappings: []))
    let mappings = [try inbound(1), try outbound(2)]
    let epoch = now + .seconds(-90)
    try await store.write([.epoch(startedAt: epoch)] + mappings.map { .record($0) }, at: now, date: date)
    #expect(try store.read(at: now, date: date) == MappingStore.Content(epochStartedAt: epoch, mappings: mappings))
    try store.close()
    // The next run begins 10 s later, and its clock at 0.
    let content = try read(at: .origin, date: date + .seconds(10))
    #expect(content.epochStartedAt == Instant.origin + .seconds(-100))
    #expect(content.mappings.map(\.expiresAt) == [Instant.origin + .seconds(590), Instant.origin + .seconds(110)])
    var moved = mappings
    for index in moved.indices { moved[index].expiresAt = content.mappings[index].expiresAt }
    #expect(content.mappings == moved)
  }

  @Test("A mapping is replaced and forgotten, and what never was can be")
  func changes() async throws {
    let store = try MappingStore(path: path)
    try await store.write([.record(try inbound(1)), .record(try inbound(2, port: 90))], at: now, date: date)
    var longer = try inbound(2, port: 90)
    longer.expiresAt = now + .seconds(9000)
    longer.filters = []
    longer.words = nil
    let gone = Mapping.ID(rawValue: 1)
    try await store.write([.record(longer), .forget(gone), .forget(Mapping.ID(rawValue: 99))], at: now, date: date)
    #expect(try store.read(at: now, date: date).mappings == [longer])
  }

  @Test("A mapping of NAT-PMP has no nonce, before and after") func noNonce() async throws {
    let store = try MappingStore(path: path)
    var mapping = try inbound(1)
    mapping.nonce = nil
    try await store.write([.record(mapping)], at: now, date: date)
    #expect(try store.read(at: now, date: date).mappings == [mapping])
  }

  @Test("A second program cannot have it at the same time") func exclusive() async throws {
    let store = try MappingStore(path: path)
    try await store.write([.record(try inbound(1))], at: now, date: date)
    #expect(fault() == "is in use by another program")
    try store.close()
    #expect(try read(at: now, date: date).mappings.count == 1)
  }

  private func fault() -> String? {
    do throws(StoreError) {
      _ = try MappingStore(path: path)
      return nil
    } catch { return error.reason }
  }

  @Test("What is no store is told, and left as it is") func otherFiles() throws {
    try Data("This is no database, but words, and more than a few of them.".utf8).write(to: URL(filePath: path))
    #expect(fault() == "is no database")
    #expect(try String(contentsOfFile: path, encoding: .utf8).hasPrefix("This is no database"))
    #expect(throws: StoreError.self) { try MappingStore(path: "/nonexistent/folder/mappings.db") }
  }

  @Test("A file cut short is told to be damaged, or gives what is whole in it") func damaged() async throws {
    let store = try MappingStore(path: path)
    for id in 1...200 as ClosedRange<UInt64> {
      try await store.write([.record(try inbound(id, port: UInt16(id)))], at: now, date: date)
    }
    try store.close()
    let whole = try Data(contentsOf: URL(filePath: path))
    for size in stride(from: 0, to: whole.count, by: 4000) {
      try whole.prefix(size).write(to: URL(filePath: path))
      for suffix in ["-wal", "-journal", "-shm"] { try? FileManager.default.removeItem(atPath: path + suffix) }
      guard let reason = fault() else {
        #expect(size == 0)
        continue
      }
      #expect(reason.hasPrefix("is damaged") || reason == "is no database", "\(size): \(reason)")
    }
  }
}

import Foundation
import GRDB
import Machine
import PCP
import PCPStore
import PCPWire
import Synchronization
import Testing
import Wire

@Suite("The runner of the store") struct StoreRunnerTests {
  private let place: StorePlace
  private var path: String { place.path }

  init() throws { place = try StorePlace() }

  private func mapping(_ id: UInt64) throws -> Mapping {
    Mapping(
      id: Mapping.ID(rawValue: id), kind: .inbound,
      inner: InternalTuple(.tcp, IPv6Address(mapping: IPv4Address(10, 0, 0, 7)), port: UInt16(id)),
      outer: ExternalTuple(.tcp, IPv6Address(mapping: IPv4Address(192, 0, 2, 1)), port: UInt16(id)),
      nonce: try nonce(of: 1...12), requester: PeerAddress(.unspecified, port: 1),
      expiresAt: .origin + .seconds(600))
  }

  /// What a server is told, as many answers as there are changes.
  private func answers(_ store: MappingStore, _ changes: [MappingStore.Change]) async -> (
    told: [ServerEndpoint.Command], faults: Int
  ) {
    let (stream, continuation) = AsyncStream.makeStream(of: ServerEndpoint.Command.self)
    let faults = Mutex(0)
    let runner = StoreRunner(
      store, clock: { (.origin, .seconds(1_700_000_000)) }, answer: { continuation.yield($0) },
      report: { _ in faults.withLock { $0 += 1 } })
    let task = Task { await runner.run() }
    for change in changes { await runner.submit(change) }
    var told: [ServerEndpoint.Command] = []
    for await command in stream {
      told.append(command)
      if told.count == changes.count { break }
    }
    task.cancel()
    return (told, faults.withLock { $0 })
  }

  @Test("Each change is answered for in its order, once it is on the disk") func recorded() async throws {
    let store = try MappingStore(path: path)
    let mappings = try (1...300).map { try mapping($0) }
    let (told, faults) = await answers(store, mappings.map { .record($0) } + [.forget(mappings[0].id)])
    #expect(told == mappings.map { .recorded($0.id) } + [.recorded(mappings[0].id)])
    #expect(faults == 0)
    let kept = try store.read(at: .origin, date: .seconds(1_700_000_000)).mappings
    #expect(kept == Array(mappings.dropFirst()))
  }

  @Test("What cannot be written is answered for as not recorded") func failed() async throws {
    let store = try MappingStore(path: path)
    try store.close()
    let (told, faults) = await answers(store, [.record(try mapping(1)), .forget(Mapping.ID(rawValue: 2))])
    #expect(told == [.notRecorded(Mapping.ID(rawValue: 1)), .notRecorded(Mapping.ID(rawValue: 2))])
    #expect(faults >= 1)
  }

  @Test("The start of an epoch that could not be written goes with what comes next") func epoch() async throws {
    // A store that takes no mapping 666.
    try MappingStore(path: path).close()
    let trigger = "CREATE TRIGGER no BEFORE INSERT ON mapping WHEN NEW.id = 666 BEGIN SELECT RAISE(ABORT, 'no'); END"
    let database = try DatabaseQueue(path: path)
    try await database.write { try $0.execute(sql: trigger) }
    try database.close()
    let store = try MappingStore(path: path)
    let start = Instant.origin + .seconds(-5)
    let (stream, continuation) = AsyncStream.makeStream(of: ServerEndpoint.Command.self)
    let runner = StoreRunner(
      store, clock: { (.origin, .seconds(1_700_000_000)) }, answer: { continuation.yield($0) }, report: { _ in })
    await runner.submit(.epoch(startedAt: start))
    await runner.submit(.record(try mapping(666)))
    let task = Task { await runner.run() }
    var told = stream.makeAsyncIterator()
    #expect(await told.next() == .notRecorded(Mapping.ID(rawValue: 666)))
    #expect(try store.read(at: .origin, date: .seconds(1_700_000_000)).epochStartedAt == nil)
    await runner.submit(.record(try mapping(1)))
    #expect(await told.next() == .recorded(Mapping.ID(rawValue: 1)))
    #expect(try store.read(at: .origin, date: .seconds(1_700_000_000)).epochStartedAt == start)
    task.cancel()
  }
}

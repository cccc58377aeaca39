import PCP
import PCPWire
import Synchronization
import Testing

@testable import PCPBackend

/// A backend that waits to be let on, and remembers its batches.
private actor SlowBackend: MappingBackend {
  nonisolated let name = "slow"
  private(set) var batches: [[BackendChange]] = []
  private var failures = 0
  private var isBroken = true
  private let gate: AsyncStream<Void>

  init(gate: AsyncStream<Void>, failures: Int = 0) {
    self.gate = gate
    self.failures = failures
  }

  func reconcile(with mappings: [Mapping]) -> [Mapping.ID: String] { [:] }

  func apply(_ changes: [BackendChange]) async -> [BackendOutcome] {
    batches.append(changes)
    var iterator = gate.makeAsyncIterator()
    await iterator.next()
    if failures > 0 {
      failures -= 1
      return changes.map { _ in .failed(.noResources, reason: "full") }
    }
    return changes.map { _ in .done }
  }

  func implicitMappings(for lookups: [ImplicitLookup]) -> [ImplicitMapping?] { lookups.map { _ in nil } }

  func repair() -> Bool {
    defer { isBroken = false }
    return isBroken
  }

  func removeAll() {}
}

@Suite("Backends and the server")
struct BackendRunnerTests {
  /// What the server is told, for a reader.
  private func answers(
    _ backend: any MappingBackend
  ) -> (BackendRunner, AsyncStream<ServerEndpoint.Command>.Iterator) {
    let (stream, continuation) = AsyncStream.makeStream(of: ServerEndpoint.Command.self)
    let runner = BackendRunner(backend, retryInterval: .milliseconds(1), answer: { continuation.yield($0) })
    return (runner, stream.makeAsyncIterator())
  }

  @Test("What comes while the backend works is the next batch", .timeLimit(.minutes(1)))
  func batches() async {
    let (gate, key) = AsyncStream.makeStream(of: Void.self)
    let backend = SlowBackend(gate: gate)
    var (runner, told) = answers(backend)
    let running = Task { [runner] in await runner.run() }
    await runner.submit(.install(Sample.inbound(1)))
    while await backend.batches.isEmpty { await Task.yield() }
    for id in 2...4 { await runner.submit(.install(Sample.inbound(UInt64(id)))) }
    await runner.submit(.remove(Sample.inbound(2)))
    key.yield()
    key.yield()
    var found: [ServerEndpoint.Command] = []
    for _ in 1...5 { if let command = await told.next() { found.append(command) } }
    let id = { (number: UInt64) in Mapping.ID(rawValue: number) }
    #expect(found == [.installed(id(1)), .installed(id(2)), .installed(id(3)), .installed(id(4)), .removed(id(2))])
    #expect(await backend.batches.map(\.count) == [1, 4])
    running.cancel()
    await running.value
  }

  @Test("A refusal reaches the server with its code; a removal that fails is tried again", .timeLimit(.minutes(1)))
  func failures() async {
    let (gate, key) = AsyncStream.makeStream(of: Void.self)
    for _ in 0..<4 { key.yield() }
    var (runner, told) = answers(SlowBackend(gate: gate, failures: 2))
    let running = Task { [runner] in await runner.run() }
    await runner.submit(.install(Sample.inbound(1)))
    #expect(await told.next() == .notInstalled(Mapping.ID(rawValue: 1), .noResources))
    await runner.submit(.remove(Sample.inbound(7)))
    #expect(await told.next() == .removed(Mapping.ID(rawValue: 7)))
    running.cancel()
    await running.value
  }

  @Test("What somebody else removes is made again, and said once", .timeLimit(.minutes(1)))
  func repair() async {
    let (faults, continuation) = AsyncStream.makeStream(of: BackendRunner.Fault.self)
    let runner = BackendRunner(
      SlowBackend(gate: AsyncStream { nil }), checkInterval: .milliseconds(1), answer: { _ in },
      report: { continuation.yield($0) })
    let running = Task { await runner.run() }
    var iterator = faults.makeAsyncIterator()
    #expect(await iterator.next() == .repaired)
    running.cancel()
    await running.value
    continuation.finish()
    #expect(await iterator.next() == nil)
  }

  @Test("The memory backend holds what it is told to hold")
  func memory() async {
    let backend = MemoryBackend()
    _ = await backend.reconcile(with: [Sample.inbound(1), Sample.inbound(2)])
    await backend.refuse { $0.id.rawValue == 4 ? .noResources : nil }
    let outcomes = await backend.apply([
      .remove(Sample.inbound(1)), .install(Sample.inbound(3)), .install(Sample.inbound(4)),
    ])
    #expect(outcomes == [.done, .done, .failed(.noResources, reason: "refused")])
    #expect(await backend.mappings.keys.map(\.rawValue).sorted() == [2, 3])
    let implicit = ImplicitMapping(
      inner: Sample.inbound().inner, outer: Sample.inbound().outer, remote: .init(Sample.remote, port: 53))
    await backend.setImplicitMappings([implicit])
    var (runner, told) = answers(backend)
    let running = Task { [runner] in await runner.run() }
    let token = { (number: UInt64) in ServerMachine.RequestToken(rawValue: number) }
    await runner.submit(ImplicitLookup(token: token(1), inner: implicit.inner, remote: nil))
    #expect(await told.next() == .lookedUp(token(1), implicit))
    await runner.submit(ImplicitLookup(token: token(2), inner: implicit.inner, remote: .init(Sample.remote, port: 54)))
    #expect(await told.next() == .lookedUp(token(2), nil))
    running.cancel()
    await running.value
    await backend.removeAll()
    #expect(await backend.mappings.isEmpty)
  }
}

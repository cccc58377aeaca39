import Machine
import PCP
import PCPWire
import Testing
import Wire

/// A server with a store: nothing is acknowledged that would not come back.
@Suite struct ServerStoreTests {
  private typealias Effect = ServerMachine.Effect

  private static var configuration: ServerConfiguration {
    var configuration = ServerConfiguration.test
    configuration.hasStore = true
    return configuration
  }

  private let filter = FilterOption(prefixLength: 128, remotePeerPort: 0, remotePeerAddress: address("203.0.113.5"))

  private func machine() -> ServerMachine {
    ServerMachine(Self.configuration, startedAt: .origin, random: SplitMix64(seed: 1))
  }

  /// A machine with one mapping, acknowledged at second 0 for 7200 seconds.
  private func machineWithMapping() throws -> (ServerMachine, Mapping) {
    var server = TestServer(machine())
    _ = server.map(.test(), at: seconds(0))
    return (server.machine, try #require(server.machine.mappings.first))
  }

  @Test("New: installed, recorded, answered")
  func create() throws {
    var machine = machine()
    let asked = machine.handle(.request(.map(.test()), from: inside, token(1)), at: seconds(0))
    guard case .install(var mapping) = try #require(asked.first) else { return }
    mapping.expiresAt = seconds(7201)
    #expect(machine.handle(.installed(mapping.id), at: seconds(1)) == [.record(mapping)])
    #expect(machine.handle(.request(.map(.test()), from: inside, token(2)), at: seconds(2)) == [.ignore(token(2))])
    let answered = machine.handle(.recorded(mapping.id), at: seconds(3))
    guard case .respond(token(1), .map(let response)) = try #require(answered.first) else {
      Issue.record("not answered")
      return
    }
    #expect(response.lifetime == 7200)
    #expect(machine.handle(.recorded(mapping.id), at: seconds(4)) == [])
    #expect(machine.nextDeadline == seconds(7203))
  }

  @Test("New, and not recorded: removed again, as if it had never been")
  func createNotRecorded() throws {
    var machine = machine()
    let asked = machine.handle(.request(.map(.test()), from: inside, token(1)), at: seconds(0))
    guard case .install(let mapping) = try #require(asked.first) else { return }
    _ = machine.handle(.installed(mapping.id), at: seconds(0))
    let refused = machine.handle(.notRecorded(mapping.id), at: seconds(1))
    #expect(refused == [.refuse(token(1), Refusal(.noResources, lifetime: 30)), .remove(mapping)])
    #expect(machine.mappings.isEmpty)
    #expect(machine.handle(.removed(mapping.id), at: seconds(2)) == [])
    #expect(machine.nextDeadline == nil)
    let other = peer("198.51.100.2")
    let next = machine.handle(.request(.map(.test(nonce: 2, from: other)), from: other, token(2)), at: seconds(3))
    guard case .install(let free) = try #require(next.first) else { return }
    #expect(free.outer == mapping.outer)
  }

  @Test("A renewal is recorded, and keeps the old expiry when it is not")
  func renewal() throws {
    var (machine, mapping) = try machineWithMapping()
    let effects = machine.handle(.request(.map(.test(lifetime: 9000)), from: inside, token(9)), at: seconds(100))
    guard case .record(let renewed) = try #require(effects.first) else { return }
    #expect(renewed.id == mapping.id && renewed.expiresAt == seconds(9100))
    #expect(machine.mappings.map(\.expiresAt) == [seconds(7200)])
    #expect(
      machine.handle(.notRecorded(mapping.id), at: seconds(101)) == [.refuse(token(9), Refusal(.noResources, lifetime: 30))])
    #expect(machine.mappings == [mapping])
    #expect(machine.nextDeadline == seconds(7200))
  }

  @Test("Changed filters that are not recorded are put back as they were")
  func filters() throws {
    var (machine, mapping) = try machineWithMapping()
    let change = MapRequest.test(options: .init(filter: [filter]))
    let asked = machine.handle(.request(.map(change), from: inside, token(9)), at: seconds(100))
    guard case .install(let changed) = try #require(asked.first) else { return }
    #expect(changed.filters == [filter])
    guard case .record = machine.handle(.installed(mapping.id), at: seconds(100)).first else {
      Issue.record("not recorded")
      return
    }
    let undone = machine.handle(.notRecorded(mapping.id), at: seconds(101))
    #expect(undone == [.refuse(token(9), Refusal(.noResources, lifetime: 30)), .install(mapping)])
    #expect(machine.handle(.request(.map(.test()), from: inside, token(10)), at: seconds(101)) == [.ignore(token(10))])
    #expect(machine.handle(.installed(mapping.id), at: seconds(102)) == [])
    #expect(machine.mappings == [mapping])
  }

  @Test("Deleted: forgotten, removed, answered")
  func delete() throws {
    var (machine, mapping) = try machineWithMapping()
    let delete = ServerMachine.Input.request(.map(.test(lifetime: 0)), from: inside, token(9))
    #expect(machine.handle(delete, at: seconds(1)) == [.forget(mapping.id)])
    #expect(machine.handle(.recorded(mapping.id), at: seconds(2)) == [.remove(mapping)])
    #expect(machine.mappings.isEmpty)
    let again = ServerMachine.Input.request(.map(.test(lifetime: 0)), from: inside, token(10))
    #expect(machine.handle(again, at: seconds(3)) == [.ignore(token(10))])
    let effects = machine.handle(.removed(mapping.id), at: seconds(4))
    guard case .respond(token(9), .map(let response)) = try #require(effects.first) else {
      Issue.record("not answered")
      return
    }
    #expect(response.lifetime == 0)
    #expect(effects.last == .report(.deleted(mapping)))
  }

  @Test("What cannot be forgotten is not deleted")
  func deleteNotRecorded() throws {
    var (machine, mapping) = try machineWithMapping()
    _ = machine.handle(.request(.map(.test(lifetime: 0)), from: inside, token(9)), at: seconds(1))
    #expect(
      machine.handle(.notRecorded(mapping.id), at: seconds(2)) == [.refuse(token(9), Refusal(.noResources, lifetime: 30))])
    #expect(machine.mappings == [mapping])
    #expect(machine.nextDeadline == seconds(7200))
  }

  @Test("What has expired is removed and forgotten, and what waits is refused")
  func expiry() throws {
    var (machine, mapping) = try machineWithMapping()
    _ = machine.handle(.request(.map(.test(options: .init(filter: [filter]))), from: inside, token(9)), at: seconds(7199))
    #expect(
      machine.expire(at: seconds(7200)) == [
        .remove(mapping), .forget(mapping.id), .report(.expired(mapping)),
        .refuse(token(9), Refusal(.networkFailure, lifetime: 30)),
      ])
    #expect(machine.handle(.installed(mapping.id), at: seconds(7201)) == [])
    #expect(machine.handle(.removed(mapping.id), at: seconds(7201)) == [])
    #expect(machine.mappedPortCount == 0)
  }

  @Test("What the store failed to forget when its time was over it is told again, as soon as it has done something else")
  func forgottenLater() throws {
    var (machine, mapping) = try machineWithMapping()
    _ = machine.expire(at: seconds(7200))
    #expect(machine.handle(.removed(mapping.id), at: seconds(7200)) == [])
    #expect(machine.handle(.notRecorded(mapping.id), at: seconds(7200)) == [])
    let asked = machine.handle(.request(.map(.test(nonce: 2, port: 80)), from: inside, token(9)), at: seconds(7201))
    guard case .install(let other) = try #require(asked.first) else { return }
    _ = machine.handle(.installed(other.id), at: seconds(7201))
    let settled = machine.handle(.recorded(other.id), at: seconds(7202))
    #expect(settled.first == .forget(mapping.id))
    guard case .respond(token(9), .map) = try #require(settled.dropFirst().first) else {
      Issue.record("not answered")
      return
    }
    #expect(machine.handle(.notRecorded(mapping.id), at: seconds(7203)) == [])
    let renewed = machine.handle(.request(.map(.test(nonce: 2, port: 80)), from: inside, token(10)), at: seconds(7204))
    #expect(renewed.count == 1)
    #expect(machine.handle(.recorded(other.id), at: seconds(7204)).first == .forget(mapping.id))
    #expect(machine.handle(.recorded(mapping.id), at: seconds(7205)) == [])
  }

  // MARK: After a restart

  /// What a store has after a server's first hour.
  private func stored() -> [Mapping] {
    var server = TestServer(machine())
    _ = server.map(.test(), at: seconds(0))
    _ = server.map(.test(nonce: 2, port: 80, options: .init(filter: [filter])), at: seconds(0))
    _ = server.peer(.test(nonce: 3, port: 90), at: seconds(0))
    return server.stored.values.sorted { $0.id.rawValue < $1.id.rawValue }
  }

  private func restarted(_ mappings: [Mapping], _ configuration: ServerConfiguration = Self.configuration) -> ServerMachine {
    ServerMachine(
      configuration, startedAt: seconds(3600), epochStartedAt: .origin, mappings: mappings, random: SplitMix64(seed: 2))
  }

  @Test("What was recorded is installed again, the epoch goes on, and nothing is announced")
  func restart() {
    let stored = stored()
    var machine = restarted(stored)
    #expect(machine.handle(.start, at: seconds(3600)) == stored.map { .install($0) })
    #expect(machine.mappings == stored)
    #expect(machine.epochTime(at: seconds(3600)) == 3600)
    #expect(machine.handle(.request(.map(.test()), from: inside, token(1)), at: seconds(3600)) == [.ignore(token(1))])
    for mapping in stored { #expect(machine.handle(.installed(mapping.id), at: seconds(3600)) == []) }
    var server = TestServer(machine)
    #expect(server.map(.test(nonce: 9), at: seconds(3600)) == .refusal(.notAuthorized, lifetime: 3600))
    #expect(server.map(.test(), at: seconds(3600)).map?.assignedExternalPort == 3938)
    _ = server.map(.test(nonce: 4, port: 100), at: seconds(3600))
    #expect(Set(server.machine.mappings.map(\.id)).count == 4)
  }

  @Test("Another server's memory is no harm: what is too old, there already or nonsense is forgotten")
  func badMemory() throws {
    var stored = stored()
    stored[0].expiresAt = seconds(3600)
    let twice = Mapping(
      id: .init(rawValue: 77), kind: .inbound, inner: stored[1].inner, outer: ExternalTuple(.udp, outside, port: 7),
      nonce: testNonce(1), requester: inside, expiresAt: seconds(9999))
    let nonsense = Mapping(
      id: .init(rawValue: 78), kind: .inbound, inner: InternalTuple(.udp, inside.address, port: 65535),
      outer: ExternalTuple(.udp, outside, port: 65535), portCount: 9, nonce: testNonce(1), requester: inside,
      expiresAt: seconds(9999))
    var machine = restarted(stored + [twice, nonsense])
    let forgotten = [stored[0].id, stored[1].id, nonsense.id].map { ServerMachine.Effect.forget($0) }
    #expect(machine.handle(.start, at: seconds(3600)) == forgotten + [.install(stored[2]), .install(twice)])
  }

  @Test("What the store would not forget when its time was over does not stand in the way of what came after it")
  func notForgotten() {
    var server = TestServer(machine())
    _ = server.map(.test(lifetime: 3000), at: seconds(0))
    let old = server.stored
    server.run(until: seconds(3000))
    #expect(server.stored.isEmpty)
    _ = server.map(.test(nonce: 2), at: seconds(3100))
    let new = server.machine.mappings
    #expect(new.count == 1)
    // The calendar is set back: the old one seems to have life left.
    let remembered = (Array(old.values) + new).map { mapping in
      var mapping = mapping
      mapping.expiresAt = mapping.expiresAt + .seconds(900)
      return mapping
    }
    var again = TestServer(restarted(remembered))
    again.perform(again.machine.handle(.start, at: seconds(3600)), at: seconds(3600))
    #expect(again.machine.mappings.map(\.id) == new.map(\.id))
    #expect(again.machine.mappings.map(\.outer) == new.map(\.outer))
    #expect(again.told.isEmpty)
  }

  @Test("Of two that remember one external end the elder moves: it had moved before, and the store was not told")
  func sameEnd() throws {
    let stored = stored()
    let same = Mapping(
      id: .init(rawValue: 77), kind: .inbound, inner: InternalTuple(.udp, inside.address, port: 7), outer: stored[1].outer,
      nonce: testNonce(1), requester: inside, server: gateway, expiresAt: seconds(9999))
    var server = TestServer(restarted(stored + [same]))
    server.perform(server.machine.handle(.start, at: seconds(3600)), at: seconds(3600))
    #expect(server.machine.mappings.count == 4)
    #expect(Set(server.machine.mappings.map(\.outer)).count == 4)
    #expect(server.installed[same.id]?.outer == same.outer)
    #expect(server.stored[stored[1].id]?.outer == server.installed[stored[1].id]?.outer)
    #expect(server.told.count == 1)
  }

  @Test("What the backend does not take again is lost: its client is told, and everybody of a new epoch")
  func lost() throws {
    let stored = stored()
    var machine = restarted(stored)
    _ = machine.handle(.start, at: seconds(3600))
    _ = machine.handle(.installed(stored[1].id), at: seconds(3600))
    let effects = machine.handle(.notInstalled(stored[0].id, .networkFailure), at: seconds(3601))
    #expect(effects.prefix(3) == [.remove(stored[0]), .forget(stored[0].id), .report(.lost(stored[0]))])
    guard case .notifyRefusal(inside, gateway, .map, Refusal(.networkFailure, lifetime: 30)) = effects[3] else {
      Issue.record("not told")
      return
    }
    #expect(effects.last == .announce(.announce(AnnounceResponse(lifetime: 0, epochTime: 0))))
    #expect(machine.epochTime(at: seconds(3602)) == 1)
    let second = machine.handle(.notInstalled(stored[2].id, .networkFailure), at: seconds(3601))
    #expect(!second.contains(.announce(.announce(AnnounceResponse(lifetime: 0, epochTime: 0)))))
  }

  @Test("Many mappings are installed again part by part")
  func parts() {
    var configuration = Self.configuration
    configuration.mappingsPerHost = 5000
    var server = TestServer(ServerMachine(configuration, startedAt: .origin, random: SplitMix64(seed: 1)))
    for port in 1...2500 as ClosedRange<UInt16> { _ = server.map(.test(port: port), at: seconds(0)) }
    var machine = restarted(Array(server.stored.values), configuration)
    var sizes = [machine.handle(.start, at: seconds(3600)).count]
    while machine.nextDeadline == seconds(3600) { sizes.append(machine.expire(at: seconds(3600)).count) }
    #expect(sizes.reduce(0, +) == 2500)
    #expect(sizes.max().map { $0 <= 2048 } == true)
  }

  @Test("A backend that has lost everything has it again")
  func backendRestarted() throws {
    var (machine, mapping) = try machineWithMapping()
    let effects = machine.handle(.request(.map(.test(nonce: 2, port: 80)), from: inside, token(9)), at: seconds(1))
    guard case .install(let second) = try #require(effects.first) else { return }
    #expect(machine.handle(.backendRestarted, at: seconds(2)) == [.install(second), .install(mapping)])
    #expect(machine.handle(.installed(mapping.id), at: seconds(2)) == [])
    guard case .record = machine.handle(.installed(second.id), at: seconds(2)).first else {
      Issue.record("not recorded")
      return
    }
  }

  /// The events among effects.
  private func events(_ effects: [ServerEndpoint.Effect]) -> [ServerEndpoint.Event] {
    effects.compactMap { if case .report(let event) = $0 { event } else { nil } }
  }

  @Test("A new epoch is for the store to write down, before what is lost or moved with it")
  func epoch() throws {
    var endpoint = ServerEndpoint(machine())
    #expect(events(endpoint.perform(.start, at: seconds(0))) == [.epoch(startedAt: seconds(0))])
    let kept = MapRequest.test(lifetime: 1000)
    let exact = MapRequest.test(lifetime: 1000, port: 80, external: 80, options: .init(preferFailure: PreferFailureOption()))
    for request in [kept, exact] {
      let asked = endpoint.receive(try request.encoded(), from: inside, to: gateway, at: seconds(1))
      guard case .record(let mapping) = events(asked).first else { continue }
      _ = endpoint.perform(.recorded(mapping.id), at: seconds(1))
    }
    let mappings = endpoint.mappings
    // The configuration is read again: what is mapped moves, or is lost.
    var changed = Self.configuration
    changed.externalAddresses = [address("192.0.2.99")]
    let reloaded = events(endpoint.perform(.reconfigure(changed), at: seconds(20)))
    #expect(reloaded.first == .epoch(startedAt: seconds(20)))
    #expect(reloaded.dropFirst().contains { if case .record(let moved) = $0 { moved.id == mappings[0].id } else { false } })
    _ = endpoint.perform(.recorded(mappings[0].id), at: seconds(20))
    // The device has another address.
    let moved = events(endpoint.perform(.externalAddressesChanged([address("192.0.2.98")]), at: seconds(30)))
    #expect(moved.first == .epoch(startedAt: seconds(30)))
    #expect(moved.filter { if case .epoch = $0 { true } else { false } }.count == 1)
    // Nothing of that is new: no epoch.
    changed.maximumLifetime = 300
    changed.externalAddresses = [address("192.0.2.98")]
    #expect(events(endpoint.perform(.reconfigure(changed), at: seconds(40))) == [])
  }

  @Test("What is forgotten because it is lost is forgotten after the new epoch")
  func epochFirst() throws {
    let stored = stored()
    var endpoint = ServerEndpoint(restarted(stored), backend: .program)
    #expect(events(endpoint.perform(.start, at: seconds(3600))).first == .epoch(startedAt: .origin))
    let effects = events(endpoint.perform(.notInstalled(stored[0].id, .networkFailure), at: seconds(3601)))
    let places = [ServerEndpoint.Event.epoch(startedAt: seconds(3601)), .forget(stored[0].id)].map { effects.firstIndex(of: $0) }
    #expect(places.first == 0 && places.last.map { $0 != nil } == true)
  }
}

import Machine
import PCPWire
import Testing
import Wire

@testable import PCP

/// A server machine between clients that ask for anything, and a backend and a store that are slow and fail; with what must
/// hold whatever happens.
struct ServerFaults {
  /// What a client was promised: a mapping until then.
  private struct Promise {
    /// nil for a client of NAT-PMP.
    var nonce: MappingNonce?
    var until: Instant
  }

  private struct Key: Hashable {
    var inner: InternalTuple
    var kind: Mapping.Kind
  }

  private let hasStore: Bool
  private(set) var machine: ServerMachine
  private var random: SplitMix64
  private(set) var now = Instant.origin
  private var forBackend: [ServerMachine.Effect] = []
  private var forStore: [ServerMachine.Effect] = []
  private(set) var installed: [Mapping.ID: Mapping] = [:]
  private(set) var stored: [Mapping.ID: Mapping] = [:]
  private var promises: [Key: Promise] = [:]
  private var asked: [ServerMachine.RequestToken: Key] = [:]
  /// Those of them in NAT-PMP.
  private var askedInNATPMP: Set<ServerMachine.RequestToken> = []
  private var lastToken: UInt64 = 0
  private var epochStartedAt = Instant.origin
  /// How often each thing has happened, to see that the run was worth it.
  private(set) var counts: [String: Int] = [:]

  init(seed: UInt64, hasStore: Bool) {
    self.hasStore = hasStore
    random = SplitMix64(seed: seed)
    machine = ServerMachine(Self.configuration(hasStore), startedAt: .origin, random: SplitMix64(seed: seed &+ 1))
  }

  private static func configuration(_ hasStore: Bool) -> ServerConfiguration {
    var configuration = ServerConfiguration(externalAddresses: [address("192.0.2.1"), address("192.0.2.2")])
    configuration.externalPorts = 2000...2019
    configuration.mappingsPerHost = 14
    configuration.minimumLifetime = 10
    configuration.reuseDelay = .seconds(5)
    configuration.portsPerSet = 4
    configuration.mapsAllPorts = true
    configuration.announcementCount = 2
    configuration.hasStore = hasStore
    return configuration
  }

  mutating func step() {
    now = now + .milliseconds(random.number(in: 0...1500))
    switch random.number(in: 0...99) {
    case 0...44: ask()
    case 45...74: answerBackend(random.number(in: 1...3))
    case 75...95: answerStore(random.number(in: 1...3))
    case 96: changeAddresses()
    case 97:
      (forBackend, installed) = ([], [:])
      perform(machine.handle(.backendRestarted, at: now), "backend")
    case 98 where hasStore: restart()
    default: break
    }
    while let next = machine.nextDeadline, next <= now { perform(machine.expire(at: now), "expire") }
    check()
  }

  /// Answers everything, and lets all that lives expire.
  mutating func finish() {
    for _ in 0..<200 {
      while !forBackend.isEmpty || !forStore.isEmpty {
        answerBackend(forBackend.count)
        answerStore(forStore.count)
      }
      now = now + .seconds(10)
      while let next = machine.nextDeadline, next <= now { perform(machine.expire(at: now), "expire") }
      check()
    }
  }

  private mutating func ask() {
    let client = peer("198.51.100.\(random.number(in: 1...4))")
    let port = UInt16(random.number(in: 0...9))
    let lifetime = [0, 10, 20, 60][random.number(in: 0...3)] as UInt32
    let external = UInt16(random.number(in: 0...3) == 0 ? random.number(in: 1998...2021) : 0)
    let nonce: UInt8 = random.number(in: 0...5) == 0 ? 2 : 1
    if random.number(in: 0...5) == 0 { return askInNATPMP(client, port, lifetime, external) }
    lastToken += 1
    let request: PCPRequest
    let key: Key
    if port > 0 && random.number(in: 0...3) == 0 {
      let remote = peer("203.0.113.\(random.number(in: 1...2))", 9)
      let peer = PeerRequest.test(
        lifetime: lifetime, nonce: nonce, port: port, external: external, remote: remote, from: client)
      request = .peer(peer)
      key = Key(inner: InternalTuple(.udp, client.address, port: port), kind: .outbound(remote: remote))
    } else {
      var options = MapRequest.Options()
      switch random.number(in: 0...5) {
      case 0 where lifetime > 0 && external > 0: options.preferFailure = PreferFailureOption()
      case 1 where lifetime > 0:
        options.filter = [FilterOption(prefixLength: 128, remotePeerPort: port, remotePeerAddress: address("203.0.113.5"))]
      case 2 where port > 0: options.portSet = PortSetOption(size: 3, firstInternalPort: port, parity: port % 2 == 0)
      default: break
      }
      request = .map(
        .test(lifetime: lifetime, nonce: nonce, port: port, external: external, from: client, options: options))
      key = Key(inner: InternalTuple(.udp, client.address, port: port), kind: .inbound)
    }
    weaken(from: client, by: testNonce(nonce), lifetime)
    asked[token(lastToken)] = key
    perform(machine.handle(.request(request, from: client, to: gateway, token(lastToken)), at: now), "request")
  }

  private mutating func askInNATPMP(_ client: PeerAddress, _ port: UInt16, _ lifetime: UInt32, _ external: UInt16) {
    lastToken += 1
    let transport: TransportProtocol = random.number(in: 0...1) == 0 ? .udp : .tcp
    let request = MapRequest.test(lifetime: lifetime, port: port, transport: transport, external: external, from: client)
    asked[token(lastToken)] = Key(inner: InternalTuple(transport, client.address, port: port), kind: .inbound)
    askedInNATPMP.insert(token(lastToken))
    weaken(from: client, by: nil, lifetime)
    let input = ServerMachine.Input.request(.map(request), from: client, to: gateway, in: .natPMP, token(lastToken))
    perform(machine.handle(input, at: now), "NAT-PMP")
  }

  /// What its owner asks for may come true before the owner is told: no more is promised than was before and is asked for.
  private mutating func weaken(from client: PeerAddress, by nonce: MappingNonce?, _ lifetime: UInt32) {
    for (key, promise) in promises
    where key.inner.address == client.address && (promise.nonce == nil || promise.nonce == nonce) {
      promises[key]?.until = min(promise.until, now + .seconds(Int64(lifetime)))
    }
  }

  private mutating func perform(_ effects: [ServerMachine.Effect], _ cause: String) {
    for effect in effects {
      switch effect {
      case .install, .remove: forBackend.append(effect)
      case .record, .forget: forStore.append(effect)
      case .respond(let token, let response): settle(token, response)
      case .refuse(let token, _):
        #expect(asked.removeValue(forKey: token) != nil, "refused twice")
        count("refused")
      case .ignore(let token):
        #expect(asked.removeValue(forKey: token) != nil, "ignored twice")
        count("ignored")
      case .report(.lost(let mapping)):
        for key in promises.keys where covers(mapping, key) { promises[key] = nil }
        count("lost")
      case .report(.moved): count("moved")
      case .report, .announce, .notify, .notifyRefusal, .lookUp: break
      }
    }
  }

  private mutating func settle(_ token: ServerMachine.RequestToken, _ response: PCPResponse) {
    guard var key = asked.removeValue(forKey: token) else {
      Issue.record("answered twice")
      return
    }
    if askedInNATPMP.contains(token) { return settleNATPMP(key, response) }
    let nonce: MappingNonce
    let lifetime: UInt32
    switch response {
    case .map(let map):
      (nonce, lifetime) = (map.nonce, map.lifetime)
      key.inner.port = map.options.portSet?.firstInternalPort ?? key.inner.port
    case .peer(let peer): (nonce, lifetime) = (peer.nonce, peer.lifetime)
    default: return
    }
    count(lifetime == 0 ? "deleted" : "granted")
    if lifetime == 0 {
      promises[key] = nil
      return
    }
    if let promise = promises[key], promise.until > now {
      #expect(promise.nonce == nil || promise.nonce == nonce, "taken over")
      if promise.nonce == nil { count("made its own") }
    }
    promises[key] = Promise(nonce: nonce, until: now + .seconds(Int64(lifetime)))
  }

  private mutating func settleNATPMP(_ key: Key, _ response: PCPResponse) {
    guard case .map(let map) = response else {
      Issue.record("answered by something else")
      return
    }
    if map.lifetime == 0 {
      count(key.inner.port == 0 ? "all deleted" : "deleted in NAT-PMP")
      let gone = promises.keys.filter { other in
        other.inner.address == key.inner.address && other.inner.protocol == key.inner.protocol && other.kind == .inbound
          && (key.inner.port == 0 || other == key)
      }
      for key in gone where promises[key]?.nonce == nil { promises[key] = nil }
      return
    }
    // Of a mapping of PCP's nothing more is promised than its owner was.
    if let mapping = machine.mappings.first(where: { covers($0, key) }), mapping.nonce != nil { return count("told of PCP's") }
    count("granted in NAT-PMP")
    promises[key] = Promise(nonce: nil, until: now + .seconds(Int64(map.lifetime)))
  }

  private mutating func answerBackend(_ count: Int) {
    for _ in 0..<min(count, forBackend.count) {
      switch forBackend.removeFirst() {
      case .install(let mapping):
        if random.number(in: 0...9) == 0 {
          perform(machine.handle(.notInstalled(mapping.id, .networkFailure), at: now), "not installed")
        } else {
          installed[mapping.id] = mapping
          perform(machine.handle(.installed(mapping.id), at: now), "installed")
        }
      case .remove(let mapping):
        installed[mapping.id] = nil
        perform(machine.handle(.removed(mapping.id), at: now), "removed")
      default: break
      }
    }
  }

  private mutating func answerStore(_ count: Int) {
    for _ in 0..<min(count, forStore.count) {
      let effect = forStore.removeFirst()
      let isFailing = random.number(in: 0...9) == 0
      switch effect {
      case .record(let mapping):
        if !isFailing { stored[mapping.id] = mapping }
        perform(machine.handle(isFailing ? .notRecorded(mapping.id) : .recorded(mapping.id), at: now), "recorded")
      case .forget(let id):
        if !isFailing { stored[id] = nil }
        perform(machine.handle(isFailing ? .notRecorded(id) : .recorded(id), at: now), "forgotten")
      default: break
      }
    }
  }

  private mutating func changeAddresses() {
    let addresses = [["192.0.2.1", "192.0.2.2"], ["192.0.2.2"], ["192.0.2.3"], ["192.0.2.1"]][random.number(in: 0...3)]
    perform(machine.handle(.externalAddressesChanged(addresses.map { address($0) }), at: now), "addresses")
  }

  /// The server is killed and starts again with what its store has.
  private mutating func restart() {
    count("restarted")
    (forBackend, forStore, installed, asked) = ([], [], [:], [:])
    // What was recorded counts from when it was written.
    for mapping in stored.values {
      for (key, promise) in promises where covers(mapping, key) {
        promises[key]?.until = min(promise.until, mapping.expiresAt)
      }
    }
    machine = ServerMachine(
      machine.configuration, startedAt: now, epochStartedAt: machine.epochStartedAt, mappings: Array(stored.values),
      random: SplitMix64(seed: random.next()))
    perform(machine.handle(.start, at: now), "start")
  }

  private mutating func count(_ what: String) { counts[what, default: 0] += 1 }

  // MARK: What must hold

  private func check() {
    // What lost its external end while it was worked on is about to have another.
    checkTuples(machine.mappings.filter { !machine.pool.isDisowned($0.id) }, "held")
    checkTuples(Array(installed.values), "installed")
    let live = Dictionary(machine.mappings.map { (Key(inner: $0.inner, kind: $0.kind), $0) }) { $1 }
    for (key, promise) in promises where promise.until > now && key.inner.port != 0 {
      let mapping = live[key] ?? machine.mappings.first { covers($0, key) }
      #expect(mapping != nil, "\(key) is gone at \(now), promised until \(promise.until)")
      #expect(promise.nonce == nil || mapping?.nonce == promise.nonce)
      if hasStore, let mapping { #expect(stored[mapping.id] != nil, "\(mapping) would not come back") }
    }
  }

  /// Whether a mapping is what was promised, or the set of ports that it is part of.
  private func covers(_ mapping: Mapping, _ key: Key) -> Bool {
    mapping.kind == key.kind && mapping.inner.protocol == key.inner.protocol && mapping.inner.address == key.inner.address
      && mapping.hasInternalPort(key.inner.port)
  }

  /// No external tuple leads to two internal ones.
  private func checkTuples(_ mappings: [Mapping], _ comment: String) {
    var owners: [ExternalTuple: InternalTuple] = [:]
    for mapping in mappings {
      for offset in 0..<mapping.portCount {
        let (inner, outer) = (mapping.inner.advanced(by: offset), mapping.outer.advanced(by: offset))
        let owner = owners[outer] ?? inner
        #expect(owner == inner, "\(comment): \(outer)")
        owners[outer] = inner
      }
    }
  }

  /// What must be left when all is over: nothing.
  func checkEmpty() {
    #expect(machine.mappings.isEmpty && machine.mappedPortCount == 0)
    #expect(machine.work.isEmpty && machine.lookups.isEmpty)
    #expect(machine.pool.heldCount == 0)
    #expect(installed.isEmpty)
    #expect(asked.isEmpty)
    #expect(machine.nextDeadline == nil)
    let first = InternalTuple(.udp, inside.address, port: 1)
    for address in machine.configuration.externalAddresses {
      for transport in [.udp, .tcp] as [TransportProtocol] {
        let space = ExternalPool.Space(protocol: transport, address: address)
        #expect(machine.pool.taken(space) == 0 && machine.pool.isWhole(space, for: first.host))
      }
    }
    #expect(machine.pool.home(of: first.host, isIPv4: true) == nil)
  }
}

@Suite struct ServerFaultTests {
  @Test(
    "Whatever the backend and the store do, promises are kept and nothing is given twice",
    arguments: 1...40 as ClosedRange<UInt64>)
  func faults(seed: UInt64) {
    var faults = ServerFaults(seed: seed, hasStore: seed % 3 != 0)
    for _ in 0..<800 { faults.step() }
    faults.finish()
    faults.checkEmpty()
    #expect(faults.counts["granted", default: 0] > 30 && faults.counts["refused", default: 0] > 10, "\(faults.counts)")
    for what in ["granted in NAT-PMP", "deleted in NAT-PMP"] { #expect(faults.counts[what, default: 0] > 0, "\(faults.counts)") }
  }
}

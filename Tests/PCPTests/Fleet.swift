import Machine
import PCPWire
import Wire

@testable import PCP

/// Many clients and one server on a bad network, under a clock of the simulation's: with a backend and a store that take time and
/// fail, a server that is killed and comes back, a calendar that is set, and programs that change their minds.
///
/// `FleetPromises` says what must hold at any time, `FleetTests` what must be so when all is quiet.
struct Fleet {
  struct Faults {
    /// Of a hundred datagrams.
    var lost = 0
    var repeated = 0
    /// How long a datagram may take, in seconds.
    var longestDelay = 0.01
    /// Of a hundred answers of the backend and of the store.
    var failing = 0
  }

  /// What happens later.
  private enum Item {
    case datagram([UInt8], from: PeerAddress, to: PeerAddress)
    /// The backend or the store of the server that was started so often has done its work.
    case work(Work, start: Int)
  }

  enum Work {
    case install(Mapping)
    case remove(Mapping)
    case record(Mapping)
    case forget(Mapping.ID)
    case epoch(startedAt: Instant)
  }

  /// A program, and the client that it uses.
  struct Program {
    var group: ClientGroup
    /// By its own clock that is the simulation's origin.
    let clock: Instant
    var wants: [ClientMachine.RequestID: ClientWish] = [:]
    /// What it was told last of each wish.
    var beliefs: [ClientMachine.RequestID: ClientEvent] = [:]
    /// Nothing reaches it, or leaves it, before.
    var isolatedUntil = Instant.origin

    /// When something will be due, by the simulation's clock.
    var deadline: Instant? { group.nextDeadline.map { .origin + ($0 - clock) } }
  }

  /// A mapping as the store has it: its end by the calendar, in milliseconds.
  struct Row {
    var mapping: Mapping
    var expiresAt: Int64
  }

  static let serverAddresses = [address("198.51.100.254"), address("198.51.100.253")]

  let hasStore: Bool
  var faults = Faults()
  private(set) var now = Instant.origin
  var random: SplitMix64
  private(set) var programs: [PeerAddress: Program] = [:]
  let places: [PeerAddress]
  /// nil while the server is down.
  private(set) var server: ServerEndpoint?
  private var starts = 0
  /// Whether it has done something since what must hold was looked at.
  private var hasServerActed = false
  /// When the server's clock began.
  private var startedAt = Instant.origin
  /// How far the calendar is ahead of the simulation's clock.
  var calendarOffset: Duration = .seconds(1_000_000_000)
  private(set) var installed: [Mapping.ID: Mapping] = [:]
  private(set) var stored: [Mapping.ID: Row] = [:]
  private var storedEpoch: Int64?
  /// The backend and the store do one thing after the other.
  private var backendFreeAt = Instant.origin
  private var storeFreeAt = Instant.origin
  private var queue = TimerTable<UInt64>()
  private var items: [UInt64: Item] = [:]
  private var lastItem: UInt64 = 0
  private(set) var promises = FleetPromises()
  /// What happened, a line each; kept only for who wants to read it.
  var trace: ((String) -> Void)?
  /// How often each thing has happened.
  private(set) var counts: [String: Int] = [:]

  init(clients count: Int, hasStore: Bool, seed: UInt64) {
    self.hasStore = hasStore
    random = SplitMix64(seed: seed)
    places = (1...count).map { peer("198.51.100.\($0)") }
    for place in places { startProgram(at: place) }
    startServer()
  }

  // MARK: The server

  private var configuration: ServerConfiguration {
    var configuration = ServerConfiguration(externalAddresses: [address("192.0.2.1"), address("192.0.2.2")])
    configuration.externalPorts = 2000...2063
    configuration.minimumLifetime = 60
    configuration.reuseDelay = .seconds(30)
    configuration.announcementTargets = places
    configuration.announcementCount = 4
    configuration.hasStore = hasStore
    return configuration
  }

  /// The simulation's clock as the server's, which began when it was started.
  private func serverTime(_ moment: Instant) -> Instant { .origin + (moment - startedAt) }

  private var calendar: Duration { (now - .origin) + calendarOffset }

  /// A moment of the server's by the calendar, in milliseconds.
  private func milliseconds(_ moment: Instant) -> Int64 {
    (calendar + (moment - serverTime(now))).saturatedNanoseconds / 1_000_000
  }

  mutating func startServer() {
    guard server == nil else { return }
    starts += 1
    startedAt = now
    (installed, backendFreeAt, storeFreeAt) = ([:], now, now)
    let source = SplitMix64(seed: random.next())
    let calendar = self.calendar
    func moment(_ milliseconds: Int64) -> Instant { .origin + (.milliseconds(milliseconds) - calendar) }
    var machine = ServerMachine(configuration, startedAt: .origin, random: source)
    if let storedEpoch {
      let mappings = stored.values.map { row in
        var mapping = row.mapping
        mapping.expiresAt = moment(row.expiresAt)
        return mapping
      }
      promises.restart(mappings, elapsed: startedAt - .origin, calendarOffset, at: now)
      machine = ServerMachine(
        configuration, startedAt: .origin, epochStartedAt: moment(storedEpoch), mappings: mappings, random: source)
    } else {
      promises.forgetAll()
    }
    server = ServerEndpoint(machine, backend: .program)
    note("the server starts with \(machine.mappings.count) mappings")
    tellServer { $0.perform(.start, at: $1) }
  }

  /// The server is killed: what it knew is gone, and with it what its backend did.
  mutating func killServer() {
    guard server != nil else { return }
    note("the server is killed")
    (server, installed) = (nil, [:])
  }

  mutating func tellServer(_ body: (inout ServerEndpoint, Instant) -> [ServerEndpoint.Effect]) {
    guard var endpoint = server else { return }
    hasServerActed = true
    let effects = body(&endpoint, serverTime(now))
    server = endpoint
    for effect in effects {
      switch effect {
      case .transmit(let datagram):
        promises.answered(datagram.octets, to: datagram.destination, at: now)
        let source = PeerAddress(datagram.source ?? Self.serverAddresses[0], port: PCPPorts.server)
        post(datagram.octets, from: source, to: datagram.destination)
      case .report(let event): take(event)
      }
    }
  }

  private mutating func take(_ event: ServerEndpoint.Event) {
    switch event {
    case .install(let mapping): schedule(.install(mapping))
    case .remove(let mapping): schedule(.remove(mapping))
    case .record(let mapping): schedule(.record(mapping))
    case .forget(let id): schedule(.forget(id))
    case .epoch(let start): schedule(.epoch(startedAt: start))
    case .changed(let change):
      if case .lost(let mapping) = change { promises.lost(mapping) }
      note("\(change)")
    case .refused(let peer, let refusal): note("refused \(peer): \(refusal.code)")
    case .dropped, .lookUp: break
    }
  }

  private mutating func schedule(_ work: Work) {
    let time = Duration.milliseconds(random.number(in: 1...40))
    switch work {
    case .install, .remove:
      backendFreeAt = max(backendFreeAt, now) + time
      add(.work(work, start: starts), at: backendFreeAt)
    case .record, .forget, .epoch:
      storeFreeAt = max(storeFreeAt, now) + time
      add(.work(work, start: starts), at: storeFreeAt)
    }
  }

  private mutating func finish(_ work: Work) {
    let isFailing = random.number(in: 0...99) < faults.failing
    switch work {
    case .install(let mapping) where isFailing: tellServer { $0.perform(.notInstalled(mapping.id, .networkFailure), at: $1) }
    case .install(let mapping):
      installed[mapping.id] = mapping
      tellServer { $0.perform(.installed(mapping.id), at: $1) }
    case .remove(let mapping):
      installed[mapping.id] = nil
      tellServer { $0.perform(.removed(mapping.id), at: $1) }
    case .record(let mapping) where isFailing: tellServer { $0.perform(.notRecorded(mapping.id), at: $1) }
    case .record(let mapping):
      stored[mapping.id] = Row(mapping: mapping, expiresAt: milliseconds(mapping.expiresAt))
      promises.recorded(mapping, calendarOffset)
      tellServer { $0.perform(.recorded(mapping.id), at: $1) }
    case .forget(let id) where isFailing: tellServer { $0.perform(.notRecorded(id), at: $1) }
    case .forget(let id):
      stored[id] = nil
      tellServer { $0.perform(.recorded(id), at: $1) }
    case .epoch(let start): storedEpoch = milliseconds(start)
    }
  }

  // MARK: The clients

  /// A program starts, or starts again: it knows nothing of its earlier mappings, and wants what it wanted.
  mutating func startProgram(at place: PeerAddress) {
    let clock = Instant.origin + .seconds(random.number(in: 0...100_000 as ClosedRange<Int64>))
    let group = ClientGroup(ClientConfiguration(address: .unspecified), random: SplitMix64(seed: random.next()))
    var program = Program(group: group, clock: clock)
    program.isolatedUntil = programs[place]?.isolatedUntil ?? .origin
    let wants = programs[place]?.wants ?? [:]
    programs[place] = program
    // Some clients know both addresses of the server.
    let ways = place.address.octets.last.map { $0 % 3 == 0 } == true ? Self.serverAddresses : [Self.serverAddresses[0]]
    guard
      let choice = ServerChoice(ways.map { ServerPath(to: PeerAddress($0, port: PCPPorts.server), from: place.address) })
    else { return }
    tell(place) { $0.perform(.servers([choice]), at: $1) }
    for (id, wish) in wants.sorted(by: { $0.key < $1.key }) { want(id, wish, at: place) }
  }

  mutating func want(_ id: ClientMachine.RequestID, _ wish: ClientWish, at place: PeerAddress) {
    note("\(place) wants \(id.rawValue)")
    programs[place]?.wants[id] = wish
    programs[place]?.beliefs[id] = nil
    tell(place) { $0.perform(.want(id, wish, of: .all), at: $1) }
  }

  mutating func delete(_ id: ClientMachine.RequestID, at place: PeerAddress) {
    note("\(place) deletes \(id.rawValue)")
    programs[place]?.wants[id] = nil
    tell(place) { $0.perform(.delete(id), at: $1) }
  }

  mutating func isolate(_ place: PeerAddress, for time: Duration) {
    note("\(place) is cut off")
    programs[place]?.isolatedUntil = now + time
  }

  private mutating func tell(_ place: PeerAddress, _ body: (inout ClientGroup, Instant) -> [ClientGroup.Effect]) {
    guard var program = programs[place] else { return }
    let effects = body(&program.group, program.clock + (now - .origin))
    for case .report(.server(_, let event)) in effects {
      if let id = event.id { program.beliefs[id] = event }
    }
    programs[place] = program
    for case .transmit(let datagram) in effects {
      promises.asked(datagram.octets, from: place)
      post(datagram.octets, from: place, to: datagram.destination)
    }
  }

  // MARK: The network

  private func isIsolated(_ place: PeerAddress) -> Bool { programs[place].map { $0.isolatedUntil > now } ?? false }

  private mutating func post(_ octets: [UInt8], from source: PeerAddress, to destination: PeerAddress) {
    let copies = random.number(in: 0...99) < faults.repeated ? 2 : 1
    for _ in 0..<copies where random.number(in: 0...99) >= faults.lost {
      let delay = Duration.seconds(1) * random.number(in: 0...faults.longestDelay)
      if isIsolated(source) || isIsolated(destination) { continue }
      add(.datagram(octets, from: source, to: destination), at: now + delay)
    }
  }

  private mutating func add(_ item: Item, at time: Instant) {
    lastItem += 1
    items[lastItem] = item
    queue.set(lastItem, at: time)
  }

  private mutating func deliver(_ octets: [UInt8], from source: PeerAddress, to destination: PeerAddress) {
    if isIsolated(source) || isIsolated(destination) { return }
    count("datagrams")
    if Self.serverAddresses.contains(destination.address) {
      if server == nil { return }
      promises.arrived(octets, from: source, at: now)
      tellServer { $0.receive(octets, from: source, to: destination.address, at: $1) }
    } else {
      tell(destination) { $0.receive(octets, from: source, to: destination.address, at: $1) }
    }
  }

  // MARK: Time

  private var nextTime: Instant? {
    var next = queue.nextDeadline
    func consider(_ time: Instant?) { if let time { next = min(next ?? time, time) } }
    consider(serverDeadline)
    for program in programs.values { consider(program.deadline) }
    return next
  }

  private var serverDeadline: Instant? { server?.nextDeadline.map { startedAt + ($0 - .origin) } }

  /// Lets everything happen that is due until then, and looks at what must hold after each thing that the server has done.
  mutating func run(until end: Instant) {
    while let next = nextTime, next <= end {
      now = max(now, next)
      if let number = queue.popExpired(at: now), let item = items.removeValue(forKey: number) {
        switch item {
        case .datagram(let octets, let source, let destination): deliver(octets, from: source, to: destination)
        case .work(let work, let start): if start == starts && server != nil { finish(work) }
        }
      } else {
        if let deadline = serverDeadline, deadline <= now { tellServer { $0.expire(at: $1) } }
        for place in places {
          if let deadline = programs[place]?.deadline, deadline <= now { tell(place) { $0.expire(at: $1) } }
        }
      }
      if let server, hasServerActed { promises.check(server, installed, stored, hasStore: hasStore, at: now) }
      hasServerActed = false
    }
    now = end
  }

  func note(_ text: @autoclosure () -> String) { trace?("\(now): \(text())") }

  mutating func count(_ what: String) { counts[what, default: 0] += 1 }
}

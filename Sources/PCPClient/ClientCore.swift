import Machine
import PCP
import PCPWire
import Synchronization
internal import Transport
import Wire

/// What a port mapper is inside: mappings and who watches them behind a lock; sockets and network in one task, which does one thing
/// after the other.
final class ClientCore: Sendable {
  private enum Command: Sendable {
    case group(ClientGroup.Command)
    case checkNetwork
  }

  private struct State {
    var records: [ClientMachine.RequestID: MappingRecord] = [:]
    var servers: [ServerChoice] = []
    var protocols: [ServerChoice.ID: ServerProtocol] = [:]
    var lastID: UInt64 = 0
    var lastObserver: UInt64 = 0
    var isStopped = false
    var running: Task<Void, Never>?
  }

  let options: PortMapper.Options
  private let clock = MonotonicClock()
  private let state = Mutex(State())
  private let commands: AsyncStream<Command>
  private let commandInput: AsyncStream<Command>.Continuation

  init(_ options: PortMapper.Options) {
    self.options = options
    (commands, commandInput) = AsyncStream.makeStream()
  }

  var servers: [ServerChoice] { state.withLock { $0.servers } }
}

/// What mappings ask for.
extension ClientCore {
  func add(_ wish: ClientWish, _ families: ClientGroup.AddressFamilies) -> ClientMachine.RequestID {
    state.withLock { state in
      state.lastID += 1
      let id = ClientMachine.RequestID(rawValue: state.lastID)
      if state.isStopped { return id }
      state.records[id] = MappingRecord(wish, families)
      if state.running == nil { state.running = Task { await self.run() } }
      commandInput.yield(.group(.want(id, wish, of: families)))
      noticeSilence(id)
      return id
    }
  }

  /// Looks after a while whether anybody has answered.
  private func noticeSilence(_ id: ClientMachine.RequestID? = nil) {
    Task { [weak self, options] in
      try? await Task.sleep(for: options.silenceNotice)
      self?.state.withLock { state in
        for key in state.records.keys where id == nil || key == id { state.records[key]?.noticeSilence(of: state.servers) }
      }
    }
  }

  /// The states of a mapping from now on, the present one first; ends when the mapping is gone.
  func observe(_ id: ClientMachine.RequestID) -> AsyncStream<MappingState> {
    let (stream, continuation) = AsyncStream.makeStream(of: MappingState.self, bufferingPolicy: .bufferingNewest(1))
    let number = state.withLock { state -> UInt64? in
      guard let record = state.records[id] else { return nil }
      state.lastObserver += 1
      state.records[id]?.observers[state.lastObserver] = continuation
      continuation.yield(record.state)
      return state.lastObserver
    }
    if let number {
      continuation.onTermination = { [weak self] _ in
        self?.state.withLock { _ = $0.records[id]?.observers.removeValue(forKey: number) }
      }
    } else {
      continuation.yield(.unavailable(.stopped))
      continuation.finish()
    }
    return stream
  }

  func state(of id: ClientMachine.RequestID) -> MappingState {
    state.withLock { $0.records[id]?.state } ?? .unavailable(.stopped)
  }

  func renew(_ id: ClientMachine.RequestID) { commandInput.yield(.group(.renew(id))) }

  /// Deletes the mapping and waits for the end.
  func deleted(_ id: ClientMachine.RequestID) async -> Bool {
    await withCheckedContinuation { continuation in
      let isThere = state.withLock { state in
        state.records[id]?.waiting.append(continuation)
        return state.records[id] != nil
      }
      if isThere { delete(id) } else { continuation.resume(returning: true) }
    }
  }

  /// Asks for the mapping to be deleted; it is gone when that is answered, or has taken too long.
  func delete(_ id: ClientMachine.RequestID) {
    let isNew = state.withLock { state in
      guard state.records[id]?.isEnding == false else { return false }
      state.records[id]?.beginEnding()
      return true
    }
    guard isNew else { return }
    commandInput.yield(.group(.delete(id)))
    Task { [options] in
      try? await Task.sleep(for: options.deletionTimeout)
      self.commandInput.yield(.group(.forget(id)))
      self.end(id, isConfirmed: false)
    }
  }

  private func end(_ id: ClientMachine.RequestID, isConfirmed: Bool) {
    guard let record = state.withLock({ $0.records.removeValue(forKey: id) }) else { return }
    finish(record, isConfirmed: isConfirmed && !record.isLeft)
  }

  private func finish(_ record: MappingRecord, isConfirmed: Bool) {
    for observer in record.observers.values { observer.finish() }
    for continuation in record.waiting { continuation.resume(returning: isConfirmed) }
  }

  func shutdown() async {
    let ids = state.withLock { state in
      state.isStopped = true
      return state.records.keys.sorted()
    }
    await withTaskGroup(of: Void.self) { tasks in
      for id in ids { tasks.addTask { _ = await self.deleted(id) } }
    }
    stop()
    await state.withLock { $0.running }?.value
  }

  /// Ends without deleting anything.
  func stop() {
    let (running, records) = state.withLock { state in
      state.isStopped = true
      defer { state.records = [:] }
      return (state.running, state.records)
    }
    for record in records.values { finish(record, isConfirmed: false) }
    running?.cancel()
    commandInput.finish()
  }
}

/// What runs while there is something to do.
extension ClientCore {
  private func run() async {
    let group = ClientGroup(options.client, random: SystemEntropy())
    let driver = UDPDriver(group, sockets: [], clock: clock, watch: options.watch)
    await withTaskGroup(of: Void.self) { tasks in
      tasks.addTask { await driver.run() }
      tasks.addTask { for await event in driver.events { self.take(event) } }
      tasks.addTask { await self.obey(driver) }
      tasks.addTask { await self.watchNetwork() }
      await tasks.waitForAll()
    }
  }

  private func watchNetwork() async {
    while !Task.isCancelled {
      try? await Task.sleep(for: options.networkInterval)
      commandInput.yield(.checkNetwork)
    }
  }

  private func obey(_ driver: UDPDriver<ClientGroup>) async {
    let network = ClientNetwork(options)
    await check(network, driver)
    for await command in commands {
      switch command {
      case .group(let command): await driver.perform(command)
      case .checkNetwork: await check(network, driver)
      }
    }
  }

  private func check(_ network: ClientNetwork, _ driver: UDPDriver<ClientGroup>) async {
    guard let servers = await network.update(driver) else { return }
    state.withLock { state in
      state.servers = servers
      for id in state.records.keys { state.records[id]?.update(servers) }
    }
    await driver.perform(.servers(servers))
    noticeSilence()
    await network.closeUnused(driver)
  }

  private func take(_ event: ClientGroup.Event) {
    switch event {
    case .server(let server, let event): take(event, of: server)
    case .removed(let server):
      state.withLock { state in
        state.protocols[server] = nil
        update(&state) { $0.answers[server] = nil }
      }
    case .added, .noServer: state.withLock { update(&$0) { _ in } }
    case .ended(let id): end(id, isConfirmed: true)
    }
  }

  private func take(_ event: ClientEvent, of server: ServerChoice.ID) {
    state.withLock { state in
      if case .speaks(let version) = event { state.protocols[server] = version }
      let speaks = state.protocols[server] ?? .pcp
      let longest = options.client.maximumLifetime
      guard let id = event.id else {
        update(&state) { $0.note(event, of: server, speaks, clock, longest: longest) }
        return
      }
      state.records[id]?.note(event, of: server, speaks, clock, longest: longest)
      state.records[id]?.update(state.servers)
    }
    if let id = event.id, state.withLock({ $0.records[id]?.isOver }) == true { end(id, isConfirmed: true) }
  }

  private func update(_ state: inout State, _ change: (inout MappingRecord) -> Void) {
    for id in state.records.keys {
      guard var record = state.records[id] else { continue }
      change(&record)
      record.update(state.servers)
      state.records[id] = record
    }
  }
}

import Logging
import PCP
import PCPBackend
import PCPStore
import ServiceLifecycle
import Transport
import UnixSignals

/// The server for as long as the program runs.
struct ServerService: Service {
  private let driver: UDPDriver<ServerEndpoint>
  private let sockets: [UDPSocket]
  /// Those it started with; what does not change without a restart is as it is in them.
  private let settings: ServerSettings
  private let source: ServerSource
  /// nil when the server's own table is all there is.
  private let runner: BackendRunner?
  private let memory: ServerMemory
  /// nil without a store.
  private let recorder: StoreRunner?
  /// Each has the configuration file read again; nil without one.
  private let hangups: UnixSignalsSequence?
  private let logger: Logger

  /// - Parameter backend: ready to work, and with the mappings that are remembered; nil when the server's own table is all there
  ///   is.
  init(
    _ sockets: [UDPSocket], _ settings: ServerSettings, _ source: ServerSource, _ backend: (any MappingBackend)?,
    _ memory: ServerMemory, _ logger: Logger, hangups: UnixSignalsSequence?
  ) {
    self.sockets = sockets
    self.settings = settings
    self.source = source
    self.memory = memory
    self.hangups = hangups
    self.logger = logger
    // A change that the backend never heard of would keep its client waiting, and its port taken.
    let driver = UDPDriver(
      ServerEndpoint(memory.machine(settings.configuration), backend: backend == nil ? .memory : .program), sockets: sockets,
      clock: memory.clock, eventBacklog: .max,
      watch: { passage in ServerService.log(passage, logger) })
    self.driver = driver
    recorder = memory.runner(for: driver, logger)
    runner = backend.map { backend in
      BackendRunner(
        backend, answer: { await driver.perform($0) },
        report: { logger.error("\(backend.name): \($0)") })
    }
  }

  /// What it can be asked about.
  var facts: ServerAdministration.Facts {
    ServerAdministration.Facts(
      driver: driver, clock: memory.clock, listening: sockets.map { "\($0.localAddress)" },
      backend: runner?.backend.name ?? "\(ServerEndpoint.Backend.memory)", store: settings.store, configuration: source.path)
  }

  func run() async throws {
    sayStart()
    await cancelWhenGracefulShutdown {
      await withTaskGroup(of: Void.self) { group in
        group.addTask { await driver.run() }
        group.addTask { for await event in driver.events { await handle(event) } }
        if let runner { group.addTask { await runner.run() } }
        if let recorder { group.addTask { await recorder.run() } }
        if let hangups { group.addTask { for await _ in hangups { await reload() } } }
        await driver.perform(.start)
        await group.waitForAll()
      }
    }
    if let runner, !settings.backend.keepsTable { await removeAll(runner.backend) }
    do { try memory.store?.close() } catch { logger.error("\(error)") }
  }

  private func sayStart() {
    if let path = source.path { logger.notice("configuration \(path)") }
    for socket in sockets { logger.notice("listening on UDP \(socket.localAddress)") }
    let backend = runner?.backend.name ?? "\(ServerEndpoint.Backend.memory)"
    logger.notice("backend: \(backend)\(memory.store == nil ? ", mappings are lost when the server stops" : "")")
    sayExternal(settings)
  }

  private func sayExternal(_ settings: ServerSettings) {
    let addresses = settings.machine.externalAddresses
    if addresses.isEmpty { logger.warning("no external address is given: requests for mappings are refused") }
    for address in addresses { logger.notice("external address \(address.plainText)") }
  }

  /// Reads the configuration file again, and goes on with what it says as far as that needs no restart.
  private func reload() async {
    let path = source.path ?? ""
    var changed: ServerSettings
    do throws(ServerSource.Refusal) {
      changed = try source.read()
    } catch {
      for line in error.lines { logger.error("\(line)") }
      logger.error("\(path) was not taken: the configuration is as it was before")
      return
    }
    let waiting = changed.keepFixed(of: settings)
    await driver.perform(.reconfigure(changed.configuration))
    logger.notice("\(path) was read again")
    if !waiting.isEmpty { logger.warning("changed, and waits for a restart: \(waiting.joined(separator: ", "))") }
    sayExternal(changed)
  }

  private func removeAll(_ backend: any MappingBackend) async {
    do { try await backend.removeAll() } catch { logger.error("\(backend.name): \(error)") }
  }

  /// Says what has happened, and has the backend do its part.
  private func handle(_ event: ServerEndpoint.Event) async {
    switch event {
    case .install(let mapping): await runner?.submit(.install(mapping))
    case .remove(let mapping): await runner?.submit(.remove(mapping))
    case .lookUp(let lookup): await runner?.submit(lookup)
    case .record(let mapping): await recorder?.submit(.record(mapping))
    case .forget(let id): await recorder?.submit(.forget(id))
    case .epoch(let start): await recorder?.submit(.epoch(startedAt: start))
    case .changed, .refused, .dropped: log(event)
    }
  }

  private func log(_ event: ServerEndpoint.Event) {
    switch event {
    case .changed(.created(let mapping)): logger.info("created \(mapping)")
    case .changed(.renewed(let mapping)): logger.info("renewed \(mapping)")
    case .changed(.deleted(let mapping)): logger.info("deleted \(mapping)")
    case .changed(.expired(let mapping)): logger.info("expired \(mapping)")
    case .changed(.moved(let mapping)): logger.notice("moved \(mapping)")
    case .changed(.lost(let mapping)): logger.warning("lost \(mapping)")
    case .refused(let peer, let refusal): logger.info("refused \(peer): \(refusal.code)")
    case .dropped(let peer, let reason): logger.debug("dropped from \(peer): \(reason)")
    case .install, .remove, .lookUp, .record, .forget, .epoch: break
    }
  }

  private static func log(_ passage: UDPDriver<ServerEndpoint>.Passage, _ logger: Logger) {
    switch passage {
    case .received(let octets, let peer): logger.trace("received \(octets.count) octets from \(peer)")
    case .sent(let datagram): logger.trace("sent \(datagram.octets.count) octets to \(datagram.destination)")
    case .unsent(let datagram, let reason):
      logger.debug("could not send to \(datagram.destination): \(reason)")
    }
  }
}

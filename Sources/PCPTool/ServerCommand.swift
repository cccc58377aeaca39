import ArgumentParser
import Logging
import Machine
import PCP
import PCPBackend
import PCPStore
import PCPWire
import ServiceLifecycle
import Transport
import Wire

/// `pcp server`
struct ServerCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "server", abstract: "Answers requests for port mappings, and makes them work.",
    discussion: """
      With the backend memory mappings are kept and answered for, but nothing forwards packets. With nftables this host, a \
      router, does: it translates IPv4, filters, and with --pinholes lets IPv6 in; that takes root, and the programs nft and \
      conntrack. With --store mappings outlive the program: none that a client was told of is lost. Runs until SIGTERM or SIGINT.

      Example:
        pcp server --listen 192.168.1.1 --external 192.0.2.1 --client 192.168.1.0/24
        pcp server --listen 192.168.1.1 --external 192.0.2.1 --backend nftables --external-interface eth1
        pcp server --external 192.0.2.1 --store /var/lib/pcp/mappings.db
      """)

  @Option(help: "Address to listen on; 0.0.0.0 or :: for all; may be repeated. The loopback addresses when none is given.")
  var listen: [IPv6Address] = []

  @Option(help: "UDP port to listen on.")
  var port: UInt16 = PCPPorts.server

  @Option(help: "External address that mappings are given; may be repeated.")
  var external: [IPv6Address] = []

  @Option(help: "External ports that mappings are given, such as 1024-65535.")
  var externalPorts: PortRange?

  @Option(help: "Upper-layer protocol that is mapped; may be repeated. TCP and UDP when none is given.")
  var `protocol`: [TransportProtocol] = []

  @Option(help: "Shortest lifetime granted, in seconds.")
  var minimumLifetime: UInt32 = 120

  @Option(help: "Longest lifetime granted, in seconds.")
  var maximumLifetime: UInt32 = 86400

  @Option(help: "Mappings that one host may have.")
  var mappingsPerHost = 256

  @Option(help: "Addresses that are served, such as 192.168.1.0/24; may be repeated. All when none is given.")
  var client: [AddressPrefix] = []

  @Option(help: "Addresses that may ask for mappings of other hosts; may be repeated. None when none is given.")
  var thirdParty: [AddressPrefix] = []

  @Flag(name: .customLong("nat-pmp"), inversion: .prefixedNo, help: "Speak NAT-PMP too, on the same port.")
  var natPMP = true

  @OptionGroup var backend: BackendOptions

  @Option(help: "File that mappings are kept in, over a restart too; it is made when it is not there.", completion: .file())
  var store: String?

  @Flag(inversion: .prefixedNo, help: "Announce the server to all hosts of the link when it starts.")
  var announce = true

  @Option(help: "How much is logged: trace, debug, info, notice, warning, error, critical. (default: info)")
  var logLevel: LogLevel?

  func run() async throws {
    let configuration = serverConfiguration
    if let fault = configuration.faults.first {
      complain(fault)
      throw Status.badConfiguration
    }
    var logger = Logger(label: "pcp.server") { StreamLogHandler.standardError(label: $0) }
    logger.logLevel = logLevel?.level ?? .info
    let sockets = try await bind()
    let memory = try ServerMemory(store, logger)
    let service = ServerService(
      sockets, configuration, try await startBackend(memory), keepsBackend: backend.keepTable, memory, logger)
    // Services say what goes wrong by themselves; the group's own account of itself is for debugging.
    var groupLogger = logger
    groupLogger.logLevel = max(logger.logLevel, .warning)
    let group = ServiceGroup(
      configuration: ServiceGroupConfiguration(
        services: [service], gracefulShutdownSignals: [.sigterm, .sigint], logger: groupLogger))
    try await group.run()
    logger.notice("stopped")
  }

  private func startBackend(_ memory: ServerMemory) async throws -> (any MappingBackend)? {
    do {
      return try await backend.start(with: memory.content.mappings)
    } catch {
      complain("\(error)")
      throw Status.badConfiguration
    }
  }

  private func bind() async throws -> [UDPSocket] {
    let loopback = [IPv6Address(mapping: IPv4Address(127, 0, 0, 1)), IPv6Address(high: 0, low: 1)]
    var sockets: [UDPSocket] = []
    for address in listen.isEmpty ? loopback : listen {
      do {
        for place in try NetworkInterface.addresses(meantBy: address) {
          sockets.append(try await UDPSocket(boundTo: PeerAddress(place.address, port: port, scope: place.scope)))
        }
      } catch {
        // A host without IPv6 is none the worse for it, unless it was asked for.
        if listen.isEmpty && address.mapped == nil && !sockets.isEmpty { continue }
        complain("cannot listen on \(PeerAddress(address, port: port)): \(error)")
        throw Status.badConfiguration
      }
    }
    return sockets
  }

  private var serverConfiguration: ServerConfiguration {
    var configuration = ServerConfiguration(externalAddresses: external)
    if let externalPorts { configuration.externalPorts = externalPorts.ports }
    if !`protocol`.isEmpty { configuration.protocols = Set(`protocol`) }
    configuration.minimumLifetime = minimumLifetime
    configuration.maximumLifetime = maximumLifetime
    configuration.mappingsPerHost = mappingsPerHost
    configuration.servedClients = client
    configuration.thirdPartyClients = thirdParty
    configuration.speaksNATPMP = natPMP
    configuration.hasStore = store != nil
    configuration.hasPinholes = backend.pinholes
    configuration.looksUpImplicitMappings = backend.backend == .nftables
    if !announce { configuration.announcementCount = 0 }
    return configuration
  }
}

/// The server for as long as the program runs.
struct ServerService: Service {
  private let driver: UDPDriver<ServerEndpoint>
  private let sockets: [UDPSocket]
  private let configuration: ServerConfiguration
  /// nil when the server's own table is all there is.
  private let runner: BackendRunner?
  private let keepsBackend: Bool
  private let memory: ServerMemory
  /// nil without a store.
  private let recorder: StoreRunner?
  private let logger: Logger

  /// - Parameters:
  ///   - backend: ready to work, and with the mappings that are remembered; nil when the server's own table is all there is.
  ///   - keepsBackend: whether mappings go on working when the server stops.
  init(
    _ sockets: [UDPSocket], _ configuration: ServerConfiguration, _ backend: (any MappingBackend)?, keepsBackend: Bool,
    _ memory: ServerMemory, _ logger: Logger
  ) {
    self.sockets = sockets
    self.configuration = configuration
    self.memory = memory
    self.logger = logger
    // A change that the backend never heard of would keep its client waiting, and its port taken.
    let driver = UDPDriver(
      ServerEndpoint(memory.machine(configuration), backend: backend == nil ? .memory : .program), sockets: sockets,
      clock: memory.clock, eventBacklog: .max,
      watch: { passage in ServerService.log(passage, logger) })
    self.driver = driver
    self.keepsBackend = keepsBackend
    recorder = memory.runner(for: driver, logger)
    runner = backend.map { backend in
      BackendRunner(
        backend, answer: { await driver.perform($0) },
        report: { logger.error("\(backend.name): \($0)") })
    }
  }

  func run() async throws {
    for socket in sockets { logger.notice("listening on UDP \(socket.localAddress)") }
    let backend = runner?.backend.name ?? "\(ServerEndpoint.Backend.memory)"
    logger.notice("backend: \(backend)\(memory.store == nil ? ", mappings are lost when the server stops" : "")")
    if configuration.externalAddresses.isEmpty {
      logger.warning("no external address is given: requests for mappings are refused")
    }
    for address in configuration.externalAddresses { logger.notice("external address \(address.plainText)") }
    await cancelWhenGracefulShutdown {
      await withTaskGroup(of: Void.self) { group in
        group.addTask { await driver.run() }
        group.addTask { for await event in driver.events { await handle(event) } }
        if let runner { group.addTask { await runner.run() } }
        if let recorder { group.addTask { await recorder.run() } }
        await recordEpoch()
        await driver.perform(.start)
        await group.waitForAll()
      }
    }
    if let runner, !keepsBackend { await removeAll(runner.backend) }
    do { try memory.store?.close() } catch { logger.error("\(error)") }
  }

  /// Has the start of the epoch written down: it says whether mappings were lost, and must not be forgotten before them.
  private func recordEpoch() async {
    guard let recorder else { return }
    await recorder.submit(.epoch(startedAt: await driver.inspect { $0.epochStartedAt }))
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
    case .changed(.moved), .changed(.lost):
      log(event)
      await recordEpoch()
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
    case .install, .remove, .lookUp, .record, .forget: break
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

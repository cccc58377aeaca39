import Admin
import ArgumentParser
import Logging
import Machine
import PCP
import PCPBackend
import PCPWire
import ServiceLifecycle
import Transport
import UnixSignals
import Wire

/// `pcp server`
struct ServerCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "server", abstract: "Answers requests for port mappings, and makes them work.",
    discussion: """
      With the backend memory mappings are kept and answered for, but nothing forwards packets. With nftables this host, a \
      router, does: it translates IPv4, filters, and with --pinholes lets IPv6 in; that takes root, and the programs nft and \
      conntrack. With --store mappings outlive the program: none that a client was told of is lost. Runs until SIGTERM or SIGINT.

      A configuration file says all that the options say, and more (--example-config); SIGHUP has it read again, and no mapping \
      is lost by that. pcp status and pcp mappings tell what the server does and holds.

      Examples:
        pcp server --listen 192.168.1.1 --external 192.0.2.1 --client 192.168.1.0/24
        pcp server --listen 192.168.1.1 --external 192.0.2.1 --backend nftables --external-interface eth1
        pcp server --external 192.0.2.1 --store /var/lib/pcp/mappings.db
        pcp server --config /etc/pcp.yaml
      """)

  @Option(help: "Configuration file, in YAML; options override it.", completion: .file(extensions: ["yaml", "yml"]))
  var config: String?

  @Flag(help: "Say whether the configuration can be used, and every fault with its place, and end: with status 0 or 2.")
  var checkConfig = false

  @Flag(help: "Print a configuration file with every key, its default and what it is for, and end.")
  var exampleConfig = false

  @OptionGroup var options: ServerOptions

  func validate() throws {
    if config != nil { return }
    if checkConfig { throw ValidationError("--check-config needs --config") }
    var settings = ServerSettings()
    options.overrides.apply(to: &settings)
    if let fault = settings.backend.faults.first { throw ValidationError(fault.text) }
  }

  func run() async throws {
    if exampleConfig { return print(ServerExample.text, terminator: "") }
    let source = ServerSource(path: config, overrides: options.overrides)
    let settings = try settings(of: source)
    if checkConfig { return print("\(config ?? ""): ok") }
    // From here on a hangup does not end the server.
    let hangups = config == nil ? nil : await UnixSignalsSequence(trapping: .sighup)
    var logger = Logger(label: "pcp.server") { StreamLogHandler.standardError(label: $0) }
    logger.logLevel = settings.logLevel
    let sockets = try await bind(settings)
    let administration = ServerAdministration()
    let (admin, fault) = try await openAdminSocket(settings, administration)
    do {
      let memory = try ServerMemory(settings.store, logger)
      let backend = try await startBackend(settings, memory)
      let service = ServerService(sockets, settings, source, backend, memory, logger, hangups: hangups)
      administration.begin(service.facts)
      if let admin { logger.notice("admin socket \(admin.path)") }
      if let fault { logger.warning("no admin socket: \(fault)") }
      try await run(service, logger)
    } catch {
      await admin?.close()
      throw error
    }
    await admin?.close()
    logger.notice("stopped")
  }

  private func run(_ service: ServerService, _ logger: Logger) async throws {
    // Services say what goes wrong by themselves; the group's own account of itself is for debugging.
    var groupLogger = logger
    groupLogger.logLevel = max(logger.logLevel, .warning)
    let signals: [UnixSignal] = config == nil ? [.sigterm, .sigint, .sighup] : [.sigterm, .sigint]
    let group = ServiceGroup(
      configuration: ServiceGroupConfiguration(services: [service], gracefulShutdownSignals: signals, logger: groupLogger))
    try await group.run()
  }

  private func settings(of source: ServerSource) throws -> ServerSettings {
    do throws(ServerSource.Refusal) {
      return try source.read()
    } catch {
      for line in error.lines { complain(line: line) }
      throw Status.badConfiguration
    }
  }

  private func startBackend(_ settings: ServerSettings, _ memory: ServerMemory) async throws -> (any MappingBackend)? {
    guard var configuration = settings.backend.nftables else { return nil }
    configuration.unmappedUDPPorts = settings.machine.unmappedUDPPorts.sorted()
    do throws(BackendFault) {
      let backend = try NFTablesBackend(configuration)
      // What it is to have, and nothing else, whatever an earlier run left.
      _ = try await backend.reconcile(with: memory.content.mappings)
      return backend
    } catch {
      complain("\(error)")
      throw Status.badConfiguration
    }
  }

  /// - Returns: none where there is to be none; and why, where the standard place cannot be had.
  private func openAdminSocket(
    _ settings: ServerSettings, _ administration: ServerAdministration
  ) async throws -> (AdminServer?, AdminError?) {
    let path: String
    switch settings.adminSocket {
    case .off: return (nil, nil)
    case .path(let chosen): path = chosen
    case .standard: path = AdminSocket.standardPaths(of: "pcp")[0]
    }
    do throws(AdminError) {
      return (try await AdminServer(at: path, routes: administration.routes), nil)
    } catch {
      if settings.adminSocket == .standard { return (nil, error) }
      complain("\(error)")
      throw Status.badConfiguration
    }
  }

  private func bind(_ settings: ServerSettings) async throws -> [UDPSocket] {
    let loopback = [IPv6Address(mapping: IPv4Address(127, 0, 0, 1)), IPv6Address(high: 0, low: 1)]
    var sockets: [UDPSocket] = []
    for address in settings.listen.isEmpty ? loopback : settings.listen {
      do {
        for place in try NetworkInterface.addresses(meantBy: address) {
          sockets.append(try await UDPSocket(boundTo: PeerAddress(place.address, port: settings.port, scope: place.scope)))
        }
      } catch {
        // A host without IPv6 is none the worse for it, unless it was asked for.
        if settings.listen.isEmpty && address.mapped == nil && !sockets.isEmpty { continue }
        complain("cannot listen on \(PeerAddress(address, port: settings.port)): \(error)")
        throw Status.badConfiguration
      }
    }
    return sockets
  }
}

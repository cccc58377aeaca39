import ArgumentParser
import Machine
import PCPWire
import Wire

extension BackendSettings.Kind: ExpressibleByArgument {}

/// The options of `pcp server` that set what keys of the configuration file set, by the same names.
struct ServerOptions: ParsableArguments {
  @Option(help: "Address to listen on; 0.0.0.0 or :: for all; may be repeated. The loopback addresses when none is given.")
  var listen: [IPv6Address] = []

  @Option(help: "UDP port to listen on. (default: \(PCPPorts.server))")
  var port: UInt16?

  @Option(help: "External address that mappings are given; may be repeated.")
  var external: [IPv6Address] = []

  @Option(help: "External ports that mappings are given, such as 1024-65535. (default: 1024-65535)")
  var externalPorts: PortRange?

  @Option(help: "Upper-layer protocol that is mapped; may be repeated. TCP and UDP when none is given.")
  var `protocol`: [TransportProtocol] = []

  @Option(help: "Shortest lifetime granted, in seconds. (default: 120)")
  var minimumLifetime: UInt32?

  @Option(help: "Longest lifetime granted, in seconds. (default: 86400)")
  var maximumLifetime: UInt32?

  @Option(help: "Ports that one host may have mapped. (default: 256)")
  var mappingsPerHost: Int?

  @Option(help: "Addresses that are served, such as 192.168.1.0/24; may be repeated. All when none is given.")
  var client: [AddressPrefix] = []

  @Option(help: "Addresses that may ask for mappings of other hosts; may be repeated. None when none is given.")
  var thirdParty: [AddressPrefix] = []

  @Flag(
    name: .customLong("nat-pmp"), inversion: .prefixedNo,
    help: "Speak NAT-PMP too, on the same port. (default: --nat-pmp)")
  var natPMP: Bool?

  @Option(
    help: "What makes mappings work: memory (nothing does) or nftables (this host translates and lets in). (default: memory)")
  var backend: BackendSettings.Kind?

  @Option(help: "Interface that leads outside, for nftables; may be repeated.")
  var externalInterface: [String] = []

  @Option(help: "Name of the table, of family inet, that nftables is given. (default: \(BackendSettings().table))")
  var nftablesTable: String?

  @Flag(inversion: .prefixedNo, help: "With nftables: drop what comes from outside over IPv6 unless a mapping lets it in.")
  var pinholes: Bool?

  @Flag(inversion: .prefixedNo, help: "With nftables: leave the table when the server stops.")
  var keepTable: Bool?

  @Option(help: "File that mappings are kept in, over a restart too; it is made when it is not there.", completion: .file())
  var store: String?

  @Flag(inversion: .prefixedNo, help: "Announce the server to all hosts of the link when it starts. (default: --announce)")
  var announce: Bool?

  @Option(
    help: "Socket for pcp status and pcp mappings. (default: pcp.sock in $XDG_RUNTIME_DIR, or else in /run)", completion: .file())
  var adminSocket: String?

  @Flag(help: "No such socket.")
  var noAdminSocket = false

  @Option(help: "How much is logged: trace, debug, info, notice, warning, error, critical. (default: info)")
  var logLevel: LogLevel?

  func validate() throws {
    if adminSocket != nil && noAdminSocket { throw ValidationError("--admin-socket and --no-admin-socket exclude each other") }
  }

  /// What the options set.
  var overrides: ServerOverrides {
    var overrides = ServerOverrides()
    overrides.set("listen", listen.nonEmpty) { $0.listen = $1 }
    overrides.set("port", port) { $0.port = $1 }
    overrides.set("external", external.nonEmpty) { $0.machine.externalAddresses = $1 }
    overrides.set("external-ports", externalPorts?.ports) { $0.machine.externalPorts = $1 }
    overrides.set("protocol", `protocol`.nonEmpty) { $0.machine.protocols = Set($1) }
    overrides.set("minimum-lifetime", minimumLifetime) { $0.machine.minimumLifetime = $1 }
    overrides.set("maximum-lifetime", maximumLifetime) { $0.machine.maximumLifetime = $1 }
    overrides.set("mappings-per-host", mappingsPerHost) { $0.machine.mappingsPerHost = $1 }
    overrides.set("client", client.nonEmpty) { $0.machine.servedClients = $1 }
    overrides.set("third-party", thirdParty.nonEmpty) { $0.machine.thirdPartyClients = $1 }
    overrides.set("nat-pmp", natPMP) { $0.machine.speaksNATPMP = $1 }
    overrides.set("backend", backend) { $0.backend.kind = $1 }
    overrides.set("external-interface", externalInterface.nonEmpty) { $0.backend.externalInterfaces = $1 }
    overrides.set("nftables-table", nftablesTable) { $0.backend.table = $1 }
    overrides.set("pinholes", pinholes) { $0.backend.hasPinholes = $1 }
    overrides.set("keep-table", keepTable) { $0.backend.keepsTable = $1 }
    overrides.set("store", store) { $0.store = $1 }
    overrides.set("announce", announce) { $0.announces = $1 }
    overrides.set("admin-socket", adminSocket) { $0.adminSocket = .path($1) }
    overrides.set("admin-socket", noAdminSocket ? true : nil) { settings, _ in settings.adminSocket = .off }
    overrides.set("log-level", logLevel?.level) { $0.logLevel = $1 }
    return overrides
  }
}

extension Array {
  fileprivate var nonEmpty: [Element]? { isEmpty ? nil : self }
}

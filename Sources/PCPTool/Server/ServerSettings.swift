import Logging
import PCP
import PCPWire
import Wire

/// All that whoever runs a server may set, by its configuration file and the command line.
struct ServerSettings: Sendable, Hashable {
  enum AdminSocketChoice: Sendable, Hashable {
    /// In the standard place; the server does without where it cannot be had.
    case standard
    case path(String)
    case off
  }

  /// What the machine is to do; what follows from other settings is not in it yet.
  var machine = ServerConfiguration(externalAddresses: [])
  /// The loopback addresses when there is none.
  var listen: [IPv6Address] = []
  var port = PCPPorts.server
  var announces = true
  var backend = BackendSettings()
  var store: String?
  var adminSocket = AdminSocketChoice.standard
  var logLevel = Logger.Level.info

  /// The configuration of the machine.
  var configuration: ServerConfiguration {
    var configuration = machine
    configuration.hasStore = store != nil
    configuration.hasPinholes = backend.hasPinholes
    configuration.looksUpImplicitMappings = backend.kind == .nftables
    if !announces { configuration.announcementCount = 0 }
    return configuration
  }

  /// Something that settings cannot be together.
  struct Fault: Sendable, Hashable {
    /// The keys that are at fault, those of the file.
    var keys: [String]
    var index: Int?
    var text: String
  }

  /// What is wrong between settings that can be each by itself.
  var faults: [Fault] {
    let own = machine.faults.map { fault in
      Fault(keys: fault.settings.compactMap { ServerKey.name(of: $0) }, index: fault.index, text: fault.description)
    }
    return own + backend.faults.map { Fault(keys: $0.keys, index: nil, text: $0.text) }
  }

  /// The settings that a running server takes on without a restart: the others are as they were.
  ///
  /// - Returns: the keys whose change waits for a restart.
  mutating func keepFixed(of running: ServerSettings) -> [String] {
    var waiting: [String] = []
    func keep<Value: Equatable>(_ key: String, _ path: WritableKeyPath<ServerSettings, Value>) {
      if self[keyPath: path] != running[keyPath: path] { waiting.append(key) }
      self[keyPath: path] = running[keyPath: path]
    }
    keep("listen", \.listen)
    keep("port", \.port)
    keep("backend", \.backend.kind)
    keep("external-interface", \.backend.externalInterfaces)
    keep("nftables-table", \.backend.table)
    keep("pinholes", \.backend.hasPinholes)
    keep("keep-table", \.backend.keepsTable)
    // The table has them.
    if running.backend.kind == .nftables { keep("unmapped-udp-ports", \.machine.unmappedUDPPorts) }
    keep("store", \.store)
    keep("admin-socket", \.adminSocket)
    keep("log-level", \.logLevel)
    return waiting
  }
}

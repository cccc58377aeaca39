import PCPBackend

/// What makes the server's mappings work.
struct BackendSettings: Sendable, Hashable {
  enum Kind: String, Sendable, CaseIterable {
    /// Nothing: mappings are kept and answered for.
    case memory
    /// A table of nftables on this host.
    case nftables
  }

  var kind: Kind = .memory
  var externalInterfaces: [String] = []
  /// The table, of family inet, that nftables is given.
  var table = NFTablesConfiguration(externalInterfaces: []).table
  /// Whether what comes from outside over IPv6 is dropped unless a mapping lets it in.
  var hasPinholes = false
  /// Whether mappings go on working when the server stops.
  var keepsTable = false

  /// nil for another backend.
  var nftables: NFTablesConfiguration? {
    guard kind == .nftables else { return nil }
    var configuration = NFTablesConfiguration(externalInterfaces: externalInterfaces)
    configuration.table = table
    configuration.hasPinholes = hasPinholes
    return configuration
  }

  /// What is wrong, by the keys of the configuration file that are at fault.
  var faults: [(keys: [String], text: String)] {
    if let nftables {
      if externalInterfaces.isEmpty { return [(["backend"], "the backend nftables needs an external-interface")] }
      return nftables.faults.map { (["nftables-table", "external-interface"], $0) }
    }
    var keys: [String] = []
    if !externalInterfaces.isEmpty { keys.append("external-interface") }
    if table != BackendSettings().table { keys.append("nftables-table") }
    if hasPinholes { keys.append("pinholes") }
    if keepsTable { keys.append("keep-table") }
    return keys.map { ([$0], "\($0) needs the backend nftables") }
  }
}

import ArgumentParser
import PCP
import PCPBackend

/// What makes the server's mappings work.
struct BackendOptions: ParsableArguments {
  enum Kind: String, ExpressibleByArgument, CaseIterable {
    /// Nothing: mappings are kept and answered for.
    case memory
    /// A table of nftables on this host.
    case nftables
  }

  @Option(help: "What makes mappings work: memory (nothing does) or nftables (this host translates and lets in).")
  var backend: Kind = .memory

  @Option(help: "Interface that leads outside, for nftables; may be repeated.")
  var externalInterface: [String] = []

  @Option(help: "Name of the table, of family inet, that nftables is given.")
  var nftablesTable = "wiregen_pcp"

  @Flag(help: "With nftables: drop what comes from outside over IPv6 unless a mapping lets it in.")
  var pinholes = false

  @Flag(help: "With nftables: leave the table when the server stops.")
  var keepTable = false

  func validate() throws {
    let isNFTables = backend == .nftables
    if isNFTables && externalInterface.isEmpty { throw ValidationError("--backend nftables needs --external-interface") }
    if !isNFTables && (!externalInterface.isEmpty || pinholes || keepTable || nftablesTable != "wiregen_pcp") {
      throw ValidationError("--external-interface, --nftables-table, --pinholes and --keep-table need --backend nftables")
    }
    if let fault = nftablesConfiguration?.faults.first { throw ValidationError(fault) }
  }

  /// nil for another backend.
  private var nftablesConfiguration: NFTablesConfiguration? {
    guard backend == .nftables else { return nil }
    var configuration = NFTablesConfiguration(externalInterfaces: externalInterface)
    configuration.table = nftablesTable
    configuration.hasPinholes = pinholes
    return configuration
  }

  /// The backend, ready to work; nil when the server's own table is all there is.
  ///
  /// - Parameter mappings: what it is to have, and nothing else, whatever an earlier run left.
  /// - Throws: when it cannot work on this host.
  func start(with mappings: [Mapping]) async throws(BackendFault) -> (any MappingBackend)? {
    guard let configuration = nftablesConfiguration else { return nil }
    let backend = try NFTablesBackend(configuration)
    _ = try await backend.reconcile(with: mappings)
    return backend
  }
}

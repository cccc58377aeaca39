import PCP
import PCPWire
import Settings

/// Where the server is, and what it works with. None of it changes without a restart.
extension ServerKey {
  static let places = Group(
    title: "Where the server is, and what it works with: a change of these waits for a restart",
    keys: [
      ServerKey(
        "listen", Kinds.address.list, example: "[192.168.1.1]",
        "Addresses to listen on; 0.0.0.0 or \"::\" for all. Without it the loopback addresses."
      ) { $0.listen = $1 },
      ServerKey("port", Kinds.port, default: "\(PCPPorts.server)", "UDP port to listen on (RFC 6887 section 19.1).") {
        $0.port = $1
      },
      ServerKey(
        "backend", Kinds.backend, default: "memory",
        "What makes mappings work: memory (nothing does) or nftables (this host translates and lets in)."
      ) { $0.backend.kind = $1 },
      ServerKey(
        "external-interface", Kinds.word.list, example: "[eth1]", "With nftables: the interfaces that lead outside."
      ) { $0.backend.externalInterfaces = $1 },
      ServerKey(
        "nftables-table", Kinds.word, default: BackendSettings().table,
        "With nftables: the name of the server's own table, of family inet."
      ) { $0.backend.table = $1 },
      ServerKey(
        "pinholes", Kinds.flag, default: "false",
        "With nftables: drop what comes from outside over IPv6 unless a mapping lets it in."
      ) { $0.backend.hasPinholes = $1 },
      ServerKey("keep-table", Kinds.flag, default: "false", "With nftables: leave the table when the server stops.") {
        $0.backend.keepsTable = $1
      },
      ServerKey(
        "store", Kinds.word, example: "/var/lib/pcp/mappings.db",
        "File that mappings are kept in, over a restart too; it is made when it is not there."
      ) { $0.store = $1 },
      ServerKey(
        "admin-socket", Kinds.word.orNone, example: "/run/pcp.sock",
        "Socket for pcp status and pcp mappings, or none. Without it pcp.sock in $XDG_RUNTIME_DIR, or else in /run."
      ) { $0.adminSocket = $1.map { .path($0) } ?? .off },
      ServerKey(
        "log-level", Kinds.logLevel, default: "info",
        "How much is logged: trace, debug, info, notice, warning, error or critical."
      ) { $0.logLevel = $1 },
    ])
}

import Foundation
import NetworkSupport

/// miniupnpd (Debian's miniupnpd-nftables 2.3.1) on the router of a lab: PCP by other hands than ours.
final class Miniupnpd {
  let lab: NetworkLab
  private let folder: URL
  private var running: RunningProgram?

  /// Starts it.
  init() throws {
    lab = try NetworkLab([("miniupnpd", "miniupnpd-nftables")])
    folder = FileManager.default.temporaryDirectory.appending(path: "miniupnpd-\(UUID().uuidString)")
    do {
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
      try prepare()
      try start()
    } catch {
      lab.close()
      throw error
    }
  }

  func close() {
    lab.close()
    try? FileManager.default.removeItem(at: folder)
  }

  /// It maps nothing where the outer address is one of those for examples; and it fills chains that others have made.
  private func prepare() throws {
    try lab.on(.router, ["ip", "addr", "add", "11.0.0.1/24", "dev", "wan0"])
    try lab.on(.router, ["ip", "addr", "del", "192.0.2.1/24", "dev", "wan0"])
    let chains = """
      table inet filter {
        chain forward { type filter hook forward priority 0; policy accept; jump miniupnpd; }
        chain miniupnpd {}
        chain prerouting { type nat hook prerouting priority -100; jump prerouting_miniupnpd; }
        chain postrouting { type nat hook postrouting priority 100; jump postrouting_miniupnpd; }
        chain prerouting_miniupnpd {}
        chain postrouting_miniupnpd {}
      }
      """
    try lab.on(.router, ["nft", "-f", "-"], input: chains)
    try configuration.write(to: folder.appending(path: "conf"), atomically: true, encoding: .utf8)
  }

  private var configuration: String {
    """
    ext_ifname=wan0
    listening_ip=lan0
    ipv6_listening_ip=fd01::1
    enable_natpmp=yes
    enable_upnp=no
    uuid=00000000-0000-0000-0000-000000000001
    secure_mode=yes
    upnp_table_name=filter
    upnp_nat_table_name=filter
    upnp_forward_chain=miniupnpd
    upnp_nat_chain=prerouting_miniupnpd
    upnp_nat_postrouting_chain=postrouting_miniupnpd
    allow 1024-65535 10.1.0.0/24 1024-65535
    deny 0-65535 0.0.0.0/0 0-65535
    min_lifetime=120
    max_lifetime=86400

    """
  }

  func start() throws {
    let words = ["miniupnpd", "-d", "-f", folder.appending(path: "conf").path, "-P", folder.appending(path: "pid").path]
    let program = try lab.start(.router, words)
    running = program
    try program.wait(for: "Listening for NAT-PMP/PCP traffic on port 5351")
  }

  func stop() { running?.stop(SIGTERM) }

  /// What it has had the kernel do.
  func rules() throws -> String { try lab.on(.router, ["nft", "list", "table", "inet", "filter"]) }
}

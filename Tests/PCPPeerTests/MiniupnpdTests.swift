import Foundation
import NetworkSupport
import Testing
import VectorSupport

/// Our client, as the program `pcp`, against a server that others wrote. Where that server does not do what the RFC says, the
/// test names the rule.
@Suite(
  "miniupnpd", .serialized,
  .disabled(if: NetworkLab.isSkipped, "\(NetworkLab.skipVariable)=1: nobody has spoken to miniupnpd"))
struct MiniupnpdTests {
  private static let ipv4 = "--server 10.1.0.1 --timeout 5"
  private static let ipv6 = "--server fd01::1 --timeout 5"

  /// Runs a test with a server of its own.
  private func server(_ body: @escaping @Sendable (Miniupnpd) throws -> Void) async throws {
    try await inBackground {
      let server = try Miniupnpd()
      defer { server.close() }
      try body(server)
    }
  }

  /// Runs `pcp` on the client, and wants it to succeed.
  private func pcp(_ server: Miniupnpd, _ words: String) throws -> String {
    let result = try server.lab.pcp(.client, words)
    #expect(result.status == 0, "pcp \(words): \(result.output)")
    return result.output
  }

  /// Runs `pcp` on the client, and wants the server to refuse.
  private func refused(_ server: Miniupnpd, _ words: String) throws -> String {
    let result = try server.lab.pcp(.client, words)
    #expect(result.status != 0, "pcp \(words): \(result.output)")
    return result.output
  }

  private func nonce(in text: String) throws -> String {
    let found = try text.firstMatch(of: Regex("nonce ([0-9a-f]{24})", as: (Substring, Substring).self))
    return String(try #require(found, "\(text)").output.1)
  }

  @Test("ANNOUNCE")
  func announce() async throws {
    try await server { server in
      let output = try pcp(server, "announce \(Self.ipv4)")
      #expect(output.contains("10.1.0.1:5351 is there, its Epoch Time is "), "\(output)")
    }
  }

  @Test("MAP: made, renewed, deleted")
  func map() async throws {
    try await server { server in
      let words = "--protocol udp --internal-port 5000"
      let made = try pcp(server, "map \(Self.ipv4) \(words) --external-port 4000 --lifetime 600")
      #expect(made.contains("mapped to 11.0.0.1:4000 for 600 s"), "\(made)")
      #expect(try server.rules().contains("10.1.0.2"))
      let nonce = try nonce(in: made)
      let renewed = try pcp(server, "map \(Self.ipv4) \(words) --external-port 4000 --lifetime 900 --nonce \(nonce)")
      #expect(renewed.contains("mapped to 11.0.0.1:4000 for 900 s"), "\(renewed)")
      #expect(try pcp(server, "delete \(Self.ipv4) \(words) --nonce \(nonce)").contains("deleted"))
      #expect(try !server.rules().contains("10.1.0.2"))
    }
  }

  @Test("RFC 6887 section 15: a lifetime that is too short becomes the shortest")
  func shortLifetime() async throws {
    try await server { server in
      let made = try pcp(server, "map \(Self.ipv4) --protocol tcp --internal-port 5000 --external-port 4000 --lifetime 5")
      #expect(made.contains("mapped to 11.0.0.1:4000 for 120 s"), "\(made)")
    }
  }

  @Test("RFC 6887 section 11.3: who does not know the nonce changes nothing")
  func otherNonce() async throws {
    try await server { server in
      let words = "--protocol udp --internal-port 5000"
      _ = try pcp(server, "map \(Self.ipv4) \(words) --external-port 4000 --lifetime 600 --nonce 000000000000000000000001")
      let refusal = try refused(server, "delete \(Self.ipv4) \(words) --nonce 000000000000000000000002")
      #expect(refusal.contains("NOT_AUTHORIZED"), "\(refusal)")
      #expect(try server.rules().contains("10.1.0.2"))
    }
  }

  @Test("RFC 6887 section 11.3, which it breaks: who does not know the nonce takes a mapping over when it is the same host's")
  func takenOver() async throws {
    try await server { server in
      let words = "--protocol udp --internal-port 5000 --external-port 4000 --lifetime 600"
      _ = try pcp(server, "map \(Self.ipv4) \(words) --nonce 000000000000000000000001")
      let taken = try pcp(server, "map \(Self.ipv4) \(words) --nonce 000000000000000000000002")
      #expect(taken.contains("mapped to 11.0.0.1:4000"), "\(taken)")
    }
  }

  @Test("RFC 6887 section 15.1, which it breaks: what is not there cannot be deleted")
  func deletionOfNothing() async throws {
    try await server { server in
      let refusal = try refused(
        server, "delete \(Self.ipv4) --protocol udp --internal-port 5000 --nonce 000000000000000000000001")
      #expect(refusal.contains("NO_RESOURCES"), "\(refusal)")
    }
  }

  @Test("PREFER_FAILURE: a port that the rules forbid is refused")
  func policy() async throws {
    try await server { server in
      // Without PREFER_FAILURE it looks for another port, and has no end where the rules forbid all of them.
      let refusal = try refused(
        server, "map \(Self.ipv4) --protocol udp --internal-port 5000 --external-port 80 --prefer-failure")
      #expect(refusal.contains("CANNOT_PROVIDE_EXTERNAL"), "\(refusal)")
    }
  }

  @Test("PEER")
  func peer() async throws {
    try await server { server in
      let output = try pcp(
        server,
        "peer \(Self.ipv4) --protocol udp --internal-port 5000 --remote-address 11.0.0.2 --remote-port 6000 --lifetime 600")
      #expect(output.contains("mapped to 11.0.0.1:"), "\(output)")
    }
  }

  @Test("MAP over IPv6 opens the client's own address")
  func ipv6() async throws {
    try await server { server in
      let words = "--protocol tcp --internal-port 5000"
      let made = try pcp(server, "map \(Self.ipv6) \(words) --lifetime 600")
      #expect(made.contains("mapped to [fd01::2]:5000 for 600 s"), "\(made)")
      // Which nft may print as octets, but for the port.
      #expect(try server.rules().contains("dport 5000 "))
      #expect(try pcp(server, "delete \(Self.ipv6) \(words) --nonce \(try nonce(in: made))").contains("deleted"))
      #expect(try !server.rules().contains("dport 5000 "))
    }
  }

  @Test("A NAT on the way that knows nothing of PCP: ADDRESS_MISMATCH")
  func addressMismatch() async throws {
    try await server { server in
      try server.lab.on(.client, ["ip", "addr", "add", "10.1.0.9/24", "dev", "eth0"])
      let translation = """
        table ip unaware {
          chain out { type nat hook postrouting priority 100; udp dport 5351 snat to 10.1.0.9; }
        }
        """
      try server.lab.on(.client, ["nft", "-f", "-"], input: translation)
      let refusal = try refused(server, "map \(Self.ipv4) --protocol udp --internal-port 5000 --external-port 4000")
      #expect(refusal.contains("ADDRESS_MISMATCH"), "\(refusal)")
    }
  }

  @Test("RFC 6887 section 8.5: a server that starts again is noticed, and has the mapping again")
  func restart() async throws {
    try await server { server in
      let program = NetworkLab.products.appendingPathComponent("pcp").path
      let words = "map --server 10.1.0.1 --protocol udp --internal-port 5000 --external-port 4000 --lifetime 600 --keep"
      let keeper = try server.lab.start(.client, [program] + words.split(separator: " ").map(String.init))
      try keeper.wait(for: "mapped to 11.0.0.1:4000")
      // The clock of the server must be seen to go back.
      Thread.sleep(forTimeInterval: 4)
      server.stop()
      try server.lab.on(.router, ["nft", "flush", "chain", "inet", "filter", "prerouting_miniupnpd"])
      try server.start()
      // It announces itself at its start, and the client waits five seconds at most (RFC 6887 sections 14.1.1 and 14.1.3).
      let end = Date(timeIntervalSinceNow: 10)
      while try !server.rules().contains("10.1.0.2"), Date() < end { Thread.sleep(forTimeInterval: 0.1) }
      #expect(try server.rules().contains("10.1.0.2"), "\(keeper.text)")
      #expect(keeper.stop() == 0, "\(keeper.text)")
      #expect(keeper.text.contains("deleted"))
    }
  }
}

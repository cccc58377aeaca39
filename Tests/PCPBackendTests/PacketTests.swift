import Foundation
import NetworkSupport
import PCPBackend
import Testing
import VectorSupport

/// What a server with nftables does to packets: `pcp server` and `pcp map` of this build, and UDP and TCP of Python's.
@Suite(
  "nftables: packets", .serialized,
  .disabled(if: NetworkLab.isSkipped, "\(NetworkLab.skipVariable)=1: nobody has seen a packet pass"))
struct PacketTests {
  /// What `pcp map` or `pcp peer` said of a mapping.
  private struct Granted {
    var port: String
    var nonce: String
  }

  /// Runs a test in namespaces of its own.
  private func lab(_ body: @escaping @Sendable (NetworkLab) throws -> Void) async throws {
    try await inBackground {
      let lab = try NetworkLab()
      defer { lab.close() }
      try body(lab)
    }
  }

  /// Asks for a mapping, and wants it.
  private func grant(_ lab: NetworkLab, _ words: String, by host: NetworkLab.Host = .client, server: String = "10.1.0.1") throws
    -> Granted
  {
    var words = words.split(separator: " ").map(String.init)
    words.insert(contentsOf: ["--server", server], at: 1)
    let result = try lab.pcp(host, words.joined(separator: " "))
    #expect(result.status == 0, "\(result.output)")
    let found = try result.output.firstMatch(
      of: Regex("mapped to \\S+:([0-9]+) .*nonce ([0-9a-f]{24})", as: (Substring, Substring, Substring).self))
    let (_, port, nonce) = try #require(found, "\(result.output)").output
    return Granted(port: String(port), nonce: String(nonce))
  }

  /// A datagram from outside to the external address: what the inner host gets of it.
  private func inbound(
    _ lab: NetworkLab, _ text: String, from name: String = "o", to port: String, at socket: String = "c",
    of host: NetworkLab.Host = .client, isExpected: Bool = true
  ) throws -> String {
    try lab.tell(.outside, "send \(name) \(text) 192.0.2.1 \(port)")
    return try lab.tell(host, "receive \(socket) \(isExpected ? 5 : 0.4)")
  }

  @Test("UDP from outside reaches the client through a mapping, and answers come from the mapped end")
  func udp() async throws {
    try await lab { lab in
      try lab.serve()
      try lab.tell(.client, "udp c 10.1.0.2 5000")
      try lab.tell(.outside, "udp o 192.0.2.10 6000")
      // What comes before there is a mapping must not keep the sender out afterwards.
      #expect(try inbound(lab, "early", to: "4000", isExpected: false) == "nothing")
      let mapped = try grant(lab, "map --protocol udp --internal-port 5000 --external-port 4000")
      #expect(mapped.port == "4000")
      #expect(try inbound(lab, "hello", to: "4000") == "hello 192.0.2.10 6000")
      try lab.tell(.client, "send c answer 192.0.2.10 6000")
      #expect(try lab.tell(.outside, "receive o 5") == "answer 192.0.2.1 4000")
      // To a stranger too.
      try lab.tell(.outside, "udp p 192.0.2.11 6001")
      try lab.tell(.client, "send c first 192.0.2.11 6001")
      #expect(try lab.tell(.outside, "receive p 5") == "first 192.0.2.1 4000")
    }
  }

  @Test("TCP from outside reaches the client through a mapping, and is cut when the mapping is deleted")
  func tcp() async throws {
    try await lab { lab in
      try lab.serve()
      try lab.tell(.client, "listen l 10.1.0.2 8080")
      let mapped = try grant(lab, "map --protocol tcp --internal-port 8080 --external-port 40080")
      #expect(try lab.tell(.outside, "connect o 192.0.2.1 40080 192.0.2.10 6000 5") == "done")
      #expect(try lab.tell(.client, "accept c l 5") == "192.0.2.10 6000")
      try lab.tell(.outside, "send o hello")
      #expect(try lab.tell(.client, "receive c 5") == "hello")
      try lab.tell(.client, "send c answer")
      #expect(try lab.tell(.outside, "receive o 5") == "answer")
      let deleted = try lab.pcp(
        .client, "delete --server 10.1.0.1 --protocol tcp --internal-port 8080 --nonce \(mapped.nonce)")
      #expect(deleted.status == 0, "\(deleted.output)")
      try lab.tell(.outside, "send o late")
      #expect(try lab.tell(.client, "receive c 0.6") == "nothing")
      #expect(try lab.tell(.outside, "connect p 192.0.2.1 40080 192.0.2.11 6001 0.6") != "done")
    }
  }

  @Test("Packets stop after a delete, on flows that were there and on new ones")
  func deleted() async throws {
    try await lab { lab in
      try lab.serve()
      try lab.tell(.client, "udp c 10.1.0.2 5000")
      try lab.tell(.outside, "udp o 192.0.2.10 6000")
      try lab.tell(.outside, "udp p 192.0.2.11 6000")
      let mapped = try grant(lab, "map --protocol udp --internal-port 5000 --external-port 4000")
      #expect(try inbound(lab, "one", to: "4000") == "one 192.0.2.10 6000")
      let deleted = try lab.pcp(
        .client, "delete --server 10.1.0.1 --protocol udp --internal-port 5000 --nonce \(mapped.nonce)")
      #expect(deleted.status == 0, "\(deleted.output)")
      #expect(try inbound(lab, "two", to: "4000", isExpected: false) == "nothing")
      #expect(try inbound(lab, "three", from: "p", to: "4000", isExpected: false) == "nothing")
      #expect(try elements(lab, "inward_port4") == [] && elements(lab, "outward_port4") == [])
    }
  }

  @Test("Packets stop after the lifetime, on flows that were there and on new ones")
  func expired() async throws {
    try await lab { lab in
      try lab.serve("--minimum-lifetime 1")
      try lab.tell(.client, "udp c 10.1.0.2 5000")
      try lab.tell(.outside, "udp o 192.0.2.10 6000")
      try lab.tell(.outside, "udp p 192.0.2.11 6000")
      _ = try grant(lab, "map --protocol udp --internal-port 5000 --external-port 4000 --lifetime 5")
      #expect(try inbound(lab, "one", to: "4000") == "one 192.0.2.10 6000")
      try wait { try elements(lab, "inward_port4") == [] }
      // The flow goes right after the element.
      try wait { try !lab.on(.router, ["conntrack", "-L", "-p", "udp", "--orig-port-dst", "4000"]).contains("src=10.1.0.2") }
      #expect(try inbound(lab, "two", to: "4000", isExpected: false) == "nothing")
      #expect(try inbound(lab, "three", from: "p", to: "4000", isExpected: false) == "nothing")
    }
  }

  @Test("FILTER lets one peer in and keeps another out; a changed one cuts whom it keeps out from then on")
  func filter() async throws {
    try await lab { lab in
      try lab.serve()
      try lab.tell(.client, "udp c 10.1.0.2 5000")
      try lab.tell(.outside, "udp o 192.0.2.10 6000")
      try lab.tell(.outside, "udp p 192.0.2.11 6000")
      let map = "map --protocol udp --internal-port 5000 --external-port 4000"
      let mapped = try grant(lab, "\(map) --filter 192.0.2.10")
      #expect(try inbound(lab, "one", to: "4000") == "one 192.0.2.10 6000")
      #expect(try inbound(lab, "two", from: "p", to: "4000", isExpected: false) == "nothing")
      _ = try grant(lab, "\(map) --nonce \(mapped.nonce) --filter none --filter 192.0.2.11,6000")
      #expect(try inbound(lab, "three", to: "4000", isExpected: false) == "nothing")
      #expect(try inbound(lab, "four", from: "p", to: "4000") == "four 192.0.2.11 6000")
      try lab.tell(.outside, "udp q 192.0.2.11 6001")
      #expect(try inbound(lab, "five", from: "q", to: "4000", isExpected: false) == "nothing")
      _ = try grant(lab, "\(map) --nonce \(mapped.nonce) --filter 192.0.2.8/30")
      #expect(try inbound(lab, "six", to: "4000") == "six 192.0.2.10 6000")
      _ = try grant(lab, "\(map) --nonce \(mapped.nonce) --filter none")
      #expect(try inbound(lab, "seven", from: "q", to: "4000") == "seven 192.0.2.11 6001")
    }
  }

  @Test("PEER pins the outbound mapping to one remote peer, and lets that one in")
  func peer() async throws {
    try await lab { lab in
      try masquerade(lab)
      try lab.serve()
      try lab.tell(.client, "udp c 10.1.0.2 5000")
      try lab.tell(.outside, "udp o 192.0.2.10 6000")
      try lab.tell(.outside, "udp p 192.0.2.11 6000")
      let peer = try grant(
        lab, "peer --protocol udp --internal-port 5000 --remote-address 192.0.2.10 --remote-port 6000 --external-port 41000")
      #expect(peer.port == "41000")
      try lab.tell(.client, "send c one 192.0.2.11 6000")
      #expect(try lab.tell(.outside, "receive p 5") == "one 192.0.2.1 5000")
      try lab.tell(.client, "send c two 192.0.2.10 6000")
      #expect(try lab.tell(.outside, "receive o 5") == "two 192.0.2.1 41000")
      // The kernel forgets flows long before the mapping ends.
      try lab.on(.router, ["conntrack", "-F"])
      #expect(try inbound(lab, "three", to: "41000") == "three 192.0.2.10 6000")
      #expect(try inbound(lab, "four", from: "p", to: "41000", isExpected: false) == "nothing")
    }
  }

  @Test("THIRD_PARTY maps for another host, where that is allowed")
  func thirdParty() async throws {
    try await lab { lab in
      try lab.serve("--third-party 10.1.0.2")
      try lab.tell(.second, "udp c 10.1.0.3 5000")
      try lab.tell(.outside, "udp o 192.0.2.10 6000")
      let mapped = try grant(lab, "map --protocol udp --internal-port 5000 --third-party 10.1.0.3")
      #expect(try inbound(lab, "one", to: mapped.port, of: .second) == "one 192.0.2.10 6000")
      let refused = try lab.pcp(.second, "map --server 10.1.0.1 --protocol udp --internal-port 1 --third-party 10.1.0.2")
      #expect(refused.status == 1)
    }
  }

  @Test("An IPv6 pinhole opens for whom its filter names, and closes; the host's own connections need none")
  func pinhole() async throws {
    try await lab { lab in
      try lab.serve("--pinholes")
      try lab.tell(.client, "udp c fd01::2 80")
      try lab.tell(.outside, "udp o 2001:db8:f::10 6000")
      try lab.tell(.client, "udp d fd01::2 5001")
      func receives(_ text: String, isExpected: Bool) throws -> String {
        try lab.tell(.outside, "send o \(text) fd01::2 80")
        return try lab.tell(.client, "receive c \(isExpected ? 5 : 0.4)")
      }
      #expect(try receives("early", isExpected: false) == "nothing")
      let map = "map --protocol udp --internal-port 80"
      let mapped = try grant(lab, map, server: "fd01::1")
      #expect(mapped.port == "80")
      #expect(try receives("one", isExpected: true) == "one 2001:db8:f::10 6000")
      _ = try grant(lab, "\(map) --nonce \(mapped.nonce) --filter 2001:db8:f::77", server: "fd01::1")
      #expect(try receives("two", isExpected: false) == "nothing")
      _ = try grant(lab, "\(map) --nonce \(mapped.nonce) --filter 2001:db8:f::/64,6000", server: "fd01::1")
      #expect(try receives("three", isExpected: true) == "three 2001:db8:f::10 6000")
      let deleted = try lab.pcp(
        .client, "delete --server fd01::1 --protocol udp --internal-port 80 --nonce \(mapped.nonce)")
      #expect(deleted.status == 0, "\(deleted.output)")
      #expect(try receives("four", isExpected: false) == "nothing")
      try lab.tell(.client, "send d out 2001:db8:f::10 6000")
      #expect(try lab.tell(.outside, "receive o 5") == "out fd01::2 5001")
      try lab.tell(.outside, "send o back fd01::2 5001")
      #expect(try lab.tell(.client, "receive d 5") == "back 2001:db8:f::10 6000")
    }
  }

  @Test("A second client cannot take a mapping over")
  func takeover() async throws {
    try await lab { lab in
      try lab.serve()
      try lab.tell(.client, "udp c 10.1.0.2 5000")
      try lab.tell(.second, "udp s 10.1.0.3 5000")
      try lab.tell(.outside, "udp o 192.0.2.10 6000")
      let mapped = try grant(lab, "map --protocol udp --internal-port 5000 --external-port 4000")
      let wanting = "--server 10.1.0.1 --protocol udp --internal-port 5000"
      #expect(try lab.pcp(.second, "map \(wanting) --external-port 4000 --prefer-failure").status == 1)
      // For another host, which it may not ask for; with the nonce of the first, for itself: that is another mapping.
      #expect(try lab.pcp(.second, "map \(wanting) --external-port 4000 --third-party 10.1.0.2").status == 1)
      let other = try grant(
        lab, "map --protocol udp --internal-port 5000 --external-port 4000 --nonce \(mapped.nonce)", by: .second)
      #expect(other.port != "4000")
      #expect(try lab.pcp(.second, "delete \(wanting) --nonce \(mapped.nonce)").status == 0)
      // From its own address, with another nonce: somebody who does not know the first one's.
      #expect(try lab.pcp(.client, "map \(wanting) --nonce 000000000000000000000001").status == 1)
      #expect(try inbound(lab, "one", to: "4000") == "one 192.0.2.10 6000")
      #expect(try lab.tell(.second, "receive s 0.3") == "nothing")
    }
  }

  @Test("A mapping takes over what the client's own packets have opened")
  func implicit() async throws {
    try await lab { lab in
      try masquerade(lab)
      try lab.serve()
      try lab.tell(.client, "udp c 10.1.0.2 5000")
      try lab.tell(.outside, "udp o 192.0.2.10 6000")
      try lab.tell(.outside, "udp p 192.0.2.11 6000")
      try lab.tell(.client, "send c one 192.0.2.10 6000")
      #expect(try lab.tell(.outside, "receive o 5") == "one 192.0.2.1 5000")
      let mapped = try grant(lab, "map --protocol udp --internal-port 5000 --external-port 4000")
      #expect(mapped.port == "5000")
      #expect(try inbound(lab, "two", to: "5000") == "two 192.0.2.10 6000")
      #expect(try inbound(lab, "three", from: "p", to: "5000") == "three 192.0.2.11 6000")
    }
  }

  @Test("Inner hosts reach each other by the external end")
  func hairpin() async throws {
    try await lab { lab in
      try lab.serve()
      try lab.tell(.client, "udp c 10.1.0.2 5000")
      try lab.tell(.second, "udp s 10.1.0.3 7000")
      _ = try grant(lab, "map --protocol udp --internal-port 5000 --external-port 4000")
      try lab.tell(.second, "send s one 192.0.2.1 4000")
      #expect(try lab.tell(.client, "receive c 5") == "one 10.1.0.1 7000")
      try lab.tell(.client, "send c two 10.1.0.1 7000")
      #expect(try lab.tell(.second, "receive s 5") == "two 192.0.2.1 4000")
    }
  }

  @Test("The table comes and goes with the server, and what others have is left alone")
  func table() async throws {
    try await lab { lab in
      try masquerade(lab)
      let before = try lab.on(.router, ["nft", "list", "ruleset"])
      let server = try lab.serve("--nftables-table of_pcp")
      #expect(try lab.on(.router, ["nft", "list", "tables"]) == "table ip others\ntable inet of_pcp\n")
      _ = try grant(lab, "map --protocol udp --internal-port 5000 --external-port 4000")
      lab.stop(server)
      #expect(try lab.on(.router, ["nft", "list", "ruleset"]) == before)
    }
  }

  @Test("After a crash the table holds what the new server holds: nothing; flows through old mappings are cut")
  func crash() async throws {
    try await lab { lab in
      let server = try lab.serve()
      try lab.tell(.client, "udp c 10.1.0.2 5000")
      try lab.tell(.outside, "udp o 192.0.2.10 6000")
      _ = try grant(lab, "map --protocol udp --internal-port 5000 --external-port 4000")
      #expect(try inbound(lab, "one", to: "4000") == "one 192.0.2.10 6000")
      kill(server.processIdentifier, SIGKILL)
      server.waitUntilExit()
      #expect(try inbound(lab, "two", to: "4000") == "two 192.0.2.10 6000")
      try lab.serve()
      #expect(try inbound(lab, "three", to: "4000", isExpected: false) == "nothing")
      _ = try grant(lab, "map --protocol udp --internal-port 5000 --external-port 4000")
      #expect(try inbound(lab, "four", to: "4000") == "four 192.0.2.10 6000")
    }
  }

  @Test("Requests that come all at once are all granted, in few batches")
  func load() async throws {
    try await lab { lab in
      try lab.serve("--mappings-per-host 1000")
      let started = Date()
      #expect(try lab.tell(.client, "map 10.1.0.2 10.1.0.1 400") == "400")
      print("400 mappings asked for at once: \(Date().timeIntervalSince(started)) s")
      #expect(try elements(lab, "inward_port4").count == 400)
      #expect(try elements(lab, "outward_port4").count == 400)
    }
  }

  @Test("With a store, mappings work through a crash and a restart, and their connections live on")
  func store() async throws {
    try await lab { lab in
      let file = FileManager.default.temporaryDirectory.appending(path: "pcp-\(UUID().uuidString)")
      defer { for suffix in ["", "-wal", "-shm"] { try? FileManager.default.removeItem(atPath: file.path + suffix) } }
      let server = try lab.serve("--store \(file.path)")
      try lab.tell(.client, "listen l 10.1.0.2 8080")
      let mapped = try grant(lab, "map --protocol tcp --internal-port 8080 --external-port 40080")
      #expect(try lab.tell(.outside, "connect o 192.0.2.1 40080 192.0.2.10 6000 5") == "done")
      #expect(try lab.tell(.client, "accept c l 5") == "192.0.2.10 6000")
      kill(server.processIdentifier, SIGKILL)
      server.waitUntilExit()
      let flow = try lab.on(.router, ["conntrack", "-L", "-p", "tcp", "-o", "id"])
      try lab.serve("--store \(file.path)")
      try wait { try elements(lab, "inward_port4").count == 1 }
      // The same connection, not one that was picked up anew.
      let number = try #require(flow.components(separatedBy: " id=").last?.prefix { $0.isNumber })
      #expect(try lab.on(.router, ["conntrack", "-L", "-p", "tcp", "-o", "id"]).contains(" id=\(number)"))
      try lab.tell(.outside, "send o hello")
      #expect(try lab.tell(.client, "receive c 5") == "hello")
      #expect(try lab.tell(.outside, "connect p 192.0.2.1 40080 192.0.2.11 6001 5") == "done")
      #expect(try lab.tell(.client, "accept d l 5") == "192.0.2.11 6001")
      let deleted = try lab.pcp(
        .client, "delete --server 10.1.0.1 --protocol tcp --internal-port 8080 --nonce \(mapped.nonce)")
      #expect(deleted.status == 0, "\(deleted.output)")
      try lab.tell(.outside, "send o late")
      #expect(try lab.tell(.client, "receive c 0.4") == "nothing")
    }
  }

  @Test("When somebody has removed all tables, the next change makes ours anew, with all mappings, or a look does")
  func flushed() async throws {
    try await lab { lab in
      try lab.serve()
      try lab.tell(.client, "udp c 10.1.0.2 5000")
      try lab.tell(.outside, "udp o 192.0.2.10 6000")
      _ = try grant(lab, "map --protocol udp --internal-port 5000 --external-port 4000")
      try lab.on(.router, ["nft", "flush", "ruleset"])
      _ = try grant(lab, "map --protocol udp --internal-port 5001 --external-port 4001")
      #expect(try elements(lab, "inward_port4").count == 2)
      #expect(try inbound(lab, "one", to: "4000") == "one 192.0.2.10 6000")
      try lab.on(.router, ["nft", "flush", "ruleset"])
      try wait { try lab.on(.router, ["nft", "list", "tables"]) == "table inet wiregen_pcp\n" }
      #expect(try elements(lab, "inward_port4").count == 2)
    }
  }

  @Test("A failure of the backend is NETWORK_FAILURE, and the mapping is not there; afterwards it can be had")
  func failure() async throws {
    try await lab { lab in
      try lab.serve()
      try lab.on(.router, ["nft", "delete", "table", "inet", "wiregen_pcp"])
      try lab.on(.router, ["nft", "add", "table", "inet", "wiregen_pcp"])
      let words = "--server 10.1.0.1 --protocol udp --internal-port 5000 --external-port 4000"
      let refused = try lab.pcp(.client, "map \(words)")
      #expect(refused.status == 1 && refused.output.contains("NETWORK_FAILURE"), "\(refused.output)")
      try lab.on(.router, ["nft", "delete", "table", "inet", "wiregen_pcp"])
      #expect(try grant(lab, "map --protocol udp --internal-port 5000 --external-port 4000").port == "4000")
    }
  }

  @Test("PEER over IPv6 lets its remote peer in, and nobody else")
  func peerPinhole() async throws {
    try await lab { lab in
      try lab.serve("--pinholes")
      try lab.tell(.client, "udp c fd01::2 5000")
      try lab.tell(.outside, "udp o 2001:db8:f::10 6000")
      try lab.tell(.outside, "udp p 2001:db8:f::10 6001")
      let peer = "peer --protocol udp --internal-port 5000 --remote-address 2001:db8:f::10 --remote-port 6000"
      #expect(try grant(lab, peer, server: "fd01::1").port == "5000")
      try lab.tell(.outside, "send p one fd01::2 5000")
      try lab.tell(.outside, "send o two fd01::2 5000")
      #expect(try lab.tell(.client, "receive c 5") == "two 2001:db8:f::10 6000")
      #expect(try lab.tell(.client, "receive c 0.3") == "nothing")
    }
  }

  @Test("A table of somebody else's, and a host that may not use nft, end the server with one line and status 2")
  func refusals() async throws {
    try await lab { lab in
      try lab.on(.router, ["nft", "add", "table", "inet", "wiregen_pcp"])
      let words = "server --listen 10.1.0.1 --external 192.0.2.1 --backend nftables --external-interface wan0"
      let foreign = try lab.pcp(.router, words)
      #expect(foreign.status == 2 && foreign.output.contains("not the server's own"), "\(foreign.output)")
      #expect(foreign.output.split(separator: "\n").count == 1)
      #expect(try lab.on(.router, ["nft", "list", "tables"]) == "table inet wiregen_pcp\n")
      let powerless = try lab.pcp(
        .router, "\(words) --nftables-table of_pcp", under: ["setpriv", "--bounding-set", "-net_admin"])
      #expect(powerless.status == 2 && powerless.output.contains("needs root or CAP_NET_ADMIN"), "\(powerless.output)")
      #expect(powerless.output.split(separator: "\n").count == 1)
    }
  }

  // MARK: Looking at the router

  /// What a router has of its own: everybody is translated, in a table that is not the server's.
  private func masquerade(_ lab: NetworkLab) throws {
    let script = """
      table ip others {
        chain postrouting {
          type nat hook postrouting priority srcnat; policy accept;
          oifname "wan0" masquerade
        }
      }

      """
    try lab.on(.router, ["nft", "-f", "-"], input: script)
  }

  /// The elements of a set of the server's table.
  private func elements(_ lab: NetworkLab, _ set: String) throws -> [String] {
    let kind = set.hasPrefix("inward") || set.hasPrefix("outward") ? "map" : "set"
    let text = try lab.on(.router, ["nft", "-n", "list", kind, "inet", "wiregen_pcp", set])
    let parts = text.components(separatedBy: "elements = {")
    guard parts.count == 2, let list = parts[1].split(separator: "}").first else { return [] }
    return list.split(separator: ",").map { $0.split { $0.isWhitespace }.joined(separator: " ") }
  }

  /// Waits until something is so, and fails when it is not in twenty seconds.
  private func wait(_ condition: () throws -> Bool) throws {
    for _ in 0..<200 {
      if try condition() { return }
      Thread.sleep(forTimeInterval: 0.1)
    }
    Issue.record("waited in vain")
  }
}

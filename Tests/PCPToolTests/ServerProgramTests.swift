import Foundation
import Testing
import VectorSupport

/// The program itself: its configuration file, read again while it runs, and its admin socket.
@Suite("A server with a configuration file", .serialized) struct ServerProgramTests {
  /// A file that a server can be started with.
  private func configuration(_ place: ServerPlace, _ more: String) -> String {
    "listen: [127.0.0.1]\nport: \(place.port)\nannounce: false\nadmin-socket: \(place.socket)\n\(more)\n"
  }

  /// A server with such a file.
  private func server(_ place: ServerPlace, _ more: String, _ arguments: String = "") throws -> Process {
    try place.write(configuration(place, more))
    return try place.server("--config \(place.file) \(arguments)")
  }

  /// Runs a shell command to its end: its status, and what it writes.
  private func run(_ command: String) throws -> (status: Int32, output: String) {
    let process = Process()
    process.executableURL = URL(filePath: "/bin/bash")
    process.arguments = ["-c", "\(command) 2>&1"]
    let output = Pipe()
    process.standardOutput = output
    try process.run()
    let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    return (process.terminationStatus, text)
  }

  private func check(_ place: ServerPlace, _ text: String) throws -> (status: Int32, output: String) {
    try place.write(text)
    return try run("exec \(Product.path("pcp")) server --check-config --config \(place.file)")
  }

  @Test("--check-config says yes, or everything that is wrong") func checking() async throws {
    try await ServerPlace.run { place in
      #expect(try check(place, "external: [192.0.2.1]\n") == (0, "\(place.file): ok\n"))
      let (status, output) = try check(place, "external: [192.0.2]\nprot: 5\n")
      #expect(status == 2)
      #expect(output.split(separator: "\n").map { $0.hasPrefix("\(place.file):") } == [true, true], "\(output)")
      #expect(output.hasSuffix("\(place.file):2:1: error: there is no key 'prot'; did you mean 'port'?\n"), "\(output)")
      try FileManager.default.removeItem(atPath: place.file)
      let missing = try run("exec \(Product.path("pcp")) server --config \(place.file)")
      #expect(missing == (2, "pcp: \(place.file): there is no such file\n"))
    }
  }

  @Test("The example that it prints passes its own check") func example() async throws {
    try await ServerPlace.run { place in
      let (status, output) = try Product.run("pcp", ["server", "--example-config"])
      #expect(status == 0)
      #expect(try check(place, output) == (0, "\(place.file): ok\n"))
    }
  }

  @Test("A reload keeps the mappings, and what it changes holds") func reloading() async throws {
    try await ServerPlace.run { place in
      let process = try server(place, "external: [192.0.2.1]\naccess:\n  - {action: deny, internal-ports: 7002}")
      #expect(try place.map(7001).status == 0)
      #expect(try place.map(7002).status == 1)
      // Another rule; and a level, which waits for a restart.
      let other = "external: [192.0.2.1]\naccess:\n  - {action: deny, internal-ports: 7003}\nlog-level: debug"
      try place.reload(process, configuration(place, other), until: "waits for a restart: log-level")
      #expect(try place.map(7002).status == 0)
      #expect(try place.map(7003).status == 1)
      #expect(try place.mappings().contains("127.0.0.1:7001"))
      // Another address: the mapping moves.
      try place.reload(process, configuration(place, "external: [192.0.2.2]"), until: "external address 192.0.2.2")
      let moved = try place.mappings()
      #expect(moved.contains("192.0.2.2:") && !moved.contains("192.0.2.1:"), "\(moved)")
    }
  }

  @Test("A file with faults is not taken: each is said with its place, and all stays as it was") func faulty() async throws {
    try await ServerPlace.run { place in
      let rules = "external: [192.0.2.1]\naccess:\n  - {action: deny, internal-ports: 7002}"
      let process = try server(place, rules)
      #expect(try place.map(7001).status == 0)
      let end = "\(place.file) was not taken: the configuration is as it was before"
      let said = try place.reload(
        process, configuration(place, "external: [192.0.2, 192.0.2.2]\nmaximum-lifetime: 5\nacces: []\nlog-level: loud"),
        until: end)
      for words in ["5:12: error:", "6:1: error:", "7:1: error: there is no key 'acces'", "8:12: error:"] {
        #expect(said.contains("\(place.file):\(words)"), "\(words) in \(said)")
      }
      // No YAML at all, and no file.
      #expect(try place.reload(process, "external: [192.0.2.1\n", until: end).contains("\(place.file):2:1: error:"))
      #expect(try place.map(7002).status == 1)
      #expect(try place.map(7003).output.contains("192.0.2.1:"))
      #expect(try place.mappings().contains("127.0.0.1:7001"))
      #expect(process.isRunning)
    }
  }

  @Test("The admin socket tells what the server is and holds, and is gone with it") func administration() async throws {
    try await ServerPlace.run { place in
      let process = try server(place, "external: [192.0.2.1]", "--store \(place.store)")
      let mode = try FileManager.default.attributesOfItem(atPath: place.socket)[.posixPermissions] as? Int
      #expect(mode == 0o600)
      #expect(try place.mappings() == "no mappings\n")
      #expect(try place.map(7001).status == 0)
      let lines = try place.mappings().split(separator: "\n")
      #expect(lines.count == 2 && lines[1].hasPrefix("MAP      tcp       127.0.0.1:7001  192.0.2.1:"), "\(lines)")
      let status = try place.administer("status").output
      for line in ["mappings: 1, of 1 ports and 1 hosts", "configuration: \(place.file)", "refused: none", "dropped: none"] {
        #expect(status.contains("\(line)\n"), "\(status)")
      }
      let json = try place.administer("mappings --json").output
      let items = try #require(try JSONSerialization.jsonObject(with: Data(json.utf8)) as? [[String: Any]])
      #expect(items.first?["operation"] as? String == "map" && !json.contains("nonce"))
      // Another server may not take it, and leaves it as it is.
      let other = try run("exec \(Product.path("pcp")) server --listen 127.0.0.1 --port 0 --admin-socket \(place.socket)")
      #expect(other == (2, "pcp: another running program has the admin socket \(place.socket)\n"))
      #expect(try place.administer("status").status == 0)
      place.end(process)
      #expect(!FileManager.default.fileExists(atPath: place.socket))
      #expect(try place.administer("status").status == 1)
    }
  }

  /// Asks in NAT-PMP for the UDP port 7009, that many times, and takes the first answer.
  private func askNATPMP(_ place: ServerPlace, _ count: Int = 1) throws -> String {
    let script = """
      import socket
      s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
      s.settimeout(20)
      for _ in range(\(count)): s.sendto(bytes.fromhex("000100001b6100000000003c"), ("127.0.0.1", \(place.port)))
      print(s.recv(100).hex())
      """
    return try run("python3 -c '\(script)'").output
  }

  @Test("Requests are counted, and what NAT-PMP has mapped is told from the rest") func counts() async throws {
    try await ServerPlace.run { place in
      let process = try server(place, "external: [192.0.2.1]\nexternal-ports: 2000-2999")
      #expect(try askNATPMP(place).hasPrefix("00810000"))
      #expect(try place.map(6000).status == 0)
      let lines = try place.mappings().split(separator: "\n").map { $0.split(separator: " ").prefix(3).joined(separator: " ") }
      #expect(lines.dropFirst() == ["NAT-PMP udp 127.0.0.1:7009", "MAP tcp 127.0.0.1:6000"], "\(lines)")
      let status = try requests(place)
      #expect(status["natPMP"] as? Int == 1 && status["waiting"] as? Int == 0)
      #expect((status["granted"] as? Int).map { $0 >= 3 } == true && status["dropped"] as? [String: Int] == [:])
      // No NAT-PMP any more, and not many requests.
      let less = configuration(place, "nat-pmp: false\naccess: [{action: deny}]\nrate-limit: {burst: 9, per-second: 1}")
      try place.reload(process, less, until: "was read again")
      #expect(try place.map(6001).status == 1)
      #expect(try askNATPMP(place, 40).hasPrefix("0281"))
      let changed = try requests(place)
      let refused = try #require(changed["refused"] as? [String: Int])
      #expect(refused["NOT_AUTHORIZED"] == 1 && refused["UNSUPP_VERSION"].map { $0 >= 1 } == true, "\(changed)")
      #expect((changed["dropped"] as? [String: Int])?["rateLimit"].map { $0 >= 1 } == true, "\(changed)")
      #expect(changed["natPMP"] as? Int == 1)
    }
  }

  private func requests(_ place: ServerPlace) throws -> [String: Any] {
    let json = try JSONSerialization.jsonObject(with: Data(try place.administer("status --json").output.utf8)) as? [String: Any]
    return try #require(json?["requests"] as? [String: Any])
  }

  @Test("The socket of a server that was killed does not keep the next one from starting") func killed() async throws {
    try await ServerPlace.run { place in
      let first = try server(place, "external: [192.0.2.1]")
      place.end(first, SIGKILL)
      #expect(FileManager.default.fileExists(atPath: place.socket))
      _ = try server(place, "external: [192.0.2.1]")
      #expect(try place.mappings() == "no mappings\n")
    }
  }
}

import Foundation
import Testing
import VectorSupport

/// The programs themselves: what a server with a store has told its clients outlives it, however it ends.
@Suite("A server with a store", .serialized) struct StoreProgramTests {
  private let folder = FileManager.default.temporaryDirectory.appending(path: "pcp-\(UUID().uuidString)")
  private let port = UInt16.random(in: 20000...30000)

  init() throws { try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true) }

  private var store: String { folder.appending(path: "mappings.db").path }

  /// A server that answers.
  ///
  /// - Parameter prefix: shell words before the program.
  private func server(_ prefix: String = "") throws -> Process {
    let arguments = "server --listen 127.0.0.1 --port \(port) --external 192.0.2.1 --no-announce --store \(store)"
    let process = Process()
    process.executableURL = URL(filePath: "/bin/bash")
    process.arguments = ["-c", "\(prefix) exec \(Product.path("pcp")) \(arguments)"]
    process.standardError = FileHandle.nullDevice
    try process.run()
    for _ in 0..<100 where try ask(["announce", "--timeout", "1"]).status != 0 { usleep(50_000) }
    return process
  }

  private func ask(_ arguments: [String]) throws -> (status: Int32, output: String) {
    try Product.run("pcp", arguments + ["--server", "127.0.0.1", "--port", "\(port)"])
  }

  private func end(_ process: Process, _ signal: Int32) {
    kill(process.processIdentifier, signal)
    process.waitUntilExit()
  }

  /// Asks for a mapping, with a nonce known beforehand or one of the program's choice.
  private func map(_ internalPort: Int, nonce: String? = nil) throws -> (status: Int32, output: String) {
    let arguments = ["map", "--protocol", "tcp", "--internal-port", "\(internalPort)", "--lifetime", "600"]
    return try ask(arguments + (nonce.map { ["--nonce", $0] } ?? []))
  }

  /// `Epoch Time is 17 s`
  private func epoch() throws -> Int {
    let words = try ask(["announce"]).output.split(separator: " ")
    return try #require(words.compactMap { Int($0) }.first)
  }

  @Test("Killed with no warning, it comes back with all that it acknowledged, and its epoch goes on") func killed() throws {
    let first = try server()
    var made: [(port: Int, output: String)] = []
    for port in 7001...7006 {
      let outcome = try map(port)
      #expect(outcome.status == 0, "\(outcome.output)")
      made.append((port, outcome.output))
    }
    let before = try epoch()
    end(first, SIGKILL)
    let second = try server()
    defer { end(second, SIGTERM) }
    #expect(try epoch() >= before)
    for (port, output) in made {
      let words = output.split(whereSeparator: \.isWhitespace).map(String.init)
      let nonce = try #require(words.last)
      let renewed = try map(port, nonce: nonce)
      #expect(renewed.status == 0 && renewed.output.hasPrefix(words.prefix(3).joined(separator: " ")), "\(renewed.output)")
      #expect(try map(port, nonce: String(repeating: "00", count: 12)).status != 0)
    }
  }

  @Test("When the disk is full it says so to who asks, and goes on answering") func full() throws {
    // Past a size of 64 KiB nothing can be written, as on a full disk.
    let process = try server("trap '' XFSZ; ulimit -f 64;")
    defer { end(process, SIGTERM) }
    var refused = 0
    for port in 7001...7400 where refused < 3 {
      if try map(port).status != 0 { refused += 1 }
    }
    #expect(refused == 3)
    #expect(try ask(["announce"]).status == 0)
    #expect(process.isRunning)
  }
}

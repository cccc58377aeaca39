import Foundation
import Testing
import VectorSupport

/// Servers as programs, one after the other, in a folder of their own, and clients that ask them.
final class ServerPlace {
  private let folder = FileManager.default.temporaryDirectory.appending(path: "pcp-\(UUID().uuidString.prefix(8))")
  let port = UInt16.random(in: 20000...30000)
  private var processes: [Process] = []

  private init() throws { try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true) }

  /// Runs a body beside the tests' own threads; at its end the servers are gone, and the folder with them.
  static func run(_ body: @escaping @Sendable (ServerPlace) throws -> Void) async throws {
    try await inBackground {
      let place = try ServerPlace()
      defer {
        for process in place.processes where process.isRunning { place.end(process, SIGKILL) }
        try? FileManager.default.removeItem(at: place.folder)
      }
      try body(place)
    }
  }

  /// The configuration file.
  var file: String { folder.appending(path: "pcp.yaml").path }
  var store: String { folder.appending(path: "mappings.db").path }
  var socket: String { folder.appending(path: "s").path }
  private var log: String { folder.appending(path: "log").path }

  // MARK: Servers

  /// A server that answers; what it logs goes to a file.
  ///
  /// - Parameter prefix: shell words before the program.
  func server(_ arguments: String, after prefix: String = "") throws -> Process {
    let process = Process()
    process.executableURL = URL(filePath: "/bin/bash")
    process.arguments = ["-c", "\(prefix) exec \(Product.path("pcp")) server \(arguments) 2>>\(log)"]
    try process.run()
    processes.append(process)
    for _ in 0..<100 where try ask("announce --timeout 1").status != 0 { usleep(50_000) }
    return process
  }

  func end(_ process: Process, _ signal: Int32 = SIGTERM) {
    kill(process.processIdentifier, signal)
    process.waitUntilExit()
  }

  func logged() throws -> String { try String(contentsOfFile: log, encoding: .utf8) }

  /// Has a server read its configuration file again.
  ///
  /// - Parameter words: what it is to say at the end of that.
  /// - Returns: what it has said from then on.
  @discardableResult func reload(_ process: Process, _ text: String, until words: String) throws -> String {
    try write(text)
    let before = try logged().count
    kill(process.processIdentifier, SIGHUP)
    for _ in 0..<200 where !(try logged().dropFirst(before).contains(words)) { usleep(50_000) }
    let said = try String(logged().dropFirst(before))
    #expect(said.contains(words))
    return said
  }

  func write(_ text: String) throws { try text.write(toFile: file, atomically: true, encoding: .utf8) }

  // MARK: Clients

  func ask(_ words: String) throws -> (status: Int32, output: String) {
    try Product.run("pcp", words.split(separator: " ").map(String.init) + ["--server", "127.0.0.1", "--port", "\(port)"])
  }

  /// Asks for a mapping, with a nonce known beforehand or one of the program's choice.
  func map(_ internalPort: Int, nonce: String? = nil) throws -> (status: Int32, output: String) {
    try ask("map --protocol tcp --internal-port \(internalPort) --lifetime 600" + (nonce.map { " --nonce \($0)" } ?? ""))
  }

  /// `Epoch Time is 17 s`
  func epoch() throws -> Int {
    let words = try ask("announce").output.split(separator: " ")
    return try #require(words.compactMap { Int($0) }.first)
  }

  /// Asks a server over the admin socket.
  func administer(_ words: String) throws -> (status: Int32, output: String) {
    try Product.run("pcp", words.split(separator: " ").map(String.init) + ["--admin-socket", socket])
  }

  /// What is printed of the server's mappings.
  func mappings() throws -> String { try administer("mappings").output }
}

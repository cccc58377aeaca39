import Admin
import Foundation
import Testing
import VectorSupport

/// The admin socket: who may have it, who may use it, what is answered.
@Suite("Admin socket") struct AdminTests {
  /// A folder for one test's socket, gone with the test.
  private final class Place: Sendable {
    let folder = FileManager.default.temporaryDirectory.appending(path: "admin-\(UUID().uuidString.prefix(8))")

    init() throws { try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true) }

    deinit { try? FileManager.default.removeItem(at: folder) }
  }

  private let place: Place

  init() throws { place = try Place() }

  private var path: String { place.folder.appending(path: "s").path }

  private let routes = [
    AdminRoute("/status") { AdminResponse(["state": "well"]) },
    AdminRoute("/fault") { AdminResponse(fault: "not now", status: 503) },
  ]

  /// Runs a body with a server.
  private func withServer(_ body: () async throws -> Void) async throws {
    let server = try await AdminServer(at: path, routes: routes)
    do { try await body() } catch {
      await server.close()
      throw error
    }
    await server.close()
  }

  /// Other tests may keep the threads busy for long.
  private func get(_ what: String) async throws -> [String: String] {
    try JSONDecoder().decode(
      [String: String].self, from: Data(try await AdminClient(socket: path, timeout: .seconds(300)).get(what)))
  }

  @Test("What is there is answered, and the socket is its owner's alone, and gone afterwards") func answers() async throws {
    try await withServer {
      #expect(try await get("/status") == ["state": "well"])
      #expect(try await get("/status?x=1") == ["state": "well"])
      let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
      #expect(mode == 0o600)
      await #expect(throws: AdminError("\(path): not now")) { try await get("/fault") }
      await #expect(throws: AdminError("\(path): there is nothing at /else; there are /status, /fault")) {
        try await get("/else")
      }
    }
    #expect(!FileManager.default.fileExists(atPath: path))
  }

  @Test("The socket of a running program is left alone, that of one that is gone replaced") func replacing() async throws {
    try await withServer {
      await #expect(throws: AdminError("another running program has the admin socket \(path)")) {
        _ = try await AdminServer(at: path, routes: routes)
      }
      let state = try await get("/status")
      #expect(state == ["state": "well"])
    }
    // A socket that nobody listens on, as a killed program leaves it.
    let script = "import socket; socket.socket(socket.AF_UNIX).bind('\(path)')"
    try await inBackground {
      try Process.run(URL(filePath: "/usr/bin/env"), arguments: ["python3", "-c", script]).waitUntilExit()
    }
    #expect(FileManager.default.fileExists(atPath: path))
    await #expect(throws: AdminError("no running program has the admin socket \(path)")) { try await get("/status") }
    try await withServer {
      let state = try await get("/status")
      #expect(state == ["state": "well"])
    }
  }

  @Test("Another file is not replaced") func file() async throws {
    try Data("words".utf8).write(to: URL(filePath: path))
    await #expect(throws: AdminError("\(path) is there, and is no socket: choose another path for the admin socket")) {
      _ = try await AdminServer(at: path, routes: routes)
    }
    #expect(try Data(contentsOf: URL(filePath: path)) == Data("words".utf8))
  }

  @Test("A path that the system cannot take is refused in one line") func long() async throws {
    let long = "/" + String(repeating: "x", count: 103)
    await #expect(throws: AdminError("the path of the admin socket has 104 octets, and the system takes 103: \(long)")) {
      _ = try await AdminServer(at: long, routes: routes)
    }
    await #expect(throws: AdminError.self) { _ = try await AdminServer(at: "/nowhere/at/all", routes: routes) }
  }

  @Test("The standard place is the user's, or else the system's") func standard() {
    #expect(AdminSocket.standardPaths(of: "pcp", environment: [:]) == ["/run/pcp.sock"])
    #expect(
      AdminSocket.standardPaths(of: "pcp", environment: ["XDG_RUNTIME_DIR": "/run/user/7"])
        == ["/run/user/7/pcp.sock", "/run/pcp.sock"])
    #expect(AdminSocket.standardPaths(of: "pcp", environment: ["XDG_RUNTIME_DIR": "here"]) == ["/run/pcp.sock"])
  }
}

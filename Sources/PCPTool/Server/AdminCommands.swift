import Admin
import ArgumentParser
import Foundation

/// How a running server is reached.
struct AdminOptions: ParsableArguments {
  @Option(
    help: "Admin socket of the server. (default: pcp.sock in $XDG_RUNTIME_DIR, or else in /run)", completion: .file())
  var adminSocket: String?

  @Flag(help: "Print the answer as JSON.")
  var json = false

  /// What the server says at a path; printed, where JSON is wanted, with nil for a result.
  func report<Report: Decodable>(_ path: String, as type: Report.Type) async throws -> Report? {
    let client = AdminClient(socket: adminSocket ?? AdminSocket.pathInUse(by: "pcp"))
    do {
      let octets = try await client.get(path)
      if json {
        print(String(decoding: octets, as: UTF8.self), terminator: "")
        return nil
      }
      return try JSONDecoder().decode(type, from: Data(octets))
    } catch {
      complain("\(error)")
      throw Status.refused
    }
  }
}

/// `pcp status`
struct StatusCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "status", abstract: "Says how a server on this host is doing.",
    discussion: """
      Asks over the server's admin socket, which only the user who started it, and root, may use.

      Examples:
        pcp status
        pcp status --admin-socket /run/pcp.sock --json
      """)

  @OptionGroup var admin: AdminOptions

  func run() async throws {
    guard let status = try await admin.report("/status", as: StatusReport.self) else { return }
    for line in status.lines { print(line) }
  }
}

/// `pcp mappings`
struct MappingsCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "mappings", abstract: "Lists the mappings that a server on this host holds.",
    discussion: """
      Asks over the server's admin socket, which only the user who started it, and root, may use. The oldest mapping comes first; \
      nonces are not told.

      Examples:
        pcp mappings
        pcp mappings --admin-socket /run/pcp.sock --json
      """)

  @OptionGroup var admin: AdminOptions

  func run() async throws {
    guard let mappings = try await admin.report("/mappings", as: [MappingReport].self) else { return }
    if mappings.isEmpty { return print("no mappings") }
    for line in columns([MappingReport.headings] + mappings.map(\.fields)) { print(line) }
  }
}

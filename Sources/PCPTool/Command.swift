import ArgumentParser

/// The program `pcp`.
@main
struct Command: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "pcp",
    abstract: "Port Control Protocol (RFC 6887): a server, and clients that ask it for port mappings.",
    discussion: """
      Exit status: 0 when done; 1 when the server refused or did not answer; 2 when the configuration cannot be used; \
      64 when the arguments cannot.

      Example, in two terminals:
        pcp server --listen 127.0.0.1 --external 192.0.2.1
        pcp map --server 127.0.0.1 --protocol tcp --internal-port 8080
      """, version: version,
    subcommands: [
      ServerCommand.self, StatusCommand.self, MappingsCommand.self, ProbeCommand.self, AnnounceCommand.self, MapCommand.self,
      PeerCommand.self, DeleteCommand.self,
    ])

  /// What the program says it is.
  static let version = "0.1.0"
}

/// What the program ends with, beside 0 for success and 64 for arguments that cannot be used.
enum Status {
  /// The server refused, or did not answer.
  static let refused = ExitCode(1)
  /// The configuration cannot be used: an address that cannot be listened on, a limit that makes no sense.
  static let badConfiguration = ExitCode(2)
}

import ArgumentParser
import Foundation
import Machine
import PCP
import PCPWire
import Transport
import Wire

/// `pcp probe`
struct ProbeCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "probe", abstract: "Says what a gateway offers: versions, operations, options, how fast it answers.",
    discussion: """
      Makes no mapping. Operations and options are found out by requests that ask for the deletion of a mapping that is not there, or \
      that are wrong in a way that only a server which knows them sees. A server may know an option and not allow it, which looks the \
      same.

      Examples:
        pcp probe
        pcp probe 192.168.1.1 --json
      """)

  @Argument(help: "Address of the server; the default gateway when none is given.")
  var server: IPv6Address?

  @Option(help: "UDP port of the server.")
  var port: UInt16 = PCPPorts.server

  @Option(help: "Seconds to wait for each answer, the request being sent again meanwhile.")
  var timeout: Double = 2

  @Flag(help: "Print what is found as JSON.")
  var json = false

  func validate() throws {
    guard timeout > 0, timeout <= 3600 else { throw ValidationError("--timeout must be above 0 and at most 3600") }
  }

  func run() async throws {
    var options = ClientOptions()
    options.server = server
    options.port = port
    let path = try await options.path()
    let findings: ProbeFindings
    do {
      let local = PeerAddress(path.client, port: 0, scope: path.server.scope)
      let socket = try await UDPSocket(boundTo: local, connectedTo: path.server)
      let asker = ProbeAsker(socket, path, timeout: .seconds(timeout))
      findings = await Probe(asker, path).run()
      await socket.close()
    } catch {
      complain("no way to \(path.server): \(error)")
      throw Status.refused
    }
    if json {
      let encoder = JSONEncoder()
      encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
      print(String(decoding: try encoder.encode(findings), as: UTF8.self))
    } else {
      for line in findings.lines { print(line) }
    }
    if !findings.isAnyone { throw Status.refused }
  }
}

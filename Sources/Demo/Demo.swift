import Machine
import PCP
import PCPWire
import Transport
import Wire

/// A PCP server and a client in one process, speaking over UDP on the loopback interface.
///
/// Shows every message as annotated octets and field by field. With `--hex` it prints the messages alone, one a line.
@main
struct Demo {
  static func main() async throws {
    let transcript = Transcript(isBare: CommandLine.arguments.dropFirst().contains("--hex"))
    let loopback = PeerAddress(IPv6Address(mapping: IPv4Address(127, 0, 0, 1)), port: 0)
    let clock = MonotonicClock()
    let serverSocket = try await UDPSocket(boundTo: loopback)
    let clientSocket = try await UDPSocket(boundTo: loopback)

    let server = UDPDriver(
      serverEndpoint(announcingTo: clientSocket.localAddress, clock), sockets: [serverSocket], clock: clock)
    let configuration = ClientConfiguration(address: loopback.address)
    let client = UDPDriver(
      ClientEndpoint(
        ClientMachine(configuration, random: SystemEntropy()), server: serverSocket.localAddress),
      sockets: [clientSocket], clock: clock, watch: { transcript.show($0) })

    transcript.introduce(server: serverSocket.localAddress, client: clientSocket.localAddress)
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask { await server.run() }
      group.addTask { await client.run() }
      try await Conversation(server: server, client: client, transcript).run()
      group.cancelAll()
    }
    transcript.conclude()
  }

  /// A server that grants lifetimes short enough for a renewal to be seen.
  private static func serverEndpoint(
    announcingTo client: PeerAddress, _ clock: MonotonicClock
  ) -> ServerEndpoint {
    var configuration = ServerConfiguration(
      externalAddresses: [IPv6Address(mapping: IPv4Address(192, 0, 2, 1))])
    configuration.minimumLifetime = 4
    configuration.announcementCount = 1
    // One protocol is enough to look at.
    configuration.speaksNATPMP = false
    configuration.announcementTargets = [client]
    return ServerEndpoint(
      ServerMachine(configuration, startedAt: clock.now, random: SystemEntropy()))
  }
}

import PCP
import PCPWire
import Transport
import Wire

/// What the client asks of the server, one thing after the other.
struct Conversation {
  typealias RequestID = ClientMachine.RequestID

  /// The server did not answer as it should.
  struct Failure: Error, CustomStringConvertible {
    var description: String
  }

  private let server: UDPDriver<ServerEndpoint>
  private let client: UDPDriver<ClientEndpoint>
  private let transcript: Transcript

  init(server: UDPDriver<ServerEndpoint>, client: UDPDriver<ClientEndpoint>, _ transcript: Transcript) {
    self.server = server
    self.client = client
    self.transcript = transcript
  }

  func run() async throws {
    var events = client.events.makeAsyncIterator()
    func expect(_ what: String, _ isExpected: (ClientEndpoint.Event) -> Bool) async throws {
      guard let event = await events.next(), isExpected(event) else { throw Failure(description: "no \(what)") }
    }
    let announce = RequestID(rawValue: 1)
    let web = RequestID(rawValue: 2)
    let filtered = RequestID(rawValue: 3)
    let outbound = RequestID(rawValue: 4)
    let stranger = RequestID(rawValue: 5)

    transcript.title("The server starts, and announces itself")
    await server.perform(.start)
    try await expect("announcement") { $0 == .announced(epochTime: 0) }

    transcript.title("The client asks whether the server is there: ANNOUNCE")
    await client.perform(.announce(announce))
    try await expect("answer to ANNOUNCE") { $0.isAlive }

    transcript.title("A mapping for a web server: MAP")
    await client.perform(.map(web, MapWish(.tcp, internalPort: 8080, lifetime: 4)))
    try await expect("mapping") { $0.isGrant(of: web) }

    transcript.title("Half of its lifetime later the client renews it")
    try await expect("renewal") { $0.isGrant(of: web) }
    await client.perform(.forget(web))

    transcript.title("A mapping for two remote peers only: MAP with FILTER")
    await client.perform(.map(filtered, filteredWish))
    try await expect("mapping with filters") { $0.isGrant(of: filtered) }

    transcript.title("An outbound mapping to one remote peer: PEER")
    let remote = IPv6Address(mapping: IPv4Address(198, 51, 100, 2))
    let peer = PeerWish(.udp, internalPort: 4000, remotePort: 12456, remoteAddress: remote, lifetime: 7200)
    await client.perform(.peer(outbound, peer))
    try await expect("outbound mapping") { $0.isGrant(of: outbound) }

    transcript.title("Somebody who does not know the mapping's nonce tries to delete it: an error")
    await client.perform(.map(stranger, MapWish(.udp, internalPort: 3938, lifetime: 0)))
    try await expect("refusal") { $0.isRefusal(of: stranger, .notAuthorized) }

    transcript.title("The client that made it deletes it")
    await client.perform(.delete(filtered))
    try await expect("deletion") { $0 == .deleted(filtered) }
  }

  private var filteredWish: MapWish {
    var wish = MapWish(.udp, internalPort: 3938, lifetime: 7200)
    wish.externalPort = 3938
    wish.options.filter = [
      FilterOption(
        prefixLength: 128, remotePeerPort: 5968,
        remotePeerAddress: IPv6Address(mapping: IPv4Address(192, 0, 2, 200))),
      FilterOption(
        prefixLength: 120, remotePeerPort: 0,
        remotePeerAddress: IPv6Address(mapping: IPv4Address(203, 0, 113, 0))),
    ]
    wish.options.description = DescriptionOption(text: "sensor in the greenhouse")
    return wish
  }
}

extension ClientEndpoint.Event {
  fileprivate var isAlive: Bool {
    if case .alive = self { return true }
    return false
  }

  fileprivate func isGrant(of id: ClientMachine.RequestID) -> Bool {
    if case .granted(id, _) = self { return true }
    return false
  }

  fileprivate func isRefusal(of id: ClientMachine.RequestID, _ code: ResultCode) -> Bool {
    if case .refused(id, code, _, _) = self { return true }
    return false
  }
}

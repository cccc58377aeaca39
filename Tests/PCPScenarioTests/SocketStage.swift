import Machine
import PCP
import PCPWire
import Synchronization
import Transport
import Wire

/// Sockets on the loopback interface, where 198.51.100.1 is 127.51.100.1, and the server 127.51.100.254: the messages are those
/// of the figures with these addresses.
actor SocketStage: Stage {
  let slack: UInt32 = 8
  private let scenario: Scenario
  private let clock: MonotonicClock
  private let requests: Mailbox<[UInt8]>
  private var answers: [Receiver: Mailbox<[UInt8]>] = [:]
  private var events: [Host: Mailbox<ClientGroup.Event>] = [:]
  private var server: UDPDriver<ServerEndpoint>
  private var serverTask: Task<Void, Never>?
  private let serverPort: UInt16
  private var clients: [Host: UDPDriver<ClientGroup>] = [:]
  private var clientPlaces: [PeerAddress] = []
  private var senders: [Host: UDPSocket] = [:]
  private var tasks: [Task<Void, Never>] = []

  private static func serverAddress(for host: Host) -> IPv6Address {
    host == .ipv6 ? Host.ipv6.loopback : literal("127.51.100.254")
  }

  /// - Throws: when the host does not have the addresses.
  init(_ scenario: Scenario) async throws {
    self.scenario = scenario
    let clock = MonotonicClock()
    let sockets = try await Self.sockets(scenario, port: 0)
    self.clock = clock
    serverPort = sockets[0].localAddress.port
    let endpoint = scenario.situation.endpoint(at: clock.now) { $0.loopback }
    let requests = Mailbox<[UInt8]>()
    let server = Self.driver(endpoint, sockets, clock, requests)
    self.requests = requests
    self.server = server
    serverTask = Task { await server.run() }
    await server.perform(.start)
    await server.perform(.setImplicitMappings(scenario.situation.implicitMappings { $0.loopback }))
  }

  private static func sockets(_ scenario: Scenario, port: UInt16) async throws -> [UDPSocket] {
    let isIPv6 = scenario.hosts.contains(.ipv6)
    let address = serverAddress(for: isIPv6 ? .ipv6 : .first)
    return [try await UDPSocket(boundTo: PeerAddress(address, port: port))]
  }

  private static func driver(
    _ endpoint: ServerEndpoint, _ sockets: [UDPSocket], _ clock: MonotonicClock, _ requests: Mailbox<[UInt8]>
  ) -> UDPDriver<ServerEndpoint> {
    UDPDriver(
      endpoint, sockets: sockets, clock: clock,
      watch: { passage in
        if case .received(let octets, _) = passage { requests.put(octets) }
      })
  }

  /// Ends everything, and closes the sockets.
  func close() async {
    serverTask?.cancel()
    for task in tasks { task.cancel() }
    await serverTask?.value
    for task in tasks { await task.value }
    for socket in senders.values { await socket.close() }
  }

  /// IPv4 addresses stand in messages behind the same twelve octets, of which the last 96 bits of a client's address have eight.
  func real(_ octets: [UInt8]) -> [UInt8] {
    var octets = octets
    for host in scenario.hosts {
      let count = host.address.mapped == nil ? 16 : 12
      let (old, new) = (Array(host.address.octets.suffix(count)), Array(host.loopback.octets.suffix(count)))
      for offset in stride(from: 0, through: octets.count - count, by: 4) where Array(octets[offset..<offset + count]) == old {
        octets.replaceSubrange(offset..<offset + count, with: new)
      }
    }
    return octets
  }

  // MARK: What is done

  func perform(_ command: ClientGroup.Command, by host: Host) async throws {
    if let client = clients[host] { return await client.perform(command) }
    let (answered, learned) = (Mailbox<[UInt8]>(), Mailbox<ClientGroup.Event>())
    var configuration = ClientConfiguration(address: .unspecified)
    // On a busy machine nothing is sent twice; and nobody waits for repairs.
    configuration.retransmission.initialInterval = .seconds(60)
    configuration.maximumRecoveryDelay = .milliseconds(50)
    let socket = try await UDPSocket(boundTo: PeerAddress(host.loopback, port: 0))
    let client = UDPDriver(
      ClientGroup(configuration, random: SystemEntropy()), sockets: [socket], clock: clock,
      watch: { passage in
        if case .received(let octets, _) = passage { answered.put(octets) }
      })
    answers[Receiver(host: host, isClient: true)] = answered
    events[host] = learned
    clients[host] = client
    clientPlaces.append(socket.localAddress)
    tasks.append(Task { await client.run() })
    tasks.append(Task { for await event in client.events { learned.put(event) } })
    let place = PeerAddress(Self.serverAddress(for: host), port: serverPort)
    await client.perform(.servers([ServerChoice(to: place, from: host.itself.loopback)]))
    await client.perform(command)
  }

  func send(_ octets: [UInt8], from host: Host) async throws {
    let place = PeerAddress(Self.serverAddress(for: host), port: serverPort)
    if let socket = senders[host] { return try await socket.send(Datagram(octets, to: place)) }
    let socket = try await UDPSocket(boundTo: PeerAddress(host.loopback, port: 0))
    let answered = Mailbox<[UInt8]>()
    senders[host] = socket
    answers[Receiver(host: host, isClient: false)] = answered
    tasks.append(Task { for await datagram in socket.received { answered.put(datagram.octets) } })
    try await socket.send(Datagram(octets, to: place))
  }

  func change(_ command: ServerEndpoint.Command) async { await server.perform(command) }

  func restartServer() async throws {
    serverTask?.cancel()
    await serverTask?.value
    let sockets = try await Self.sockets(scenario, port: serverPort)
    let endpoint = scenario.situation.newEndpoint(at: clock.now, announcingTo: clientPlaces)
    server = Self.driver(endpoint, sockets, clock, requests)
    serverTask = Task { [server] in await server.run() }
    await server.perform(.start)
  }

  /// Time passes by itself, while the next message is waited for.
  func pass(_ duration: Duration) {}

  // MARK: What has come of it

  func request() async throws -> [UInt8] { try await requests.next("a request") }

  func answer(to receiver: Receiver) async throws -> [UInt8] {
    guard let mailbox = answers[receiver] else { throw Silence(description: "\(receiver.host) has sent nothing") }
    return try await mailbox.next("an answer to \(receiver.host)")
  }

  func event(of host: Host) async throws -> ClientGroup.Event {
    guard let mailbox = events[host] else { throw Silence(description: "\(host) has no client") }
    return try await mailbox.next("an event at \(host)")
  }

  func mappings() async -> [Mapping] { await server.inspect(\.mappings) }

  func remainder() -> [String] {
    requests.all.map { _ in "a request" }
      + answers.flatMap { receiver, mailbox in
        mailbox.all.map { _ in "an answer to \(receiver.host)" }
      }
  }
}

/// What has come, for somebody who waits for it.
final class Mailbox<Element: Sendable>: Sendable {
  private let elements = Mutex<[Element]>([])

  var all: [Element] { elements.withLock { $0 } }

  func put(_ element: Element) { elements.withLock { $0.append(element) } }

  /// The next one, which is waited for.
  func next(_ name: String) async throws -> Element {
    for _ in 0..<2000 {
      let element = elements.withLock { $0.isEmpty ? nil : $0.removeFirst() }
      if let element { return element }
      try await Task.sleep(for: .milliseconds(10))
    }
    throw Silence(description: "\(name) did not come")
  }
}

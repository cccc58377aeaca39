import Machine
import PCP
import PCPWire
import Wire

/// A network without delay under a clock that goes when it is told to: messages are those of the figures, octet by octet.
actor VirtualStage: Stage {
  let slack: UInt32 = 0
  private let situation: Situation
  private let server = PeerAddress(literal("198.51.100.254"), port: PCPPorts.server)
  private var now = VirtualStage.beginning
  private var endpoint: ServerEndpoint
  private var clients: [Host: ClientGroup] = [:]
  private var requests: [[UInt8]] = []
  private var answers: [Receiver: [[UInt8]]] = [:]
  private var events: [Host: [ClientGroup.Event]] = [:]

  private static let beginning = Instant.origin + .seconds(1_000_000)

  init(_ scenario: Scenario) {
    let situation = scenario.situation
    var endpoint = situation.endpoint(at: Self.beginning) { $0.address }
    _ = endpoint.perform(.start, at: Self.beginning)
    _ = endpoint.perform(.setImplicitMappings(situation.implicitMappings { $0.address }), at: Self.beginning)
    self.situation = situation
    self.endpoint = endpoint
  }

  func real(_ octets: [UInt8]) -> [UInt8] { octets }

  private static func place(_ receiver: Receiver) -> PeerAddress {
    PeerAddress(receiver.host.address, port: receiver.isClient ? 40000 : 50000)
  }

  private static let receivers = Host.allCases.flatMap { host in
    [true, false].map { Receiver(host: host, isClient: $0) }
  }

  // MARK: What is done

  func perform(_ command: ClientGroup.Command, by host: Host) {
    if clients[host] == nil {
      clients[host] = ClientGroup(ClientConfiguration(address: .unspecified), random: SplitMix64(seed: 3))
      tell(host) { [server, now] in $0.perform(.servers([ServerChoice(to: server, from: host.itself.address)]), at: now) }
    }
    tell(host) { [now] in $0.perform(command, at: now) }
  }

  func send(_ octets: [UInt8], from host: Host) {
    deliver(octets, from: Self.place(Receiver(host: host, isClient: false)))
  }

  func change(_ command: ServerEndpoint.Command) { carry(endpoint.perform(command, at: now)) }

  func restartServer() {
    let places = clients.keys.map { Self.place(Receiver(host: $0, isClient: true)) }
    endpoint = situation.newEndpoint(at: now, announcingTo: places)
    carry(endpoint.perform(.start, at: now))
  }

  func pass(_ duration: Duration) {
    let end = now + duration
    while let next = nextDeadline, next <= end {
      now = max(now, next)
      carry(endpoint.expire(at: now))
      for host in Host.allCases { tell(host) { [now] in $0.expire(at: now) } }
    }
    now = end
  }

  private var nextDeadline: Instant? {
    (clients.values.map(\.nextDeadline) + [endpoint.nextDeadline]).compactMap(\.self).min()
  }

  // MARK: What passes

  private func tell(_ host: Host, _ body: (inout ClientGroup) -> [ClientGroup.Effect]) {
    guard var client = clients[host] else { return }
    let effects = body(&client)
    clients[host] = client
    for effect in effects {
      switch effect {
      case .transmit(let datagram): deliver(datagram.octets, from: Self.place(Receiver(host: host, isClient: true)))
      case .report(let event): events[host, default: []].append(event)
      }
    }
  }

  /// Gives the server what was sent.
  private func deliver(_ octets: [UInt8], from sender: PeerAddress) {
    requests.append(octets)
    carry(endpoint.receive(octets, from: sender, to: server.address, at: now))
  }

  /// Gives hosts what the server sends.
  private func carry(_ effects: [ServerEndpoint.Effect]) {
    for case .transmit(let datagram) in effects {
      guard let receiver = Self.receivers.first(where: { Self.place($0) == datagram.destination }) else { continue }
      answers[receiver, default: []].append(datagram.octets)
      if !receiver.isClient { continue }
      tell(receiver.host) { [server, now] in
        $0.receive(datagram.octets, from: server, to: receiver.host.itself.address, at: now)
      }
    }
  }

  // MARK: What has come of it

  func request() throws -> [UInt8] {
    guard !requests.isEmpty else { throw Silence(description: "no request") }
    return requests.removeFirst()
  }

  func answer(to receiver: Receiver) throws -> [UInt8] {
    guard answers[receiver]?.isEmpty == false, let octets = answers[receiver]?.removeFirst() else {
      throw Silence(description: "no answer to \(receiver.host)")
    }
    return octets
  }

  func event(of host: Host) throws -> ClientGroup.Event {
    guard events[host]?.isEmpty == false, let event = events[host]?.removeFirst() else {
      throw Silence(description: "no event at \(host)")
    }
    return event
  }

  func mappings() -> [Mapping] { endpoint.mappings }

  func remainder() -> [String] {
    requests.map { _ in "a request" }
      + answers.flatMap { receiver, octets in
        octets.map { _ in "an answer to \(receiver.host)" }
      }
  }
}

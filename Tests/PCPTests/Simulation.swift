import Machine
import PCP
import PCPWire
import Wire

/// Clients and a server in one process, under a clock of their own, over a network that loses, repeats and reorders.
struct Simulation {
  struct Faults {
    /// Of a hundred datagrams.
    var lost = 0
    var repeated = 0
    /// How long a datagram may take.
    var longestDelay = 0.01
  }

  private struct Arrival {
    var time: Instant
    var octets: [UInt8]
    var from: PeerAddress
    var to: PeerAddress
  }

  let server = peer("198.51.100.254", PCPPorts.server)
  let clients: [PeerAddress]
  var faults = Faults()
  private(set) var now = Instant.origin
  private(set) var serverEndpoint: ServerEndpoint
  private var clientEndpoints: [PeerAddress: ClientEndpoint] = [:]
  private var network: [Arrival] = []
  private var random: SplitMix64
  /// What the clients were told last about each wish.
  private(set) var outcomes: [PeerAddress: [ClientMachine.RequestID: ClientEndpoint.Event]] = [:]
  /// Datagrams that arrived.
  private(set) var arrivals = 0

  init(clients count: Int, seed: UInt64) {
    random = SplitMix64(seed: seed)
    clients = (1...count).map { peer("198.51.100.\($0)") }
    serverEndpoint = Simulation.newServer(clients, at: .origin, seed: random.next())
    for client in clients {
      let machine = ClientMachine(
        ClientConfiguration(address: client.address), random: SplitMix64(seed: random.next()))
      clientEndpoints[client] = ClientEndpoint(machine, server: server)
    }
  }

  private static func newServer(_ clients: [PeerAddress], at now: Instant, seed: UInt64) -> ServerEndpoint {
    var configuration = ServerConfiguration.test
    configuration.announcementTargets = clients
    return ServerEndpoint(ServerMachine(configuration, startedAt: now, random: SplitMix64(seed: seed)))
  }

  /// The server stops and starts again, without its mappings.
  mutating func restartServer() {
    serverEndpoint = Simulation.newServer(clients, at: now, seed: random.next())
    send(serverEndpoint.perform(.start, at: now), from: server)
  }

  mutating func command(_ client: PeerAddress, _ command: ClientEndpoint.Command) {
    guard var endpoint = clientEndpoints[client] else { return }
    let effects = endpoint.perform(command, at: now)
    clientEndpoints[client] = endpoint
    take(effects, of: client)
  }

  /// Lets everything happen that is due until then.
  mutating func run(until end: Instant) {
    while let next = nextTime, next <= end {
      now = max(now, next)
      step()
    }
    now = end
  }

  private var nextTime: Instant? {
    let deadlines = clientEndpoints.values.map(\.nextDeadline) + [serverEndpoint.nextDeadline]
    return (deadlines.compactMap(\.self) + network.map(\.time)).min()
  }

  private mutating func step() {
    if let index = network.indices.min(by: { network[$0].time < network[$1].time }), network[index].time <= now {
      deliver(network.remove(at: index))
      return
    }
    send(serverEndpoint.expire(at: now), from: server)
    for client in clients {
      guard var endpoint = clientEndpoints[client], let deadline = endpoint.nextDeadline, deadline <= now else {
        continue
      }
      let effects = endpoint.expire(at: now)
      clientEndpoints[client] = endpoint
      take(effects, of: client)
    }
  }

  private mutating func deliver(_ arrival: Arrival) {
    arrivals += 1
    if arrival.to == server {
      let effects = serverEndpoint.receive(
        arrival.octets, from: arrival.from, to: server.address, at: now)
      send(effects, from: server)
    } else if var endpoint = clientEndpoints[arrival.to] {
      let effects = endpoint.receive(arrival.octets, from: arrival.from, to: arrival.to.address, at: now)
      clientEndpoints[arrival.to] = endpoint
      take(effects, of: arrival.to)
    }
  }

  private mutating func take(_ effects: [ClientEndpoint.Effect], of client: PeerAddress) {
    send(effects, from: client)
    for case .report(let event) in effects {
      if let id = event.id { outcomes[client, default: [:]][id] = event }
    }
  }

  private mutating func send<Event>(_ effects: [EndpointEffect<Event>], from sender: PeerAddress) {
    for case .transmit(let datagram) in effects {
      let copies = random.number(in: 0...99) < faults.repeated ? 2 : 1
      for _ in 0..<copies where random.number(in: 0...99) >= faults.lost {
        let delay = Duration.seconds(1) * random.number(in: 0...faults.longestDelay)
        network.append(
          Arrival(time: now + delay, octets: datagram.octets, from: sender, to: datagram.destination))
      }
    }
  }
}

import Machine
import PCP
import PCPWire
import Testing
import Wire

/// Clients and server together, under virtual time.
@Suite struct PairTests {
  private let lifetime: UInt32 = 600

  private func mapWish(_ port: UInt16) -> MapWish { MapWish(.udp, internalPort: port, lifetime: lifetime) }

  private func peerWish(_ port: UInt16) -> PeerWish {
    PeerWish(
      .tcp, internalPort: port, remotePort: 443, remoteAddress: address("203.0.113.5"), lifetime: lifetime)
  }

  /// Every mapping that a client holds is the server's too, at the same place; the server has none besides.
  private func check(_ simulation: Simulation, count: Int, _ comment: Comment) {
    var held: Set<ExternalTuple> = []
    for client in simulation.clients {
      for (id, event) in simulation.outcomes[client] ?? [:] {
        if event == .deleted(id) { continue }
        guard case .granted(_, let grant) = event else {
          Issue.record("\(comment): client \(client) ends with \(event)")
          continue
        }
        let mapping = simulation.serverEndpoint.mappings.first { mapping in
          mapping.nonce == grant.nonce && mapping.inner.address == client.address
        }
        #expect(mapping?.outer.port == grant.externalPort, comment)
        #expect(mapping?.outer.address == grant.externalAddress, comment)
        if let mapping { held.insert(mapping.outer) }
      }
    }
    #expect(simulation.serverEndpoint.mappings.count == count, comment)
    #expect(held.count == count, comment)
  }

  @Test("On a good network every wish is granted at once, and lives as long as it is wanted")
  func goodNetwork() {
    var simulation = Simulation(clients: 2, seed: 1)
    simulation.restartServer()
    for client in simulation.clients {
      simulation.command(client, .map(id(1), mapWish(3938)))
      simulation.command(client, .peer(id(2), peerWish(4000)))
    }
    simulation.run(until: seconds(1))
    check(simulation, count: 4, "after a second")
    simulation.run(until: seconds(10000))
    check(simulation, count: 4, "after many renewals")
  }

  @Test("A restarted server gets its mappings back as they were")
  func restart() {
    var simulation = Simulation(clients: 3, seed: 2)
    for client in simulation.clients { simulation.command(client, .map(id(1), mapWish(3938))) }
    simulation.run(until: seconds(100))
    func ports(_ simulation: Simulation) -> [InternalTuple: UInt16] {
      let mappings = simulation.serverEndpoint.mappings.map { ($0.inner, $0.outer.port) }
      return Dictionary(uniqueKeysWithValues: mappings)
    }
    let before = ports(simulation)
    simulation.restartServer()
    #expect(simulation.serverEndpoint.mappings.isEmpty)
    simulation.run(until: seconds(106))
    check(simulation, count: 3, "six seconds after the restart")
    #expect(ports(simulation) == before)
  }

  @Test("Whatever the network does, all comes right when it is done", arguments: 1...150 as ClosedRange<UInt64>)
  func faultyNetwork(seed: UInt64) {
    var simulation = Simulation(clients: 3, seed: seed)
    simulation.faults = Simulation.Faults(lost: 30, repeated: 20, longestDelay: 3)
    for client in simulation.clients {
      for port in 1...3 as ClosedRange<UInt16> {
        simulation.command(client, .map(id(UInt64(port)), mapWish(3000 + port)))
      }
      simulation.command(client, .peer(id(9), peerWish(4000)))
    }
    simulation.run(until: seconds(900))
    simulation.restartServer()
    simulation.run(until: seconds(1500))
    simulation.command(simulation.clients[0], .delete(id(2)))
    simulation.run(until: seconds(2000))
    simulation.faults = Simulation.Faults()
    simulation.run(until: seconds(4500))
    check(simulation, count: 11, "seed \(seed)")
  }

  @Test("The same seed is the same run", arguments: [3, 4, 5] as [UInt64])
  func repeatable(seed: UInt64) {
    func run() -> (Int, [Mapping]) {
      var simulation = Simulation(clients: 2, seed: seed)
      simulation.faults = Simulation.Faults(lost: 30, repeated: 20, longestDelay: 3)
      for client in simulation.clients { simulation.command(client, .map(id(1), mapWish(3938))) }
      simulation.run(until: seconds(5000))
      return (simulation.arrivals, simulation.serverEndpoint.mappings)
    }
    let first = run()
    let second = run()
    #expect(first.0 == second.0 && first.1 == second.1, "seed \(seed)")
  }
}

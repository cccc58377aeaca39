import Machine
import PCP
import PCPWire
import Testing
import Wire

/// Our client of NAT-PMP and our server, with octets between them.
@Suite struct NATPMPPairTests {
  private struct Pair {
    var client = NATPMPClientMachine(ClientConfiguration(address: inside.address), random: SplitMix64(seed: 1))
    var server: ServerEndpoint = {
      var configuration = ServerConfiguration.test
      configuration.reuseDelay = .zero
      return ServerEndpoint(ServerMachine(configuration, startedAt: .origin, random: SplitMix64(seed: 2)))
    }()

    /// Carries requests and answers until there are no more: what the program is told.
    mutating func carry(_ effects: [NATPMPClientMachine.Effect], at now: Instant) throws -> [ClientEvent] {
      var effects = effects[...]
      var events: [ClientEvent] = []
      while let effect = effects.popFirst() {
        switch effect {
        case .send(let request):
          let answers = server.receive(try request.encoded(), from: inside, to: gateway, at: now)
          effects += hear(answers, from: .octets, at: now)
        case .report(let event): events.append(event)
        case .lost: Issue.record("the server does not speak NAT-PMP")
        }
      }
      return events
    }

    enum Manner { case octets, announcement }

    /// Has the client hear what the server sends.
    mutating func hear(
      _ effects: [ServerEndpoint.Effect], from manner: Manner, at now: Instant
    ) -> [NATPMPClientMachine.Effect] {
      var heard: [NATPMPClientMachine.Effect] = []
      for case .transmit(let datagram) in effects {
        guard case .natPMP(let response) = ClientReception(datagram.octets) else {
          // Announcements come in both protocols.
          #expect(manner == .announcement)
          continue
        }
        heard += client.handle(.response(response), at: now)
      }
      return heard
    }

    /// Lets the client do what is due until then.
    mutating func run(until end: Instant) throws -> [ClientEvent] {
      var events: [ClientEvent] = []
      while let next = client.nextDeadline, next <= end { events += try carry(client.expire(at: next), at: next) }
      return events
    }
  }

  private func grant(_ external: IPv6Address, _ lifetime: UInt32) -> Grant {
    Grant(externalAddress: external, externalPort: 8080, lifetime: lifetime, nonce: MappingNonce())
  }

  @Test("Mapped, renewed, moved with the external address, deleted")
  func life() throws {
    var pair = Pair()
    let wish = MapWish(.tcp, internalPort: 8080, lifetime: 7200)
    let asked = pair.client.handle(.map(id(1), wish), at: seconds(0))
    #expect(try pair.carry(asked, at: seconds(0)) == [.granted(id(1), grant(outside, 7200))])
    #expect(try pair.run(until: seconds(3600)) == [.granted(id(1), grant(outside, 7200))])
    #expect(pair.server.mappings.map(\.expiresAt) == [seconds(10800)])

    let moved = address("192.0.2.99")
    let told = pair.server.perform(.externalAddressesChanged([moved]), at: seconds(4000))
    let heard = pair.hear(told, from: .announcement, at: seconds(4000))
    let events = try pair.carry(heard, at: seconds(4000))
    #expect(events.contains(.serverLostState(epochTime: 0)))
    #expect(events.contains(.granted(id(1), grant(moved, 6800))))
    // Asked for again within five seconds, it is the same mapping.
    #expect(try pair.run(until: seconds(4005)).contains(.granted(id(1), grant(moved, 7200))))
    #expect(pair.server.mappings.count == 1)

    let deletion = pair.client.handle(.delete(id(1)), at: seconds(4010))
    #expect(try pair.carry(deletion, at: seconds(4010)) == [.deleted(id(1))])
    #expect(pair.server.mappings.isEmpty)
  }

  @Test("What the server refuses, the client is told in the words of PCP")
  func refused() throws {
    var pair = Pair()
    _ = pair.server.perform(.externalAddressesChanged([]), at: seconds(0))
    let asked = pair.client.handle(.map(id(1), MapWish(.tcp, internalPort: 8080, lifetime: 7200)), at: seconds(0))
    guard case .refused(id(1), .networkFailure, _, _)? = try pair.carry(asked, at: seconds(0)).first else {
      Issue.record("not refused")
      return
    }
  }
}

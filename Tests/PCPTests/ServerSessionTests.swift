import Machine
import PCP
import PCPWire
import Testing
import Wire

/// A server with several addresses (RFC 7488 section 3), and one of another version (RFC 6887 section 9).
@Suite struct ServerSessionTests {
  private let first = peer("198.51.100.254", PCPPorts.server)
  private let second = peer("198.51.100.253", PCPPorts.server)

  private var both: ServerChoice {
    get throws {
      try #require(
        ServerChoice([ServerPath(to: first, from: inside.address), ServerPath(to: second, from: inside.address)]))
    }
  }

  private var one: ServerChoice { ServerChoice(to: first, from: inside.address) }

  private func session(_ server: ServerChoice) -> ServerSession {
    ServerSession(ClientConfiguration(address: .unspecified), server: server, random: SplitMix64(seed: 1))
  }

  private var wish: ClientWish {
    var wish = MapWish(.udp, internalPort: 3938, lifetime: 3200)
    wish.nonce = testNonce(1)
    return .map(wish)
  }

  private func request(_ request: MapRequest = .test(lifetime: 3200), to server: PeerAddress) throws -> ServerSession.Effect {
    .transmit(Datagram(try request.encoded(), to: server, from: request.clientAddress))
  }

  private func grant(epochTime: UInt32 = 0, lifetime: UInt32 = 3200) throws -> [UInt8] {
    try MapResponse(
      lifetime: lifetime, epochTime: epochTime, nonce: testNonce(1), protocol: .udp, internalPort: 3938,
      assignedExternalPort: 5000, assignedExternalAddress: outside
    ).encoded()
  }

  private var granted: ServerSession.Effect {
    .report(
      .granted(id(1), Grant(externalAddress: outside, externalPort: 5000, lifetime: 3200, nonce: testNonce(1))))
  }

  private func sent(_ effects: [ServerSession.Effect]) -> [PeerAddress] {
    effects.compactMap { if case .transmit(let datagram) = $0 { datagram.destination } else { nil } }
  }

  // MARK: Addresses

  @Test("RFC 7488 section 3: four requests to an address, then the next one, the same request with the same nonce")
  func walk() throws {
    var session = session(try both)
    var requests = session.perform(.want(id(1), wish), at: seconds(0))
    while sent(requests).last != second, let next = session.nextDeadline { requests += session.expire(at: next) }
    #expect(
      requests == [
        try request(to: first), try request(to: first), try request(to: first), try request(to: first), try request(to: second),
      ])
    let now = seconds(50)
    // Too late, and from an address that was given up.
    #expect(session.receive(try grant(), from: first, to: nil, at: now) == [])
    #expect(session.receive(try grant(), from: second, to: nil, at: now) == [granted])
    // All that follows goes to the address that has answered.
    #expect(sent(session.perform(.renew(id(1)), at: seconds(60))) == [second])
  }

  @Test("RFC 7488 section 3: after the last address it rests, and begins anew 15 minutes after it began")
  func rest() throws {
    var session = session(try both)
    var effects = session.perform(.want(id(1), wish), at: seconds(0))
    while !effects.contains(.report(.unanswered(id(1)))), let next = session.nextDeadline { effects += session.expire(at: next) }
    #expect(sent(effects) == Array(repeating: first, count: 4) + Array(repeating: second, count: 4))
    #expect(session.nextDeadline == seconds(900))
    #expect(session.expire(at: seconds(900)) == [try request(to: first)])
    #expect(session.receive(try grant(epochTime: 7), from: first, to: nil, at: seconds(901)) == [granted])
  }

  @Test("RFC 7488 section 3: a hard ICMP error leads to the next address at once")
  func hardError() throws {
    var session = session(try both)
    _ = session.perform(.want(id(1), wish), at: seconds(0))
    // Of an address that is not in use.
    #expect(session.unreachable(second, at: seconds(0.01)) == [])
    #expect(session.unreachable(first, at: seconds(0.01)) == [.report(.unreachable), try request(to: second)])
    #expect(
      session.unreachable(second, at: seconds(0.02)) == [.report(.unreachable), .report(.unanswered(id(1)))])
    #expect(session.nextDeadline == seconds(900))
  }

  @Test("The only address of a server is asked on, whatever its host says")
  func onlyAddress() throws {
    var session = session(one)
    _ = session.perform(.want(id(1), wish), at: seconds(0))
    #expect(session.unreachable(first, at: seconds(0.01)) == [.report(.unreachable)])
    let next = try #require(session.nextDeadline)
    #expect(session.expire(at: next) == [try request(to: first)])
  }

  @Test("RFC 7488 section 3: where the address that has answered does not any more, the walk begins with the first again")
  func unresponsive() throws {
    var session = session(try both)
    _ = session.perform(.want(id(1), wish), at: seconds(0))
    _ = session.unreachable(first, at: seconds(0))
    _ = session.receive(try grant(), from: second, to: nil, at: seconds(0))
    var effects: [ServerSession.Effect] = []
    while sent(effects).last != first, let next = session.nextDeadline { effects += session.expire(at: next) }
    #expect(sent(effects) == Array(repeating: second, count: 4) + [first])
    let now = try #require(session.nextDeadline)
    #expect(now < seconds(3200))
    #expect(session.receive(try grant(epochTime: 7), from: first, to: nil, at: now) == [granted])
  }

  @Test("A new wish wakes a server that rests")
  func wake() throws {
    var session = session(try both)
    _ = session.perform(.want(id(1), wish), at: seconds(0))
    for server in [first, second] { _ = session.unreachable(server, at: seconds(0)) }
    let effects = session.perform(.want(id(2), .announce), at: seconds(10))
    #expect(sent(effects) == [first, first])
  }

  @Test("RFC 6887 section 11.5: from another address all is asked for anew")
  func otherAddress() throws {
    var session = session(one)
    _ = session.perform(.want(id(1), wish), at: seconds(0))
    _ = session.receive(try grant(), from: first, to: nil, at: seconds(0))
    let other = peer("198.51.100.77")
    // The same way as before changes nothing.
    #expect(session.perform(.reach(one), at: seconds(1)) == [])
    #expect(
      session.perform(.reach(ServerChoice(to: first, from: other.address)), at: seconds(1)) == [
        .report(.expired(id(1))),
        try request(.test(lifetime: 3200, external: 5000, externalAddress: outside, from: other), to: first),
      ])
  }

  // MARK: Versions

  /// What a NAT-PMP gateway answers to another version (RFC 6886 section 3.5).
  private let unsupported: [UInt8] = [0, 0, 0, 1, 0, 0, 0, 9]

  private func natPMP(_ request: NATPMPRequest) throws -> ServerSession.Effect {
    .transmit(Datagram(try request.encoded(), to: first, from: inside.address))
  }

  private var askAddress: NATPMPRequest { .externalAddress(ExternalAddressRequest()) }

  /// A session that has found out that its server is a NAT-PMP gateway, and has a mapping there.
  private func natPMPSession() throws -> ServerSession {
    var session = session(one)
    _ = session.perform(.want(id(1), wish), at: seconds(0))
    #expect(
      session.receive(unsupported, from: first, to: nil, at: seconds(0)) == [
        .report(.speaks(.natPMP)), try natPMP(askAddress),
      ])
    let address = ExternalAddressResponse(
      resultCode: .success, epochTime: 9, externalAddress: IPv4Address(192, 0, 2, 1))
    #expect(
      session.receive(try address.encoded(), from: first, to: nil, at: seconds(0)) == [
        try natPMP(.mapUDP(MapUDPRequest(internalPort: 3938, suggestedExternalPort: 0, requestedLifetime: 3200)))
      ])
    let mapped = MapUDPResponse(
      resultCode: .success, epochTime: 9, internalPort: 3938, mappedExternalPort: 5000, lifetime: 3200)
    #expect(session.receive(try mapped.encoded(), from: first, to: nil, at: seconds(0)) == [granted])
    return session
  }

  @Test("RFC 6887 Appendix A: a NAT-PMP gateway is asked for the same in its own protocol")
  func fallback() throws {
    var session = try natPMPSession()
    #expect(session.serverProtocol == .natPMP)
    // A second copy of the same answer changes nothing.
    #expect(session.receive(unsupported, from: first, to: nil, at: seconds(0)) == [])
    #expect(
      session.perform(.delete(id(1)), at: seconds(1)) == [
        try natPMP(.mapUDP(MapUDPRequest(internalPort: 3938, suggestedExternalPort: 0, requestedLifetime: 0)))
      ])
    let gone = MapUDPResponse(
      resultCode: .success, epochTime: 10, internalPort: 3938, mappedExternalPort: 0, lifetime: 0)
    #expect(session.receive(try gone.encoded(), from: first, to: nil, at: seconds(1)) == [.report(.deleted(id(1)))])
    #expect(session.nextDeadline == nil)
  }

  @Test("RFC 6886 sections 3.2 to 3.5: a whole conversation, octet by octet")
  func octets() throws {
    var session = session(one)
    _ = session.perform(.want(id(1), .map(MapWish(.tcp, internalPort: 0x1F90, lifetime: 0x1C20))), at: seconds(0))
    let conversation: [(answer: [UInt8], next: [UInt8])] = [
      ([0, 0, 0, 1, 0, 0, 0x0E, 0x10], [0, 0]),
      (
        [0, 128, 0, 0, 0, 0, 0x0E, 0x10, 192, 0, 2, 1],
        [0, 2, 0, 0, 0x1F, 0x90, 0, 0, 0, 0, 0x1C, 0x20]
      ),
      // Of UDP, which nobody has asked for; then what was asked for.
      ([0, 129, 0, 0, 0, 0, 0x0E, 0x10, 0x1F, 0x90, 0x23, 0x28, 0, 0, 0x1C, 0x20], []),
      ([0, 130, 0, 0, 0, 0, 0x0E, 0x10, 0x1F, 0x90, 0x23, 0x28, 0, 0, 0x1C, 0x20], []),
    ]
    for (answer, next) in conversation {
      let effects = session.receive(answer, from: first, to: nil, at: seconds(0))
      let requests = effects.compactMap { if case .transmit(let datagram) = $0 { datagram.octets } else { nil } }
      #expect(requests == (next.isEmpty ? [] : [next]))
    }
    // Halfway through its life, with the port that was granted.
    #expect(session.nextDeadline == seconds(3600))
    let renewal: [UInt8] = [0, 2, 0, 0, 0x1F, 0x90, 0x23, 0x28, 0, 0, 0x1C, 0x20]
    #expect(session.expire(at: seconds(3600)) == [.transmit(Datagram(renewal, to: first, from: inside.address))])
    let deletion: [UInt8] = [0, 2, 0, 0, 0x1F, 0x90, 0, 0, 0, 0, 0, 0]
    _ = session.receive(conversation[3].answer, from: first, to: nil, at: seconds(3600))
    #expect(
      session.perform(.delete(id(1)), at: seconds(3600)) == [.transmit(Datagram(deletion, to: first, from: inside.address))])
    let gone: [UInt8] = [0, 130, 0, 0, 0, 0, 0x1C, 0x20, 0x1F, 0x90, 0, 0, 0, 0, 0, 0]
    #expect(session.receive(gone, from: first, to: nil, at: seconds(3600)) == [.report(.deleted(id(1)))])
  }

  @Test("RFC 6887 section 9: a gateway that speaks PCP now is spoken to in PCP again")
  func upgrade() throws {
    var session = try natPMPSession()
    let announcement = try AnnounceResponse(lifetime: 0, epochTime: 3).encoded()
    #expect(
      session.receive(announcement, from: first, to: nil, at: seconds(10)) == [
        .report(.speaks(.pcp)), .report(.expired(id(1))), try request(to: first), .report(.announced(epochTime: 3)),
      ])
  }

  @Test("RFC 6887 Appendix A: that a NAT-PMP request was refused by a PCP server is no refusal of PCP")
  func downgradeRefused() throws {
    var session = try natPMPSession()
    let refusal = ErrorResponse(
      opcode: .map, resultCode: .unsuppVersion, lifetime: 1800, epochTime: 3, clientAddressTail: Octets(), copied: [])
    #expect(
      session.receive(try refusal.encoded(), from: first, to: nil, at: seconds(10)) == [
        .report(.speaks(.pcp)), .report(.expired(id(1))), try request(to: first),
      ])
    #expect(session.receive(try grant(epochTime: 3), from: first, to: nil, at: seconds(11)) == [granted])
  }

  @Test("A gateway that stops answering in NAT-PMP is asked in PCP")
  func silence() throws {
    var session = try natPMPSession()
    _ = session.perform(.renew(id(1)), at: seconds(10))
    var effects: [ServerSession.Effect] = []
    while session.serverProtocol == .natPMP, let next = session.nextDeadline { effects += session.expire(at: next) }
    #expect(effects.suffix(3) == [.report(.speaks(.pcp)), .report(.expired(id(1))), try request(to: first)])
    #expect(effects.count == 11)
  }

  @Test("Who will not have NAT-PMP waits for half an hour (RFC 6887 section 9)")
  func noFallback() throws {
    var configuration = ClientConfiguration(address: .unspecified)
    configuration.allowsNATPMP = false
    var session = ServerSession(configuration, server: one, random: SplitMix64(seed: 1))
    _ = session.perform(.want(id(1), wish), at: seconds(0))
    #expect(
      session.receive(unsupported, from: first, to: nil, at: seconds(0)) == [
        .report(.refused(id(1), .unsuppVersion, lifetime: 0, retryAt: seconds(1800)))
      ])
  }

  @Test("No octets make it trap, in either protocol")
  func total() throws {
    for octets in [
      unsupported, try grant(), [0, 128, 0, 0, 0, 0, 0, 9, 192, 0, 2, 1], [0, 129] + [UInt8](repeating: 1, count: 14),
    ] {
      var sessions = [session(one), try natPMPSession()]
      var octets = octets
      for place in sessions.indices {
        _ = sessions[place].perform(.want(id(1), wish), at: seconds(0))
        for index in octets.indices {
          _ = sessions[place].receive(Array(octets.prefix(index)), from: first, to: nil, at: seconds(1))
          for bit in 0..<8 {
            octets[index] ^= 1 << bit
            _ = sessions[place].receive(octets, from: first, to: nil, at: seconds(1))
            octets[index] ^= 1 << bit
          }
        }
      }
    }
  }
}

import Machine
import PCP
import PCPWire
import Testing
import Wire

/// A client and several servers (RFC 6887 section 8.1, RFC 7488 section 4).
@Suite struct ClientGroupTests {
  private let ipv4 = ServerChoice(to: peer("198.51.100.254", PCPPorts.server), from: inside.address)
  private let other = ServerChoice(to: peer("198.51.100.253", PCPPorts.server), from: inside.address)
  private let ipv6 = ServerChoice(to: peer("2001:db8::1", PCPPorts.server), from: address("2001:db8::9"))

  private func group(_ servers: [ServerChoice]) -> ClientGroup {
    var group = ClientGroup(ClientConfiguration(address: .unspecified), random: SplitMix64(seed: 1))
    _ = group.perform(.servers(servers), at: seconds(0))
    return group
  }

  private let wish = ClientWish.map(MapWish(.udp, internalPort: 3938, lifetime: 3200))

  private func requests(_ effects: [ClientGroup.Effect]) throws -> [(server: PeerAddress, request: MapRequest)] {
    try effects.compactMap { effect in
      guard case .transmit(let datagram) = effect, case .map(let request) = try PCPRequest(decoding: datagram.octets) else {
        return nil
      }
      #expect(datagram.source == request.clientAddress)
      return (datagram.destination, request)
    }
  }

  private func reports(_ effects: [ClientGroup.Effect]) -> [ClientGroup.Event] {
    effects.compactMap { if case .report(let event) = $0 { event } else { nil } }
  }

  private func answer(_ request: MapRequest, lifetime: UInt32 = 3200, port: UInt16 = 5000) throws -> [UInt8] {
    try MapResponse(
      lifetime: lifetime, epochTime: 0, nonce: request.nonce, protocol: .udp, internalPort: 3938,
      assignedExternalPort: port, assignedExternalAddress: outside
    ).encoded()
  }

  @Test("All servers are asked at once, each with a nonce of its own (RFC 6887 section 11.2), and answer for themselves")
  func parallel() throws {
    var group = group([ipv4, other, ipv6])
    let asked = try requests(group.perform(.want(id(1), wish, of: .all), at: seconds(0)))
    #expect(asked.map(\.server) == [ipv4, other, ipv6].map { $0.paths[0].server })
    #expect(Set(asked.map(\.request.nonce)).count == 3)
    // What is suggested is of the server's family (RFC 6887 section 11.2).
    #expect(asked.map(\.request.suggestedExternalAddress) == [.unspecifiedIPv4, .unspecifiedIPv4, .unspecified])
    for (place, choice) in [ipv4, other, ipv6].enumerated() {
      let request = asked[place].request
      let grant = Grant(externalAddress: outside, externalPort: 5000, lifetime: 3200, nonce: request.nonce)
      // An answer of one server is none of another.
      let stranger = [other, ipv6, ipv4][place]
      #expect(group.receive(try answer(request), from: stranger.paths[0].server, to: nil, at: seconds(1)) == [])
      #expect(
        group.receive(try answer(request), from: choice.paths[0].server, to: nil, at: seconds(1)) == [
          .report(.server(choice.id, .granted(id(1), grant)))
        ])
    }
  }

  @Test("Servers are asked for what is of their family")
  func families() throws {
    var group = group([ipv4, ipv6])
    #expect(try requests(group.perform(.want(id(1), wish, of: .ipv6), at: seconds(0))).map(\.server) == [ipv6.paths[0].server])
    let peer = PeerWish(.tcp, internalPort: 80, remotePort: 80, remoteAddress: outside, lifetime: 60)
    let asked = group.perform(.want(id(2), .peer(peer), of: .all), at: seconds(0))
    #expect(asked.count == 1)
    var alone = self.group([ipv6])
    #expect(alone.perform(.want(id(2), .peer(peer), of: .all), at: seconds(0)) == [.report(.noServer(id(2)))])
  }

  @Test("It is deleted when it is gone everywhere")
  func deletion() throws {
    var group = group([ipv4, other])
    let asked = try requests(group.perform(.want(id(1), wish, of: .all), at: seconds(0)))
    for (server, request) in asked { _ = group.receive(try answer(request), from: server, to: nil, at: seconds(0)) }
    let deletions = try requests(group.perform(.delete(id(1)), at: seconds(1)))
    #expect(deletions.map(\.request.requestedLifetime) == [0, 0])
    let gone = try deletions.map { try answer($0.request, lifetime: 0, port: 0) }
    #expect(
      group.receive(gone[0], from: deletions[0].server, to: nil, at: seconds(1)) == [
        .report(.server(ipv4.id, .deleted(id(1))))
      ])
    #expect(
      group.receive(gone[1], from: deletions[1].server, to: nil, at: seconds(1)) == [
        .report(.server(other.id, .deleted(id(1)))), .report(.ended(id(1))),
      ])
    #expect(group.nextDeadline == nil)
    #expect(group.perform(.delete(id(1)), at: seconds(2)) == [])
  }

  @Test("RFC 6887 section 8.3: a new gateway is asked at once for everything, the old one for nothing more")
  func changeOfGateway() throws {
    var group = group([ipv4])
    let first = try requests(group.perform(.want(id(1), wish, of: .all), at: seconds(0)))
    let effects = group.perform(.servers([other]), at: seconds(1))
    #expect(reports(effects) == [.removed(ipv4.id), .added(other.id)])
    #expect(try requests(effects).map(\.server) == [other.paths[0].server])
    let next = try #require(group.nextDeadline)
    #expect(try requests(group.expire(at: next)).map(\.server) == [other.paths[0].server])
    #expect(
      reports(group.perform(.servers([]), at: seconds(9))) == [.removed(other.id), .noServer(id(1))])
    #expect(group.nextDeadline == nil)
    // Who is back knows the mapping by the nonce it had.
    let again = try requests(group.perform(.servers([ipv4]), at: seconds(10)))
    #expect(again.map(\.request.nonce) == first.map(\.request.nonce))
    #expect(again.count == 1)
  }

  @Test("What was being deleted at a server that is gone has ended")
  func deletionAtLostServer() throws {
    var group = group([ipv4])
    _ = group.perform(.want(id(1), wish, of: .all), at: seconds(0))
    _ = group.perform(.delete(id(1)), at: seconds(1))
    #expect(reports(group.perform(.servers([]), at: seconds(2))) == [.removed(ipv4.id), .ended(id(1))])
  }
}

import Machine
import PCP
import PCPWire
import Testing
import Wire

/// PEER at the server (RFC 6887 section 12.3), and ANNOUNCE (section 14.1).
@Suite struct ServerPeerTests {
  @Test("A new outbound mapping, and its answer")
  func create() {
    var server = TestServer()
    let answer = server.peer(.test(lifetime: 600), at: seconds(5)).peer
    let expected = PeerResponse(
      lifetime: 600, epochTime: 5, nonce: testNonce(1), protocol: .udp, internalPort: 3938,
      assignedExternalPort: 3938, assignedExternalAddress: outside, remotePeerPort: 443,
      remotePeerAddress: address("203.0.113.5"))
    #expect(answer == expected)
  }

  @Test("PEER never shortens a lifetime, and 0 asks for it")
  func lifetimes() {
    var server = TestServer()
    _ = server.peer(.test(lifetime: 600), at: seconds(0))
    #expect(server.peer(.test(lifetime: 0), at: seconds(100)).peer?.lifetime == 500)
    #expect(server.peer(.test(lifetime: 120), at: seconds(100)).peer?.lifetime == 500)
    #expect(server.machine.nextDeadline == seconds(600))
    #expect(server.peer(.test(lifetime: 700), at: seconds(100)).peer?.lifetime == 700)
    #expect(server.machine.nextDeadline == seconds(800))
  }

  @Test("The nonce is asked for from the first PEER on")
  func nonceMismatch() {
    var server = TestServer()
    _ = server.peer(.test(lifetime: 600), at: seconds(0))
    #expect(server.peer(.test(nonce: 2), at: seconds(100)) == .refusal(.notAuthorized, lifetime: 500))
  }

  @Test("MAP and PEER of one internal port share the external one")
  func shared() {
    var server = TestServer()
    _ = server.map(.test(external: 5000), at: seconds(0))
    #expect(server.peer(.test(nonce: 2), at: seconds(0)).peer?.assignedExternalPort == 5000)
    #expect(
      server.peer(.test(nonce: 3, external: 6000, remote: peer("203.0.113.6", 1)), at: seconds(0))
        == .refusal(.cannotProvideExternal, lifetime: 1800))
  }

  @Test("MAP does not delete what PEER made")
  func deletion() {
    var server = TestServer()
    _ = server.peer(.test(), at: seconds(0))
    #expect(server.map(.test(lifetime: 0), at: seconds(0)) == .refusal(.notAuthorized, lifetime: 1800))
    #expect(server.machine.mappings.count == 1)
  }

  @Test("A suggestion that cannot be followed is an error, not a hint")
  func suggestion() {
    var server = TestServer()
    let other = peer("198.51.100.2")
    _ = server.map(.test(lifetime: 200, nonce: 2, external: 6000, from: other), from: other, at: seconds(0))
    #expect(server.peer(.test(external: 6000), at: seconds(0)) == .refusal(.cannotProvideExternal, lifetime: 320))
    #expect(server.peer(.test(external: 6001), at: seconds(0)).peer?.assignedExternalPort == 6001)
  }

  @Test("Remote peers that cannot be", arguments: ["0.0.0.0", "::", "224.0.0.9", "ff02::1", "2001:db8::1"])
  func remotes(text: String) {
    var server = TestServer()
    #expect(
      server.peer(.test(remote: peer(text, 80)), at: seconds(0)) == .refusal(.malformedRequest, lifetime: 1800))
  }

  @Test("ANNOUNCE is answered with lifetime 0, whatever was asked")
  func announce() {
    var server = TestServer()
    let request = AnnounceRequest(requestedLifetime: 99, clientAddress: inside.address)
    #expect(
      server.ask(.announce(request), at: seconds(33))
        == .response(.announce(AnnounceResponse(lifetime: 0, epochTime: 33))))
  }

  @Test("After its start the server announces itself ten times, at doubling intervals")
  func announcements() {
    var machine = ServerMachine(.test, startedAt: .origin, random: SplitMix64(seed: 1))
    var effects = machine.handle(.start, at: .origin)
    var times = [0.0]
    while let next = machine.nextDeadline {
      times.append((next - .origin) / .seconds(1))
      let epochTime = UInt32((next - .origin).wholeSeconds)
      let announcement = AnnounceResponse(lifetime: 0, epochTime: epochTime)
      let announced = machine.expire(at: next)
      #expect(announced == [.announce(.announce(announcement))])
      effects += announced
    }
    #expect(effects.count == 10)
    #expect(times == [0, 0.25, 0.75, 1.75, 3.75, 7.75, 15.75, 31.75, 63.75, 127.75])
  }

  @Test("Expiry costs nothing while nothing is due, however many mappings there are")
  func manyMappings() {
    var configuration = ServerConfiguration.test
    configuration.mappingsPerHost = 20000
    var server = TestServer(configuration)
    for port in 1024..<11024 {
      let lifetime = UInt32(120 + port)
      #expect(server.map(.test(lifetime: lifetime, port: UInt16(port)), at: seconds(0)).map != nil)
    }
    #expect(server.machine.nextDeadline == seconds(1144))
    #expect(server.machine.expire(at: seconds(1143)).isEmpty)
    #expect(server.machine.expire(at: seconds(1145)).count == 4)
    #expect(server.machine.mappings.count == 9998)
  }
}

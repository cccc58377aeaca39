import Machine
import PCP
import PCPWire
import Testing
import Wire

/// NAT-PMP at the server (RFC 6886), octet for octet, and together with PCP over the same mappings.
@Suite struct ServerNATPMPTests {
  /// A server with the memory backend, and what clients send it.
  private struct Conversation {
    var endpoint: ServerEndpoint

    init(_ change: (inout ServerConfiguration) -> Void = { _ in }) {
      var configuration = ServerConfiguration.test
      configuration.reuseDelay = .zero
      change(&configuration)
      endpoint = ServerEndpoint(ServerMachine(configuration, startedAt: .origin, random: SplitMix64(seed: 1)))
    }

    /// Sends octets: the answer, in hexadecimal digits; nothing when there is none.
    mutating func say(
      _ digits: String, from client: PeerAddress = inside, to local: IPv6Address = gateway, at time: Double = 10
    ) -> String {
      let effects = endpoint.receive(octets(digits), from: client, to: local, at: seconds(time))
      let answers = effects.compactMap { if case .transmit(let datagram) = $0 { datagram } else { nil } }
      #expect(answers.count <= 1 && answers.allSatisfy { $0.destination == client && $0.source == local })
      return answers.map { hexadecimal($0.octets) }.joined()
    }

    /// Asks for a mapping in NAT-PMP: the code, the external port and the lifetime of the answer.
    mutating func natPMP(
      _ transport: TransportProtocol = .udp, _ port: UInt16 = 3938, external: UInt16 = 0, lifetime: UInt32 = 7200,
      from client: PeerAddress = inside, at time: Double = 10
    ) throws -> Mapped {
      let request: NATPMPRequest =
        transport == .udp
        ? .mapUDP(MapUDPRequest(internalPort: port, suggestedExternalPort: external, requestedLifetime: lifetime))
        : .mapTCP(MapTCPRequest(internalPort: port, suggestedExternalPort: external, requestedLifetime: lifetime))
      let answer = octets(say(hexadecimal(try request.encoded()), from: client, at: time))
      switch try NATPMPResponse(decoding: answer) {
      case .mapUDP(let mapped) where transport == .udp && mapped.internalPort == port:
        return Mapped(mapped.resultCode, mapped.mappedExternalPort, mapped.lifetime)
      case .mapTCP(let mapped) where transport == .tcp && mapped.internalPort == port:
        return Mapped(mapped.resultCode, mapped.mappedExternalPort, mapped.lifetime)
      case .mapUDP, .mapTCP, .externalAddress, .unsupportedVersion:
        Issue.record("the answer is another's: \(answer)")
        return Mapped(.unsupportedOpcode, 0, 0)
      }
    }

    /// Asks for a mapping in PCP.
    mutating func pcp(_ request: MapRequest, from client: PeerAddress = inside, at time: Double = 10) throws -> PCPResponse {
      try PCPResponse(decoding: octets(say(hexadecimal(try request.encoded()), from: client, at: time)))
    }

    /// The external port that PCP gives; nil when it refuses.
    mutating func pcpPort(_ request: MapRequest, from client: PeerAddress = inside, at time: Double = 10) throws -> UInt16? {
      if case .map(let response) = try pcp(request, from: client, at: time) { return response.assignedExternalPort }
      return nil
    }

    mutating func pcpError(_ request: MapRequest, from client: PeerAddress = inside, at time: Double = 10) throws -> ResultCode? {
      if case .mapError(let response) = try pcp(request, from: client, at: time) { return response.resultCode }
      return nil
    }

    func mapped(by host: PeerAddress) -> [Mapping] { endpoint.mappings.filter { $0.inner.address == host.address } }

    /// Lets time pass: datagrams that were sent unasked, with the time of each.
    mutating func run(until end: Double) -> [(time: Instant, datagram: Datagram)] {
      var sent: [(time: Instant, datagram: Datagram)] = []
      while let next = endpoint.nextDeadline, next <= seconds(end) {
        sent += endpoint.expire(at: next).compactMap { if case .transmit(let datagram) = $0 { (next, datagram) } else { nil } }
      }
      return sent
    }
  }

  private struct Mapped: Equatable {
    var code: NATPMPResultCode
    var port: UInt16
    var lifetime: UInt32

    init(_ code: NATPMPResultCode, _ port: UInt16, _ lifetime: UInt32) {
      self.code = code
      self.port = port
      self.lifetime = lifetime
    }
  }

  private static let other = peer("198.51.100.2")
  private static let third = peer("198.51.100.3")

  // MARK: Octets

  private struct Vector: Sendable, CustomTestStringConvertible {
    var testDescription: String
    var request: String
    var answer: String

    init(_ description: String, _ request: String, _ answer: String) {
      testDescription = description
      self.request = request
      self.answer = answer
    }
  }

  private static let vectors = [
    Vector("3.2: the external address", "0000", "00800000 0000000a c0000201"),
    Vector("3.3: UDP", "00010000 0f620f62 00001c20", "00810000 0000000a 0f620f62 00001c20"),
    Vector("3.3: TCP", "00020000 1f901f91 00001c20", "00820000 0000000a 1f901f91 00001c20"),
    Vector("3.3: what is reserved is ignored", "0001abcd 0f620f62 00001c20", "00810000 0000000a 0f620f62 00001c20"),
    Vector("3.4: what is not there is deleted", "00010000 0f621234 00000000", "00810000 0000000a 0f620000 00000000"),
    Vector("3.4: all of none are deleted", "00020000 00000000 00000000", "00820000 0000000a 00000000 00000000"),
    Vector("3.5: another operation", "0003", "00830005 0000000a"),
    Vector("3.5: another operation, returned whole", "007f0102 03040506 0708", "00ff0005 0000000a 0708"),
    Vector("3.5: a response is ignored", "00800000 0000000a c0000201", ""),
    Vector("3.5: a response of another operation is ignored", "0083", ""),
    Vector("all ports cannot be mapped", "00010000 00000000 00001c20", "00810002 0000000a 00000000 00000000"),
    Vector("nothing but a version", "00", ""),
    Vector("a mapping cut off", "00010000 0f620f62 00001c", ""),
    Vector("a mapping, and more", "00010000 0f620f62 00001c20 00", ""),
    Vector("an address, and more", "000000", ""),
  ]

  @Test("Vectors of RFC 6886, by section", arguments: vectors)
  private func vector(_ vector: Vector) {
    var conversation = Conversation()
    #expect(conversation.say(vector.request) == vector.answer.filter { $0 != " " })
  }

  @Test("A mapping is made, renewed and deleted; the seconds go on")
  func life() {
    var conversation = Conversation()
    #expect(conversation.say("00020000 00500000 00000e10", at: 1).hasPrefix("00820000" + "00000001" + "0050"))
    let port = conversation.endpoint.mappings[0].outer.port
    let digits = hexadecimal([UInt8(port >> 8), UInt8(port & 0xFF)])
    #expect(port >= 1024)
    // Whatever is suggested, it has its port.
    #expect(conversation.say("00020000 00501234 00001c20", at: 1801) == "0082000000000709" + "0050" + digits + "00001c20")
    #expect(conversation.say("00020000 00500000 00000000", at: 1802) == "008200000000070a" + "0050" + "0000" + "00000000")
    #expect(conversation.endpoint.mappings.isEmpty)
  }

  @Test("3.5: without an external address there is none to tell, and nothing to map to")
  func noAddress() {
    var conversation = Conversation { $0.externalAddresses = [address("2001:db8:f::1")] }
    #expect(conversation.say("0000") == "00800003" + "0000000a" + "00000000")
    #expect(conversation.say("00010000 0f620f62 00001c20") == "00810003" + "0000000a" + "0f620000" + "00000000")
  }

  @Test("What the rules forbid is refused")
  func rules() throws {
    var conversation = Conversation { $0.accessRules = [AccessRule(.deny)] }
    #expect(conversation.say("0000") == "00800002" + "0000000a" + "00000000")
    #expect(try conversation.natPMP() == Mapped(.notAuthorized, 0, 0))
    conversation = Conversation { $0.protocols = [.tcp] }
    #expect(try conversation.natPMP(.udp).code == .notAuthorized)
    #expect(try conversation.natPMP(.tcp).code == .success)
  }

  @Test("RFC 6887 section 9, Appendix A: every other version is answered in PCP, and version 0 where NAT-PMP is not spoken")
  func versions() {
    var conversation = Conversation()
    #expect(conversation.say("0100").hasPrefix("02800001"))
    #expect(conversation.say("0300").hasPrefix("02800001"))
    // NAT-PMP is a protocol of IPv4.
    #expect(conversation.say("0000", from: peer("2001:db8::7")).hasPrefix("02800001"))
    conversation = Conversation { $0.speaksNATPMP = false }
    let answer = conversation.say("00010000 0f620f62 00001c20")
    // As the older protocol reads it, version 2 says: unsupported version.
    #expect(answer.hasPrefix("02810001") && answer.count == 48)
    #expect(conversation.endpoint.mappings.isEmpty)
  }

  @Test("3.3: what comes in from outside is dropped")
  func outsideInterface() {
    var conversation = Conversation()
    #expect(conversation.say("0000", to: outside) == "")
    conversation = Conversation { $0.servingAddresses = [gateway] }
    #expect(conversation.say("0000", to: address("198.51.100.253")) == "")
    #expect(conversation.say("0000") != "")
    conversation = Conversation { $0.servedClients = [AddressPrefix(inside.address, length: 128)] }
    #expect(conversation.say("0000", from: Self.other) == "")
  }

  // MARK: Mappings

  @Test(
    "3.3: no longer than was asked for, and then it is over",
    arguments: [(1, 1), (60, 60), (7200, 7200), (.max, 86400)] as [(UInt32, UInt32)])
  func lifetimes(asked: UInt32, granted: UInt32) throws {
    var conversation = Conversation()
    #expect(try conversation.natPMP(lifetime: asked) == Mapped(.success, 3938, granted))
    _ = conversation.run(until: 10 + Double(granted) - 0.5)
    #expect(conversation.endpoint.mappings.count == 1)
    _ = conversation.run(until: 10 + Double(granted))
    #expect(conversation.endpoint.mappings.isEmpty)
  }

  @Test("A PCP request of the same host makes a NAT-PMP mapping its own, at the same external port")
  func takenOver() throws {
    var conversation = Conversation()
    #expect(try conversation.natPMP(external: 5000).port == 5000)
    #expect(try conversation.pcpPort(.test()) == 5000)
    #expect(conversation.endpoint.mappings.map(\.nonce) == [testNonce(1)])
    #expect(try conversation.pcpError(.test(nonce: 2)) == .notAuthorized)
    #expect(try conversation.natPMP(lifetime: 0) == Mapped(.notAuthorized, 0, 0))
    #expect(try conversation.pcpPort(.test(lifetime: 0)) != nil)
    #expect(conversation.endpoint.mappings.isEmpty)
  }

  @Test("PCP deletes what NAT-PMP of its host has made, and not what that of another has")
  func deletedByPCP() throws {
    var conversation = Conversation()
    _ = try conversation.natPMP()
    _ = try conversation.pcp(.test(lifetime: 0, from: Self.other), from: Self.other)
    #expect(conversation.endpoint.mappings.count == 1)
    _ = try conversation.pcp(.test(lifetime: 0))
    #expect(conversation.endpoint.mappings.isEmpty)
  }

  @Test("3.3: NAT-PMP is told of the port that PCP has mapped, for as long as it is, and changes nothing")
  func shared() throws {
    var conversation = Conversation()
    #expect(try conversation.pcpPort(.test(lifetime: 1000, external: 5000), at: 0) == 5000)
    let before = conversation.endpoint.mappings
    #expect(try conversation.natPMP(external: 3938, at: 100) == Mapped(.success, 5000, 900))
    #expect(try conversation.natPMP(lifetime: 300, at: 100) == Mapped(.success, 5000, 300))
    #expect(try conversation.natPMP(lifetime: 0, at: 100) == Mapped(.notAuthorized, 0, 0))
    #expect(conversation.endpoint.mappings == before)
    // Of a set of ports, the one that was asked for.
    let set = PortSetOption(size: 4, firstInternalPort: 6000, parity: false)
    let first = try conversation.pcpPort(.test(nonce: 2, port: 6000, options: .init(portSet: set)), at: 100)
    #expect(try conversation.natPMP(.udp, 6002, at: 100).port == first.map { $0 + 2 })
  }

  @Test("A mapping that is not for everybody is none for NAT-PMP")
  func filtered() throws {
    var conversation = Conversation()
    let filter = FilterOption(prefixLength: 128, remotePeerPort: 0, remotePeerAddress: address("203.0.113.5"))
    _ = try conversation.pcp(.test(options: .init(filter: [filter])))
    #expect(try conversation.natPMP() == Mapped(.notAuthorized, 0, 0))
  }

  @Test("A static mapping is told of, for as long as was asked, and not deleted")
  func staticMapping() throws {
    let inner = InternalTuple(.tcp, inside.address, port: 80)
    var conversation = Conversation {
      $0.staticMappings = [StaticMapping(inner, to: ExternalTuple(.tcp, outside, port: 8080))]
    }
    #expect(try conversation.natPMP(.tcp, 80) == Mapped(.success, 8080, 7200))
    #expect(try conversation.natPMP(.tcp, 80, lifetime: 0) == Mapped(.notAuthorized, 0, 0))
    #expect(conversation.say("00020000 00000000 00000000").hasPrefix("00820002"))
    #expect(conversation.say("00010000 00000000 00000000").hasPrefix("00810000"))
  }

  @Test("One quota for both, and one table")
  func quota() throws {
    var conversation = Conversation { $0.mappingsPerHost = 2 }
    #expect(try conversation.natPMP(.udp, 1).code == .success)
    #expect(try conversation.pcpPort(.test(port: 2)) != nil)
    #expect(try conversation.natPMP(.udp, 3) == Mapped(.outOfResources, 0, 0))
    #expect(try conversation.pcpError(.test(port: 3)) == .userExQuota)
    #expect(try conversation.natPMP(.udp, 1).code == .success)
    #expect(try conversation.natPMP(.udp, 3, from: Self.other).code == .success)
  }

  @Test("3.4: all of a host's mappings of one transport go, but those of PCP, which the answer tells")
  func deleteAll() throws {
    var conversation = Conversation()
    for port in 1...5 as ClosedRange<UInt16> {
      _ = try conversation.natPMP(.udp, port)
      _ = try conversation.natPMP(.tcp, port)
      _ = try conversation.natPMP(.udp, port, from: Self.other)
    }
    #expect(conversation.say("00010000 00000000 00000000") == "00810000" + "0000000a" + "00000000" + "00000000")
    #expect(conversation.mapped(by: inside).map(\.inner.protocol) == Array(repeating: .tcp, count: 5))
    #expect(conversation.mapped(by: Self.other).count == 5)
    _ = try conversation.pcp(.test(port: 9, transport: .tcp))
    #expect(conversation.say("00020000 00000000 00000000") == "00820002" + "0000000a" + "00000000" + "00000000")
    #expect(conversation.mapped(by: inside).map(\.inner.port) == [9])
  }

  @Test("3.4: all are gone, from the store and the backend, when the answer says so")
  func deleteAllWaits() throws {
    var configuration = ServerConfiguration.test
    configuration.hasStore = true
    var server = TestServer(ServerMachine(configuration, startedAt: .origin, random: SplitMix64(seed: 1)))
    for port in 1...3 as ClosedRange<UInt16> { _ = server.ask(.map(.test(port: port)), in: .natPMP, at: seconds(0)) }
    let mappings = server.machine.mappings
    try #require(mappings.count == 3)
    var machine = server.machine
    let all = PCPRequest.map(.test(lifetime: 0, port: 0))
    let asked = machine.handle(.request(all, from: inside, in: .natPMP, token(9)), at: seconds(1))
    #expect(asked == mappings.map { .forget($0.id) })
    // The client asks again meanwhile.
    #expect(machine.handle(.request(all, from: inside, in: .natPMP, token(10)), at: seconds(1)) == [])
    for mapping in mappings.reversed() {
      #expect(machine.handle(.recorded(mapping.id), at: seconds(2)) == [.remove(mapping)])
    }
    let removals = mappings.reversed().map { machine.handle(.removed($0.id), at: seconds(3)) }
    #expect(removals[0] == [.report(.deleted(mappings[2]))])
    #expect(removals[1] == [.report(.deleted(mappings[1])), .ignore(token(10))])
    let settled = removals[2].compactMap { if case .respond(let token, _) = $0 { token } else { nil } }
    #expect(settled == [token(9)] && removals[2].count == 2)
  }

  @Test("3.4: what is mapped while others are being deleted is not deleted with them")
  func deleteAllThenMap() throws {
    var server = TestServer()
    _ = server.ask(.map(.test()), in: .natPMP, at: seconds(0))
    var machine = server.machine
    let all = PCPRequest.map(.test(lifetime: 0, port: 0))
    guard case .remove(let old)? = machine.handle(.request(all, from: inside, in: .natPMP, token(9)), at: seconds(1)).first,
      case .install(let new)? = machine.handle(
        .request(.map(.test(port: 80)), from: inside, in: .natPMP, token(10)), at: seconds(1)
      ).first
    else {
      Issue.record("nothing for the backend")
      return
    }
    _ = machine.handle(.installed(new.id), at: seconds(1))
    let effects = machine.handle(.removed(old.id), at: seconds(2))
    guard case .respond(token(9), .map(let response))? = effects.last else {
      Issue.record("not answered")
      return
    }
    #expect(response.lifetime == 0 && response.internalPort == 0)
    #expect(machine.mappings.map(\.id) == [new.id])
  }

  @Test("3.4: a mapping that the store cannot forget stays, and the client hears of it")
  func deleteAllFails() throws {
    var configuration = ServerConfiguration.test
    configuration.hasStore = true
    var server = TestServer(ServerMachine(configuration, startedAt: .origin, random: SplitMix64(seed: 1)))
    _ = server.ask(.map(.test()), in: .natPMP, at: seconds(0))
    let mapping = try #require(server.machine.mappings.first)
    let all = PCPRequest.map(.test(lifetime: 0, port: 0))
    _ = server.machine.handle(.request(all, from: inside, in: .natPMP, token(9)), at: seconds(1))
    #expect(
      server.machine.handle(.notRecorded(mapping.id), at: seconds(2)) == [.refuse(token(9), Refusal(.noResources, lifetime: 30))])
    #expect(server.machine.mappings == [mapping])
  }

  // MARK: The companion port

  @Test("3.3: while one transport's port is mapped by NAT-PMP, no other host has the other's")
  func companion() throws {
    var conversation = Conversation()
    #expect(try conversation.natPMP(.tcp, 80, external: 8080).port == 8080)
    let exact = MapRequest.Options(preferFailure: PreferFailureOption())
    let wish = MapRequest.test(port: 80, external: 8080, from: Self.other, options: exact)
    #expect(try conversation.pcpError(wish, from: Self.other) == .cannotProvideExternal)
    #expect(try conversation.natPMP(.udp, 90, external: 8080, from: Self.other).port != 8080)
    #expect(try conversation.natPMP(.udp, 81, external: 8080).port == 8080)
    // As long as one of the two is there.
    #expect(try conversation.natPMP(.tcp, 80, lifetime: 0).code == .success)
    #expect(try conversation.natPMP(.tcp, 82, external: 8080, from: Self.other).port != 8080)
    #expect(try conversation.natPMP(.udp, 81, lifetime: 0).code == .success)
    #expect(try conversation.pcpPort(wish, from: Self.other) == 8080)
  }

  @Test("3.3: a port is given only with its companion, and none when there is no such pair")
  func pairs() throws {
    var conversation = Conversation { $0.externalPorts = 2000...2002 }
    #expect(try conversation.pcpPort(.test(port: 2000, from: Self.other), from: Self.other) == 2000)
    let port = try conversation.natPMP(.tcp, 2000, external: 2000).port
    #expect(port > 2000)
    #expect(try conversation.natPMP(.tcp, 2001).code == .success)
    #expect(try conversation.natPMP(.tcp, 1, from: Self.third) == Mapped(.outOfResources, 0, 0))
    // For PCP the ports of TCP are ports of TCP; those that are kept are not free for it either.
    #expect(try conversation.pcpPort(.test(port: 1, transport: .tcp, from: Self.third), from: Self.third) == 2000)
    #expect(try conversation.pcpError(.test(port: 1, from: Self.third), from: Self.third) == .noResources)
    #expect(try conversation.pcpPort(.test(port: 1, external: port)) == port)
  }

  // MARK: The one address

  @Test("4.3.2: the address that is told is the one where all mappings of NAT-PMP are")
  func oneAddress() throws {
    var conversation = Conversation { $0.externalAddresses = [address("192.0.2.1"), address("192.0.2.2")] }
    _ = try conversation.pcp(.test())
    _ = try conversation.pcp(.test(from: Self.other), from: Self.other)
    #expect(conversation.endpoint.mappings.map(\.outer.address) == [address("192.0.2.1"), address("192.0.2.2")])
    #expect(conversation.say("0000", from: Self.other).hasSuffix("c0000201"))
    #expect(try conversation.natPMP(.udp, 81, from: Self.other).code == .success)
    #expect(conversation.endpoint.mappings.last?.outer.address == address("192.0.2.1"))
    // What PCP has mapped at another address cannot be told of.
    #expect(try conversation.natPMP(.udp, 3938, from: Self.other) == Mapped(.outOfResources, 0, 0))
  }

  private static let group = PeerAddress(address("224.0.0.1"), port: 5350)

  private func announcements(_ sent: [(time: Instant, datagram: Datagram)]) -> [String] {
    sent.filter { $0.datagram.destination == Self.group && $0.datagram.octets.first == 0 }
      .map { "\(($0.time - .origin) / .milliseconds(1)) \(hexadecimal($0.datagram.octets))" }
  }

  @Test("3.2.1: on start the address is told to all, ten times, in intervals that double from 250 ms")
  func announced() {
    var conversation = Conversation()
    let first = conversation.endpoint.perform(.start, at: seconds(0))
    let datagrams = first.compactMap { if case .transmit(let datagram) = $0 { datagram } else { nil } }
    #expect(announcements(datagrams.map { (.origin, $0) }) == ["0.0 0080000000000000c0000201"])
    let rest = announcements(conversation.run(until: 1000))
    #expect(rest.count == 9)
    #expect(
      rest.prefix(4) == [
        "250.0 0080000000000000c0000201", "750.0 0080000000000000c0000201", "1750.0 0080000000000001c0000201",
        "3750.0 0080000000000003c0000201",
      ])
    #expect(rest.last?.hasPrefix("127750.0 008000000000007f") == true)
  }

  @Test("3.2.1: another address is told to all, the seconds begun anew, and to nobody in PCP who speaks NAT-PMP")
  func addressChange() throws {
    var conversation = Conversation()
    #expect(try conversation.natPMP(external: 5000, at: 0).port == 5000)
    let effects = conversation.endpoint.perform(.externalAddressesChanged([address("192.0.2.99")]), at: seconds(100))
    let datagrams = effects.compactMap { if case .transmit(let datagram) = $0 { datagram } else { nil } }
    #expect(announcements(datagrams.map { (seconds(100), $0) }) == ["100000.0 0080000000000000c0000263"])
    let later = conversation.run(until: 300).map(\.datagram)
    #expect((datagrams + later).allSatisfy { $0.destination.port == 5350 })
    #expect(conversation.endpoint.mappings.map(\.outer) == [ExternalTuple(.udp, address("192.0.2.99"), port: 5000)])
    #expect(try conversation.natPMP(external: 5000, at: 301).port == 5000)
  }

  @Test("Another first address moves the mappings of NAT-PMP there, and no others")
  func firstAddress() throws {
    let (first, second) = (address("192.0.2.1"), address("192.0.2.2"))
    var conversation = Conversation { $0.externalAddresses = [first, second] }
    _ = try conversation.natPMP()
    _ = try conversation.pcp(.test(port: 80))
    _ = conversation.endpoint.perform(.externalAddressesChanged([second, first]), at: seconds(20))
    #expect(conversation.endpoint.mappings.map(\.outer.address) == [second, first])
    #expect(conversation.say("0000", at: 20) == "0080000000000000c0000202")
  }

  // MARK: Restarts

  @Test("What a store gives back is as it was: without a nonce, and with its companion")
  func restored() throws {
    var conversation = Conversation()
    _ = try conversation.natPMP(.tcp, 80, external: 8080, at: 0)
    let machine = ServerMachine(
      conversation.endpoint.configuration, startedAt: seconds(50), epochStartedAt: .origin,
      mappings: conversation.endpoint.mappings, random: SplitMix64(seed: 2))
    conversation.endpoint = ServerEndpoint(machine)
    _ = conversation.endpoint.perform(.start, at: seconds(50))
    #expect(try conversation.natPMP(.udp, 80, external: 8080, from: Self.other, at: 60).port != 8080)
    #expect(try conversation.natPMP(.tcp, 80, at: 60) == Mapped(.success, 8080, 7200))
    #expect(try conversation.natPMP(.tcp, 80, lifetime: 0, at: 60).code == .success)
  }
}

private func octets(_ digits: String) -> [UInt8] {
  let digits = digits.compactMap(\.hexDigitValue).map { UInt8($0) }
  return stride(from: 0, to: digits.count, by: 2).map { digits[$0] << 4 | digits[$0 + 1] }
}

private func hexadecimal(_ octets: [UInt8]) -> String {
  octets.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
}

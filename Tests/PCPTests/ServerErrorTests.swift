import Machine
import PCP
import PCPWire
import Testing
import Wire

/// Every error that RFC 6887 gives a request for, as octets to octets: nothing has changed, and the answer is the request with
/// its header changed (sections 7.2, 7.3 and 8.2).
@Suite struct ServerErrorTests {
  struct Case: Sendable, CustomTestStringConvertible {
    var testDescription: String
    var octets: [UInt8]
    var code: ResultCode
    var lifetime: UInt32
    var client = inside
  }

  private static let manager = peer("198.51.100.9")

  /// Octets of a request, and what follows them.
  private static func octets(_ request: PCPRequest, _ options: [UInt8]...) -> [UInt8] {
    ((try? request.encoded()) ?? []) + options.flatMap { $0 }
  }

  private static func option(_ code: UInt8, _ data: [UInt8], length: Int? = nil) -> [UInt8] {
    let length = length ?? data.count
    let padding = [UInt8](repeating: 0, count: (4 - data.count % 4) % 4)
    return [code, 0, UInt8(length >> 8), UInt8(length & 0xFF)] + data + padding
  }

  /// A MAP request with an option behind it that the encoder would not write.
  private static func map(
    _ name: String, _ code: ResultCode, lifetime: UInt32 = 1800, _ request: MapRequest = .test(external: 5000),
    _ options: [UInt8]...
  ) -> Case {
    Case(
      testDescription: "MAP: \(name)", octets: octets(.map(request)) + options.flatMap { $0 }, code: code, lifetime: lifetime)
  }

  private static let filterData: [UInt8] = [0, 128, 0, 0] + address("203.0.113.5").octets
  private static let thirdParty = option(1, address("198.51.100.7").octets)

  private static let structure: [Case] = [
    map("an option cut off", .malformedOption, .test(), [3, 0, 0, 20]),
    map("an option longer than the message", .malformedOption, .test(), option(3, filterData, length: 24)),
    map("an option of the longest length", .malformedOption, .test(), option(3, filterData, length: 65535)),
    map("FILTER too short", .malformedOption, .test(), option(3, Array(filterData.dropLast()))),
    map("FILTER too long", .malformedOption, .test(), option(3, filterData + [0])),
    map("THIRD_PARTY too short", .malformedOption, .test(), option(1, Array(repeating: 1, count: 15))),
    map("THIRD_PARTY too long", .malformedOption, .test(), option(1, Array(repeating: 1, count: 17))),
    map("THIRD_PARTY twice", .malformedOption, .test(), thirdParty, thirdParty),
    map("PREFER_FAILURE with data", .malformedOption, .test(external: 5000), option(2, [0, 0, 0, 0])),
    map("PREFER_FAILURE twice", .malformedOption, .test(external: 5000), option(2, []), option(2, [])),
    map("PORT_SET of no ports", .malformedOption, .test(), option(130, [0, 0, 15, 98, 0])),
    map("PORT_SET too short", .malformedOption, .test(), option(130, [0, 1, 15, 98])),
    map("PORT_SET twice", .malformedOption, .test(), option(130, [0, 9, 15, 98, 0]), option(130, [0, 9, 15, 98, 0])),
    map("an option nobody knows", .unsuppOption, .test(), option(99, [])),
    map("an option of another opcode", .unsuppOption, .test(), option(7, [1, 2, 3, 4])),
  ]

  private static let meaning: [Case] = [
    map("one port of all protocols", .malformedRequest, .test(), []).with { $0[36] = 0 },
    map("a protocol that is not mapped", .unsuppProtocol, .test(transport: .sctp)),
    map("all ports", .unsuppProtocol, .test(port: 0)),
    map("all protocols", .unsuppProtocol, .test(port: 0, transport: .any)),
    map("PREFER_FAILURE without a port", .malformedOption, .test(), option(2, [])),
    map("PREFER_FAILURE to delete", .malformedOption, .test(lifetime: 0, external: 5000), option(2, [])),
    map(
      "PREFER_FAILURE for an address of nobody", .cannotProvideExternal,
      .test(external: 5000, externalAddress: address("203.0.113.77")), option(2, [])),
    map("PREFER_FAILURE for the server's own port", .cannotProvideExternal, .test(external: 5351), option(2, [])),
    map(
      "PREFER_FAILURE for a set of ports", .malformedOption, .test(external: 5000), option(2, []), option(130, [0, 9, 15, 98, 0])),
    map("FILTER to delete", .malformedOption, .test(lifetime: 0), option(3, filterData)),
    map("FILTER with an IPv4 length of 95", .malformedOption, .test(), option(3, [0, 95] + filterData.dropFirst(2))),
    map("FILTER with a length of 129", .malformedOption, .test(), option(3, [0, 129] + filterData.dropFirst(2))),
    map("THIRD_PARTY of oneself", .malformedRequest, .test(), option(1, inside.address.octets)),
    map("THIRD_PARTY not allowed", .unsuppOption, .test(), thirdParty),
    map("THIRD_PARTY_ID alone", .thirdPartyMissingOption, .test(), option(13, [1])),
    map("another port of a set first", .malformedOption, .test(), option(130, [0, 9, 0, 1, 0])),
    map("somebody else's mapping", .notAuthorized, lifetime: 7200, .test(nonce: 9, port: 99)),
    map("somebody else's mapping to delete", .notAuthorized, lifetime: 7200, .test(lifetime: 0, nonce: 9, port: 99)),
  ]

  private static let peers: [Case] = [
    Case(
      testDescription: "PEER: PREFER_FAILURE", octets: octets(.peer(.test()), option(2, [])), code: .malformedRequest,
      lifetime: 1800),
    Case(
      testDescription: "PEER: FILTER", octets: octets(.peer(.test()), option(3, filterData)), code: .unsuppOption, lifetime: 1800),
    Case(testDescription: "PEER: all protocols", octets: octets(.peer(.test())), code: .malformedRequest, lifetime: 1800).with {
      $0[36] = 0
    },
    Case(testDescription: "PEER: all ports", octets: octets(.peer(.test())), code: .malformedRequest, lifetime: 1800).with {
      $0.replaceSubrange(40..<42, with: [0, 0])
    },
    Case(testDescription: "PEER: no remote port", octets: octets(.peer(.test())), code: .malformedRequest, lifetime: 1800).with {
      $0.replaceSubrange(60..<62, with: [0, 0])
    },
    Case(
      testDescription: "PEER: a remote peer that cannot be", octets: octets(.peer(.test(remote: peer("127.0.0.1", 9)))),
      code: .malformedRequest, lifetime: 1800),
    Case(
      testDescription: "PEER: another's external port", octets: octets(.peer(.test(external: 6000))),
      code: .cannotProvideExternal, lifetime: 7320),
    Case(
      testDescription: "PEER: an address of nobody", octets: octets(.peer(.test())), code: .cannotProvideExternal, lifetime: 1800
    ).with { $0.replaceSubrange(44..<60, with: address("203.0.113.77").octets) },
    Case(
      testDescription: "PEER: THIRD_PARTY not allowed", octets: octets(.peer(.test()), thirdParty), code: .unsuppOption,
      lifetime: 1800),
    Case(
      testDescription: "ANNOUNCE: FILTER",
      octets: octets(.announce(AnnounceRequest(requestedLifetime: 0, clientAddress: inside.address)), option(3, filterData)),
      code: .unsuppOption, lifetime: 1800),
    Case(
      testDescription: "ANNOUNCE: from another address",
      octets: octets(.announce(AnnounceRequest(requestedLifetime: 0, clientAddress: gateway))), code: .addressMismatch,
      lifetime: 1800),
  ]

  /// A server with one mapping of the client and one of somebody else.
  private func endpoint() throws -> ServerEndpoint {
    var endpoint = ServerEndpoint(ServerMachine(.test, startedAt: .origin, random: SplitMix64(seed: 1)))
    let other = peer("198.51.100.2")
    for (request, client) in [(MapRequest.test(port: 99), inside), (.test(nonce: 2, external: 6000, from: other), other)] {
      _ = endpoint.receive(try request.encoded(), from: client, to: gateway, at: seconds(0))
    }
    return endpoint
  }

  @Test("Its code, its lifetime, the request copied, and nothing changed", arguments: structure + meaning + peers)
  func error(_ example: Case) throws {
    var endpoint = try endpoint()
    let before = endpoint.mappings
    try #require(before.count == 2)
    let effects = endpoint.receive(example.octets, from: example.client, to: gateway, at: seconds(0))
    let sent = effects.compactMap { effect -> Datagram? in
      if case .transmit(let datagram) = effect { return datagram }
      return nil
    }
    try #require(sent.count == 1)
    let answer = sent[0]
    #expect(answer.destination == example.client && answer.source == gateway)
    let header = try ResponseHeader(decodingPrefix: answer.octets)
    #expect(header.resultCode == example.code)
    #expect(header.lifetime == example.lifetime)
    #expect(header.opcode.rawValue == example.octets[1] & 0x7F)
    #expect(answer.octets.dropFirst(24) == example.octets.dropFirst(24))
    #expect(endpoint.mappings == before)
    _ = try PCPResponse(decoding: answer.octets)
  }

  @Test("Every truncation of every request is answered with the request, or not at all, and changes nothing")
  func truncation() throws {
    var configuration = ServerConfiguration.test
    configuration.rateLimit = nil
    let filter = FilterOption(prefixLength: 128, remotePeerPort: 9, remotePeerAddress: address("203.0.113.5"))
    let requests: [[UInt8]] = [
      try MapRequest.test(
        options: .init(
          filter: [filter], description: DescriptionOption(text: "words"),
          portSet: PortSetOption(size: 4, firstInternalPort: 3938, parity: false))
      ).encoded(), try PeerRequest.test(options: .init(description: DescriptionOption(text: "words"))).encoded(),
    ]
    for request in requests {
      for length in 0..<request.count {
        var endpoint = ServerEndpoint(ServerMachine(configuration, startedAt: .origin, random: SplitMix64(seed: 1)))
        let effects = endpoint.receive(Array(request.prefix(length)), from: inside, to: gateway, at: seconds(0))
        guard case .transmit(let answer) = try #require(effects.first) else {
          #expect(length < 24 && endpoint.mappings.isEmpty)
          continue
        }
        let code = try ResponseHeader(decodingPrefix: answer.octets).resultCode
        #expect(endpoint.mappings.isEmpty == (code != .success))
        if code != .success {
          #expect(answer.octets.count == (length + 3) / 4 * 4)
          #expect(answer.octets.dropFirst(24).prefix(max(0, length - 24)) == request.prefix(length).dropFirst(24))
        } else {
          #expect(length % 4 == 0 && length >= 60)
        }
      }
    }
  }

  @Test("The largest request has an answer of no more than 1100 octets")
  func largest() throws {
    var configuration = ServerConfiguration.test
    configuration.filtersPerMapping = 100
    configuration.descriptionSize = 1016
    configuration.prefix64 = Array(
      repeating: Prefix64Option(prefix: Array(address("64:ff9b::").octets.prefix(12)), suffix: []), count: 9)
    let filters = (1...9).map {
      FilterOption(prefixLength: 128, remotePeerPort: $0, remotePeerAddress: address("203.0.113.5"))
    }
    var request = MapRequest.test(options: .init(filter: filters, prefix64: configuration.prefix64[0]))
    let rest = MessageFacts.maximumSize - request.encodedSize - 4
    request.options.description = DescriptionOption(text: WireString(String(repeating: "x", count: rest)))
    let octets = try request.encoded()
    #expect(octets.count == MessageFacts.maximumSize)
    var endpoint = ServerEndpoint(ServerMachine(configuration, startedAt: .origin, random: SplitMix64(seed: 1)))
    guard case .transmit(let answer) = try #require(endpoint.receive(octets, from: inside, to: nil, at: seconds(0)).first) else {
      Issue.record("not answered")
      return
    }
    #expect(answer.octets.count <= MessageFacts.maximumSize)
    guard case .map(let response) = try PCPResponse(decoding: answer.octets) else {
      Issue.record("refused")
      return
    }
    #expect(response.options.filter == filters)
    #expect(response.options.description?.text.octets.count == rest)
  }
}

extension ServerErrorTests.Case {
  fileprivate func with(_ change: (inout [UInt8]) -> Void) -> Self {
    var changed = self
    change(&changed.octets)
    return changed
  }
}

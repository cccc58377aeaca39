import Machine
import PCP
import PCPWire
import Testing
import Wire

/// Error responses: the request with its header changed (RFC 6887 sections 7.2 and 8.2).
@Suite struct ErrorResponseTests {
  private func answer(
    _ octets: [UInt8], from client: PeerAddress = inside, _ configuration: ServerConfiguration = .test
  ) throws -> [UInt8] {
    var endpoint = ServerEndpoint(
      ServerMachine(configuration, startedAt: .origin, random: SplitMix64(seed: 1)), backend: .memory)
    let effects = endpoint.receive(octets, from: client, to: outside, at: seconds(77))
    let datagrams = effects.compactMap { effect in
      if case .transmit(let datagram) = effect { return datagram }
      return nil
    }
    let datagram = try #require(datagrams.first)
    #expect(datagrams.count == 1)
    #expect(datagram.source == outside)
    return datagram.octets
  }

  @Test("A refused request comes back whole, its address not copied")
  func parsed() throws {
    var configuration = ServerConfiguration.test
    configuration.externalAddresses = []
    let request = try MapRequest.test(options: .init(description: DescriptionOption(text: "abc"))).encoded()
    let octets = try answer(request, configuration)
    #expect(octets.dropFirst(24) == request.dropFirst(24))
    guard case .mapError(let response) = try PCPResponse(decoding: octets) else {
      Issue.record("no MAP error")
      return
    }
    #expect(response.resultCode == .networkFailure)
    #expect(response.lifetime == 30)
    #expect(response.epochTime == 77)
    #expect(response.clientAddressTail == Octets())
    #expect(response.mapping?.nonce == testNonce(1))
  }

  @Test("A request that cannot be parsed comes back with the end of its client's address")
  func unparsed() throws {
    let request = try MapRequest.test().encoded() + [0x60, 0, 0, 0]
    let octets = try answer(request)
    guard case .mapError(let response) = try PCPResponse(decoding: octets) else {
      Issue.record("no MAP error")
      return
    }
    #expect(response.resultCode == .unsuppOption)
    #expect(response.lifetime == 1800)
    #expect(response.clientAddressTail.array == Array(request[12..<24]))
    #expect(octets.dropFirst(24) == request.dropFirst(24))
  }

  @Test("Another version is answered in this one")
  func version() throws {
    let request: [UInt8] = [1] + Array(try MapRequest.test().encoded().dropFirst())
    let octets = try answer(request)
    #expect(octets.first == MessageFacts.version)
    #expect(try ResponseHeader(decodingPrefix: octets).resultCode == .unsuppVersion)
    #expect(octets.dropFirst(12) == request.dropFirst(12))
  }

  @Test("Two octets of another version get a whole header")
  func shortVersion() throws {
    let octets = try answer([3, 0])
    #expect(octets.count == 24)
    #expect(try ResponseHeader(decodingPrefix: octets).resultCode == .unsuppVersion)
  }

  @Test("What is too long is cut, what is no multiple of 4 is filled up")
  func sizes() throws {
    let request = try MapRequest.test().encoded()
    let long = try answer(request + Array(repeating: 7, count: 3000))
    #expect(long.count == MessageFacts.maximumSize)
    #expect(long.last == 7)
    let odd = try answer(request + [7])
    #expect(odd.count == request.count + 4)
    #expect(odd.suffix(4) == [7, 0, 0, 0])
    #expect(try ResponseHeader(decodingPrefix: odd).resultCode == .malformedRequest)
  }

  @Test("An unknown opcode is answered with itself")
  func opcode() throws {
    var request = try AnnounceRequest(requestedLifetime: 0, clientAddress: inside.address).encoded()
    request[1] = 99
    guard case .error(let response) = try PCPResponse(decoding: try answer(request)) else {
      Issue.record("no error response")
      return
    }
    #expect(response.opcode == Opcode(rawValue: 99))
    #expect(response.resultCode == .unsuppOpcode)
  }
}

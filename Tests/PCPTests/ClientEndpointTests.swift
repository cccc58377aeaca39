import Machine
import PCP
import PCPWire
import Testing
import Wire

/// What a client takes from the network (RFC 6887 sections 8.3 and 9).
@Suite struct ClientEndpointTests {
  private let server = peer("198.51.100.254", PCPPorts.server)

  private func endpoint() -> ClientEndpoint {
    let machine = ClientMachine(ClientConfiguration(address: inside.address), random: SplitMix64(seed: 1))
    var endpoint = ClientEndpoint(machine, server: server)
    _ = endpoint.perform(.announce(id(1)), at: seconds(0))
    return endpoint
  }

  private var answer: [UInt8] {
    get throws { try AnnounceResponse(lifetime: 0, epochTime: 5).encoded() }
  }

  @Test("An answer of the server is taken, one from elsewhere is not")
  func source() throws {
    var endpoint = endpoint()
    let octets = try answer
    #expect(endpoint.receive(octets, from: peer("198.51.100.253", 5351), to: nil, at: seconds(1)) == [])
    #expect(endpoint.receive(octets, from: peer("198.51.100.254", 5352), to: nil, at: seconds(1)) == [])
    #expect(
      endpoint.receive(octets, from: server, to: nil, at: seconds(1)) == [.report(.alive(id(1), epochTime: 5))])
  }

  @Test("Requests, fragments, and what is no multiple of 4 are passed over")
  func malformed() throws {
    var endpoint = endpoint()
    let request = try AnnounceRequest(requestedLifetime: 0, clientAddress: inside.address).encoded()
    for octets in [[], request, Array(try answer.prefix(20)), try answer + [0]] {
      #expect(endpoint.receive(octets, from: server, to: nil, at: seconds(1)) == [])
    }
  }

  @Test(
    "A server of another version says so (RFC 6887 section 9), a NAT-PMP server in its own way (RFC 6886 section 3.5)",
    arguments: [
      ([0, 0, 0, 1, 0, 0, 0, 9], 0), ([0, 0x80, 0, 1, 0, 0, 0, 9], 0), ([1, 0x80, 0, 1, 0, 0, 0, 60], 60),
      ([3, 0x81, 0, 1, 0, 0, 0xFF, 0xFF] + [UInt8](repeating: 0, count: 52), 65535),
    ] as [([UInt8], UInt32)])
  func otherVersion(octets: [UInt8], lifetime: UInt32) {
    var endpoint = endpoint()
    let delay = lifetime == 0 ? 1800 : min(lifetime, 1800)
    #expect(
      endpoint.receive(octets, from: server, to: nil, at: seconds(1)) == [
        .report(.refused(id(1), .unsuppVersion, lifetime: lifetime, retryAt: seconds(1 + Double(delay))))
      ])
  }

  @Test(
    "What only looks like it is dropped (RFC 6887 section 8.3)",
    arguments: [[1, 0x80], [1, 0x80, 0], [1, 0, 0, 1, 0, 0, 0, 60], [1, 0x80, 0, 2, 0, 0, 0, 60], [0, 0, 0, 2, 0, 0, 0, 9]]
      as [[UInt8]])
  func noOtherVersion(octets: [UInt8]) {
    var endpoint = endpoint()
    #expect(endpoint.receive(octets, from: server, to: nil, at: seconds(1)) == [])
  }

  @Test("A wish that is no valid request is not sent")
  func unsendable() {
    var endpoint = endpoint()
    let wish = MapWish(.any, internalPort: 80, lifetime: 7200)
    let effects = endpoint.perform(.map(id(2), wish), at: seconds(0))
    guard case .report(.unsendable(id(2), let error))? = effects.first else {
      Issue.record("sent")
      return
    }
    #expect(error.kind == .rule)
  }

  @Test("No octets make it trap")
  func total() throws {
    var endpoint = endpoint()
    var octets = try answer
    for index in octets.indices {
      _ = endpoint.receive(Array(octets.prefix(index)), from: server, to: nil, at: seconds(1))
      for bit in 0..<8 {
        octets[index] ^= 1 << bit
        _ = endpoint.receive(octets, from: server, to: nil, at: seconds(1))
        octets[index] ^= 1 << bit
      }
    }
  }
}

import Machine
import PCP
import PCPWire
import Testing
import Wire

/// The order of RFC 6887 section 8.2: of several things wrong with the same octets, the first counts.
@Suite struct ReceptionTests {
  struct Case: Sendable, CustomTestStringConvertible {
    var name: String
    var octets: [UInt8]
    var expected: ServerReception

    var testDescription: String { name }
  }

  private static let map = (try? MapRequest.test().encoded()) ?? []

  /// The valid MAP request, changed.
  private static func changed(_ change: (inout [UInt8]) -> Void) -> [UInt8] {
    var octets = map
    change(&octets)
    return octets
  }

  static let cases: [Case] = [
    Case(name: "nothing", octets: [], expected: .drop(.short)),
    Case(name: "one octet", octets: [2], expected: .drop(.short)),
    Case(name: "two octets", octets: [2, 1], expected: .drop(.short)),
    Case(name: "a response", octets: changed { $0[1] |= 0x80 }, expected: .drop(.response)),
    Case(
      name: "a response of another version",
      octets: changed {
        $0[0] = 1
        $0[1] |= 0x80
      }, expected: .drop(.response)),
    Case(name: "another version", octets: changed { $0[0] = 1 }, expected: .refuse(.unsuppVersion)),
    Case(name: "another version, and short", octets: [3, 0], expected: .refuse(.unsuppVersion)),
    Case(name: "NAT-PMP", octets: [0, 0], expected: .refuse(.unsuppVersion)),
    Case(name: "a header cut off", octets: Array(map.prefix(23)), expected: .drop(.short)),
    Case(name: "too long", octets: map + Array(repeating: 0, count: 1044), expected: .refuse(.malformedRequest)),
    Case(name: "not a multiple of 4", octets: map + [0, 0], expected: .refuse(.malformedRequest)),
    Case(name: "short for its opcode", octets: Array(map.prefix(56)), expected: .refuse(.malformedRequest)),
    Case(
      name: "short for its opcode, from another address", octets: Array(changed { $0[23] = 99 }.prefix(24)),
      expected: .refuse(.malformedRequest)),
    Case(
      name: "from another address", octets: changed { $0[23] = 99 }, expected: .refuse(.addressMismatch, isParsed: true)),
    Case(
      name: "from another address, unknown opcode",
      octets: changed {
        $0[23] = 99
        $0[1] = 0x7F
      }, expected: .refuse(.addressMismatch)),
    Case(
      name: "from another address, bad option", octets: changed { $0[23] = 99 } + [3, 0, 0, 1, 0, 0, 0, 0],
      expected: .refuse(.addressMismatch)),
    Case(name: "unknown opcode", octets: changed { $0[1] = 0x7F }, expected: .refuse(.unsuppOpcode)),
    Case(name: "authentication", octets: changed { $0[1] = 3 }, expected: .refuse(.unsuppOpcode)),
    Case(
      name: "unknown opcode, not a multiple of 4", octets: changed { $0[1] = 0x7F } + [0],
      expected: .refuse(.malformedRequest)),
    Case(name: "option cut off", octets: map + [3, 0, 0, 20], expected: .refuse(.malformedOption)),
    Case(name: "unknown mandatory option", octets: map + [0x60, 0, 0, 0], expected: .refuse(.unsuppOption)),
    Case(name: "unknown optional option", octets: map + [0xE0, 0, 0, 0], expected: .accept(.map(withOptional))),
    Case(name: "whole", octets: map, expected: .accept(.map(.test()))),
  ]

  private static let withOptional: MapRequest = {
    var request = MapRequest.test()
    request.options.unknown = [KeptElement(tag: 0xE0, octets: [0xE0, 0, 0, 0], valueRange: 4..<4)]
    return request
  }()

  @Test("What becomes of octets", arguments: cases)
  func reception(_ example: Case) {
    #expect(ServerReception(example.octets, from: inside) == example.expected)
  }

  @Test("Who is not served is not answered")
  func served() {
    let others = [AddressPrefix(address("203.0.113.0"), length: 120)]
    #expect(ServerReception(Self.map, from: inside, served: others) == .drop(.notServed))
    let own = [AddressPrefix(inside.address, length: 120)]
    #expect(ServerReception(Self.map, from: inside, served: own) == .accept(.map(.test())))
  }

  @Test("Every start of a request, and every octet changed, has an answer that can be decoded or none")
  func total() throws {
    var octets = Self.map
    for index in octets.indices {
      try check(Array(octets.prefix(index)))
      for bit in 0..<8 {
        octets[index] ^= 1 << bit
        try check(octets)
        octets[index] ^= 1 << bit
      }
    }
  }

  private func check(_ octets: [UInt8]) throws {
    var endpoint = ServerEndpoint(
      ServerMachine(.test, startedAt: .origin, random: SplitMix64(seed: 1)), backend: .memory)
    for effect in endpoint.receive(octets, from: inside, to: nil, at: seconds(1)) {
      guard case .transmit(let datagram) = effect else { continue }
      #expect(datagram.destination == inside)
      if datagram.octets.first == 0 {
        _ = try NATPMPResponseHeader(decodingPrefix: datagram.octets)
      } else {
        _ = try PCPResponse(decoding: datagram.octets)
      }
    }
  }
}

import Machine
import PCP
import PCPWire
import Testing
import Wire

@testable import PCPTool

/// What a probe makes of a server's answers.
@Suite struct ProbeTests {
  private static let server = PeerAddress(IPv6Address(mapping: IPv4Address(192, 0, 2, 254)), port: 5351)
  private static let client = IPv6Address(mapping: IPv4Address(192, 0, 2, 2))

  /// Our server, without a network.
  private actor Ours: ProbeCarrier {
    private var endpoint: ServerEndpoint

    init(_ configuration: ServerConfiguration) {
      endpoint = ServerEndpoint(ServerMachine(configuration, startedAt: .origin, random: SplitMix64(seed: 1)))
    }

    var mappings: [Mapping] { endpoint.mappings }

    func ask(_ request: [UInt8], isAnswer: @escaping @Sendable ([UInt8]) -> Bool) async -> ProbeAnswer {
      let peer = PeerAddress(ProbeTests.client, port: 40000)
      for case .transmit(let datagram) in endpoint.receive(request, from: peer, to: nil, at: .origin + .seconds(5))
      where isAnswer(datagram.octets) {
        return .octets(datagram.octets, after: .microseconds(1250))
      }
      return .none
    }
  }

  /// Answers everything alike.
  private struct Parrot: ProbeCarrier {
    var answer: ProbeAnswer

    func ask(_ request: [UInt8], isAnswer: @escaping @Sendable ([UInt8]) -> Bool) async -> ProbeAnswer { answer }
  }

  private func findings(_ carrier: some ProbeCarrier) async -> ProbeFindings {
    await Probe(carrier, ServerPath(to: Self.server, from: Self.client)).run()
  }

  @Test("Our server: every operation and option, no mapping made")
  func ours() async {
    var configuration = ServerConfiguration(externalAddresses: [IPv6Address(mapping: IPv4Address(198, 51, 100, 1))])
    configuration.prefix64 = [
      Prefix64Option(prefix: [0, 0x64, 0xFF, 0x9B, 0, 0, 0, 0, 0, 0, 0, 0], suffix: [])
    ]
    let ours = Ours(configuration)
    let found = await findings(ours)
    #expect(found.isAnyone && found.pcp.isSpoken && found.pcp.epochTime == 5 && found.pcp.milliseconds == 1.25)
    #expect(found.operations.map(\.isTaken) == [true, true, true, false])
    #expect(found.options.filter { $0.name != "THIRD_PARTY" }.map(\.isTaken) == [true, true])
    #expect(found.prefix64 == ["64:ff9b::/96"])
    #expect(await ours.mappings.isEmpty)
    #expect(found.lines[0] == "192.0.2.254:5351")
    #expect(found.lines[1] == "PCP version 2: yes, epoch time 5 s, answers in 1.2 ms")
  }

  @Test("A NAT-PMP gateway: its external address, and nothing else is asked")
  func natPMP() async throws {
    let answer = try ExternalAddressResponse(
      resultCode: .success, epochTime: 9, externalAddress: IPv4Address(203, 0, 113, 1)
    ).encoded()
    let found = await findings(Parrot(answer: .octets(answer, after: .milliseconds(2))))
    #expect(
      found.lines == [
        "192.0.2.254:5351", "PCP version 2: no (answered in version 0)",
        "NAT-PMP: yes, external address 203.0.113.1, epoch time 9 s, answers in 2.0 ms",
      ])
    #expect(found.isAnyone && found.operations.isEmpty)
  }

  @Test(
    "Nobody",
    arguments: [(.none, "no answer"), (.unreachable, "nothing listens there")] as [(ProbeAnswer, String)])
  func nobody(answer: ProbeAnswer, fault: String) async {
    let found = await findings(Parrot(answer: answer))
    #expect(!found.isAnyone)
    #expect(found.lines.dropFirst() == ["PCP version 2: no (\(fault))", "NAT-PMP: no (\(fault))"])
  }

  @Test("Octets that mean nothing do no harm")
  func nonsense() async {
    for octets in [[0, 0, 0, 0], [2, 128, 0, 0], [9, 9, 9, 9], [UInt8](repeating: 255, count: 60)] as [[UInt8]] {
      #expect(await findings(Parrot(answer: .octets(octets, after: .zero))).operations.isEmpty)
    }
  }
}

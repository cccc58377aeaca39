import Machine
import PCP
import PCPWire
import Wire

/// MAP (seed 2.1 to 2.8, 2.10 to 2.12, 4).
extension Scenario {
  static let mapping: [Scenario] = [
    Scenario(
      "2.1 The suggested external port is honoured", Situation(),
      [
        .wants(.mapping(.udp, 3938, external: 3938), sends: .figure(2)),
        .answers(.figure(3)),
        .learns(.granted(outside, 3938, seconds: 20000)),
      ]),
    // Our client suggests an address of its own family; this one wants the other's.
    Scenario(
      "2.2 A client with an IPv6 address", Situation(change: { $0.isNAT64 = true }),
      [
        .sends(.figure(4), from: .ipv6),
        .answers(.figure(5)),
      ]),
    Scenario(
      "2.3 A mapping is removed", Situation(),
      [
        .wants(.mapping(.udp, 3938, external: 3938), sends: .figure(2)),
        .answers(.figure(3)),
        .learns(.granted(outside, 3938, seconds: 20000)),
        .has(mappings: 1),
        .deletes(sends: .figure(6, .zeroed)),
        .answers(.figure(7, .zeroed)),
        .learns(.deleted),
        .has(mappings: 0),
      ]),
    Scenario(
      "2.3 A mapping is removed by a client that suggests its external end", Situation(),
      [
        .sends(.figure(2)),
        .answers(.figure(3)),
        .sends(.figure(6)),
        .answers(.figure(7)),
        .has(mappings: 0),
      ]),
    Scenario(
      "2.4 The suggested external port is not honoured", Situation(change: { $0.externalPorts = 15200...15200 }),
      [
        .wants(.mapping(.udp, 11000, external: 11000), sends: .figure(8)),
        .answers(.figure(9)),
        .learns(.granted(outside, 15200, seconds: 20000)),
      ]),
    Scenario(
      "2.5 A suggested external address, the second of the server's",
      Situation(change: {
        $0.externalAddresses = [literal("192.0.2.2"), outside]
        $0.externalPorts = 15200...15200
      }),
      [
        .wants(.mapping(.udp, 3938, external: 3938, at: outside), sends: .figure(10)),
        .answers(.figure(11)),
        .learns(.granted(outside, 15200, seconds: 20000)),
      ]),
    Scenario(
      "2.6 Two clients with an external address each",
      Situation(change: {
        $0.externalAddresses = [outside, literal("192.0.2.2")]
        $0.externalPortsByAddress = [outside: 12000...12000, literal("192.0.2.2"): 6000...6000]
        // Another subscriber's, so that the second client cannot have the port that it suggests.
        $0.staticMappings = [
          StaticMapping(
            InternalTuple(.udp, literal("198.51.100.9"), port: 12000), to: ExternalTuple(.udp, outside, port: 12000))
        ]
      }),
      [
        .wants(.mapping(.tcp, 15333, external: 15333), sends: .figure(13)),
        .answers(.figure(14)),
        .learns(.granted(outside, 12000, seconds: 20000)),
        .wants(.mapping(.udp, 12000, external: 12000, nonce: 59869), by: .second, sends: .figure(15)),
        .answers(.figure(16)),
        .learns(.granted(literal("192.0.2.2"), 6000, seconds: 20000)),
      ]),
    Scenario(
      "2.8 PREFER_FAILURE, and the port is honoured", Situation(change: { $0.maximumLifetime = 36000 }),
      [
        .wants(
          .mapping(.udp, 1234, external: 12536, .init(preferFailure: PreferFailureOption())), sends: .figure(19)),
        .answers(.figure(20, .option("02 00 0000"))),
        .learns(.granted(outside, 12536, seconds: 36000)),
      ]),
    Scenario(
      "2.10 A mapping that traffic has made",
      Situation(implicit: [
        .init(
          host: .first, internalPort: 1234, externalPort: 10000, remote: PeerAddress(literal("203.0.113.5"), port: 80),
          seconds: 7440)
      ]),
      [
        .wants(.mapping(.tcp, 1234, external: 3938), sends: .figure(24)),
        .answers(.figure(25)),
        .learns(.granted(outside, 10000, seconds: 20000)),
      ]),
    Scenario(
      "2.11 All ports of a protocol", Situation(change: { $0.mapsAllPorts = true }),
      [
        .wants(.mapping(.udp, 0, external: 0), sends: .figure(26)),
        .answers(
          .octets(
            """
            02 81 00 00 00004e20 000004e2 00000000 00000000 00000000
            00000000 00000000 00003d45 11 000000 0000 0000 00000000 00000000 0000ffff c0000201
            """)),
        .learns(.granted(outside, 0, seconds: 20000)),
      ]),
    Scenario(
      "2.12 All protocols", Situation(change: { $0.mapsAllProtocols = true }),
      [
        .wants(.mapping(.any, 0, external: 0), sends: .figure(27)),
        .answers(
          .octets(
            """
            02 81 00 00 00004e20 000004e2 00000000 00000000 00000000
            00000000 00000000 00003d45 00 000000 0000 0000 00000000 00000000 0000ffff c0000201
            """)),
        .learns(.granted(outside, 0, seconds: 20000)),
      ]),
    Scenario(
      "4 The external address is learned from a mapping of short life",
      Situation(change: {
        $0.externalPorts = 1...65535
        $0.minimumLifetime = 60
      }),
      [
        .wants(.mapping(.udp, 9, external: 9, lifetime: 5), sends: .figure(41)),
        .answers(.figure(42)),
        .learns(.granted(outside, 9, seconds: 60)),
      ]),
  ]
}

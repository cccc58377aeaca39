import Machine
import PCP
import PCPWire
import Wire

/// ANNOUNCE and PEER (seed 7, 8).
extension Scenario {
  static let others: [Scenario] = [
    Scenario(
      "7 Whether the server is there", Situation(epochTime: 3600),
      [
        .wants(.announce, sends: .figure(55)),
        .answers(.figure(56)),
        .learns(.alive),
      ]),
    Scenario(
      "8.1 No mapping for the internal port", Situation(),
      [
        .wants(.peering(.udp, external: 3938), sends: .figure(58)),
        .answers(.figure(59)),
        .learns(.granted(outside, 3938, seconds: 20000)),
        .has(mappings: 1),
      ]),
    // What stands in the way lives for 3480 seconds, and its port is kept for 120 more.
    Scenario(
      "8.2 The suggested external port is another's",
      Situation(
        epochTime: 36000, existing: [.init(host: .third, nonce: 7, internalPort: 5000, externalPort: 3938, seconds: 3480)]),
      [
        .wants(.peering(.udp, external: 3938), sends: .figure(60)),
        .answers(.figure(61, .copied, .lifetime(3600))),
        .learns(.refused(.cannotProvideExternal, seconds: 3600)),
      ]),
    Scenario(
      "8.3 The suggested external address is not the server's", Situation(epochTime: 36000),
      [
        .wants(.peering(.udp, external: 3938, at: literal("192.0.2.5")), sends: .figure(62)),
        .answers(.figure(63, .copied, .lifetime(1800))),
        .learns(.refused(.cannotProvideExternal, seconds: 1800)),
        .has(mappings: 0),
      ]),
    Scenario(
      "8.4 A connection's life is extended", Situation(implicit: [connection(seconds: 7440)]),
      [
        .wants(.peering(.tcp, external: 0), sends: .figure(65)),
        .answers(.figure(66)),
        .learns(.granted(outside, 11000, seconds: 20000)),
        .has(mappings: 1),
      ]),
    Scenario(
      "8.5 How long a connection lives", Situation(implicit: [connection(seconds: 20000)]),
      [
        .wants(.peering(.tcp, external: 0, lifetime: 5), sends: .figure(67)),
        .answers(.figure(68)),
        .learns(.granted(outside, 11000, seconds: 20000)),
      ]),
  ]

  /// The TCP connection of Figure 64.
  private static func connection(seconds: UInt32) -> Situation.Implicit {
    .init(
      host: .first, internalPort: 3938, externalPort: 11000, remote: PeerAddress(literal("198.51.100.2"), port: 12456),
      seconds: seconds)
  }
}

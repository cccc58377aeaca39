import PCP
import PCPWire
import Wire

/// MAP refused (seed 2.7, 2.9, 2.11 to 2.15, 3), and version 1 (9).
extension Scenario {
  static let refusals: [Scenario] = [
    Scenario(
      "2.7 The nonce is another's",
      Situation(
        epochTime: 1300, existing: [.init(host: .first, internalPort: 3938, externalPort: 3938, seconds: 35550)],
        change: { $0.maximumLifetime = 36000 }),
      [
        .wants(.mapping(.udp, 3938, external: 3938, at: outside, nonce: 45687), sends: .figure(17)),
        .answers(.figure(18, .copied)),
        .learns(.refused(.notAuthorized, seconds: 35550)),
        .has(mappings: 1),
      ]),
    // What stands in the way lives for 1440 seconds, and its port is kept for 120 more.
    Scenario(
      "2.9 PREFER_FAILURE, and the port is another's",
      Situation(
        epochTime: 1300, existing: [.init(host: .second, nonce: 7, internalPort: 5000, externalPort: 1234, seconds: 1440)]),
      [
        .wants(
          .mapping(.udp, 1234, external: 1234, .init(preferFailure: PreferFailureOption())), sends: .figure(21)),
        .answers(.figure(22, .copied)),
        .learns(.refused(.cannotProvideExternal, seconds: 1560)),
      ]),
    Scenario(
      "2.11 All ports of a protocol, and the server makes no such mappings", Situation(),
      [
        .wants(.mapping(.udp, 0, external: 0), sends: .figure(26)),
        .answers(.refusal("02 81 00 09 00000708 000004e2 00000000 00000000 00000000", copying: 26)),
        .learns(.refused(.unsuppProtocol, seconds: 1800)),
      ]),
    Scenario(
      "2.12 All protocols, and the server makes no such mappings", Situation(),
      [
        .wants(.mapping(.any, 0, external: 0), sends: .figure(27)),
        .answers(.refusal("02 81 00 09 00000708 000004e2 00000000 00000000 00000000", copying: 27)),
        .learns(.refused(.unsuppProtocol, seconds: 1800)),
      ]),
    Scenario(
      "2.13 One port of all protocols, which there is not", Situation(epochTime: 1300),
      [
        .cannotWant(
          .mapping(.any, 5698, external: 3938, nonce: 45698, .init(preferFailure: PreferFailureOption()))),
        .sends(.figure(28)),
        .answers(.figure(29, .copied, .lifetime(1800))),
        .has(mappings: 0),
      ]),
    Scenario(
      "2.14 The client has as many mappings as it may",
      Situation(
        epochTime: 1300, existing: [.init(host: .first, internalPort: 3938, externalPort: 5000, seconds: 600)],
        change: {
          $0.mappingsPerHost = 1
          $0.shortErrorLifetime = 300
        }),
      [
        .wants(
          .mapping(.udp, 8695, external: 3938, nonce: 45698, .init(preferFailure: PreferFailureOption())), sends: .figure(30)),
        .answers(.figure(31, .copied)),
        .learns(.refused(.userExQuota, seconds: 300)),
      ]),
    Scenario(
      "2.15 A protocol that is not mapped", Situation(epochTime: 1300),
      [
        .wants(.mapping(.sctp, 8695, external: 3938, nonce: 45698), sends: .figure(32)),
        .answers(.figure(33, .copied, .lifetime(1800))),
        .learns(.refused(.unsuppProtocol, seconds: 1800)),
      ]),
    Scenario(
      "3 A NAT that knows nothing of PCP is on the way", Situation(epochTime: 36000),
      [
        .wants(.mapping(.udp, 11000, external: 15200), by: .translated, sends: .figure(39)),
        .answers(.figure(40, .copied, .lifetime(1800))),
        .learns(.refused(.addressMismatch, seconds: 1800)),
        .has(mappings: 0),
      ]),
    Scenario(
      "9 A client of version 1", Situation(epochTime: 3600),
      [
        .sends(.figure(69)),
        .answers(.figure(70, .copied, .lifetime(1800))),
        .has(mappings: 0),
      ]),
  ]
}

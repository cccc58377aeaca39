import Machine
import PCP
import PCPWire
import Wire

/// THIRD_PARTY and FILTER (seed 5, 6).
extension Scenario {
  static let options: [Scenario] = [
    Scenario(
      "5.1 A mapping for another host",
      Situation(change: {
        $0.externalAddresses = [literal("161.105.194.14")]
        $0.externalPorts = 15000...15000
        $0.thirdPartyClients = [AddressPrefix(.unspecified, length: 0)]
      }),
      [
        .wants(thirdParty("198.51.100.2"), sends: .figure(43)),
        .answers(.figure(44)),
        .learns(.granted(literal("161.105.194.14"), 15000, seconds: 20000)),
      ]),
    Scenario(
      "5.2 A mapping for another host, where that is not allowed", Situation(epochTime: 1562),
      [
        .wants(thirdParty("198.51.100.2"), sends: .figure(45)),
        .answers(.figure(46, .copied, .lifetime(1800))),
        .learns(.refused(.unsuppOption, seconds: 1800)),
        .has(mappings: 0),
      ]),
    Scenario(
      "5.3 A third party that is the client itself",
      Situation(epochTime: 1562, change: { $0.thirdPartyClients = [AddressPrefix(.unspecified, length: 0)] }),
      [
        .cannotWant(thirdParty("198.51.100.1")),
        .sends(.figure(47)),
        .answers(.figure(48, .copied, .lifetime(1800))),
        .has(mappings: 0),
      ]),
    Scenario(
      "6.1 One remote peer is let in", Situation(),
      [
        .wants(filtered(only200), sends: .figure(49)),
        .answers(.figure(50)),
        .learns(.granted(outside, 3938, seconds: 20000)),
        .has(mappings: 1, filters: [only200]),
      ]),
    Scenario(
      "6.2 All filters are removed", Situation(),
      [
        .wants(filtered(only200), sends: .figure(49)),
        .answers(.figure(50)),
        .learns(.granted(outside, 3938, seconds: 20000)),
        .wants(filtered(everybody), sends: .figure(51)),
        .answers(.figure(52)),
        .learns(.granted(outside, 3938, seconds: 20000)),
        .has(mappings: 1),
      ]),
    Scenario(
      "6.3 A filter is changed", Situation(),
      [
        .wants(filtered(only200), sends: .figure(49)),
        .answers(.figure(50)),
        .learns(.granted(outside, 3938, seconds: 20000)),
        .wants(filtered(everybody, only201), sends: .figure(53)),
        // No figure has the answer: that of Figure 52, with the second option.
        .answers(
          .figure(52, .option("03 00 0014 00 80 1750 00000000 00000000 0000ffff c00002c9"))),
        .learns(.granted(outside, 3938, seconds: 20000)),
        .has(mappings: 1, filters: [only201]),
      ]),
  ]

  private static let everybody = FilterOption(
    prefixLength: 0, remotePeerPort: 0, remotePeerAddress: .unspecifiedIPv4)
  private static let only200 = FilterOption(
    prefixLength: 128, remotePeerPort: 5968, remotePeerAddress: literal("192.0.2.200"))
  private static let only201 = FilterOption(
    prefixLength: 128, remotePeerPort: 5968, remotePeerAddress: literal("192.0.2.201"))

  private static func filtered(_ filters: FilterOption...) -> ClientWish {
    .mapping(.udp, 3938, external: 3938, MapRequest.Options(filter: filters))
  }

  private static func thirdParty(_ host: String) -> ClientWish {
    .mapping(
      .udp, 8080, external: 8080, nonce: 16584,
      MapRequest.Options(thirdParty: ThirdPartyOption(address: literal(host))))
  }
}

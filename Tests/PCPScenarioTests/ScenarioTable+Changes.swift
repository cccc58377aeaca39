import Machine
import PCP
import PCPWire
import Wire

/// What the server says unasked (seed 2.16, 2.17).
extension Scenario {
  static let changes: [Scenario] = [
    // The mapping is that of Figure 25, as the figure has it and the text of the seed has not.
    Scenario(
      "2.16 The external address changes",
      Situation(implicit: [
        .init(
          host: .first, internalPort: 1234, externalPort: 10000, remote: PeerAddress(literal("203.0.113.5"), port: 80),
          seconds: 7440)
      ]),
      [
        .wants(.mapping(.tcp, 1234, external: 3938), sends: .figure(24)),
        .answers(.figure(25)),
        .learns(.granted(outside, 10000, seconds: 20000)),
        .movesTo(literal("192.0.2.2")),
        // Three times (RFC 6887 section 14.2).
        .says(.figure(34, .epochTime(0...0))),
        .learns(.granted(literal("192.0.2.2"), 10000, seconds: 20000)),
        .says(.figure(34, .epochTime(0...0), .lifetime(19999)), after: .milliseconds(250)),
        .learns(.granted(literal("192.0.2.2"), 10000, seconds: 19999)),
        .says(.figure(34, .epochTime(0...0), .lifetime(19999)), after: .milliseconds(500)),
        .learns(.granted(literal("192.0.2.2"), 10000, seconds: 19999)),
        .has(mappings: 1),
      ]),
    Scenario(
      "2.17 The server has lost its mappings",
      Situation(change: {
        $0.externalPorts = 15200...15200
        $0.announcementCount = 1
      }),
      [
        .wants(.mapping(.udp, 11000, external: 11000), sends: .figure(8)),
        .answers(.figure(9)),
        .learns(.granted(outside, 15200, seconds: 20000)),
        .restarts,
        .says(.figure(36)),
        .repairs(.figure(37)),
        .answers(.figure(38, .epochTime(0...5))),
        .learns(.granted(outside, 15200, seconds: 20000)),
        .has(mappings: 1),
      ]),
  ]
}

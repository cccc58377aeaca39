import Foundation
import Machine
import PCP
import PCPWire
import Settings
import Testing
import Wire

@testable import PCPTool

/// The configuration file of the server: what it sets, and what is said of one that is wrong.
@Suite("The server's configuration file") struct ServerSettingsTests {
  private func read(_ text: String, _ overrides: ServerOverrides = ServerOverrides()) throws -> ServerSettings {
    try ServerSource(path: "pcp.yaml", overrides: overrides).settings(of: SettingsFile(text))
  }

  /// The lines that refuse a file.
  private func faults(_ text: String, _ overrides: ServerOverrides = ServerOverrides()) throws -> [String] {
    do {
      _ = try read(text, overrides)
      return []
    } catch let refusal as ServerSource.Refusal {
      return refusal.lines
    }
  }

  private func address(_ text: String) throws -> IPv6Address { try #require(IPv6Address(plain: text)) }
  private func prefix(_ text: String) throws -> AddressPrefix { try #require(AddressPrefix(text)) }

  @Test("What is written in the example is what holds without it") func example() throws {
    #expect(try read(ServerExample.text) == ServerSettings())
    #expect(ServerExample.text.split(separator: "\n").allSatisfy { $0.count <= 100 })
  }

  @Test("The example passes with all that is commented out, too") func wholeExample() throws {
    let lines = ServerExample.text.split(separator: "\n").map(String.init)
    // Words have one space behind the mark, settings none or the two of what is indented.
    let isSetting = { (line: String) in line.hasPrefix("#  ") || !line.hasPrefix("# ") && !line.hasPrefix("#-") }
    let whole = lines.map { $0.hasPrefix("#") && isSetting($0) ? String($0.dropFirst()) : $0 }
      .joined(separator: "\n").replacing("backend: memory", with: "backend: nftables")
    let settings = try read(whole)
    for key in ServerKey.all {
      #expect(lines.contains { $0.hasPrefix("\(key.name):") || $0.hasPrefix("#\(key.name):") }, "\(key.name)")
    }
    #expect(settings.listen == [try address("192.168.1.1")])
    #expect(settings.backend.externalInterfaces == ["eth1"])
    #expect(settings.store == "/var/lib/pcp/mappings.db" && settings.adminSocket == .path("/run/pcp.sock"))
    #expect(settings.machine.accessRules.count == 2 && settings.machine.staticMappings.count == 1)
    #expect(settings.configuration.hasStore && settings.configuration.looksUpImplicitMappings)
  }

  @Test("The example in README.md is a file that a server takes") func readme() throws {
    let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    let text = try String(contentsOf: root.appending(path: "README.md"), encoding: .utf8)
    let examples = text.components(separatedBy: "```yaml\n").dropFirst().map { $0.components(separatedBy: "\n```")[0] }
    #expect(examples.count == 1)
    for example in examples { #expect(try read(example).machine.accessRules.count == 3) }
  }

  @Test("Every setting of the machine has one key, and no key is there twice") func complete() {
    for setting in ServerConfiguration.Setting.allCases {
      #expect(ServerKey.all.filter { $0.setting == setting }.count == 1, "\(setting)")
    }
    #expect(Set(ServerKey.all.map(\.name)).count == ServerKey.all.count)
  }

  @Test("Each key sets what it says") func values() throws {
    let settings = try read(
      """
      external: [192.0.2.1, "2001:db8::"]
      external-ports-by-address: {192.0.2.1: 2000-2999}
      unmapped-udp-ports: [53, 5350, 5351]
      protocol: [TCP, 17, sctp]
      reuse-delay: 0.5
      third-party-ids: [0a0B]
      rate-limit: none
      announce: false
      announcement-targets: [224.0.0.1, "192.0.2.9:99", "[ff02::1]:98"]
      update-intervals: [0.1]
      """)
    let machine = settings.machine
    #expect(machine.externalAddresses == [try address("192.0.2.1"), try address("2001:db8::")])
    #expect(machine.externalPortsByAddress == [try address("192.0.2.1"): 2000...2999])
    #expect(machine.unmappedUDPPorts == [53, 5350, 5351] && machine.protocols == [.tcp, .udp, .sctp])
    #expect(machine.reuseDelay == .milliseconds(500) && machine.updateIntervals == [.milliseconds(100)])
    #expect(machine.thirdPartyIDs == [[10, 11]] && machine.rateLimit == nil)
    #expect(
      machine.announcementTargets == [
        PeerAddress(try address("224.0.0.1"), port: 5350), PeerAddress(try address("192.0.2.9"), port: 99),
        PeerAddress(try address("ff02::1"), port: 98),
      ])
    #expect(settings.configuration.announcementCount == 0 && machine.announcementCount == 10)
  }

  @Test("Rules, static mappings and prefixes of a NAT64 are read whole") func tables() throws {
    let machine = try read(
      """
      external: [192.0.2.1]
      access:
        - {action: allow, source: 10.0.0.0/8, operations: [map, announce], protocol: udp, internal-ports: 80}
        - action: deny
          external-ports: 1024-2000
      static-mappings:
        - {protocol: udp, internal: 10.0.0.1, internal-port: 53, external: 192.0.2.1}
        - {protocol: any, internal: 10.0.0.2, internal-port: 0, external: 192.0.2.1, third-party-id: "01"}
      prefix64:
        - {prefix: 64:ff9b::/96, ipv4: [192.0.2.0/24]}
        - {prefix: "2001:db8::/32", suffix: 0102030405060708}
      rate-limit: {burst: 3}
      """
    ).machine
    #expect(
      machine.accessRules == [
        AccessRule(
          .allow, source: try prefix("10.0.0.0/8"), opcodes: [.map, .announce], protocol: .udp, internalPorts: 80...80),
        AccessRule(.deny, externalPorts: 1024...2000),
      ])
    let outer = try address("192.0.2.1")
    #expect(
      machine.staticMappings == [
        StaticMapping(
          InternalTuple(.udp, try address("10.0.0.1"), port: 53), to: ExternalTuple(.udp, outer, port: 53)),
        StaticMapping(
          InternalTuple(.any, try address("10.0.0.2"), port: 0, realm: [1]), to: ExternalTuple(.any, outer, port: 0)),
      ])
    let octets = try address("64:ff9b::").octets
    let network = IPv4Prefix(length: 24, address: IPv4Address(192, 0, 2, 0))
    #expect(
      machine.prefix64 == [
        Prefix64Option(
          prefix: Array(octets.prefix(12)), suffix: [], ipv4Prefixes: IPv4PrefixList(prefixes: [network])),
        Prefix64Option(prefix: [0x20, 0x01, 0x0D, 0xB8], suffix: [1, 2, 3, 4, 5, 6, 7, 8]),
      ])
    #expect(machine.rateLimit == RateLimit(burst: 3))
  }

  @Test(
    "Every fault is said, with its place",
    arguments: [
      ("external-prots: 1-2", ["pcp.yaml:1:1: error: there is no key 'external-prots'; did you mean 'external-ports'?"]),
      ("external-ports: 9-3", ["pcp.yaml:1:17: error: a range of ports, such as 1024-65535, is expected here, not '9-3'"]),
      ("backend: netfilter", ["pcp.yaml:1:10: error: memory or nftables is expected here, not 'netfilter'"]),
      (
        "port: 70000\nport: 5",
        [
          "pcp.yaml:1:7: error: a whole number from 0 to 65535 is expected here, not '70000'",
          "pcp.yaml:2:1: error: 'port' is there twice, first in line 1: leave one",
        ]
      ),
      (
        "access:\n  - action: permit\n    source: 10.0.0.0/33",
        [
          "pcp.yaml:2:13: error: allow or deny is expected here, not 'permit'",
          "pcp.yaml:3:13: error: an address, or one with the number of bits that count, such as 192.168.1.0/24, is expected here, "
            + "not '10.0.0.0/33'",
        ]
      ),
      (
        "access:\n  - source: 10.0.0.0/8\n    operation: [map]",
        [
          "pcp.yaml:2:5: error: 'action' is missing",
          "pcp.yaml:3:5: error: there is no key 'operation'; did you mean 'operations'?",
        ]
      ),
      (
        "prefix64:\n  - prefix: 64:ff9b::/95",
        [
          "pcp.yaml:2:5: error: a prefix of a NAT64 is one of IPv6, of 32, 40, 48, 56, 64 or 96 bits (RFC 6052 section 2.2), "
            + "not 64:ff9b::/95"
        ]
      ),
      // Between values, beside faults of others.
      (
        "# words\nmaximum-lifetime: 10\nprt: 1",
        [
          "pcp.yaml:2:1: error: the shortest lifetime is longer than the longest",
          "pcp.yaml:3:1: error: there is no key 'prt'; did you mean 'port'?",
        ]
      ),
      ("external: [192.0.2.1, 192.0.2.1]", ["pcp.yaml:1:23: error: the external address 192.0.2.1 is given twice"]),
      ("external: [192.0.2.1, ff02::1]", ["pcp.yaml:1:23: error: ff02::1 cannot be an external address"]),
      (
        "external-ports-by-address: {192.0.2.1: 0-5}",
        [
          "pcp.yaml:1:1: error: 0 is no external port",
          "pcp.yaml:1:1: error: 192.0.2.1 has a range of ports, and is no external address",
        ]
      ),
      // What was not read does not make others wrong.
      (
        "external: [x]\nexternal-ports-by-address: {192.0.2.1: 1-5}",
        [
          "pcp.yaml:1:12: error: an address, such as 192.0.2.1 or 2001:db8::1, is expected here, not 'x'"
        ]
      ),
      (
        "static-mappings:\n  - {protocol: tcp, internal: 10.0.0.1, internal-port: 0, external: 192.0.2.1, external-port: 8}",
        [
          "pcp.yaml:2:5: error: the static mapping of 10.0.0.1:0 has all ports at one end only"
        ]
      ),
      ("backend: nftables", ["pcp.yaml:1:1: error: the backend nftables needs an external-interface"]),
      (
        "pinholes: true\nkeep-table: true",
        [
          "pcp.yaml:1:1: error: pinholes needs the backend nftables",
          "pcp.yaml:2:1: error: keep-table needs the backend nftables",
        ]
      ),
      ("unmapped-udp-ports: []", ["pcp.yaml:1:1: error: the UDP ports 5350 and 5351 must not be mapped"]),
      ("rate-limit: {burst: 0}", ["pcp.yaml:1:21: error: a whole number from 1 on is expected here, not '0'"]),
      (
        "log-level: loud",
        [
          "pcp.yaml:1:12: error: trace, debug, info, notice, warning, error, critical is expected here, not 'loud'"
        ]
      ),
      (
        "third-party-ids: [abc]",
        [
          "pcp.yaml:1:19: error: octets as pairs of hexadecimal digits, such as 0a0b, is expected here, not 'abc'"
        ]
      ),
    ] as [(String, [String])])
  func refused(text: String, expected: [String]) throws {
    #expect(try faults(text) == expected)
  }

  @Test("The command line overrides the file, faults and all") func overridden() throws {
    let arguments = [
      "server", "--config", "pcp.yaml", "--port", "7", "--maximum-lifetime", "200", "--no-admin-socket", "--no-nat-pmp",
    ]
    let command = try #require(try Command.parseAsRoot(arguments) as? ServerCommand)
    let overrides = command.options.overrides
    let settings = try read("port: 6\nexternal: [192.0.2.1]\nadmin-socket: /x\nmaximum-lifetime: 10\n", overrides)
    #expect(settings.port == 7 && settings.machine.maximumLifetime == 200 && settings.adminSocket == .off)
    #expect(settings.machine.externalAddresses == [try address("192.0.2.1")] && !settings.machine.speaksNATPMP)
    #expect(try !read("nat-pmp: false").machine.speaksNATPMP)
    let speaking = try #require(try Command.parseAsRoot(["server", "--nat-pmp"]) as? ServerCommand)
    #expect(try read("nat-pmp: false", speaking.options.overrides).machine.speaksNATPMP)
    #expect(
      try faults("minimum-lifetime: 300", overrides) == [
        "pcp.yaml:1:1: error: the shortest lifetime is longer than the longest"
      ])
    var other = ServerOverrides()
    other.set("minimum-lifetime", UInt32(100_000)) { $0.machine.minimumLifetime = $1 }
    #expect(try faults("port: 1", other) == ["pcp: the shortest lifetime is longer than the longest"])
  }

  @Test("What a restart is needed for stays, and is named") func fixed() throws {
    let running = try read("port: 6\nstore: /a\nexternal: [192.0.2.1]")
    var changed = try read("port: 7\nexternal: [192.0.2.2]\nlog-level: debug\nannounce: false")
    #expect(changed.keepFixed(of: running) == ["port", "store", "log-level"])
    #expect(changed.port == 6 && changed.store == "/a" && changed.logLevel == .info)
    #expect(changed.machine.externalAddresses == [try address("192.0.2.2")] && !changed.announces)
  }

  @Test("A table for people has its fields below each other, and nothing in it that would move the cursor") func table() {
    #expect(columns([["A", "B"], ["long", "x"]]) == ["A     B", "long  x"])
    let host = IPv6Address(mapping: IPv4Address(10, 0, 0, 1))
    let mapping = Mapping(
      id: Mapping.ID(rawValue: 1), kind: .inbound, inner: InternalTuple(.tcp, host, port: 80),
      outer: ExternalTuple(.tcp, host, port: 8080), portCount: 4, nonce: MappingNonce([UInt8](repeating: 0, count: 12))!,
      filters: [FilterOption(prefixLength: 128, remotePeerPort: 9, remotePeerAddress: host)], words: WireString("a\u{1B}[2Jb"),
      requester: PeerAddress(host, port: 40000), expiresAt: .origin + .seconds(90))
    let report = MappingReport(mapping, at: .origin + .milliseconds(500))
    #expect(
      report.fields == [
        "MAP", "tcp", "10.0.0.1:80-83", "10.0.0.1:8080-8083", "-", "90 s", "10.0.0.1/32,9", "a\\u{1b}[2Jb", "10.0.0.1:40000",
      ])
  }

  @Test("A mapping says what made it; that of NAT-PMP, which has no nonce, that it is NAT-PMP's", arguments: [true, false])
  func madeByNATPMP(hasNonce: Bool) throws {
    let host = IPv6Address(mapping: IPv4Address(10, 0, 0, 1))
    let mapping = Mapping(
      id: Mapping.ID(rawValue: 1), kind: .inbound, inner: InternalTuple(.udp, host, port: 80),
      outer: ExternalTuple(.udp, host, port: 8080), nonce: hasNonce ? MappingNonce([UInt8](repeating: 7, count: 12)) : nil,
      requester: PeerAddress(host, port: 5350), expiresAt: .origin + .seconds(90))
    let report = MappingReport(mapping, at: .origin)
    #expect(report.operation == (hasNonce ? "map" : "nat-pmp") && report.fields[0] == (hasNonce ? "MAP" : "NAT-PMP"))
    #expect(report.fields.count == MappingReport.headings.count)
    let json = try JSONSerialization.jsonObject(with: JSONEncoder().encode(report)) as? [String: Any]
    #expect(
      json?.keys.sorted() == ["external", "filters", "id", "internal", "lifetime", "operation", "protocol", "requester"])
  }

  @Test("What has come of requests is said in words and numbers, the most first") func requests() {
    var endpoint = ServerEndpoint(
      ServerMachine(ServerConfiguration(externalAddresses: []), startedAt: .origin, random: SplitMix64(seed: 1)))
    let client = PeerAddress(IPv6Address(mapping: IPv4Address(10, 0, 0, 1)), port: 1)
    for octets in [[2], [1, 0], [3, 0], [0, 9], [2, 0x80]] as [[UInt8]] {
      _ = endpoint.receive(octets, from: client, to: nil, at: .origin)
    }
    let report = RequestReport(endpoint.counts, waiting: endpoint.waitingRequests)
    #expect(
      report.lines == [
        "requests: 5, of NAT-PMP 1; 0 granted, 0 waiting, 0 left to be sent again",
        "refused: 2 UNSUPP_VERSION, 1 UNSUPP_OPCODE", "dropped: 1 no requests, 1 too short",
      ])
    #expect(RequestReport(ServerCounts(), waiting: 0).lines.dropFirst() == ["refused: none", "dropped: none"])
  }
}

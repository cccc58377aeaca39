import Machine
import PCP
import PCPWire
import Testing
import Wire

@testable import PCPBackend

/// Which connections a change cuts.
@Suite("nftables: flows")
struct FlowTests {
  private static let inward =
    "udp      17 29 src=198.51.100.7 dst=192.0.2.1 sport=53 dport=4000 [UNREPLIED] src=10.1.0.2 dst=198.51.100.7 sport=5000 dport=53 mark=0 use=1"
  private static let outward =
    "udp      17 175 src=10.1.0.2 dst=198.51.100.7 sport=5000 dport=53 src=198.51.100.7 dst=192.0.2.1 sport=53 dport=4000 [ASSURED] mark=0 use=1"
  private static let stale =
    "udp      17 29 src=198.51.100.7 dst=192.0.2.1 sport=53 dport=4000 [UNREPLIED] src=192.0.2.1 dst=198.51.100.7 sport=4000 dport=53 mark=0 use=1"
  private static let router =
    "udp      17 29 src=198.51.100.7 dst=192.0.2.1 sport=53 dport=4000 src=192.0.2.1 dst=198.51.100.7 sport=4000 dport=53 mark=0 use=1"
  private static let others =
    "udp      17 29 src=10.1.0.9 dst=198.51.100.7 sport=5000 dport=53 src=198.51.100.7 dst=192.0.2.1 sport=53 dport=5000 mark=0 use=1"
  private static let all = [inward, outward, stale, router, others]

  /// The lines of flows that are cut.
  private func cut(
    _ steps: [MappingStep], _ lines: [String] = all, peers: [ExternalTuple: Set<PeerAddress>] = [:]
  ) throws -> [String] {
    try lines.filter { line in
      var cuts = FlowCuts(steps, peers: peers)
      cuts.examine(try #require(Flow(line)))
      return !cuts.deletions.isEmpty
    }
  }

  @Test("Lines of conntrack are read")
  func lines() throws {
    let flow = try #require(Flow(Self.inward))
    #expect(flow.protocol == .udp && !flow.isReplied)
    #expect(flow.original.source == PeerAddress(Sample.remote, port: 53))
    #expect(flow.original.destination == PeerAddress(Sample.outside, port: 4000))
    #expect(flow.reply.source == PeerAddress(Sample.host, port: 5000))
    let ping = Flow(
      "icmpv6   58 29 src=2001:db8::1 dst=2001:db8::2 type=128 code=0 id=7 src=2001:db8::2 dst=2001:db8::1 type=129 code=0 id=7 mark=0 use=1"
    )
    #expect(ping?.original.source == PeerAddress(Sample.address("2001:db8::1"), port: 0))
    for line in [
      "", "udp", "udp 17 29 src=1.2.3.4",
      "udp 17 29 src=x dst=y sport=1 dport=2 src=x dst=y",
      "udp 300 1 src=1.2.3.4 src=1.2.3.4",
    ] {
      #expect(Flow(line) == nil, "\(line)")
    }
  }

  @Test("A new mapping cuts what came to its port in vain, and nothing that is answered")
  func created() throws {
    #expect(try cut([MappingStep(after: Sample.inbound())]) == [Self.stale])
    #expect(try cut([MappingStep(after: Sample.inbound(1, .udp, port: 0, outerPort: 0))]) == [])
  }

  @Test("A mapping that goes cuts what went through it, both ways")
  func removed() throws {
    #expect(try cut([MappingStep(before: Sample.inbound())]) == [Self.inward, Self.outward])
    #expect(try cut([MappingStep(before: Sample.inbound(1, .udp, port: 5000, outerPort: 4001))]) == [])
    #expect(try cut([MappingStep(before: Sample.inbound(1, .tcp))]) == [])
    #expect(
      try cut([MappingStep(before: Sample.inbound(port: 4990, outerPort: 3990, portCount: 20))]) == [Self.inward, Self.outward])
  }

  @Test("PEER that goes cuts its remote peer's flows only, and one that stays keeps them")
  func peers() throws {
    let outer = ExternalTuple(.udp, Sample.outside, port: 4000)
    #expect(try cut([MappingStep(before: Sample.outbound())]) == [Self.inward, Self.outward])
    #expect(try cut([MappingStep(before: Sample.outbound(remotePort: 54))]) == [])
    let peers = [outer: Set([PeerAddress(Sample.remote, port: 53)])]
    #expect(try cut([MappingStep(before: Sample.inbound())], peers: peers) == [])
  }

  @Test("A filter cuts whom it keeps out")
  func filtered() throws {
    let before = Sample.inbound()
    let allowing = Sample.inbound(filters: [Sample.filter("198.51.100.0/24")])
    let refusing = Sample.inbound(filters: [Sample.filter("198.51.100.8")])
    #expect(try cut([MappingStep(before: before, after: allowing)]) == [])
    #expect(try cut([MappingStep(before: before, after: refusing)]) == [Self.inward])
  }

  @Test("A mapping whose outer end moves cuts what went through the old one")
  func moved() throws {
    let after = Sample.inbound(outer: Sample.address("192.0.2.2"))
    #expect(try cut([MappingStep(before: Sample.inbound(), after: after)]) == [Self.inward, Self.outward])
  }

  @Test("What is listed is no more than one mapping can concern")
  func selections() {
    #expect(
      FlowCuts([MappingStep(after: Sample.inbound())], peers: [:]).selections.map { $0.arguments.joined(separator: " ") }
        == ["-f ipv4 -p 17 --orig-dst 192.0.2.1 --orig-port-dst 4000"])
    #expect(
      FlowCuts([MappingStep(before: Sample.inbound())], peers: [:]).selections.map { $0.arguments.joined(separator: " ") }
        == [
          "-f ipv4 -p 17 --orig-dst 192.0.2.1 --orig-port-dst 4000", "-f ipv4 -p 17 --orig-src 10.1.0.2 --orig-port-src 5000",
        ])
    #expect(FlowCuts([MappingStep(after: Sample.pinhole())], peers: [:]).selections == [])
    let two = [MappingStep(before: Sample.inbound(1)), MappingStep(after: Sample.inbound(2, outerPort: 7))]
    #expect(FlowCuts(two, peers: [:]).selections.map { $0.arguments.joined(separator: " ") } == ["-f ipv4 -p 17"])
  }

  @Test("Many flows of one mapping are deleted at once, unless others would go with them")
  func deletions() throws {
    let lines = (1...3).map { Self.inward.replacing("198.51.100.7", with: "198.51.100.\($0)") }
    var cuts = FlowCuts([MappingStep(before: Sample.inbound())], peers: [:])
    for line in lines { cuts.examine(try #require(Flow(line))) }
    #expect(
      cuts.deletions.map { $0.arguments.joined(separator: " ") } == ["-f ipv4 -p 17 --orig-dst 192.0.2.1 --orig-port-dst 4000"])
    cuts.examine(try #require(Flow(Self.router)))
    #expect(cuts.deletions.count == 3)
    #expect(
      cuts.deletions[0].arguments.joined(separator: " ")
        == "-f ipv4 -p 17 --orig-src 198.51.100.1 --orig-port-src 53 --orig-dst 192.0.2.1 --orig-port-dst 4000")
  }

  @Test("What hosts have opened by themselves is told from what came in")
  func implicit() throws {
    let flows = try Self.all.map { try #require(Flow($0)) }
    let found = flows.compactMap { $0.implicitMapping(isTranslated: true) }
    #expect(found.map(\.inner.address) == [Sample.host, Sample.address("10.1.0.9")])
    #expect(found.first?.outer == ExternalTuple(.udp, Sample.outside, port: 4000))
    #expect(found.first?.remote == PeerAddress(Sample.remote, port: 53))
  }
}

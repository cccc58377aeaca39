import Foundation
import Machine
import NetworkSupport
import PCP
import PCPWire
import Testing
import Wire

@testable import PCPBackend

/// The backend by itself, in a network namespace: what the programs of the server cannot ask of it, or not so easily.
@Suite(
  "nftables: the backend", .serialized,
  .disabled(if: NetworkLab.isSkipped, "\(NetworkLab.skipVariable)=1: nobody has seen a packet pass"))
struct NFTablesBackendTests {
  private func lab(_ body: (NetworkLab, NFTablesBackend) async throws -> Void) async throws {
    let lab = try NetworkLab()
    defer { lab.close() }
    try await body(lab, backend(in: lab))
  }

  private func backend(in lab: NetworkLab) throws -> NFTablesBackend {
    try NFTablesBackend(NFTablesConfiguration(externalInterfaces: ["wan0"]), under: lab.netns(.router))
  }

  private func id(_ number: UInt64) -> Mapping.ID { Mapping.ID(rawValue: number) }

  @Test("Of a batch in which one mapping cannot be, the others are made; nothing is left of the one")
  func guilty() async throws {
    try await lab { lab, backend in
      _ = try await backend.reconcile(with: [])
      var mappings = (1...7).map { Sample.inbound($0, port: 5000 + UInt16($0), outerPort: 4000 + UInt16($0)) }
      // The outer end of the second, for another host.
      mappings[4] = Sample.inbound(5, inner: Sample.address("10.1.0.3"), outerPort: 4002, filters: [Sample.filter("192.0.2.10")])
      let outcomes = await backend.apply(mappings.map { .install($0) })
      for (index, outcome) in outcomes.enumerated() where index != 4 { #expect(outcome == .done) }
      guard case .failed(.networkFailure, _) = outcomes[4] else {
        Issue.record("\(outcomes[4])")
        return
      }
      let leftovers = try await NFTables(table: "wiregen_pcp", under: lab.netns(.router)).leftovers()
      #expect(Set(leftovers.map(\.outer.port)) == [4001, 4002, 4003, 4004, 4006, 4007])
      #expect(!(try lab.on(.router, ["nft", "list", "table", "inet", "wiregen_pcp"]).contains("10.1.0.3")))
      // What is gone already can be removed, and the rest with it.
      try lab.on(.router, ["nft", "flush", "map", "inet", "wiregen_pcp", "inward_port4"])
      #expect(await backend.apply(mappings.map { .remove($0) }) == Array(repeating: .done, count: 7))
      #expect(!(try lab.on(.router, ["nft", "list", "table", "inet", "wiregen_pcp"]).contains("elements")))
    }
  }

  @Test("Several ports, all ports of a protocol, and all protocols: the narrowest mapping counts")
  func scopes() async throws {
    try await lab { lab, backend in
      _ = try await backend.reconcile(with: [])
      let second = Sample.address("10.1.0.3")
      let outcomes = await backend.apply([
        .install(Sample.inbound(1, port: 5000, outerPort: 4000, portCount: 3)),
        .install(Sample.inbound(2, .udp, inner: second, port: 0, outerPort: 0, filters: [Sample.filter("192.0.2.10")])),
        .install(Sample.inbound(3, .any, port: 0, outerPort: 0)),
      ])
      #expect(outcomes == [.done, .done, .done])
      try lab.tell(.outside, "udp o 192.0.2.10 6000")
      try lab.tell(.outside, "udp p 192.0.2.11 6000")
      for offset in 0..<3 {
        try lab.tell(.client, "udp c\(offset) 10.1.0.2 \(5000 + offset)")
        try lab.tell(.outside, "send o x\(offset) 192.0.2.1 \(4000 + offset)")
        #expect(try lab.tell(.client, "receive c\(offset) 5") == "x\(offset) 192.0.2.10 6000")
      }
      for port in [4003, 5351] {
        try lab.tell(.second, "udp s\(port) 10.1.0.3 \(port)")
        try lab.tell(.outside, "send o x 192.0.2.1 \(port)")
        let isLeftAlone = port == 5351
        #expect(
          try lab.tell(.second, "receive s\(port) \(isLeftAlone ? 0.4 : 5)") == (isLeftAlone ? "nothing" : "x 192.0.2.10 6000"))
      }
      try lab.tell(.outside, "send p x 192.0.2.1 4003")
      #expect(try lab.tell(.second, "receive s4003 0.4") == "nothing")
      try lab.tell(.client, "listen l 10.1.0.2 2222")
      #expect(try lab.tell(.outside, "connect t 192.0.2.1 2222 192.0.2.11 6000 5") == "done")
      #expect(try lab.tell(.client, "accept a l 5") == "192.0.2.11 6000")
    }
  }

  @Test("A new run makes the table hold exactly what it is given; flows of mappings that go on are not cut")
  func reconcile() async throws {
    try await lab { lab, backend in
      let mappings = (1...3).map { Sample.inbound($0, port: 5000 + UInt16($0), outerPort: 4000 + UInt16($0)) }
      #expect(try await backend.reconcile(with: [mappings[0], mappings[1]]) == [:])
      try lab.tell(.outside, "udp o 192.0.2.10 6000")
      for number in 1...3 { try lab.tell(.client, "udp c\(number) 10.1.0.2 \(5000 + number)") }
      func receives(_ number: Int, isExpected: Bool = true) throws -> Bool {
        try lab.tell(.outside, "send o x 192.0.2.1 \(4000 + number)")
        return try lab.tell(.client, "receive c\(number) \(isExpected ? 5 : 0.4)") == "x 192.0.2.10 6000"
      }
      #expect(try receives(1))
      #expect(try receives(2))
      #expect(try !receives(3, isExpected: false))
      let impossible = Sample.inbound(9, outer: Sample.address("2001:db8::1"))
      let next = try self.backend(in: lab)
      #expect(try await next.reconcile(with: [mappings[1], mappings[2], impossible]).keys.map(\.rawValue) == [9])
      let leftovers = try await NFTables(table: "wiregen_pcp", under: lab.netns(.router)).leftovers()
      #expect(Set(leftovers.map(\.outer.port)) == [4002, 4003])
      let flows = try lab.on(.router, ["conntrack", "-L", "-p", "udp"])
      #expect(flows.contains("dport=4002") && !flows.contains("dport=4001") && !flows.contains("dport=4003"))
      #expect(try !receives(1, isExpected: false))
      #expect(try receives(2))
      #expect(try receives(3))
      try await next.removeAll()
      #expect(try lab.on(.router, ["nft", "list", "ruleset"]).isEmpty)
      #expect(try !receives(2, isExpected: false))
    }
  }

  @Test("What hosts have opened by themselves is found")
  func implicit() async throws {
    try await lab { lab, backend in
      _ = try await backend.reconcile(with: [])
      let script = "add table ip o\nadd chain ip o p { type nat hook postrouting priority srcnat; }\n"
      try lab.on(.router, ["nft", "-f", "-"], input: script + "add rule ip o p oifname \"wan0\" masquerade\n")
      try lab.tell(.client, "udp c 10.1.0.2 5000")
      try lab.tell(.client, "send c x 192.0.2.10 6000")
      let inner = InternalTuple(.udp, Sample.host, port: 5000)
      let remote = PeerAddress(Sample.address("192.0.2.10"), port: 6000)
      func lookup(_ inner: InternalTuple, _ remote: PeerAddress? = nil) -> ImplicitLookup {
        ImplicitLookup(token: ServerMachine.RequestToken(rawValue: 1), inner: inner, remote: remote)
      }
      let questions = [
        lookup(inner), lookup(inner, remote), lookup(inner, PeerAddress(remote.address, port: 6001)),
        lookup(InternalTuple(.tcp, Sample.host, port: 5000)),
      ]
      for found in [
        try await backend.implicitMappings(for: questions),
        try await backend.implicitMappings(for: [questions[0]]) + [nil, nil, nil],
      ] {
        #expect(found.map { $0?.inner }.first == inner)
        #expect(found[0]?.outer == ExternalTuple(.udp, Sample.outside, port: 5000) && found[0]?.remote == remote)
        #expect((1...30).contains(found[0]?.remainingSeconds ?? 0))
        #expect(found[2] == nil && found[3] == nil)
      }
      #expect(try await backend.implicitMappings(for: questions)[1]?.inner == inner)
    }
  }

  @Test("When flows cannot be cut, the change is taken back: nothing is half made")
  func uncut() async throws {
    try await lab { lab, _ in
      let flag = FileManager.default.temporaryDirectory.appending(path: "pcp-\(UUID().uuidString)")
      defer { try? FileManager.default.removeItem(at: flag) }
      let backend = try NFTablesBackend(
        NFTablesConfiguration(externalInterfaces: ["wan0"]),
        under: ["/usr/bin/env", "sh", "-c", Self.failing(flag, lab.netns(.router))])
      _ = try await backend.reconcile(with: [])
      let allowing = Sample.inbound(1, filters: [Sample.filter("192.0.2.10")])
      #expect(await backend.apply([.install(allowing)]) == [.done])
      try Data().write(to: flag)
      let outcomes = await backend.apply([
        .install(Sample.inbound(1, filters: [Sample.filter("192.0.2.11")])), .install(Sample.inbound(2, port: 1, outerPort: 1)),
      ])
      for outcome in outcomes {
        guard case .failed(.networkFailure, _) = outcome else {
          Issue.record("\(outcome)")
          continue
        }
      }
      let text = try lab.on(.router, ["nft", "list", "table", "inet", "wiregen_pcp"])
      #expect(text.contains("192.0.2.10") && !text.contains("192.0.2.11") && !text.contains(". 1 :"))
      guard case .failed = await backend.apply([.remove(allowing)])[0] else {
        Issue.record("removed, and its flows were not cut")
        return
      }
      try FileManager.default.removeItem(at: flag)
      #expect(await backend.apply([.remove(allowing)]) == [.done])
    }
  }

  /// A script that runs what it is given where `words` say, but no conntrack while there is a certain file.
  private static func failing(_ flag: URL, _ words: [String]) -> String {
    "case $0 in */conntrack) ! test -e \(flag.path) || exit 1;; esac; exec \(words.joined(separator: " ")) $0 \"$@\""
  }

  @Test("Want of room is told from other failures")
  func exhaustion() {
    #expect(NFTables.Complaint(reason: "Error: Could not process rule: Cannot allocate memory").isExhaustion)
    #expect(!NFTables.Complaint(reason: "Error: Could not process rule: File exists").isExhaustion)
  }

  @Test("Many mappings at once, and one more with them there")
  func many() async throws {
    try await lab { lab, backend in
      _ = try await backend.reconcile(with: [])
      let mappings = (1...3000).map { Sample.inbound($0, port: UInt16($0), outerPort: 4000 + UInt16($0)) }
      #expect(await backend.apply(mappings.map { .install($0) }).allSatisfy { $0 == .done })
      let clock = ContinuousClock()
      let time = await clock.measure {
        #expect(await backend.apply([.install(Sample.inbound(3001, port: 3001, outerPort: 8001))]) == [.done])
      }
      print("one mapping beside 3000: \(time)")
      #expect(await backend.apply(mappings.map { .remove($0) }).allSatisfy { $0 == .done })
      let leftovers = try await NFTables(table: "wiregen_pcp", under: lab.netns(.router)).leftovers()
      #expect(leftovers.map(\.outer.port) == [8001])
    }
  }
}

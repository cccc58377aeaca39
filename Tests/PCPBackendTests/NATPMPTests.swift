import Foundation
import NetworkSupport
import Testing
import VectorSupport

/// Another's client of NAT-PMP, Debian's `natpmpc`, and a server with nftables: what it is told, and what packets do.
@Suite(
  "NAT-PMP: natpmpc", .serialized,
  .disabled(if: NetworkLab.isSkipped, "\(NetworkLab.skipVariable)=1: natpmpc has not been asked"))
struct NATPMPTests {
  private func lab(_ body: @escaping @Sendable (NetworkLab) throws -> Void) async throws {
    try await inBackground {
      let lab = try NetworkLab([("natpmpc", "natpmpc")])
      defer { lab.close() }
      try body(lab)
    }
  }

  /// What `natpmpc` says.
  private func natpmpc(_ lab: NetworkLab, _ words: String = "", by host: NetworkLab.Host = .client) throws -> String {
    try lab.on(host, ["natpmpc", "-g", "10.1.0.1"] + words.split(separator: " ").map(String.init))
  }

  /// Asks for a mapping, or with a lifetime of 0 for its end: the answer's external port, internal port and lifetime.
  private func map(_ lab: NetworkLab, _ words: String, by host: NetworkLab.Host = .client) throws -> [Int] {
    let output = try natpmpc(lab, "-a " + words, by: host)
    let line = try #require(output.split(separator: "\n").first { $0.hasPrefix("Mapped public port ") }, "\(output)")
    return line.split(separator: " ").compactMap { Int($0) }
  }

  /// A datagram from outside to the external address: what the client gets of it.
  private func inbound(_ lab: NetworkLab, _ text: String, to port: Int, isExpected: Bool = true) throws -> String {
    try lab.tell(.outside, "send o \(text) 192.0.2.1 \(port)")
    return try lab.tell(.client, "receive c \(isExpected ? 5 : 0.4)")
  }

  @Test("The external address, and UDP through a mapping until it is deleted")
  func udp() async throws {
    try await lab { lab in
      try lab.serve()
      try lab.tell(.client, "udp c 10.1.0.2 5000")
      try lab.tell(.outside, "udp o 192.0.2.10 6000")
      #expect(try natpmpc(lab).contains("Public IP address : 192.0.2.1\n"))
      #expect(try map(lab, "4000 5000 udp 60") == [4000, 5000, 60])
      #expect(try inbound(lab, "one", to: 4000) == "one 192.0.2.10 6000")
      #expect(try map(lab, "0 5000 udp 0") == [0, 5000, 0])
      #expect(try inbound(lab, "two", to: 4000, isExpected: false) == "nothing")
    }
  }

  @Test("TCP through a mapping, and all of them deleted at once")
  func tcp() async throws {
    try await lab { lab in
      try lab.serve()
      try lab.tell(.client, "listen l 10.1.0.2 8080")
      for port in [8080, 8081, 8082] {
        #expect(try map(lab, "\(port) \(port) tcp 600") == [port, port, 600])
      }
      #expect(try lab.tell(.outside, "connect o 192.0.2.1 8080 192.0.2.10 6000 5") == "done")
      #expect(try lab.tell(.client, "accept c l 5") == "192.0.2.10 6000")
      #expect(try map(lab, "0 0 tcp 0") == [0, 0, 0])
      try lab.tell(.outside, "send o late")
      #expect(try lab.tell(.client, "receive c 0.4") == "nothing")
    }
  }

  @Test("Another host does not get the same port of the other transport, and PCP of the same host goes on with the mapping")
  func together() async throws {
    try await lab { lab in
      try lab.serve()
      #expect(try map(lab, "4000 5000 udp 600") == [4000, 5000, 600])
      let other = try map(lab, "4000 5000 tcp 600", by: .second)
      #expect(other.dropFirst() == [5000, 600] && other.first != 4000)
      let words = "--server 10.1.0.1 --protocol udp --internal-port 5000"
      let mapped = try lab.pcp(.client, "map \(words)")
      #expect(mapped.status == 0 && mapped.output.contains("mapped to 192.0.2.1:4000 "), "\(mapped.output)")
    }
  }
}

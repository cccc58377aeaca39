import DHCPv6Wire
import DiameterWire
import FuzzHarness
import RADIUSWire
import STUNWire
import Testing
import VectorSupport
import Wire

/// The code that is generated for protocols of others, held against the interpreter of the same schema.
@Suite("Protocols of others: generated code and interpreter agree")
struct GeneratedTests {
  @Test("STUN")
  func stun() throws {
    try check("stun", Properties<STUNMessage>(direction: "message", of: STUNProtocol.definition))
  }

  @Test("DHCPv6")
  func dhcpv6() throws {
    try check(
      "dhcpv6", Properties<DHCPv6Client>(direction: "client", of: DHCPv6Protocol.definition),
      Properties<DHCPv6Server>(direction: "server", of: DHCPv6Protocol.definition))
  }

  @Test("RADIUS")
  func radius() throws {
    try check(
      "radius", Properties<RADIUSRequest>(direction: "request", of: RADIUSProtocol.definition),
      Properties<RADIUSResponse>(direction: "response", of: RADIUSProtocol.definition))
  }

  @Test("Diameter")
  func diameter() throws {
    try check(
      "diameter", Properties<DiameterRequest>(direction: "request", of: DiameterProtocol.definition),
      Properties<DiameterAnswer>(direction: "answer", of: DiameterProtocol.definition))
  }

  /// Checks every message of a protocol, as it is, cut, and with octets changed; and what must be refused.
  private func check<each Value: WireMessages>(_ name: String, _ properties: repeat Properties<each Value>) throws {
    let foreign = try #require(ForeignProtocol.all.get().first { $0.name == name })
    for entry in foreign.cases {
      let variants = entry.vector.message == nil ? [] : Self.variants(of: entry.vector.octets)
      for octets in [entry.vector.octets] + variants {
        for property in repeat each properties { try property.check(octets, isThorough: true) }
      }
    }
  }

  /// A dozen octets of each message, and its start, where the header is.
  private static func variants(of octets: [UInt8]) -> [[UInt8]] {
    let step = max(1, octets.count / 12)
    let places = Set(0..<min(8, octets.count)).union(stride(from: 0, to: octets.count, by: step))
    return places.sorted().flatMap { place in
      var changed = octets
      changed[place] ^= ([0x01, 0x80, 0xFF] as [UInt8])[place % 3]
      return [Array(octets[..<place]), changed]
    }
  }
}

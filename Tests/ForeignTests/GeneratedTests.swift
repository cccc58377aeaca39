import DHCPv6Wire
import DiameterWire
import FuzzHarness
import RADIUSWire
import STUNWire
import Testing
import VectorSupport
import Wire
import WireText

/// The code that is generated for protocols of others, held against the interpreter of the same schema.
@Suite("Protocols of others: generated code and interpreter agree")
struct GeneratedTests {
  @Test("STUN")
  func stun() throws {
    try check("stun", Role<STUNMessage>("message", of: STUNProtocol.definition))
  }

  @Test("DHCPv6")
  func dhcpv6() throws {
    try check(
      "dhcpv6", Role<DHCPv6Client>("client", of: DHCPv6Protocol.definition),
      Role<DHCPv6Server>("server", of: DHCPv6Protocol.definition))
  }

  @Test("RADIUS")
  func radius() throws {
    try check(
      "radius", Role<RADIUSRequest>("request", of: RADIUSProtocol.definition),
      Role<RADIUSResponse>("response", of: RADIUSProtocol.definition))
  }

  @Test("Diameter")
  func diameter() throws {
    try check(
      "diameter", Role<DiameterRequest>("request", of: DiameterProtocol.definition),
      Role<DiameterAnswer>("answer", of: DiameterProtocol.definition))
  }

  /// Checks every message of a protocol: as it is, cut, and with octets changed; and those that must be refused.
  private func check<each Value: WireMessages>(_ file: String, _ roles: repeat Role<each Value>) throws {
    for vector in try Vector.read("\(file).txt", in: "Schemas/Messages") {
      var takers: [String] = []
      for role in repeat each roles {
        if let name = try role.check(vector) { takers.append(name) }
        for octets in Self.variants(of: vector.octets) { try role.properties.check(octets, isThorough: true) }
      }
      #expect(takers == [vector.message], "\(file): \(vector.name)")
    }
    for vector in try Vector.read("\(file).txt", in: "Schemas/Invalid") {
      for role in repeat each roles { try role.checkRefused(vector) }
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

/// What can arrive at a role, decoded by generated code.
private struct Role<Value: WireMessages>: Sendable {
  var properties: Properties<Value>
  private let direction: String

  init(_ direction: String, of definition: WireDefinition) {
    self.direction = direction
    properties = Properties(direction: direction, of: definition)
  }

  /// Checks what a message of another's should be; the name of ours, nil when it is none of this direction.
  func check(_ vector: Vector) throws -> String? {
    try properties.check(vector.octets, isThorough: true)
    guard let value = try? Value(decoding: vector.octets) else { return nil }
    #expect((try value.encoded() == vector.octets) == vector.isCanonical, "\(vector.name)")
    return try name(of: value.message, vector)
  }

  /// Checks that octets are refused as they must be.
  func checkRefused(_ vector: Vector) throws {
    guard vector.direction == direction else { return }
    try properties.check(vector.octets, isThorough: true)
    let error = #expect(throws: WireError.self, "\(vector.name)") { _ = try Value(decoding: vector.octets) }
    #expect(error?.kind.name == vector.kind && error?.offset == vector.offset, "\(vector.name): \(String(describing: error))")
    if let code = vector.error { #expect(error?.code.description == code, "\(vector.name): \(String(describing: error))") }
  }

  /// The message comes back from its JSON, which the interpreter writes and reads.
  private func name<Body: WireBody>(of message: Body, _ vector: Vector) throws -> String {
    #expect(try Body(json: message.json().text()) == message, "\(vector.name)")
    return "\(Body.wireName)"
  }
}

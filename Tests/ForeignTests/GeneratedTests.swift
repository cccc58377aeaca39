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
    try check("stun", Direction<STUNMessage>("message", of: BindingRequest.definition))
  }

  @Test("DHCPv6")
  func dhcpv6() throws {
    try check(
      "dhcpv6", Direction<DHCPv6Client>("client", of: Solicit.definition),
      Direction<DHCPv6Server>("server", of: Solicit.definition))
  }

  @Test("RADIUS")
  func radius() throws {
    try check(
      "radius", Direction<RADIUSRequest>("request", of: AccessRequest.definition),
      Direction<RADIUSResponse>("response", of: AccessRequest.definition))
  }

  @Test("Diameter")
  func diameter() throws {
    try check(
      "diameter", Direction<DiameterRequest>("request", of: DeviceWatchdogRequest.definition),
      Direction<DiameterAnswer>("answer", of: DeviceWatchdogRequest.definition))
  }

  /// Checks every message of a file: as it is, cut at every octet, and with every octet changed.
  private func check<each Value: WireMessages>(_ file: String, _ directions: repeat Direction<each Value>) throws {
    for vector in try Vector.read("\(file).txt", in: "Schemas/Messages") {
      var takers: [String] = []
      for direction in repeat each directions {
        if let name = try direction.check(vector) { takers.append(name) }
        for octets in Self.variants(of: vector.octets) { try direction.properties.check(octets, isThorough: true) }
      }
      #expect(takers == [vector.message], "\(file): \(vector.name)")
    }
  }

  private static func variants(of octets: [UInt8]) -> [[UInt8]] {
    var result: [[UInt8]] = []
    // Of long texts every octet is like the others.
    let step = max(1, octets.count / 200)
    for place in stride(from: 0, to: octets.count, by: step) {
      result.append(Array(octets[..<place]))
      for change: UInt8 in [0xFF, 1, 0x80] {
        var changed = octets
        changed[place] ^= change
        result.append(changed)
      }
    }
    return result
  }
}

/// What can arrive at a role, decoded by generated code.
private struct Direction<Value: WireMessages>: Sendable {
  var properties: Properties<Value>

  init(_ name: String, of definition: WireDefinition) {
    properties = Properties(direction: name, of: definition)
  }

  /// Checks what a message of another's should be; the name of ours, nil when it is none of this direction.
  func check(_ vector: Vector) throws -> String? {
    try properties.check(vector.octets, isThorough: true)
    guard let value = try? Value(decoding: vector.octets) else { return nil }
    #expect((try value.encoded() == vector.octets) == vector.isCanonical, "\(vector.name)")
    return try name(of: value.message, vector)
  }

  /// The message comes back from its JSON, which the interpreter writes and reads.
  private func name<Body: WireBody>(of message: Body, _ vector: Vector) throws -> String {
    #expect(try Body(json: message.json().text()) == message, "\(vector.name)")
    return "\(Body.wireName)"
  }
}

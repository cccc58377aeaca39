import DHCPv6Wire
import DiameterWire
import RADIUSWire
import STUNWire
import VectorSupport
import WireText

/// A protocol of others, of which Tests/Schemas has a schema, and messages that others have encoded.
struct ForeignProtocol: Sendable {
  /// That of its files.
  var name: String
  var dissector: Tshark.Dissector
  var map: FieldMap
  var interpreter: Interpreter
  /// Messages of others, and octets that break one rule each and the error they earn.
  var cases: [VectorCase]
  /// The messages.
  var vectors: [Vector]
  /// Members that the headers of elements give them.
  private let headerNames: Set<String>

  init(_ name: String, _ tested: VectorProtocol, _ dissector: Tshark.Dissector, _ map: FieldMap) throws {
    self.name = name
    self.dissector = dissector
    self.map = map
    interpreter = tested.interpreter
    let messages = try tested.cases(["\(name).txt"], in: "Schemas/Messages", sayValues: false)
    vectors = messages.map(\.vector)
    cases = try messages + tested.cases(["\(name).txt"], in: "Schemas/Invalid")
    let headers = interpreter.definition.families.filter(\.headerIsInBody).flatMap(\.header)
    headerNames = Set(headers.flatMap { [$0] + $0.group }.map(\.name).filter { !$0.isEmpty })
  }

  static let all: Result<[ForeignProtocol], any Error> = Result { [try stun, try dhcpv6, try radius, try diameter] }

  private static var stun: ForeignProtocol {
    get throws {
      try ForeignProtocol("stun", VectorProtocol(STUNProtocol.definition, STUNMessage.self), .init("stun", port: 3478), .stun)
    }
  }

  private static var dhcpv6: ForeignProtocol {
    get throws {
      let tested = VectorProtocol(DHCPv6Protocol.definition, DHCPv6Client.self, DHCPv6Server.self)
      return try ForeignProtocol("dhcpv6", tested, .init("dhcpv6", port: 547), .dhcpv6)
    }
  }

  private static var radius: ForeignProtocol {
    get throws {
      let tested = VectorProtocol(RADIUSProtocol.definition, RADIUSRequest.self, RADIUSResponse.self)
      return try ForeignProtocol("radius", tested, .init("radius", port: 1812), .radius)
    }
  }

  private static var diameter: ForeignProtocol {
    get throws {
      let tested = VectorProtocol(DiameterProtocol.definition, DiameterRequest.self, DiameterAnswer.self)
      return try ForeignProtocol("diameter", tested, .init("diameter", port: 3868, isTold: true), .diameter)
    }
  }

  /// What the interpreter makes of a message, of whatever direction; nil when it is none.
  func decoded(_ octets: [UInt8]) -> Decoded? {
    for direction in interpreter.definition.directions.indices {
      if let decoded = try? interpreter.decode(direction: direction, octets) { return decoded }
    }
    return nil
  }

  /// Whether a message says how many octets it has.
  var saysItsLength: Bool { name != "dhcpv6" }

  /// Whether every error has a place in the octets, a path and, where the protocol has codes for errors, one of these.
  func isWrong(_ violations: [Violation], _ octets: [UInt8]) -> Bool {
    violations.allSatisfy { violation in
      let hasCode = violation.code != nil || interpreter.definition.errorCodes == nil
      return hasCode && 0...octets.count ~= violation.offset && !violation.path.isEmpty
    }
  }

  /// Whether a part of an element is one of its header, and not of its own.
  func isOfHeader(_ part: WireTree.Node) -> Bool {
    if part.role == .header { return true }
    let names = part.children.isEmpty ? [part.name] : part.children.filter { $0.role != .reserved }.map(\.name)
    return names.allSatisfy { headerNames.contains($0) }
  }

  /// Index of the direction of a message.
  func direction(of message: String) -> Int? {
    interpreter.body(named: message).flatMap { interpreter.definition.bodies[$0].message?.direction }
  }
}

extension Member {
  /// What a group of bits is made of.
  fileprivate var group: [Member] {
    if case .bits(_, _, let members) = kind { return members }
    return []
  }
}

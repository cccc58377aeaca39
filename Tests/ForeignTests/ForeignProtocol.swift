import Foundation
import VectorSupport
import WireText
import WiregenCore

/// A protocol of others, of which Tests/Schemas has a schema, and messages that others have encoded.
struct ForeignProtocol: Sendable {
  /// That of its files.
  var name: String
  var dissector: Tshark.Dissector
  var map: FieldMap
  var interpreter: Interpreter
  var vectors: [Vector]
  /// Octets that break one rule each, and the error they earn.
  var invalid: [Vector]
  /// Members that the headers of elements give them.
  private let headerNames: Set<String>

  init(_ name: String, _ dissector: Tshark.Dissector, _ map: FieldMap) throws {
    self.name = name
    self.dissector = dissector
    self.map = map
    vectors = try Vector.read("\(name).txt", in: "Schemas/Messages")
    invalid = try Vector.read("\(name).txt", in: "Schemas/Invalid")
    interpreter = try Self.interpreter(of: name)
    let headers = interpreter.definition.families.filter(\.headerIsInBody).flatMap(\.header)
    headerNames = Set(headers.flatMap { [$0] + $0.group }.map(\.name).filter { !$0.isEmpty })
  }

  private static func interpreter(of name: String) throws -> Interpreter {
    let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().appending(path: "Schemas")
    let diagnostics = Diagnostics()
    var loader = SchemaLoader(diagnostics: diagnostics) { FileManager.default.contents(atPath: $0).map { [UInt8]($0) } }
    let loaded = loader.load(folder.appending(path: "\(name).xml").path)
    guard let schema = loaded.flatMap({ Resolver.resolve($0, diagnostics: diagnostics) }), !diagnostics.hasErrors else {
      throw Tshark.Failure(description: diagnostics.sorted.map(\.description).joined(separator: "\n"))
    }
    return Interpreter(schema.definition)
  }

  static let all: Result<[ForeignProtocol], any Error> = Result {
    [
      try ForeignProtocol("stun", .init("stun", port: 3478), .stun),
      try ForeignProtocol("dhcpv6", .init("dhcpv6", port: 547), .dhcpv6),
      try ForeignProtocol("radius", .init("radius", port: 1812), .radius),
      try ForeignProtocol("diameter", .init("diameter", port: 3868, isTold: true), .diameter),
    ]
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

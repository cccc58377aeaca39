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

  init(_ name: String, _ dissector: Tshark.Dissector, _ map: FieldMap) throws {
    self.name = name
    self.dissector = dissector
    self.map = map
    vectors = try Vector.read("\(name).txt", in: "Schemas/Messages")
    interpreter = try Self.interpreter(of: name)
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

  /// Index of the direction of a message.
  func direction(of message: String) -> Int? {
    interpreter.body(named: message).flatMap { interpreter.definition.bodies[$0].message?.direction }
  }
}

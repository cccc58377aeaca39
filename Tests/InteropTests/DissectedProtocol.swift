import Foundation
import VectorSupport
import Wire
import WireText
import WiregenCore

/// A schema with the interpreter of it, and its dissector as a file that tshark loads.
final class DissectedProtocol {
  static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()
  /// No dissector of Wireshark's own has it.
  static let port: UInt16 = 45351

  let schema: ResolvedSchema
  let interpreter: Interpreter
  let names: DissectorNames
  let script: URL

  var definition: ProtocolDefinition { schema.definition }

  /// - Parameter path: of the schema, from the root of the repository.
  convenience init(_ path: String) throws {
    try self.init(Self.root.appendingPathComponent(path).path) { path in
      FileManager.default.contents(atPath: path).map { [UInt8]($0) }
    }
  }

  /// - Parameter content: of a protocol that stands alone.
  convenience init(content: String) throws {
    let text = "<protocol xmlns=\"urn:wiregen:schema:1\" name=\"Alone\" language=\"1\">\(content)</protocol>"
    try self.init("alone.xml") { $0 == "alone.xml" ? Array(text.utf8) : nil }
  }

  private init(_ path: String, read: @escaping SchemaLoader.ReadFile) throws {
    let diagnostics = Diagnostics()
    var loader = SchemaLoader(diagnostics: diagnostics, read: read)
    guard let loaded = loader.load(path), let schema = Resolver.resolve(loaded, diagnostics: diagnostics),
      let dissector = Dissector(schema)
    else { throw Tshark.Failure(description: "\(path): \(diagnostics.sorted)") }
    self.schema = schema
    interpreter = Interpreter(schema.definition)
    names = dissector.names
    script = FileManager.default.temporaryDirectory.appendingPathComponent("wiregen-\(UUID().uuidString).lua")
    try Data(dissector.text(schemaName: path).utf8).write(to: script)
  }

  deinit { try? FileManager.default.removeItem(at: script) }

  /// What tshark is told to use it.
  ///
  /// - Parameter direction: of the messages; nil to go by ports and octets.
  func dissector(direction: String? = nil, port: UInt16 = DissectedProtocol.port) -> Tshark.Dissector {
    var arguments = ["-X", "lua_script:\(script.path)"]
    if let direction, definition.directions.count > 1 { arguments += ["-o", "\(names.layer).direction:\(direction)"] }
    return Tshark.Dissector(names.layer, port: port, isTold: true, arguments: arguments)
  }

  /// What our dissector makes of octets that travel in a direction.
  func dissect(_ octets: [[UInt8]], direction: String) throws -> [Dissection] {
    let messages = octets.enumerated().map { CapturedMessage("\($0.offset)", $0.element, from: .client) }
    return try Tshark.dissect(messages, as: dissector(direction: direction))
  }
}

/// Octets that a dissector is shown, with the direction in which they travel.
struct DissectedCase: Sendable {
  var name: String
  var direction: String
  var octets: [UInt8]
  var isValid: Bool
}

extension DissectedProtocol {
  /// Most octets that are sent in one packet.
  static let largest = 65_000

  /// The vectors of a file, and whether they are messages.
  func cases(_ file: String, in folder: String) throws -> [DissectedCase] {
    try Vector.read(file, in: folder).compactMap { vector in
      guard vector.octets.count <= Self.largest else { return nil }
      var direction = vector.direction
      if let body = vector.message.flatMap({ interpreter.body(named: $0) }), let message = definition.bodies[body].message {
        direction = definition.directions[message.direction]
      }
      guard let direction else { throw Tshark.Failure(description: "\(file):\(vector.line): of no direction") }
      return DissectedCase(
        name: "\(file):\(vector.line) \(vector.name)", direction: direction, octets: vector.octets,
        isValid: vector.message != nil)
    }
  }

  /// The samples of messages that the schema has.
  var samples: [DissectedCase] {
    schema.samples.compactMap { sample in
      guard let message = definition.bodies[sample.body].message else { return nil }
      return DissectedCase(
        name: "\(definition.bodies[sample.body].name).\(sample.name)", direction: definition.directions[message.direction],
        octets: sample.octets, isValid: sample.failure == nil)
    }
  }

  /// Messages that are drawn at random, most of them valid; the same ones each time.
  func drawn(_ count: Int) -> [DissectedCase] {
    (0..<count).compactMap { seed in
      let message = definition.messages[seed % definition.messages.count]
      var maker = SampleMaker(interpreter, seed: UInt64(seed))
      guard let octets = maker.octets(of: message), octets.count <= Self.largest, let traits = definition.bodies[message].message
      else { return nil }
      return DissectedCase(
        name: "\(definition.bodies[message].name), seed \(seed)", direction: definition.directions[traits.direction],
        octets: octets, isValid: interpreter.violations(message, octets).isEmpty)
    }
  }
}

import Wire
import WireText

/// A protocol that vectors are held against: the code that is generated for it, and the interpreter of its definition.
public struct VectorProtocol: Sendable {
  public let definition: WireDefinition
  public let interpreter: Interpreter
  /// The messages of each direction, in the order of the schema.
  public let directions: [(name: String, messages: any WireMessages.Type)]
  /// Whether the octets of a message may be one of another direction too, since both ends send the like.
  public let directionsOverlap: Bool

  /// - Parameter messages: the enum of each direction's messages, `PCPRequest.self` and `PCPResponse.self`. What is a message of
  ///   one must be none of another, unless directions overlap; leave out a direction that takes whatever comes.
  public init(_ definition: WireDefinition, _ messages: any WireMessages.Type..., directionsOverlap: Bool = false) {
    let interpreter = WireTextProtocol.of(definition).interpreter
    (self.definition, self.interpreter, self.directionsOverlap) = (definition, interpreter, directionsOverlap)
    directions = interpreter.definition.directions.compactMap { name in
      let type = interpreter.definition.name + name.prefix(1).uppercased() + name.dropFirst()
      return messages.first { "\($0.wireName)" == type }.map { (name, $0) }
    }
  }

  /// Every vector of files under Tests/Vectors, or another folder of Tests.
  ///
  /// - Parameter sayValues: whether vectors list every value that their octets have.
  public func cases(_ files: [String], in folder: String = "Vectors", sayValues: Bool = true) throws -> [VectorCase] {
    try files.flatMap { file in
      try Vector.read(file, in: folder).map { VectorCase(file: file, vector: $0, tested: self, saysValues: sayValues) }
    }
  }

  fileprivate func messages(named direction: String) -> (any WireMessages.Type)? {
    directions.first { $0.name == direction }?.messages
  }
}

/// A vector, where it is from and what it is of: the argument of a test.
public struct VectorCase: Sendable, CustomStringConvertible {
  public let file: String
  public let vector: Vector
  public let tested: VectorProtocol
  /// Whether the vector lists every value that its octets have.
  public let saysValues: Bool

  public var description: String { "\(file):\(vector.line) \(vector.name)" }

  /// Whose octets they are: that of the message, or the one that the vector names; nil when there is no such.
  public var direction: String? {
    guard let name = vector.message else { return vector.direction }
    let definition = tested.interpreter.definition
    let body = tested.interpreter.body(named: name)
    return body.flatMap { definition.bodies[$0].message }.map { definition.directions[$0.direction] }
  }

  /// In what generated code and the interpreter do not do what the vector says, a line each; empty when they do all of it.
  ///
  /// Octets of a message decode to it and to no other, have the values that are listed, and are encoded again; those that must
  /// be refused are, in the words of the vector.
  public func problems() -> [String] {
    let check = VectorCheck(entry: self)
    check.attempt { if let name = vector.message { try check.message(name) } else { try check.refusal() } }
    return check.problems
  }
}

/// Collects what is wrong with one vector.
private final class VectorCheck {
  let entry: VectorCase
  private(set) var problems: [String] = []

  private var vector: Vector { entry.vector }
  private var interpreter: Interpreter { entry.tested.interpreter }

  init(entry: VectorCase) { self.entry = entry }

  /// What is thrown is a problem too.
  func attempt(_ body: () throws -> Void) {
    do { try body() } catch { problems.append("\(error)") }
  }

  private func expect(_ isTrue: Bool, _ problem: @autoclosure () -> String) {
    if !isTrue { problems.append(problem()) }
  }
}

// MARK: - Octets of a message

extension VectorCheck {
  func message(_ name: String) throws {
    guard let body = interpreter.body(named: name), let traits = interpreter.definition.bodies[body].message else {
      throw VectorFileError(description: "the schema has no message '\(name)'")
    }
    let direction = interpreter.definition.directions[traits.direction]
    for other in entry.tested.directions {
      if other.name == direction {
        attempt { try generated(other.messages, name) }
      } else if !entry.tested.directionsOverlap {
        let taken = try? other.messages.init(decoding: vector.octets, .strict)
        expect(taken == nil, "direction '\(other.name)' takes it as well")
      }
    }
    expect(entry.tested.messages(named: direction) != nil, "direction '\(direction)' has no generated code here")
    try interpreted(body, traits.direction)
  }

  private func generated<Messages: WireMessages>(_ type: Messages.Type, _ name: String) throws {
    let value = try Messages(decoding: vector.octets)
    let encoded = try value.encoded()
    expect(encoded == vector.octets || !vector.isCanonical, "encodes to \(encoded.hexadecimal)")
    expect(encoded != vector.octets || vector.isCanonical, "is encoded as it is, and said not to be canonical")
    expect(value.encodedSize == encoded.count, "encodedSize is \(value.encodedSize), but \(encoded.count) are written")
    expect(try Messages(decoding: encoded) == value, "what was encoded decodes to another value")
    expect(Messages.violations(in: vector.octets).isEmpty, "there are violations: \(Messages.violations(in: vector.octets))")
    try body(value.message, name)
  }

  private func body<Body: WireBody>(_ value: Body, _ name: String) throws {
    expect("\(Body.wireName)" == name, "is a \(Body.wireName)")
    expect(try Body(decoding: vector.octets) == value, "is another value when it is decoded as a \(name)")
    expect(Body.violations(in: vector.octets).isEmpty, "there are violations: \(Body.violations(in: vector.octets))")
    expect(try Body.isCanonical(vector.octets) == vector.isCanonical, "isCanonical is wrong")
    expect(try Body(json: value.json().text()) == value, "JSON does not come back as it was")
    expect(!(try value.dump()).isEmpty, "the dump is empty")
  }

  private func interpreted(_ body: Int, _ direction: Int) throws {
    let decoded = try interpreter.decode(direction: direction, vector.octets)
    expect(decoded.body == body, "the interpreter takes it for a \(interpreter.definition.bodies[decoded.body].name)")
    let octets = try interpreter.encode(decoded.body, decoded.tree.value)
    expect((octets == vector.octets) == vector.isCanonical, "the interpreter encodes it to \(octets.hexadecimal)")
    let again = try interpreter.decode(direction: direction, octets)
    expect(again.tree.value == decoded.tree.value, "what the interpreter encodes it to decodes to another value")
    guard entry.saysValues else { return }
    var leaves = decoded.json(interpreter).leaves()
    expect(leaves.removeValue(forKey: "message") != nil, "its JSON does not say which message it is")
    for (path, text) in vector.expectations {
      let expected = try JSONValue(parsing: text)
      let found = leaves.removeValue(forKey: path)
      expect(found == expected, "\(path) is \(found.map { "\($0.text())" } ?? "not there"), not \(text)")
    }
    expect(leaves.isEmpty, "the vector does not mention \(leaves.keys.sorted())")
  }
}

// MARK: - Octets that must be refused

extension VectorCheck {
  func refusal() throws {
    let name = vector.direction ?? "none"
    guard let direction = interpreter.direction(named: name), let messages = entry.tested.messages(named: name) else {
      throw VectorFileError(description: "there is no direction '\(name)'; it must say whose octets it refuses")
    }
    generated(messages)
    do throws(Violation) {
      let decoded = try interpreter.decode(direction: direction, vector.octets)
      problems.append("the interpreter decodes it, as a \(interpreter.definition.bodies[decoded.body].name)")
    } catch {
      let code = error.code.map { error.codeLabel ?? "\($0)" }
      compare("the interpreter", error.kind.name, "\(error.offset)", error.member, code)
      let first = interpreter.violations(direction: direction, vector.octets).first
      expect(first == error, "the interpreter's first violation is \(first.map { "\($0)" } ?? "none"), not \(error)")
    }
  }

  private func generated<Messages: WireMessages>(_ type: Messages.Type) {
    do throws(WireError) {
      let value = try Messages(decoding: vector.octets)
      problems.append("decodes, as \(value)")
    } catch {
      let member = error.path.description.split(separator: ".", maxSplits: 1).dropFirst().first ?? ""
      let code = error.code.value == nil ? nil : error.code.description
      compare("generated code", error.kind.name, "\(error.offset)", String(member), code)
      let first = Messages.violations(in: vector.octets).first
      expect(first == error, "the first violation is \(first.map { "\($0)" } ?? "none"), not \(error)")
    }
  }

  /// What the vector does not say may be anything, but for the protocol's code.
  private func compare(_ who: String, _ kind: String, _ offset: String, _ member: String, _ code: String?) {
    let pairs = [
      ("kind", kind, vector.kind ?? kind), ("offset", offset, vector.offset.map { "\($0)" } ?? offset),
      ("at", member, vector.member ?? member), ("error", code ?? "none", vector.error ?? "none"),
    ]
    for (key, found, wanted) in pairs {
      expect(found == wanted, "\(key) is '\(found)' by \(who), not '\(wanted)'")
    }
  }
}

extension [UInt8] {
  /// Two digits an octet.
  public var hexadecimal: String { map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined() }
}

extension JSONValue {
  /// Every leaf by its path, as vectors write it: empty objects and arrays are leaves too.
  fileprivate func leaves(_ path: String = "") -> [String: JSONValue] {
    switch content {
    case .object(let entries) where !entries.isEmpty:
      return entries.reduce(into: [:]) { result, entry in
        let name = path.isEmpty ? entry.key : "\(path).\(entry.key)"
        result.merge(entry.value.leaves(name)) { first, _ in first }
      }
    case .array(let items) where !items.isEmpty:
      return items.enumerated().reduce(into: [:]) { result, item in
        result.merge(item.element.leaves("\(path)[\(item.offset)]")) { first, _ in first }
      }
    default: return [path: self]
    }
  }
}

import ArgumentParser
import WireText
import WiregenCore

/// What the commands have in common that read messages of a schema, with no build.
struct MessageArguments: ParsableArguments {
  @Argument(help: ArgumentHelp("The schema file.", valueName: "schema"))
  var schema: String

  @Option(
    help: ArgumentHelp(
      "The message, struct or element body that it is; by default the message whose matches hold.", valueName: "name"))
  var message: String?

  @Option(help: ArgumentHelp("The direction that the message is of.", valueName: "name"))
  var direction: String?

  @Option(
    help: ArgumentHelp("An extension of the schema, whose elements are known then.", valueName: "file"))
  var extend: [String] = []

  @Option(name: [.customShort("I"), .long], help: "A folder to look in for the protocol an extension is of.")
  var include: [String] = []

  /// The schema, read, and what these arguments say of its messages.
  func read() throws -> MessageProtocol {
    let (_, resolved) = try SchemaSource.resolve(schema, folders: include, merging: extend)
    return try MessageProtocol(Interpreter(resolved.definition), message: message, direction: direction)
  }
}

/// A protocol, and which of its messages are asked for.
struct MessageProtocol {
  let interpreter: Interpreter
  /// Index in `definition.bodies` of the only one there is.
  let body: Int?
  /// Index in `definition.directions` of the only one there is.
  let direction: Int?

  var definition: ProtocolDefinition { interpreter.definition }

  init(_ interpreter: Interpreter, message: String?, direction: String?) throws {
    self.interpreter = interpreter
    let definition = interpreter.definition
    body = try message.map { name in
      guard let body = interpreter.body(named: name) else {
        let names = definition.messages.map { definition.bodies[$0].name }
        throw ValidationError(
          "there is no message '\(name)' in \(definition.name); there are \(names.joined(separator: ", "))")
      }
      return body
    }
    self.direction = try direction.map { name in
      guard let direction = interpreter.direction(named: name) else {
        let names = definition.directions.joined(separator: ", ")
        throw ValidationError("there is no direction '\(name)' in \(definition.name); there are \(names)")
      }
      return direction
    }
  }

  /// The body that octets are of: the one asked for, or the one message whose matches hold.
  ///
  /// - Throws: a violation when they are no message; a usage error when they may be several.
  func choose(_ octets: [UInt8]) throws -> Int {
    if let body { return body }
    let directions = direction.map { [$0] } ?? Array(definition.directions.indices)
    let first = try interpreter.chooseMessage(directions: directions, octets)
    let found = directions.compactMap { try? interpreter.chooseMessage(direction: $0, octets) }
    guard found.count > 1 else { return first }
    // Of messages that the matches do not tell apart, one may be the only one to decode.
    let valid = found.filter { interpreter.violations($0, octets).isEmpty }
    if valid.count == 1 { return valid[0] }
    let names = found.map { body in
      "\(definition.bodies[body].name) (\(definition.directions[definition.bodies[body].message?.direction ?? 0]))"
    }
    throw ValidationError("it may be \(names.joined(separator: " or ")): say which with --message or --direction")
  }
}

extension MessageProtocol {
  /// The octets of a message in JSON, which names it unless the arguments do.
  ///
  /// - Parameter name: of the file; what is wrong is printed with it, and ends the program.
  func octets(json text: [UInt8], _ name: String) throws -> [UInt8] {
    do {
      return try octets(json: try JSONValue(parsing: text))
    } catch let error as JSONError {
      Files.printError("\(name):\(max(1, error.line)):\(max(1, error.column)): error: \(error.message)")
    } catch let violation as Violation {
      Files.printError("\(name): error: \(violation)")
    }
    throw SchemaSource.isWrong
  }

  private func octets(json: JSONValue) throws -> [UInt8] {
    guard let body, json["message"] == nil else {
      let (body, value) = try interpreter.message(fromJSON: json)
      try checkAskedFor(body, json)
      return try interpreter.encode(body, value)
    }
    return try interpreter.encode(body, try interpreter.value(of: body, fromJSON: json))
  }

  /// The JSON must not be of another message than the arguments say.
  private func checkAskedFor(_ given: Int, _ json: JSONValue) throws(JSONError) {
    let name = json["message"] ?? json
    if let body, body != given {
      throw JSONError(line: name.line, column: name.column, message: "a \(definition.bodies[body].name) expected")
    }
    if let direction, definition.bodies[given].message?.direction != direction {
      let wanted = definition.directions[direction]
      throw JSONError(line: name.line, column: name.column, message: "a message of direction '\(wanted)' expected")
    }
  }
}

/// Octets given to a command.
enum MessageInput {
  /// What a file has, or standard input for `-`.
  static func octets(_ path: String) throws -> [UInt8] {
    guard let octets = Files.read(path == "-" ? "/dev/stdin" : path) else {
      throw CommandFailure(message: "\(path): error: the file cannot be read")
    }
    return octets
  }

  static func octets(hexadecimal text: String) throws -> [UInt8] {
    guard let octets = parseHexadecimal(text) else {
      throw ValidationError("'\(text)' must be pairs of hexadecimal digits; white space is free")
    }
    return octets
  }
}

import Wire

extension WireBody {
  /// Octets of this type as a person reads them: offset, octets, field and meaning, one line a member, with what is
  /// wrong below the member it concerns.
  ///
  /// - Parameter extensions: whose elements are told by name.
  public static func annotation(
    of octets: [UInt8], extensions: ExtensionRegistry = ExtensionRegistry()
  ) -> String {
    let text = WireTextProtocol.of(definition, extensions: extensions)
    guard let body = text.interpreter.body(named: "\(wireName)") else { return hexadecimal(octets) }
    return text.interpreter.annotation(body, octets)
  }

  /// The value from JSON, in the form that `json()` gives.
  ///
  /// - Parameter extensions: whose elements the JSON may name; the value keeps them as unknown ones.
  /// - Throws: `JSONError` with line and column where the text is not JSON or not this type, `WireError` when it is a
  ///   value that cannot be encoded.
  public init(json text: String, extensions: ExtensionRegistry = ExtensionRegistry()) throws {
    let parsed = try JSONValue(parsing: text)
    let interpreter = WireTextProtocol.of(Self.definition, extensions: extensions).interpreter
    let name = "\(Self.wireName)"
    guard let body = interpreter.body(named: name) else { throw JSONError(parsed, "unknown type '\(name)'") }
    let value: WireValue
    if interpreter.definition.bodies[body].message != nil {
      let message = try interpreter.message(fromJSON: parsed)
      guard message.body == body else { throw JSONError(parsed, "a \(name) expected") }
      value = message.value
    } else {
      value = try interpreter.value(of: body, fromJSON: parsed)
    }
    try self.init(decoding: try interpreter.encode(body, value, checked: false), extensions: extensions)
  }

  /// The value as JSON: for a message an object that starts with its name.
  ///
  /// - Parameter extensions: whose elements are given by name.
  /// - Throws: when the value cannot be encoded, or an extension's element in it is not valid.
  public func json(extensions: ExtensionRegistry = ExtensionRegistry()) throws -> JSONValue {
    let (interpreter, decoded) = try decoded(extensions)
    return decoded.json(interpreter)
  }

  /// The value for a person: a line for each field, with names and units.
  ///
  /// - Parameter extensions: whose elements are told by name.
  /// - Throws: when the value cannot be encoded, or an extension's element in it is not valid.
  public func dump(extensions: ExtensionRegistry = ExtensionRegistry()) throws -> String {
    try decoded(extensions).1.tree.dump()
  }

  private func decoded(_ extensions: ExtensionRegistry) throws -> (Interpreter, Decoded) {
    let interpreter = WireTextProtocol.of(Self.definition, extensions: extensions).interpreter
    guard let body = interpreter.body(named: "\(Self.wireName)") else { throw Self.encodingFailure(.mismatch) }
    return (interpreter, try interpreter.decode(body, try encoded(), mode: .lenient))
  }
}

extension WireMessages {
  /// The message as JSON: an object that starts with its name.
  ///
  /// - Parameter extensions: whose elements are given by name.
  /// - Throws: when the message cannot be encoded, or an extension's element in it is not valid.
  public func json(extensions: ExtensionRegistry = ExtensionRegistry()) throws -> JSONValue {
    try message.json(extensions: extensions)
  }

  /// The message for a person: a line for each field, with names and units.
  ///
  /// - Parameter extensions: whose elements are told by name.
  /// - Throws: when the message cannot be encoded, or an extension's element in it is not valid.
  public func dump(extensions: ExtensionRegistry = ExtensionRegistry()) throws -> String {
    try message.dump(extensions: extensions)
  }
}

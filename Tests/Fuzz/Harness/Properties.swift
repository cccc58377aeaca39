import Wire
import WireText

/// A property that octets should have and have not.
public struct PropertyFailure: Error, CustomStringConvertible {
  public var description: String

  init(_ property: String) { description = property }
}

/// What must hold for any octets at all, for one type that decodes them.
///
/// That decoding neither traps nor hangs is the first of it, and needs no words: it shows by itself.
public struct Properties<Value: Hashable & Sendable>: Sendable {
  /// The type's name, for reports.
  public let name: String
  let decode: @Sendable ([UInt8], Check.Mode) throws(WireError) -> Value
  let violations: @Sendable ([UInt8]) -> [WireError]
  let size: @Sendable (Value) -> Int
  let encode: @Sendable (Value) throws(WireError) -> [UInt8]
  let encodeUnchecked: @Sendable (Value) throws(WireError) -> [UInt8]
  let body: @Sendable (Value) -> any WireBody
  let interpreter: Interpreter
  let interpret: @Sendable ([UInt8], Check.Mode) throws(Violation) -> Decoded
  let interpretedViolations: @Sendable ([UInt8]) -> [Violation]
}

extension Properties where Value: WireMessages {
  /// The properties of the messages of a direction.
  public init(direction: String, of definition: WireDefinition) {
    let interpreter = WireTextProtocol.of(definition).interpreter
    // A test that names a direction there is not is itself wrong; no input decides it.
    guard let index = interpreter.direction(named: direction) else { fatalError("no direction '\(direction)'") }
    name = "\(Value.wireName)"
    decode = { octets, mode throws(WireError) in try Value(decoding: octets, mode) }
    violations = { Value.violations(in: $0) }
    size = { $0.encodedSize }
    encode = { value throws(WireError) in try value.encoded() }
    encodeUnchecked = { value throws(WireError) in try value.encoded(unchecked: ()) }
    body = { $0.message }
    self.interpreter = interpreter
    interpret = { octets, mode throws(Violation) in
      try interpreter.decode(direction: index, octets, mode: mode)
    }
    interpretedViolations = { interpreter.violations(direction: index, $0) }
  }
}

extension Properties where Value: WireBody {
  /// The properties of one struct, element body or message.
  public init(body type: Value.Type) {
    let interpreter = WireTextProtocol.of(Value.definition).interpreter
    // Every generated type is in its own definition; no input decides it.
    guard let index = interpreter.body(named: "\(Value.wireName)") else { fatalError("no body '\(Value.wireName)'") }
    name = "\(Value.wireName)"
    decode = { octets, mode throws(WireError) in try Value(decoding: octets, mode) }
    violations = { Value.violations(in: $0) }
    size = { $0.encodedSize }
    encode = { value throws(WireError) in try value.encoded() }
    encodeUnchecked = { value throws(WireError) in try value.encoded(unchecked: ()) }
    body = { $0 }
    self.interpreter = interpreter
    interpret = { octets, mode throws(Violation) in try interpreter.decode(index, octets, mode: mode) }
    interpretedViolations = { interpreter.violations(index, $0) }
  }
}

extension Properties {
  /// Checks the properties of octets.
  ///
  /// - Parameter isThorough: whether the interpreter and the text forms, which are slow, are asked too.
  public func check(_ octets: [UInt8], isThorough: Bool) throws(PropertyFailure) {
    let found = violations(octets)
    let strict = Result { () throws(WireError) in try decode(octets, .strict) }
    let lenient = Result { () throws(WireError) in try decode(octets, .lenient) }
    try checkVerdicts(found, strict, lenient)
    if case .success(let value) = strict { try checkEncoding(value, octets) }
    if case .success(let value) = lenient { try checkUnchecked(value) }
    guard isThorough else { return }
    try compareWithInterpreter(octets, found, strict, .strict)
    try compareWithInterpreter(octets, found, lenient, .lenient)
    if case .success(let value) = strict { try checkText(body(value)) }
  }

  /// Strict and lenient decoding say what the list of violations says.
  private func checkVerdicts(
    _ found: [WireError], _ strict: Result<Value, WireError>, _ lenient: Result<Value, WireError>
  ) throws(PropertyFailure) {
    try expect(strict.failure == found.first, "strict decoding fails with the first violation, or not at all")
    let error = found.first { $0.severity == .error }
    try expect(lenient.failure == error, "lenient decoding fails with the first error, or not at all")
    guard case .success(let first) = strict, case .success(let second) = lenient else { return }
    try expect(first == second, "what decodes strictly decodes to the same leniently")
  }

  /// What decodes strictly can be encoded, and comes back.
  private func checkEncoding(_ value: Value, _ octets: [UInt8]) throws(PropertyFailure) {
    let encoded = try succeed("what decodes strictly can be encoded") { () throws(WireError) in try encode(value) }
    try expect(encoded.count == size(value), "encodedSize is what encode writes")
    let again = try succeed("what was encoded decodes") { () throws(WireError) in try decode(encoded, .strict) }
    try expect(again == value, "what was encoded decodes to an equal value")
    try expect(again.hashValue == value.hashValue, "equal values have equal hashes")
    let canonical = try succeed("encoding again") { () throws(WireError) in try encode(again) }
    try expect(canonical == encoded, "canonical octets are encoded again as they are")
    try checkBody(body(value), octets, encoded)
  }

  private func checkBody<Body: WireBody>(
    _ value: Body, _ octets: [UInt8], _ encoded: [UInt8]
  ) throws(PropertyFailure) {
    let isCanonical = try? Body.isCanonical(octets)
    try expect(isCanonical == (octets == encoded), "the decoder can tell canonical octets")
    try expect(Body.violations(in: octets).isEmpty, "the message has no violations where its direction has none")
    let difference = try succeed("a view of what decodes") { () throws(WireError) in
      try octets.withRawSpan { (span: RawSpan) throws(WireError) -> String? in
        let view = try Borrowed<Body>(span)
        if try Body(view) != value { return "view" }
        return try (value as? any ViewComparable)?.differenceFromView(of: span)
      }
    }
    try expect(difference == nil, "the view reads what the value has: \(difference ?? "")")
  }

  /// What is not strictly right can be written all the same, and says the same again where it can be read.
  private func checkUnchecked(_ value: Value) throws(PropertyFailure) {
    let encoded = try succeed("what decodes leniently can be written") { () throws(WireError) in
      try encodeUnchecked(value)
    }
    try expect(encoded.count == size(value), "encodedSize is what unchecked encoding writes")
    guard let again = try? decode(encoded, .lenient) else { return }
    try expect(again == value, "what was written unchecked decodes to an equal value")
  }
}

extension Properties {
  /// The interpreter, which reads the schema and not the generated code, says the same.
  private func compareWithInterpreter(
    _ octets: [UInt8], _ found: [WireError], _ result: Result<Value, WireError>, _ mode: Check.Mode
  ) throws(PropertyFailure) {
    let interpreted = interpretedViolations(octets).map(Verdict.init)
    try expect(found.map(Verdict.init) == interpreted, "violations \(found), interpreter \(interpreted)")
    let second = Result { () throws(Violation) in try interpret(octets, mode) }
    try expect(
      result.failure.map(Verdict.init) == second.failure.map(Verdict.init),
      "\(mode) decoding: \(result), interpreter \(second)")
    guard case .success(let value) = result, case .success(let decoded) = second else { return }
    let difference = Reflection(definition: interpreter.definition)
      .difference(body(value), decoded.tree.root, body: decoded.body)
    try expect(difference == nil, "the value is what the interpreter reads: \(difference ?? "")")
    let encoded = try? encodeUnchecked(value)
    let other = try? interpreter.encode(decoded.body, decoded.tree.value, checked: false)
    try expect(encoded == other, "both encode the same octets")
  }

  /// The text forms can show and read what decodes.
  private func checkText<Body: WireBody>(_ value: Body) throws(PropertyFailure) {
    do {
      let text = try value.json().text()
      let again = try Body(json: text)
      try expect(try again.json().text() == text, "JSON comes back as it was")
      try expect(!(try value.dump()).isEmpty || "\(try value.encoded())" == "[]", "a dump of what decodes")
    } catch let error as PropertyFailure {
      throw error
    } catch {
      throw PropertyFailure("text forms of what decodes: \(error)")
    }
  }

  private func expect(_ holds: Bool, _ property: @autoclosure () -> String) throws(PropertyFailure) {
    if !holds { throw PropertyFailure("\(name): \(property())") }
  }

  private func succeed<Output>(
    _ property: String, _ body: () throws(WireError) -> Output
  ) throws(PropertyFailure) -> Output {
    do throws(WireError) { return try body() } catch { throw PropertyFailure("\(name): \(property): \(error)") }
  }
}

extension Result {
  var failure: Failure? {
    if case .failure(let failure) = self { return failure }
    return nil
  }
}

/// What generated code and interpreter say of octets, in one form.
struct Verdict: Equatable, CustomStringConvertible {
  let description: String

  init(_ error: WireError) {
    let code = error.code.value.map { "\($0)" } ?? "-"
    description =
      "\(error.kind.name) \(error.severity) at \(error.offset) \(error.path) code \(code) \(error.rule)"
  }

  init(_ violation: Violation) {
    let code = violation.code.map { "\($0)" } ?? "-"
    description =
      "\(violation.kind.name) \(violation.severity) at \(violation.offset) \(violation.path) code \(code) "
      + (violation.rule ?? "")
  }
}

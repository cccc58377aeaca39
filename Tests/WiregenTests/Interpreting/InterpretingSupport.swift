import Testing
import Wire
import WireText

@testable import WiregenCore

/// A schema as text, and octets worked out by hand that are or are not what it describes.
struct Interpreted {
  let interpreter: Interpreter

  /// - Parameter content: children of `<protocol>`; codes for errors and a direction `any` are there already.
  init(_ content: String, attributes: String = "", _ location: SourceLocation = #_sourceLocation) throws {
    let codes = """
      <codes name="Fault" type="u8">
        <code name="malformed" value="1"/> <code name="one" value="2"/> <code name="two" value="3"/>
        <code name="three" value="4"/> <code name="four" value="5"/>
      </codes>
      <direction name="any"/>
      """
    let outcome = resolve(
      content: codes + content, attributes: "errors=\"Fault\" error=\"malformed\" \(attributes)")
    #expect(outcome.lines == [], sourceLocation: location)
    // As generated modules have it.
    let text = try #require(outcome.schema, sourceLocation: location).definition.text()
    interpreter = Interpreter(try ProtocolDefinition(parsing: text))
  }

  func body(_ name: String) throws -> Int { try #require(interpreter.body(named: name)) }
}

extension Interpreted {
  /// Octets are valid and say what the JSON says; encoding gives them back when they are canonical.
  func expect(
    _ name: String, _ hexadecimal: String, _ json: String, isCanonical: Bool = true,
    _ location: SourceLocation = #_sourceLocation
  ) throws {
    let body = try body(name)
    let octets = octets(hexadecimal)
    #expect(violations(name, octets) == [], sourceLocation: location)
    let decoded = try interpreter.decode(body, octets)
    #expect(decoded.json(interpreter).text() == json, sourceLocation: location)
    #expect(decoded.count == octets.count, sourceLocation: location)
    #expect(try interpreter.isCanonical(body, octets) == isCanonical, sourceLocation: location)
    let encoded = try interpreter.encode(body, decoded.tree.value)
    #expect((encoded == octets) == isCanonical, "\(encoded)", sourceLocation: location)
    #expect(try fromJSON(name, json) == encoded, sourceLocation: location)
    #expect(!decoded.tree.dump().isEmpty && !interpreter.annotation(body, octets).contains("not decoded"))
  }

  /// All that is wrong with octets; the first of it fails strict decoding, and the first error lenient decoding.
  func expect(
    _ name: String, _ hexadecimal: String, fails expected: String..., sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    let body = try body(name)
    let octets = octets(hexadecimal)
    #expect(violations(name, octets) == expected, sourceLocation: sourceLocation)
    let all = interpreter.violations(body, octets)
    #expect(failure(body, octets, .strict) == all.first, sourceLocation: sourceLocation)
    #expect(failure(body, octets, .lenient) == all.first { $0.severity == .error }, sourceLocation: sourceLocation)
    _ = interpreter.annotation(body, octets)
  }

  /// What encoding JSON fails with: kind and path.
  func encoding(_ name: String, _ json: String) throws -> String {
    do {
      return try fromJSON(name, json).map { String($0, radix: 16) }.joined(separator: " ")
    } catch let error as Violation {
      return "\(error.kind.name) \(error.member)"
    } catch let error as JSONError {
      return "\(error)"
    }
  }

  func fromJSON(_ name: String, _ json: String) throws -> [UInt8] {
    let parsed = try JSONValue(parsing: json)
    let body = try body(name)
    guard interpreter.definition.bodies[body].message != nil else {
      return try interpreter.encode(body, interpreter.value(of: body, fromJSON: parsed))
    }
    return try interpreter.encode(body, interpreter.message(fromJSON: parsed).value)
  }

  func tree(_ name: String, _ hexadecimal: String) throws -> WireTree {
    try interpreter.decode(try body(name), octets(hexadecimal)).tree
  }

  private func violations(_ name: String, _ octets: [UInt8]) -> [String] {
    guard let body = interpreter.body(named: name) else { return ["no body \(name)"] }
    return interpreter.violations(body, octets).map { violation in
      let rule = violation.rule.map { " \($0)" } ?? ""
      let warning = violation.severity == .warning ? "warning " : ""
      let path = violation.member.isEmpty ? "" : " \(violation.member)"
      return "\(warning)\(violation.kind.name)\(rule) \(violation.offset)\(path): \(violation.codeName ?? "-")"
    }
  }

  private func failure(_ body: Int, _ octets: [UInt8], _ mode: Check.Mode) -> Violation? {
    do throws(Violation) {
      _ = try interpreter.decode(body, octets, mode: mode)
      return nil
    } catch { return error }
  }
}

/// The octets of hexadecimal digits, white space aside.
func octets(_ hexadecimal: String) -> [UInt8] {
  let digits = hexadecimal.filter { !$0.isWhitespace }.map { UInt8($0.hexDigitValue ?? 0) }
  return stride(from: 0, to: digits.count, by: 2).map { digits[$0] << 4 | digits[$0 + 1] }
}

/// The octets of ASCII text, in hexadecimal.
func ascii(_ text: String) -> String {
  text.utf8.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
}

import Wire

/// Why octets are not what they should be, or why a value cannot be encoded: `WireError` for protocols known
/// only at run time.
public struct Violation: Error, Sendable, Hashable {
  /// What is wrong.
  public var kind: WireError.Kind
  /// Whether lenient decoding lets it pass.
  public var severity: WireError.Severity
  /// Octets from the start of the input; from the start of the encoding when a value cannot be encoded.
  public var offset: Int
  /// From the message's name inwards, `MapRequest.options[2].filter.prefixLength`.
  public var path: String
  /// The protocol's own error code for it.
  public var code: UInt64?
  /// The code as the protocol's document spells it.
  public var codeLabel: String?
  /// The code's name in the schema.
  public var codeName: String?
  /// The rule that does not hold; nil for other kinds.
  public var rule: String?

  /// A violation at an offset and a path.
  public init(
    _ kind: WireError.Kind, severity: WireError.Severity = .error, at offset: Int, path: String,
    code: UInt64? = nil, codeName: String? = nil, codeLabel: String? = nil, rule: String? = nil
  ) {
    self.kind = kind
    self.severity = severity
    self.offset = offset
    self.path = path
    self.code = code
    self.codeName = codeName
    self.codeLabel = codeLabel
    self.rule = rule
  }

  /// With the path as `WireError` has it, when it is a whole one.
  package var abbreviated: Violation {
    var violation = self
    violation.path = PathStep.abbreviated(path.split(separator: ".").map(String.init))
    return violation
  }

  /// The path after the message's name; empty when the whole message is meant.
  public var member: String {
    guard let dot = path.firstIndex(of: ".") else { return "" }
    return String(path[dot...].dropFirst())
  }
}

extension Violation: CustomStringConvertible {
  /// As `WireError` prints: `offset 65: MapRequest.options[0].filter.prefixLength: out of range [MALFORMED]`.
  public var description: String { "offset \(offset): \(path): \(reason)" }

  /// What is wrong, without the place.
  package var reason: String {
    var text = "\(kind)"
    if let rule { text += " '\(rule)' does not hold" }
    if let code { text += " [\(codeLabel ?? "\(code)")]" }
    return text
  }
}

extension Violation {
  /// The violation as JSON: `offset`, `path`, `kind` and `severity`; `code` with `label`, and `rule`, where there are such.
  public var json: JSONValue {
    var entries = [
      JSONValue.Entry("offset", .integer(Int128(offset))), JSONValue.Entry("path", .string(path)),
      JSONValue.Entry("kind", .string(kind.name)), JSONValue.Entry("severity", .string("\(severity)")),
    ]
    if let rule { entries.append(JSONValue.Entry("rule", .string(rule))) }
    if let code {
      // A number that a double cannot hold would be changed by other readers of JSON.
      let number: JSONValue = code >> 53 == 0 ? .integer(Int128(code)) : .string("\(code)")
      entries.append(JSONValue.Entry("code", codeName.map(JSONValue.string) ?? number))
      if let codeLabel { entries.append(JSONValue.Entry("label", .string(codeLabel))) }
    }
    entries.append(JSONValue.Entry("reason", .string(reason)))
    return .object(entries)
  }
}

import WireText

/// Something about a schema that is allowed, and yet is better otherwise.
public struct LintFinding: Sendable, Hashable, CustomStringConvertible {
  public var position: SourcePosition
  public var check: LintCheck
  /// What is found, and what would be better.
  public var message: String

  /// `path:line:column: warning: message [check]`
  public var description: String { "\(position): warning: \(message) [\(check.rawValue)]" }

  fileprivate var json: JSONValue {
    .object([
      .init("file", .string(position.file)), .init("line", .integer(Int128(position.line))),
      .init("column", .integer(Int128(position.column))), .init("check", .string(check.rawValue)),
      .init("message", .string(message)),
    ])
  }
}

/// What findings are about, under the names that comments accept them by.
public enum LintCheck: String, Sendable, Hashable, CaseIterable {
  /// Something that a name is public of has no `<doc>`.
  case undocumented
  /// It does not say where the protocol's document has it.
  case unsourced
  /// A member or a rule has neither of these.
  case unexplained
  case naming
  case label
  /// Numbers that are neither codes nor in a range.
  case uncovered
  /// Definitions that nothing refers to.
  case unused
  /// Comments that should accept a finding, and do not.
  case acceptance
}

/// Finds what the checker lets be.
public enum SchemaLinter {
  /// Findings as one JSON document, with a line end.
  public static func json(_ findings: [LintFinding]) -> String {
    JSONValue.object([.init("findings", .array(findings.map(\.json)))]).text(isPretty: true) + "\n"
  }

  /// The findings in the root's own file, in the order of the file; those of files it includes are found there.
  ///
  /// - Parameter octets: of the root's file, for the comments that accept findings.
  public static func lint(_ schema: ResolvedSchema, loaded: LoadedSchema, octets: [UInt8]) -> [LintFinding] {
    var run = LintRun(schema: schema, loaded: loaded)
    run.checkDocumentation(loaded.root)
    run.checkNames(loaded.root)
    run.checkCoverage()
    run.checkUse()
    let acceptances = LintAcceptances(MarkupTree(octets), file: loaded.root.position.file)
    return acceptances.remaining(run.findings).sorted { left, right in
      (left.position, left.check.rawValue, left.message) < (right.position, right.check.rawValue, right.message)
    }
  }
}

/// The checks of one file, and what they have found.
struct LintRun {
  let schema: ResolvedSchema
  let loaded: LoadedSchema
  private(set) var findings: [Found] = []

  /// A finding, and the element it is about.
  struct Found {
    var node: SourcePosition
    var finding: LintFinding
  }

  init(schema: ResolvedSchema, loaded: LoadedSchema) {
    self.schema = schema
    self.loaded = loaded
  }

  var file: String { loaded.root.position.file }

  /// Notes a finding about an element, at one of its attributes or at its start; none of another file.
  mutating func find(_ check: LintCheck, _ node: Node, at attribute: String? = nil, _ message: String) {
    guard node.position.file == file else { return }
    let position = attribute.map { node.position(of: $0) } ?? node.position
    findings.append(
      Found(node: node.position, finding: LintFinding(position: position, check: check, message: message)))
  }
}

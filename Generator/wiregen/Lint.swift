import ArgumentParser
import WiregenCore

struct Lint: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Finds what is allowed in schemas, and yet better otherwise.",
    discussion: """
      Prints findings as path:line:column: warning: text [check]: what has no words or no reference, names and labels,
      numbers that nothing is said about, definitions that nothing uses. A finding is accepted by a comment at its element:

        <!-- lint: accept unused because servers decode it before anything else -->

      Schemas/README.md has a table of the checks. With --json it prints one document: {"findings": [...]}, each with file,
      line, column, check and message.

        wiregen lint Schemas/pcp.xml Schemas/natpmp.xml

      Exit status 1 when there is a finding or a schema is wrong, 2 when a file cannot be read.
      """)

  @Argument(help: ArgumentHelp("Schema files.", valueName: "schema"))
  var schemas: [String]

  @Flag(help: "One JSON document.")
  var json = false

  @Option(name: [.customShort("I"), .long], help: "A folder to look in for the protocol an extension is of.")
  var include: [String] = []

  func run() throws {
    var findings: [LintFinding] = []
    let failure = try SchemaSource.forEach(schemas) { path in
      let (loaded, resolved) = try SchemaSource.resolve(path, folders: include)
      findings += SchemaLinter.lint(resolved, loaded: loaded, octets: try SchemaSource.read(path))
    }
    if json {
      Swift.print(SchemaLinter.json(findings), terminator: "")
    } else {
      for finding in findings { Swift.print(finding) }
    }
    if let failure { throw failure }
    if !findings.isEmpty { throw SchemaSource.isWrong }
  }
}

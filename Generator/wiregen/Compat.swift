import ArgumentParser
import WiregenCore

struct Compat: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Says what changed between two versions of a schema, and whom it breaks.",
    discussion: """
      Prints a line for each change: its place in both versions, its classes, what it is and whom it breaks.

        WIRE        octets mean something else, or are laid out differently
        VALIDATION  octets once accepted are refused, or the reverse, or earn another protocol code
        SOURCE      Swift that compiled does not
        TEXT        names or forms of values in JSON differ
        RETIRED     a number is free that should be retired, or used although it is
        harmless    none of these

        wiregen compat old/pcp.xml Schemas/pcp.xml
        wiregen compat old/pcp.xml Schemas/pcp.xml --fail-on WIRE --fail-on VALIDATION

      With --json it prints one document: {"findings": [...]}, each with old and new (file, line, column), classes, effect
      (stricter, looser, either or code; of VALIDATION only), subjects, change, breaks and error.

      Exit status 1 when there is a change of a class that --fail-on names, when a number that was retired is used again, and when
      a schema is wrong; 2 when a file cannot be read.
      """)

  @Argument(help: ArgumentHelp("The schema as it was.", valueName: "old"))
  var old: String

  @Argument(help: ArgumentHelp("The schema as it is.", valueName: "new"))
  var new: String

  @Flag(help: "One JSON document.")
  var json = false

  @Option(
    help: ArgumentHelp("Fail on a change of this class: WIRE, VALIDATION, SOURCE, TEXT, RETIRED, any.", valueName: "class"))
  var failOn: [Class] = []

  @Option(name: [.customShort("I"), .long], help: "A folder to look in for the protocol an extension is of.")
  var include: [String] = []

  /// What `--fail-on` takes.
  enum Class: ExpressibleByArgument {
    case one(CompatClass)
    case any

    init?(argument: String) {
      if argument.lowercased() == "any" {
        self = .any
      } else if let one = CompatClass(rawValue: argument.uppercased()) {
        self = .one(one)
      } else {
        return nil
      }
    }

    /// Whether a change is of the class.
    func has(_ finding: CompatFinding) -> Bool {
      switch self {
      case .one(let one): finding.classes.contains(one)
      case .any: !finding.classes.isEmpty
      }
    }
  }

  func run() throws {
    let (_, before) = try SchemaSource.resolve(old, folders: include)
    let (_, after) = try SchemaSource.resolve(new, folders: include)
    let findings = SchemaComparison.findings(old: before, new: after)
    if json {
      Swift.print(SchemaComparison.json(findings), terminator: "")
    } else {
      for finding in findings { Swift.print(finding) }
    }
    if findings.contains(where: { finding in finding.isError || failOn.contains { $0.has(finding) } }) {
      throw SchemaSource.isWrong
    }
  }
}

import ArgumentParser
import WiregenCore

struct Check: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Checks schemas and runs their samples.",
    discussion: """
      Says everything that is wrong as path:line:column: error: what, and what would be right.

        wiregen check Schemas/pcp.xml Schemas/natpmp.xml

      Exit status 1 when something is wrong with a schema, 2 when a file cannot be read.
      """)

  @Argument(help: ArgumentHelp("Schema files.", valueName: "schema"))
  var schemas: [String]

  @Option(name: [.customShort("I"), .long], help: "A folder to look in for the protocol an extension is of.")
  var include: [String] = []

  @Option(
    help: ArgumentHelp("An extension that is merged into the schemas, as in a target that has both.", valueName: "extension"))
  var merge: [String] = []

  func run() throws {
    let failure = try SchemaSource.forEach(schemas) { path in
      _ = try SchemaSource.resolve(path, folders: include, merging: merge, runsSamples: true)
    }
    if let failure { throw failure }
  }
}

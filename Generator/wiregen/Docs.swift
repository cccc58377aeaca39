import ArgumentParser
import WiregenCore

struct Docs: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Writes the reference of a protocol as a page to read.",
    discussion: """
      One HTML page a schema, named after the schema's file, which needs nothing else: an index, search, every message with a
      diagram of its bits, its members, elements, rules and the errors they earn, codes with their ranges, and samples octet by
      octet. Of an extension, what it adds. The same schema gives the same octets; a page that does not change is not written.

        wiregen docs Schemas/pcp.xml -o Pages
        wiregen docs Schemas/pcp.xml Schemas/cusp.xml -o Pages
        wiregen docs acme-pcp.xml -I Schemas -o Pages

      Exit status 1 when something is wrong with a schema; 2 when a file cannot be read or written.
      """)

  @Argument(help: ArgumentHelp("The schema files.", valueName: "schema"))
  var schemas: [String]

  @Option(name: .shortAndLong, help: ArgumentHelp("The folder to write to.", valueName: "folder"))
  var output: String

  @Option(help: ArgumentHelp("An extension that is merged into each schema, as if it stood there.", valueName: "extension"))
  var merge: [String] = []

  @Option(name: [.customShort("I"), .long], help: "A folder to look in for the protocol an extension is of.")
  var include: [String] = []

  func validate() throws {
    var taken: [String: String] = [:]
    for schema in schemas {
      if let other = taken.updateValue(schema, forKey: stem(of: schema)) {
        throw ValidationError("the pages of \(other) and \(schema) would have the same name; write them to folders of their own")
      }
    }
  }

  func run() throws {
    let failure = try SchemaSource.forEach(schemas) { schema in
      let (loaded, resolved) = try SchemaSource.resolve(schema, folders: include, merging: merge, runsSamples: true)
      do {
        try Files.makeFolder(output)
        try Files.write(SchemaDocument(resolved, loaded: loaded).page, to: "\(output)/\(stem(of: schema)).html")
      } catch let failure as CommandFailure {
        Files.printError(failure.message)
        throw SchemaSource.cannotBeDone
      }
    }
    if let failure { throw failure }
  }
}

import ArgumentParser
import WiregenCore

struct List: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Lists what a schema has.",
    discussion: """
      Messages with their members, lists and rules, structs, families with their elements, codes and ranges: as text, or
      with --json as one JSON document, whose keys are in this order:

        protocol (or: extension, of), spec, doc, errors, directions, messages, structs, families, codes

      Schemas/README.md has the keys of each part. What a thing does not have has no key; numbers wider than 53 bits are
      strings of digits.

        wiregen list Schemas/pcp.xml
        wiregen list Schemas/pcp.xml --json
      """)

  @Argument(help: ArgumentHelp("The schema file.", valueName: "schema"))
  var schema: String

  @Flag(help: "One JSON document.")
  var json = false

  @Option(name: [.customShort("I"), .long], help: "A folder to look in for the protocol an extension is of.")
  var include: [String] = []

  func run() throws {
    let (loaded, resolved) = try SchemaSource.resolve(schema, folders: include)
    let listing = SchemaListing(resolved, loaded: loaded)
    Swift.print(json ? listing.json : listing.text, terminator: "")
  }
}

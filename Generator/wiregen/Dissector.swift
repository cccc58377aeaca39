import ArgumentParser
import WiregenCore

struct DissectorCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "dissector",
    abstract: "Writes a Wireshark dissector of a schema, in Lua.",
    discussion: """
      One file that Wireshark and tshark load. Every member can be filtered by, as wg_pcp.MapRequest.internalPort; what a
      decoder would refuse is an expert item with the protocol's code, and wg_pcp.violation. Messages over TCP are put
      together as the schema's framing says.

        wiregen dissector Schemas/pcp.xml -o wg_pcp.lua
        tshark -X lua_script:wg_pcp.lua -r capture.pcap -O wg_pcp

      Exit status 1 when something is wrong with the schema, or it has no messages; 2 when a file cannot be read or
      written.
      """)

  @Argument(help: ArgumentHelp("The schema file; of an extension, with the protocol it is of.", valueName: "schema"))
  var schema: String

  @Option(name: .shortAndLong, help: ArgumentHelp("The file to write; - is the standard output.", valueName: "file"))
  var output: String

  @Option(help: ArgumentHelp("An extension that is merged into the schema, as if it stood there.", valueName: "extension"))
  var merge: [String] = []

  @Option(name: [.customShort("I"), .long], help: "A folder to look in for the protocol an extension is of.")
  var include: [String] = []

  func run() throws {
    let (_, resolved) = try SchemaSource.resolve(schema, folders: include, merging: merge)
    guard let dissector = Dissector(resolved) else {
      Files.printError("\(schema):1:1: error: it has no messages, so that there is nothing to dissect")
      throw SchemaSource.isWrong
    }
    let text = dissector.text(schemaName: "\(stem(of: schema)).xml")
    if output == "-" { return Swift.print(text, terminator: "") }
    do {
      try Files.write(text, to: output)
    } catch let failure as CommandFailure {
      Files.printError(failure.message)
      throw SchemaSource.cannotBeDone
    }
  }
}

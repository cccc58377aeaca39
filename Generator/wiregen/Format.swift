import ArgumentParser
import WiregenCore

struct Format: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Lays schemas out.",
    discussion: """
      Writes each file in the one layout that Schemas/README.md describes, in its place and all at once. Comments stay
      where they are, and what the schema means is never changed. What is not well-formed XML is left as it is.

        wiregen format Schemas/pcp.xml
        wiregen format --check Schemas/pcp.xml Schemas/natpmp.xml

      Exit status 1 when a file is not a schema or, with --check, would be changed; 2 when one cannot be read or written.
      """)

  @Argument(help: ArgumentHelp("Schema files.", valueName: "schema"))
  var schemas: [String]

  @Flag(help: "Write nothing, but list the files that would be changed.")
  var check = false

  func run() throws {
    var (isGood, isReadable) = (true, true)
    for path in schemas {
      do {
        if try format(path), check {
          Swift.print(path)
          isGood = false
        }
      } catch let diagnostic as Diagnostic {
        Files.printError(diagnostic.description)
        isGood = false
      } catch let failure as CommandFailure {
        Files.printError(failure.message)
        isReadable = false
      } catch is ExitCode {
        isReadable = false
      }
    }
    if !isReadable { throw SchemaSource.cannotBeDone }
    if !isGood { throw SchemaSource.isWrong }
  }

  /// - Returns: whether the file is not in its layout, or was not before.
  private func format(_ path: String) throws -> Bool {
    let octets = try SchemaSource.read(path)
    let formatted = try SchemaFormatter.format(octets, file: path)
    if formatted == octets { return false }
    if !check { try Replacement.write(formatted, to: path) }
    return true
  }
}

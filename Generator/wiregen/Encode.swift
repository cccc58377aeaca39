import ArgumentParser
import Wire
import WiregenCore

struct Encode: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Encodes a message from JSON, with no build.",
    discussion: """
      Reads JSON as `wiregen decode` prints it and prints the octets. What a decoder would refuse is refused.

        wiregen encode Schemas/pcp.xml request.json
        wiregen decode Schemas/pcp.xml message.bin | wiregen encode Schemas/pcp.xml --binary > same.bin

      JSON names its message under "message"; without that, --message does. What is wrong with the JSON is said as
      file:line:column: error: what.

      Exit status 1 when the JSON or the schema is wrong, 2 when a file cannot be read, 64 when arguments do not fit.
      """)

  @OptionGroup var arguments: MessageArguments

  @Argument(help: ArgumentHelp("A file with JSON; - for standard input, the default.", valueName: "file"))
  var file = "-"

  @Flag(help: "How the octets are printed.")
  var form: OctetForm = .hex

  enum OctetForm: String, EnumerableFlag {
    case hex, binary

    static func help(for form: Self) -> ArgumentHelp? {
      form == .hex ? "A line of hexadecimal digits, the default." : "The octets themselves."
    }
  }

  func run() throws {
    let messages = try arguments.read()
    let octets = try messages.octets(json: try MessageInput.octets(file), file)
    try Output.write(form == .hex ? Array("\(hexadecimal(octets))\n".utf8) : octets)
  }
}

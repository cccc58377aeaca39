import ArgumentParser
import WireText
import WiregenCore

struct Diff: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Says in what two messages differ.",
    discussion: """
      One line for what only the first has, after a minus, and one for what only the second has, after a plus. Each message
      is a file with its octets, or with JSON when its name ends in .json; with --hex the arguments are the octets.

        wiregen diff Schemas/pcp.xml before.bin after.json
        wiregen diff Schemas/pcp.xml --hex "$BEFORE" "$AFTER" --json

      Exit status 0 when they say the same, 1 when they differ or a message is wrong, 2 when a file cannot be read, 64 when
      arguments do not fit.
      """)

  @OptionGroup var arguments: MessageArguments

  @Argument(help: "A message.")
  var first: String

  @Argument(help: "Another message.")
  var second: String

  @Flag(help: "The messages are given in hexadecimal digits.")
  var hex = false

  @Flag(help: "One JSON document: {\"differences\": [...]}, each with path, left and right.")
  var json = false

  @Flag(help: "Let pass what the schema calls warnings.")
  var lenient = false

  func validate() throws {
    if first == "-", second == "-" { throw ValidationError("only one of the messages can come from standard input") }
  }

  func run() throws {
    let messages = try arguments.read()
    let (left, right) = (try octets(first, messages), try octets(second, messages))
    let decoded = (
      try decode(left, hex ? "the first message" : first, messages),
      try decode(right, hex ? "the second message" : second, messages)
    )
    let difference = MessageDifference(decoded.0, decoded.1)
    try Output.write(json ? difference.json.text(isPretty: true) + "\n" : difference.text)
    if difference.entries.isEmpty, left != right {
      let place = zip(left, right).enumerated().first { $0.element.0 != $0.element.1 }?.offset ?? min(left.count, right.count)
      Files.printError("the values are the same, but not the octets, from offset \(place) on")
    }
    if !difference.entries.isEmpty { throw SchemaSource.isWrong }
  }

  private func octets(_ argument: String, _ messages: MessageProtocol) throws -> [UInt8] {
    if hex { return try MessageInput.octets(hexadecimal: argument) }
    let octets = try MessageInput.octets(argument)
    guard argument.hasSuffix(".json") else { return octets }
    return try messages.octets(json: octets, argument)
  }

  private func decode(_ octets: [UInt8], _ name: String, _ messages: MessageProtocol) throws -> Decoded {
    do {
      return try messages.interpreter.decode(messages.choose(octets), octets, mode: lenient ? .lenient : .strict)
    } catch let violation as Violation {
      Files.printError("\(name): error: \(violation)")
      throw SchemaSource.isWrong
    }
  }
}

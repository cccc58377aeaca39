import ArgumentParser
import Wire
import WireText
import WiregenCore

struct Decode: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Decodes messages, with no build.",
    discussion: """
      Prints a message as JSON, or as --text or --annotate say. Without --message it is the message whose matches hold. What
      is wrong is said as error: offset N: path: what [PROTOCOL_CODE].

        wiregen decode Schemas/pcp.xml --hex "02 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 ff ff c0 00 02 01"
        wiregen decode Schemas/pcp.xml message.bin --annotate
        wiregen decode Schemas/pcp.xml --pcap capture.pcap

      A capture, pcap or pcapng, gives one line of JSON for each message: frame, time, transport, source, destination,
      direction, and value; or error and the octets, where they do not decode. Datagrams to and from the ports of the schema
      are messages, and streams are put in order and divided as its framing says.

      Exit status 1 when the octets or the schema are wrong; messages of a capture that do not decode are counted, and change
      nothing. 2 when a file cannot be read, 64 when arguments do not fit.
      """)

  @OptionGroup var arguments: MessageArguments

  @Argument(help: ArgumentHelp("A file with the octets of one message; - for standard input.", valueName: "file"))
  var file: String?

  @Option(help: ArgumentHelp("The octets of one message, in pairs of hexadecimal digits.", valueName: "octets"))
  var hex: String?

  @Option(help: ArgumentHelp("A capture; - for standard input.", valueName: "file"))
  var pcap: String?

  @Option(help: "For a capture: a port of the protocol, in place of those that the schema names.")
  var port: [UInt16] = []

  @Flag(help: "How messages are printed.")
  var form: MessageForm = .json

  @Flag(help: "Let pass what the schema calls warnings.")
  var lenient = false

  func validate() throws {
    guard [file, hex, pcap].compactMap({ $0 }).count == 1 else {
      throw ValidationError("give the octets once: in a file, with --hex, or a capture with --pcap")
    }
    if !port.isEmpty, pcap == nil { throw ValidationError("--port is for captures, with --pcap") }
    if arguments.message != nil, pcap != nil {
      throw ValidationError("messages of a capture are told apart by their matches; --message is for one message")
    }
  }

  func run() throws {
    let messages = try arguments.read()
    if let pcap {
      return try CaptureDecoding(messages, ports: port, form: form, mode: mode).run(pcap)
    }
    let octets = try hex.map(MessageInput.octets(hexadecimal:)) ?? MessageInput.octets(file ?? "-")
    do {
      try decode(octets, messages)
    } catch let violation as Violation {
      Files.printError("error: \(violation)")
      throw SchemaSource.isWrong
    }
  }

  private var mode: Wire.Check.Mode { lenient ? .lenient : .strict }

  private func decode(_ octets: [UInt8], _ messages: MessageProtocol) throws {
    let interpreter = messages.interpreter
    let body = try messages.choose(octets)
    // All that is wrong stands beside the octets that it concerns.
    if form == .annotate { try Output.write(interpreter.annotation(body, octets)) }
    let decoded = try interpreter.decode(body, octets, mode: mode)
    for warning in decoded.violations { Files.printError("warning: \(warning)") }
    switch form {
    case .json: try Output.write(decoded.json(interpreter).text(isPretty: true) + "\n")
    case .text: try Output.write(decoded.tree.dump())
    case .annotate: break
    }
  }
}

/// How a message is printed.
enum MessageForm: String, EnumerableFlag {
  case json, text, annotate

  static func help(for form: Self) -> ArgumentHelp? {
    switch form {
    case .json: "As JSON, the default."
    case .text: "For a person: names and values, indented."
    case .annotate: "The octets, with what each of them is."
    }
  }
}

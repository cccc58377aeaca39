import ArgumentParser
import Wire
import WireText
import WiregenCore

struct Sample: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Makes random messages.",
    discussion: """
      Prints the octets of messages that are valid, one a line; with --invalid of messages that are each refused for one thing
      alone, and behind a # what that is. The same seed gives the same messages.

        wiregen sample Schemas/pcp.xml --message MapRequest --count 5
        wiregen sample Schemas/pcp.xml --invalid --count 100 --json
        wiregen sample Schemas/pcp.xml --coverage

      With --coverage they are messages that together show all that the schema says: each message, element, code, case and bit,
      the ends of each range and each size, each rule that holds, and each thing that a message can be refused for. What none
      shows is listed on standard error.

      With --json each line is an object: message, direction, hex, and value or error.

      Exit status 1 when the schema is wrong, when nothing could be made or, with --coverage, when something is not shown; 2 when
      a file cannot be read, 64 when arguments do not fit.
      """)

  @OptionGroup var arguments: MessageArguments

  @Option(help: "How many messages.")
  var count = 1

  @Option(help: "Where chance starts.")
  var seed: UInt64 = 1

  @Flag(help: "Messages that are each refused for one thing.")
  var invalid = false

  @Flag(help: "Messages that show all that the schema says.")
  var coverage = false

  @Flag(help: "One JSON object a line.")
  var json = false

  func validate() throws {
    if count < 1 { throw ValidationError("--count must be 1 or more, not \(count)") }
    if coverage, invalid { throw ValidationError("--coverage has valid and invalid messages: leave --invalid out") }
  }

  func run() throws {
    let messages = try arguments.read()
    let bodies = try bodies(messages)
    if coverage { return try printCoverage(bodies, messages) }
    var series = SampleSeries(messages.interpreter, bodies: bodies, seed: seed)
    for _ in 0..<count {
      guard let sample = invalid ? series.nextInvalid() : series.nextValid() else {
        let what = invalid ? "message that is refused for one thing" : "valid message"
        throw CommandFailure(message: "error: no \(what) was found; try another --seed", status: SchemaSource.isWrong)
      }
      try Output.write(line(sample, messages.interpreter))
    }
  }

  /// The messages asked for; in a schema without any, all bodies there are.
  private func bodies(_ messages: MessageProtocol) throws -> [Int] {
    if let body = messages.body { return [body] }
    let definition = messages.definition
    guard !definition.messages.isEmpty else { return Array(definition.bodies.indices) }
    let bodies = definition.messages.filter { body in
      messages.direction.map { definition.bodies[body].message?.direction == $0 } ?? true
    }
    guard !bodies.isEmpty else { throw ValidationError("no message is of direction '\(arguments.direction ?? "")'") }
    return bodies
  }

  private func printCoverage(_ bodies: [Int], _ messages: MessageProtocol) throws {
    var coverage = SampleCoverage(messages.interpreter, bodies: bodies, seed: seed)
    var progress = Progress()
    let goals = coverage.goals.count
    coverage.run { progress.show("\($0) of \(goals)") }
    progress.clear()
    for sample in coverage.samples { try Output.write(line(sample, messages.interpreter)) }
    let missing = coverage.missing
    for goal in missing { Files.printError("not shown: \(goal)") }
    Files.printError("\(coverage.samples.count) messages show \(goals - missing.count) of \(goals)")
    if !missing.isEmpty { throw SchemaSource.isWrong }
  }

  private func line(_ sample: MadeSample, _ interpreter: Interpreter) throws -> String {
    guard json else {
      return hexadecimal(sample.octets) + (sample.violation.map { " # \($0)" } ?? "") + "\n"
    }
    let body = interpreter.definition.bodies[sample.body]
    var entries = [JSONValue.Entry("message", .string(body.name))]
    if let message = body.message {
      entries.append(JSONValue.Entry("direction", .string(interpreter.definition.directions[message.direction])))
    }
    entries.append(JSONValue.Entry("hex", .string(hexadecimal(sample.octets))))
    if let violation = sample.violation {
      entries.append(JSONValue.Entry("error", violation.json))
    } else {
      entries.append(JSONValue.Entry("value", try interpreter.decode(sample.body, sample.octets).tree.json(isMessage: false)))
    }
    return JSONValue.object(entries).text() + "\n"
  }
}

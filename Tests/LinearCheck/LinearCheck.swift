import LinearWire
import Wire
import WireText

/// Decodes and encodes messages of a size, twice and four times that, for a tool that counts the instructions between the
/// begin and the end of `linearProbe`. Prints a line for each call of it, in their order: what is done, and with how much.
@main struct LinearCheck {
  static func main() throws {
    let interpreter = WireTextProtocol.of(LinearProtocol.definition).interpreter
    // The schema is this program's own, and the test of it fails where the program stops.
    guard let direction = interpreter.direction(named: "way") else { fatalError("linear.xml has a direction 'way'") }
    for input in Input.all {
      let right = Result { try LinearWay(decoding: input.octets(Step.printing.size)) }
      // Little is done with what is not taken, and that would be counted as if it were much.
      if case .failure(let error) = right, !input.isWrong { fatalError("\(input.name): \(error)") }
      for step in Step.allCases {
        // What is done once, as binding of symbols, is done before anything is counted.
        step.run(input.octets(step.size), interpreter, direction)
        for count in [step.size, 2 * step.size, 4 * step.size] {
          let octets = input.octets(count)
          linearProbe { step.run(octets, interpreter, direction) }
          print("\(input.name): \(step)\t\(count)")
        }
      }
    }
  }
}

/// What is done with octets.
enum Step: String, CaseIterable {
  case violations, decoding, encoding, interpreting, printing, reading

  /// Parts of the smallest message: fewer where a part costs much.
  var size: Int {
    switch self {
    case .violations, .decoding, .encoding: 128
    case .interpreting, .printing, .reading: 16
    }
  }

  func run(_ octets: [UInt8], _ interpreter: Interpreter, _ direction: Int) {
    switch self {
    case .violations: _ = LinearWay.violations(in: octets)
    case .decoding: _ = try? LinearWay(decoding: octets)
    case .encoding: _ = try? Self.value(octets)?.encoded()
    case .interpreting:
      _ = interpreter.violations(direction: direction, octets)
      if let decoded = try? interpreter.decode(direction: direction, octets, mode: .strict) {
        _ = try? interpreter.encode(decoded.body, decoded.tree.value)
      }
    case .printing:
      _ = try? Self.value(octets)?.json().text()
      _ = try? Self.value(octets)?.dump()
    case .reading:
      if let message = Self.value(octets)?.message { Self.readAgain(message) }
    }
  }

  private static func readAgain<Message: WireBody>(_ message: Message) {
    if let text = try? message.json().text() { _ = try? Message(json: text) }
  }

  private static func value(_ octets: [UInt8]) -> LinearWay? { try? LinearWay(decoding: octets) }
}

/// What is counted; the tool finds it by its name, which is not to be Swift's own.
@_silgen_name("linearProbe") @inline(never) func linearProbe(_ work: () -> Void) { work() }

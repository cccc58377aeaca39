import Testing
import VectorSupport

/// What `swift run demo` shows a newcomer is what others see on the network.
@Suite(
  "tshark follows the demo",
  .disabled(if: Tshark.isSkipped, "\(Tshark.skipVariable)=1: nobody but ourselves vouches for these octets"))
struct DemoTests {
  @Test("Every message, without a word of it being malformed")
  func messages() throws {
    let messages = try demoMessages()
    #expect(messages.contains { $0.sender == .client } && messages.contains { $0.sender == .server })
    try expectAgreement(messages)
  }

  /// The demo's messages: with `--hex` it prints `request` or `response` and the octets, one message a line.
  private func demoMessages() throws -> [CapturedMessage] {
    let (status, text) = try Product.run("demo", ["--hex"])
    #expect(status == 0)
    return try text.split(separator: "\n").enumerated().map { index, line in
      let words = line.split(separator: " ")
      try #require(words.count == 2 && ["request", "response"].contains(words[0]), "\(line)")
      let sender: CapturedMessage.Sender = words[0] == "request" ? .client : .server
      return CapturedMessage("message \(index + 1) of the demo", [UInt8](hexadecimal: words[1]), from: sender)
    }
  }
}

/// Expects that every message is valid by our word and by tshark's, and has the same values.
func expectAgreement(_ messages: [CapturedMessage]) throws {
  for (message, dissection) in zip(messages, try Tshark.dissect(messages)) {
    #expect(dissection.octets == message.octets, "\(message.name): the payload")
    #expect(!dissection.isMalformed, "\(message.name): malformed by tshark's word")
    let comparison = try FieldComparison(dissection)
    #expect(comparison.isValid && comparison.count > 0, "\(message.name)")
    #expect(comparison.problems + comparison.missing == [], "\(message.name)")
  }
}

import PCP
import PCPWire
import Testing
import Wire

/// The facts that are written down beside the schema must be those of the schema.
@Suite struct MessageFactsTests {
  private func response(size: Int) -> ErrorResponse {
    ErrorResponse(
      opcode: .announce, resultCode: .noResources, lifetime: 0, epochTime: 0, clientAddressTail: Octets(),
      copied: Array(repeating: 0, count: size - MessageFacts.headerSize))
  }

  @Test("The largest message is the largest that the codec takes")
  func maximumSize() throws {
    #expect(try response(size: MessageFacts.maximumSize).encoded().count == MessageFacts.maximumSize)
    let error = #expect(throws: WireError.self) {
      try response(size: MessageFacts.maximumSize + MessageFacts.sizeMultiple).encoded()
    }
    #expect(error?.kind == .tooLong)
  }

  @Test("The multiple is the smallest step between sizes that the codec takes")
  func sizeMultiple() throws {
    for extra in 1..<MessageFacts.sizeMultiple {
      let error = #expect(throws: WireError.self) {
        try response(size: MessageFacts.headerSize + extra).encoded()
      }
      #expect(error?.kind == .notMultiple)
    }
    let next = MessageFacts.headerSize + MessageFacts.sizeMultiple
    #expect(try response(size: next).encoded().count == next)
  }

  @Test("Version and header are those of requests and responses")
  func header() throws {
    #expect(try response(size: MessageFacts.headerSize).encoded().first == MessageFacts.version)
    #expect(MessageFacts.headerSize == response(size: MessageFacts.headerSize).encodedSize)
    #expect(MessageFacts.version != 0)
  }
}

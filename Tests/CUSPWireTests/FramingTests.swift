import CUSPWire
import Testing
import VectorSupport
import Wire

/// Messages one behind the other, as TCP brings them.
@Suite("CUSP: streams")
struct FramingTests {
  @Test("A stream of all vectors is cut into them, however it arrives")
  func vectors() throws {
    try cut(CUSPControlPlane.self)
    try cut(CUSPUserPlane.self)
  }

  private func cut<Messages: FramedMessages>(_ type: Messages.Type) throws {
    let vectors = try VectorCase.all.get().map(\.vector)
    let messages = vectors.filter { $0.message != nil && (try? Messages(decoding: $0.octets)) != nil }.map(\.octets)
    #expect(messages.count > 20)
    var stream = messages.flatMap { $0 }
    for message in messages {
      for count in [0, 1, 3, 4, 7] { #expect(try Messages.frame(Array(stream[..<count])) == .incomplete(needed: 8)) }
      #expect(try Messages.frame(Array(stream[..<8])) == (message.count == 8 ? .complete(8) : .incomplete(needed: message.count)))
      let almost = try Messages.frame(Array(stream[..<(message.count - 1)]))
      #expect(almost == .incomplete(needed: message.count == 8 ? 8 : message.count))
      #expect(try Messages.frame(stream) == .complete(message.count))
      stream.removeFirst(message.count)
    }
    #expect(stream.isEmpty)
  }

  @Test(
    "A length that no message can have is an error before more octets are awaited",
    arguments: [0, 1, 4, 7, 9, 10, 11, 4097, 65533, 65535])
  func lengths(_ length: UInt16) {
    let octets: [UInt8] = [1, 0x80, UInt8(length >> 8), UInt8(length & 0xFF), 0, 0, 0, 1]
    let error = #expect(throws: WireError.self) { _ = try CUSPControlPlane.frame(octets) }
    #expect(error?.kind == .length && error?.offset == 2)
    #expect(error?.code.description == "TLV length Anomaly")
  }

  @Test("The largest message has 65532 octets, and 65533 cannot be encoded")
  func largest() throws {
    // 7 elements of 24 octets have the size of 6 of 28: 8 + 28 + 2729 × 24 = 65532.
    var update = UpdateObjective(asksForACK: true, transactionID: 1, objectives: .init())
    update.objectives.userBasic = [
      UserBasicObjective(operation: .update, userID: 1, address: MACAddress("02:00:00:00:00:01")!, interface: 3)
    ]
    update.objectives.userPPP = (0..<2729).map { number in
      UserPPPObjective(
        operation: number.isMultiple(of: 2) ? .update : .delete, userID: 1, maximumSegmentSize: 1420, limitsSegments: true,
        maximumReceiveUnit: 1492, magicNumber: UInt32(number), peerMagicNumber: 0)
    }
    let octets = try update.encoded()
    #expect(octets.count == 65532)
    #expect(Array(octets[..<4]) == [1, 0x80, 0xFF, 0xFC])
    #expect(try CUSPControlPlane.frame(octets) == .complete(65532))
    #expect(try CUSPControlPlane(decoding: octets) == .updateObjective(update))

    update.objectives.userPPP.append(update.objectives.userPPP[0])
    let error = #expect(throws: WireError.self) { _ = try update.encoded() }
    #expect(error?.kind == .unrepresentable || error?.kind == .tooLong)
  }
}

import DiameterWire
import RADIUSWire
import STUNWire
import Testing
import VectorSupport
import Wire

/// Messages of others one behind the other, as over TCP.
@Suite("Protocols of others: streams")
struct StreamTests {
  @Test("STUN")
  func stun() throws {
    try cut("stun", "message", STUNMessage.self)
  }

  @Test("RADIUS")
  func radius() throws {
    try cut("radius", "request", RADIUSRequest.self)
    try cut("radius", "response", RADIUSResponse.self)
  }

  @Test("Diameter")
  func diameter() throws {
    try cut("diameter", "request", DiameterRequest.self)
    try cut("diameter", "answer", DiameterAnswer.self)
  }

  @Test("DHCPv6 has no streams")
  func dhcpv6() throws {
    let foreign = try #require(try ForeignProtocol.all.get().first { $0.name == "dhcpv6" })
    #expect(try foreign.interpreter.frame(direction: 0, [1, 2, 3, 4]) == nil)
  }

  /// Cuts a stream of all messages of a direction into these messages, with generated code and with the interpreter.
  private func cut<Messages: FramedMessages>(_ name: String, _ direction: String, _ type: Messages.Type) throws {
    let foreign = try #require(try ForeignProtocol.all.get().first { $0.name == name })
    let index = try #require(foreign.interpreter.direction(named: direction))
    let messages = foreign.vectors.filter { $0.message.flatMap(foreign.direction(of:)) == index }.map(\.octets)
    var stream = messages.flatMap { $0 }
    for message in messages {
      let start = Array(stream.prefix(message.count))
      for count in [0, 4, 19, 20, message.count - 1, message.count] where count <= message.count {
        let part = Array(start[..<count])
        let frame = try Messages.frame(part)
        #expect(frame == (count < message.count ? .incomplete(needed: count < 20 ? 20 : message.count) : .complete(count)))
        #expect(try foreign.interpreter.frame(direction: index, part) == frame)
      }
      #expect(try Messages.frame(stream) == .complete(message.count))
      stream.removeFirst(message.count)
    }
    #expect(stream.isEmpty && !messages.isEmpty)
  }

  @Test("A size out of bounds is an error before more octets are awaited")
  func bounds() throws {
    let header = { (start: [UInt8]) in start + [UInt8](repeating: 0, count: 20 - start.count) }
    let small = #expect(throws: WireError.self) { _ = try RADIUSRequest.frame(header([1, 0, 0, 19])) }
    #expect(small?.kind == .length && small?.offset == 2 && small?.path.description == "FrameHeader.length")
    #expect(throws: WireError.self) { _ = try RADIUSRequest.frame(header([1, 0, 0x10, 1])) }
    #expect(try RADIUSRequest.frame(header([1, 0, 0x10, 0])) == .incomplete(needed: 4096))
    let large = #expect(throws: WireError.self) { _ = try DiameterRequest.frame(header([1, 0x10, 0, 4])) }
    #expect(large?.kind == .length && large?.offset == 1 && large?.code.description == "DIAMETER_INVALID_MESSAGE_LENGTH")
    #expect(try STUNMessage.frame(header([0, 1, 0xFF, 0xFC])) == .incomplete(needed: 65552))
  }
}

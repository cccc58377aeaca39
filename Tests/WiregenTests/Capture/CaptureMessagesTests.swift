import Testing
import VectorSupport
import Wire
import WireText

@testable import WiregenCore

@Suite("Captures: messages") struct CaptureMessagesTests {
  private static let schema = """
    <protocol xmlns="urn:wiregen:schema:1" name="T" language="1">
      <direction name="query" port="udp/700 tcp/700"/> <direction name="reply"/>
      <struct name="Head"> <field name="kind" type="u8"/> <field name="size" type="u8"/> </struct>
      <framing header="Head" size="size" min="2" max="200"/>
      <message name="Query" direction="query">
        <field name="kind" type="u8"/> <match field="kind" value="1"/> <length name="size" type="u8" of="message"/>
        <field name="text" type="text" size="rest"/>
      </message>
      <message name="Reply" direction="reply">
        <field name="kind" type="u8"/> <match field="kind" value="2"/> <length name="size" type="u8" of="message"/>
        <field name="text" type="text" size="rest"/>
      </message>
    </protocol>
    """

  private let interpreter: Interpreter

  init() throws {
    let outcome = resolve("t.xml", in: ["t.xml": Array(Self.schema.utf8)])
    interpreter = Interpreter(try #require(outcome.schema, "\(outcome.diagnostics)").definition)
  }

  private func query(_ text: String) -> [UInt8] { [1, UInt8(2 + text.utf8.count)] + Array(text.utf8) }

  /// What is found in packets: the text of each message, or what is wrong.
  private func found(
    _ packets: [[UInt8]], linkType: UInt32 = 101, originalCount: Int? = nil, ports: [UInt16] = []
  ) -> (messages: [String], passed: [String: Int]) {
    var finder = CaptureMessages(interpreter, ports: CapturePorts(interpreter.definition, ports: ports))
    var messages: [WiregenCore.CapturedMessage] = []
    for (index, packet) in packets.enumerated() {
      messages += finder.take(
        CapturedPacket(
          number: index + 1, time: nil, linkType: linkType, octets: packet, originalCount: originalCount ?? packet.count))
    }
    messages += finder.finish()
    return (messages.map { describe(DecodedMessage($0, interpreter, mode: .strict)) }, finder.passed)
  }

  private func describe(_ message: DecodedMessage) -> String {
    guard case .decoded(let decoded, _) = message.outcome else { return "\(message.message.packet): \(message.failure ?? "")" }
    let text = decoded.tree.node(at: "text")?.scalarText ?? ""
    return "\(message.message.packet): \(decoded.tree.root.name) \(text)"
  }

  @Test("Every link and internet header that is read leads to the message") func layers() {
    let udp = Build.udp(40000, 700, query("a"))
    let (four, six) = (Build.ipv4(17, udp), Build.ipv6(17, udp))
    let hop: [UInt8] = [60, 0, 0, 0, 0, 0, 0, 0]
    let options: [UInt8] = [17, 1] + [UInt8](repeating: 0, count: 14)
    let extended = Build.ipv6(0, hop + options + udp)
    let packets: [(UInt32, [UInt8])] = [
      (1, Build.ethernet(0x0800, four)), (1, Build.ethernet(0x86dd, six)), (1, Build.ethernet(0x0800, four, tags: [0x8100])),
      (1, Build.ethernet(0x86dd, extended, tags: [0x88a8, 0x8100])), (1, Build.ethernet(0x0800, four + [0, 0, 0, 0, 0, 0])),
      (113, [UInt8](repeating: 0, count: 14) + [8, 0] + four), (276, [0x86, 0xdd] + [UInt8](repeating: 0, count: 18) + six),
      (101, four), (101, six), (228, four), (229, six), (12, four), (0, [2, 0, 0, 0] + four), (108, [0, 0, 0, 24] + six),
      (101, Build.ipv4(17, udp, options: [1, 1, 1, 1])), (101, Build.ipv4(17, udp, fragment: 0x4000)),
    ]
    for (linkType, packet) in packets {
      #expect(found([packet], linkType: linkType).messages == ["1: Query a"], "\(linkType) \(packet)")
    }
  }

  @Test("What is no message is passed over for a reason") func passed() {
    let udp = Build.udp(40000, 700, query("a"))
    let cases: [(UInt32, [UInt8], String)] = [
      (9, [1], "a link type that is not read"), (1, Build.ethernet(0x0806, [1]), "neither IPv4 nor IPv6"),
      (101, [0x50], "neither IPv4 nor IPv6"), (101, [], "malformed below the transport"),
      (1, Build.ethernet(0x0800, Build.ipv6(17, udp)), "malformed below the transport"),
      (101, Build.ipv4(17, udp, fragment: 0x2000), "a fragment of a packet"),
      (101, Build.ipv4(17, udp, fragment: 5), "a fragment of a packet"),
      (101, Build.ipv6(44, [17, 0, 0, 1, 0, 0, 0, 0] + udp), "a fragment of a packet"),
      (101, Build.ipv4(1, [8, 0]), "neither UDP nor TCP"), (101, Build.ipv4(17, [0]), "malformed below the transport"),
      (101, Build.ipv4(17, Build.udp(1, 2, [])), "other ports"),
    ]
    for (linkType, packet, reason) in cases {
      let found = found([packet], linkType: linkType)
      #expect(found.messages.isEmpty)
      #expect(found.passed == [reason: 1], "\(packet)")
    }
    #expect(found([Array(Build.ipv4(17, udp).prefix(24))], originalCount: 99).passed == ["cut by the capture": 1])
    #expect(found([Array(Build.ipv4(17, udp).dropLast())], originalCount: 99).messages == ["1: cut by the capture"])
  }

  @Test("The direction is the one whose port is there, unless the octets say otherwise") func directions() {
    let reply: [UInt8] = [2, 3, UInt8(ascii: "r")]
    let packets = [
      Build.ipv4(17, Build.udp(40000, 700, query("a"))), Build.ipv4(17, Build.udp(700, 40000, reply)),
      Build.ipv4(17, Build.udp(700, 700, reply)), Build.ipv4(17, Build.udp(40000, 700, [3, 2])),
      Build.ipv4(17, Build.udp(40000, 700, [1, 9])),
    ]
    #expect(
      found(packets).messages == [
        "1: Query a", "2: Reply r", "3: Reply r", "4: offset 0: TQuery.kind: no message has this value",
        "5: offset 1: Query.size: a length that does not fit",
      ])
    let other = Build.ipv4(17, Build.udp(9000, 40000, reply))
    #expect(found([other], ports: [9000]).messages == ["1: Reply r"])
    #expect(found([packets[0]], ports: [9000]).passed == ["other ports": 1])
  }

  // MARK: Streams

  private func tcp(_ sequence: Int, _ payload: [UInt8], flags: UInt8 = 0x10) -> [UInt8] {
    Build.ipv4(6, Build.tcp(40000, 700, sequence: sequence, flags: flags, payload))
  }

  @Test("Messages in a stream: cut at every octet, several in one segment, in any order, twice") func streams() {
    let octets = query("one") + query("three") + query("")
    for cut in 1..<octets.count {
      let packets = [tcp(99, [], flags: 2), tcp(100, Array(octets[..<cut])), tcp(100 + cut, Array(octets[cut...]))]
      let whole = ["Query one", "Query three", "Query "]
      #expect(found(packets).messages.map { String($0.dropFirst(3)) } == whole)
      #expect(found([packets[0], packets[2], packets[1]]).messages == whole.map { "3: \($0)" })
      let again = [packets[0], packets[1], packets[1], tcp(100, octets), packets[2]]
      #expect(found(again).messages.map { String($0.dropFirst(3)) } == whole)
    }
  }

  @Test("Sequence numbers wrap") func wraps() {
    let octets = query("abcdef")
    let packets = [tcp(0xffff_fffd, [], flags: 2), tcp(0xffff_fffe, Array(octets[..<5])), tcp(3, Array(octets[5...]))]
    #expect(found(packets).messages == ["3: Query abcdef"])
  }

  @Test("What is missing in a stream is said, and the rest goes on") func gaps() {
    let packets = [
      tcp(99, [], flags: 2), tcp(100, query("a")), tcp(110, query("later"), flags: 0x11),
    ]
    #expect(found(packets).messages == ["2: Query a", "3: octets before it are not in the capture", "3: Query later"])
    let unframed = [tcp(100, [1, 0, 9, 9]), tcp(104, query("next"))]
    #expect(found(unframed).messages == ["1: offset 1: Head.size: a length that does not fit", "2: Query next"])
    #expect(found([tcp(5, [1, 9, 9])]).messages == ["1: the stream ends within a message, 3 octets into it"])
    let restarted = [tcp(5, [1, 9, 9]), tcp(70, [], flags: 2), tcp(71, query("new"))]
    #expect(found(restarted).messages == ["1: the stream ends within a message, 3 octets into it", "3: Query new"])
  }

  @Test("What waits behind a gap is bounded") func bounded() {
    var packets = [tcp(0, [1])]
    for index in 0..<600 { packets.append(tcp(10 + 2 * index, query(""))) }
    let messages = found(packets).messages
    #expect(messages.first == "258: octets before it are not in the capture")
    #expect(messages.count { $0.hasSuffix("Query ") } == 600)
  }

  @Test("Any packets give messages or reasons") func total() {
    var mutator = Mutator(seed: 11)
    let udp = Build.ethernet(0x0800, Build.ipv4(17, Build.udp(40000, 700, query("a"))))
    let tcp = Build.ethernet(0x86dd, Build.ipv6(0, [6, 0, 0, 0, 0, 0, 0, 0] + Build.tcp(1, 700, sequence: 1, query("a"))))
    let packets = (0..<6000).map { mutator.mutate($0.isMultiple(of: 2) ? udp : tcp) }
    for linkType: UInt32 in [0, 1, 101, 113, 276] { _ = found(packets, linkType: linkType) }
  }
}

import Foundation
import Testing
import VectorSupport

/// The commands that read messages with no build, run as processes.
@Suite("Commands: messages") struct MessageCommandTests {
  private let program: Program
  private let pcp = Repository.root.appendingPathComponent("Schemas/pcp.xml").path
  private let announce = "020000000000000000000000000000000000ffffc0000201"
  private let announceJSON = """
    {
      "message": "AnnounceRequest",
      "requestedLifetime": 0,
      "clientAddress": "::ffff:192.0.2.1",
      "options": []
    }

    """

  init() throws { program = try Program() }

  private func binary(_ name: String, _ hex: String) throws {
    try Data([UInt8](hexadecimal: hex[...])).write(to: program.url(name))
  }

  // MARK: decode

  @Test func decodesToJSONTextAndAnnotation() throws {
    try binary("a.bin", announce)
    let spaced = "02 00 0000 00000000 00000000 00000000 0000FFFF C0000201"
    for input in [
      ["--hex", spaced], ["a.bin"], ["a.bin", "--direction", "request"], ["a.bin", "--message", "AnnounceRequest"],
    ] {
      let run = try program.run(["decode", pcp] + input)
      #expect((run.status, run.output, run.errors) == (0, announceJSON, ""))
    }
    let text = try program.run(["decode", pcp, "a.bin", "--text"])
    #expect(text.lines.first == "AnnounceRequest")
    #expect(text.output.contains("::ffff:192.0.2.1"))
    let annotated = try program.run(["decode", pcp, "a.bin", "--annotate"])
    #expect(annotated.lines.first == "AnnounceRequest, 24 octets")
    let piped = try program.run(shell: "\"$0\" decode '\(pcp)' - < a.bin")
    #expect(piped.output == announceJSON)
  }

  @Test func saysWhatIsWrongWithOctets() throws {
    let short = try program.run(["decode", pcp, "--hex", "02000000"])
    #expect((short.status, short.output) == (1, ""))
    let end = "the octets end before it does [MALFORMED_REQUEST]"
    #expect(short.errorLines == ["error: offset 4: AnnounceRequest.requestedLifetime: \(end)"])
    let version = try program.run(["decode", pcp, "--hex", "09" + announce.dropFirst(2)])
    #expect(version.status == 1)
    #expect(version.errorLines == ["error: offset 0: PCPRequest.version: no message has this value [UNSUPP_VERSION]"])
    let annotated = try program.run(["decode", pcp, "--annotate", "--hex", announce + "00000000"])
    #expect(annotated.status == 1)
    #expect(annotated.output.contains("^ error"))
    #expect(annotated.errorLines.count == 1)
  }

  @Test func lenientlyWarns() throws {
    try program.write(
      "w.xml",
      Program.schema(
        """
        <direction name="way"/>
        <message name="M" direction="way"> <field name="a" type="u8" max="3" severity="warning"/> </message>
        """))
    #expect(try program.run(["decode", "w.xml", "--hex", "09"]).status == 1)
    let run = try program.run(["decode", "w.xml", "--hex", "09", "--lenient"])
    #expect(run.status == 0)
    #expect(run.output == "{\n  \"message\": \"M\",\n  \"a\": 9\n}\n")
    #expect(run.errorLines == ["warning: offset 0: M.a: out of range"])
  }

  @Test func neverGuessesBetweenMessages() throws {
    let body = "<field name=\"type\" type=\"u8\"/> <match field=\"type\" value=\"1\"/>"
    try program.write(
      "two.xml",
      Program.schema(
        """
        <direction name="up"/> <direction name="down"/>
        <message name="Rise" direction="up"> \(body) <field name="more" type="octets" size="rest"/> </message>
        <message name="Fall" direction="down"> \(body) </message>
        """))
    let both = try program.run(["decode", "two.xml", "--hex", "01"])
    #expect(both.status == 64)
    #expect(both.errorLines == ["error: it may be Rise (up) or Fall (down): say which with --message or --direction"])
    // Only one of them takes more octets.
    #expect(try program.run(["decode", "two.xml", "--hex", "0102"]).output.contains("Rise"))
    #expect(try program.run(["decode", "two.xml", "--hex", "01", "--direction", "down"]).output.contains("Fall"))
  }

  @Test func extensionsAreKnown() throws {
    try program.write("base.xml", Self.extensible)
    try program.write("more.xml", Self.extending)
    let hex = "2902abcd"
    let plain = try program.run(["decode", "base.xml", "--hex", hex])
    #expect(plain.output.contains("\"unknown\""))
    let extended = try program.run(["decode", "base.xml", "--extend", "more.xml", "--hex", hex])
    #expect(extended.output.contains("\"mark\""))
    #expect(extended.output.contains("43981"))
  }

  private static let extensible = Program.schema(
    """
    <direction name="up"/>
    <tlvs name="Item">
      <header> <tag name="kind" type="u8"/> <length name="size" type="u8"/> </header>
      <unknown action="keep"/>
      <tlv name="note" code="1"> <field name="text" type="text" size="rest"/> </tlv>
      <range from="32" to="63" use="private"/>
    </tlvs>
    <message name="M" direction="up"> <list name="items" of="Item"> <allow tlv="note" occurs="0..1"/> </list> </message>
    """)

  private static let extending = """
    <extension xmlns="urn:wiregen:schema:1" name="More" of="base.xml" language="1">
      <extend tlvs="Item">
        <tlv name="mark" code="41"> <field name="value" type="u16"/> <allow in="M.items" occurs="0..1"/> </tlv>
      </extend>
    </extension>
    """

  // MARK: encode

  @Test func encodesWhatDecodingPrints() throws {
    try program.write("a.json", announceJSON)
    #expect(try program.run(["encode", pcp, "a.json"]).output == announce + "\n")
    let piped = try program.run(shell: "\"$0\" decode '\(pcp)' --hex \(announce) | \"$0\" encode '\(pcp)' --binary > out.bin")
    #expect(piped.status == 0)
    #expect(try [UInt8](Data(contentsOf: program.url("out.bin"))) == [UInt8](hexadecimal: announce[...]))
    try program.write("b.json", "{\"requestedLifetime\": 0, \"clientAddress\": \"::1\"}")
    let named = try program.run(["encode", pcp, "b.json", "--message", "AnnounceRequest"])
    #expect(named.output == "0200000000000000" + String(repeating: "0", count: 31) + "1\n")
  }

  @Test func saysWhereJSONIsWrong() throws {
    try program.write("a.json", "{\"message\": \"AnnounceRequest\", \"requestedLifetime\": 0,\n \"clientAddres\": \"::1\"}")
    let run = try program.run(["encode", pcp, "a.json"])
    #expect((run.status, run.output) == (1, ""))
    #expect(run.errorLines.count == 1)
    #expect(
      run.errors.hasPrefix("a.json:2:2: error: unknown key 'clientAddres' in AnnounceRequest; did you mean 'clientAddress'?"))
    try program.write("b.json", "{\"message\": \"AnnounceRequest\"")
    #expect(try program.run(["encode", pcp, "b.json"]).errors.hasPrefix("b.json:1:"))
    try program.write("c.json", announceJSON)
    let other = try program.run(["encode", pcp, "c.json", "--message", "MapRequest"])
    #expect(other.errors == "c.json:2:14: error: a MapRequest expected\n")
    let direction = try program.run(["encode", pcp, "c.json", "--direction", "response"])
    #expect(direction.errors == "c.json:2:14: error: a message of direction 'response' expected\n")
  }

  // MARK: diff

  @Test func tellsInWhatMessagesDiffer() throws {
    let other = announce.dropLast(2) + "02"
    let run = try program.run(["diff", pcp, "--hex", announce, String(other)])
    #expect(run.status == 1)
    #expect(run.output == "- clientAddress: ::ffff:192.0.2.1\n+ clientAddress: ::ffff:192.0.2.2\n")
    try binary("a.bin", announce)
    try program.write("a.json", announceJSON)
    let same = try program.run(["diff", pcp, "a.bin", "a.json"])
    #expect((same.status, same.output, same.errors) == (0, "", ""))
    let json = try program.run(["diff", pcp, "--hex", "--json", announce, String(other)])
    #expect(json.output.contains("\"path\": \"clientAddress\",\n      \"left\": \"::ffff:192.0.2.1\""))
  }

  @Test func tellsWhichMessageIsWrong() throws {
    let what = "error: offset 4: AnnounceRequest.requestedLifetime: the octets end before it does [MALFORMED_REQUEST]\n"
    for (pair, name) in [([announce, "02000000"], "second"), (["02000000", announce], "first")] {
      let run = try program.run(["diff", pcp, "--hex"] + pair)
      #expect((run.status, run.output, run.errors) == (1, "", "the \(name) message: \(what)"))
    }
  }

  // MARK: captures

  private func write(_ name: String, _ payloads: [String]) throws {
    let packets = payloads.map { Build.ipv4(17, Build.udp(40000, 5351, [UInt8](hexadecimal: $0[...]))) }
    try Data(Build.pcap(packets)).write(to: program.url(name))
  }

  @Test func decodesCaptures() throws {
    try write("c.pcap", [announce, "02000000", announce])
    let run = try program.run(["decode", pcp, "--pcap", "c.pcap"])
    #expect(run.status == 0)
    #expect(run.lines.count == 3)
    #expect(
      run.lines[0]
        == "{\"frame\":1,\"time\":\"2001-09-09T01:46:40.5Z\",\"transport\":\"udp\","
        + "\"source\":{\"address\":\"192.0.2.1\",\"port\":40000},\"destination\":{\"address\":\"192.0.2.2\",\"port\":5351},"
        + "\"direction\":\"request\",\"value\":{\"message\":\"AnnounceRequest\",\"requestedLifetime\":0,\"clientAddress\":\"::ffff:192.0.2.1\",\"options\":[]}}"
    )
    #expect(run.lines[1].hasSuffix("\"reason\":\"the octets end before it does [MALFORMED_REQUEST]\"},\"hex\":\"02000000\"}"))
    #expect(
      run.errorLines == [
        "frame 2, 192.0.2.1:40000 to 192.0.2.2:5351: error: offset 4: AnnounceRequest.requestedLifetime: the octets end before it does "
          + "[MALFORMED_REQUEST]",
        "3 packets: 3 messages, of which 1 do not decode",
      ])
    let text = try program.run(["decode", pcp, "--pcap", "c.pcap", "--text"])
    #expect(text.lines.first == "frame 1, 192.0.2.1:40000 to 192.0.2.2:5351, 2001-09-09T01:46:40.5Z")
    let other = try program.run(["decode", pcp, "--pcap", "c.pcap", "--port", "9"])
    #expect((other.status, other.output) == (0, ""))
    #expect(other.errorLines == ["3 packets: 0 messages, of which 0 do not decode; 3 packets have none (3 other ports)"])
  }

  @Test func printsWhatABrokenCaptureHas() throws {
    try write("c.pcap", [announce, announce])
    let whole = try Data(contentsOf: program.url("c.pcap"))
    try whole.dropLast(5).write(to: program.url("d.pcap"))
    let run = try program.run(["decode", pcp, "--pcap", "d.pcap"])
    #expect(run.status == 1)
    #expect(run.lines.count == 1)
    #expect(run.errorLines.last == "d.pcap: error: offset 92: the file ends within a record")
  }

  // MARK: arguments

  @Test(arguments: [
    (["decode", "PCP"], "error: give the octets once: in a file, with --hex, or a capture with --pcap"),
    (["decode", "PCP", "--hex", "0g"], "error: '0g' must be pairs of hexadecimal digits; white space is free"),
    (["decode", "PCP", "--hex", "00", "--message", "Nope"], "error: there is no message 'Nope' in PCP; there are "),
    (
      ["decode", "PCP", "--hex", "00", "--direction", "up"],
      "error: there is no direction 'up' in PCP; there are request, response"
    ),
    (["decode", "PCP", "--hex", "00", "--port", "1"], "error: --port is for captures, with --pcap"),
    (["diff", "PCP", "-", "-"], "error: only one of the messages can come from standard input"),
  ])
  func saysInOneLineWhichArgumentsDoNotFit(arguments: [String], message: String) throws {
    let run = try program.run(arguments.map { $0 == "PCP" ? pcp : $0 })
    #expect((run.status, run.output) == (64, ""))
    #expect(run.errorLines.count == 1)
    #expect(run.errors.hasPrefix(message))
  }

  @Test(arguments: [["decode", "PCP", "none.bin"], ["encode", "PCP", "none.bin"], ["decode", "PCP", "--pcap", "none.bin"]])
  func saysInOneLineWhatCannotBeRead(arguments: [String]) throws {
    let run = try program.run(arguments.map { $0 == "PCP" ? pcp : $0 })
    #expect((run.status, run.output) == (2, ""))
    #expect(run.errorLines.count == 1)
    #expect(run.errors.hasPrefix("none.bin: error: the file cannot be read"))
  }
}

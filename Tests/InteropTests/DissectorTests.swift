import Foundation
import Testing
import VectorSupport
import WireText

/// The dissectors that are made of schemas, run by tshark: they show what the interpreter finds.
@Suite(
  "Dissectors in tshark",
  .disabled(if: Tshark.isSkipped, "\(Tshark.skipVariable)=1: no dissector has been run"))
struct DissectorTests {
  /// A schema and its vectors.
  struct Source: Sendable, CustomTestStringConvertible {
    var schema: String
    var files: [String] = []
    var folder = "Vectors"
    var testDescription: String { schema }
  }

  static let sources = [
    Source(schema: "Schemas/pcp.xml", files: ["pcp-flow-examples.txt", "pcp-options.txt", "pcp-invalid.txt"]),
    Source(schema: "Schemas/natpmp.xml", files: ["natpmp.txt"]),
    Source(schema: "Schemas/cusp.xml", files: ["cusp-messages.txt", "cusp-elements.txt", "cusp-invalid.txt"]),
    Source(schema: "Schemas/cpnp.xml", files: ["cpnp.txt", "cpnp-documents.txt", "cpnp-invalid.txt"]),
    Source(schema: "Tests/EverythingWire/everything.xml"),
    Source(schema: "Tests/KitWire/kit-lists.xml", files: ["kit-lists.txt"]),
    Source(schema: "Tests/KitWire/kit-members.xml", files: ["kit-members.txt"]),
  ]
  /// How often octets are changed at random; WIREGEN_DISSECTOR_ROUNDS=5000 looks longer.
  private static let rounds = ProcessInfo.processInfo.environment["WIREGEN_DISSECTOR_ROUNDS"].flatMap { Int($0) } ?? 300

  /// Schemas whose messages are drawn at random.
  static let drawn = [
    Source(schema: "Tests/EverythingWire/keywords.xml"), Source(schema: "Tests/KitWire/kit.xml"),
    Source(schema: "Tests/VariablesWire/variables.xml"), Source(schema: "Tests/LinearWire/linear.xml"),
    Source(schema: "Tests/EverythingWire/Vendor/everything-vendor.xml"),
  ]
  static let foreign = ["stun", "dhcpv6", "radius", "diameter"].map {
    Source(schema: "Tests/Schemas/\($0).xml", files: ["Messages/\($0).txt", "Invalid/\($0).txt"], folder: "Schemas")
  }

  @Test("Every value, and every error, of every vector and sample", arguments: sources + foreign)
  func vectors(_ source: Source) throws {
    let tested = try DissectedProtocol(source.schema)
    let cases = try source.files.flatMap { try tested.cases($0, in: source.folder) } + tested.samples
    #expect(!cases.isEmpty)
    let count = try compare(cases, tested) { entry, dissection in
      #expect(dissection.experts.isEmpty == entry.isValid, "\(entry.name): \(dissection.experts)")
      if entry.isValid { #expect(!dissection.isMalformed, "\(entry.name)") }
    }
    print("\(source.schema): \(count) values of \(cases.count) messages are the same in the dissector")
  }

  @Test(
    "Every value, and every error, of messages drawn at random, and of octets that are nearly right",
    arguments: sources + drawn + foreign)
  func random(_ source: Source) throws {
    let tested = try DissectedProtocol(source.schema)
    let seeds =
      try source.files.flatMap { try tested.cases($0, in: source.folder) } + tested.samples + tested.drawn(Self.rounds / 4)
    var mutator = Mutator(seed: UInt64(Self.rounds))
    let mutations = (0..<Self.rounds).map { index in
      var entry = seeds[index % seeds.count]
      entry.octets = mutator.mutate(entry.octets)
      return entry
    }
    _ = try compare(seeds + mutations.filter { $0.octets.count <= DissectedProtocol.largest }, tested) { _, _ in }
  }

  /// Calls `body` with each case and what the dissector makes of it.
  ///
  /// - Returns: how many values are the same.
  private func compare(
    _ cases: [DissectedCase], _ tested: DissectedProtocol, _ body: (DissectedCase, Dissection) -> Void
  ) throws -> Int {
    var count = 0
    for direction in Set(cases.map(\.direction)).sorted() {
      let group = cases.filter { $0.direction == direction }
      for (entry, dissection) in zip(group, try tested.dissect(group.map(\.octets), direction: direction)) {
        // Without octets there is nothing to dissect: tshark does not ask.
        guard !entry.octets.isEmpty else { continue }
        #expect(dissection.octets == entry.octets, "\(entry.name): the payload")
        let comparison = DissectorComparison(dissection, of: tested, direction: direction)
        #expect(comparison.problems == [], "\(entry.name): \(entry.octets.hexadecimal.prefix(400))")
        count += comparison.count
        body(entry, dissection)
      }
    }
    return count
  }
}

// MARK: - Deep and large ones

extension DissectorTests {
  private static let alone = """
    <direction name="up"/>
    <struct name="Nest" maxDepth="64"><count name="innerCount" type="u8" of="inner"/> <array name="inner" of="Nest"/></struct>
    <tlvs name="Box" maxDepth="64">
      <header><tag name="kind" type="u8"/> <length name="length" type="u16"/></header>
      <unknown action="keep"/>
      <tlv name="box" code="1"><list name="boxes" of="Box"><allow tlv="box" occurs="0..*"/></list></tlv>
    </tlvs>
    <message name="Nested" direction="up">
      <field name="kind" type="u8"/> <match field="kind" value="1"/> <field name="nest" type="Nest"/>
    </message>
    <message name="Boxed" direction="up">
      <field name="kind" type="u8"/> <match field="kind" value="2"/>
      <list name="boxes" of="Box"><allow tlv="box" occurs="0..*"/></list>
    </message>
    <message name="Many" direction="up">
      <field name="kind" type="u8"/> <match field="kind" value="3"/> <array name="numbers" of="u8" until="end"/>
    </message>
    <message name="Wrong" direction="up">
      <field name="kind" type="u8"/> <match field="kind" value="4"/>
      <list name="boxes" of="Box"><allow tlv="box" occurs="0"/></list>
    </message>
    """

  @Test("As deep as may be and deeper, and very many")
  func limits() throws {
    let tested = try DissectedProtocol(content: Self.alone)
    let size = 12_000
    let boxes = { (depth: Int) in DeepInput.elements(headerSize: 3, depth: depth) { DeepInput.header(tag: 1, $0) } }
    let inputs: [[UInt8]] = [
      [1] + DeepInput.structs(depth: 64), [1] + DeepInput.structs(depth: 65), [1] + DeepInput.structs(size: size),
      [2] + boxes(64), [2] + boxes(65), [2] + boxes(size / 3), [3] + [UInt8](repeating: 7, count: size),
      [2] + [[UInt8]](repeating: [1, 0, 0], count: size / 3).joined(),
    ]
    for (octets, dissection) in zip(inputs, try tested.dissect(inputs, direction: "up")) {
      let comparison = DissectorComparison(dissection, of: tested, direction: "up")
      #expect(comparison.problems.prefix(3) == [], "\(octets.prefix(4)), \(octets.count) octets")
    }
  }

  @Test("Of very many errors a thousand are shown")
  func manyErrors() throws {
    let tested = try DissectedProtocol(content: Self.alone)
    let octets: [UInt8] = [4] + [[UInt8]](repeating: [1, 0, 3, 1, 0, 9], count: 3000).joined()
    let found = try #require(try tested.dissect([octets], direction: "up").first)
    let violations = tested.interpreter.violations(direction: 0, octets).map(\.description)
    #expect(violations.count > 1000)
    #expect(found.fields.filter { $0.name == "wg_alone.violation" }.map(\.show) == Array(violations.prefix(1000)))
  }
}

// MARK: - Streams

extension DissectorTests {
  struct Stream: Sendable, CustomTestStringConvertible {
    var schema: String
    var file: String
    var direction: String
    /// Octets of a segment.
    var size: Int
    var testDescription: String { "\(schema), \(size) octets a segment" }
  }

  static let streams =
    [1, 7, 100, 1400, 20_000].map {
      Stream(schema: "Schemas/cpnp.xml", file: "cpnp.txt", direction: "clientMessage", size: $0)
    }
    + [7, 1400, 60_000].map {
      Stream(schema: "Schemas/cusp.xml", file: "cusp-messages.txt", direction: "controlPlane", size: $0)
    }

  @Test("Messages that are cut into segments, and several in one", arguments: streams)
  func reassembly(_ stream: Stream) throws {
    let tested = try DissectedProtocol(stream.schema)
    let vectors = try Vector.read(stream.file).filter { vector in
      let body = vector.message.flatMap { tested.interpreter.body(named: $0) }.map { tested.definition.bodies[$0] }
      return body?.message.map { tested.definition.directions[$0.direction] } == stream.direction
    }
    let octets = vectors.flatMap(\.octets)
    let segments = stride(from: 0, to: octets.count, by: stream.size).map {
      Array(octets[$0..<min(octets.count, $0 + stream.size)])
    }
    let capture = Capture(segments: segments, serverPort: DissectedProtocol.port)
    let found = try Tshark.dissect(capture, as: tested.dissector(direction: stream.direction))
    #expect(found.flatMap(\.experts) == [])
    let names = found.flatMap(\.fields).filter { $0.name == "\(tested.names.layer).message" }.map(\.show)
    #expect(names == vectors.compactMap(\.message))
  }

  @Test("What is no frame is said to be none, and ends the stream")
  func brokenFrame() throws {
    let tested = try DissectedProtocol("Schemas/cusp.xml")
    let framing = try #require(tested.definition.framings.first)
    let good = try #require(try Vector.read("cusp-messages.txt").first { $0.message != nil && $0.octets.count < 1000 })
    let bad: [UInt8] = [1, 0, 0, 3, 0, 0, 0, 0]
    let capture = Capture(segments: [good.octets + bad + good.octets], serverPort: DissectedProtocol.port)
    let found = try Tshark.dissect(capture, as: tested.dissector())
    let violation = #expect(throws: Violation.self) { try tested.interpreter.frame(direction: 0, bad) }
    #expect(framing.header == tested.interpreter.body(named: "FrameHeader"))
    #expect(found.flatMap(\.experts) == [try #require(violation).description])
  }
}

// MARK: - Beside other dissectors

extension DissectorTests {
  /// On the same octets, what tshark's own dissector of PCP has is in ours: as much, from the same place, with the same value.
  @Test("tshark's own fields of PCP", arguments: ["pcp-flow-examples.txt", "pcp-options.txt"])
  func builtIn(_ file: String) throws {
    let tested = try DissectedProtocol("Schemas/pcp.xml")
    let vectors = try Vector.read(file).filter { $0.message != nil && TsharkFault.malformed[$0.name] == nil }
    let messages = vectors.map(\.captured)
    let theirs = try Tshark.dissect(messages)
    let ours = try Tshark.dissect(messages, as: tested.dissector(port: Tshark.Dissector.portControl.port))
    var count = 0
    for (place, vector) in vectors.enumerated() {
      for field in theirs[place].fields where !field.isDivided && !field.octets.isEmpty {
        let found = ours[place].fields.contains { own in
          let isSame = own.octets == field.octets || own.number != nil && own.number == field.number
          // What the schema leaves as octets, tshark takes apart all the same.
          let isOpaque = own.name.hasSuffix(".copied") || own.name.hasSuffix(".unknown.value")
          let isIn = own.start <= field.start && field.start + field.size <= own.start + own.size
          let isPlaced = own.start == field.start && own.size == field.size
          return isPlaced && isSame || isOpaque && isIn
        }
        #expect(found, "\(file):\(vector.line) \(vector.name): \(field.name) '\(field.show)' at \(field.start)")
        count += 1
      }
    }
    print("\(file): \(count) fields of tshark's own are in our dissector")
  }

  @Test("PCP and NAT-PMP on their port, whichever is loaded first", arguments: [false, true])
  func both(pcpFirst: Bool) throws {
    let (pcp, natpmp) = (try DissectedProtocol("Schemas/pcp.xml"), try DissectedProtocol("Schemas/natpmp.xml"))
    let loaded = pcpFirst ? [pcp, natpmp] : [natpmp, pcp]
    let arguments = loaded.flatMap { ["-X", "lua_script:\($0.script.path)"] }
    let layers = [pcp, natpmp].map(\.names.layer)
    var dissector = Tshark.Dissector(layers[0], layers[1], port: 5351, arguments: arguments)
    dissector.layers += Tshark.Dissector.portControl.layers
    let vectors = try ["pcp-flow-examples.txt", "natpmp.txt"].flatMap { try Vector.read($0) }.filter { $0.message != nil }
    for (vector, found) in zip(vectors, try Tshark.dissect(vectors.map(\.captured), as: dissector)) {
      #expect(found.dissector == layers[vector.octets[0] == 2 ? 0 : 1], "\(vector.name)")
      #expect(found.experts == [] && !found.fields.isEmpty, "\(vector.name)")
    }
    // A version that neither has is left to what had the port before; an opcode that ours has not is an error.
    let strange = [[3, 1] + [UInt8](repeating: 0, count: 58), [2, 96] + [UInt8](repeating: 0, count: 22)]
    let others = try Tshark.dissect(strange.map { CapturedMessage("strange", $0, from: .client) }, as: dissector)
    #expect(others[0].experts == [])
    #expect(others[1].dissector == layers[0] && others[1].experts.first?.contains("UNSUPP_OPCODE") == true)
  }
}

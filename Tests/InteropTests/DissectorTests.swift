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
  /// Schemas whose messages are drawn at random.
  static let drawn = [
    Source(schema: "Tests/EverythingWire/keywords.xml"), Source(schema: "Tests/KitWire/kit.xml"),
    Source(schema: "Tests/VariablesWire/variables.xml"), Source(schema: "Tests/LinearWire/linear.xml"),
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
    let seeds = try source.files.flatMap { try tested.cases($0, in: source.folder) } + tested.samples + tested.drawn(80)
    var mutator = Mutator(seed: 5)
    let mutations = (0..<300).map { index in
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

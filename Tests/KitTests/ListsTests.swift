import FuzzHarness
import KitWire
import Testing
import VectorSupport
import Wire
import WireText

/// The generated code of lists in every place and of every form, on octets worked out by hand, and against the interpreter.
@Suite("Every list: generated code does what the language says")
struct ListsTests {
  static let vectors = Result {
    try VectorProtocol(KitListsProtocol.definition, KitListsAsk.self, KitListsTell.self, KitListsShout.self)
      .cases(["kit-lists.txt"], sayValues: false)
  }

  @Test("Octets worked out by hand decode, and encode again, or are refused", arguments: try vectors.get())
  func vector(_ entry: VectorCase) {
    #expect(entry.problems() == [])
  }

  @Test("On every vector, cut at every octet, and changed in every octet", arguments: try vectors.get())
  func neighbours(_ entry: VectorCase) throws {
    let octets = entry.vector.octets
    for count in 0...octets.count { try everyProperty(of: Array(octets[..<count])) }
    for place in octets.indices {
      for change: UInt8 in [1, 2, 3, 4, 0x7F, 0x80, 0xFF] {
        var changed = octets
        changed[place] &+= change
        try everyProperty(of: changed)
      }
    }
  }

  @Test("On every vector, changed at random", arguments: try vectors.get())
  func random(_ entry: VectorCase) throws {
    var mutator = Mutator(seed: UInt64(entry.vector.line))
    for _ in 0..<150 { try everyProperty(of: mutator.mutate(entry.vector.octets)) }
  }

  private func everyProperty(of octets: [UInt8]) throws {
    try Properties<KitListsAsk>(direction: "ask", of: Sections.definition).check(octets, isThorough: true)
    try Properties<KitListsTell>(direction: "tell", of: Sections.definition).check(octets, isThorough: true)
    try Properties<KitListsShout>(direction: "shout", of: Sections.definition).check(octets, isThorough: true)
  }

  /// Elements, whose bodies have their headers in some families, and structs, taken out of every place of the vectors.
  @Test("On parts of every vector, for each type that is no message")
  func parts() throws {
    let vectors = try Self.vectors.get().map(\.vector)
    for vector in vectors {
      for start in vector.octets.indices {
        for type in Self.bodies { try check(type, Array(vector.octets[start...])) }
      }
    }
    var mutator = Mutator(seed: 3)
    for type in Self.bodies {
      for vector in vectors.suffix(12) { try check(type, mutator.mutate(vector.octets)) }
    }
  }

  private static let bodies: [any WireBody.Type] = [
    StampEntry.self, RemarkEntry.self, FolderEntry.self, PairEntry.self, Shelf.self, BranchTree.self, GraftTree.self,
    Filter.self, SessionAvp.self, CellAvp.self, PlainAvp.self, NestAvp.self, SmallBox.self, WideBox.self,
    UserObjective.self, CrowdObjective.self,
  ]

  private func check<Body: WireBody>(_ type: Body.Type, _ octets: [UInt8]) throws {
    try Properties(body: type).check(octets, isThorough: true)
    for count in 0..<octets.count { try Properties(body: type).check(Array(octets[..<count]), isThorough: false) }
  }
}

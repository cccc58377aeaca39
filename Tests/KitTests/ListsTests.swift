import FuzzHarness
import KitWire
import Testing
import VectorSupport
import Wire
import WireText

/// The generated code of lists in every place and of every form, on octets worked out by hand, and against the interpreter.
@Suite("Every list: generated code does what the language says")
struct ListsTests {
  static let vectors = (try? Vector.read("kit-lists.txt")) ?? []

  @Test("Octets worked out by hand decode, and encode again")
  func handMade() throws {
    #expect(Self.vectors.count > 30)
    for vector in Self.vectors {
      let place = Comment(rawValue: "kit-lists.txt:\(vector.line): \(vector.name)")
      guard let message = vector.message else {
        let name = vector.member?.prefix { $0 != "." } ?? ""
        let error = try #require(Self.violations(String(name), vector.octets).first, place)
        #expect(error.kind.name == vector.kind, place)
        #expect("\(error.path)" == vector.member, place)
        #expect(error.offset == vector.offset, place)
        #expect("\(error.code)" == vector.error, place)
        continue
      }
      let type = try #require(Self.messages.first { "\($0)" == message }, place)
      try check(type, vector.octets, isCanonical: vector.isCanonical, place)
    }
  }

  private func check<Body: WireBody>(_ type: Body.Type, _ octets: [UInt8], isCanonical: Bool, _ place: Comment) throws {
    #expect(Body.violations(in: octets).map(\.description) == [], place)
    guard let value = try? Body(decoding: octets) else { return }
    #expect((try value.encoded() == octets) == isCanonical, place)
    #expect(try Body(decoding: try value.encoded()) == value, place)
  }

  static let messages: [any WireBody.Type] = [
    Sections.self, Told.self, Ordered.self, Placed.self, Forest.self, Filtered.self, Avps.self, Boxes.self,
  ]

  private static func violations(_ name: String, _ octets: [UInt8]) -> [WireError] {
    messages.first { "\($0)" == name }?.violations(in: octets) ?? []
  }

  @Test("On every vector, cut at every octet, and changed in every octet", arguments: vectors.indices)
  func neighbours(_ index: Int) throws {
    let octets = Self.vectors[index].octets
    for count in 0...octets.count { try everyProperty(of: Array(octets[..<count])) }
    for place in octets.indices {
      for change: UInt8 in [1, 2, 3, 4, 0x7F, 0x80, 0xFF] {
        var changed = octets
        changed[place] &+= change
        try everyProperty(of: changed)
      }
    }
  }

  @Test("On every vector, changed at random", arguments: vectors.indices)
  func random(_ index: Int) throws {
    var mutator = Mutator(seed: UInt64(index) + 1)
    for _ in 0..<150 { try everyProperty(of: mutator.mutate(Self.vectors[index].octets)) }
  }

  private func everyProperty(of octets: [UInt8]) throws {
    try Properties<KitListsAsk>(direction: "ask", of: Sections.definition).check(octets, isThorough: true)
    try Properties<KitListsTell>(direction: "tell", of: Sections.definition).check(octets, isThorough: true)
    try Properties<KitListsShout>(direction: "shout", of: Sections.definition).check(octets, isThorough: true)
  }

  /// Elements, whose bodies have their headers in some families, and structs, taken out of every place of the vectors.
  @Test("On parts of every vector, for each type that is no message")
  func parts() throws {
    for vector in Self.vectors {
      for start in vector.octets.indices {
        for type in Self.bodies { try check(type, Array(vector.octets[start...])) }
      }
    }
    var mutator = Mutator(seed: 3)
    for type in Self.bodies {
      for vector in Self.vectors.suffix(12) { try check(type, mutator.mutate(vector.octets)) }
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

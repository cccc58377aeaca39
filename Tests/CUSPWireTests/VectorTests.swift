import CUSPWire
import FuzzHarness
import Testing
import VectorSupport
import Wire

extension VectorProtocol {
  /// Hello and Error are the same in both directions, and a Statistics message without F may be an acknowledgement.
  static let cusp = VectorProtocol(
    CUSPProtocol.definition, CUSPControlPlane.self, CUSPUserPlane.self, directionsOverlap: true)
}

extension VectorCase {
  static let all = Result {
    try VectorProtocol.cusp.cases(["cusp-messages.txt", "cusp-elements.txt", "cusp-invalid.txt"])
  }
}

@Suite("CUSP: vectors worked out by hand, both ways")
struct VectorTests {
  @Test("What is valid decodes to what it says and is encoded again, what is not is refused", arguments: try VectorCase.all.get())
  func vector(_ entry: VectorCase) {
    #expect(entry.problems() == [])
  }

  @Test("There is one of every message and every element")
  func everyOne() throws {
    let all = try VectorCase.all.get()
    #expect(Set(all.map(\.description)).count == all.count)
    let definition = VectorProtocol.cusp.interpreter.definition
    let names = Set(all.compactMap(\.vector.message))
    #expect(Set(definition.messages.map { definition.bodies[$0].name }) == names)
    let paths = all.flatMap { $0.vector.expectations.map(\.path) }
    for element in definition.families.flatMap(\.elements) {
      #expect(paths.contains { $0.contains("].\(element.name)") }, "\(element.name)")
    }
  }

  @Test("There is one for every error that a message alone can earn")
  func everyError() throws {
    let labels = Set(try VectorCase.all.get().compactMap(\.vector.error))
    #expect(labels == Set(ErrorID.Known.allCases.map { ErrorID(rawValue: $0.rawValue).description }))
  }
}

/// Generated code and the interpreter are two readings of one schema; whatever the octets, they must say the same.
@Suite("CUSP: generated code and interpreter agree")
struct AgreementTests {
  @Test("On every vector, cut at every octet but of the longest", arguments: try VectorCase.all.get())
  func truncations(_ entry: VectorCase) throws {
    let octets = entry.vector.octets
    for count in 0...min(octets.count, 512) { try entry.tested.check(Array(octets[..<count])) }
    for count in [octets.count - 4, octets.count - 1, octets.count] where count > 512 {
      try entry.tested.check(Array(octets[..<count]))
    }
  }

  @Test("On thousands of mutations", arguments: try VectorCase.all.get())
  func mutations(_ entry: VectorCase) throws {
    var mutator = Mutator(seed: UInt64(entry.vector.line))
    let rounds = entry.vector.octets.count > 512 ? 2 : 20
    for _ in 0..<rounds { try entry.tested.check(mutator.mutate(entry.vector.octets)) }
  }
}

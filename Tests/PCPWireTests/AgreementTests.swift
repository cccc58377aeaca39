import FuzzHarness
import PCPWire
import Testing
import VectorSupport

/// Generated code and the interpreter are two readings of one schema; whatever the octets, they must say the same.
@Suite("Generated code and interpreter agree")
struct AgreementTests {
  @Test("On every vector, cut at every octet", arguments: try VectorCase.all.get())
  func truncations(_ entry: VectorCase) throws {
    for count in 0...entry.vector.octets.count { try entry.tested.check(Array(entry.vector.octets[..<count])) }
  }

  @Test("On thousands of mutations", arguments: try VectorCase.all.get())
  func mutations(_ entry: VectorCase) throws {
    var mutator = Mutator(seed: UInt64(entry.vector.line))
    for _ in 0..<20 { try entry.tested.check(mutator.mutate(entry.vector.octets)) }
  }
}

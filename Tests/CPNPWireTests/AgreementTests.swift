import CPNPWire
import FuzzHarness
import Testing
import VectorSupport

/// Generated code and the interpreter are two readings of one schema; whatever the octets, they must say the same.
@Suite("CPNP: generated code and interpreter agree")
struct AgreementTests {
  @Test("On every vector, cut at forty places, its end among them", arguments: try VectorCase.all.get())
  func truncations(_ entry: VectorCase) throws {
    let all = entry.vector.octets.count
    for count in stride(from: all, through: 0, by: -max(1, all / 40)) {
      try entry.tested.check(Array(entry.vector.octets[..<count]))
    }
  }

  @Test("On thousands of mutations", arguments: try VectorCase.all.get())
  func mutations(_ entry: VectorCase) throws {
    var mutator = Mutator(seed: UInt64(entry.vector.line))
    for _ in 0..<6 { try entry.tested.check(mutator.mutate(entry.vector.octets)) }
  }
}

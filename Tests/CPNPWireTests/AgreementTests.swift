import CPNPWire
import FuzzHarness
import Testing
import VectorSupport
import Wire

/// Generated code and the interpreter are two readings of one schema; whatever the octets, they must say the same.
@Suite("CPNP: generated code and interpreter agree")
struct AgreementTests {
  @Test("On every vector, cut at forty places, its end among them", arguments: try VectorCase.all.get())
  func truncations(_ entry: VectorCase) throws {
    let all = entry.vector.octets.count
    for count in stride(from: all, through: 0, by: -max(1, all / 40)) {
      try agree(on: Array(entry.vector.octets[..<count]), entry.tested)
    }
  }

  @Test("On thousands of mutations", arguments: try VectorCase.all.get())
  func mutations(_ entry: VectorCase) throws {
    var mutator = Mutator(seed: UInt64(entry.vector.line))
    for _ in 0..<6 { try agree(on: mutator.mutate(entry.vector.octets), entry.tested) }
  }

  private func agree(on octets: [UInt8], _ tested: VectorProtocol) throws {
    for direction in tested.directions { try agree(direction.messages, direction.name, octets, tested.definition) }
  }

  private func agree<Messages: WireMessages>(
    _ type: Messages.Type, _ direction: String, _ octets: [UInt8], _ definition: WireDefinition
  ) throws {
    try Properties<Messages>(direction: direction, of: definition).check(octets, isThorough: true)
  }
}

import Agreement
import PlantedWire
import Testing
import VectorSupport

/// A comparison that finds nothing must be one that could find something: faults of the emitter are planted, and found.
@Suite("Planted faults", .serialized)
struct PlantedTests {
  private static let rounds: Range<UInt64> = 0..<250
  private static let subjects = [
    Subject(PlantedAsk.self, direction: "ask", PlantedProtocol.definition),
    Subject(PlantedTell.self, direction: "tell", PlantedProtocol.definition),
  ]

  @Test("Without a fault nothing is found")
  func none() async throws {
    plantedFault = 0
    let finding = try await inBackground { Self.finding() }
    #expect(finding == nil, "\(finding.map(String.init(describing:)) ?? "")")
  }

  @Test("Every fault is found", arguments: plantedFaults.indices)
  func each(_ index: Int) async throws {
    plantedFault = index + 1
    defer { plantedFault = 0 }
    let finding = try await inBackground { Self.finding() }
    #expect(finding != nil, "\(plantedFaults[index])")
  }

  @Test("There are enough of them")
  func number() { #expect(plantedFaults.count >= 20) }

  private static func finding() -> Disagreement? {
    for seed in rounds {
      for subject in subjects {
        do { _ = try Round(subject, seed: seed).run(mutations: 12) } catch { return error }
      }
    }
    return nil
  }
}

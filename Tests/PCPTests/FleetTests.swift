import Foundation
import Machine
import PCPWire
import Testing
import Wire

@testable import PCP

/// Many clients and a server, whatever befalls them. More seeds: `PCP_SIMULATION_SEEDS=2000 swift test --filter FleetTests`; one
/// of them, with all that happens: `PCP_SIMULATION_SEED=17 swift test --filter FleetTests`.
@Suite struct FleetTests {
  private static let environment = ProcessInfo.processInfo.environment
  private static let oneSeed = environment["PCP_SIMULATION_SEED"].flatMap { UInt64($0) }

  private static var seeds: [UInt64] {
    if let oneSeed { return [oneSeed] }
    return Array(1...max(1, environment["PCP_SIMULATION_SEEDS"].flatMap { UInt64($0) } ?? 40))
  }

  @Test("Promises are kept in the storm, and clients have what they want after it", arguments: seeds)
  func storm(seed: UInt64) {
    var fleet = Self.storm(seed, isTraced: Self.oneSeed != nil)
    let comment: Comment = "replay: PCP_SIMULATION_SEED=\(seed) swift test --filter FleetTests; \(fleet.counts)"
    #expect(fleet.promises.problems == [], comment)
    fleet.heal()
    // At most as long as any mapping lives that the calendar may have lengthened, and any error lasts.
    let end = fleet.now + .seconds(9000)
    repeat { fleet.run(until: fleet.now + .seconds(300)) } while !Self.disagreements(fleet).isEmpty && fleet.now < end
    // Who agrees goes on to agree.
    fleet.run(until: fleet.now + .seconds(900))
    #expect(fleet.promises.problems == [], comment)
    #expect(Self.disagreements(fleet) == [], comment)
    #expect(fleet.counts["datagrams", default: 0] > 500, comment)
  }

  @Test("The same seed is the same run", arguments: [1, 2] as [UInt64])
  func repeatable(seed: UInt64) {
    let first = Self.storm(seed)
    let second = Self.storm(seed)
    #expect(first.counts == second.counts && first.server?.mappings == second.server?.mappings, "seed \(seed)")
  }

  /// An hour or so of trouble.
  private static func storm(_ seed: UInt64, isTraced: Bool = false) -> Fleet {
    var fleet = Fleet(clients: 8, hasStore: seed % 2 == 0, seed: seed)
    if isTraced { fleet.trace = { print($0) } }
    for _ in 0..<150 {
      fleet.misfortune()
      fleet.run(until: fleet.now + .milliseconds(fleet.random.number(in: 0...50000)))
    }
    return fleet
  }

  /// Where a program, its client and the server do not agree at the end; empty when they do.
  private static func disagreements(_ fleet: Fleet) -> [String] {
    guard let server = fleet.server else { return ["the server is down"] }
    var found: [String] = []
    var held: Set<Mapping.ID> = []
    for (place, program) in fleet.programs {
      for (id, wish) in program.wants {
        guard case .granted(_, let grant)? = program.beliefs[id] else {
          found.append("\(place) wants \(wish), and was told \(program.beliefs[id].map { "\($0)" } ?? "nothing")")
          continue
        }
        let mapping = server.mappings.first { mapping in
          mapping.inner.address == place.address && mapping.inner.port == wish.internalPort && mapping.nonce == grant.nonce
            && mapping.outer.address == grant.externalAddress && mapping.outer.port == grant.externalPort
        }
        if let mapping { held.insert(mapping.id) } else { found.append("\(place) believes in \(grant), the server does not") }
      }
    }
    for mapping in server.mappings where !held.contains(mapping.id) { found.append("nobody wants \(mapping)") }
    if Set(fleet.installed.keys) != Set(server.mappings.map(\.id)) { found.append("the backend has others than the server") }
    return found.sorted()
  }
}

extension ClientWish {
  fileprivate var internalPort: UInt16? {
    switch self {
    case .announce: nil
    case .map(let wish): wish.internalPort
    case .peer(let wish): wish.internalPort
    }
  }
}

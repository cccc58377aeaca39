import Foundation
import Testing

@testable import PCPBackend

/// The table as nft is told to make it. After a change that is meant:
///
///     WIREGEN_UPDATE_GOLDEN=1 swift test --filter RulesetTests
@Suite("nftables: the table")
struct RulesetTests {
  private static let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .appending(path: "Golden/backend")

  private func check(_ configuration: NFTablesConfiguration, _ name: String) throws {
    let golden = Self.folder.appending(path: "\(name).nft.txt")
    let text = Ruleset(configuration: configuration).creation
    if ProcessInfo.processInfo.environment["WIREGEN_UPDATE_GOLDEN"] == "1" {
      try FileManager.default.createDirectory(at: Self.folder, withIntermediateDirectories: true)
      try Data(text.utf8).write(to: golden)
    }
    #expect(try String(contentsOf: golden, encoding: .utf8) == text, "\(name)")
  }

  @Test("Translation alone")
  func translation() throws { try check(NFTablesConfiguration(externalInterfaces: ["wan0"]), "translation") }

  @Test("With pinholes, two interfaces that lead outside and a name of its own")
  func pinholes() throws {
    var configuration = NFTablesConfiguration(externalInterfaces: ["wan0", "ppp0"])
    configuration.hasPinholes = true
    configuration.table = "nat_of_pcp"
    try check(configuration, "pinholes")
  }

  @Test("It is removed where it is, and where it is not")
  func removal() {
    let ruleset = Ruleset(configuration: NFTablesConfiguration(externalInterfaces: ["wan0"]))
    #expect(ruleset.removal == "add table inet wiregen_pcp\ndelete table inet wiregen_pcp\n")
  }

  @Test("Names that would mean more than a name are refused")
  func faults() {
    #expect(!NFTablesConfiguration(externalInterfaces: []).faults.isEmpty)
    for name in ["", "eth*", "eth 0", "a\"b", "{", "sixteen-letters-", "ett\n", "é"] {
      #expect(!NFTablesConfiguration(externalInterfaces: [name]).faults.isEmpty, "\(name)")
    }
    for name in ["eth0", "br-lan.7", "veth@x", "wg_0", "a+b:1"] {
      #expect(NFTablesConfiguration(externalInterfaces: [name]).faults.isEmpty, "\(name)")
    }
    var configuration = NFTablesConfiguration(externalInterfaces: ["eth0"])
    for name in ["", "1a", "a b", "a;b", "a\"", String(repeating: "a", count: 65)] {
      configuration.table = name
      #expect(!configuration.faults.isEmpty, "\(name)")
    }
  }
}

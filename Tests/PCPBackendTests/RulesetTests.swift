import Foundation
import Machine
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

  @Test("What a table holds is read back")
  func contents() {
    let contents = TableContents(
      """
      table inet t {
      \tcomment "x"
      \tmap inward_port4 {
      \t\ttype ipv4_addr . inet_proto . inet_service : ipv4_addr . inet_service
      \t\telements = { 192.0.2.1 . 17 . 4000 : 10.1.0.2 . 5000,
      \t\t\t     192.0.2.1 . 6 . 4001 : 10.1.0.2 . 80 }
      \t}

      \tmap outward_port4 {
      \t\telements = { 10.1.0.2 . 17 . 5000 : 192.0.2.1 . 4000 }
      \t}

      \tmap inward_host4 {
      \t\ttype ipv4_addr : ipv4_addr
      \t\telements = { 192.0.2.2 : 10.1.0.3 }
      \t}

      \tset inward_peer6 {
      \t\telements = { 2001:db8::2 . 6 . 80 . 2001:db8:9::1 . 7 }
      \t}

      \tset inward_protocol6 {
      \t}

      \tchain prerouting {
      \t\tudp dport { 5350, 5351 } return
      \t}
      }
      """)
    #expect(contents.sets.count == 5)
    #expect(contents.leftovers.map { "\($0.inner.protocol.rawValue)" } == ["17", "6", "0", "6"])
    #expect(contents.leftovers.map(\.outer.port) == [4000, 4001, 0, 80])
    #expect(contents.leftovers.map(\.inner.port) == [5000, 80, 0, 80])
    #expect(contents.leftovers.map(\.inner.address.plainText) == ["10.1.0.2", "10.1.0.2", "10.1.0.3", "2001:db8::2"])
    #expect(contents.leftovers.map { $0.remote.map { "\($0)" } } == [nil, nil, nil, "[2001:db8:9::1]:7"])
    #expect(TableContents("").sets.isEmpty)
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

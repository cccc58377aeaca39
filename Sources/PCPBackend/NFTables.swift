import Foundation
import Machine
import PCP
import PCPWire
import Wire

/// The program `nft`, asked for what the backend needs of it.
struct NFTables: Sendable {
  let table: String
  private let program: SystemProgram

  /// - Throws: when it is not installed.
  init(table: String, under runner: [String] = []) throws(BackendFault) {
    guard let program = SystemProgram("nft", under: runner) else {
      throw BackendFault("the backend nftables needs the program nft (package nftables)")
    }
    self.program = program
    self.table = table
  }

  /// What nft says against a transaction, which has then changed nothing.
  struct Complaint: Error, Sendable {
    var reason: String

    /// Whether the kernel has no room.
    var isExhaustion: Bool {
      ["Cannot allocate memory", "No space left", "Too many open files", "No buffer space"].contains { reason.contains($0) }
    }
  }

  /// Makes the changes of a script in one transaction.
  func commit(_ script: String) async throws(Complaint) {
    let output: SystemProgram.Output
    do { output = try await program.run(["-f", "-"], input: script) } catch { throw Complaint(reason: error.description) }
    if output.status != 0 { throw Complaint(reason: output.reason) }
  }

  /// Whether there is a table of the backend's name.
  ///
  /// - Throws: when tables may not be looked at.
  func isTableThere() async throws(BackendFault) -> Bool {
    let output = try await program.run(["list", "tables", "inet"])
    guard output.status == 0 else {
      throw BackendFault("the backend nftables may not use nft, which needs root or CAP_NET_ADMIN: \(output.reason)")
    }
    return String(decoding: output.text, as: UTF8.self).split(separator: "\n").contains { $0 == "table inet \(table)" }
  }

  /// The mappings that an earlier run has left in the table, as far as the table tells.
  ///
  /// - Throws: when the table is not of the backend's making.
  func leftovers() async throws(BackendFault) -> [Leftover] {
    let output = try await program.run(["-n", "-j", "list", "table", "inet", table])
    guard output.status == 0 else { throw BackendFault("nft does not list the table \(table): \(output.reason)") }
    guard let contents = try? JSONDecoder().decode(TableContents.self, from: output.text) else {
      throw BackendFault("nft lists the table \(table) in a way that cannot be read")
    }
    let sets = contents.nftables.compactMap { $0.map ?? $0.set }
    let marker = SetName(purpose: .inward(.port), family: .ipv4).text
    guard sets.contains(where: { $0.name == marker }) else {
      throw BackendFault("there is a table inet \(table) already, which is not the server's own: choose another name")
    }
    return sets.flatMap { set in (set.elem ?? []).compactMap { Leftover(set: set.name, $0) } }
  }
}

/// A mapping as an element of a map tells of it.
struct Leftover: Hashable, Sendable {
  var inner: InternalTuple
  var outer: ExternalTuple
  var remote: PeerAddress?
}

/// What `nft -j` shows of a table: its sets and maps.
private struct TableContents: Decodable {
  struct Item: Decodable {
    var map: Contents?
    var set: Contents?
  }

  struct Contents: Decodable {
    var name: String
    var elem: [Element]?
  }

  /// A key, and what it leads to in a map.
  struct Element: Decodable {
    var key: [String]
    var value: [String]

    init(from decoder: any Decoder) throws {
      if var pair = try? decoder.unkeyedContainer() {
        key = try pair.decode(Words.self).words
        value = pair.isAtEnd ? [] : try pair.decode(Words.self).words
      } else {
        key = try Words(from: decoder).words
        value = []
      }
    }
  }

  /// `"192.0.2.1"`, `17` or `{"concat": [...]}`.
  struct Words: Decodable {
    var words: [String]

    private enum Key: CodingKey { case concat }

    init(from decoder: any Decoder) throws {
      if let container = try? decoder.container(keyedBy: Key.self), container.contains(.concat) {
        words = try container.decode([Words].self, forKey: .concat).flatMap(\.words)
      } else if let number = try? decoder.singleValueContainer().decode(Int.self) {
        words = ["\(number)"]
      } else {
        // Intervals, which no map has, are of no interest.
        words = [(try? decoder.singleValueContainer().decode(String.self)) ?? ""]
      }
    }
  }

  var nftables: [Item]
}

extension Leftover {
  /// - Returns: nil for an element that tells of no mapping, or tells what another does too.
  fileprivate init?(set: String, _ element: TableContents.Element) {
    for family in AddressFamily.allCases {
      for purpose in [.inwardPeer] + MappingScope.allCases.map({ SetName.Purpose.inward($0) }) {
        guard SetName(purpose: purpose, family: family).text == set else { continue }
        self.init(element.key, leadingTo: element.value)
        return
      }
    }
    return nil
  }

  private init?(_ key: [String], leadingTo value: [String]) {
    func port(_ words: [String], _ index: Int) -> UInt16 { words.indices.contains(index) ? UInt16(words[index]) ?? 0 : 0 }
    guard let first = key.first, let outside = IPv6Address(plain: first) else { return nil }
    let transport = TransportProtocol(rawValue: UInt8(clamping: port(key, 1)))
    outer = ExternalTuple(transport, outside, port: port(key, 2))
    inner = InternalTuple(transport, outside, port: outer.port)
    if let place = value.first {
      guard let inside = IPv6Address(plain: place) else { return nil }
      inner = InternalTuple(transport, inside, port: port(value, 1))
    }
    if key.count == 5, let address = IPv6Address(plain: key[3]) { remote = PeerAddress(address, port: port(key, 4)) }
  }
}

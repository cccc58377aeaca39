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
    let output = try await program.run(["-n", "list", "table", "inet", table])
    guard output.status == 0 else { throw BackendFault("nft does not list the table \(table): \(output.reason)") }
    let contents = TableContents(String(decoding: output.text, as: UTF8.self))
    guard contents.sets.contains(Substring(SetName(purpose: .inward(.port), family: .ipv4).text)) else {
      throw BackendFault("there is a table inet \(table) already, which is not the server's own: choose another name")
    }
    return contents.leftovers
  }
}

/// A mapping as an element of a map tells of it.
struct Leftover: Hashable, Sendable {
  var inner: InternalTuple
  var outer: ExternalTuple
  var remote: PeerAddress?
}

/// What `nft list table` shows: its sets and maps, and the mappings that elements tell of.
struct TableContents: Sendable {
  private(set) var sets: Set<Substring> = []
  private(set) var leftovers: [Leftover] = []

  /// Those that tell of mappings; what others have says the same again, or of what is let in.
  private static let telling: Set<Substring> = Set(
    AddressFamily.allCases.flatMap { family in
      ([.inwardPeer] + MappingScope.allCases.map { .inward($0) }).map { Substring(SetName(purpose: $0, family: family).text) }
    })

  init(_ text: String) {
    var set: Substring?
    var isInElements = false
    for line in text.split(separator: "\n") {
      var rest = line.drop { $0 == " " || $0 == "\t" }
      if rest.hasPrefix("map ") || rest.hasPrefix("set ") || rest.hasPrefix("chain ") {
        let words = rest.split(separator: " ")
        set = words[0] == "chain" ? nil : words[1]
        if let set { sets.insert(set) }
        isInElements = false
        continue
      }
      guard let set, Self.telling.contains(set) else { continue }
      if rest.hasPrefix("elements = {") {
        isInElements = true
        rest = rest.dropFirst("elements = {".count)
      }
      guard isInElements else { continue }
      if rest.hasSuffix("}") {
        isInElements = false
        rest.removeLast()
      }
      leftovers += rest.split(separator: ",").compactMap { Leftover($0) }
    }
  }
}

extension Leftover {
  /// Reads an element such as `192.0.2.1 . 17 . 4000 : 10.1.0.2 . 5000`; the map's part is not there in sets.
  init?(_ element: Substring) {
    let words = element.split(separator: " ").filter { $0 != "." }
    let sides = words.split(separator: ":", omittingEmptySubsequences: false)
    self.init(Array(sides[0]), leadingTo: sides.count > 1 ? Array(sides[1]) : [])
  }

  private init?(_ key: [Substring], leadingTo value: [Substring]) {
    func port(_ words: [Substring], _ index: Int) -> UInt16 { words.indices.contains(index) ? UInt16(words[index]) ?? 0 : 0 }
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

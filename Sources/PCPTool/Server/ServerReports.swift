import Machine
import PCP
import PCPWire
import Wire

/// What a running server is: the JSON of `GET /status`.
struct StatusReport: Codable, Sendable, Hashable {
  var version: String
  /// Seconds since it started.
  var uptime: Int64
  /// Seconds since it lost, or may have lost, mappings (RFC 6887 section 8.5).
  var epochTime: UInt32
  var listening: [String]
  var external: [String]
  var backend: String
  var store: String?
  var configuration: String?
  var mappings: Int
  /// Ports mapped in all; several of a mapping made with PORT_SET.
  var ports: Int
  /// Hosts that have mappings.
  var hosts: Int
  var requests: RequestReport

  /// For people.
  var lines: [String] {
    [
      "version: \(version)", "uptime: \(uptime) s", "epoch time: \(epochTime) s",
      "listening on: \(listening.joined(separator: ", "))",
      "external addresses: \(external.isEmpty ? "none" : external.joined(separator: ", "))", "backend: \(backend)",
      "store: \(store ?? "none")", "configuration: \(configuration ?? "none")",
      "mappings: \(mappings), of \(ports) ports and \(hosts) hosts",
    ] + requests.lines
  }
}

/// What has come of the datagrams that a server was sent since it started.
struct RequestReport: Codable, Sendable, Hashable {
  /// All that came in; the numbers below, but that of NAT-PMP, add up to it.
  var received: Int
  /// Those of them that are of NAT-PMP; what the rate limit drops is not looked at, and not among them.
  var natPMP: Int
  var granted: Int
  /// By result codes, as RFC 6887 section 7.4 calls them; those that were given.
  var refused: [String: Int]
  /// By reasons, such as `rateLimit`; those that there were.
  var dropped: [String: Int]
  /// Left to be sent again, because their mapping was being worked on.
  var ignored: Int
  /// Those that wait for the backend or the store now.
  var waiting: Int

  init(_ counts: ServerCounts, waiting: Int) {
    received = counts.received
    natPMP = counts.natPMP
    granted = counts.granted
    refused = Dictionary(counts.refused.map { ("\($0.key)", $0.value) }, uniquingKeysWith: +)
    dropped = Dictionary(counts.dropped.map { ($0.key.rawValue, $0.value) }, uniquingKeysWith: +)
    ignored = counts.ignored
    self.waiting = waiting
  }

  /// For people.
  var lines: [String] {
    [
      "requests: \(received), of NAT-PMP \(natPMP); \(granted) granted, \(waiting) waiting, \(ignored) left to be sent again",
      "refused: \(list(refused))", "dropped: \(list(dropped))",
    ]
  }

  private func list(_ counts: [String: Int]) -> String {
    let ordered = counts.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
    return ordered.isEmpty ? "none" : ordered.map { "\($0.value) \(words($0.key))" }.joined(separator: ", ")
  }

  private func words(_ name: String) -> String {
    switch ServerReception.DropReason(rawValue: name) {
    case .notServed: "from who is not served"
    case .wrongInterface: "at a wrong address"
    case .rateLimit: "by the rate limit"
    case .short: "too short"
    case .malformed: "malformed"
    case .response: "no requests"
    case .overload: "because of too many waiting"
    case nil: name
    }
  }
}

/// A mapping that a running server holds: one item of the JSON of `GET /mappings`. The nonce is not in it: it is its owner's.
struct MappingReport: Codable, Sendable, Hashable {
  /// One end: an address with one port, or several consecutive ones.
  struct End: Codable, Sendable, Hashable {
    var address: String
    /// 0 for all ports.
    var port: UInt16
    /// nil for one port.
    var lastPort: UInt16?
  }

  struct Filter: Codable, Sendable, Hashable {
    /// Such as `198.51.100.0/24`.
    var remote: String
    /// 0 for all ports.
    var port: UInt16
  }

  var id: UInt64
  /// What made it: `map` or `peer`; or `nat-pmp`, whose mappings have no nonce: any request of their host may change them.
  var operation: String
  var `protocol`: String
  var `internal`: End
  var external: End
  /// The peer of a mapping made by PEER.
  var remote: End?
  /// Seconds left.
  var lifetime: Int64
  /// Remote peers let in; empty for all.
  var filters: [Filter]
  var description: String?
  /// Who asked for it last.
  var requester: String
  /// Tells hosts of one address apart, in hexadecimal digits (RFC 7843).
  var thirdPartyID: String?

  init(_ mapping: Mapping, at now: Instant) {
    id = mapping.id.rawValue
    `protocol` = "\(mapping.inner.protocol)".lowercased()
    `internal` = End(mapping.inner.address, mapping.inner.port, count: mapping.portCount)
    external = End(mapping.outer.address, mapping.outer.port, count: mapping.portCount)
    switch mapping.kind {
    case .inbound: operation = mapping.nonce == nil ? "nat-pmp" : "map"
    case .outbound(let peer):
      operation = "peer"
      remote = End(peer.address, peer.port, count: 1)
    }
    lifetime = max(0, (mapping.expiresAt - now).secondsRoundedUp)
    filters = mapping.filters.map {
      Filter(remote: "\(AddressPrefix($0.remotePeerAddress, length: Int($0.prefixLength)))", port: $0.remotePeerPort)
    }
    description = mapping.words?.string
    requester = "\(mapping.requester)"
    let realm = mapping.inner.realm
    thirdPartyID = realm.isEmpty ? nil : realm.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
  }

  static let headings = [
    "MADE BY", "PROTOCOL", "INTERNAL", "EXTERNAL", "REMOTE", "LEFT", "FILTERS", "DESCRIPTION", "ASKED BY",
  ]

  /// The fields of a line of the table for people, in the order of the headings.
  var fields: [String] {
    let filters = filters.map { $0.port == 0 ? $0.remote : "\($0.remote),\($0.port)" }.joined(separator: " ")
    let host = thirdPartyID.map { "#\($0)" } ?? ""
    return [
      operation.uppercased(), `protocol`, "\(`internal`)\(host)", "\(external)", remote.map { "\($0)" } ?? "-", "\(lifetime) s",
      filters.isEmpty ? "-" : filters, description.map(printable) ?? "-", requester,
    ]
  }

  /// What a client wrote, without what would move the cursor or colour the screen.
  private func printable(_ text: String) -> String {
    let isHarmless = { (scalar: Unicode.Scalar) in
      switch scalar.properties.generalCategory {
      case .control, .format, .lineSeparator, .paragraphSeparator, .unassigned, .surrogate, .privateUse: false
      default: true
      }
    }
    return text.unicodeScalars.map { isHarmless($0) ? String($0) : "\\u{\(String($0.value, radix: 16))}" }.joined()
  }
}

extension MappingReport.End: CustomStringConvertible {
  init(_ address: IPv6Address, _ port: UInt16, count: UInt16) {
    self.init(address: address.plainText, port: port, lastPort: count > 1 ? port &+ (count - 1) : nil)
  }

  /// `192.0.2.1:4000-4003`, with `*` for all ports.
  var description: String {
    let host = address.contains(":") ? "[\(address)]" : address
    return "\(host):\(port == 0 ? "*" : "\(port)")\(lastPort.map { "-\($0)" } ?? "")"
  }
}

/// Lines whose fields stand below each other.
func columns(_ rows: [[String]]) -> [String] {
  let count = rows.map(\.count).max() ?? 0
  let widths = (0..<count).map { column in rows.map { $0.indices.contains(column) ? $0[column].count : 0 }.max() ?? 0 }
  return rows.map { row in
    row.enumerated().map { index, field in
      index == row.count - 1 ? field : field + String(repeating: " ", count: widths[index] - field.count + 2)
    }.joined()
  }
}

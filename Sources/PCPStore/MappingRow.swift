import Foundation
import GRDB
import Machine
import PCP
import PCPWire
import Wire

/// A mapping as a row of a table: addresses and options are octets as on the wire, numbers are themselves.
struct MappingRow: Codable, FetchableRecord, PersistableRecord {
  static let databaseTableName = "mapping"

  var id: Int64
  var `protocol`: UInt8
  var internalAddress: Data
  var internalPort: UInt16
  /// Of a host that shares its address.
  var internalRealm: Data
  var externalAddress: Data
  var externalPort: UInt16
  var portCount: UInt16
  /// Nil for a mapping made by MAP.
  var remoteAddress: Data?
  var remotePort: UInt16?
  /// Empty for a mapping made by NAT-PMP.
  var nonce: Data
  /// FILTER options one behind the other.
  var filters: Data
  var words: Data?
  var requesterAddress: Data
  var requesterPort: UInt16
  var requesterScope: UInt32
  /// Nil where it is not known.
  var serverAddress: Data?
  var isExact: Bool
  /// Milliseconds since 1970-01-01 00:00 UTC.
  var expiresAt: Int64

  init(_ mapping: Mapping, _ calendar: StoreCalendar) throws {
    id = Int64(bitPattern: mapping.id.rawValue)
    self.protocol = mapping.inner.protocol.rawValue
    internalAddress = Data(mapping.inner.address.octets)
    internalPort = mapping.inner.port
    internalRealm = Data(mapping.inner.realm)
    externalAddress = Data(mapping.outer.address.octets)
    externalPort = mapping.outer.port
    portCount = mapping.portCount
    if case .outbound(let remote) = mapping.kind {
      remoteAddress = Data(remote.address.octets)
      remotePort = remote.port
    }
    nonce = Data(mapping.nonce?.array ?? [])
    filters = try mapping.filters.reduce(into: Data()) { $0 += try $1.encoded() }
    words = mapping.words.map { Data($0.octets) }
    requesterAddress = Data(mapping.requester.address.octets)
    requesterPort = mapping.requester.port
    requesterScope = mapping.requester.scope
    serverAddress = mapping.server.map { Data($0.octets) }
    isExact = mapping.isExact
    expiresAt = calendar.milliseconds(mapping.expiresAt)
  }

  /// - Throws: `StoreFault` when a column holds what no mapping has.
  func mapping(_ calendar: StoreCalendar) throws -> Mapping {
    let nonce = MappingNonce(self.nonce)
    guard nonce != nil || self.nonce.isEmpty else { throw StoreFault("is damaged: the nonce of mapping \(id)") }
    return Mapping(
      id: Mapping.ID(rawValue: UInt64(bitPattern: id)), kind: try kind,
      inner: InternalTuple(transport, try address(internalAddress), port: internalPort, realm: Array(internalRealm)),
      outer: ExternalTuple(transport, try address(externalAddress), port: externalPort), portCount: portCount, nonce: nonce,
      filters: try filterOptions, words: words.map { WireString(octets: Array($0)) },
      requester: PeerAddress(try address(requesterAddress), port: requesterPort, scope: requesterScope),
      server: try serverAddress.map(address), isExact: isExact, expiresAt: calendar.instant(expiresAt))
  }

  private var transport: TransportProtocol { TransportProtocol(rawValue: self.protocol) }

  private var kind: Mapping.Kind {
    get throws {
      guard let remoteAddress, let remotePort else { return .inbound }
      return .outbound(remote: PeerAddress(try address(remoteAddress), port: remotePort))
    }
  }

  private var filterOptions: [FilterOption] {
    get throws {
      var options: [FilterOption] = []
      var rest = Array(filters)[...]
      while !rest.isEmpty {
        let option = try FilterOption(decodingPrefix: Array(rest))
        options.append(option)
        rest = rest.dropFirst(option.encodedSize)
      }
      return options
    }
  }

  private func address(_ octets: Data) throws -> IPv6Address {
    guard let address = IPv6Address(octets: octets) else { throw StoreFault("is damaged: an address of mapping \(id)") }
    return address
  }
}

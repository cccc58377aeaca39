import Foundation
public import Machine
public import Wire

/// A router that packets to everywhere else go to, which by default is asked for mappings (RFC 6887 section 8.1).
public struct DefaultGateway: Sendable, Hashable {
  /// With port 0; the scope of a link-local address is the interface.
  public var address: PeerAddress
  /// "eth0".
  public var interface: String
  /// The lower, the rather the system goes this way.
  public var metric: UInt32

  public init(_ address: PeerAddress, interface: String, metric: UInt32) {
    self.address = address
    self.interface = interface
    self.metric = metric
  }

  /// The host's default gateways of both families, those the system prefers first.
  ///
  /// Read from `/proc/net/route` and `/proc/net/ipv6_route`; empty on systems without these.
  ///
  /// - Throws: when the system does not tell which interfaces it has.
  public static func all() throws -> [DefaultGateway] {
    let interfaces = try NetworkInterface.all()
    let numbers = Dictionary(interfaces.map { ($0.name, UInt32($0.index)) }, uniquingKeysWith: { first, _ in first })
    return ipv4(SystemTable.read("/proc/net/route")) + ipv6(SystemTable.read("/proc/net/ipv6_route"), numbers: numbers)
  }

  /// Out of the text of `/proc/net/route`: one route a line, numbers in hexadecimal, addresses in the order of the host's octets.
  static func ipv4(_ text: String) -> [DefaultGateway] {
    let gateways = text.split(separator: "\n").dropFirst().compactMap { line -> DefaultGateway? in
      let fields = line.split { $0 == "\t" || $0 == " " }
      guard fields.count >= 8, UInt32(fields[1], radix: 16) == 0, UInt32(fields[7], radix: 16) == 0,
        let gateway = UInt32(fields[2], radix: 16), let flags = UInt32(fields[3], radix: 16), isUsable(flags), gateway != 0
      else { return nil }
      let address = IPv6Address(mapping: IPv4Address(UInt32(bigEndian: gateway)))
      return DefaultGateway(PeerAddress(address, port: 0), interface: String(fields[0]), metric: UInt32(fields[6]) ?? 0)
    }
    return inOrder(gateways)
  }

  /// Out of the text of `/proc/net/ipv6_route`: destination, its length, source, its length, next hop, metric, two counts, flags,
  /// interface.
  static func ipv6(_ text: String, numbers: [String: UInt32]) -> [DefaultGateway] {
    let gateways = text.split(separator: "\n").compactMap { line -> DefaultGateway? in
      let fields = line.split { $0 == "\t" || $0 == " " }
      guard fields.count >= 10, fields[0].allSatisfy({ $0 == "0" }), UInt8(fields[1], radix: 16) == 0,
        let gateway = SystemTable.address(fields[4]), !gateway.isUnspecified,
        let flags = UInt32(fields[8], radix: 16), isUsable(flags)
      else { return nil }
      let interface = String(fields[9])
      let scope = gateway.isLinkLocal ? numbers[interface] ?? 0 : 0
      let metric = UInt32(fields[5], radix: 16) ?? 0
      return DefaultGateway(PeerAddress(gateway, port: 0, scope: scope), interface: interface, metric: metric)
    }
    return inOrder(gateways)
  }

  /// Up, by a gateway, and not there to refuse packets.
  private static func isUsable(_ flags: UInt32) -> Bool { flags & 0x3 == 0x3 && flags & 0x200 == 0 }

  /// By metric, those of the same in the order they came; each gateway once.
  private static func inOrder(_ gateways: [DefaultGateway]) -> [DefaultGateway] {
    var seen: Set<PeerAddress> = []
    return gateways.enumerated().sorted { ($0.element.metric, $0.offset) < ($1.element.metric, $1.offset) }
      .map(\.element).filter { seen.insert($0.address).inserted }
  }
}

/// An IPv6 address of the host, with what decides whether mappings should be made for it.
public struct IPv6HostAddress: Sendable, Hashable {
  public var address: IPv6Address
  /// "eth0".
  public var interface: String
  /// Changes from time to time, for the sake of privacy.
  public var isTemporary: Bool

  /// The addresses that the whole Internet can reach and that are in use (RFC 6887 section 8.4): neither link-local nor unique
  /// local, neither deprecated nor still being tried; lasting ones before temporary ones.
  ///
  /// Read from `/proc/net/if_inet6`; empty on systems without it.
  public static func global() -> [IPv6HostAddress] { global(SystemTable.read("/proc/net/if_inet6")) }

  /// Out of the text of `/proc/net/if_inet6`: address, number of the interface, length of the prefix, scope, flags, interface.
  static func global(_ text: String) -> [IPv6HostAddress] {
    let addresses = text.split(separator: "\n").compactMap { line -> IPv6HostAddress? in
      let fields = line.split(separator: " ")
      guard fields.count >= 6, let address = SystemTable.address(fields[0]), UInt8(fields[3], radix: 16) == 0,
        let flags = UInt32(fields[4], radix: 16)
      else { return nil }
      // Failed, deprecated or tentative; and unique local addresses, fc00::/7, which stay inside.
      guard flags & (0x08 | 0x20 | 0x40) == 0, address.high >> 57 != 0xFC >> 1 else { return nil }
      return IPv6HostAddress(address: address, interface: String(fields[5]), isTemporary: flags & 0x01 != 0)
    }
    return addresses.filter { !$0.isTemporary } + addresses.filter(\.isTemporary)
  }
}

/// Tables that the system shows as text.
private enum SystemTable {
  /// The whole of it; empty when there is none.
  static func read(_ path: String) -> String {
    guard let file = FileHandle(forReadingAtPath: path), let octets = try? file.readToEnd() else { return "" }
    return String(decoding: octets, as: UTF8.self)
  }

  /// An IPv6 address as 32 hexadecimal digits.
  static func address(_ digits: Substring) -> IPv6Address? {
    guard digits.utf8.count == 32, let high = UInt64(digits.prefix(16), radix: 16), let low = UInt64(digits.suffix(16), radix: 16)
    else { return nil }
    return IPv6Address(high: high, low: low)
  }
}

extension IPv6Address {
  /// Of one link only (RFC 4291 section 2.5.6).
  fileprivate var isLinkLocal: Bool { high >> 54 == 0xFE80 >> 6 }
}

import Wire

/// One end of a transport: an address and a port.
public struct CapturedEnd: Sendable, Hashable, CustomStringConvertible {
  public var address: Address
  public var port: UInt16

  public enum Address: Sendable, Hashable, CustomStringConvertible {
    case ipv4(IPv4Address)
    case ipv6(IPv6Address)

    public var description: String {
      switch self {
      case .ipv4(let address): "\(address)"
      case .ipv6(let address): "\(address)"
      }
    }
  }

  /// `192.0.2.1:5351` or `[2001:db8::1]:5351`.
  public var description: String {
    switch address {
    case .ipv4(let address): "\(address):\(port)"
    case .ipv6(let address): "[\(address)]:\(port)"
    }
  }
}

/// What a packet carries, once its link and internet headers are read.
enum PacketContent: Sendable {
  case udp(TransportSegment)
  case tcp(TransportSegment, TCPHeader)
  /// Nothing of ours, for the reason given.
  case other(Reason)

  /// Why there is nothing to decode in a packet.
  enum Reason: String, Sendable {
    case linkType = "a link type that is not read"
    case notInternet = "neither IPv4 nor IPv6"
    case malformed = "malformed below the transport"
    case fragment = "a fragment of a packet"
    case cut = "cut by the capture"
    case transport = "neither UDP nor TCP"
  }
}

/// The ends of a packet, and what is behind its transport header.
struct TransportSegment: Sendable {
  var source: CapturedEnd
  var destination: CapturedEnd
  var octets: ArraySlice<UInt8>
  /// The capture has fewer octets than the packet had.
  var isCut: Bool
}

/// What following a stream takes of a TCP header.
struct TCPHeader: Sendable {
  var sequence: UInt32
  var isFirst: Bool
  var isLast: Bool
}

/// Reads the headers around a packet's payload: Ethernet with VLAN tags, Linux "cooked", raw and loopback links, IPv4, IPv6
/// with its extension headers, UDP and TCP. Any octets give something.
struct PacketLayers {
  private var rest: ArraySlice<UInt8>
  private let isCut: Bool

  static func content(of packet: CapturedPacket) -> PacketContent {
    var layers = PacketLayers(rest: packet.octets[...], isCut: packet.octets.count < packet.originalCount)
    return layers.link(packet.linkType)
  }

  private enum EtherType {
    static let ipv4 = 0x0800
    static let ipv6 = 0x86dd
    /// IEEE 802.1Q, 802.1ad and what came before it.
    static let tags = [0x8100, 0x88a8, 0x9100]
  }

  private func number(_ offset: Int, _ size: Int = 1) -> Int { Int(rest.number(offset, size, isLittleEndian: false)) }

  /// What is said of a packet that is too short: it was so, or the capture has cut it.
  private var short: PacketContent { .other(isCut ? .cut : .malformed) }

  // MARK: Link

  private mutating func link(_ type: UInt32) -> PacketContent {
    switch type {
    case 1: return framed(header: 14, etherType: 12)
    case 113: return framed(header: 16, etherType: 14)
    case 276: return framed(header: 20, etherType: 0)
    // Raw, by their own number and by those that some systems write.
    case 12, 14, 101, 228, 229: return internet(nil)
    // Loopback: the address family, in an order that the file does not tell.
    case 0, 108:
      rest = rest.dropFirst(4)
      return internet(nil)
    default: return .other(.linkType)
    }
  }

  /// Ethernet, and Linux "cooked" of both versions.
  private mutating func framed(header: Int, etherType offset: Int) -> PacketContent {
    guard rest.count >= header else { return short }
    var type = number(offset, 2)
    rest = rest.dropFirst(header)
    while EtherType.tags.contains(type) {
      guard rest.count >= 4 else { return short }
      type = number(2, 2)
      rest = rest.dropFirst(4)
    }
    return internet(type)
  }

  // MARK: Internet

  /// - Parameter type: nil when the packet itself says which version it is of.
  private mutating func internet(_ type: Int?) -> PacketContent {
    guard let first = rest.first else { return short }
    switch (type, first >> 4) {
    case (EtherType.ipv4, 4), (nil, 4): return ipv4()
    case (EtherType.ipv6, 6), (nil, 6): return ipv6()
    case (EtherType.ipv4, _), (EtherType.ipv6, _): return .other(.malformed)
    default: return .other(.notInternet)
    }
  }

  private mutating func ipv4() -> PacketContent {
    guard rest.count >= 20 else { return short }
    let (header, total) = (number(0) & 15, number(2, 2))
    // Where the network card divides packets, the length may be 0.
    let count = total == 0 ? rest.count : total
    guard header >= 5, count >= header * 4 else { return .other(.malformed) }
    let transport = number(9)
    if number(6, 2) & 0x3fff != 0 { return .other(.fragment) }
    let source = CapturedEnd.Address.ipv4(IPv4Address(UInt32(number(12, 4))))
    let destination = CapturedEnd.Address.ipv4(IPv4Address(UInt32(number(16, 4))))
    guard rest.count >= header * 4 else { return short }
    rest = rest.prefix(count).dropFirst(header * 4)
    return self.transport(transport, source, destination)
  }

  private mutating func ipv6() -> PacketContent {
    guard rest.count >= 40 else { return short }
    let (payload, source, destination) = (number(4, 2), ipv6Address(8), ipv6Address(24))
    var next = number(6)
    rest = rest.dropFirst(40)
    if payload > 0 { rest = rest.prefix(payload) }
    // Hop-by-hop, routing, fragment, authentication, destination options, mobility, HIP, Shim6.
    while [0, 43, 44, 51, 60, 135, 139, 140].contains(next) {
      guard rest.count >= 8 else { return short }
      if next == 44, number(2, 2) & 0xfff9 != 0 { return .other(.fragment) }
      let count = next == 44 ? 8 : next == 51 ? (number(1) + 2) * 4 : (number(1) + 1) * 8
      next = number(0)
      guard rest.count >= count else { return short }
      rest = rest.dropFirst(count)
    }
    return transport(next, source, destination)
  }

  private func ipv6Address(_ offset: Int) -> CapturedEnd.Address {
    let (high, low) = (rest.number(offset, 8, isLittleEndian: false), rest.number(offset + 8, 8, isLittleEndian: false))
    return .ipv6(IPv6Address(high: high, low: low))
  }

  // MARK: Transport

  private func transport(_ number: Int, _ source: CapturedEnd.Address, _ destination: CapturedEnd.Address) -> PacketContent {
    switch number {
    case 17: return udp(source, destination)
    case 6: return tcp(source, destination)
    default: return .other(.transport)
    }
  }

  private func udp(_ source: CapturedEnd.Address, _ destination: CapturedEnd.Address) -> PacketContent {
    guard rest.count >= 8 else { return short }
    let count = number(4, 2)
    guard count == 0 || count >= 8 else { return .other(.malformed) }
    let whole = count == 0 ? rest.count : count
    guard whole <= rest.count || isCut else { return .other(.malformed) }
    return .udp(segment(source, destination, rest.prefix(whole).dropFirst(8), isCut: whole > rest.count))
  }

  private func tcp(_ source: CapturedEnd.Address, _ destination: CapturedEnd.Address) -> PacketContent {
    guard rest.count >= 20 else { return short }
    let header = number(12) >> 4 * 4
    guard header >= 20 else { return .other(.malformed) }
    guard header <= rest.count else { return short }
    let flags = number(13)
    let tcp = TCPHeader(sequence: UInt32(number(4, 4)), isFirst: flags & 2 != 0, isLast: flags & 5 != 0)
    return .tcp(segment(source, destination, rest.dropFirst(header), isCut: isCut), tcp)
  }

  private func segment(
    _ source: CapturedEnd.Address, _ destination: CapturedEnd.Address, _ octets: ArraySlice<UInt8>, isCut: Bool
  ) -> TransportSegment {
    TransportSegment(
      source: CapturedEnd(address: source, port: UInt16(number(0, 2))),
      destination: CapturedEnd(address: destination, port: UInt16(number(2, 2))), octets: octets, isCut: isCut)
  }
}

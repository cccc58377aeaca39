import PCP
import PCPWire
import Wire

/// What the programs of the seed want: each wish becomes the request of a figure.
extension ClientWish {
  static func mapping(
    _ transport: TransportProtocol, _ port: UInt16, external: UInt16, at address: IPv6Address = .unspecifiedIPv4,
    lifetime: UInt32 = 36000, nonce: UInt32 = 15685, _ options: MapRequest.Options = MapRequest.Options()
  ) -> ClientWish {
    var wish = MapWish(transport, internalPort: port, lifetime: lifetime)
    wish.externalPort = external
    wish.externalAddress = address
    wish.nonce = MappingNonce(number: nonce)
    wish.options = options
    return .map(wish)
  }

  /// To the remote peer of the figures.
  static func peering(
    _ transport: TransportProtocol, external: UInt16, at address: IPv6Address = .unspecifiedIPv4, lifetime: UInt32 = 36000
  ) -> ClientWish {
    var wish = PeerWish(
      transport, internalPort: 3938, remotePort: 12456, remoteAddress: literal("198.51.100.2"), lifetime: lifetime)
    wish.externalPort = external
    wish.externalAddress = address
    wish.nonce = MappingNonce(number: 15685)
    return .peer(wish)
  }
}

extension MappingNonce {
  /// The figures print nonces as numbers.
  init(number: UInt32) {
    // Eight octets and the four of a number are always twelve.
    guard let nonce = MappingNonce([UInt8](repeating: 0, count: 8) + number.octets) else {
      preconditionFailure("a nonce has 12 octets")
    }
    self = nonce
  }
}

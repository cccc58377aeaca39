import Wire

/// What a program may want of servers.
public enum ClientWish: Sendable, Hashable {
  /// To know whether they are there.
  case announce
  case map(MapWish)
  case peer(PeerWish)

  /// The nonce of a mapping that was made before; nil for a new one.
  var nonce: MappingNonce? {
    get {
      switch self {
      case .announce: nil
      case .map(let wish): wish.nonce
      case .peer(let wish): wish.nonce
      }
    }
    set {
      switch self {
      case .announce: break
      case .map(var wish):
        wish.nonce = newValue
        self = .map(wish)
      case .peer(var wish):
        wish.nonce = newValue
        self = .peer(wish)
      }
    }
  }

  /// The wish with an external address of the family that the client's own address is of, where any will do.
  func suited(to client: IPv6Address) -> ClientWish {
    switch self {
    case .announce: return self
    case .map(var wish):
      if wish.externalAddress.isUnspecified { wish.externalAddress = client.unspecifiedOfFamily }
      return .map(wish)
    case .peer(var wish):
      if wish.externalAddress.isUnspecified { wish.externalAddress = client.unspecifiedOfFamily }
      return .peer(wish)
    }
  }

  /// Whether a server of that family can carry it out: a remote peer is of the family of the host inside (RFC 6887 section 10).
  func isPossible(overIPv4: Bool) -> Bool {
    switch self {
    case .announce, .map: true
    case .peer(let wish): (wish.remoteAddress.mapped != nil) == overIPv4
    }
  }
}

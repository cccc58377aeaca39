import PCPWire
import Wire

/// A message whose view can be read member by member without anything to hold the result.
protocol Readable: WireBody {
  /// Reads every kind of member once; the sum keeps the reading from being optimised away.
  static func read(_ view: borrowing Borrowed<Self>) throws(WireError) -> Int
}

extension MapRequest: Readable {
  static func read(_ view: borrowing Borrowed<Self>) throws(WireError) -> Int {
    var sum = Int(view.requestedLifetime) &+ view.clientAddress.hashValue &+ view.nonce.hashValue
    sum &+= Int(view.protocol.rawValue) &+ Int(view.internalPort) &+ Int(view.suggestedExternalPort)
    sum &+= try view.withThirdParty { (option) throws(WireError) in option.address.hashValue } ?? 0
    sum &+= try view.withThirdPartyID { (option) throws(WireError) in option.octets.byteCount } ?? 0
    sum &+= try view.withDescription { (option) throws(WireError) in option.octets.byteCount } ?? 0
    sum &+= try view.withPortSet { (option) throws(WireError) in Int(option.size) } ?? 0
    sum &+=
      try view.withPrefix64 { (option) throws(WireError) in
        option.withPrefix { $0.byteCount } &+ option.withSuffix { $0.byteCount }
      } ?? 0
    try view.forEachFilter { (filter) throws(WireError) in sum &+= Int(filter.prefixLength) }
    return sum
  }
}

extension PeerRequest: Readable {
  static func read(_ view: borrowing Borrowed<Self>) throws(WireError) -> Int {
    var sum = Int(view.requestedLifetime) &+ view.clientAddress.hashValue &+ view.nonce.hashValue
    sum &+= Int(view.remotePeerPort) &+ view.remotePeerAddress.hashValue
    sum &+= try view.withThirdParty { (option) throws(WireError) in option.address.hashValue } ?? 0
    sum &+= try view.withDescription { (option) throws(WireError) in option.octets.byteCount } ?? 0
    return sum
  }
}

extension AnnounceRequest: Readable {
  static func read(_ view: borrowing Borrowed<Self>) throws(WireError) -> Int {
    var sum = Int(view.requestedLifetime) &+ view.clientAddress.hashValue
    sum &+= try view.withPrefix64 { (option) throws(WireError) in option.octets.byteCount } ?? 0
    return sum
  }
}

extension MapResponse: Readable {
  static func read(_ view: borrowing Borrowed<Self>) throws(WireError) -> Int {
    var sum = Int(view.lifetime) &+ Int(view.epochTime) &+ view.nonce.hashValue
    sum &+= view.assignedExternalAddress.hashValue &+ Int(view.assignedExternalPort)
    try view.forEachFilter { (filter) throws(WireError) in sum &+= Int(filter.prefixLength) }
    try view.forEachPrefix64 { (prefix) throws(WireError) in
      sum &+= try prefix.withIpv4Prefixes { (list) throws(WireError) in list.octets.byteCount } ?? 0
    }
    return sum
  }
}

extension PeerResponse: Readable {
  static func read(_ view: borrowing Borrowed<Self>) throws(WireError) -> Int {
    var sum = Int(view.lifetime) &+ Int(view.epochTime) &+ view.nonce.hashValue
    sum &+= try view.withDescription { (option) throws(WireError) in option.octets.byteCount } ?? 0
    return sum
  }
}

extension AnnounceResponse: Readable {
  static func read(_ view: borrowing Borrowed<Self>) throws(WireError) -> Int {
    var sum = Int(view.lifetime) &+ Int(view.epochTime)
    try view.forEachPrefix64 { (prefix) throws(WireError) in sum &+= prefix.octets.byteCount }
    return sum
  }
}

extension MapErrorResponse: Readable {
  static func read(_ view: borrowing Borrowed<Self>) throws(WireError) -> Int {
    var sum = Int(view.resultCode.rawValue) &+ Int(view.lifetime) &+ view.clientAddressTail.hashValue
    sum &+= try view.withMapping { (mapping) throws(WireError) in mapping.nonce.hashValue } ?? 0
    return sum &+ view.withCopied { $0.byteCount }
  }
}

extension PeerErrorResponse: Readable {
  static func read(_ view: borrowing Borrowed<Self>) throws(WireError) -> Int {
    Int(view.resultCode.rawValue) &+ view.withCopied { $0.byteCount }
  }
}

extension ErrorResponse: Readable {
  static func read(_ view: borrowing Borrowed<Self>) throws(WireError) -> Int {
    Int(view.resultCode.rawValue) &+ view.withCopied { $0.byteCount }
  }
}

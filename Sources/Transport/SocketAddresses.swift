import Machine
import NIOCore
import Wire

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

extension PeerAddress {
  /// The address as sockets give it; nil for one that is not IP.
  init?(_ address: SocketAddress) {
    switch address {
    case .v4(let v4):
      let mapped = IPv4Address(UInt32(bigEndian: v4.address.sin_addr.s_addr))
      self.init(IPv6Address(mapping: mapped), port: UInt16(bigEndian: v4.address.sin_port))
    case .v6(let v6):
      var octets = v6.address.sin6_addr
      let bytes = withUnsafeBytes(of: &octets) { Array($0) }
      guard let address = IPv6Address(octets: bytes) else { return nil }
      self.init(address, port: UInt16(bigEndian: v6.address.sin6_port), scope: v6.address.sin6_scope_id)
    case .unixDomainSocket:
      return nil
    }
  }

  /// The address as sockets take it.
  var socketAddress: SocketAddress {
    if let mapped = address.mapped {
      var v4 = sockaddr_in()
      v4.sin_family = sa_family_t(AF_INET)
      v4.sin_port = port.bigEndian
      v4.sin_addr.s_addr = mapped.value.bigEndian
      return SocketAddress(v4)
    }
    var v6 = sockaddr_in6()
    v6.sin6_family = sa_family_t(AF_INET6)
    v6.sin6_port = port.bigEndian
    v6.sin6_scope_id = scope
    withUnsafeMutableBytes(of: &v6.sin6_addr) { $0.copyBytes(from: address.octets) }
    return SocketAddress(v6)
  }

  /// Which of the two families of sockets it is for.
  var isIPv4: Bool { address.mapped != nil }
}

public import Machine
import NIOCore
public import Wire

/// An address of one of the host's network interfaces.
public struct NetworkInterface: Sendable, Hashable {
  /// "eth0".
  public var name: String
  /// The interface's number on this host.
  public var index: Int
  /// With port 0; the scope of a link-local address is the interface.
  public var address: PeerAddress

  /// Every address of every interface.
  ///
  /// - Throws: when the system does not tell.
  public static func all() throws -> [NetworkInterface] {
    try System.enumerateDevices().compactMap { device in
      guard let address = device.address.flatMap(PeerAddress.init) else { return nil }
      return NetworkInterface(
        name: device.name, index: device.interfaceIndex,
        address: PeerAddress(address.address, port: 0, scope: address.scope))
    }
  }

  /// The addresses meant by one to listen on: all of its family for an unspecified one, itself for others.
  ///
  /// A server that answers from the address it was asked at has a socket for each (RFC 6887 section 8.2).
  ///
  /// - Throws: when the system does not tell.
  public static func addresses(meantBy address: IPv6Address) throws -> [PeerAddress] {
    guard address.isUnspecified else { return [PeerAddress(address, port: 0)] }
    return try all().map(\.address).filter { $0.isIPv4 == (address.mapped != nil) }
  }
}

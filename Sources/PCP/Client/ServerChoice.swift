public import Machine
public import Wire

/// One way to a server: an address of its, and the client's own address that requests come from.
public struct ServerPath: Sendable, Hashable {
  public var server: PeerAddress
  /// What requests carry (RFC 6887 section 7.1).
  public var client: IPv6Address

  public init(to server: PeerAddress, from client: IPv6Address) {
    self.server = server
    self.client = client
  }
}

/// A server and the ways to it, in the order they are tried (RFC 7488 section 3).
public struct ServerChoice: Sendable, Hashable {
  /// Names a server by the addresses that it was given with.
  public struct ID: Sendable, Hashable, CustomStringConvertible {
    public var addresses: [PeerAddress]

    public init(_ addresses: [PeerAddress]) { self.addresses = addresses }

    /// `192.0.2.1:5351`, or several addresses with commas.
    public var description: String { addresses.map(\.description).joined(separator: ",") }
  }

  public let paths: [ServerPath]

  /// - Returns: nil without a way to the server.
  public init?(_ paths: [ServerPath]) {
    if paths.isEmpty { return nil }
    self.paths = paths
  }

  /// A server with one address.
  public init(to server: PeerAddress, from client: IPv6Address) { paths = [ServerPath(to: server, from: client)] }

  public var id: ID { ID(paths.map(\.server)) }

  /// Whether mappings are of IPv4 hosts.
  public var isIPv4: Bool { paths[0].client.mapped != nil }
}

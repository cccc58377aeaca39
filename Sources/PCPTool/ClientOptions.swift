import ArgumentParser
import Machine
import PCP
import PCPWire
import Transport
import Wire

/// What all clients are told.
struct ClientOptions: ParsableArguments {
  @Option(help: "Address of the server; the default gateway when none is given.")
  var server: IPv6Address?

  @Option(help: "UDP port of the server.")
  var port: UInt16 = PCPPorts.server

  @Option(help: "Seconds to wait for an answer, the request being sent again meanwhile.")
  var timeout: Double = 10

  @Flag(help: "Print the response as JSON.")
  var json = false

  @Flag(help: "Print the octets of what is sent and received, with the meaning of each.")
  var annotate = false

  func validate() throws {
    guard timeout > 0, timeout <= 86400 else { throw ValidationError("--timeout must be above 0 and at most 86400") }
  }

  /// The server, and the address of this host that requests to it come from.
  ///
  /// - Parameter isIPv4: which default gateway is meant, where the host has one of each family; nil for either.
  /// - Throws: the exit status, after a complaint, when there is no way to a server.
  func path(isIPv4: Bool? = nil) async throws -> ServerPath {
    guard let peer = try gateway(isIPv4) else {
      complain("this host has no default gateway: --server says whom to ask")
      throw Status.refused
    }
    do {
      let source = try await UDPSocket.sourceAddress(for: peer.server)
      return ServerPath(to: peer.server, from: peer.client ?? source.address)
    } catch {
      complain("no way to \(peer.server): \(error)")
      throw Status.refused
    }
  }

  private func gateway(_ isIPv4: Bool?) throws -> (server: PeerAddress, client: IPv6Address?)? {
    if let server { return (PeerAddress(server, port: port), nil) }
    for gateway in try DefaultGateway.all() where isIPv4 == nil || (gateway.address.address.mapped != nil) == isIPv4 {
      let server = PeerAddress(gateway.address.address, port: port, scope: gateway.address.scope)
      if server.address.mapped != nil { return (server, nil) }
      // A mapping of a link-local address would be for nobody (RFC 6887 section 8.4).
      let global = IPv6HostAddress.global().first { $0.interface == gateway.interface }
      if let global { return (server, global.address) }
    }
    return nil
  }
}

/// Which mapping, of which host.
struct MappingOptions: ParsableArguments {
  @Option(name: .customLong("protocol"), help: "Upper-layer protocol: tcp, udp, or a number.")
  var transport: TransportProtocol

  @Option(help: "Port of the internal host.")
  var internalPort: UInt16

  @Option(help: "The host the mapping is for, when it is another (THIRD_PARTY).")
  var thirdParty: IPv6Address?

  @Option(help: "Nonce of a mapping made before, 24 hexadecimal digits.")
  var nonce: NonceArgument?

  var thirdPartyOption: ThirdPartyOption? { thirdParty.map { ThirdPartyOption(address: $0) } }
}

/// What is asked for.
struct LifetimeOptions: ParsableArguments {
  @Option(help: "Seconds that the mapping should live.")
  var lifetime: UInt32 = 7200

  @Option(help: "External port that would be liked.")
  var externalPort: UInt16 = 0

  @Option(help: "External address that would be liked; 0.0.0.0 or :: for any of that family.")
  var externalAddress: IPv6Address?

  @Option(help: "Words about the mapping (DESCRIPTION).")
  var description: String?

  var descriptionOption: DescriptionOption? { description.map { DescriptionOption(text: WireString($0)) } }

  /// The address suggested to a server: unless the person says otherwise, any; of the family that reaches it, when it is sent.
  var suggestedAddress: IPv6Address { externalAddress ?? .unspecifiedIPv4 }
}

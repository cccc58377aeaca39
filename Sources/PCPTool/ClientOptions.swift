import ArgumentParser
import Machine
import PCP
import PCPWire
import Wire

/// What all clients are told.
struct ClientOptions: ParsableArguments {
  @Option(help: "Address of the server.")
  var server: IPv6Address

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

  var peer: PeerAddress { PeerAddress(server, port: port) }
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

  /// The address suggested to a server: unless the person says otherwise, any of the family that reaches it.
  func suggestedAddress(for server: IPv6Address) -> IPv6Address { externalAddress ?? server.unspecifiedOfFamily }
}

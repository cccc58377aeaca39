import ArgumentParser
import PCP
import PCPWire
import Wire

/// `pcp announce`
struct AnnounceCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "announce", abstract: "Asks whether a server is there (ANNOUNCE).",
    discussion: """
      Example:
        pcp announce --server 192.168.1.1
      """)

  @OptionGroup var client: ClientOptions

  func run() async throws {
    try await ClientRun(client).run { .announce($0) }
  }
}

/// `pcp map`
struct MapCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "map", abstract: "Asks for an inbound mapping, or renews one (MAP).",
    discussion: """
      Prints the mapping with its nonce, which is needed to renew or delete it.

      Example:
        pcp map --server 192.168.1.1 --protocol tcp --internal-port 8080 \\
          --filter 198.51.100.0/24,443
      """)

  @OptionGroup var client: ClientOptions
  @OptionGroup var mapping: MappingOptions
  @OptionGroup var wanted: LifetimeOptions

  @Option(help: "Remote peer let in, as ADDRESS[/BITS][,PORT], or none to remove the filters; may be repeated (FILTER).")
  var filter: [FilterArgument] = []

  @Flag(help: "Rather no mapping than another external address or port (PREFER_FAILURE).")
  var preferFailure = false

  func validate() throws {
    if wanted.lifetime == 0 { throw ValidationError("a lifetime of 0 deletes: use pcp delete") }
    if preferFailure && wanted.externalPort == 0 { throw ValidationError("--prefer-failure needs --external-port") }
  }

  func run() async throws {
    var wish = MapWish(mapping.transport, internalPort: mapping.internalPort, lifetime: wanted.lifetime)
    wish.externalPort = wanted.externalPort
    wish.externalAddress = wanted.suggestedAddress(for: client.server)
    wish.nonce = mapping.nonce?.nonce
    wish.options.thirdParty = mapping.thirdPartyOption
    wish.options.preferFailure = preferFailure ? PreferFailureOption() : nil
    wish.options.filter = filter.map(\.option)
    wish.options.description = wanted.descriptionOption
    try await ClientRun(client).run { [wish] in .map($0, wish) }
  }
}

/// `pcp peer`
struct PeerCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "peer", abstract: "Asks for an outbound mapping to a remote peer, or how long it lives (PEER).",
    discussion: """
      Example:
        pcp peer --server 192.168.1.1 --protocol udp --internal-port 4000 \\
          --remote-address 198.51.100.2 --remote-port 5060
      """)

  @OptionGroup var client: ClientOptions
  @OptionGroup var mapping: MappingOptions
  @OptionGroup var wanted: LifetimeOptions

  @Option(help: "Address of the remote peer.")
  var remoteAddress: IPv6Address

  @Option(help: "Port of the remote peer.")
  var remotePort: UInt16

  func run() async throws {
    var wish = PeerWish(
      mapping.transport, internalPort: mapping.internalPort, remotePort: remotePort, remoteAddress: remoteAddress,
      lifetime: wanted.lifetime)
    wish.externalPort = wanted.externalPort
    wish.externalAddress = wanted.suggestedAddress(for: client.server)
    wish.nonce = mapping.nonce?.nonce
    wish.options.thirdParty = mapping.thirdPartyOption
    wish.options.description = wanted.descriptionOption
    try await ClientRun(client).run { [wish] in .peer($0, wish) }
  }
}

/// `pcp delete`
struct DeleteCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "delete", abstract: "Deletes an inbound mapping (MAP with a lifetime of 0).",
    discussion: """
      A server deletes a mapping only for who knows the nonce it was made with.

      Example:
        pcp delete --server 192.168.1.1 --protocol tcp --internal-port 8080 \\
          --nonce 0123456789abcdef01234567
      """)

  @OptionGroup var client: ClientOptions
  @OptionGroup var mapping: MappingOptions

  func validate() throws {
    if mapping.nonce == nil { throw ValidationError("--nonce is needed: pcp map printed it") }
  }

  func run() async throws {
    var wish = MapWish(mapping.transport, internalPort: mapping.internalPort, lifetime: 0)
    wish.externalAddress = client.server.unspecifiedOfFamily
    wish.nonce = mapping.nonce?.nonce
    wish.options.thirdParty = mapping.thirdPartyOption
    try await ClientRun(client).run { [wish] in .map($0, wish) }
  }
}

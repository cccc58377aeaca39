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
    try await ClientRun(client).run(.announce)
  }
}

/// `pcp map`
struct MapCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "map", abstract: "Asks for an inbound mapping, or renews one (MAP).",
    discussion: """
      Prints the mapping with its nonce, which is needed to renew or delete it. A gateway that knows NAT-PMP only is asked in that.

      With --keep it holds the mapping until SIGINT (Ctrl-C) or SIGTERM: renews it, makes it again at a gateway that has lost it or \
      after a change of the network, prints every change, and deletes it at the end.

      Examples:
        pcp map --protocol tcp --internal-port 8080 --keep
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

  @Flag(help: "Hold the mapping until SIGINT or SIGTERM, then delete it.")
  var keep = false

  func validate() throws {
    if keep && wanted.lifetime < 2 { throw ValidationError("--keep needs a --lifetime of 2 at least") }
    if wanted.lifetime == 0 { throw ValidationError("a lifetime of 0 deletes: use pcp delete") }
    if preferFailure && wanted.externalPort == 0 { throw ValidationError("--prefer-failure needs --external-port") }
  }

  func run() async throws {
    var wish = MapWish(mapping.transport, internalPort: mapping.internalPort, lifetime: wanted.lifetime)
    wish.externalPort = wanted.externalPort
    wish.externalAddress = wanted.suggestedAddress
    wish.nonce = mapping.nonce?.nonce
    wish.options.thirdParty = mapping.thirdPartyOption
    wish.options.preferFailure = preferFailure ? PreferFailureOption() : nil
    wish.options.filter = filter.map(\.option)
    wish.options.description = wanted.descriptionOption
    if keep { return try await KeepRun(client).run(wish) }
    try await ClientRun(client).run(.map(wish))
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
    wish.externalAddress = wanted.suggestedAddress
    wish.nonce = mapping.nonce?.nonce
    wish.options.thirdParty = mapping.thirdPartyOption
    wish.options.description = wanted.descriptionOption
    try await ClientRun(client).run(.peer(wish), isIPv4: remoteAddress.mapped != nil)
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
    wish.nonce = mapping.nonce?.nonce
    wish.options.thirdParty = mapping.thirdPartyOption
    try await ClientRun(client).run(.map(wish))
  }
}

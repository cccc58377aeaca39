import Machine
import PCP
import PCPWire
import Testing
import Wire

/// Options that other modules add: both ends check them when their configuration says so.
@Suite struct ExtensionTests {
  /// A vendor's option, which has what the option for prefixes has.
  private static func registry(_ list: WireName) -> ExtensionRegistry {
    let use = ExtensionUse(
      extension: "Acme", list: list, element: "burst", tag: 230, body: FilterOption.self, maximum: 1)
    return ExtensionRegistry(elements: [], uses: [use], definitions: [FilterOption.definition])
  }

  /// A prefix length of 128, a port, and an address.
  private static let good: [UInt8] = [0, 128, 0, 80] + [0x20, 1, 0x0D, 0xB8] + Array(repeating: 0, count: 12)

  @Test("A server refuses what an extension says is wrong, and passes over it without the extension")
  func reception() throws {
    let extensions = Self.registry("PCP.MapRequest.options")
    func reception(_ options: [UInt8]..., extensions: ExtensionRegistry) throws -> ServerReception {
      var request = MapRequest.test()
      request.options.unknown = try options.map { try PCPOption.kept(OptionCode(rawValue: 230), value: $0) }
      return ServerReception(try request.encoded(), from: inside, extensions: extensions)
    }
    for extensions in [ExtensionRegistry(), extensions] {
      guard case .accept(.map(let request)) = try reception(Self.good, extensions: extensions) else {
        Issue.record("refused")
        continue
      }
      #expect(request.options.unknown.map(\.tag) == [230])
    }
    #expect(try isAccepted(reception([1], extensions: ExtensionRegistry())))
    #expect(try reception([1], extensions: extensions) == .refuse(.malformedOption))
    #expect(try !isAccepted(reception(Self.good, Self.good, extensions: extensions)))
  }

  private func isAccepted(_ reception: ServerReception) -> Bool { if case .accept = reception { true } else { false } }

  @Test("A server and a client take the extensions of their configuration")
  func configuration() throws {
    var server = ServerConfiguration(externalAddresses: [address("203.0.113.1")])
    #expect(server.extensions.isEmpty)
    server.extensions = Self.registry("PCP.MapRequest.options")
    #expect(server.extensions == Self.registry("PCP.MapRequest.options"))
    #expect(server.extensions != ExtensionRegistry())

    var client = ClientConfiguration(address: inside.address)
    client.extensions = Self.registry("PCP.AnnounceResponse.options")
    let from = peer("198.51.100.254", PCPPorts.server)
    var answer = AnnounceResponse(lifetime: 0, epochTime: 5)
    answer.options.unknown = [try PCPOption.kept(OptionCode(rawValue: 230), value: [1])]
    for (configuration, isTaken) in [(client, false), (ClientConfiguration(address: inside.address), true)] {
      var endpoint = ClientEndpoint(ClientMachine(configuration, random: SplitMix64(seed: 1)), server: from)
      _ = endpoint.perform(.announce(id(1)), at: seconds(0))
      let effects = endpoint.receive(try answer.encoded(), from: from, to: nil, at: seconds(1))
      #expect(effects.isEmpty != isTaken)
    }
  }
}

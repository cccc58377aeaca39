import ArgumentParser
import PCP
import PCPWire
import Testing
import Wire

@testable import PCPTool

/// The command line of `pcp`.
@Suite struct ArgumentTests {
  private let map = ["map", "--server", "192.0.2.1", "--protocol", "tcp", "--internal-port", "8080"]

  @Test("What a person writes becomes what is asked for")
  func mapArguments() throws {
    let arguments = map + ["--filter", "198.51.100.0/24,443", "--filter", "none", "--lifetime", "60"]
    let command = try #require(try Command.parseAsRoot(arguments) as? MapCommand)
    #expect(command.client.server?.plainText == "192.0.2.1" && command.client.port == 5351)
    #expect(!command.keep)
    #expect(command.mapping.transport == .tcp)
    #expect(command.wanted.lifetime == 60)
    let network = IPv6Address(mapping: IPv4Address(198, 51, 100, 0))
    #expect(
      command.filter.map(\.option) == [
        FilterOption(prefixLength: 120, remotePeerPort: 443, remotePeerAddress: network),
        FilterOption(prefixLength: 0, remotePeerPort: 0, remotePeerAddress: .unspecified),
      ])
  }

  @Test("A nonce is read as it is printed")
  func nonceArgument() {
    let nonce = MappingNonce([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 255])
    #expect(NonceArgument(argument: "000102030405060708090aff")?.nonce == nonce)
    for text in ["", "00", "000102030405060708090aff00", "000102030405060708090agg", "+00102030405060708090aff"] {
      #expect(NonceArgument(argument: text) == nil)
    }
  }

  @Test(
    "Protocols by name in either case, or by number",
    arguments: [("udp", 17), ("TCP", 6), ("UDP-Lite", 136), ("icmpv6", 58), ("253", 253)] as [(String, UInt8)])
  func protocols(text: String, number: UInt8) {
    #expect(TransportProtocol(argument: text)?.rawValue == number)
  }

  @Test(
    "What cannot be meant is a mistake of usage",
    arguments: [
      ["map"], ["map", "--server", "x"], ["frobnicate"], ["peer", "--server", "::1"], ["probe", "x"],
      ["probe", "::1", "--timeout", "0"],
      ["announce", "--server", "::1", "--timeout", "0"],
      ["delete", "--server", "::1", "--protocol", "tcp", "--internal-port", "1"],
      ["map", "--server", "::1", "--protocol", "tcp", "--internal-port", "1", "--lifetime", "0"],
      ["map", "--server", "::1", "--protocol", "tcp", "--internal-port", "1", "--prefer-failure"],
      ["map", "--protocol", "tcp", "--internal-port", "1", "--keep", "--lifetime", "1"],
      ["map", "--server", "::1", "--protocol", "tcp", "--internal-port", "70000"],
      ["server", "--external-ports", "9-3"],
      ["server", "--backend", "nftables"],
      ["server", "--backend", "nftables", "--external-interface", "eth*"],
      ["server", "--backend", "nftables", "--external-interface", "eth0", "--nftables-table", "a b"],
      ["server", "--pinholes"],
      ["server", "--backend", "netfilter"],
      ["server", "--check-config"],
      ["server", "--admin-socket", "/x", "--no-admin-socket"],
    ])
  func mistakes(arguments: [String]) {
    do {
      _ = try Command.parseAsRoot(arguments)
      Issue.record("\(arguments) is taken")
    } catch {
      #expect(Command.exitCode(for: error) == .validationFailure)
    }
  }

  @Test(
    "Every command has help with an example",
    arguments: ["server", "status", "mappings", "probe", "announce", "map", "peer", "delete"])
  func help(name: String) throws {
    let command = try #require(Command.configuration.subcommands.first { $0._commandName == name })
    let help = Command.helpMessage(for: command, columns: 120)
    #expect(help.contains("Example:\n  pcp \(name)") || help.contains("Examples:\n  pcp \(name)"))
  }
}

import Machine
import PCP
import PCPWire
import Settings
import Wire

/// What is mapped to what.
extension ServerKey {
  static let mapped = Group(
    title: "What is mapped to what",
    keys: [
      ServerKey(
        "external", Kinds.address.list, .externalAddresses, example: "[192.0.2.1]",
        """
        External addresses that mappings are given, in the order of preference in each family (RFC 6887 section 11.3). Without \
        one, requests for mappings are refused.
        """
      ) { $0.machine.externalAddresses = $1 },
      ServerKey(
        "external-ports", Kinds.ports, .externalPorts, default: "1024-65535",
        "External ports that mappings are given (RFC 6887 section 11.3)."
      ) { $0.machine.externalPorts = $1 },
      ServerKey(
        "external-ports-by-address", Kinds.ports.byKey(Kinds.addressText) { IPv6Address(plain: $0) }, .externalPortsByAddress,
        example: "\n  192.0.2.1: 20000-29999", "The ports at external addresses that have ranges of their own."
      ) { $0.machine.externalPortsByAddress = $1 },
      ServerKey(
        "pair-addresses", Kinds.flag, .pairsAddresses, default: "true",
        "Whether a host's mappings are all given one external address, or none (RFC 4787 section 4.1, paired pooling)."
      ) { $0.machine.pairsAddresses = $1 },
      ServerKey(
        "unmapped-udp-ports", Kinds.port.list, .unmappedUDPPorts, default: "[5350, 5351]",
        """
        External UDP ports that are never mapped; 5350 and 5351 must be among them (RFC 6887 section 11.3). With nftables a change \
        waits for a restart.
        """
      ) { $0.machine.unmappedUDPPorts = Set($1) },
      ServerKey(
        "unmapped-tcp-ports", Kinds.port.list, .unmappedTCPPorts, default: "[]",
        "External TCP ports that are never mapped: those of services of this host (RFC 6887 section 11.3)."
      ) { $0.machine.unmappedTCPPorts = Set($1) },
      ServerKey(
        "protocol", Kinds.transport.list, .protocols, default: "[tcp, udp]",
        "Upper-layer protocols that are mapped (RFC 6887 section 11.3)."
      ) { $0.machine.protocols = Set($1) },
      ServerKey(
        "map-all-ports", Kinds.flag, .mapsAllPorts, default: "false",
        "Whether internal port 0 maps all ports of a protocol (RFC 6887 section 11.3)."
      ) { $0.machine.mapsAllPorts = $1 },
      ServerKey(
        "map-all-protocols", Kinds.flag, .mapsAllProtocols, default: "false",
        "Whether protocol 0 maps all ports of all protocols (RFC 6887 section 11.3)."
      ) { $0.machine.mapsAllProtocols = $1 },
      ServerKey(
        "nat64", Kinds.flag, .isNAT64, default: "false",
        "Whether hosts with IPv6 addresses may have IPv4 external addresses (RFC 6887 section 11.1)."
      ) { $0.machine.isNAT64 = $1 },
      ServerKey(
        "reuse-delay", Kinds.delay, .reuseDelay, default: "120",
        "Seconds that an external port is kept for who had it last, after its mapping has ended (RFC 6887 section 15)."
      ) { $0.machine.reuseDelay = $1 },
      ServerKey(
        "static-mappings", staticMapping.list, .staticMappings,
        example: """

            - protocol: tcp
              internal: 192.168.1.10
              internal-port: 80
              external: 192.0.2.1
              external-port: 8080
              ports: 1
          """,
        """
        Mappings made outside of PCP, which the server only answers for (RFC 6887 section 11.3). Port 0 at both ends for all ports, \
        and protocol any too for all protocols; ports is how many consecutive ones, 1 without it; external-port is internal-port \
        without it; third-party-id, in hexadecimal digits, tells hosts of one address apart (RFC 7843).
        """
      ) { $0.machine.staticMappings = $1 },
    ])

  /// A static mapping as far as it is known.
  private struct StaticEnds: Sendable {
    var transport = TransportProtocol.any
    var inner = IPv6Address.unspecified
    var innerPort: UInt16 = 0
    var outer = IPv6Address.unspecified
    var outerPort: UInt16?
    var portCount: UInt16 = 1
    var realm: [UInt8] = []

    var mapping: StaticMapping {
      StaticMapping(
        InternalTuple(transport, inner, port: innerPort, realm: realm),
        to: ExternalTuple(transport, outer, port: outerPort ?? innerPort), portCount: portCount)
    }
  }

  private static let staticMapping: SettingsKind<StaticMapping> = SettingsKind<StaticEnds>.table(
    [
      SettingsKey("protocol", Kinds.transport, isRequired: true) { $0.transport = $1 },
      SettingsKey("internal", Kinds.address, isRequired: true) { $0.inner = $1 },
      SettingsKey("internal-port", Kinds.port, isRequired: true) { $0.innerPort = $1 },
      SettingsKey("external", Kinds.address, isRequired: true) { $0.outer = $1 },
      SettingsKey("external-port", Kinds.port) { $0.outerPort = $1 },
      SettingsKey("ports", SettingsKind<UInt16>.number(in: 1...UInt16.max)) { $0.portCount = $1 },
      SettingsKey("third-party-id", Kinds.octets) { $0.realm = $1 },
    ], startingWith: StaticEnds()
  ).converted { ($0.mapping, nil) }
}

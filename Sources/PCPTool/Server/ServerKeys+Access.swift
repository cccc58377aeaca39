import Machine
import PCP
import PCPWire
import Settings
import Wire

/// Who may do what.
extension ServerKey {
  static let access = Group(
    title: "Who may do what",
    keys: [
      ServerKey(
        "nat-pmp", Kinds.flag, .speaksNATPMP, default: "true",
        """
        Whether NAT-PMP is spoken too, on the same port and with the same mappings (RFC 6886; RFC 6887 appendix A). All its \
        mappings are at the first external address of IPv4.
        """
      ) { $0.machine.speaksNATPMP = $1 },
      ServerKey(
        "client", Kinds.prefix.list, .servedClients, default: "[]",
        "Addresses that are served, such as 192.168.1.0/24; requests of others are dropped (RFC 6887 section 8.2). [] for all."
      ) { $0.machine.servedClients = $1 },
      ServerKey(
        "serving-address", Kinds.address.list, .servingAddresses, default: "[]",
        """
        The server's addresses that requests are taken at; those sent to others came in where none should, and are dropped (RFC \
        6887 section 8.2). [] for all.
        """
      ) { $0.machine.servingAddresses = $1 },
      ServerKey(
        "third-party", Kinds.prefix.list, .thirdPartyClients, default: "[]",
        "Addresses that may ask for mappings of other hosts (RFC 6887 section 13.1). [] for none."
      ) { $0.machine.thirdPartyClients = $1 },
      ServerKey(
        "third-party-ids", Kinds.octets.list, .thirdPartyIDs, default: "[]",
        "Identifiers, in hexadecimal digits, that tell hosts of the same address apart (RFC 7843). [] for no such option."
      ) { $0.machine.thirdPartyIDs = Set($1) },
      ServerKey(
        "access", rule.list, .accessRules,
        example: """

            - action: allow
              source: 192.168.1.0/24
              operations: [map, peer]
              protocol: tcp
              internal-ports: 1-65535
              external-ports: 1024-65535
            - action: deny
              operations: [map]
          """,
        """
        Rules of who may ask for what; the first that has to do with a request decides, and what none decides is allowed (RFC 6887 \
        section 11.3, NOT_AUTHORIZED). All but action may be left out, for everything: source, operations (map, peer, announce), \
        protocol, internal-ports and external-ports. NAT-PMP's mappings are a matter of map, its external address is one of announce.
        """
      ) { $0.machine.accessRules = $1 },
      ServerKey(
        "rate-limit", rateLimit.orNone, .rateLimit,
        default: """

            burst: 512
            per-second: 128
            sources: 65536
          """,
        """
        Requests of a source that are taken at once, and then each second; more are dropped (RFC 6887 section 8.2). So many sources \
        are remembered. none for no limit.
        """
      ) { $0.machine.rateLimit = $1 },
    ])

  private static let rule = SettingsKind<AccessRule>.table(
    [
      SettingsKey(
        "action", SettingsKind<AccessRule.Action>.choice(["allow": .allow, "deny": .deny]), isRequired: true
      ) { $0.action = $1 },
      SettingsKey("source", Kinds.prefix) { $0.source = $1 },
      SettingsKey(
        "operations", SettingsKind<Opcode>.choice(["map": .map, "peer": .peer, "announce": .announce]).list
      ) { $0.opcodes = Set($1) },
      SettingsKey("protocol", Kinds.transport) { $0.protocol = $1 },
      SettingsKey("internal-ports", Kinds.ports) { $0.internalPorts = $1 },
      SettingsKey("external-ports", Kinds.ports) { $0.externalPorts = $1 },
    ], startingWith: AccessRule(.deny))

  private static let rateLimit = SettingsKind<RateLimit>.table(
    [
      SettingsKey("burst", Kinds.atLeastOne) { $0.burst = $1 },
      SettingsKey("per-second", Kinds.atLeastOne) { $0.perSecond = $1 },
      SettingsKey("sources", Kinds.atLeastOne) { $0.sources = $1 },
    ], startingWith: RateLimit())
}

import PCP
import Settings

/// How long things last, and how much there may be.
extension ServerKey {
  static let lifetimes = Group(
    title: "Lifetimes, in seconds",
    keys: [
      ServerKey(
        "minimum-lifetime", Kinds.lifetime, .minimumLifetime, default: "120",
        "The shortest lifetime granted (RFC 6887 section 15)."
      ) { $0.machine.minimumLifetime = $1 },
      ServerKey(
        "maximum-lifetime", Kinds.lifetime, .maximumLifetime, default: "86400",
        "The longest lifetime granted (RFC 6887 section 15)."
      ) { $0.machine.maximumLifetime = $1 },
      ServerKey(
        "long-error-lifetime", Kinds.lifetime, .longErrorLifetime, default: "1800",
        "How long a lasting error is said to last (RFC 6887 section 7.4)."
      ) { $0.machine.longErrorLifetime = $1 },
      ServerKey(
        "short-error-lifetime", Kinds.lifetime, .shortErrorLifetime, default: "30",
        "How long a passing error is said to last (RFC 6887 section 7.4)."
      ) { $0.machine.shortErrorLifetime = $1 },
    ])

  static let limits = Group(
    title: "How much there may be",
    keys: [
      ServerKey(
        "mappings-per-host", Kinds.count, .mappingsPerHost, default: "256",
        """
        Ports that one host may have mapped, those kept back after their mappings have ended among them (RFC 6887 section 17.2, \
        USER_EX_QUOTA).
        """
      ) { $0.machine.mappingsPerHost = $1 },
      ServerKey(
        "mappings", Kinds.count, .mappings, default: "65536",
        "Ports mapped in all, those kept back among them (RFC 6887 section 7.4, NO_RESOURCES)."
      ) { $0.machine.mappings = $1 },
      ServerKey(
        "ports-per-set", Kinds.count, .portsPerSet, default: "64",
        "Ports of one PORT_SET (RFC 7753 section 6.1); 1 for no such sets."
      ) { $0.machine.portsPerSet = $1 },
      ServerKey(
        "filters-per-mapping", Kinds.count, .filtersPerMapping, default: "16",
        "Filters of one mapping; at least one (RFC 6887 section 13.3)."
      ) { $0.machine.filtersPerMapping = $1 },
      ServerKey(
        "description-size", Kinds.count, .descriptionSize, default: "256",
        "Octets of a description that are kept; at least 128 (RFC 7220 section 3)."
      ) { $0.machine.descriptionSize = $1 },
      ServerKey(
        "waiting-requests", Kinds.atLeastOne, .waitingRequests, default: "1024",
        "Requests that may wait for the backend or the store at once; more are dropped (RFC 6887 section 8.2)."
      ) { $0.machine.waitingRequests = $1 },
    ])
}

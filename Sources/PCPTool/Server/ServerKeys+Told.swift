import Machine
import PCP
import PCPWire
import Settings
import Wire

/// What clients are told.
extension ServerKey {
  static let told = Group(
    title: "What clients are told",
    keys: [
      ServerKey(
        "prefix64", prefix64.list, .prefix64,
        example: """

            - prefix: 64:ff9b::/96
              ipv4: [192.0.2.0/24]
          """,
        """
        Prefixes of a NAT64, of 32, 40, 48, 56, 64 or 96 bits (RFC 7225 section 4.1); ipv4 are the addresses that one is for, all \
        without it, and suffix the octets behind them in hexadecimal digits, zeros without it.
        """
      ) { $0.machine.prefix64 = $1 },
      ServerKey(
        "announce", Kinds.flag, default: "true",
        "Whether the server announces that it has lost mappings, or may have, as at its start (RFC 6887 section 14.1.1)."
      ) { $0.announces = $1 },
      ServerKey(
        "announcement-count", Kinds.count, .announcementCount, default: "10", "How often it does (RFC 6887 section 14.1.1)."
      ) { $0.machine.announcementCount = $1 },
      ServerKey(
        "first-announcement-interval", Kinds.interval, .firstAnnouncementInterval, default: "0.25",
        "Seconds between the first two announcements; doubled each time (RFC 6887 section 14.1.1)."
      ) { $0.machine.firstAnnouncementInterval = $1 },
      ServerKey(
        "announcement-targets", Kinds.target.list, .announcementTargets, default: "[224.0.0.1, \"ff02::1\"]",
        "Whom announcements are sent to, besides the clients whose mappings the server remembers (RFC 6887 section 14.1.1)."
      ) { $0.machine.announcementTargets = $1 },
      ServerKey(
        "update-intervals", Kinds.interval.list, .updateIntervals, default: "[0.25, 0.5]",
        "Seconds between the datagrams that tell a client of a changed mapping (RFC 6887 section 14.2)."
      ) { $0.machine.updateIntervals = $1 },
      ServerKey(
        "notices-per-second", Kinds.count, .noticesPerSecond, default: "1000",
        "Datagrams that are begun to be sent unasked in a second, so that many changes do not fill the network."
      ) { $0.machine.noticesPerSecond = $1 },
    ])

  /// A prefix of a NAT64 as it is written.
  private struct WrittenPrefix: Sendable {
    var prefix = AddressPrefix(.unspecified, length: 96)
    var suffix: [UInt8]?
    var ipv4: [AddressPrefix]?

    /// The option, or why there is none.
    var option: (value: Prefix64Option?, fault: String?) {
      guard prefix.address.mapped == nil, [32, 40, 48, 56, 64, 96].contains(prefix.length) else {
        return (nil, "a prefix of a NAT64 is one of IPv6, of 32, 40, 48, 56, 64 or 96 bits (RFC 6052 section 2.2), not \(prefix)")
      }
      let count = prefix.length / 8
      let octets = prefix.address.octets
      if octets.dropFirst(count).contains(where: { $0 != 0 }) { return (nil, "\(prefix) has more bits than count") }
      let suffix = suffix ?? Array(repeating: 0, count: 12 - count)
      if suffix.count != 12 - count { return (nil, "the suffix of \(prefix) has \(12 - count) octets, not \(suffix.count)") }
      if let other = ipv4?.first(where: { $0.address.mapped == nil || $0.length < 96 }) {
        return (nil, "\(other) is no prefix of IPv4")
      }
      let prefixes = ipv4?.compactMap { own in
        own.address.mapped.map { IPv4Prefix(length: UInt16(own.length - 96), address: $0) }
      }
      let list = prefixes.map { IPv4PrefixList(prefixes: $0) }
      return (Prefix64Option(prefix: Array(octets.prefix(count)), suffix: suffix, ipv4Prefixes: list), nil)
    }
  }

  private static let prefix64: SettingsKind<Prefix64Option> = SettingsKind<WrittenPrefix>.table(
    [
      SettingsKey("prefix", Kinds.prefix, isRequired: true) { $0.prefix = $1 },
      SettingsKey("suffix", Kinds.octets) { $0.suffix = $1 },
      SettingsKey("ipv4", Kinds.prefix.list) { $0.ipv4 = $1 },
    ], startingWith: WrittenPrefix()
  ).converted { $0.option }
}

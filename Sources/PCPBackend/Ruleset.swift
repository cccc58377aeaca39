/// The table's chains and sets, which stay the same while the server runs: what mappings need is in the sets.
///
/// IPv4 is translated before the chains of others (priorities `dstnat - 10` and `srcnat - 10`): the first translation of a
/// connection is the one that counts. With pinholes, what comes from outside over IPv6 needs a mapping to be forwarded.
struct Ruleset: Sendable {
  var configuration: NFTablesConfiguration

  /// Makes the table, in the place of one that is there.
  var creation: String {
    let table = configuration.table
    var lines = ["add table inet \(table)", "delete table inet \(table)", "table inet \(table) {"]
    lines += body.map { $0.isEmpty ? $0 : "  \($0)" }
    return (lines + ["}"]).joined(separator: "\n") + "\n"
  }

  /// Removes the table, also where there is none.
  var removal: String { "add table inet \(configuration.table)\ndelete table inet \(configuration.table)\n" }

  private var families: [AddressFamily] { configuration.hasPinholes ? [.ipv4, .ipv6] : [.ipv4] }

  private var body: [String] {
    var lines = ["comment \"mappings of the server pcp\"", ""]
    for family in families { lines += SetName.all(of: family).map(declaration) }
    for family in families {
      for scope in MappingScope.allCases { lines += [""] + check(scope, family) }
    }
    lines += [""] + prerouting + [""] + postrouting
    if configuration.hasPinholes { lines += [""] + pinholes + [""] + forward }
    return lines
  }

  private func declaration(_ name: SetName) -> String {
    let (family, address) = (name.family, name.family.type)
    let tuple = "\(address) . inet_proto . inet_service"
    var flags = ""
    var key: String
    var value: String?
    switch name.purpose {
    case .inwardPeer, .outwardPeer: (key, value) = ("\(tuple) . \(address) . inet_service", "\(address) . inet_service")
    case .inward(.port), .outward(.port): (key, value) = (tuple, "\(address) . inet_service")
    case .inward(let scope), .outward(let scope): (key, value) = (type(scope, family), address)
    case .filtered(let scope): key = type(scope, family)
    case .allowed(let scope, let shape):
      key = "\(type(scope, family)) . \(address)\(shape.hasPort ? " . inet_service" : "")"
      if shape.isInterval { flags = " flags interval;" }
    }
    guard family == .ipv4, let value else { return "set \(name.text) { type \(key);\(flags) }" }
    return "map \(name.text) { type \(key) : \(value); }"
  }

  private func type(_ scope: MappingScope, _ family: AddressFamily) -> String {
    switch scope {
    case .port: "\(family.type) . inet_proto . inet_service"
    case .protocol: "\(family.type) . inet_proto"
    case .host: family.type
    }
  }

  /// What a packet is looked up by, on its way in.
  private func destination(_ scope: MappingScope, _ family: AddressFamily) -> String {
    switch scope {
    case .port: "\(family.header) daddr . meta l4proto . th dport"
    case .protocol: "\(family.header) daddr . meta l4proto"
    case .host: "\(family.header) daddr"
    }
  }

  private func source(_ scope: MappingScope) -> String {
    switch scope {
    case .port: "ip saddr . meta l4proto . th sport"
    case .protocol: "ip saddr . meta l4proto"
    case .host: "ip saddr"
    }
  }

  private func set(_ purpose: SetName.Purpose, _ family: AddressFamily = .ipv4) -> String {
    "@\(SetName(purpose: purpose, family: family).text)"
  }

  /// Lets go on what a filter names, and drops the rest.
  private func check(_ scope: MappingScope, _ family: AddressFamily) -> [String] {
    let key = destination(scope, family)
    let rules = SetName.RemoteShape.allCases.map { shape in
      let remote = "\(family.header) saddr\(shape.hasPort ? " . th sport" : "")"
      return "\(key) . \(remote) \(set(.allowed(scope, shape), family)) return"
    }
    return chain(checkName(scope, family), rules + ["drop"])
  }

  private func checkName(_ scope: MappingScope, _ family: AddressFamily) -> String { "check_\(scope.rawValue)\(family.rawValue)" }

  private func filtering(_ scope: MappingScope, _ family: AddressFamily) -> String {
    "\(destination(scope, family)) \(set(.filtered(scope), family)) jump \(checkName(scope, family))"
  }

  private var unmapped: String {
    "udp dport { \(configuration.unmappedUDPPorts.map { "\($0)" }.joined(separator: ", ")) }"
  }

  private var outside: String { "{ \(configuration.externalInterfaces.map { "\"\($0)\"" }.joined(separator: ", ")) }" }

  /// What arrives at an outer end goes to the inner one: the narrowest mapping counts.
  private var prerouting: [String] {
    var rules = [
      "type nat hook prerouting priority dstnat - 10; policy accept;",
      "dnat ip to \(destination(.port, .ipv4)) . ip saddr . th sport map \(set(.inwardPeer))",
    ]
    for scope in MappingScope.allCases {
      rules += [filtering(scope, .ipv4), "dnat ip to \(destination(scope, .ipv4)) map \(set(.inward(scope)))"]
      if scope == .port && !configuration.unmappedUDPPorts.isEmpty { rules.append("\(unmapped) return") }
    }
    return chain("prerouting", rules)
  }

  /// What an inner end sends out comes from the outer one; what inner hosts send to each other's outer ends comes back
  /// through here, which it would not if it showed the address of its sender.
  private var postrouting: [String] {
    var rules = [
      "type nat hook postrouting priority srcnat - 10; policy accept;",
      "oifname \(outside) snat ip to \(source(.port)) . ip daddr . th dport map \(set(.outwardPeer))",
    ]
    rules += MappingScope.allCases.map { "oifname \(outside) snat ip to \(source($0)) map \(set(.outward($0)))" }
    rules += MappingScope.allCases.map { scope in
      "iifname != \(outside) oifname != \(outside) ct status dnat "
        + "\(destination(scope, .ipv4)) \(set(.outward(scope))) masquerade"
    }
    return chain("postrouting", rules)
  }

  /// What comes from outside over IPv6 and belongs to no connection is let in by a mapping or not at all.
  private var pinholes: [String] {
    var rules = [
      "ct state established,related accept",
      "\(destination(.port, .ipv6)) . ip6 saddr . th sport \(set(.inwardPeer, .ipv6)) accept",
    ]
    for scope in MappingScope.allCases {
      rules += [filtering(scope, .ipv6), "\(destination(scope, .ipv6)) \(set(.inward(scope), .ipv6)) accept"]
    }
    return chain("pinholes", rules + ["drop"])
  }

  private var forward: [String] {
    chain(
      "forward",
      [
        "type filter hook forward priority filter - 10; policy accept;",
        "meta nfproto ipv6 iifname \(outside) oifname != \(outside) goto pinholes",
      ])
  }

  private func chain(_ name: String, _ rules: [String]) -> [String] {
    ["chain \(name) {"] + rules.map { "  \($0)" } + ["}"]
  }
}

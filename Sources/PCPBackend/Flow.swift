import Machine
import PCP
import PCPWire
import Wire

/// A connection as conntrack keeps it.
struct Flow: Hashable, Sendable {
  /// Where packets of one direction come from and go to; ports are 0 where the protocol has none.
  struct Direction: Hashable, Sendable {
    var source = PeerAddress(.unspecified, port: 0)
    var destination = PeerAddress(.unspecified, port: 0)
  }

  var `protocol`: TransportProtocol
  /// As the first packet was before any translation.
  var original = Direction()
  /// As answers are before any translation.
  var reply = Direction()
  /// Whether an answer has been seen.
  var isReplied = true
  /// Seconds that it lives on if no packet passes.
  var remainingSeconds: UInt32

  /// Reads a line such as `udp 17 29 src=10.0.0.2 dst=192.0.2.9 sport=4000 dport=53 [UNREPLIED] src=… mark=0 use=1`.
  init?(_ line: some StringProtocol) {
    let words = line.split(separator: " ")
    guard words.count > 4, let number = UInt8(words[1]) else { return nil }
    `protocol` = TransportProtocol(rawValue: number)
    remainingSeconds = UInt32(words[2]) ?? 0
    var directions = [Direction(), Direction()]
    var sources = 0
    for word in words.dropFirst(2) {
      if word == "[UNREPLIED]" { isReplied = false }
      guard let sign = word.firstIndex(of: "=") else { continue }
      let value = word[word.index(after: sign)...]
      switch word[..<sign] {
      case "src":
        sources += 1
        guard sources <= 2, let address = IPv6Address(plain: value) else { return nil }
        directions[sources - 1].source.address = address
      case _ where sources == 0: continue
      case "dst":
        guard let address = IPv6Address(plain: value) else { return nil }
        directions[sources - 1].destination.address = address
      case "sport": directions[sources - 1].source.port = UInt16(value) ?? 0
      case "dport": directions[sources - 1].destination.port = UInt16(value) ?? 0
      default: continue
      }
    }
    guard sources == 2 else { return nil }
    (original, reply) = (directions[0], directions[1])
  }

  var family: AddressFamily { original.source.address.mapped == nil ? .ipv6 : .ipv4 }

  /// What makes conntrack find it again.
  var selection: FlowSelection {
    FlowSelection(
      family: family, protocol: self.protocol, originalSource: original.source, originalDestination: original.destination)
  }

  /// What the inner host has opened by sending out, where the flow is such: translated, or from inside by a test.
  func implicitMapping(isTranslated: Bool) -> ImplicitMapping? {
    guard self.protocol.hasPorts, (reply.destination != original.source) == isTranslated,
      reply.source == original.destination
    else { return nil }
    return ImplicitMapping(
      inner: .init(self.protocol, original.source.address, port: original.source.port),
      outer: .init(self.protocol, reply.destination.address, port: reply.destination.port), remote: original.destination,
      remainingSeconds: remainingSeconds)
  }
}

extension TransportProtocol {
  /// Whether conntrack tells flows of the protocol apart by ports.
  var hasPorts: Bool {
    switch known {
    case .tcp, .udp, .dccp, .sctp, .udplite: true
    case .any, .icmp, .icmpv6, nil: false
    }
  }
}

/// Which flows the program `conntrack` is to show or delete.
struct FlowSelection: Hashable, Sendable {
  var family: AddressFamily
  /// nil for all.
  var `protocol`: TransportProtocol?
  /// Port 0 for all.
  var originalSource: PeerAddress?
  var originalDestination: PeerAddress?

  var arguments: [String] {
    var arguments = ["-f", family.name]
    if let transport = self.protocol { arguments += ["-p", "\(transport.rawValue)"] }
    for (place, options) in [
      (originalSource, ("--orig-src", "--orig-port-src")), (originalDestination, ("--orig-dst", "--orig-port-dst")),
    ] {
      guard let place else { continue }
      arguments += [options.0, place.address.plainText]
      if place.port != 0, self.protocol?.hasPorts == true { arguments += [options.1, "\(place.port)"] }
    }
    return arguments
  }
}

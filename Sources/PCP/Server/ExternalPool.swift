import Machine
import PCPWire
import Wire

/// Which external addresses and ports are whose.
///
/// An internal tuple has one external tuple, whatever it is mapped for: what MAP opens and what PEER keeps open agree, as
/// RFC 6887 sections 11.3 and 12.3 want it.
struct ExternalPool: Sendable {
  private struct Binding: Sendable {
    var outer: ExternalTuple
    var users: Set<Mapping.ID>
  }

  private var bindings: [InternalTuple: Binding] = [:]
  private var owners: [ExternalTuple: InternalTuple] = [:]

  /// The mappings that share the external tuple of an internal one.
  func users(of inner: InternalTuple) -> Set<Mapping.ID> { bindings[inner]?.users ?? [] }

  func outer(of inner: InternalTuple) -> ExternalTuple? { bindings[inner]?.outer }

  func owner(of outer: ExternalTuple) -> InternalTuple? { owners[outer] }

  mutating func bind(_ mapping: Mapping) {
    bindings[mapping.inner, default: Binding(outer: mapping.outer, users: [])].users.insert(mapping.id)
    owners[mapping.outer] = mapping.inner
  }

  /// Gives up a mapping's share; the last one frees the external tuple.
  mutating func release(_ mapping: Mapping) {
    guard var binding = bindings[mapping.inner] else { return }
    binding.users.remove(mapping.id)
    bindings[mapping.inner] = binding.users.isEmpty ? nil : binding
    if binding.users.isEmpty { owners[binding.outer] = nil }
  }
}

/// The external address and port that a request would like.
struct Suggestion: Sendable, Hashable {
  var address: IPv6Address
  var port: UInt16
  /// Whether nothing else will do (PREFER_FAILURE, and what PEER implies).
  var isBinding: Bool

  func agrees(with outer: ExternalTuple) -> Bool {
    (address.isUnspecified || address == outer.address) && (port == 0 || port == outer.port)
  }
}

/// Why there is no external tuple to be had.
enum PoolFailure: Error, Sendable, Hashable {
  /// The server has no external address.
  case noAddress
  /// What was suggested is never given.
  case never
  /// What was suggested belongs to another internal tuple.
  case taken(by: InternalTuple)
  /// No port is free.
  case exhausted
}

extension ExternalPool {
  /// The external tuple for an internal one: its own if it has one, what is suggested if it can be had, or else another.
  func choose(
    for inner: InternalTuple, _ suggestion: Suggestion, _ configuration: ServerConfiguration,
    random: inout some RandomSource
  ) throws(PoolFailure) -> ExternalTuple {
    if let own = outer(of: inner) {
      if suggestion.isBinding && !suggestion.agrees(with: own) { throw .never }
      return own
    }
    if configuration.hasPinholes && inner.address.mapped == nil { return try pinhole(inner, suggestion, configuration) }
    if configuration.externalAddresses.isEmpty { throw .noAddress }
    var addresses = configuration.externalAddresses.filter { address in
      suggestion.address.isUnspecified
        ? (address.mapped == nil) == (suggestion.address.mapped == nil) : address == suggestion.address
    }
    if addresses.isEmpty {
      // An unspecified address is met by any, of whichever family there is.
      if suggestion.isBinding && !suggestion.address.isUnspecified { throw .never }
      addresses = configuration.externalAddresses
    }
    if suggestion.isBinding && suggestion.port != 0 {
      return try exact(inner, addresses, port: suggestion.port, configuration)
    }
    for port in [suggestion.port, inner.port] {
      if let outer = try? exact(inner, addresses, port: port, configuration) { return outer }
    }
    return try any(inner, addresses, configuration, &random)
  }

  /// The internal tuple as it is: a firewall does not translate, and the host's ports are its own, low ones too.
  private func pinhole(
    _ inner: InternalTuple, _ suggestion: Suggestion, _ configuration: ServerConfiguration
  ) throws(PoolFailure) -> ExternalTuple {
    let outer = ExternalTuple(inner.protocol, inner.address, port: inner.port)
    if suggestion.isBinding && !suggestion.agrees(with: outer) { throw .never }
    if inner.protocol == .udp && configuration.unmappedUDPPorts.contains(inner.port) { throw .never }
    return outer
  }

  /// That port, on the first of the addresses where it is free.
  private func exact(
    _ inner: InternalTuple, _ addresses: [IPv6Address], port: UInt16, _ configuration: ServerConfiguration
  ) throws(PoolFailure) -> ExternalTuple {
    var failure = PoolFailure.never
    guard configuration.isMappable(port, inner) else { throw failure }
    for address in addresses {
      let outer = ExternalTuple(inner.protocol, address, port: port)
      guard let owner = owners[outer] else { return outer }
      failure = .taken(by: owner)
    }
    throw failure
  }

  /// A free port: a few at random, so that they cannot be foretold, then whatever is left.
  private func any(
    _ inner: InternalTuple, _ addresses: [IPv6Address], _ configuration: ServerConfiguration,
    _ random: inout some RandomSource
  ) throws(PoolFailure) -> ExternalTuple {
    for _ in 0..<configuration.randomPortAttempts {
      let port = random.number(in: configuration.externalPorts)
      if let outer = try? exact(inner, addresses, port: port, configuration) { return outer }
    }
    let start = random.number(in: configuration.externalPorts)
    for ports in [start...configuration.externalPorts.upperBound, configuration.externalPorts.lowerBound...start] {
      for port in ports {
        if let outer = try? exact(inner, addresses, port: port, configuration) { return outer }
      }
    }
    throw .exhausted
  }
}

extension ServerConfiguration {
  /// Whether an external port may be given to an internal tuple at all.
  func isMappable(_ port: UInt16, _ inner: InternalTuple) -> Bool {
    guard externalPorts.contains(port) else { return false }
    switch inner.protocol.known {
    case .udp: return !unmappedUDPPorts.contains(port)
    // A translator cannot change the ports of SCTP (RFC 6887 section 16.3.3).
    case .sctp: return port == inner.port
    case .any, .icmp, .tcp, .dccp, .icmpv6, .udplite, nil: return true
    }
  }
}

public import Machine
public import PCP
public import PCPWire
package import Transport

/// Has ports of this host mapped by its gateways, in PCP (RFC 6887) or NAT-PMP (RFC 6886), and keeps them mapped.
///
///     for await state in PortMapper.shared.mapping(.tcp, internalPort: 8080) {
///       if let port = state.mapped { print("reachable at \(port.external)") }
///     }
///
/// One is enough for a program: `shared`. It finds the default gateways by itself, notices when the network changes, renews what it
/// was asked for, and makes it again at a gateway that has lost it. Nothing runs before the first mapping is asked for.
public final class PortMapper: Sendable {
  /// What a port mapper may be told.
  public struct Options: Sendable {
    /// The servers to ask, each by its addresses in the order they are tried (RFC 7488); nil for the default gateways.
    public var servers: [[PeerAddress]]?
    /// The port that default gateways are asked at.
    public var gatewayPort = PCPPorts.server
    /// How often the host's routes and addresses are looked at; there is no other notice of a change.
    public var networkInterval: Duration = .seconds(5)
    /// After how long a gateway that has not answered is called silent; it is asked on all the same.
    public var silenceNotice: Duration = .seconds(15)
    /// How long is waited for the answer to a deletion; what is not confirmed by then goes when its life is over.
    public var deletionTimeout: Duration = .seconds(4)
    /// Whether announcements of gateways are listened to, on port 5350 of the groups of RFC 6887 section 14.1.1.
    public var listensToAnnouncements = true
    /// The limits of the machines; the address does not count.
    public var client = ClientConfiguration(address: .unspecified)

    /// Told of every datagram; for programs of this package.
    package var watch: (@Sendable (UDPDriver<ClientGroup>.Passage) -> Void)?

    public init() {}
  }

  /// The one for the whole program, with the options that `Options()` has.
  public static let shared = PortMapper()

  let core: ClientCore

  public init(_ options: Options = Options()) { core = ClientCore(options) }

  deinit {
    // The last mappings may not be deleted yet.
    Task { [core] in await core.shutdown() }
  }

  /// Has a port mapped for as long as what is returned, or an iterator over it, exists.
  ///
  /// - Parameters:
  ///   - transport: such as `.tcp` or `.udp`.
  ///   - internalPort: where the program listens.
  ///   - externalPort: which port would be liked; gateways are free to give another one.
  ///   - lifetime: what is asked for each time; at least a second.
  ///   - families: whether IPv4 gateways are asked for a port, IPv6 gateways to let packets through, or both.
  ///   - details: what else is to be asked for, such as filters or a description, in its `options`.
  public func mapping(
    _ transport: TransportProtocol, internalPort: UInt16, externalPort: UInt16 = 0, lifetime: Duration = .seconds(7200),
    families: ClientGroup.AddressFamilies = .all, details: (inout MapWish) -> Void = { _ in }
  ) -> PortMapping {
    let seconds = UInt32(clamping: max(1, lifetime.secondsRoundedUp))
    var wish = MapWish(transport, internalPort: internalPort, lifetime: seconds)
    wish.externalPort = externalPort
    details(&wish)
    return PortMapping(self, .map(wish), families)
  }

  /// Has the way to one remote peer kept open, and learns how it looks from outside (PEER, RFC 6887 section 12); NAT-PMP gateways
  /// refuse it. It cannot be deleted: it ends when its life is over.
  public func outboundMapping(
    _ transport: TransportProtocol, internalPort: UInt16, to remote: PeerAddress, lifetime: Duration = .seconds(7200),
    details: (inout PeerWish) -> Void = { _ in }
  ) -> PortMapping {
    let seconds = UInt32(clamping: max(1, lifetime.secondsRoundedUp))
    var wish = PeerWish(
      transport, internalPort: internalPort, remotePort: remote.port, remoteAddress: remote.address, lifetime: seconds)
    details(&wish)
    return PortMapping(self, .peer(wish), .all)
  }

  /// Has a port mapped while `body` runs, and deletes the mapping before it returns.
  ///
  /// - Parameters:
  ///   - timeout: how long is waited for the mapping.
  ///   - body: handed the port as it looks at first, and the mapping, whose states tell when that changes.
  /// - Throws: `PortMapperError` when there is no mapping in time, or what `body` throws.
  public func withMapping<Value>(
    _ transport: TransportProtocol, internalPort: UInt16, externalPort: UInt16 = 0, lifetime: Duration = .seconds(7200),
    families: ClientGroup.AddressFamilies = .all, timeout: Duration = .seconds(10),
    isolation: isolated (any Actor)? = #isolation,
    _ body: (MappedPort, PortMapping) async throws -> Value
  ) async throws -> Value {
    let mapping = mapping(
      transport, internalPort: internalPort, externalPort: externalPort, lifetime: lifetime, families: families)
    do {
      let value = try await body(try await mapping.mapped(within: timeout), mapping)
      await mapping.delete()
      return value
    } catch {
      await mapping.delete()
      throw error
    }
  }

  /// The servers that are asked at present, in the order of preference.
  public var servers: [ServerChoice] { core.servers }

  /// Deletes every mapping, waits for that as long as `deletionTimeout` says at most, and ends. Mappings asked for later are never
  /// had.
  public func shutdown() async { await core.shutdown() }
}

import Machine
import PCP
import PCPWire
internal import Transport
import Wire

/// The ways to servers that there are at present, each with its socket.
actor ClientNetwork {
  private let options: PortMapper.Options
  private var servers: [ServerChoice]?
  private var sockets: [ServerPath: UDPSocket] = [:]
  /// Sockets that hear announcements, by the address they are bound to.
  private var listeners: [PeerAddress: UDPSocket] = [:]

  init(_ options: PortMapper.Options) { self.options = options }

  /// Looks at the network and opens the sockets that it needs.
  ///
  /// - Returns: the servers, if they or the ways to them are others than before.
  func update(_ driver: UDPDriver<ClientGroup>) async -> [ServerChoice]? {
    var found: [ServerChoice] = []
    for addresses in candidates() {
      var paths: [ServerPath] = []
      for (server, client) in addresses {
        guard let path = await path(to: server, from: client) else { continue }
        if await open(path, driver) { paths.append(path) }
      }
      if let choice = ServerChoice(paths) { found.append(choice) }
    }
    if found == servers { return nil }
    servers = found
    if options.listensToAnnouncements { await listen(driver) }
    return found
  }

  /// Closes what the servers have no use for any more.
  func closeUnused(_ driver: UDPDriver<ClientGroup>) async {
    let used = Set((servers ?? []).flatMap(\.paths))
    for (path, socket) in sockets where !used.contains(path) {
      sockets[path] = nil
      await driver.remove(socket)
    }
  }

  /// Servers by their addresses, with the client's own address where the system would choose a bad one.
  private func candidates() -> [[(server: PeerAddress, client: IPv6Address?)]] {
    if let servers = options.servers { return servers.map { $0.map { ($0, nil) } } }
    // A host that does not tell its routes has no gateways.
    let gateways = (try? DefaultGateway.all()) ?? []
    let global = IPv6HostAddress.global()
    return gateways.compactMap { gateway in
      let server = PeerAddress(gateway.address.address, port: options.gatewayPort, scope: gateway.address.scope)
      if server.address.mapped != nil { return [(server, nil)] }
      // To a router's link-local address the system would send from one; a mapping of that would be for nobody (RFC 6887 section 8.4).
      return global.first { $0.interface == gateway.interface }.map { [(server, $0.address)] }
    }
  }

  private func path(to server: PeerAddress, from client: IPv6Address?) async -> ServerPath? {
    if let client { return ServerPath(to: server, from: client) }
    guard let source = try? await UDPSocket.sourceAddress(for: server) else { return nil }
    return ServerPath(to: server, from: source.address)
  }

  private func open(_ path: ServerPath, _ driver: UDPDriver<ClientGroup>) async -> Bool {
    if sockets[path] != nil { return true }
    // The system chooses a port at random (RFC 6887 section 8.1).
    let local = PeerAddress(path.client, port: 0, scope: path.server.scope)
    guard let socket = try? await UDPSocket(boundTo: local, connectedTo: path.server) else { return false }
    sockets[path] = socket
    await driver.add(socket)
    return true
  }

  /// Hears what gateways announce (RFC 6887 section 14.1.3, RFC 6886 section 3.2.1); without that, their restart is noticed by the
  /// next answer.
  private func listen(_ driver: UDPDriver<ClientGroup>) async {
    var groups: [PeerAddress] = []
    for path in (servers ?? []).flatMap(\.paths) {
      let isIPv4 = path.client.mapped != nil
      let scope = isIPv4 ? 0 : path.server.scope != 0 ? path.server.scope : interfaceNumber(of: path.client)
      groups.append(
        PeerAddress(isIPv4 ? AnnouncementGroups.ipv4 : AnnouncementGroups.ipv6, port: PCPPorts.client, scope: scope))
    }
    for group in groups where listeners[group] == nil {
      guard let socket = try? await UDPSocket(boundTo: group, isShared: true) else { continue }
      listeners[group] = socket
      await driver.add(socket)
    }
    for (group, socket) in listeners where !groups.contains(group) {
      listeners[group] = nil
      await driver.remove(socket)
    }
  }

  private func interfaceNumber(of address: IPv6Address) -> UInt32 {
    let interface = (try? NetworkInterface.all())?.first { $0.address.address == address }
    return UInt32(interface?.index ?? 0)
  }
}

import Machine
import PCP
import PCPClient
import PCPWire
import Transport
import Wire

let loopback = IPv6Address(mapping: IPv4Address(127, 0, 0, 1))
let external = IPv6Address(mapping: IPv4Address(192, 0, 2, 1))

/// A server of ours on a loopback socket, for as long as a test wants it.
struct LoopbackServer {
  let driver: UDPDriver<ServerEndpoint>
  let address: PeerAddress
  private let running: Task<Void, Never>

  /// - Parameter port: 0 for any.
  init(
    port: UInt16 = 0, announcing targets: [PeerAddress] = [], _ change: (inout ServerConfiguration) -> Void = { _ in }
  ) async throws {
    let socket = try await UDPSocket(boundTo: PeerAddress(loopback, port: port))
    let clock = MonotonicClock()
    var configuration = ServerConfiguration(externalAddresses: [external])
    configuration.announcementTargets = targets
    change(&configuration)
    let machine = ServerMachine(configuration, startedAt: clock.now, random: SystemEntropy())
    let driver = UDPDriver(ServerEndpoint(machine), sockets: [socket], clock: clock)
    self.driver = driver
    address = socket.localAddress
    running = Task { await driver.run() }
  }

  func mappings() async -> [Mapping] { await driver.inspect(\.mappings) }

  func stop() async {
    running.cancel()
    await running.value
  }
}

/// A NAT-PMP gateway that grants what it is asked for, and knows no other version (RFC 6886).
struct NATPMPGateway: DatagramEndpoint {
  private var start = Instant.origin
  private(set) var mapped: [UInt16: UInt16] = [:]

  mutating func perform(_ command: Int, at now: Instant) -> [EndpointEffect<Int>] { [] }
  mutating func expire(at now: Instant) -> [EndpointEffect<Int>] { [] }
  var nextDeadline: Instant? { nil }

  mutating func receive(
    _ octets: [UInt8], from peer: PeerAddress, to local: IPv6Address?, at now: Instant
  ) -> [EndpointEffect<Int>] {
    let epochTime = UInt32(clamping: (now - start).wholeSeconds)
    let response: NATPMPResponse
    if octets.first != 0 {
      response = .unsupportedVersion(UnsupportedVersionResponse(epochTime: epochTime))
    } else {
      switch try? NATPMPRequest(decoding: octets) {
      case .externalAddress:
        response = .externalAddress(
          ExternalAddressResponse(resultCode: .success, epochTime: epochTime, externalAddress: IPv4Address(192, 0, 2, 1)))
      case .mapTCP(let request):
        mapped[request.internalPort] = request.requestedLifetime == 0 ? nil : 9000
        response = .mapTCP(
          MapTCPResponse(
            resultCode: .success, epochTime: epochTime, internalPort: request.internalPort,
            mappedExternalPort: mapped[request.internalPort] ?? 0, lifetime: request.requestedLifetime))
      case .mapUDP, nil: return []
      }
    }
    guard let answer = try? response.encoded() else { return [] }
    return [.transmit(Datagram(answer, to: peer))]
  }
}

extension PortMapper {
  /// A mapper of these servers only.
  convenience init(_ servers: [[PeerAddress]], _ change: (inout Options) -> Void = { _ in }) {
    var options = Options()
    options.servers = servers
    options.listensToAnnouncements = false
    change(&options)
    self.init(options)
  }
}

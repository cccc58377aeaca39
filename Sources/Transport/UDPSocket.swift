public import Machine
import NIOCore
import NIOPosix
public import Wire

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// Octets that have come in.
public struct ReceivedDatagram: Sendable, Hashable {
  public var octets: [UInt8]
  public var peer: PeerAddress
  /// The address they were sent to, where the system says so.
  public var local: IPv6Address?

  public init(octets: [UInt8], peer: PeerAddress, local: IPv6Address?) {
    self.octets = octets
    self.peer = peer
    self.local = local
  }
}

/// A UDP socket.
///
/// A peer must not be able to take it away: the channel beneath closes itself on most errors of sending, such as an answer
/// to an address that cannot be reached, which anyone can ask for by forging it. The socket is opened again then.
public actor UDPSocket {
  /// Where it is bound to.
  public nonisolated let localAddress: PeerAddress
  /// The only peer it sends to and hears; nil when any may be.
  public nonisolated let remoteAddress: PeerAddress?
  /// What comes in, for one reader. When more comes than is read, the oldest is lost, as on the network.
  public nonisolated let received: AsyncStream<ReceivedDatagram>
  private let continuation: AsyncStream<ReceivedDatagram>.Continuation
  /// The one peer, each time that its host has said by ICMP that nothing listens there; for one reader. Systems tell only sockets
  /// that are connected.
  public nonisolated let unreachable: AsyncStream<PeerAddress>
  private let complaints: AsyncStream<PeerAddress>.Continuation
  private let isShared: Bool
  private var channel: any Channel
  private var isClosed = false
  private var reopening: Task<any Channel, any Error>?

  /// Binds a socket.
  ///
  /// - Parameters:
  ///   - address: port 0 for any port.
  ///   - peer: the only one to send to and to hear; nil for any.
  ///   - isShared: whether other programs may listen at the same address and port, as several clients do to
  ///     announcements.
  ///   - backlog: datagrams kept for the reader.
  /// - Throws: when the address cannot be had, or there is no way to the peer.
  public init(
    boundTo address: PeerAddress, connectedTo peer: PeerAddress? = nil, isShared: Bool = false, backlog: Int = 1024
  ) async throws {
    (received, continuation) = AsyncStream.makeStream(
      of: ReceivedDatagram.self, bufferingPolicy: .bufferingNewest(backlog))
    (unreachable, complaints) = AsyncStream.makeStream(of: PeerAddress.self, bufferingPolicy: .bufferingNewest(1))
    self.isShared = isShared
    remoteAddress = peer
    let reader = DatagramReader(continuation, complaints, peer)
    channel = try await UDPSocket.open(address, peer, isShared: isShared, reader)
    localAddress = channel.localAddress.flatMap(PeerAddress.init) ?? address
    watch()
  }

  private static func open(
    _ address: PeerAddress, _ peer: PeerAddress?, isShared: Bool, _ reader: DatagramReader
  ) async throws -> any Channel {
    var bootstrap = DatagramBootstrap(group: MultiThreadedEventLoopGroup.singleton)
      .channelOption(.receivePacketInfo, value: true)
      // Larger than any message, so that one that is too large is seen to be, not cut short.
      .channelOption(.recvAllocator, value: FixedSizeRecvByteBufferAllocator(capacity: 65536))
      .channelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          try channel.pipeline.syncOperations.addHandler(DatagramInbound(reader))
        }
      }
    // Elsewhere than on a shared port this would let a second server take datagrams from the first without a word.
    if isShared { bootstrap = bootstrap.channelOption(.socketOption(.so_reuseaddr), value: 1) }
    if !address.isIPv4 {
      // IPv4 has sockets of its own, so that no IPv4 peer turns up under an IPv6 address of the kernel's making.
      bootstrap = bootstrap.channelOption(
        ChannelOptions.Types.SocketOption(level: .ipv6, name: .ipv6_v6only), value: 1)
    }
    let channel = try await bootstrap.bind(to: address.socketAddress).get()
    do {
      try await sendMulticast(channel, address)
      if let peer { try await channel.connect(to: peer.socketAddress).get() }
    } catch {
      try? await channel.close()
      throw error
    }
    return channel
  }

  /// How often a socket that was lost is opened again, and the wait after the first failure, which doubles: a host that is out of
  /// descriptors, say, may have some again.
  private static let reopenings = 8
  private static let firstReopeningDelay = Duration.milliseconds(20)

  private static func openPatiently(
    _ address: PeerAddress, _ peer: PeerAddress?, isShared: Bool, _ reader: DatagramReader
  ) async throws -> any Channel {
    var delay = firstReopeningDelay
    for _ in 1..<reopenings {
      do {
        return try await open(address, peer, isShared: isShared, reader)
      } catch {
        try await Task.sleep(for: delay)
        delay *= 2
      }
    }
    return try await open(address, peer, isShared: isShared, reader)
  }

  /// Has groups reached by the interface whose address the socket is bound to, rather than by the default route.
  private static func sendMulticast(_ channel: any Channel, _ address: PeerAddress) async throws {
    let bound = PeerAddress(address.address, port: 0, scope: address.scope)
    guard let options = channel as? any SocketOptionProvider,
      let interface = try NetworkInterface.all().first(where: { $0.address == bound })
    else { return }
    switch bound.socketAddress {
    case .v4(let address): try await options.setIPMulticastIF(address.address.sin_addr).get()
    case .v6: try await options.setIPv6MulticastIF(CUnsignedInt(interface.index)).get()
    case .unixDomainSocket: break
    }
  }

  /// Opens the socket again when its channel closes though nobody asked for it.
  private func watch() {
    channel.closeFuture.whenComplete { [weak self] _ in
      Task { [weak self] in try? await self?.reopen() }
    }
  }

  private func reopen() async throws {
    if isClosed { throw ChannelError.alreadyClosed }
    if channel.isActive { return }
    let task =
      reopening
      ?? Task { [localAddress, remoteAddress, isShared, continuation, complaints, channel] in
        let reader = DatagramReader(continuation, complaints, remoteAddress)
        // A channel is no longer active a moment before its address is free.
        try? await channel.closeFuture.get()
        return try await UDPSocket.openPatiently(localAddress, remoteAddress, isShared: isShared, reader)
      }
    reopening = task
    do {
      let new = try await task.value
      // Others wait for the same task, and by the time they go on the next one may be under way.
      if reopening == task {
        reopening = nil
        channel = new
        watch()
      }
      if isClosed { try await channel.close() }
    } catch {
      // Its address is gone: whoever reads learns that nothing more will come.
      if reopening == task { reopening = nil }
      continuation.finish()
      complaints.finish()
      throw error
    }
  }

  /// Sends a datagram, from the address the socket is bound to; where that is all addresses, from one the system chooses.
  ///
  /// - Throws: when the system refuses to send it.
  public func send(_ datagram: Datagram) async throws {
    let envelope = AddressedEnvelope(
      remoteAddress: datagram.destination.socketAddress, data: ByteBuffer(bytes: datagram.octets))
    if !channel.isActive { try await reopen() }
    do {
      try await channel.writeAndFlush(envelope)
    } catch ChannelError.ioOnClosedChannel {
      // It was closed by an earlier datagram, of which this one knows nothing.
      try await reopen()
      try await channel.writeAndFlush(envelope)
    }
  }

  /// Whether it can send to the address, which must be of its own family; from a group's address nothing is sent.
  public nonisolated func canSend(to peer: PeerAddress) -> Bool {
    if let remoteAddress { return peer.address == remoteAddress.address && peer.port == remoteAddress.port }
    return peer.isIPv4 == localAddress.isIPv4 && !localAddress.address.isMulticast
  }

  /// Joins a multicast group, on the interface the system chooses.
  ///
  /// - Throws: when the system refuses.
  public func join(_ group: IPv6Address) async throws {
    guard let channel = channel as? any MulticastChannel else { return }
    try await channel.joinGroup(PeerAddress(group, port: 0).socketAddress).get()
  }

  /// Closes the socket, which ends what comes in.
  public func close() async {
    isClosed = true
    try? await channel.close()
    continuation.finish()
    complaints.finish()
  }

  /// The address the system would send from, to reach a peer: the one a client writes into its requests.
  ///
  /// - Throws: when there is no way to the peer.
  public static func sourceAddress(for peer: PeerAddress) async throws -> PeerAddress {
    let bootstrap = DatagramBootstrap(group: MultiThreadedEventLoopGroup.singleton)
    let channel = try await bootstrap.connect(to: peer.socketAddress).get()
    defer { channel.close(promise: nil) }
    guard let address = channel.localAddress.flatMap(PeerAddress.init) else { throw ChannelError.unknownLocalAddress }
    return PeerAddress(address.address, port: 0, scope: address.scope)
  }
}

/// Where datagrams, and what ICMP says of a peer, go.
private struct DatagramReader: Sendable {
  let continuation: AsyncStream<ReceivedDatagram>.Continuation
  let complaints: AsyncStream<PeerAddress>.Continuation
  let peer: PeerAddress?

  init(
    _ continuation: AsyncStream<ReceivedDatagram>.Continuation, _ complaints: AsyncStream<PeerAddress>.Continuation,
    _ peer: PeerAddress?
  ) {
    self.continuation = continuation
    self.complaints = complaints
    self.peer = peer
  }
}

/// Hands datagrams from the event loop to the reader.
private final class DatagramInbound: ChannelInboundHandler {
  typealias InboundIn = AddressedEnvelope<ByteBuffer>

  private let reader: DatagramReader

  init(_ reader: DatagramReader) { self.reader = reader }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    let envelope = unwrapInboundIn(data)
    guard let peer = PeerAddress(envelope.remoteAddress) else { return }
    let local = envelope.metadata?.packetInfo.flatMap { PeerAddress($0.destinationAddress) }
    reader.continuation.yield(
      ReceivedDatagram(octets: Array(buffer: envelope.data), peer: peer, local: local?.address))
  }

  /// An error of one datagram is none of the socket's; the system tells a connected one that its peer's port is closed.
  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    guard let peer = reader.peer, let error = error as? IOError, error.errnoCode == ECONNREFUSED else { return }
    reader.complaints.yield(peer)
  }
}

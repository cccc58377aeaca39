public import Machine
import NIOCore
import NIOPosix
public import Wire

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
public struct UDPSocket: Sendable {
  private let channel: any Channel
  /// Where it is bound to.
  public let localAddress: PeerAddress
  /// What comes in, for one reader. When more comes than is read, the oldest is lost, as on the network.
  public let received: AsyncStream<ReceivedDatagram>

  /// Binds a socket.
  ///
  /// - Parameters:
  ///   - address: port 0 for any port.
  ///   - backlog: datagrams kept for the reader.
  /// - Throws: when the address cannot be had.
  public init(boundTo address: PeerAddress, backlog: Int = 1024) async throws {
    let (stream, continuation) = AsyncStream.makeStream(
      of: ReceivedDatagram.self, bufferingPolicy: .bufferingNewest(backlog))
    var bootstrap = DatagramBootstrap(group: MultiThreadedEventLoopGroup.singleton)
      .channelOption(.socketOption(.so_reuseaddr), value: 1)
      .channelOption(.receivePacketInfo, value: true)
      // Larger than any message, so that one that is too large is seen to be, not cut short.
      .channelOption(.recvAllocator, value: FixedSizeRecvByteBufferAllocator(capacity: 65536))
      .channelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          try channel.pipeline.syncOperations.addHandler(DatagramReader(continuation))
        }
      }
    if !address.isIPv4 {
      // IPv4 has sockets of its own, so that no IPv4 peer turns up under an IPv6 address of the kernel's making.
      bootstrap = bootstrap.channelOption(
        ChannelOptions.Types.SocketOption(level: .ipv6, name: .ipv6_v6only), value: 1)
    }
    channel = try await bootstrap.bind(to: address.socketAddress).get()
    localAddress = channel.localAddress.flatMap(PeerAddress.init) ?? address
    received = stream
    try await sendMulticast()
  }

  /// Has groups reached by the interface whose address the socket is bound to, rather than by the default route.
  private func sendMulticast() async throws {
    let bound = PeerAddress(localAddress.address, port: 0, scope: localAddress.scope)
    guard let options = channel as? any SocketOptionProvider,
      let interface = try NetworkInterface.all().first(where: { $0.address == bound })
    else { return }
    switch bound.socketAddress {
    case .v4(let address): try await options.setIPMulticastIF(address.address.sin_addr).get()
    case .v6: try await options.setIPv6MulticastIF(CUnsignedInt(interface.index)).get()
    case .unixDomainSocket: break
    }
  }

  /// Sends a datagram, from the address the socket is bound to; where that is all addresses, from one the system chooses.
  ///
  /// - Throws: when the system refuses to send it.
  public func send(_ datagram: Datagram) async throws {
    let envelope = AddressedEnvelope(
      remoteAddress: datagram.destination.socketAddress, data: ByteBuffer(bytes: datagram.octets))
    try await channel.writeAndFlush(envelope)
  }

  /// Whether it can send to the address, which must be of its own family.
  public func canSend(to peer: PeerAddress) -> Bool { peer.isIPv4 == localAddress.isIPv4 }

  /// Joins a multicast group, on the interface the system chooses.
  ///
  /// - Throws: when the system refuses.
  public func join(_ group: IPv6Address) async throws {
    guard let channel = channel as? any MulticastChannel else { return }
    try await channel.joinGroup(PeerAddress(group, port: 0).socketAddress).get()
  }

  /// Closes the socket, which ends what comes in.
  public func close() async { try? await channel.close() }

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

/// Hands datagrams from the event loop to the reader.
private final class DatagramReader: ChannelInboundHandler {
  typealias InboundIn = AddressedEnvelope<ByteBuffer>

  private let continuation: AsyncStream<ReceivedDatagram>.Continuation

  init(_ continuation: AsyncStream<ReceivedDatagram>.Continuation) { self.continuation = continuation }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    let envelope = unwrapInboundIn(data)
    guard let peer = PeerAddress(envelope.remoteAddress) else { return }
    let local = envelope.metadata?.packetInfo.flatMap { PeerAddress($0.destinationAddress) }
    continuation.yield(
      ReceivedDatagram(octets: Array(buffer: envelope.data), peer: peer, local: local?.address))
  }

  func channelInactive(context: ChannelHandlerContext) {
    continuation.finish()
    context.fireChannelInactive()
  }

  /// An error of one datagram, such as a peer whose port is closed, is none of the socket's.
  func errorCaught(context: ChannelHandlerContext, error: any Error) {}
}

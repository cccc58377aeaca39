public import Machine

/// Runs an endpoint on sockets: reads the clock, hands in what comes, sends what goes out, and wakes it when it is due.
public actor UDPDriver<Endpoint: DatagramEndpoint> {
  /// A datagram that passed, for those who watch.
  public enum Passage: Sendable, Hashable {
    case sent(Datagram)
    case received([UInt8], from: PeerAddress)
    /// The system would not send it.
    case unsent(Datagram, reason: String)
  }

  private var endpoint: Endpoint
  private var sockets: [UDPSocket]
  /// What reads sockets that came while it ran.
  private var readers: [ObjectIdentifier: Task<Void, Never>] = [:]
  private let clock: MonotonicClock
  private let watch: (@Sendable (Passage) -> Void)?
  private let continuation: AsyncStream<Endpoint.Event>.Continuation
  private var timer: Task<Void, Never>?
  private var timerDeadline: Instant?
  /// Keeps datagrams in the order the endpoint wants them sent.
  private var outgoing: AsyncStream<Datagram>.Continuation
  private let outgoingDatagrams: AsyncStream<Datagram>

  /// What the endpoint reports, for one reader. Of what nobody reads the newest are kept, as many as `eventBacklog` said.
  public nonisolated let events: AsyncStream<Endpoint.Event>
  /// How many events were lost because nobody read them in time.
  public private(set) var lostEvents = 0

  /// - Parameters:
  ///   - sockets: each for the peers of its own address family, and bound to one address where answers must come from it.
  ///   - clock: the one that the endpoint's machine was started by.
  ///   - backlog: datagrams that may wait to be sent; more are lost.
  ///   - eventBacklog: events that may wait to be read; older ones are lost.
  ///   - watch: told of every datagram.
  public init(
    _ endpoint: Endpoint, sockets: [UDPSocket], clock: MonotonicClock, backlog: Int = 1024, eventBacklog: Int = 1024,
    watch: (@Sendable (Passage) -> Void)? = nil
  ) {
    self.endpoint = endpoint
    self.sockets = sockets
    self.clock = clock
    self.watch = watch
    // Whoever makes an endpoint answer faster than the system sends must not fill the memory with answers: they are lost, as
    // on the network.
    (outgoingDatagrams, outgoing) = AsyncStream.makeStream(of: Datagram.self, bufferingPolicy: .bufferingOldest(backlog))
    // Nor must what peers make happen, where nobody reads of it.
    (events, continuation) = AsyncStream.makeStream(of: Endpoint.Event.self, bufferingPolicy: .bufferingNewest(eventBacklog))
  }

  /// Runs until the task is cancelled, then closes the sockets and ends the events.
  public func run() async {
    await withTaskGroup(of: Void.self) { group in
      for socket in sockets where readers[ObjectIdentifier(socket)] == nil {
        group.addTask { for await datagram in socket.received { await self.received(datagram) } }
        group.addTask { for await peer in socket.unreachable { await self.unreachable(peer) } }
      }
      group.addTask { await self.sendOutgoing() }
      // None of them ends but by cancellation, or when a socket is gone.
      await group.next()
      group.cancelAll()
    }
    outgoing.finish()
    timer?.cancel()
    for reader in readers.values { reader.cancel() }
    for socket in sockets { await socket.close() }
    continuation.finish()
  }

  /// Has another socket, which it closes when it ends; what its peer's host says by ICMP the endpoint learns.
  public func add(_ socket: UDPSocket) {
    sockets.append(socket)
    readers[ObjectIdentifier(socket)] = Task { [weak self] in
      await withTaskGroup(of: Void.self) { group in
        group.addTask { for await datagram in socket.received { await self?.received(datagram) } }
        group.addTask { for await peer in socket.unreachable { await self?.unreachable(peer) } }
      }
    }
  }

  /// Does without a socket, which it closes.
  public func remove(_ socket: UDPSocket) async {
    sockets.removeAll { $0 === socket }
    readers.removeValue(forKey: ObjectIdentifier(socket))?.cancel()
    await socket.close()
  }

  /// Asks the endpoint for something.
  public func perform(_ command: Endpoint.Command) { perform(endpoint.perform(command, at: clock.now)) }

  /// Reads the endpoint.
  public func inspect<Value: Sendable>(_ body: @Sendable (Endpoint) -> Value) -> Value { body(endpoint) }

  private func received(_ datagram: ReceivedDatagram) {
    watch?(.received(datagram.octets, from: datagram.peer))
    perform(endpoint.receive(datagram.octets, from: datagram.peer, to: datagram.local, at: clock.now))
  }

  private func unreachable(_ peer: PeerAddress) { perform(endpoint.unreachable(peer, at: clock.now)) }

  private func perform(_ effects: [EndpointEffect<Endpoint.Event>]) {
    for effect in effects {
      switch effect {
      case .transmit(let datagram): outgoing.yield(datagram)
      case .report(let event): report(event)
      }
    }
    schedule()
  }

  private func report(_ event: Endpoint.Event) {
    if case .dropped = continuation.yield(event) { lostEvents += 1 }
  }

  private func sendOutgoing() async {
    for await datagram in outgoingDatagrams {
      for socket in sockets(for: datagram) {
        watch?(.sent(datagram))
        do {
          try await socket.send(datagram)
        } catch {
          watch?(.unsent(datagram, reason: "\(error)"))
        }
      }
    }
  }

  /// The socket bound to the address to send from, if there is one, and before others that which is connected to the peer; for a
  /// group, every socket, and so every interface.
  private func sockets(for datagram: Datagram) -> [UDPSocket] {
    var fitting = sockets.filter { $0.canSend(to: datagram.destination) }
    if datagram.destination.address.isMulticast { return fitting }
    let connected = fitting.filter { $0.remoteAddress != nil }
    if !connected.isEmpty { fitting = connected }
    let bound = fitting.first { $0.localAddress.address == datagram.source }
    return (bound ?? fitting.first).map { [$0] } ?? []
  }

  /// Sees to it that `expire` is called when the endpoint is due.
  private func schedule() {
    let deadline = endpoint.nextDeadline
    guard deadline != timerDeadline else { return }
    timer?.cancel()
    timerDeadline = deadline
    timer = deadline.map { deadline in
      Task { [weak self, clock] in
        do { try await clock.sleep(until: deadline) } catch { return }
        await self?.expire(deadline)
      }
    }
  }

  private func expire(_ deadline: Instant) {
    guard deadline == timerDeadline else { return }
    timerDeadline = nil
    perform(endpoint.expire(at: clock.now))
  }
}

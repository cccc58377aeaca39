public import Machine
public import PCPWire
public import Wire

/// A PCP client between octets and the machine (RFC 6887 section 8.3).
public struct ClientEndpoint: DatagramEndpoint {
  public typealias RequestID = ClientMachine.RequestID
  public typealias Command = ClientMachine.Input

  public enum Event: Sendable, Hashable {
    case alive(RequestID, epochTime: UInt32)
    case announced(epochTime: UInt32)
    case granted(RequestID, Grant)
    case refused(RequestID, ResultCode, lifetime: UInt32, retryAt: Instant)
    case deleted(RequestID)
    case expired(RequestID)
    case unanswered(RequestID)
    case serverLostState(epochTime: UInt32)
    /// What the program wants is no message that may be sent; it is forgotten.
    case unsendable(RequestID, WireError)
  }

  public typealias Effect = EndpointEffect<Event>

  /// The server the client speaks to.
  public let server: PeerAddress
  private var machine: ClientMachine

  public init(_ machine: ClientMachine, server: PeerAddress) {
    self.machine = machine
    self.server = server
  }

  public var nextDeadline: Instant? { machine.nextDeadline }

  public mutating func receive(
    _ octets: [UInt8], from peer: PeerAddress, to local: IPv6Address?, at now: Instant
  ) -> [Effect] {
    // Whoever is not the server has no say; it announces itself from the same address and port.
    guard peer.address == server.address, peer.port == server.port,
      let start = try? PacketStart(decodingPrefix: octets)
    else { return [] }
    // Servers of the protocol before this one answer without the bit that marks responses, and more briefly than its header
    // is long: the version is looked at before anything else.
    if start.version != MessageFacts.version { return perform(machine.handle(.otherVersion, at: now)) }
    guard let response = try? PCPResponse(decoding: octets, extensions: machine.configuration.extensions) else { return [] }
    return perform(machine.handle(.response(response), at: now))
  }

  public mutating func perform(_ command: Command, at now: Instant) -> [Effect] {
    let effects = machine.handle(command, at: now)
    for case .send(let request) in effects {
      do throws(WireError) {
        _ = try request.encoded()
      } catch {
        guard let id = command.id else { continue }
        _ = machine.handle(.forget(id), at: now)
        return [.report(.unsendable(id, error))]
      }
    }
    return perform(effects)
  }

  public mutating func expire(at now: Instant) -> [Effect] { perform(machine.expire(at: now)) }

  private func perform(_ effects: [ClientMachine.Effect]) -> [Effect] {
    effects.compactMap { effect in
      switch effect {
      case .send(let request):
        // What could not be encoded was forgotten when it was asked for.
        return (try? request.encoded()).map { .transmit(Datagram($0, to: server)) }
      case .alive(let id, let epochTime): return .report(.alive(id, epochTime: epochTime))
      case .announced(let epochTime): return .report(.announced(epochTime: epochTime))
      case .granted(let id, let grant): return .report(.granted(id, grant))
      case .refused(let id, let code, let lifetime, let retryAt):
        return .report(.refused(id, code, lifetime: lifetime, retryAt: retryAt))
      case .deleted(let id): return .report(.deleted(id))
      case .expired(let id): return .report(.expired(id))
      case .unanswered(let id): return .report(.unanswered(id))
      case .serverLostState(let epochTime): return .report(.serverLostState(epochTime: epochTime))
      }
    }
  }
}

extension ClientMachine.Input {
  /// What the program wants by it.
  fileprivate var id: ClientMachine.RequestID? {
    switch self {
    case .announce(let id), .map(let id, _), .peer(let id, _), .renew(let id), .delete(let id), .forget(let id): id
    case .response, .otherVersion: nil
    }
  }
}

public import Machine
import PCPWire
public import Wire

/// A PCP client of one address of one server, between octets and the machine (RFC 6887 section 8.3).
///
/// It speaks version 2 and nothing else. `ClientGroup` falls back to NAT-PMP, and knows several servers and addresses.
public struct ClientEndpoint: DatagramEndpoint {
  public typealias RequestID = ClientMachine.RequestID
  public typealias Command = ClientMachine.Input
  public typealias Event = ClientEvent
  public typealias Effect = EndpointEffect<ClientEvent>

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
    guard peer.address == server.address, peer.port == server.port else { return [] }
    switch ClientReception(octets, extensions: machine.configuration.extensions) {
    case .response(let response): return perform(machine.handle(.response(response), at: now))
    case .natPMP(.unsupportedVersion): return perform(machine.handle(.otherVersion(lifetime: 0), at: now))
    case .otherVersion(_, let lifetime): return perform(machine.handle(.otherVersion(lifetime: lifetime), at: now))
    case .natPMP, .nothing: return []
    }
  }

  public mutating func perform(_ command: Command, at now: Instant) -> [Effect] {
    let effects = machine.handle(command, at: now)
    if let id = command.id, let error = effects.firstFault {
      _ = machine.handle(.forget(id), at: now)
      return [.report(.unsendable(id, error))]
    }
    return perform(effects)
  }

  public mutating func expire(at now: Instant) -> [Effect] { perform(machine.expire(at: now)) }

  private func perform(_ effects: [ClientMachine.Effect]) -> [Effect] {
    effects.compactMap { effect in
      // What could not be encoded was forgotten when it was asked for.
      if case .send(let request) = effect {
        return (try? request.encoded()).map { .transmit(Datagram($0, to: server, from: machine.configuration.address)) }
      }
      return ClientEvent(effect).map { .report($0) }
    }
  }
}

extension [ClientMachine.Effect] {
  /// Why a request is no message that may be sent; nil when all may.
  var firstFault: WireError? {
    for case .send(let request) in self {
      do throws(WireError) {
        _ = try request.encoded()
      } catch {
        return error
      }
    }
    return nil
  }
}

extension ClientMachine.Input {
  /// What the program wants by it.
  var id: ClientMachine.RequestID? {
    switch self {
    case .announce(let id), .map(let id, _), .peer(let id, _), .renew(let id), .delete(let id), .forget(let id): id
    case .response, .otherVersion, .move, .changeNetwork, .suspend: nil
    }
  }
}

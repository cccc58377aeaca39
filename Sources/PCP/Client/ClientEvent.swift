public import Machine
public import PCPWire
public import Wire

/// What the program is told about one server, whichever protocol it speaks.
public enum ClientEvent: Sendable, Hashable {
  /// The server has answered to ANNOUNCE, or to the request for its external address.
  case alive(ClientMachine.RequestID, epochTime: UInt32)
  /// The server has announced itself unasked.
  case announced(epochTime: UInt32)
  /// A mapping is there: new, renewed, or changed by the server.
  case granted(ClientMachine.RequestID, Grant)
  /// The request is sent again at `retryAt`. A mapping that was granted before stays until it expires.
  case refused(ClientMachine.RequestID, ResultCode, lifetime: UInt32, retryAt: Instant)
  case deleted(ClientMachine.RequestID)
  /// A mapping is no longer there, though the program has not deleted it; it is asked for again.
  case expired(ClientMachine.RequestID)
  /// The server has not answered as often or as long as configured.
  case unanswered(ClientMachine.RequestID)
  case serverLostState(epochTime: UInt32)
  /// What the program wants is no message that may be sent; it is forgotten.
  case unsendable(ClientMachine.RequestID, WireError)
  /// The server's host says that nothing listens there.
  case unreachable
  /// The server is spoken to in this protocol from now on (RFC 6887 section 9).
  case speaks(ServerProtocol)
}

/// What a server speaks.
public enum ServerProtocol: Sendable, Hashable, CustomStringConvertible {
  /// RFC 6887
  case pcp
  /// RFC 6886
  case natPMP

  public var description: String {
    switch self {
    case .pcp: "PCP"
    case .natPMP: "NAT-PMP"
    }
  }
}

extension ClientEvent {
  /// What the program wants by what this tells of; nil when it is about the server.
  public var id: ClientMachine.RequestID? {
    switch self {
    case .alive(let id, _), .granted(let id, _), .refused(let id, _, _, _), .deleted(let id), .expired(let id),
      .unanswered(let id),
      .unsendable(let id, _):
      id
    case .announced, .serverLostState, .unreachable, .speaks: nil
    }
  }

  /// What an effect of the machine tells the program; nil for a request to be sent.
  init?(_ effect: ClientMachine.Effect) {
    switch effect {
    case .send: return nil
    case .alive(let id, let epochTime): self = .alive(id, epochTime: epochTime)
    case .announced(let epochTime): self = .announced(epochTime: epochTime)
    case .granted(let id, let grant): self = .granted(id, grant)
    case .refused(let id, let code, let lifetime, let retryAt): self = .refused(id, code, lifetime: lifetime, retryAt: retryAt)
    case .deleted(let id): self = .deleted(id)
    case .expired(let id): self = .expired(id)
    case .unanswered(let id): self = .unanswered(id)
    case .serverLostState(let epochTime): self = .serverLostState(epochTime: epochTime)
    }
  }
}

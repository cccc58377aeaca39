public import Machine
public import PCPWire
public import Wire

/// A PCP server between octets and the machine.
public struct ServerEndpoint: DatagramEndpoint {
  /// What makes mappings work.
  public enum Backend: Sendable, Hashable, CustomStringConvertible {
    /// Nothing does: the server's table is all there is.
    case memory
    /// The program: told by `install` and `remove`, it answers with `installed`, `notInstalled` and `removed`.
    case program

    public var description: String {
      switch self {
      case .memory: "memory"
      case .program: "program"
      }
    }
  }

  public enum Command: Sendable, Hashable {
    /// The server is up, and announces itself.
    case start
    case installed(Mapping.ID)
    case notInstalled(Mapping.ID, ResultCode)
    case removed(Mapping.ID)
  }

  public enum Event: Sendable, Hashable {
    case changed(ServerMachine.MappingChange)
    case refused(PeerAddress, Refusal)
    case dropped(PeerAddress, ServerReception.DropReason)
    case install(Mapping)
    case remove(Mapping)
  }

  public typealias Effect = EndpointEffect<Event>

  /// A request that has not been answered.
  private struct Pending: Sendable {
    var octets: [UInt8]
    var peer: PeerAddress
    var local: IPv6Address?
  }

  private var machine: ServerMachine
  private let backend: Backend
  private var pending: [ServerMachine.RequestToken: Pending] = [:]
  private var lastToken: UInt64 = 0

  public init(_ machine: ServerMachine, backend: Backend = .memory) {
    self.machine = machine
    self.backend = backend
  }

  public var nextDeadline: Instant? { machine.nextDeadline }

  /// The server's mappings, by age.
  public var mappings: [Mapping] { machine.mappings }

  public mutating func receive(
    _ octets: [UInt8], from peer: PeerAddress, to local: IPv6Address?, at now: Instant
  ) -> [Effect] {
    let configuration = machine.configuration
    let reception = ServerReception(
      octets, from: peer, served: configuration.servedClients, extensions: configuration.extensions)
    switch reception {
    case .drop(let reason): return [.report(.dropped(peer, reason))]
    case .refuse(let code):
      let refusal = Refusal(code, lifetime: configuration.errorLifetime(code), isParsed: false)
      return refuse(Pending(octets: octets, peer: peer, local: local), refusal, at: now)
    case .accept(let request):
      guard pending.count < configuration.waitingRequests else { return [.report(.dropped(peer, .overload))] }
      lastToken += 1
      let token = ServerMachine.RequestToken(rawValue: lastToken)
      pending[token] = Pending(octets: octets, peer: peer, local: local)
      return perform(machine.handle(.request(request, from: peer, token), at: now), at: now)
    }
  }

  public mutating func perform(_ command: Command, at now: Instant) -> [Effect] {
    let input: ServerMachine.Input
    switch command {
    case .start: input = .start
    case .installed(let id): input = .installed(id)
    case .notInstalled(let id, let code): input = .notInstalled(id, code)
    case .removed(let id): input = .removed(id)
    }
    return perform(machine.handle(input, at: now), at: now)
  }

  public mutating func expire(at now: Instant) -> [Effect] { perform(machine.expire(at: now), at: now) }

  private mutating func perform(_ effects: [ServerMachine.Effect], at now: Instant) -> [Effect] {
    var results: [Effect] = []
    for effect in effects {
      switch effect {
      case .respond(let token, let response):
        if let request = pending.removeValue(forKey: token) { results += respond(request, response, at: now) }
      case .refuse(let token, let refusal):
        if let request = pending.removeValue(forKey: token) { results += refuse(request, refusal, at: now) }
      case .ignore(let token): pending[token] = nil
      case .announce(let response): results += announce(response)
      case .install(let mapping):
        switch backend {
        case .memory: results += perform(machine.handle(.installed(mapping.id), at: now), at: now)
        case .program: results.append(.report(.install(mapping)))
        }
      case .remove(let mapping):
        switch backend {
        case .memory: results += perform(machine.handle(.removed(mapping.id), at: now), at: now)
        case .program: results.append(.report(.remove(mapping)))
        }
      case .report(let change): results.append(.report(.changed(change)))
      }
    }
    return results
  }
}

/// Responses as octets.
extension ServerEndpoint {
  private func respond(_ request: Pending, _ response: PCPResponse, at now: Instant) -> [Effect] {
    guard let octets = try? response.encoded() else {
      // No value the machine makes is one that cannot be encoded; a client that got one to be made is told no more.
      return refuse(request, machine.refusal(.noResources), at: now)
    }
    return [.transmit(Datagram(octets, to: request.peer, from: request.local))]
  }

  private func announce(_ response: PCPResponse) -> [Effect] {
    guard let octets = try? response.encoded() else { return [] }
    return machine.configuration.announcementTargets.map { .transmit(Datagram(octets, to: $0)) }
  }

  private func refuse(_ request: Pending, _ refusal: Refusal, at now: Instant) -> [Effect] {
    let event = Effect.report(.refused(request.peer, refusal))
    guard let octets = errorResponse(to: request.octets, refusal, epochTime: machine.epochTime(at: now)) else {
      return [event]
    }
    return [.transmit(Datagram(octets, to: request.peer, from: request.local)), event]
  }
}

/// An error response: the request with its header changed (RFC 6887 section 8.2).
///
/// - Returns: nil for octets that are not even the start of a message.
func errorResponse(to request: [UInt8], _ refusal: Refusal, epochTime: UInt32) -> [UInt8]? {
  guard let start = try? PacketStart(decodingPrefix: request) else { return nil }
  let whole = MessageFacts.padded(request.prefix(MessageFacts.maximumSize), to: MessageFacts.headerSize)
  var tail = Octets<12>()
  if !refusal.isParsed {
    // The last octets of the header are those of the client's address; the response has as many, reserved, in their place.
    tail = Octets(whole.prefix(MessageFacts.headerSize).suffix(tail.count)) ?? tail
  }
  let response = ErrorResponse(
    opcode: start.opcode, resultCode: refusal.code, lifetime: refusal.lifetime, epochTime: epochTime,
    clientAddressTail: tail, copied: Array(whole.dropFirst(MessageFacts.headerSize)))
  return try? response.encoded()
}

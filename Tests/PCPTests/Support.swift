import Machine
import PCP
import PCPWire
import Testing
import Wire

/// An address as people write it; a mistake in a test ends it.
func address(_ text: String) -> IPv6Address {
  guard let address = IPv6Address(plain: text) else { preconditionFailure("'\(text)' is no address") }
  return address
}

func peer(_ text: String, _ port: UInt16 = 40000) -> PeerAddress { PeerAddress(address(text), port: port) }

func seconds(_ count: Double) -> Instant { .origin + .nanoseconds(Int64(count * 1e9)) }

func testNonce(_ octet: UInt8) -> MappingNonce { MappingNonce(repeating: octet) }

func token(_ number: UInt64) -> ServerMachine.RequestToken { .init(rawValue: number) }

func id(_ number: UInt64) -> ClientMachine.RequestID { .init(rawValue: number) }

/// The client of most tests.
let inside = peer("198.51.100.1")
/// The server's address that clients know.
let gateway = address("198.51.100.254")
/// The external address of most tests.
let outside = address("192.0.2.1")

extension ServerConfiguration {
  static var test: ServerConfiguration {
    var configuration = ServerConfiguration(externalAddresses: [outside, address("2001:db8:f::1")])
    configuration.thirdPartyClients = [AddressPrefix(address("198.51.100.9"), length: 128)]
    return configuration
  }
}

extension MapRequest {
  /// A request for UDP port 3938, as most tests send it.
  static func test(
    lifetime: UInt32 = 7200, nonce octet: UInt8 = 1, port: UInt16 = 3938, transport: TransportProtocol = .udp,
    external: UInt16 = 0, externalAddress: IPv6Address = .unspecifiedIPv4, from client: PeerAddress = inside,
    options: Options = Options()
  ) -> MapRequest {
    MapRequest(
      requestedLifetime: lifetime, clientAddress: client.address, nonce: testNonce(octet), protocol: transport,
      internalPort: port, suggestedExternalPort: external, suggestedExternalAddress: externalAddress,
      options: options)
  }
}

extension PeerRequest {
  static func test(
    lifetime: UInt32 = 7200, nonce octet: UInt8 = 1, port: UInt16 = 3938, external: UInt16 = 0,
    remote: PeerAddress = peer("203.0.113.5", 443), from client: PeerAddress = inside, options: Options = Options()
  ) -> PeerRequest {
    PeerRequest(
      requestedLifetime: lifetime, clientAddress: client.address, nonce: testNonce(octet), protocol: .udp,
      internalPort: port, suggestedExternalPort: external, suggestedExternalAddress: .unspecifiedIPv4,
      remotePeerPort: remote.port, remotePeerAddress: remote.address, options: options)
  }
}

/// A server machine with a backend and a store that do at once what they are told, and what it answered.
struct TestServer {
  enum Answer: Equatable {
    case response(PCPResponse)
    case refusal(ResultCode, lifetime: UInt32)
    case none
  }

  var machine: ServerMachine
  /// What traffic has made, for the backend to find.
  var implicit: [ImplicitMapping] = []
  /// What the backend and the store hold.
  private(set) var installed: [Mapping.ID: Mapping] = [:]
  private(set) var stored: [Mapping.ID: Mapping] = [:]
  /// What clients were told unasked.
  var told: [ServerMachine.Effect] = []
  private var tokens: UInt64 = 0

  init(_ configuration: ServerConfiguration = .test) {
    machine = ServerMachine(configuration, startedAt: .origin, random: SplitMix64(seed: 1))
  }

  init(_ machine: ServerMachine) { self.machine = machine }

  mutating func ask(
    _ request: PCPRequest, from client: PeerAddress = inside, in spoken: ServerProtocol = .pcp, at now: Instant
  ) -> Answer {
    tokens += 1
    let input = ServerMachine.Input.request(request, from: client, to: gateway, in: spoken, token(tokens))
    return perform(machine.handle(input, at: now), at: now)
  }

  /// Does what the machine wants, and what follows from it.
  @discardableResult
  mutating func perform(_ effects: [ServerMachine.Effect], at now: Instant) -> Answer {
    var effects = effects[...]
    var answer = Answer.none
    while let effect = effects.popFirst() {
      switch effect {
      case .respond(token(tokens), let response): answer = .response(response)
      case .refuse(token(tokens), let refusal): answer = .refusal(refusal.code, lifetime: refusal.lifetime)
      case .install(let mapping):
        installed[mapping.id] = mapping
        effects += machine.handle(.installed(mapping.id), at: now)
      case .remove(let mapping):
        installed[mapping.id] = nil
        effects += machine.handle(.removed(mapping.id), at: now)
      case .record(let mapping):
        stored[mapping.id] = mapping
        effects += machine.handle(.recorded(mapping.id), at: now)
      case .forget(let id):
        stored[id] = nil
        effects += machine.handle(.recorded(id), at: now)
      case .lookUp(let lookup):
        let found = implicit.first(where: lookup.matches)
        effects += machine.handle(.lookedUp(lookup.token, found), at: now)
      case .notify, .notifyRefusal, .announce: told.append(effect)
      case .respond, .refuse, .ignore, .report: break
      }
    }
    return answer
  }

  /// Lets everything happen that is due until then.
  mutating func run(until end: Instant) {
    while let next = machine.nextDeadline, next <= end { perform(machine.expire(at: next), at: next) }
  }

  mutating func map(_ request: MapRequest, from client: PeerAddress = inside, at now: Instant) -> Answer {
    ask(.map(request), from: client, at: now)
  }

  mutating func peer(_ request: PeerRequest, from client: PeerAddress = inside, at now: Instant) -> Answer {
    ask(.peer(request), from: client, at: now)
  }
}

extension TestServer.Answer {
  var map: MapResponse? {
    if case .response(.map(let response)) = self { return response }
    return nil
  }

  var peer: PeerResponse? {
    if case .response(.peer(let response)) = self { return response }
    return nil
  }
}

import Machine
import PCPWire
import Wire

@testable import PCP

/// What must hold of a server at any time, whatever happens to it and around it.
///
/// - No two live mappings share an external tuple, unless they are of one internal tuple.
/// - A mapping is one that its own host has asked for, by its nonce.
/// - A mapping that a client was told of is there until its life is over, unless the client has asked for less, or the server has
///   said that it is lost. Over a restart that goes for a server with a store, as far as its calendar was not set meanwhile.
struct FleetPromises {
  private struct Key: Hashable {
    var inner: InternalTuple
    var kind: Mapping.Kind
  }

  private struct Promise {
    var nonce: MappingNonce
    var until: Instant
  }

  private var promises: [Key: Promise] = [:]
  /// Nonces that the programs of a host have used.
  private var nonces: [IPv6Address: Set<MappingNonce>] = [:]
  /// How the calendar was when a mapping was written down, or read last.
  private var calendars: [Mapping.ID: Duration] = [:]
  /// What did not hold, a line each.
  private(set) var problems: [String] = []

  private mutating func fail(_ problem: @autoclosure () -> String) {
    if problems.count < 8 { problems.append(problem()) }
  }

  // MARK: What is said

  /// A client sends.
  mutating func asked(_ octets: [UInt8], from place: PeerAddress) {
    switch try? PCPRequest(decoding: octets) {
    case .map(let request): nonces[place.address, default: []].insert(request.nonce)
    case .peer(let request): nonces[place.address, default: []].insert(request.nonce)
    case .announce, nil: break
    }
  }

  /// The server gets a request: no more is promised than was before and is asked for.
  mutating func arrived(_ octets: [UInt8], from place: PeerAddress, at now: Instant) {
    guard case .map(let request) = try? PCPRequest(decoding: octets) else { return }
    let key = Key(inner: InternalTuple(request.protocol, place.address, port: request.internalPort), kind: .inbound)
    guard let promise = promises[key], promise.nonce == request.nonce else { return }
    promises[key]?.until = min(promise.until, now + .seconds(Int64(request.requestedLifetime)))
  }

  /// The server says something.
  mutating func answered(_ octets: [UInt8], to place: PeerAddress, at now: Instant) {
    let key: Key
    let nonce: MappingNonce
    let lifetime: UInt32
    switch try? PCPResponse(decoding: octets) {
    case .map(let response):
      let inner = InternalTuple(response.protocol, place.address, port: response.internalPort)
      (key, nonce, lifetime) = (Key(inner: inner, kind: .inbound), response.nonce, response.lifetime)
    case .peer(let response):
      let inner = InternalTuple(response.protocol, place.address, port: response.internalPort)
      let remote = PeerAddress(response.remotePeerAddress, port: response.remotePeerPort)
      (key, nonce, lifetime) = (Key(inner: inner, kind: .outbound(remote: remote)), response.nonce, response.lifetime)
    case .announce, .mapError, .peerError, .error, nil: return
    }
    if lifetime == 0 {
      promises[key] = nil
      return
    }
    if let promise = promises[key], promise.until > now, promise.nonce != nonce {
      fail("\(now): \(key.inner) was \(promise.nonce)'s and is given to \(nonce)")
    }
    promises[key] = Promise(nonce: nonce, until: now + .seconds(Int64(lifetime)))
  }

  /// The server says that it cannot keep a mapping.
  mutating func lost(_ mapping: Mapping) { promises[Key(inner: mapping.inner, kind: mapping.kind)] = nil }

  // MARK: Restarts

  mutating func recorded(_ mapping: Mapping, _ calendar: Duration) { calendars[mapping.id] = calendar }

  /// A server without a memory starts.
  mutating func forgetAll() { promises = [:] }

  /// A server starts with what it remembers, by its own clock, which began so long after the simulation's.
  mutating func restart(_ mappings: [Mapping], elapsed: Duration, _ calendar: Duration, at now: Instant) {
    let keyed = mappings.map { (Key(inner: $0.inner, kind: $0.kind), $0) }
    // What the store failed to forget may be there still; the younger is what was promised last.
    let remembered = Dictionary(keyed) { $0.id.rawValue > $1.id.rawValue ? $0 : $1 }
    for (key, promise) in promises where promise.until > now {
      guard let mapping = remembered[key], mapping.nonce == promise.nonce else {
        fail("\(now): \(key.inner) would not come back, promised until \(promise.until)")
        continue
      }
      let until = mapping.expiresAt + elapsed
      let shift = max(.zero, calendar - (calendars[mapping.id] ?? calendar))
      // The client counts from the answer, the store from when it was told; milliseconds are what the store has.
      if until + shift + .seconds(1) < promise.until {
        fail("\(now): \(mapping) would end at \(until), promised until \(promise.until)")
      }
      promises[key]?.until = min(promise.until, until)
    }
    // From here on its life is what this calendar makes of it.
    for mapping in mappings { calendars[mapping.id] = calendar }
  }

  // MARK: What must hold

  mutating func check(
    _ server: ServerEndpoint, _ installed: [Mapping.ID: Mapping], _ stored: [Mapping.ID: Fleet.Row], hasStore: Bool,
    at now: Instant
  ) {
    let mappings = server.mappings
    // What lost its external end while it was worked on is about to have another.
    checkTuples(mappings.filter { !server.machine.pool.isDisowned($0.id) }, "held", at: now)
    checkTuples(Array(installed.values), "installed", at: now)
    var live: [Key: Mapping] = [:]
    for mapping in mappings {
      live[Key(inner: mapping.inner, kind: mapping.kind)] = mapping
      if mapping.nonce.flatMap({ nonces[mapping.inner.address]?.contains($0) }) != true {
        fail("\(now): \(mapping) is of a nonce that its host has never used")
      }
    }
    for (key, promise) in promises where promise.until > now {
      guard let mapping = live[key], mapping.nonce == promise.nonce else {
        fail("\(now): \(key.inner) is gone, promised until \(promise.until)")
        promises[key] = nil
        continue
      }
      if hasStore && stored[mapping.id] == nil { fail("\(now): \(mapping) would not come back") }
    }
  }

  private mutating func checkTuples(_ mappings: [Mapping], _ place: String, at now: Instant) {
    var owners: [ExternalTuple: InternalTuple] = [:]
    for mapping in mappings {
      let owner = owners.updateValue(mapping.inner, forKey: mapping.outer) ?? mapping.inner
      if owner != mapping.inner { fail("\(now): \(place): \(mapping) has what is \(owner)'s") }
    }
  }
}

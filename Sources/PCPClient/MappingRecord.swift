import Machine
import PCP
import PCPWire
internal import Transport
import Wire

/// A mapping that the program wants, with all that its servers have said of it.
struct MappingRecord {
  /// What one server has said.
  struct Answer {
    var endpoint: MappedPort.Endpoint?
    var refusal: MappingRefusal?
    var unavailability: MappingState.Unavailability?
  }

  let wish: ClientWish
  let families: ClientGroup.AddressFamilies
  var answers: [ServerChoice.ID: Answer] = [:]
  var state = MappingState.requesting
  private(set) var isEnding = false
  /// Whether there was a mapping when it was to be deleted.
  private var wasHeld = false
  /// Whether a gateway would not delete it.
  var isLeft = false
  /// Who waits for the end, and is told whether every gateway has confirmed it.
  var waiting: [CheckedContinuation<Bool, Never>] = []
  var observers: [UInt64: AsyncStream<MappingState>.Continuation] = [:]

  init(_ wish: ClientWish, _ families: ClientGroup.AddressFamilies) {
    self.wish = wish
    self.families = families
  }

  /// Takes what a server has said of this, or of itself.
  ///
  /// - Parameters:
  ///   - speaks: what the server is asked in.
  ///   - clock: what instants of the machines are counted by.
  ///   - longest: the longest lifetime that is believed.
  mutating func note(
    _ event: ClientEvent, of server: ServerChoice.ID, _ speaks: ServerProtocol, _ clock: MonotonicClock, longest: Duration
  ) {
    var answer = answers[server] ?? Answer()
    if isEnding, event.isRefusal, answer.endpoint != nil { isLeft = true }
    switch event {
    case .granted(_, let grant):
      answer = Answer(
        endpoint: MappedPort.Endpoint(
          address: grant.externalAddress, port: grant.externalPort, portCount: grant.portCount,
          expiresAt: clock.moment(of: clock.now) + min(.seconds(Int64(grant.lifetime)), longest), server: server,
          serverProtocol: speaks,
          nonce: grant.nonce))
    case .refused(_, let code, _, let retryAt):
      answer.refusal = MappingRefusal(reason: .result(code), retryAt: clock.moment(of: retryAt))
    case .unsendable(_, let error): answer.refusal = MappingRefusal(reason: .invalid(error), retryAt: nil)
    case .expired: answer = Answer()
    case .unanswered: answer.unavailability = .silent
    case .unreachable: answer.unavailability = .notSupported
    case .deleted: answer = Answer()
    case .alive, .announced, .serverLostState, .speaks: return
    }
    if isEnding, event.isRefusal { answer.endpoint = nil }
    answers[server] = answer
  }

  /// Calls servers that have said nothing silent.
  mutating func noticeSilence(of servers: [ServerChoice]) {
    var isNews = false
    for server in servers where fits(server) {
      var answer = answers[server.id] ?? Answer()
      if answer.endpoint != nil || answer.refusal != nil || answer.unavailability != nil { continue }
      answer.unavailability = .silent
      answers[server.id] = answer
      isNews = true
    }
    // Before any gateway has been looked for nothing can be said of them.
    if isNews { update(servers) }
  }

  /// From now on it is to be deleted.
  mutating func beginEnding() {
    isEnding = true
    wasHeld = isHeld
  }

  private var isHeld: Bool { answers.values.contains { $0.endpoint != nil } }

  /// Whether all that was granted has been answered for: servers that have granted nothing are not waited for.
  var isOver: Bool { isEnding && wasHeld && !isHeld }

  /// Works out the state from what the servers have said, and tells it where it is another one.
  mutating func update(_ servers: [ServerChoice]) {
    if isEnding { return }
    let asked = servers.filter { fits($0) }.map { answers[$0.id] ?? Answer() }
    let new = summary(of: asked)
    if new == state { return }
    state = new
    for observer in observers.values { observer.yield(new) }
  }

  private func summary(of answers: [Answer]) -> MappingState {
    if let port = MappedPort(answers.compactMap(\.endpoint)) { return .mapped(port) }
    let before: MappedPort? =
      switch state {
      case .mapped(let port), .lost(let port): port
      case .requesting, .refused, .unavailable: nil
      }
    if answers.isEmpty { return before.map { .lost($0) } ?? .unavailable(.noGateway) }
    let isOpen = answers.contains { $0.refusal == nil && $0.unavailability == nil }
    if isOpen { return before.map { .lost($0) } ?? .requesting }
    if let refusal = answers.lazy.compactMap(\.refusal).first { return .refused(refusal) }
    return .unavailable(answers.lazy.compactMap(\.unavailability).first ?? .silent)
  }

  private func fits(_ server: ServerChoice) -> Bool {
    guard families.contains(server.isIPv4 ? .ipv4 : .ipv6) else { return false }
    guard case .peer(let wish) = wish else { return true }
    return (wish.remoteAddress.mapped != nil) == server.isIPv4
  }
}

extension ClientEvent {
  fileprivate var isRefusal: Bool {
    switch self {
    case .refused, .unanswered: true
    case .alive, .announced, .granted, .deleted, .expired, .serverLostState, .unsendable, .unreachable, .speaks: false
    }
  }
}

import Machine
import PCP
import PCPWire
import Testing
import Wire

/// Our client, and a server that says what the figures say, to the letter.
struct PrintedAnswers {
  private let wish = ClientMachine.RequestID(rawValue: 1)
  private let server = PeerAddress(literal("198.51.100.254"), port: PCPPorts.server)
  private let scenario: Scenario
  private var clients: [Host: ClientGroup] = [:]
  private var now = Instant.origin + .seconds(1_000_000)
  /// Who has sent last; nil for who is no client of ours.
  private var host: Host?
  private var events: [ClientGroup.Event] = []

  init(_ scenario: Scenario) { self.scenario = scenario }

  mutating func play() throws {
    for step in scenario.steps {
      switch step {
      case .wants(let wish, let host, _): want(wish, by: host)
      case .deletes: perform { [wish, now] in $0.perform(.delete(wish), at: now) }
      case .sends: host = nil
      case .answers(let message), .says(let message, _):
        let octets = try message.figure == nil ? message.octets() : message.printed()
        perform { [server, now] in $0.receive(octets, from: server, to: nil, at: now) }
      case .learns(let outcome): learn(outcome)
      case .repairs:
        now = now + .seconds(5)
        perform { [now] in $0.expire(at: now) }
      case .cannotWant, .movesTo, .restarts, .has: break
      }
    }
  }

  private mutating func want(_ wish: ClientWish, by host: Host) {
    self.host = host
    if clients[host] == nil {
      clients[host] = ClientGroup(ClientConfiguration(address: .unspecified), random: SplitMix64(seed: 3))
      perform { [server, now] in $0.perform(.servers([ServerChoice(to: server, from: host.itself.address)]), at: now) }
    }
    perform { [id = self.wish, now] in $0.perform(.want(id, wish, of: .all), at: now) }
  }

  private mutating func perform(_ body: (inout ClientGroup) -> [ClientGroup.Effect]) {
    guard let host, var client = clients[host] else { return }
    events = body(&client).compactMap { if case .report(let event) = $0 { event } else { nil } }
    clients[host] = client
  }

  private func learn(_ outcome: Outcome) {
    #expect(events.compactMap { Outcome($0) }.map(\.kind) == [outcome.kind], "\(scenario)")
  }
}

import Machine
import PCP
import PCPWire
import Testing
import Wire

/// Where a flow is played: under virtual time, or over sockets.
protocol Stage: Actor {
  /// Seconds that a busy machine may be late.
  var slack: UInt32 { get }
  /// A message of the figures as it is here, where hosts may have other addresses.
  func real(_ octets: [UInt8]) -> [UInt8]

  func perform(_ command: ClientGroup.Command, by host: Host) async throws
  /// Sends octets that no client of ours sends.
  func send(_ octets: [UInt8], from host: Host) async throws
  func change(_ command: ServerEndpoint.Command) async throws
  /// The server stops and starts again, without its mappings.
  func restartServer() async throws
  /// Lets time pass, where it does not pass by itself.
  func pass(_ duration: Duration) async throws

  /// What the server has got next.
  func request() async throws -> [UInt8]
  /// What a host has got next.
  func answer(to receiver: Receiver) async throws -> [UInt8]
  /// What the program of a host has learned next.
  func event(of host: Host) async throws -> ClientGroup.Event
  func mappings() async -> [Mapping]
  /// What has been sent and not been asked for.
  func remainder() -> [String]
}

/// Who gets answers: our client on a host, or whoever sends there what no client of ours does.
struct Receiver: Sendable, Hashable {
  var host: Host
  var isClient: Bool
}

/// Nothing came.
struct Silence: Error, CustomStringConvertible {
  var description: String
}

/// A flow under way.
struct ScenarioRun {
  private static let wish = ClientMachine.RequestID(rawValue: 1)

  let scenario: Scenario
  /// Who has sent last.
  private var receiver = Receiver(host: .first, isClient: true)

  init(_ scenario: Scenario) { self.scenario = scenario }

  /// Plays the steps; what is not as it should be is recorded.
  mutating func play(on stage: some Stage) async throws {
    for (index, step) in scenario.steps.enumerated() {
      do {
        try await play(step, on: stage)
      } catch {
        Issue.record("\(scenario), step \(index + 1): \(error)")
        return
      }
    }
    #expect(await stage.remainder() == [], "\(scenario)")
  }

  private mutating func play(_ step: Step, on stage: some Stage) async throws {
    switch step {
    case .wants(let wish, let host, let message):
      receiver = Receiver(host: host, isClient: true)
      try await stage.perform(.want(Self.wish, wish, of: .all), by: host)
      try await check(try await stage.request(), message, on: stage)
    case .cannotWant(let wish): try await cannotWant(wish, on: stage)
    case .deletes(let message):
      try await stage.perform(.delete(Self.wish), by: receiver.host)
      try await check(try await stage.request(), message, on: stage)
    case .sends(let message, let host):
      receiver = Receiver(host: host, isClient: false)
      try await stage.send(await stage.real(try message.octets()), from: host)
      try await check(try await stage.request(), message, on: stage)
    case .answers(let message): try await check(try await stage.answer(to: receiver), message, on: stage)
    case .learns(let outcome): try await learn(outcome, on: stage)
    case .movesTo(let address): try await stage.change(.externalAddressesChanged([address]))
    case .says(let message, let delay):
      try await stage.pass(delay)
      try await check(try await stage.answer(to: receiver), message, on: stage)
    case .restarts: try await stage.restartServer()
    case .repairs(let message):
      try await stage.pass(.seconds(5))
      try await check(try await stage.request(), message, on: stage)
    case .has(let count, let filters):
      let mappings = await stage.mappings()
      #expect(mappings.count == count, "\(scenario)")
      #expect(mappings.flatMap(\.filters) == filters, "\(scenario)")
    }
  }

  /// Compares octets with those expected, times aside that a busy machine may be late with.
  private func check(_ found: [UInt8], _ message: Message, on stage: some Stage) async throws {
    var expected = await stage.real(try message.octets())
    let slack = await stage.slack
    var found = found
    if found.count >= 24, expected.count >= 24, found[1] & 0x80 != 0 {
      let epochTimes = message.epochTimes(of: expected)
      let epochTime = found.number(at: 8)
      #expect(epochTime >= epochTimes.lowerBound && epochTime <= epochTimes.upperBound + slack, "\(scenario): \(message)")
      let (lifetime, wanted) = (found.number(at: 4), expected.number(at: 4))
      if slack > 0 {
        #expect(lifetime <= wanted && lifetime + slack >= wanted, "\(scenario): \(message)")
        found.replaceSubrange(4..<8, with: [0, 0, 0, 0])
        expected.replaceSubrange(4..<8, with: [0, 0, 0, 0])
      }
      found.replaceSubrange(8..<12, with: [0, 0, 0, 0])
      expected.replaceSubrange(8..<12, with: [0, 0, 0, 0])
    }
    #expect(found == expected, "\(scenario): \(message)")
  }

  private func learn(_ outcome: Outcome, on stage: some Stage) async throws {
    while true {
      guard let found = Outcome(try await stage.event(of: receiver.host)) else { continue }
      let slack = await stage.slack
      #expect(found.kind == outcome.kind, "\(scenario)")
      #expect(found.seconds <= outcome.seconds && found.seconds + slack >= outcome.seconds, "\(scenario)")
      return
    }
  }

  /// What cannot be wanted depends on the addresses of the figures, which sockets do not have.
  private func cannotWant(_ wish: ClientWish, on stage: some Stage) async throws {
    if await stage.slack > 0 { return }
    try await stage.perform(.want(Self.wish, wish, of: .all), by: .first)
    while true {
      guard case .server(_, let event) = try await stage.event(of: .first) else { continue }
      guard case .unsendable(Self.wish, let error) = event else { throw Silence(description: "\(event), not unsendable") }
      #expect(error.code.description == "MALFORMED_REQUEST", "\(scenario)")
      return
    }
  }
}

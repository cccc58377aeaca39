import Machine
import PCP
import PCPWire
import Testing
import Wire

/// The flows of the seed between our client and our server, each message held against its figure.
@Suite struct ScenarioTests {
  @Test("Under virtual time, octet by octet", arguments: Scenario.all)
  func virtual(_ scenario: Scenario) async throws {
    let stage = VirtualStage(scenario)
    var run = ScenarioRun(scenario)
    try await run.play(on: stage)
  }

  @Test("Over UDP on the loopback interface", .timeLimit(.minutes(2)), arguments: Scenario.all)
  func sockets(_ scenario: Scenario) async throws {
    let stage: SocketStage
    do {
      stage = try await SocketStage(scenario)
    } catch {
      // Of Linux every loopback address is the host's own; of other systems, and without IPv6, not all are.
      print("SKIPPED over UDP: \(scenario): \(error)")
      return
    }
    var run = ScenarioRun(scenario)
    try await run.play(on: stage)
    await stage.close()
  }

  @Test("Our client takes the answers as the figures print them: headers alone, lifetimes of 0", arguments: Scenario.all)
  func printed(_ scenario: Scenario) throws {
    var clients = PrintedAnswers(scenario)
    try clients.play()
  }

  @Test("Every figure of the seed is in a flow, or is no message")
  func figures() throws {
    let followed = Set(Scenario.all.flatMap(\.messages).compactMap(\.figure))
    let exceptions = Set(Scenario.exceptions.keys)
    #expect(followed.isDisjoint(with: exceptions))
    #expect(followed.union(exceptions) == Set(1...70))
    // A figure that has octets is none of the diagrams.
    let names = try Message.vectors.get().keys
    #expect(Set(names.compactMap { $0.split(separator: " ").dropFirst().first.flatMap { Int($0) } }) == followed)
    #expect(Set(Scenario.all.map(\.title)).count == Scenario.all.count)
  }

  @Test("Every figure that is not followed to the letter is listed with the reason")
  func differences() {
    let steps = Scenario.all.flatMap(\.steps)
    let changed = steps.compactMap(\.message).filter(\.isChanged).compactMap(\.figure)
    let ours = steps.compactMap { step -> Int? in if case .sends = step { nil } else { step.message?.figure } }
    let others = steps.compactMap { step -> Int? in if case .sends(let message, _) = step { message.figure } else { nil } }
    #expect(Set(changed).union(Set(others).subtracting(ours)) == Set(Scenario.differences.keys))
  }

  @Test("Every section of the seed that has a flow is there")
  func sections() {
    let sections = Set(Scenario.all.map { String($0.title.prefix { $0 != " " }) })
    let map = (1...17).map { "2.\($0)" }
    let rest = ["3", "4", "5.1", "5.2", "5.3", "6.1", "6.2", "6.3", "7", "8.1", "8.2", "8.3", "8.4", "8.5", "9"]
    #expect(sections == Set(map + rest))
  }
}

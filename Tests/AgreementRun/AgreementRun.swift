import Agreement
import ArgumentParser
import Foundation

/// Holds generated code and interpreter against each other for as long as one likes, going on where the last run stopped.
@main struct AgreementRun: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "AgreementRun",
    abstract: "Compares generated code and interpreter on random messages, cut and changed, of every schema.",
    discussion: """
      A run goes on behind the seeds that earlier runs had; where each stands is kept in .build-agreement. A seed that \
      ended a run, because the program did not come back from it, is tried first by the next.
      EXAMPLE: swift run -c release AgreementRun --seconds 600 --record
      """)

  @Option(help: "How long each direction of each schema is compared, in seconds.")
  var seconds = 60

  @Option(help: "How many changed messages for each one drawn.")
  var mutations = 100

  @Option(help: ArgumentHelp("Only this direction of a schema; may be given several times.", valueName: "name"))
  var subject: [String] = []

  @Option(help: "Only this seed, to see again what it found.")
  var seed: UInt64?

  @Flag(help: "Add a line for each to Tests/Agreement/LEDGER.md.")
  var record = false

  func validate() throws {
    if seconds < 1 { throw ValidationError("--seconds must be 1 or more") }
    if mutations < 0 { throw ValidationError("--mutations must be 0 or more") }
    let names = Subject.all.map(\.name)
    for name in subject where !names.contains(name) {
      throw ValidationError("there is no '\(name)'; there are \(names.joined(separator: ", "))")
    }
  }

  func run() throws {
    var found = false
    for one in Subject.all where subject.isEmpty || subject.contains(one.name) {
      if let seed {
        do { _ = try Round(one, seed: seed).run(mutations: mutations) } catch {
          print(error)
          found = true
        }
        continue
      }
      let result = try LongRun(one, seconds: seconds, mutations: mutations).run()
      print(result.line)
      if record { try Ledger.add(result) }
      found = found || result.finding != nil
    }
    if found { throw ExitCode.failure }
  }
}

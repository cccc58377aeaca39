import Agreement
import Foundation

/// One subject compared for some time.
struct LongRun {
  /// What came of it.
  struct Result {
    var subject: String
    /// Seeds from where the last run stopped.
    var seeds: Range<UInt64>
    var inputs: Int
    var seconds: Int
    /// The seed and what generated code and interpreter do not say the same of.
    var finding: String?

    var line: String {
      "\(subject): \(inputs) inputs in \(seconds) s, seeds \(seeds.lowerBound) to \(seeds.upperBound - 1), "
        + "findings: \(finding ?? "none")"
    }
  }

  let subject: Subject
  let seconds: Int
  let mutations: Int
  /// The next seed to try, written before it is tried: one that never comes back is tried again.
  private let place: URL

  init(_ subject: Subject, seconds: Int, mutations: Int) throws {
    self.subject = subject
    self.seconds = seconds
    self.mutations = mutations
    let folder = URL(fileURLWithPath: ".build-agreement")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    place = folder.appendingPathComponent(subject.name)
  }

  func run() throws -> Result {
    let first = (try? String(contentsOf: place, encoding: .utf8)).flatMap { UInt64($0) } ?? 0
    let start = ContinuousClock.now
    var progress = Progress(subject.name)
    var result = Result(subject: subject.name, seeds: first..<first, inputs: 0, seconds: 0)
    var seed = first
    repeat {
      try "\(seed)".write(to: place, atomically: true, encoding: .utf8)
      do { result.inputs += try Round(subject, seed: seed).run(mutations: mutations).inputs } catch {
        result.finding = "seed \(seed): \(error)"
      }
      seed += 1
      progress.show(result.inputs)
    } while result.finding == nil && ContinuousClock.now - start < .seconds(seconds)
    progress.end()
    // A finding is found again until it is mended.
    if result.finding == nil { try "\(seed)".write(to: place, atomically: true, encoding: .utf8) }
    result.seeds = first..<seed
    result.seconds = Int((ContinuousClock.now - start).components.seconds)
    return result
  }
}

/// One line on a terminal that says how far a run is; nothing when the output is no terminal.
struct Progress {
  private let name: String
  private let isShown = isatty(STDERR_FILENO) == 1
  private var last = ContinuousClock.now

  init(_ name: String) { self.name = name }

  mutating func show(_ inputs: Int) {
    guard isShown, ContinuousClock.now - last > .milliseconds(500) else { return }
    last = .now
    FileHandle.standardError.write(Data("\r\(name): \(inputs) inputs".utf8))
  }

  func end() {
    if isShown { FileHandle.standardError.write(Data("\r\u{1B}[K".utf8)) }
  }
}

/// The record of long runs, committed.
enum Ledger {
  static func add(_ result: LongRun.Result) throws {
    let file = try FileHandle(forWritingTo: URL(fileURLWithPath: "Tests/Agreement/LEDGER.md"))
    try file.seekToEnd()
    #if DEBUG
      let build = "debug"
    #else
      let build = "release"
    #endif
    let seeds = "\(result.seeds.lowerBound) to \(result.seeds.upperBound - 1)"
    let line =
      "| \(result.subject) | \(build) | \(result.inputs) | \(seeds) | \(result.seconds) | \(result.finding ?? "none") |\n"
    try file.write(contentsOf: Data(line.utf8))
    try file.close()
  }
}

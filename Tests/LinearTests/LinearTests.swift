import Foundation
import Testing
import VectorSupport

private enum Valgrind {
  /// Without valgrind this fails, unless this is set to 1: nobody shall believe that something was counted when nothing was.
  static let skipVariable = "WIREGEN_SKIP_VALGRIND"
  static let isSkipped = ProcessInfo.processInfo.environment[skipVariable] == "1"
}

/// The work of decoding grows with the input: instructions are counted, by valgrind, not time.
@Suite(
  "Work that grows with the input",
  .disabled(if: Valgrind.isSkipped, "\(Valgrind.skipVariable)=1: nobody counts what the work is"))
struct LinearTests {
  @Test("Twice the octets never take much more than twice the instructions")
  func instructions() async throws {
    try #require(
      FileManager.default.isExecutableFile(atPath: "/usr/bin/valgrind"),
      "valgrind is not installed: apt-get install valgrind, or \(Valgrind.skipVariable)=1 to go without what it counts")
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("linear-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let counts = folder.appendingPathComponent("counts").path
    let tool = [
      "/usr/bin/valgrind", "--quiet", "--tool=callgrind", "--callgrind-out-file=\(counts)", "--toggle-collect=linearProbe",
      "--dump-after=linearProbe",
    ]
    let (status, output) = try await inBackground { try Product.run("LinearCheck", under: tool) }
    #expect(status == 0)
    let probes = output.split(separator: "\n").map { $0.split(separator: "\t") }
    #expect(probes.count > 300)
    for index in stride(from: 0, to: probes.count, by: 3) {
      let taken = try (1...3).map { try instructions(in: "\(counts).\(index + $0)") }
      // Three sizes, so that what does not depend on the size falls out. A square would give four.
      let growth = Double(taken[2] - taken[1]) / Double(max(1, taken[1] - taken[0]))
      #expect(growth < 2.3, "\(probes[index][0]): \(taken) instructions")
    }
  }

  private func instructions(in file: String) throws -> Int {
    let text = try String(contentsOfFile: file, encoding: .utf8)
    let totals = text.split(separator: "\n").last { $0.hasPrefix("totals: ") }
    return try #require(totals.flatMap { Int($0.dropFirst(8)) })
  }
}

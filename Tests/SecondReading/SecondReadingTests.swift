import CPNPWire
import CUSPWire
import Foundation
import Testing
import VectorSupport
import Wire
import WireText

/// Decoders that were written a second time, in another language, from the documents and not from the schemas. What both readings
/// say of the same octets must be the same: every field, and the error of what is refused.
@Suite("A second reading")
struct SecondReadingTests {
  @Test("CUSP")
  func cusp() throws {
    let tested = VectorProtocol(CUSPProtocol.definition, CUSPControlPlane.self, CUSPUserPlane.self, directionsOverlap: true)
    try compare("cusp.py", tested.cases(["cusp-messages.txt", "cusp-elements.txt", "cusp-invalid.txt"]))
  }

  @Test("CPNP")
  func cpnp() throws {
    let tested = VectorProtocol(CPNPProtocol.definition, CPNPClientMessage.self, CPNPServerMessage.self, directionsOverlap: true)
    try compare("cpnp.py", tested.cases(["cpnp.txt", "cpnp-documents.txt", "cpnp-invalid.txt"]))
  }

  /// Holds what a script says of each vector against what generated code says.
  private func compare(_ script: String, _ cases: [VectorCase]) throws {
    let lines = try cases.map { "\(try #require($0.direction)) \($0.vector.octets.hexadecimal)" }
    let others = try Self.run(script, lines)
    try #require(others.count == cases.count, "\(script) wrote \(others.count) lines for \(cases.count)")
    for (entry, other) in zip(cases, others) {
      let ours = try Self.reading(of: entry)
      #expect(try JSONValue(parsing: other) == JSONValue(parsing: ours), "\(entry)")
    }
  }

  /// What generated code says: the message as JSON, or the label of the error.
  private static func reading(of entry: VectorCase) throws -> String {
    let direction = try #require(entry.tested.directions.first { $0.name == entry.direction })
    do {
      return try direction.messages.init(decoding: entry.vector.octets, .strict).message.json().text()
    } catch let error as WireError {
      return "{\"error\": \"\(error.code)\"}"
    }
  }

  private static func run(_ script: String, _ lines: [String]) throws -> [String] {
    let path = URL(filePath: #filePath).deletingLastPathComponent().appending(path: script).path
    let folder = FileManager.default.temporaryDirectory.appending(path: "wiregen-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    // A file, since both ends of a pipe can fill up and wait for each other.
    let input = folder.appending(path: "input")
    try Data((lines.joined(separator: "\n") + "\n").utf8).write(to: input)
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = ["PYTHONIOENCODING=utf-8", "python3", "-I", path]
    process.standardInput = try FileHandle(forReadingFrom: input)
    let output = Pipe()
    process.standardOutput = output
    try process.run()
    let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    try #require(process.terminationStatus == 0, "python3 must be there (apt-get install python3), and \(script) must end well")
    return text.split(separator: "\n").map(String.init)
  }
}

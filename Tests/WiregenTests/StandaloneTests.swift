import Foundation
import Testing
import VectorSupport

/// A package that stands alone, as somebody without Wiregen would build it. `Tests/Standalone/run` does it for every schema.
@Suite struct StandaloneTests {
  @Test("A package that stands alone builds, and its tests pass") func natpmp() async throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "wiregen-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: folder) }
    let schema = Repository.root.appending(path: "Schemas/natpmp.xml").path
    let runtime = Repository.root.appending(path: "Sources").path
    let made = try await run([
      Product.path("wiregen"), "generate", schema, "--standalone", folder.path, "--runtime", runtime,
    ])
    try #require(made.status == 0, "\(made.output)")
    let manifest = try String(contentsOf: folder.appending(path: "Package.swift"), encoding: .utf8)
    #expect(!manifest.contains(".package("))
    let build = try await run([
      Repository.root.appending(path: "Tests/build").path, "--build-tests", "--package-path", folder.path,
    ])
    #expect(build.status == 0 && !build.output.contains("warning:"), "\(build.output)")
    let tests = try await run(["/usr/bin/env", "swift", "test", "--package-path", folder.path])
    #expect(tests.status == 0, "\(tests.output)")
    #expect(tests.output.contains("in 1 suite passed"))
    #expect(!tests.output.contains("warning:"), "\(tests.output)")
  }

  private func run(_ words: [String]) async throws -> (status: Int32, output: String) {
    try await inBackground {
      let process = Process()
      process.executableURL = URL(filePath: words[0])
      process.arguments = Array(words.dropFirst())
      let output = Pipe()
      (process.standardOutput, process.standardError) = (output, output)
      process.standardInput = FileHandle.nullDevice
      try process.run()
      let text = output.fileHandleForReading.readDataToEndOfFile()
      process.waitUntilExit()
      return (process.terminationStatus, String(decoding: text, as: UTF8.self))
    }
  }
}

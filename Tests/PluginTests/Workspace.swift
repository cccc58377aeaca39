import Foundation
import Testing

/// A copy of the project in a temporary folder, with the vendor's package in it, that a test may change and build.
final class Workspace {
  let root: URL
  var vendor: URL { root.appending(path: "Tests/Vendor") }
  var schemas: URL { root.appending(path: "Schemas") }
  var sources: URL { vendor.appending(path: "Sources/AcmeWire") }
  var scratch: URL { root.appending(path: ".build-workspace") }

  static let project = URL(filePath: #filePath).resolvingSymlinksInPath().deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()

  init() throws {
    let files = FileManager.default
    root = files.temporaryDirectory.appending(path: "wiregen-\(UUID().uuidString)").resolvingSymlinksInPath()
    try files.createDirectory(at: root, withIntermediateDirectories: true)
    for name in ["Package.swift", "Generator", "Schemas", "Sources", "Tests"] {
      try files.copyItem(at: Self.project.appending(path: name), to: root.appending(path: name))
    }
  }

  deinit { try? FileManager.default.removeItem(at: root) }

  /// What a build said, and whether it went well.
  struct Build {
    var output: String
    var status: Int32

    /// The schemas that Swift was generated from.
    var generated: Set<String> {
      Set(
        output.components(separatedBy: "Generating Swift from ").dropFirst().compactMap {
          $0.split(whereSeparator: \.isWhitespace).first.map(String.init)
        })
    }
  }

  func build() async throws -> Build { try await run(["build"]) }

  /// Once more when SwiftPM is ended by a signal: it now and then crashes by itself (see `Tests/build`).
  func run(_ command: [String]) async throws -> Build {
    if let build = try await runOnce(command) { return build }
    return try #require(try await runOnce(command), "swift \(command.joined(separator: " ")) was ended by a signal, twice")
  }

  /// Nil when it is ended by a signal.
  private func runOnce(_ command: [String]) async throws -> Build? {
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments =
      ["swift"] + command + ["--package-path", vendor.path, "--scratch-path", scratch.path]
    let log = root.appending(path: "log-\(UUID().uuidString)")
    _ = FileManager.default.createFile(atPath: log.path, contents: nil)
    let handle = try FileHandle(forWritingTo: log)
    process.standardOutput = handle
    process.standardError = handle
    process.standardInput = FileHandle.nullDevice
    try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
      process.terminationHandler = { _ in continuation.resume() }
      do { try process.run() } catch { continuation.resume(throwing: error) }
    }
    try handle.close()
    guard process.terminationReason == .exit else { return nil }
    return Build(output: try String(contentsOf: log, encoding: .utf8), status: process.terminationStatus)
  }

  func replace(_ text: String, with new: String, in file: URL) throws {
    let old = try String(contentsOf: file, encoding: .utf8)
    try #require(old.contains(text), "\(file.lastPathComponent) has no '\(text)'")
    try old.replacingOccurrences(of: text, with: new).write(to: file, atomically: true, encoding: .utf8)
  }

  /// Makes SwiftPM plan the next build anew.
  func plan() throws {
    try FileManager.default.setAttributes(
      [.modificationDate: Date()], ofItemAtPath: vendor.appending(path: "Package.swift").path)
  }

  /// Everything generated from a schema of that name.
  func generated(from stem: String) throws -> String {
    try generatedFiles(from: stem).map { try String(contentsOf: $0, encoding: .utf8) }.joined()
  }

  func generatedFiles(from stem: String) throws -> [URL] {
    let all = FileManager.default.enumerator(at: scratch.appending(path: "plugins"), includingPropertiesForKeys: nil)
    var found: [URL] = []
    while let file = all?.nextObject() as? URL {
      let name = file.lastPathComponent
      // The tests of samples are another target's.
      if name.hasPrefix("\(stem)."), name.hasSuffix(".swift"), !name.hasSuffix(".samples.swift") { found.append(file) }
    }
    return found
  }
}

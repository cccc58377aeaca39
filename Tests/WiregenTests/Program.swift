import Foundation

/// The program `wiregen`, run as a process in a folder of its own.
struct Program {
  struct Run {
    var status: Int32
    var output: String
    var errors: String
    var lines: [String] { output.split(separator: "\n").map(String.init) }
    var errorLines: [String] { errors.split(separator: "\n").map(String.init) }
  }

  let folder: URL

  init() throws {
    folder = FileManager.default.temporaryDirectory.appendingPathComponent("wiregen-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  }

  func url(_ name: String) -> URL { folder.appendingPathComponent(name) }

  private static let program = URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent()
    .appendingPathComponent("wiregen")

  func run(_ arguments: [String]) throws -> Run { try run(Self.program, arguments) }

  /// Runs the program from a shell, which sets something up before; the program is `$0`.
  func run(shell script: String) throws -> Run {
    try run(URL(fileURLWithPath: "/bin/sh"), ["-c", script, Self.program.path])
  }

  private func run(_ url: URL, _ arguments: [String]) throws -> Run {
    let process = Process()
    process.executableURL = url
    process.arguments = arguments
    process.currentDirectoryURL = folder
    let (output, errors) = (Pipe(), Pipe())
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = output
    process.standardError = errors
    try process.run()
    let text = output.fileHandleForReading.readDataToEndOfFile()
    let messages = errors.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return Run(
      status: process.terminationStatus, output: String(decoding: text, as: UTF8.self),
      errors: String(decoding: messages, as: UTF8.self))
  }

  func write(_ name: String, _ text: String) throws { try Data(text.utf8).write(to: url(name)) }

  func read(_ name: String) throws -> String { try String(contentsOf: url(name), encoding: .utf8) }

  /// A schema around some content, with what every schema should have.
  static func schema(_ content: String, _ attributes: String = "") -> String {
    "<protocol xmlns=\"urn:wiregen:schema:1\" name=\"T\" language=\"1\"\(attributes)>\n\(content)\n</protocol>\n"
  }
}

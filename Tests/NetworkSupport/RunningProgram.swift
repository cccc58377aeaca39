package import Foundation
import Synchronization

/// A program that runs beside a test, and what it has said so far.
package final class RunningProgram: Sendable {
  package let process = Process()
  private let said = Mutex("")

  /// - Parameter words: the program's path and its arguments.
  init(_ words: [String]) throws {
    process.executableURL = URL(fileURLWithPath: words[0])
    process.arguments = Array(words.dropFirst())
    process.standardInput = FileHandle.nullDevice
    let output = Pipe()
    process.standardOutput = output
    process.standardError = output
    output.fileHandleForReading.readabilityHandler = { [weak self] handle in
      let data = handle.availableData
      if data.isEmpty {
        handle.readabilityHandler = nil
      } else {
        self?.said.withLock { $0 += String(decoding: data, as: UTF8.self) }
      }
    }
    try process.run()
  }

  /// What it has written, to standard output and standard error.
  package var text: String { said.withLock { $0 } }

  /// Waits until it has written something.
  package func wait(for words: String, seconds: Double = 20) throws {
    let end = Date(timeIntervalSinceNow: seconds)
    while !text.contains(words) {
      guard Date() < end else { throw NetworkLab.Failure(description: "'\(words)' was not said: \(text)") }
      Thread.sleep(forTimeInterval: 0.02)
    }
  }

  /// Ends it as Ctrl-C would, or in another way; what does not end within half a minute is killed.
  ///
  /// - Returns: its exit status, or the number of the signal that ended it.
  @discardableResult package func stop(_ signal: Int32 = SIGINT) -> Int32 {
    if process.isRunning { kill(process.processIdentifier, signal) }
    let end = Date(timeIntervalSinceNow: 30)
    while process.isRunning && Date() < end { Thread.sleep(forTimeInterval: 0.02) }
    if process.isRunning { kill(process.processIdentifier, SIGKILL) }
    process.waitUntilExit()
    return process.terminationStatus
  }
}

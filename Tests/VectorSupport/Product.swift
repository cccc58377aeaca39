import Foundation

/// A program that this package builds, for tests of what it prints.
public enum Product {
  /// Where a product is: beside the tests.
  public static func path(_ name: String) -> String {
    URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent().appendingPathComponent(name).path
  }

  /// Runs a product to its end.
  ///
  /// - Parameter tool: A program, with its arguments, that runs the product; none when it runs by itself.
  /// - Returns: its exit status and what it wrote to standard output.
  public static func run(
    _ name: String, _ arguments: [String] = [], under tool: [String] = []
  ) throws -> (status: Int32, output: String) {
    let words = tool + [path(name)] + arguments
    let process = Process()
    process.executableURL = URL(fileURLWithPath: words[0])
    process.arguments = Array(words.dropFirst())
    let output = Pipe()
    process.standardOutput = output
    try process.run()
    let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    return (process.terminationStatus, text)
  }
}

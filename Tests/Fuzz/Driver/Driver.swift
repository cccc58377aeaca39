import Foundation
import FuzzHarness

/// Starts libFuzzer, which comes with the toolchain; found when an executable is linked with `-sanitize=fuzzer`.
@_silgen_name("LLVMFuzzerRunDriver")
private func runDriver(
  _ count: UnsafeMutablePointer<CInt>,
  _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>>,
  _ test: @convention(c) (UnsafePointer<UInt8>?, Int) -> CInt
) -> CInt

/// An executable that fuzzes one target.
public protocol FuzzProgram {
  static var target: FuzzTarget { get }
  /// One input; a C function, so that each program has its own.
  static var test: @convention(c) (UnsafePointer<UInt8>?, Int) -> CInt { get }
}

extension FuzzProgram {
  /// Runs libFuzzer with the arguments; `--seeds FOLDER` writes the seeds and `FOLDER.dict` instead.
  public static func main() throws {
    let arguments = CommandLine.arguments
    if arguments.count == 3, arguments[1] == "--seeds" { return try writeSeeds(arguments[2]) }
    var count = CommandLine.argc
    var values = CommandLine.unsafeArgv
    exit(runDriver(&count, &values, test))
  }

  private static func writeSeeds(_ path: String) throws {
    let folder = URL(fileURLWithPath: path)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    for (index, octets) in try target.seeds().enumerated() {
      try Data(octets).write(to: folder.appendingPathComponent("vector-\(index)"))
    }
    try target.dictionary.write(toFile: path + ".dict", atomically: true, encoding: .utf8)
  }

  /// Checks one input; a property it has not ends the process, which libFuzzer takes note of.
  public static func check(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let octets = [UInt8](UnsafeBufferPointer(start: start, count: count))
    do throws(PropertyFailure) {
      try target.check(octets, isThorough: isThorough)
    } catch {
      // Meant: a fuzzer learns of a finding by the process ending.
      fatalError("\(error) \(octets.map { String(UInt16($0) + 0x100, radix: 16).dropFirst() }.joined())")
    }
    return 0
  }
}

/// Set in the environment to ask the slow ones of every input, as for those that failed before.
private let isThorough: Bool? = ProcessInfo.processInfo.environment["FUZZ_THOROUGH"] == nil ? nil : true

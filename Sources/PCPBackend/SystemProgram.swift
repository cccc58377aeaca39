import Foundation

/// A program of the system's, run without a shell: its arguments reach it as they are.
struct SystemProgram: Sendable {
  struct Output: Sendable {
    var status: Int32
    var text: Data
    var complaint: String

    /// The first line of what the program complained of.
    var reason: String {
      let line = complaint.split(separator: "\n").first { !$0.allSatisfy { $0 == " " } }
      return line.map(String.init) ?? "exit status \(status)"
    }
  }

  let name: String
  /// The program, after one that runs it if there is such.
  private let command: [String]
  private let queue: DispatchQueue

  /// - Parameter runner: a command that runs the program, elsewhere perhaps; none when it runs by itself.
  /// - Returns: nil when the program is not installed.
  init?(_ name: String, under runner: [String] = []) {
    let folders = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":").map(String.init)
    // Programs for administrators are in folders that PATH may not have.
    let candidates = (folders + ["/usr/local/sbin", "/usr/sbin", "/sbin"]).map { "\($0)/\(name)" }
    guard let path = candidates.first(where: { $0.hasPrefix("/") && FileManager.default.isExecutableFile(atPath: $0) })
    else { return nil }
    self.name = name
    command = runner + [path]
    queue = DispatchQueue(label: "pcp.backend.\(name)", attributes: .concurrent)
  }

  /// Runs the program to its end.
  ///
  /// - Parameter input: what it reads from its standard input.
  func run(_ arguments: [String], input: String = "") async throws(BackendFault) -> Output {
    let result: Result<Output, BackendFault> = await withCheckedContinuation { continuation in
      queue.async { continuation.resume(returning: perform(arguments, input)) }
    }
    return try result.get()
  }

  private func perform(_ arguments: [String], _ input: String) -> Result<Output, BackendFault> {
    do {
      let process = Process()
      process.executableURL = URL(fileURLWithPath: command[0])
      process.arguments = Array(command.dropFirst()) + arguments
      var environment = ProcessInfo.processInfo.environment
      // What it complains of is read.
      environment["LC_ALL"] = "C"
      process.environment = environment
      process.standardInput = try file(holding: input)
      let (output, errors) = (Pipe(), Pipe())
      process.standardOutput = output
      process.standardError = errors
      try process.run()
      let complaint = PipeReader(errors, queue)
      let text = output.fileHandleForReading.readDataToEndOfFile()
      let words = complaint.data
      process.waitUntilExit()
      return .success(
        Output(status: process.terminationStatus, text: text, complaint: String(decoding: words, as: UTF8.self)))
    } catch {
      return .failure(BackendFault("\(name) cannot be run: \(error)"))
    }
  }

  /// A file without a name, at its start: unlike a pipe it never waits for its reader, nor ends the server when that dies.
  private func file(holding text: String) throws -> FileHandle {
    guard !text.isEmpty else { return FileHandle.nullDevice }
    let place = FileManager.default.temporaryDirectory.appending(path: "pcp-\(UUID().uuidString)")
    guard FileManager.default.createFile(atPath: place.path, contents: nil, attributes: [.posixPermissions: 0o600]) else {
      throw BackendFault("no file can be made in \(place.deletingLastPathComponent().path)")
    }
    defer { try? FileManager.default.removeItem(at: place) }
    let handle = try FileHandle(forUpdating: place)
    try handle.write(contentsOf: Data(text.utf8))
    try handle.seek(toOffset: 0)
    return handle
  }
}

/// Reads a pipe to its end while another is read.
private final class PipeReader: @unchecked Sendable {
  private let group = DispatchGroup()
  private var octets = Data()

  init(_ pipe: Pipe, _ queue: DispatchQueue) {
    queue.async(group: group) { [self] in octets = pipe.fileHandleForReading.readDataToEndOfFile() }
  }

  /// All of it, once the pipe is closed.
  var data: Data {
    group.wait()
    return octets
  }
}

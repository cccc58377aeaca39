import ArgumentParser
import Foundation
import Wire
import WireText
import WiregenCore

/// Decodes the messages of a capture and prints them in their order.
struct CaptureDecoding {
  /// Messages that are decoded at a time, on all processors.
  private static let batch = 4096

  private let messages: MessageProtocol
  private let ports: CapturePorts
  private let form: MessageForm
  private let mode: Wire.Check.Mode

  init(_ messages: MessageProtocol, ports: [UInt16], form: MessageForm, mode: Wire.Check.Mode) throws {
    self.messages = messages
    self.ports = CapturePorts(messages.definition, ports: ports, direction: messages.direction)
    self.form = form
    self.mode = mode
    if self.ports.isEmpty {
      throw ValidationError("\(messages.definition.name) names no port; say with --port which one its messages are on")
    }
  }

  func run(_ path: String) throws {
    guard let file = fopen(path == "-" ? "/dev/stdin" : path, "r") else {
      throw CommandFailure(message: "\(path): error: the file cannot be read: \(String(cString: strerror(errno)))")
    }
    defer { fclose(file) }
    var run = CaptureRun(CaptureMessages(messages.interpreter, ports: ports))
    var end: (any Error)?
    do { try read(file, path, &run) } catch { end = error }
    // What was there before the error is printed all the same.
    run.waiting += run.finder.finish()
    try flush(&run)
    run.progress.clear()
    if end == nil || run.packets > 0 { Files.printError(run.summary) }
    if let end { throw end }
  }

  private func read(_ file: UnsafeMutablePointer<FILE>, _ path: String, _ run: inout CaptureRun) throws {
    var reader = CaptureReader()
    var part = [UInt8](repeating: 0, count: 1 << 18)
    while true {
      let count = fread(&part, 1, part.count, file)
      if count == 0 {
        if ferror(file) != 0 {
          throw CommandFailure(message: "\(path): error: the file cannot be read: \(String(cString: strerror(errno)))")
        }
        reader.finish()
      } else {
        reader.append(count == part.count ? part : Array(part[..<count]))
      }
      do throws(CaptureError) {
        while let packet = try reader.next() { run.take(packet) }
      } catch {
        throw CommandFailure(message: "\(path): error: \(error)", status: SchemaSource.isWrong)
      }
      if run.waiting.count >= Self.batch { try flush(&run) }
      if count == 0 { return }
    }
  }

  /// Decodes and prints what waits.
  private func flush(_ run: inout CaptureRun) throws {
    let waiting = run.waiting
    run.waiting = []
    guard !waiting.isEmpty else { return }
    let parts = min(waiting.count, ProcessInfo.processInfo.activeProcessorCount)
    let printed = Printed(count: parts)
    DispatchQueue.concurrentPerform(iterations: parts) { part in
      let range = waiting.count * part / parts..<waiting.count * (part + 1) / parts
      printed.set(part, lines(waiting[range]))
    }
    run.progress.clear()
    for lines in printed.parts {
      for failure in lines.failures { Files.printError(failure) }
      run.failed += lines.failures.count
      try Output.write(lines.octets)
    }
    run.decoded += waiting.count
    run.progress.show("\(run.packets) packets, \(run.decoded) messages")
  }

  private func lines(_ messages: ArraySlice<CapturedMessage>) -> Lines {
    var json = JSONText()
    var text: [UInt8] = []
    var failures: [String] = []
    let interpreter = self.messages.interpreter
    for message in messages {
      let decoded = DecodedMessage(message, interpreter, mode: mode)
      if let failure = decoded.failure { failures.append("\(decoded.place): error: \(failure)") }
      if form == .json {
        decoded.write(to: &json, interpreter)
      } else {
        let time = message.time.map { ", \($0)" } ?? ""
        text += "\(decoded.place)\(time)\n\(decoded.text(interpreter, isAnnotated: form == .annotate))\n".utf8
      }
    }
    return Lines(octets: form == .json ? json.octets : text, failures: failures)
  }
}

/// What messages are printed as, and what is wrong with those that do not decode.
private struct Lines: Sendable {
  var octets: [UInt8] = []
  var failures: [String] = []
}

/// Lines of several threads, in their order.
private final class Printed: @unchecked Sendable {
  // Each thread has an entry of its own, and the lock is for the array around them.
  private let lock = NSLock()
  private(set) var parts: [Lines]

  init(count: Int) { parts = Array(repeating: Lines(), count: count) }

  func set(_ part: Int, _ lines: Lines) { lock.withLock { parts[part] = lines } }
}

/// How far a capture is decoded.
private struct CaptureRun {
  var finder: CaptureMessages
  var packets = 0
  var waiting: [CapturedMessage] = []
  /// Messages printed, and how many of them do not decode.
  var decoded = 0
  var failed = 0
  var progress = Progress()

  init(_ finder: CaptureMessages) { self.finder = finder }

  mutating func take(_ packet: CapturedPacket) {
    packets += 1
    waiting += finder.take(packet)
  }

  /// `7 packets: 5 messages, of which 1 do not decode; 2 packets have none (2 other ports)`.
  var summary: String {
    var text = "\(packets) packets: \(decoded) messages, of which \(failed) do not decode"
    let passed = finder.passed.sorted { $0.key < $1.key }
    if !passed.isEmpty {
      let reasons = passed.map { "\($0.value) \($0.key)" }.joined(separator: ", ")
      text += "; \(passed.reduce(0) { $0 + $1.value }) packets have none (\(reasons))"
    }
    return text
  }
}

import Foundation

/// Standard output, as far as programs that follow in a pipe and full disks concern it.
enum Output {
  static func write(_ text: String) throws { try write(Array(text.utf8)) }

  static func write(_ octets: [UInt8]) throws {
    var rest = octets[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { Foundation.write(STDOUT_FILENO, $0.baseAddress, $0.count) }
      if count < 0, errno == EINTR { continue }
      guard count >= 0 else {
        throw CommandFailure(message: "error: the output cannot be written: \(String(cString: strerror(errno)))")
      }
      rest = rest.dropFirst(count)
    }
  }
}

/// One line on a terminal that says how far something is that takes longer than two seconds; nothing where there is none.
struct Progress {
  private let isShown = isatty(STDERR_FILENO) == 1
  private let start = ContinuousClock.now
  private var last = ContinuousClock.now
  private var isWritten = false

  mutating func show(_ text: @autoclosure () -> String) {
    guard isShown, ContinuousClock.now - start > .seconds(2), ContinuousClock.now - last > .milliseconds(250) else { return }
    last = .now
    isWritten = true
    FileHandle.standardError.write(Data("\r\u{1B}[K\(text())".utf8))
  }

  /// Takes the line away.
  mutating func clear() {
    if isWritten { FileHandle.standardError.write(Data("\r\u{1B}[K".utf8)) }
    isWritten = false
  }
}

import Foundation

/// Files written in the place of themselves.
enum Replacement {
  /// Gives a file another content: all at once, so that others see the old or the new one, whatever fails. It keeps its
  /// permissions, and its owner where that can be; of a link, the file it leads to is replaced.
  static func write(_ octets: [UInt8], to path: String) throws {
    guard let resolved = realpath(path, nil) else { throw failure(path) }
    defer { free(resolved) }
    let target = String(cString: resolved)
    var status = stat()
    guard stat(target, &status) == 0 else { throw failure(path) }
    // Beside the file, since only within a file system can a file take another's place.
    var template = Array("\(target).XXXXXX".utf8CString)
    let file = mkstemp(&template)
    guard file >= 0 else { throw failure(path) }
    let draft = template.withUnsafeBufferPointer { String(cString: $0.baseAddress!) }
    var isWritten = write(octets, file)
    if isWritten {
      // Who may not give files away keeps them.
      _ = fchown(file, status.st_uid, status.st_gid)
      isWritten = fchmod(file, status.st_mode & 0o7777) == 0 && fsync(file) == 0
    }
    var reason = errno
    if close(file) != 0, isWritten { (isWritten, reason) = (false, errno) }
    if isWritten, rename(draft, target) != 0 { (isWritten, reason) = (false, errno) }
    guard isWritten else {
      unlink(draft)
      throw failure(path, reason)
    }
  }

  private static func write(_ octets: [UInt8], _ file: Int32) -> Bool {
    var rest = octets[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { Foundation.write(file, $0.baseAddress, $0.count) }
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { return false }
      rest = rest.dropFirst(count)
    }
    return true
  }

  private static func failure(_ path: String, _ reason: Int32 = errno) -> CommandFailure {
    CommandFailure(message: "\(path):1:1: error: cannot be written: \(String(cString: strerror(reason)))")
  }
}

import ArgumentParser
import Foundation
import WiregenCore

/// The program's way to files; the library has none.
enum Files {
  /// The octets of a file; nil when it cannot be read.
  ///
  /// Not by way of Foundation's `Data`: an optimised build let go of its octets before it had copied them.
  static func read(_ path: String) -> [UInt8]? {
    guard let file = fopen(path, "r") else { return nil }
    defer { fclose(file) }
    var octets: [UInt8] = []
    var part = [UInt8](repeating: 0, count: 1 << 16)
    var count = part.count
    while count == part.count {
      count = fread(&part, 1, part.count, file)
      octets += part[..<count]
    }
    return ferror(file) == 0 ? octets : nil
  }

  /// Writes a file, unless it has that text already, so that what depends on it is not built again.
  ///
  /// Others see the old file or the new one, never a part of it.
  static func write(_ text: String, to path: String) throws {
    let octets = Array(text.utf8)
    if let old = read(path), old == octets { return }
    let draft = "\(path).draft"
    // The C library says why something fails; Foundation keeps it to itself.
    guard let file = fopen(draft, "w") else { throw failure(path, "cannot be written") }
    let count = fwrite(octets, 1, octets.count, file)
    let isClosed = fclose(file) == 0
    guard count == octets.count, isClosed, rename(draft, path) == 0 else {
      let failure = failure(path, "cannot be written")
      unlink(draft)
      throw failure
    }
  }

  /// Makes a folder and those around it, where they are not there yet.
  static func makeFolder(_ path: String) throws {
    var made = path.hasPrefix("/") ? "/" : ""
    for part in path.split(separator: "/") {
      made += "\(part)/"
      guard mkdir(made, 0o777) != 0 else { continue }
      let failure = failure(path, "cannot be made")
      var isFolder: ObjCBool = false
      guard FileManager.default.fileExists(atPath: String(made.dropLast()), isDirectory: &isFolder) else { throw failure }
      if !isFolder.boolValue {
        throw CommandFailure(message: "\(path): error: cannot be made: '\(made.dropLast())' is not a folder")
      }
    }
  }

  /// What the C library's last error says.
  private static func failure(_ path: String, _ what: String) -> CommandFailure {
    CommandFailure(message: "\(path): error: \(what): \(String(cString: strerror(errno)))")
  }

  static func printError(_ text: String) { FileHandle.standardError.write(Data((text + "\n").utf8)) }
}

/// A failure told in one line.
struct CommandFailure: Error, CustomStringConvertible {
  var message: String
  /// What the program ends with.
  var status = SchemaSource.cannotBeDone
  var description: String { message }
}

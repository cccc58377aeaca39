import ArgumentParser
import Foundation
import WiregenCore

/// The program's way to files; the library has none.
enum Files {
  /// The octets of a file; nil when it cannot be read.
  static func read(_ path: String) -> [UInt8]? {
    guard let data = FileManager.default.contents(atPath: path) else { return nil }
    return [UInt8](data)
  }

  /// Writes a file, unless it has that text already, so that what depends on it is not built again.
  static func write(_ text: String, to path: String) throws {
    if let old = read(path), old == Array(text.utf8) { return }
    do {
      try Data(text.utf8).write(to: URL(fileURLWithPath: path), options: .atomic)
    } catch {
      throw CommandFailure(message: "\(path): error: cannot be written: \(error.localizedDescription)")
    }
  }

  static func makeFolder(_ path: String) throws {
    do {
      try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    } catch {
      throw CommandFailure(message: "\(path): error: cannot be made: \(error.localizedDescription)")
    }
  }

  static func printError(_ text: String) { FileHandle.standardError.write(Data((text + "\n").utf8)) }
}

/// A failure told in one line.
struct CommandFailure: Error, CustomStringConvertible {
  var message: String
  var description: String { message }
}

/// A schema read, resolved and, unless told otherwise, with its samples run; nil when there were errors, which are printed.
func resolve(_ path: String, folders: [String], runsSamples: Bool = true) -> ResolvedSchema? {
  let diagnostics = Diagnostics()
  var loader = SchemaLoader(folders: folders, diagnostics: diagnostics, read: Files.read)
  let schema = loader.load(path).flatMap { Resolver.resolve($0, diagnostics: diagnostics) }
  if let schema, runsSamples { SampleRunner(schema).run(diagnostics) }
  for diagnostic in diagnostics.sorted { Files.printError(diagnostic.description) }
  return diagnostics.hasErrors ? nil : schema
}

import ArgumentParser
import Foundation
import WiregenCore

/// Schemas as the commands take them.
enum SchemaSource {
  /// What scripts tell apart: something is wrong with a schema; or a file cannot be read or written, or the arguments do not fit.
  static let isWrong = ExitCode(1)
  static let cannotBeDone = ExitCode(2)

  /// The octets of a file; ends the program when it cannot be read.
  static func read(_ path: String) throws -> [UInt8] {
    guard let octets = Files.read(path) else {
      Files.printError("\(path):1:1: error: the file cannot be read")
      throw cannotBeDone
    }
    return octets
  }

  /// A schema read and resolved; what is wrong with it is printed, and ends the program.
  ///
  /// - Parameters:
  ///   - extensions: those that are merged into it.
  ///   - runsSamples: whether its samples must be what they say.
  static func resolve(
    _ path: String, folders: [String], merging extensions: [String] = [], runsSamples: Bool = false
  ) throws -> (LoadedSchema, ResolvedSchema) {
    for file in [path] + extensions { _ = try read(file) }
    for folder in folders { try requireFolder(folder) }
    let diagnostics = Diagnostics()
    var loader = SchemaLoader(folders: folders, diagnostics: diagnostics, read: Files.read)
    let loaded = loader.load(path, merging: extensions)
    let resolved = loaded.flatMap { Resolver.resolve($0, diagnostics: diagnostics) }
    if let resolved, runsSamples { SampleRunner(resolved).run(diagnostics) }
    for diagnostic in diagnostics.sorted { Files.printError(diagnostic.description) }
    guard let loaded, let resolved, !diagnostics.hasErrors else { throw isWrong }
    return (loaded, resolved)
  }

  /// Ends the program when what `--include` names is no folder.
  private static func requireFolder(_ path: String) throws {
    var isFolder: ObjCBool = false
    if FileManager.default.fileExists(atPath: path, isDirectory: &isFolder), isFolder.boolValue { return }
    throw CommandFailure(message: "\(path): error: --include names a folder, and there is none")
  }

  /// Does something with each file, whatever becomes of the others.
  ///
  /// - Returns: the highest exit code that `body` has thrown; nil when it has thrown none.
  static func forEach(_ paths: [String], _ body: (_ path: String) throws -> Void) rethrows -> ExitCode? {
    var failure: ExitCode?
    for path in paths {
      do {
        try body(path)
      } catch let code as ExitCode {
        failure = failure.map { $0.rawValue > code.rawValue ? $0 : code } ?? code
      }
    }
    return failure
  }
}

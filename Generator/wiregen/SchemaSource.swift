import ArgumentParser
import Foundation
import WiregenCore

/// Schemas as the commands take them that ask about one rather than generate from it.
enum SchemaSource {
  /// What scripts tell apart: something is wrong with a schema, or there is none.
  static let isWrong = ExitCode(1)
  static let isUnreadable = ExitCode(2)

  /// The octets of a file; ends the program when it cannot be read.
  static func read(_ path: String) throws -> [UInt8] {
    guard let octets = Files.read(path) else {
      Files.printError("\(path):1:1: error: the file cannot be read")
      throw isUnreadable
    }
    return octets
  }

  /// A schema read and resolved; what is wrong with it is printed, and ends the program.
  static func resolve(_ path: String, folders: [String]) throws -> (LoadedSchema, ResolvedSchema) {
    _ = try read(path)
    let diagnostics = Diagnostics()
    var loader = SchemaLoader(folders: folders, diagnostics: diagnostics, read: Files.read)
    let loaded = loader.load(path)
    let resolved = loaded.flatMap { Resolver.resolve($0, diagnostics: diagnostics) }
    for diagnostic in diagnostics.sorted { Files.printError(diagnostic.description) }
    guard let loaded, let resolved, !diagnostics.hasErrors else { throw isWrong }
    return (loaded, resolved)
  }
}

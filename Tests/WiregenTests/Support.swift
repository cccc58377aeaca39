import Foundation
import WireText

@testable import WiregenCore

/// Files of the repository, found from where this one is.
enum Repository {
  static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()

  static func octets(_ path: String) -> [UInt8]? {
    FileManager.default.contents(atPath: root.appendingPathComponent(path).path).map { [UInt8]($0) }
  }

  static func text(_ path: String) throws -> String {
    try String(contentsOf: root.appendingPathComponent(path), encoding: .utf8)
  }

  /// Names of the files in a folder, sorted.
  static func names(in folder: String, ending: String) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: root.appendingPathComponent(folder).path)
      .filter { $0.hasSuffix(ending) }.sorted()
  }
}

/// What comes of a schema.
struct Outcome {
  var schema: ResolvedSchema?
  var diagnostics: [Diagnostic]
  /// Files that were read, in that order.
  var files: [String]

  /// The diagnostics as they are printed.
  var lines: [String] { diagnostics.map(\.description) }
}

/// Resolves a schema among others that are given as text, and runs its samples.
func resolve(_ path: String, in files: [String: [UInt8]], folders: [String] = []) -> Outcome {
  let diagnostics = Diagnostics()
  var read: [String] = []
  var loader = SchemaLoader(folders: folders, diagnostics: diagnostics) { path in
    if files[path] != nil, !read.contains(path) { read.append(path) }
    return files[path]
  }
  let schema = loader.load(path).flatMap { Resolver.resolve($0, diagnostics: diagnostics) }
  if let schema { SampleRunner(schema).run(diagnostics) }
  return Outcome(schema: diagnostics.hasErrors ? nil : schema, diagnostics: diagnostics.sorted, files: read)
}

/// Resolves one schema that stands alone.
func resolve(_ text: String) -> Outcome { resolve("test.xml", in: ["test.xml": Array(text.utf8)]) }

/// Resolves the content of a `<protocol>`.
func resolve(content: String, attributes: String = "") -> Outcome {
  resolve("<protocol xmlns=\"\(schemaNamespace)\" name=\"Test\" language=\"1\" \(attributes)>\(content)</protocol>")
}

/// Every XML file below a folder of the repository, by its path from there.
func files(below folder: String) -> [String: [UInt8]] {
  let base = Repository.root.appendingPathComponent(folder).resolvingSymlinksInPath()
  var files: [String: [UInt8]] = [:]
  let found = FileManager.default.enumerator(at: base, includingPropertiesForKeys: nil)
  while let url = found?.nextObject() as? URL {
    guard url.pathExtension == "xml", let data = try? Data(contentsOf: url) else { continue }
    files[String(url.resolvingSymlinksInPath().path.dropFirst(base.path.count + 1))] = [UInt8](data)
  }
  return files
}

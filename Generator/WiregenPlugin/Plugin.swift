import Foundation
import PackagePlugin

/// Runs wiregen for every schema that a target's `wiregen.json` names.
@main
struct WiregenPlugin: BuildToolPlugin {
  func createBuildCommands(context: PluginContext, target: Target) throws -> [Command] {
    let file = target.directoryURL.appending(path: Configuration.fileName)
    let configuration = try Configuration.read(file, target: target.name)
    let tool = try context.tool(named: "wiregen")
    let own = configuration.include.map { target.directoryURL.appending(path: $0).standardizedFileURL }
    if let missing = own.first(where: { !$0.isFolder }) {
      throw PluginError("\(file.path):1:1: error: there is no folder '\(missing.path)'; paths are relative to this file")
    }
    // Not every package has schemas.
    let foreign = context.package.dependencies.map { $0.package.directoryURL.appending(path: "Schemas") }.filter(\.isFolder)
    let folders = own + foreign
    // A link to a folder of schemas makes SwiftPM notice files that come and go there; messages name the real place.
    let schemas = configuration.schemas.map {
      target.directoryURL.appending(path: $0).resolvingSymlinksInPath().standardizedFileURL
    }
    let merges = Merges(schemas, SchemaFiles(folders: folders))
    let isTest = (target as? SwiftSourceModuleTarget)?.kind == .test
    if isTest, configuration.module == nil {
      throw PluginError(
        "\(file.path):1:1: error: of a test target, \"module\" names the module that has the types of its schemas")
    }
    return try schemas.map {
      try command($0, configuration, file, folders, merges, isTest, tool.url, context.pluginWorkDirectoryURL)
    }
  }

  private func command(
    _ schema: URL, _ configuration: Configuration, _ file: URL, _ folders: [URL], _ merges: Merges, _ isTest: Bool, _ tool: URL,
    _ output: URL
  ) throws -> Command {
    guard FileManager.default.fileExists(atPath: schema.path) else {
      throw PluginError("\(file.path):1:1: error: there is no schema '\(schema.path)'; paths are relative to this file")
    }
    let stem = schema.deletingPathExtension().lastPathComponent
    let merged = merges.merged(into: schema)
    let inputs = SchemaFiles(folders: folders).reached(from: [schema] + merged)
    var arguments = [
      "generate", schema.path, "--output", output.path, "--access", configuration.access, "--files",
      "\(configuration.files)", "--configuration", file.path, "--planned", configuration.text,
    ]
    for folder in folders { arguments += ["--include", folder.path] }
    for input in inputs { arguments += ["--input", input.path] }
    for file in merged { arguments += ["--merge", file.path] }
    if let target = merges.target(of: schema) {
      arguments += ["--merged-into", target.path]
    } else if let module = configuration.module, isTest {
      arguments += ["--module", module]
    } else {
      for module in configuration.modules(of: schema, SchemaFiles(folders: folders)) { arguments += ["--module", module] }
    }
    if isTest { arguments.append("--tests") }
    let names = isTest ? ["\(stem).samples.swift"] : (0..<configuration.files).map { "\(stem).\($0).swift" }
    return .buildCommand(
      displayName: "Generating \(isTest ? "tests" : "Swift") from \(schema.lastPathComponent)", executable: tool,
      arguments: arguments, inputFiles: inputs + [file], outputFiles: names.map { output.appending(path: $0) })
  }
}

extension URL {
  fileprivate var isFolder: Bool {
    var isFolder: ObjCBool = false
    return FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) && isFolder.boolValue
  }
}

/// What a target's `wiregen.json` says.
struct Configuration: Decodable {
  static let fileName = "wiregen.json"

  var access: String
  var schemas: [String]
  var files: Int
  var include: [String]
  /// By the schema that is extended, as an extension's `of` names it: the Swift module that has it.
  var modules: [String: String]
  /// Of a test target: the Swift module that has the types of the schemas, whose samples are its tests.
  var module: String?
  /// The file as it was read. SwiftPM plans a build anew when files come or go, but not when this one changes; wiregen compares,
  /// and says so.
  var text = ""

  private enum CodingKeys: String, CodingKey, CaseIterable {
    case access, schemas, files, include, modules, module
  }

  private struct AnyKey: CodingKey {
    var stringValue: String
    var intValue: Int? { nil }
    init?(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { nil }
  }

  init(from decoder: any Decoder) throws {
    let known = CodingKeys.allCases.map(\.rawValue)
    for key in try decoder.container(keyedBy: AnyKey.self).allKeys where !known.contains(key.stringValue) {
      throw PluginError("'\(key.stringValue)' is not one of \(known.joined(separator: ", "))")
    }
    let values = try decoder.container(keyedBy: CodingKeys.self)
    access = try values.decodeIfPresent(String.self, forKey: .access) ?? "public"
    schemas = try values.decode([String].self, forKey: .schemas)
    files = try values.decodeIfPresent(Int.self, forKey: .files) ?? 4
    include = try values.decodeIfPresent([String].self, forKey: .include) ?? []
    modules = try values.decodeIfPresent([String: String].self, forKey: .modules) ?? [:]
    module = try values.decodeIfPresent(String.self, forKey: .module)
    if !["public", "package", "internal"].contains(access) {
      throw PluginError("\"access\" is \"public\", \"package\" or \"internal\", not \"\(access)\"")
    }
    if !(1...64).contains(files) { throw PluginError("\"files\" is from 1 to 64, not \(files)") }
    if schemas.isEmpty { throw PluginError("\"schemas\" names no schema") }
  }

  static func read(_ file: URL, target: String) throws -> Configuration {
    guard let data = FileManager.default.contents(atPath: file.path) else {
      throw PluginError(
        "\(file.path):1:1: error: target '\(target)' uses WiregenPlugin and needs this file, with the schemas it is made from: "
          + "{ \"schemas\": [\"my.xml\"] }")
    }
    do {
      var configuration = try JSONDecoder().decode(Configuration.self, from: data)
      configuration.text = String(decoding: data, as: UTF8.self)
      return configuration
    } catch let error as PluginError {
      throw PluginError("\(file.path):1:1: error: \(error.description)")
    } catch {
      throw PluginError("\(file.path):1:1: error: not the JSON it should be: \(error)")
    }
  }

  /// The modules of what a schema extends, the nearest first: as many as there are names for.
  func modules(of schema: URL, _ files: SchemaFiles) -> [String] {
    var found: [String] = []
    var file = schema
    var seen: Set<URL> = []
    while seen.insert(file).inserted, let (name, base) = files.extended(by: file) {
      if let module = modules[name] { found.append(module) }
      file = base
    }
    return found
  }
}

/// Finds the files a schema reads, by looking for the attributes that name them.
///
/// It need not be exact: wiregen itself refuses to read what was not declared, and what is declared too much only makes a command
/// run once too often.
struct SchemaFiles {
  let folders: [URL]

  /// Schemas, and every file reached from them, each once.
  func reached(from schemas: [URL]) -> [URL] {
    var found = schemas
    var next = 0
    while next < found.count {
      let file = found[next]
      next += 1
      guard let text = try? String(contentsOf: file, encoding: .utf8) else { continue }
      let beside = file.deletingLastPathComponent()
      let included = Self.values(of: "file", in: text, element: "include")
        .map { beside.appending(path: $0).standardizedFileURL }
      let extended = Self.values(of: "of", in: text, element: "extension").compactMap { name in
        ([beside] + folders).map { $0.appending(path: name).standardizedFileURL }
          .first { FileManager.default.fileExists(atPath: $0.path) }
      }
      for url in included + extended
      where !found.contains(url) && FileManager.default.fileExists(atPath: url.path) { found.append(url) }
    }
    return found
  }

  /// What an extension's `of` names, and the file that is; nil when it is no extension, or the file is not there.
  func extended(by file: URL) -> (name: String, file: URL)? {
    guard let text = try? String(contentsOf: file, encoding: .utf8),
      let name = Self.values(of: "of", in: text, element: "extension").first
    else { return nil }
    let places = ([file.deletingLastPathComponent()] + folders).map {
      $0.appending(path: name).resolvingSymlinksInPath().standardizedFileURL
    }
    return places.first { FileManager.default.fileExists(atPath: $0.path) }.map { (name, $0) }
  }

  private static func values(of attribute: String, in text: String, element: String) -> [String] {
    var values: [String] = []
    for part in text.components(separatedBy: "<\(element)").dropFirst() {
      let tag = part.prefix { $0 != ">" }
      for quote in ["\"", "'"] {
        let pieces = tag.components(separatedBy: " \(attribute)=\(quote)")
        if pieces.count > 1, let value = pieces[1].components(separatedBy: quote).first { values.append(value) }
      }
    }
    return values
  }
}

/// The extensions of a target that are merged into other schemas of it.
struct Merges {
  /// By the extension: the schema it extends.
  private let targets: [URL: URL]
  private let schemas: [URL]

  init(_ schemas: [URL], _ files: SchemaFiles) {
    self.schemas = schemas
    targets = schemas.reduce(into: [:]) { targets, schema in
      if let base = files.extended(by: schema)?.file, base != schema, schemas.contains(base) { targets[schema] = base }
    }
  }

  /// The schema that an extension is merged into, in the end; nil for one that is generated as it is.
  func target(of schema: URL) -> URL? {
    var (found, seen) = (targets[schema], Set([schema]))
    while let file = found, seen.insert(file).inserted, let next = targets[file] { found = next }
    return found
  }

  /// The extensions that are merged into a schema: what is extended before what extends it.
  func merged(into schema: URL) -> [URL] {
    var merged: [URL] = []
    var level = [schema]
    while !level.isEmpty {
      level = schemas.filter { file in targets[file].map { level.contains($0) } == true && !merged.contains(file) }
      merged += level
    }
    return merged
  }
}

struct PluginError: Error, CustomStringConvertible {
  var description: String
  init(_ description: String) { self.description = description }
}

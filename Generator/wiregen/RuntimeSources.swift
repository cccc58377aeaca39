import Foundation
import WiregenCore

/// The sources of the runtime, which a package that stands alone has with it.
enum RuntimeSources {
  static let modules = ["Wire", "WireText"]

  /// The files of the modules, by their paths below the folder.
  ///
  /// - Parameter folder: the folder `Sources` of Wiregen; nil to look for it around the program.
  static func read(_ folder: String?) throws -> [GeneratedFile] {
    guard let sources = folder ?? nearProgram else {
      throw CommandFailure(
        message: "error: the runtime's sources are not near the program; name Wiregen's folder Sources with --runtime")
    }
    return try modules.flatMap { module -> [GeneratedFile] in
      let names = (try? FileManager.default.contentsOfDirectory(atPath: "\(sources)/\(module)")) ?? []
      let found = names.filter { $0.hasSuffix(".swift") }.sorted()
      guard !found.isEmpty else {
        throw CommandFailure(message: "\(sources)/\(module): error: there are no sources of the runtime")
      }
      return try found.map { name in
        let text = String(decoding: try SchemaSource.read("\(sources)/\(module)/\(name)"), as: UTF8.self)
        return GeneratedFile(name: "\(module)/\(name)", text: text)
      }
    }
  }

  /// A build folder is in the package that it is of, and a checkout of a dependency is in the build folder.
  private static var nearProgram: String? {
    guard var folder = Bundle.main.executableURL?.resolvingSymlinksInPath().deletingLastPathComponent() else { return nil }
    while folder.path != "/" {
      let checkouts = folder.appendingPathComponent("checkouts")
      let names = (try? FileManager.default.contentsOfDirectory(atPath: checkouts.path)) ?? []
      for candidate in [folder] + names.sorted().map({ checkouts.appendingPathComponent($0) }) {
        let sources = candidate.appendingPathComponent("Sources").path
        if FileManager.default.fileExists(atPath: "\(sources)/Wire/WireBody.swift") { return sources }
      }
      folder.deleteLastPathComponent()
    }
    return nil
  }
}

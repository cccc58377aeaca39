import Foundation
import Testing

@testable import WiregenCore

/// The Swift that comes of a schema, held against files under `Tests/Golden`. When a change of it is meant:
///
///     WIREGEN_UPDATE_GOLDEN=1 swift test --filter GoldenTests
///
/// writes them anew; the difference is then reviewed like any other.
@Suite struct GoldenTests {
  private static let updates = ProcessInfo.processInfo.environment["WIREGEN_UPDATE_GOLDEN"] == "1"
  private static let folder = Repository.root.appendingPathComponent("Tests/Golden")

  struct Source: CustomTestStringConvertible, Sendable {
    var path: String
    var options = RenderOptions()
    var stem: String { path.split(separator: "/").last.map { String($0.dropLast(4)) } ?? path }
    var testDescription: String { path }
  }

  static let sources = [
    Source(path: "Schemas/pcp.xml"), Source(path: "Schemas/cusp.xml"), Source(path: "Schemas/cpnp.xml"),
    Source(path: "Schemas/natpmp.xml", options: RenderOptions(access: "package", files: 1)),
    Source(path: "Tests/Golden/parcel.xml", options: RenderOptions(access: "internal", files: 2)),
    Source(path: "Tests/Golden/parcel-extension.xml", options: RenderOptions(files: 1, module: "ParcelWire")),
  ]

  private func generate(_ source: Source, from path: String, _ files: [String: [UInt8]]) throws -> [GeneratedFile] {
    let outcome = resolve(path, in: files)
    #expect(outcome.lines == [])
    return Renderer(try #require(outcome.schema), source.options)
      .render(stem: source.stem, schemaName: "\(source.stem).xml")
  }

  /// The files a source needs, as seen from some folder.
  private func files(_ source: Source, in folder: String) throws -> [String: [UInt8]] {
    let own = source.path.split(separator: "/").dropLast().joined(separator: "/")
    var files: [String: [UInt8]] = [:]
    for name in try Repository.names(in: own, ending: ".xml") {
      files["\(folder)\(name)"] = Repository.octets("\(own)/\(name)")
    }
    return files
  }

  @Test(arguments: sources) func isWhatItWas(source: Source) throws {
    let generated = try generate(source, from: "\(source.stem).xml", files(source, in: ""))
    let folder = Self.folder.appendingPathComponent(source.stem)
    if Self.updates {
      try? FileManager.default.removeItem(at: folder)
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
      for file in generated {
        try Data(file.text.utf8).write(to: folder.appendingPathComponent("\(file.name).txt"))
      }
    }
    #expect(
      try Repository.names(in: "Tests/Golden/\(source.stem)", ending: ".txt") == generated.map { "\($0.name).txt" }.sorted())
    for file in generated {
      let golden = try Repository.text("Tests/Golden/\(source.stem)/\(file.name).txt")
      if let difference = Self.difference(golden, file.text) {
        Issue.record(
          "\(source.stem)/\(file.name).txt:\(difference)\nWhen that is meant: WIREGEN_UPDATE_GOLDEN=1 swift test --filter GoldenTests"
        )
      }
    }
  }

  /// The first line that differs, and how.
  private static func difference(_ old: String, _ new: String) -> String? {
    if old == new { return nil }
    let (before, after) = (
      old.split(separator: "\n", omittingEmptySubsequences: false), new.split(separator: "\n", omittingEmptySubsequences: false)
    )
    let line = zip(before, after).prefix { $0 == $1 }.count
    func text(_ lines: [Substring]) -> Substring { line < lines.count ? lines[line] : "(nothing)" }
    return "\(line + 1): was\n  \(text(before))\nand is\n  \(text(after))"
  }

  /// Neither the folder nor how it is written shows in what is generated.
  @Test(arguments: sources) func isTheSameWhereverTheSchemaIs(source: Source) throws {
    let reference = try generate(source, from: "\(source.stem).xml", files(source, in: ""))
    for folder in ["/tmp/here/", "/home/there/x/", "../up/", "./"] {
      let files = try files(source, in: folder).merging(files(source, in: "up/")) { first, _ in first }
      var all = files
      for (path, octets) in files { all[SchemaPath.normalised(path)] = octets }
      #expect(try generate(source, from: "\(folder)\(source.stem).xml", all) == reference)
    }
  }
}

import Foundation
import Testing
import WiregenCore

/// The generated Swift of each schema is committed under Tests/Golden, so that a change of the generator shows as a change of
/// what it generates. `WIREGEN_UPDATE_GOLDEN=1 swift test --filter GoldenTests` refreshes it; look at the diff.
@Suite("Golden output")
struct GoldenTests {
  private static let tests = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
  private static let golden = tests.appending(path: "Golden")

  /// A schema, and what its target's configuration says.
  struct Entry: Sendable, CustomTestStringConvertible {
    var path: String
    var access = "public"
    var files = 4
    var module: String?
    var stem: String { String(path.split(separator: "/").last!.dropLast(4)) }
    var testDescription: String { path }
  }

  static let entries = [
    Entry(path: "Schemas/pcp.xml"), Entry(path: "Schemas/natpmp.xml"),
    Entry(path: "Tests/KitWire/kit.xml", access: "package", files: 3),
    Entry(path: "Tests/Vendor/Sources/AcmeWire/beacon.xml", files: 2),
    Entry(path: "Tests/Vendor/Sources/AcmeWire/acme-pcp.xml", files: 2, module: "PCPWire"),
  ]

  @Test("Is what the generator makes", arguments: entries)
  func same(_ entry: Entry) throws {
    let folder = Self.golden.appending(path: entry.stem)
    let files = try generate(entry, in: Self.tests.deletingLastPathComponent())
    if ProcessInfo.processInfo.environment["WIREGEN_UPDATE_GOLDEN"] != nil { try update(folder, files) }
    let names = try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
    #expect(names == files.map { "\($0.name).txt" }.sorted())
    for file in files {
      let old = try String(contentsOf: folder.appending(path: "\(file.name).txt"), encoding: .utf8)
      expectSame(old, file.text, file.name)
    }
  }

  @Test("Two runs give the same octets, whatever the folder", arguments: entries)
  func reproducible(_ entry: Entry) throws {
    let root = Self.tests.deletingLastPathComponent()
    let first = try generate(entry, in: root)
    let elsewhere = FileManager.default.temporaryDirectory.appending(path: "golden-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: elsewhere) }
    for path in Self.entries.map(\.path) {
      let copy = elsewhere.appending(path: path)
      try FileManager.default.createDirectory(at: copy.deletingLastPathComponent(), withIntermediateDirectories: true)
      try FileManager.default.copyItem(at: root.appending(path: path), to: copy)
    }
    #expect(try generate(entry, in: elsewhere) == first)
    #expect(try generate(entry, in: root) == first)
  }

  private func generate(_ entry: Entry, in root: URL) throws -> [GeneratedFile] {
    let diagnostics = Diagnostics()
    var loader = SchemaLoader(
      folders: [root.appending(path: "Schemas").path], diagnostics: diagnostics,
      read: { FileManager.default.contents(atPath: $0).map { [UInt8]($0) } })
    let loaded = loader.load(root.appending(path: entry.path).path)
    let schema = try #require(
      loaded.flatMap { Resolver.resolve($0, diagnostics: diagnostics) }, "\(diagnostics.sorted)")
    let options = RenderOptions(access: entry.access, files: entry.files, module: entry.module)
    return Renderer(schema, options).render(stem: entry.stem, schemaName: "\(entry.stem).xml")
  }

  private func update(_ folder: URL, _ files: [GeneratedFile]) throws {
    try? FileManager.default.removeItem(at: folder)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    // Not `.swift`: they are there to be read and compared, not compiled or formatted.
    for file in files {
      try file.text.write(to: folder.appending(path: "\(file.name).txt"), atomically: true, encoding: .utf8)
    }
  }

  private func expectSame(_ old: String, _ new: String, _ name: String) {
    guard old != new else { return }
    let left = old.split(separator: "\n", omittingEmptySubsequences: false)
    let right = new.split(separator: "\n", omittingEmptySubsequences: false)
    let place = zip(left, right).enumerated().first { $0.element.0 != $0.element.1 }?.offset ?? min(left.count, right.count)
    Issue.record(
      """
      \(name):\(place + 1) differs
      - \(place < left.count ? String(left[place]) : "(end)")
      + \(place < right.count ? String(right[place]) : "(end)")
      WIREGEN_UPDATE_GOLDEN=1 swift test --filter GoldenTests refreshes it
      """)
  }
}

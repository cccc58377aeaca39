import Foundation
import Testing

/// One story, since every step builds on the last: what a user of the plugin does to schemas, and what the build does.
@Suite("The build plugin", .serialized)
struct PluginTests {
  @Test("From a first build to a schema that is wrong")
  func story() async throws {
    let workspace = try Workspace()
    try await firstBuild(workspace)
    try await nothingChanged(workspace)
    try await schemaEdited(workspace)
    try await baseEdited(workspace)
    try await schemaAddedAndRemoved(workspace)
    try await includedFileEdited(workspace)
    try await configurationEdited(workspace)
    try await configurationWrong(workspace)
    try await schemaWrong(workspace)
  }

  private func firstBuild(_ workspace: Workspace) async throws {
    let tests = try await workspace.run(["test"])
    #expect(tests.status == 0, "\(tests.output)")
    #expect(tests.output.contains("Test run with 7 tests in 3 suites passed"))
    #expect(tests.generated == ["pcp.xml", "natpmp.xml", "beacon.xml", "acme-pcp.xml"])
    for heavy in ["NIO", "GRDB", "Hummingbird", "SwiftProtobuf"] {
      #expect(!tests.output.contains("Compiling \(heavy)"), "a vendor's build compiles \(heavy)")
    }
  }

  private func nothingChanged(_ workspace: Workspace) async throws {
    _ = try await workspace.build()
    let build = try await workspace.build()
    #expect(build.status == 0 && build.generated.isEmpty, "\(build.output)")
  }

  private func schemaEdited(_ workspace: Workspace) async throws {
    let schema = workspace.sources.appending(path: "beacon.xml")
    try workspace.replace(
      "<length name=\"nameLength\"", with: "<field name=\"load\" type=\"u8\"/><length name=\"nameLength\"", in: schema)
    try workspace.replace("01 01 003c 04", with: "01 01 003c 09 04", in: schema)
    let build = try await workspace.build()
    #expect(build.status == 0, "\(build.output)")
    #expect(build.generated == ["beacon.xml"])
    #expect(try workspace.generated(from: "beacon").contains("public var load: UInt8"))
  }

  private func baseEdited(_ workspace: Workspace) async throws {
    try workspace.replace(
      "label=\"PORT_SET\"", with: "label=\"PORT_SET_OPTION\"", in: workspace.schemas.appending(path: "pcp.xml"))
    let build = try await workspace.build()
    #expect(build.status == 0, "\(build.output)")
    #expect(build.generated == ["pcp.xml", "acme-pcp.xml"])
    #expect(try workspace.generated(from: "acme-pcp").contains("PORT_SET_OPTION"))
  }

  private func schemaAddedAndRemoved(_ workspace: Workspace) async throws {
    let schema = """
      <protocol xmlns="urn:wiregen:schema:1" name="Added" language="1">
        <struct name="AddedThing"><field name="count" type="u16"/></struct>
      </protocol>
      """
    let file = workspace.sources.appending(path: "added.xml")
    let configuration = workspace.sources.appending(path: "wiregen.json")
    try schema.write(to: file, atomically: true, encoding: .utf8)
    try workspace.replace("\"beacon.xml\"", with: "\"beacon.xml\", \"added.xml\"", in: configuration)
    let user = workspace.sources.appending(path: "User.swift")
    try "func use(_ thing: AddedThing) -> UInt16 { thing.count }\n".write(to: user, atomically: true, encoding: .utf8)
    let added = try await workspace.build()
    #expect(added.status == 0 && added.generated.contains("added.xml"), "\(added.output)")

    try workspace.replace(", \"added.xml\"", with: "", in: configuration)
    try FileManager.default.removeItem(at: file)
    let removed = try await workspace.build()
    #expect(removed.status != 0 && removed.output.contains("cannot find type 'AddedThing'"), "\(removed.output)")
    try FileManager.default.removeItem(at: user)
    #expect(try await workspace.build().status == 0)
  }

  private func includedFileEdited(_ workspace: Workspace) async throws {
    let included = workspace.sources.appending(path: "common.xml")
    try """
    <protocol xmlns="urn:wiregen:schema:1" name="Common" language="1">
      <struct name="Version"><field name="major" type="u8"/></struct>
    </protocol>
    """.write(to: included, atomically: true, encoding: .utf8)
    try workspace.replace(
      "<direction name=\"broadcast\"/>", with: "<include file=\"common.xml\"/><direction name=\"broadcast\"/>",
      in: workspace.sources.appending(path: "beacon.xml"))
    let planned = try await workspace.build()
    #expect(planned.status == 0 && planned.generated.contains("beacon.xml"), "\(planned.output)")

    try workspace.replace("name=\"major\"", with: "name=\"edition\"", in: included)
    let build = try await workspace.build()
    #expect(build.status == 0 && build.generated == ["beacon.xml"], "\(build.output)")
    #expect(try workspace.generated(from: "beacon").contains("public var edition: UInt8"))
  }

  /// SwiftPM does not plan anew when only the configuration's text changes; stale code would be the worst answer.
  private func configurationEdited(_ workspace: Workspace) async throws {
    let file = workspace.sources.appending(path: "wiregen.json")
    try workspace.replace("\"files\": 2", with: "\"files\": 3", in: file)
    let build = try await workspace.build()
    if build.status != 0 {
      #expect(build.output.contains("wiregen.json:1:1: error: it has changed since the build was planned"), "\(build.output)")
      try workspace.plan()
      #expect(try await workspace.build().status == 0)
    }
    #expect(try workspace.generatedFiles(from: "beacon").count == 3)
  }

  private func configurationWrong(_ workspace: Workspace) async throws {
    let file = workspace.sources.appending(path: "wiregen.json")
    try workspace.replace("\"schemas\"", with: "\"schema\"", in: file)
    try workspace.plan()
    let build = try await workspace.build()
    #expect(build.status != 0)
    #expect(build.output.contains("wiregen.json:1:1: error: 'schema' is not one of access, schemas"), "\(build.output)")
    try workspace.replace("\"schema\"", with: "\"include\": [\"nowhere\"], \"schemas\"", in: file)
    try workspace.plan()
    let other = try await workspace.build()
    #expect(other.status != 0)
    #expect(other.output.contains("wiregen.json:1:1: error: there is no folder '"), "\(other.output)")
    try workspace.replace("\"include\": [\"nowhere\"], \"schemas\"", with: "\"schemas\"", in: file)
    try workspace.plan()
  }

  private func schemaWrong(_ workspace: Workspace) async throws {
    let file = workspace.sources.appending(path: "beacon.xml")
    try workspace.replace("type=\"BeaconState\"", with: "type=\"BeaconStat\"", in: file)
    let build = try await workspace.build()
    #expect(build.status != 0)
    let line = try String(contentsOf: file, encoding: .utf8).split(separator: "\n", omittingEmptySubsequences: false)
      .firstIndex { $0.contains("BeaconStat\"") }.map { $0 + 1 }
    let place = "beacon.xml:\(line ?? 0):"
    #expect(build.output.contains("\(place)"), "\(build.output)")
    #expect(build.output.contains("did you mean 'BeaconState'?"))
  }
}

import Testing
import WireText

/// `wiregen compat` as a program.
@Suite struct CompatCommandTests {
  private let program: Program

  init() throws {
    program = try Program()
    try program.write("old.xml", postSchema)
  }

  private func run(_ old: String, _ new: String, _ arguments: [String]) throws -> Program.Run {
    try program.write("new.xml", postSchema.replacing(old, with: new))
    return try program.run(["compat", "old.xml", "new.xml"] + arguments)
  }

  @Test func saysNothingOfWhatIsTheSame() throws {
    let run = try program.run(["compat", "old.xml", "old.xml", "--fail-on", "any"])
    #expect((run.status, run.output, run.errors) == (0, "", ""))
  }

  @Test(arguments: [
    (["VALIDATION"], 1), (["WIRE"], 0), (["wire", "validation"], 1), (["SOURCE", "TEXT", "RETIRED"], 0), (["any"], 1), ([], 0),
  ])
  func failsOnTheClassesNamed(_ classes: [String], _ status: Int) throws {
    let run = try run("max=\"100\"", "max=\"99\"", classes.flatMap { ["--fail-on", $0] })
    #expect(Int(run.status) == status)
    #expect(run.lines.count == 1 && run.errors == "")
    #expect(
      run.lines.first?.hasPrefix("old.xml:36:5: new.xml:36:5: VALIDATION: Send.number: max 100 becomes 99; breaks: ") == true)
  }

  @Test func harmlessChangesNeverFail() throws {
    let run = try run("label=\"PARCEL\"", "label=\"PACKET\"", ["--fail-on", "any"])
    #expect(run.status == 0)
    #expect(run.lines.count == 1 && run.output.contains(": harmless: Service.parcel: "))
  }

  @Test func aRetiredNumberIsAnErrorAlways() throws {
    let run = try run("<range from=\"200\" to=\"209\" use=\"retired\"/>", "<code name=\"roll\" value=\"200\"/>", [])
    #expect(run.status == 1)
    #expect(run.output.contains("RETIRED: Service.roll: the number 200 is retired and cannot be used again; give a free one"))
  }

  @Test func aNumberLeftFreeFailsWhenAsked() throws {
    #expect(try run("<code name=\"card\" value=\"3\"/>", "", []).status == 0)
    #expect(try run("<code name=\"card\" value=\"3\"/>", "", ["--fail-on", "RETIRED"]).status == 1)
  }

  @Test func isOneDocumentOfJSON() throws {
    let run = try run("type=\"i8\"/>", "type=\"u8\" max=\"9\"/>", ["--json", "--fail-on", "WIRE"])
    #expect(run.status == 1)
    let findings = try #require(try JSONValue(parsing: run.output)["findings"]?.items)
    #expect(findings.map { $0["change"]?.text() } == ["\"i8 becomes u8\"", "\"max is 9 now\""])
    #expect(findings.map { $0["classes"]?.text() } == ["[\"WIRE\",\"SOURCE\"]", "[\"VALIDATION\"]"])
    #expect(findings.last?["effect"]?.text() == "\"stricter\"")
    #expect(findings.last?["subjects"]?.text() == "[\"Send.offset\"]")
    #expect(findings.last?["old"]?.text() == "{\"file\":\"old.xml\",\"line\":37,\"column\":5}")
    #expect(findings.last?["error"]?.text() == "false")
    let same = try program.run(["compat", "old.xml", "old.xml", "--json"])
    #expect(try JSONValue(parsing: same.output)["findings"]?.items?.isEmpty == true)
  }

  @Test func saysWhatIsWrongWithASchema() throws {
    let run = try run("type=\"i8\"/>", "type=\"i9\"/>", [])
    #expect(run.status == 1)
    #expect(run.output == "" && run.errorLines.count == 1 && run.errors.hasPrefix("new.xml:37:"))
    let missing = try program.run(["compat", "none.xml", "old.xml"])
    #expect(missing.status == 2)
    #expect(missing.errorLines == ["none.xml:1:1: error: the file cannot be read"])
    #expect(try program.run(["compat", "old.xml"]).status == 64)
    #expect(try program.run(["compat", "old.xml", "old.xml", "--fail-on", "nothing"]).status == 64)
  }
}

extension JSONValue {
  /// The values of an array; nil when it is none.
  fileprivate var items: [JSONValue]? {
    if case .array(let items) = content { return items }
    return nil
  }
}

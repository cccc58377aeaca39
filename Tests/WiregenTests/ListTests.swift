import Foundation
import Testing
import WireText

@testable import WiregenCore

/// What is listed of a schema, held against files under `Tests/Golden/list`; they are refreshed like all golden output:
///
///     WIREGEN_UPDATE_GOLDEN=1 swift test --filter GoldenTests
@Suite struct ListGoldenTests {
  private static let updates = ProcessInfo.processInfo.environment["WIREGEN_UPDATE_GOLDEN"] == "1"

  static let sources = [
    "Schemas/pcp.xml", "Schemas/natpmp.xml", "Schemas/cusp.xml", "Schemas/cpnp.xml", "Tests/Golden/parcel.xml",
    "Tests/Golden/parcel-extension.xml",
  ]

  @Test(arguments: sources) func isWhatItWas(path: String) throws {
    let listing = try listing(of: path)
    let stem = path.split(separator: "/").last.map { String($0.dropLast(4)) } ?? path
    for (ending, text) in [("txt", listing.text), ("json", listing.json)] {
      let golden = "Tests/Golden/list/\(stem).\(ending)"
      if Self.updates {
        let url = Repository.root.appendingPathComponent(golden)
        try FileManager.default.createDirectory(at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(text.utf8).write(to: url)
      }
      let isSame = try Repository.text(golden) == text
      #expect(isSame, "\(golden) differs; when that is meant: WIREGEN_UPDATE_GOLDEN=1 swift test --filter GoldenTests")
    }
  }

  private func listing(of path: String) throws -> SchemaListing {
    let (loaded, resolved) = try load(path)
    return SchemaListing(resolved, loaded: loaded)
  }

  @Test(arguments: sources) func isOneDocument(path: String) throws {
    let listing = try listing(of: path)
    #expect(try JSONValue(parsing: listing.json) == listing.document)
    #expect(listing.json.last == "\n")
  }
}

/// A schema of the repository, loaded and resolved.
func load(_ path: String) throws -> (LoadedSchema, ResolvedSchema) {
  let diagnostics = Diagnostics()
  var loader = SchemaLoader(diagnostics: diagnostics, read: Repository.octets)
  let read = loader.load(path)
  let loaded = try #require(read)
  let resolved = Resolver.resolve(loaded, diagnostics: diagnostics)
  #expect(diagnostics.all.map(\.description) == [])
  return (loaded, try #require(resolved))
}

@Suite struct ListTests {
  private func listing(_ content: String, _ attributes: String = "") throws -> SchemaListing {
    let text = Program.schema(content, attributes)
    let diagnostics = Diagnostics()
    var loader = SchemaLoader(diagnostics: diagnostics) { $0 == "t.xml" ? Array(text.utf8) : nil }
    let read = loader.load("t.xml")
    let loaded = try #require(read)
    let resolved = Resolver.resolve(loaded, diagnostics: diagnostics)
    #expect(diagnostics.all.map(\.description) == [])
    return SchemaListing(try #require(resolved), loaded: loaded)
  }

  @Test func hasNumbersThatJSONLosesAsStrings() throws {
    let listing = try self.listing(
      """
      <codes name="C" type="u64"> <code name="a" value="0x1FFFFFFFFFFFFF"/> <code name="b" value="0x20000000000000"/> </codes>
      """)
    let codes = listing.json
    #expect(codes.contains("\"value\": 9007199254740991"))
    #expect(codes.contains("\"value\": \"9007199254740992\""))
  }

  @Test func hasTheCodeOfWhatIsRequiredAtTimesOrOutOfOrder() throws {
    let listing = try self.listing(
      """
      <codes name="Fault" type="u8"> <code name="lack" value="1"/> <code name="late" value="2"/> </codes>
      <tlvs name="Option"> <header> <tag name="kind" type="u8"/> <length name="length" type="u8"/> </header>
        <unknown action="keep"/> <tlv name="a" code="1"/> <tlv name="b" code="2"/> </tlvs>
      <direction name="up"/> <message name="M" direction="up"> <field name="mode" type="u8"/>
        <list name="options" of="Option"> <allow tlv="a" occurs="0..*" requiredWhen="mode == 1" missing="lack"/>
          <allow tlv="b" occurs="0..*" position="last" excess="late"/> </list> </message>
      """, " errors=\"Fault\"")
    #expect(listing.text.contains("  1  a  0..*  missing lack, requiredWhen mode == 1\n  "), "\(listing.text)")
    #expect(listing.text.contains("  2  b  0..*  excess late, position last\n"), "\(listing.text)")
  }

  @Test func hasPoliciesOfRanges() throws {
    let listing = try self.listing(
      """
      <codes name="C" type="u8"> <code name="a" value="1"/> <range from="2" to="9" use="unassigned" policy="Expert Review"/>
        <range from="10" to="10" use="retired"/> </codes>
      """)
    #expect(listing.text.contains("  2..9  unassigned  Expert Review\n  10    retired\n"))
  }

  private static let members = """
    <codes name="Kind" type="u8"> <code name="plain" value="0"/> <code name="other" value="7"/> </codes>
    <struct name="Inner"> <field name="kind" type="Kind"/> <field name="peer" type="ipv6"/> </struct>
    <struct name="S">
      <field name="a" type="u8"/> <field name="b" type="u8"/> <field name="kind" type="Kind"/>
      <field name="other" type="Kind"/> <field name="inner" type="Inner"/> <field name="four" type="ipv4"/>
      <bits size="1"> <bit name="x"/> <bit name="y"/> <bit name="z"/> <reserved width="5"/> </bits>
      <length name="n" type="u8" of="note"/> <field name="note" type="octets"/> <field name="c" type="u8" when="a gt 1"/>
      RULE
    </struct>
    """

  /// Tests as they are written, and as they are listed.
  static let expressions = [
    ("a == 1", "a == 1"), ("a &lt;= 1 and b &gt; 2", "a le 1 and b gt 2"), ("(a lt b)", "a lt b"),
    ("x and (y or z)", "x and (y or z)"), ("x and y or z", "x and y or z"), ("(x and y) or z", "x and y or z"),
    ("x or (y or z)", "x or (y or z)"), ("(x or y) or z", "x or y or z"),
    ("x implies y implies z", "x implies y implies z"), ("(x implies y) implies z", "(x implies y) implies z"),
    ("not (x and y)", "not (x and y)"), ("not x and y", "not x and y"), ("not not x", "x"),
    ("(not x) == y", "(not x) == y"), ("(a == b) == x", "(a == b) == x"), ("x == true", "x == true"),
    ("a - (b - 1) == 0", "a - (b - 1) == 0"), ("(a - b) - 1 == 0", "a - b - 1 == 0"),
    ("a * (b + 1) gt 3", "a * (b + 1) gt 3"), ("a &amp; 1 | b == 1", "a & 1 | b == 1"),
    ("a &amp; (1 | b) == 1", "a & (1 | b) == 1"), ("a in (1, 2..5, 0x10)", "a in (1, 2..5, 16)"),
    ("a + b in (1..2)", "a + b in (1..2)"), ("kind == plain", "kind == plain"), ("plain == kind", "plain == kind"),
    ("kind == 9", "kind == 9"), ("kind in (plain, 9)", "kind in (plain, 9)"), ("kind == 7", "kind == 7"),
    ("inner.kind != plain", "inner.kind != plain"), ("inner.peer in ::ffff:0:0/96", "inner.peer in ::ffff:0:0/96"),
    ("inner.peer in 2001:db8:0:0::/32", "inner.peer in 2001:db8::/32"), ("inner.peer != ::", "inner.peer != ::"),
    ("four == 192.0.2.1", "four == 192.0.2.1"), ("four in 10.0.0.0/8", "four in 10.0.0.0/8"),
    ("size(note) + n gt 2", "size(note) + n gt 2"), ("present(c) implies c gt 0", "present(c) implies c gt 0"),
    ("0 - a == 0 - 5", "0 - a == 0 - 5"), ("true", "true"),
  ]

  /// What is listed of a test reads back as the same test.
  @Test(arguments: expressions) func printsTests(written: String, listed: String) throws {
    func test(_ text: String) throws -> (String, WireExpression) {
      let escaped = text.replacingOccurrences(of: "<", with: "&lt;")
      let content = Self.members.replacingOccurrences(of: "RULE", with: "<rule name=\"r\" test=\"\(escaped)\"/>")
      let outcome = resolve(content: content)
      #expect(outcome.lines == [])
      let listing = try listing(content)
      guard case .array(let bodies)? = listing.document["structs"]?.content,
        case .array(let rules)? = bodies.last?["rules"]?.content, case .string(let text)? = rules.first?["test"]?.content
      else { throw CocoaError(.coderInvalidValue) }
      let body = try #require(outcome.schema?.definition.bodies.last)
      return (text, try #require(body.rules.first).test)
    }
    let (text, expression) = try test(written)
    #expect(text == listed)
    #expect(try test(text.replacingOccurrences(of: "&", with: "&amp;")).1 == expression)
  }
}

/// Rules of whole schemas, written as they are listed, mean what they meant.
@Suite struct ListedRuleTests {
  static let sources = [
    "Schemas/pcp.xml", "Tests/KitWire/kit.xml", "Tests/Golden/parcel.xml", "Tests/EverythingWire/everything.xml",
  ]

  /// The text with the tests of rules as they are listed; those that a `<use>` takes in stand in the struct.
  private func rewritten(_ text: String, _ document: JSONValue) -> (text: String, count: Int) {
    func items(_ value: JSONValue, _ key: String) -> [JSONValue] {
      if case .array(let items)? = value[key]?.content { items } else { [] }
    }
    func string(_ value: JSONValue, _ key: String) -> String {
      if case .string(let text)? = value[key]?.content { text } else { "" }
    }
    let bodies =
      items(document, "messages").map { ("message", $0) } + items(document, "structs").map { ("struct", $0) }
      + items(document, "families").flatMap { items($0, "elements") }.map { ("tlv", $0) }
    var (text, count) = (text, 0)
    for (kind, body) in bodies {
      for rule in items(body, "rules") {
        guard let start = text.range(of: "<\(kind) name=\"\(string(body, "name"))\""),
          let end = text.range(of: "</\(kind)>", range: start.upperBound..<text.endIndex),
          let place = text.range(
            of: "<rule name=\"\(string(rule, "name"))\"[^>]* test=\"[^\"]*\"", options: .regularExpression,
            range: start.upperBound..<end.lowerBound),
          let value = text.range(of: "test=\"[^\"]*\"", options: .regularExpression, range: place)
        else { continue }
        let escaped = string(rule, "test").replacing("&", with: "&amp;").replacing("<", with: "&lt;")
        text.replaceSubrange(value, with: "test=\"\(escaped)\"")
        count += 1
      }
    }
    return (text, count)
  }

  @Test(arguments: sources) func readBack(path: String) throws {
    let folder = path.split(separator: "/").dropLast().joined(separator: "/")
    var files = files(below: folder)
    let name = String(path.dropFirst(folder.count + 1))
    let text = String(decoding: try #require(files[name]), as: UTF8.self)
    let before = try #require(resolve(name, in: files).schema)
    let diagnostics = Diagnostics()
    var loader = SchemaLoader(diagnostics: diagnostics) { files[$0] }
    let read = loader.load(name)
    let listing = SchemaListing(before, loaded: try #require(read))
    let (changed, count) = rewritten(text, listing.document)
    #expect(count > 0)
    files[name] = Array(changed.utf8)
    let after = resolve(name, in: files)
    #expect(after.lines == [])
    #expect(after.schema?.definition == before.definition)
  }
}

@Suite struct ListCommandTests {
  private let program: Program

  init() throws {
    program = try Program()
    try program.write("s.xml", Program.schema("<struct name=\"S\"> <field name=\"a\" type=\"u8\"/> </struct>"))
  }

  @Test func listsAsTextOrJSON() throws {
    let text = try program.run(["list", "s.xml"])
    #expect(text.status == 0)
    #expect(text.errors == "")
    #expect(text.lines.first == "protocol T")
    #expect(text.lines.contains("struct S"))
    let json = try program.run(["list", "--json", "s.xml"])
    #expect(json.status == 0)
    #expect(try JSONValue(parsing: json.output)["protocol"] == .string("T"))
  }

  @Test func saysWhatIsWrong() throws {
    try program.write("bad.xml", Program.schema("<struct name=\"S\"> <field name=\"a\" type=\"u9\"/> </struct>"))
    let bad = try program.run(["list", "bad.xml"])
    #expect((bad.status, bad.output, bad.errorLines.count) == (1, "", 1))
    let none = try program.run(["list", "none.xml"])
    #expect((none.status, none.output) == (2, ""))
    #expect(none.errorLines == ["none.xml:1:1: error: the file cannot be read"])
    for arguments in [["list"], ["list", "a.xml", "b.xml"], ["list", "--frobnicate", "s.xml"]] {
      #expect(try program.run(arguments).status == 64)
    }
    let help = try program.run(["list", "--help"])
    #expect(help.status == 0)
    #expect(help.output.contains("  wiregen list Schemas/pcp.xml --json"))
  }
}

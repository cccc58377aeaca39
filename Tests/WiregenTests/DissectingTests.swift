import Foundation
import Testing

@testable import WiregenCore

/// The Lua that comes of a schema. What it does is seen in `DissectorTests`, with tshark.
@Suite struct DissectingTests {
  private func dissector(_ path: String) throws -> String {
    let names = try Repository.names(in: "Schemas", ending: ".xml").map { "Schemas/\($0)" }
    let files = names.map { ($0, Repository.octets($0) ?? []) }
    let outcome = resolve(path, in: Dictionary(uniqueKeysWithValues: files))
    #expect(outcome.lines == [])
    return try text(outcome, path)
  }

  private func text(_ outcome: Outcome, _ name: String) throws -> String {
    let dissector = outcome.schema.flatMap { Dissector($0) }
    return try #require(dissector).text(schemaName: String(name.split(separator: "/").last ?? ""))
  }

  /// Refreshed as the golden Swift is: `WIREGEN_UPDATE_GOLDEN=1 swift test --filter DissectingTests`.
  @Test func isWhatItWas() throws {
    let text = try dissector("Schemas/pcp.xml")
    let golden = Repository.root.appendingPathComponent("Tests/Golden/dissector/pcp.lua.txt")
    if ProcessInfo.processInfo.environment["WIREGEN_UPDATE_GOLDEN"] == "1" { try Data(text.utf8).write(to: golden) }
    #expect(try String(contentsOf: golden, encoding: .utf8) == text)
  }

  @Test func namesNothingThatIsNotItsOwn() throws {
    for line in try dissector("Schemas/cpnp.xml").split(separator: "\n") {
      // Assignments at the start of a line are to locals, their members or the protocol.
      let isGlobal = line.wholeMatch(of: /[A-Za-z_]+ = .*/) != nil || line.wholeMatch(of: /function [a-zA-Z]+\(.*/) != nil
      let isKnown = line.hasPrefix("function declareMember(") || line.hasPrefix("function decodeBody(")
      #expect(!isGlobal || isKnown || line.hasPrefix("function showChildren("), "\(line)")
    }
  }

  @Test func writesExpressionsAsLua() throws {
    let content = """
      <direction name="up"/>
      <message name="M" direction="up" maxSize="100">
        <field name="a" type="u8"/> <field name="b" type="u32"/> <field name="c" type="u64" max="4000000000000000000"/>
        <field name="d" type="ipv4" when="a != 0 and remaining ge 4"/> <array name="e" of="u16" until="end"/>
        <rule name="small" test="a + 2 * b gt 3 or a in (1, 4..6)"/> <rule name="wide" test="c + 1 gt c"/>
        <rule name="guarded" test="present(d) implies d in 192.0.2.0/24"/>
        <rule name="walk" test="all(x in e, x != 0) and count(e) lt 3 and sum(x in e, x) le 9"/>
      </message>
      """
    let text = try text(resolve(content: content), "test.xml")
    for line in [
      "when = function(at, remaining) return value(at, \"a\") ~= 0 and remaining >= 4 end",
      "return value(at, \"a\") + 2 * value(at, \"b\") > 3 or within(value(at, \"a\"), 1, 1, 4, 6) end",
      "return add(value(at, \"c\"), 1) > value(at, \"c\") end",
      "return not present(at, \"d\") or inPrefix(value(at, \"d\"), \"\\192\\000\\002\\000\", 24) end",
      "all(at, { \"e\" }, function(item) return value(item) ~= 0 end) and count(at, \"e\") < 3",
    ] { #expect(text.contains(line), "\(line)") }
  }
}

import Foundation
import Testing
import VectorSupport
import Wire
import WireText

@testable import WiregenCore

/// What the interpreter does with four times the octets takes little more than four times the time.
@Suite("Interpreted: time grows with the octets and no faster", .serialized) struct LinearityTests {
  private static let schema = """
    <tlvs name="Option" error="two" maxDepth="64" align="2">
      <header> <tag name="code" type="u8"/> <length name="length" type="u24"/> </header>
      <unknown from="0" to="99" action="keep"/> <unknown from="100" to="199" action="ignore"/> <unknown action="reject"/>
      <tlv name="a" code="1"> <field name="x" type="u32"/> </tlv>
      <tlv name="t" code="2"> <field name="text" type="text" size="rest"/> </tlv>
      <tlv name="group" code="3">
        <list name="inner" of="Option"> <allow tlv="a" occurs="0..*"/> <allow tlv="group" occurs="0..*"/> </list>
      </tlv>
      <tlv name="print" code="5"> <checksum name="value" type="u32" algorithm="crc32" over="before"/> </tlv>
    </tlvs>
    <tlvs name="Avp" error="two">
      <header>
        <tag name="code" type="u8"/> <bits size="1"> <bit name="hasVendor"/> <bit-field name="low" width="7"/> </bits>
        <length name="length" type="u16"/> <extraTag name="vendor" type="u16" when="hasVendor"/>
      </header>
      <unknown action="keep"/> <tlv name="b" code="1"> <field name="x" type="u32"/> </tlv>
    </tlvs>
    <struct name="Tree" maxDepth="64"> <count name="n" type="u16" of="kids"/> <array name="kids" of="Tree"/> </struct>
    <struct name="Row"> <count name="n" type="u8" of="cells"/> <array name="cells" of="u16"/> <rule name="some" test="count(cells) gt 0"/>
    </struct>
    <message name="Numbers" direction="any" maxSize="16000000" error="one">
      <array name="items" of="u32" until="end"/>
      <rule name="all" test="all(i in items, i != 0)"/> <rule name="any" test="any(i in items, i == 0) or count(items) gt 0"/>
      <rule name="unique" test="unique(i in items, i)"/> <rule name="rising" test="ascending(i in items, i)"/>
      <rule name="sum" test="sum(i in items, i) ge count(items)"/>
      <rule name="among" test="among(i in items, i, j in items, j)"/>
      <rule name="counted" test="all(i in items, count(items) gt 0 and i le count(items))"/>
    </message>
    <struct name="Elements">
      <list name="options" of="Option">
        <allow tlv="a" occurs="0..*"/> <allow tlv="t" occurs="0..*"/> <allow tlv="group" occurs="0..*"/> <allow tlv="print" occurs="0..*"/>
      </list>
      <rule name="unique" test="unique(a in options.a, a.x) and unique(t in options.t, t.text)"/>
      <rule name="among" test="among(a in options.group.inner.a, a.x, b in options.a, b.x)"/>
      <rule name="counted" test="all(a in options.a, count(options.a) gt 0 and a.x ge 0)"/>
    </struct>
    <struct name="Listed">
      <list name="options" of="Option" order="listed">
        <allow tlv="a" occurs="0..*" max="8"/> <allow tlv="t" occurs="0..*"/> <allow tlv="print" occurs="0..1" position="last"/>
      </list>
    </struct>
    <struct name="Avps"> <list name="avps" of="Avp"> <allow tlv="b" occurs="0..*"/> </list> </struct>
    <struct name="Rows"> <array name="rows" of="Row" until="end"/> <rule name="unique" test="unique(c in rows.cells, c)"/> </struct>
    """

  private static let size = 800

  @Test("Arrays, lists, rules, unknown elements, wrong ones, nested ones") func everything() throws {
    let schema = try Interpreted(Self.schema)
    let cases: [(name: String, body: String, octets: (Int) -> [UInt8])] = [
      ("numbers", "Numbers", { (1...$0).flatMap { big($0, 4) } }),
      ("equal numbers", "Numbers", { (1...$0).flatMap { _ in big(7, 4) } }),
      ("elements", "Elements", { (1...$0).flatMap { [1, 0, 0, 4] + big($0, 4) } }),
      (
        "texts", "Elements",
        { (1...$0).flatMap { [2, 0, 0, 8] + Array("text".utf8) + big($0 | 0x2020_2020, 4).map { $0 & 0x7F } } }
      ),
      ("unknown elements", "Elements", { (1...$0).flatMap { [9, 0, 0, 4] + big($0, 4) } }),
      ("ignored elements", "Elements", { (1...$0).flatMap { [109, 0, 0, 4] + big($0, 4) } }),
      ("rejected elements", "Elements", { (1...$0).flatMap { [209, 0, 0, 4] + big($0, 4) } }),
      ("short elements", "Elements", { (1...$0).flatMap { _ in [1, 0, 0, 2, 0, 0] as [UInt8] } }),
      ("out of order", "Listed", { (1...$0).flatMap { _ in [2, 0, 0, 0, 1, 0, 0, 4, 0, 0, 0, 0] as [UInt8] } }),
      ("headers", "Avps", { (1...$0).flatMap { [1, 5, 0, 4] + big($0, 4) } }),
      ("unknown headers", "Avps", { (1...$0).flatMap { [1, 0x85, 0, 4, 0, 9] + big($0, 4) } }),
      ("nested lists", "Elements", { nested($0, width: 16, depth: 1) }),
      ("one nested list", "Elements", { nested($0, width: $0, depth: 1) }),
      ("deep lists", "Elements", { nested($0, width: max(1, $0 / 60), depth: 60) }),
      ("rows", "Rows", { (1...$0 / 4).flatMap { row in [4] + (0..<4).flatMap { big(row * 4 + $0, 2) } } }),
      ("trees", "Tree", { big($0, 2) + (1...$0).flatMap { _ in big(0, 2) } }),
      (
        "deep trees", "Tree",
        { count in (1..<62).flatMap { _ in big(1, 2) } + big(count, 2) + (1...count).flatMap { _ in big(0, 2) } }
      ),
    ]
    for (name, body, octets) in cases {
      let small = try Workload(schema, body, octets(Self.size))
      let large = try Workload(schema, body, octets(Self.size * 4))
      for work in Workload.all { compare(name, work, small, large) }
    }
  }

  @Test("Checksums over what is before them, one after another") func checksums() throws {
    let schema = try Interpreted(
      Self.schema
        + """
        <message name="Printed" direction="any"> <list name="options" of="Option"> <allow tlv="print" occurs="0..*"/> </list>
        </message>
        """.replacing("direction=\"any\"", with: "direction=\"other\"") + "<direction name=\"other\"/>")
    func octets(_ count: Int) throws -> [UInt8] {
      let elements = (0..<count).map { _ in WireValue.Element.known(name: "print", .structure([])) }
      return try schema.interpreter.encode(
        schema.body("Printed"), .structure([.init("options", .list(elements))]), checked: false)
    }
    let small = try Workload(schema, "Printed", octets(Self.size * 2))
    let large = try Workload(schema, "Printed", octets(Self.size * 8))
    #expect(small.isValid && large.isValid)
    for work in Workload.all { compare("checksums", work, small, large) }
  }

  private func compare(_ name: String, _ work: Workload.Work, _ small: Workload, _ large: Workload) {
    var ratio = 0.0
    // Other work on the machine makes single measurements too long, never too short.
    for _ in 0..<4 {
      let first = (0..<2).map { _ in time { work.run(small) } }.min() ?? 0
      let second = time { work.run(large) }
      ratio = Double(second) / Double(max(first, 400_000))
      if ratio < 8 { return }
    }
    Issue.record("\(name), \(work.name): four times the octets take \(ratio) times the time")
  }
}

/// A nested list's elements in groups so wide, and so deep.
private func nested(_ count: Int, width: Int, depth: Int) -> [UInt8] {
  var result: [UInt8] = []
  for group in 0..<max(1, count / width / depth) {
    var octets: [UInt8] = []
    for level in 0..<depth {
      for index in 0..<width { octets += [1, 0, 0, 4] + big((group * depth + level) * width + index, 4) }
      octets = [3] + big(octets.count, 3) + octets
    }
    result += octets
  }
  return result
}

private func big(_ number: Int, _ size: Int) -> [UInt8] {
  (0..<size).reversed().map { UInt8(truncatingIfNeeded: number >> (8 * $0)) }
}

/// Nanoseconds of this thread's own time.
private func time(_ body: () -> Void) -> UInt64 {
  func now() -> UInt64 {
    var time = timespec()
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
    return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
  }
  let start = now()
  body()
  return now() - start
}

/// Octets, and what is made of them.
private struct Workload {
  struct Work: Sendable {
    var name: String
    var run: @Sendable (Workload) -> Void
  }

  let interpreter: Interpreter
  let body: Int
  let octets: [UInt8]
  let decoded: Decoded
  let value: WireValue
  let json: JSONValue
  let text: [UInt8]
  var isValid: Bool { decoded.isValid }

  init(_ schema: Interpreted, _ name: String, _ octets: [UInt8]) throws {
    interpreter = schema.interpreter
    body = try schema.body(name)
    self.octets = octets
    decoded = try interpreter.decode(body, octets, mode: .collecting)
    value = decoded.tree.value
    json = decoded.tree.json(isMessage: false)
    text = Array(json.text().utf8)
  }

  static let all = [
    Work(name: "decoding") { _ = try? $0.interpreter.decode($0.body, $0.octets, mode: .collecting) },
    Work(name: "value") { _ = $0.decoded.tree.value },
    Work(name: "encoding") { _ = try? $0.interpreter.encode($0.body, $0.value, checked: false) },
    Work(name: "checked encoding") { _ = try? $0.interpreter.encode($0.body, $0.value) },
    Work(name: "JSON") { _ = $0.decoded.tree.json(isMessage: false) },
    Work(name: "JSON text") { _ = $0.json.text() },
    Work(name: "pretty JSON text") { _ = $0.json.text(isPretty: true) },
    Work(name: "parsing JSON") { _ = try? JSONValue(parsing: $0.text) },
    Work(name: "reading JSON") { _ = try? $0.interpreter.value(of: $0.body, fromJSON: $0.json) },
    Work(name: "dump") { _ = $0.decoded.tree.dump() },
    Work(name: "annotation") { _ = $0.decoded.tree.annotation($0.octets, $0.decoded.violations) },
  ]
}

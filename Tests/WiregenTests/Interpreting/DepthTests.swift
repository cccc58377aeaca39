import Foundation
import Testing
import VectorSupport
import Wire
import WireText

@testable import WiregenCore

@Suite("Interpreted: as deep as octets allow, on a small stack", .serialized) struct DepthTests {
  private static let structs = """
    <struct name="Tree" maxDepth="64" error="two"> <count name="n" type="u8" of="kids"/> <array name="kids" of="Tree"/> </struct>
    """

  private static let elements = """
    <tlvs name="Group" maxDepth="64" error="three">
      <header> <tag name="code" type="u8"/> <length name="length" type="u16"/> </header> <unknown action="keep"/>
      <tlv name="group" code="1"> <list name="inner" of="Group"> <allow tlv="group" occurs="0..*"/> </list> </tlv>
    </tlvs>
    <struct name="Groups"> <list name="groups" of="Group"> <allow tlv="group" occurs="0..*"/> </list> </struct>
    """

  /// A struct in an element in that struct.
  private static let both = """
    <tlvs name="Holder" maxDepth="64" error="three">
      <header> <tag name="code" type="u8"/> <length name="length" type="u16"/> </header> <unknown action="keep"/>
      <tlv name="node" code="1"> <array name="nodes" of="Node" until="end"/> </tlv>
    </tlvs>
    <struct name="Node" maxDepth="64" error="two">
      <field name="count" type="u8"/> <list name="inner" of="Holder" count="count"> <allow tlv="node" occurs="0..*"/> </list>
    </struct>
    """

  /// As many structs that hold each other as a protocol may have, as deep as they may be together.
  private static let ring = (0..<16).map { index in
    """
    <struct name="Ring\(index)" maxDepth="16">
      <count name="n" type="u8" of="kids"/> <array name="kids" of="Ring\((index + 1) % 16)"/>
    </struct>
    """
  }.joined()

  /// As many structs in each other as a struct may have, and choices between them.
  private static let stairs =
    (0..<13).map { "<struct name=\"Stair\($0)\"> <field name=\"down\" type=\"Stair\($0 + 1)\"/> </struct>" }.joined() + """
      <struct name="Stair13"> <field name="n" type="u8"/>
        <choice name="way" on="n">
          <case name="end" value="0"/> <otherwise name="on"> <array name="kids" of="Stair" count="1"/> </otherwise>
        </choice>
      </struct>
      <struct name="Stair" maxDepth="64"> <field name="down" type="Stair0"/> </struct>
      """

  @Test("Structs in arrays, elements in lists, both, rings and stairs; as deep as may be, and as octets allow")
  func depths() throws {
    func header(_ size: Int) -> [UInt8] { DeepInput.header(tag: 1, size) }
    // Each level of both is a count and an element's header.
    func nodes(_ depth: Int) -> [UInt8] { (1..<depth).reversed().flatMap { [1] + header($0 * 4 - 3) } + [0] }
    let cases: [(content: String, body: String, valid: [UInt8], deep: [UInt8], offset: Int)] = [
      (Self.structs, "Tree", DeepInput.structs(depth: 64), DeepInput.structs(), 64),
      (
        Self.elements, "Groups", DeepInput.elements(headerSize: 3, depth: 64, header),
        DeepInput.elements(headerSize: 3, header), 192
      ),
      (Self.both, "Node", nodes(64), nodes(16_384), 256),
      (Self.ring, "Ring0", DeepInput.structs(depth: 256), DeepInput.structs(), 256),
      (Self.stairs, "Stair", DeepInput.structs(depth: 64), DeepInput.structs(), 64),
    ]
    for (content, name, valid, deep, offset) in cases {
      let schema = try Interpreted(content)
      let body = try schema.body(name)
      onSmallStack { Survival(schema.interpreter, body).valid(valid, name) }
      onSmallStack { Survival(schema.interpreter, body).tooDeep(deep, at: offset, name) }
    }
  }

  @Test("JSON text") func json() throws {
    let schema = try Interpreted(Self.structs)
    let body = try schema.body("Tree")
    let interpreter = schema.interpreter
    onSmallStack {
      for (open, close) in [("[", "]"), (#"{"kids":["#, "]}"), (#"{"a":"#, "}")] {
        let deep = String(repeating: open, count: DeepInput.limit / open.utf8.count)
        #expect(throws: JSONError.self) { try JSONValue(parsing: deep) }
        let levels = JSONValue.maximumDepth / open.count { "[{".contains($0) }
        let text = String(repeating: open, count: levels - 1) + "[]" + String(repeating: close, count: levels - 1)
        guard let value = try? JSONValue(parsing: text) else {
          Issue.record("\(open) is not read")
          continue
        }
        #expect(value.text() == text)
        #expect(throws: JSONError.self) { try interpreter.value(of: body, fromJSON: value) }
      }
    }
  }

  @Test("Values that are deeper than may be are not encoded") func encoding() throws {
    let structs = try Interpreted(Self.structs)
    var tree = WireValue.structure([.init("kids", .array([]))])
    for _ in 1..<65 { tree = .structure([.init("kids", .array([tree]))]) }
    let kids = Array(repeating: "kids[0]", count: 6).joined(separator: ".")
    let depth = Violation(
      .depth, at: 64, path: "Tree.\(kids).….kids[0]", code: 3, codeName: "two", codeLabel: "two")
    #expect(throws: depth) { try structs.interpreter.encode(structs.body("Tree"), tree) }
    let elements = try Interpreted(Self.elements)
    var list = WireValue.list([])
    for _ in 0..<65 { list = .list([.known(name: "group", .structure([.init("inner", list)]))]) }
    let body = try elements.body("Groups")
    #expect(throws: Violation.self) {
      try elements.interpreter.encode(body, .structure([.init("groups", list)]))
    }
  }
}

/// Everything the interpreter does with one input.
private struct Survival {
  let interpreter: Interpreter
  let body: Int

  init(_ interpreter: Interpreter, _ body: Int) {
    self.interpreter = interpreter
    self.body = body
  }

  func valid(_ octets: [UInt8], _ name: String) {
    do {
      let decoded = try interpreter.decode(body, octets)
      #expect(interpreter.violations(body, octets) == [], "\(name)")
      let value = decoded.tree.value
      #expect(try interpreter.encode(body, value) == octets, "\(name)")
      // Compared as octets: Swift's own comparison of values takes more stack than this thread has.
      let json = decoded.json(interpreter)
      #expect(try interpreter.encode(body, interpreter.value(of: body, fromJSON: json)) == octets, "\(name)")
      let text = json.text()
      if let parsed = try? JSONValue(parsing: text) { #expect(parsed.text() == text, "\(name)") }
      _ = json.text(isPretty: true)
      #expect(!decoded.tree.dump().isEmpty && !interpreter.annotation(body, octets).isEmpty)
    } catch {
      Issue.record("\(name): \(error)")
    }
  }

  func tooDeep(_ octets: [UInt8], at offset: Int, _ name: String) {
    let violations = interpreter.violations(body, octets)
    #expect(violations.map(\.kind) == [.depth] && violations.first?.offset == offset, "\(name): \(violations)")
    for mode in [Check.Mode.strict, .lenient] {
      #expect("\(name)") {
        try interpreter.decode(body, octets, mode: mode)
      } throws: { error in error as? Violation == violations.first }
    }
    let collected = try? interpreter.decode(body, octets, mode: .collecting)
    #expect(collected.map { !$0.tree.dump().isEmpty && !$0.tree.value.fields.isEmpty } ?? false)
    #expect(interpreter.annotation(body, octets).contains("nested too deep"), "\(name)")
  }
}

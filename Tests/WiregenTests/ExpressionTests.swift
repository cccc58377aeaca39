import Testing
import WireText

@testable import WiregenCore

extension ExpressionSyntax {
  /// The expression with every grouping written out.
  var grouped: String {
    switch kind {
    case .number(let value): "\(value)"
    case .boolean(let value): "\(value)"
    case .address(let octets, let length): "\(octets)" + (length.map { "/\($0)" } ?? "")
    case .path(let path): path.joined(separator: ".")
    case .remaining: "remaining"
    case .call(let name, let path): "\(name)(\(path.joined(separator: ".")))"
    case .not(let inner): "(not \(inner.grouped))"
    case .binary(let symbol, let left, let right): "(\(left.grouped) \(symbol) \(right.grouped))"
    case .within(let left, let parts): "(\(left.grouped) in [\(parts.map(\.grouped).joined(separator: ", "))])"
    case .range(let first, let last): "\(first.grouped)..\(last.grouped)"
    case .text(let octets): "'\(String(decoding: octets, as: UTF8.self))'"
    case .over(let quantifier, let walk): "\(quantifier.rawValue)(\(walk.grouped))"
    case .among(let first, let second): "among(\(first.grouped), \(second.grouped))"
    }
  }
}

extension ExpressionSyntax.Walk {
  fileprivate var grouped: String { "\(variable) in \(path.joined(separator: ".")), \(expression.grouped)" }
}

@Suite struct ExpressionParserTests {
  @Test(arguments: [
    ("a implies b implies c", "(a implies (b implies c))"),
    ("a or b implies c or d", "((a or b) implies (c or d))"),
    ("a or b and c", "(a or (b and c))"),
    ("a and b or c", "((a and b) or c)"),
    ("not a and b", "((not a) and b)"),
    ("not a == b", "(not (a == b))"),
    ("not not a", "a"),
    ("not not not a", "(not a)"),
    ("a and b and c", "((a and b) and c)"),
    ("a - b - c == 0", "(((a - b) - c) == 0)"),
    ("a + b * c lt d", "((a + (b * c)) < d)"),
    ("a & 1 == 0", "((a & 1) == 0)"),
    ("a | 1 gt a", "((a | 1) > a)"),
    ("a | b & c == 1", "((a | (b & c)) == 1)"),
    ("(a or b) and c", "((a or b) and c)"),
    ("a lt 1", "(a < 1)"), ("a le 1", "(a <= 1)"), ("a gt 1", "(a > 1)"), ("a ge 1", "(a >= 1)"),
    ("a<1", "(a < 1)"), ("a<=1", "(a <= 1)"), ("a>1", "(a > 1)"), ("a>=1", "(a >= 1)"), ("a!=1", "(a != 1)"),
    ("a in (1, 2..0x1F, tcp)", "(a in [1, 2..31, tcp])"),
    ("a in (1..5)", "(a in [1..5])"),
    ("x.y in 192.0.2.0/24", "(x.y in [[192, 0, 2, 0]/24])"),
    ("a == ::1", "(a == [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1])"),
    ("present(a.b) implies a.b.c == 1", "(present(a.b) implies (a.b.c == 1))"),
    ("size(a) + count(b.c) == remaining", "((size(a) + count(b.c)) == remaining)"),
    ("size == 4", "(size == 4)"), ("count + present lt all", "((count + present) < all)"),
    ("\t a\n==\r1 ", "(a == 1)"),
    ("true or false", "(true or false)"),
    ("beef == 0xBEEF", "(beef == 48879)"),
    ("all(x in a.b, x.c != 0 and d)", "all(x in a.b, ((x.c != 0) and d))"),
    ("not unique(f in options.filter, f.port + 1)", "(not unique(f in options.filter, (f.port + 1)))"),
    ("sum(x in a, x) lt 5", "(sum(x in a, x) < 5)"),
    ("among(x in a, x.b, y in c.d, y)", "among(x in a, x.b, y in c.d, y)"),
    ("any == 1 and unique lt sum", "((any == 1) and (unique < sum))"),
    ("a == 'GET  / ==' and '' != b", "((a == 'GET  / ==') and ('' != b))"),
    ("a == ':::1' or a == '1.2.3.4'", "((a == ':::1') or (a == '1.2.3.4'))"),
  ])
  func groups(text: String, expected: String) throws { #expect(try ExpressionParser.parse(text).grouped == expected) }

  @Test(arguments: [
    ("", 0), ("a ==", 4), ("a == 1 b", 7), ("é", 0), ("a == é", 5), ("(((", 3), ("a and and b", 6), ("a lt b lt c", 7),
    ("count(a", 7), ("a in (1, )", 9), ("a == -1", 5), ("all(x, y)", 5), ("all(x.y in a, b)", 4), ("all(x in 1, b)", 9),
    ("all(x in a)", 10), ("among(x in a, x)", 15), ("a == 'GET", 5), ("a == \"GET\"", 5), ("sum(in a, b)", 4),
  ])
  func placesFaults(text: String, offset: Int) {
    #expect { try ExpressionParser.parse(text) } throws: { ($0 as? ExpressionFault)?.offset == offset }
  }

  @Test func nestsAsDeepAsItMay() throws {
    _ = try ExpressionParser.parse(String(repeating: "(", count: 63) + "a" + String(repeating: ")", count: 63))
    #expect(throws: ExpressionFault.self) {
      try ExpressionParser.parse(String(repeating: "(", count: 10_000) + "a")
    }
    #expect(throws: ExpressionFault.self) {
      try ExpressionParser.parse(String(repeating: "a implies ", count: 500) + "a")
    }
    #expect(throws: ExpressionFault.self) {
      try ExpressionParser.parse(String(repeating: "a or ", count: 5000) + "a")
    }
  }
}

/// A protocol all of whose bodies are there.
private final class World: ExpressionWorld {
  let definition: ProtocolDefinition
  let losses = Losses()

  init(_ definition: ProtocolDefinition) { self.definition = definition }

  func prepare(body: Int) -> Bool { true }
}

@Suite struct ExpressionCheckerTests {
  /// The range that the checker finds for a number.
  private func check(_ text: String, _ use: ExpressionUse = .test) throws -> WireExpression {
    let codes = CodesDefinition(
      name: "Colour", bits: 8, isOpen: true, codes: [.init(name: "red", value: 1, label: "RED")])
    let members = [
      Member(name: "a", label: "a", kind: .integer(IntegerShape(bits: 8))),
      Member(name: "low", label: "low", kind: .integer(IntegerShape(bits: 64, maximum: 9))),
      Member(name: "soft", label: "soft", kind: .integer(IntegerShape(bits: 64, maximum: 9)), isWarning: true),
      Member(name: "colour", label: "colour", kind: .integer(IntegerShape(bits: 8, codes: 0))),
      Member(name: "text", label: "text", kind: .octets(OctetsShape(.rest, maximum: 12))),
      Member(name: "fixed", label: "fixed", kind: .octets(OctetsShape(.fixed(4)))),
      Member(
        name: "", label: "",
        kind: .bits(
          octets: 1, isLittleEndian: false,
          members: [Member(name: "flag", label: "flag", kind: .integer(IntegerShape(bits: 1, isBoolean: true)))])),
    ]
    let scope = ExpressionScope(own: members, world: World(ProtocolDefinition(name: "T", codes: [codes])))
    return try ExpressionChecker.check(text, scope, use)
  }

  @Test func typesNamesOfCodes() throws {
    #expect(try check("colour == red") == .binary(.equal, .path(["colour"]), .number(1)))
    #expect(try check("red == colour") == .binary(.equal, .number(1), .path(["colour"])))
    #expect(try check("colour in (red, 3..4)") == .inRanges(.path(["colour"]), [1...1, 3...4]))
  }

  @Test func readsBitsAsBooleans() throws {
    let flag = WireExpression.binary(.equal, .path(["flag"]), .number(1))
    #expect(try check("flag") == flag)
    #expect(try check("not flag") == .not(flag))
    #expect(try check("flag == true") == .binary(.equal, flag, .boolean(true)))
  }

  @Test func boundsWhatIsChecked() throws {
    _ = try check("low + 1 gt a")
    // A bound that is only warned of bounds nothing, nor does one whose check lets a collecting decoder go on.
    #expect(throws: ExpressionFault.self) { try check("soft + 1 gt a") }
    #expect(throws: ExpressionFault.self) { try check("low + 1 gt a", .when) }
    _ = try check("low gt a", .when)
  }

  @Test func foldsFixedSizes() throws {
    #expect(try check("size(fixed) == 4") == .binary(.equal, .number(4), .number(4)))
    #expect(try check("12 - size(text)", .size) == .binary(.subtract, .number(12), .size(["text"])))
    #expect(throws: ExpressionFault.self) { try check("0 - a - 1", .size) }
  }
}

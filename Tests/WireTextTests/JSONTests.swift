import Testing
import Wire
import WireText

@Suite("JSON text")
struct JSONTextTests {
  @Test(
    "What is read is printed again",
    arguments: [
      "null", "true", "false", "0", "-1", "170141183460469231731687303715884105727", "1.5", "-0.25e+10", "[]",
      "{}", "[1,[2,{}],\"a\"]",
      "{\"a\":1,\"b\":{\"c\":null}}", "\"\\\"\\\\\\n\\t\\r\\u0001\"", "\"ä€😀\"",
      "1701411834604692317316873037158841057270",
    ])
  func compact(text: String) throws {
    #expect(try JSONValue(parsing: text).text() == text)
  }

  @Test("Escapes and surrogate pairs")
  func escapes() throws {
    let text = #" "\u00e4\ud83d\ude00\/\b\f" "#
    #expect(try JSONValue(parsing: text) == .string("ä😀/\u{8}\u{c}"))
  }

  @Test("Numbers of 128 bits are exact, and others are not integers")
  func numbers() throws {
    #expect(try JSONValue(parsing: "-0") == .integer(0))
    #expect(try JSONValue(parsing: "18446744073709551616") == .integer(Int128(UInt64.max) + 1))
    #expect(try JSONValue(parsing: "1e2") == JSONValue(.decimal("1e2")))
  }

  @Test("One entry a line")
  func pretty() throws {
    let value = try JSONValue(parsing: "{\"a\":[1,2],\"b\":{},\"c\":[]}")
    let expected = """
      {
        "a": [
          1,
          2
        ],
        "b": {},
        "c": []
      }
      """
    #expect(value.text(isPretty: true) == expected)
  }

  @Test(
    "Faults have their place",
    arguments: [
      ("", "1:1: a value expected, but the text ends"), ("{\n \"a\": 1,\n}", "3:1: a key in quotes expected"),
      ("[1 2]", "1:4: ',' expected or ']' after a value of an array"),
      ("01", "1:2: a number has no leading zeros"),
      ("1 1", "1:3: nothing may follow the value"),
      ("{\"a\":1,\n \"a\":2}", "2:2: key 'a' again; first in line 1"),
      ("\"a\nb\"", "1:3: a control character in a string must be escaped"),
      ("\"ä", "1:3: the text ends within a string"),
      ("\"\\x\"", "1:2: unknown escape"), ("\"\\ud800\"", "1:2: half of a surrogate pair"),
      ("\"\\udc00\"", "1:2: half of a surrogate pair"),
      ("\"\\ud800\\u0041\"", "1:2: half of a surrogate pair"),
      ("\"\\u12g4\"", "1:6: four hexadecimal digits expected"), ("nul", "1:1: a value expected"),
      ("-", "1:2: a digit expected"), ("1.", "1:3: a digit expected"),
      ("{\"a\" 1}", "1:6: ':' expected after a key"),
    ])
  func faults(text: String, expected: String) {
    #expect(failure(Array(text.utf8)) == expected)
  }

  @Test("Ill-formed UTF-8 and nesting too deep have their place")
  func limits() {
    #expect(failure([0x22, 0xC3, 0xA4, 0xFF, 0x22]) == "1:3: not well-formed UTF-8")
    #expect(failure([0x22, 0x0A, 0xC0, 0x80, 0x22]) == "2:1: not well-formed UTF-8")
    let deep = Array(repeating: UInt8(ascii: "["), count: 100_000)
    #expect(failure(deep) == "1:513: nested deeper than 512")
    let open = String(repeating: "[", count: 512) + String(repeating: "]", count: 512)
    #expect(throws: Never.self) { try JSONValue(parsing: open) }
  }

  private func failure(_ text: [UInt8]) -> String? {
    do throws(JSONError) {
      _ = try JSONValue(parsing: text)
      return nil
    } catch { return "\(error)" }
  }
}

@Suite("JSON of messages")
struct JSONMappingTests {
  let interpreter = MappingProtocol.interpreter
  let kit = KitProtocol.interpreter

  static let request = """
    {
      "message": "MapRequest",
      "requestedLifetime": 7200,
      "clientAddress": "::ffff:10.0.0.7",
      "nonce": "0102030405060708090a0b0c",
      "transport": "udp",
      "internalPort": 8080,
      "suggestedPort": 0,
      "suggestedAddress": "::ffff:0.0.0.0",
      "options": [
        {
          "filter": {
            "prefixLength": 96,
            "remotePort": 443,
            "remoteAddress": "::ffff:192.0.2.0"
          }
        },
        {
          "unknown": {
            "code": 225,
            "hex": "abcdef"
          }
        },
        {
          "description": {
            "text": "Hello"
          }
        }
      ]
    }
    """

  @Test("A message and its JSON, both ways")
  func message() throws {
    let sent =
      MappingProtocol.request + MappingProtocol.ignoredOption + MappingProtocol.filterOption
      + MappingProtocol.keptOption + MappingProtocol.descriptionOption
    let decoded = try interpreter.decode(direction: 0, sent)
    #expect(decoded.json(interpreter).text(isPretty: true) == Self.request)
    let (body, value) = try interpreter.message(fromJSON: JSONValue(parsing: Self.request))
    let octets = try interpreter.encode(body, value)
    #expect(octets.count == sent.count - MappingProtocol.ignoredOption.count)
    #expect(try interpreter.decode(body, octets).json(interpreter).text(isPretty: true) == Self.request)
  }

  @Test("A body of every construct, both ways")
  func everything() throws {
    let tree = try kit.tree("Everything", KitProtocol.everythingOctets)
    let json = tree.json(isMessage: false)
    #expect(
      json.text() == """
        {"hasName":true,"kind":"small","level":5,"name":"Aä",\
        "pairs":[{"x":-2,"y":1},{"x":1,"y":16777215}],"mac":"00:15:5d:01:02:03","address":"192.0.2.1",\
        "one":{"x":5,"y":6},"note":"abcd","ports":[80,443]}
        """)
    let value = try kit.value(of: 1, fromJSON: JSONValue(parsing: json.text()))
    #expect(try kit.encode(1, value) == KitProtocol.everythingOctets)
  }

  @Test("Wide numbers are strings; text that is not UTF-8 is hexadecimal; defaults may be left out")
  func special() throws {
    let wide = try kit.tree("Wide", hex("ffffffffffffffff 8000000000000000 05")).json(isMessage: false)
    #expect(
      wide.text() == #"{"big":"18446744073709551615","signed":"-9223372036854775808","low":5}"#)
    for text in [wide.text(), #"{"big":18446744073709551615,"signed":"-9223372036854775808"}"#] {
      let value = try kit.value(of: 4, fromJSON: JSONValue(parsing: text))
      #expect(try kit.encode(4, value) == hex("ffffffffffffffff 8000000000000000 05"))
    }
    let tail = try kit.tree("Tail", [0xFF]).json(isMessage: false)
    #expect(tail.text() == #"{"label":{"hex":"ff"}}"#)
    #expect(try kit.encode(2, kit.value(of: 2, fromJSON: tail)) == [0xFF])
  }

  @Test(
    "Faults have their place and say what would be right",
    arguments: [
      (
        "\"requestedLifetime\": 7200", "\"requestedLifetmie\": 7200",
        "3:3: unknown key 'requestedLifetmie' in MapRequest; did you mean 'requestedLifetime'? (known: "
      ),
      ("\"requestedLifetime\": 7200,", "", "1:1: 'requestedLifetime' is missing in MapRequest"),
      ("7200", "4294967296", "3:24: 4294967296 is out of range (0 to 4294967295)"),
      ("7200", "-1", "3:24: -1 is out of range (0 to 4294967295)"),
      ("7200", "1e3", "3:24: a whole number without an exponent expected"),
      ("7200", "\"7200\"", "3:24: a number expected"),
      (
        "\"message\": \"MapRequest\"", "\"message\": \"MapReqest\"",
        "2:14: unknown message 'MapReqest' in PCP; did"
      ),
      ("\"message\": \"MapRequest\",", "", "1:1: an object with the key 'message' expected"),
      ("10.0.0.7", "10.0.0.256", "4:20: an IPv6 address expected, as a string"),
      ("0a0b0c", "0a0b0", "5:12: octets in hexadecimal expected, as a string"),
      ("0a0b0c", "0a0b", "5:12: 12 octets expected, not 11"),
      (
        "\"udp\"", "\"upd\"",
        "6:16: unknown name 'upd' in Transport; did you mean 'udp'? (known: all, tcp, udp)"
      ),
      ("\"udp\"", "18", "6:16: unknown number '18' in Transport"),
      ("\"udp\"", "true", "6:16: a name or a number expected"),
      ("96", "129", "13:25: 129 is out of range (0 to 128)"),
      (
        "\"filter\"", "\"fliter\"",
        "12:7: unknown element 'fliter' in Option; did you mean 'filter'? (known: third"
      ),
      ("225", "256", "20:17: 256 is out of range (0 to 255)"),
      ("\"hex\"", "\"hexa\"", "21:9: unknown key 'hexa' in an unknown element; did you mean 'hex'?"),
      ("\"Hello\"", "\"\"", "26:17: at least 1 octets expected, not 0"),
      ("\"Hello\"", "\"a\\u0000\"", "26:17: U+0000 is not allowed here"),
      ("\"Hello\"", "7", "26:17: text expected, as a string"),
      (
        "\"internalPort\"", "\"version\": 2, \"internalPort\"",
        "7:3: 'version' follows from the rest in MapRequest and is not given"
      ),
    ])
  func faults(part: String, other: String, expected: String) throws {
    let text = Self.request.replacing(part, with: other, maxReplacements: 1)
    #expect(text != Self.request)
    let message = try #require(failure(text))
    #expect(message.hasPrefix(expected))
  }

  @Test("Unchecked, numbers out of the schema's bounds pass")
  func unchecked() throws {
    let text = Self.request.replacing("96", with: "200").replacing("\"udp\"", with: "99")
    let json = try JSONValue(parsing: text)
    let (body, value) = try interpreter.message(fromJSON: json, checked: false)
    #expect(try interpreter.encode(body, value, checked: false).contains(200))
  }

  private func failure(_ text: String) -> String? {
    do throws(JSONError) {
      _ = try interpreter.message(fromJSON: JSONValue(parsing: text))
      return nil
    } catch { return "\(error)" }
  }
}

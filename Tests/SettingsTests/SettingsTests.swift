import Settings
import Testing

/// Configuration files: what is read of them, and what is said of those that are wrong.
@Suite("Configuration files") struct SettingsTests {
  private struct Rule: Sendable, Hashable {
    var name = ""
    var ports: [UInt16] = []
  }

  private struct Target: Sendable, Hashable {
    var port: UInt16 = 1
    var isOn = false
    var delay = Duration.zero
    var name: String? = "x"
    var rules: [Rule] = []
    var ends: [String: UInt16] = [:]
  }

  private static let port = SettingsKind<UInt16>.number(in: 1...UInt16.max)
  private static let word = SettingsKind<String>.text("a word") { $0.isEmpty ? nil : $0 }
  private static let rule = SettingsKind<Rule>.table(
    [
      SettingsKey("name", word, isRequired: true) { $0.name = $1 },
      SettingsKey("ports", port.list) { $0.ports = $1 },
    ], startingWith: Rule())
  private static let keys: [SettingsKey<Target>] = [
    SettingsKey("port", port) { $0.port = $1 },
    SettingsKey("enabled", SettingsKind<Bool>.flag) { $0.isOn = $1 },
    SettingsKey("delay", SettingsKind<Duration>.seconds(in: 0...60)) { $0.delay = $1 },
    SettingsKey("name", word.orNone) { $0.name = $1 },
    SettingsKey("rules", rule.list) { $0.rules = $1 },
    SettingsKey("ends", port.byKey("a letter") { $0.count == 1 ? $0 : nil }) { $0.ends = $1 },
  ]

  /// The target, and the faults as they are printed.
  private func read(_ text: String) -> (target: Target, faults: [String], unread: Set<String>) {
    var target = Target()
    do throws(SettingsFault) {
      let reading = try SettingsFile(text).read(Self.keys, into: &target)
      return (target, reading.faults.map(\.description), reading.unread)
    } catch {
      return (target, [error.description], [])
    }
  }

  @Test("What is written is set, and nothing else") func values() {
    let (target, faults, _) = read(
      """
      # words
      port: 5351
      enabled: true
      delay: 1.25
      name: none
      rules:
        - name: "one: of two"
          ports: [1, 65535]
        - {name: two}
      ends: {a: 1, b: 2}
      """)
    let rules = [Rule(name: "one: of two", ports: [1, 65535]), Rule(name: "two")]
    #expect(faults == [])
    #expect(
      target == Target(port: 5351, isOn: true, delay: .milliseconds(1250), name: nil, rules: rules, ends: ["a": 1, "b": 2]))
  }

  @Test("A file with nothing in it sets nothing", arguments: ["", "\n", "# words\n", "---\n", "{}"]) func empty(text: String) {
    let (target, faults, _) = read(text)
    #expect(target == Target() && faults == [])
  }

  @Test(
    "Faults have places",
    arguments: [
      ("port: 0", ["1:7: error: a whole number from 1 to 65535 is expected here, not '0'"]),
      ("port: 65536", ["1:7: error: a whole number from 1 to 65535 is expected here, not '65536'"]),
      ("port: +1", ["1:7: error: a whole number from 1 to 65535 is expected here, not '+1'"]),
      ("port: \"1\"", ["1:7: error: a whole number from 1 to 65535 is expected here, not the text '1'"]),
      ("port:", ["1:6: error: a whole number from 1 to 65535 is expected here, not nothing"]),
      ("port: [1]", ["1:7: error: a whole number from 1 to 65535 is expected here, not a list"]),
      ("\nenabled: yes", ["2:10: error: true or false is expected here, not 'yes'"]),
      ("delay: 60.001", ["1:8: error: a number of seconds from 0 to 60 is expected here, not '60.001'"]),
      ("delay: -1", ["1:8: error: a number of seconds from 0 to 60 is expected here, not '-1'"]),
      ("delay: 0.1234", ["1:8: error: a number of seconds from 0 to 60 is expected here, not '0.1234'"]),
      ("prot: 1", ["1:1: error: there is no key 'prot'; did you mean 'port'?"]),
      (
        "something: 1",
        ["1:1: error: there is no key 'something' here; there are port, enabled, delay, name, rules, ends"]
      ),
      ("rules: x", ["1:8: error: a list is expected here, not 'x': write [x]"]),
      ("rules: [x]", ["1:9: error: keys with values are expected here, such as name, ports, not 'x'"]),
      ("rules:\n  - ports: [1]", ["2:5: error: 'name' is missing"]),
      (
        "rules:\n  - name: x\n    ports: [1, x, 2, y]",
        [
          "3:16: error: a whole number from 1 to 65535 is expected here, not 'x'",
          "3:22: error: a whole number from 1 to 65535 is expected here, not 'y'",
        ]
      ),
      ("ends: {aa: 1}", ["1:8: error: a letter is expected here, not 'aa'"]),
      ("- port", ["1:1: error: keys with values are expected here, such as port, enabled, delay, not a list"]),
      ("[a]: 1", ["1:1: error: a key is a word, not a list or keys with values"]),
      (
        "port: 1\nenabled: maybe\nprt: 2",
        [
          "2:10: error: true or false is expected here, not 'maybe'", "3:1: error: there is no key 'prt'; did you mean 'port'?",
        ]
      ),
    ] as [(String, [String])])
  func faults(text: String, expected: [String]) {
    #expect(read(text).faults == expected)
  }

  @Test("Keys that are there twice are all said, and the first counts") func duplicates() {
    let (target, faults, _) = read(
      """
      port: 1
      name: a
      port: 2
      'name': b
      rules:
        - {name: c, name: d}
      port: 3
      """)
    #expect(target.port == 1 && target.name == "a" && target.rules == [Rule(name: "c")])
    #expect(
      faults == [
        "3:1: error: 'port' is there twice, first in line 1: leave one",
        "4:1: error: 'name' is there twice, first in line 2: leave one",
        "6:15: error: 'name' is there twice, first in line 6: leave one",
        "7:1: error: 'port' is there twice, first in line 1: leave one",
      ])
  }

  @Test("What is no YAML is said at its place", arguments: ["port: [1", "a: b: c", "\tport: 1", "a: &x *y"])
  func malformed(text: String) {
    let faults = read(text).faults
    #expect(faults.count == 1 && faults.first?.contains(": error: ") == true, "\(faults)")
  }

  @Test("Octets that are no UTF-8 are said by their line") func encoding() {
    #expect(throws: SettingsFault(SettingsPlace(line: 2, column: 1), "this line is not UTF-8")) {
      _ = try SettingsFile(Array("a: 1\n".utf8) + [0xFF, 0x0A])
    }
  }

  @Test("A file that would grow by its aliases is refused, soon") func bomb() {
    var text = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n"
    for level in 1...9 {
      text += "a\(level): &a\(level) [\(Array(repeating: "*a\(level - 1)", count: 10).joined(separator: ", "))]\n"
    }
    #expect(read(text).faults.contains { $0.hasSuffix("this is too much, or too deep") })
  }

  @Test("Keys whose values were not read are told") func unread() {
    #expect(read("port: x\nname: y\nrules: [{name: z, what: 1}]").unread == ["port", "rules"])
  }

  @Test("A value of a list is found by its number") func places() throws {
    let file = try SettingsFile("port: 1\nrules:\n  - name: a\n  - name: b\n")
    #expect(file.place(of: "rules") == SettingsPlace(line: 2, column: 1))
    #expect(file.place(of: "rules", index: 1) == SettingsPlace(line: 4, column: 5))
    #expect(file.place(of: "name") == nil)
  }
}

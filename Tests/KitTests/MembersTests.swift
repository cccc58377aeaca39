import FuzzHarness
import KitWire
import Testing
import VectorSupport
import Wire
import WireText

/// The generated code of every kind of member, on octets worked out by hand and on values.
@Suite("Every member: generated code does what the language says")
struct MembersTests {
  @Test("Octets worked out by hand decode, and encode again")
  func vectors() throws {
    for vector in try Vector.read("kit-members.txt") {
      let place = Comment(rawValue: "kit-members.txt:\(vector.line): \(vector.name)")
      guard vector.message != nil else {
        let error = #expect(throws: WireError.self, place) { try MembersOut(decoding: vector.octets) }
        #expect(error?.kind.name == vector.kind, place)
        #expect(error.map { "\($0.path)" } == vector.member, place)
        if let offset = vector.offset { #expect(error?.offset == offset, place) }
        #expect(error.map { "\($0.code)" } == vector.error, place)
        continue
      }
      let value = try MembersOut(decoding: vector.octets)
      #expect("\(type(of: value.message))" == vector.message, place)
      #expect((try value.encoded() == vector.octets) == vector.isCanonical, place)
    }
  }

  @Test("On values cut at every octet, and changed in every octet and at random", arguments: [false])
  func mutations(isThorough: Bool) throws {
    var mutator = Mutator(seed: 3)
    let properties = Properties<MembersOut>(direction: "out", of: Sets.definition)
    for octets in try Self.octets() {
      try properties.check(octets, isThorough: isThorough)
      for count in 0..<octets.count { try properties.check(Array(octets[..<count]), isThorough: isThorough) }
      for index in octets.indices {
        for change: UInt8 in [1, 2, 0x7F, 0x80, 0xFF] {
          var changed = octets
          changed[index] &+= change
          try properties.check(changed, isThorough: isThorough)
        }
      }
      for _ in 0..<300 { try properties.check(mutator.mutate(octets), isThorough: isThorough) }
    }
  }

  /// The vectors that decode, and what values encode to.
  private static func octets() throws -> [[UInt8]] {
    try Vector.read("kit-members.txt").map(\.octets) + values().map { try $0.encoded() }
  }

  private static func values() -> [any WireBody] {
    let date = WireDate(seconds: 784_111_777)
    let times = Times(
      sent: WireDate(seconds: 0), fine: WireDate(seconds: 5, nanoseconds: 7000), wait: .milliseconds(500),
      days: .seconds(86_400 * 3), date: date, expiry: date, until: date, idle: .seconds(120), last: date)
    let arrays = Arrays(
      pairs: 2, addresses: [IPv4Address(1), IPv4Address(2)], octetCount: 5, ports: [1, 0x1234],
      labels: [Word(text: "a"), Word(text: "bcd")], marks: [7, 8], parts: [Pair(left: 1, right: 2), Pair(left: 3, right: 4)],
      words: [Word(text: "xy"), Word(text: "zz")], sorts: [.plain, .double])
    let limited = Limited(kind: 9, value: 0x1234, tail: [1, 2, 3])
    let lengths = Lengths(first: limited, second: Short(a: 5), others: [limited, Limited(kind: 1, value: 2, tail: [])])
    return [
      Sets(services: [.nat, .self_], hints: [.early, Hints(rawValue: 2)], more: [.firewall], spare: 31), Sets(hints: []),
      Extents(
        host: "abc", user: "Größe", data: [1, 2], blob: [3], interface: WireString(octets: [0xFF, 1]), fill: [1, 2, 3],
        note: "n", mark: "xyz"),
      Extents(host: "", user: "u", data: [], blob: [], interface: "", fill: [9, 9, 9, 9]),
      times, arrays, lengths, Used(mode: 1, inner: Head(version: 7, mode: 8), end: 5),
    ]
  }

  @Test("Values come back as they were")
  func values() throws {
    for value in Self.values() { try check(value) }
  }

  private func check<Body: WireBody>(_ value: Body) throws {
    let octets = try value.encoded()
    #expect(try Body(decoding: octets) == value)
    #expect(try Body.isCanonical(octets))
  }

  @Test("What has no octets is not encoded")
  func refused() {
    func kind<Body: WireBody>(_ value: Body) -> WireError? { #expect(throws: WireError.self) { try value.encoded() } }
    let extents = Extents(host: "abc", user: "abc", data: [], blob: [], interface: "", fill: [1], note: "", mark: "xyz")
    #expect(throws: Never.self) { try extents.encoded() }
    #expect(kind(extents.with { $0.interface = "1234567" })?.kind == .mismatch)
    #expect(kind(extents.with { $0.fill = [1, 32, 2] })?.kind == .mismatch)
    #expect(kind(extents.with { $0.mark = "longer" })?.kind == .mismatch)
    #expect(kind(extents.with { $0.mark = nil })?.kind != nil)
    #expect(kind(extents.with { $0.host = "ä" })?.kind == .text)
    let date = WireDate(seconds: 0)
    let times = Times(
      sent: date, fine: date, wait: .milliseconds(5), days: .zero, date: date, expiry: date, until: nil, idle: .zero, last: date)
    #expect(throws: Never.self) { try times.encoded() }
    #expect(kind(times.with { $0.sent = WireDate(seconds: -2_208_988_801) })?.kind == .unrepresentable)
    #expect(kind(times.with { $0.sent = WireDate(seconds: 1, nanoseconds: 1) })?.kind == .unrepresentable)
    #expect(kind(times.with { $0.sent = WireDate(seconds: 1 << 33) })?.kind == .unrepresentable)
    #expect(kind(times.with { $0.wait = .microseconds(5500) })?.kind == .unrepresentable)
    #expect(kind(times.with { $0.wait = .milliseconds(-5) })?.kind == .unrepresentable)
    #expect(kind(times.with { $0.wait = .milliseconds(65_536) })?.kind == .unrepresentable)
    #expect(kind(times.with { $0.wait = .milliseconds(4) })?.kind == .range)
    #expect(kind(times.with { $0.date = WireDate(seconds: 253_402_300_800) })?.kind == .unrepresentable)
    #expect(kind(times.with { $0.date = WireDate(seconds: 1, nanoseconds: 1) })?.kind == .mismatch)
  }
}

extension WireBody {
  func with(_ change: (inout Self) -> Void) -> Self {
    var value = self
    change(&value)
    return value
  }
}

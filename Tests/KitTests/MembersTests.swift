import FuzzHarness
import KitWire
import Testing
import VectorSupport
import Wire
import WireText

/// The generated code of every kind of member, on octets worked out by hand and on values.
@Suite("Every member: generated code does what the language says")
struct MembersTests {
  static let vectors = Result {
    try VectorProtocol(MembersProtocol.definition, MembersOut.self)
      .cases(["kit-members.txt"], sayValues: false)
  }

  @Test("Octets worked out by hand decode, and encode again, or are refused", arguments: try vectors.get())
  func vector(_ entry: VectorCase) {
    #expect(entry.problems() == [])
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
    try vectors.get().map(\.vector.octets) + values().map { try $0.encoded() }
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

  @Test("What a choice is called and what it holds must be what the earlier members say")
  func choices() throws {
    let way = Choices.Control(way: WayNote(kind: .plain, text: ""))
    let numbers = [Numbered(number: 1, word: ""), Numbered(number: 2, word: "b")]
    let value = Choices(
      way: .udp, isLong: true, detail: .udp(ChoicesDetailUdp(checksummed: 1, port: 53)),
      width: .long(ChoicesWidthLong(value: 1 << 31)), control: way,
      objects: .plain(ChoicesObjectsPlain(numbers: numbers)),
      tail: .address(ChoicesTailAddress(address: IPv4Address(10, 0, 0, 1))))
    #expect(try Choices(decoding: value.encoded()) == value)
    #expect(value.isUDP && value.isFree)
    #expect(value.detail.kind == .udp && value.detail.udp?.port == 53 && value.detail.reliable == nil)
    func kind(_ change: (inout Choices) -> Void) -> WireError.Kind? {
      #expect(throws: WireError.self) { try value.with(change).encoded() }?.kind
    }
    #expect(kind { $0.detail = .none } == .mismatch)
    #expect(kind { $0.way = .tcp } == .mismatch)
    #expect(kind { $0.isLong = false } == .mismatch)
    #expect(kind { $0.objects = .other(ChoicesObjectsOther(notes: .init())) } == .mismatch)
    #expect(kind { $0.detail = .udp(ChoicesDetailUdp(checksummed: 0, port: 53)) } != nil)
    #expect(kind { $0.objects = .plain(ChoicesObjectsPlain(numbers: Array(numbers.prefix(1)))) } == .mismatch)
    #expect(kind { $0.tail = .opaque(ChoicesTailOpaque(data: [1, 2, 3, 4])) } == .mismatch)
    #expect(kind { $0.detail = .udp(ChoicesDetailUdp(checksummed: 2, port: nil)) } == .range)
  }

  @Test("What is in a choice is read in place")
  func choiceViews() throws {
    for vector in try Self.vectors.get().map(\.vector) where vector.message == "Choices" {
      let value = try Choices(decoding: vector.octets)
      try vector.octets.withRawSpan { (octets: RawSpan) throws(WireError) in
        let view = try Choices.View(octets)
        let kinds = (view.detailKind, view.tailKind)
        #expect(kinds == (value.detail.kind, value.tail.kind))
        let computed = (view.isUDP, view.isFree)
        #expect(computed == (value.isUDP, value.isFree))
        let port = try view.withDetailUdp { (udp: borrowing Borrowed<ChoicesDetailUdp>) throws(WireError) in udp.port }
        #expect(port == value.detail.udp.map(\.port))
      }
    }
  }

  @Test("Computed Booleans are the same in values and in place")
  func derived() throws {
    for vector in try Self.vectors.get().map(\.vector) where vector.message == "Walks" {
      let value = try Walks(decoding: vector.octets)
      #expect(value.hasLarge == value.numbers.contains { $0 > UInt64(Int64.max) })
      try vector.octets.withRawSpan { (octets: RawSpan) throws(WireError) in
        let view = try Walks.View(octets)
        let computed = (view.hasLarge, view.isLocal)
        #expect(computed == (value.hasLarge, value.isLocal))
      }
    }
  }

  @Test("Messages are cut out of a stream")
  func frames() throws {
    #expect(try MembersBack.frame([]) == .incomplete(needed: 2))
    #expect(try MembersBack.frame([1]) == .incomplete(needed: 2))
    #expect(try MembersBack.frame([1, 3, 0]) == .incomplete(needed: 8))
    #expect(try MembersBack.frame([1, 3, 0, 0, 0, 0, 0, 0, 9]) == .complete(8))
    for words: UInt8 in [0, 2, 28, 32, 33, 255] {
      let error = #expect(throws: WireError.self) { try MembersBack.frame([1, words]) }
      #expect(error?.kind == .length && error?.offset == 1)
      #expect(error.map { "\($0.path)" } == "FrameStart.words")
      #expect(error.map { "\($0.code)" } == "length")
    }
  }
}

extension WireBody {
  func with(_ change: (inout Self) -> Void) -> Self {
    var value = self
    change(&value)
    return value
  }
}

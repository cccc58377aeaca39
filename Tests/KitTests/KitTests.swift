import FuzzHarness
import KitWire
import Testing
import VectorSupport
import Wire
import WireText

/// The generated code of every construct, held against the interpreter of the same schema.
@Suite("Every construct: generated code and interpreter agree")
struct KitTests {
  private static let bodies: [any WireBody.Type] = [
    Numbers.self, Groups.self, Variable.self, Texts.self, Items.self, Bare.self, Point.self, Name.self, Plain.self,
    RequiredItem.self, OptionalItem.self, ManyItem.self, ForbiddenItem.self, TrickyItem.self,
  ]

  @Test("Values go both ways")
  func values() throws {
    for value in try Self.values() {
      try check(value)
    }
  }

  private func check<Body: WireBody>(_ value: Body) throws {
    let octets = try value.encoded()
    #expect(try Body(decoding: octets) == value)
    #expect(try Body.isCanonical(octets))
    try Properties(body: Body.self).check(octets, isThorough: true)
  }

  @Test("On values cut at every octet, and changed at random")
  func mutations() throws {
    var mutator = Mutator(seed: 11)
    for value in try Self.values() {
      let octets = try value.encoded()
      for count in 0..<octets.count { try everyProperty(of: Array(octets[..<count])) }
      for _ in 0..<1500 { try everyProperty(of: mutator.mutate(octets)) }
    }
  }

  @Test("On random octets, for each type")
  func random() throws {
    var mutator = Mutator(seed: 5)
    for type in Self.bodies {
      for size in 0..<300 { try check(type, mutator.random(size % 60)) }
    }
  }

  private func everyProperty(of octets: [UInt8]) throws {
    try Properties<KitUp>(direction: "up", of: Numbers.definition).check(octets, isThorough: true)
    try Properties<KitDown>(direction: "down", of: Numbers.definition).check(octets, isThorough: true)
  }

  private func check<Body: WireBody>(_ type: Body.Type, _ octets: [UInt8]) throws {
    try Properties(body: type).check(octets, isThorough: true)
  }

  private static func values() throws -> [any WireBody] {
    let numbers = Numbers(
      u16: 500, u24: 0xABCDEF, u32: 0x0102_0304, u40: 0x01_0203_0405, u48: 5, u56: 6, u64: 7, i8: -100, i24: -8_388_608,
      i40: -1, i64: .min, color: .default, wide: .last, self_: 9)
    let groups = Groups(
      first: true, kind: .class, last: true, low: 30, grade: .high, whole: 255, long: 1 << 60 - 1, tail: 2,
      after: IPv4Address(192, 0, 2, 1), mac: MACAddress(Octets([1, 2, 3, 4, 5, 6])!))
    let point = Point(x: -2, y: 8_388_607)
    let name = Name(text: "Größe")
    let plain = Plain(a: 1, b: 0x1234)
    let variable = Variable(
      type: 4, point: point, plain: plain, name: name, list: [point, point], titles: [name], half: [1, 2, 3, 4, 5],
      more: plain, other: nil, bytes: [9, 8], values: [0xABCDEF])
    let texts = Texts(
      fixed: "abcd", kept: WireString(octets: [0xFF, 0, 0x41]), six: IPv6Address.unspecified, sized: "12345",
      colors: [.red, .default])
    var items = Items(
      items: Items.Items(
        required: RequiredItem(value: 7), optional: OptionalItem(value: 8), many: [ManyItem(text: "xy"), ManyItem(text: "z123")],
        tricky: [TrickyItem(kind: 1, extra: 2, body: [3, 4]), TrickyItem(kind: 0, extra: nil, body: [1, 2, 3])]))
    items.items.unknown = [try KitItem.kept(ItemCode(rawValue: 500), value: [1, 2])]
    return [numbers, groups, variable, texts, items, Bare(items: .init()), point, name]
  }

  @Test("What would decode to another value is not encoded")
  func mismatches() {
    let point = Point(x: 1, y: 2)
    let name = Name(text: "n")
    let plain = Plain(a: 1, b: 2)
    func variable(_ change: (inout Variable) -> Void) -> WireError? {
      var value = Variable(
        type: 3, point: point, plain: plain, name: name, list: [], titles: [], half: [0], more: nil, other: nil, bytes: [],
        values: [1])
      change(&value)
      return #expect(throws: WireError.self) { try value.encoded() }
    }
    #expect(variable { $0.more = plain } != nil)
    #expect(variable { $0.half = [] } != nil)
    #expect(variable { $0.bytes = [1] }?.kind == .unrepresentable)
    #expect(variable { $0.name.text = "" }?.kind == .range)
    #expect(variable { $0.name.text = "a\u{0}b" }?.kind == .text)
    #expect(variable { $0.point.y = 1 << 23 }?.kind == .unrepresentable)
    #expect(variable { $0.values = [] }?.kind == .range)
  }
}

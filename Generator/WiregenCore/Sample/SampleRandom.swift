/// Numbers that look random and are the same for the same seed (SplitMix64).
struct SampleRandom {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ mixed >> 30) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
    return mixed ^ mixed >> 31
  }

  /// From 0 to below `limit`, which is at least 1.
  mutating func below(_ limit: Int) -> Int { Int(next() % UInt64(max(1, limit))) }

  /// True so many times of so many.
  mutating func chance(_ times: Int, of all: Int) -> Bool { below(all) < times }

  mutating func pick<Item>(_ items: [Item]) -> Item? { items.isEmpty ? nil : items[below(items.count)] }

  mutating func shuffle<Item>(_ items: inout [Item]) {
    for index in items.indices.reversed() { items.swapAt(index, below(index + 1)) }
  }

  /// A count within bounds: one of its ends, or not far above the lower one.
  mutating func count(from minimum: Int, to maximum: Int?, usually span: Int) -> Int {
    let drawn = minimum + below(span + 1)
    guard let maximum else { return drawn }
    if span > 0, maximum <= 64, chance(1, of: 6) { return maximum }
    return min(drawn, max(minimum, maximum))
  }

  mutating func octets(_ count: Int) -> [UInt8] { (0..<count).map { _ in UInt8(truncatingIfNeeded: next()) } }

  /// UTF-8 of exactly so many octets.
  mutating func text(_ count: Int, isASCII: Bool) -> [UInt8] {
    let alphabets: [[UInt8]] = [[0x61], [0x5A], [0x20], [0xC3, 0xA9], [0xE2, 0x82, 0xAC], [0xF0, 0x9F, 0x98, 0x80]]
    var text: [UInt8] = []
    while text.count < count {
      let letter = alphabets[below(isASCII ? 3 : alphabets.count)]
      text += text.count + letter.count <= count ? letter : [0x2E]
    }
    return text
  }
}

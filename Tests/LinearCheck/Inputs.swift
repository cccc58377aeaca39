/// Octets of a message of `linear.xml`, as long as one likes.
struct Input: Sendable {
  /// The message's name, and what its parts are.
  let name: String
  /// Whether it is refused.
  var isWrong: Bool { name.hasPrefix("Wrong") }
  /// The octets with a number of parts.
  let octets: @Sendable (Int) -> [UInt8]

  /// - Parameters:
  ///   - type: The message's first octet.
  ///   - part: The octets of one part, by its index.
  init(_ name: String, _ type: UInt8, end: [UInt8] = [], part: @escaping @Sendable (Int) -> [UInt8]) {
    self.name = name
    octets = { count in [type] + (0..<count).flatMap(part) + end }
  }

  init(_ name: String, octets: @escaping @Sendable (Int) -> [UInt8]) {
    self.name = name
    self.octets = octets
  }

  static let all: [Input] = [
    Input("Numbers", 1, part: number),
    Input("Points", 2) { [UInt8(truncatingIfNeeded: $0)] + number($0 + 1) },
    Input("Terminated", 3, end: [0, 0]) { number($0 + 1) },
    Input("Words", octets: { [3, 0, 0] + (0..<$0).flatMap { word($0) } }),
    Input("Shapes", 4) { [[0], [1, 0, 9], [2, 3, 1, 2, 3]][$0 % 3] },
    Input("Shelves", 5) { [2] + one($0) + two($0) },
    Input("Text", octets: text),
    Input("Items of one kind", 7, part: one),
    Input("Items by turns", 7) { $0 % 2 == 0 ? one($0) : two($0) },
    Input("Items kept", 7) { [9] + counted(number($0)) },
    Input("Items ignored", 7) { [100] + counted(number($0)) },
    Input("Items before the last", 7, end: [4, 0, 0, 0], part: one),
    Input("Items in boxes", 7) { [3] + counted(one($0) + two($0)) },
    Input("Items in deep boxes", octets: { [7] + boxes(63, around: (0..<$0).flatMap(one)) }),
    Input("Items in boxes ever deeper", octets: { [7] + boxes($0 / 9, around: (0..<$0).flatMap(one)) }),
    Input("Items in crates ever deeper", octets: { [7] + crates($0 / 9, around: (0..<$0).flatMap(one)) }),
    Input("Items listed", octets: { count in [8] + (0..<count).flatMap(one) + (0..<count).flatMap(two) }),
    Input("Wrong order of items", octets: { count in [8] + (0..<count).flatMap(two) + (0..<count).flatMap(one) }),
    Input("Records", 9) { [[1, 0, 0, 6] + number($0), [1, 0x80, 0, 8, 0, 7] + number($0)][$0 % 2] },
    Input("Records in cases ever deeper", octets: { [9] + cases($0 / 9, around: (0..<$0).flatMap(record)) }),
    Input("Ruled", 10) { number($0 + 1) },
    Input("Unique", 11, part: number),
    Input("Ascending", 12, part: number),
    Input("Among", 13) { one($0) + two($0) },
    Input("Wrong prints", 14) { [5] + counted(number(0) + number($0)) },
    Input("Prints", octets: { prints($0, in: 0) }),
    Input("Prints in boxes ever deeper", octets: { prints($0, in: $0 / 9) }),
    Input("Wrong tags", 2) { [UInt8(truncatingIfNeeded: $0), 0, 0] },
  ]

  private static func number(_ index: Int) -> [UInt8] {
    [UInt8(truncatingIfNeeded: index >> 8), UInt8(truncatingIfNeeded: index)]
  }

  private static func counted(_ octets: [UInt8]) -> [UInt8] { number(octets.count) + octets + (octets.count % 2 == 0 ? [0] : []) }

  private static func one(_ index: Int) -> [UInt8] { [1] + counted(number(index)) }

  private static func two(_ index: Int) -> [UInt8] { [2] + counted(Array("\(index)".utf8)) }

  private static func word(_ index: Int) -> [UInt8] {
    let text = Array("\(index)".utf8)
    return [UInt8(text.count)] + text
  }

  private static func boxes(_ depth: Int, around octets: [UInt8]) -> [UInt8] {
    var octets = octets
    for _ in 0..<depth { octets = [3] + counted(octets) }
    return octets
  }

  private static func crates(_ depth: Int, around octets: [UInt8]) -> [UInt8] {
    var octets = octets
    for _ in 0..<depth { octets = [6] + counted(number(octets.count) + octets) }
    return octets
  }

  private static func record(_ index: Int) -> [UInt8] { [1, 0, 0, 6] + number(index) }

  private static func cases(_ depth: Int, around octets: [UInt8]) -> [UInt8] {
    var octets = octets
    for _ in 0..<depth { octets = [2, 0] + number(4 + octets.count) + octets }
    return octets
  }

  /// Elements with the checksum of all before them, in boxes whose lengths are before them too.
  private static func prints(_ count: Int, in boxes: Int) -> [UInt8] {
    var octets: [UInt8] = [14]
    for inner in (0..<boxes).reversed() { octets += [7] + number(8 * count + 4 * inner) }
    for _ in 0..<count {
      let sum = octets.withRawSpan { $0.crc32(0..<octets.count) }
      octets += [5] + counted((0..<4).map { UInt8(truncatingIfNeeded: sum >> (24 - 8 * $0)) })
    }
    return octets + [UInt8](repeating: 0, count: boxes)
  }

  /// The checksum of a message of one letter's octets is worked out here.
  private static func text(_ count: Int) -> [UInt8] {
    var octets: [UInt8] = [6, 0, 0] + (0..<count).map { UInt8(97 + $0 % 26) }
    var sum: UInt32 = 0
    for index in octets.indices { sum += UInt32(octets[index]) << (index % 2 == 0 ? 8 : 0) }
    while sum > 0xFFFF { sum = sum & 0xFFFF + sum >> 16 }
    octets[1] = UInt8(truncatingIfNeeded: ~sum >> 8)
    octets[2] = UInt8(truncatingIfNeeded: ~sum)
    return octets
  }
}

import Testing

@testable import PCP

/// The bits that say which ports are taken, against a plain set.
@Suite struct PortSpaceTests {
  /// The first of the longest runs of free ports from `start` on, then of those in the whole range.
  private func run(
    _ taken: Set<UInt16>, _ count: Int, from start: UInt16, in range: ClosedRange<UInt16>, isOdd: Bool?
  ) -> (UInt16, Int)? {
    var best: (UInt16, Int)?
    for begin in [start, range.lowerBound] {
      for first in begin...range.upperBound where isOdd == nil || (first % 2 == 1) == isOdd {
        var length = 0
        while length < count, Int(first) + length <= Int(range.upperBound), !taken.contains(first + UInt16(length)) {
          length += 1
        }
        if length > best?.1 ?? 0 { best = (first, length) }
        if length == count { return best }
      }
    }
    return best
  }

  @Test("Runs are found where they are", arguments: 1...200 as ClosedRange<UInt64>)
  func runs(seed: UInt64) {
    var random = SystemSeed(seed)
    let reserved = Set((0..<4).map { _ in random.port(in: 900...1200) })
    var space = PortSpace(reserved: reserved)
    var taken: Set<UInt16> = []
    for _ in 0..<random.port(in: 1...400) {
      let port = random.port(in: 900...1200)
      if random.port(in: 0...3) == 0 {
        space.free(port)
        taken.remove(port)
      } else {
        space.take(port)
        taken.insert(port)
      }
    }
    #expect(space.taken == taken.count)
    for count in [1, 2, 5, 64, 300] {
      for isOdd in [nil, true, false] {
        let start = random.port(in: 950...1150)
        let found = space.run(of: count, from: start, in: 950...1150, isOdd: isOdd)
        let expected = run(taken.union(reserved), count, from: start, in: 950...1150, isOdd: isOdd)
        #expect(found?.count == expected?.1, "\(count) \(String(describing: isOdd))")
        #expect(found?.first == expected?.0, "\(count) \(String(describing: isOdd))")
      }
    }
  }

  @Test("The ends of the range are ports like others")
  func ends() {
    var space = PortSpace(reserved: [0])
    #expect(space.run(of: 1, from: 65535, in: 0...65535)?.first == 65535)
    space.take(65535)
    #expect(space.run(of: 1, from: 65535, in: 0...65535)?.first == 1)
    for port in 0...65535 as ClosedRange<UInt16> { space.take(port) }
    #expect(space.run(of: 1, from: 7, in: 0...65535) == nil)
    space.free(7)
    #expect(space.run(of: 9, from: 9, in: 0...65535)?.first == 7)
    space.reserve([7])
    #expect(space.run(of: 9, from: 9, in: 0...65535) == nil)
  }

  private struct SystemSeed {
    private var state: UInt64

    init(_ seed: UInt64) { state = seed &* 0x9E37_79B9_7F4A_7C15 }

    mutating func port(in range: ClosedRange<UInt16>) -> UInt16 {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return range.lowerBound + UInt16((state >> 33) % UInt64(range.count))
    }
  }
}

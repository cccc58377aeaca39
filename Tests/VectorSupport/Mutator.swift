/// Makes octets that are nearly right, the same ones for the same seed.
public struct Mutator: Sendable {
  private var state: UInt64

  public init(seed: UInt64) { state = seed &* 0x9e37_79b9_7f4a_7c15 &+ 1 }

  /// SplitMix64.
  private mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var value = state
    value = (value ^ value >> 30) &* 0xbf58_476d_1ce4_e5b9
    value = (value ^ value >> 27) &* 0x94d0_49bb_1331_11eb
    return value ^ value >> 31
  }

  private mutating func below(_ limit: Int) -> Int { Int(next() % UInt64(max(1, limit))) }

  /// Octets without any plan.
  public mutating func random(_ count: Int) -> [UInt8] { (0..<count).map { _ in UInt8(truncatingIfNeeded: next()) } }

  /// Octets changed in one to four places: bits, whole octets, ends, and parts repeated from within.
  public mutating func mutate(_ octets: [UInt8]) -> [UInt8] {
    var result = octets
    for _ in 0...below(3) {
      let place = below(result.count)
      switch below(7) {
      case 0 where !result.isEmpty: result[place] ^= 1 << UInt8(below(8))
      case 1 where !result.isEmpty: result[place] = UInt8(truncatingIfNeeded: next())
      case 2 where !result.isEmpty: result[place] = [0, 1, 2, 3, 4, 0x7F, 0x80, 0x81, 0xFF][below(9)]
      case 3: result.removeLast(min(result.count, below(8)))
      case 4: result += random(4 * (1 + below(6)))
      case 5: result += [UInt8([0, 1, 2, 3, 4, 5, 13, 96, 128, 129, 130, 200][below(12)]), 0, 0, UInt8(below(24))]
      case 6 where !result.isEmpty: result += result[(place & ~3)...].prefix(24)
      default: break
      }
    }
    return result
  }
}

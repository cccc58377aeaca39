import Testing
import Wire
import WireText

/// The octets of hexadecimal digits, white space aside.
func hex(_ text: String) -> [UInt8] {
  let digits = text.filter { !$0.isWhitespace }.map { UInt8($0.hexDigitValue ?? 0) }
  return stride(from: 0, to: digits.count, by: 2).map { digits[$0] << 4 | digits[$0 + 1] }
}

/// The octets with some of them replaced.
func replacing(_ octets: [UInt8], at offset: Int, with part: [UInt8]) -> [UInt8] {
  var result = octets
  result.replaceSubrange(offset..<offset + part.count, with: part)
  return result
}

extension Interpreter {
  /// What decoding fails with, as text; nil when it does not.
  func failure(_ body: String, _ octets: [UInt8], mode: Check.Mode = .strict) throws -> String? {
    let body = try #require(self.body(named: body))
    do throws(Violation) {
      _ = try decode(body, octets, mode: mode)
      return nil
    } catch { return "\(error)" }
  }

  func tree(_ body: String, _ octets: [UInt8], mode: Check.Mode = .strict) throws -> WireTree {
    try decode(#require(self.body(named: body)), octets, mode: mode).tree
  }

  /// All violations as text.
  func all(_ body: String, _ octets: [UInt8]) throws -> [String] {
    try violations(#require(self.body(named: body)), octets).map(\.description)
  }

  /// What encoding gives, in hexadecimal, or why it fails.
  func encoding(_ body: String, _ value: WireValue, checked: Bool = true) throws -> String {
    let body = try #require(self.body(named: body))
    do throws(Violation) {
      return try encode(body, value, checked: checked).map { byte in
        let digits = String(byte, radix: 16)
        return digits.count == 1 ? "0" + digits : digits
      }.joined()
    } catch { return "\(error)" }
  }
}

/// Small, seeded, the same everywhere: what fails once fails again.
struct SplitMix: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var value = state
    value = (value ^ value >> 30) &* 0xBF58_476D_1CE4_E5B9
    value = (value ^ value >> 27) &* 0x94D0_49BB_1331_11EB
    return value ^ value >> 31
  }
}

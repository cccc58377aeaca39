import PCPWire
import Testing
import VectorSupport
import Wire
import WireText

/// Generated code and the interpreter are two readings of one schema; whatever the octets, they must say the same.
@Suite("Generated code and interpreter agree")
struct AgreementTests {
  @Test("On every vector, cut at every octet", arguments: VectorCase.all)
  func truncations(_ entry: VectorCase) {
    for count in 0...entry.vector.octets.count {
      agree(on: Array(entry.vector.octets[..<count]), entry.tested)
    }
  }

  @Test("On thousands of mutations", arguments: VectorCase.all)
  func mutations(_ entry: VectorCase) {
    var mutator = Mutator(seed: UInt64(entry.vector.line))
    for _ in 0..<60 { agree(on: mutator.mutate(entry.vector.octets), entry.tested) }
  }

  /// Compares value, first error and list of violations in both directions.
  private func agree(on octets: [UInt8], _ tested: TestedProtocol) {
    for (name, messages) in tested.directions {
      guard let direction = tested.interpreter.direction(named: name) else { continue }
      compare(messages, direction, octets, tested.interpreter)
    }
  }

  private func compare<Messages: WireMessages>(
    _ type: Messages.Type, _ direction: Int, _ octets: [UInt8], _ interpreter: Interpreter
  ) {
    let generated = Messages.violations(in: octets).map(Verdict.init)
    let interpreted = interpreter.violations(direction: direction, octets).map(Verdict.init)
    #expect(generated == interpreted, "violations in \(hexadecimal(octets))")
    for mode in [Check.Mode.strict, .lenient] {
      let first = Result { () throws(WireError) in try Messages(decoding: octets, mode) }
      let second = Result { () throws(Violation) in try interpreter.decode(direction: direction, octets, mode: mode) }
      switch (first, second) {
      case (.success(let message), .success(let decoded)): compare(message, decoded, octets, interpreter)
      case (.failure(let error), .failure(let violation)):
        #expect(Verdict(error) == Verdict(violation), "\(mode) \(hexadecimal(octets))")
      case (.success, .failure(let violation)):
        Issue.record("only the interpreter refuses: \(violation) \(hexadecimal(octets))")
      case (.failure(let error), .success): Issue.record("only generated code refuses: \(error) \(hexadecimal(octets))")
      }
    }
  }

  private func compare<Messages: WireMessages>(
    _ message: Messages, _ decoded: Decoded, _ octets: [UInt8], _ interpreter: Interpreter
  ) {
    let encoded = try? message.encoded(unchecked: ())
    let again = try? interpreter.encode(decoded.body, decoded.tree.value, checked: false)
    #expect(encoded != nil && encoded == again, "encodings of \(hexadecimal(octets))")
  }
}

/// Makes octets that are nearly right.
struct Mutator {
  private var state: UInt64

  init(seed: UInt64) { state = seed &* 0x9e37_79b9_7f4a_7c15 &+ 1 }

  /// SplitMix64.
  private mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var value = state
    value = (value ^ value >> 30) &* 0xbf58_476d_1ce4_e5b9
    value = (value ^ value >> 27) &* 0x94d0_49bb_1331_11eb
    return value ^ value >> 31
  }

  private mutating func below(_ limit: Int) -> Int { Int(next() % UInt64(max(1, limit))) }

  mutating func mutate(_ octets: [UInt8]) -> [UInt8] {
    var result = octets
    for _ in 0...below(3) {
      let place = below(result.count)
      switch below(7) {
      case 0 where !result.isEmpty: result[place] ^= 1 << UInt8(below(8))
      case 1 where !result.isEmpty: result[place] = UInt8(truncatingIfNeeded: next())
      case 2 where !result.isEmpty: result[place] = [0, 1, 2, 3, 4, 0x7F, 0x80, 0x81, 0xFF][below(9)]
      case 3: result.removeLast(min(result.count, below(8)))
      case 4: result += (0..<4 * (1 + below(6))).map { _ in UInt8(truncatingIfNeeded: next()) }
      case 5: result += [[1, 2, 3, 13, 96, 128, 129, 130, 200][below(9)], 0, 0, UInt8(below(24))]
      case 6 where result.count > 60: result += result[60...].prefix(24)
      default: break
      }
    }
    return result
  }
}

func hexadecimal(_ octets: [UInt8]) -> String {
  octets.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
}

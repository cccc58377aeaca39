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

func hexadecimal(_ octets: [UInt8]) -> String {
  octets.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
}

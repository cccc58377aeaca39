import Agreement
import Testing
import VectorSupport
import Wire
import WiregenCore

/// Generated code and interpreter share the resolved schema and nothing else; here they are held against each other.
@Suite(.serialized) struct AgreementTests {
  @Test(arguments: Subject.all) func theySayTheSame(of subject: Subject) async throws {
    let (inputs, valid) = try await inBackground { try compare(subject) }
    #expect(inputs > 10 * subject.rounds)
    // What is drawn must not be refused at the door, or nothing behind it is compared.
    #expect(3 * valid >= subject.rounds, "\(valid) of \(subject.rounds) are valid")
  }

  private func compare(_ subject: Subject) throws -> (inputs: Int, valid: Int) {
    var inputs = 0
    var valid = 0
    for seed in 0..<UInt64(subject.rounds) {
      let (count, isValid) = try Round(subject, seed: seed).run(mutations: 25)
      inputs += count
      valid += isValid ? 1 : 0
    }
    return (inputs, valid)
  }

  @Test(arguments: Subject.all) func theySayTheSameOfSamples(of subject: Subject) async throws {
    guard !subject.messages.isEmpty else { return }
    let compared = try await inBackground {
      var series = SampleSeries(subject.interpreter, bodies: subject.messages, seed: 7)
      var compared = 0
      for _ in 0..<max(4, subject.rounds / 8) {
        for sample in [series.nextValid(), series.nextInvalid()].compactMap({ $0 }) {
          try subject.compare(sample.octets)
          compared += 1
        }
      }
      return compared
    }
    #expect(compared > subject.rounds / 8)
  }

  /// Octets of which they once did not say the same, and whose they are.
  private static let kept = [
    // The length of the message ends it before what its choice has looked at.
    ("DiameterRequest", "01000004c000010f6688ae5cffffffff2ff85472"),
    ("DiameterRequest", "01000007c000010f6688ae5cffffffff2ff85472"),
  ]

  @Test("Of what they once did not say the same", arguments: kept)
  func theySayTheSame(of name: String, _ octets: String) throws {
    let subject = try #require(Subject.all.first { $0.name == name })
    try subject.compare([UInt8](hexadecimal: octets[...]))
  }

  @Test("On samples that show all of PCP", arguments: Subject.all.filter { $0.name.hasPrefix("PCP") })
  func theySayTheSameOfAll(of subject: Subject) async throws {
    try await inBackground {
      var coverage = SampleCoverage(subject.interpreter, bodies: subject.messages, seed: 1)
      coverage.run()
      for sample in coverage.samples { try subject.compare(sample.octets) }
    }
  }
}

extension Subject: CustomTestStringConvertible {
  public var testDescription: String { name }
}

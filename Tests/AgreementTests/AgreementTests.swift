import Agreement
import Testing
import VectorSupport
import Wire

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
}

extension Subject: CustomTestStringConvertible {
  public var testDescription: String { name }
}

import Agreement
import Testing
import Wire

/// Generated code and interpreter share the resolved schema and nothing else; here they are held against each other.
@Suite struct AgreementTests {
  @Test(arguments: Subject.all) func theySayTheSame(of subject: Subject) throws {
    var inputs = 0
    var valid = 0
    for seed in 0..<120 as Range<UInt64> {
      let (count, isValid) = try Round(subject, seed: seed).run(mutations: 25)
      inputs += count
      valid += isValid ? 1 : 0
    }
    #expect(inputs > 1000)
    // What is drawn must not be refused at the door, or nothing behind it is compared.
    #expect(valid >= 40, "\(valid) of 120 are valid")
  }
}

extension Subject: CustomTestStringConvertible {
  public var testDescription: String { name }
}

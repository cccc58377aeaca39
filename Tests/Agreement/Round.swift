import VectorSupport
import WiregenCore

/// One message drawn at random, and what comes of it when it is cut and changed.
public struct Round: Sendable {
  public let subject: Subject
  /// The same seed gives the same octets.
  public let seed: UInt64

  public init(_ subject: Subject, seed: UInt64) {
    self.subject = subject
    self.seed = seed
  }

  /// Compares generated code and interpreter on the message, cut at every octet, and changed.
  ///
  /// - Parameter mutations: how many changed ones.
  /// - Returns: How many inputs were compared, and whether the message itself is valid.
  public func run(mutations: Int) throws(Disagreement) -> (inputs: Int, isValid: Bool) {
    guard !subject.messages.isEmpty else { return (0, false) }
    let message = subject.messages[Int(seed % UInt64(subject.messages.count))]
    var maker = SampleMaker(subject.interpreter, seed: seed)
    guard let octets = maker.octets(of: message) else { return (0, false) }
    try subject.compare(octets)
    let isValid = subject.interpreter.violations(message, octets).isEmpty
    for count in 0..<min(octets.count, 64) { try subject.compare(Array(octets[..<count])) }
    var mutator = Mutator(seed: seed)
    for _ in 0..<mutations { try subject.compare(mutator.mutate(octets)) }
    return (1 + min(octets.count, 64) + mutations, isValid)
  }
}

import Wire
import WireText

/// Runs the samples of a schema through the interpreter: each decodes to what it says, or fails as it says.
///
/// The interpreter walks the resolved schema itself. It shares neither the plans nor the rendering of generated code, so
/// that the two can be held against each other.
public struct SampleRunner {
  private let schema: ResolvedSchema
  private let interpreter: Interpreter

  public init(_ schema: ResolvedSchema) {
    self.schema = schema
    interpreter = Interpreter(schema.definition)
  }

  /// Adds an error for each sample that is not what it says.
  public func run(_ diagnostics: Diagnostics) {
    for sample in schema.samples { run(sample, diagnostics) }
  }

  private func run(_ sample: ResolvedSchema.Sample, _ diagnostics: Diagnostics) {
    do throws(Violation) {
      let decoded = try interpreter.decode(sample.body, sample.octets)
      guard sample.failure == nil else {
        diagnostics.error(
          sample.position, "sample '\(sample.name)' decodes, but must be refused; leave error= and kind= out if it is right")
        return
      }
      for expectation in sample.expectations { check(expectation, decoded.tree, sample.name, diagnostics) }
      try checkCanonical(sample, decoded.tree, diagnostics)
    } catch {
      guard let failure = sample.failure else {
        diagnostics.error(sample.position, "sample '\(sample.name)' does not decode: \(error)")
        return
      }
      check(failure, error, sample, diagnostics)
    }
  }

  private func check(
    _ expectation: ResolvedSchema.Sample.Expectation, _ tree: WireTree, _ sample: String, _ diagnostics: Diagnostics
  ) {
    guard let node = tree.node(at: expectation.path) else {
      diagnostics.error(
        expectation.position, "sample '\(sample)' has no '\(expectation.path)'; paths are as in errors, with indices")
      return
    }
    guard let text = node.scalarText else {
      diagnostics.error(expectation.position, "'\(expectation.path)' has parts; expect the values of those")
      return
    }
    if text != expectation.value {
      diagnostics.error(
        expectation.valuePosition,
        "sample '\(sample)': '\(expectation.path)' is \"\(text)\", not \"\(expectation.value)\"")
    }
  }

  private func checkCanonical(
    _ sample: ResolvedSchema.Sample, _ tree: WireTree, _ diagnostics: Diagnostics
  ) throws(Violation) {
    let octets = try interpreter.encode(sample.body, tree.value)
    guard (octets == sample.octets) != sample.isCanonical else { return }
    let place = zip(octets, sample.octets).enumerated().first { $0.element.0 != $0.element.1 }?.offset
    diagnostics.error(
      sample.position,
      sample.isCanonical
        ? "sample '\(sample.name)' is not canonical: encoding what it decodes to differs at offset "
          + "\(place ?? min(octets.count, sample.octets.count)); if that is meant, write canonical=\"false\""
        : "sample '\(sample.name)' is canonical; leave canonical=\"false\" out")
  }

  private func check(
    _ failure: ResolvedSchema.Sample.Failure, _ violation: Violation, _ sample: ResolvedSchema.Sample,
    _ diagnostics: Diagnostics
  ) {
    var wrong: [String] = []
    if let code = failure.code, violation.code != code { wrong.append("the protocol code") }
    if let kind = failure.kind, violation.kind.name != kind { wrong.append("the kind") }
    if let offset = failure.offset, violation.offset != offset { wrong.append("the offset") }
    if let path = failure.path, violation.member != path { wrong.append("the place") }
    guard !wrong.isEmpty else { return }
    diagnostics.error(
      sample.position,
      "sample '\(sample.name)' fails, but not as it says (\(wrong.joined(separator: ", "))): it is kind "
        + "\"\(violation.kind.name)\", \(violation)")
  }
}

import PCPWire
import Testing
import VectorSupport
import WireText

/// Tshark reads the same octets with a decoder that nobody here has written.
@Suite(
  "tshark agrees",
  .disabled(if: Tshark.isSkipped, "\(Tshark.skipVariable)=1: nobody but ourselves vouches for these octets"))
struct TsharkTests {
  static let files = ["pcp-flow-examples.txt", "pcp-options.txt", "natpmp.txt", "pcp-invalid.txt"]

  @Test("On every value of every vector that is valid", arguments: files)
  func valid(_ file: String) throws {
    try compare(file, Vector.read(file).filter { $0.message != nil }) { name, vector, dissection in
      let fault = TsharkFault.malformed[vector.name]
      #expect(dissection.isMalformed == (fault != nil), "\(name): malformed by tshark's word")
      let comparison = try FieldComparison(dissection, trustedSize: fault?.trustedSize ?? .max)
      #expect(comparison.isValid, "\(name)")
      #expect(comparison.problems + comparison.missing == [], "\(name)")
      return comparison.count
    }
  }

  /// It checks no values, so that it is no judge of what is refused and why; but what both can read is the same.
  @Test("On what it can read of those that must be refused", arguments: files)
  func invalid(_ file: String) throws {
    try compare(file, Vector.read(file).filter { $0.message == nil }) { name, vector, dissection in
      let fault = TsharkFault.malformed[vector.name]
      let comparison = try FieldComparison(dissection, trustedSize: fault?.trustedSize ?? .max)
      #expect(comparison.problems == [], "\(name)")
      if dissection.isMalformed {
        #expect(comparison.brokenAt != nil || fault != nil, "\(name): malformed by tshark's word only")
      } else if TsharkFault.incomplete[vector.name] == nil {
        #expect(comparison.missing == [], "\(name)")
      }
      return comparison.count
    }
  }

  /// Calls `body` with each vector, its name for reports and what tshark makes of it; it returns how many values it compared.
  private func compare(
    _ file: String, _ vectors: [Vector], _ body: (String, Vector, Dissection) throws -> Int
  ) throws {
    if vectors.isEmpty { return }
    var count = 0
    for (vector, dissection) in zip(vectors, try Tshark.dissect(vectors.map(\.captured))) {
      let name = "\(file):\(vector.line) \(vector.name)"
      #expect(dissection.octets == vector.octets, "\(name): the payload")
      count += try body(name, vector, dissection)
    }
    print("\(file): \(count) values in \(vectors.count) messages are the same by tshark's word")
  }
}

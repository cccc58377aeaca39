import Testing
import VectorSupport
import Wire
import WireText

/// Octets that each break one rule of a document, and what must be said of them.
@Suite("Protocols of others: what must be refused")
struct InvalidTests {
  @Test("The error is the one the document asks for, and where it asks for it")
  func refused() throws {
    for foreign in try ForeignProtocol.all.get() {
      for vector in foreign.invalid {
        let direction = try #require(vector.direction.flatMap(foreign.interpreter.direction(named:)))
        let name: Comment = "\(foreign.name): \(vector.name)"
        let error = #expect(throws: Violation.self, name) {
          _ = try foreign.interpreter.decode(direction: direction, vector.octets)
        }
        guard let error else { continue }
        #expect(vector.differences(from: error) == [], name)
        #expect(foreign.interpreter.violations(direction: direction, vector.octets).first == error, name)
      }
    }
  }
}

extension Vector {
  /// In what an error is not the one that must be.
  func differences(from error: Violation) -> [String] {
    let code = error.code == nil ? nil : error.codeLabel ?? "\(error.code ?? 0)"
    let pairs = [
      ("kind", error.kind.name, kind ?? ""), ("offset", "\(error.offset)", offset.map { "\($0)" } ?? ""),
      ("at", error.member, member ?? ""), ("error", code ?? "", self.error ?? ""),
    ]
    return pairs.filter { $0.1 != $0.2 }.map { "\($0.0): \($0.1), not \($0.2)" }
  }
}

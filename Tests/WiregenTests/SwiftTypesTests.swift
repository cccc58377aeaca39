import Foundation
import Testing

@testable import WiregenCore

@Suite struct SwiftTypesTests {
  /// A type of a schema that has the name of one of `Wire` would hide that from the generated code.
  @Test func everyPublicTypeOfWireIsTaken() throws {
    let declaration = try Regex(#"(?m)^(?:@safe )?public (?:struct|enum|protocol|final class|typealias) (\w+)"#)
    var names: Set<String> = []
    for file in try Repository.names(in: "Sources/Wire", ending: ".swift") {
      let text = try Repository.text("Sources/Wire/\(file)")
      for match in text.matches(of: declaration) { names.insert(String(match.output[1].substring ?? "")) }
    }
    #expect(names.count > 15)
    #expect(names.subtracting(SwiftTypes.names).isEmpty)
  }
}
